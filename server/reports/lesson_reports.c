/* lesson_reports.c - who was expected in a lesson: its sign-in sheet, and who has
 * lessons to make up for. */
#include "report_fill.h"
#include "study_tally.h"

#include "credit_error.h"

#include <string.h>

typedef enum { UNEXPECTED, EXPECTED, EXCUSED, EXEMPT } Expectation;

static Expectation
read_expectation (AcStatement *row, gint column)
{
  const gchar *state = (const gchar *)sqlite3_column_text (row, column);

  if (strcmp (state, "excused") == 0)
    return EXCUSED;
  return strcmp (state, "exempt") == 0 ? EXEMPT : EXPECTED;
}

/* --- Sign-in sheet --- */

const AcReportColumn ac_report_sign_in_columns[] = {
  AC_REPORT_WHO,
  { "expected", "应到", "Expected", AC_REPORT_TEXT, 4 },
  { "state", "参学情况", "State", AC_REPORT_TEXT, 5 },
  { "site", "站点", "Site", AC_REPORT_TEXT, 8 },
  { "time", "参学时长", "Time", AC_REPORT_TIME, 5, TRUE },
  { "credit", "学时", "Credit", AC_REPORT_HOURS, 3, TRUE },
  { "signature", "签名", "Signature", AC_REPORT_BLANK, 8 },
  { NULL },
};

typedef struct {
  Expectation expectation;
  AcRecordState state;
  gchar *site; /* NULL: in no room */
} Attendee;

typedef struct {
  AcReportScope *scope;
  AcReport *report;
  AcTallies *tallies;    /* time, credit and branches */
  GHashTable *attendees; /* member: Attendee */
} Sheet;

typedef struct {
  gint64 n_expected, n_present, n_excused, n_exempt, n_absent, n_others;
} SheetCounts;

static void
free_attendee (gpointer data)
{
  Attendee *attendee = data;

  g_free (attendee->site);
  g_free (attendee);
}

static Attendee *
attendee_of (Sheet *self, gint64 member)
{
  Attendee *attendee = g_hash_table_lookup (self->attendees, &member);
  gint64 *key;

  if (attendee != NULL)
    return attendee;
  attendee = g_new0 (Attendee, 1);
  key = g_new (gint64, 1);
  *key = member;
  g_hash_table_insert (self->attendees, key, attendee);
  return attendee;
}

static void
add_present (const AcStudyFigure *figure, gpointer data)
{
  Sheet *self = data;

  ac_tallies_add (self->tallies, figure);
  attendee_of (self, figure->member)->state = figure->state;
}

static gboolean
load_expected (Sheet *self, GError **error)
{
  AcStore *store = ac_report_scope_store (self->scope);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT member, home_branch, host_branch, state FROM expected WHERE lesson = ?",
      error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", ac_report_scope_ask (self->scope)->lesson);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 member = sqlite3_column_int64 (statement, 0);
    gint64 home = sqlite3_column_int64 (statement, 1);
    gint64 host = sqlite3_column_int64 (statement, 2);

    if (!ac_report_scope_has (self->scope, home, host))
      continue;
    ac_tallies_get (self->tallies, member, home, host);
    attendee_of (self, member)->expectation = read_expectation (statement, 3);
  }
  return code == SQLITE_DONE;
}

/* A stay is shown beside who is on the sheet; it is not needed to be there, and where
 * nobody is expected it is the room's branch that decides. */
static gboolean
load_stays (Sheet *self, GError **error)
{
  AcStore *store = ac_report_scope_store (self->scope);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT DISTINCT member, sites.name, sites.branch FROM room_stays "
      "JOIN sites ON sites.id = site WHERE lesson = ? AND (late = 0 OR approved_ms)",
      error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", ac_report_scope_ask (self->scope)->lesson);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 member = sqlite3_column_int64 (statement, 0);
    gboolean listed = g_hash_table_contains (self->attendees, &member);
    const AcReportPerson *person = ac_report_scope_person (self->scope, member);
    Attendee *attendee;

    if (!listed &&
        !ac_report_scope_has (self->scope, sqlite3_column_int64 (statement, 2), 0))
      continue;
    attendee = attendee_of (self, member);
    g_free (attendee->site);
    attendee->site = ac_statement_text (statement, 1);
    if (!listed)
      ac_tallies_get (self->tallies, member, person->home, person->host);
  }
  return code == SQLITE_DONE;
}

static gboolean
is_present (const Attendee *attendee)
{
  return attendee->site != NULL || attendee->state == AC_RECORD_PARTIAL ||
         attendee->state == AC_RECORD_ATTENDED;
}

static gboolean
is_exempt (const Attendee *attendee)
{
  return attendee->expectation == EXEMPT || attendee->state == AC_RECORD_EXEMPT;
}

static void
count (SheetCounts *counts, const Attendee *attendee)
{
  gboolean present = is_present (attendee);

  if (attendee->expectation == UNEXPECTED) {
    counts->n_others += present;
    return;
  }
  counts->n_expected++;
  counts->n_present += present;
  if (present)
    return;
  counts->n_exempt += is_exempt (attendee);
  counts->n_excused += !is_exempt (attendee) && attendee->expectation == EXCUSED;
  counts->n_absent += !is_exempt (attendee) && attendee->expectation == EXPECTED &&
                      attendee->state == AC_RECORD_NONE;
}

