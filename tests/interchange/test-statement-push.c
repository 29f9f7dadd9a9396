/* Statements on their way to a learning record store that fails, delays, repeats and
 * refuses: nothing is lost, and nothing is sent twice with another identifier. */
#include "settling_fixture.h"
#include "profile.h"
#include "receiver.h"
#include "statement_push.h"

#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

typedef struct {
  Classroom classroom;
  Receiver receiver;
  AcPoster *poster;
  AcStatementPush *push;
  GHashTable *received; /* id: the statement's text */
  GArray *answers;      /* to the next posts; then 200 */
  const gchar *hated;   /* a verb that is refused */
  guint repeated;       /* statements that came again */
  guint timeout_s;      /* of the poster */
} Fixture;

/* As a record store keeps it: the same identifier is the same statement. */
static void
keep_statement (Fixture *f, JsonObject *object, JsonNode *node)
{
  const gchar *id = json_object_get_string_member (object, "id");
  const gchar *before = g_hash_table_lookup (f->received, id);
  gchar *text = json_to_string (node, FALSE);

  assert_follows_profile (object);
  if (before != NULL) {
    g_assert_cmpstr (text, ==, before);
    f->repeated++;
  }
  g_hash_table_replace (f->received, g_strdup (id), text);
}

static gboolean
is_hated (Fixture *f, JsonObject *object)
{
  const gchar *verb = json_object_get_string_member (
      json_object_get_object_member (object, "verb"), "id");

  return f->hated != NULL && g_str_has_suffix (verb, f->hated);
}

static guint
take_statements (SoupServerMessage *message, GBytes *body, gpointer user_data)
{
  Fixture *f = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autofree gchar *text =
      g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);
  guint answer = 200;
  JsonArray *array;

  g_assert_no_error (error);
  g_assert_cmpstr (soup_message_headers_get_one (headers, "X-Experience-API-Version"),
                   ==, "1.0.3");
  g_assert_cmpstr (soup_message_headers_get_one (headers, "Authorization"), ==,
                   "Basic bHJzOnNlY3JldA==");
  if (f->answers->len > 0) {
    answer = g_array_index (f->answers, guint, 0);
    g_array_remove_index (f->answers, 0);
  }
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (is_hated (f, json_array_get_object_element (array, i)))
      return 400; /* a batch is taken whole or not at all */
  /* 0 and 504: it was taken, and nobody hears of it. */
  if (answer == 200 || answer == 0 || answer == 504 || answer == RECEIVER_LATE)
    for (guint i = 0; i < json_array_get_length (array); i++)
      keep_statement (f, json_array_get_object_element (array, i),
                      json_array_get_element (array, i));
  return answer;
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  classroom_set_up (&f->classroom, NULL);
  f->timeout_s = AC_POSTER_TIMEOUT_S;
  f->receiver.take = take_statements;
  f->receiver.user_data = f;
  receiver_open (&f->receiver);
  f->received = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  f->answers = g_array_new (FALSE, FALSE, sizeof (guint));
  write_sql (f->classroom.store.store,
             "UPDATE lessons SET creditable = '0-5400000', length_ms = 5400000");
}

static void
start (Fixture *f)
{
  f->poster = ac_poster_new (f->timeout_s);
  f->push = ac_statement_push_new (f->classroom.store.store, f->poster,
                                   &(AcStatementPushConfig){
                                       .data_dir = f->classroom.store.dir,
                                       .url = f->receiver.url,
                                       .user = "lrs",
                                       .password = "secret",
                                       .names = { "https://classroom.example", KEY },
                                       .first_pause_ms = 1,
                                   });
}

static void
stop (Fixture *f)
{
  g_clear_pointer (&f->poster, ac_poster_free);
  g_clear_pointer (&f->push, ac_statement_push_free);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  stop (f);
  classroom_tear_down (&f->classroom, NULL);
  receiver_close (&f->receiver);
  g_hash_table_unref (f->received);
  g_array_unref (f->answers);
}

static gint64
told_up_to (Fixture *f)
{
  return query_number (f->classroom.store.store,
                       "SELECT ifnull (max (entry), -1) FROM feeds");
}

/* Runs the loop until all of the ledger is told. */
static void
await_told (Fixture *f)
{
  guint watchdog = g_timeout_add_seconds (50, watchdog_bites, NULL);
  gint64 head = query_number (f->classroom.store.store,
                              "SELECT ifnull (max (seq), 0) FROM ledger");

  while (told_up_to (f) < head)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (watchdog);
}

/* Two members, three stretches, a replay. */
static void
study (Fixture *f)
{
  Classroom *c = &f->classroom;
  gint64 seq = 0, seq2 = 0;

  join (c, 1, 1);
  join (c, 3, 1);
  play (c, 1, 1, &seq, 0, 600 * S, 1000);
  play (c, 3, 1, &seq2, 0, 300 * S, 1000);
  settle_ledger (c, 1, 0);
  play (c, 1, 1, &seq, 1200 * S, 5400 * S, 1000);
  play (c, 1, 1, &seq, 600 * S, 1200 * S, 1500);
  settle_ledger (c, 1, 0);
}

