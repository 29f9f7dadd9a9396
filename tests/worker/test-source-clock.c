#include "source_clock.h"

#define MS G_GINT64_CONSTANT (1000)
#define START (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef struct {
  AcSourceClock *clock;
  gint64 now_us;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = ac_source_clock_new ();
  fixture->now_us = START;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ac_source_clock_free (fixture->clock);
}

/* A tag that comes now. Returns: how long from now it is due, in ms. */
static gint64
due_in_ms (Fixture *fixture, AcSourceTrack track, gint64 timestamp_ms,
           gboolean *ret_discontinuity)
{
  gboolean discontinuity;
  gint64 due_us = ac_source_clock_due (fixture->clock, track, timestamp_ms * MS,
                                       fixture->now_us, &discontinuity);

  if (ret_discontinuity != NULL)
    *ret_discontinuity = discontinuity;
  return (due_us - fixture->now_us) / 1000;
}

static void
test_steady (Fixture *fixture, gconstpointer data)
{
  gboolean discontinuity;

  for (guint i = 0; i < 500; i++) {
    g_assert_cmpint (
        due_in_ms (fixture, AC_SOURCE_VIDEO, 7000 + i * 40, &discontinuity), ==, 200);
    g_assert_cmpint (discontinuity, ==, i == 0);
    g_assert_cmpint (due_in_ms (fixture, AC_SOURCE_AUDIO, 7000 + i * 40 + 10, NULL), ==,
                     210);
    fixture->now_us += 40 * MS;
  }
}

/* Steps of the source's clock that ours did not make. */
static void
test_jumps (Fixture *fixture, gconstpointer data)
{
  static const gint64 steps_ms[] = { 5000, -5000, 3600000, -1500, 2147000000 };
  gint64 timestamp_ms = 10000000;

  due_in_ms (fixture, AC_SOURCE_VIDEO, timestamp_ms, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (steps_ms); i++) {
    gboolean discontinuity;

    fixture->now_us += 40 * MS;
    timestamp_ms += 40 + steps_ms[i];
    g_assert_cmpint (due_in_ms (fixture, AC_SOURCE_VIDEO, timestamp_ms, &discontinuity),
                     ==, 200);
    g_assert_true (discontinuity);
    /* the other track makes the same step and keeps its relation */
    g_assert_cmpint (due_in_ms (fixture, AC_SOURCE_AUDIO, timestamp_ms + 15, NULL), ==,
                     215);
  }
}

/* One track pauses while the clock runs on: no jump. */
static void
test_pause (Fixture *fixture, gconstpointer data)
{
  due_in_ms (fixture, AC_SOURCE_VIDEO, 0, NULL);
  for (guint i = 0; i < 100; i++) {
    due_in_ms (fixture, AC_SOURCE_AUDIO, i * 40, NULL);
    fixture->now_us += 40 * MS;
  }
  g_assert_cmpint (due_in_ms (fixture, AC_SOURCE_VIDEO, 4000, NULL), ==, 200);
}

/* The line stops for a second, then brings everything at once: late tags are late, and
 * the latency is what it was. */
static void
test_stall (Fixture *fixture, gconstpointer data)
{
  due_in_ms (fixture, AC_SOURCE_VIDEO, 0, NULL);
  fixture->now_us += 1000 * MS;
  for (guint i = 1; i < 25; i++)
    g_assert_cmpint (due_in_ms (fixture, AC_SOURCE_VIDEO, i * 40, NULL), ==,
                     200 - 1000 + (gint64)i * 40);
  g_assert_cmpint (due_in_ms (fixture, AC_SOURCE_VIDEO, 1000, NULL), ==, 200);
}

/* A standby goes on air: what was kept of it comes at once and leads up to now. */
static void
test_standby (Fixture *fixture, gconstpointer data)
{
  gboolean discontinuity;

  ac_source_clock_reset (fixture->clock, 1960 * MS);
  for (gint i = 0; i < 50; i++) {
    g_assert_cmpint (
        due_in_ms (fixture, AC_SOURCE_VIDEO, 5000 + i * 40, &discontinuity), ==,
        200 - 1960 + (gint64)i * 40);
    g_assert_cmpint (discontinuity, ==, i == 0);
    g_assert_cmpint (due_in_ms (fixture, AC_SOURCE_AUDIO, 5010 + i * 40, NULL), ==,
                     210 - 1960 + (gint64)i * 40);
  }
  for (guint i = 0; i < 200; i++) {
    fixture->now_us += 40 * MS;
    g_assert_cmpint (
        ABS (due_in_ms (fixture, AC_SOURCE_VIDEO, 7000 + i * 40, NULL) - 200), <=, 20);
  }
}

