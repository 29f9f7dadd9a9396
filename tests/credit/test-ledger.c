/* The ledger: what is settled into it, that nothing of it can be changed unnoticed, and
 * that its figures are those of the evidence. */
#include "settling_fixture.h"

#include "credit_error.h"
#include "digest.h"
#include "ledger.h"
#include "ledger_check.h"
#include "ledger_heads.h"
#include "policies.h"

#include <sqlite3.h>

/* --- Settling --- */

/* As the daemon leaves it: the row tells what counts. */
static void
end_lesson (Classroom *self)
{
  settle (self);
  write_sql (self->store.store,
             "UPDATE lessons SET creditable = '0-2400000,3000000-5400000', "
             "length_ms = 5400000");
  ac_interval_set_remove (self->creditable, 2400 * S, 3000 * S);
}

static void
mark_ended (Classroom *self)
{
  static const gchar sql[] =
      "UPDATE lessons SET state = 'ended', ended_ms = "
      "(SELECT max (updated_ms) FROM attendance) WHERE state = 'live'";

  settle (self);
  write_sql (self->store.store, sql);
}

static void
assert_ledger (Classroom *self, gint64 lesson, gint64 member, gint64 group_ms,
               gint64 self_ms)
{
  g_auto (AcLedgerAuto) sums = { 0 };
  g_autoptr (GError) error = NULL;
  AcAttendance row;

  g_assert_true (
      ac_ledger_auto_load (self->store.store, lesson, member, &sums, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sums.group_ms, ==, group_ms);
  g_assert_cmpint (sums.self_ms, ==, self_ms);
  g_assert_true (ac_attendance_get (self->store.store, lesson, member, &row, &error));
  g_assert_cmpint (row.earned_ms, ==, group_ms + self_ms);
  g_assert_cmpint (row.accepted_ms, ==, ac_interval_set_measure (sums.media));
  assert_ledger_sound (self);
}

static void
test_settled_as_differences (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  end_lesson (self);
  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 600 * S, 1000);
  g_assert_cmpuint (settle_ledger (self, 0, 60 * S), ==, 0); /* not idle yet */
  pass (self, 60 * S);
  g_assert_cmpuint (settle_ledger (self, 0, 60 * S), ==, 1);
  assert_ledger (self, 1, 1, 600 * S, 0);
  g_assert_cmpuint (settle_ledger (self, 0, 60 * S), ==, 0); /* once */
  play (self, 1, 1, &seq, 600 * S, 2700 * S, 1000);          /* into the break */
  g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 1);
  assert_ledger (self, 1, 1, 2400 * S, 0);
  play (self, 1, 1, &seq, 0, 600 * S, 1000); /* again: nothing new */
  g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 0);
  g_assert_cmpint (
      query_number (self->store.store, "SELECT beats - settled_beats FROM attendance"),
      ==, 0);
  assert_ledger (self, 1, 1, 2400 * S, 0);
}

/* The first vector: live, then the rest as replay at 1.5 x. */
static void
test_group_and_self (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0, seq2 = 0;

  end_lesson (self);
  join (self, 1, 1);
  join (self, 3, 1);
  play (self, 3, 1, &seq2, 0, 100 * S, 1000);
  play (self, 1, 1, &seq, 0, 2400 * S, 1000);
  mark_ended (self);
  /* The last beat comes after the end, and is group study all the same. */
  pass (self, 30 * S);
  play (self, 1, 1, &seq, 3000 * S, 3010 * S, 1000);
  pass (self, 600 * S);
  play (self, 1, 1, &seq, 3000 * S, 5400 * S, 1500);
  g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 3);
  assert_ledger (self, 1, 1, 2410 * S, 1594 * S - 667);
  assert_ledger (self, 1, 2, 100 * S, 0);
  g_assert_cmpint (
      query_number (self->store.store,
                    "SELECT count (*) FROM ledger WHERE member = 1 AND "
                    "study = 'group' AND media = '0-2400000,3000000-3010000'"),
      ==, 1);
}

