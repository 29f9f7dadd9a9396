/* What the encoders give is what is kept and sent, byte for byte: the real ladder, each
 * packet taken where it leaves its encoder, compared with the samples of the chunks and
 * with those of the files of the archive. */
#define GST_USE_UNSTABLE_API

#include "ladder.h"
#include "scaler.h"

#include "box_reader.h"
#include "recordings.h"

#include <glib/gstdio.h>
#include <gst/gsttracer.h>
#include <string.h>

#define LESSON 3
#define N_FRAMES (16 * 7 + 6) /* segments of 3, 3 and 2 slots, the last one short */
#define WIDTH 640
#define HEIGHT 360
#define WAIT_US (30 * G_USEC_PER_SEC)

typedef struct {
  AcLadderPlan plan;
  AcMediaEpoch *epoch;
  GPtrArray *slots;
  GAsyncQueue *over; /* a word when it finished, or failed */
} Fixture;

static GMutex lock;
static GHashTable *packets; /* lock; width of the picture, 0: sound -> GPtrArray */

/* --- where packets leave ---------------------------------------------------------- */

/* GStreamer's hooks belong to a tracer; it does nothing itself. */
typedef struct {
  GstTracer parent;
} Spy;
typedef struct {
  GstTracerClass parent;
} SpyClass;
static GType spy_get_type (void);
G_DEFINE_TYPE (Spy, spy, GST_TYPE_TRACER)

static void
spy_class_init (SpyClass *klass)
{
}

static void
spy_init (Spy *self)
{
}

static gboolean
is_encoder (GstElement *element)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  const gchar *name = factory != NULL ? GST_OBJECT_NAME (factory) : "";

  return g_str_equal (name, "x264enc") || g_str_equal (name, "avenc_aac");
}

static gint
picture_width (GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  gint width = 0;

  g_assert_nonnull (caps);
  gst_structure_get_int (gst_caps_get_structure (caps, 0), "width", &width);
  return width;
}

static void
on_pad_push (gpointer tracer, GstClockTime time, GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (pad);
  GPtrArray *list;
  gpointer key, data;
  gsize size;

  if (element == NULL || !is_encoder (element))
    return;
  key = GINT_TO_POINTER (picture_width (pad));
  gst_buffer_extract_dup (buffer, 0, (gsize)-1, &data, &size);
  g_mutex_lock (&lock);
  list = g_hash_table_lookup (packets, key);
  if (list == NULL) {
    list = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
    g_hash_table_insert (packets, key, list);
  }
  g_ptr_array_add (list, g_bytes_new_take (data, size));
  g_mutex_unlock (&lock);
}

/* Returns: the packets of @track, but for the priming of the sound. */
static GBytes *
packet (const AcTrack *track, guint nth)
{
  GPtrArray *list = g_hash_table_lookup (packets, GINT_TO_POINTER ((gint)track->width));

  if (track->kind == AC_TRACK_AUDIO)
    nth++;
  g_assert_nonnull (list);
  g_assert_cmpuint (nth, <, list->len);
  return g_ptr_array_index (list, nth);
}

/* --- a lesson --------------------------------------------------------------------- */

static void
on_epoch (AcMediaEpoch *epoch, gpointer user_data)
{
  ((Fixture *)user_data)->epoch = ac_media_epoch_ref (epoch);
}

static void
on_slot (AcSlot *slot, gpointer user_data)
{
  g_ptr_array_add (((Fixture *)user_data)->slots, ac_slot_ref (slot));
}

static void
on_finished (gpointer user_data)
{
  g_async_queue_push (((Fixture *)user_data)->over, (gpointer) "finished");
}

static void
on_failed (const GError *error, gpointer user_data)
{
  g_async_queue_push (((Fixture *)user_data)->over, (gpointer) "failed");
}

/* Noise, so that every packet differs from every other. */
static GstBuffer *
noise (GRand *random)
{
  const gsize size = WIDTH * HEIGHT * 3 / 2;
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8)g_rand_int (random);
  return gst_buffer_new_wrapped (data, size);
}