/* Its first second is held up, and then comes at once: no reason to part from the
 * picture. */
static void
test_held_up (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 23; i++) {
    due_in_ms (fixture, AC_SOURCE_VIDEO, 5000 + i * 40, NULL);
    fixture->now_us += 40 * MS;
  }
  for (guint i = 0; i < 46; i++)
    due_in_ms (fixture, AC_SOURCE_AUDIO, 5000 + i * 20, NULL);
  for (guint i = 23; i < 200; i++) {
    gint64 picture = due_in_ms (fixture, AC_SOURCE_VIDEO, 5000 + i * 40, NULL);

    g_assert_cmpint (due_in_ms (fixture, AC_SOURCE_AUDIO, 5000 + i * 40, NULL), ==,
                     picture);
    g_assert_cmpint (ABS (picture - 200), <=, 20);
    fixture->now_us += 40 * MS;
  }
}

/* The first packet alone was held up, those behind it were lost: no jump of the sound.
 */
static void
test_first_held_up (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 60; i++) {
    gint64 sound = due_in_ms (fixture, AC_SOURCE_AUDIO,
                              i == 0 ? 5000 : 5670 + (gint64)i * 40, NULL);
    gint64 picture = due_in_ms (fixture, AC_SOURCE_VIDEO, 5670 + i * 40, NULL);

    if (i > 0)
      g_assert_cmpint (sound, ==, picture);
    if (i > 30)
      g_assert_cmpint (ABS (picture - 200), <=, 40);
    fixture->now_us += 40 * MS;
  }
}

/* The sound's thread starves for a second and then catches up at twice the pace: it is
 * late, and still belongs to its picture. */
static void
test_catching_up (Fixture *fixture, gconstpointer data)
{
  gint64 sound_ms = 0;
  gboolean discontinuity;

  for (guint i = 0; i < 400; i++) {
    gint64 picture = due_in_ms (fixture, AC_SOURCE_VIDEO, 5000 + i * 40, NULL);

    for (guint n = 0; (i < 50 || i >= 75) && n < 2; n++) {
      if (sound_ms > i * 40)
        break;
      g_assert_cmpint (
          due_in_ms (fixture, AC_SOURCE_AUDIO, 5000 + sound_ms, &discontinuity), ==,
          picture + sound_ms - (gint64)i * 40);
      g_assert_cmpint (discontinuity, ==, sound_ms == 0);
      sound_ms += 40;
    }
    g_assert_cmpint (ABS (picture - 200), <=, 20);
    fixture->now_us += 40 * MS;
  }
  g_assert_cmpint (sound_ms, ==, 400 * 40);
}

/* The sound always comes 150 ms after its picture: both wait for it. */
static void
test_late_track (Fixture *fixture, gconstpointer data)
{
  gint64 sound_ms = 0, picture_ms = 0;

  for (guint i = 0; i < 60; i++) {
    picture_ms = due_in_ms (fixture, AC_SOURCE_VIDEO, 1000 + i * 40, NULL);
    sound_ms = due_in_ms (fixture, AC_SOURCE_AUDIO, 850 + i * 40, NULL);
    fixture->now_us += 40 * MS;
  }
  g_assert_cmpint (sound_ms, ==, 200);
  g_assert_cmpint (picture_ms, ==, 350);
}

/* From then on everything comes 600 ms later: followed within a second. */
static void
test_late_for_good (Fixture *fixture, gconstpointer data)
{
  gint64 due_ms = 0;

  due_in_ms (fixture, AC_SOURCE_VIDEO, 0, NULL);
  fixture->now_us += 600 * MS;
  for (guint i = 1; i < 60; i++) {
    fixture->now_us += 40 * MS;
    due_ms = due_in_ms (fixture, AC_SOURCE_VIDEO, i * 40, NULL);
  }
  g_assert_cmpint (due_ms, ==, 200);
}

/* The first tag was held up on its way; latency goes down again. */
static void
test_early_for_good (Fixture *fixture, gconstpointer data)
{
  gint64 due_ms = 0;

  due_in_ms (fixture, AC_SOURCE_VIDEO, 0, NULL);
  for (guint i = 1; i < 70; i++) {
    due_ms = due_in_ms (fixture, AC_SOURCE_VIDEO, i * 40 + 600, NULL);
    fixture->now_us += 40 * MS;
  }
  g_assert_cmpint (due_ms, <=, 240);
}

