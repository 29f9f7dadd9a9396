#include "report_scope.h"

#include "branch.h"
#include "credit_error.h"
#include "day.h"
#include "mask.h"

#include <string.h>

typedef struct {
  AcBranch *branch;
  guint place;     /* in the tree, from 1 */
  gboolean within; /* the subtree */
} Branch;

struct _AcReportScope {
  AcStore *store;
  const AcReportAsk *ask;
  GHashTable *branches; /* id: Branch */
  GHashTable *policies; /* id: AcPolicyVersion */
  GPtrArray *lessons;   /* AcReportLesson */
  GHashTable *people;   /* id: AcReportPerson */
};

/* --- Branches --- */

static void
free_branch (gpointer data)
{
  Branch *branch = data;

  ac_branch_free (branch->branch);
  g_free (branch);
}

static gint
by_parent (gconstpointer a, gconstpointer b)
{
  const AcBranch *x = *(AcBranch *const *)a, *y = *(AcBranch *const *)b;
  gint64 difference = x->parent != y->parent ? x->parent - y->parent : x->id - y->id;

  return (difference > 0) - (difference < 0);
}

/* Numbers the branches below @parent, depth first. @list: by parent */
static void
number_below (AcReportScope *self, const GPtrArray *list, gint64 parent,
              gboolean within, guint *place)
{
  guint low = 0, high = list->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (((AcBranch *)list->pdata[middle])->parent < parent)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < list->len && ((AcBranch *)list->pdata[low])->parent == parent; low++) {
    AcBranch *known = list->pdata[low];
    Branch *branch = g_hash_table_lookup (self->branches, &known->id);

    branch->place = ++*place;
    branch->within = within || known->id == self->ask->branch;
    number_below (self, list, known->id, branch->within, place);
  }
}

static gboolean
load_branches (AcReportScope *self, GError **error)
{
  g_autoptr (GPtrArray) list = ac_branch_list_all (self->store, error);
  g_autoptr (GPtrArray) sorted = NULL;
  guint place = 0;

  if (list == NULL)
    return FALSE;
  sorted = g_ptr_array_new ();
  g_ptr_array_set_free_func (list, NULL);
  for (guint i = 0; i < list->len; i++) {
    Branch *branch = g_new0 (Branch, 1);

    branch->branch = list->pdata[i];
    g_hash_table_insert (self->branches, &branch->branch->id, branch);
    g_ptr_array_add (sorted, branch->branch);
  }
  g_ptr_array_sort (sorted, by_parent);
  number_below (self, sorted, 0, self->ask->branch == 0, &place);
  return self->ask->branch == 0 ||
         g_hash_table_contains (self->branches, &self->ask->branch) ||
         ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "branch",
                           "there is no branch %" G_GINT64_FORMAT, self->ask->branch);
}

static gboolean
is_within (AcReportScope *self, gint64 id)
{
  const Branch *branch = id != 0 ? g_hash_table_lookup (self->branches, &id) : NULL;

  return branch != NULL && branch->within;
}

gboolean
ac_report_scope_has (AcReportScope *self, gint64 home, gint64 host)
{
  return self->ask->branch == 0 || is_within (self, home) || is_within (self, host);
}

const gchar *
ac_report_scope_branch (AcReportScope *self, gint64 id)
{
  const Branch *branch = g_hash_table_lookup (self->branches, &id);

  return branch != NULL ? branch->branch->name : "";
}

guint
ac_report_scope_place (AcReportScope *self, gint64 id)
{
  const Branch *branch = g_hash_table_lookup (self->branches, &id);

  return branch != NULL ? branch->place : G_MAXUINT;
}

/* A ring in the tree would have been found when it was numbered: its branches lie
 * within nothing. */
gint64
ac_report_scope_child (AcReportScope *self, gint64 id)
{
  const Branch *branch = id != 0 ? g_hash_table_lookup (self->branches, &id) : NULL;

  while (branch != NULL && branch->within) {
    if (branch->branch->id == self->ask->branch ||
        branch->branch->parent == self->ask->branch)
      return branch->branch->id;
    branch = g_hash_table_lookup (self->branches, &branch->branch->parent);
  }
  return 0;
}

/* --- Lessons --- */

static void
free_policy (gpointer data)
{
  ac_policy_version_free (data);
}

static gboolean
load_policies (AcReportScope *self, GError **error)
{
  g_autoptr (GPtrArray) list = ac_policy_list (self->store, error);

  while (list != NULL && list->len > 0) {
    AcPolicyVersion *policy = g_ptr_array_steal_index (list, list->len - 1);

    g_hash_table_insert (self->policies, &policy->id, policy);
  }
  return list != NULL;
}

