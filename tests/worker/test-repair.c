/* What sources do to their timestamps, and what of it is seen and heard. */
#include "repair_rig.h"

#include <gst/gst.h>

#define SECOND G_GINT64_CONSTANT (1000000)
#define TROUBLE (10 * SECOND)
#define MS G_GINT64_CONSTANT (1000)

static gboolean
in_trouble (const RigPacket *packet)
{
  return packet->happened_us >= TROUBLE;
}

/* --- what is done to packets ------------------------------------------------------ */

static void
jump_ahead (RigPacket *packet, GRand *random)
{
  if (in_trouble (packet))
    packet->timestamp_us += 7200 * SECOND;
}

static void
jump_back (RigPacket *packet, GRand *random)
{
  if (in_trouble (packet))
    packet->timestamp_us -= 9 * SECOND;
}

static void
jump_often (RigPacket *packet, GRand *random)
{
  static const gint64 by_s[] = { 0, 100, -50, 3, 2000, -3 };

  if (in_trouble (packet))
    packet->timestamp_us +=
        by_s[packet->happened_us / (4 * SECOND) % G_N_ELEMENTS (by_s)] * SECOND;
}

static void
sound_jumps (RigPacket *packet, GRand *random)
{
  if (packet->track == AC_SOURCE_AUDIO)
    jump_often (packet, random);
}

static void
picture_jumps (RigPacket *packet, GRand *random)
{
  if (packet->track == AC_SOURCE_VIDEO)
    jump_often (packet, random);
}

static void
one_wrong (RigPacket *packet, GRand *random)
{
  if (in_trouble (packet) && packet->happened_us % (5 * SECOND) < 25 * MS)
    packet->timestamp_us += 40 * SECOND;
}

/* For 5 s, as the clock goes on. */
static void
sound_stops (RigPacket *packet, GRand *random)
{
  packet->lost = packet->track == AC_SOURCE_AUDIO && in_trouble (packet) &&
                 packet->happened_us < TROUBLE + 5 * SECOND;
}

/* Its timestamps stood still meanwhile. */
static void
sound_stands (RigPacket *packet, GRand *random)
{
  sound_stops (packet, random);
  if (packet->track == AC_SOURCE_AUDIO && packet->happened_us >= TROUBLE + 5 * SECOND)
    packet->timestamp_us -= 5 * SECOND;
}

static void
picture_stands (RigPacket *packet, GRand *random)
{
  if (packet->track != AC_SOURCE_VIDEO || !in_trouble (packet))
    return;
  packet->lost = packet->happened_us < TROUBLE + 5 * SECOND;
  packet->timestamp_us -= 5 * SECOND;
}

static void
sound_is_late (RigPacket *packet, GRand *random)
{
  packet->lost = packet->track == AC_SOURCE_AUDIO && packet->happened_us < 6 * SECOND;
}

static void
picture_is_late_from_nought (RigPacket *packet, GRand *random)
{
  if (packet->track != AC_SOURCE_VIDEO)
    return;
  packet->lost = packet->happened_us < 6 * SECOND;
  packet->timestamp_us -= 6 * SECOND;
}

/* Encoders that give the sound 200 ms after the picture. */
static void
sound_comes_after (RigPacket *packet, GRand *random)
{
  if (packet->track == AC_SOURCE_AUDIO)
    packet->delay_us += 200 * MS;
}

static void
frames_are_missing (RigPacket *packet, GRand *random)
{
  packet->lost = in_trouble (packet) && g_rand_int_range (random, 0, 10) == 0;
}

/* The line stands for 1.5 s, and brings it all then. */
static void
line_stands (RigPacket *packet, GRand *random)
{
  const gint64 end_us = TROUBLE + 1500 * MS;

  if (in_trouble (packet) && packet->happened_us < end_us)
    packet->delay_us = end_us - packet->happened_us + 20 * MS;
}

/* Pictures come when something moves: 1 to 30 a second. */
static void
variable_rate (RigPacket *packet, GRand *random)
{
  const gint64 second = packet->happened_us / SECOND;

  packet->lost = packet->track == AC_SOURCE_VIDEO && second % 3 != 0 &&
                 packet->happened_us % SECOND > 34 * MS;
}

/* Timestamps are when packets left, not when it happened. */
static void
trembling (RigPacket *packet, GRand *random)
{
  packet->timestamp_us += g_rand_int_range (random, 0, 15) * MS;
}

/* --- cases ------------------------------------------------------------------------ */

typedef struct {
  const gchar *path;
  RigScript script;
  guint most_silent; /* ticks */
} Case;

