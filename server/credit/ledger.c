#include "ledger.h"

#include "audit.h"
#include "credit_error.h"
#include "membership.h"
#include "policies.h"

#include <string.h>

#define SALT_BYTES 16

/* Steps once. Returns: FALSE with @error; *ret_row: whether a row is there. */
static gboolean
step_to_row (AcStore *store, AcStatement *statement, gboolean *ret_row, GError **error)
{
  gint code = ac_store_step (store, statement, error);

  *ret_row = code == SQLITE_ROW;
  return code >= 0;
}

static GBytes *
read_bytes (AcStatement *row, gint column)
{
  if (sqlite3_column_type (row, column) == SQLITE_NULL)
    return NULL;
  return g_bytes_new (sqlite3_column_blob (row, column),
                      sqlite3_column_bytes (row, column));
}

/* --- Terms of a lesson --- */

void
ac_ledger_terms_clear (AcLedgerTerms *self)
{
  g_clear_pointer (&self->policy_digest, g_bytes_unref);
  g_clear_pointer (&self->day, g_free);
  g_clear_pointer (&self->creditable, ac_interval_set_unref);
}

static gboolean
next_open_year (AcStore *store, gint64 year, gint64 *ret_year, GError **error)
{
  gboolean closed = TRUE;

  for (*ret_year = year - 1; closed;) {
    (*ret_year)++;
    if (!ac_ledger_is_closed (store, *ret_year, &closed, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_lesson (AcStore *store, AcLedgerTerms *terms, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT state = 'ended', creditable, "
                        "  coalesce (started_ms, planned_ms, created_ms) "
                        "FROM lessons WHERE id = ?",
                        error);
  gboolean there;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", terms->lesson);
  if (!step_to_row (store, statement, &there, error))
    return FALSE;
  if (!there)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "lesson",
                             "there is no lesson %" G_GINT64_FORMAT, terms->lesson);
  terms->ended = sqlite3_column_int (statement, 0) != 0;
  terms->creditable =
      ac_interval_set_parse ((const gchar *)sqlite3_column_text (statement, 1));
  if (terms->creditable == NULL)
    terms->creditable = ac_interval_set_new ();
  terms->held_ms = sqlite3_column_int64 (statement, 2);
  return TRUE;
}

static gboolean
freeze (AcStore *store, AcLedgerTerms *terms, gint64 wall_ms, GError **error)
{
  gchar day[AC_DAY_CHARS + 1];
  g_autoptr (GError) local = NULL;
  g_autoptr (AcPolicyVersion) policy = NULL;

  ac_day_at (terms->held_ms, day);
  policy = ac_policy_on (store, day, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (policy == NULL)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_STATE, "policy",
                             "no policy is valid on %s; add one with \"airclass policy "
                             "add\"",
                             day);
  terms->policy = policy->id;
  terms->policy_digest = g_bytes_ref (policy->digest);
  terms->day = g_strdup (day);
  return ac_store_run (store, error,
                       "INSERT INTO lesson_terms (lesson, policy, held_on, created_ms) "
                       "VALUES (?, ?, ?, ?)",
                       "iiti", terms->lesson, terms->policy, day, wall_ms);
}

static gboolean
read_frozen (AcStore *store, AcLedgerTerms *terms, gboolean *ret_there, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT policy, held_on, digest FROM lesson_terms "
                        "JOIN policies ON policies.id = policy WHERE lesson = ?",
                        error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", terms->lesson);
  if (!step_to_row (store, statement, ret_there, error))
    return FALSE;
  if (*ret_there) {
    terms->policy = sqlite3_column_int64 (statement, 0);
    terms->day = ac_statement_text (statement, 1);
    terms->policy_digest = read_bytes (statement, 2);
  }
  return TRUE;
}

gboolean
ac_ledger_terms_load (AcStore *store, gint64 lesson, gint64 wall_ms,
                      AcLedgerTerms *ret_terms, GError **error)
{
  g_auto (AcLedgerTerms) terms = { .lesson = lesson };
  gboolean frozen;

  if (!read_lesson (store, &terms, error) ||
      !read_frozen (store, &terms, &frozen, error) ||
      (!frozen && !freeze (store, &terms, wall_ms, error)))
    return FALSE;
  terms.year = g_ascii_strtoll (terms.day, NULL, 10);
  if (!next_open_year (store, terms.year, &terms.open_year, error))
    return FALSE;
  *ret_terms = terms;
  terms = (AcLedgerTerms){ 0 };
  return TRUE;
}

/* --- Appending --- */

gboolean
ac_ledger_head (AcStore *store, gint64 *ret_seq, GBytes **ret_hash, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1", error);
  gboolean there;

  if (statement == NULL || !step_to_row (store, statement, &there, error))
    return FALSE;
  *ret_seq = there ? sqlite3_column_int64 (statement, 0) : 0;
  *ret_hash = there ? read_bytes (statement, 1) : ac_ledger_origin ();
  return TRUE;
}

/* For who was entered into the roster later, the first home branch there is. */
static gboolean
first_home (AcStore *store, gint64 member, gint64 *ret_branch, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT branch FROM memberships "
                        "WHERE member = ? AND side = 'home' ORDER BY from_day LIMIT 1",
                        error);
  gboolean there;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", member);
  if (!step_to_row (store, statement, &there, error))
    return FALSE;
  *ret_branch = there ? sqlite3_column_int64 (statement, 0) : 0;
  return TRUE;
}

/* Once entered, the entry keeps them, whatever is said of that day later. */
static gboolean
place_member (AcStore *store, const AcLedgerTerms *terms, AcLedgerEntry *entry,
              GError **error)
{
  AcMembership membership;

  if (!ac_membership_at (store, entry->member, terms->held_ms, &membership, error))
    return FALSE;
  entry->home_branch = membership.home;
  entry->host_branch = membership.host;
  return entry->home_branch != 0 ||
         first_home (store, entry->member, &entry->home_branch, error);
}

static gboolean
insert_entry (AcStore *store, const AcLedgerEntry *entry, GError **error)
{
  return ac_store_run (
      store, error,
      "INSERT INTO ledger (seq, kind, study, member, lesson, media, earned_ms, policy, "
      "  home_branch, host_branch, lesson_year, year, beats_from, beats_to, actor, "
      "  approver, reference, note_digest, created_ms, prev_hash, hash) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "ittiitiinniinnnnnbibb", entry->seq, ac_entry_kind_name (entry->kind),
      ac_study_name (entry->study), entry->member, entry->lesson, entry->media,
      entry->earned_ms, entry->policy, entry->home_branch, entry->host_branch,
      entry->lesson_year, entry->year, entry->beats_from, entry->beats_to, entry->actor,
      entry->approver, entry->reference, entry->note_digest, entry->created_ms,
      entry->prev_hash, entry->hash);
}

static GBytes *
make_salt (void)
{
  guint32 salt[SALT_BYTES / 4];

  /* GRand seeds itself from /dev/urandom; the salt hides short texts, no secret. */
  for (guint i = 0; i < G_N_ELEMENTS (salt); i++)
    salt[i] = g_random_int ();
  return g_bytes_new (salt, sizeof salt);
}

static gboolean
insert_note (AcStore *store, gint64 seq, GBytes *salt, const AcLedgerNote *note,
             GError **error)
{
  return note == NULL ||
         ac_store_run (store, error,
                       "INSERT INTO ledger_notes (entry, salt, reason, evidence) "
                       "VALUES (?, ?, ?, ?)",
                       "ibtt", seq, salt, note->reason, note->evidence);
}

gboolean
ac_ledger_append (AcStore *store, const AcLedgerTerms *terms, AcLedgerEntry *entry,
                  const AcLedgerNote *note, GError **error)
{
  g_autoptr (GBytes) salt = note != NULL ? make_salt () : NULL;
  gint64 last;

  entry->lesson = terms->lesson;
  entry->policy = terms->policy;
  entry->lesson_year = terms->year;
  entry->year = terms->open_year;
  if (entry->media == NULL)
    entry->media = g_strdup ("");
  if (note != NULL)
    entry->note_digest = ac_ledger_note_digest (salt, note->reason, note->evidence);
  if (!place_member (store, terms, entry, error) ||
      !ac_ledger_head (store, &last, &entry->prev_hash, error))
    return FALSE;
  entry->seq = last + 1;
  entry->hash = ac_ledger_entry_digest (entry, terms->policy_digest);
  return insert_entry (store, entry, error) &&
         insert_note (store, entry->seq, salt, note, error);
}

/* --- Reading --- */

gboolean
ac_ledger_read_row (AcStatement *row, AcLedgerEntry *ret_entry)
{
  AcLedgerEntry *entry = ret_entry;

  *entry = (AcLedgerEntry){
    .seq = sqlite3_column_int64 (row, 0),
    .member = sqlite3_column_int64 (row, 3),
    .lesson = sqlite3_column_int64 (row, 4),
    .media = ac_statement_text (row, 5),
    .earned_ms = sqlite3_column_int64 (row, 6),
    .policy = sqlite3_column_int64 (row, 7),
    .home_branch = sqlite3_column_int64 (row, 8),
    .host_branch = sqlite3_column_int64 (row, 9),
    .lesson_year = sqlite3_column_int64 (row, 10),
    .year = sqlite3_column_int64 (row, 11),
    .beats_from = sqlite3_column_int64 (row, 12),
    .beats_to = sqlite3_column_int64 (row, 13),
    .actor = sqlite3_column_int64 (row, 14),
    .approver = sqlite3_column_int64 (row, 15),
    .reference = sqlite3_column_int64 (row, 16),
    .note_digest = read_bytes (row, 17),
    .created_ms = sqlite3_column_int64 (row, 18),
    .prev_hash = read_bytes (row, 19),
    .hash = read_bytes (row, 20),
  };
  return ac_entry_kind_from_name ((const gchar *)sqlite3_column_text (row, 1),
                                  &entry->kind) &&
         ac_study_from_name ((const gchar *)sqlite3_column_text (row, 2),
                             &entry->study);
}

static void
free_entry (gpointer data)
{
  ac_ledger_entry_free (data);
}

GPtrArray *
ac_ledger_list (AcStore *store, gint64 member, gint64 lesson, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (free_entry);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT " AC_LEDGER_COLUMNS " FROM ledger "
                        "WHERE member = ?1 AND (?2 = 0 OR lesson = ?2) ORDER BY seq",
                        error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "ii", member, lesson);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    AcLedgerEntry *entry = g_new0 (AcLedgerEntry, 1);

    g_ptr_array_add (list, entry);
    ac_ledger_read_row (statement, entry); /* the schema admits known names only */
  }
  return code == SQLITE_DONE ? g_steal_pointer (&list) : NULL;
}

