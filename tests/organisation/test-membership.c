#include "jobs.h"

/* Noon of a day in 2026, on China's clock. */
static gint64
noon (const gchar *month_day)
{
  g_autofree gchar *text = g_strdup_printf ("2026-%sT12:00:00+08:00", month_day);
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);

  return g_date_time_to_unix (time) * 1000;
}

static void
assert_at (StoreFixture *f, gint64 member, gint64 wall_ms, gint64 home, gint64 host)
{
  AcMembership membership;
  g_autoptr (GError) error = NULL;

  ac_membership_at (f->store, member, wall_ms, &membership, &error);
  g_assert_no_error (error);
  g_assert_cmpint (membership.home, ==, home);
  g_assert_cmpint (membership.host, ==, host);
}

static void
assert_now (StoreFixture *f, gint64 member, gint64 home, gint64 host)
{
  g_autoptr (AcMember) now = ac_member_get (f->store, member, NULL);

  g_assert_cmpint (now->branch, ==, home);
  g_assert_cmpint (now->host, ==, host);
}

static void
test_history (StoreFixture *f, gconstpointer unused)
{
  gint64 county = jobs_add_branch (f->store, "县", 0, NULL, NULL);
  gint64 town = jobs_add_branch (f->store, "镇", county, NULL, NULL);
  gint64 firm = jobs_add_branch (f->store, "厂", 0, "enterprise", NULL);
  gint64 wang = jobs_add_member (f->store, "1001");
  g_autoptr (GArray) spans = NULL;

  assert_at (f, wang, JOBS_NOW_MS, 0, 0);
  jobs_set_membership (f->store, wang, AC_SIDE_HOME, county, "2026-01-05", NULL);
  jobs_set_membership (f->store, wang, AC_SIDE_HOME, town, "2026-03-01", NULL);
  jobs_set_membership (f->store, wang, AC_SIDE_HOST, firm, "2026-02-10", NULL);
  jobs_set_membership (f->store, wang, AC_SIDE_HOST, 0, "2026-02-20", NULL);
  assert_at (f, wang, noon ("01-04"), 0, 0);
  assert_at (f, wang, noon ("01-05"), county, 0);
  assert_at (f, wang, noon ("02-10"), county, firm);
  assert_at (f, wang, noon ("02-19"), county, firm);
  assert_at (f, wang, noon ("02-20"), county, 0);
  assert_at (f, wang, noon ("03-01"), town, 0);
  assert_now (f, wang, town, 0);

  /* A forgotten move of the past changes what comes after it, up to the next. */
  jobs_set_membership (f->store, wang, AC_SIDE_HOST, firm, "2026-01-15", NULL);
  assert_at (f, wang, noon ("01-16"), county, firm);
  assert_now (f, wang, town, 0);
  /* And a day is said again. */
  jobs_set_membership (f->store, wang, AC_SIDE_HOME, county, "2026-03-01", NULL);
  assert_now (f, wang, county, 0);

  spans = ac_membership_history (f->store, wang, NULL);
  g_assert_cmpuint (spans->len, ==, 3); /* what was said twice is there once */
  g_assert_cmpstr (g_array_index (spans, AcMembershipSpan, 0).from_day, ==,
                   "2026-01-05");
  assert_at (f, 99, JOBS_NOW_MS, 0, 0);
}

