/* The real ladder without a clock: renditions that are closed for some segments and
 * come back. */
#include "ladder.h"
#include "scaler.h"

#include "box_reader.h"

#define SEGMENT 48
#define WIDTH 640
#define HEIGHT 360
#define WAIT_US (30 * G_USEC_PER_SEC)

typedef struct {
  AcLadder *ladder;
  AcAssembler *assembler;
  AcGrid grid;
  GRand *random;
  guint64 n_frames, n_blocks;
  GPtrArray *slots;
  GAsyncQueue *over; /* a word when it finished, or failed */
} Fixture;

static void
on_epoch (AcMediaEpoch *epoch, gpointer user_data)
{
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
  g_async_queue_push (((Fixture *)user_data)->over, (gpointer)error->message);
}

static void
set_up (Fixture *self, gconstpointer encoder)
{
  const AcAssemblerHandler handler = { on_epoch, on_slot, on_finished, on_failed };
  AcAssemblerSetup setup = { .epoch = 1 };
  g_autoptr (GError) error = NULL;

  *self = (Fixture){ .over = g_async_queue_new (), .random = g_rand_new_with_seed (1) };
  self->slots = g_ptr_array_new_with_free_func ((GDestroyNotify)ac_slot_unref);
  ac_grid_init (&setup.grid, 25, FALSE);
  self->grid = setup.grid;
  ac_ladder_plan_init (&setup.plan, WIDTH, HEIGHT); /* v360 and v240 at half rate */
  self->assembler = ac_assembler_new (&setup, &handler, self);
  self->ladder = ac_ladder_new (&setup.grid, &setup.plan, ac_encoder_find (encoder),
                                self->assembler, on_failed, self, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  ac_ladder_stop (self->ladder);
  ac_ladder_free (self->ladder);
  ac_assembler_free (self->assembler);
  g_ptr_array_unref (self->slots);
  g_async_queue_unref (self->over);
  g_rand_free (self->random);
}

static GstBuffer *
noise (GRand *random)
{
  const gsize size = WIDTH * HEIGHT * 3 / 2;
  guint32 *data = g_malloc (size);

  for (gsize i = 0; i < size / sizeof *data; i++)
    data[i] = g_rand_int (random);
  return gst_buffer_new_wrapped (data, size);
}

static void
push (Fixture *self, guint n_frames)
{
  static const gint16 silence[AC_GRID_BLOCK_SAMPLES];

  for (guint i = 0; i < n_frames; i++, self->n_frames++) {
    GstBuffer *frame =
        ac_ladder_stamp (self->ladder, noise (self->random), self->n_frames);
    guint32 left_out;

    if (ac_assembler_begins_segment (self->assembler, self->n_frames, &left_out))
      ac_ladder_begin_segment (self->ladder, self->n_frames, left_out);
    ac_assembler_note_frame (self->assembler, self->n_frames,
                             1000000 + (gint64)self->n_frames * 40, FALSE);
    ac_ladder_push_frame (self->ladder, frame);
    for (; self->n_blocks <
           ac_grid_blocks_for_frames (&self->grid, self->n_frames + 1) + 2;
         self->n_blocks++)
      ac_ladder_push_block (self->ladder, silence, self->n_blocks);
  }
}

static void
finish (Fixture *self)
{
  ac_assembler_finish (self->assembler);
  ac_ladder_finish (self->ladder);
  g_assert_cmpstr (g_async_queue_timeout_pop (self->over, WAIT_US), ==, "finished");
}

/* @gaps: a character a segment, 'x' where v360 has none. Every segment that is there is
 * whole, in its place, and has one key frame, its first. */
static void
check (Fixture *self, const gchar *gaps)
{
  g_autofree ReadChunk *chunk = g_new (ReadChunk, 1);

  g_assert_cmpuint (self->slots->len, ==, 3 * strlen (gaps));
  for (guint i = 0; i < self->slots->len; i++) {
    const AcSlot *slot = g_ptr_array_index (self->slots, i);

    g_assert_cmpuint (slot->start, ==, (guint64)i * 57600);
    g_assert_nonnull (slot->parts[2]);
    for (guint track = 0; track < 2; track++) {
      if (track == 0 && gaps[i / 3] == 'x') {
        g_assert_null (slot->parts[track]);
        continue;
      }
      g_assert_nonnull (slot->parts[track]);
      box_read_chunk (slot->parts[track], chunk);
      g_assert_cmpuint (chunk->decode_time, ==, slot->start);
      g_assert_cmpuint (chunk->n_samples, ==, track == 0 ? 16 : 8);
      for (guint k = 0; k < chunk->n_samples; k++)
        g_assert_cmphex (chunk->samples[k].flags, ==,
                         i % 3 == 0 && k == 0 ? 0x02000000 : 0x01010000);
    }
  }
}

static void
test_closed_and_back (Fixture *self, gconstpointer unused)
{
  push (self, SEGMENT + 10);
  ac_ladder_set_closed (self->ladder, 1);
  push (self, SEGMENT); /* takes effect with the third segment */
  ac_ladder_set_closed (self->ladder, 0);
  push (self, SEGMENT);
  ac_ladder_set_closed (self->ladder, 1);
  push (self, 2 * SEGMENT);
  ac_ladder_set_closed (self->ladder, 0);
  push (self, 2 * SEGMENT - 10);
  finish (self);
  check (self, "..x.xx.");
}

/* Closed where it ends; and what is changed back in time has no effect. */
static void
test_closed_at_end (Fixture *self, gconstpointer unused)
{
  push (self, 10);
  ac_ladder_set_closed (self->ladder, 1);
  push (self, 10);
  ac_ladder_set_closed (self->ladder, 0);
  push (self, SEGMENT - 10);
  ac_ladder_set_closed (self->ladder, 1);
  push (self, 2 * SEGMENT - 10);
  finish (self);
  check (self, "..x");
}

/* The lowest rendition and the sound stay, whoever asks for what. */
static void
test_lowest_stays (Fixture *self, gconstpointer unused)
{
  push (self, 10);
  ac_ladder_set_closed (self->ladder, 0xffffffff);
  push (self, 2 * SEGMENT - 10);
  finish (self);
  check (self, ".x");
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  ac_scaler_register ();
  g_test_add ("/gates/closed-and-back", Fixture, "x264enc", set_up,
              test_closed_and_back, tear_down);
  /* Every encoder has to obey the same. */
  g_test_add ("/gates/other-encoder", Fixture, "openh264enc", set_up,
              test_closed_and_back, tear_down);
  g_test_add ("/gates/closed-at-end", Fixture, "", set_up, test_closed_at_end,
              tear_down);
  g_test_add ("/gates/lowest-stays", Fixture, "", set_up, test_lowest_stays, tear_down);
  return g_test_run ();
}