/* A break that is marked after it was watched: the entries follow the evidence. */
static void
test_marked_late (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  write_sql (self->store.store,
             "UPDATE lessons SET creditable = '0-5400000', length_ms = 5400000");
  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 3600 * S, 1000);
  g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 1);
  assert_ledger (self, 1, 1, 3600 * S, 0);
  play (self, 1, 1, &seq, 3600 * S, 3700 * S, 1000);
  end_lesson (self);
  g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 0); /* live: it may be the row */
  mark_ended (self);
  g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 2); /* the break; what is new */
  g_assert_cmpint (
      query_number (self->store.store, "SELECT sum (earned_ms) FROM ledger"), ==,
      3100 * S);
  g_assert_cmpint (query_number (self->store.store, "SELECT earned_ms FROM attendance"),
                   ==, 3100 * S);
}

static void
test_slices (Classroom *self, gconstpointer unused)
{
  Settling settling = { .slice = { .now_ms = self->now.wall_ms, .budget_us = 1 } };
  guint n_entries = 0, rounds = 0;
  gint64 seq[2] = { 0 };

  end_lesson (self);
  for (gint64 lesson = 1; lesson <= 2; lesson++) {
    join (self, 3, lesson);
    play (self, 3, lesson, &seq[lesson - 1], 0, 60 * S, 1000);
    pass (self, 60 * S); /* the lessons do not run at once */
  }
  settle (self);
  settling.slice.now_ms = self->now.wall_ms;
  do {
    ac_store_write (self->store.store, run_slice, &settling, NULL, slice_answered,
                    NULL);
    await (&settling.answered, ++rounds);
    n_entries += settling.slice.n_entries;
    g_assert_cmpuint (settling.slice.n_settled, <=, 1);
  } while (!settling.slice.finished && rounds < 10);
  g_assert_cmpuint (n_entries, ==, 2);
  assert_ledger (self, 1, 2, 60 * S, 0);
  assert_ledger (self, 2, 2, 60 * S, 0);
}

/* By the object that the daemon has, on a real clock. */
static void
test_by_itself (Classroom *self, gconstpointer unused)
{
  g_autoptr (AcSettlement) settlement = NULL;
  AcSettlementStats stats = { 0 };
  gint64 seq = 0;
  guint watchdog = g_timeout_add_seconds (50, watchdog_bites, NULL);

  end_lesson (self);
  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 60 * S, 1000);
  mark_ended (self);
  settlement = ac_settlement_new (
      self->store.store, &(AcSettlementPauses){ .after_end_ms = 0, .idle_ms = 100 });
  for (; stats.settled < 1; ac_settlement_stats (settlement, &stats))
    g_main_context_iteration (NULL, TRUE);
  play (self, 1, 1, &seq, 60 * S, 120 * S, 1000);
  ac_settlement_lesson_ended (settlement, 1);
  for (; stats.settled < 2; ac_settlement_stats (settlement, &stats))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (watchdog);
  assert_ledger (self, 1, 1, 120 * S, 0);
  g_assert_cmpint (stats.failures, ==, 0);
}

/* --- Entries by hand, in one job --- */

typedef struct {
  AcLedgerEntry entry;
  AcLedgerNote note;
  gint64 close, erase;
  guint answered;
  GError *error;
} Append;

static gboolean
append_entry (AcStore *store, gpointer data, GError **error)
{
  Append *append = data;
  g_auto (AcLedgerTerms) terms = { 0 };

  if (append->close != 0)
    return ac_ledger_close_year (store, append->close, 0, append->entry.created_ms,
                                 error);
  if (append->erase != 0)
    return ac_ledger_erase (store, append->erase, error);
  return ac_ledger_terms_load (store, append->entry.lesson, append->entry.created_ms,
                               &terms, error) &&
         ac_ledger_append (store, &terms, &append->entry,
                           append->note.reason != NULL ? &append->note : NULL, error);
}

static void
append_answered (gpointer data, const GError *error, gpointer unused)
{
  Append *append = data;

  append->error = error != NULL ? g_error_copy (error) : NULL;
  append->answered++;
}

