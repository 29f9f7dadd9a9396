/* Which rung a viewer's line carries. */
#include "viewer_line.h"

#define START_US G_GINT64_CONSTANT (5000000000)
#define TRIP_US (40 * 1000)
#define LOWEST 2

typedef struct {
  AcViewerLine line;
  AcViewerReport report;
  gboolean carries;
} Fixture;

/* A second in which @lost of 100 packets were, and the round trip took so long. */
static void
pass_second (Fixture *f, guint lost, gint64 trip_us)
{
  f->report.now_us += G_USEC_PER_SEC;
  f->report.highest += 100;
  f->report.lost += (gint32)lost;
  f->report.trip_us = trip_us;
  f->carries =
      ac_viewer_line_report (&f->line, &f->report, MIN (f->line.best, LOWEST), LOWEST);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->report.now_us = START_US;
  f->report.highest = G_MAXUINT32 - 150; /* it wraps */
  pass_second (f, 0, TRIP_US);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
}

/* Returns: after how many seconds like this one the rung is another; 0: never. */
static guint
seconds_to_change (Fixture *f, guint lost, gint64 trip_us, guint most)
{
  const guint before = f->line.best;

  for (guint i = 1; i <= most; i++) {
    pass_second (f, lost, trip_us);
    g_assert_true (f->carries);
    if (f->line.best != before)
      return i;
  }
  return 0;
}

static void
test_carries (Fixture *f, gconstpointer unused)
{
  g_assert_cmpuint (seconds_to_change (f, 0, TRIP_US, 600), ==, 0);
  g_assert_cmpuint (seconds_to_change (f, 9, TRIP_US + 300000, 600), ==, 0);
}

/* Three bad seconds, and after each change what is on its way comes first. */
static void
test_loss (Fixture *f, gconstpointer unused)
{
  g_assert_cmpuint (seconds_to_change (f, 30, TRIP_US, 60), ==, 3);
  g_assert_cmpuint (f->line.best, ==, 1);
  g_assert_cmpuint (seconds_to_change (f, 30, TRIP_US, 60), ==, 6);
  g_assert_cmpuint (f->line.best, ==, 2);
}

/* A queue on the way loses nothing until it is full. */
static void
test_queue (Fixture *f, gconstpointer unused)
{
  g_assert_cmpuint (seconds_to_change (f, 0, TRIP_US + AC_VIEWER_LINE_QUEUED_US, 60),
                    ==, 3);
}

static void
test_burst (Fixture *f, gconstpointer unused)
{
  for (guint i = 0; i < 20; i++) {
    g_assert_cmpuint (seconds_to_change (f, 90, TRIP_US, 2), ==, 0);
    g_assert_cmpuint (seconds_to_change (f, 0, TRIP_US, 1), ==, 0);
  }
}

static void
test_return (Fixture *f, gconstpointer unused)
{
  guint seconds;

  seconds_to_change (f, 30, TRIP_US, 60);
  seconds = seconds_to_change (f, 1, TRIP_US, 60);
  g_assert_cmpuint (f->line.best, ==, 0);
  g_assert_cmpuint (seconds, ==, 4 + AC_VIEWER_LINE_HOLD_US / G_USEC_PER_SEC);
  g_assert_cmpuint (seconds_to_change (f, 1, TRIP_US, 600), ==, 0);
}

/* A line that almost carries a rung is tried ever more seldom. */
static void
test_relapse (Fixture *f, gconstpointer unused)
{
  static const guint waits_s[] = { 19, 34, 64, 124, 244, 244 };

  seconds_to_change (f, 30, TRIP_US, 60);
  for (guint i = 0; i < G_N_ELEMENTS (waits_s); i++) {
    g_assert_cmpuint (seconds_to_change (f, 0, TRIP_US, 600), ==, waits_s[i]);
    g_assert_cmpuint (seconds_to_change (f, 30, TRIP_US, 60), ==, 6);
  }
  /* It held for more than a minute: that counts no more. */
  seconds_to_change (f, 0, TRIP_US, 600);
  g_assert_cmpuint (seconds_to_change (f, 0, TRIP_US, 120), ==, 0);
  seconds_to_change (f, 30, TRIP_US, 60);
  g_assert_cmpuint (seconds_to_change (f, 0, TRIP_US, 600), ==, waits_s[0]);
}

/* On the lowest, what is lost by the tenth is sent again; what is lost by the third is
 * no picture. */
static void
test_hopeless (Fixture *f, gconstpointer unused)
{
  guint seconds = 0;

  f->line.best = LOWEST;
  g_assert_cmpuint (seconds_to_change (f, 15, TRIP_US, 600), ==, 0);
  while (f->carries && seconds++ < 60)
    pass_second (f, 30, TRIP_US);
  g_assert_cmpuint (seconds, ==, 1 + AC_VIEWER_LINE_GIVE_UP_US / G_USEC_PER_SEC);
}

/* Each packet that is asked for again brings a report: what lies between two of them
 * says nothing. And a browser may say what it likes. */
static void
test_nonsense (Fixture *f, gconstpointer unused)
{
  for (guint i = 0; i < 500; i++) {
    f->report.now_us += 20000;
    f->report.highest += 10;
    f->report.lost += i % 50 == 0 ? 10 : 0;
    g_assert_true (ac_viewer_line_report (&f->line, &f->report, 0, LOWEST));
  }
  g_assert_cmpuint (f->line.best, ==, 0);
  for (guint i = 0; i < 60; i++) {
    f->report.now_us += G_USEC_PER_SEC;
    f->report.highest -= 7;
    f->report.lost = i % 2 == 0 ? G_MAXINT32 : G_MININT32;
    g_assert_true (ac_viewer_line_report (&f->line, &f->report, 0, LOWEST));
  }
  g_assert_cmpuint (f->line.best, ==, 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/viewer-line/carries", test_carries);
  ADD ("/viewer-line/loss", test_loss);
  ADD ("/viewer-line/queue", test_queue);
  ADD ("/viewer-line/burst", test_burst);
  ADD ("/viewer-line/return", test_return);
  ADD ("/viewer-line/relapse", test_relapse);
  ADD ("/viewer-line/hopeless", test_hopeless);
  ADD ("/viewer-line/nonsense", test_nonsense);
  return g_test_run ();
}