/* So does an encoder's own start: the first tags come when it has connected, the rest
 * when it is their time. A second of that is enough, and it is not judged by them. */
static void
test_slow_start (Fixture *fixture, gconstpointer data)
{
  gint64 due_ms = 0;

  for (guint i = 0; i < 30; i++) {
    due_ms =
        due_in_ms (fixture, AC_SOURCE_VIDEO, i * 40 + (guint)MIN (i * 100, 800), NULL);
    fixture->now_us += 40 * MS;
  }
  g_assert_cmpint (due_ms, >=, 200);
  g_assert_cmpint (due_ms, <=, 240);
}

/* A relay sends what it kept of the last 2 s first. */
static void
test_kept_seconds (Fixture *fixture, gconstpointer data)
{
  gint64 due_ms = 0;

  for (guint i = 0; i < 50; i++)
    due_in_ms (fixture, AC_SOURCE_VIDEO, i * 40, NULL);
  for (guint i = 0; i < 30; i++) {
    due_ms = due_in_ms (fixture, AC_SOURCE_VIDEO, 2000 + i * 40, NULL);
    fixture->now_us += 40 * MS;
  }
  g_assert_cmpint (due_ms, >=, 200);
  g_assert_cmpint (due_ms, <=, 240);
}

/* Later on it takes some seconds, whenever it begins. */
static void
test_early_later (Fixture *fixture, gconstpointer data)
{
  for (guint begin = 100; begin < 250; begin += 10) {
    gint64 due_ms = 0;

    ac_source_clock_reset (fixture->clock, 0);
    for (guint i = 0; i < begin + 101; i++) {
      due_ms =
          due_in_ms (fixture, AC_SOURCE_VIDEO, i * 40 + (i < begin ? 0 : 600), NULL);
      fixture->now_us += 40 * MS;
    }
    g_assert_cmpint (due_ms, <=, 240);
  }
}

/* A crystal that is 200 ppm off, for two hours. */
static void
test_drift (Fixture *fixture, gconstpointer data)
{
  const gint directions[] = { 1, -1 };

  for (guint d = 0; d < G_N_ELEMENTS (directions); d++) {
    ac_source_clock_reset (fixture->clock, 0);
    for (guint i = 0; i < 7200 * 25; i++) {
      gint64 due_ms = due_in_ms (fixture, AC_SOURCE_VIDEO, i * 40, NULL);

      g_assert_cmpint (due_ms, >=, 80);
      g_assert_cmpint (due_ms, <=, 300);
      fixture->now_us += 40 * MS + directions[d] * 8;
    }
  }
}

static void
test_phase (Fixture *fixture, gconstpointer data)
{
  gboolean discontinuity;
  gint64 due_us;

  ac_source_clock_set_phase (fixture->clock, START - 13 * MS, 40 * MS);
  due_in_ms (fixture, AC_SOURCE_AUDIO, 0, NULL);
  due_us = ac_source_clock_due (fixture->clock, AC_SOURCE_VIDEO, 5 * MS,
                                fixture->now_us, &discontinuity);
  g_assert_cmpint ((due_us - START + 13 * MS) % (40 * MS), ==, 0);
  g_assert_cmpint (ABS (due_us - START - 205 * MS), <=, 20 * MS);
  /* the sound moves with it, exactly */
  g_assert_cmpint (ac_source_clock_due (fixture->clock, AC_SOURCE_AUDIO, 5 * MS,
                                        fixture->now_us, &discontinuity),
                   ==, due_us);
  g_assert_true (discontinuity);
}

/* Sound and picture of a source whose clocks go apart. */
typedef struct {
  gint64 video_due_ms, audio_due_ms; /* from now; G_MAXINT64: did not come */
  guint n_video_broken, n_audio_broken;
  gint64 video_ms, audio_ms; /* added to its timestamps */
} Apart;

