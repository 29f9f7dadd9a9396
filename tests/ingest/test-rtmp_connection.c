#include "rtmp_connection.h"

#include "amf0.h"
#include "rtmp_script.h"

#include <string.h>

typedef struct {
  AcRtmpConnection *connection;
  GString *events; /* "publish:KEY", "tag:TYPE:TIME:SIZE", "unpublish", a line each */
  AcRtmpChunkReader *replies;
  gsize skip; /* bytes of the server's handshake still to come */
} Talk;

static void
on_publish (const gchar *stream_key, gpointer user_data)
{
  g_string_append_printf (((Talk *)user_data)->events, "publish:%s\n", stream_key);
}

static void
on_tag (const AcPublisherUnit *tag, gpointer user_data)
{
  g_string_append_printf (((Talk *)user_data)->events,
                          "tag:%u:%u:%" G_GSIZE_FORMAT "\n", tag->type,
                          tag->timestamp_ms, g_bytes_get_size (tag->body));
}

static void
on_unpublish (gpointer user_data)
{
  g_string_append (((Talk *)user_data)->events, "unpublish\n");
}

static void
set_up (Talk *talk, gconstpointer unused)
{
  static const AcRtmpConnectionEvents events = { on_publish, on_tag, on_unpublish };

  talk->connection = ac_rtmp_connection_new (&events, talk);
  talk->events = g_string_new (NULL);
  talk->replies = ac_rtmp_chunk_reader_new ();
  talk->skip = 1 + 2 * 1536;
}

static void
tear_down (Talk *talk, gconstpointer unused)
{
  ac_rtmp_connection_free (talk->connection);
  ac_rtmp_chunk_reader_free (talk->replies);
  g_string_free (talk->events, TRUE);
}

static void
say (Talk *talk, const GByteArray *bytes)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      ac_rtmp_connection_feed (talk->connection, bytes->data, bytes->len, &error));
  g_assert_no_error (error);
}

static void
assert_breaks (Talk *talk, const GByteArray *bytes, AcRtmpError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (
      ac_rtmp_connection_feed (talk->connection, bytes->data, bytes->len, &error));
  g_assert_error (error, AC_RTMP_ERROR, (gint)code);
}

/* Says everything up to the publish command and, if so, that it may. */
static void
begin (Talk *talk, gboolean accept)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  script_publish (bytes, "key");
  say (talk, bytes);
  g_assert_cmpstr (talk->events->str, ==, "publish:key\n");
  g_assert_cmpint (ac_rtmp_connection_phase (talk->connection), ==,
                   AC_RTMP_PHASE_ASKED);
  g_string_truncate (talk->events, 0);
  if (!accept)
    return;
  g_assert_true (ac_rtmp_connection_accept (talk->connection, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ac_rtmp_connection_phase (talk->connection), ==, AC_RTMP_PHASE_LIVE);
}

static void
append_value (GString *text, AcAmf0Reader *reader)
{
  AcAmf0Text string;
  gboolean end = FALSE;

  switch (ac_amf0_reader_peek (reader)) {
  case AC_AMF0_STRING:
    g_assert_true (ac_amf0_read_string (reader, &string));
    g_string_append_len (text, string.data, string.size);
    break;
  case AC_AMF0_OBJECT:
    g_assert_true (ac_amf0_read_object_start (reader));
    while (ac_amf0_read_field (reader, &string, &end) && !end) {
      g_string_append_c (text, '|');
      append_value (text, reader);
    }
    break;
  default:
    g_assert_true (ac_amf0_skip (reader));
    g_string_append_c (text, '-');
  }
}

