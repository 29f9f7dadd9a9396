#include "plan.h"

#include "grant.h"
#include "headings.h"
#include "membership.h"

#include <string.h>

#define BIT(column) (1u << (column))

typedef struct {
  AcRosterPlan *plan;
  const AcSheet *sheet;
  const AcIdentityKeys *keys; /* (nullable) */
  AcBranchIndex *branches;
  gint64 within;            /* whose people it may touch; 0: all */
  GHashTable *out_of_reach; /* of the one who imports, see grant.h */
  AcRosterHeadings headings;
  gchar today[AC_DAY_CHARS + 1];
  /* value -> AcRosterRecord, for what is one member's only: */
  GHashTable *owners[AC_ROSTER_COLUMNS]; /* NULL: not such a column */
} Planner;

static void
free_row (gpointer data)
{
  AcRosterRow *row = data;

  g_free (row->member);
  ac_roster_why_clear (&row->why);
  g_free (row);
}

void
ac_roster_report_free (AcRosterReport *report)
{
  g_ptr_array_unref (report->rows);
  g_ptr_array_unref (report->ignored);
  g_free (report);
}

static void
free_step (gpointer data)
{
  AcRosterStep *step = data;

  for (guint i = 0; i < AC_ROSTER_COLUMNS; i++)
    g_free (step->values[i]);
  g_free (step->identity);
  g_free (step);
}

void
ac_roster_plan_free (AcRosterPlan *plan)
{
  g_clear_pointer (&plan->report, ac_roster_report_free);
  g_ptr_array_unref (plan->steps);
  g_clear_pointer (&plan->records, g_ptr_array_unref);
  g_free (plan);
}

/* --- Headings --- */

static gboolean
read_headings (Planner *self, GError **error)
{
  gint identity;

  if (!ac_roster_headings_read (self->sheet, &self->headings,
                                self->plan->report->ignored, error))
    return FALSE;
  identity = ac_roster_headings_find (&self->headings, AC_ROSTER_IDENTITY);
  return identity < 0 || self->keys != NULL ||
         ac_organisation_refuse (
             error, AC_ORGANISATION_ERROR_INVALID, "file",
             "identity numbers cannot be used, their key is not there: leave the "
             "column %s out, or put back keys/identity.key",
             ac_sheet_cell (self->sheet, self->headings.row, (guint)identity));
}

/* --- Whom a row speaks of --- */

/* What names one member alone. */
static gboolean
is_unique (guint column)
{
  return column == AC_ROSTER_NUMBER || column == AC_ROSTER_CERTIFICATE ||
         column >= AC_ROSTER_IDENTITY;
}

/* Numbers and certificates do not differ by case. */
static gchar *
owner_key (guint column, const gchar *value)
{
  return column >= AC_ROSTER_KEY ? g_strdup (value) : g_ascii_strdown (value, -1);
}

static AcRosterRecord *
owner_of (Planner *self, guint column, const gchar *value)
{
  g_autofree gchar *key = owner_key (column, value);

  return g_hash_table_lookup (self->owners[column], key);
}

static void
own (Planner *self, guint column, const gchar *value, AcRosterRecord *record)
{
  if (value != NULL && *value != '\0')
    g_hash_table_insert (self->owners[column], owner_key (column, value), record);
}

static void
note_owners (Planner *self)
{
  for (guint column = 0; column < AC_ROSTER_COLUMNS; column++) {
    if (!is_unique (column))
      continue;
    self->owners[column] =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < self->plan->records->len; i++) {
      AcRosterRecord *record = self->plan->records->pdata[i];

      own (self, column, record->values[column], record);
    }
  }
}

/* Takes both texts. Returns: FALSE. */
static gboolean
refuse_by (AcRosterStep *step, gint column, gchar *text, gchar *text_zh)
{
  ac_roster_why_clear (&step->row->why);
  step->row->why = (AcRosterWhy){ text, text_zh };
  step->row->fate = AC_ROSTER_REFUSED;
  step->row->column = column;
  return FALSE;
}

static gboolean
refuse (AcRosterStep *step, gint column, const gchar *text, const gchar *text_zh)
{
  return refuse_by (step, column, g_strdup (text), g_strdup (text_zh));
}