static void
test_refused (StoreFixture *f, gconstpointer unused)
{
  gint64 county = jobs_add_branch (f->store, "县", 0, NULL, NULL);
  gint64 firm = jobs_add_branch (f->store, "厂", 0, "enterprise", NULL);
  gint64 wang = jobs_add_member (f->store, "1001");
  const struct {
    gint64 member;
    AcSide side;
    gint64 branch;
    const gchar *day;
    AcOrganisationError code;
    const gchar *field;
  } rows[] = {
    { 99, AC_SIDE_HOME, county, NULL, AC_ORGANISATION_ERROR_NOT_FOUND, "member" },
    { wang, AC_SIDE_HOME, 99, NULL, AC_ORGANISATION_ERROR_NOT_FOUND, "branch" },
    { wang, AC_SIDE_HOME, firm, NULL, AC_ORGANISATION_ERROR_INVALID, "branch" },
    { wang, AC_SIDE_HOST, county, NULL, AC_ORGANISATION_ERROR_INVALID, "branch" },
    { wang, AC_SIDE_HOME, county, "2026-03-11", AC_ORGANISATION_ERROR_INVALID, "from" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = NULL;

    jobs_set_membership (f->store, rows[i].member, rows[i].side, rows[i].branch,
                         rows[i].day, &error);
    jobs_assert_refused (error, rows[i].code, rows[i].field);
  }
  assert_now (f, wang, 0, 0);
}

typedef struct {
  gint64 member;
  AcCertificateChange change;
  AcLedgerKind ledger;
  const gchar *key;
} Known;

static gboolean
set_certificate (AcStore *store, gpointer data, GError **error)
{
  const Known *job = data;

  return ac_certificate_set (store, job->member, &job->change, JOBS_NOW_MS, error);
}

static void
test_certificates (StoreFixture *f, gconstpointer unused)
{
  gint64 wang = jobs_add_member (f->store, "1001");
  gint64 li = jobs_add_member (f->store, "1002");
  Known job = { wang, { "LD-001" } };
  GError *error = NULL;
  g_autoptr (GPtrArray) history = NULL;
  const AcCertificateEntry *last;

  jobs_run (f->store, set_certificate, &job, NULL);
  jobs_run (f->store, set_certificate, &job, NULL); /* says nothing new */
  job.change.state = AC_CERTIFICATE_VERIFIED;
  job.change.actor = li;
  job.change.note = "看过原件";
  jobs_run (f->store, set_certificate, &job, NULL);
  history = ac_certificate_history (f->store, wang, NULL);
  g_assert_cmpuint (history->len, ==, 2);
  last = history->pdata[1];
  g_assert_cmpint (last->state, ==, AC_CERTIFICATE_VERIFIED);
  g_assert_cmpint (last->actor, ==, li);
  g_assert_cmpint (last->wall_ms, ==, JOBS_NOW_MS);
  g_assert_cmpstr (last->note, ==, "看过原件");

  job = (Known){ li, { "ld-001" } };
  jobs_run (f->store, set_certificate, &job, &error);
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_EXISTS,
                       "certificate");
  job.change.number = "a b";
  jobs_run (f->store, set_certificate, &job, &error);
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_INVALID,
                       "certificate");
  job = (Known){ 99, { "LD-002" } };
  jobs_run (f->store, set_certificate, &job, &error);
  jobs_assert_refused (error, AC_ORGANISATION_ERROR_NOT_FOUND, "member");
}

static gboolean
run_sql (AcStore *store, gpointer data, GError **error)
{
  return ac_store_run (store, error, data, "");
}

static void
test_history_stays (StoreFixture *f, gconstpointer unused)
{
  gint64 wang = jobs_add_member (f->store, "1001");
  static gchar update[] = "UPDATE certificates SET state = 'verified'";
  static gchar delete[] = "DELETE FROM certificates";
  GError *error = NULL;

  jobs_run (f->store, set_certificate, &(Known){ wang, { "LD-001" } }, NULL);
  g_assert_false (jobs_run (f->store, run_sql, update, &error));
  g_clear_error (&error);
  g_assert_false (jobs_run (f->store, run_sql, delete, &error));
  g_clear_error (&error);
}

static gboolean
set_key (AcStore *store, gpointer data, GError **error)
{
  const Known *job = data;

  return ac_import_key_set (store, job->member, job->ledger, job->key, error);
}

static void
test_import_keys (StoreFixture *f, gconstpointer unused)
{
  gint64 wang = jobs_add_member (f->store, "1001");
  gint64 li = jobs_add_member (f->store, "1002");
  Known job = { .member = wang, .ledger = AC_LEDGER_WORKERS, .key = "农2024-1" };
  GError *error = NULL;
  g_autoptr (GPtrArray) keys = NULL;

  jobs_run (f->store, set_key, &job, NULL);
  job.ledger = AC_LEDGER_ACTIVISTS; /* the same word means another there */
  jobs_run (f->store, set_key, &job, NULL);
  job.member = li;
  jobs_run (f->store, set_key, &job, &error);
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_EXISTS, "key");
  job = (Known){ .member = wang, .ledger = AC_LEDGER_WORKERS, .key = NULL };
  jobs_run (f->store, set_key, &job, NULL);
  keys = ac_import_key_list (f->store, wang, NULL);
  g_assert_cmpuint (keys->len, ==, AC_LEDGER_KINDS);
  g_assert_null (keys->pdata[AC_LEDGER_WORKERS]);
  g_assert_cmpstr (keys->pdata[AC_LEDGER_ACTIVISTS], ==, "农2024-1");
  job.key = "";
  jobs_run (f->store, set_key, &job, &error);
  jobs_assert_refused (error, AC_ORGANISATION_ERROR_INVALID, "key");
}

#define ADD(name, function)                                                            \
  g_test_add ("/membership/" name, StoreFixture, NULL, jobs_set_up, function,          \
              jobs_tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("history", test_history);
  ADD ("refused", test_refused);
  ADD ("certificates", test_certificates);
  ADD ("history-stays", test_history_stays);
  ADD ("import-keys", test_import_keys);
  return g_test_run ();
}
