/* The roll of a room: in and out, once, by card, guests, heads; a log that comes later.
 */
#include "credit_error.h"
#include "jobs.h"
#include "json_text.h"
#include "member_cards.h"
#include "room_log.h"
#include "screen.h"

#define ROOM ((AcRoomKey){ 1, 1 })
#define S G_GINT64_CONSTANT (1000)

enum { STEWARD = 1, SECRETARY, WANG, LI, VISITOR };

typedef struct {
  StoreFixture store;
  gint64 now_ms;
  JsonObject *result; /* of the last act */
} Fixture;

/* A village with a hall, four members in it and one elsewhere, and a lesson that has
 * been live for ten minutes. */
static void
set_up (Fixture *f, gconstpointer unused)
{
  AcStore *store;
  gint64 county, village, other;

  jobs_set_up (&f->store, NULL);
  store = f->store.store;
  f->now_ms = JOBS_NOW_MS;
  county = jobs_add_branch (store, "县", 0, NULL, NULL);
  village = jobs_add_branch (store, "东村", county, "village", NULL);
  other = jobs_add_branch (store, "西村", county, "village", NULL);
  for (guint i = STEWARD; i <= VISITOR; i++) {
    g_autofree gchar *number = g_strdup_printf ("100%u", i);

    g_assert_cmpint (jobs_add_member (store, number), ==, i);
    jobs_set_membership (store, i, AC_SIDE_HOME, i == VISITOR ? other : village, NULL,
                         NULL);
  }
  write_sql (store,
             "INSERT INTO sites (branch, name, created_ms) VALUES (2, 'hall', 0)");
  write_sql (store,
             "INSERT INTO lessons (title, key_hash, state, created_ms, started_ms, "
             "  length_ms, creditable) VALUES ('one', x'01', 'live', 0, "
             "  1773114600000, 600000, '0-600000')");
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_clear_pointer (&f->result, json_object_unref);
  jobs_tear_down (&f->store, NULL);
}

typedef struct {
  Fixture *f;
  AcRollAct act;
  const gchar *key;
  gchar *result;
} ActJob;

static gboolean
run_act (AcStore *store, gpointer data, GError **error)
{
  ActJob *job = data;
  const AcRollMoment moment = { job->f->now_ms, 600 * S, TRUE };

  return ac_roll_position (store, job->act.room, &moment, &job->act.media_ms, error) &&
         ac_roll_run (store, &job->act, job->key, &job->result, error);
}

/* @ret_error: NULL: it must be good. */
static gboolean
does (Fixture *f, AcRollAct act, const gchar *key, GError **ret_error)
{
  ActJob job = { f, act, key, NULL };
  gboolean good;
  g_autoptr (GBytes) text = NULL;

  job.act.room = ROOM;
  job.act.steward = STEWARD;
  job.act.wall_ms = f->now_ms;
  job.act.card = g_strdup (act.card);
  job.act.name = g_strdup (act.name);
  job.act.moment = g_strdup (act.moment);
  good = jobs_run (f->store.store, run_act, &job, ret_error);
  ac_roll_act_clear (&job.act);
  g_clear_pointer (&f->result, json_object_unref);
  if (good) {
    text = g_bytes_new_take (job.result, strlen (job.result));
    f->result = ac_json_text_parse_object (text, 4096, NULL);
  }
  return good;
}

static void
assert_refused (Fixture *f, AcRollAct act, const gchar *key, AcCreditError code,
                const gchar *field)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (does (f, act, key, &error));
  g_assert_error (error, AC_CREDIT_ERROR, (gint)code);
  g_assert_cmpstr (ac_credit_error_field (error), ==, field);
}

static gint64
result_of (Fixture *f, const gchar *name)
{
  return json_object_get_int_member (f->result, name);
}

#define IN(id) ((AcRollAct){ .kind = AC_ROLL_IN, .member = (id) })
#define OUT(id) ((AcRollAct){ .kind = AC_ROLL_OUT, .member = (id) })
#define GUEST(text) ((AcRollAct){ .kind = AC_ROLL_GUEST, .name = (gchar *)(text) })
#define HEADS(when, n)                                                                 \
  ((AcRollAct){ .kind = AC_ROLL_HEADS, .moment = (gchar *)(when), .heads = (n) })

static void
test_in_and_out (Fixture *f, gconstpointer unused)
{
  does (f, IN (WANG), NULL, NULL);
  g_assert_cmpint (result_of (f, "in_ms"), ==, 600 * S); /* no screen: the live edge */
  g_assert_cmpint (result_of (f, "signed_in"), ==, 1);
  does (f, IN (WANG), NULL, NULL);
  g_assert_true (json_object_get_boolean_member (f->result, "already"));
  g_assert_cmpint (result_of (f, "signed_in"), ==, 1);
  assert_refused (f, OUT (LI), NULL, AC_CREDIT_ERROR_STATE, "member");
  does (f, OUT (WANG), NULL, NULL);
  g_assert_cmpint (result_of (f, "signed_in"), ==, 0);
  does (f, IN (WANG), NULL, NULL); /* back again: another stay */
  does (f, IN (LI), NULL, NULL);
  does (f, (AcRollAct){ .kind = AC_ROLL_OUT_ALL }, NULL, NULL);
  g_assert_cmpint (result_of (f, "signed_out"), ==, 2);
  g_assert_cmpint (query_number (f->store.store,
                                 "SELECT count (*) FROM room_stays WHERE "
                                 "out_ms IS NOT NULL AND way = 'roster'"),
                   ==, 3);
  g_assert_cmpint (
      query_number (f->store.store, "SELECT sum (changed) FROM room_attendance"), ==,
      6);
}

