#include "assembler.h"

#include "box_reader.h"

typedef struct {
  AcAssembler *assembler;
  AcGrid grid;
  guint n_tracks, n_epochs, n_finished, n_failed;
  GPtrArray *slots;
  guint64 n_noted;
} Fixture;

static void
on_epoch (AcMediaEpoch *epoch, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_epochs++;
  g_assert_cmpuint (fixture->slots->len, ==, 0);
  g_assert_cmpuint (epoch->n_tracks, ==, fixture->n_tracks);
  g_assert_cmpint (epoch->wall_start_ms, ==, 1000000);
}

static void
on_slot (AcSlot *slot, gpointer user_data)
{
  g_ptr_array_add (((Fixture *)user_data)->slots, ac_slot_ref (slot));
}

static void
on_finished (gpointer user_data)
{
  ((Fixture *)user_data)->n_finished++;
}

static void
on_failed (const GError *error, gpointer user_data)
{
  ((Fixture *)user_data)->n_failed++;
}

static void
configure (Fixture *fixture)
{
  static const guint8 avcc[] = {
    1, 0x64, 0, 0x1e, 0xff, 0xe1, 0, 1, 0x67, 1, 0, 1, 0x68
  };
  static const guint8 asc[] = { 0x11, 0x88 };
  g_autoptr (GBytes) video = g_bytes_new_static (avcc, sizeof avcc);
  g_autoptr (GBytes) audio = g_bytes_new_static (asc, sizeof asc);

  for (guint i = 0; i + 1 < fixture->n_tracks; i++)
    ac_assembler_configure (fixture->assembler, i, video);
  ac_assembler_configure (fixture->assembler, fixture->n_tracks - 1, audio);
}

/* 640x360 and 424x240 at half rate at 25 fps, the third epoch of a lesson. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  const AcAssemblerHandler handler = { on_epoch, on_slot, on_finished, on_failed };
  AcAssemblerSetup setup = { .epoch = 3, .first_msn = 10, .start = 576000 };

  ac_grid_init (&setup.grid, 25, FALSE);
  ac_ladder_plan_init (&setup.plan, 640, 360);
  *fixture = (Fixture){ .grid = setup.grid, .n_tracks = setup.plan.n_renditions + 1 };
  fixture->slots = g_ptr_array_new_with_free_func ((GDestroyNotify)ac_slot_unref);
  fixture->assembler = ac_assembler_new (&setup, &handler, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ac_assembler_free (fixture->assembler);
  g_ptr_array_unref (fixture->slots);
}

static void
push (Fixture *fixture, guint track, gboolean sync)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("frame", 5);

  ac_assembler_push (fixture->assembler, track, bytes, sync);
}

static void
note (Fixture *fixture, guint n_frames, gboolean slate)
{
  for (guint i = 0; i < n_frames; i++, fixture->n_noted++)
    ac_assembler_note_frame (fixture->assembler, fixture->n_noted,
                             1000000 + (gint64)fixture->n_noted * 40, slate);
}

/* All encoders deliver @n_frames of the full rate and the sound of them. */
static void
deliver (Fixture *fixture, guint n_frames, gboolean slate)
{
  guint64 from = fixture->n_noted, blocks;

  note (fixture, n_frames, slate);
  blocks = ac_grid_blocks_for_frames (&fixture->grid, fixture->n_noted) -
           ac_grid_blocks_for_frames (&fixture->grid, from);
  for (guint64 i = from; i < fixture->n_noted; i++) {
    push (fixture, 0, i % 48 == 0);
    if (i % 2 == 0)
      push (fixture, 1, i % 48 == 0);
  }
  for (guint64 i = 0; i < blocks; i++)
    push (fixture, 2, TRUE);
}

static const AcSlot *
slot (Fixture *fixture, guint index)
{
  g_assert_cmpuint (index, <, fixture->slots->len);
  return g_ptr_array_index (fixture->slots, index);
}

