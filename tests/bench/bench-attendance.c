/* What beats cost the store thread: a county's members, one beat each 10 s, one message
 * a beat, as live lessons have them; each with an interval that grows.
 *
 *   bench-attendance [MEMBERS [ROUNDS]]    (13092 18: three minutes) */
#include "fixture.h"

#include "attendance.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define S G_GINT64_CONSTANT (1000)

static gboolean
fill (AcStore *store, gpointer data, GError **error)
{
  static const gchar *const steps[] = {
    "INSERT INTO lessons (id, title, key_hash, state, created_ms) "
    "VALUES (1, 'x', x'01', 'live', 0)",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) "
    "INSERT INTO members (id, number, name, role, kind, created_ms) "
    "SELECT i, printf ('%05d', i), 'x', 'member', 'member', 0 FROM n",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) "
    "INSERT INTO sessions (id, member, created_ms, last_seen_ms) "
    "SELECT i, i, 0, 0 FROM n",
  };

  return ac_store_run (store, error, steps[0], "") &&
         ac_store_run (store, error, steps[1], "i", *(gint64 *)data) &&
         ac_store_run (store, error, steps[2], "i", *(gint64 *)data);
}

/* CPU time of the store thread so far. */
static gboolean
read_cpu (AcStore *store, gpointer data, GError **error)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  *(gint64 *)data = now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
  return TRUE;
}

static guint n_done;

static void
done (gpointer data, const GError *error, gpointer unused)
{
  g_assert_no_error (error);
  n_done++;
}

static void
run_job (AcStore *store, AcStoreJob job, gpointer data)
{
  ac_store_write (store, job, data, NULL, done, NULL);
  await (&n_done, n_done + 1);
}

static guint n_acknowledged;

static void
acknowledged (const AcAttendance *attendance, gint64 last_seq, const GError *error,
              gpointer unused)
{
  g_assert_no_error (error);
  n_acknowledged++;
}

static void
beat_once (AcStore *store, gint64 n_members, gint64 round, AcIntervalSet *creditable)
{
  const AcAttendanceMedia media = { .edge_ms = (round + 1) * 10 * S,
                                    .live = TRUE,
                                    .creditable = creditable };

  for (gint64 i = 1; i <= n_members; i++) {
    const AcAttendee who = { 1, i, i, 7 };
    const AcArrival arrival = { 1000 * S + (round + 1) * 10 * S, 1700000000 * S, "b" };
    const AcBeat beat = { round + 1, round * 10 * S, (round + 1) * 10 * S, 1000,
                          TRUE,      TRUE,           AC_BEAT_VIDEO };

    ac_attendance_submit_at (store, &who, &beat, 1, &media, &arrival, acknowledged,
                             NULL);
    await (&n_acknowledged, (guint)MAX (round * n_members + i - 15000, 0));
  }
  await (&n_acknowledged, (guint)((round + 1) * n_members));
}

int
main (int argc, char **argv)
{
  gint64 n_members = argc > 1 ? atoi (argv[1]) : 13092;
  gint64 n_rounds = argc > 2 ? atoi (argv[2]) : 18, before_us, after_us;
  g_autoptr (AcIntervalSet) creditable = ac_interval_set_new ();
  StoreFixture fixture = { 0 };
  gdouble message_us;

  store_fixture_set_up (&fixture);
  run_job (fixture.store, fill, &n_members);
  ac_interval_set_add (creditable, 0, 7200 * S);
  beat_once (fixture.store, n_members, 0, creditable);
  run_job (fixture.store, read_cpu, &before_us);
  for (gint64 round = 1; round < n_rounds; round++)
    beat_once (fixture.store, n_members, round, creditable);
  run_job (fixture.store, read_cpu, &after_us);
  message_us = (gdouble)(after_us - before_us) / (gdouble)(n_members * (n_rounds - 1));
  printf ("%.1f us of the store thread a message; %" G_GINT64_FORMAT
          " members, one each 10 s: %.1f %% of a core\n",
          message_us, n_members, message_us * (gdouble)n_members / 10 / 10000);
  store_fixture_tear_down (&fixture);
  return 0;
}
