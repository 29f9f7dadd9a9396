#include "room_log.h"

#include "credit_error.h"
#include "json_text.h"
#include "mask.h"
#include "member_card.h"
#include "room_time.h"

#include <sodium.h>
#include <string.h>

#define HASH_BYTES 32
#define DECIDED_AT_ONCE 64 /* loaded, of a slice */

void
ac_room_log_entry_clear (AcRoomLogEntry *entry)
{
  g_clear_pointer (&entry->text, g_free);
}

static gboolean
is_hexadecimal (const gchar *text, gsize n_chars)
{
  return text != NULL && strspn (text, "0123456789abcdef") == n_chars &&
         text[n_chars] == '\0';
}

gboolean
ac_room_log_is_device (const gchar *device)
{
  return is_hexadecimal (device, AC_ROOM_LOG_DEVICE_CHARS);
}

static GBytes *
bytes_of (const gchar *hexadecimal)
{
  guint8 bytes[HASH_BYTES];

  sodium_hex2bin (bytes, sizeof bytes, hexadecimal, 2 * HASH_BYTES, NULL, NULL, NULL);
  return g_bytes_new (bytes, sizeof bytes);
}

static GBytes *
chain (GBytes *before, const gchar *text)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 hash[HASH_BYTES];
  gsize size = sizeof hash;

  g_checksum_update (sum, g_bytes_get_data (before, NULL), HASH_BYTES);
  g_checksum_update (sum, (const guint8 *)text, -1);
  g_checksum_get_digest (sum, hash, &size);
  return g_bytes_new (hash, sizeof hash);
}

/* --- What an entry says --- */

static gboolean
refuse_entry (gint64 seq, const gchar *why, GError **error)
{
  return ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "entries",
                           "entry %" G_GINT64_FORMAT ": %s", seq, why);
}

#define CARD "card"

static gboolean
read_texts (JsonObject *object, AcRollAct *act, GError **error)
{
  static const gchar *const names[] = { "card", "name", "moment" };
  gchar **const texts[] = { &act->card, &act->name, &act->moment };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const gchar *text;

    if (!json_object_has_member (object, names[i]))
      continue;
    text = ac_json_object_read_string (object, names[i], error);
    if (text == NULL)
      return FALSE;
    *texts[i] = g_strdup (text);
  }
  return TRUE;
}

/* @ret_at_ms: by the device's clock
 * @act: an @entry that is kept has a way instead of a card, see what_is_kept() */
static gboolean
parse_entry (const gchar *text, AcRollAct *act, gint64 *ret_at_ms, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (JsonObject) object =
      ac_json_text_parse_object (bytes, AC_ROOM_LOG_ENTRY_MAX_BYTES, error);
  const gint64 most = (G_GINT64_CONSTANT (1) << 53) - 1;
  const gchar *kind;

  if (object == NULL ||
      !ac_json_object_read_int (object, "at_ms", 0, most, ret_at_ms, error) ||
      (kind = ac_json_object_read_string (object, "act", error)) == NULL)
    return FALSE;
  if (!ac_roll_kind_from_name (kind, &act->kind))
    return ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "entries",
                             "act must be in, out, out-all, guest or heads");
  if ((json_object_has_member (object, "member") &&
       !ac_json_object_read_int (object, "member", 1, most, &act->member, error)) ||
      (json_object_has_member (object, "heads") &&
       !ac_json_object_read_int (object, "heads", 0, AC_ROLL_HEADS_MAX, &act->heads,
                                 error)) ||
      !read_texts (object, act, error))
    return FALSE;
  if (g_strcmp0 (ac_json_object_read_string (object, "way", NULL), CARD) == 0)
    act->way = AC_ROLL_CARD;
  if ((act->kind == AC_ROLL_IN || act->kind == AC_ROLL_OUT) && act->member == 0 &&
      act->card == NULL)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "entries",
                             "member or card is missing");
  if ((act->kind == AC_ROLL_GUEST && act->name == NULL) ||
      (act->kind == AC_ROLL_HEADS && act->moment == NULL))
    return ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "entries",
                             "name or moment is missing");
  return TRUE;
}

/* The code on a card would open nothing, but it is a secret all the same: what is kept
 * is the member whom it names, and no more than is read.
 * @act: as the device wrote it; its member is found
 * Returns: (transfer full) (nullable): NULL with @error. */