/* The position of the room's screen: told ten seconds ago, and playing since. */
static void
test_where_the_screen_is (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->store.store;

  write_sql (store, "INSERT INTO screens (site, name, token_hash, paired_ms, "
                    "last_seen_ms) VALUES (1, 'wall', x'01', 0, 0)");
  write_sql (store,
             "INSERT INTO screen_beats VALUES (1, 1, 1, 1, 1, 1, 0, 300000, 1000, 1, "
             "  1773115190000, 0, 0, 300000, 0, 0, 0, 0, 0, 0)");
  does (f, IN (WANG), NULL, NULL);
  g_assert_cmpint (result_of (f, "in_ms"), ==, 310 * S);
  write_sql (store, "UPDATE screen_beats SET playing = 0");
  does (f, IN (LI), NULL, NULL);
  g_assert_cmpint (result_of (f, "in_ms"), ==, 300 * S);
}

/* A key does an act once, and nothing else. */
static void
test_once (Fixture *f, gconstpointer unused)
{
  does (f, GUEST ("张大伯"), "k1", NULL);
  does (f, GUEST ("张大伯"), "k1", NULL);
  g_assert_cmpint (result_of (f, "guests"), ==, 1);
  assert_refused (f, GUEST ("李大伯"), "k1", AC_CREDIT_ERROR_EXISTS, "key");
  does (f, IN (WANG), "k2", NULL);
  does (f, OUT (WANG), "k3", NULL);
  does (f, IN (WANG), "k2", NULL); /* it arrives once more, late */
  g_assert_cmpint (query_number (f->store.store, "SELECT count (*) FROM room_stays"),
                   ==, 1);
  assert_refused (f, IN (LI), "k3", AC_CREDIT_ERROR_EXISTS, "key");
}

static gboolean
make_card (AcStore *store, gpointer data, GError **error)
{
  return ac_member_card_make (store, VISITOR, 1, data, error);
}

typedef struct {
  AcMemberCardsAsk ask;
  GPtrArray *cards;
} Sheet;

static gboolean
make_sheet (AcStore *store, gpointer data, GError **error)
{
  Sheet *sheet = data;
  gint64 begun_us = g_get_monotonic_time ();
  gboolean made =
      ac_member_cards_make (store, &sheet->ask, JOBS_NOW_MS, &sheet->cards, error);

  g_test_message ("the job took %d us", (gint)(g_get_monotonic_time () - begun_us));
  return made;
}

static GPtrArray *
sheet_of (Fixture *f, AcMemberCardsAsk ask)
{
  Sheet sheet = { ask, NULL };

  jobs_run (f->store.store, make_sheet, &sheet, NULL);
  return sheet.cards;
}

static void
assert_no_sheet (Fixture *f, AcMemberCardsAsk ask, AcCreditError code,
                 const gchar *field)
{
  Sheet sheet = { ask, NULL };
  g_autoptr (GError) error = NULL;

  jobs_run (f->store.store, make_sheet, &sheet, &error);
  g_assert_error (error, AC_CREDIT_ERROR, (gint)code);
  g_assert_cmpstr (ac_credit_error_field (error), ==, field);
}

/* Printing for those who have none leaves the others' cards good. */
static void
test_card_sheet (Fixture *f, gconstpointer unused)
{
  const AcMemberCardsAsk village = { .branch = 2,
                                     .actor = SECRETARY,
                                     .reason = "年初" };
  g_autoptr (GPtrArray) alone = sheet_of (f, (AcMemberCardsAsk){ .member = WANG });
  AcMemberCard *wang = alone->pdata[0];
  g_autoptr (GPtrArray) rest = sheet_of (f, village);
  AcMemberCard *first = rest->pdata[0];
  const AcRollAct by_wang = { .kind = AC_ROLL_IN, .card = wang->code };
  const AcRollAct by_first = { .kind = AC_ROLL_IN, .card = first->code };
  g_autoptr (GPtrArray) all = NULL;

  g_assert_cmpuint (alone->len, ==, 1);
  g_assert_cmpuint (rest->len, ==, 3); /* without Wang, and without the visitor */
  g_assert_cmpstr (first->number, ==, "1001");
  g_assert_cmpstr (first->branch, ==, "东村");
  does (f, by_wang, NULL, NULL);
  g_assert_cmpint (result_of (f, "member"), ==, WANG);
  does (f, by_first, NULL, NULL);
  g_assert_cmpint (result_of (f, "member"), ==, STEWARD);
  assert_no_sheet (f, village, AC_CREDIT_ERROR_STATE, "branch");
  assert_no_sheet (f, (AcMemberCardsAsk){ .member = 99 }, AC_CREDIT_ERROR_NOT_FOUND,
                   "member");
  all = sheet_of (f, (AcMemberCardsAsk){ .branch = 2, .again = TRUE });
  g_assert_cmpuint (all->len, ==, 4);
  assert_refused (f, by_wang, NULL, AC_CREDIT_ERROR_NOT_FOUND, "card");
  g_assert_cmpint (query_number (f->store.store,
                                 "SELECT count (*) FROM audit WHERE act = 'export' "
                                 "AND detail = '{\"what\":\"cards\",\"rows\":3}' "
                                 "AND actor = 2 AND branch = 2 AND reason = '年初'"),
                   ==, 1);
}