gboolean
ac_ledger_get (AcStore *store, gint64 seq, AcLedgerEntry *ret_entry, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT " AC_LEDGER_COLUMNS " FROM ledger WHERE seq = ?", error);
  gboolean there;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", seq);
  if (!step_to_row (store, statement, &there, error))
    return FALSE;
  if (!there)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "reference",
                             "the ledger has no entry %" G_GINT64_FORMAT, seq);
  ac_ledger_read_row (statement, ret_entry);
  return TRUE;
}

gboolean
ac_ledger_read_note (AcStore *store, gint64 seq, gchar **ret_reason,
                     gchar **ret_evidence, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT reason, evidence FROM ledger_notes WHERE entry = ?", error);
  gboolean there;

  *ret_reason = *ret_evidence = NULL;
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", seq);
  if (!step_to_row (store, statement, &there, error))
    return FALSE;
  if (there) {
    *ret_reason = ac_statement_text (statement, 0);
    *ret_evidence = ac_statement_text (statement, 1);
  }
  return TRUE;
}

void
ac_ledger_auto_clear (AcLedgerAuto *self)
{
  g_clear_pointer (&self->media, ac_interval_set_unref);
}

AcIntervalSet *
ac_ledger_auto_remove (AcLedgerAuto *sums, AcStudy study,
                       const AcIntervalSet *creditable, const AcIntervalSet *counted,
                       gint64 *ret_taken_ms)
{
  g_autoptr (AcIntervalSet) removed =
      ac_interval_set_intersect (sums->media, creditable);
  gint64 *earned_ms = study == AC_STUDY_GROUP ? &sums->group_ms : &sums->self_ms;

  ac_interval_set_remove_set (removed, counted);
  if (ac_interval_set_length (removed) == 0)
    return NULL;
  *ret_taken_ms = CLAMP (ac_interval_set_measure (removed), 1, MAX (*earned_ms, 1));
  *earned_ms -= *ret_taken_ms;
  ac_interval_set_remove_set (sums->media, removed);
  return g_steal_pointer (&removed);
}

