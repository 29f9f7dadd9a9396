#include "corrections.h"

#include "audit.h"
#include "credit_error.h"
#include "field_check.h"
#include "ledger.h"
#include "record_place.h"
#include "reason.h"

#include <string.h>

#define UNPUBLISHED_MAX_MS (G_GINT64_CONSTANT (24) * 60 * 60 * 1000)

static const gchar *const state_names[] = {
  [AC_CORRECTION_OPEN] = "open",
  [AC_CORRECTION_ENTERED] = "entered",
  [AC_CORRECTION_REJECTED] = "rejected",
};

const gchar *
ac_correction_state_name (AcCorrectionState state)
{
  g_return_val_if_fail ((guint)state < G_N_ELEMENTS (state_names), NULL);

  return state_names[state];
}

gboolean
ac_correction_state_from_name (const gchar *name, AcCorrectionState *ret_state)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (g_strcmp0 (state_names[i], name) == 0) {
      *ret_state = (AcCorrectionState)i;
      return TRUE;
    }
  return FALSE;
}

void
ac_correction_clear (AcCorrection *self)
{
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->evidence, g_free);
  g_clear_pointer (&self->answer, g_free);
}

void
ac_correction_free (AcCorrection *self)
{
  ac_correction_clear (self);
  g_free (self);
}

/* --- Checks --- */