static const Case cases[] = {
  { "plain", { .seconds = 60 }, 0 },
  { "jump-ahead", { .spoil = jump_ahead, .seconds = 30 }, 3 },
  { "jump-back", { .spoil = jump_back, .seconds = 30 }, 3 },
  { "jump-often", { .spoil = jump_often, .seconds = 90 }, 40 },
  { "sound-jumps", { .spoil = sound_jumps, .seconds = 90 }, 40 },
  { "picture-jumps", { .spoil = picture_jumps, .seconds = 90 }, 40 },
  { "one-wrong", { .spoil = one_wrong, .seconds = 60 }, 40 },
  { "sound-stops", { .spoil = sound_stops, .seconds = 30 }, 130 },
  { "sound-stands", { .spoil = sound_stands, .seconds = 30, .settle_ms = 6000 }, 150 },
  { "picture-stands",
    { .spoil = picture_stands, .seconds = 30, .settle_ms = 6000 },
    20 },
  { "sound-late", { .spoil = sound_is_late, .seconds = 30 }, 80 },
  { "picture-late", { .spoil = picture_is_late_from_nought, .seconds = 30 }, 3 },
  { "sound-after", { .spoil = sound_comes_after, .seconds = 40 }, 10 },
  { "missing", { .spoil = frames_are_missing, .seconds = 60 }, 250 },
  { "line-stands", { .spoil = line_stands, .seconds = 40, .settle_ms = 2000 }, 45 },
  { "variable-rate",
    { .spoil = variable_rate, .seconds = 60, .frames_per_second = 30 },
    0 },
  { "trembling", { .spoil = trembling, .seconds = 60 }, 0 },
  { "1-fps", { .seconds = 90, .frames_per_second = 1 }, 0 },
  { "10-fps", { .seconds = 30, .frames_per_second = 10 }, 0 },
  { "50-fps", { .seconds = 30, .frames_per_second = 50 }, 0 },
  { "120-fps", { .seconds = 30, .frames_per_second = 120 }, 0 },
  { "8-kHz", { .seconds = 30, .sample_rate = 8000 }, 0 },
  { "48-kHz", { .seconds = 30, .sample_rate = 48000 }, 0 },
  { "96-kHz", { .seconds = 30, .sample_rate = 96000 }, 0 },
  { "crystal-1000-ppm", { .seconds = 120, .ppm = 1000 }, 0 },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  RigResult result;

  rig_run (&c->script, &result);
  g_test_message ("%u ticks compared, %" G_GINT64_FORMAT
                  " us apart at most, %u silent, "
                  "%u held, %u dropped, %" G_GINT64_FORMAT " us of sound at most",
                  result.n_compared, result.most_apart_us, result.n_silent,
                  result.n_held, result.n_dropped, result.fullest_us);
  g_assert_cmpint (result.most_apart_us, <=, RIG_MAX_APART_US);
  g_assert_cmpuint (result.n_compared, >=, c->script.seconds / 2);
  g_assert_cmpuint (result.n_silent, <=, c->most_silent);
  g_assert_cmpint (result.fullest_us, <, 1200 * MS);
  g_assert_cmpint (result.fill_at_end_us, <, 400 * MS);
}

/* An hour, much faster: the sound has no gap, nothing piles up, and both are together
 * all the time. */
static void
test_hour (gconstpointer ppm)
{
  const RigScript script = { .ppm = GPOINTER_TO_INT (ppm), .seconds = 3600 };
  RigResult result;

  rig_run (&script, &result);
  g_test_message ("%u ticks compared, %" G_GINT64_FORMAT
                  " us apart at most, %u silent, "
                  "%u held, %u dropped, %" G_GINT64_FORMAT " us of sound at most",
                  result.n_compared, result.most_apart_us, result.n_silent,
                  result.n_held, result.n_dropped, result.fullest_us);
  g_assert_cmpuint (result.n_compared, >, 80000);
  g_assert_cmpint (result.most_apart_us, <=, RIG_MAX_APART_US);
  g_assert_cmpuint (result.n_silent, ==, 0);
  g_assert_cmpuint (result.n_held + result.n_dropped, <, 120);
  g_assert_cmpint (result.fullest_us, <, 400 * MS);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strconcat ("/repair/", cases[i].path, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_data_func ("/repair/hour-200-ppm-slow", GINT_TO_POINTER (200), test_hour);
  g_test_add_data_func ("/repair/hour-200-ppm-fast", GINT_TO_POINTER (-200), test_hour);
  return g_test_run ();
}