static gchar *
what_is_kept (AcStore *store, AcRollAct *act, gint64 device_ms, GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (GError) local = NULL;

  json_object_set_int_member (object, "at_ms", device_ms);
  json_object_set_string_member (object, "act", ac_roll_kind_name (act->kind));
  if (act->card != NULL) {
    json_object_set_string_member (object, "way", CARD);
    act->member = 0;
    if (!ac_member_card_find (store, act->card, &act->member, &local) &&
        local->domain == AC_STORE_ERROR) {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  }
  if (act->member != 0)
    json_object_set_int_member (object, "member", act->member);
  if (act->kind == AC_ROLL_GUEST)
    json_object_set_string_member (object, "name", act->name);
  if (act->kind == AC_ROLL_HEADS) {
    json_object_set_string_member (object, "moment", act->moment);
    json_object_set_int_member (object, "heads", act->heads);
  }
  return ac_json_object_to_text (object);
}

/* --- Receiving --- */

typedef struct {
  gint64 started_ms, ended_ms; /* wall; 0: not yet */
} Span;

static gboolean
load_span (AcStore *store, gint64 lesson, Span *ret_span, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT started_ms, ended_ms FROM lessons WHERE id = ?", error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", lesson);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_DONE)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "lesson",
                             "there is no such lesson");
  *ret_span = (Span){ sqlite3_column_int64 (statement, 0),
                      sqlite3_column_int64 (statement, 1) };
  return code == SQLITE_ROW;
}

/* Lesson time goes on with the wall clock, through every outage: it is counted back
 * from where the lesson is, or was when it ended. */
static void
place_in_lesson (const AcRoomLog *log, const Span *span, gint64 device_ms,
                 gint64 *ret_at_ms, gint64 *ret_media_ms)
{
  gint64 end_ms = span->ended_ms != 0 ? span->ended_ms : log->received_ms;
  gint64 at_ms = device_ms + (log->received_ms - log->sent_ms);

  at_ms = MIN (at_ms, end_ms);
  if (span->started_ms != 0)
    at_ms = MAX (at_ms, span->started_ms);
  *ret_at_ms = at_ms;
  *ret_media_ms = span->started_ms != 0 ? MAX (log->edge_ms - (end_ms - at_ms), 0) : 0;
}

/* @ret_hash: (out) (transfer full): of the last entry that is here; zeroes: none */
static gboolean
load_last (AcStore *store, const AcRoomLog *log, gint64 *ret_seq, GBytes **ret_hash,
           GError **error)
{
  static const guint8 origin[HASH_BYTES];
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT seq, hash FROM room_logs WHERE site = ? AND device = ? "
                        "ORDER BY seq DESC LIMIT 1",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "it", log->room.site, log->device);
  code = ac_store_step (store, statement, error);
  *ret_seq = code == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : 0;
  *ret_hash = code == SQLITE_ROW ? g_bytes_new (sqlite3_column_blob (statement, 1),
                                                sqlite3_column_bytes (statement, 1))
                                 : g_bytes_new_static (origin, sizeof origin);
  return code >= 0;
}

static gboolean
is_same (AcStore *store, const AcRoomLog *log, const AcRoomLogEntry *entry,
         gboolean *ret_same, GError **error)
{
  g_autoptr (GBytes) hash = bytes_of (entry->hash);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT hash = ? AND lesson = ? FROM room_logs "
                        "WHERE site = ? AND device = ? AND seq = ?",
                        error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "biiti", hash, log->room.lesson, log->room.site,
                     log->device, entry->seq);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  *ret_same = sqlite3_column_int (statement, 0) != 0;
  return TRUE;
}

static gboolean
break_chain (gint64 seq, const gchar *why, GError **error)
{
  return ac_credit_refuse (error, AC_CREDIT_ERROR_STATE, "entries",
                           "entry %" G_GINT64_FORMAT " %s", seq, why);
}

static gboolean
add_entry (AcStore *store, const AcRoomLog *log, const Span *span,
           const AcRoomLogEntry *entry, GBytes *prev_hash, GBytes *hash, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree gchar *kept = NULL;
  g_auto (AcRollAct) act = { 0 };
  gint64 device_ms, at_ms, media_ms;

  if (!parse_entry (entry->text, &act, &device_ms, &local))
    return refuse_entry (entry->seq, local->message, error);
  kept = what_is_kept (store, &act, device_ms, error);
  if (kept == NULL)
    return FALSE;
  place_in_lesson (log, span, device_ms, &at_ms, &media_ms);
  return ac_store_run (
      store, error,
      "INSERT INTO room_logs (site, device, seq, lesson, prev_hash, "
      "  hash, entry, member, at_ms, media_ms, sender, received_ms, "
      "  state) VALUES (?, ?, ?, ?, ?, ?, ?, "
      "  (SELECT id FROM members WHERE id = ?), ?, ?, ?, ?, 'waiting')",
      "itiibbtiiiii", log->room.site, log->device, entry->seq, log->room.lesson,
      prev_hash, hash, kept, act.member, at_ms, media_ms, log->sender,
      log->received_ms);
}

