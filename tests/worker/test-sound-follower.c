/* A source's own sound, laid on a lesson's AAC frames by a real assembler. */
#include "sound_follower.h"

#include "box_reader.h"

#define BASE_US G_GINT64_CONSTANT (5000000) /* when frame 0 is shown */
#define START 580000                        /* ticks; not where an AAC frame begins */
#define FOLLOWED_FROM 100                   /* frame */
#define FRAME_US (1024 * 1000 / 48.0)
#define SILENCE_BYTES 4 /* of a mono frame of silence; the source's are longer */

typedef struct {
  AcAssembler *assembler;
  AcSoundFollower *follower;
  GstCaps *format;
  gdouble step_us; /* of the source's timestamps, from one frame to the next */
  guint64 n_frames, n_sounds;
  guint64 lost_from, lost_to; /* the source's frames that never come */
  gint64 phase_us;            /* the key frame is due so much later than its tick */
  guint32 closed;

  guint n_epochs;
  guint32 channels; /* of the newest epoch */
  guint64 followed_start;
  guint n_slots;
  GArray *sounds; /* guint: sizes of the samples of the followed epoch */
  guint64 sounds_first, sounds_end;
} Fixture;

static gdouble
source_us (const Fixture *fixture, guint64 n)
{
  return (gdouble)n * fixture->step_us;
}

static void
on_epoch (AcMediaEpoch *epoch, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_epochs++;
  fixture->channels = epoch->tracks[epoch->n_tracks - 1].channels;
  if (fixture->n_epochs == 2)
    fixture->followed_start = epoch->start;
  g_assert_cmpstr (epoch->tracks[epoch->n_tracks - 1].name, ==, "audio");
}

/* Every chunk of sound begins where the one before ended, in every epoch. */
static void
on_slot (AcSlot *slot, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autofree ReadChunk *chunk = g_new (ReadChunk, 1);

  g_assert_nonnull (slot->parts[slot->n_parts - 1]);
  box_read_chunk (slot->parts[slot->n_parts - 1], chunk);
  g_assert_cmpuint (chunk->decode_time, ==, (slot->start + 960) / 1920 * 1024);
  if (fixture->n_slots++ > 0)
    g_assert_cmpuint (chunk->decode_time, ==, fixture->sounds_end);
  fixture->sounds_end = chunk->decode_time + chunk->n_samples * 1024;
  if (fixture->n_epochs != 2)
    return;
  if (fixture->sounds->len == 0)
    fixture->sounds_first = chunk->decode_time / 1024;
  for (guint i = 0; i < chunk->n_samples; i++)
    g_array_append_val (fixture->sounds, chunk->samples[i].size);
}

static void
on_finished (gpointer user_data)
{
}

static void
on_failed (const GError *error, gpointer user_data)
{
  g_error ("%s", error->message);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const guint8 avcc[] = {
    1, 0x64, 0, 0x1e, 0xff, 0xe1, 0, 1, 0x67, 1, 0, 1, 0x68
  };
  const AcAssemblerHandler handler = { on_epoch, on_slot, on_finished, on_failed };
  AcAssemblerSetup setup = { .epoch = 1, .start = START };
  g_autoptr (GBytes) video = g_bytes_new_static (avcc, sizeof avcc);
  g_autoptr (GBytes) audio = g_bytes_new_static ("\x11\x88", 2);

  ac_grid_init (&setup.grid, 25, TRUE);
  ac_ladder_plan_init (&setup.plan, 640, 360);
  ac_ladder_plan_full_rate (&setup.plan);
  g_assert_cmpuint (setup.plan.n_renditions, ==, 2);
  *fixture = (Fixture){ .step_us = FRAME_US, .lost_from = G_MAXUINT64 };
  fixture->sounds = g_array_new (FALSE, FALSE, sizeof (guint32));
  fixture->assembler = ac_assembler_new (&setup, &handler, fixture);
  for (guint i = 0; i < 2; i++)
    ac_assembler_configure (fixture->assembler, i, video);
  ac_assembler_configure (fixture->assembler, 2, audio);
  fixture->follower = ac_sound_follower_new (fixture->assembler);
  fixture->format = gst_caps_from_string (
      data != NULL
          ? data
          : "audio/mpeg,mpegversion=4,stream-format=raw,codec_data=(buffer)1188");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ac_sound_follower_free (fixture->follower);
  ac_assembler_free (fixture->assembler);
  gst_caps_unref (fixture->format);
  g_array_unref (fixture->sounds);
}

