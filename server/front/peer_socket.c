#include "peer_socket.h"

#include "connection.h"

#include <string.h>

#define MAX_COOKIE_BYTES 4096
#define MAX_HEADER_BYTES 512
#define MAX_REASON_BYTES 120
/* Messages of one turn; more wait for the next, so that others get theirs. */
#define BURST 16

typedef struct {
  GBytes *text;
  gboolean must_arrive;
} Outgoing;

struct _AcPeerSocket {
  AcPeer peer; /* the main loop's */
  GList link;  /* the main loop's: in shared->peers while link.data is set */
  AcFrontShared *shared;
  AcMailbox *mailbox;
  gchar *texts; /* cookie, origin, host, query and address, one block */

  GMutex mutex;
  GQueue outgoing;     /* Outgoing; guarded by mutex */
  guint16 close_code;  /* 0: stay open; guarded by mutex */
  gchar *close_reason; /* guarded by mutex */
  gboolean kicked;     /* a task will ask for a turn; guarded by mutex */
  gint inflight;       /* messages that the main loop has not handled; atomic */
  gint paused;         /* not reading until it has; atomic */

  AcStream *stream; /* the front thread's; NULL once the wsi is gone */
  GByteArray *incoming;
  gint64 heard_s;
  guint64 progress;
  gboolean ping_due;
};

typedef struct {
  AcPeerSocket *socket;
  GBytes *text;
} Message;

/* --- Life ------------------------------------------------------------------------ */

static void
outgoing_free (gpointer data)
{
  Outgoing *outgoing = data;

  g_bytes_unref (outgoing->text);
  g_free (outgoing);
}

static void
socket_clear (gpointer data)
{
  AcPeerSocket *self = data;

  g_atomic_int_add (&self->shared->n_peers, -1);
  g_queue_clear_full (&self->outgoing, outgoing_free);
  g_clear_pointer (&self->incoming, g_byte_array_unref);
  g_mutex_clear (&self->mutex);
  g_free (self->close_reason);
  g_free (self->texts);
  ac_mailbox_unref (self->mailbox);
  ac_front_shared_unref (self->shared);
}