static void
run_append (Classroom *self, Append *append)
{
  append->entry.created_ms = self->now.wall_ms;
  ac_store_write (self->store.store, append_entry, append, NULL, append_answered, NULL);
  await (&append->answered, 1);
  ac_ledger_entry_clear (&append->entry);
}

static void
adjust (Classroom *self, gint64 member, gint64 lesson, gint64 earned_ms,
        const gchar *reason)
{
  Append append = { .entry = { .kind = AC_ENTRY_ADJUST,
                               .member = member,
                               .lesson = lesson,
                               .earned_ms = earned_ms,
                               .actor = 2 },
                    .note = { reason, "sheet 7" } };

  run_append (self, &append);
  g_assert_no_error (append.error);
}

static void
test_years (Classroom *self, gconstpointer unused)
{
  Append closing = { .close = 2023 };

  write_sql (self->store.store,
             "UPDATE lessons SET started_ms = 1699999999000"); /* 2023 */
  self->now.wall_ms = 1705000000 * S;                          /* 2024 */
  adjust (self, 1, 1, 60 * S, "x");
  run_append (self, &closing);
  g_assert_no_error (closing.error);
  adjust (self, 1, 1, 60 * S, "y");
  adjust (self, 1, 2, 60 * S, "z");
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT count (*) FROM ledger WHERE seq = 1 AND "
                                 "year = 2023 AND lesson_year = 2023"),
                   ==, 1);
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT count (*) FROM ledger WHERE seq > 1 AND "
                                 "year = 2024 AND lesson_year = 2023"),
                   ==, 2);
  closing = (Append){ .close = 2023 };
  run_append (self, &closing);
  g_assert_error (closing.error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_STATE);
  g_assert_cmpstr (ac_credit_error_field (closing.error), ==, "year");
  g_clear_error (&closing.error);
  closing = (Append){ .close = 2025 };
  run_append (self, &closing);
  g_assert_error (closing.error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_STATE);
  g_clear_error (&closing.error);
}

static void
test_triggers (Classroom *self, gconstpointer unused)
{
  static const gchar *const attempts[] = {
    "UPDATE ledger SET earned_ms = 0",
    "DELETE FROM ledger",
    "INSERT OR REPLACE INTO ledger SELECT * FROM ledger WHERE seq = 1",
    "INSERT INTO ledger SELECT seq + 2, kind, study, member, lesson, media, earned_ms, "
    "policy, home_branch, host_branch, lesson_year, year, beats_from, beats_to, actor, "
    "approver, reference, note_digest, created_ms, prev_hash, hash FROM ledger "
    "WHERE seq = 2",
    "UPDATE policies SET minutes = 1",
    "DELETE FROM policies",
    "UPDATE ledger_notes SET reason = ''",
    "UPDATE lesson_terms SET policy = 1",
    "DELETE FROM lesson_terms",
    "DELETE FROM members WHERE id = 1",
  };

  adjust (self, 1, 1, 60 * S, "x");
  adjust (self, 1, 1, 60 * S, "y");
  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++) {
    SqlJob job = { attempts[i] };

    g_test_message ("%s", attempts[i]);
    ac_store_write (self->store.store, run_sql_job, &job, NULL, sql_job_answered, NULL);
    await (&job.answered, 1);
    g_assert_nonnull (job.error);
    g_clear_error (&job.error);
  }
  g_assert_cmpint (
      query_number (self->store.store,
                    "SELECT count (*) FROM ledger WHERE earned_ms = 60000"),
      ==, 2);
}

/* --- Whoever changes the file --- */

/* Runs @sql as somebody with the file in their hands, and without our triggers. */
static gint
tamper (Classroom *self, const gchar *sql)
{
  static const gchar *const triggers[] = { "ledger_stays",    "ledger_remains",
                                           "ledger_grows",    "policies_stay",
                                           "policies_remain", "ledger_notes_stay" };
  g_autofree gchar *path = g_build_filename (self->store.dir, "airclass.db", NULL);
  sqlite3 *db;
  gint changed;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 5000);
  for (guint i = 0; i < G_N_ELEMENTS (triggers); i++) {
    g_autofree gchar *drop = g_strconcat ("DROP TRIGGER IF EXISTS ", triggers[i], NULL);

    g_assert_cmpint (sqlite3_exec (db, drop, NULL, NULL, NULL), ==, SQLITE_OK);
  }
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  changed = sqlite3_changes (db);
  sqlite3_close (db);
  return changed;
}

