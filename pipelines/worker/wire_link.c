#include "wire_link.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#define STALL_US (5 * G_USEC_PER_SEC)
#define MAX_QUEUED_BYTES (32 * 1024 * 1024)
#define READS_A_TURN 64 /* then others have the main loop */

struct _AcWireLink {
  gint fd;
  AcWireLinkHandler handler;
  gpointer user_data;
  AcWireParser *parser;
  guint read_watch, stall_timer;
  gboolean closed;

  GMutex lock;  /* guards the rest */
  GQueue queue; /* GBytes */
  gsize offset; /* already written of the first */
  gsize queued_bytes;
  gboolean overflowed;
  guint write_watch;  /* or 0 when nothing waits */
  gint64 progress_us; /* when something was written last, or began to wait */
};

/* The last thing that happens on a link. */
static void
close_with (AcWireLink *self, const GError *error)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  g_clear_handle_id (&self->read_watch, g_source_remove);
  g_clear_handle_id (&self->stall_timer, g_source_remove);
  g_mutex_lock (&self->lock);
  g_clear_handle_id (&self->write_watch, g_source_remove);
  g_mutex_unlock (&self->lock);
  self->handler.closed (error, self->user_data);
}

static void
close_with_errno (AcWireLink *self, const gchar *what, gint code)
{
  g_autoptr (GError) error =
      g_error_new (G_IO_ERROR, (gint)g_io_error_from_errno (code), "cannot %s: %s",
                   what, g_strerror (code));

  close_with (self, error);
}

/* --- reading ---------------------------------------------------------------------- */

static gboolean
take_bytes (AcWireLink *self, gsize size)
{
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GError) error = NULL;
  AcWireType type;

  if (!ac_wire_parser_filled (self->parser, size, &type, &payload, &error)) {
    close_with (self, error);
    return FALSE;
  }
  if (payload != NULL)
    self->handler.frame (type, payload, self->user_data);
  return !self->closed;
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer user_data)
{
  AcWireLink *self = user_data;

  for (guint i = 0; i < READS_A_TURN && !self->closed; i++) {
    gsize size;
    gpointer data = ac_wire_parser_want (self->parser, &size);
    gssize got = read (fd, data, size);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
      break;
    if (got < 0 && errno != ECONNRESET)
      close_with_errno (self, "read", errno);
    else if (got <= 0)
      close_with (self, NULL);
    else if (!take_bytes (self, (gsize)got))
      break;
  }
  return self->closed ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* --- writing ---------------------------------------------------------------------- */

/* Writes what the socket takes. Returns: 0, or errno. Called with the lock held. */
static gint
write_queue (AcWireLink *self)
{
  while (!g_queue_is_empty (&self->queue)) {
    GBytes *frame = g_queue_peek_head (&self->queue);
    gsize size;
    const guint8 *data = g_bytes_get_data (frame, &size);
    gssize sent =
        send (self->fd, data + self->offset, size - self->offset, MSG_NOSIGNAL);

    if (sent < 0)
      return errno == EAGAIN || errno == EINTR ? 0 : errno;
    self->progress_us = g_get_monotonic_time ();
    self->offset += (gsize)sent;
    self->queued_bytes -= (gsize)sent;
    if (self->offset < size)
      return 0;
    self->offset = 0;
    g_bytes_unref (g_queue_pop_head (&self->queue));
  }
  return 0;
}

static gboolean
on_writable (gint fd, GIOCondition condition, gpointer user_data)
{
  AcWireLink *self = user_data;
  gboolean drained, overflowed;
  gint code;

  g_mutex_lock (&self->lock);
  code = write_queue (self);
  overflowed = self->overflowed;
  drained = g_queue_is_empty (&self->queue);
  if (drained || code != 0)
    self->write_watch = 0;
  g_mutex_unlock (&self->lock);

  if (overflowed)
    code = ENOBUFS;
  if (code != 0)
    close_with_errno (self, "write", code);
  else if (drained)
    self->handler.drained (self->user_data);
  return drained || code != 0 ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static gboolean
on_stall_timer (gpointer user_data)
{
  AcWireLink *self = user_data;
  gboolean stalled;

  g_mutex_lock (&self->lock);
  stalled =
      self->overflowed || (!g_queue_is_empty (&self->queue) &&
                           g_get_monotonic_time () - self->progress_us > STALL_US);
  g_mutex_unlock (&self->lock);
  if (!stalled)
    return G_SOURCE_CONTINUE;
  self->stall_timer = 0;
  close_with_errno (self, "write", ETIMEDOUT);
  return G_SOURCE_REMOVE;
}

void
ac_wire_link_send (AcWireLink *self, GBytes *frame)
{
  g_mutex_lock (&self->lock);
  if (self->queued_bytes + g_bytes_get_size (frame) > MAX_QUEUED_BYTES) {
    self->overflowed = TRUE; /* the main loop ends it */
    g_bytes_unref (frame);
  } else {
    if (g_queue_is_empty (&self->queue))
      self->progress_us = g_get_monotonic_time ();
    self->queued_bytes += g_bytes_get_size (frame);
    g_queue_push_tail (&self->queue, frame);
  }
  if (self->write_watch == 0 && !g_queue_is_empty (&self->queue))
    self->write_watch = g_unix_fd_add (self->fd, G_IO_OUT, on_writable, self);
  g_mutex_unlock (&self->lock);
}

gsize
ac_wire_link_unsent_bytes (AcWireLink *self)
{
  gsize bytes;

  g_mutex_lock (&self->lock);
  bytes = self->queued_bytes;
  g_mutex_unlock (&self->lock);
  return bytes;
}

/* A source that must not recurse is taken from the loop's descriptors for every call of
 * it and put back after, which wakes the loop once more (GLib's main.c); there is no
 * loop within the loop here, so it may. */
static guint
watch_reading (AcWireLink *self)
{
  GSource *source = g_unix_fd_source_new (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  guint id;

  g_source_set_callback (source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_set_can_recurse (source, TRUE);
  id = g_source_attach (source, NULL);
  g_source_unref (source);
  return id;
}

/* --- life ------------------------------------------------------------------------- */

AcWireLink *
ac_wire_link_new (gint fd, const AcWireLinkHandler *handler, gpointer user_data,
                  GError **error)
{
  AcWireLink *self;

  if (!g_unix_set_fd_nonblocking (fd, TRUE, error))
    return NULL;
  self = g_new0 (AcWireLink, 1);
  self->fd = fd;
  self->handler = *handler;
  self->user_data = user_data;
  self->parser = ac_wire_parser_new ();
  g_mutex_init (&self->lock);
  self->read_watch = watch_reading (self);
  self->stall_timer = g_timeout_add_seconds (1, on_stall_timer, self);
  return self;
}

void
ac_wire_link_free (AcWireLink *self)
{
  g_clear_handle_id (&self->read_watch, g_source_remove);
  g_clear_handle_id (&self->stall_timer, g_source_remove);
  g_clear_handle_id (&self->write_watch, g_source_remove);
  g_queue_clear_full (&self->queue, (GDestroyNotify)g_bytes_unref);
  ac_wire_parser_free (self->parser);
  g_mutex_clear (&self->lock);
  close (self->fd);
  g_free (self);
}