static guint32
size_of (guint64 n)
{
  return (guint32)(16 + n % 200);
}

/* The source's next frame of sound; its timestamps are milliseconds. */
static void
push_sound (Fixture *fixture)
{
  guint64 n = fixture->n_sounds++;
  g_autofree guint8 *data = g_malloc0 (size_of (n));
  g_autoptr (GBytes) bytes = g_bytes_new (data, size_of (n));
  gint64 at_us = (gint64)(source_us (fixture, n) / 1000 + 0.5) * 1000;
  const AcPacket packet = { AC_SOURCE_AUDIO, bytes, at_us, 0, TRUE, FALSE };

  if (n < fixture->lost_from || n >= fixture->lost_to)
    g_assert_true (ac_sound_follower_packet (fixture->follower, &packet,
                                             fixture->format, BASE_US + at_us, n == 0));
}

static void
push_encoded (Fixture *fixture, guint track, gboolean sync)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("encoded", 7);

  ac_assembler_push (fixture->assembler, track, bytes, sync);
}

/* One frame of the clock; what the source sends comes 200 ms early. */
static void
run_frame (Fixture *fixture)
{
  guint64 index = fixture->n_frames++;
  guint32 left_out;
  gboolean begins = ac_assembler_begins_segment (fixture->assembler, index, &left_out);

  while (source_us (fixture, fixture->n_sounds) <= (gdouble)(index * 40000 + 200000))
    push_sound (fixture);
  if (begins)
    fixture->closed = left_out;
  ac_assembler_note_frame (fixture->assembler, index, 1000000, FALSE);
  for (guint i = 0; i < 2; i++)
    if ((fixture->closed & (1u << i)) == 0)
      push_encoded (fixture, i, begins);
  push_encoded (fixture, 2, TRUE);
  if (index % 8 != 7)
    push_encoded (fixture, 2, TRUE);
}

static void
run_frames (Fixture *fixture, guint64 end)
{
  while (fixture->n_frames < end)
    run_frame (fixture);
}

static void
push_pictures (Fixture *fixture, guint n)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("theirs", 6);

  for (guint i = 0; i < n; i++)
    ac_assembler_push_followed (fixture->assembler, bytes, i % 25 == 0, 0);
}

/* Returns: whether the sound goes with the pictures. */
static gboolean
follow (Fixture *fixture, guint64 n_pictures)
{
  static const guint8 avcc[] = { 1, 77, 0, 30, 0xff, 0xe1, 0, 1, 0x67, 1, 0, 1, 0x68 };
  g_autoptr (GBytes) config = g_bytes_new_static (avcc, sizeof avcc);
  AcFollowed followed = { 640, 360, 800000, config, 25 };

  run_frames (fixture, FOLLOWED_FROM - 5);
  ac_sound_follower_describe (fixture->follower, &followed);
  g_assert_true (ac_assembler_follow (fixture->assembler, FOLLOWED_FROM, &followed));
  if (followed.sound_config != NULL)
    ac_sound_follower_begin (fixture->follower, FOLLOWED_FROM,
                             BASE_US + FOLLOWED_FROM * 40000 + fixture->phase_us);
  push_pictures (fixture, (guint)n_pictures);
  return followed.sound_config != NULL;
}

static guint32
sound (const Fixture *fixture, guint nth)
{
  g_assert_cmpuint (nth, <, fixture->sounds->len);
  return g_array_index (fixture->sounds, guint32, nth);
}