/* Returns: (transfer full) (nullable): what is found. */
static gchar *
look (Classroom *self, const gchar *heads, gint64 *ret_entry)
{
  g_autoptr (AcStore) store = NULL;
  g_autoptr (GError) error = NULL;
  AcLedgerFindings findings;
  gchar *finding;

  store = ac_store_open_to_read (self->store.dir, &error);
  g_assert_no_error (error);
  g_assert_true (ac_store_begin_read (store, &error));
  g_assert_true (ac_ledger_verify (store, heads, &findings, &error));
  g_assert_no_error (error);
  *ret_entry = findings.bad_entry;
  finding = g_steal_pointer (&findings.finding);
  ac_ledger_findings_clear (&findings);
  return finding;
}

static void
assert_found (Classroom *self, const gchar *sql, gint64 entry)
{
  g_autofree gchar *finding = NULL;
  g_autofree gchar *number = g_strdup_printf ("%" G_GINT64_FORMAT, entry);
  gint64 bad;

  g_test_message ("%s", sql);
  g_assert_cmpint (tamper (self, sql), >, 0);
  finding = look (self, NULL, &bad);
  g_assert_nonnull (finding);
  g_test_message ("%s", finding);
  g_assert_cmpint (bad, ==, entry);
  g_assert_nonnull (strstr (finding, number));
}

static void
assert_sound (Classroom *self)
{
  gint64 bad;
  g_autofree gchar *finding = look (self, NULL, &bad);

  g_assert_cmpstr (finding, ==, NULL);
}

#define N_ENTRIES 6

static void
fill_ledger (Classroom *self)
{
  gint64 seq = 0;

  end_lesson (self);
  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 600 * S, 1000);
  settle_ledger (self, 1, 0);
  for (guint i = 1; i < N_ENTRIES; i++)
    adjust (self, 1 + i % 2, 1 + i % 2, i * S, "它 was \"so\"");
}

/* Every column of every entry, changed to something else that the schema lets pass. */
static void
test_every_column (Classroom *self, gconstpointer unused)
{
  static const struct {
    const gchar *column, *other;
  } columns[] = {
    { "kind", "iif (kind = 'WAIVE', 'VOID', 'WAIVE')" },
    { "study", "iif (study = 'self', 'group', 'self')" },
    { "member", "3 - member" },
    { "lesson", "3 - lesson" },
    { "media", "media || ' '" },
    { "media", "media || char (0) || '7'" },
    { "earned_ms", "earned_ms + 1" },
    { "policy", "policy + 1" },
    { "home_branch", "ifnull (home_branch, 0) + 1" },
    { "host_branch", "ifnull (host_branch, 0) + 1" },
    { "lesson_year", "lesson_year - 1" },
    { "year", "year + 1" },
    { "beats_from", "ifnull (beats_from, 0) + 1" },
    { "beats_to", "ifnull (beats_to, 0) + 1" },
    { "actor", "iif (actor IS NULL, 1, NULL)" },
    { "approver", "1" },
    { "reference", "1" },
    { "note_digest", "randomblob (32)" },
    { "note_digest", "x''" },
    { "created_ms", "created_ms + 1" },
    { "prev_hash", "randomblob (32)" },
    { "hash", "randomblob (32)" },
    { "seq", "seq + 1000" },
  };

  fill_ledger (self);
  assert_sound (self);
  tamper (self, "CREATE TABLE kept AS SELECT * FROM ledger");
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    for (gint64 entry = 1; entry <= N_ENTRIES; entry += 1 + i % 3) {
      g_autofree gchar *sql =
          g_strdup_printf ("UPDATE ledger SET %s = %s WHERE seq = %" G_GINT64_FORMAT,
                           columns[i].column, columns[i].other, entry);

      assert_found (self, sql, entry);
      tamper (self, "DELETE FROM ledger; INSERT INTO ledger SELECT * FROM kept");
      assert_sound (self);
    }
}