/* The thread of the store has others waiting. */
static void
test_card_sheet_of_many (Fixture *f, gconstpointer unused)
{
  const AcMemberCardsAsk county = { .branch = 1, .again = TRUE };
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) again = NULL;

  write_sql (f->store.store,
             "WITH RECURSIVE n (i) AS (SELECT 6 UNION ALL SELECT i + 1 FROM n "
             "  WHERE i < 1000) "
             "INSERT INTO members (id, number, name, kind, branch, created_ms) "
             "SELECT i, 'n' || i, '某', 'member', 2, 1 FROM n");
  first = sheet_of (f, county);
  again = sheet_of (f, county);
  g_assert_cmpuint (first->len, ==, AC_MEMBER_CARDS_MAX);
  g_assert_cmpuint (again->len, ==, AC_MEMBER_CARDS_MAX);
  g_assert_cmpint (query_number (f->store.store, "SELECT count (*) FROM member_cards "
                                                 "WHERE revoked_ms IS NULL"),
                   ==, AC_MEMBER_CARDS_MAX);
  write_sql (f->store.store,
             "INSERT INTO members (number, name, kind, branch, created_ms) "
             "VALUES ('many', '某', 'member', 2, 1)");
  assert_no_sheet (f, county, AC_CREDIT_ERROR_INVALID, "branch");
}

static void
test_card (Fixture *f, gconstpointer unused)
{
  gchar first[AC_MEMBER_CARD_CHARS + 1], second[AC_MEMBER_CARD_CHARS + 1];
  const AcRollAct by_first = { .kind = AC_ROLL_IN, .card = first };
  const AcRollAct by_second = { .kind = AC_ROLL_IN, .card = second };

  assert_refused (f, IN (VISITOR), NULL, AC_CREDIT_ERROR_NOT_FOUND, "member");
  jobs_run (f->store.store, make_card, first, NULL);
  does (f, by_first, "scan", NULL); /* of another branch, and there */
  g_assert_cmpint (result_of (f, "member"), ==, VISITOR);
  does (f, by_first, "scan", NULL); /* the answer was lost: the same again */
  g_assert_cmpint (result_of (f, "member"), ==, VISITOR);
  g_assert_false (json_object_get_boolean_member (f->result, "already"));
  assert_refused (f, IN (VISITOR), "scan", AC_CREDIT_ERROR_EXISTS, "key");
  jobs_run (f->store.store, make_card, second, NULL);
  assert_refused (f, by_first, NULL, AC_CREDIT_ERROR_NOT_FOUND, "card");
  does (f, by_second, NULL, NULL);
  g_assert_cmpint (query_number (f->store.store,
                                 "SELECT count (*) FROM room_stays WHERE way = 'card'"),
                   ==, 1);
}

static void
test_heads (Fixture *f, gconstpointer unused)
{
  does (f, IN (WANG), NULL, NULL);
  does (f, GUEST ("张大伯"), NULL, NULL);
  does (f, HEADS ("start", 2), NULL, NULL);
  g_assert_false (json_object_get_boolean_member (f->result, "mismatch"));
  does (f, HEADS ("middle", 5), NULL, NULL);
  g_assert_true (json_object_get_boolean_member (f->result, "mismatch"));
  assert_refused (f, HEADS ("noon", 5), NULL, AC_CREDIT_ERROR_INVALID, "moment");
  assert_refused (f, HEADS ("end", 2001), NULL, AC_CREDIT_ERROR_INVALID, "heads");
  assert_refused (f, GUEST ("\n"), NULL, AC_CREDIT_ERROR_INVALID, "name");
}

/* Who comes and goes is refused after a while, and keeps nobody else out. */
static void
test_too_often (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->store.store;

  for (guint i = 0; i < AC_ROLL_STAYS_MAX; i++) {
    does (f, IN (WANG), NULL, NULL);
    does (f, OUT (WANG), NULL, NULL);
  }
  assert_refused (f, IN (WANG), NULL, AC_CREDIT_ERROR_STATE, "member");
  write_sql (store,
             "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n "
             "  WHERE i < 1000) INSERT INTO room_stays (lesson, site, member, way, "
             "  in_ms, in_wall_ms, out_ms) SELECT 1, 1, 3, 'phone', 0, 0, 1 FROM n");
  does (f, IN (LI), NULL, NULL);
  g_assert_cmpint (result_of (f, "signed_in"), ==, 1);
}