static void
test_numbers (Fixture *fixture, gconstpointer data)
{
  g_autofree ReadChunk *chunk = g_new (ReadChunk, 1);

  configure (fixture);
  deliver (fixture, 16 * 7, FALSE);
  g_assert_cmpuint (fixture->n_epochs, ==, 1);
  g_assert_cmpuint (fixture->slots->len, ==, 7);
  for (guint i = 0; i < 7; i++) {
    const AcSlot *it = slot (fixture, i);

    g_assert_cmpuint (it->epoch, ==, 3);
    g_assert_cmpuint (it->msn, ==, 10 + i / 3);
    g_assert_cmpuint (it->part, ==, i % 3);
    g_assert_cmpuint (it->start, ==, 576000 + i * 57600);
    g_assert_cmpuint (it->duration, ==, 57600);
    g_assert_cmpint (it->wall_ms, ==, 1000000 + i * 640);
    g_assert_cmpuint (it->flags, ==,
                      (i % 3 == 0 ? AC_SLOT_SEGMENT_START : 0) |
                          (i % 3 == 2 ? AC_SLOT_SEGMENT_END : 0));
  }
  box_read_chunk (slot (fixture, 1)->parts[0], chunk);
  g_assert_cmpuint (chunk->n_samples, ==, 16);
  g_assert_cmpuint (chunk->decode_time, ==, 576000 + 57600);
  box_read_chunk (slot (fixture, 1)->parts[1], chunk);
  g_assert_cmpuint (chunk->n_samples, ==, 8);
  g_assert_cmpuint (chunk->samples[0].duration, ==, 7200);
  box_read_chunk (slot (fixture, 1)->parts[2], chunk);
  g_assert_cmpuint (chunk->n_samples, ==, 30);
  g_assert_cmpuint (chunk->decode_time, ==, (576000 + 57600) * 8 / 15);
}

/* A slot waits for its slowest track. */
static void
test_slowest (Fixture *fixture, gconstpointer data)
{
  configure (fixture);
  note (fixture, 40, FALSE);
  for (guint i = 0; i < 40; i++)
    push (fixture, 0, i == 0);
  for (guint i = 0; i < 70; i++)
    push (fixture, 2, TRUE);
  g_assert_cmpuint (fixture->slots->len, ==, 0);
  g_assert_cmpuint (ac_assembler_lag (fixture->assembler), ==, 40);
  g_assert_cmpuint (ac_assembler_lag_ms (fixture->assembler), ==, 1600);
  g_assert_cmpuint (ac_assembler_slots_waiting (fixture->assembler), ==, 2);
  for (guint i = 0; i < 8; i++)
    push (fixture, 1, i == 0);
  g_assert_cmpuint (fixture->slots->len, ==, 1);
  g_assert_cmpuint (ac_assembler_lag (fixture->assembler), ==, 24);
  g_assert_cmpuint (ac_assembler_slots_waiting (fixture->assembler), ==, 1);
  note (fixture, 8, FALSE);
  g_assert_cmpuint (ac_assembler_slots_waiting (fixture->assembler), ==, 2);
}

static void
test_slate (Fixture *fixture, gconstpointer data)
{
  configure (fixture);
  deliver (fixture, 8, FALSE);
  deliver (fixture, 8, TRUE); /* half of it: still creditable */
  deliver (fixture, 7, FALSE);
  deliver (fixture, 9, TRUE);
  deliver (fixture, 16, FALSE);
  g_assert_cmpuint (slot (fixture, 0)->flags & AC_SLOT_NOT_CREDITABLE, ==, 0);
  g_assert_cmpuint (slot (fixture, 1)->flags & AC_SLOT_NOT_CREDITABLE, !=, 0);
  g_assert_cmpuint (slot (fixture, 2)->flags & AC_SLOT_NOT_CREDITABLE, ==, 0);
}