static void
free_lesson (gpointer data)
{
  AcReportLesson *lesson = data;

  g_free (lesson->title);
  g_free (lesson->day);
  ac_interval_set_unref (lesson->creditable);
  g_free (lesson);
}

static AcReportLesson *
read_lesson (AcReportScope *self, AcStatement *row)
{
  AcReportLesson *lesson = g_new0 (AcReportLesson, 1);
  gint64 policy = sqlite3_column_int64 (row, 2);
  gchar day[AC_DAY_CHARS + 1];

  lesson->id = sqlite3_column_int64 (row, 0);
  lesson->title = ac_statement_text (row, 1);
  lesson->policy = g_hash_table_lookup (self->policies, &policy);
  lesson->day = ac_statement_text (row, 3);
  if (lesson->day == NULL) {
    ac_day_at (sqlite3_column_int64 (row, 4), day);
    lesson->day = g_strdup (day);
  }
  lesson->year = g_ascii_strtoll (lesson->day, NULL, 10);
  lesson->creditable =
      ac_interval_set_parse ((const gchar *)sqlite3_column_text (row, 5));
  if (lesson->creditable == NULL)
    lesson->creditable = ac_interval_set_new ();
  lesson->ended = sqlite3_column_int (row, 7) != 0;
  lesson->creditable_ms = ac_interval_set_measure (lesson->creditable);
  return lesson;
}

static gint
by_day (gconstpointer a, gconstpointer b)
{
  const AcReportLesson *x = *(AcReportLesson *const *)a;
  const AcReportLesson *y = *(AcReportLesson *const *)b;
  gint order = strcmp (x->day, y->day);

  return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

/* An earlier lesson is needed when entries of it count later than in its own year. */
static gboolean
load_lessons (AcReportScope *self, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store,
      "SELECT id, title, policy, held_on, "
      "  coalesce (started_ms, planned_ms, lessons.created_ms), creditable, "
      "  id IN (SELECT lesson FROM ledger WHERE year > lesson_year), state = 'ended' "
      "FROM lessons LEFT JOIN lesson_terms ON lesson = id "
      "WHERE (policy IS NOT NULL OR state IN ('live', 'ended')) "
      "  AND (?1 = 0 OR id IN (SELECT lesson FROM ledger WHERE member = ?1))",
      error);
  gint code = -1;

  if (statement != NULL) /* a paper of one member is of their lessons only */
    ac_statement_bind (statement, "i", self->ask->member);
  while (statement != NULL &&
         (code = ac_store_step (self->store, statement, error)) == SQLITE_ROW) {
    AcReportLesson *lesson = read_lesson (self, statement);
    gboolean late = sqlite3_column_int (statement, 6) != 0;

    lesson->in_period = strcmp (lesson->day, self->ask->from) >= 0;
    if (strcmp (lesson->day, self->ask->to) <= 0 && (lesson->in_period || late))
      g_ptr_array_add (self->lessons, lesson);
    else
      free_lesson (lesson);
  }
  g_ptr_array_sort (self->lessons, by_day);
  return code == SQLITE_DONE;
}

const GPtrArray *
ac_report_scope_lessons (AcReportScope *self)
{
  return self->lessons;
}

const AcReportLesson *
ac_report_scope_lesson (AcReportScope *self, gint64 id)
{
  for (guint i = 0; i < self->lessons->len; i++) {
    const AcReportLesson *lesson = self->lessons->pdata[i];

    if (lesson->id == id)
      return lesson;
  }
  return NULL;
}

/* --- People --- */

static void
free_person (gpointer data)
{
  AcReportPerson *person = data;

  g_free (person->number);
  g_free (person->name);
  g_free (person->phone);
  g_free (person);
}