/* Returns: (transfer full): what the server said since the last time, a line each. */
static gchar *
hear (Talk *talk)
{
  GByteArray *output = ac_rtmp_connection_output (talk->connection);
  GString *text = g_string_new (NULL);
  gsize at = MIN (talk->skip, output->len);

  talk->skip -= at;
  while (at < output->len) {
    g_auto (AcRtmpMessage) message = { 0 };
    g_autoptr (GError) error = NULL;
    const guint8 *body;
    gsize used, size;

    ac_rtmp_chunk_reader_feed (talk->replies, output->data + at, output->len - at,
                               &used, &message, &error);
    g_assert_no_error (error);
    at += used;
    if (message.body == NULL)
      continue;
    body = g_bytes_get_data (message.body, &size);
    g_string_append_printf (text, "%u@%u", message.type, message.stream);
    if (message.type == AC_RTMP_COMMAND) {
      AcAmf0Reader reader;

      ac_amf0_reader_init (&reader, body, size);
      while (ac_amf0_reader_peek (&reader) != -1) {
        g_string_append_c (text, ' ');
        append_value (text, &reader);
      }
    } else {
      g_string_append_c (text, ' ');
      for (gsize i = 0; i < size; i++)
        g_string_append_printf (text, "%02x", body[i]);
    }
    g_string_append_c (text, '\n');
  }
  g_byte_array_set_size (output, 0);
  return g_string_free (text, FALSE);
}

static void
test_conversation (Talk *talk, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree gchar *before = NULL, *after = NULL, *end = NULL;

  begin (talk, FALSE);
  before = hear (talk);
  g_assert_cmpstr (before, ==,
                   "5@0 002625a0\n"
                   "6@0 002625a002\n"
                   "20@0 _result - |FMS/3,0,1,123|- "
                   "|status|NetConnection.Connect.Success|Connection succeeded.|-\n"
                   "20@0 _result - - -\n"
                   "20@0 onFCPublish - - |status|NetStream.Publish.Start|Go on.\n"
                   "20@0 _result - - -\n"
                   "20@0 _result - - -\n");
  g_assert_true (ac_rtmp_connection_accept (talk->connection, NULL));
  after = hear (talk);
  g_assert_cmpstr (
      after, ==,
      "4@0 000000000001\n"
      "20@1 onStatus - - |status|NetStream.Publish.Start|Publishing has started.\n");

  script_tag (bytes, 9, 40, 0x17, 1, 300);
  script_tag (bytes, 8, 45, 0xaf, 1, 10);
  script_command (bytes, 0, "FCUnpublish", 6, "key");
  script_command (bytes, 0, "deleteStream", 7, NULL);
  script_tag (bytes, 9, 80, 0x27, 1, 300);
  say (talk, bytes);
  g_assert_cmpstr (talk->events->str, ==, "tag:9:40:300\ntag:8:45:10\nunpublish\n");
  g_assert_cmpint (ac_rtmp_connection_phase (talk->connection), ==,
                   AC_RTMP_PHASE_STOPPED);
  end = hear (talk);
  g_assert_cmpstr (end, ==,
                   "20@1 onStatus - - |status|NetStream.Unpublish.Success|Publishing "
                   "has stopped.\n");
}

static void
test_byte_at_a_time (Talk *talk, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  script_publish (bytes, "key?token=abc");
  script_tag (bytes, 9, 40, 0x17, 1, 300);
  for (guint i = 0; i < bytes->len; i++) {
    g_assert_true (
        ac_rtmp_connection_feed (talk->connection, bytes->data + i, 1, NULL));
    if (ac_rtmp_connection_phase (talk->connection) == AC_RTMP_PHASE_ASKED)
      g_assert_true (ac_rtmp_connection_accept (talk->connection, NULL));
  }
  g_assert_cmpstr (talk->events->str, ==, "publish:key\ntag:9:40:300\n");
}

/* What an impatient encoder sends before it may is kept and then read. */
static void
test_impatient (Talk *talk, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  script_publish (bytes, "key");
  script_tag (bytes, 9, 40, 0x17, 1, 300);
  say (talk, bytes);
  g_byte_array_set_size (bytes, 0);
  script_tag (bytes, 9, 80, 0x27, 1, 200);
  say (talk, bytes);
  g_assert_cmpstr (talk->events->str, ==, "publish:key\n");
  g_assert_true (ac_rtmp_connection_accept (talk->connection, NULL));
  g_assert_cmpstr (talk->events->str, ==, "publish:key\ntag:9:40:300\ntag:9:80:200\n");
}

static void
test_too_impatient (Talk *talk, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  begin (talk, FALSE);
  g_byte_array_set_size (bytes, AC_RTMP_CONNECTION_MAX_FEED_BYTES + 1);
  memset (bytes->data, 0, bytes->len);
  assert_breaks (talk, bytes, AC_RTMP_ERROR_LIMIT);
}