static gboolean
check_form (const AcRoomLog *log, GError **error)
{
  if (log->entries->len == 0 || log->entries->len > AC_ROOM_LOG_BATCH_MAX)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "entries",
                             "send between 1 and %d entries at once",
                             AC_ROOM_LOG_BATCH_MAX);
  for (guint i = 0; i < log->entries->len; i++) {
    const AcRoomLogEntry *entry = &g_array_index (log->entries, AcRoomLogEntry, i);

    if (!is_hexadecimal (entry->hash, 2 * HASH_BYTES) ||
        !is_hexadecimal (entry->prev_hash, 2 * HASH_BYTES))
      return refuse_entry (entry->seq, "hashes are 64 hexadecimal digits", error);
    if (entry->seq > AC_ROOM_LOG_ENTRIES_MAX)
      return refuse_entry (entry->seq, "the log is too long: begin another device",
                           error);
  }
  return TRUE;
}

gboolean
ac_room_log_receive (AcStore *store, const AcRoomLog *log, gint64 *ret_last_seq,
                     GError **error)
{
  g_autoptr (GBytes) last = NULL;
  Span span = { 0 };

  if (!check_form (log, error) || !load_span (store, log->room.lesson, &span, error) ||
      !load_last (store, log, ret_last_seq, &last, error))
    return FALSE;
  for (guint i = 0; i < log->entries->len; i++) {
    const AcRoomLogEntry *entry = &g_array_index (log->entries, AcRoomLogEntry, i);
    g_autoptr (GBytes) prev_hash = bytes_of (entry->prev_hash);
    g_autoptr (GBytes) said = bytes_of (entry->hash);
    g_autoptr (GBytes) hash = NULL;
    gboolean same = TRUE;

    if (entry->seq <= *ret_last_seq) {
      if (!is_same (store, log, entry, &same, error))
        return FALSE;
      if (!same)
        return break_chain (entry->seq, "is not the one that was sent before", error);
      continue;
    }
    if (entry->seq != *ret_last_seq + 1)
      return break_chain (*ret_last_seq + 1, "is missing", error);
    hash = chain (last, entry->text);
    if (!g_bytes_equal (prev_hash, last) || !g_bytes_equal (hash, said))
      return break_chain (entry->seq, "was changed: its hash is not that of the chain",
                          error);
    if (!add_entry (store, log, &span, entry, prev_hash, hash, error))
      return FALSE;
    *ret_last_seq = entry->seq;
    g_bytes_unref (last);
    last = g_steal_pointer (&hash);
  }
  return TRUE;
}

/* --- Deciding --- */

typedef struct {
  gint64 seq, at_ms, media_ms, sender;
  gchar *text;
} Waiting;

static void
clear_waiting (gpointer data)
{
  g_free (((Waiting *)data)->text);
}

/* The next that wait. */
static GArray *
load_waiting (AcStore *store, const AcRoomLogDecision *self, GError **error)
{
  g_autoptr (GArray) waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT seq, at_ms, media_ms, sender, entry FROM room_logs "
      "WHERE site = ? AND device = ? AND seq > ? AND seq <= ? AND +lesson = ? "
      "  AND +state = 'waiting' ORDER BY seq LIMIT ?",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  g_array_set_clear_func (waiting, clear_waiting);
  ac_statement_bind (statement, "itiiii", self->room.site, self->device, self->at_seq,
                     self->last_seq, self->room.lesson, (gint64)DECIDED_AT_ONCE);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    const Waiting one = { sqlite3_column_int64 (statement, 0),
                          sqlite3_column_int64 (statement, 1),
                          sqlite3_column_int64 (statement, 2),
                          sqlite3_column_int64 (statement, 3),
                          ac_statement_text (statement, 4) };

    g_array_append_val (waiting, one);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&waiting) : NULL;
}

/* An act that makes no sense any more does not hold up the others.
 * @ret_failed: likewise
 * Returns: FALSE when the store has failed. */
