#include "jobs.h"

#include "migration.h"

static void
refused (StoreFixture *f, const gchar *name, gint64 parent, const gchar *kind,
         AcOrganisationError code, const gchar *field)
{
  GError *error = NULL;

  g_test_message ("%s below %d", name, (gint)parent);
  g_assert_cmpint (jobs_add_branch (f->store, name, parent, kind, &error), ==, 0);
  jobs_assert_refused (error, code, field);
}

static void
test_tree (StoreFixture *f, gconstpointer unused)
{
  gint64 county = jobs_add_branch (f->store, "县", 0, NULL, NULL);
  gint64 town = jobs_add_branch (f->store, "镇", county, NULL, NULL);
  gint64 village = jobs_add_branch (f->store, "村", town, NULL, NULL);
  gint64 other = jobs_add_branch (f->store, "村", county, "village", NULL);
  AcBranchQuery query = { .within = county, .limit = 9 };
  g_autoptr (GPtrArray) below = ac_branch_search (f->store, &query, NULL);
  g_autoptr (GPtrArray) roots =
      ac_branch_search (f->store, &(AcBranchQuery){ .limit = 9 }, NULL);
  g_autoptr (GPtrArray) all = ac_branch_list_all (f->store, NULL);
  g_autoptr (AcBranch) found = ac_branch_get (f->store, village, NULL);

  g_assert_cmpuint (below->len, ==, 2);
  g_assert_cmpuint (roots->len, ==, 1);
  g_assert_cmpuint (all->len, ==, 4);
  g_assert_cmpint (found->parent, ==, town);
  g_assert_cmpint (found->kind, ==, AC_BRANCH_VILLAGE);
  g_assert_true (ac_branch_is_within (f->store, village, county));
  g_assert_true (ac_branch_is_within (f->store, village, village));
  g_assert_false (ac_branch_is_within (f->store, county, village));
  g_assert_false (ac_branch_is_within (f->store, other, town));
  g_assert_false (ac_branch_is_within (f->store, 99, 99));
}

static void
test_refused (StoreFixture *f, gconstpointer unused)
{
  gint64 county = jobs_add_branch (f->store, "县", 0, NULL, NULL);
  gint64 town = jobs_add_branch (f->store, "镇", county, NULL, NULL);
  gint64 firm = jobs_add_branch (f->store, "厂", 0, "enterprise", NULL);

  refused (f, "镇", county, NULL, AC_ORGANISATION_ERROR_EXISTS, "name");
  refused (f, "县", 0, NULL, AC_ORGANISATION_ERROR_EXISTS, "name");
  refused (f, "组", 99, NULL, AC_ORGANISATION_ERROR_NOT_FOUND, "parent");
  refused (f, "\n", 0, NULL, AC_ORGANISATION_ERROR_INVALID, "name");
  refused (f, "x", town, "county", AC_ORGANISATION_ERROR_INVALID, "kind");
  refused (f, "x", town, "town", AC_ORGANISATION_ERROR_INVALID, "kind");
  refused (f, "x", town, "enterprise", AC_ORGANISATION_ERROR_INVALID, "kind");
  refused (f, "x", firm, "village", AC_ORGANISATION_ERROR_INVALID, "kind");
  jobs_add_branch (f->store, "网", firm, "network", NULL);
  jobs_add_branch (f->store, "分厂", firm, "enterprise", NULL);
}

typedef struct {
  gint64 branch, parent;
} Move;

static gboolean
move (AcStore *store, gpointer data, GError **error)
{
  const Move *job = data;

  return ac_branch_move (store, job->branch, job->parent, error);
}

static void
test_moved (StoreFixture *f, gconstpointer unused)
{
  gint64 county = jobs_add_branch (f->store, "县", 0, NULL, NULL);
  gint64 a = jobs_add_branch (f->store, "甲", county, NULL, NULL);
  gint64 b = jobs_add_branch (f->store, "乙", county, NULL, NULL);
  gint64 village = jobs_add_branch (f->store, "村", a, NULL, NULL);
  gint64 group = jobs_add_branch (f->store, "组", village, NULL, NULL);
  GError *error = NULL;

  jobs_run (f->store, move, &(Move){ village, b }, NULL);
  g_assert_true (ac_branch_is_within (f->store, group, b));
  g_assert_false (ac_branch_is_within (f->store, group, a));
  jobs_run (f->store, move, &(Move){ village, 0 }, NULL);
  g_assert_false (ac_branch_is_within (f->store, group, county));

  jobs_run (f->store, move, &(Move){ village, group }, &error);
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_INVALID,
                       "parent");
  jobs_run (f->store, move, &(Move){ village, village }, &error);
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_INVALID,
                       "parent");
  jobs_run (f->store, move, &(Move){ a, village }, &error);
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_INVALID, "kind");
  jobs_run (f->store, move, &(Move){ 99, county }, &error);
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_NOT_FOUND,
                       "branch");
}