static void
test_full (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->store.store;

  write_sql (store, "WITH RECURSIVE n (i) AS (VALUES (1001) UNION ALL "
                    "  SELECT i + 1 FROM n WHERE i < 1999) "
                    "INSERT INTO members (id, number, name, role, kind, created_ms) "
                    "SELECT i, 'x' || i, 'x', 'member', 'member', 0 FROM n");
  write_sql (store, "INSERT INTO room_stays (lesson, site, member, way, in_ms, "
                    "  in_wall_ms) SELECT 1, 1, id, 'phone', 0, 0 FROM members "
                    "WHERE id > 1000");
  does (f, IN (WANG), NULL, NULL);
  assert_refused (f, IN (LI), NULL, AC_CREDIT_ERROR_STATE, "site");
  does (f, OUT (WANG), NULL, NULL);
  does (f, IN (WANG), NULL, NULL); /* is on the sheet already */
}

static void
test_states (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->store.store;

  write_sql (store, "UPDATE lessons SET state = 'cancelled'");
  assert_refused (f, IN (WANG), NULL, AC_CREDIT_ERROR_STATE, "lesson");
  write_sql (
      store,
      "UPDATE lessons SET state = 'planned', planned_ms = 1773115200000 + 7200001");
  assert_refused (f, IN (WANG), NULL, AC_CREDIT_ERROR_STATE, "lesson");
  write_sql (store, "UPDATE lessons SET planned_ms = 1773115200000 + 600000");
  does (f, IN (WANG), NULL, NULL);
}

/* --- Logs --- */

typedef struct {
  AcRoomLog log;
  gint64 last_seq;
  gboolean approve;
  gint64 decider;
  gint64 budget_us;
  AcRoomLogDecision decision; /* out: of the last slice */
  guint n_slices;             /* out */
  gint64 longest_us;          /* out: slice */
} LogJob;

static gboolean
receive (AcStore *store, gpointer data, GError **error)
{
  LogJob *job = data;

  return ac_room_log_receive (store, &job->log, &job->last_seq, error);
}

#define APPROVED_MS (JOBS_NOW_MS + 86400 * S)

static gboolean
decide_slice (AcStore *store, gpointer data, GError **error)
{
  LogJob *job = data;
  gint64 began_us = g_get_monotonic_time ();
  gboolean good = ac_room_log_decide (store, &job->decision, error);

  job->longest_us = MAX (job->longest_us, g_get_monotonic_time () - began_us);
  return good;
}

/* @ret_error: NULL: it must be good. */
static gboolean
decide (Fixture *f, LogJob *job, GError **ret_error)
{
  job->decision = (AcRoomLogDecision){ .room = ROOM,
                                       .approve = job->approve,
                                       .decider = job->decider,
                                       .wall_ms = APPROVED_MS,
                                       .budget_us = job->budget_us };
  g_strlcpy (job->decision.device, job->log.device, sizeof job->decision.device);
  for (job->n_slices = 0; !job->decision.finished; job->n_slices++)
    if (!jobs_run (f->store.store, decide_slice, job, ret_error))
      return FALSE;
  return TRUE;
}

/* As a steward's page does it. */
static void
write_down (LogJob *job, const gchar *text)
{
  static const guint8 origin[32];
  guint8 hash[32];
  gsize size = sizeof hash;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  AcRoomLogEntry entry = { .seq = job->log.entries->len + 1, .text = g_strdup (text) };
  const AcRoomLogEntry *last =
      entry.seq > 1 ? &g_array_index (job->log.entries, AcRoomLogEntry, entry.seq - 2)
                    : NULL;

  if (last != NULL) {
    g_strlcpy (entry.prev_hash, last->hash, sizeof entry.prev_hash);
    for (guint i = 0; i < sizeof hash; i++)
      hash[i] = (guint8)(g_ascii_xdigit_value (last->hash[2 * i]) * 16 +
                         g_ascii_xdigit_value (last->hash[2 * i + 1]));
    g_checksum_update (sum, hash, sizeof hash);
  } else {
    memset (entry.prev_hash, '0', 64);
    g_checksum_update (sum, origin, sizeof origin);
  }
  g_checksum_update (sum, (const guint8 *)text, -1);
  g_strlcpy (entry.hash, g_checksum_get_string (sum), sizeof entry.hash);
  g_checksum_get_digest (sum, hash, &size);
  g_array_append_val (job->log.entries, entry);
}

/* Nothing yet, of a device whose clock is an hour ahead. */
static LogJob
empty_log (void)
{
  LogJob job = { .log = { .room = ROOM,
                          .device = "00112233445566ff",
                          .sender = STEWARD,
                          .sent_ms = JOBS_NOW_MS + 3600 * S,
                          .received_ms = JOBS_NOW_MS,
                          .edge_ms = 600 * S },
                 .decider = SECRETARY };

  job.log.entries = g_array_new (FALSE, FALSE, sizeof (AcRoomLogEntry));
  g_array_set_clear_func (job.log.entries, (GDestroyNotify)ac_room_log_entry_clear);
  return job;
}