/* A record says more than an excuse, an excuse more than no record. */
static void
put_sheet_state (AcReport *report, const Attendee *attendee)
{
  if (attendee->state != AC_RECORD_NONE)
    ac_report_put_state (report, attendee->state);
  else if (attendee->site != NULL)
    ac_report_put_text (report, ac_report_word (report, "已签到", "checked in"));
  else if (attendee->expectation == EXCUSED)
    ac_report_put_text (report, ac_report_word (report, "请假", "excused"));
  else if (attendee->expectation == EXEMPT)
    ac_report_put_state (report, AC_RECORD_EXEMPT);
  else
    ac_report_put_state (report, AC_RECORD_NONE);
}

static void
add_sheet_row (Sheet *self, const AcStudyTally *tally, const Attendee *attendee)
{
  AcReport *report = self->report;

  ac_report_begin_row (report);
  ac_report_put_who (report, self->scope, tally->key.member, tally->home, tally->host);
  ac_report_put_text (report, attendee->expectation != UNEXPECTED
                                  ? ac_report_word (report, "是", "yes")
                                  : ac_report_word (report, "否", "no"));
  put_sheet_state (report, attendee);
  ac_report_put_text (report, attendee->site);
  ac_report_put_number (report, tally->time.group_ms + tally->time.self_ms);
  ac_report_put_number (report, tally->credit.credit_permille);
  ac_report_put_none (report);
}

static gboolean
count_guests (Sheet *self, gint64 *ret_guests, GError **error)
{
  AcStore *store = ac_report_scope_store (self->scope);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT branch, count (*) FROM room_guests "
      "JOIN sites ON sites.id = site WHERE lesson = ? GROUP BY branch",
      error);
  gint code;

  *ret_guests = 0;
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", ac_report_scope_ask (self->scope)->lesson);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    if (ac_report_scope_has (self->scope, sqlite3_column_int64 (statement, 0), 0))
      *ret_guests += sqlite3_column_int64 (statement, 1);
  return code == SQLITE_DONE;
}

/* Of those who were to come: the excused are, the exempt are not. */
static void
add_rate (AcReport *report, const SheetCounts *counts)
{
  gint64 n_asked = counts->n_expected - counts->n_exempt;
  AcReportCell cell = { .none = n_asked == 0 };
  g_autoptr (GString) text = g_string_new (NULL);

  if (n_asked > 0)
    cell.number = counts->n_present * 1000 / n_asked;
  ac_report_cell_text (AC_REPORT_RATE, &cell, FALSE, text);
  ac_report_add_fact (report, ac_report_word (report, "到课率", "Rate"),
                      n_asked > 0 ? text->str : "-");
}

static void
add_sheet_facts (Sheet *self, const AcReportLesson *lesson, const SheetCounts *counts,
                 gint64 n_guests)
{
  AcReport *report = self->report;
  const struct {
    const gchar *zh, *en;
    gint64 count;
  } facts[] = {
    { "应到", "Expected", counts->n_expected },
    { "实到", "Present", counts->n_present },
    { "请假", "Excused", counts->n_excused },
    { "免学", "Exempt", counts->n_exempt },
    { "缺席（应到无记录）", "Absent (expected, no record)", counts->n_absent },
    { "未列应到而参学", "Present, not expected", counts->n_others },
    { "来宾", "Guests", n_guests },
  };

  ac_report_add_fact (report, ac_report_word (report, "课程", "Lesson"), lesson->title);
  ac_report_add_fact (report, ac_report_word (report, "上课日期", "Held on"),
                      lesson->day);
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    ac_report_add_count (report, ac_report_word (report, facts[i].zh, facts[i].en),
                         facts[i].count);
  add_rate (report, counts);
  ac_report_note_no_record (report);
  ac_report_add_note (
      report, ac_report_word (report, "到课率 = 实到 ÷（应到 − 免学）。",
                              "Rate: present of those expected and not exempt."));
  ac_report_add_signature (report, ac_report_word (report, "站点管理员", "Steward"));
  ac_report_add_signature (report, ac_report_word (report, "支部书记", "Secretary"));
  ac_report_add_signature (report, ac_report_word (report, "日期", "Date"));
}

static gboolean
fill_sheet (Sheet *self, GError **error)
{
  gint64 id = ac_report_scope_ask (self->scope)->lesson;
  const AcReportLesson *lesson = ac_report_scope_lesson (self->scope, id);
  g_autoptr (GPtrArray) sorted = NULL;
  SheetCounts counts = { 0 };
  gint64 n_guests;

  if (lesson == NULL)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_STATE, "lesson",
                             "lesson %" G_GINT64_FORMAT " has not begun", id);
  if (!load_expected (self, error) ||
      !ac_ledger_pass (self->scope, id, TRUE, add_present, self, error) ||
      !load_stays (self, error) || !count_guests (self, &n_guests, error))
    return FALSE;
  sorted = ac_tallies_sort (self->tallies, FALSE);
  for (guint i = 0; i < sorted->len; i++) {
    const AcStudyTally *tally = sorted->pdata[i];
    const Attendee *attendee = attendee_of (self, tally->key.member);

    count (&counts, attendee);
    add_sheet_row (self, tally, attendee);
  }
  add_sheet_facts (self, lesson, &counts, n_guests);
  return TRUE;
}