static void
push_all (AcLadder *ladder, AcAssembler *assembler, const AcGrid *grid)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  gint16 samples[AC_GRID_BLOCK_SAMPLES];
  guint64 n_blocks = 0;
  guint32 left_out;

  for (guint64 i = 0; i < N_FRAMES; i++) {
    if (ac_assembler_begins_segment (assembler, i, &left_out))
      ac_ladder_begin_segment (ladder, i, left_out);
    ac_assembler_note_frame (assembler, i, 1000000 + (gint64)i * 40, FALSE);
    ac_ladder_push_frame (ladder, ac_ladder_stamp (ladder, noise (random), i));
    for (; n_blocks < ac_grid_blocks_for_frames (grid, i + 1) + 2; n_blocks++) {
      for (guint k = 0; k < AC_GRID_BLOCK_SAMPLES; k++)
        samples[k] = (gint16)g_rand_int (random);
      ac_ladder_push_block (ladder, samples, n_blocks);
    }
  }
  ac_assembler_finish (assembler);
  ac_ladder_finish (ladder);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  const AcAssemblerHandler handler = { on_epoch, on_slot, on_finished, on_failed };
  AcAssemblerSetup setup = { .epoch = 1 };
  g_autoptr (AcAssembler) assembler = NULL;
  g_autoptr (AcLadder) ladder = NULL;
  g_autoptr (GError) error = NULL;

  packets = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
  *fixture = (Fixture){ .over = g_async_queue_new () };
  fixture->slots = g_ptr_array_new_with_free_func ((GDestroyNotify)ac_slot_unref);
  ac_grid_init (&setup.grid, 25, FALSE);
  ac_ladder_plan_init (&setup.plan, WIDTH, HEIGHT);
  assembler = ac_assembler_new (&setup, &handler, fixture);
  ladder = ac_ladder_new (&setup.grid, &setup.plan, ac_encoder_find ("x264enc"),
                          assembler, on_failed, fixture, &error);
  g_assert_no_error (error);
  push_all (ladder, assembler, &setup.grid);
  g_assert_cmpstr (g_async_queue_timeout_pop (fixture->over, WAIT_US), ==, "finished");
  ac_ladder_stop (ladder); /* no packet leaves any more */
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_clear_pointer (&packets, g_hash_table_unref);
  g_ptr_array_unref (fixture->slots);
  g_async_queue_unref (fixture->over);
  ac_media_epoch_unref (fixture->epoch);
}

/* Compares the samples of one chunk with packets from number @first on.
 * Returns: how many they are. */
