#include "packet_sink.h"

GST_DEBUG_CATEGORY_STATIC (packet_sink_debug);
#define GST_CAT_DEFAULT packet_sink_debug

#define MAX_BYTES (8 * 1024 * 1024)
#define MAX_PACKETS 2048
#define TURN_PACKETS 64 /* between looks at what else the main loop has to do */

/* A format, or a packet. */
typedef struct {
  GstCaps *format;
  AcPacket packet;
} Item;

/* Shared by its owner, the element's callbacks and the source that wakes. */
struct _AcPacketSink {
  AcSourceTrack track;
  AcInputHandler handler;
  gpointer user_data;
  GMainContext *context;

  GMutex lock;  /* guards the next four */
  GQueue items; /* Item */
  gsize n_bytes;
  GSource *wake; /* NULL: nothing waits */
  gboolean closed;

  /* The streaming thread. */
  GstCaps *format;
  gboolean begun, dropping, lost;
  gint64 last_us, step_us; /* for buffers without time */
};

static void
item_free (gpointer data)
{
  Item *item = data;

  gst_clear_caps (&item->format);
  g_clear_pointer (&item->packet.data, g_bytes_unref);
  g_free (item);
}

static void
sink_clear (gpointer data)
{
  AcPacketSink *self = data;

  g_queue_clear_full (&self->items, item_free);
  gst_clear_caps (&self->format);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
}

static void
sink_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, sink_clear);
}

/* --- main loop -------------------------------------------------------------------- */

/* Returns: (transfer full) (nullable): the next; when there is none the source that
 * wakes is given up. */
static Item *
pop (AcPacketSink *self)
{
  Item *item;

  g_mutex_lock (&self->lock);
  item = self->closed ? NULL : g_queue_pop_head (&self->items);
  if (item == NULL)
    g_clear_pointer (&self->wake, g_source_unref);
  else if (item->packet.data != NULL)
    self->n_bytes -= g_bytes_get_size (item->packet.data);
  g_mutex_unlock (&self->lock);
  return item;
}

static gboolean
on_wake (gpointer user_data)
{
  AcPacketSink *self = user_data;

  for (guint i = 0; i < TURN_PACKETS; i++) {
    Item *item = pop (self);

    if (item == NULL)
      return G_SOURCE_REMOVE;
    if (item->format != NULL)
      self->handler.format (self->track, item->format, self->user_data);
    else
      self->handler.packet (&item->packet, self->user_data);
    item_free (item);
  }
  return G_SOURCE_CONTINUE;
}

/* --- streaming thread ------------------------------------------------------------- */

/* With the lock held. */
static void
schedule (AcPacketSink *self)
{
  if (self->wake != NULL)
    return;
  self->wake = g_idle_source_new ();
  g_source_set_priority (self->wake, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->wake, on_wake, g_atomic_rc_box_acquire (self),
                         sink_unref);
  g_source_attach (self->wake, self->context);
}

/* @item: (transfer full). Returns: FALSE when there was no room. */
static gboolean
push (AcPacketSink *self, Item *item)
{
  gsize size = item->format != NULL ? 0 : g_bytes_get_size (item->packet.data);
  gboolean room;

  g_mutex_lock (&self->lock);
  room = !self->closed && self->n_bytes + size <= MAX_BYTES &&
         g_queue_get_length (&self->items) < MAX_PACKETS;
  if (room) {
    self->n_bytes += size;
    g_queue_push_tail (&self->items, item);
    schedule (self);
  }
  g_mutex_unlock (&self->lock);
  if (!room)
    item_free (item);
  return room;
}

/* Returns: FALSE when there was no room: what follows cannot be read. */
static gboolean
note_format (AcPacketSink *self, GstCaps *caps)
{
  Item *item;

  if (caps == NULL || (self->format != NULL && gst_caps_is_equal (self->format, caps)))
    return TRUE;
  item = g_new0 (Item, 1);
  item->format = gst_caps_ref (caps);
  if (!push (self, item))
    return FALSE;
  gst_caps_replace (&self->format, caps);
  return TRUE;
}