static AcRosterRecord *
add_record (Planner *self, const AcRosterStep *step)
{
  AcRosterRecord *record = ac_roster_record_new ();

  g_ptr_array_add (self->plan->records, record);
  own (self, AC_ROSTER_NUMBER, step->values[AC_ROSTER_NUMBER], record);
  return record;
}

/* Sets step->record: by number, else by what else names one member alone. */
static gboolean
find_record (Planner *self, AcRosterStep *step)
{
  static const guint keys[] = { AC_ROSTER_NUMBER,     AC_ROSTER_IDENTITY,
                                AC_ROSTER_KEY,        AC_ROSTER_KEY + 1,
                                AC_ROSTER_KEY + 2,    AC_ROSTER_KEY + 3,
                                AC_ROSTER_CERTIFICATE };
  const gchar *number = step->values[AC_ROSTER_NUMBER];

  for (guint i = 0; i < G_N_ELEMENTS (keys) && step->record == NULL; i++) {
    const gchar *value = step->values[keys[i]];

    if (value != NULL && *value != '\0')
      step->record = owner_of (self, keys[i], value);
    if (keys[i] == AC_ROSTER_NUMBER && number != NULL)
      break;
  }
  if (step->record != NULL && step->record->row != 0)
    return refuse_by (
        step, AC_ROSTER_NUMBER,
        g_strdup_printf ("row %u speaks of the same member: leave one out",
                         step->record->row),
        g_strdup_printf ("与第 %u 行是同一人，请去掉其中一行", step->record->row));
  if (step->record == NULL && number == NULL)
    return refuse (step, AC_ROSTER_NUMBER,
                   "a member who is not known yet needs a number", "新学员须填写编号");
  if (step->record == NULL && step->values[AC_ROSTER_NAME] == NULL)
    return refuse (step, AC_ROSTER_NAME, "a member who is not known yet needs a name",
                   "新学员须填写姓名");
  return TRUE;
}

/* --- Whose people they are --- */

/* @branch: (nullable): a value of AC_ROSTER_HOME or AC_ROSTER_HOST */
static gboolean
lies_within (Planner *self, const gchar *branch)
{
  return self->within == 0 ||
         (branch != NULL && *branch != '\0' &&
          ac_branch_index_is_within (self->branches, g_ascii_strtoll (branch, NULL, 10),
                                     self->within));
}

/* Of somebody who is known. */
static gboolean
is_ours (Planner *self, const AcRosterRecord *record)
{
  return record->member == 0 || lies_within (self, record->values[AC_ROSTER_HOME]) ||
         lies_within (self, record->values[AC_ROSTER_HOST]);
}

/* What is there of others' people is not told. */
static gboolean
check_ours (Planner *self, AcRosterStep *step)
{
  if (step->record == NULL || is_ours (self, step->record))
    return TRUE;
  step->record = NULL;
  return refuse (step, AC_ROSTER_NUMBER,
                 "the member belongs to a branch that is not yours to look after: ask "
                 "who looks after both",
                 "该学员不属于您管理的支部，请联系上级处理");
}

static gboolean
refuse_branch (AcRosterStep *step, AcRosterColumn column)
{
  return refuse (step, (gint)column,
                 "it has to be a branch that is yours to look after",
                 "只能填写您管理范围内的支部");
}

/* Once the row is written its member still lies within: at home, and the host branch is
 * free then, or else as a guest, whose home is not ours to change. */
static gboolean
check_within (Planner *self, AcRosterStep *step)
{
  static const AcRosterColumn sides[] = { AC_ROSTER_HOME, AC_ROSTER_HOST };
  const gchar *after[2];
  gboolean moves[2];

  for (guint i = 0; i < 2; i++) {
    moves[i] = (step->row->changed & BIT (sides[i])) != 0;
    after[i] = moves[i] ? step->values[sides[i]] : step->record->values[sides[i]];
  }
  if (moves[0] && !lies_within (self, after[0]))
    return refuse_branch (step, AC_ROSTER_HOME);
  if (lies_within (self, after[0]))
    return TRUE;
  if (moves[1] && *after[1] != '\0' && !lies_within (self, after[1]))
    return refuse_branch (step, AC_ROSTER_HOST);
  return step->record->member != 0 || lies_within (self, after[1]) ||
         refuse_branch (step, AC_ROSTER_HOME);
}

