/* The monitor on a clock and a machine of the test's own, beside real broadcasts whose
 * workers say what they are told to; see scripted-worker.c. */
#include "monitor.h"

#include "clock.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define WATCHDOG_S 50
#define N_LESSONS 3
#define N_CORES 2
#define TICKS_PER_S 100 /* of /proc/stat, a core */

typedef struct {
  gchar *root, *proc;
  AcRecordings *recordings;
  GHashTable *live;
  AcFeed *feeds[N_LESSONS + 1]; /* of lesson n at n */
  AcMonitor *monitor;
  guint watchdog, tick;
  gint64 now_ms;
  guint64 busy, idle; /* ticks of all cores */
  guint n_told[N_LESSONS + 1];
} Fixture;

static gchar *trace; /* where the workers write what they hear */
static GString *logged;

/* --- what happens ----------------------------------------------------------------- */

static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer unused)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") &&
        strstr (fields[i].value, "left out") != NULL)
      g_string_append_printf (logged, "%s\n", (const gchar *)fields[i].value);
  return G_LOG_WRITER_HANDLED;
}

static void
on_health (AcBroadcast *broadcast, gpointer user_data)
{
  Fixture *fixture = user_data;

  ac_monitor_take (fixture->monitor, broadcast);
  fixture->n_told[ac_broadcast_lesson (broadcast)]++;
}

static void
on_published (AcSnapshot *snapshot, gpointer user_data)
{
}

static void
on_began (gint64 lesson, gpointer user_data)
{
}

static void
on_over (AcBroadcast *broadcast, gpointer user_data)
{
  gint64 lesson = ac_broadcast_lesson (broadcast);

  g_hash_table_remove (((Fixture *)user_data)->live, &lesson);
}

static void
on_media (gint64 lesson, gint64 start_ms, gint64 duration_ms, gboolean creditable,
          gpointer user_data)
{
}

static void
on_interrupted (gint64 lesson, gboolean interrupted, gpointer user_data)
{
}

static const AcBroadcastHandler handler = {
  .published = on_published,
  .began = on_began,
  .over = on_over,
  .media = on_media,
  .interrupted = on_interrupted,
  .health = on_health,
};

static gboolean
on_watchdog (gpointer unused)
{
  g_error ("the test hangs");
  return G_SOURCE_REMOVE;
}

