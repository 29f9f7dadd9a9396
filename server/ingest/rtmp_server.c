/* Two halves: what the main loop calls, and what runs on the ingest thread, which owns
 * the listening socket and the clients. The thread starts when everything is in place
 * and has ended before anything is taken away. */

#include "rtmp_server.h"

#include "log.h"
#include "rtmp_client.h"
#include "socket_address.h"

#include <netinet/in.h>

#define DEFAULT_PORT 1935
#define DEFAULT_CONNECTIONS 64
#define DEFAULT_IDLE_TIMEOUT_S 10
#define BACKLOG 64
#define ACCEPTS_PER_TURN 16
#define ACCEPT_PAUSE_MS 1000 /* after a failure, such as no descriptor being left */

struct _AcRtmpServer {
  AcHandover *handover;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  guint16 port;

  /* ingest */
  GSocket *listener;
  GSource *listener_source; /* or the pause until there is one again */
  GPtrArray *clients;       /* AcRtmpClient, few */
  guint max_connections;
  AcRtmpClientSetup setup;
};

static void
on_client_gone (AcRtmpClient *client, const gchar *reason, gpointer user_data)
{
  AcRtmpServer *self = user_data;

  g_ptr_array_remove_fast (self->clients, client);
  ac_rtmp_client_free (client, reason);
}

static void
log_accept (const gchar *problem)
{
  static AcLogLimit limit = { .interval_ms = 10000 };
  guint suppressed;

  if (ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, 0,
            "an RTMP connection was not taken: %s (%u more since the last message)",
            problem, suppressed);
}

static void listen_again (AcRtmpServer *self);

static gboolean
on_accept_pause_over (gpointer user_data)
{
  AcRtmpServer *self = user_data;

  g_clear_pointer (&self->listener_source, g_source_unref);
  listen_again (self);
  return G_SOURCE_REMOVE;
}

static void
pause_accepting (AcRtmpServer *self)
{
  g_source_unref (self->listener_source);
  self->listener_source = g_timeout_source_new (ACCEPT_PAUSE_MS);
  g_source_set_callback (self->listener_source, on_accept_pause_over, self, NULL);
  g_source_attach (self->listener_source, self->context);
}

/* An encoder asks to publish within a second. When all places are taken, the client
 * that has had one for longest without asking makes room, so that nobody keeps
 * lecturers out by holding connections open. */
static void
make_room (AcRtmpServer *self)
{
  AcRtmpClient *oldest = NULL;

  for (guint i = 0; i < self->clients->len; i++) {
    AcRtmpClient *client = g_ptr_array_index (self->clients, i);

    if (!ac_rtmp_client_has_asked (client) &&
        (oldest == NULL ||
         ac_rtmp_client_opened_us (client) < ac_rtmp_client_opened_us (oldest)))
      oldest = client;
  }
  if (oldest != NULL)
    on_client_gone (oldest, "others were waiting", self);
}

static gboolean
on_incoming (GSocket *listener, GIOCondition condition, gpointer user_data)
{
  AcRtmpServer *self = user_data;

  for (guint i = 0; i < ACCEPTS_PER_TURN; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GSocket) socket = g_socket_accept (listener, NULL, &error);

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      break;
    if (socket == NULL) {
      log_accept (error->message);
      pause_accepting (self);
      return G_SOURCE_REMOVE;
    }
    if (self->clients->len >= self->max_connections)
      make_room (self);
    if (self->clients->len >= self->max_connections) {
      log_accept ("too many are open");
      g_socket_close (socket, NULL);
      continue;
    }
    g_socket_set_blocking (socket, FALSE);
    g_ptr_array_add (self->clients,
                     ac_rtmp_client_new (g_steal_pointer (&socket), &self->setup));
  }
  return G_SOURCE_CONTINUE;
}

static void
listen_again (AcRtmpServer *self)
{
  self->listener_source = g_socket_create_source (self->listener, G_IO_IN, NULL);
  g_source_set_callback (self->listener_source, G_SOURCE_FUNC (on_incoming), self,
                         NULL);
  g_source_attach (self->listener_source, self->context);
}

static gpointer
run_ingest (gpointer data)
{
  AcRtmpServer *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  for (guint i = 0; i < self->clients->len; i++)
    ac_rtmp_client_free (g_ptr_array_index (self->clients, i), "the server stops");
  g_ptr_array_set_size (self->clients, 0);
  g_source_destroy (self->listener_source);
  g_source_unref (self->listener_source);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static GSocket *
bind_socket (GSocketAddress *address, GError **error)
{
  const GSocketFamily family = g_socket_address_get_family (address);
  g_autoptr (GSocket) socket =
      g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 0, NULL);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

/* Listens at the first of the addresses that @listen stands for. */
static GSocket *
listen_at (const gchar *listen, guint16 *ret_port, GError **error)
{
  g_autoptr (GSocketAddress) wanted =
      ac_socket_address_resolve (listen, DEFAULT_PORT, error);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (wanted == NULL)
    return NULL;
  socket = bind_socket (wanted, error);
  if (socket == NULL)
    return NULL;
  bound = g_socket_get_local_address (socket, error);
  if (bound == NULL)
    return NULL;
  *ret_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return g_steal_pointer (&socket);
}

AcRtmpServer *
ac_rtmp_server_new (const gchar *listen, const AcRtmpLimits *limits,
                    const AcPublisherHandler *handler, gpointer user_data,
                    GError **error)
{
  AcRtmpServer *self;
  GSocket *listener;
  guint16 port;

  listener = listen_at (listen, &port, error);
  if (listener == NULL) {
    g_prefix_error (error, "%s: ", listen);
    return NULL;
  }
  self = g_new0 (AcRtmpServer, 1);
  self->listener = listener;
  self->port = port;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->clients = g_ptr_array_new ();
  self->max_connections =
      limits->max_connections > 0 ? limits->max_connections : DEFAULT_CONNECTIONS;
  self->handover =
      ac_handover_new (AC_PUBLISHER_RTMP, handler, user_data,
                       ac_executor_for_context (self->context), ac_rtmp_client_rule);
  self->setup = (AcRtmpClientSetup){
    .context = self->context,
    .handover = self->handover,
    .idle_timeout_s =
        limits->idle_timeout_s > 0 ? limits->idle_timeout_s : DEFAULT_IDLE_TIMEOUT_S,
    .buffer = g_malloc (AC_RTMP_CLIENT_BUFFER_BYTES),
    .gone = on_client_gone,
    .user_data = self,
  };
  listen_again (self);
  self->thread = g_thread_new ("ac-ingest", run_ingest, self);
  return self;
}

static void
quit_loop (gpointer loop)
{
  g_main_loop_quit (loop);
}

void
ac_rtmp_server_free (AcRtmpServer *self)
{
  if (self == NULL)
    return;
  /* Posted, for a loop that does not run yet would forget to be quit. */
  ac_executor_post (ac_executor_for_context (self->context), quit_loop, self->loop);
  g_thread_join (self->thread);
  ac_handover_stop (self->handover, "the server stops");

  /* Verdicts that came too late: they find no client and let go of their publisher. */
  while (g_main_context_iteration (self->context, FALSE))
    continue;

  g_socket_close (self->listener, NULL);
  g_object_unref (self->listener);
  g_ptr_array_unref (self->clients);
  ac_handover_unref (self->handover);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self->setup.buffer);
  g_free (self);
}

guint16
ac_rtmp_server_port (AcRtmpServer *self)
{
  return self->port;
}