static void
test_refuse (Talk *talk, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree gchar *said = NULL;

  begin (talk, FALSE);
  g_free (hear (talk));
  ac_rtmp_connection_refuse (talk->connection, "No.");
  said = hear (talk);
  g_assert_cmpstr (said, ==,
                   "20@1 onStatus - - |error|NetStream.Publish.BadName|No.\n");
  g_assert_cmpint (ac_rtmp_connection_phase (talk->connection), ==,
                   AC_RTMP_PHASE_ENDING);

  script_tag (bytes, 9, 40, 0x17, 1, 300);
  say (talk, bytes);
  g_assert_true (ac_rtmp_connection_accept (talk->connection, NULL));
  g_assert_cmpstr (talk->events->str, ==, "");
}

static void
test_end (Talk *talk, gconstpointer unused)
{
  g_autofree gchar *said = NULL;

  begin (talk, TRUE);
  g_free (hear (talk));
  ac_rtmp_connection_refuse (talk->connection, "Too late.");
  ac_rtmp_connection_end (talk->connection, "Over.");
  ac_rtmp_connection_end (talk->connection, "Over.");
  said = hear (talk);
  g_assert_cmpstr (said, ==, "20@1 onStatus - - |error|NetStream.Failed|Over.\n");
}

typedef struct {
  const gchar *app;
  gboolean good;
} AppCase;

static void
test_apps (Talk *talk, gconstpointer unused)
{
  static const AppCase cases[] = {
    { "live", TRUE },     { "live/", TRUE },       { "live/room", TRUE },
    { "live?a=b", TRUE }, { "livestream", FALSE }, { "", FALSE },
    { "liv", FALSE },     { "/live", FALSE },      { "vod", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autofree gchar *said = NULL;

    tear_down (talk, NULL);
    set_up (talk, NULL);
    script_handshake (bytes);
    script_connect (bytes, cases[i].app);
    say (talk, bytes);
    said = hear (talk);
    g_assert_cmpint (strstr (said, "_result") != NULL, ==, cases[i].good);
    g_assert_cmpint (strstr (said, "_error") != NULL, ==, !cases[i].good);
    g_assert_cmpint (ac_rtmp_connection_phase (talk->connection), ==,
                     cases[i].good ? AC_RTMP_PHASE_COMMANDS : AC_RTMP_PHASE_ENDING);
  }
}

static void
test_bad_keys (Talk *talk, gconstpointer unused)
{
  g_autofree gchar *longest = g_strnfill (AC_RTMP_STREAM_KEY_MAX_BYTES, 'k');
  g_autofree gchar *longer = g_strconcat (longest, "k", NULL);
  const gchar *keys[] = { "", "?token", "a b", "a\nb", "\xff", "键", longer };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autofree gchar *said = NULL;

    tear_down (talk, NULL);
    set_up (talk, NULL);
    script_publish (bytes, keys[i]);
    say (talk, bytes);
    said = hear (talk);
    g_assert_cmpstr (talk->events->str, ==, "");
    g_assert_nonnull (strstr (said, "NetStream.Publish.BadName"));
  }
}

static void
test_script_data (Talk *talk, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) set = g_byte_array_new (), clear = g_byte_array_new ();
  g_autoptr (GByteArray) plain = g_byte_array_new (), amf3 = g_byte_array_new ();
  const guint8 zero = 0, junk[] = { 99, 1 };

  ac_amf0_write_string (plain, "onMetaData"); /* 13 bytes */
  ac_amf0_write_null (plain);
  ac_amf0_write_string (set, "@setDataFrame");
  g_byte_array_append (set, plain->data, plain->len);
  ac_amf0_write_string (clear, "@clearDataFrame");
  g_byte_array_append (amf3, &zero, 1);
  g_byte_array_append (amf3, set->data, set->len);

  begin (talk, TRUE);
  script_message (bytes, 4, AC_RTMP_DATA, 1, 1, set->data, set->len, 128);
  script_message (bytes, 4, AC_RTMP_DATA, 1, 2, plain->data, plain->len, 128);
  script_message (bytes, 4, AC_RTMP_DATA, 1, 3, clear->data, clear->len, 128);
  script_message (bytes, 4, AC_RTMP_DATA_AMF3, 1, 4, amf3->data, amf3->len, 128);
  script_message (bytes, 4, AC_RTMP_DATA, 1, 5, junk, sizeof junk, 128);
  script_message (bytes, 4, AC_RTMP_DATA, 1, 6, junk, 0, 128);
  say (talk, bytes);
  g_assert_cmpstr (talk->events->str, ==, "tag:18:1:14\ntag:18:2:14\ntag:18:4:14\n");
}