static gboolean
is_text (const gchar *text, glong min_chars)
{
  if (text == NULL || !g_utf8_validate (text, -1, NULL) ||
      g_utf8_strlen (text, -1) < min_chars ||
      g_utf8_strlen (text, -1) > AC_CORRECTION_TEXT_MAX_CHARS)
    return FALSE;
  for (const gchar *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (ac_character_is_harmful (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

static gboolean
check_texts (const AcCorrection *self, GError **error)
{
  if (!is_text (self->reason, 1))
    return ac_credit_refuse_because (
        error, AC_CREDIT_ERROR_INVALID, "reason", AC_REASON_REASON_FORM,
        "reason must say why, in 1 to 400 characters on one line");
  return is_text (self->evidence, 0) ||
         ac_credit_refuse_because (
             error, AC_CREDIT_ERROR_INVALID, "evidence", AC_REASON_LINE_FORM,
             "evidence must be at most 400 characters on one line, such "
             "as the number of a sheet");
}

/* A row of one number. FALSE with @error. */
static gboolean
query (AcStore *store, const gchar *sql, gint64 value, gint64 *ret_number,
       GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (store, sql, error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", value);
  code = ac_store_step (store, statement, error);
  *ret_number = code == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : 0;
  return code >= 0;
}

static gboolean
check_people (AcStore *store, const AcCorrection *self, GError **error)
{
  gint64 there, n_open;

  if (!query (store,
              "SELECT 1 FROM members WHERE id = ? AND id NOT IN "
              "(SELECT member FROM erased_members)",
              self->member, &there, error) ||
      !query (store,
              "SELECT count (*) FROM corrections WHERE state = 'open' AND asker = ?",
              self->asker, &n_open, error))
    return FALSE;
  if (!there)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "member",
                             "there is no such member");
  if (self->asker == self->member)
    return ac_credit_refuse_because (
        error, AC_CREDIT_ERROR_DENIED, "member", AC_REASON_OWN,
        "nobody corrects their own record; open an appeal");
  return n_open < AC_CORRECTIONS_OPEN_MAX ||
         ac_credit_refuse_because (
             error, AC_CREDIT_ERROR_STATE, NULL, AC_REASON_OPEN_FULL,
             "%d of your corrections wait for a second person; let them "
             "be decided first",
             AC_CORRECTIONS_OPEN_MAX);
}

static gboolean
take_back (AcStore *store, AcCorrection *self, GError **error)
{
  g_auto (AcLedgerEntry) entry = { 0 };
  gint64 voided;

  if (!ac_ledger_get (store, self->reference, &entry, error) ||
      !query (store, "SELECT 1 FROM ledger WHERE kind = 'VOID' AND reference = ?",
              self->reference, &voided, error))
    return FALSE;
  if (entry.member != self->member || entry.lesson != self->lesson)
    return ac_credit_refuse_because (
        error, AC_CREDIT_ERROR_INVALID, "reference", AC_REASON_ENTRY_OTHER,
        "entry %" G_GINT64_FORMAT " is of another member or lesson", self->reference);
  if (voided || entry.kind == AC_ENTRY_VOID)
    return ac_credit_refuse_because (
        error, AC_CREDIT_ERROR_STATE, "reference", AC_REASON_ENTRY_VOIDED,
        "entry %" G_GINT64_FORMAT " is taken back already", self->reference);
  self->study = entry.study;
  self->earned_ms = -entry.earned_ms;
  return TRUE;
}

static gboolean
check_kind (AcStore *store, AcCorrection *self, GError **error)
{
  const gchar *mend = NULL;

  if (self->kind == AC_ENTRY_VOID)
    return take_back (store, self, error);
  if (self->reference != 0)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "reference",
                             "only VOID refers to an entry; leave reference out");
  if (self->kind == AC_ENTRY_ADJUST && self->earned_ms == 0)
    mend = "earned_ms must not be 0: milliseconds to add, or to take away with a minus";
  if (self->kind == AC_ENTRY_MAKEUP && self->earned_ms <= 0)
    mend = "earned_ms must be the milliseconds that were made up, more than 0";
  if (self->kind == AC_ENTRY_WAIVE && self->earned_ms != 0)
    mend = "a waiver earns nothing; leave earned_ms out";
  if (mend != NULL)
    return ac_credit_refuse_because (error, AC_CREDIT_ERROR_INVALID, "earned_ms",
                                     AC_REASON_MINUTES_SIGN, "%s", mend);
  return self->kind == AC_ENTRY_ADJUST || self->kind == AC_ENTRY_MAKEUP ||
         self->kind == AC_ENTRY_WAIVE ||
         ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "kind",
                           "kind must be ADJUST, VOID, WAIVE or MAKEUP");
}

/* As the ledger stands now: also looked at when it is decided. */
static gboolean
check_sum (AcStore *store, const AcCorrection *self, const AcLedgerTerms *terms,
           GError **error)
{
  gint64 most_ms = ac_interval_set_measure (terms->creditable);
  gint64 sum_ms;

  if (most_ms == 0)
    most_ms = UNPUBLISHED_MAX_MS;
  if (!ac_ledger_sum (store, self->lesson, self->member, &sum_ms, error))
    return FALSE;
  if (self->earned_ms < 0 && self->earned_ms < -sum_ms)
    return ac_credit_refuse_because (error, AC_CREDIT_ERROR_INVALID, "earned_ms",
                                     AC_REASON_MORE_THAN_HAS,
                                     "the member has %" G_GINT64_FORMAT
                                     " ms of this lesson; no more can be taken away",
                                     sum_ms);
  return self->earned_ms <= 0 || self->earned_ms <= most_ms - sum_ms ||
         ac_credit_refuse_because (
             error, AC_CREDIT_ERROR_INVALID, "earned_ms", AC_REASON_MORE_THAN_MISSING,
             "the member has %" G_GINT64_FORMAT " ms of %" G_GINT64_FORMAT
             " ms that count of this lesson; add no more than is missing",
             sum_ms, most_ms);
}

/* --- Entering --- */

static gboolean
enter (AcStore *store, AcCorrection *self, const AcLedgerTerms *terms, gint64 wall_ms,
       GError **error)
{
  const AcLedgerNote note = { self->reason, self->evidence };
  g_auto (AcLedgerEntry) entry = {
    .kind = self->kind,
    .study = self->study,
    .member = self->member,
    .earned_ms = self->earned_ms,
    .actor = self->asker,
    .approver = self->decider,
    .reference = self->reference,
    .created_ms = wall_ms,
  };

  if (!ac_ledger_append (store, terms, &entry, &note, error))
    return FALSE;
  self->entry = entry.seq;
  self->state = AC_CORRECTION_ENTERED;
  return TRUE;
}

static gboolean
insert (AcStore *store, AcCorrection *self, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "INSERT INTO corrections (state, kind, study, member, lesson, earned_ms, "
      "  reference, reason, evidence, asker, asked_ms, entry) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "tttiiinttiin", state_names[self->state],
                     ac_entry_kind_name (self->kind), ac_study_name (self->study),
                     self->member, self->lesson, self->earned_ms, self->reference,
                     self->reason, self->evidence, self->asker, self->asked_ms,
                     self->entry);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  self->id = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

static gboolean
note (AcStore *store, const AcCorrection *self, AcAuditAct act, gint64 actor,
      gint64 wall_ms, GError **error)
{
  g_autofree gchar *detail = ac_audit_detail (
      "itin", "correction", self->id, "kind", ac_entry_kind_name (self->kind),
      "earned_ms", self->earned_ms, "entry", self->entry);

  return ac_audit_note (store,
                        &(AcAuditEntry){ .act = act,
                                         .actor = actor,
                                         .member = self->member,
                                         .lesson = self->lesson,
                                         .reason = self->reason,
                                         .detail = detail },
                        wall_ms, error);
}

gboolean
ac_correction_ask (AcStore *store, AcCorrection *self, gint64 wall_ms, GError **error)
{
  g_auto (AcLedgerTerms) terms = { 0 };

  self->state = AC_CORRECTION_OPEN;
  self->asked_ms = wall_ms;
  g_free (self->answer);
  self->answer = g_strdup ("");
  if (!check_texts (self, error) || !check_people (store, self, error) ||
      !ac_ledger_terms_load (store, self->lesson, wall_ms, &terms, error) ||
      !check_kind (store, self, error) || !check_sum (store, self, &terms, error))
    return FALSE;
  if (self->earned_ms <= 0 && !enter (store, self, &terms, wall_ms, error))
    return FALSE;
  return insert (store, self, error) &&
         note (store, self, AC_AUDIT_CORRECTION_ASK, self->asker, wall_ms, error);
}

/* --- Deciding --- */

#define COLUMNS                                                                        \
  "id, state, kind, study, member, lesson, earned_ms, reference, reason, evidence, "   \
  "asker, asked_ms, decider, decided_ms, entry, answer"

static void
read_row (AcStatement *row, AcCorrection *self)
{
  *self = (AcCorrection){
    .id = sqlite3_column_int64 (row, 0),
    .member = sqlite3_column_int64 (row, 4),
    .lesson = sqlite3_column_int64 (row, 5),
    .earned_ms = sqlite3_column_int64 (row, 6),
    .reference = sqlite3_column_int64 (row, 7),
    .reason = ac_statement_text (row, 8),
    .evidence = ac_statement_text (row, 9),
    .asker = sqlite3_column_int64 (row, 10),
    .asked_ms = sqlite3_column_int64 (row, 11),
    .decider = sqlite3_column_int64 (row, 12),
    .decided_ms = sqlite3_column_int64 (row, 13),
    .entry = sqlite3_column_int64 (row, 14),
    .answer = ac_statement_text (row, 15),
  };
  /* The schema admits known names only. */
  ac_correction_state_from_name ((const gchar *)sqlite3_column_text (row, 1),
                                 &self->state);
  ac_entry_kind_from_name ((const gchar *)sqlite3_column_text (row, 2), &self->kind);
  ac_study_from_name ((const gchar *)sqlite3_column_text (row, 3), &self->study);
}

gboolean
ac_correction_get (AcStore *store, gint64 id, AcCorrection *ret_correction,
                   GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT " COLUMNS " FROM corrections WHERE id = ?", error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", id);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW)
    read_row (statement, ret_correction);
  else if (code == SQLITE_DONE)
    ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "correction",
                      "there is no correction %" G_GINT64_FORMAT, id);
  return code == SQLITE_ROW;
}

