/* Memory of decoded pictures: copied by sharing, and never written into by the decoder
 * while somebody still looks at a copy. */
#include "decoder.h"
#include "flv_script.h"
#include "input.h"
#include "picture_memory.h"
#include "scaler.h"

#include <string.h>

#define SIZE 4096
#define WAIT_US (20 * G_USEC_PER_SEC)

static GstMemory *
memory_of (GstAllocator *allocator, guint8 value)
{
  GstAllocationParams params = { .align = 63 };
  GstMemory *memory = gst_allocator_alloc (allocator, SIZE, &params);
  GstMapInfo map;

  g_assert_true (gst_memory_map (memory, &map, GST_MAP_WRITE));
  g_assert_cmpuint ((guintptr)map.data % 64, ==, 0);
  memset (map.data, value, map.size);
  gst_memory_unmap (memory, &map);
  return memory;
}

/* Returns: where it lies; all of it is @value. */
static const guint8 *
check (GstMemory *memory, guint8 value)
{
  const guint8 *data;
  GstMapInfo map;

  g_assert_true (gst_memory_map (memory, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, ==, SIZE);
  for (gsize i = 0; i < map.size; i++)
    g_assert_cmpuint (map.data[i], ==, value);
  data = map.data;
  gst_memory_unmap (memory, &map);
  return data;
}

/* What finishing a frame does while its decoder has it mapped: no byte moves, and the
 * next picture in the same memory leaves the copy alone. */
static void
test_shared (void)
{
  g_autoptr (GstAllocator) allocator = ac_picture_allocator_new ();
  GstMemory *memory = memory_of (allocator, 7), *copy;
  GstMapInfo map;

  g_assert_true (gst_memory_map (memory, &map, GST_MAP_READWRITE));
  copy = gst_memory_copy (memory, 0, -1);
  g_assert_true (check (copy, 7) == map.data);
  memset (map.data, 8, map.size); /* still the decoder's: it has not let it go */
  g_assert_true (check (copy, 8) == map.data);
  gst_memory_unmap (memory, &map);

  g_assert_true (gst_memory_map (memory, &map, GST_MAP_READWRITE));
  memset (map.data, 9, map.size);
  gst_memory_unmap (memory, &map);
  check (copy, 8);
  check (memory, 9);
  gst_memory_unref (memory);
  check (copy, 8);
  gst_memory_unref (copy);
}

/* Who writes into a copy has one of his own, with what was in it. */
static void
test_written (void)
{
  g_autoptr (GstAllocator) allocator = ac_picture_allocator_new ();
  GstMemory *memory = memory_of (allocator, 7);
  GstMemory *copy = gst_memory_copy (memory, 0, -1);
  GstMemory *part = gst_memory_copy (memory, 100, 200);
  GstMapInfo map;

  g_assert_true (gst_memory_map (copy, &map, GST_MAP_WRITE));
  g_assert_cmpuint (map.data[SIZE - 1], ==, 7);
  memset (map.data, 1, map.size);
  gst_memory_unmap (copy, &map);
  check (memory, 7);
  check (copy, 1);
  g_assert_true (gst_memory_map (part, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, ==, 200);
  g_assert_cmpuint (map.data[0], ==, 7);
  gst_memory_unmap (part, &map);
  gst_memory_unref (part);
  gst_memory_unref (copy);
  gst_memory_unref (memory);
}

/* What nobody uses is used again, and no more than some of it is kept. */
static void
test_spare (void)
{
  g_autoptr (GstAllocator) allocator = ac_picture_allocator_new ();
  GstMemory *memories[AC_PICTURE_SPARE_MAX + 3];
  const guint8 *last;

  for (guint i = 0; i < G_N_ELEMENTS (memories); i++)
    memories[i] = memory_of (allocator, (guint8)i);
  last = check (memories[G_N_ELEMENTS (memories) - 1], G_N_ELEMENTS (memories) - 1);
  for (guint i = 0; i < G_N_ELEMENTS (memories); i++)
    gst_memory_unref (memories[i]);
  for (guint i = 0; i < AC_PICTURE_SPARE_MAX; i++)
    memories[i] = memory_of (allocator, 1);
  for (guint i = 0; last != NULL; i++) {
    g_assert_cmpuint (i, <, AC_PICTURE_SPARE_MAX);
    if (check (memories[i], 1) == last)
      last = NULL;
  }
  for (guint i = 0; i < AC_PICTURE_SPARE_MAX; i++)
    gst_memory_unref (memories[i]);
}

/* --- in use ----------------------------------------------------------------------- */

typedef struct {
  AcDecoder *decoder;
  guint n_packets;
  GMutex lock; /* guards the rest: pictures come on another thread */
  GCond came;
  GPtrArray *frames;
  GArray *sums; /* of each when it came */
} Fixture;

static guint
sum_of (GstBuffer *frame)
{
  GstMapInfo map;
  guint sum = 0;

  g_assert_true (gst_buffer_map (frame, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size; i++)
    sum = sum * 31 + map.data[i];
  gst_buffer_unmap (frame, &map);
  return sum;
}

static void
on_canvas (const AcPicture *picture, guint *ret_width, guint *ret_height,
           gpointer user_data)
{
  *ret_width = (guint)picture->width;
  *ret_height = (guint)picture->height;
}

static void
on_frame (GstBuffer *frame, gint64 due_us, gpointer user_data)
{
  Fixture *fixture = user_data;
  guint sum = sum_of (frame);

  g_mutex_lock (&fixture->lock);
  g_ptr_array_add (fixture->frames, frame);
  g_array_append_val (fixture->sums, sum);
  g_cond_signal (&fixture->came);
  g_mutex_unlock (&fixture->lock);
}

static void
on_failed (AcDecoder *decoder, const gchar *reason, gpointer user_data)
{
  g_error ("%s", reason);
}

static void
on_format (AcSourceTrack track, GstCaps *caps, gpointer user_data)
{
  static const AcDecoderHandler handler = { on_canvas, on_frame, NULL, on_failed };
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;

  fixture->decoder = ac_decoder_new (track, caps, &handler, fixture, &error);
  g_assert_no_error (error);
}

static void
on_packet (const AcPacket *packet, gpointer user_data)
{
  Fixture *fixture = user_data;
  const AcDecoderInput input = { .data = packet->data,
                                 .due_us = packet->decode_us + packet->composition_us,
                                 .decode_us = packet->decode_us,
                                 .keyframe = packet->keyframe };

  g_assert_true (ac_decoder_push (fixture->decoder, &input));
  fixture->n_packets++;
}

static void
on_rate (guint32 frames_per_1000s, gpointer user_data)
{
}

/* Two seconds of pictures are kept as they come: they are in such memory, and what the
 * decoder makes later does not show in them. Of a size whose colours are BT.709 unless
 * it is said: others are converted, and so copied. */
static void
test_decoder (void)
{
  const AcInputHandler handler = { on_format, on_packet, on_rate, NULL };
  const AcWireSource source = { .kind = AC_SOURCE_FLV };
  g_autoptr (GArray) script = flv_script_lecture ("1280x720", 25, 2.0, TRUE, FALSE);
  g_autoptr (GPtrArray) frames =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);
  g_autoptr (GArray) sums = g_array_new (FALSE, FALSE, sizeof (guint));
  Fixture fixture = { .frames = frames, .sums = sums };
  g_autoptr (AcInput) input = ac_input_new (&source, &handler, &fixture, NULL);
  gint64 until_us = g_get_monotonic_time () + WAIT_US;

  g_mutex_init (&fixture.lock);
  g_cond_init (&fixture.came);
  for (guint i = 0; i < script->len; i++) {
    const FlvScriptTag *tag = &g_array_index (script, FlvScriptTag, i);
    const AcFlvTag unit = { tag->type, tag->timestamp_ms, tag->body };

    ac_input_push (input, &unit);
  }
  g_mutex_lock (&fixture.lock);
  while (frames->len + 4 < fixture.n_packets) /* a decoder keeps some */
    g_assert_true (g_cond_wait_until (&fixture.came, &fixture.lock, until_us));
  g_mutex_unlock (&fixture.lock);
  ac_decoder_free (fixture.decoder);
  g_assert_cmpuint (frames->len, >, 40);
  for (guint i = 0; i < frames->len; i++) {
    GstBuffer *frame = g_ptr_array_index (frames, i);

    /* The first ones are from before the decoder asked where to put them. */
    if (i > 4)
      g_assert_true (
          gst_memory_is_type (gst_buffer_peek_memory (frame, 0), "AcPicture"));
    g_assert_cmpuint (sum_of (frame), ==, g_array_index (sums, guint, i));
  }
  g_cond_clear (&fixture.came);
  g_mutex_clear (&fixture.lock);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  ac_scaler_register ();
  g_test_add_func ("/picture-memory/shared", test_shared);
  g_test_add_func ("/picture-memory/written", test_written);
  g_test_add_func ("/picture-memory/spare", test_spare);
  g_test_add_func ("/picture-memory/decoder", test_decoder);
  return g_test_run ();
}