/* 40 ms pass, a packet comes of each track that is sent. */
static void
run_apart (Fixture *fixture, Apart *apart, guint n, gboolean video, gboolean audio)
{
  for (guint i = 0; i < n; i++) {
    gint64 now_ms = (fixture->now_us - START) / MS;
    gboolean broken;

    if (video) {
      apart->video_due_ms =
          due_in_ms (fixture, AC_SOURCE_VIDEO, now_ms + apart->video_ms, &broken);
      apart->n_video_broken += broken;
    }
    if (audio) {
      apart->audio_due_ms = due_in_ms (fixture, AC_SOURCE_AUDIO,
                                       now_ms + apart->audio_ms + i % 5, &broken);
      apart->n_audio_broken += broken;
    }
    fixture->now_us += 40 * MS;
  }
}

#define ASSERT_APART(apart)                                                            \
  G_STMT_START                                                                         \
  {                                                                                    \
    g_assert_cmpint (ABS ((apart).video_due_ms - 200), <=, 20);                        \
    g_assert_cmpint (ABS ((apart).audio_due_ms - 200), <=, 20);                        \
  }                                                                                    \
  G_STMT_END

/* One track's clock makes steps of which the other knows nothing: it does not notice,
 * and they stay together. */
static void
test_one_jumps (Fixture *fixture, gconstpointer data)
{
  static const gint64 steps_ms[] = { 10000, -10000, -700, 4000000, 800, -250, 2500 };
  Apart apart = { 0 };

  run_apart (fixture, &apart, 50, TRUE, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (steps_ms); i++) {
    apart.audio_ms += steps_ms[i];
    run_apart (fixture, &apart, 1, TRUE, TRUE);
    ASSERT_APART (apart);
    run_apart (fixture, &apart, 100, TRUE, TRUE);
    ASSERT_APART (apart);
  }
  g_assert_cmpuint (apart.n_video_broken, ==, 1);
  g_assert_cmpuint (apart.n_audio_broken, ==, 1 + G_N_ELEMENTS (steps_ms));
  apart.video_ms = -30000; /* and the other way round */
  run_apart (fixture, &apart, 100, TRUE, TRUE);
  ASSERT_APART (apart);
  g_assert_cmpuint (apart.n_video_broken, ==, 2);
}

/* One wrong timestamp: afterwards all is as it was, to the microsecond. */
static void
test_one_wrong (Fixture *fixture, gconstpointer data)
{
  static const gint64 steps_ms[] = { 10000, -10000, 700, -40000000 };
  Apart apart = { .audio_ms = 60 }; /* the sound comes early, as it likes to */

  run_apart (fixture, &apart, 200, TRUE, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (steps_ms); i++) {
    gint64 before_ms = apart.audio_due_ms;

    apart.audio_ms += steps_ms[i];
    run_apart (fixture, &apart, 1, TRUE, TRUE);
    apart.audio_ms -= steps_ms[i];
    run_apart (fixture, &apart, 5, TRUE, TRUE);
    g_assert_cmpint (apart.audio_due_ms, ==, before_ms);
    g_assert_cmpint (apart.video_due_ms, ==, 200);
  }
  g_assert_cmpuint (apart.n_video_broken, ==, 1);
}

/* The sound stops and comes back; its clock stood still meanwhile, or went on. */
static void
test_one_stops (Fixture *fixture, gconstpointer data)
{
  static const gint64 lost_ms[] = { 0, 600, 5000, 3600000 };
  Apart apart = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (lost_ms); i++) {
    run_apart (fixture, &apart, 100, TRUE, TRUE);
    run_apart (fixture, &apart, 250, TRUE, FALSE);
    apart.audio_ms -= lost_ms[i];
    run_apart (fixture, &apart, 20, TRUE, TRUE);
    ASSERT_APART (apart);
  }
  g_assert_cmpuint (apart.n_video_broken, ==, 1);
}

/* A track that begins later and counts from nought. */
static void
test_own_origin (Fixture *fixture, gconstpointer data)
{
  Apart apart = { 0 };

  run_apart (fixture, &apart, 250, TRUE, FALSE);
  apart.audio_ms = -10000;
  run_apart (fixture, &apart, 1, TRUE, TRUE);
  ASSERT_APART (apart);
  run_apart (fixture, &apart, 250, TRUE, TRUE);
  ASSERT_APART (apart);
  g_assert_cmpuint (apart.n_video_broken, ==, 1);
}

/* On a line that trembles by 150 ms both make a jump: their relation is what the source
 * said, though the first packets of each came when they came. */
