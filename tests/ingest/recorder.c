#include "recorder.h"

#include <string.h>

#define WATCHDOG_S 50

static gboolean
on_watchdog (gpointer user_data)
{
  g_error ("the test hangs");
  return G_SOURCE_REMOVE;
}

static void
recorded_tag_clear (gpointer data)
{
  g_bytes_unref (((RecordedTag *)data)->body);
}

static GArray *
tags_new (void)
{
  GArray *tags = g_array_new (FALSE, FALSE, sizeof (RecordedTag));

  g_array_set_clear_func (tags, recorded_tag_clear);
  return tags;
}

static void
on_requested (AcPublisher *publisher, const gchar *stream_key, gpointer user_data)
{
  Recorder *self = user_data;

  g_free (self->key);
  self->key = g_strdup (stream_key);
  self->n_requested++;
  self->publisher = publisher;
  ac_publisher_set_data (publisher, self);
  g_assert_true (g_str_has_prefix (ac_publisher_address (publisher), "127.0.0.1:"));
  if (self->hold)
    return;
  if (strcmp (stream_key, RECORDER_GOOD_KEY) == 0)
    ac_publisher_accept (publisher);
  else
    ac_publisher_refuse (publisher, RECORDER_REASON);
}

static void
on_tags (AcPublisher *publisher, const AcPublisherUnit *tags, guint n_tags,
         gpointer user_data)
{
  Recorder *self = ac_publisher_data (publisher);

  g_assert_true (self == user_data);
  g_assert_cmpuint (n_tags, >, 0);
  for (guint i = 0; i < n_tags; i++) {
    RecordedTag tag = { tags[i].type, tags[i].timestamp_ms,
                        g_bytes_ref (tags[i].body) };
    g_array_append_val (self->tags, tag);
  }
}

static void
on_closed (AcPublisher *publisher, const gchar *reason, gpointer user_data)
{
  Recorder *self = user_data;

  g_assert_cmpstr (reason, !=, NULL);
  g_ptr_array_add (self->closed, g_strdup (reason));
  if (self->publisher == publisher)
    self->publisher = NULL;
}

Recorder *
recorder_new (guint max_connections, guint idle_timeout_s)
{
  static const AcPublisherHandler handler = { on_requested, on_tags, on_closed };
  const AcRtmpLimits limits = { max_connections, idle_timeout_s };
  g_autoptr (GError) error = NULL;
  Recorder *self = g_new0 (Recorder, 1);

  self->tags = tags_new ();
  self->closed = g_ptr_array_new_with_free_func (g_free);
  self->watchdog = g_timeout_add_seconds (WATCHDOG_S, on_watchdog, NULL);
  self->server = ac_rtmp_server_new ("127.0.0.1:0", &limits, &handler, self, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ac_rtmp_server_port (self->server), !=, 0);
  return self;
}

void
recorder_free (Recorder *self)
{
  ac_rtmp_server_free (self->server);
  g_assert_cmpuint (self->closed->len, ==, self->n_requested);
  g_source_remove (self->watchdog);
  g_free (self->key);
  g_array_unref (self->tags);
  g_ptr_array_unref (self->closed);
  g_free (self);
}

GSocketConnection *
recorder_connect (Recorder *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  connection = g_socket_client_connect_to_host (
      client, "127.0.0.1", ac_rtmp_server_port (self->server), NULL, &error);
  g_assert_no_error (error);
  g_socket_set_timeout (g_socket_connection_get_socket (connection), WATCHDOG_S);
  return connection;
}

typedef struct {
  GByteArray *bytes;
  guint8 buffer[4096];
  gboolean done;
} Reading;

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reading *reading = user_data;
  gssize got = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (got <= 0) {
    reading->done = TRUE;
    return;
  }
  g_byte_array_append (reading->bytes, reading->buffer, got);
  g_input_stream_read_async (G_INPUT_STREAM (source), reading->buffer,
                             sizeof reading->buffer, 0, NULL, on_read, reading);
}

GByteArray *
recorder_read_all (Recorder *self, GSocketConnection *connection)
{
  Reading reading = { .bytes = g_byte_array_new () };
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));

  g_input_stream_read_async (input, reading.buffer, sizeof reading.buffer, 0, NULL,
                             on_read, &reading);
  RECORDER_WAIT (reading.done);
  return reading.bytes;
}

GArray *
recorder_read_flv (const gchar *path)
{
  g_autofree gchar *contents = NULL;
  g_autoptr (GError) error = NULL;
  GArray *tags = tags_new ();
  const guint8 *at;
  gsize size;

  g_assert_true (g_file_get_contents (path, &contents, &size, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (contents, 3, "FLV", 3);
  at = (const guint8 *)contents + 13;
  while (at + 11 <= (const guint8 *)contents + size) {
    const gsize length = at[1] << 16 | at[2] << 8 | at[3];
    RecordedTag tag = {
      .type = at[0],
      .timestamp_ms = (guint32)at[7] << 24 | at[4] << 16 | at[5] << 8 | at[6],
      .body = g_bytes_new (at + 11, length),
    };

    g_array_append_val (tags, tag);
    at += 11 + length + 4;
  }
  return tags;
}

void
recorder_assert_equal (GArray *tags, GArray *expected)
{
  g_assert_cmpuint (tags->len, ==, expected->len);
  for (guint i = 0; i < tags->len; i++) {
    const RecordedTag *a = &g_array_index (tags, RecordedTag, i);
    const RecordedTag *b = &g_array_index (expected, RecordedTag, i);

    g_assert_cmpuint (a->type, ==, b->type);
    g_assert_cmpuint (a->timestamp_ms, ==, b->timestamp_ms);
    g_assert_true (g_bytes_equal (a->body, b->body));
  }
}
