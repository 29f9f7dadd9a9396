#include "plan.h"

#include "membership.h"

#include <string.h>

/* A title and a line of explanations may stand above the headings. */
#define HEADING_ROWS 10

#define BIT(column) (1u << (column))

typedef struct {
  AcRosterPlan *plan;
  const AcSheet *sheet;
  const AcIdentityKeys *keys; /* (nullable) */
  AcBranchIndex *branches;
  gint columns[AC_SHEET_COLUMNS_MAX]; /* AcRosterColumn; -1: ignored */
  guint heading;                      /* row */
  gchar today[AC_DAY_CHARS + 1];
  /* value -> AcRosterRecord, for what is one member's only: */
  GHashTable *owners[AC_ROSTER_COLUMNS]; /* NULL: not such a column */
} Planner;

static void
free_row (gpointer data)
{
  AcRosterRow *row = data;

  g_free (row->member);
  g_free (row->why);
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

static guint
count_headings (const AcSheet *sheet, guint row)
{
  AcRosterColumn column;
  guint n = 0;

  for (guint i = 0; i < ac_sheet_n_columns (sheet, row); i++)
    n += ac_roster_column_from_heading (ac_sheet_cell (sheet, row, i), &column);
  return n;
}

static gboolean
find_headings (Planner *self, GError **error)
{
  for (guint row = 0; row < MIN (ac_sheet_n_rows (self->sheet), HEADING_ROWS); row++)
    if (count_headings (self->sheet, row) >= 2) {
      self->heading = row;
      return TRUE;
    }
  return ac_organisation_refuse (
      error, AC_ORGANISATION_ERROR_INVALID, "file",
      "no row of headings such as 编号 and 姓名 is among the first %u rows",
      HEADING_ROWS);
}

static gboolean
read_headings (Planner *self, GError **error)
{
  guint seen = 0;

  for (guint i = 0; i < AC_SHEET_COLUMNS_MAX; i++) {
    const gchar *heading = ac_sheet_cell (self->sheet, self->heading, i);
    AcRosterColumn column;

    self->columns[i] = -1;
    if (*heading == '\0')
      continue;
    if (!ac_roster_column_from_heading (heading, &column)) {
      g_ptr_array_add (self->plan->report->ignored, g_strdup (heading));
      continue;
    }
    if (column == AC_ROSTER_IDENTITY && self->keys == NULL)
      return ac_organisation_refuse (error, AC_ORGANISATION_ERROR_INVALID, "file",
                                     "identity numbers cannot be used, their key is "
                                     "not there: leave the column %s out, or put back "
                                     "keys/identity.key",
                                     heading);
    if ((seen & BIT (column)) != 0)
      return ac_organisation_refuse (error, AC_ORGANISATION_ERROR_INVALID, "file",
                                     "two columns are %s: leave one out",
                                     ac_roster_column_heading (column));
    seen |= BIT (column);
    self->columns[i] = (gint)column;
  }
  return TRUE;
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

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (AcRosterStep *step, gint column, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_free (step->row->why);
  step->row->why = g_strdup_vprintf (format, args);
  va_end (args);
  step->row->fate = AC_ROSTER_REFUSED;
  step->row->column = column;
  return FALSE;
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
    return refuse (step, AC_ROSTER_NUMBER,
                   "row %u speaks of the same member: leave one out",
                   step->record->row);
  if (step->record == NULL && number == NULL)
    return refuse (step, AC_ROSTER_NUMBER,
                   "a member who is not known yet needs a number");
  if (step->record == NULL && step->values[AC_ROSTER_NAME] == NULL)
    return refuse (step, AC_ROSTER_NAME, "a member who is not known yet needs a name");
  return TRUE;
}

/* --- What changes --- */

static gboolean
is_same (Planner *self, guint column, const gchar *known, const gchar *value)
{
  g_autofree gchar *read = NULL;
  g_autofree gchar *why = NULL;

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
    return refuse (step, (gint)column, "row %u has it too", owner->row);
  return refuse (step, (gint)column, "it belongs to %s: take it away there first",
                 owner->values[AC_ROSTER_NUMBER]);
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
           refuse (step, (gint)day, "the present branch holds from %s", known);
  if (strcmp (value, self->today) > 0)
    return refuse (step, (gint)day, "%s is to come: import it on that day", value);
  if (g_strcmp0 (known, value) == 0)
    return TRUE;
  if (known != NULL && strcmp (value, known) > 0 && !moves)
    return refuse (step, (gint)day,
                   "the branch holds since %s already: leave the cell empty", known);
  if (known != NULL && strcmp (value, known) < 0 && moves)
    return refuse (step, (gint)day,
                   "the present branch holds from %s: give a later day", known);
  if (!moves && before != NULL && strcmp (value, before) <= 0)
    return refuse (step, (gint)day, "another branch held from %s: give a later day",
                   before);
  if (!moves && step->record->values[side] == NULL)
    return refuse (step, (gint)day, "a day without a branch: fill in the branch too");
  step->row->changed |= BIT (day);
  return TRUE;
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
                   "a state without a certificate: fill in its number too");
  return check_day (self, step, AC_ROSTER_HOME, AC_ROSTER_HOME_FROM) &&
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
    gint column = self->columns[i];
    gchar *why;

    if (column < 0)
      continue;
    step->values[column] =
        ac_roster_cell_read ((AcRosterColumn)column, ac_sheet_cell (self->sheet, at, i),
                             self->branches, &why);
    if (why != NULL) {
      refuse (step, column, "%s", why);
      g_free (why);
      return FALSE;
    }
  }
  hide_identity (self, step);
  return TRUE;
}