static guint
check_chunk (const AcTrack *track, GBytes *bytes, guint first)
{
  g_autofree ReadChunk *chunk = g_new (ReadChunk, 1);

  box_read_chunk (bytes, chunk);
  for (guint i = 0; i < chunk->n_samples; i++) {
    GBytes *expected = packet (track, first + i);

    g_assert_cmpmem (chunk->samples[i].data, chunk->samples[i].size,
                     g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
  }
  return chunk->n_samples;
}

static void
check_n_samples (const AcTrack *track, guint n)
{
  static const struct {
    const gchar *name;
    guint n;
  } table[] = { { "v360", N_FRAMES },
                { "v240", N_FRAMES / 2 },
                { "audio", 7 * 30 + 11 } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (track->name, table[i].name)) {
      g_assert_cmpuint (n, ==, table[i].n);
      return;
    }
  g_assert_not_reached ();
}

static void
test_chunks (Fixture *fixture, gconstpointer unused)
{
  g_assert_cmpuint (fixture->epoch->n_tracks, ==, 3);
  for (guint t = 0; t < fixture->epoch->n_tracks; t++) {
    const AcTrack *track = &fixture->epoch->tracks[t];
    guint n = 0;

    for (guint i = 0; i < fixture->slots->len; i++) {
      const AcSlot *slot = g_ptr_array_index (fixture->slots, i);

      n += check_chunk (track, slot->parts[t], n);
    }
    check_n_samples (track, n);
  }
}

/* --- the archive ------------------------------------------------------------------ */

static AcRecordings *
open_archive (const gchar *root)
{
  g_autoptr (GError) error = NULL;
  AcRecordings *recordings = ac_recordings_new (root, 1, &error);

  g_assert_no_error (error);
  return recordings;
}

static void
record (Fixture *fixture, const gchar *root)
{
  g_autoptr (AcRecordings) recordings = open_archive (root);
  g_autoptr (GError) error = NULL;
  g_autoptr (AcRecording) recording =
      ac_recordings_open (recordings, LESSON, TRUE, &error);

  g_assert_no_error (error);
  ac_recording_begin_epoch (recording, fixture->epoch, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < fixture->slots->len; i++) {
    ac_recording_append (recording, g_ptr_array_index (fixture->slots, i), &error);
    g_assert_no_error (error);
  }
  ac_recording_finish (recording, &error);
  g_assert_no_error (error);
  ac_recording_flush (recording);
  g_assert_null (ac_recording_error (recording));
}

/* The parts as the archive serves them, and the file as it lies there: nothing but
 * their bytes, one behind the other. */
static void
check_archived (AcRecording *recording, const AcTrack *track, GBytes *file)
{
  const guint8 *at = g_bytes_get_data (file, NULL);
  gsize left = g_bytes_get_size (file);
  guint n = 0;

  for (guint64 i = 0; i < ac_recording_n_slots (recording); i++) {
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (GBytes) lying = NULL;
    g_autoptr (GError) error = NULL;
    AcSlotInfo slot;

    g_assert_true (ac_recording_get_slot (recording, i, &slot));
    bytes = ac_recording_read (recording, track->name, slot.epoch, slot.msn,
                               (gint)slot.part, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (bytes), <=, left);
    lying = g_bytes_new_static (at, g_bytes_get_size (bytes));
    check_chunk (track, lying, n);
    n += check_chunk (track, bytes, n);
    at += g_bytes_get_size (bytes);
    left -= g_bytes_get_size (bytes);
  }
  g_assert_cmpuint (left, ==, 0);
  check_n_samples (track, n);
}

static void
remove_folder (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  for (const gchar *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    remove_folder (child);
  }
  g_remove (path);
}

static void
test_archive (Fixture *fixture, gconstpointer unused)
{
  g_autofree gchar *root = g_dir_make_tmp ("airclass-samples-XXXXXX", NULL);
  AcRecordings *recordings;
  AcRecording *recording;

  record (fixture, root);
  recordings = open_archive (root); /* read again from the disk */
  recording = ac_recordings_open (recordings, LESSON, FALSE, NULL);
  g_assert_nonnull (recording);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, 8);
  for (guint t = 0; t < fixture->epoch->n_tracks; t++) {
    const AcTrack *track = &fixture->epoch->tracks[t];
    g_autofree gchar *path =
        g_strdup_printf ("%s/%d/%s-000.media", root, LESSON, track->name);
    g_autoptr (GBytes) file = NULL;
    gchar *data;
    gsize size;

    g_assert_true (g_file_get_contents (path, &data, &size, NULL));
    file = g_bytes_new_take (data, size);
    check_archived (recording, track, file);
  }
  ac_recording_unref (recording);
  ac_recordings_unref (recordings);
  remove_folder (root);
}

gint
main (gint argc, gchar **argv)
{
  GstTracer *spy;
  gint status;

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  ac_scaler_register ();
  spy = g_object_new (spy_get_type (), NULL);
  gst_tracing_register_hook (spy, "pad-push-pre", G_CALLBACK (on_pad_push));
  g_test_add ("/samples/chunks", Fixture, NULL, set_up, test_chunks, tear_down);
  g_test_add ("/samples/archive", Fixture, NULL, set_up, test_archive, tear_down);
  status = g_test_run ();
  gst_object_unref (spy);
  return status;
}
