#include "connection.h"

#include "log.h"
#include "peer_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Accepted in one turn; the rest waits for the next, so that others get theirs. */
#define ACCEPT_BURST 64
/* The first byte of a TLS handshake record, RFC 8446 5.1. */
#define TLS_HANDSHAKE 0x16

/* --- Accepting -------------------------------------------------------------------- */

static void
keep_address (AcConnection *self, const struct sockaddr_storage *address)
{
  if (address->ss_family == AF_INET6) {
    self->address = ((const struct sockaddr_in6 *)address)->sin6_addr;
  } else if (address->ss_family == AF_INET) {
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;

    self->address.s6_addr[10] = self->address.s6_addr[11] = 0xff;
    memcpy (&self->address.s6_addr[12], &v4->sin_addr, 4);
  }
}

/* Hands the socket over to libwebsockets, which owns it from here on, come what may. */
static void
adopt (AcConnection *self)
{
  AcFrontThread *thread = self->thread;
  lws_adoption_type type = LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP;
  lws_sock_file_fd_type descriptor = { .sockfd = self->fd };
  struct lws *wsi;

  ev_io_stop (thread->loop, &self->watcher);
  g_queue_unlink (&thread->waiting, &self->link);
  self->link.data = NULL;
  if (self->tls)
    type |= LWS_ADOPT_ALLOW_SSL;

  thread->adopting = self;
  wsi = lws_adopt_descriptor_vhost (thread->vhost, type, descriptor, NULL, NULL);
  if (wsi == NULL) {
    /* Bound to its wsi already: then it went with it. Else it is still ours. */
    if (thread->adopting != NULL) {
      thread->adopting = NULL;
      ac_connection_free (self);
    }
    return;
  }
  if (!self->tls) {
    /* Both come back with the first request's first byte. */
    lws_http_headers_detach (wsi);
    lws_set_timeout (wsi, NO_PENDING_TIMEOUT, 0);
  }
}

static void
look_at_first_byte (AcConnection *self)
{
  guint8 first;
  gssize got = recv (self->fd, &first, 1, MSG_PEEK);

  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
    return;
  if (got <= 0) {
    ac_connection_discard (self);
    return;
  }
  self->tls = self->thread->shared->tls && first == TLS_HANDSHAKE;
  adopt (self);
}

static void
on_first_byte (struct ev_loop *loop, ev_io *watcher, int events)
{
  look_at_first_byte (watcher->data);
}

static void
connection_new (AcFrontThread *thread, int fd, const struct sockaddr_storage *address)
{
  AcConnection *self = g_new0 (AcConnection, 1);
  int on = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  self->thread = thread;
  self->fd = fd;
  self->own.connection = self;
  keep_address (self, address);
  ev_io_init (&self->watcher, on_first_byte, fd, EV_READ);
  self->watcher.data = self;
  ev_io_start (thread->loop, &self->watcher);
  self->link.data = self;
  g_queue_push_tail_link (&thread->waiting, &self->link);
  ac_connection_set_due (self, AC_FIRST_REQUEST_S);
  look_at_first_byte (self);
}

void
ac_connections_accept (AcFrontThread *thread)
{
  static AcLogLimit limit = { .interval_ms = 10000 };
  AcFrontShared *shared = thread->shared;
  guint suppressed;

  for (guint i = 0; i < ACCEPT_BURST; i++) {
    struct sockaddr_storage address = { 0 };
    socklen_t length = sizeof address;
    int fd = accept4 (thread->listener, (struct sockaddr *)&address, &length,
                      SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS)) {
      /* The socket stays readable: looking again at once would only spin. */
      ev_io_stop (thread->loop, &thread->accept_watcher);
      thread->accept_paused = TRUE;
    }
    if (fd < 0)
      return;
    if (ac_counter_take (&shared->n_connections, shared->max_connections)) {
      connection_new (thread, fd, &address);
      continue;
    }
    close (fd);
    if (ac_log_limit_pass (&limit, &suppressed))
      ac_log (G_LOG_LEVEL_WARNING, 0,
              "front: all %d connections are taken; newest refused (%u more)",
              shared->max_connections, suppressed);
  }
}

/* --- Its end ---------------------------------------------------------------------- */