static void
append_flv_tag (GByteArray *out, guint8 type, guint8 time, guint8 size, guint8 claimed)
{
  const guint8 head[11] = { type, 0, 0, claimed, 0, 0, time };
  const guint8 rest[300] = { 0 };

  g_byte_array_append (out, head, sizeof head);
  g_byte_array_append (out, rest, size + 4);
}

static void
test_aggregate (Talk *talk, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new (), body = g_byte_array_new ();

  begin (talk, TRUE);
  append_flv_tag (body, 9, 10, 20, 20);
  append_flv_tag (body, 8, 15, 5, 5);
  append_flv_tag (body, 18, 15, 5, 5);
  append_flv_tag (body, 9, 50, 21, 21);
  g_byte_array_set_size (body, body->len - 4); /* the last trailer may be missing */
  script_message (bytes, 6, AC_RTMP_AGGREGATE, 1, 1000, body->data, body->len, 128);
  say (talk, bytes);
  g_assert_cmpstr (talk->events->str, ==,
                   "tag:9:1000:20\ntag:8:1005:5\ntag:9:1040:21\n");

  g_byte_array_set_size (bytes, 0);
  g_byte_array_set_size (body, 0);
  append_flv_tag (body, 9, 10, 20, 25);
  script_message (bytes, 6, AC_RTMP_AGGREGATE, 1, 1000, body->data, body->len, 128);
  assert_breaks (talk, bytes, AC_RTMP_ERROR_PROTOCOL);
}

static void
test_amf3_command (Talk *talk, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new (), body = g_byte_array_new ();
  const guint8 zero = 0;

  g_byte_array_append (body, &zero, 1);
  ac_amf0_write_string (body, "createStream");
  ac_amf0_write_number (body, 4);
  ac_amf0_write_null (body);
  script_handshake (bytes);
  script_connect (bytes, "live");
  say (talk, bytes);
  g_free (hear (talk));
  g_byte_array_set_size (bytes, 0);
  script_message (bytes, 3, AC_RTMP_COMMAND_AMF3, 0, 0, body->data, body->len, 128);
  say (talk, bytes);
  {
    g_autofree gchar *said = hear (talk);
    g_assert_cmpstr (said, ==, "20@0 _result - - -\n");
  }
  body->data[0] = 10;
  g_byte_array_set_size (bytes, 0);
  script_message (bytes, 3, AC_RTMP_COMMAND_AMF3, 0, 0, body->data, body->len, 128);
  assert_breaks (talk, bytes, AC_RTMP_ERROR_UNSUPPORTED);
}

