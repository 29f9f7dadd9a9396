/* progress_report.c - how far the branches directly below one are in a year: the credit
 * of people, summed up. It names nobody. */
#include "duties.h"
#include "report_fill.h"
#include "study_tally.h"

const AcReportColumn ac_report_progress_columns[] = {
  { "id", "支部编号", "Branch id", AC_REPORT_COUNT, 4 },
  { "branch", "支部", "Branch", AC_REPORT_TEXT, 12 },
  { "people", "人数", "People", AC_REPORT_COUNT, 4, TRUE },
  { "studied", "有参学记录", "With a record", AC_REPORT_COUNT, 5, TRUE },
  { "asked", "有学时要求", "Asked for hours", AC_REPORT_COUNT, 5, TRUE },
  { "reached", "已达标", "Reached", AC_REPORT_COUNT, 4, TRUE },
  { "required", "要求学时", "Required", AC_REPORT_HOURS, 5, TRUE },
  { "counted", "计入学时", "Counted", AC_REPORT_HOURS, 5, TRUE },
  { "fulfilled", "完成率", "Fulfilled", AC_REPORT_RATE, 4 },
  { NULL },
};

/* What is asked of people of a branch, and what of it is done: what somebody does
 * beyond what is asked makes up for nobody else. */
typedef struct {
  gint64 branch;
  gint64 n_people, n_studied, n_asked, n_reached;
  gint64 required_permille, counted_permille;
} Progress;

static Progress *
progress_of (GHashTable *all, gint64 branch)
{
  Progress *progress = g_hash_table_lookup (all, &branch);

  if (progress != NULL)
    return progress;
  progress = g_new0 (Progress, 1);
  progress->branch = branch;
  g_hash_table_insert (all, &progress->branch, progress);
  return progress;
}

static void
add_tally (AcReportScope *scope, const AcDuties *duties, const AcStudyTally *tally,
           GHashTable *all)
{
  const AcReportPerson *person = ac_report_scope_person (scope, tally->key.member);
  gint64 branch = ac_report_scope_child (scope, tally->home);
  gint64 counted = tally->credit.counted_permille, required;
  Progress *progress;

  /* A guest of the subtree is counted where they are one. */
  if (branch == 0)
    branch = ac_report_scope_child (scope, tally->host);
  progress = progress_of (all, branch);
  progress->n_people++;
  progress->n_studied += tally->n_lessons > 0;
  if (!ac_duties_find (duties, tally->key.member, person, &required))
    return;
  progress->n_asked++;
  progress->n_reached += counted >= required;
  progress->required_permille += required;
  progress->counted_permille += MIN (counted, required);
}

static void
add_row (AcReportScope *scope, AcReport *report, const Progress *progress)
{
  ac_report_begin_row (report);
  if (progress->branch != 0)
    ac_report_put_number (report, progress->branch);
  else
    ac_report_put_none (report);
  ac_report_put_text (report, progress->branch != 0
                                  ? ac_report_scope_branch (scope, progress->branch)
                                  : ac_report_word (report, "未编入支部", "No branch"));
  ac_report_put_number (report, progress->n_people);
  ac_report_put_number (report, progress->n_studied);
  ac_report_put_number (report, progress->n_asked);
  ac_report_put_number (report, progress->n_reached);
  ac_report_put_number (report, progress->required_permille);
  ac_report_put_number (report, progress->counted_permille);
  if (progress->required_permille > 0)
    ac_report_put_number (report, progress->counted_permille * 1000 /
                                      progress->required_permille);
  else
    ac_report_put_none (report);
}

static gint
by_place (gconstpointer a, gconstpointer b, gpointer scope)
{
  guint left = ac_report_scope_place (scope, (*(Progress *const *)a)->branch);
  guint right = ac_report_scope_place (scope, (*(Progress *const *)b)->branch);

  return (left > right) - (left < right);
}

gboolean
ac_report_fill_progress (AcReportScope *scope, AcReport *report, GError **error)
{
  g_autoptr (AcDuties) duties = ac_duties_new (scope, error);
  g_autoptr (AcTallies) tallies =
      duties != NULL ? ac_tallies_of_everybody (scope, error) : NULL;
  g_autoptr (GHashTable) all =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer row;

  if (tallies == NULL)
    return FALSE;
  people = ac_tallies_sort (tallies, FALSE);
  for (guint i = 0; i < people->len; i++)
    add_tally (scope, duties, people->pdata[i], all);
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    g_ptr_array_add (rows, row);
  g_ptr_array_sort_with_data (rows, by_place, scope);
  for (guint i = 0; i < rows->len; i++)
    add_row (scope, report, rows->pdata[i]);
  ac_report_note_no_record (report);
  return TRUE;
}