static void
test_finish_within (Fixture *fixture, gconstpointer data)
{
  g_autofree ReadChunk *chunk = g_new (ReadChunk, 1);

  configure (fixture);
  deliver (fixture, 16 + 6, FALSE);
  for (guint i = 0; i < 4; i++) /* the sound is ahead of the picture */
    push (fixture, 2, TRUE);
  ac_assembler_finish (fixture->assembler);
  g_assert_cmpuint (fixture->n_finished, ==, 1);
  g_assert_cmpuint (fixture->slots->len, ==, 2);
  g_assert_cmpuint (slot (fixture, 1)->duration, ==, 6 * 3600);
  g_assert_cmpuint (slot (fixture, 1)->flags, ==, AC_SLOT_SEGMENT_END);
  box_read_chunk (slot (fixture, 1)->parts[1], chunk);
  g_assert_cmpuint (chunk->n_samples, ==, 3);
  box_read_chunk (slot (fixture, 1)->parts[2], chunk);
  g_assert_cmpuint (chunk->n_samples, ==, 11); /* 11.25 */
}

/* The encoders still owe frames when the end is told. */
static void
test_finish_before (Fixture *fixture, gconstpointer data)
{
  configure (fixture);
  note (fixture, 2, FALSE);
  ac_assembler_finish (fixture->assembler);
  push (fixture, 0, TRUE);
  push (fixture, 0, FALSE);
  push (fixture, 0, FALSE); /* more than there are */
  push (fixture, 1, TRUE);
  for (guint i = 0; i < 3; i++)
    push (fixture, 2, TRUE);
  g_assert_cmpuint (fixture->n_finished, ==, 0);
  push (fixture, 2, TRUE);
  g_assert_cmpuint (fixture->n_finished, ==, 1);
  g_assert_cmpuint (slot (fixture, 0)->duration, ==, 7200);
  g_assert_cmpuint (slot (fixture, 0)->flags, ==,
                    AC_SLOT_SEGMENT_START | AC_SLOT_SEGMENT_END);
  push (fixture, 2, TRUE);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

static void
test_finish_on_segment (Fixture *fixture, gconstpointer data)
{
  configure (fixture);
  deliver (fixture, 48, FALSE);
  ac_assembler_finish (fixture->assembler);
  g_assert_cmpuint (fixture->n_finished, ==, 1);
  g_assert_cmpuint (fixture->slots->len, ==, 3);
}

static void
test_no_keyframe (Fixture *fixture, gconstpointer data)
{
  configure (fixture);
  note (fixture, 16, FALSE);
  for (guint i = 0; i < 16; i++)
    push (fixture, 0, FALSE);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_cmpuint (fixture->slots->len, ==, 0);
}

static void
test_changed_config (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) other = g_bytes_new_static ("\x12\x10", 2);

  configure (fixture);
  configure (fixture);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  ac_assembler_configure (fixture->assembler, 2, other);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
}

static void
test_no_config (Fixture *fixture, gconstpointer data)
{
  push (fixture, 0, TRUE);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
}

/* Encoders that deliver nothing do not make it grow without bound. */
static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  configure (fixture);
  note (fixture, 64 * 16, FALSE);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  note (fixture, 1, FALSE);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
}

/* Closed from the second segment to the third: nobody waits for it. */
static void
test_closed (Fixture *fixture, gconstpointer data)
{
  g_autofree ReadChunk *chunk = g_new (ReadChunk, 1);

  configure (fixture);
  deliver (fixture, 48, FALSE);
  ac_assembler_set_closed (fixture->assembler, 1);
  note (fixture, 48, FALSE);
  for (guint i = 0; i < 24; i++)
    push (fixture, 1, i == 0);
  for (guint i = 0; i < 90; i++)
    push (fixture, 2, TRUE);
  g_assert_cmpuint (fixture->slots->len, ==, 6);
  g_assert_cmpuint (ac_assembler_lag (fixture->assembler), ==, 0);
  for (guint i = 3; i < 6; i++) {
    g_assert_null (slot (fixture, i)->parts[0]);
    g_assert_nonnull (slot (fixture, i)->parts[1]);
    g_assert_nonnull (slot (fixture, i)->parts[2]);
  }
  ac_assembler_set_closed (fixture->assembler, 0);
  deliver (fixture, 16, FALSE);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  g_assert_cmpuint (fixture->slots->len, ==, 7);
  box_read_chunk (slot (fixture, 6)->parts[0], chunk);
  g_assert_cmpuint (chunk->decode_time, ==, 576000 + 6 * 57600);
}

