#include "jobs.h"

void
jobs_set_up (StoreFixture *f, gconstpointer unused)
{
  store_fixture_set_up (f);
}

void
jobs_tear_down (StoreFixture *f, gconstpointer unused)
{
  store_fixture_tear_down (f);
}

typedef struct {
  guint answered;
  GError *error;
} Answer;

static void
answered (gpointer data, const GError *error, gpointer user_data)
{
  Answer *answer = user_data;

  answer->error = error != NULL ? g_error_copy (error) : NULL;
  answer->answered++;
}

gboolean
jobs_run (AcStore *store, AcStoreJob job, gpointer data, GError **ret_error)
{
  Answer answer = { 0 };

  ac_store_write (store, job, data, NULL, answered, &answer);
  await (&answer.answered, 1);
  if (answer.error == NULL)
    return TRUE;
  if (ret_error == NULL)
    g_assert_no_error (answer.error);
  *ret_error = answer.error;
  return FALSE;
}

typedef struct {
  const gchar *name, *day;
  gint64 parent, id, member, branch;
  const gchar *kind;
  AcSide side;
} Job;

static gboolean
add_branch (AcStore *store, gpointer data, GError **error)
{
  Job *job = data;
  AcBranchKind kind = AC_BRANCH_COUNTY;

  if (job->kind != NULL)
    g_assert_true (ac_branch_kind_from_name (job->kind, &kind));
  return ac_branch_add (store, job->name, job->parent, job->kind != NULL ? &kind : NULL,
                        JOBS_NOW_MS, &job->id, error);
}

gint64
jobs_add_branch (AcStore *store, const gchar *name, gint64 parent, const gchar *kind,
                 GError **ret_error)
{
  Job job = { .name = name, .parent = parent, .kind = kind };

  return jobs_run (store, add_branch, &job, ret_error) ? job.id : 0;
}

static gboolean
add_member (AcStore *store, gpointer data, GError **error)
{
  Job *job = data;
  AcMember member = { .number = (gchar *)job->name, .name = (gchar *)"王明" };

  return ac_member_add (store, &member, NULL, JOBS_NOW_MS, &job->id, error);
}

gint64
jobs_add_member (AcStore *store, const gchar *number)
{
  Job job = { .name = number };

  jobs_run (store, add_member, &job, NULL);
  return job.id;
}

static gboolean
set_membership (AcStore *store, gpointer data, GError **error)
{
  Job *job = data;

  return ac_membership_set (store, job->member, job->side, job->branch, job->day,
                            JOBS_NOW_MS, error);
}

gboolean
jobs_set_membership (AcStore *store, gint64 member, AcSide side, gint64 branch,
                     const gchar *from_day, GError **ret_error)
{
  Job job = { .member = member, .side = side, .branch = branch, .day = from_day };

  return jobs_run (store, set_membership, &job, ret_error);
}

void
jobs_assert_refused (GError *error, AcOrganisationError code, const gchar *field)
{
  g_autoptr (GError) owned = error;

  g_assert_error (owned, AC_ORGANISATION_ERROR, (gint)code);
  g_assert_cmpstr (ac_organisation_error_field (owned), ==, field);
  g_assert_cmpuint (strlen (owned->message), >, 0);
}
