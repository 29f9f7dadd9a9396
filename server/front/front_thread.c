#include "front_thread.h"

#include "clock.h"
#include "connection.h"
#include "log.h"
#include "upload.h"

#include <openssl/ssl.h>
#include <string.h>
#include <unistd.h>

#define TICK_S 0.5
#define HEADER_BYTES 8192
#define SERVICE_BUFFER_BYTES 4096

static const struct lws_protocols protocols[] = {
  { "http", ac_front_lws_callback, 0, 0, 0, NULL, 1 << 20 },
  /* The receive buffer is one for each socket, and there are thousands of them. */
  { "airclass", ac_front_lws_callback, 0, 1024, 0, NULL, 1 << 20 },
  { NULL, NULL, 0, 0, 0, NULL, 0 },
};

/* libwebsockets' own checks of a connection's life would be one timer each. */
static const lws_retry_bo_t no_validity_checks = { 0 };

typedef struct {
  AcFrontThread *thread;
  AcSnapshot *snapshot; /* or NULL: absent */
  gint64 lesson;
} Publication;

typedef struct {
  AcFrontShared *shared;
  gint64 lesson;
} Want;

/* --- The loop --------------------------------------------------------------------- */

static void
on_acceptable (struct ev_loop *loop, ev_io *watcher, int events)
{
  ac_connections_accept (watcher->data);
}

static void
on_prepare (struct ev_loop *loop, ev_prepare *watcher, int events)
{
  ac_front_thread_forbid_own_answers (watcher->data);
  ac_connections_serve_ready (watcher->data);
}

static void
on_tick (struct ev_loop *loop, ev_timer *watcher, int events)
{
  AcFrontThread *self = watcher->data;

  self->now_s = ac_clock_monotonic_ms () / 1000;
  ac_hub_tick (self->hub);
  ac_wheel_advance (&self->wheel, self->now_s);
  ac_uploads_check (self);
  if (self->accept_paused) {
    self->accept_paused = FALSE;
    ev_io_start (loop, &self->accept_watcher);
  }
  /* Its libev plugin looks at libwebsockets' timers only after an event of its own, so
   * a TLS handshake that stands still would not time out on a quiet server. */
  lws_cancel_service (self->context);
}

static void
tell_wanted (gpointer data)
{
  Want *want = data;
  AcFrontShared *shared = want->shared;

  if (!shared->closed)
    shared->handler.lesson_wanted (want->lesson, shared->user_data);
  ac_front_shared_unref (shared);
  g_free (want);
}

static void
on_wanted (gint64 lesson, gpointer user_data)
{
  AcFrontThread *self = user_data;
  Want *want = g_new (Want, 1);

  *want = (Want){ ac_front_shared_ref (self->shared), lesson };
  ac_executor_post (self->shared->main, tell_wanted, want);
}

static gpointer
run (gpointer data)
{
  static const AcHubHandler handler = { ac_stream_media_answered, on_wanted };
  AcFrontThread *self = data;

  self->hub = ac_hub_new (self->recordings, self->delivered, &self->media_key,
                          ac_front_mailbox_executor (self->mailbox), &handler, self);
  ev_run (self->loop, 0);
  g_clear_pointer (&self->hub, ac_hub_free);
  return NULL;
}

/* --- libwebsockets ---------------------------------------------------------------- */

static void
log_line (int level, const char *line)
{
  gsize length = strlen (line);

  while (length > 0 && line[length - 1] == '\n')
    length--;
  ac_log (G_LOG_LEVEL_DEBUG, 0, "libwebsockets: %.*s", (int)length, line);
}

static struct lws_context *
make_context (AcFrontThread *self)
{
  void *loops[] = { self->loop };
  struct lws_context_creation_info info = {
    .port = CONTEXT_PORT_NO_LISTEN_SERVER,
    .options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
               (self->shared->tls ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0),
    .foreign_loops = loops,
    .user = self,
    .gid = -1,
    .uid = -1,
    .timeout_secs = AC_FIRST_REQUEST_S,
    .max_http_header_data = HEADER_BYTES,
    .pt_serv_buf_size = SERVICE_BUFFER_BYTES,
    .retry_and_idle_policy = &no_validity_checks,
  };

  /* What strangers send makes it complain: nothing an operator has to read. */
  lws_set_log_level (LLL_ERR, log_line);
  return lws_create_context (&info);
}

/* libwebsockets adds the vhost's headers to the answers that it makes itself. One that
 * fits no buffer makes them fail, which closes the connection. That is wanted: after
 * its 403 to an unknown Upgrade on a kept-alive connection version 4.1.6 goes on with
 * the freed header table. Our own answers do not pass there. */
void
ac_front_thread_forbid_own_answers (AcFrontThread *self)
{
  static const gchar unsendable[] = { [0 ... SERVICE_BUFFER_BYTES] = 'x', '\0' };

  self->own_header = (struct lws_protocol_vhost_options){ .name = "cache-control:",
                                                          .value = unsendable };
}

void
ac_front_thread_allow_own_answers (AcFrontThread *self)
{
  self->own_header.value = "no-store";
}

