#include "prompts.h"

#include "absence.h"
#include "proofs.h"

#include <sodium.h>

#define PLAY_MIN_MS (20 * 60 * 1000)
#define PLAY_SPAN_MS (10 * 60 * 1000)

/* Not from a seed that was seen: nobody can tell when the next one comes. */
gint64
ac_prompt_draw_ms (void)
{
  return PLAY_MIN_MS + randombytes_uniform (PLAY_SPAN_MS + 1);
}

/* --- A row --- */

typedef struct {
  AcPrompt prompt;
  gboolean same_boot, shown, open, missed, answered;
  gint64 shown_clock_ms; /* or sent, while it is not shown */
} Row;

#define COLUMNS                                                                        \
  "id, lesson, member, limit_ms, boot, ifnull (shown_clock_ms, sent_clock_ms), "       \
  "shown_ms IS NOT NULL, closed_ms IS NULL, missed, answered_ms IS NOT NULL "

static Row
read_row (AcStatement *statement, const AcArrival *arrival)
{
  Row row = {
    .prompt = { .id = sqlite3_column_int64 (statement, 0),
                .lesson = sqlite3_column_int64 (statement, 1),
                .member = sqlite3_column_int64 (statement, 2),
                .limit_ms = sqlite3_column_int64 (statement, 3) },
    .same_boot = g_strcmp0 ((const gchar *)sqlite3_column_text (statement, 4),
                            arrival->boot) == 0,
    .shown_clock_ms = sqlite3_column_int64 (statement, 5),
    .shown = sqlite3_column_int (statement, 6) != 0,
    .open = sqlite3_column_int (statement, 7) != 0,
    .missed = sqlite3_column_int (statement, 8) != 0,
    .answered = sqlite3_column_int (statement, 9) != 0,
  };

  row.prompt.left_ms = row.prompt.limit_ms;
  if (row.shown)
    row.prompt.left_ms -= arrival->clock_ms - row.shown_clock_ms;
  return row;
}

/* @ret_row: its id is 0 when there is none */
static gboolean
load_row (AcStore *store, gint64 prompt, const AcArrival *arrival, Row *ret_row,
          GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT " COLUMNS "FROM prompts WHERE id = ?", error);
  gint code;

  *ret_row = (Row){ 0 };
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", prompt);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW)
    *ret_row = read_row (statement, arrival);
  return code >= 0;
}

gboolean
ac_prompt_find_open (AcStore *store, gint64 lesson, gint64 member,
                     const AcArrival *arrival, AcPrompt *ret_prompt, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT " COLUMNS "FROM prompts "
                        "WHERE lesson = ? AND member = ? AND closed_ms IS NULL",
                        error);
  gint code;

  *ret_prompt = (AcPrompt){ 0 };
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", lesson, member);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW)
    *ret_prompt = read_row (statement, arrival).prompt;
  return code >= 0;
}

GArray *
ac_prompt_list_due (AcStore *store, const AcArrival *arrival, guint limit,
                    GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (AcPrompt));
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT " COLUMNS "FROM prompts INDEXED BY prompts_open WHERE closed_ms IS NULL "
      "  AND (boot <> ?1 OR ifnull (shown_clock_ms, sent_clock_ms) + limit_ms < ?2) "
      "LIMIT ?3",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "tii", arrival->boot,
                     arrival->clock_ms - AC_PROMPT_GRACE_MS, (gint64)limit);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    const Row row = read_row (statement, arrival);

    g_array_append_val (list, row.prompt);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&list) : NULL;
}

/* --- Asking --- */

/* @ret_may: none is open, and it is due or a lecturer asks */
static gboolean
may_ask (AcStore *store, const AcPromptAsk *ask, gboolean *ret_may, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM prompts WHERE lesson = ?1 "
      "    AND member = ?2 AND closed_ms IS NULL) "
      "  AND (?3 <> 0 OR EXISTS (SELECT 1 FROM attendance WHERE lesson = ?1 "
      "    AND member = ?2 AND prompt_due_ms > 0 AND prompt_play_ms >= prompt_due_ms))",
      error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iii", ask->lesson, ask->member, ask->asker);
  code = ac_store_step (store, statement, error);
  *ret_may = code == SQLITE_ROW;
  return code >= 0;
}

