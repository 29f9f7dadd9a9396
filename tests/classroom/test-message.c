#include "message.h"

#include <string.h>

#define BEAT(seq)                                                                      \
  "{\"seq\":" #seq ",\"from_ms\":0,\"to_ms\":10000,\"rate\":1.0,\"playing\":true,"     \
  "\"visible\":true,\"mode\":\"video\"}"

static guint16
parse (const gchar *text, AcMessage *message)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  const gchar *reason = NULL;
  guint16 code = ac_message_parse (bytes, message, &reason);

  g_assert_true ((code == 0) == (reason == NULL));
  return code;
}

static void
test_codes (void)
{
  static const struct {
    const gchar *text;
    guint16 code;
  } rows[] = {
    { "{\"type\":\"ping\"}", 0 },
    { "{\"type\":\"a thing of tomorrow\",\"x\":1}", 0 },
    { "{\"type\":\"beats\",\"beats\":[" BEAT (1) "]}", 0 },
    { "ping", 1007 },
    { "", 1007 },
    { "{\"type\":\"beats\"", 1007 },
    { "[]", 1008 },
    { "{}", 1008 },
    { "{\"type\":1}", 1008 },
    { "{\"type\":\"beats\"}", 1008 },
    { "{\"type\":\"beats\",\"beats\":{}}", 1008 },
    { "{\"type\":\"beats\",\"beats\":[]}", 1008 },
    { "{\"type\":\"beats\",\"beats\":[1]}", 1008 },
    { "{\"type\":\"beats\",\"beats\":[{}]}", 1008 },
    { "{\"type\":\"beats\",\"beats\":[" BEAT (0) "]}", 1008 },
    { "{\"type\":\"beats\",\"beats\":[" BEAT (-1) "]}", 1008 },
    { "{\"type\":\"beats\",\"beats\":[" BEAT (1.5) "]}", 1008 },
    { "{\"type\":\"beats\",\"beats\":[" BEAT ("1") "]}", 1008 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    AcMessage message;

    g_test_message ("%s", rows[i].text);
    g_assert_cmpuint (parse (rows[i].text, &message), ==, rows[i].code);
  }
}

/* One field of a good beat spoilt at a time. */
static void
test_beat_fields (void)
{
  static const struct {
    const gchar *good, *bad;
  } rows[] = {
    { "\"from_ms\":0", "\"from_ms\":-1" },
    { "\"from_ms\":0", "\"from_ms\":20000" },
    { "\"from_ms\":0", "\"from_ms\":null" },
    { "\"to_ms\":10000", "\"to_ms\":1e15" },
    { "\"to_ms\":10000", "\"to\":10000" },
    { "\"rate\":1.0", "\"rate\":-1" },
    { "\"rate\":1.0", "\"rate\":17" },
    { "\"rate\":1.0", "\"rate\":\"1\"" },
    { "\"playing\":true", "\"playing\":1" },
    { "\"visible\":true", "\"visible\":null" },
    { "\"mode\":\"video\"", "\"mode\":\"radio\"" },
    { "\"mode\":\"video\"", "\"mode\":0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GString) text =
        g_string_new ("{\"type\":\"beats\",\"beats\":[" BEAT (1) "]}");
    AcMessage message;

    g_assert_cmpuint (parse (text->str, &message), ==, 0);
    g_assert_cmpuint (g_string_replace (text, rows[i].good, rows[i].bad, 0), ==, 1);
    g_test_message ("%s", text->str);
    g_assert_cmpuint (parse (text->str, &message), ==, 1008);
  }
}

static void
test_beat (void)
{
  AcMessage message;

  g_assert_cmpuint (
      parse (
          "{\"type\":\"beats\",\"beats\":[{\"seq\":7,\"from_ms\":1000,\"to_ms\":2500,"
          "\"rate\":1.25,\"playing\":true,\"visible\":false,\"mode\":\"audio\"}]}",
          &message),
      ==, 0);
  g_assert_cmpuint (message.n_beats, ==, 1);
  g_assert_cmpint (message.beats[0].seq, ==, 7);
  g_assert_cmpint (message.beats[0].from_ms, ==, 1000);
  g_assert_cmpint (message.beats[0].to_ms, ==, 2500);
  g_assert_cmpint (message.beats[0].rate_permille, ==, 1250);
  g_assert_true (message.beats[0].playing);
  g_assert_false (message.beats[0].visible);
  g_assert_cmpint (message.beats[0].mode, ==, AC_BEAT_AUDIO);
}

static void
test_counts (void)
{
  for (guint n = 63; n <= 66; n++) {
    g_autoptr (GString) text = g_string_new ("{\"type\":\"beats\",\"beats\":[");
    AcMessage message;

    for (guint i = 0; i < n; i++)
      g_string_append (text, i == 0 ? BEAT (1) : "," BEAT (1));
    g_string_append (text, "]}");
    g_assert_cmpuint (text->len, <, AC_MESSAGE_MAX_BYTES);
    g_assert_cmpuint (parse (text->str, &message), ==, n <= 64 ? 0 : 1008);
  }
}

static void
test_too_big (void)
{
  g_autofree gchar *text =
      g_strdup_printf ("{\"type\":\"ping\",\"x\":\"%*s\"}", AC_MESSAGE_MAX_BYTES, "");
  AcMessage message;

  g_assert_cmpuint (parse (text, &message), ==, 1009);
}

static void
test_query (void)
{
  static const gchar *const bad[] = {
    NULL,
    "",
    "lesson=1",
    "client=0123456789abcdef",
    "lesson=0&client=0123456789abcdef",
    "lesson=-1&client=0123456789abcdef",
    "lesson=x&client=0123456789abcdef",
    "lesson=1&client=0123456789abcde",
    "lesson=1&client=0123456789abcdeg",
    "lesson=1&client=0x23456789abcdef",
    "lesson=1&client=+123456789abcdef",
    "lesson=99999999999999999999&client=0123456789abcdef",
    "lesson=%zz&client=0123456789abcdef",
    "lesson=1&client=0123456789abcdef&since=-1",
    "lesson=1&client=0123456789abcdef&since=x",
  };
  gint64 lesson, since;
  guint64 client;

  g_assert_true (ac_message_parse_query (
      "client=FEDCBA9876543210&lesson=12&x=", &lesson, &client, &since));
  g_assert_cmpint (since, ==, -1);
  g_assert_cmpint (lesson, ==, 12);
  g_assert_true (client == G_GUINT64_CONSTANT (0xfedcba9876543210));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_message ("%s", bad[i] != NULL ? bad[i] : "(none)");
    g_assert_false (ac_message_parse_query (bad[i], &lesson, &client, &since));
  }
  g_assert_true (ac_message_parse_query ("lesson=1&client=0123456789abcdef&since=7",
                                         &lesson, &client, &since));
  g_assert_cmpint (since, ==, 7);
}

static void
test_origin (void)
{
  g_assert_true (ac_message_origin_matches ("http://a.example:80", "a.example:80"));
  g_assert_true (ac_message_origin_matches ("https://A.example", "a.Example"));
  g_assert_true (ac_message_origin_matches ("http://[::1]:8080", "[::1]:8080"));
  g_assert_false (ac_message_origin_matches ("http://b.example", "a.example"));
  g_assert_false (ac_message_origin_matches ("http://a.example.evil", "a.example"));
  g_assert_false (ac_message_origin_matches ("http://a.example:81", "a.example"));
  g_assert_false (ac_message_origin_matches ("null", "a.example"));
  g_assert_false (ac_message_origin_matches ("ftp://a.example", "a.example"));
  g_assert_false (ac_message_origin_matches ("http://", ""));
  g_assert_false (ac_message_origin_matches ("http://a.example", NULL));
  g_assert_false (ac_message_origin_matches (NULL, "a.example"));
}

static void
assert_text (GBytes *bytes, const gchar *expected)
{
  g_autoptr (GBytes) own = bytes;
  gsize length;
  const gchar *data = g_bytes_get_data (own, &length);

  g_assert_cmpmem (data, length, expected, strlen (expected));
}

static void
test_words (void)
{
  AcAttendance attendance = { 1500, 1000 };
  AcWelcome welcome = { 3, AC_LESSON_LIVE, 60000, { 1500, 1000 }, 9 };
  gint64 seqs[] = { 1, 2, 9007199254740991 };

  assert_text (
      ac_message_welcome (&welcome),
      "{\"type\":\"welcome\",\"lesson\":3,\"state\":\"live\",\"length_ms\":60000,"
      "\"accepted_ms\":1500,\"earned_ms\":1000,\"last_seq\":9,"
      "\"interrupted\":false,\"on_break\":false}");
  assert_text (ac_message_ack (seqs, 3, &attendance),
               "{\"type\":\"ack\",\"seqs\":[1,2,9007199254740991],\"accepted_ms\":1500,"
               "\"earned_ms\":1000}");
  assert_text (ac_message_retry (3000), "{\"type\":\"retry\",\"after_ms\":3000}");
  assert_text (ac_message_lesson (AC_LESSON_LIVE, 5, TRUE),
               "{\"type\":\"lesson\",\"state\":\"live\",\"length_ms\":5,"
               "\"interrupted\":true}");
  assert_text (ac_message_pong (), "{\"type\":\"pong\"}");
  assert_text (ac_message_prompt (7, 180000, 9000),
               "{\"type\":\"prompt\",\"id\":7,\"limit_ms\":180000,\"left_ms\":9000}");
  assert_text (ac_message_prompt_closed (7, TRUE),
               "{\"type\":\"prompt-closed\",\"id\":7,\"answered\":true}");
}

/* Every message that is known needs something. */
static void
test_acts (void)
{
  for (guint type = 0; type < AC_MESSAGE_TYPES; type++)
    g_assert_true ((ac_message_act (type) != AC_ACT_NONE) ==
                   (type != AC_MESSAGE_OTHER));
  g_assert_cmpint (ac_message_act ((AcMessageType)AC_MESSAGE_TYPES), ==, AC_ACT_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/codes", test_codes);
  g_test_add_func ("/message/beat-fields", test_beat_fields);
  g_test_add_func ("/message/beat", test_beat);
  g_test_add_func ("/message/counts", test_counts);
  g_test_add_func ("/message/too-big", test_too_big);
  g_test_add_func ("/message/query", test_query);
  g_test_add_func ("/message/origin", test_origin);
  g_test_add_func ("/message/words", test_words);
  g_test_add_func ("/message/acts", test_acts);
  return g_test_run ();
}