static void
test_rows (Classroom *self, gconstpointer unused)
{
  static const struct {
    const gchar *sql;
    gint64 entry;
  } rows[] = {
    { "DELETE FROM ledger WHERE seq = 3", 3 },
    { "UPDATE ledger SET seq = 90 WHERE seq = 2; UPDATE ledger SET seq = 2 WHERE "
      "seq = 4; UPDATE ledger SET seq = 4 WHERE seq = 90",
      2 }, /* swapped */
    { "DELETE FROM ledger WHERE seq = 1", 1 },
    { "UPDATE ledger_notes SET reason = 'other' WHERE entry = 4", 4 },
    { "UPDATE ledger_notes SET evidence = '' WHERE entry = 5", 5 },
    { "UPDATE ledger_notes SET salt = randomblob (16) WHERE entry = 5", 5 },
    { "DELETE FROM ledger_notes WHERE entry = 3", 3 },
    { "INSERT INTO ledger_notes VALUES (1, x'', 'a', 'b')", 1 },
    { "UPDATE policies SET step_permille = 1", 1 },
    { "UPDATE policies SET digest = randomblob (32)", 1 },
  };

  fill_ledger (self);
  tamper (self, "CREATE TABLE kept AS SELECT * FROM ledger; "
                "CREATE TABLE notes AS SELECT * FROM ledger_notes; "
                "CREATE TABLE rules AS SELECT * FROM policies");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    assert_found (self, rows[i].sql, rows[i].entry);
    tamper (self, "DELETE FROM ledger; INSERT INTO ledger SELECT * FROM kept; "
                  "DELETE FROM ledger_notes; "
                  "INSERT INTO ledger_notes SELECT * FROM notes; "
                  "DELETE FROM policies; INSERT INTO policies SELECT * FROM rules");
    assert_sound (self);
  }
}