/* What the workers write to their file wakes nobody. */
static gboolean
on_tick (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

#define WAIT(condition)                                                                \
  while (!(condition))                                                                 \
  g_main_context_iteration (NULL, TRUE)

/* --- lessons ---------------------------------------------------------------------- */

static void
on_closed (gpointer owner, const gchar *reason)
{
}

static AcBroadcast *
broadcast_of (Fixture *fixture, gint64 lesson)
{
  return g_hash_table_lookup (fixture->live, &lesson);
}

static void
begin (Fixture *fixture, gint64 lesson)
{
  const AcBroadcastPolicy policy = { 0 };
  const AcFeedInfo info = { .source = { .kind = AC_SOURCE_FLV },
                            .label = "test",
                            .closed = on_closed };
  g_autoptr (AcRecording) recording = NULL;
  g_autoptr (GError) error = NULL;
  AcBroadcast *broadcast;

  recording = ac_recordings_open (fixture->recordings, lesson, TRUE, &error);
  g_assert_no_error (error);
  broadcast = ac_broadcast_new (lesson, "a lesson", SCRIPTED_WORKER, recording, &policy,
                                &handler, fixture);
  g_hash_table_insert (fixture->live, g_memdup2 (&lesson, sizeof lesson), broadcast);
  g_assert_null (ac_broadcast_attach (broadcast, &info, &fixture->feeds[lesson]));
}

static void
direct (Fixture *fixture, gint64 lesson, const gchar *text)
{
  g_autofree gchar *body = g_strdup_printf ("\x27\x01%s", text);
  AcFlvTag tag = { 9, 0, g_bytes_new (body, strlen (body)) };

  ac_broadcast_units (broadcast_of (fixture, lesson), fixture->feeds[lesson], &tag, 1);
  g_bytes_unref (tag.body);
}

/* The lesson's worker tells that it leaves @n_shed renditions out. */
static void
tell (Fixture *fixture, gint64 lesson, guint n_shed)
{
  g_autofree gchar *text = g_strdup_printf ("shed %u", n_shed);
  guint n_told = fixture->n_told[lesson];

  direct (fixture, lesson, text);
  WAIT (fixture->n_told[lesson] > n_told);
}

/* --- the machine ------------------------------------------------------------------ */

static void
write_stat (Fixture *fixture)
{
  g_autofree gchar *path = g_build_filename (fixture->proc, "stat", NULL);
  g_autofree gchar *text =
      g_strdup_printf ("cpu  %" G_GUINT64_FORMAT " 0 0 %" G_GUINT64_FORMAT " 0 0 0 0\n"
                       "cpu0 0 0 0 0 0 0 0 0\n"
                       "cpu1 0 0 0 0 0 0 0 0\n"
                       "intr 0\n",
                       fixture->busy, fixture->idle);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Time passes, with @percent of the machine in use. */
static void
pass (Fixture *fixture, guint seconds, guint percent)
{
  for (guint i = 0; i < seconds; i++) {
    fixture->busy += N_CORES * TICKS_PER_S * percent / 100;
    fixture->idle += N_CORES * TICKS_PER_S * (100 - percent) / 100;
    fixture->now_ms += 1000;
    write_stat (fixture);
    ac_monitor_tick (fixture->monitor, fixture->now_ms);
  }
}

/* What the workers were offered last, in the order of lessons: "1: 800 2: 0 ". */
static gchar *
offers (void)
{
  g_autofree gchar *text = NULL;
  GString *all = g_string_new (NULL);

  g_assert_true (g_file_get_contents (trace, &text, NULL, NULL));
  for (guint lesson = 1; lesson <= N_LESSONS; lesson++) {
    g_autofree gchar *what = g_strdup_printf ("machine of %u: ", lesson);
    const gchar *last = g_strrstr (text, what);

    if (last != NULL)
      g_string_append_printf (all, "%u: %d ", lesson, atoi (last + strlen (what)));
  }
  return g_string_free (all, FALSE);
}

static gboolean
were_offered (const gchar *expected)
{
  g_autofree gchar *text = offers ();

  return g_str_equal (text, expected);
}

#define WAIT_FOR_OFFERS(expected) WAIT (were_offered (expected))

/* --- fixture ---------------------------------------------------------------------- */

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const AcMonitorPolicy policy = { .shedding = TRUE, .admission = TRUE };
  g_autofree gchar *archive = NULL;
  g_autoptr (GError) error = NULL;

  fixture->watchdog = g_timeout_add_seconds (WATCHDOG_S, on_watchdog, NULL);
  fixture->tick = g_timeout_add (5, on_tick, NULL);
  fixture->root = g_dir_make_tmp ("airclass-monitor-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->proc = g_build_filename (fixture->root, "proc", NULL);
  g_assert_cmpint (g_mkdir (fixture->proc, 0700), ==, 0);
  g_file_set_contents (trace, "", 0, &error);
  g_assert_no_error (error);
  archive = g_build_filename (fixture->root, "recordings", NULL);
  fixture->recordings = ac_recordings_new (archive, 1, &error);
  g_assert_no_error (error);
  fixture->live = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                         (GDestroyNotify)ac_broadcast_free);
  fixture->monitor = ac_monitor_new (&policy, fixture->proc, fixture->live);
  fixture->now_ms = ac_clock_monotonic_ms ();
  logged = g_string_new (NULL);
  write_stat (fixture);
}

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  for (const gchar *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  ac_monitor_free (fixture->monitor);
  g_hash_table_unref (fixture->live);
  ac_recordings_unref (fixture->recordings);
  g_source_remove (fixture->watchdog);
  g_source_remove (fixture->tick);
  g_string_free (logged, TRUE);
  remove_tree (fixture->root);
  g_free (fixture->proc);
  g_free (fixture->root);
}

/* --- tests ------------------------------------------------------------------------ */

/* Half of two cores is idle, a tenth of them is kept free: 800 millicores, for one
 * lesson at a time, and a minute each. */
static void
test_one_at_a_time (Fixture *fixture, gconstpointer unused)
{
  begin (fixture, 1);
  begin (fixture, 2);
  begin (fixture, 3);
  tell (fixture, 1, 2);
  tell (fixture, 2, 0);
  tell (fixture, 3, 1);
  pass (fixture, 10, 50);
  WAIT_FOR_OFFERS ("1: 800 2: 0 3: 0 ");
  pass (fixture, 50, 50);
  WAIT_FOR_OFFERS ("1: 800 2: 0 3: 0 ");
  pass (fixture, 1, 50);
  WAIT_FOR_OFFERS ("1: 0 2: 0 3: 800 ");
  pass (fixture, 59, 50);
  WAIT_FOR_OFFERS ("1: 0 2: 0 3: 800 ");
  pass (fixture, 1, 50);
  WAIT_FOR_OFFERS ("1: 800 2: 0 3: 0 ");
}

/* One that has all it wants leaves the offer to the next, at once. */
static void
test_content (Fixture *fixture, gconstpointer unused)
{
  begin (fixture, 1);
  begin (fixture, 2);
  tell (fixture, 1, 1);
  tell (fixture, 2, 3);
  pass (fixture, 10, 20);
  WAIT_FOR_OFFERS ("1: 1400 2: 0 ");
  tell (fixture, 1, 0);
  pass (fixture, 1, 20);
  WAIT_FOR_OFFERS ("1: 0 2: 1400 ");
  tell (fixture, 2, 0);
  pass (fixture, 1, 20);
  WAIT_FOR_OFFERS ("1: 0 2: 0 ");
}

/* What is kept free is nobody's; a busy second shows in the average of some. */
static void
test_busy (Fixture *fixture, gconstpointer unused)
{
  begin (fixture, 1);
  tell (fixture, 1, 1);
  pass (fixture, 10, 95);
  WAIT_FOR_OFFERS ("1: 0 ");
  pass (fixture, 10, 90);
  WAIT_FOR_OFFERS ("1: 0 ");
  pass (fixture, 10, 80);
  WAIT_FOR_OFFERS ("1: 200 ");
  pass (fixture, 1, 100);
  WAIT (!were_offered ("1: 200 "));
}

/* A worker that is gone leaves nothing out, is offered nothing, and costs nothing. */
static void
test_worker_gone (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GString) metrics = g_string_new (NULL);
  GPid pid;

  begin (fixture, 1);
  begin (fixture, 2);
  tell (fixture, 1, 2);
  tell (fixture, 2, 1);
  pass (fixture, 10, 50);
  WAIT_FOR_OFFERS ("1: 800 2: 0 ");
  g_assert_nonnull (strstr (ac_monitor_admit (fixture->monitor), "3 renditions"));

  pid = ac_broadcast_worker_pid (broadcast_of (fixture, 1));
  direct (fixture, 1, "die");
  WAIT (ac_broadcast_worker_pid (broadcast_of (fixture, 1)) != pid);
  pass (fixture, 1, 50);
  WAIT_FOR_OFFERS ("1: 800 2: 800 "); /* the first line is the dead one's */
  g_assert_nonnull (strstr (ac_monitor_admit (fixture->monitor), "1 rendition of"));
  ac_monitor_metrics (fixture->monitor, metrics);
  g_assert_null (strstr (metrics->str, "renditions_shed{lesson=\"1\"}"));
  g_assert_nonnull (strstr (metrics->str, "renditions_shed{lesson=\"2\"} 1"));

  WAIT (ac_broadcast_worker_pid (broadcast_of (fixture, 1)) != 0); /* the next one */
  tell (fixture, 1, 0);
  tell (fixture, 2, 0);
  pass (fixture, 1, 50);
  WAIT_FOR_OFFERS ("1: 0 2: 0 ");
}