static void
test_control (Talk *talk, gconstpointer unused)
{
  static const guint8 ping[] = { 0, 6, 1, 2, 3, 4 };
  static const guint8 window[] = { 0, 0, 0x20, 0 };
  static const guint8 bandwidth[] = { 0, 1, 0, 0, 0 };
  static const guint8 dynamic[] = { 0, 2, 0, 0, 2 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree gchar *said = NULL, *acknowledged = NULL;

  begin (talk, TRUE);
  g_free (hear (talk));
  script_message (bytes, 2, AC_RTMP_USER_CONTROL, 0, 0, ping, sizeof ping, 128);
  script_message (bytes, 2, AC_RTMP_SET_PEER_BANDWIDTH, 0, 0, bandwidth, 5, 128);
  script_message (bytes, 2, AC_RTMP_SET_PEER_BANDWIDTH, 0, 0, bandwidth, 5, 128);
  script_message (bytes, 2, AC_RTMP_SET_PEER_BANDWIDTH, 0, 0, dynamic, 5, 128);
  say (talk, bytes);
  said = hear (talk);
  g_assert_cmpstr (said, ==, "4@0 000701020304\n5@0 00010000\n");

  g_byte_array_set_size (bytes, 0);
  script_message (bytes, 2, AC_RTMP_WINDOW_ACK_SIZE, 0, 0, window, 4, 128);
  script_tag (bytes, 9, 0, 0x17, 1, 8192);
  say (talk, bytes);
  acknowledged = hear (talk);
  g_assert_true (g_str_has_prefix (acknowledged, "3@0 0000"));
}

typedef struct {
  const gchar *name;
  void (*say) (GByteArray *bytes);
  AcRtmpError code;
} BreakCase;

static void
say_wrong_version (GByteArray *bytes)
{
  g_byte_array_append (bytes, (const guint8 *)"GET / HTTP/1.1\r\n", 16);
}

static void
say_publish_first (GByteArray *bytes)
{
  script_handshake (bytes);
  script_command (bytes, 1, "publish", 5, "key");
}

static void
say_publish_without_stream (GByteArray *bytes)
{
  script_handshake (bytes);
  script_connect (bytes, "live");
  script_command (bytes, 1, "publish", 5, "key");
}

static void
say_publish_nothing (GByteArray *bytes)
{
  script_handshake (bytes);
  script_connect (bytes, "live");
  script_command (bytes, 0, "createStream", 4, NULL);
  script_command (bytes, 1, "publish", 5, NULL);
}

static void
say_connect_twice (GByteArray *bytes)
{
  script_handshake (bytes);
  script_connect (bytes, "live");
  script_connect (bytes, "live");
}

static void
say_connect_without_app (GByteArray *bytes)
{
  script_handshake (bytes);
  script_command (bytes, 0, "connect", 1, NULL);
}

static void
say_many_streams (GByteArray *bytes)
{
  script_handshake (bytes);
  script_connect (bytes, "live");
  for (guint i = 0; i < 100; i++)
    script_command (bytes, 0, "createStream", 4, NULL);
}

static void
say_many_questions (GByteArray *bytes)
{
  script_handshake (bytes);
  script_connect (bytes, "live");
  for (guint i = 0; i < 3000; i++)
    script_command (bytes, 0, "_checkbw", 4, NULL);
}

static void
say_giant_command (GByteArray *bytes)
{
  script_handshake (bytes);
  script_message (bytes, 3, AC_RTMP_COMMAND, 0, 0, NULL, 0, 128);
  bytes->data[bytes->len - 8] = 0xff;
}

static void
say_no_command (GByteArray *bytes)
{
  script_handshake (bytes);
  script_message (bytes, 3, AC_RTMP_COMMAND, 0, 0, "\5\5\5", 3, 128);
}

static void
say_short_control (GByteArray *bytes)
{
  script_handshake (bytes);
  script_message (bytes, 2, AC_RTMP_WINDOW_ACK_SIZE, 0, 0, "\5\5\5", 3, 128);
}

static const BreakCase break_cases[] = {
  { "wrong-version", say_wrong_version, AC_RTMP_ERROR_PROTOCOL },
  { "publish-first", say_publish_first, AC_RTMP_ERROR_PROTOCOL },
  { "publish-without-stream", say_publish_without_stream, AC_RTMP_ERROR_PROTOCOL },
  { "publish-nothing", say_publish_nothing, AC_RTMP_ERROR_PROTOCOL },
  { "connect-twice", say_connect_twice, AC_RTMP_ERROR_PROTOCOL },
  { "connect-without-app", say_connect_without_app, AC_RTMP_ERROR_PROTOCOL },
  { "many-streams", say_many_streams, AC_RTMP_ERROR_LIMIT },
  { "many-questions", say_many_questions, AC_RTMP_ERROR_LIMIT },
  { "giant-command", say_giant_command, AC_RTMP_ERROR_LIMIT },
  { "no-command", say_no_command, AC_RTMP_ERROR_PROTOCOL },
  { "short-control", say_short_control, AC_RTMP_ERROR_PROTOCOL },
};

static void
test_break (Talk *talk, gconstpointer data)
{
  const BreakCase *c = data;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  c->say (bytes);
  assert_breaks (talk, bytes, c->code);
}

static void
test_publish_twice (Talk *talk, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  begin (talk, TRUE);
  script_command (bytes, 1, "publish", 5, "key");
  assert_breaks (talk, bytes, AC_RTMP_ERROR_PROTOCOL);
}

static void
test_play (Talk *talk, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree gchar *said = NULL;

  script_handshake (bytes);
  script_connect (bytes, "live");
  script_command (bytes, 0, "createStream", 4, NULL);
  script_command (bytes, 1, "play", 5, "key");
  say (talk, bytes);
  said = hear (talk);
  g_assert_nonnull (strstr (said, "NetStream.Play.Failed"));
  g_assert_cmpint (ac_rtmp_connection_phase (talk->connection), ==,
                   AC_RTMP_PHASE_ENDING);
}

static void
test_unknown_is_ignored (Talk *talk, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree gchar *said = NULL;

  begin (talk, TRUE);
  g_free (hear (talk));
  script_command (bytes, 1, "wibble", 0, "x");
  script_message (bytes, 7, 99, 1, 0, "xyz", 3, 128);
  script_tag (bytes, 8, 5, 0, 0, 0); /* empty: no tag */
  say (talk, bytes);
  said = hear (talk);
  g_assert_cmpstr (said, ==, "");
  g_assert_cmpstr (talk->events->str, ==, "");
}

/* @property: what its connect command says of Enhanced RTMP; NULL: nothing */
static void
say_connect_with (Talk *talk, const gchar *property)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();

  script_handshake (bytes);
  ac_amf0_write_string (body, "connect");
  ac_amf0_write_number (body, 1);
  ac_amf0_write_object_start (body);
  ac_amf0_write_field (body, "app");
  ac_amf0_write_string (body, "live");
  if (property != NULL) {
    ac_amf0_write_field (body, property);
    ac_amf0_write_array_start (body, 2);
    ac_amf0_write_string (body, "av01");
    ac_amf0_write_string (body, "hvc1");
  }
  ac_amf0_write_object_end (body);
  script_message (bytes, 3, AC_RTMP_COMMAND, 0, 0, body->data, body->len, 128);
  say (talk, bytes);
}

