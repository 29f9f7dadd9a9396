#include "statement_feed.h"

#include "ledger.h"
#include "secrets.h"

#define ENTRIES_MAX 1000

/* What the statements of an entry are made of. */
typedef struct {
  gint64 seq, lesson, member;
  gboolean room;
  gint64 beats_from, beats_to;
  gchar *media;
} Entry;

typedef struct {
  gchar *title;
  gint64 length_ms, threshold_permille, started_ms;
  AcIntervalSet *creditable;
} Lesson;

static void
entry_clear (Entry *entry)
{
  g_free (entry->media);
}

static void
lesson_clear (Lesson *lesson)
{
  g_free (lesson->title);
  g_clear_pointer (&lesson->creditable, ac_interval_set_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Entry, entry_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lesson, lesson_clear)

void
ac_statement_batch_clear (AcStatementBatch *self)
{
  g_clear_pointer (&self->statements, g_ptr_array_unref);
}

/* Up to which beat earlier entries have told: group and self study are entries of their
 * own with the same beats, and one that decides again names all of them. */
#define TOLD                                                                           \
  "ifnull ((SELECT max (beats_to) FROM ledger AS before "                              \
  "         WHERE before.member = entry.member AND before.lesson = entry.lesson "      \
  "           AND before.kind = 'AUTO' AND before.seq < entry.seq), 0)"

/* The next entry that tells of play.
 * Returns: SQLITE_ROW, SQLITE_DONE; -1 with @error. */
static gint
next_entry (AcStore *store, gint64 after, Entry *entry, GError **error)
{
  g_autoptr (AcStatement) row = ac_store_prepare (
      store,
      "SELECT seq, lesson, member, kind != 'AUTO', 1 + " TOLD ", beats_to, media "
      "FROM ledger AS entry WHERE seq > ? AND "
      "  (kind = 'AUTO' AND beats_to > " TOLD " "
      "   OR kind IN ('STEWARD', 'LATE') AND earned_ms > 0) "
      "  AND member NOT IN (SELECT member FROM erased_members) "
      "ORDER BY seq LIMIT 1",
      error);
  gint code;

  if (row == NULL)
    return -1;
  ac_statement_bind (row, "i", after);
  code = ac_store_step (store, row, error);
  if (code != SQLITE_ROW)
    return code;
  *entry = (Entry){
    .seq = sqlite3_column_int64 (row, 0),
    .lesson = sqlite3_column_int64 (row, 1),
    .member = sqlite3_column_int64 (row, 2),
    .room = sqlite3_column_int (row, 3),
    .beats_from = sqlite3_column_int64 (row, 4),
    .beats_to = sqlite3_column_int64 (row, 5),
    .media = ac_statement_text (row, 6),
  };
  return code;
}

static gboolean
load_lesson (AcStore *store, gint64 id, Lesson *lesson, GError **error)
{
  g_autofree gchar *creditable = NULL;
  g_autoptr (AcStatement) row = ac_store_prepare (
      store,
      "SELECT title, length_ms, ifnull (started_ms, lessons.created_ms), "
      "  creditable, attended_permille "
      "FROM lessons JOIN lesson_terms ON lesson_terms.lesson = lessons.id "
      "JOIN policies ON policies.id = policy WHERE lessons.id = ?",
      error);

  if (row == NULL)
    return FALSE;
  ac_statement_bind (row, "i", id);
  if (ac_store_step (store, row, error) != SQLITE_ROW)
    return FALSE;
  lesson->title = ac_statement_text (row, 0);
  lesson->length_ms = sqlite3_column_int64 (row, 1);
  lesson->started_ms = sqlite3_column_int64 (row, 2);
  creditable = ac_statement_text (row, 3);
  lesson->creditable = ac_interval_set_parse (creditable);
  if (lesson->creditable == NULL)
    lesson->creditable = ac_interval_set_new ();
  lesson->threshold_permille = sqlite3_column_int64 (row, 4);
  return TRUE;
}

/* Returns: (transfer full) (nullable): AcXapiBeat up to the entry's last one. */
static GArray *
load_beats (AcStore *store, const Entry *entry, GError **error)
{
  g_autoptr (GArray) beats = g_array_new (FALSE, FALSE, sizeof (AcXapiBeat));
  g_autoptr (AcStatement) row = ac_store_prepare (
      store,
      "SELECT session, client, seq, wall_ms, accepted_from_ms, "
      "  iif (absent IS NULL, accepted_ms, 0), rate_permille, ordinal FROM beats "
      "WHERE lesson = ?1 AND member = ?2 AND ordinal <= ?3 ORDER BY ordinal",
      error);
  gint code;

  if (row == NULL)
    return NULL;
  ac_statement_bind (row, "iii", entry->lesson, entry->member,
                     entry->room ? G_MAXINT64 : entry->beats_to);
  while ((code = ac_store_step (store, row, error)) == SQLITE_ROW) {
    gint64 from_ms = sqlite3_column_int64 (row, 4);
    AcXapiBeat beat = {
      .session = sqlite3_column_int64 (row, 0),
      .client = (guint64)sqlite3_column_int64 (row, 1),
      .seq = sqlite3_column_int64 (row, 2),
      .wall_ms = sqlite3_column_int64 (row, 3),
      .accepted = { from_ms, from_ms + sqlite3_column_int64 (row, 5) },
      .rate_permille = sqlite3_column_int (row, 6),
      .fresh = !entry->room && sqlite3_column_int64 (row, 7) >= entry->beats_from,
    };

    g_array_append_val (beats, beat);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&beats) : NULL;
}

/* A room plays live: its stretches of media are stretches of the lesson's hour. */
static void
add_stretches (GArray *beats, const Entry *entry, const Lesson *lesson)
{
  g_autoptr (AcIntervalSet) media = ac_interval_set_parse (entry->media);

  for (guint i = 0; media != NULL && i < ac_interval_set_length (media); i++) {
    AcInterval stretch = ac_interval_set_get (media, i);
    AcXapiBeat beat = {
      .session = -entry->seq,
      .seq = i + 1,
      .wall_ms = lesson->started_ms + stretch.end_ms,
      .accepted = stretch,
      .rate_permille = 1000,
      .fresh = TRUE,
    };

    g_array_append_val (beats, beat);
  }
}

static gboolean
tell_entry (AcStore *store, const AcStatementNames *names, const Entry *entry,
            GPtrArray *statements, GError **error)
{
  g_autofree gchar *account = ac_secret_pseudonym (names->key, entry->member);
  g_auto (Lesson) lesson = { 0 };
  g_autoptr (GArray) beats = NULL;

  if (!load_lesson (store, entry->lesson, &lesson, error) ||
      (beats = load_beats (store, entry, error)) == NULL)
    return FALSE;
  if (entry->room)
    add_stretches (beats, entry, &lesson);
  ac_xapi_statements (
      &(AcXapiSubject){
          .home = names->home,
          .account = account,
          .lesson = entry->lesson,
          .title = lesson.title,
          .length_ms = lesson.length_ms,
          .threshold_permille = lesson.threshold_permille,
          .creditable = lesson.creditable,
      },
      (const AcXapiBeat *)beats->data, beats->len, statements);
  return TRUE;
}

static gboolean
read_entries (AcStore *store, const AcStatementNames *names, guint enough,
              AcStatementBatch *batch, GError **error)
{
  for (guint i = 0; i < ENTRIES_MAX && batch->statements->len < enough; i++) {
    g_auto (Entry) entry = { 0 };
    gint code = next_entry (store, batch->entry, &entry, error);

    if (code == SQLITE_DONE) {
      batch->finished = TRUE;
      return TRUE;
    }
    if (code != SQLITE_ROW ||
        !tell_entry (store, names, &entry, batch->statements, error))
      return FALSE;
    batch->entry = entry.seq;
  }
  return TRUE;
}

gboolean
ac_statement_feed_read (AcStore *store, const AcStatementNames *names, gint64 after,
                        guint enough, AcStatementBatch *ret_batch, GError **error)
{
  g_auto (AcStatementBatch) batch = {
    .entry = after,
    .statements =
        g_ptr_array_new_with_free_func ((GDestroyNotify)ac_xapi_statement_free),
  };

  if (!read_entries (store, names, enough, &batch, error))
    return FALSE;
  *ret_batch = batch;
  batch.statements = NULL;
  return TRUE;
}
