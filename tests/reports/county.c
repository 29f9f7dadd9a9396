#include "county.h"

static const gchar *const rows[] = {
  "INSERT INTO branches (id, parent, name, kind, created_ms) VALUES "
  "  (1, NULL, '演示县', 'county', 0), (2, 1, '甲镇', 'town', 0), "
  "  (3, 1, '乙镇', 'town', 0), (4, 2, '东村', 'village', 0), "
  "  (5, NULL, '驻深圳党支部', 'network', 0)",
  "INSERT INTO members (id, number, name, kind, branch, host, phone, created_ms) "
  "VALUES "
  "  (1, '360026000000000001', '王小明', 'member', 4, NULL, '13800138001', 0), "
  "  (2, '360026000000000002', '李芳', 'member', 4, 5, '13800138002', 0), "
  "  (3, '360026000000000003', '张伟', 'probationary', 3, NULL, NULL, 0), "
  "  (4, '360026000000000004', '陈静', 'member', 2, NULL, NULL, 0), "
  "  (5, '360026000000000005', '赵强', 'trainee', 3, NULL, NULL, 0)",
  "INSERT INTO memberships (member, side, from_day, branch) VALUES "
  "  (1, 'home', '2020-01-01', 4), (2, 'home', '2020-01-01', 4), "
  "  (2, 'host', '2020-01-01', 5), (3, 'home', '2020-01-01', 3), "
  "  (4, 'home', '2020-01-01', 3), (4, 'home', '2025-07-01', 2), "
  "  (5, 'home', '2020-01-01', 3)",
  "INSERT INTO courses (id, kind, title, created_ms) VALUES "
  "  (1, 'party', '党课', 0), (2, 'skills', '电工技能', 0)",
  "INSERT INTO lessons (id, title, key_hash, state, created_ms, course) VALUES "
  "  (1, '第一讲', x'01', 'planned', 0, 1), (2, '第二讲', x'02', 'planned', 0, 2), "
  "  (3, '第三讲', x'03', 'planned', 0, 2)",
  "INSERT INTO expected (lesson, member, home_branch, host_branch, kind, state) "
  "  SELECT lessons.id, members.id, members.branch, host, kind, "
  "    iif (members.id = 5, 'excused', 'expected') FROM lessons, members "
  "  WHERE lessons.id < 3",
  "UPDATE lessons SET state = 'ended', opened_ms = 1, length_ms = 7200000, "
  "  creditable = '0-7200000', started_ms = CAST (strftime ('%s', "
  "    CASE id WHEN 1 THEN '2025-03-10' WHEN 2 THEN '2025-09-10' ELSE '2025-10-10' "
  "    END || ' 12:00', 'utc') AS INTEGER) * 1000",
  "UPDATE lessons SET ended_ms = started_ms + length_ms",
  "INSERT INTO lesson_lecturers (lesson, member) VALUES (1, 1), (2, 3), (3, 3)",
};

static gboolean
fill (AcStore *store, gpointer data, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (!ac_store_run (store, error, rows[i], ""))
      return FALSE;
  return TRUE;
}

static void
answered (gpointer data, const GError *error, gpointer flag)
{
  g_assert_no_error (error);
  ++*(guint *)flag;
}

void
county_run (County *self, AcStoreJob job, gpointer data)
{
  guint done = 0;

  ac_store_write (self->store.store, job, data, NULL, answered, &done);
  await (&done, 1);
}

void
county_set_up (County *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  store_fixture_set_up (&self->store);
  county_run (self, fill, NULL);
  self->ask = ac_report_ask_new ();
  self->ask->unmasked = TRUE;
  g_assert_true (ac_report_ask_set_period (self->ask, NULL, "2025-12-31", &error));
  g_assert_no_error (error);
}

void
county_tear_down (County *self, gconstpointer unused)
{
  ac_report_ask_free (self->ask);
  store_fixture_tear_down (&self->store);
}

static gboolean
enter (AcStore *store, gpointer data, GError **error)
{
  const CountyEntry *given = data;
  static const AcLedgerNote note = { "=纸质签到", "" };
  g_auto (AcLedgerTerms) terms = { 0 };
  g_auto (AcLedgerEntry) entry = { .kind = given->kind,
                                   .study = given->study,
                                   .member = given->member,
                                   .media = g_strdup (given->media),
                                   .earned_ms = given->earned_ms,
                                   .actor = given->kind == AC_ENTRY_AUTO ? 0 : 3 };

  if (!ac_ledger_terms_load (store, given->lesson, 1, &terms, error))
    return FALSE;
  entry.created_ms =
      given->created_ms != 0 ? given->created_ms : terms.held_ms + 7200000;
  return ac_ledger_append (store, &terms, &entry,
                           given->kind == AC_ENTRY_AUTO ? NULL : &note, error);
}

void
county_enter (County *self, const CountyEntry *entry)
{
  county_run (self, enter, (gpointer)entry);
}

AcReport *
county_report (County *self, AcReportKind kind)
{
  g_autoptr (GError) error = NULL;
  AcReport *report = ac_report_make (self->store.store, kind, self->ask, &error);

  g_assert_no_error (error);
  return report;
}

static guint
column_of (const AcReport *report, const gchar *key)
{
  for (guint i = 0; i < ac_report_n_columns (report); i++)
    if (strcmp (ac_report_column (report, i)->key, key) == 0)
      return i;
  g_error ("%s has no column %s", ac_report_kind (report), key);
}

gint64
county_sum (const AcReport *report, const gchar *key)
{
  return ac_report_sum (report, column_of (report, key));
}

static const AcReportCell *
find (const AcReport *report, const gchar *number, const gchar *key)
{
  guint by = column_of (report, "number");

  for (guint row = 0; row < ac_report_n_rows (report); row++)
    if (g_strcmp0 (ac_report_cell (report, row, by)->text, number) == 0)
      return ac_report_cell (report, row, column_of (report, key));
  return NULL;
}

gint64
county_figure (const AcReport *report, const gchar *number, const gchar *key)
{
  const AcReportCell *cell = find (report, number, key);

  return cell != NULL && !cell->none ? cell->number : -1;
}

const gchar *
county_text (const AcReport *report, const gchar *number, const gchar *key)
{
  const AcReportCell *cell = find (report, number, key);

  return cell != NULL ? cell->text : NULL;
}

const gchar *
county_fact (const AcReport *report, const gchar *label)
{
  for (guint i = 0; i < ac_report_n_facts (report); i++)
    if (strcmp (ac_report_fact (report, i)->label, label) == 0)
      return ac_report_fact (report, i)->value;
  return NULL;
}

void
county_add_tests (const gchar *prefix, const CountyTest *tests, guint n_tests)
{
  for (guint i = 0; i < n_tests; i++) {
    g_autofree gchar *path = g_strconcat (prefix, tests[i].name, NULL);

    g_test_add (path, County, NULL, county_set_up, tests[i].run, county_tear_down);
  }
}
