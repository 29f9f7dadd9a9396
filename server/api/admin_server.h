/* admin_server.h - the private address: control calls, health, metrics.
 *
 *   POST /control/v1/COMMAND  with "Authorization: Bearer KEY", a JSON object
 *   GET  /healthz             "ok" while the main loop turns
 *   GET  /readyz              "ready", 503 until ac_admin_server_set_ready()
 *   GET  /metrics             Prometheus text, from the metrics callback
 *
 * It binds loopback only: SoupServer is not meant for strangers.
 *
 * Threads: main loop. */
#pragma once

#include "control.h"

typedef struct _AcAdminServer AcAdminServer;

typedef enum {
  AC_ADMIN_SERVER_ERROR_LISTEN, /* not loopback, or cannot be bound; says why */
} AcAdminServerError;
#define AC_ADMIN_SERVER_ERROR (ac_admin_server_error_quark ())
GQuark ac_admin_server_error_quark (void);

/* What somebody without the key may send, and what the tool may: a roster. */
#define AC_ADMIN_BODY_MAX_BYTES (64 * 1024)
#define AC_ADMIN_CALL_MAX_BYTES (16 * 1024 * 1024)

typedef struct {
  const gchar *listen; /* "127.0.0.1:0", "[::1]:9090" */
  const gchar *key;    /* of ac_data_dir_control_key(); copied */
} AcAdminServerConfig;

typedef struct {
  /* Appends lines of the Prometheus text format. May be NULL. */
  void (*metrics) (GString *out, gpointer user_data);
} AcAdminServerHandler;

/* @control outlives it. Errors: LISTEN. */
AcAdminServer *ac_admin_server_new (const AcAdminServerConfig *config,
                                    AcControl *control,
                                    const AcAdminServerHandler *handler,
                                    gpointer user_data, GError **error);
/* Calls under way are answered into the void. */
void ac_admin_server_free (AcAdminServer *self);
guint16 ac_admin_server_port (AcAdminServer *self);
/* Returns: (transfer full): "http://127.0.0.1:PORT". */
gchar *ac_admin_server_url (AcAdminServer *self);
void ac_admin_server_set_ready (AcAdminServer *self, gboolean ready);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcAdminServer, ac_admin_server_free)