/* 5 minutes into the lesson Wang came, at 9 he went; Li came and stays. */
static LogJob
log_of_a_cut (void)
{
  LogJob job = empty_log ();

  write_down (&job, "{\"at_ms\":1773118500000,\"act\":\"in\",\"member\":3}");
  write_down (&job, "{\"at_ms\":1773118500000,\"act\":\"guest\",\"name\":\"张大伯\"}");
  write_down (&job, "{\"at_ms\":1773118740000,\"act\":\"out\",\"member\":3}");
  write_down (&job, "{\"at_ms\":1773110000000,\"act\":\"in\",\"member\":4}");
  write_down (&job, "{\"at_ms\":1773118740000,\"act\":\"in\",\"member\":99}");
  write_down (
      &job,
      "{\"at_ms\":1773118740000,\"act\":\"heads\",\"moment\":\"end\",\"heads\":9}");
  return job;
}

static void
test_log (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->store.store;
  LogJob job = log_of_a_cut ();
  g_autoptr (GArray) entries = job.log.entries;
  g_autoptr (GError) error = NULL;

  jobs_run (store, receive, &job, NULL);
  g_assert_cmpint (job.last_seq, ==, 6);
  jobs_run (store, receive, &job, NULL); /* the answer was lost */
  g_assert_cmpint (query_number (store, "SELECT count (*) FROM room_logs"), ==, 6);
  g_assert_cmpint (query_number (store, "SELECT count (*) FROM room_stays"), ==, 0);
  job.approve = TRUE;
  job.decider = STEWARD;
  g_assert_false (decide (f, &job, &error));
  g_assert_error (error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_DENIED);
  job.decider = SECRETARY;
  decide (f, &job, NULL);
  g_assert_cmpuint (job.decision.n, ==, 6);
  g_assert_cmpuint (job.decision.n_failed, ==, 1); /* there is no member 99 */
  g_assert_cmpint (query_number (store,
                                 "SELECT count (*) FROM room_stays WHERE late = 1 "
                                 "AND approved_by = 2 AND steward = 1"),
                   ==, 2);
  g_assert_cmpint (
      query_number (store, "SELECT min (approved_ms) FROM room_stays WHERE late = 1"),
      ==, APPROVED_MS); /* not when it was written down */
  g_assert_cmpint (query_number (store, "SELECT in_ms * 10000 + out_ms / 1000 FROM "
                                        "room_stays WHERE member = 3"),
                   ==, 300 * S * 10000 + 540);
  g_assert_cmpint (
      query_number (store, "SELECT in_ms FROM room_stays WHERE member = 4"), ==,
      0); /* before the lesson's beginning is its beginning */
  g_assert_cmpint (query_number (store, "SELECT count (*) FROM room_guests WHERE late"),
                   ==, 1);
  g_assert_cmpint (query_number (store, "SELECT heads <> signed_in FROM head_counts"),
                   ==, 1);
  g_clear_error (&error);
  g_assert_false (decide (f, &job, &error)); /* nothing waits */
  g_assert_error (error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_NOT_FOUND);
}

#define IN_AT_5 "{\"at_ms\":1773118500000,\"act\":\"in\",\"member\":3}"
#define OUT_AT_9 "{\"at_ms\":1773118740000,\"act\":\"out\",\"member\":3}"
#define ALL_OUT_AT_9 "{\"at_ms\":1773118740000,\"act\":\"out-all\"}"

/* A stay of Wang by the line. */
#define STAY(in_ms, out_ms)                                                            \
  "INSERT INTO room_stays (lesson, site, member, way, in_wall_ms, in_ms, out_ms) "     \
  "VALUES (1, 1, 3, 'roster', 0, " in_ms ", " out_ms ")"

static void
assert_stays (Fixture *f, gint late, const gchar *expected)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      f->store.store,
      "SELECT ifnull (group_concat (in_ms || '-' || ifnull (out_ms, '')), '') "
      "FROM room_stays WHERE late = ?",
      NULL);
  g_autofree gchar *stays = NULL;

  ac_statement_bind (statement, "d", late);
  g_assert_cmpint (ac_store_step (f->store.store, statement, NULL), ==, SQLITE_ROW);
  stays = ac_statement_text (statement, 0);
  g_assert_cmpstr (stays, ==, expected);
}