/* What is received is what follows from the ledger, all of it and nothing else. */
static void
assert_complete (Fixture *f)
{
  const AcStatementNames names = { "https://classroom.example", KEY };
  g_auto (AcStatementBatch) batch = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (ac_statement_feed_read (f->classroom.store.store, &names, 0, 100000,
                                         &batch, &error));
  g_assert_no_error (error);
  g_assert_true (batch.finished);
  g_assert_cmpuint (batch.statements->len, >, 10);
  for (guint i = 0; i < batch.statements->len; i++) {
    const AcXapiStatement *one = batch.statements->pdata[i];

    g_assert_true (g_hash_table_contains (f->received, one->id));
  }
  g_assert_cmpuint (g_hash_table_size (f->received), ==, batch.statements->len);
}

/* The feed begins with the first start: an empty ledger's start. */
static void
begin (Fixture *f)
{
  start (f);
  while (told_up_to (f) < 0)
    g_main_context_iteration (NULL, TRUE);
  stop (f);
}

static void
answer_with (Fixture *f, guint status)
{
  g_array_append_val (f->answers, status);
}

static void
test_told (Fixture *f, gconstpointer unused)
{
  begin (f);
  study (f);
  start (f);
  await_told (f);
  assert_complete (f);
  g_assert_cmpuint (f->repeated, ==, 0);
}

static void
test_failures (Fixture *f, gconstpointer unused)
{
  AcStatementPushStats stats;

  begin (f);
  study (f);
  answer_with (f, 503);
  answer_with (f, 504); /* taken, unheard */
  answer_with (f, 0);   /* taken, the line breaks */
  answer_with (f, 401);
  answer_with (f, 429);
  start (f);
  await_told (f);
  assert_complete (f);
  ac_statement_push_stats (f->push, &stats);
  g_assert_cmpuint (stats.failures, ==, 5);
  g_assert_cmpuint (f->repeated, >, 0);
}

/* An answer that takes its time is waited for. */
static void
test_slow (Fixture *f, gconstpointer unused)
{
  AcStatementPushStats stats;

  begin (f);
  study (f);
  f->receiver.slow_ms = 300;
  answer_with (f, RECEIVER_LATE);
  start (f);
  await_told (f);
  assert_complete (f);
  ac_statement_push_stats (f->push, &stats);
  g_assert_cmpuint (stats.failures, ==, 0);
  g_assert_cmpuint (f->repeated, ==, 0);
}

/* One that comes after nobody waits for it any more: they are sent again, as they were.
 */
static void
test_too_late (Fixture *f, gconstpointer unused)
{
  AcStatementPushStats stats;

  begin (f);
  study (f);
  f->timeout_s = 1;
  answer_with (f, RECEIVER_LATE);
  start (f);
  await_told (f);
  assert_complete (f);
  ac_statement_push_stats (f->push, &stats);
  g_assert_cmpuint (stats.failures, ==, 1);
  g_assert_cmpuint (f->repeated, >, 0);
}

/* The daemon ends while nobody knows whether the store has it. */
static void
test_restart (Fixture *f, gconstpointer unused)
{
  begin (f);
  study (f);
  answer_with (f, 504);
  answer_with (f, 503);
  start (f);
  await (&f->receiver.n_posts, 1);
  stop (f);
  g_assert_cmpint (told_up_to (f), ==, 0);
  start (f);
  await_told (f);
  assert_complete (f);
}

static void
test_refused (Fixture *f, gconstpointer unused)
{
  AcStatementPushStats stats;
  gint64 n_refused;

  begin (f);
  study (f);
  f->hated = "/seeked";
  start (f);
  await_told (f);
  ac_statement_push_stats (f->push, &stats);
  n_refused = query_number (f->classroom.store.store,
                            "SELECT count (*) FROM refused_statements "
                            "WHERE why LIKE '400%' AND statement LIKE '%/seeked%'");
  g_assert_cmpint (n_refused, ==, 2);
  g_assert_cmpint (stats.refused, ==, 2);
  g_assert_cmpuint (g_hash_table_size (f->received), ==, stats.told);
}

/* What was in the ledger before is not news. */
static void
test_history (Fixture *f, gconstpointer unused)
{
  study (f);
  begin (f);
  start (f);
  await_told (f);
  g_assert_cmpuint (f->receiver.n_posts, ==, 0);
}

/* Freed at any moment. */
static void
test_freed (Fixture *f, gconstpointer unused)
{
  begin (f);
  study (f);
  for (guint turns = 0; turns < 40; turns++) {
    start (f);
    for (guint i = 0; i < turns; i++)
      g_main_context_iteration (NULL, FALSE);
    stop (f);
  }
  start (f);
  await_told (f);
  assert_complete (f);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
#define ADD(path, function)                                                            \
  g_test_add ("/statement-push/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("told", test_told);
  ADD ("failures", test_failures);
  ADD ("slow", test_slow);
  ADD ("too-late", test_too_late);
  ADD ("restart", test_restart);
  ADD ("refused", test_refused);
  ADD ("history", test_history);
  ADD ("freed", test_freed);
  return g_test_run ();
}