static gboolean
load_people (AcReportScope *self, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (self->store,
                        "SELECT id, number, name, phone, kind FROM members "
                        "WHERE ?1 = 0 OR id = ?1",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", self->ask->member);
  while ((code = ac_store_step (self->store, statement, error)) == SQLITE_ROW) {
    AcReportPerson *person = g_new0 (AcReportPerson, 1);
    gint64 *id = g_new (gint64, 1);

    *id = sqlite3_column_int64 (statement, 0);
    person->number = ac_statement_text (statement, 1);
    person->name = ac_statement_text (statement, 2);
    person->phone = ac_statement_text (statement, 3);
    person->kind = g_intern_string ((const gchar *)sqlite3_column_text (statement, 4));
    g_hash_table_insert (self->people, id, person);
  }
  return code == SQLITE_DONE;
}

/* The last row of a member and side up to the period's last day counts. */
static gboolean
load_memberships (AcReportScope *self, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (self->store,
                        "SELECT member, side = 'home', branch FROM memberships "
                        "WHERE from_day <= ?1 AND (?2 = 0 OR member = ?2) "
                        "ORDER BY member, side, from_day",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ti", self->ask->to, self->ask->member);
  while ((code = ac_store_step (self->store, statement, error)) == SQLITE_ROW) {
    gint64 member = sqlite3_column_int64 (statement, 0);
    AcReportPerson *person = g_hash_table_lookup (self->people, &member);

    if (sqlite3_column_int (statement, 1) != 0)
      person->home = sqlite3_column_int64 (statement, 2);
    else
      person->host = sqlite3_column_int64 (statement, 2);
  }
  return code == SQLITE_DONE;
}

const AcReportPerson *
ac_report_scope_person (AcReportScope *self, gint64 member)
{
  return g_hash_table_lookup (self->people, &member);
}

void
ac_report_scope_each_person (AcReportScope *self, AcReportPersonFunc each,
                             gpointer user_data)
{
  GHashTableIter iter;
  gpointer id, person;

  g_hash_table_iter_init (&iter, self->people);
  while (g_hash_table_iter_next (&iter, &id, &person))
    if (ac_report_scope_has (self, ((AcReportPerson *)person)->home,
                             ((AcReportPerson *)person)->host))
      each (*(gint64 *)id, person, user_data);
}

/* --- The scope --- */

AcReportScope *
ac_report_scope_new (AcStore *store, const AcReportAsk *ask, GError **error)
{
  g_autoptr (AcReportScope) self = g_new0 (AcReportScope, 1);

  self->store = store;
  self->ask = ask;
  self->branches =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_branch);
  self->policies =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_policy);
  self->lessons = g_ptr_array_new_with_free_func (free_lesson);
  self->people =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, free_person);
  if (!load_branches (self, error) || !load_policies (self, error) ||
      !load_lessons (self, error) || !load_people (self, error) ||
      !load_memberships (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
ac_report_scope_free (AcReportScope *self)
{
  g_ptr_array_unref (self->lessons);
  g_hash_table_unref (self->policies);
  g_hash_table_unref (self->people);
  g_hash_table_unref (self->branches);
  g_free (self);
}

AcStore *
ac_report_scope_store (AcReportScope *self)
{
  return self->store;
}

const AcReportAsk *
ac_report_scope_ask (AcReportScope *self)
{
  return self->ask;
}

/* --- Cells --- */

void
ac_report_put_number_of (AcReport *report, const AcReportPerson *person)
{
  ac_report_put_text (report, person != NULL ? person->number : NULL);
}

void
ac_report_put_name (AcReport *report, AcReportScope *self, const AcReportPerson *person)
{
  g_autofree gchar *masked = NULL;

  if (person == NULL || self->ask->unmasked) {
    ac_report_put_text (report, person != NULL ? person->name : NULL);
    return;
  }
  masked = ac_mask_name (person->name);
  ac_report_put_text (report, masked);
}

void
ac_report_put_phone (AcReport *report, AcReportScope *self,
                     const AcReportPerson *person)
{
  g_autofree gchar *masked = NULL;

  if (person == NULL || self->ask->unmasked) {
    ac_report_put_text (report, person != NULL ? person->phone : NULL);
    return;
  }
  masked = ac_mask_phone (person->phone);
  ac_report_put_text (report, masked);
}

void
ac_report_put_kind (AcReport *report, const AcReportPerson *person)
{
  static const struct {
    const gchar *kind, *zh, *en;
  } words[] = {
    { "member", "正式党员", "party member" },
    { "probationary", "预备党员", "probationary" },
    { "activist", "入党积极分子", "activist" },
    { "trainee", "群众学员", "trainee" },
  };

  for (guint i = 0; person != NULL && i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].kind, person->kind) == 0) {
      ac_report_put_text (report, ac_report_word (report, words[i].zh, words[i].en));
      return;
    }
  ac_report_put_none (report);
}

void
ac_report_put_branch (AcReport *report, AcReportScope *self, gint64 branch)
{
  ac_report_put_text (report,
                      branch != 0 ? ac_report_scope_branch (self, branch) : NULL);
}

void
ac_report_put_who (AcReport *report, AcReportScope *self, gint64 member, gint64 home,
                   gint64 host)
{
  const AcReportPerson *person = ac_report_scope_person (self, member);

  ac_report_put_branch (report, self, home);
  ac_report_put_branch (report, self, host);
  ac_report_put_number_of (report, person);
  ac_report_put_name (report, self, person);
  ac_report_put_kind (report, person);
}