static void
test_depth_is_limited (StoreFixture *f, gconstpointer unused)
{
  gint64 branches[AC_BRANCH_DEPTH_MAX];
  gint64 parent = 0, other;
  GError *error = NULL;

  for (guint i = 0; i < AC_BRANCH_DEPTH_MAX; i++)
    parent = branches[i] = jobs_add_branch (f->store, "村", parent, "village", NULL);
  refused (f, "x", parent, NULL, AC_ORGANISATION_ERROR_INVALID, "parent");
  other = jobs_add_branch (f->store, "组", 0, "village", NULL);
  jobs_add_branch (f->store, "户", other, "village", NULL);
  jobs_run (f->store, move, &(Move){ other, branches[AC_BRANCH_DEPTH_MAX - 2] },
            &error);
  jobs_assert_refused (error, AC_ORGANISATION_ERROR_INVALID, "parent");
  jobs_run (f->store, move, &(Move){ other, branches[AC_BRANCH_DEPTH_MAX - 3] }, NULL);
}

typedef struct {
  const gchar *name;
  gint64 branch, site, member;
  gboolean steward;
} Site;

static gboolean
add_site (AcStore *store, gpointer data, GError **error)
{
  Site *job = data;

  return ac_site_add (store, job->branch, job->name, JOBS_NOW_MS, &job->site, error);
}

static gboolean
set_steward (AcStore *store, gpointer data, GError **error)
{
  const Site *job = data;

  return ac_site_set_steward (store, job->site, job->member, job->steward, error);
}

static void
test_sites (StoreFixture *f, gconstpointer unused)
{
  gint64 county = jobs_add_branch (f->store, "县", 0, NULL, NULL);
  gint64 wang = jobs_add_member (f->store, "1001");
  Site site = { "会议室", county };
  GError *error = NULL;
  g_autoptr (GPtrArray) sites = NULL;
  g_autoptr (AcSite) after = NULL;

  jobs_run (f->store, add_site, &site, NULL);
  jobs_run (f->store, add_site, &site, &error);
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_EXISTS, "name");
  jobs_run (f->store, add_site, &(Site){ "x", 99 }, &error);
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_NOT_FOUND,
                       "branch");

  site.member = wang;
  site.steward = TRUE;
  jobs_run (f->store, set_steward, &site, NULL);
  jobs_run (f->store, set_steward, &site, NULL); /* twice is once */
  sites = ac_site_list (f->store, county, NULL);
  g_assert_cmpuint (sites->len, ==, 1);
  g_assert_cmpuint (((AcSite *)sites->pdata[0])->stewards->len, ==, 1);
  site.steward = FALSE;
  jobs_run (f->store, set_steward, &site, NULL);
  after = ac_site_get (f->store, site.site, NULL);
  g_assert_cmpuint (after->stewards->len, ==, 0);
  site.member = 99;
  jobs_run (f->store, set_steward, &site, &error);
  jobs_assert_refused (error, AC_ORGANISATION_ERROR_NOT_FOUND, "member");
}

/* A database from before there were kinds and memberships. */
static void
test_older_database (void)
{
  StoreFixture f = { 0 };
  g_auto (GStrv) steps = ac_migration_steps ();
  g_autofree gchar *path = NULL;
  g_autoptr (AcConnection) connection = NULL;
  g_autoptr (GPtrArray) branches = NULL;
  AcMembership membership;

  f.dir = g_dir_make_tmp ("airclass-test-XXXXXX", NULL);
  f.executor = ac_executor_for_context (NULL);
  path = g_build_filename (f.dir, "airclass.db", NULL);
  connection = ac_connection_open (path, AC_CONNECTION_WRITER, NULL);
  g_assert_true (
      ac_migrate (connection, (const gchar *const *)steps, 7, "unused", NULL));
  g_assert_true (ac_connection_execute (
      connection,
      "INSERT INTO branches (id, parent, name, created_ms) VALUES (1, NULL, 'a', 0), "
      "  (2, 1, 'b', 0), (3, 2, 'c', 0), (4, 3, 'd', 0); "
      "INSERT INTO members (id, number, name, role, kind, branch, created_ms) "
      "  VALUES (7, '7', 'x', 'member', 'member', 3, 1773115200000)",
      NULL));
  g_clear_pointer (&connection, ac_connection_close);

  store_fixture_open (&f);
  branches = ac_branch_list_all (f.store, NULL);
  for (guint i = 0; i < branches->len; i++)
    g_assert_cmpint (((AcBranch *)branches->pdata[i])->kind, ==, MIN (i, 2));
  g_assert_true (ac_membership_at (f.store, 7, JOBS_NOW_MS, &membership, NULL));
  g_assert_cmpint (membership.home, ==, 3);
  g_assert_cmpint (membership.host, ==, 0);
  g_assert_true (
      ac_membership_at (f.store, 7, JOBS_NOW_MS - 86400000, &membership, NULL));
  g_assert_cmpint (membership.home, ==, 0);
  store_fixture_tear_down (&f);
}