/* --- What changes --- */

static gboolean
is_same (Planner *self, guint column, const gchar *known, const gchar *value)
{
  g_autofree gchar *read = NULL;
  g_auto (AcRosterWhy) why = { 0 };

  if (strcmp (known != NULL ? known : "", value) == 0)
    return TRUE;
  if (column == AC_ROSTER_CERTIFICATE && known != NULL)
    return g_ascii_strcasecmp (known, value) == 0;
  /* What was written by hand may hold what a table never does: wide forms, spaces. */
  if (known == NULL || (column != AC_ROSTER_NAME && column < AC_ROSTER_KEY))
    return FALSE;
  read = ac_roster_cell_read (column, known, self->branches, &why);
  return g_strcmp0 (read, value) == 0;
}

static gboolean
check_owner (Planner *self, AcRosterStep *step, guint column)
{
  const gchar *value = step->values[column];
  const AcRosterRecord *owner = *value != '\0' ? owner_of (self, column, value) : NULL;

  if (owner == NULL || owner == step->record)
    return TRUE;
  if (owner->values[AC_ROSTER_NUMBER] == NULL)
    return refuse_by (step, (gint)column,
                      g_strdup_printf ("row %u has it too", owner->row),
                      g_strdup_printf ("第 %u 行也填了同样的内容", owner->row));
  if (!is_ours (self, owner))
    return refuse (step, (gint)column,
                   "it belongs to somebody of another branch: ask who looks after both",
                   "已属于其他支部的学员，请联系上级处理");
  return refuse_by (step, (gint)column,
                    g_strdup_printf ("it belongs to %s: take it away there first",
                                     owner->values[AC_ROSTER_NUMBER]),
                    g_strdup_printf ("已属于学员 %s，请先在该学员处清除",
                                     owner->values[AC_ROSTER_NUMBER]));
}

/* A refusal that tells a day. @text, @text_zh: with one %s */
G_GNUC_PRINTF (3, 0)
G_GNUC_PRINTF (4, 0)
static gboolean
refuse_day (AcRosterStep *step, AcRosterColumn column, const gchar *text,
            const gchar *text_zh, ...)
{
  va_list args, args_zh;
  gchar *why, *why_zh;

  va_start (args, text_zh);
  va_copy (args_zh, args);
  why = g_strdup_vprintf (text, args);
  why_zh = g_strdup_vprintf (text_zh, args_zh);
  va_end (args_zh);
  va_end (args);
  return refuse_by (step, (gint)column, why, why_zh);
}

/* The day since when the branch of @side holds. */
static gboolean
check_day (Planner *self, AcRosterStep *step, AcRosterColumn side, AcRosterColumn day)
{
  const gchar *value = step->values[day];
  const gchar *known = step->record->values[day];
  const gchar *before =
      step->record->before[side == AC_ROSTER_HOST ? AC_SIDE_HOST : AC_SIDE_HOME];
  gboolean moves = (step->row->changed & BIT (side)) != 0;

  if (value == NULL) /* today; before the known day only when somebody set the clock */
    return !moves || known == NULL || strcmp (known, self->today) <= 0 ||
           refuse_day (step, day, "the present branch holds from %s",
                       "现支部从 %s 起生效", known);
  if (strcmp (value, self->today) > 0)
    return refuse_day (step, day, "%s is to come: import it on that day",
                       "%s 尚未到来，请到当天再导入", value);
  if (g_strcmp0 (known, value) == 0)
    return TRUE;
  if (known != NULL && strcmp (value, known) > 0 && !moves)
    return refuse_day (step, day,
                       "the branch holds since %s already: leave the cell empty",
                       "该支部自 %s 起已生效，此格请留空", known);
  if (known != NULL && strcmp (value, known) < 0 && moves)
    return refuse_day (step, day, "the present branch holds from %s: give a later day",
                       "现支部从 %s 起生效，请填写更晚的日期", known);
  if (!moves && before != NULL && strcmp (value, before) <= 0)
    return refuse_day (step, day, "another branch held from %s: give a later day",
                       "此前的支部从 %s 起生效，请填写更晚的日期", before);
  if (!moves && step->record->values[side] == NULL)
    return refuse (step, (gint)day, "a day without a branch: fill in the branch too",
                   "只有日期没有支部，请一并填写支部");
  step->row->changed |= BIT (day);
  return TRUE;
}