/* What its encoder still owes when it is closed is waited for, and goes where it
 * belongs. */
static void
test_closed_behind (Fixture *fixture, gconstpointer data)
{
  configure (fixture);
  note (fixture, 48, FALSE);
  for (guint i = 0; i < 40; i++)
    push (fixture, 0, i == 0);
  ac_assembler_set_closed (fixture->assembler, 1);
  note (fixture, 20, FALSE);
  for (guint i = 0; i < 34; i++)
    push (fixture, 1, i % 24 == 0);
  for (guint i = 0; i < 128; i++)
    push (fixture, 2, TRUE);
  g_assert_cmpuint (fixture->slots->len, ==, 2);
  g_assert_cmpuint (ac_assembler_lag (fixture->assembler), ==, 28);
  for (guint i = 0; i < 8; i++)
    push (fixture, 0, FALSE);
  g_assert_cmpuint (fixture->slots->len, ==, 4);
  g_assert_nonnull (slot (fixture, 2)->parts[0]);
  g_assert_null (slot (fixture, 3)->parts[0]);
  g_assert_cmpuint (ac_assembler_lag (fixture->assembler), ==, 0);
  ac_assembler_finish (fixture->assembler);
  g_assert_cmpuint (fixture->n_finished, ==, 1);
  g_assert_cmpuint (fixture->slots->len, ==, 5);
  g_assert_null (slot (fixture, 4)->parts[0]);
}

/* Opened without a key frame: as bad as a segment without one. */
static void
test_opened_without_keyframe (Fixture *fixture, gconstpointer data)
{
  configure (fixture);
  deliver (fixture, 48, FALSE);
  ac_assembler_set_closed (fixture->assembler, 1);
  note (fixture, 48, FALSE);
  ac_assembler_set_closed (fixture->assembler, 0);
  note (fixture, 16, FALSE);
  for (guint i = 0; i < 16; i++)
    push (fixture, 0, FALSE);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
}

/* The sound cannot be closed, and nothing before the first slot. */
static void
test_not_closed (Fixture *fixture, gconstpointer data)
{
  configure (fixture);
  ac_assembler_set_closed (fixture->assembler, 1);
  deliver (fixture, 48, FALSE);
  ac_assembler_set_closed (fixture->assembler, 4);
  deliver (fixture, 48, FALSE);
  for (guint i = 0; i < fixture->slots->len; i++)
    for (guint k = 0; k < 3; k++)
      g_assert_nonnull (slot (fixture, i)->parts[k]);
}

/* The third epoch of a lesson, 640x360 alone at the full rate; its source is followed
 * from frame 60 on, in GOPs of 25 frames. */
typedef struct {
  Fixture fixture;
  guint32 epochs[8];
  guint64 starts[8];
  gint64 walls_ms[8];
  guint n_tracks[8], n_epochs;
  guint32 closed;    /* since the last segment began */
  gint64 stepped_ms; /* how much the wall clock ran on while frames did not */
} Follow;

static void
on_follow_epoch (AcMediaEpoch *epoch, gpointer user_data)
{
  Follow *self = user_data;

  self->epochs[self->n_epochs] = epoch->number;
  self->starts[self->n_epochs] = epoch->start;
  self->walls_ms[self->n_epochs] = epoch->wall_start_ms;
  self->n_tracks[self->n_epochs++] = epoch->n_tracks;
  g_assert_cmpstr (epoch->tracks[0].name, ==, "v360");
  g_assert_cmpuint (epoch->slot_duration, ==, AC_GRID_FOLLOW_SLOT_25);
}

