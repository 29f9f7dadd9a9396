#include "ledger_pass.h"

#include "day.h"

#include <string.h>

#define COLUMNS                                                                        \
  "member, kind, study, earned_ms, year, home_branch, host_branch, reference, seq, "   \
  "media "

typedef struct {
  AcReportScope *scope;
  const AcReportLesson *lesson;
  gboolean with_states;
  gboolean in_any_case; /* also what counts in another period, for its state */
  AcStudyFunc each;
  gpointer user_data;
  GArray *entries; /* AcLedgerEntry of one member and lesson */
} Pass;

static void
clear_entry (gpointer data)
{
  ac_ledger_entry_clear (data);
}

static AcLedgerEntry *
read_entry (Pass *self, AcStatement *row)
{
  AcLedgerEntry *entry;

  g_array_set_size (self->entries, self->entries->len + 1);
  entry = &g_array_index (self->entries, AcLedgerEntry, self->entries->len - 1);
  entry->member = sqlite3_column_int64 (row, 0);
  /* The schema admits known names only. */
  ac_entry_kind_from_name ((const gchar *)sqlite3_column_text (row, 1), &entry->kind);
  ac_study_from_name ((const gchar *)sqlite3_column_text (row, 2), &entry->study);
  entry->earned_ms = sqlite3_column_int64 (row, 3);
  entry->year = sqlite3_column_int64 (row, 4);
  entry->home_branch = sqlite3_column_int64 (row, 5);
  entry->host_branch = sqlite3_column_int64 (row, 6);
  entry->seq = sqlite3_column_int64 (row, 8);
  if (self->with_states) {
    entry->reference = sqlite3_column_int64 (row, 7);
    entry->media = ac_statement_text (row, 9);
  }
  return entry;
}

typedef enum { BEFORE, WITHIN, AFTER } When;

static When
when (const Pass *self, const AcLedgerEntry *entry)
{
  const AcReportAsk *ask = ac_report_scope_ask (self->scope);
  gchar day[AC_DAY_CHARS + 1];

  if (entry->year == self->lesson->year)
    return self->lesson->in_period ? WITHIN : BEFORE;
  g_snprintf (day, sizeof day, "%04d-01-01", (gint)entry->year);
  if (strcmp (day, ask->to) > 0)
    return AFTER;
  return strcmp (day, ask->from) >= 0 ? WITHIN : BEFORE;
}

static void
add_time (AcRecordTime *time, const AcLedgerEntry *entry)
{
  *(entry->study == AC_STUDY_GROUP ? &time->group_ms : &time->self_ms) +=
      entry->earned_ms;
}

/* Returns: whether anything of it lies within the subtree and, unless it is told in any
 * case, the period. */
static gboolean
add_up (const Pass *self, AcStudyFigure *figure)
{
  AcRecordTime before = { 0 };
  gint64 newest = 0;
  gboolean any = FALSE;

  for (guint i = 0; i < self->entries->len; i++) {
    const AcLedgerEntry *entry = &g_array_index (self->entries, AcLedgerEntry, i);
    When at = when (self, entry);

    if ((at == AFTER && !self->in_any_case) ||
        !ac_report_scope_has (self->scope, entry->home_branch, entry->host_branch))
      continue;
    if (at != AFTER)
      add_time (at == BEFORE ? &before : &figure->time, entry);
    any |= at == WITHIN || self->in_any_case;
    if (entry->seq >= newest) {
      newest = entry->seq;
      figure->home = entry->home_branch;
      figure->host = entry->host_branch;
    }
  }
  figure->credit = ac_record_credit (self->lesson->policy, &before, &figure->time);
  return any;
}

static gint
by_seq (gconstpointer a, gconstpointer b)
{
  const AcLedgerEntry *x = a, *y = b;

  return (x->seq > y->seq) - (x->seq < y->seq);
}

/* The index has entries in another order than they were entered. */
static void
find_state (const Pass *self, AcStudyFigure *figure)
{
  const AcReportLesson *lesson = self->lesson;
  AcRecordSums sums;

  g_array_sort (self->entries, by_seq);
  ac_record_sum_up ((const AcLedgerEntry *)self->entries->data, self->entries->len,
                    lesson->creditable, &sums);
  figure->covered_ms = sums.covered_ms;
  figure->state = ac_record_state (
      &sums, lesson->creditable_ms,
      lesson->policy != NULL ? lesson->policy->attended_permille : 1000);
}

/* What was gathered of one member and lesson. */
static void
tell (Pass *self)
{
  AcStudyFigure figure = { .lesson = self->lesson };

  if (self->entries->len == 0)
    return;
  figure.member = g_array_index (self->entries, AcLedgerEntry, 0).member;
  if (add_up (self, &figure)) {
    if (self->with_states)
      find_state (self, &figure);
    self->each (&figure, self->user_data);
  }
  g_array_set_size (self->entries, 0);
}

static gboolean
pass_lesson (Pass *self, GError **error)
{
  AcStore *store = ac_report_scope_store (self->scope);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT " COLUMNS "FROM ledger WHERE lesson = ? ORDER BY member", error);
  gint64 member = 0;
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", self->lesson->id);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    if (sqlite3_column_int64 (statement, 0) != member)
      tell (self);
    member = read_entry (self, statement)->member;
  }
  tell (self);
  return code == SQLITE_DONE;
}

static GArray *
new_entries (void)
{
  GArray *entries = g_array_new (FALSE, TRUE, sizeof (AcLedgerEntry));

  g_array_set_clear_func (entries, clear_entry);
  return entries;
}

gboolean
ac_ledger_pass (AcReportScope *scope, gint64 lesson, gboolean with_states,
                AcStudyFunc each, gpointer user_data, GError **error)
{
  const GPtrArray *lessons = ac_report_scope_lessons (scope);
  g_autoptr (GArray) entries = new_entries ();
  Pass pass = { .scope = scope,
                .with_states = with_states,
                .in_any_case = with_states,
                .each = each,
                .user_data = user_data,
                .entries = entries };

  for (guint i = 0; i < lessons->len; i++) {
    pass.lesson = lessons->pdata[i];
    if ((lesson == 0 || pass.lesson->id == lesson) && !pass_lesson (&pass, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
ac_ledger_pass_member (AcReportScope *scope, gint64 member, AcStudyFunc each,
                       gpointer user_data, GError **error)
{
  AcStore *store = ac_report_scope_store (scope);
  const GPtrArray *lessons = ac_report_scope_lessons (scope);
  g_autoptr (GArray) entries = new_entries ();
  Pass pass = { .scope = scope,
                .with_states = TRUE,
                .each = each,
                .user_data = user_data,
                .entries = entries };

  for (guint i = 0; i < lessons->len; i++) {
    g_autoptr (AcStatement) statement =
        ac_store_prepare (store,
                          "SELECT " COLUMNS "FROM ledger "
                          "WHERE lesson = ? AND member = ?",
                          error);
    gint code;

    if (statement == NULL)
      return FALSE;
    pass.lesson = lessons->pdata[i];
    ac_statement_bind (statement, "ii", pass.lesson->id, member);
    while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
      read_entry (&pass, statement);
    if (code != SQLITE_DONE)
      return FALSE;
    tell (&pass);
  }
  return TRUE;
}
