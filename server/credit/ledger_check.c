#include "ledger_check.h"

#include "attendance.h"
#include "digest.h"
#include "ledger.h"
#include "ledger_heads.h"
#include "policies.h"
#include "room_intervals.h"
#include "room_time.h"

#include <string.h>

void
ac_ledger_findings_clear (AcLedgerFindings *self)
{
  g_clear_pointer (&self->finding, g_free);
  g_clear_pointer (&self->head, g_free);
}

/* --- The chain --- */

typedef struct {
  AcStore *store;
  AcLedgerFindings *findings;
  GHashTable *policies; /* id: AcPolicyVersion */
  GPtrArray *heads;     /* AcLedgerHeadLine, by n_entries */
  guint next_head;
  GBytes *last_hash;
} Check;

static void
check_clear (Check *self)
{
  g_clear_pointer (&self->policies, g_hash_table_unref);
  g_clear_pointer (&self->heads, g_ptr_array_unref);
  g_clear_pointer (&self->last_hash, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Check, check_clear)

/* The first finding is the one that is told. */
G_GNUC_PRINTF (3, 4)
static gboolean
find (Check *self, gint64 entry, const gchar *format, ...)
{
  va_list args;

  if (self->findings->finding != NULL)
    return FALSE;
  va_start (args, format);
  self->findings->finding = g_strdup_vprintf (format, args);
  va_end (args);
  self->findings->bad_entry = entry;
  return FALSE;
}

static void
free_version (gpointer data)
{
  ac_policy_version_free (data);
}

static gboolean
load_policies (Check *self, GError **error)
{
  g_autoptr (GPtrArray) list = ac_policy_list (self->store, error);

  if (list == NULL)
    return FALSE;
  self->policies =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_version);
  while (list->len > 0) {
    AcPolicyVersion *policy = g_ptr_array_steal_index (list, list->len - 1);

    g_hash_table_insert (self->policies, &policy->id, policy);
  }
  return TRUE;
}

static gint
compare_heads (gconstpointer a, gconstpointer b)
{
  const AcLedgerHeadLine *x = *(AcLedgerHeadLine *const *)a;
  const AcLedgerHeadLine *y = *(AcLedgerHeadLine *const *)b;

  return (x->n_entries > y->n_entries) - (x->n_entries < y->n_entries);
}

static void
load_heads (Check *self, const gchar *text)
{
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  self->heads = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; lines[i] != NULL; i++) {
    AcLedgerHeadLine line;

    if (lines[i][0] == '\0')
      continue;
    if (ac_ledger_head_line_parse (lines[i], &line))
      g_ptr_array_add (self->heads, g_memdup2 (&line, sizeof line));
    else
      find (self, 0, "line %u of the file of heads cannot be read", i + 1);
  }
  g_ptr_array_sort (self->heads, compare_heads);
}

static gboolean
check_heads (Check *self, gint64 n_entries)
{
  g_autofree gchar *hash = NULL;

  for (; self->next_head < self->heads->len; self->next_head++) {
    const AcLedgerHeadLine *line = self->heads->pdata[self->next_head];

    if (line->n_entries != n_entries)
      return TRUE;
    if (hash == NULL)
      hash = ac_digest_to_text (self->last_hash);
    if (strcmp (hash, line->hash) != 0)
      return find (self, n_entries,
                   "entry %" G_GINT64_FORMAT " is not the one that was head on %s: "
                   "something up to it was changed since",
                   n_entries, line->day);
  }
  return TRUE;
}

