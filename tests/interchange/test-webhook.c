/* Events to webhooks: in order, signed, again until they are taken. */
#include "settling_fixture.h"
#include "receiver.h"
#include "secrets.h"
#include "webhook.h"
#include "webhook_push.h"

#include <json-glib/json-glib.h>

#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HURRY 1000

typedef struct {
  Classroom classroom;
  Receiver receiver;
  AcPoster *poster;
  AcWebhookPush *push;
  gchar *secret;
  GPtrArray *ids, *types; /* as they were taken */
  GPtrArray *tries;       /* webhook-id of every post */
  GArray *answers;        /* to the next posts; then 204 */
} Fixture;

static void
assert_signed (Fixture *f, SoupMessageHeaders *headers, GBytes *body)
{
  const gchar *id = soup_message_headers_get_one (headers, "webhook-id");
  const gchar *timestamp = soup_message_headers_get_one (headers, "webhook-timestamp");
  gsize n_secret, n_mac = 32;
  g_autofree guint8 *secret =
      g_base64_decode (f->secret + strlen ("whsec_"), &n_secret);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, secret, n_secret);
  g_autofree gchar *head = g_strdup_printf ("%s.%s.", id, timestamp);
  g_autofree gchar *base64 = NULL;
  g_autofree gchar *expected = NULL;
  guint8 mac[32];

  g_hmac_update (hmac, (const guchar *)head, -1);
  g_hmac_update (hmac, g_bytes_get_data (body, NULL), (gssize)g_bytes_get_size (body));
  g_hmac_get_digest (hmac, mac, &n_mac);
  base64 = g_base64_encode (mac, n_mac);
  expected = g_strconcat ("v1,", base64, NULL);
  g_assert_cmpstr (soup_message_headers_get_one (headers, "webhook-signature"), ==,
                   expected);
}

static guint
take_event (SoupServerMessage *message, GBytes *body, gpointer user_data)
{
  Fixture *f = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const gchar *id = soup_message_headers_get_one (headers, "webhook-id");
  g_autofree gchar *text =
      g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);
  guint answer = 204;

  g_assert_no_error (error);
  assert_signed (f, headers, body);
  g_ptr_array_add (f->tries, g_strdup (id));
  if (f->answers->len > 0) {
    answer = g_array_index (f->answers, guint, 0);
    g_array_remove_index (f->answers, 0);
  }
  if (answer == 204) {
    g_ptr_array_add (f->ids, g_strdup (id));
    g_ptr_array_add (f->types, g_strdup (json_object_get_string_member (
                                   json_node_get_object (node), "type")));
  }
  return answer;
}

/* --- Jobs --- */

typedef struct {
  const gchar *url, *types;
  gint64 id;
  gchar *uid;
  gint code; /* of the error; -1: none */
  guint answered;
} Addition;

static gboolean
add_webhook (AcStore *store, gpointer data, GError **error)
{
  Addition *addition = data;

  return ac_webhook_add (store, addition->url, addition->types, 1, &addition->id,
                         &addition->uid, error);
}

static void
webhook_added (gpointer data, const GError *error, gpointer unused)
{
  Addition *addition = data;

  addition->code = error != NULL ? error->code : -1;
  addition->answered++;
}

static gint
try_to_add (Fixture *f, const gchar *url, const gchar *types)
{
  Addition addition = { .url = url, .types = types };

  ac_store_write (f->classroom.store.store, add_webhook, &addition, NULL, webhook_added,
                  NULL);
  await (&addition.answered, 1);
  g_free (f->secret);
  f->secret = addition.uid != NULL ? ac_secret_of_webhook (KEY, addition.uid) : NULL;
  g_free (addition.uid);
  return addition.code;
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  classroom_set_up (&f->classroom, NULL);
  f->receiver.take = take_event;
  f->receiver.user_data = f;
  receiver_open (&f->receiver);
  f->ids = g_ptr_array_new_with_free_func (g_free);
  f->types = g_ptr_array_new_with_free_func (g_free);
  f->tries = g_ptr_array_new_with_free_func (g_free);
  f->answers = g_array_new (FALSE, FALSE, sizeof (guint));
}

static void
start (Fixture *f)
{
  f->poster = ac_poster_new (AC_POSTER_TIMEOUT_S);
  f->push = ac_webhook_push_new (f->classroom.store.store, f->poster, KEY, HURRY);
}

static void
stop (Fixture *f)
{
  g_clear_pointer (&f->poster, ac_poster_free);
  g_clear_pointer (&f->push, ac_webhook_push_free);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  stop (f);
  classroom_tear_down (&f->classroom, NULL);
  receiver_close (&f->receiver);
  g_ptr_array_unref (f->ids);
  g_ptr_array_unref (f->types);
  g_ptr_array_unref (f->tries);
  g_array_unref (f->answers);
  g_free (f->secret);
}

/* As no lesson does, to have several events. */
static void
end_lesson (Fixture *f)
{
  write_sql (f->classroom.store.store,
             "UPDATE lessons SET state = 'ended' WHERE id = 1");
}