void
ac_ledger_apply_media (AcIntervalSet *held, const AcIntervalSet *media,
                       gint64 earned_ms)
{
  if (earned_ms < 0)
    ac_interval_set_remove_set (held, media);
  else
    ac_interval_set_add_set (held, media);
}

gboolean
ac_ledger_auto_load (AcStore *store, gint64 lesson, gint64 member,
                     AcLedgerAuto *ret_sums, GError **error)
{
  return ac_ledger_kind_load (store, lesson, member, AC_ENTRY_AUTO, ret_sums, error);
}

gboolean
ac_ledger_kind_load (AcStore *store, gint64 lesson, gint64 member, AcEntryKind kind,
                     AcLedgerAuto *ret_sums, GError **error)
{
  g_auto (AcLedgerAuto) sums = { .media = ac_interval_set_new () };
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT study = 'group', earned_ms, media FROM ledger "
                        "WHERE lesson = ? AND member = ? AND kind = ? ORDER BY seq",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iit", lesson, member, ac_entry_kind_name (kind));
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    g_autoptr (AcIntervalSet) media =
        ac_interval_set_parse ((const gchar *)sqlite3_column_text (statement, 2));

    if (sqlite3_column_int (statement, 0))
      sums.group_ms += sqlite3_column_int64 (statement, 1);
    else
      sums.self_ms += sqlite3_column_int64 (statement, 1);
    if (media != NULL)
      ac_ledger_apply_media (sums.media, media, sqlite3_column_int64 (statement, 1));
  }
  if (code != SQLITE_DONE)
    return FALSE;
  *ret_sums = sums;
  sums = (AcLedgerAuto){ 0 };
  return TRUE;
}