/* A note that is gone is right only where the member was erased. */
static gboolean
check_note (Check *self, const AcLedgerEntry *entry, AcStatement *row)
{
  g_autoptr (GBytes) salt = NULL;
  g_autoptr (GBytes) digest = NULL;
  gboolean there = sqlite3_column_type (row, 21) != SQLITE_NULL;

  if (entry->note_digest == NULL)
    return !there || find (self, entry->seq,
                           "entry %" G_GINT64_FORMAT " has a note that it was entered "
                           "without",
                           entry->seq);
  if (!there) {
    self->findings->n_erased++;
    return sqlite3_column_int (row, 24) != 0 ||
           find (self, entry->seq,
                 "the note of entry %" G_GINT64_FORMAT
                 " is missing, and its member was "
                 "not erased",
                 entry->seq);
  }
  salt = g_bytes_new (sqlite3_column_blob (row, 21), sqlite3_column_bytes (row, 21));
  digest = ac_ledger_note_digest (salt, (const gchar *)sqlite3_column_text (row, 22),
                                  (const gchar *)sqlite3_column_text (row, 23));
  return g_bytes_equal (digest, entry->note_digest) ||
         find (self, entry->seq, "the note of entry %" G_GINT64_FORMAT " was changed",
               entry->seq);
}

static gboolean
check_policy (Check *self, const AcLedgerEntry *entry, GBytes **ret_digest)
{
  AcPolicyVersion *policy = g_hash_table_lookup (self->policies, &entry->policy);

  if (policy == NULL)
    return find (self, entry->seq,
                 "entry %" G_GINT64_FORMAT " names a policy that is not there",
                 entry->seq);
  *ret_digest = ac_policy_digest (policy);
  return g_bytes_equal (*ret_digest, policy->digest) ||
         find (self, entry->seq,
               "version \"%s\" of the policy, by which entry %" G_GINT64_FORMAT
               " counts, was changed",
               policy->version, entry->seq);
}

static gboolean
check_entry (Check *self, AcStatement *row)
{
  g_auto (AcLedgerEntry) entry = { 0 };
  g_autoptr (GBytes) policy = NULL;
  g_autoptr (GBytes) hash = NULL;
  gint64 expected = self->findings->n_entries + 1;
  gboolean known = ac_ledger_read_row (row, &entry);

  if (entry.seq != expected)
    return find (self, expected, "entry %" G_GINT64_FORMAT " is missing", expected);
  if (!known || entry.media == NULL || entry.prev_hash == NULL || entry.hash == NULL ||
      (gint)strlen (entry.media) != sqlite3_column_bytes (row, 5))
    return find (self, entry.seq, "entry %" G_GINT64_FORMAT " cannot be read",
                 expected);
  if (!g_bytes_equal (entry.prev_hash, self->last_hash))
    return find (self, entry.seq,
                 "entry %" G_GINT64_FORMAT " does not follow the one before it",
                 entry.seq);
  if (!check_policy (self, &entry, &policy))
    return FALSE;
  hash = ac_ledger_entry_digest (&entry, policy);
  if (!g_bytes_equal (hash, entry.hash))
    return find (self, entry.seq,
                 "entry %" G_GINT64_FORMAT " was changed: its hash is not that of what "
                 "it says",
                 entry.seq);
  if (!check_note (self, &entry, row))
    return FALSE;
  self->findings->n_entries++;
  g_bytes_unref (self->last_hash);
  self->last_hash = g_steal_pointer (&hash);
  return check_heads (self, entry.seq);
}

/* Returns: FALSE with @error; what was found stands in the findings. */
static gboolean
check_chain (Check *self, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store,
      "SELECT " AC_LEDGER_COLUMNS ", salt, ledger_notes.reason, ledger_notes.evidence, "
      "  erased_ms IS NOT NULL "
      "FROM ledger LEFT JOIN ledger_notes ON entry = seq "
      "LEFT JOIN erased_members ON erased_members.member = ledger.member ORDER BY seq",
      error);
  gint code;

  if (statement == NULL)
    return FALSE;
  if (!check_heads (self, 0))
    return TRUE;
  while ((code = ac_store_step (self->store, statement, error)) == SQLITE_ROW)
    if (!check_entry (self, statement))
      return TRUE;
  if (code != SQLITE_DONE)
    return FALSE;
  if (self->next_head < self->heads->len) {
    const AcLedgerHeadLine *line = self->heads->pdata[self->next_head];

    find (self, self->findings->n_entries + 1,
          "entry %" G_GINT64_FORMAT " is missing: on %s there were %" G_GINT64_FORMAT,
          self->findings->n_entries + 1, line->day, line->n_entries);
  }
  return TRUE;
}