static struct lws_vhost *
make_vhost (AcFrontThread *self, const AcFrontConfig *config)
{
  struct lws_context_creation_info info = {
    .port = CONTEXT_PORT_NO_LISTEN_SERVER,
    .vhost_name = "front",
    .protocols = protocols,
    .headers = &self->own_header,
    .keepalive_timeout = AC_IDLE_S,
    .timeout_secs_ah_idle = AC_FIRST_REQUEST_S,
    .retry_and_idle_policy = &no_validity_checks,
    .gid = -1,
    .uid = -1,
  };

  ac_front_thread_forbid_own_answers (self);
  if (self->shared->tls) {
    info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.ssl_cert_filepath = config->certificate;
    info.ssl_private_key_filepath = config->private_key;
    info.ssl_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
    info.alpn = "h2,http/1.1";
  }
  return lws_create_vhost (self->context, &info);
}

/* --- Life ------------------------------------------------------------------------- */

static void
start_watchers (AcFrontThread *self)
{
  ev_io_init (&self->accept_watcher, on_acceptable, self->listener, EV_READ);
  self->accept_watcher.data = self;
  ev_io_start (self->loop, &self->accept_watcher);
  ev_timer_init (&self->tick, on_tick, TICK_S, TICK_S);
  self->tick.data = self;
  ev_timer_start (self->loop, &self->tick);
  ev_prepare_init (&self->prepare, on_prepare);
  self->prepare.data = self;
  ev_prepare_start (self->loop, &self->prepare);
}

static void
stop_watchers (AcFrontThread *self)
{
  ev_io_stop (self->loop, &self->accept_watcher);
  ev_timer_stop (self->loop, &self->tick);
  ev_prepare_stop (self->loop, &self->prepare);
}

AcFrontThread *
ac_front_thread_new (AcFrontShared *shared, int listener, const AcFrontConfig *config,
                     AcRecordings *recordings, AcDelivered *delivered,
                     const AcMediaKey *media_key, GError **error)
{
  AcFrontThread *self = g_new0 (AcFrontThread, 1);

  self->shared = ac_front_shared_ref (shared);
  self->recordings = recordings;
  self->delivered = delivered;
  self->media_key = *media_key;
  self->listener = listener;
  self->now_s = ac_clock_monotonic_ms () / 1000;
  self->out = g_malloc (LWS_PRE + AC_HEAD_MAX_BYTES + AC_FIRST_BODY_BYTES);
  ac_wheel_init (&self->wheel, self->now_s, ac_connection_expired, self);
  self->loop = ev_loop_new (EVFLAG_AUTO);
  self->mailbox = ac_front_mailbox_new (self->loop, shared->main);
  start_watchers (self);

  self->context = make_context (self);
  if (self->context != NULL)
    self->vhost = make_vhost (self, config);
  if (self->vhost == NULL) {
    g_set_error (error, AC_FRONT_ERROR, AC_FRONT_ERROR_TLS, "front: %s",
                 self->context == NULL ? "libwebsockets does not start"
                                       : "the certificate or its key cannot be used");
    ac_front_thread_free (self);
    return NULL;
  }
  return self;
}

void
ac_front_thread_start (AcFrontThread *self)
{
  self->thread = g_thread_new ("front", run, self);
}

static void
end_loop (gpointer data)
{
  AcFrontThread *self = data;

  ev_break (self->loop, EVBREAK_ALL);
}

void
ac_front_thread_stop (AcFrontThread *self)
{
  ac_executor_post (ac_front_mailbox_executor (self->mailbox), end_loop, self);
}

void
ac_front_thread_free (AcFrontThread *self)
{
  if (self->thread != NULL)
    g_thread_join (self->thread);
  stop_watchers (self);
  while (self->waiting.head != NULL)
    ac_connection_discard (self->waiting.head->data);
  /* One after another on the main loop: libwebsockets counts its users of OpenSSL
   * without a lock. */
  g_clear_pointer (&self->context, lws_context_destroy);
  ac_front_mailbox_close (self->mailbox);
  ac_front_mailbox_unref (self->mailbox);
  close (self->listener);
  ev_loop_destroy (self->loop);
  g_clear_pointer (&self->rendered.body, g_bytes_unref);
  g_free (self->out);
  ac_front_shared_unref (self->shared);
  g_free (self);
}

/* --- Publications ----------------------------------------------------------------- */

static void
take_publication (gpointer data)
{
  Publication *publication = data;
  AcHub *hub = publication->thread->hub;

  if (hub != NULL && publication->snapshot != NULL)
    ac_hub_publish (hub, publication->snapshot);
  else if (hub != NULL)
    ac_hub_absent (hub, publication->lesson);
  g_clear_pointer (&publication->snapshot, ac_snapshot_unref);
  g_free (publication);
}

static void
post_publication (AcFrontThread *self, AcSnapshot *snapshot, gint64 lesson)
{
  Publication *publication = g_new (Publication, 1);

  *publication = (Publication){ self, snapshot, lesson };
  ac_executor_post (ac_front_mailbox_executor (self->mailbox), take_publication,
                    publication);
}

void
ac_front_thread_publish (AcFrontThread *self, AcSnapshot *snapshot)
{
  post_publication (self, ac_snapshot_ref (snapshot), 0);
}

void
ac_front_thread_absent (AcFrontThread *self, gint64 lesson)
{
  post_publication (self, NULL, lesson);
}