static void
unlink_queue (AcConnection *self)
{
  if (self->link.data == NULL)
    return;
  g_queue_unlink (self->wsi != NULL ? &self->thread->ready : &self->thread->waiting,
                  &self->link);
  self->link.data = NULL;
}

void
ac_connection_free (AcConnection *self)
{
  if (self->thread->serving == self)
    self->thread->serving = NULL;
  ac_stream_gone (&self->own);
  ac_connection_unwatch (self);
  unlink_queue (self);
  ac_wheel_unset (&self->thread->wheel, &self->timer);
  g_atomic_int_add (&self->thread->shared->n_connections, -1);
  g_free (self);
}

void
ac_connection_discard (AcConnection *self)
{
  close (self->fd);
  ac_connection_free (self);
}

void
ac_connection_abort (AcConnection *self)
{
  struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  /* Without this the kernel would keep what the client does not fetch. */
  setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  shutdown (self->fd, SHUT_RDWR);
  lws_set_timeout (self->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
}

void
ac_connection_doom (AcConnection *self)
{
  ac_connection_set_due (self, 0);
  self->doomed = TRUE;
}

/* libwebsockets 4.1.6 has no call for this, and forgets the stream if it does it by
 * itself; so the frame goes past it into the same TLS session. */
void
ac_connection_reset_stream (AcConnection *self, guint32 id)
{
  const guint8 frame[] = { 0,  0,        4,        3 /* RST_STREAM */,
                           0,  id >> 24, id >> 16, id >> 8,
                           id, 0,        0,        0,
                           0 /* NO_ERROR */ };
  SSL *ssl = lws_get_ssl (self->wsi);

  if (ssl == NULL)
    return;
  ERR_clear_error ();
  /* Half a record may not be followed by another one. */
  if (SSL_write (ssl, frame, sizeof frame) != sizeof frame) {
    ERR_clear_error ();
    ac_connection_doom (self);
  }
}

/* --- Time ------------------------------------------------------------------------- */

void
ac_connection_set_due (AcConnection *self, gint64 seconds_from_now)
{
  if (self->doomed)
    return;
  ac_wheel_set (&self->thread->wheel, &self->timer,
                ac_front_thread_now_s (self->thread) + seconds_from_now);
}

void
ac_connection_unset_due (AcConnection *self)
{
  ac_wheel_unset (&self->thread->wheel, &self->timer);
}

static struct tcp_info
ask_kernel (AcConnection *self)
{
  struct tcp_info info = { 0 };
  socklen_t length = sizeof info;

  getsockopt (self->fd, IPPROTO_TCP, TCP_INFO, &info, &length);
  return info;
}

guint64
ac_connection_progress (AcConnection *self)
{
  return ask_kernel (self).tcpi_bytes_acked + self->sent_bytes;
}

static gboolean
has_moved (AcConnection *self)
{
  guint64 progress = ac_connection_progress (self);
  gboolean moved = progress != self->progress;

  self->progress = progress;
  return moved;
}

/* HTTP/2: libwebsockets closes what is idle for AC_IDLE_S, but not while a WebSocket
 * runs in it; and a window that the client keeps shut is ours to notice. */
static void
check_h2 (AcConnection *self)
{
  gboolean stalled = self->n_sending > 0 && !has_moved (self);
  gboolean silent = ask_kernel (self).tcpi_last_data_recv >= AC_PEER_SILENT_S * 1000;

  if (self->doomed || stalled || silent)
    ac_connection_abort (self);
  else
    ac_connection_set_due (self, AC_STALL_S);
}

void
ac_connection_expired (AcWheelEntry *entry, gpointer user_data)
{
  AcConnection *self = (AcConnection *)entry;

  if (self->wsi == NULL) {
    ac_connection_discard (self);
    return;
  }
  if (self->h2) {
    check_h2 (self);
    return;
  }
  switch (self->own.state) {
  case AC_STREAM_PEER:
    if (self->own.peer == NULL || !ac_peer_socket_check (self->own.peer))
      ac_connection_abort (self);
    else
      ac_connection_set_due (self, AC_PEER_CHECK_S);
    break;
  case AC_STREAM_SENDING:
    if (has_moved (self))
      ac_connection_set_due (self, AC_STALL_S);
    else
      ac_connection_abort (self);
    break;
  case AC_STREAM_HELD:
  case AC_STREAM_CALL:
    break; /* answered in bounded time by others */
  default:
    lws_set_timeout (self->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
  }
}

/* --- Hang-up ---------------------------------------------------------------------- */

/* libwebsockets does not read while a request is held, so it would not notice. */
static void
on_readable_while_held (struct ev_loop *loop, ev_io *watcher, int events)
{
  AcConnection *self = watcher->data;
  guint8 byte;
  gssize got = recv (self->fd, &byte, 1, MSG_PEEK);

  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
    return;
  /* A byte is the next request, early: it is read when this one is answered. */
  ev_io_stop (loop, watcher);
  if (got <= 0)
    lws_set_timeout (self->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
}

/* ev_io_set() would make libev tell the kernel even when, with libwebsockets' own
 * watchers of the socket, nothing changes. */
static void
watch (AcConnection *self, int events,
       void (*callback) (struct ev_loop *loop, ev_io *watcher, int events))
{
  ac_connection_unwatch (self);
  ev_set_cb (&self->watcher, callback);
  ev_io_modify (&self->watcher, events);
  ev_io_start (self->thread->loop, &self->watcher);
}

void
ac_connection_watch_hangup (AcConnection *self)
{
  watch (self, EV_READ, on_readable_while_held);
}

/* libwebsockets 4.1.6 forgets that a socket may be writable while it is told not to
 * read. So it is told to read just while it writes; what that starts and stops between
 * two looks at the kernel costs no system call. */
static void
on_writable_while_paused (struct ev_loop *loop, ev_io *watcher, int events)
{
  AcConnection *self = watcher->data;
  AcFrontThread *thread = self->thread;
  struct lws_pollfd turn = { .fd = self->fd,
                             .events = LWS_POLLOUT,
                             .revents = LWS_POLLOUT };

  thread->serving = self;
  lws_rx_flow_control (self->wsi, 1);
  lws_service_fd (thread->context, &turn);
  if (thread->serving == self && self->own.paused)
    lws_rx_flow_control (self->wsi, 0);
  thread->serving = NULL;
}

void
ac_connection_watch_writable (AcConnection *self)
{
  watch (self, EV_WRITE, on_writable_while_paused);
}

void
ac_connection_unwatch (AcConnection *self)
{
  ev_io_stop (self->thread->loop, &self->watcher);
}

/* --- The next request ------------------------------------------------------------- */

void
ac_connection_make_ready (AcConnection *self)
{
  if (self->link.data != NULL)
    return;
  self->link.data = self;
  g_queue_push_tail_link (&self->thread->ready, &self->link);
}

/* After an answer libwebsockets wants to hear that the socket is writable before it
 * reads on. Told so here, before the loop asks the kernel, the watcher that it started
 * for that is stopped again unseen: two system calls and a turn fewer a request. */
void
ac_connections_serve_ready (AcFrontThread *thread)
{
  gboolean pending = FALSE;
  GList *link;

  while ((link = g_queue_pop_head_link (&thread->ready)) != NULL) {
    AcConnection *self = link->data;
    struct lws_pollfd turn = { .fd = self->fd,
                               .events = LWS_POLLIN | LWS_POLLOUT,
                               .revents = LWS_POLLOUT };

    link->data = NULL;
    thread->serving = self;
    lws_service_fd (thread->context, &turn);
    /* Nought: a pipelined request lies in libwebsockets' buffer. */
    if (lws_service_adjust_timeout (thread->context, 1, 0) == 0) {
      pending = TRUE;
      if (thread->serving == self)
        self->pipelined = TRUE;
    }
    thread->serving = NULL;
  }
  if (pending)
    lws_cancel_service (thread->context); /* no event will tell */
}

/* --- Address ---------------------------------------------------------------------- */

gboolean
ac_connection_is_loopback (AcConnection *self)
{
  return IN6_IS_ADDR_LOOPBACK (&self->address) ||
         (IN6_IS_ADDR_V4MAPPED (&self->address) && self->address.s6_addr[12] == 127);
}

gchar *
ac_connection_address_text (AcConnection *self)
{
  gchar text[INET6_ADDRSTRLEN] = "";

  if (IN6_IS_ADDR_V4MAPPED (&self->address))
    inet_ntop (AF_INET, &self->address.s6_addr[12], text, sizeof text);
  else
    inet_ntop (AF_INET6, &self->address, text, sizeof text);
  return g_strdup (text);
}