/* The source's frame that is heard nearest to the beginning of what was passed on. */
static guint64
first_passed (const Fixture *fixture)
{
  gdouble at_us = ((gdouble)fixture->sounds_first * 1920 - START) * 100 / 9;

  return (guint64)(at_us / fixture->step_us + 0.5);
}

static void
test_unchanged (Fixture *fixture, gconstpointer data)
{
  guint64 first;

  g_assert_true (follow (fixture, 200));
  run_frames (fixture, FOLLOWED_FROM + 160);
  g_assert_cmpuint (fixture->n_epochs, ==, 2);
  g_assert_cmpuint (fixture->sounds_first, ==,
                    (START + FOLLOWED_FROM * 3600 + 960) / 1920);
  g_assert_cmpuint (fixture->sounds->len, >, 200);
  first = first_passed (fixture);
  for (guint i = 0; i < fixture->sounds->len; i++)
    g_assert_cmpuint (sound (fixture, i), ==, size_of (first + i));
}

/* Wherever an AAC frame ends beside the key frame, the sound begins with it: timestamps
 * of whole milliseconds make no hole after its first frame. */
static void
test_begins (Fixture *fixture, gconstpointer data)
{
  for (gint64 phase_us = 0; phase_us < 64000; phase_us += 250) {
    tear_down (fixture, data);
    set_up (fixture, data);
    fixture->phase_us = phase_us;
    g_assert_true (follow (fixture, 60));
    run_frames (fixture, FOLLOWED_FROM + 60);
    g_assert_cmpuint (fixture->sounds->len, >, 40);
    for (guint i = 0; i < 40; i++)
      g_assert_cmpuint (sound (fixture, i), !=, SILENCE_BYTES);
  }
}

static void
lose_frames (Fixture *fixture, guint64 n_lost)
{
  guint64 first;

  fixture->lost_from = 250;
  fixture->lost_to = 250 + n_lost;
  g_assert_true (follow (fixture, 200));
  run_frames (fixture, FOLLOWED_FROM + 160);
  first = first_passed (fixture);
  g_assert_cmpuint (first + 20, <, 250);
  for (guint i = 0; i < fixture->sounds->len; i++)
    g_assert_cmpuint (sound (fixture, i), ==,
                      first + i >= 250 && first + i < 250 + n_lost
                          ? SILENCE_BYTES
                          : size_of (first + i));
}

static void
test_lost_one (Fixture *fixture, gconstpointer data)
{
  lose_frames (fixture, 1);
}

static void
test_lost_ten (Fixture *fixture, gconstpointer data)
{
  lose_frames (fixture, 10);
}

/* It ends while the pictures go on: nobody waits for it for long. */
static void
test_ends (Fixture *fixture, gconstpointer data)
{
  guint n_slots;

  fixture->lost_from = 250;
  fixture->lost_to = G_MAXUINT64;
  g_assert_true (follow (fixture, 300));
  run_frames (fixture, FOLLOWED_FROM + 150);
  n_slots = fixture->n_slots;
  run_frames (fixture, FOLLOWED_FROM + 270);
  g_assert_cmpuint (fixture->n_slots, >=, n_slots + 6);
  g_assert_cmpuint (sound (fixture, fixture->sounds->len - 1), ==, SILENCE_BYTES);
}

/* A sound card that is 8,000 ppm beside the camera: frames are left out or silence is
 * put in, and the sound stays by the pictures. */
static guint
drift (Fixture *fixture, gdouble step_us)
{
  guint n_silent = 0;
  guint64 n;

  fixture->step_us = step_us;
  g_assert_true (follow (fixture, 700));
  run_frames (fixture, FOLLOWED_FROM + 650);
  n = first_passed (fixture);
  for (guint i = 0; i < fixture->sounds->len; i++) {
    guint32 size = sound (fixture, i);
    gdouble heard_us = ((gdouble)(fixture->sounds_first + i) * 1920 - START) * 100 / 9;

    n_silent += size == SILENCE_BYTES;
    if (size == SILENCE_BYTES)
      continue;
    while (size_of (n) != size)
      n++;
    g_assert_cmpfloat (ABS (heard_us - source_us (fixture, n)), <, 52000);
    n++;
  }
  g_assert_cmpuint (fixture->sounds->len, >, 1100);
  return n_silent;
}

