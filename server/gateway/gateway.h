/* gateway.h - messages to phones, by an HTTP gateway that the county runs or rents.
 *
 * A message is a POST of {"phone", "code", "minutes"} or {"phone", "lesson", "at",
 * "id"} as JSON, with "Authorization: Bearer KEY"; any 2xx answer means that it was
 * taken. Redirects are not followed. At most AC_GATEWAY_WAITING_MAX are under way, for
 * 10 s each; more are refused, as is an answer that does not come. Nothing is sent
 * again from here; whoever sends a reminder again gives it the same id.
 *
 * Threads:   main loop.
 * Ownership: plain; messages under way when it is freed are given up. */
#pragma once

#include <glib.h>

#define AC_GATEWAY_WAITING_MAX 32
#define AC_GATEWAY_KEPT_FOR_CODES 8 /* of them */

typedef struct _AcGateway AcGateway;

typedef enum {
  AC_GATEWAY_ERROR_ADDRESS, /* not https, nor http to this machine */
} AcGatewayError;
#define AC_GATEWAY_ERROR (ac_gateway_error_quark ())
GQuark ac_gateway_error_quark (void);

/* @key: (nullable). Errors: ADDRESS. */
AcGateway *ac_gateway_new (const gchar *url, const gchar *key, GError **error);
void ac_gateway_free (AcGateway *self);

/* Nobody waits for the answer: failures are logged, without the phone. */
void ac_gateway_send_code (AcGateway *self, const gchar *phone, const gchar *code,
                           guint minutes);

typedef struct {
  const gchar *id; /* the same when it is sent again */
  const gchar *phone, *title;
  gint64 planned_ms; /* wall clock */
} AcGatewayReminder;

typedef void (*AcGatewayDone) (gboolean taken, gpointer user_data);

/* That a lesson begins soon. @done: once, perhaps from inside */
void ac_gateway_send_reminder (AcGateway *self, const AcGatewayReminder *reminder,
                               AcGatewayDone done, gpointer user_data);

typedef struct {
  guint64 sent;   /* taken by the gateway */
  guint64 failed; /* refused by it, or here */
} AcGatewayStats;

void ac_gateway_stats (AcGateway *self, AcGatewayStats *ret_stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcGateway, ac_gateway_free)