/* What no chain can tell by itself: an end that is cut off, or made anew. */
static void
test_heads (Classroom *self, gconstpointer unused)
{
  g_autofree gchar *path = g_build_filename (self->store.dir, "heads", NULL);
  g_autofree gchar *text = NULL;
  g_autoptr (GBytes) hash = NULL;
  g_autofree gchar *hex = NULL;
  g_autoptr (GError) error = NULL;
  AcLedgerHeadLine line = { .day = "2026-11-25" };
  gint64 bad;
  gchar *finding;

  memset (line.hash, '0', 64);
  g_assert_true (ac_ledger_heads_note (path, &line, &error));
  fill_ledger (self);
  g_assert_true (ac_ledger_head (self->store.store, &line.n_entries, &hash, &error));
  hex = ac_digest_to_text (hash);
  g_strlcpy (line.hash, hex, sizeof line.hash);
  g_assert_true (ac_ledger_heads_note (path, &line, &error)); /* has its line */
  g_strlcpy (line.day, "2026-11-26", sizeof line.day);
  g_assert_true (ac_ledger_heads_note (path, &line, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpuint (strlen (text), ==, 2 * strlen ("2026-11-25 0 \n") + 128);
  g_assert_null (look (self, text, &bad));

  finding = look (self, "2026-11-26 6 abc\n", &bad);
  g_assert_nonnull (strstr (finding, "line 1"));
  g_free (finding);
  tamper (self, "DELETE FROM ledger_notes WHERE entry = 6; "
                "DELETE FROM ledger WHERE seq = 6");
  g_assert_null (look (self, NULL, &bad));
  finding = look (self, text, &bad);
  g_assert_cmpint (bad, ==, 6);
  g_assert_nonnull (strstr (finding, "2026-11-26"));
  g_free (finding);
  adjust (self, 1, 1, 5 * S, "another");
  finding = look (self, text, &bad);
  g_assert_cmpint (bad, ==, 6);
  g_free (finding);
}

static void
test_erased (Classroom *self, gconstpointer unused)
{
  Append erasing = { .erase = 1 };

  fill_ledger (self);
  run_append (self, &erasing);
  g_assert_no_error (erasing.error);
  g_assert_cmpint (
      query_number (self->store.store, "SELECT count (*) FROM ledger_notes"), ==, 3);
  write_sql (self->store.store,
             "INSERT INTO erased_members (member, erased_ms) VALUES (1, 1)");
  assert_sound (self);
}

/* Beside a daemon that writes: one state of the database is seen. */
static void
test_beside_a_writer (Classroom *self, gconstpointer unused)
{
  g_autoptr (AcStore) store = NULL;
  g_autoptr (GError) error = NULL;
  AcLedgerFindings findings;

  fill_ledger (self);
  store = ac_store_open_to_read (self->store.dir, &error);
  g_assert_true (ac_store_begin_read (store, &error));
  g_assert_true (ac_ledger_verify (store, NULL, &findings, &error));
  g_assert_cmpint (findings.n_entries, ==, N_ENTRIES);
  ac_ledger_findings_clear (&findings);
  adjust (self, 1, 1, S, "later");
  g_assert_true (ac_ledger_verify (store, NULL, &findings, &error));
  g_assert_no_error (error);
  g_assert_cmpint (findings.n_entries, ==, N_ENTRIES);
  ac_ledger_findings_clear (&findings);
}

/* Changed evidence, running figures or entries are told by the recount. */
static void
test_recount_finds (Classroom *self, gconstpointer unused)
{
  static const gchar *const rows[] = {
    "UPDATE beats SET accepted_ms = accepted_ms - 1 WHERE ordinal = 7",
    "UPDATE beats SET flags = 0 WHERE ordinal = 7",
    "UPDATE attendance SET earned_ms = earned_ms + 1",
    "UPDATE attendance SET accepted_ms = accepted_ms + 1",
    "UPDATE attendance SET settled_beats = settled_beats - 1",
    "UPDATE ledger SET earned_ms = earned_ms + 1 WHERE kind = 'AUTO'",
    "UPDATE ledger SET media = '0-599999' WHERE kind = 'AUTO'",
    "DELETE FROM attendance",
  };
  g_autoptr (GError) error = NULL;
  AcLedgerRecount recount;

  fill_ledger (self);
  tamper (self, "CREATE TABLE b AS SELECT * FROM beats; "
                "CREATE TABLE a AS SELECT * FROM attendance; "
                "CREATE TABLE l AS SELECT * FROM ledger");
  g_assert_true (ac_ledger_recount (self->store.store, 1, &recount, &error));
  g_assert_cmpint (recount.n_different, ==, 0);
  g_assert_cmpint (recount.earned_ms, ==, 600 * S);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i]);
    tamper (self, rows[i]);
    g_assert_true (ac_ledger_recount (self->store.store, 1, &recount, &error));
    g_assert_no_error (error);
    g_assert_cmpint (recount.n_different, ==, 1);
    g_assert_cmpint (recount.first.member, ==, 1);
    tamper (self, "DELETE FROM beats; INSERT INTO beats SELECT * FROM b; "
                  "DELETE FROM attendance; INSERT INTO attendance SELECT * FROM a; "
                  "DELETE FROM ledger; INSERT INTO ledger SELECT * FROM l");
  }
}

#define ADD(name, function)                                                            \
  g_test_add ("/ledger/" name, Classroom, NULL, classroom_set_up, function,            \
              classroom_tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("settled-as-differences", test_settled_as_differences);
  ADD ("group-and-self", test_group_and_self);
  ADD ("marked-late", test_marked_late);
  ADD ("slices", test_slices);
  ADD ("by-itself", test_by_itself);
  ADD ("years", test_years);
  ADD ("triggers", test_triggers);
  ADD ("every-column", test_every_column);
  ADD ("rows", test_rows);
  ADD ("heads", test_heads);
  ADD ("erased", test_erased);
  ADD ("beside-a-writer", test_beside_a_writer);
  ADD ("recount-finds", test_recount_finds);
  return g_test_run ();
}