static void
set_up_follow (Follow *self, gconstpointer data)
{
  const AcAssemblerHandler handler = { on_follow_epoch, on_slot, on_finished,
                                       on_failed };
  AcAssemblerSetup setup = { .epoch = 3, .first_msn = 10, .start = 576000 };
  Fixture *fixture = &self->fixture;

  ac_grid_init (&setup.grid, 25, TRUE);
  ac_ladder_plan_init (&setup.plan, 640, 360);
  ac_ladder_plan_full_rate (&setup.plan);
  *fixture = (Fixture){ .grid = setup.grid, .n_tracks = setup.plan.n_renditions + 1 };
  fixture->slots = g_ptr_array_new_with_free_func ((GDestroyNotify)ac_slot_unref);
  fixture->assembler = ac_assembler_new (&setup, &handler, self);
  configure (fixture);
}

static void
tear_down_follow (Follow *self, gconstpointer data)
{
  tear_down (&self->fixture, data);
}

/* @n frames more; the encoders deliver what they are given, and the sound. */
static void
run_frames (Follow *self, guint n)
{
  Fixture *fixture = &self->fixture;

  for (guint i = 0; i < n; i++) {
    guint64 index = fixture->n_noted++;
    guint32 left_out = 0;
    gboolean begins =
        ac_assembler_begins_segment (fixture->assembler, index, &left_out);

    if (begins)
      self->closed = left_out;
    ac_assembler_note_frame (fixture->assembler, index,
                             1000000 + self->stepped_ms + (gint64)index * 40, FALSE);
    for (guint track = 0; track + 1 < fixture->n_tracks; track++)
      if ((self->closed & (1u << track)) == 0)
        push (fixture, track, begins);
    push (fixture, fixture->n_tracks - 1, TRUE);
    if (index % 8 != 7) /* 15 AAC frames for eight of video */
      push (fixture, fixture->n_tracks - 1, TRUE);
  }
}

static gboolean
follow (Follow *self, guint64 index, guint gop_frames)
{
  static const guint8 avcc[] = { 1, 77, 0, 30, 0xff, 0xe1, 0, 1, 0x67, 1, 0, 1, 0x68 };
  g_autoptr (GBytes) config = g_bytes_new_static (avcc, sizeof avcc);
  const AcFollowed source = { 640, 360, 800000, config, gop_frames };

  return ac_assembler_follow (self->fixture.assembler, index, &source);
}

static void
push_gop (Follow *self, guint n_frames)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("theirs", 6);

  for (guint i = 0; i < n_frames; i++)
    ac_assembler_push_followed (self->fixture.assembler, bytes, i == 0, 0);
}

static guint64
end_of (const AcSlot *slot)
{
  return slot->start + slot->duration;
}

static void
assert_without_hole (Follow *self)
{
  for (guint i = 1; i < self->fixture.slots->len; i++) {
    const AcSlot *before = slot (&self->fixture, i - 1), *it = slot (&self->fixture, i);

    g_assert_cmpuint (it->start, ==, end_of (before));
    g_assert_cmpuint (it->msn, ==, it->part == 0 ? before->msn + 1 : before->msn);
  }
  g_assert_cmpuint (self->fixture.n_failed, ==, 0);
}

static void
test_follow (Follow *self, gconstpointer data)
{
  g_autofree ReadChunk *chunk = g_new (ReadChunk, 1);

  run_frames (self, 52);
  g_assert_true (follow (self, 60, 25));
  g_assert_false (follow (self, 80, 25)); /* one at a time */
  push_gop (self, 25);
  run_frames (self, 20);
  push_gop (self, 25);
  push_gop (self, 25);
  run_frames (self, 60);
  assert_without_hole (self);
  g_assert_cmpuint (self->n_epochs, ==, 2);
  g_assert_cmpuint (self->epochs[1], ==, 4);
  g_assert_cmpuint (self->starts[1], ==, 576000 + 60 * 3600);
  g_assert_cmpuint (self->n_tracks[1], ==, self->fixture.n_tracks);
  /* 48 frames, 12 that were cut short, 17 of the source */
  g_assert_cmpuint (slot (&self->fixture, 3)->duration, ==, 12 * 3600);
  g_assert_cmpuint (slot (&self->fixture, 3)->flags, ==,
                    AC_SLOT_SEGMENT_START | AC_SLOT_SEGMENT_END);
  g_assert_cmpuint (slot (&self->fixture, 4)->duration, ==, 17 * 3600);
  box_read_chunk (slot (&self->fixture, 4)->parts[0], chunk);
  g_assert_cmpuint (chunk->samples[0].size, ==, 6); /* theirs */
  g_assert_cmpuint (chunk->decode_time, ==, 576000 + 60 * 3600);
}

