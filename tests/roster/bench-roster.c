/* bench-roster - a county's roster, 13,092 rows, through every step of an import.
 * Looking and applying are a job of the store thread each: beats are not acknowledged
 * meanwhile. */
#include "csv.h"
#include "roster_run.h"
#include "workbook.h"

#include <time.h>

#define N_TOWNS 17
#define N_VILLAGES 175
#define N_MEMBERS 13092

static gdouble started_ms, started_cpu_ms;

static gdouble
ms_of (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (gdouble)now.tv_sec * 1000 + (gdouble)now.tv_nsec / 1e6;
}

static void
start (void)
{
  started_ms = ms_of (CLOCK_MONOTONIC);
  started_cpu_ms = ms_of (CLOCK_PROCESS_CPUTIME_ID);
}

static void
tell (const gchar *what)
{
  g_print ("%-20s %6.0f ms, %6.0f ms of CPU\n", what,
           ms_of (CLOCK_MONOTONIC) - started_ms,
           ms_of (CLOCK_PROCESS_CPUTIME_ID) - started_cpu_ms);
  start ();
}

static void
add_branches (AcStore *store)
{
  gint64 county = jobs_add_branch (store, "县委", 0, NULL, NULL);
  gint64 towns[N_TOWNS];

  for (guint i = 0; i < N_TOWNS; i++) {
    g_autofree gchar *name = g_strdup_printf ("第%u镇党委", i + 1);

    towns[i] = jobs_add_branch (store, name, county, NULL, NULL);
  }
  for (guint i = 0; i < N_VILLAGES; i++) {
    g_autofree gchar *name = g_strdup_printf ("第%u村党支部", i + 1);

    jobs_add_branch (store, name, towns[i % N_TOWNS], NULL, NULL);
  }
}

static GBytes *
make_file (void)
{
  GString *csv = g_string_new ("编号,姓名,人员类别,手机号码,流出地支部,转入日期,"
                               "流动党员证号,农民工台账编号\n");

  for (guint i = 0; i < N_MEMBERS; i++)
    g_string_append_printf (csv,
                            "%u,王 明%u,党员,138%08u,第%u村党支部,2026/1/%u,LD%u,N%u\n",
                            100000 + i, i, i, i % N_VILLAGES + 1, i % 28 + 1, i, i);
  return g_string_free_to_bytes (csv);
}

static GBytes *
write_and_read (const AcSheet *sheet, const gchar *dir)
{
  g_autofree gchar *path = g_build_filename (dir, "roster.xlsx", NULL);
  gchar *data;
  gsize length;

  g_assert_true (ac_workbook_write (sheet, path, NULL));
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  return g_bytes_new_take (data, length);
}

int
main (void)
{
  StoreFixture f = { 0 };
  g_autoptr (GBytes) file = make_file ();
  g_autoptr (GBytes) book = NULL;
  g_autoptr (AcSheet) sheet = NULL;
  g_autoptr (AcSheet) exported = NULL;
  g_autoptr (AcSheet) again = NULL;
  g_autoptr (AcRosterReport) seen = NULL;
  g_autoptr (AcRosterReport) done = NULL;
  g_autoptr (AcRosterReport) same = NULL;

  jobs_set_up (&f, NULL);
  add_branches (f.store);
  start ();
  sheet = ac_sheet_read (file, NULL);
  tell ("read the CSV");
  seen = roster_import (f.store, sheet, NULL, NULL);
  tell ("look (all new)");
  done = roster_import (f.store, sheet, seen->digest, NULL);
  tell ("apply");
  exported = ac_roster_export (f.store, 0, NULL, NULL);
  tell ("export");
  book = write_and_read (exported, f.dir);
  tell ("write the .xlsx");
  again = ac_sheet_read (book, NULL);
  tell ("read the .xlsx");
  same = roster_import (f.store, again, NULL, NULL);
  tell ("look (all same)");
  g_print ("rows: %u new, then %u same; the .xlsx has %" G_GSIZE_FORMAT " bytes\n",
           done->counts[AC_ROSTER_NEW], same->counts[AC_ROSTER_SAME],
           g_bytes_get_size (book));
  jobs_tear_down (&f, NULL);
  return same->counts[AC_ROSTER_SAME] == N_MEMBERS ? 0 : 1;
}