/* A code to the phone signs in. */
static gboolean
check_phone (Planner *self, AcRosterStep *step)
{
  return (step->row->changed & BIT (AC_ROSTER_PHONE)) == 0 ||
         !g_hash_table_contains (self->out_of_reach, &step->record->member) ||
         refuse (step, AC_ROSTER_PHONE,
                 "the member has roles that are not yours to give: leave the phone to "
                 "who could",
                 "该学员担任的职务不由您授予，手机号请由能授予该职务的管理员修改");
}

/* Sets row->changed. */
static gboolean
compare (Planner *self, AcRosterStep *step)
{
  const gchar *certificate;

  for (guint i = 0; i < AC_ROSTER_COLUMNS; i++) {
    if (step->values[i] == NULL || i == AC_ROSTER_HOME_FROM || i == AC_ROSTER_HOST_FROM)
      continue;
    if (step->record->member != 0 && i == AC_ROSTER_NUMBER)
      continue;
    if (is_same (self, i, step->record->values[i], step->values[i]))
      continue;
    if (is_unique (i) && !check_owner (self, step, i))
      return FALSE;
    step->row->changed |= BIT (i);
  }
  certificate = step->values[AC_ROSTER_CERTIFICATE] != NULL
                    ? step->values[AC_ROSTER_CERTIFICATE]
                    : step->record->values[AC_ROSTER_CERTIFICATE];
  if (step->values[AC_ROSTER_CERTIFICATE_STATE] != NULL && certificate == NULL)
    return refuse (step, AC_ROSTER_CERTIFICATE_STATE,
                   "a state without a certificate: fill in its number too",
                   "只有证书状态没有证号，请一并填写证号");
  return check_phone (self, step) &&
         check_day (self, step, AC_ROSTER_HOME, AC_ROSTER_HOME_FROM) &&
         check_day (self, step, AC_ROSTER_HOST, AC_ROSTER_HOST_FROM);
}

/* From here on a number is only what it is found by: nothing that is told of the plan
 * can hold it. */
static void
hide_identity (Planner *self, AcRosterStep *step)
{
  gchar **value = &step->values[AC_ROSTER_IDENTITY];

  if (*value == NULL || **value == '\0')
    return;
  step->identity = g_steal_pointer (value);
  *value = ac_identity_match (self->keys, ac_identity_keys_name (self->keys),
                              step->identity);
}

static gboolean
read_cells (Planner *self, AcRosterStep *step, guint at)
{
  for (guint i = 0; i < ac_sheet_n_columns (self->sheet, at); i++) {
    gint column = self->headings.columns[i];
    AcRosterWhy why;

    if (column < 0)
      continue;
    step->values[column] =
        ac_roster_cell_read ((AcRosterColumn)column, ac_sheet_cell (self->sheet, at, i),
                             self->branches, &why);
    if (why.text != NULL)
      return refuse_by (step, column, why.text, why.text_zh);
  }
  hide_identity (self, step);
  return TRUE;
}

/* Whether a cell of a column that means something says anything. */
static gboolean
says_anything (Planner *self, guint at)
{
  for (guint i = 0; i < ac_sheet_n_columns (self->sheet, at); i++)
    if (self->headings.columns[i] >= 0 && *ac_sheet_cell (self->sheet, at, i) != '\0')
      return TRUE;
  return FALSE;
}

static void
take (Planner *self, AcRosterStep *step)
{
  for (guint i = 0; i < AC_ROSTER_COLUMNS; i++)
    if (is_unique (i) && (step->row->changed & BIT (i)) != 0)
      own (self, i, step->values[i], step->record);
}