/* In and out by a log of 5 and 9 minutes, and by the line before and after it. */
static void
test_log_and_line (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *live;
    const gchar *entries[2];
    guint n_failed;
    const gchar *late, *now; /* stays, late ones and the others */
  } rows[] = {
    /* back by the line, and still there: both count, each once */
    { STAY ("480000", "NULL"), { IN_AT_5 }, 0, "300000-480000", "480000-" },
    /* back, and gone again before the log is approved */
    { STAY ("480000", "540000"), { IN_AT_5 }, 0, "300000-480000", "480000-540000" },
    /* the log is about a stay of the line, which has an end by now */
    { STAY ("120000", "540000"), { IN_AT_5 }, 0, "300000-540000", "120000-540000" },
    { STAY ("120000", "NULL"), { IN_AT_5 }, 0, "", "120000-" }, /* in already */
    /* never seen again, or only before: to the end */
    { STAY ("120000", "240000"), { IN_AT_5 }, 0, "300000-", "120000-240000" },
    /* out of what had not begun yet */
    { STAY ("580000", "NULL"), { OUT_AT_9 }, 1, "", "580000-" },
    { STAY ("580000", "NULL"), { ALL_OUT_AT_9 }, 0, "", "580000-" },
    { STAY ("580000", "NULL"), { IN_AT_5, OUT_AT_9 }, 0, "300000-540000", "580000-" },
    { STAY ("580000", "NULL"),
      { IN_AT_5, ALL_OUT_AT_9 },
      0,
      "300000-540000",
      "580000-" },
    /* and of what had */
    { STAY ("120000", "NULL"), { OUT_AT_9 }, 0, "", "120000-540000" },
    { STAY ("120000", "NULL"), { ALL_OUT_AT_9 }, 0, "", "120000-540000" },
  };
  AcStore *store = f->store.store;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    LogJob job = empty_log ();
    g_autoptr (GArray) entries = job.log.entries;

    write_sql (store, "DELETE FROM room_stays");
    job.log.device[0] = "0123456789abcdef"[i]; /* logs are kept */
    write_sql (store, rows[i].live);
    for (guint j = 0; j < G_N_ELEMENTS (rows[i].entries); j++)
      if (rows[i].entries[j] != NULL)
        write_down (&job, rows[i].entries[j]);
    g_test_message ("%u", i);
    jobs_run (store, receive, &job, NULL);
    job.approve = TRUE;
    decide (f, &job, NULL);
    g_assert_cmpuint (job.decision.n_failed, ==, rows[i].n_failed);
    assert_stays (f, TRUE, rows[i].late);
    assert_stays (f, FALSE, rows[i].now);
  }
}

/* A late stay of another device, which nothing ended, ends with the next log: the time
 * of its member is counted anew. */
static void
test_log_ends_older (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->store.store;
  LogJob job = empty_log ();
  g_autoptr (GArray) entries = job.log.entries;

  write_sql (store, "INSERT INTO room_stays (lesson, site, member, way, in_ms, "
                    "  in_wall_ms, late, approved_by, approved_ms) "
                    "VALUES (1, 1, 4, 'roster', 60000, 0, 1, 2, 5)");
  write_sql (store, "INSERT INTO room_stays (lesson, site, member, way, in_ms, "
                    "  in_wall_ms) VALUES (1, 1, 4, 'roster', 120000, 0)");
  write_down (&job, IN_AT_5);
  jobs_run (store, receive, &job, NULL);
  job.approve = TRUE;
  decide (f, &job, NULL);
  g_assert_cmpint (
      query_number (store, "SELECT out_ms FROM room_stays WHERE member = 4 AND late"),
      ==, 120 * S);
  g_assert_cmpint (
      query_number (store, "SELECT changed FROM room_attendance WHERE member = 4"), ==,
      1);
}

/* As many slices as it takes, with the same result; nothing of it is decided when its
 * sender tries. */
static void
test_log_in_slices (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->store.store;
  LogJob job = empty_log ();
  g_autoptr (GArray) entries = job.log.entries;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 70; i++)
    write_down (&job, i % 2 == 0 ? IN_AT_5 : OUT_AT_9);
  write_down (&job, IN_AT_5);
  write_sql (store, STAY ("480000", "540000")); /* ends what the log leaves open */
  jobs_run (store, receive, &job, NULL);
  job.approve = TRUE;
  job.budget_us = 1;
  job.decider = STEWARD;
  g_assert_false (decide (f, &job, &error));
  g_assert_cmpint (
      query_number (store, "SELECT count (*) FROM room_logs WHERE state = 'waiting'"),
      ==, 71);
  job.decider = SECRETARY;
  decide (f, &job, NULL);
  g_assert_cmpuint (job.n_slices, ==, 71);
  g_assert_cmpuint (job.decision.n, ==, 71);
  g_assert_cmpint (
      query_number (store, "SELECT count (*) FROM room_logs WHERE state = 'approved'"),
      ==, 71);
  /* Each in and out is a stay, up to the limit of them; what came too often is kept as
   * it is. */
  g_assert_cmpint (query_number (store, "SELECT count (*) FROM room_stays WHERE late"),
                   ==, AC_ROLL_STAYS_MAX - 1);
  g_assert_cmpuint (job.decision.n_failed, ==, 71 - 2 * (AC_ROLL_STAYS_MAX - 1));
}

/* The first slices of an approval, and then the line is cut. */
static void
approve_some (Fixture *f, LogJob *job, guint n_slices)
{
  job->decision = (AcRoomLogDecision){ .room = ROOM,
                                       .approve = TRUE,
                                       .decider = SECRETARY,
                                       .wall_ms = APPROVED_MS,
                                       .budget_us = 1 };
  g_strlcpy (job->decision.device, job->log.device, sizeof job->decision.device);
  for (guint i = 0; i < n_slices; i++)
    jobs_run (f->store.store, decide_slice, job, NULL);
}

/* The secretary changes their mind in the middle of it: who was signed in by what was
 * approved is not there to the end for that. */
static void
test_log_half_rejected (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->store.store;
  LogJob job = empty_log ();
  g_autoptr (GArray) entries = job.log.entries;
  gint64 changed;

  write_sql (store, STAY ("480000", "540000"));
  write_down (&job, IN_AT_5);
  write_down (&job, OUT_AT_9);
  jobs_run (store, receive, &job, NULL);
  approve_some (f, &job, 1);
  assert_stays (f, TRUE, "300000-");
  changed = query_number (store, "SELECT changed FROM room_attendance");
  job.approve = FALSE;
  decide (f, &job, NULL);
  assert_stays (f, TRUE, "300000-480000");
  g_assert_cmpint (query_number (store, "SELECT changed FROM room_attendance"), ==,
                   changed + 1);
}

