#include "audit.h"
#include "erasure.h"
#include "jobs.h"

static gboolean
note (AcStore *store, gpointer data, GError **error)
{
  return ac_audit_note (store, data, JOBS_NOW_MS, error);
}

static gboolean
note_and_fail (AcStore *store, gpointer data, GError **error)
{
  return ac_audit_note (store, data, JOBS_NOW_MS, error) &&
         ac_organisation_refuse (error, AC_ORGANISATION_ERROR_INVALID, "name", "no");
}

static GPtrArray *
list (StoreFixture *f, AcAuditQuery query)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = ac_audit_list (f->store, &query, &error);

  g_assert_no_error (error);
  return rows;
}

/* The ids that @query finds, as "3 1". */
static gchar *
found (StoreFixture *f, AcAuditQuery query)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GString) ids = g_string_new (NULL);

  query.limit = query.limit != 0 ? query.limit : 10;
  rows = list (f, query);
  for (guint i = 0; i < rows->len; i++)
    g_string_append_printf (ids, "%s%d", i > 0 ? " " : "",
                            (gint)((AcAuditRow *)rows->pdata[i])->id);
  return g_string_free (g_steal_pointer (&ids), FALSE);
}

static void
test_note (StoreFixture *f, gconstpointer unused)
{
  gint64 county = jobs_add_branch (f->store, "县", 0, NULL, NULL);
  gint64 firm = jobs_add_branch (f->store, "厂", 0, "enterprise", NULL);
  gint64 wang = jobs_add_member (f->store, "1001");
  gint64 staff = jobs_add_member (f->store, "2001");
  g_autofree gchar *detail = ac_audit_detail ("ttin", "what", "phone", "none", NULL,
                                              "rows", (gint64)0, "x", (gint64)0);
  AcAuditEntry entry = { .act = AC_AUDIT_UNMASK,
                         .actor = staff,
                         .member = wang,
                         .reason = "他要改手机号",
                         .detail = detail };
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  const AcAuditRow *row;

  jobs_set_membership (f->store, wang, AC_SIDE_HOME, county, "2026-01-05", NULL);
  jobs_set_membership (f->store, wang, AC_SIDE_HOST, firm, "2026-01-05", NULL);
  jobs_run (f->store, note, &entry, NULL);
  /* What is undone was not done. */
  g_assert_false (jobs_run (f->store, note_and_fail, &entry, &error));

  rows = list (f, (AcAuditQuery){ .act = -1, .limit = 10 });
  g_assert_cmpuint (rows->len, ==, 1);
  row = rows->pdata[0];
  g_assert_cmpint (row->act, ==, AC_AUDIT_UNMASK);
  g_assert_cmpint (row->wall_ms, ==, JOBS_NOW_MS);
  g_assert_cmpint (row->actor, ==, staff);
  g_assert_cmpint (row->member, ==, wang);
  g_assert_cmpint (row->branch, ==, county);
  g_assert_cmpint (row->host, ==, firm);
  g_assert_cmpint (row->lesson, ==, 0);
  g_assert_cmpstr (row->reason, ==, "他要改手机号");
  g_assert_cmpstr (row->detail, ==, "{\"what\":\"phone\",\"rows\":0}");
}