/* --- Closing --- */

typedef struct {
  gint64 id;
  gboolean closed;
} Closing;

static gboolean
close_branch (AcStore *store, gpointer data, GError **error)
{
  const Closing *closing = data;

  return ac_branch_set_closed (store, closing->id, closing->closed, JOBS_NOW_MS, error);
}

static gboolean
close_site (AcStore *store, gpointer data, GError **error)
{
  const Closing *closing = data;

  return ac_site_set (store, closing->id, NULL, closing->closed, JOBS_NOW_MS, error);
}

static void
assert_closing_refused (StoreFixture *f, gint64 branch, AcOrganisationError code)
{
  GError *error = NULL;

  g_assert_false (
      jobs_run (f->store, close_branch, &(Closing){ branch, TRUE }, &error));
  jobs_assert_refused (error, code, "closed");
}

/* A branch is closed from below, once nobody is there; nobody is put into it then. */
static void
test_closed (StoreFixture *f, gconstpointer unused)
{
  gint64 county = jobs_add_branch (f->store, "县", 0, NULL, NULL);
  gint64 town = jobs_add_branch (f->store, "镇", county, NULL, NULL);
  gint64 member = jobs_add_member (f->store, "1");
  Site site = { "礼堂", town };
  g_autoptr (AcBranch) found = NULL;
  GError *error = NULL;

  g_assert_true (jobs_run (f->store, add_site, &site, NULL));
  assert_closing_refused (f, county, AC_ORGANISATION_ERROR_EXISTS);
  assert_closing_refused (f, town, AC_ORGANISATION_ERROR_EXISTS);
  g_assert_true (jobs_run (f->store, close_site, &(Closing){ 1, TRUE }, NULL));
  g_assert_true (
      jobs_set_membership (f->store, member, AC_SIDE_HOME, town, NULL, NULL));
  assert_closing_refused (f, town, AC_ORGANISATION_ERROR_EXISTS);
  g_assert_true (
      jobs_set_membership (f->store, member, AC_SIDE_HOME, county, NULL, NULL));
  g_assert_true (jobs_run (f->store, close_branch, &(Closing){ town, TRUE }, NULL));
  found = ac_branch_get (f->store, town, NULL);
  g_assert_cmpint (found->closed_ms, ==, JOBS_NOW_MS);
  refused (f, "村", town, NULL, AC_ORGANISATION_ERROR_INVALID, "parent");
  g_assert_false (jobs_run (f->store, add_site, &site, &error));
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_INVALID,
                       "branch");
  g_assert_false (jobs_run (f->store, close_site, &(Closing){ 1, FALSE }, &error));
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_INVALID,
                       "closed");
  g_assert_false (
      jobs_set_membership (f->store, member, AC_SIDE_HOME, town, NULL, &error));
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_INVALID,
                       "branch");
  g_assert_true (jobs_run (f->store, close_branch, &(Closing){ town, FALSE }, NULL));
  g_assert_true (jobs_run (f->store, close_site, &(Closing){ 1, FALSE }, NULL));
}

#define ADD(name, function)                                                            \
  g_test_add ("/branch/" name, StoreFixture, NULL, jobs_set_up, function,              \
              jobs_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("tree", test_tree);
  ADD ("refused", test_refused);
  ADD ("moved", test_moved);
  ADD ("depth-is-limited", test_depth_is_limited);
  ADD ("sites", test_sites);
  ADD ("closed", test_closed);
  g_test_add_func ("/branch/older-database", test_older_database);
  return g_test_run ();
}