static gboolean
apply (AcStore *store, const AcRoomLogDecision *self, const Waiting *waiting,
       gboolean *ret_failed, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree gchar *result = NULL;
  g_auto (AcRollAct) act = { .room = self->room,
                             .steward = waiting->sender,
                             .wall_ms = waiting->at_ms,
                             .media_ms = waiting->media_ms,
                             .approver = self->decider,
                             .approved_ms = self->wall_ms };
  gint64 device_ms;
  gboolean done = parse_entry (waiting->text, &act, &device_ms, &local) &&
                  ac_roll_run (store, &act, NULL, &result, &local);

  *ret_failed = !done;
  if (done || local->domain != AC_STORE_ERROR)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Late stays without an end go to where a stay that was not late begins, or ends around
 * them; what comes after is told by that one.
 * Returns: (transfer full) (nullable): of gint64: whose they are. */
static GArray *
end_late_stays (AcStore *store, AcRoomKey room, gint64 wall_ms, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "UPDATE room_stays AS stay SET out_ms = seen.next_ms, out_wall_ms = ?3 "
      "FROM (SELECT open.id, "
      "        min (CASE WHEN live.in_ms >= open.in_ms THEN live.in_ms "
      "                  WHEN live.out_ms >= open.in_ms THEN live.out_ms END) "
      "        AS next_ms "
      "      FROM room_stays AS open "
      "      JOIN room_stays AS live USING (lesson, site, member) "
      "      WHERE lesson = ?1 AND site = ?2 AND open.late = 1 "
      "        AND open.out_ms IS NULL AND live.late = 0 GROUP BY open.id) AS seen "
      "WHERE stay.id = seen.id AND seen.next_ms IS NOT NULL RETURNING member",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "iii", room.lesson, room.site, wall_ms);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 member = sqlite3_column_int64 (statement, 0);

    g_array_append_val (members, member);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&members) : NULL;
}

static gboolean
end_what_is_open (AcStore *store, AcRoomKey room, gint64 wall_ms, GError **error)
{
  g_autoptr (GArray) members = end_late_stays (store, room, wall_ms, error);

  for (guint i = 0; members != NULL && i < members->len; i++)
    if (!ac_room_time_changed (store, room.lesson, g_array_index (members, gint64, i),
                               wall_ms, error))
      return FALSE;
  return members != NULL;
}

static gboolean
refuse_sender (GError **error)
{
  return ac_credit_refuse (error, AC_CREDIT_ERROR_DENIED, NULL,
                           "a log is approved by somebody other than its sender");
}

/* Of all that waits now, before anything of it is decided. */
static gboolean
begin (AcStore *store, AcRoomLogDecision *self, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT max (seq), max (sender = ?) FROM room_logs "
                        "WHERE site = ? AND device = ? AND lesson = ? "
                        "  AND state = 'waiting'",
                        error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iiti", self->decider, self->room.site, self->device,
                     self->room.lesson);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  self->last_seq = sqlite3_column_int64 (statement, 0);
  if (self->last_seq == 0)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "device",
                             "nothing of this device waits here");
  return !self->approve || sqlite3_column_int (statement, 1) == 0 ||
         refuse_sender (error);
}

static gboolean
decide_one (AcStore *store, AcRoomLogDecision *self, const Waiting *one, GError **error)
{
  gboolean failed = FALSE;

  if (self->approve && one->sender == self->decider)
    return refuse_sender (error);
  if (self->approve && !apply (store, self, one, &failed, error))
    return FALSE;
  if (!ac_store_run (store, error,
                     "UPDATE room_logs SET state = ?, decided_by = ?, decided_ms = ?, "
                     "  entry = json_remove (entry, '$.card') "
                     "WHERE site = ? AND device = ? AND seq = ?",
                     "tiiiti", self->approve ? "approved" : "rejected", self->decider,
                     self->wall_ms, self->room.site, self->device, one->seq))
    return FALSE;
  self->at_seq = one->seq;
  self->n++;
  self->n_failed += failed;
  return TRUE;
}

static gboolean
is_spent (const AcRoomLogDecision *self, gint64 began_us)
{
  return self->budget_us > 0 && g_get_monotonic_time () - began_us >= self->budget_us;
}

gboolean
ac_room_log_decide (AcStore *store, AcRoomLogDecision *self, GError **error)
{
  gint64 began_us = g_get_monotonic_time ();

  if (self->last_seq == 0 && !begin (store, self, error))
    return FALSE;
  do {
    g_autoptr (GArray) waiting = load_waiting (store, self, error);

    if (waiting == NULL)
      return FALSE;
    self->finished = waiting->len == 0; /* somebody else has decided the rest */
    /* One at least, or a slow machine would never get on. */
    for (guint i = 0; i < waiting->len && (i == 0 || !is_spent (self, began_us)); i++)
      if (!decide_one (store, self, &g_array_index (waiting, Waiting, i), error))
        return FALSE;
    self->finished |= self->at_seq >= self->last_seq;
  } while (!self->finished && !is_spent (self, began_us));
  /* With the last entry, or all could be decided and this left undone. After a
   * rejection as well: it may be the rest of what somebody began to approve. */
  return !self->finished || end_what_is_open (store, self->room, self->wall_ms, error);
}