gboolean
ac_ledger_sum (AcStore *store, gint64 lesson, gint64 member, gint64 *ret_earned_ms,
               GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT ifnull (sum (earned_ms), 0) FROM ledger "
                        "WHERE lesson = ? AND member = ?",
                        error);
  gboolean there;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", lesson, member);
  if (!step_to_row (store, statement, &there, error))
    return FALSE;
  *ret_earned_ms = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

/* --- Years --- */

gboolean
ac_ledger_is_closed (AcStore *store, gint64 year, gboolean *ret_closed, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT 1 FROM closed_years WHERE year = ?", error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", year);
  return step_to_row (store, statement, ret_closed, error);
}

gboolean
ac_ledger_close_year (AcStore *store, gint64 year, gint64 actor, gint64 wall_ms,
                      GError **error)
{
  gchar today[AC_DAY_CHARS + 1];
  g_autoptr (GBytes) head = NULL;
  g_autofree gchar *detail = ac_audit_detail ("i", "year", year);
  const AcAuditEntry entry = { .act = AC_AUDIT_YEAR_CLOSE,
                               .actor = actor,
                               .detail = detail };
  gboolean closed;
  gint64 seq;

  ac_day_at (wall_ms, today);
  if (!ac_ledger_is_closed (store, year, &closed, error))
    return FALSE;
  if (closed)
    return ac_credit_refuse_because (error, AC_CREDIT_ERROR_STATE, "year",
                                     AC_REASON_YEAR_CLOSED,
                                     "%" G_GINT64_FORMAT " is closed already", year);
  if (year > g_ascii_strtoll (today, NULL, 10) || year < 1970)
    return ac_credit_refuse_because (
        error, AC_CREDIT_ERROR_STATE, "year", AC_REASON_YEAR_TO_COME,
        "%" G_GINT64_FORMAT " has not begun; give a year up to now", year);
  return ac_ledger_head (store, &seq, &head, error) &&
         ac_store_run (store, error,
                       "INSERT INTO closed_years (year, closed_ms, actor, entries, "
                       "  head) VALUES (?, ?, ?, ?, ?)",
                       "iinib", year, wall_ms, actor, seq, head) &&
         ac_audit_note (store, &entry, wall_ms, error);
}

/* --- Erasing --- */

gboolean
ac_ledger_erase (AcStore *store, gint64 member, GError **error)
{
  static const gchar *const steps[] = {
    "DELETE FROM ledger_notes WHERE entry IN "
    "  (SELECT seq FROM ledger WHERE member = ?)",
    "UPDATE corrections SET reason = '', evidence = '', answer = '' WHERE member = ?",
    "UPDATE appeals SET text = '', answer = iif (answer IS NULL, NULL, '') "
    "  WHERE member = ?",
    "UPDATE standings SET reason = '' WHERE member = ?",
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (!ac_store_run (store, error, steps[i], "i", member))
      return FALSE;
  return TRUE;
}