static void
test_slow (Fixture *fixture, gconstpointer data)
{
  guint n_silent = drift (fixture, FRAME_US * 1.008);

  g_assert_cmpuint (n_silent, >, 5);
  g_assert_cmpuint (n_silent, <, 15);
}

static void
test_fast (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (drift (fixture, FRAME_US * 0.992), ==, 0);
}

/* After the pictures' last frame the sound is what is encoded here. */
static void
test_back (Fixture *fixture, gconstpointer data)
{
  guint64 first, end = FOLLOWED_FROM + 60;

  g_assert_true (follow (fixture, 60));
  run_frames (fixture, end - 3);
  ac_assembler_unfollow (fixture->assembler, end);
  run_frames (fixture, end + 60);
  g_assert_cmpuint (fixture->n_epochs, ==, 3);
  g_assert_cmpuint (fixture->channels, ==, 1);
  first = first_passed (fixture);
  g_assert_cmpuint (fixture->sounds_first + fixture->sounds->len, ==,
                    (START + end * 3600 + 960) / 1920);
  for (guint i = 0; i < fixture->sounds->len; i++)
    g_assert_cmpuint (sound (fixture, i), ==, size_of (first + i));
}

static void
test_stereo (Fixture *fixture, gconstpointer data)
{
  g_assert_true (follow (fixture, 100));
  run_frames (fixture, FOLLOWED_FROM + 60);
  g_assert_cmpuint (fixture->n_epochs, ==, 2);
  g_assert_cmpuint (fixture->channels, ==, 2);
}

/* The pictures are followed all the same, with the sound that is encoded here. */
static void
test_not_passed (Fixture *fixture, gconstpointer data)
{
  g_assert_false (follow (fixture, 100));
  run_frames (fixture, FOLLOWED_FROM + 60);
  g_assert_cmpuint (fixture->n_epochs, ==, 2);
  g_assert_cmpuint (fixture->channels, ==, 1);
  for (guint i = 0; i < fixture->sounds->len; i++)
    g_assert_cmpuint (sound (fixture, i), ==, 7);
}

/* Another configuration while it is passed on is told. */
static void
test_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstCaps) other = gst_caps_from_string (
      "audio/mpeg,mpegversion=4,stream-format=raw,codec_data=(buffer)1190");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("other", 5);
  const AcPacket packet = { AC_SOURCE_AUDIO, bytes, 0, 0, TRUE, FALSE };

  g_assert_true (follow (fixture, 100));
  g_assert_false (
      ac_sound_follower_packet (fixture->follower, &packet, other, BASE_US, FALSE));
  g_assert_true (ac_sound_follower_packet (fixture->follower, &packet, fixture->format,
                                           BASE_US, FALSE));
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
#define ADD(path, data, run)                                                           \
  g_test_add ("/sound-follower/" path, Fixture, data, set_up, run, tear_down)
  ADD ("unchanged", NULL, test_unchanged);
  ADD ("begins", NULL, test_begins);
  ADD ("ends", NULL, test_ends);
  ADD ("lost-one", NULL, test_lost_one);
  ADD ("lost-ten", NULL, test_lost_ten);
  ADD ("slow", NULL, test_slow);
  ADD ("fast", NULL, test_fast);
  ADD ("back", NULL, test_back);
  ADD ("changed", NULL, test_changed);
  ADD ("stereo",
       "audio/mpeg,mpegversion=4,stream-format=raw,codec_data=(buffer)119056e500",
       test_stereo);
  ADD ("not-48000",
       "audio/mpeg,mpegversion=4,stream-format=raw,codec_data=(buffer)1210",
       test_not_passed);
  ADD ("opus", "audio/x-opus,channel-mapping-family=0", test_not_passed);
  return g_test_run ();
}