static void
test_filters (StoreFixture *f, gconstpointer unused)
{
  gint64 county = jobs_add_branch (f->store, "县", 0, NULL, NULL);
  gint64 town = jobs_add_branch (f->store, "镇", county, NULL, NULL);
  gint64 firm = jobs_add_branch (f->store, "厂", 0, "enterprise", NULL);
  gint64 wang = jobs_add_member (f->store, "1001");
  const struct {
    AcAuditQuery query;
    const gchar *ids;
  } cases[] = {
    { { .act = -1 }, "4 3 2 1" },
    { { .act = -1, .limit = 2 }, "4 3" },
    { { .act = -1, .before = 3 }, "2 1" },
    { { .act = AC_AUDIT_EXPORT }, "4 1" },
    { { .act = -1, .branch = county }, "2 1" },
    { { .act = -1, .branch = town }, "2" },
    { { .act = -1, .branch = firm }, "2" },
    { { .act = -1, .member = wang }, "2" },
    { { .act = -1, .actor = wang }, "3" },
    { { .act = -1, .from_ms = JOBS_NOW_MS + 1 }, "" },
    { { .act = -1, .until_ms = JOBS_NOW_MS }, "" },
    { { .act = -1, .from_ms = JOBS_NOW_MS, .until_ms = JOBS_NOW_MS + 1 }, "4 3 2 1" },
  };
  AcAuditEntry entries[] = {
    { .act = AC_AUDIT_EXPORT, .branch = county },
    { .act = AC_AUDIT_UNMASK, .member = wang },
    { .act = AC_AUDIT_YEAR_CLOSE, .actor = wang },
    { .act = AC_AUDIT_EXPORT },
  };

  jobs_set_membership (f->store, wang, AC_SIDE_HOME, town, "2026-01-05", NULL);
  jobs_set_membership (f->store, wang, AC_SIDE_HOST, firm, "2026-01-05", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    jobs_run (f->store, note, &entries[i], NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *ids = found (f, cases[i].query);

    g_test_message ("case %u", i);
    g_assert_cmpstr (ids, ==, cases[i].ids);
  }
}

static gboolean
run_sql (AcStore *store, gpointer data, GError **error)
{
  return ac_store_run (store, error, data, "");
}

static void
test_only_grows (StoreFixture *f, gconstpointer unused)
{
  static const gchar *const attempts[] = {
    "UPDATE audit SET reason = 'another'",
    "UPDATE audit SET reason = '', detail = '{}'",
    "UPDATE audit SET actor = 1",
    "DELETE FROM audit",
    "INSERT OR REPLACE INTO audit (id, wall_ms, act, reason, detail) "
    "VALUES (1, 0, 'export', '', '{}')",
  };
  gint64 wang = jobs_add_member (f->store, "1001");
  AcAuditEntry entry = { .act = AC_AUDIT_UNMASK, .member = wang, .reason = "why" };

  jobs_run (f->store, note, &entry, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (jobs_run (f->store, run_sql, (gpointer)attempts[i], &error));
    g_assert_nonnull (strstr (error->message, "never"));
  }
}

static gboolean
erase (AcStore *store, gpointer data, GError **error)
{
  const gint64 *member = data;

  return ac_member_erase (store, *member, JOBS_NOW_MS, error);
}

static void
test_erase (StoreFixture *f, gconstpointer unused)
{
  gint64 wang = jobs_add_member (f->store, "1001");
  gint64 li = jobs_add_member (f->store, "1002");
  AcAuditEntry about_wang = {
    .act = AC_AUDIT_UNMASK, .member = wang, .reason = "why", .detail = "{\"a\":1}"
  };
  AcAuditEntry about_li = {
    .act = AC_AUDIT_UNMASK, .actor = wang, .member = li, .reason = "because"
  };
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  jobs_run (f->store, note, &about_wang, NULL);
  jobs_run (f->store, note, &about_li, NULL);
  jobs_run (f->store, erase, &wang, NULL);
  rows = list (f, (AcAuditQuery){ .act = -1, .limit = 10 });
  g_assert_cmpuint (rows->len, ==, 3); /* the erasure itself is one */
  g_assert_cmpstr (((AcAuditRow *)rows->pdata[1])->reason, ==, "because");
  g_assert_cmpstr (((AcAuditRow *)rows->pdata[2])->reason, ==, "");
  g_assert_cmpstr (((AcAuditRow *)rows->pdata[2])->detail, ==, "{}");
  g_assert_cmpint (((AcAuditRow *)rows->pdata[2])->member, ==, wang);
  /* And it says nothing else afterwards. */
  g_assert_false (
      jobs_run (f->store, run_sql, (gpointer) "UPDATE audit SET reason = 'x'", &error));
}

static void
test_names (void)
{
  g_autofree gchar *long_reason = g_strnfill (AC_AUDIT_REASON_MAX_CHARS + 1, 'x');

  for (guint i = 0; i < AC_AUDIT_ACTS; i++) {
    AcAuditAct act;

    g_assert_true (ac_audit_act_from_name (ac_audit_act_name ((AcAuditAct)i), &act));
    g_assert_cmpint (act, ==, i);
  }
  g_assert_false (ac_audit_act_from_name ("look", &(AcAuditAct){ 0 }));
  g_assert_true (ac_audit_reason_is_fit ("电话核对"));
  g_assert_true (ac_audit_reason_is_fit (long_reason + 1));
  g_assert_false (ac_audit_reason_is_fit (long_reason));
  g_assert_false (ac_audit_reason_is_fit (""));
  g_assert_false (ac_audit_reason_is_fit (" \u3000"));
  g_assert_false (ac_audit_reason_is_fit ("a\nb"));
  g_assert_false (ac_audit_reason_is_fit ("\xff"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("TZ", "Asia/Shanghai", TRUE);

#define ADD(path, func)                                                                \
  g_test_add (path, StoreFixture, NULL, jobs_set_up, func, jobs_tear_down)
  ADD ("/audit/note", test_note);
  ADD ("/audit/filters", test_filters);
  ADD ("/audit/only-grows", test_only_grows);
  ADD ("/audit/erase", test_erase);
#undef ADD
  g_test_add_func ("/audit/names", test_names);
  return g_test_run ();
}
