#include "appeals.h"

#include "audit.h"
#include "credit_error.h"
#include "field_check.h"
#include "ledger.h"
#include "record_place.h"
#include "reason.h"

void
ac_appeal_clear (AcAppeal *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->answer, g_free);
}

void
ac_appeal_free (AcAppeal *self)
{
  ac_appeal_clear (self);
  g_free (self);
}

/* Several lines are good. */
static gboolean
check_text (const gchar *text, const gchar *field, GError **error)
{
  gboolean good = text != NULL && g_utf8_validate (text, -1, NULL) &&
                  g_utf8_strlen (text, -1) >= 1 &&
                  g_utf8_strlen (text, -1) <= AC_APPEAL_TEXT_MAX_CHARS;

  for (const gchar *at = text; good && *at != '\0'; at = g_utf8_next_char (at))
    good = *at == '\n' || !ac_character_is_harmful (g_utf8_get_char (at));
  return good || ac_credit_refuse_because (error, AC_CREDIT_ERROR_INVALID, field,
                                           AC_REASON_LINES_FORM,
                                           "%s must have 1 to %d characters", field,
                                           AC_APPEAL_TEXT_MAX_CHARS);
}

static gboolean
check_open (AcStore *store, const AcAppeal *self, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT (SELECT count (*) FROM lessons WHERE id = ?2), "
      "  (SELECT count (*) FROM appeals WHERE member = ?1 AND lesson = ?2 "
      "   AND answered_ms IS NULL), "
      "  (SELECT count (*) FROM appeals WHERE member = ?1 AND answered_ms IS NULL)",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", self->member, self->lesson);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  if (sqlite3_column_int (statement, 0) == 0)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "lesson",
                             "there is no lesson %" G_GINT64_FORMAT, self->lesson);
  if (sqlite3_column_int (statement, 1) > 0)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_EXISTS, NULL,
                             "your appeal about this lesson waits for its answer");
  return sqlite3_column_int (statement, 2) < AC_APPEALS_OPEN_MAX ||
         ac_credit_refuse (error, AC_CREDIT_ERROR_STATE, NULL,
                           "%d of your appeals wait for their answers",
                           AC_APPEALS_OPEN_MAX);
}

gboolean
ac_appeal_open (AcStore *store, AcAppeal *self, gint64 wall_ms, GError **error)
{
  g_autoptr (AcStatement) statement = NULL;

  if (!check_text (self->text, "text", error) || !check_open (store, self, error))
    return FALSE;
  self->opened_ms = wall_ms;
  statement = ac_store_prepare (store,
                                "INSERT INTO appeals (member, lesson, text, opened_ms) "
                                "VALUES (?, ?, ?, ?) RETURNING id",
                                error);
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iiti", self->member, self->lesson, self->text,
                     wall_ms);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  self->id = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

#define COLUMNS                                                                        \
  "id, member, lesson, text, opened_ms, answer, answerer, answered_ms, entry"

static void
read_row (AcStatement *row, AcAppeal *self)
{
  *self = (AcAppeal){
    .id = sqlite3_column_int64 (row, 0),
    .member = sqlite3_column_int64 (row, 1),
    .lesson = sqlite3_column_int64 (row, 2),
    .text = ac_statement_text (row, 3),
    .opened_ms = sqlite3_column_int64 (row, 4),
    .answer = ac_statement_text (row, 5),
    .answerer = sqlite3_column_int64 (row, 6),
    .answered_ms = sqlite3_column_int64 (row, 7),
    .entry = sqlite3_column_int64 (row, 8),
  };
}

gboolean
ac_appeal_get (AcStore *store, gint64 id, AcAppeal *ret_appeal, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT " COLUMNS " FROM appeals WHERE id = ?", error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", id);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW)
    read_row (statement, ret_appeal);
  else if (code == SQLITE_DONE)
    ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "appeal",
                      "there is no appeal %" G_GINT64_FORMAT, id);
  return code == SQLITE_ROW;
}

static gboolean
check_entry (AcStore *store, const AcAppeal *appeal, gint64 seq, GError **error)
{
  g_auto (AcLedgerEntry) entry = { 0 };

  if (seq == 0)
    return TRUE;
  if (!ac_ledger_get (store, seq, &entry, error))
    return FALSE;
  return (entry.member == appeal->member && entry.lesson == appeal->lesson) ||
         ac_credit_refuse_because (
             error, AC_CREDIT_ERROR_INVALID, "entry", AC_REASON_ENTRY_OTHER,
             "entry %" G_GINT64_FORMAT " is of another member or lesson", seq);
}

/* The answer itself is in the appeal. */
static gboolean
note_answer (AcStore *store, const AcAppeal *self, const AcAppeal *asked,
             gint64 wall_ms, GError **error)
{
  g_autofree gchar *detail =
      ac_audit_detail ("in", "appeal", self->id, "entry", self->entry);

  return ac_audit_note (store,
                        &(AcAuditEntry){ .act = AC_AUDIT_APPEAL_ANSWER,
                                         .actor = self->answerer,
                                         .member = asked->member,
                                         .lesson = asked->lesson,
                                         .detail = detail },
                        wall_ms, error);
}

gboolean
ac_appeal_answer (AcStore *store, AcAppeal *self, gint64 wall_ms, GError **error)
{
  g_auto (AcAppeal) asked = { 0 };

  if (!ac_appeal_get (store, self->id, &asked, error) ||
      !check_text (self->answer, "answer", error) ||
      !check_entry (store, &asked, self->entry, error))
    return FALSE;
  if (asked.answered_ms != 0)
    return ac_credit_refuse_because (
        error, AC_CREDIT_ERROR_STATE, NULL, AC_REASON_DECIDED,
        "appeal %" G_GINT64_FORMAT " is answered already", self->id);
  if (self->answerer == asked.member)
    return ac_credit_refuse_because (error, AC_CREDIT_ERROR_DENIED, NULL, AC_REASON_OWN,
                                     "nobody answers their own appeal");
  if (!ac_store_run (store, error,
                     "UPDATE appeals SET answer = ?, answerer = ?, answered_ms = ?, "
                     "entry = ? WHERE id = ?",
                     "tiini", self->answer, self->answerer, wall_ms, self->entry,
                     self->id) ||
      !note_answer (store, self, &asked, wall_ms, error))
    return FALSE;
  self->member = asked.member;
  self->lesson = asked.lesson;
  self->text = g_steal_pointer (&asked.text);
  self->opened_ms = asked.opened_ms;
  self->answered_ms = wall_ms;
  return TRUE;
}

static void
free_appeal (gpointer data)
{
  ac_appeal_free (data);
}

GPtrArray *
ac_appeal_list (AcStore *store, gint64 member, gint64 branch, gint64 before,
                guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (free_appeal);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      AC_RECORD_DOWN ("?4") "SELECT " COLUMNS " FROM appeals WHERE id < ?1 AND "
                            "  iif (?2 = 0, answered_ms IS NULL, member = ?2) "
                            "AND " AC_RECORD_WITHIN (
                                "?4", "appeals") " ORDER BY id DESC LIMIT ?3",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "iiin", before > 0 ? before : G_MAXINT64, member,
                     (gint64)limit, branch);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    AcAppeal *one = g_new (AcAppeal, 1);

    read_row (statement, one);
    g_ptr_array_add (list, one);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&list) : NULL;
}