static gboolean
read_last_id (AcStore *store, gint64 *ret_id, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT last_insert_rowid ()", error);

  if (statement == NULL || ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  *ret_id = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

gboolean
ac_prompt_ask (AcStore *store, const AcPromptAsk *ask, const AcArrival *arrival,
               gint64 *ret_id, GError **error)
{
  gboolean may;

  *ret_id = 0;
  if (!may_ask (store, ask, &may, error))
    return FALSE;
  if (!may)
    return TRUE;
  return ac_store_run (store, error,
                       "UPDATE attendance SET prompt_play_ms = 0, prompt_due_ms = ? "
                       "WHERE lesson = ? AND member = ?",
                       "iii", ac_prompt_draw_ms (), ask->lesson, ask->member) &&
         ac_store_run (store, error,
                       "INSERT INTO prompts (lesson, member, asker, boot, sent_ms, "
                       "  sent_clock_ms, limit_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
                       "iintiii", ask->lesson, ask->member, ask->asker, arrival->boot,
                       arrival->wall_ms, arrival->clock_ms, ask->limit_ms) &&
         read_last_id (store, ret_id, error);
}

/* --- Shown, answered, missed --- */

gboolean
ac_prompt_shown (AcStore *store, gint64 prompt, gint64 member, gint64 session,
                 const AcArrival *arrival, GError **error)
{
  return ac_store_run (store, error,
                       "UPDATE prompts SET session = ?, shown_ms = ?, "
                       "  shown_clock_ms = ? WHERE id = ? AND member = ? "
                       "  AND closed_ms IS NULL AND shown_ms IS NULL AND boot = ?",
                       "iiiiit", session, arrival->wall_ms, arrival->clock_ms, prompt,
                       member, arrival->boot);
}

/* In time by our clock, or by the page's and not much too late by ours. */
static gboolean
is_in_time (const Row *row, gint64 pressed_after_ms, const AcArrival *arrival)
{
  gint64 over_ms = -row->prompt.left_ms; /* since its time was over */

  if (!row->shown)
    return TRUE;
  if (!row->same_boot)
    return pressed_after_ms <= row->prompt.limit_ms;
  return over_ms <= AC_PROMPT_GRACE_MS ||
         (pressed_after_ms <= row->prompt.limit_ms && over_ms <= AC_PROMPT_LATE_MS);
}

/* When it was pressed: no later than now, no earlier than it was shown. */
static AcArrival
pressed_at (const Row *row, gint64 pressed_after_ms, const AcArrival *arrival)
{
  gint64 at_ms = row->shown_clock_ms + pressed_after_ms;
  AcArrival pressed = *arrival;

  if (row->shown && row->same_boot && at_ms < arrival->clock_ms) {
    pressed.clock_ms = at_ms;
    pressed.wall_ms -= arrival->clock_ms - at_ms;
  }
  return pressed;
}

gboolean
ac_prompt_answer (AcStore *store, AcPromptAnswer *answer, const AcArrival *arrival,
                  GError **error)
{
  Row row;
  AcArrival pressed;
  AcAbsence absence = { answer->prompt, .creditable = answer->creditable };

  answer->accepted = FALSE;
  if (!load_row (store, answer->prompt, arrival, &row, error))
    return FALSE;
  if (row.prompt.id == 0 || row.prompt.member != answer->member)
    return TRUE;
  answer->accepted =
      row.answered || is_in_time (&row, answer->pressed_after_ms, arrival);
  if (row.answered || !answer->accepted)
    return TRUE;
  pressed = pressed_at (&row, answer->pressed_after_ms, arrival);
  absence.lesson = row.prompt.lesson;
  absence.member = row.prompt.member;
  return ac_store_run (store, error,
                       "UPDATE prompts SET answered_ms = ?1, pressed_after_ms = ?2, "
                       "  closed_ms = ifnull (closed_ms, ?1), missed = 0 WHERE id = ?3",
                       "iii", arrival->wall_ms, answer->pressed_after_ms,
                       answer->prompt) &&
         ac_attendance_proof_at (store, absence.lesson, absence.member, AC_PROOF_PRESS,
                                 &pressed, error) &&
         (!row.missed || ac_absence_give_back (store, &absence, arrival, error));
}

gboolean
ac_prompt_judge (AcStore *store, AcPromptJudgement *judgement, const AcArrival *arrival,
                 GError **error)
{
  AcAbsence absence = { judgement->prompt, .creditable = judgement->creditable };
  gint64 over_ms;
  Row row;

  judgement->closed = judgement->missed = FALSE;
  if (!load_row (store, judgement->prompt, arrival, &row, error))
    return FALSE;
  over_ms = arrival->clock_ms - row.shown_clock_ms - row.prompt.limit_ms;
  if (row.prompt.id == 0 || !row.open ||
      (row.same_boot && over_ms <= AC_PROMPT_GRACE_MS))
    return TRUE;
  judgement->closed = TRUE;
  judgement->missed = row.shown && row.same_boot;
  absence.lesson = row.prompt.lesson;
  absence.member = row.prompt.member;
  return ac_store_run (
             store, error, "UPDATE prompts SET closed_ms = ?, missed = ? WHERE id = ?",
             "idi", arrival->wall_ms, judgement->missed ? 1 : 0, judgement->prompt) &&
         (!judgement->missed || ac_absence_take (store, &absence, arrival, error));
}