/* There is no moment at which all is approved, and late stays are still open. */
static void
test_log_last_slice (Fixture *f, gconstpointer unused)
{
  LogJob job = empty_log ();
  g_autoptr (GArray) entries = job.log.entries;

  write_sql (f->store.store, STAY ("480000", "540000"));
  write_down (&job, "{\"at_ms\":1773118500000,\"act\":\"guest\",\"name\":\"张大伯\"}");
  write_down (&job, IN_AT_5);
  jobs_run (f->store.store, receive, &job, NULL);
  approve_some (f, &job, 2);
  g_assert_true (job.decision.finished);
  assert_stays (f, TRUE, "300000-480000");
}

/* As long as a log may be, of a hall of 500: -m slow, it takes seconds. */
static void
test_longest_log (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->store.store;
  const gint64 began_us = g_get_monotonic_time ();
  LogJob job = empty_log ();
  g_autoptr (GArray) entries = job.log.entries;

  if (!g_test_slow ()) {
    g_test_skip ("-m slow");
    return;
  }
  write_sql (store,
             "WITH n (i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n "
             "               WHERE i < 1500) "
             "INSERT INTO members (id, number, name, role, kind, created_ms, "
             "  branch) SELECT i, 'x' || i, 'x', 'member', 'member', 0, 2 FROM n");
  for (guint i = 0; i < AC_ROOM_LOG_ENTRIES_MAX; i++) {
    g_autofree gchar *text = g_strdup_printf (
        "{\"at_ms\":%" G_GINT64_FORMAT ",\"act\":\"%s\",\"member\":%u}",
        1773118200000 + i * G_GINT64_CONSTANT (50), i / 500 % 2 == 0 ? "in" : "out",
        1001 + i % 500);

    write_down (&job, text);
  }
  for (guint i = 0; i < AC_ROOM_LOG_ENTRIES_MAX; i += AC_ROOM_LOG_BATCH_MAX) {
    LogJob part = job;

    part.log.entries = g_array_new (FALSE, FALSE, sizeof (AcRoomLogEntry));
    g_array_append_vals (part.log.entries, &g_array_index (entries, AcRoomLogEntry, i),
                         AC_ROOM_LOG_BATCH_MAX);
    jobs_run (store, receive, &part, NULL);
    g_array_unref (part.log.entries);
  }
  job.approve = TRUE;
  job.budget_us = AC_ROOM_LOG_SLICE_MS * 1000;
  g_test_message ("sent in %.1f s", (g_get_monotonic_time () - began_us) / 1e6);
  decide (f, &job, NULL);
  g_test_message ("decided after %.1f s, in %u slices, the longest %.1f ms",
                  (g_get_monotonic_time () - began_us) / 1e6, job.n_slices,
                  job.longest_us / 1e3);
  g_assert_cmpuint (job.decision.n, ==, AC_ROOM_LOG_ENTRIES_MAX);
  g_assert_cmpuint (job.decision.n_failed, ==, 0);
}

/* Of a card that was scanned without a line the member is kept, and not the code; the
 * way in is the card's also when it was replaced meanwhile. Nobody gets in by it who
 * only says so. */
static void
test_log_with_card (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->store.store;
  LogJob job = empty_log ();
  g_autoptr (GArray) entries = job.log.entries;
  gchar card[AC_MEMBER_CARD_CHARS + 1], other[AC_MEMBER_CARD_CHARS + 1];
  g_autofree gchar *scanned = NULL;
  g_autoptr (AcStatement) kept = NULL;

  jobs_run (store, make_card, card, NULL);
  scanned = g_strdup_printf (
      "{\"at_ms\":1773118500000,\"act\":\"in\",\"card\":\"%s\",\"note\":\"王明\"}",
      card);
  write_down (&job, scanned);
  write_down (&job, "{\"at_ms\":1773118500000,\"act\":\"in\",\"card\":\"AC234\"}");
  write_down (&job,
              "{\"at_ms\":1773118500000,\"act\":\"in\",\"member\":5,\"way\":\"card\"}");
  jobs_run (store, receive, &job, NULL);
  kept = ac_store_prepare (
      store, "SELECT group_concat (entry, ' ') FROM room_logs WHERE seq <= 2", NULL);
  g_assert_cmpint (ac_store_step (store, kept, NULL), ==, SQLITE_ROW);
  g_assert_cmpstr ((const gchar *)sqlite3_column_text (kept, 0), ==,
                   "{\"at_ms\":1773118500000,\"act\":\"in\",\"way\":\"card\","
                   "\"member\":5} "
                   "{\"at_ms\":1773118500000,\"act\":\"in\",\"way\":\"card\"}");
  sqlite3_reset (kept);
  jobs_run (store, make_card, other, NULL);
  job.approve = TRUE;
  decide (f, &job, NULL);
  g_assert_cmpuint (job.decision.n_failed, ==, 2); /* no card, and not of the roster */
  g_assert_cmpint (query_number (store, "SELECT count (*) FROM room_stays WHERE late "
                                        "AND member = 5 AND way = 'card'"),
                   ==, 1);
}