static void
test_admission (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GString) metrics = g_string_new (NULL);

  pass (fixture, 10, 100);
  g_assert_null (ac_monitor_admit (fixture->monitor)); /* the first, always */
  begin (fixture, 1);
  tell (fixture, 1, 0);
  pass (fixture, 10, 100);
  g_assert_nonnull (strstr (ac_monitor_admit (fixture->monitor), "processor cores"));
  pass (fixture, 10, 10);
  g_assert_null (ac_monitor_admit (fixture->monitor));
  tell (fixture, 1, 1);
  g_assert_nonnull (strstr (ac_monitor_admit (fixture->monitor), "leaving out"));
  tell (fixture, 1, 0);
  g_assert_null (ac_monitor_admit (fixture->monitor));
  ac_monitor_metrics (fixture->monitor, metrics);
  g_assert_nonnull (strstr (metrics->str, "lessons_not_admitted_total 2\n"));
}

/* Nothing can be said of a machine whose figures cannot be read: all are let in. */
static void
test_no_figures (Fixture *fixture, gconstpointer unused)
{
  AcMonitorPolicy policy = { .shedding = TRUE, .admission = TRUE };

  ac_monitor_free (fixture->monitor);
  fixture->monitor = ac_monitor_new (&policy, "/nowhere", fixture->live);
  begin (fixture, 1);
  tell (fixture, 1, 1);
  pass (fixture, 10, 50);
  WAIT_FOR_OFFERS ("1: 0 ");
  g_assert_null (ac_monitor_admit (fixture->monitor));
}