static AcPeerSocket *
socket_ref (AcPeerSocket *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
socket_unref (AcPeerSocket *self)
{
  g_atomic_rc_box_release_full (self, socket_clear);
}

/* --- Sending: the main loop's side ------------------------------------------------ */

/* In the front thread: something is there to be written. */
static void
ask_for_turn (gpointer data)
{
  AcPeerSocket *self = data;

  g_mutex_lock (&self->mutex);
  self->kicked = FALSE;
  g_mutex_unlock (&self->mutex);
  if (self->stream != NULL)
    lws_callback_on_writable (self->stream->wsi);
  socket_unref (self);
}

/* With the mutex held. */
static void
kick (AcPeerSocket *self)
{
  if (self->kicked)
    return;
  self->kicked = TRUE;
  ac_executor_post (ac_mailbox_executor (self->mailbox), ask_for_turn,
                    socket_ref (self));
}

/* With the mutex held. */
static void
set_close (AcPeerSocket *self, guint16 code, const gchar *reason)
{
  if (self->close_code != 0)
    return;
  self->close_code = code;
  self->close_reason = g_strndup (reason != NULL ? reason : "", MAX_REASON_BYTES);
  kick (self);
}

/* With the mutex held. Returns: FALSE when nothing may be lost. */
static gboolean
drop_oldest (AcPeerSocket *self)
{
  for (GList *link = self->outgoing.head; link != NULL; link = link->next) {
    Outgoing *outgoing = link->data;

    if (outgoing->must_arrive)
      continue;
    g_queue_delete_link (&self->outgoing, link);
    outgoing_free (outgoing);
    return TRUE;
  }
  return FALSE;
}

static void
peer_send (AcPeer *peer, GBytes *text, gboolean must_arrive)
{
  AcPeerSocket *self = (AcPeerSocket *)peer;

  g_mutex_lock (&self->mutex);
  if (self->outgoing.length >= AC_PEER_QUEUE_MAX && !drop_oldest (self)) {
    if (must_arrive)
      set_close (self, 1013, "too slow");
  } else {
    Outgoing *outgoing = g_new (Outgoing, 1);

    *outgoing = (Outgoing){ g_bytes_ref (text), must_arrive };
    g_queue_push_tail (&self->outgoing, outgoing);
    kick (self);
  }
  g_mutex_unlock (&self->mutex);
}

static void
peer_close (AcPeer *peer, guint16 code, const gchar *reason)
{
  AcPeerSocket *self = (AcPeerSocket *)peer;

  g_mutex_lock (&self->mutex);
  set_close (self, code, reason);
  g_mutex_unlock (&self->mutex);
}

/* --- The main loop hears ---------------------------------------------------------- */

static void
report_opened (gpointer data)
{
  AcPeerSocket *self = data;
  AcFrontShared *shared = self->shared;

  if (!shared->closed) {
    self->peer.id = ++shared->n_opened;
    self->link.data = socket_ref (self);
    g_queue_push_tail_link (&shared->peers, &self->link);
    shared->handler.peer.opened (&self->peer, shared->user_data);
  }
  socket_unref (self);
}

static void
finish (AcPeerSocket *self)
{
  AcFrontShared *shared = self->shared;

  g_queue_unlink (&shared->peers, &self->link);
  self->link.data = NULL;
  shared->handler.peer.closed (&self->peer, shared->user_data);
  socket_unref (self);
}

static void
report_closed (gpointer data)
{
  AcPeerSocket *self = data;

  if (self->link.data != NULL)
    finish (self);
  socket_unref (self);
}

void
ac_peer_sockets_close_all (AcFrontShared *shared)
{
  while (shared->peers.head != NULL)
    finish (shared->peers.head->data);
}

static void
resume_reading (gpointer data)
{
  AcPeerSocket *self = data;

  g_atomic_int_set (&self->paused, FALSE);
  if (self->stream != NULL)
    lws_rx_flow_control (self->stream->wsi, 1);
  socket_unref (self);
}

static void
report_message (gpointer data)
{
  Message *message = data;
  AcPeerSocket *self = message->socket;
  AcFrontShared *shared = self->shared;

  if (self->link.data != NULL && !shared->closed)
    shared->handler.peer.message (&self->peer, message->text, shared->user_data);
  if (g_atomic_int_add (&self->inflight, -1) == AC_PEER_INFLIGHT_MAX / 2 &&
      g_atomic_int_get (&self->paused))
    ac_executor_post (ac_mailbox_executor (self->mailbox), resume_reading,
                      socket_ref (self));
  g_bytes_unref (message->text);
  socket_unref (self);
  g_free (message);
}

/* --- The front thread's side ------------------------------------------------------ */

guint
ac_peer_socket_refusal (AcStream *stream, const AcHead *head)
{
  AcFrontShared *shared = stream->connection->thread->shared;
  g_autofree gchar *protocols = ac_head_value (stream->wsi, WSI_TOKEN_PROTOCOL, 100);
  g_auto (GStrv) names = NULL;
  gboolean known = FALSE;

  if (ac_head_needs_tls (stream))
    return 403;
  if (!g_str_equal (head->path, "/classroom"))
    return 404;
  names = g_strsplit (protocols != NULL ? protocols : "", ",", 8);
  for (guint i = 0; names[i] != NULL; i++)
    known = known || g_str_equal (g_strstrip (names[i]), "airclass");
  if (!known || (!stream->h2 && head->method != AC_METHOD_GET))
    return 400;
  if (g_atomic_int_get (&shared->n_peers) >= shared->max_peers)
    return 503;
  return 0;
}

/* Many thousands are open at once: their texts lie in one block each. */
static void
keep_texts (AcPeerSocket *self, const gchar **texts[], gchar *values[], guint n)
{
  gsize total = 0;
  gchar *to;

  for (guint i = 0; i < n; i++)
    total += values[i] != NULL ? strlen (values[i]) + 1 : 0;
  to = self->texts = g_malloc (total + 1);
  for (guint i = 0; i < n; i++) {
    if (values[i] == NULL)
      continue;
    *texts[i] = to;
    to = g_stpcpy (to, values[i]) + 1;
    g_free (values[i]);
  }
}

AcPeerSocket *
ac_peer_socket_new (AcStream *stream, const AcHead *head)
{
  AcFrontThread *thread = stream->connection->thread;
  struct lws *wsi = stream->wsi;
  AcPeerSocket *self;

  if (!ac_counter_take (&thread->shared->n_peers, thread->shared->max_peers))
    return NULL;
  self = g_atomic_rc_box_new0 (AcPeerSocket);
  g_mutex_init (&self->mutex);
  g_queue_init (&self->outgoing);
  self->shared = ac_front_shared_ref (thread->shared);
  self->mailbox = ac_mailbox_ref (thread->mailbox);
  self->stream = stream;
  self->peer.send = peer_send;
  self->peer.close = peer_close;
  self->peer.secure = ac_head_is_secure (stream);

  const gchar **texts[] = { &self->peer.cookie, &self->peer.origin, &self->peer.host,
                            &self->peer.query, &self->peer.remote_address };
  gchar *values[] = {
    ac_head_value (wsi, WSI_TOKEN_HTTP_COOKIE, MAX_COOKIE_BYTES),
    ac_head_value (wsi, WSI_TOKEN_ORIGIN, MAX_HEADER_BYTES),
    ac_head_host (wsi),
    head->query[0] != '\0' ? g_strdup (head->query) : NULL,
    ac_head_remote_address (stream),
  };
  keep_texts (self, texts, values, G_N_ELEMENTS (texts));
  return self;
}

static gint64
now_s (AcPeerSocket *self)
{
  return ac_front_thread_now_s (self->stream->connection->thread);
}

void
ac_peer_socket_established (AcPeerSocket *self)
{
  self->heard_s = now_s (self);
  ac_executor_post (self->shared->main, report_opened, socket_ref (self));
}

static int
close_with (AcPeerSocket *self, guint16 code, const gchar *reason)
{
  lws_close_reason (self->stream->wsi, code, (guint8 *)reason, strlen (reason));
  return -1;
}

static int
deliver (AcPeerSocket *self, const guint8 *text, gsize length)
{
  Message *message;
  gint inflight;

  if (!g_utf8_validate_len ((const gchar *)text, length, NULL))
    return close_with (self, 1007, "not UTF-8");
  inflight = g_atomic_int_add (&self->inflight, 1) + 1;
  message = g_new (Message, 1);
  *message = (Message){ socket_ref (self), g_bytes_new (text, length) };
  ac_executor_post (self->shared->main, report_message, message);

  if (inflight < AC_PEER_INFLIGHT_MAX)
    return 0;
  /* Over HTTP/2 one socket cannot be held back without the others. */
  if (self->stream->h2)
    return inflight > 4 * AC_PEER_INFLIGHT_MAX ? close_with (self, 1008, "too fast")
                                               : 0;
  g_atomic_int_set (&self->paused, TRUE);
  lws_rx_flow_control (self->stream->wsi, 0);
  /* The main loop may have caught up in between, and then tells nobody. */
  if (g_atomic_int_get (&self->inflight) <= AC_PEER_INFLIGHT_MAX / 2)
    resume_reading (socket_ref (self));
  return 0;
}

int
ac_peer_socket_receive (AcPeerSocket *self, const guint8 *data, gsize length)
{
  struct lws *wsi = self->stream->wsi;
  gboolean first = lws_is_first_fragment (wsi), last = lws_is_final_fragment (wsi);
  gsize before = self->incoming != NULL ? self->incoming->len : 0;
  int result;

  self->heard_s = now_s (self);
  if (lws_frame_is_binary (wsi))
    return close_with (self, 1003, "text only");
  if (before + length > AC_PEER_MESSAGE_MAX_BYTES)
    return close_with (self, 1009, "too long");
  if (first && last)
    return deliver (self, data, length);

  if (self->incoming == NULL)
    self->incoming = g_byte_array_new ();
  g_byte_array_append (self->incoming, data, length);
  if (!last)
    return 0;
  result = deliver (self, self->incoming->data, self->incoming->len);
  g_clear_pointer (&self->incoming, g_byte_array_unref);
  return result;
}

void
ac_peer_socket_pong (AcPeerSocket *self)
{
  self->heard_s = now_s (self);
}

static int
write_message (AcPeerSocket *self, GBytes *text)
{
  AcFrontThread *thread = self->stream->connection->thread;
  g_autofree guint8 *large = NULL;
  guint8 *buffer = thread->out;
  gsize length;
  gconstpointer data = g_bytes_get_data (text, &length);

  if (length > AC_FIRST_BODY_BYTES)
    buffer = large = g_malloc (LWS_PRE + length);
  else
    thread->rendered.total_bytes = 0;
  if (length > 0)
    memcpy (buffer + LWS_PRE, data, length);
  return lws_write (self->stream->wsi, buffer + LWS_PRE, length, LWS_WRITE_TEXT) <
                 (gint)length
             ? -1
             : 0;
}

/* HTTP/2: the message and its frame's header have to fit into the client's window. */
static gboolean
fits_window (AcPeerSocket *self, gsize length)
{
  gint allowance;

  if (!self->stream->h2)
    return TRUE;
  allowance = (gint)lws_get_peer_write_allowance (self->stream->wsi);
  return allowance < 0 || (gsize)allowance >= length + 16;
}

/* Returns: (transfer full) (nullable): the next message that can go now. */
static Outgoing *
take_next (AcPeerSocket *self)
{
  Outgoing *next;

  g_mutex_lock (&self->mutex);
  next = g_queue_peek_head (&self->outgoing);
  if (next != NULL && fits_window (self, g_bytes_get_size (next->text)))
    g_queue_pop_head (&self->outgoing);
  else
    next = NULL;
  g_mutex_unlock (&self->mutex);
  return next;
}

static int
send_ping (AcPeerSocket *self)
{
  guint8 buffer[LWS_PRE + 8] = { 0 };

  self->ping_due = FALSE;
  lws_callback_on_writable (self->stream->wsi);
  return lws_write (self->stream->wsi, buffer + LWS_PRE, 0, LWS_WRITE_PING) < 0 ? -1
                                                                                : 0;
}

int
ac_peer_socket_writable (AcPeerSocket *self)
{
  struct lws *wsi = self->stream->wsi;
  gboolean more;
  guint16 code;

  if (self->ping_due)
    return send_ping (self);
  for (guint i = 0; i < (self->stream->h2 ? 1 : BURST); i++) {
    Outgoing *outgoing = take_next (self);
    int result;

    if (outgoing == NULL)
      break;
    result = write_message (self, outgoing->text);
    outgoing_free (outgoing);
    if (result != 0)
      return -1;
    if (lws_partial_buffered (wsi) || lws_send_pipe_choked (wsi))
      break;
  }
  g_mutex_lock (&self->mutex);
  more = self->outgoing.length > 0;
  code = self->close_code;
  g_mutex_unlock (&self->mutex);
  /* 1013 says that the queue is not worth waiting for. */
  if (code != 0 && (!more || code == 1013))
    return close_with (self, code, self->close_reason);
  if (more)
    lws_callback_on_writable (wsi);
  return 0;
}

gboolean
ac_peer_socket_check (AcPeerSocket *self)
{
  AcConnection *connection = self->stream->connection;
  gint64 silent_s = now_s (self) - self->heard_s;
  gboolean waiting;

  g_mutex_lock (&self->mutex);
  waiting = self->outgoing.length > 0;
  g_mutex_unlock (&self->mutex);
  if (waiting || lws_partial_buffered (self->stream->wsi)) {
    guint64 progress = ac_connection_progress (connection);

    if (progress == self->progress)
      return FALSE;
    self->progress = progress;
  } else {
    self->progress = 0;
  }
  if (g_atomic_int_get (&self->paused))
    return TRUE; /* its words may lie unread */
  if (silent_s >= AC_PEER_SILENT_S)
    return FALSE;
  if (silent_s >= AC_PEER_PING_S) {
    self->ping_due = TRUE;
    lws_callback_on_writable (self->stream->wsi);
  }
  return TRUE;
}

void
ac_peer_socket_gone (AcPeerSocket *self)
{
  self->stream = NULL;
  if (self->heard_s != 0)
    ac_executor_post (self->shared->main, report_closed, socket_ref (self));
  socket_unref (self);
}