/* A year was closed with a head that must still stand there. */
static gboolean
check_years (Check *self, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store,
      "SELECT year, entries FROM closed_years "
      "WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE seq = entries AND hash = head) "
      "  AND NOT (entries = 0 AND head = zeroblob (32)) ORDER BY year LIMIT 1",
      error);
  gint code;

  if (statement == NULL)
    return FALSE;
  code = ac_store_step (self->store, statement, error);
  if (code == SQLITE_ROW)
    find (self, sqlite3_column_int64 (statement, 1),
          "entry %" G_GINT64_FORMAT " is not the head that %" G_GINT64_FORMAT
          " was closed with",
          (gint64)sqlite3_column_int64 (statement, 1),
          (gint64)sqlite3_column_int64 (statement, 0));
  return code >= 0;
}

gboolean
ac_ledger_verify (AcStore *store, const gchar *heads, AcLedgerFindings *ret_findings,
                  GError **error)
{
  g_auto (Check) self = { store, ret_findings };

  *ret_findings = (AcLedgerFindings){ 0 };
  self.last_hash = ac_ledger_origin ();
  load_heads (&self, heads);
  if (!load_policies (&self, error) || !check_chain (&self, error) ||
      (ret_findings->finding == NULL && !check_years (&self, error))) {
    ac_ledger_findings_clear (ret_findings);
    return FALSE;
  }
  ret_findings->head = ac_digest_to_text (self.last_hash);
  return TRUE;
}

/* --- The evidence --- */

typedef struct {
  gint64 lesson, member;
  gint64 beats, settled_beats;
  gint64 earned_ms, group_ms, accepted_ms; /* running */
} Stand;

typedef struct {
  gint64 settled_beats;
  gint64 group_ms, self_ms;                 /* recomputed up to the settled beat */
  gint64 all_group_ms, all_self_ms;         /* and to the last */
  AcIntervalSet *covered, *settled_covered; /* media */
} Replayed;

static void
add_beat (const AcReplayedBeat *beat, gpointer user_data)
{
  Replayed *sums = user_data;
  gboolean settled = beat->ordinal <= sums->settled_beats;

  *(beat->group ? &sums->all_group_ms : &sums->all_self_ms) += beat->earned_ms;
  if (!settled)
    return;
  *(beat->group ? &sums->group_ms : &sums->self_ms) += beat->earned_ms;
  ac_interval_set_add (sums->settled_covered, beat->accepted.start_ms,
                       beat->accepted.end_ms);
}

static void
note_difference (AcLedgerRecount *recount, const Stand *stand, const Replayed *sums,
                 const AcLedgerAuto *entered, const gchar *what)
{
  if (recount->n_different++ == 0)
    recount->first = (AcLedgerDifference){
      .lesson = stand->lesson,
      .member = stand->member,
      .recomputed_ms = sums->group_ms + sums->self_ms,
      .running_ms = stand->earned_ms,
      .ledger_ms = entered->group_ms + entered->self_ms,
      .what = what,
    };
}

/* Returns: (nullable): the first comparison that fails. */
static const gchar *
compare (const Stand *stand, const Replayed *sums, const AcLedgerAuto *entered,
         const AcIntervalSet *creditable)
{
  g_autoptr (AcIntervalSet) counted =
      ac_interval_set_intersect (sums->settled_covered, creditable);
  g_autoptr (AcIntervalSet) media =
      ac_interval_set_intersect (entered->media, creditable);

  if (stand->group_ms != sums->all_group_ms ||
      stand->earned_ms != sums->all_group_ms + sums->all_self_ms ||
      stand->accepted_ms != ac_interval_set_measure_both (sums->covered, creditable))
    return "the running figure is not what the beats give";
  if (stand->settled_beats < 0)
    return NULL; /* the evidence has changed since: it is settled anew */
  if (entered->group_ms != sums->group_ms)
    return "group study in the ledger is not what the beats give";
  if (entered->self_ms != sums->self_ms)
    return "self study in the ledger is not what the beats give";
  if (!ac_interval_set_equal (counted, media))
    return "the media in the ledger are not what the beats give";
  return NULL;
}