static guint
n_samples (Fixture *fixture, gint64 lesson)
{
  g_autoptr (GBytes) text = ac_monitor_history (fixture->monitor, lesson, 0);
  g_autofree gchar *string =
      g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  const gchar *series = strstr (string, "\"renditions_shed\":[");
  guint n = 0;

  if (series == NULL)
    return 0;
  for (series = strchr (series, '['); *series != ']'; series++)
    n += g_ascii_isdigit (*series); /* none has two */
  return n;
}

/* A lesson's history is kept for an hour after its end, by a clock that nobody sets. */
static void
test_history (Fixture *fixture, gconstpointer unused)
{
  gint64 lesson = 1;

  begin (fixture, 1);
  for (guint i = 0; i < 4; i++) {
    tell (fixture, 1, i % 2);
    pass (fixture, 1, 50);
  }
  g_assert_cmpuint (n_samples (fixture, 1), ==, 4);
  g_assert_cmpuint (n_samples (fixture, 2), ==, 0);
  g_hash_table_remove (fixture->live, &lesson);
  pass (fixture, 3599, 50);
  g_assert_cmpuint (n_samples (fixture, 1), ==, 4);
  pass (fixture, 1, 50);
  g_assert_cmpuint (n_samples (fixture, 1), ==, 0);
}

/* What is left out is said when it has changed, at most every two seconds, and the last
 * of it in any case. */
static void
test_log (Fixture *fixture, gconstpointer unused)
{
  static const guint n_shed[] = { 0, 1, 2, 3, 3, 3, 3, 1, 0, 0, 0 };

  begin (fixture, 1);
  for (guint i = 0; i < G_N_ELEMENTS (n_shed); i++) {
    pass (fixture, 1, 50);
    tell (fixture, 1, n_shed[i]);
  }
  g_assert_cmpstr (logged->str, ==,
                   "the machine is too slow: v0 is left out (encoders 0 ms behind)\n"
                   "the machine is too slow: v0, v1, v2 is left out (encoders 0 ms "
                   "behind)\n"
                   "the machine is too slow: v0 is left out (encoders 0 ms behind)\n"
                   "v0 is back: nothing is left out\n");
}

static const struct {
  const gchar *path;
  void (*run) (Fixture *fixture, gconstpointer data);
} tests[] = {
  { "/monitor/one-at-a-time", test_one_at_a_time },
  { "/monitor/content", test_content },
  { "/monitor/busy", test_busy },
  { "/monitor/worker-gone", test_worker_gone },
  { "/monitor/admission", test_admission },
  { "/monitor/no-figures", test_no_figures },
  { "/monitor/history", test_history },
  { "/monitor/log", test_log },
};

gint
main (gint argc, gchar **argv)
{
  g_autofree gchar *name = NULL;
  gint status;

  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (on_log, NULL, NULL);
  name = g_strdup_printf ("airclass-monitor-trace-%d", getpid ());
  trace = g_build_filename (g_get_tmp_dir (), name, NULL);
  g_setenv ("AIRCLASS_TRACE", trace, TRUE); /* before there are threads */
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  status = g_test_run ();
  g_unlink (trace);
  g_free (trace);
  return status;
}