/* They end in time: the next epoch begins where they end, nothing is missing. */
static void
test_unfollow (Follow *self, gconstpointer data)
{
  run_frames (self, 52);
  g_assert_true (follow (self, 60, 25));
  push_gop (self, 20);
  run_frames (self, 20);
  ac_assembler_unfollow (self->fixture.assembler, 78);
  g_assert_false (ac_assembler_is_following (self->fixture.assembler));
  run_frames (self, 60);
  assert_without_hole (self);
  g_assert_cmpuint (self->n_epochs, ==, 3);
  g_assert_cmpuint (self->starts[2], ==, 576000 + 78 * 3600);
  for (guint i = 0; i < self->fixture.slots->len; i++)
    g_assert_nonnull (slot (&self->fixture, i)->parts[0]);
}

/* They end where a slot does: it is told to end its segment. */
static void
test_unfollow_on_slot (Follow *self, gconstpointer data)
{
  const AcSlot *last = NULL;

  run_frames (self, 52);
  g_assert_true (follow (self, 60, 25));
  push_gop (self, 17);
  run_frames (self, 20);
  ac_assembler_unfollow (self->fixture.assembler, 77);
  run_frames (self, 40);
  assert_without_hole (self);
  for (guint i = 0; i < self->fixture.slots->len; i++)
    if (end_of (slot (&self->fixture, i)) == 576000 + 77 * 3600)
      last = slot (&self->fixture, i);
  g_assert_nonnull (last);
  g_assert_cmpuint (last->flags & AC_SLOT_SEGMENT_END, !=, 0);
}

/* The frame that the encoders were told of already is no longer the first of anything:
 * that would be a segment without a key frame. */
static void
test_unfollow_too_late (Follow *self, gconstpointer data)
{
  guint32 left_out;

  run_frames (self, 52);
  g_assert_true (follow (self, 60, 25));
  push_gop (self, 20);
  run_frames (self, 20);
  g_assert_false (ac_assembler_begins_segment (self->fixture.assembler, 72, &left_out));
  ac_assembler_unfollow (self->fixture.assembler, 72);
  run_frames (self, 100);
  assert_without_hole (self);
  g_assert_cmpuint (self->n_epochs, ==, 3);
  g_assert_cmpuint (self->starts[2], ==, 576000 + 110 * 3600);
}

/* How far the encoders are behind is not forgotten when slots are cut short. */
static void
test_lag_over_changes (Follow *self, gconstpointer data)
{
  run_frames (self, 52);
  g_assert_true (follow (self, 60, 25));
  push_gop (self, 20);
  run_frames (self, 20);
  ac_assembler_unfollow (self->fixture.assembler, 78);
  run_frames (self, 60);
  g_assert_cmpuint (ac_assembler_lag (self->fixture.assembler), ==, 0);
  note (&self->fixture, 20, FALSE);
  g_assert_cmpuint (ac_assembler_lag (self->fixture.assembler), ==, 20);
}

/* They stay away: a gap, and another epoch at the next segment. */
static void
test_lost (Follow *self, gconstpointer data)
{
  guint n_gaps = 0;

  run_frames (self, 52);
  g_assert_true (follow (self, 60, 25));
  push_gop (self, 25);
  run_frames (self, 120);
  assert_without_hole (self);
  g_assert_false (ac_assembler_is_following (self->fixture.assembler));
  g_assert_cmpuint (self->n_epochs, ==, 3);
  g_assert_cmpuint (self->starts[2], ==, 576000 + 110 * 3600);
  for (guint i = 0; i < self->fixture.slots->len; i++)
    n_gaps += slot (&self->fixture, i)->parts[0] == NULL;
  g_assert_cmpuint (n_gaps, ==, 2); /* of three slots of the segment */
}