static gboolean
recount_one (AcStore *store, const Stand *stand, const AcIntervalSet *creditable,
             AcLedgerRecount *recount, GError **error)
{
  g_autoptr (AcIntervalSet) covered = ac_interval_set_new ();
  g_autoptr (AcIntervalSet) settled = ac_interval_set_new ();
  const AcReplay replay = { stand->lesson, stand->member, 0, creditable, covered };
  Replayed sums = { .settled_beats = stand->settled_beats,
                    .covered = covered,
                    .settled_covered = settled };
  g_auto (AcLedgerAuto) entered = { 0 };
  const gchar *what;

  if (!ac_attendance_replay (store, &replay, add_beat, &sums, error) ||
      !ac_ledger_auto_load (store, stand->lesson, stand->member, &entered, error))
    return FALSE;
  recount->n_compared++;
  recount->n_unsettled += stand->beats > stand->settled_beats;
  recount->earned_ms += sums.all_group_ms + sums.all_self_ms;
  what = compare (stand, &sums, &entered, creditable);
  if (what != NULL)
    note_difference (recount, stand, &sums, &entered, what);
  return TRUE;
}

/* Entries without a row of attendance have no evidence at all. */
static gboolean
find_orphans (AcStore *store, gint64 lesson, AcLedgerRecount *recount, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT lesson, member, sum (earned_ms) FROM ledger AS l "
                        "WHERE (?1 = 0 OR lesson = ?1) AND ("
                        "  kind = 'AUTO' AND NOT EXISTS (SELECT 1 FROM attendance AS a "
                        "    WHERE a.lesson = l.lesson AND a.member = l.member) OR "
                        "  kind IN ('STEWARD', 'LATE') AND NOT EXISTS (SELECT 1 FROM "
                        "room_attendance AS a "
                        "    WHERE a.lesson = l.lesson AND a.member = l.member)) "
                        "GROUP BY lesson, member",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", lesson);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    const Stand stand = { .lesson = sqlite3_column_int64 (statement, 0),
                          .member = sqlite3_column_int64 (statement, 1) };
    const AcLedgerAuto entered = { .self_ms = sqlite3_column_int64 (statement, 2) };

    note_difference (recount, &stand, &(Replayed){ 0 }, &entered,
                     "the ledger has what no beat stands for");
  }
  return code == SQLITE_DONE;
}

/* --- Rooms --- */

/* R of every room of @lesson is what its screens' beats give. */
static gboolean
recount_rooms (AcStore *store, gint64 lesson, AcLedgerRecount *recount, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT lesson, site FROM room_intervals WHERE ?1 = 0 OR lesson = ?1 "
      "UNION SELECT lesson, site FROM screen_beats WHERE ?1 = 0 OR lesson = ?1",
      error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", lesson);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    const AcRoomKey key = { sqlite3_column_int64 (statement, 0),
                            sqlite3_column_int64 (statement, 1) };
    g_autoptr (AcRoomIntervals) stored = ac_room_intervals_load (store, key, error);
    g_autoptr (AcRoomIntervals) again =
        stored != NULL ? ac_room_intervals_recompute (store, key, error) : NULL;

    if (again == NULL)
      return FALSE;
    if (!ac_room_intervals_equal (stored, again))
      note_difference (recount,
                       &(Stand){ .lesson = key.lesson,
                                 .earned_ms = ac_room_intervals_earned_ms (stored) },
                       &(Replayed){ .group_ms = ac_room_intervals_earned_ms (again) },
                       &(AcLedgerAuto){ 0 },
                       "what a room was shown is not what its beats give");
  }
  return code == SQLITE_DONE;
}