gboolean
ac_report_fill_sign_in (AcReportScope *scope, AcReport *report, GError **error)
{
  g_autoptr (AcTallies) tallies = ac_tallies_new (scope, FALSE);
  g_autoptr (GHashTable) attendees =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, free_attendee);
  Sheet sheet = { scope, report, tallies, attendees };

  return fill_sheet (&sheet, error);
}

/* --- Make-up list --- */

const AcReportColumn ac_report_make_up_columns[] = {
  AC_REPORT_WHO,
  { "missing", "待补课数", "To make up", AC_REPORT_COUNT, 4, TRUE },
  { "excused", "其中请假", "Excused", AC_REPORT_COUNT, 4, TRUE },
  { "lessons", "待补课程", "Lessons", AC_REPORT_TEXT, 20 },
  { "made_up", "补学情况", "Made up on", AC_REPORT_BLANK, 7 },
  { NULL },
};

/* Titles in a cell; more are counted. */
#define TITLES_MAX 3

typedef struct {
  AcReportScope *scope;
  AcTallies *tallies;
  GHashTable *done; /* members: who need not make up for the lesson at hand */
} MakeUp;

static void
add_done (const AcStudyFigure *figure, gpointer data)
{
  if (figure->state != AC_RECORD_NONE && figure->state != AC_RECORD_PARTIAL)
    g_hash_table_add (((MakeUp *)data)->done, GSIZE_TO_POINTER (figure->member));
}

static void
add_missing (MakeUp *self, const AcReportLesson *lesson, AcStudyTally *tally,
             Expectation expectation)
{
  tally->n_missing++;
  tally->n_excused += expectation == EXCUSED;
  if (tally->n_missing > TITLES_MAX)
    return;
  if (tally->text == NULL)
    tally->text = g_string_new (NULL);
  g_string_append_printf (tally->text, "%s%s %s", tally->text->len > 0 ? "；" : "",
                          lesson->day + 5, lesson->title);
}

static gboolean
find_missing (MakeUp *self, const AcReportLesson *lesson, GError **error)
{
  AcStore *store = ac_report_scope_store (self->scope);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT member, home_branch, host_branch, state FROM expected "
                        "WHERE lesson = ? AND state <> 'exempt'",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  g_hash_table_remove_all (self->done);
  if (!ac_ledger_pass (self->scope, lesson->id, TRUE, add_done, self, error))
    return FALSE;
  ac_statement_bind (statement, "i", lesson->id);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 member = sqlite3_column_int64 (statement, 0);
    gint64 home = sqlite3_column_int64 (statement, 1);
    gint64 host = sqlite3_column_int64 (statement, 2);

    if (ac_report_scope_has (self->scope, home, host) &&
        !g_hash_table_contains (self->done, GSIZE_TO_POINTER (member)))
      add_missing (self, lesson, ac_tallies_get (self->tallies, member, home, host),
                   read_expectation (statement, 3));
  }
  return code == SQLITE_DONE;
}

static void
add_make_up_row (AcReportScope *scope, AcReport *report, const AcStudyTally *tally)
{
  if (tally->n_missing > TITLES_MAX)
    g_string_append_printf (tally->text, " … %+d", (gint)tally->n_missing - TITLES_MAX);
  ac_report_begin_row (report);
  ac_report_put_who (report, scope, tally->key.member, tally->home, tally->host);
  ac_report_put_number (report, tally->n_missing);
  ac_report_put_number (report, tally->n_excused);
  ac_report_put_text (report, tally->text->str);
  ac_report_put_none (report);
}

static gboolean
find_all_missing (MakeUp *self, GError **error)
{
  const GPtrArray *lessons = ac_report_scope_lessons (self->scope);
  gint64 wanted = ac_report_scope_ask (self->scope)->lesson;

  for (guint i = 0; i < lessons->len; i++) {
    const AcReportLesson *lesson = lessons->pdata[i];

    if (lesson->ended && lesson->in_period && (wanted == 0 || wanted == lesson->id) &&
        !find_missing (self, lesson, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
ac_report_fill_make_up (AcReportScope *scope, AcReport *report, GError **error)
{
  g_autoptr (AcTallies) tallies = ac_tallies_new (scope, FALSE);
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) sorted = NULL;
  MakeUp self = { scope, tallies, done };

  if (!find_all_missing (&self, error))
    return FALSE;
  sorted = ac_tallies_sort (tallies, FALSE);
  for (guint i = 0; i < sorted->len; i++)
    add_make_up_row (scope, report, sorted->pdata[i]);
  ac_report_add_count (report, ac_report_word (report, "需补学人数", "People"),
                       sorted->len);
  ac_report_note_no_record (report);
  ac_report_add_branch_signatures (report);
  return TRUE;
}