static void
revive_lesson (Fixture *f)
{
  write_sql (f->classroom.store.store,
             "UPDATE lessons SET state = 'live' WHERE id = 1");
}

static void
await_taken (Fixture *f, guint n)
{
  await (&f->ids->len, n);
}

static void
assert_types (Fixture *f, const gchar *expected)
{
  g_autofree gchar *text = NULL;

  g_ptr_array_add (f->types, NULL);
  text = g_strjoinv (" ", (gchar **)f->types->pdata);
  g_ptr_array_set_size (f->types, (gint)f->types->len - 1);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_in_order (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (try_to_add (f, f->receiver.url, NULL), ==, -1);
  end_lesson (f);
  revive_lesson (f);
  write_sql (f->classroom.store.store,
             "INSERT INTO lessons (id, title, key_hash, state, created_ms) "
             "VALUES (3, 'three \"quoted\"', x'03', 'planned', 0)");
  start (f);
  await_taken (f, 3);
  assert_types (f, "lesson.ended lesson.live lesson.planned");
}

/* The same event comes again with the same identifier, and what follows it waits. */
static void
test_again (Fixture *f, gconstpointer unused)
{
  const guint statuses[] = { 503, 0, 302, 404 };

  g_assert_cmpint (try_to_add (f, f->receiver.url, NULL), ==, -1);
  g_array_append_vals (f->answers, statuses, G_N_ELEMENTS (statuses));
  end_lesson (f);
  revive_lesson (f);
  start (f);
  await_taken (f, 2);
  assert_types (f, "lesson.ended lesson.live");
  g_assert_cmpuint (f->tries->len, ==, 6);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpstr (f->tries->pdata[i], ==, f->ids->pdata[0]);
  g_assert_cmpstr (f->ids->pdata[0], !=, f->ids->pdata[1]);
}

static void
test_records (Fixture *f, gconstpointer unused)
{
  Classroom *c = &f->classroom;
  gint64 seq = 0;

  join (c, 1, 1);
  play (c, 1, 1, &seq, 0, 60 * S, 1000);
  write_sql (c->store.store, "UPDATE lessons SET creditable = '0-5400000'");
  settle_ledger (c, 1, 0); /* before anybody listens */
  g_assert_cmpint (try_to_add (f, f->receiver.url, "record.entered"), ==, -1);
  start (f);
  play (c, 1, 1, &seq, 60 * S, 120 * S, 1000);
  settle_ledger (c, 1, 0);
  end_lesson (f); /* not asked for */
  await_taken (f, 1);
  assert_types (f, "record.entered");
  g_assert_cmpint (query_number (c->store.store,
                                 "SELECT count (*) FROM webhook_events, "
                                 "json_each (data, '$.entries') AS entry "
                                 "WHERE webhook_events.type = 'record.entered' "
                                 "AND entry.value ->> 'entry' = 2 "
                                 "AND entry.value ->> 'member' = 'member-1'"),
                   ==, 1);
}

static void
test_gone (Fixture *f, gconstpointer unused)
{
  const guint gone = 410;
  guint watchdog = g_timeout_add_seconds (50, watchdog_bites, NULL);

  g_assert_cmpint (try_to_add (f, f->receiver.url, NULL), ==, -1);
  g_array_append_val (f->answers, gone);
  end_lesson (f);
  start (f);
  while (query_number (f->classroom.store.store,
                       "SELECT stopped_ms IS NULL FROM webhooks"))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (watchdog);
  g_assert_cmpuint (f->receiver.n_posts, ==, 1);
}

static void
test_refused_addresses (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (try_to_add (f, "http://other.example/hook", NULL), ==,
                   AC_INTERCHANGE_ERROR_URL);
  g_assert_cmpint (try_to_add (f, "file:///etc/passwd", NULL), ==,
                   AC_INTERCHANGE_ERROR_URL);
  g_assert_cmpint (try_to_add (f, "https://other.example/", "lesson.begun"), ==,
                   AC_INTERCHANGE_ERROR_EVENTS);
  for (guint i = 0; i < AC_WEBHOOKS_MAX; i++)
    g_assert_cmpint (try_to_add (f, "https://other.example/", "lesson.live"), ==, -1);
  g_assert_cmpint (try_to_add (f, "https://other.example/", NULL), ==,
                   AC_INTERCHANGE_ERROR_FULL);
}

static void
test_freed (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (try_to_add (f, f->receiver.url, NULL), ==, -1);
  for (guint turns = 0; turns < 30; turns++) {
    if (turns % 2 == 0)
      end_lesson (f);
    else
      revive_lesson (f);
    start (f);
    for (guint i = 0; i < turns; i++)
      g_main_context_iteration (NULL, FALSE);
    stop (f);
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
#define ADD(path, function)                                                            \
  g_test_add ("/webhook/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("in-order", test_in_order);
  ADD ("again", test_again);
  ADD ("records", test_records);
  ADD ("gone", test_gone);
  ADD ("refused-addresses", test_refused_addresses);
  ADD ("freed", test_freed);
  return g_test_run ();
}