static void
plan_row (Planner *self, guint at)
{
  AcRosterStep *step = g_new0 (AcRosterStep, 1);
  const gchar *number;

  step->row = g_new0 (AcRosterRow, 1);
  step->row->number = ac_sheet_row_number (self->sheet, at);
  step->row->column = -1;
  g_ptr_array_add (self->plan->report->rows, step->row);
  g_ptr_array_add (self->plan->steps, step);
  if (read_cells (self, step, at) && find_record (self, step) &&
      check_ours (self, step)) {
    if (step->record == NULL)
      step->record = add_record (self, step);
    step->record->row = step->row->number;
    if (compare (self, step) && check_within (self, step)) {
      step->row->fate = step->record->member == 0 ? AC_ROSTER_NEW
                        : step->row->changed != 0 ? AC_ROSTER_CHANGED
                                                  : AC_ROSTER_SAME;
      take (self, step);
    }
  }
  number = step->record != NULL ? step->record->values[AC_ROSTER_NUMBER] : NULL;
  step->row->member =
      g_strdup (number != NULL ? number : step->values[AC_ROSTER_NUMBER]);
  self->plan->report->counts[step->row->fate]++;
}

/* --- The whole --- */

static void
add_text (GChecksum *sum, const gchar *text)
{
  g_checksum_update (sum, (const guchar *)(text != NULL ? text : "\1"), -1);
  g_checksum_update (sum, (const guchar *)"", 1);
}

/* Over every row's fate, and over what it takes from where to where. */
static void
digest (AcRosterPlan *plan, const gchar *today)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  add_text (sum, today); /* it becomes the day of moves that say none */
  for (guint i = 0; i < plan->steps->len; i++) {
    const AcRosterStep *step = plan->steps->pdata[i];
    g_autofree gchar *head =
        g_strdup_printf ("%u %d %" G_GINT64_FORMAT, step->row->number, step->row->fate,
                         step->record != NULL ? step->record->member : 0);

    add_text (sum, head);
    for (guint column = 0; column < AC_ROSTER_COLUMNS; column++)
      if ((step->row->changed & BIT (column)) != 0) {
        add_text (sum, ac_roster_column_name (column));
        add_text (sum, step->record->values[column]);
        add_text (sum, step->values[column]);
      }
  }
  g_strlcpy (plan->report->digest, g_checksum_get_string (sum),
             sizeof plan->report->digest);
}

/* Sealed numbers are asked for only when the table has some: without them a lost key
 * stands in nobody's way. */
static gboolean
load_known (Planner *self, AcStore *store, gint64 actor, GError **error)
{
  gboolean has_identities =
      ac_roster_headings_find (&self->headings, AC_ROSTER_IDENTITY) >= 0;

  self->plan->records =
      ac_roster_record_load (store, has_identities ? self->keys : NULL, FALSE, error);
  if (self->plan->records == NULL)
    return FALSE;
  self->out_of_reach = ac_grant_out_of_reach (store, actor, 0, error);
  if (self->out_of_reach == NULL)
    return FALSE;
  self->branches = ac_branch_index_new (store, error);
  return self->branches != NULL;
}

static void
plan_rows (Planner *self)
{
  note_owners (self);
  for (guint at = self->headings.row + 1; at < ac_sheet_n_rows (self->sheet); at++)
    if (says_anything (self, at))
      plan_row (self, at);
  digest (self->plan, self->today);
}

AcRosterPlan *
ac_roster_plan_new (AcStore *store, const AcSheet *sheet, const AcIdentityKeys *keys,
                    gint64 actor, gint64 within, gint64 wall_ms, GError **error)
{
  g_autoptr (AcRosterPlan) plan = g_new0 (AcRosterPlan, 1);
  Planner planner = { .plan = plan, .sheet = sheet, .keys = keys, .within = within };
  gboolean good;

  plan->report = g_new0 (AcRosterReport, 1);
  plan->report->rows = g_ptr_array_new_with_free_func (free_row);
  plan->report->ignored = g_ptr_array_new_with_free_func (g_free);
  plan->steps = g_ptr_array_new_with_free_func (free_step);
  ac_day_at (wall_ms, planner.today);
  good = read_headings (&planner, error) && load_known (&planner, store, actor, error);
  if (good)
    plan_rows (&planner);
  for (guint i = 0; i < AC_ROSTER_COLUMNS; i++)
    g_clear_pointer (&planner.owners[i], g_hash_table_unref);
  g_clear_pointer (&planner.out_of_reach, g_hash_table_unref);
  g_clear_pointer (&planner.branches, ac_branch_index_free);
  return good ? g_steal_pointer (&plan) : NULL;
}