static gboolean
was_said (Talk *talk, const gchar *word)
{
  const GByteArray *output = ac_rtmp_connection_output (talk->connection);

  return memmem (output->data, output->len, word, strlen (word)) != NULL;
}

/* Who tells which codecs it would like to send is told which are understood. */
static void
test_enhanced (Talk *talk, gconstpointer unused)
{
  static const gchar *const words[] = { "fourCcList", "hvc1", "av01",
                                        "vp09",       "Opus", "videoFourCcInfoMap",
                                        "capsEx" };
  g_autofree gchar *heard = NULL;

  say_connect_with (talk, "fourCcList");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_true (was_said (talk, words[i]));
  g_assert_false (was_said (talk, "ac-3"));
  heard = hear (talk); /* it is well formed */
  g_assert_nonnull (strstr (heard, "NetConnection.Connect.Success"));
}

static void
test_enhanced_caps (Talk *talk, gconstpointer unused)
{
  say_connect_with (talk, "capsEx");
  g_assert_true (was_said (talk, "fourCcList"));
}

static void
test_not_enhanced (Talk *talk, gconstpointer unused)
{
  say_connect_with (talk, NULL);
  g_assert_true (was_said (talk, "NetConnection.Connect.Success"));
  g_assert_false (was_said (talk, "fourCcList"));
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *path;
    void (*run) (Talk *talk, gconstpointer unused);
  } tests[] = {
    { "conversation", test_conversation },
    { "byte-at-a-time", test_byte_at_a_time },
    { "impatient", test_impatient },
    { "too-impatient", test_too_impatient },
    { "refuse", test_refuse },
    { "end", test_end },
    { "apps", test_apps },
    { "bad-keys", test_bad_keys },
    { "script-data", test_script_data },
    { "aggregate", test_aggregate },
    { "amf3-command", test_amf3_command },
    { "control", test_control },
    { "publish-twice", test_publish_twice },
    { "play", test_play },
    { "unknown-is-ignored", test_unknown_is_ignored },
    { "enhanced", test_enhanced },
    { "enhanced-caps", test_enhanced_caps },
    { "not-enhanced", test_not_enhanced },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree gchar *path = g_strconcat ("/rtmp-connection/", tests[i].path, NULL);
    g_test_add (path, Talk, NULL, set_up, tests[i].run, tear_down);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (break_cases); i++) {
    g_autofree gchar *path =
        g_strconcat ("/rtmp-connection/break/", break_cases[i].name, NULL);
    g_test_add (path, Talk, &break_cases[i], set_up, test_break, tear_down);
  }
  return g_test_run ();
}