static gboolean
recount_stay (AcStore *store, const Stand *stand, const AcIntervalSet *creditable,
              AcLedgerRecount *recount, GError **error)
{
  static const gchar *const what[] = {
    "the steward's entries are not what stays and rooms give",
    "the late entries are not what approved stays and rooms give",
  };
  g_auto (AcLedgerAuto) steward = { 0 };
  g_auto (AcLedgerAuto) late = { 0 };
  g_auto (AcRoomTime) time = { 0 };
  const AcLedgerAuto *entered[] = { &steward, &late };
  const AcRoomShare *shares[] = { &time.on_time, &time.late };
  gint64 lesson = stand->lesson, member = stand->member;

  if (!ac_ledger_kind_load (store, lesson, member, AC_ENTRY_STEWARD, &steward, error) ||
      !ac_ledger_kind_load (store, lesson, member, AC_ENTRY_LATE, &late, error) ||
      !ac_room_time_load (store, lesson, member, creditable, &time, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++) {
    const Replayed sums = { .group_ms = shares[i]->earned_ms,
                            .self_ms = i == 0 ? time.again.earned_ms : 0 };

    g_autoptr (AcIntervalSet) media =
        ac_interval_set_intersect (entered[i]->media, creditable);

    recount->earned_ms += sums.group_ms + sums.self_ms;
    if (entered[i]->group_ms != sums.group_ms || entered[i]->self_ms != sums.self_ms ||
        !ac_interval_set_equal (media, shares[i]->media))
      note_difference (recount, stand, &sums, entered[i], what[i]);
  }
  return TRUE;
}

static gboolean
recount_stays (AcStore *store, gint64 lesson, AcLedgerRecount *recount, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT lesson, member, changed > settled OR "
                        "  ifnull (settled_beats < 0, 0), creditable "
                        "FROM room_attendance JOIN lessons ON lessons.id = lesson "
                        "LEFT JOIN attendance USING (lesson, member) "
                        "WHERE ?1 = 0 OR lesson = ?1 ORDER BY lesson, member",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", lesson);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    const Stand stand = { .lesson = sqlite3_column_int64 (statement, 0),
                          .member = sqlite3_column_int64 (statement, 1) };
    g_autoptr (AcIntervalSet) creditable =
        ac_interval_set_parse ((const gchar *)sqlite3_column_text (statement, 3));

    recount->n_compared++;
    if (sqlite3_column_int (statement, 2)) {
      recount->n_unsettled++;
      continue;
    }
    if (creditable == NULL)
      creditable = ac_interval_set_new ();
    if (!recount_stay (store, &stand, creditable, recount, error))
      return FALSE;
  }
  return code == SQLITE_DONE;
}

/* --- All of it --- */

static Stand
read_stand (AcStatement *row)
{
  return (Stand){
    .lesson = sqlite3_column_int64 (row, 0),
    .member = sqlite3_column_int64 (row, 1),
    .beats = sqlite3_column_int64 (row, 2),
    .settled_beats = sqlite3_column_int64 (row, 3),
    .earned_ms = sqlite3_column_int64 (row, 4),
    .group_ms = sqlite3_column_int64 (row, 5),
    .accepted_ms = sqlite3_column_int64 (row, 6),
  };
}

gboolean
ac_ledger_recount (AcStore *store, gint64 lesson, AcLedgerRecount *ret_recount,
                   GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT lesson, member, beats, settled_beats, earned_ms, group_ms, accepted_ms, "
      "  creditable "
      "FROM attendance JOIN lessons ON lessons.id = lesson "
      "WHERE ?1 = 0 OR lesson = ?1 ORDER BY lesson, member",
      error);
  gint code;

  *ret_recount = (AcLedgerRecount){ 0 };
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", lesson);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    const Stand stand = read_stand (statement);
    g_autoptr (AcIntervalSet) creditable =
        ac_interval_set_parse ((const gchar *)sqlite3_column_text (statement, 7));

    if (creditable == NULL)
      creditable = ac_interval_set_new ();
    if (!recount_one (store, &stand, creditable, ret_recount, error))
      return FALSE;
  }
  return code == SQLITE_DONE && find_orphans (store, lesson, ret_recount, error) &&
         recount_rooms (store, lesson, ret_recount, error) &&
         recount_stays (store, lesson, ret_recount, error);
}