static void
test_jump_trembling (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  gint64 jump_ms = 0, video_us = 0, audio_us = 0;

  for (guint i = 0; i < 3000; i++) {
    gint64 base_ms = i * 40;
    gboolean broken;

    jump_ms += i % 500 == 499 ? (i % 1000 == 499 ? 90000 : -70000) : 0;
    fixture->now_us =
        START + (base_ms + g_rand_int_range (random, 0, 40)) * MS + i / 700 * 25;
    video_us = ac_source_clock_due (fixture->clock, AC_SOURCE_VIDEO,
                                    (base_ms + jump_ms) * MS, fixture->now_us, &broken);
    fixture->now_us += g_rand_int_range (random, 0, 110) * MS;
    audio_us =
        ac_source_clock_due (fixture->clock, AC_SOURCE_AUDIO,
                             (base_ms + jump_ms + 7) * MS, fixture->now_us, &broken);
    if (i > 20)
      g_assert_cmpint (ABS (audio_us - video_us - 7 * MS), <=, 10 * MS);
  }
}

static void
test_reset (Fixture *fixture, gconstpointer data)
{
  gboolean discontinuity;

  due_in_ms (fixture, AC_SOURCE_VIDEO, 1000, NULL);
  ac_source_clock_reset (fixture->clock, 0);
  fixture->now_us += 60000 * MS;
  g_assert_cmpint (due_in_ms (fixture, AC_SOURCE_VIDEO, 0, &discontinuity), ==, 200);
  g_assert_true (discontinuity);
}

static AcSourceRepairs
repairs (Fixture *fixture)
{
  AcSourceRepairs repairs;

  ac_source_clock_repairs (fixture->clock, &repairs);
  return repairs;
}

/* What it had to do is counted, over publishers. */
static void
test_repairs (Fixture *fixture, gconstpointer data)
{
  gint64 n = 0;

  due_in_ms (fixture, AC_SOURCE_VIDEO, 0, NULL);
  g_assert_cmpuint (repairs (fixture).jumps, ==, 0);
  fixture->now_us += 250 * MS; /* 10 ms after it was due, at least */
  due_in_ms (fixture, AC_SOURCE_VIDEO, 40, NULL);
  g_assert_cmpuint (repairs (fixture).late, ==, 1);
  fixture->now_us += 40 * MS;
  due_in_ms (fixture, AC_SOURCE_VIDEO, 900000, NULL);
  g_assert_cmpuint (repairs (fixture).jumps, ==, 1);
  ac_source_clock_reset (fixture->clock, 0);
  due_in_ms (fixture, AC_SOURCE_VIDEO, 5, NULL);
  g_assert_cmpuint (repairs (fixture).jumps, ==, 1);
  /* 500 ppm fast for ten minutes; it moves in steps of 10 ms */
  for (; n < 600 * 25; n++) {
    fixture->now_us += 40 * MS - 20;
    due_in_ms (fixture, AC_SOURCE_VIDEO, 5 + (n + 1) * 40, NULL);
  }
  g_assert_cmpint (repairs (fixture).drift_ppm, <=, -300);
  g_assert_cmpint (repairs (fixture).drift_ppm, >=, -600);
}

gint
main (gint argc, gchar **argv)
{
  static const struct {
    const gchar *path;
    void (*run) (Fixture *fixture, gconstpointer data);
  } table[] = {
    { "/source-clock/steady", test_steady },
    { "/source-clock/jumps", test_jumps },
    { "/source-clock/pause", test_pause },
    { "/source-clock/stall", test_stall },
    { "/source-clock/standby", test_standby },
    { "/source-clock/held-up", test_held_up },
    { "/source-clock/first-held-up", test_first_held_up },
    { "/source-clock/catching-up", test_catching_up },
    { "/source-clock/late-track", test_late_track },
    { "/source-clock/late-for-good", test_late_for_good },
    { "/source-clock/early-for-good", test_early_for_good },
    { "/source-clock/slow-start", test_slow_start },
    { "/source-clock/kept-seconds", test_kept_seconds },
    { "/source-clock/early-later", test_early_later },
    { "/source-clock/drift", test_drift },
    { "/source-clock/phase", test_phase },
    { "/source-clock/one-jumps", test_one_jumps },
    { "/source-clock/one-wrong", test_one_wrong },
    { "/source-clock/one-stops", test_one_stops },
    { "/source-clock/own-origin", test_own_origin },
    { "/source-clock/jump-trembling", test_jump_trembling },
    { "/source-clock/reset", test_reset },
    { "/source-clock/repairs", test_repairs },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_test_add (table[i].path, Fixture, NULL, set_up, table[i].run, tear_down);
  return g_test_run ();
}
