#include "rtmp_client.h"

#include "log.h"
#include "rtmp_connection.h"
#include "socket_address.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define READS_PER_TURN 4 /* so that one fast encoder does not hold up the others */
#define READABLE (G_IO_IN | G_IO_HUP | G_IO_ERR)

struct _AcRtmpClient {
  const AcRtmpClientSetup *setup;
  GSocket *socket;
  GSource *source;
  gpointer fd_tag;
  gchar *address;

  AcRtmpConnection *connection;
  AcPublisher *publisher; /* from the question to its end, else NULL */
  gboolean crowded;       /* the handover takes no more */

  AcRtmpPhase phase; /* as last seen, for since_us */
  gint64 opened_us;
  gint64 since_us; /* when the phase began; in LIVE: when the last tag came */
  gboolean shut;   /* our side, in ENDING */
};

typedef struct {
  GSource source;
  AcRtmpClient *client;
} ClientSource;

static void
on_publish (const gchar *stream_key, gpointer user_data)
{
  AcRtmpClient *self = user_data;

  self->publisher =
      ac_publisher_new (self->setup->handover, stream_key, self->address, self);
}

static void
on_tag (const AcPublisherUnit *tag, gpointer user_data)
{
  AcRtmpClient *self = user_data;

  self->since_us = g_get_monotonic_time ();
  if (!ac_publisher_push_tag (self->publisher, tag))
    self->crowded = TRUE;
}

static void
end_publisher (AcRtmpClient *self, const gchar *reason)
{
  g_autoptr (AcPublisher) publisher = g_steal_pointer (&self->publisher);

  if (publisher != NULL)
    ac_publisher_push_closed (publisher, reason);
}

static void
on_unpublish (gpointer user_data)
{
  end_publisher (user_data, "the encoder stopped publishing");
}

static gchar *
peer_address (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_remote_address (socket, NULL);

  return ac_socket_address_text (address);
}

static void
log_closed (AcRtmpClient *self, const gchar *reason)
{
  static AcLogLimit limit = { .interval_ms = 10000 };
  guint suppressed;

  if (!ac_log_limit_pass (&limit, &suppressed))
    return;
  ac_log (G_LOG_LEVEL_MESSAGE, 0,
          "closed the RTMP connection of %s: %s (%u more since the last message)",
          self->address, reason, suppressed);
}

/* Returns: when the present phase has lasted too long, by the monotonic clock. */
static gint64
deadline_us (AcRtmpClient *self)
{
  const gint64 idle_us = (gint64)self->setup->idle_timeout_s * G_USEC_PER_SEC;

  switch (self->phase) {
  case AC_RTMP_PHASE_HANDSHAKE:
    return self->opened_us + idle_us;
  case AC_RTMP_PHASE_COMMANDS:
    return self->opened_us + 2 * idle_us;
  case AC_RTMP_PHASE_ASKED:
    return self->since_us + AC_RTMP_CLIENT_ANSWER_S * G_USEC_PER_SEC;
  case AC_RTMP_PHASE_LIVE:
    return self->since_us + idle_us;
  case AC_RTMP_PHASE_STOPPED:
  case AC_RTMP_PHASE_ENDING:
  default:
    return self->since_us + AC_RTMP_CLIENT_LINGER_S * G_USEC_PER_SEC;
  }
}

/* Sends what can be sent now.
 * Returns: FALSE when the connection is broken. */
static gboolean
flush (AcRtmpClient *self)
{
  GByteArray *output = ac_rtmp_connection_output (self->connection);

  while (output->len > 0 && !self->shut) {
    g_autoptr (GError) error = NULL;
    gssize sent = g_socket_send (self->socket, (const gchar *)output->data, output->len,
                                 NULL, &error);

    if (sent < 0)
      return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
    g_byte_array_remove_range (output, 0, sent);
  }
  if (ac_rtmp_connection_phase (self->connection) == AC_RTMP_PHASE_ENDING &&
      !self->shut) {
    self->shut = TRUE;
    g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
  }
  return TRUE;
}

/* Ends it at once. The client does not exist any more when this returns.
 * @fault: the client's, to be logged */
static void
drop (AcRtmpClient *self, const gchar *reason, gboolean fault)
{
  if (fault)
    log_closed (self, reason);
  flush (self); /* the answers so far may tell the encoder's user more */
  self->setup->gone (self, reason, self->setup->user_data);
}

/* After anything that happened: sends, and waits for what the phase calls for. The
 * client may not exist any more when this returns. */
static void
settle (AcRtmpClient *self)
{
  const AcRtmpPhase phase = ac_rtmp_connection_phase (self->connection);
  GIOCondition wanted = 0;

  if (phase != self->phase) {
    self->phase = phase;
    self->since_us = g_get_monotonic_time ();
  }
  if (!flush (self)) {
    drop (self, "the connection broke", FALSE);
    return;
  }
  if (phase != AC_RTMP_PHASE_ASKED)
    wanted |= G_IO_IN;
  if (ac_rtmp_connection_output (self->connection)->len > 0 && !self->shut)
    wanted |= G_IO_OUT;
  g_source_modify_unix_fd (self->source, self->fd_tag, wanted);
  g_source_set_ready_time (self->source, deadline_us (self));
}

