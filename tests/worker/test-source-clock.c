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
    timestamp_ms += steps_ms[i];
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
    { "/source-clock/late-track", test_late_track },
    { "/source-clock/late-for-good", test_late_for_good },
    { "/source-clock/early-for-good", test_early_for_good },
    { "/source-clock/slow-start", test_slow_start },
    { "/source-clock/kept-seconds", test_kept_seconds },
    { "/source-clock/early-later", test_early_later },
    { "/source-clock/drift", test_drift },
    { "/source-clock/phase", test_phase },
    { "/source-clock/reset", test_reset },
    { "/source-clock/repairs", test_repairs },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_test_add (table[i].path, Fixture, NULL, set_up, table[i].run, tear_down);
  return g_test_run ();
}