/* One entry that was changed, left out or put in: nothing of it is taken. */
static void
test_broken_chain (Fixture *f, gconstpointer unused)
{
  static const gchar *const names[] = { "entry 3 was changed", "entry 1 is missing",
                                        "entry 2 is missing", "entry 3: act must be" };
  AcStore *store = f->store.store;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    LogJob job = log_of_a_cut ();
    g_autoptr (GArray) entries = job.log.entries;
    g_autoptr (GError) error = NULL;
    AcRoomLogEntry *third = &g_array_index (entries, AcRoomLogEntry, 2);

    if (i == 0) {
      g_free (third->text);
      third->text = g_strdup ("{\"at_ms\":1773118000000,\"act\":\"out\",\"member\":3}");
    } else if (i < 3) {
      g_array_remove_index (entries, i - 1);
    } else {
      g_array_set_size (entries, 2);
      write_down (&job, "{\"at_ms\":1,\"act\":\"dance\"}");
    }
    g_assert_false (jobs_run (store, receive, &job, &error));
    g_assert_error (error, AC_CREDIT_ERROR,
                    (gint)(i < 3 ? AC_CREDIT_ERROR_STATE : AC_CREDIT_ERROR_INVALID));
    g_assert_true (g_str_has_prefix (error->message, names[i]));
    g_assert_cmpint (query_number (store, "SELECT count (*) FROM room_logs"), ==, 0);
  }
}

/* What was sent cannot be sent anew with other words. */
static void
test_changed_afterwards (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->store.store;
  LogJob job = log_of_a_cut (), other = log_of_a_cut ();
  g_autoptr (GArray) entries = job.log.entries;
  g_autoptr (GArray) others = other.log.entries;
  g_autoptr (GError) error = NULL;

  jobs_run (store, receive, &job, NULL);
  g_array_set_size (others, 1);
  write_down (&other, "{\"at_ms\":1773118500000,\"act\":\"in\",\"member\":4}");
  g_assert_false (jobs_run (store, receive, &other, &error));
  g_assert_cmpstr (error->message, ==, "entry 2 is not the one that was sent before");
  job.approve = FALSE;
  decide (f, &job, NULL);
  g_assert_cmpint (query_number (store, "SELECT count (*) FROM room_stays"), ==, 0);
  g_assert_cmpint (query_number (store, "SELECT count (*) FROM room_logs "
                                        "WHERE state = 'rejected' AND decided_by = 2"),
                   ==, 6);
}

/* --- Screens --- */

typedef struct {
  AcScreen screen;
  GBytes *hash;
} ScreenJob;

static gboolean
add_screen (AcStore *store, gpointer data, GError **error)
{
  ScreenJob *job = data;

  return ac_screen_add (store, &job->screen, job->hash, error);
}

static gboolean
revoke_screen (AcStore *store, gpointer data, GError **error)
{
  return ac_screen_revoke (store, ((ScreenJob *)data)->screen.id, 1, 5, error);
}

static void
test_screens (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->store.store;
  g_autoptr (GBytes) hash = g_bytes_new_static ("hash", 4);
  ScreenJob job = { { .site = 1, .name = (gchar *)"大屏" }, hash };
  ScreenJob nowhere = { { .site = 7, .name = (gchar *)"大屏" }, hash };
  g_autoptr (AcScreen) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (jobs_run (store, add_screen, &nowhere, &error));
  g_assert_error (error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_NOT_FOUND);
  jobs_run (store, add_screen, &job, NULL);
  found = ac_screen_find (store, hash, NULL);
  g_assert_cmpstr (found->name, ==, "大屏");
  g_clear_error (&error);
  jobs_run (store, revoke_screen, &job, NULL);
  g_assert_null (ac_screen_find (store, hash, NULL));
  job.screen.id = 99;
  g_assert_false (jobs_run (store, revoke_screen, &job, &error));
  g_assert_error (error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_NOT_FOUND);
}

#define ADD(name, func)                                                                \
  g_test_add ("/roll/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("in-and-out", test_in_and_out);
  ADD ("where-the-screen-is", test_where_the_screen_is);
  ADD ("once", test_once);
  ADD ("card-sheet", test_card_sheet);
  ADD ("card-sheet-of-many", test_card_sheet_of_many);
  ADD ("card", test_card);
  ADD ("heads", test_heads);
  ADD ("too-often", test_too_often);
  ADD ("full", test_full);
  ADD ("states", test_states);
  ADD ("log", test_log);
  ADD ("log-and-line", test_log_and_line);
  ADD ("log-ends-older", test_log_ends_older);
  ADD ("log-in-slices", test_log_in_slices);
  ADD ("log-half-rejected", test_log_half_rejected);
  ADD ("log-last-slice", test_log_last_slice);
  ADD ("longest-log", test_longest_log);
  ADD ("log-with-card", test_log_with_card);
  ADD ("broken-chain", test_broken_chain);
  ADD ("changed-afterwards", test_changed_afterwards);
  ADD ("screens", test_screens);
  return g_test_run ();
}