static gboolean
check_decider (const AcCorrection *self, gint64 decider, gboolean approve,
               GError **error)
{
  if (self->state != AC_CORRECTION_OPEN)
    return ac_credit_refuse_because (error, AC_CREDIT_ERROR_STATE, NULL,
                                     AC_REASON_DECIDED,
                                     "correction %" G_GINT64_FORMAT " is %s already",
                                     self->id, state_names[self->state]);
  if (approve && decider == self->asker)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_DENIED, NULL,
                             "an increase needs a second person; somebody else must "
                             "approve it");
  return decider != self->member ||
         ac_credit_refuse_because (error, AC_CREDIT_ERROR_DENIED, NULL, AC_REASON_OWN,
                                   "nobody decides about their own record");
}

static gboolean
check_refusal (const AcCorrection *self, gint64 decider, const gchar *refusal,
               GError **error)
{
  return is_text (refusal, decider == self->asker ? 0 : 1) ||
         ac_credit_refuse_because (
             error, AC_CREDIT_ERROR_INVALID, "answer", AC_REASON_REASON_FORM,
             "answer must say why, in 1 to 400 characters on one line");
}

gboolean
ac_correction_decide (AcStore *store, gint64 id, const gchar *refusal, gint64 decider,
                      gint64 wall_ms, AcCorrection *ret_correction, GError **error)
{
  const gboolean approve = refusal == NULL;
  g_auto (AcCorrection) self = { 0 };
  g_auto (AcLedgerTerms) terms = { 0 };

  if (!ac_correction_get (store, id, &self, error) ||
      !check_decider (&self, decider, approve, error) ||
      (!approve && !check_refusal (&self, decider, refusal, error)))
    return FALSE;
  g_free (self.answer);
  self.answer = g_strdup (approve ? "" : refusal);
  self.decider = decider;
  self.decided_ms = wall_ms;
  self.state = AC_CORRECTION_REJECTED;
  if (approve &&
      (!ac_ledger_terms_load (store, self.lesson, wall_ms, &terms, error) ||
       !check_kind (store, &self, error) || !check_sum (store, &self, &terms, error) ||
       !enter (store, &self, &terms, wall_ms, error)))
    return FALSE;
  if (!ac_store_run (store, error,
                     "UPDATE corrections SET state = ?, decider = ?, decided_ms = ?, "
                     "entry = ?, answer = ? WHERE id = ?",
                     "tiinti", state_names[self.state], decider, wall_ms, self.entry,
                     self.answer, id) ||
      !note (store, &self,
             approve ? AC_AUDIT_CORRECTION_APPROVE : AC_AUDIT_CORRECTION_REJECT,
             decider, wall_ms, error))
    return FALSE;
  *ret_correction = self;
  self = (AcCorrection){ 0 };
  return TRUE;
}

static void
free_correction (gpointer data)
{
  ac_correction_free (data);
}

GPtrArray *
ac_correction_list (AcStore *store, gint state, gint64 branch, gint64 before,
                    guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (free_correction);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      AC_RECORD_DOWN ("?4") "SELECT " COLUMNS " FROM corrections "
                            "WHERE id < ?1 AND state = ifnull (?2, state) "
                            "AND " AC_RECORD_WITHIN (
                                "?4", "corrections") " ORDER BY id DESC LIMIT ?3",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "itin", before > 0 ? before : G_MAXINT64,
                     state >= 0 ? state_names[state] : NULL, (gint64)limit, branch);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    AcCorrection *one = g_new (AcCorrection, 1);

    read_row (statement, one);
    g_ptr_array_add (list, one);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&list) : NULL;
}