/* The phase lasted too long. */
static void
on_deadline (AcRtmpClient *self)
{
  switch (self->phase) {
  case AC_RTMP_PHASE_HANDSHAKE:
    drop (self, "no handshake came in time", TRUE);
    return;
  case AC_RTMP_PHASE_COMMANDS:
    drop (self, "it did not ask to publish in time", TRUE);
    return;
  case AC_RTMP_PHASE_ASKED:
    end_publisher (self, "nobody decided about the publisher in time");
    ac_rtmp_connection_refuse (self->connection,
                               "The server is busy; please try again.");
    settle (self);
    return;
  case AC_RTMP_PHASE_LIVE:
    drop (self, "nothing came from the encoder any more", FALSE);
    return;
  case AC_RTMP_PHASE_STOPPED:
  case AC_RTMP_PHASE_ENDING:
  default:
    drop (self, "the encoder did not close its side", FALSE);
  }
}

static void
digest (AcRtmpClient *self, gboolean fed, const GError *error)
{
  if (!fed) {
    drop (self, error->message, TRUE);
    return;
  }
  if (self->crowded && self->publisher != NULL) {
    end_publisher (self, "the server did not keep up");
    ac_rtmp_connection_end (self->connection, "The server does not keep up.");
  }
  settle (self);
}

/* Reads a bounded number of times. */
static void
on_readable (AcRtmpClient *self)
{
  g_autoptr (GError) error = NULL;
  gboolean fed = TRUE;

  for (guint i = 0; i < READS_PER_TURN && fed; i++) {
    g_autoptr (GError) read_error = NULL;
    gssize got = g_socket_receive (self->socket, (gchar *)self->setup->buffer,
                                   AC_RTMP_CLIENT_BUFFER_BYTES, NULL, &read_error);

    if (g_error_matches (read_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      break;
    if (got <= 0) {
      drop (self, got == 0 ? "the encoder left" : "the connection broke", FALSE);
      return;
    }
    if (ac_rtmp_connection_phase (self->connection) >= AC_RTMP_PHASE_STOPPED)
      continue;
    fed = ac_rtmp_connection_feed (self->connection, self->setup->buffer, got, &error);
    if (ac_rtmp_connection_phase (self->connection) == AC_RTMP_PHASE_ASKED)
      break;
  }
  digest (self, fed, error);
}

static void
on_ready (AcRtmpClient *self, GIOCondition condition)
{
  const gboolean broken = (condition & (G_IO_HUP | G_IO_ERR)) != 0;

  if (g_get_monotonic_time () >= deadline_us (self))
    on_deadline (self);
  else if (broken && self->phase == AC_RTMP_PHASE_ASKED)
    drop (self, "the encoder left", FALSE);
  else if ((condition & READABLE) != 0)
    on_readable (self);
  else
    settle (self);
}

static gboolean
client_dispatch (GSource *source, GSourceFunc unused, gpointer unused_data)
{
  AcRtmpClient *client = ((ClientSource *)source)->client;

  on_ready (client, g_source_query_unix_fd (source, client->fd_tag));
  return g_source_is_destroyed (source) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static GSource *
client_source_new (AcRtmpClient *client)
{
  static GSourceFuncs funcs = { .dispatch = client_dispatch };
  GSource *source = g_source_new (&funcs, sizeof (ClientSource));

  ((ClientSource *)source)->client = client;
  g_source_set_static_name (source, "ac-rtmp-client");
  return source;
}

AcRtmpClient *
ac_rtmp_client_new (GSocket *socket, const AcRtmpClientSetup *setup)
{
  static const AcRtmpConnectionEvents events = { on_publish, on_tag, on_unpublish };
  AcRtmpClient *self = g_new0 (AcRtmpClient, 1);

  self->setup = setup;
  self->socket = socket;
  self->address = peer_address (socket);
  self->connection = ac_rtmp_connection_new (&events, self);
  self->opened_us = self->since_us = g_get_monotonic_time ();
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_socket_set_keepalive (socket, TRUE);

  self->source = client_source_new (self);
  self->fd_tag = g_source_add_unix_fd (self->source, g_socket_get_fd (socket), G_IO_IN);
  g_source_set_ready_time (self->source, deadline_us (self));
  g_source_attach (self->source, setup->context);
  return self;
}

void
ac_rtmp_client_free (AcRtmpClient *self, const gchar *reason)
{
  end_publisher (self, reason);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  ac_rtmp_connection_free (self->connection);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_free (self->address);
  g_free (self);
}

gboolean
ac_rtmp_client_has_asked (AcRtmpClient *self)
{
  return ac_rtmp_connection_phase (self->connection) >= AC_RTMP_PHASE_ASKED;
}

gint64
ac_rtmp_client_opened_us (AcRtmpClient *self)
{
  return self->opened_us;
}

void
ac_rtmp_client_rule (AcPublisher *publisher, AcVerdict verdict, const gchar *reason)
{
  AcRtmpClient *self = ac_publisher_link (publisher);
  g_autoptr (GError) error = NULL;
  gboolean fed = TRUE;

  if (self == NULL)
    return; /* it has left meanwhile */
  switch (verdict) {
  case AC_VERDICT_ACCEPT:
    fed = ac_rtmp_connection_accept (self->connection, &error);
    break;
  case AC_VERDICT_REFUSE:
    if (ac_rtmp_connection_phase (self->connection) != AC_RTMP_PHASE_ASKED)
      return;
    ac_rtmp_connection_refuse (self->connection, reason);
    end_publisher (self, "it was refused");
    break;
  case AC_VERDICT_CLOSE:
    ac_rtmp_connection_refuse (self->connection, reason);
    ac_rtmp_connection_end (self->connection, reason);
    end_publisher (self, reason);
    break;
  }
  digest (self, fed, error);
}