/* Returns: FALSE when @time is none. */
static gboolean
running_us (const GstSegment *segment, GstClockTime time, gint64 *ret_us)
{
  guint64 running;
  gint sign;

  if (!GST_CLOCK_TIME_IS_VALID (time))
    return FALSE;
  sign = gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, time, &running);
  *ret_us = sign * (gint64)(running / GST_USECOND);
  return sign != 0;
}

static void
set_times (AcPacketSink *self, AcPacket *packet, GstBuffer *buffer,
           const GstSegment *segment)
{
  gint64 decode_us, present_us;
  gboolean has_decode = running_us (segment, GST_BUFFER_DTS (buffer), &decode_us);
  gboolean has_present = running_us (segment, GST_BUFFER_PTS (buffer), &present_us);

  if (!has_decode)
    decode_us = has_present ? present_us : self->last_us + self->step_us;
  else if (decode_us > self->last_us)
    self->step_us = decode_us - self->last_us;
  self->last_us = packet->decode_us = decode_us;
  packet->composition_us = has_present ? present_us - decode_us : 0;
}

static void
push_packet (AcPacketSink *self, GstBuffer *buffer, const GstSegment *segment)
{
  const gboolean delta = GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  Item *item = g_new0 (Item, 1);
  gpointer data;
  gsize size;

  gst_buffer_extract_dup (buffer, 0, (gsize)-1, &data, &size);
  item->packet.track = self->track;
  item->packet.data = g_bytes_new_take (data, size);
  item->packet.keyframe = self->track == AC_SOURCE_AUDIO || !delta;
  item->packet.lost =
      self->lost ||
      (self->begun && GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
  self->begun = TRUE; /* nothing is missing before the first */
  set_times (self, &item->packet, buffer, segment);
  if (size == 0 || (self->dropping && !item->packet.keyframe)) {
    item_free (item);
    return;
  }
  self->dropping = self->lost = !push (self, item);
  if (self->dropping)
    GST_WARNING ("the main loop is late: media is dropped");
}

static GstFlowReturn
on_sample (GstAppSink *element, gpointer user_data)
{
  AcPacketSink *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (element);
  GstBuffer *buffer;

  if (sample == NULL)
    return GST_FLOW_EOS;
  if (!note_format (self, gst_sample_get_caps (sample))) {
    self->dropping = self->lost = TRUE;
    return GST_FLOW_OK;
  }
  buffer = gst_sample_get_buffer (sample);
  if (buffer != NULL && self->format != NULL)
    push_packet (self, buffer, gst_sample_get_segment (sample));
  return GST_FLOW_OK;
}

/* --- life ------------------------------------------------------------------------- */

AcPacketSink *
ac_packet_sink_new (GstAppSink *sink, AcSourceTrack track,
                    const AcInputHandler *handler, gpointer user_data)
{
  static gsize once = 0;
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };
  AcPacketSink *self = g_atomic_rc_box_new0 (AcPacketSink);

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (packet_sink_debug, "acpacketsink", 0, "demuxed media");
    g_once_init_leave (&once, 1);
  }
  self->track = track;
  self->handler = *handler;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  g_mutex_init (&self->lock);
  g_queue_init (&self->items);
  gst_app_sink_set_callbacks (sink, &callbacks, g_atomic_rc_box_acquire (self),
                              sink_unref);
  return self;
}

void
ac_packet_sink_free (AcPacketSink *self)
{
  GSource *wake;

  /* The callbacks stay and throw away what still comes: an element that nobody empties
   * would hold its pipeline up. */
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  wake = g_steal_pointer (&self->wake);
  g_mutex_unlock (&self->lock);
  if (wake != NULL) {
    g_source_destroy (wake);
    g_source_unref (wake);
  }
  sink_unref (self);
}
