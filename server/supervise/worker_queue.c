#include "worker_queue.h"

#include "flv_kind.h"

#include <errno.h>
#include <gio/gio.h>
#include <sys/socket.h>

struct _AcWorkerQueue {
  GQueue frames; /* GBytes */
  gsize sent;    /* bytes of the first */
  gsize bytes;   /* of all, less those sent */
  gboolean dropping;
  gboolean has_video; /* the present source */
};

AcWorkerQueue *
ac_worker_queue_new (void)
{
  AcWorkerQueue *self = g_new0 (AcWorkerQueue, 1);

  g_queue_init (&self->frames);
  return self;
}

void
ac_worker_queue_free (AcWorkerQueue *self)
{
  if (self == NULL)
    return;
  ac_worker_queue_clear (self);
  g_free (self);
}

void
ac_worker_queue_clear (AcWorkerQueue *self)
{
  g_queue_clear_full (&self->frames, (GDestroyNotify)g_bytes_unref);
  self->sent = self->bytes = 0;
}

void
ac_worker_queue_push (AcWorkerQueue *self, GBytes *frame)
{
  self->bytes += g_bytes_get_size (frame);
  g_queue_push_tail (&self->frames, frame);
}

static gboolean
may_queue (AcWorkerQueue *self, AcFlvKind kind, gsize size)
{
  gsize limit = AC_WORKER_QUEUE_MAX_BYTES;

  if (kind == AC_FLV_SETUP)
    limit += AC_WORKER_QUEUE_RESERVE_BYTES;
  if (self->bytes + size > limit) {
    self->dropping = TRUE;
    return FALSE;
  }
  if (kind == AC_FLV_SETUP)
    return TRUE;
  if (kind == AC_FLV_VIDEO_KEY || (kind == AC_FLV_AUDIO && !self->has_video))
    self->dropping = FALSE;
  return !self->dropping;
}

gboolean
ac_worker_queue_push_tag (AcWorkerQueue *self, const AcFlvTag *tag)
{
  const AcFlvKind kind = ac_flv_kind (tag->type, tag->body);

  if (kind == AC_FLV_VIDEO || kind == AC_FLV_VIDEO_KEY)
    self->has_video = TRUE;
  if (!may_queue (self, kind, g_bytes_get_size (tag->body)))
    return FALSE;
  ac_worker_queue_push (self, ac_wire_pack_source_media (tag));
  return TRUE;
}

void
ac_worker_queue_new_source (AcWorkerQueue *self)
{
  self->dropping = self->has_video = FALSE;
}

gboolean
ac_worker_queue_is_empty (AcWorkerQueue *self)
{
  return g_queue_is_empty (&self->frames);
}

gsize
ac_worker_queue_bytes (AcWorkerQueue *self)
{
  return self->bytes;
}

static void
note_sent (AcWorkerQueue *self, gsize size)
{
  GBytes *first = g_queue_peek_head (&self->frames);

  self->bytes -= size;
  self->sent += size;
  if (self->sent < g_bytes_get_size (first))
    return;
  g_bytes_unref (g_queue_pop_head (&self->frames));
  self->sent = 0;
}

gboolean
ac_worker_queue_send (AcWorkerQueue *self, gint fd, gsize *ret_sent, GError **error)
{
  *ret_sent = 0;
  while (!g_queue_is_empty (&self->frames)) {
    gsize size;
    const guint8 *data = g_bytes_get_data (g_queue_peek_head (&self->frames), &size);
    gssize sent = send (fd, data + self->sent, size - self->sent, MSG_NOSIGNAL);
    const gint code = errno;

    if (sent < 0 && (code == EAGAIN || code == EINTR))
      return TRUE;
    if (sent < 0) {
      g_set_error_literal (error, G_IO_ERROR, (gint)g_io_error_from_errno (code),
                           g_strerror (code));
      return FALSE;
    }
    note_sent (self, sent);
    *ret_sent += sent;
  }
  return TRUE;
}