/* --- Looking --- */

static void
set_text (JsonObject *object, const gchar *name, AcStatement *row, gint column)
{
  json_object_set_string_member (object, name,
                                 (const gchar *)sqlite3_column_text (row, column));
}

static JsonObject *
entry_json (AcStatement *row)
{
  JsonObject *object = json_object_new ();
  g_autofree gchar *name = ac_statement_text (row, 11);
  g_autofree gchar *masked = name != NULL ? ac_mask_name (name) : NULL;
  g_autofree gchar *sender = ac_statement_text (row, 12);
  g_autofree gchar *masked_sender = ac_mask_name (sender);

  set_text (object, "device", row, 0);
  json_object_set_int_member (object, "seq", sqlite3_column_int64 (row, 1));
  set_text (object, "entry", row, 2);
  ac_json_object_set_time (object, "at", sqlite3_column_int64 (row, 3));
  json_object_set_int_member (object, "media_ms", sqlite3_column_int64 (row, 4));
  set_text (object, "sender", row, 5);
  json_object_set_string_member (object, "sender_name", masked_sender);
  ac_json_object_set_time (object, "received_at", sqlite3_column_int64 (row, 6));
  set_text (object, "state", row, 7);
  set_text (object, "decided_by", row, 8);
  ac_json_object_set_time (object, "decided_at", sqlite3_column_int64 (row, 9));
  set_text (object, "number", row, 10);
  json_object_set_string_member (object, "name", masked);
  return object;
}

/* By an index, so that the last page costs no more than the first. */
#define LIST(condition)                                                                \
  "SELECT device, seq, entry, at_ms, media_ms, s.number, received_ms, state, "         \
  "  d.number, decided_ms, m.number, m.name, s.name "                                  \
  "FROM room_logs INDEXED BY room_logs_by_room "                                       \
  "JOIN members AS s ON s.id = sender LEFT JOIN members AS d ON d.id = decided_by "    \
  "LEFT JOIN members AS m ON ?7 AND m.id = room_logs.member "                          \
  "WHERE site = ?1 AND lesson = ?2 AND " condition " "                                 \
  "ORDER BY device, seq LIMIT ?5"

JsonArray *
ac_room_log_list (AcStore *store, AcRoomKey room, const AcRoomLogPage *page,
                  GError **error)
{
  g_autoptr (JsonArray) entries = json_array_new ();
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        page->past != NULL     ? LIST ("(?3 IS NULL OR device = ?3) "
                                                           "AND (device, seq) > (?6, ?4)")
                        : page->device != NULL ? LIST ("device = ?3 AND seq > ?4")
                                               : LIST ("seq > ?4"),
                        error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "iitiitd", room.site, room.lesson, page->device,
                     page->after, (gint64)page->limit, page->past, page->names);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    json_array_add_object_element (entries, entry_json (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&entries) : NULL;
}

JsonArray *
ac_room_log_list_waiting (AcStore *store, gint64 branch, guint limit, GError **error)
{
  g_autoptr (JsonArray) rooms = json_array_new ();
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "WITH RECURSIVE down (at) AS (SELECT ?1 UNION "
      "  SELECT branches.id FROM branches JOIN down ON parent = at) "
      "SELECT lesson, lessons.title, site, sites.name, count (*) FROM room_logs "
      "JOIN sites ON sites.id = site JOIN lessons ON lessons.id = lesson "
      "WHERE room_logs.state = 'waiting' "
      "  AND (?1 IS NULL OR sites.branch IN (SELECT at FROM down)) "
      "GROUP BY site, lesson ORDER BY min (received_ms), site, lesson LIMIT ?2",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "ni", branch, (gint64)limit);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    JsonObject *room = json_object_new ();

    json_object_set_int_member (room, "lesson", sqlite3_column_int64 (statement, 0));
    set_text (room, "title", statement, 1);
    json_object_set_int_member (room, "site", sqlite3_column_int64 (statement, 2));
    set_text (room, "name", statement, 3);
    json_object_set_int_member (room, "entries", sqlite3_column_int64 (statement, 4));
    json_array_add_object_element (rooms, room);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&rooms) : NULL;
}