static void
step (Follow *self, gint64 ms)
{
  self->stepped_ms += ms;
  ac_assembler_note_step (self->fixture.assembler);
}

/* The wall clock ran on while frames did not: another epoch, dated anew, from the next
 * segment on; however often it happened in one. */
static void
test_step (Follow *self, gconstpointer data)
{
  const guint segment = self->fixture.grid.frames_per_segment;

  step (self, 500); /* nothing was told of before */
  run_frames (self, 10);
  step (self, 3000);
  run_frames (self, 10);
  step (self, 4000);
  run_frames (self, 100);
  g_assert_cmpuint (self->n_epochs, ==, 2);
  g_assert_cmpuint (self->epochs[1], ==, 4);
  g_assert_cmpuint (self->starts[1], ==,
                    576000 + (guint64)segment * self->fixture.grid.ticks_per_frame);
  g_assert_cmpint (self->walls_ms[0], ==, 1000500);
  g_assert_cmpint (self->walls_ms[1], ==, 1007500 + segment * 40);
  assert_without_hole (self);
}

/* What was followed is given up, be it on air or about to be. */
static void
test_step_follow (Follow *self, gconstpointer data)
{
  run_frames (self, 30);
  g_assert_true (follow (self, 60, 25));
  step (self, 3000);
  g_assert_false (ac_assembler_is_following (self->fixture.assembler));
  run_frames (self, 60);
  g_assert_true (follow (self, 120, 25));
  push_gop (self, 25);
  run_frames (self, 40); /* past the first frame of it */
  step (self, 3000);
  g_assert_false (ac_assembler_is_following (self->fixture.assembler));
  run_frames (self, 100);
  assert_without_hole (self);
  for (guint i = 1; i < self->n_epochs; i++)
    g_assert_cmpuint (self->epochs[i], ==, self->epochs[i - 1] + 1);
  g_assert_cmpuint (self->n_epochs, ==, 4);
}

static void
test_follow_refused (Follow *self, gconstpointer data)
{
  g_assert_false (follow (self, 0, 25)); /* nothing was noted */
  run_frames (self, 52);
  g_assert_false (follow (self, 51, 25)); /* too late */
  g_assert_false (follow (self, 60, 40)); /* makes no segments */
  g_assert_true (follow (self, 52, 25));
}

gint
main (gint argc, gchar **argv)
{
  static const struct {
    const gchar *path;
    void (*run) (Follow *self, gconstpointer data);
  } follows[] = {
    { "/assembler/step", test_step },
    { "/assembler/step-follow", test_step_follow },
    { "/assembler/follow", test_follow },
    { "/assembler/unfollow", test_unfollow },
    { "/assembler/unfollow-on-slot", test_unfollow_on_slot },
    { "/assembler/unfollow-too-late", test_unfollow_too_late },
    { "/assembler/lag-over-changes", test_lag_over_changes },
    { "/assembler/lost", test_lost },
    { "/assembler/follow-refused", test_follow_refused },
  };
  static const struct {
    const gchar *path;
    void (*run) (Fixture *fixture, gconstpointer data);
  } table[] = {
    { "/assembler/numbers", test_numbers },
    { "/assembler/slowest", test_slowest },
    { "/assembler/slate", test_slate },
    { "/assembler/finish-within", test_finish_within },
    { "/assembler/finish-before", test_finish_before },
    { "/assembler/finish-on-segment", test_finish_on_segment },
    { "/assembler/no-keyframe", test_no_keyframe },
    { "/assembler/changed-config", test_changed_config },
    { "/assembler/no-config", test_no_config },
    { "/assembler/stopped", test_stopped },
    { "/assembler/closed", test_closed },
    { "/assembler/closed-behind", test_closed_behind },
    { "/assembler/opened-without-keyframe", test_opened_without_keyframe },
    { "/assembler/not-closed", test_not_closed },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_test_add (table[i].path, Fixture, NULL, set_up, table[i].run, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (follows); i++)
    g_test_add (follows[i].path, Follow, NULL, set_up_follow, follows[i].run,
                tear_down_follow);
  return g_test_run ();
}