/* Whether a cell of a column that means something says anything. */
static gboolean
says_anything (Planner *self, guint at)
{
  for (guint i = 0; i < ac_sheet_n_columns (self->sheet, at); i++)
    if (self->columns[i] >= 0 && *ac_sheet_cell (self->sheet, at, i) != '\0')
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
  if (read_cells (self, step, at) && find_record (self, step)) {
    if (step->record == NULL)
      step->record = add_record (self, step);
    step->record->row = step->row->number;
    if (compare (self, step)) {
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
load_known (Planner *self, AcStore *store, GError **error)
{
  gboolean has_identities = FALSE;

  for (guint i = 0; i < AC_SHEET_COLUMNS_MAX; i++)
    has_identities |= self->columns[i] == AC_ROSTER_IDENTITY;
  self->plan->records =
      ac_roster_record_load (store, has_identities ? self->keys : NULL, FALSE, error);
  if (self->plan->records == NULL)
    return FALSE;
  self->branches = ac_branch_index_new (store, error);
  return self->branches != NULL;
}

static void
plan_rows (Planner *self)
{
  note_owners (self);
  for (guint at = self->heading + 1; at < ac_sheet_n_rows (self->sheet); at++)
    if (says_anything (self, at))
      plan_row (self, at);
  digest (self->plan, self->today);
}

AcRosterPlan *
ac_roster_plan_new (AcStore *store, const AcSheet *sheet, const AcIdentityKeys *keys,
                    gint64 wall_ms, GError **error)
{
  g_autoptr (AcRosterPlan) plan = g_new0 (AcRosterPlan, 1);
  Planner planner = { .plan = plan, .sheet = sheet, .keys = keys };
  gboolean good;

  plan->report = g_new0 (AcRosterReport, 1);
  plan->report->rows = g_ptr_array_new_with_free_func (free_row);
  plan->report->ignored = g_ptr_array_new_with_free_func (g_free);
  plan->steps = g_ptr_array_new_with_free_func (free_step);
  ac_day_at (wall_ms, planner.today);
  good = find_headings (&planner, error) && read_headings (&planner, error) &&
         load_known (&planner, store, error);
  if (good)
    plan_rows (&planner);
  for (guint i = 0; i < AC_ROSTER_COLUMNS; i++)
    g_clear_pointer (&planner.owners[i], g_hash_table_unref);
  g_clear_pointer (&planner.branches, ac_branch_index_free);
  return good ? g_steal_pointer (&plan) : NULL;
}
