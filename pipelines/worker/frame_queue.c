#include "frame_queue.h"

typedef struct {
  GstBuffer *frame;
  gint64 due_us;
} Entry;

struct _AcFrameQueue {
  GMutex lock;
  Entry entries[AC_FRAME_QUEUE_MAX]; /* a ring, by rising due time */
  guint first, n_entries;
};

AcFrameQueue *
ac_frame_queue_new (void)
{
  AcFrameQueue *self = g_new0 (AcFrameQueue, 1);

  g_mutex_init (&self->lock);
  return self;
}

static Entry *
nth (AcFrameQueue *self, guint n)
{
  return &self->entries[(self->first + n) % AC_FRAME_QUEUE_MAX];
}

static void
drop_first (AcFrameQueue *self)
{
  gst_clear_buffer (&nth (self, 0)->frame);
  self->first = (self->first + 1) % AC_FRAME_QUEUE_MAX;
  self->n_entries--;
}

void
ac_frame_queue_clear (AcFrameQueue *self)
{
  g_mutex_lock (&self->lock);
  while (self->n_entries > 0)
    drop_first (self);
  g_mutex_unlock (&self->lock);
}

void
ac_frame_queue_free (AcFrameQueue *self)
{
  ac_frame_queue_clear (self);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Every second frame goes, the oldest stays: whatever its time is, it comes, and what
 * is behind it covers the same span as before. */
static void
thin (AcFrameQueue *self)
{
  for (guint i = 0; i < self->n_entries; i++) {
    if (i % 2 == 0)
      *nth (self, i / 2) = *nth (self, i);
    else
      gst_clear_buffer (&nth (self, i)->frame);
  }
  self->n_entries = (self->n_entries + 1) / 2;
}

void
ac_frame_queue_push (AcFrameQueue *self, GstBuffer *frame, gint64 due_us)
{
  g_mutex_lock (&self->lock);
  while (self->n_entries > 0 && nth (self, self->n_entries - 1)->due_us >= due_us)
    gst_clear_buffer (&nth (self, --self->n_entries)->frame);
  if (self->n_entries == AC_FRAME_QUEUE_MAX)
    thin (self);
  *nth (self, self->n_entries++) = (Entry){ frame, due_us };
  g_mutex_unlock (&self->lock);
}

GstBuffer *
ac_frame_queue_take (AcFrameQueue *self, gint64 tick_us, gint64 period_us,
                     guint *ret_dropped)
{
  gint64 middle_us = tick_us + period_us / 2;
  gint64 band_us = period_us / 4;
  GstBuffer *frame = NULL;

  g_mutex_lock (&self->lock);
  while (self->n_entries > 1 && nth (self, 1)->due_us <= middle_us - band_us) {
    drop_first (self);
    (*ret_dropped)++;
  }
  if (self->n_entries > 0 && nth (self, 0)->due_us <= middle_us + band_us) {
    frame = g_steal_pointer (&nth (self, 0)->frame);
    drop_first (self);
  }
  g_mutex_unlock (&self->lock);
  return frame;
}

gint64
ac_frame_queue_first_due (AcFrameQueue *self)
{
  gint64 due_us;

  g_mutex_lock (&self->lock);
  due_us = self->n_entries > 0 ? nth (self, 0)->due_us : -1;
  g_mutex_unlock (&self->lock);
  return due_us;
}

guint
ac_frame_queue_length (AcFrameQueue *self)
{
  guint n_entries;

  g_mutex_lock (&self->lock);
  n_entries = self->n_entries;
  g_mutex_unlock (&self->lock);
  return n_entries;
}
