/* webhook.h - who else is told of lessons and records, and of what.
 *
 * Events (type, data):
 *   lesson.planned, lesson.open, lesson.live, lesson.ended, lesson.cancelled
 *                    {"lesson", "title", "state", "planned_at", "started_at",
 *                     "ended_at", "length_ms"}; times are null until they come
 *   record.entered   {"entries": [{"entry", "kind", "study", "member", "lesson",
 *                     "earned_ms", "year", "hash"} ...]}: entries of the ledger, 100 at
 *                     most
 * Members and lessons are told by their numbers here, as in the OneRoster export
 * ("member-12"), never by name.
 *
 * Threads: see store.h. Errors: AC_INTERCHANGE_ERROR, AC_STORE_ERROR. */
#pragma once

#include "store.h"

#define AC_WEBHOOKS_MAX 16
#define AC_WEBHOOK_URL_MAX_BYTES 500

typedef enum {
  AC_INTERCHANGE_ERROR_URL,       /* not one that may be posted to */
  AC_INTERCHANGE_ERROR_EVENTS,    /* a name of an event is not known */
  AC_INTERCHANGE_ERROR_NOT_FOUND, /* no such webhook */
  AC_INTERCHANGE_ERROR_FULL,      /* AC_WEBHOOKS_MAX are there */
} AcInterchangeError;
#define AC_INTERCHANGE_ERROR (ac_interchange_error_quark ())
GQuark ac_interchange_error_quark (void);

typedef struct {
  gint64 id;
  gchar *uid;
  gchar *url;
  gchar *types; /* with blanks between; "": all */
  gint64 created_ms;
  gint64 event;      /* told up to it */
  gint64 tries;      /* of the next one, so far */
  gint64 next_ms;    /* wall: not before */
  gint64 failing_ms; /* wall: since then; 0: it is not */
  gchar *last_error; /* NULL: none */
  gboolean stopped;
} AcWebhook;

void ac_webhook_free (AcWebhook *self);

/* Inside a job: @url is told of what happens from now on.
 * @types: (nullable): names of events with blanks or commas between; NULL: all
 * @ret_uid: (out) (transfer full): what its secret is made of
 * Errors: URL, EVENTS, FULL. */
gboolean ac_webhook_add (AcStore *store, const gchar *url, const gchar *types,
                         gint64 wall_ms, gint64 *ret_webhook, gchar **ret_uid,
                         GError **error);
/* Inside a job. Errors: NOT_FOUND. */
gboolean ac_webhook_remove (AcStore *store, gint64 webhook, GError **error);
/* Inside a job: it is told again, from where it stopped. Errors: NOT_FOUND. */
gboolean ac_webhook_resume (AcStore *store, gint64 webhook, GError **error);

/* Returns: (transfer full): AcWebhook, the oldest first. */
GPtrArray *ac_webhook_list (AcStore *store, GError **error);

typedef struct {
  gint64 id;
  gchar *uid, *type, *data;
  gint64 wall_ms;
} AcWebhookEvent;

void ac_webhook_event_free (AcWebhookEvent *event);
/* The next event that @webhook is to be told. FALSE without @error: none. */
AcWebhookEvent *ac_webhook_next_event (AcStore *store, const AcWebhook *webhook,
                                       GError **error);
/* Inside a job: writes what events say, makes events of the ledger's new entries, and
 * forgets those that everyone was told of a week ago. @ret_more: there may be more */
gboolean ac_webhook_gather (AcStore *store, gint64 wall_ms, gboolean *ret_more,
                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcWebhook, ac_webhook_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcWebhookEvent, ac_webhook_event_free)
