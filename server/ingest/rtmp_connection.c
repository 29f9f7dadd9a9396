#include "rtmp_connection.h"

#include "amf0.h"
#include "rtmp_reply.h"

#include <string.h>

#define RTMP_VERSION 3
#define HANDSHAKE_BYTES 1536
#define C0_C1_BYTES (1 + HANDSHAKE_BYTES)
#define MAX_STREAMS 8         /* that one connection may create */
#define MIN_WINDOW_BYTES 4096 /* a smaller one would make us talk at every packet */
#define FLV_TAG_HEADER 11
#define FLV_TAG_TRAILER 4

typedef enum { PING_REQUEST = 6 } UserControl;
typedef enum { LIMIT_HARD = 0, LIMIT_SOFT = 1 } BandwidthLimit;

struct _AcRtmpConnection {
  AcRtmpConnectionEvents events;
  gpointer user_data;
  AcRtmpPhase phase;

  guint8 greeting[C0_C1_BYTES];
  gsize greeted; /* bytes of C0, C1 and C2 that came */

  AcRtmpChunkReader *chunks;
  GByteArray *output;
  GByteArray *kept; /* what came while ASKED */

  guint32 received;     /* since the start, modulo 2^32 as the protocol counts */
  guint32 acknowledged; /* of these */
  guint32 window;       /* acknowledge at the latest after so many */
  guint32 told_window;

  gboolean connected;
  guint32 n_streams;      /* created; their ids are 1 to this */
  guint32 publish_stream; /* the message stream that asked to publish */
};

/* A command, taken apart up to its arguments. */
typedef struct {
  AcAmf0Text name;
  gdouble transaction;
  guint32 stream;
  AcAmf0Reader arguments; /* what follows the command object */
  AcAmf0Reader object;    /* the command object, for connect */
} Command;

typedef gboolean (*CommandHandler) (AcRtmpConnection *self, Command *command,
                                    GError **error);

static gboolean
fail (GError **error, AcRtmpError code, const gchar *message)
{
  g_set_error_literal (error, AC_RTMP_ERROR, code, message);
  return FALSE;
}

AcRtmpConnection *
ac_rtmp_connection_new (const AcRtmpConnectionEvents *events, gpointer user_data)
{
  AcRtmpConnection *self = g_new0 (AcRtmpConnection, 1);

  self->events = *events;
  self->user_data = user_data;
  self->chunks = ac_rtmp_chunk_reader_new ();
  self->output = g_byte_array_new ();
  self->kept = g_byte_array_new ();
  self->window = self->told_window = AC_RTMP_REPLY_WINDOW;
  return self;
}

void
ac_rtmp_connection_free (AcRtmpConnection *self)
{
  if (self == NULL)
    return;
  ac_rtmp_chunk_reader_free (self->chunks);
  g_byte_array_unref (self->output);
  g_byte_array_unref (self->kept);
  g_free (self);
}

AcRtmpPhase
ac_rtmp_connection_phase (AcRtmpConnection *self)
{
  return self->phase;
}

GByteArray *
ac_rtmp_connection_output (AcRtmpConnection *self)
{
  return self->output;
}

/* The simple handshake (5.2): S1 is a time of zero, four zero bytes, which also tell
 * that no digest is used, and random bytes; S2 is C1. */
static void
send_greeting (AcRtmpConnection *self)
{
  guint8 s0_s1[C0_C1_BYTES] = { RTMP_VERSION };

  for (gsize i = 9; i < sizeof s0_s1; i++)
    s0_s1[i] = g_random_int_range (0, 256);
  g_byte_array_append (self->output, s0_s1, sizeof s0_s1);
  g_byte_array_append (self->output, self->greeting + 1, HANDSHAKE_BYTES);
}

/* Takes C0, C1 and then C2, which is not compared: many clients send something else.
 * @ret_used: how many of the bytes were taken */
static gboolean
shake_hands (AcRtmpConnection *self, const guint8 *data, gsize size, gsize *ret_used,
             GError **error)
{
  const gsize total = C0_C1_BYTES + HANDSHAKE_BYTES;
  gsize used = 0;

  if (self->greeted < C0_C1_BYTES) {
    used = MIN (size, C0_C1_BYTES - self->greeted);
    memcpy (self->greeting + self->greeted, data, used);
    self->greeted += used;
    if (self->greeting[0] != RTMP_VERSION)
      return fail (error, AC_RTMP_ERROR_PROTOCOL, "it does not speak RTMP version 3");
    if (self->greeted == C0_C1_BYTES)
      send_greeting (self);
  }
  if (self->greeted >= C0_C1_BYTES) {
    gsize of_c2 = MIN (size - used, total - self->greeted);

    used += of_c2;
    self->greeted += of_c2;
    if (self->greeted == total)
      self->phase = AC_RTMP_PHASE_COMMANDS;
  }
  *ret_used = used;
  return TRUE;
}

static gboolean
is_our_app (const AcAmf0Text *app)
{
  if (app->size < 4 || memcmp (app->data, "live", 4) != 0)
    return FALSE;
  return app->size == 4 || strchr ("/?", app->data[4]) != NULL;
}

/* Finds the string @name among the fields of an object. */
static gboolean
find_string (AcAmf0Reader *object, const gchar *name, AcAmf0Text *ret_value)
{
  AcAmf0Text field;
  gboolean end = FALSE;

  *ret_value = (AcAmf0Text){ "", 0 };
  if (!ac_amf0_read_object_start (object))
    return FALSE;
  while (ac_amf0_read_field (object, &field, &end) && !end) {
    if (ac_amf0_text_equal (&field, name))
      return ac_amf0_read_string (object, ret_value);
    if (!ac_amf0_skip (object))
      return FALSE;
  }
  return end;
}

/* Whether a connect command tells of Enhanced RTMP, and so wants to be told. */
static gboolean
is_enhanced (AcAmf0Reader *object)
{
  static const gchar *const names[] = { "fourCcList", "videoFourCcInfoMap",
                                        "audioFourCcInfoMap", "capsEx" };
  AcAmf0Text field;
  gboolean end = FALSE;

  if (!ac_amf0_read_object_start (object))
    return FALSE;
  while (ac_amf0_read_field (object, &field, &end) && !end) {
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      if (ac_amf0_text_equal (&field, names[i]))
        return TRUE;
    if (!ac_amf0_skip (object))
      return FALSE;
  }
  return FALSE;
}

static gboolean
on_connect (AcRtmpConnection *self, Command *command, GError **error)
{
  AcAmf0Reader again = command->object;
  AcAmf0Text app;

  if (self->connected)
    return fail (error, AC_RTMP_ERROR_PROTOCOL, "it connects twice");
  if (!find_string (&command->object, "app", &app))
    return fail (error, AC_RTMP_ERROR_PROTOCOL, "its connect command is malformed");
  self->connected = TRUE;
  ac_rtmp_reply_begin (self->output);
  if (is_our_app (&app)) {
    ac_rtmp_reply_connected (self->output, command->transaction, is_enhanced (&again));
    return TRUE;
  }
  ac_rtmp_reply_rejected (self->output, command->transaction,
                          "There is no such application here; publish to /live.");
  self->phase = AC_RTMP_PHASE_ENDING;
  return TRUE;
}

static gboolean
on_ask_for_nothing (AcRtmpConnection *self, Command *command, GError **error)
{
  if (command->transaction != 0)
    ac_rtmp_reply_result (self->output, command->transaction);
  return TRUE;
}

static gboolean
on_fc_publish (AcRtmpConnection *self, Command *command, GError **error)
{
  ac_rtmp_reply_status (self->output, command->stream, "onFCPublish", "status",
                        "NetStream.Publish.Start", "Go on.");
  return on_ask_for_nothing (self, command, error);
}

static gboolean
on_create_stream (AcRtmpConnection *self, Command *command, GError **error)
{
  if (self->n_streams >= MAX_STREAMS)
    return fail (error, AC_RTMP_ERROR_LIMIT, "it creates too many streams");
  ac_rtmp_reply_created (self->output, command->transaction, ++self->n_streams);
  return TRUE;
}

static void
refuse_publish (AcRtmpConnection *self, const gchar *reason)
{
  ac_rtmp_reply_status (self->output, self->publish_stream, "onStatus", "error",
                        "NetStream.Publish.BadName", reason);
  self->phase = AC_RTMP_PHASE_ENDING;
}

/* Returns: (transfer full) (nullable): the stream key in a publishing name. */
static gchar *
stream_key_of (const AcAmf0Text *name)
{
  const gchar *query = memchr (name->data, '?', name->size);
  const gsize size = query != NULL ? (gsize)(query - name->data) : name->size;

  if (size == 0 || size > AC_RTMP_STREAM_KEY_MAX_BYTES)
    return NULL;
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isgraph (name->data[i]))
      return NULL;
  return g_strndup (name->data, size);
}

static gboolean
on_publish (AcRtmpConnection *self, Command *command, GError **error)
{
  g_autofree gchar *stream_key = NULL;
  AcAmf0Text name;

  if (self->phase != AC_RTMP_PHASE_COMMANDS)
    return fail (error, AC_RTMP_ERROR_PROTOCOL, "it publishes twice");
  if (self->n_streams == 0)
    return fail (error, AC_RTMP_ERROR_PROTOCOL, "it publishes without a stream");
  if (!ac_amf0_read_string (&command->arguments, &name))
    return fail (error, AC_RTMP_ERROR_PROTOCOL, "its publish command is malformed");
  self->publish_stream = command->stream;
  stream_key = stream_key_of (&name);
  if (stream_key == NULL) {
    refuse_publish (self, "The stream key is missing or has forbidden characters.");
    return TRUE;
  }
  self->phase = AC_RTMP_PHASE_ASKED;
  self->events.publish (stream_key, self->user_data);
  return TRUE;
}

static gboolean
on_play (AcRtmpConnection *self, Command *command, GError **error)
{
  ac_rtmp_reply_status (self->output, command->stream, "onStatus", "error",
                        "NetStream.Play.Failed",
                        "Nothing is played here; this address is for publishing.");
  if (self->phase == AC_RTMP_PHASE_LIVE)
    return fail (error, AC_RTMP_ERROR_PROTOCOL, "it plays while it publishes");
  self->phase = AC_RTMP_PHASE_ENDING;
  return TRUE;
}

static gboolean
on_unpublish (AcRtmpConnection *self, Command *command, GError **error)
{
  if (self->phase != AC_RTMP_PHASE_LIVE)
    return TRUE;
  ac_rtmp_reply_status (self->output, self->publish_stream, "onStatus", "status",
                        "NetStream.Unpublish.Success", "Publishing has stopped.");
  self->phase = AC_RTMP_PHASE_STOPPED;
  self->events.unpublish (self->user_data);
  return TRUE;
}

/* What is not here is ignored, as servers of this protocol do. */
static const struct {
  const gchar *name;
  gboolean before_connect;
  CommandHandler handler;
} commands[] = {
  { "connect", TRUE, on_connect },
  { "releaseStream", FALSE, on_ask_for_nothing },
  { "FCPublish", FALSE, on_fc_publish },
  { "createStream", FALSE, on_create_stream },
  { "_checkbw", FALSE, on_ask_for_nothing },
  { "publish", FALSE, on_publish },
  { "FCUnpublish", FALSE, on_unpublish },
  { "closeStream", FALSE, on_unpublish },
  { "deleteStream", FALSE, on_unpublish },
  { "play", FALSE, on_play },
  { "play2", FALSE, on_play },
};

static gboolean
run_command (AcRtmpConnection *self, Command *command, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (!ac_amf0_text_equal (&command->name, commands[i].name))
      continue;
    if (!self->connected && !commands[i].before_connect)
      return fail (error, AC_RTMP_ERROR_PROTOCOL, "it does not connect first");
    return commands[i].handler (self, command, error);
  }
  return TRUE;
}

/* The AMF3 kinds of message begin with a byte that says in which form they go on; all
 * encoders that use them say 0, AMF0. */
static gboolean
skip_amf3_marker (const guint8 **data, gsize *size, GError **error)
{
  if (*size == 0 || (*data)[0] != 0)
    return fail (error, AC_RTMP_ERROR_UNSUPPORTED, "it sends AMF3");
  *data += 1;
  *size -= 1;
  return TRUE;
}

static gboolean
take_command (AcRtmpConnection *self, AcRtmpMessage *message, GError **error)
{
  Command command = { .stream = message->stream };
  AcAmf0Reader reader;
  const guint8 *data;
  gsize size;

  data = g_bytes_get_data (message->body, &size);
  if (message->type == AC_RTMP_COMMAND_AMF3 && !skip_amf3_marker (&data, &size, error))
    return FALSE;
  ac_amf0_reader_init (&reader, data, size);
  if (ac_amf0_read_string (&reader, &command.name) &&
      ac_amf0_read_number (&reader, &command.transaction)) {
    command.object = reader;
    if (ac_amf0_reader_peek (&reader) != -1)
      ac_amf0_skip (&reader);
    command.arguments = reader;
  }
  if (reader.problem != NULL)
    return fail (error, AC_RTMP_ERROR_PROTOCOL, reader.problem);
  return run_command (self, &command, error);
}

static void
emit_tag (AcRtmpConnection *self, guint8 type, guint32 timestamp_ms, GBytes *body)
{
  const AcPublisherUnit tag = { .type = type,
                                .timestamp_ms = timestamp_ms,
                                .body = body };

  if (self->phase == AC_RTMP_PHASE_LIVE && g_bytes_get_size (body) > 0)
    self->events.tag (&tag, self->user_data);
}

/* Script data: "@setDataFrame" tells a server to store what follows, which is the
 * script data proper. What cannot be read is of no use and does no harm. */
static void
take_data (AcRtmpConnection *self, AcRtmpMessage *message)
{
  g_autoptr (GBytes) body = NULL;
  AcAmf0Reader reader;
  AcAmf0Text name;
  const guint8 *data, *start;
  gsize size;

  start = data = g_bytes_get_data (message->body, &size);
  if (message->type == AC_RTMP_DATA_AMF3 && !skip_amf3_marker (&data, &size, NULL))
    return;
  ac_amf0_reader_init (&reader, data, size);
  if (!ac_amf0_read_string (&reader, &name) ||
      ac_amf0_text_equal (&name, "@clearDataFrame"))
    return;
  if (ac_amf0_text_equal (&name, "@setDataFrame"))
    data = reader.at;
  body = g_bytes_new_from_bytes (message->body, data - start, reader.end - data);
  emit_tag (self, AC_RTMP_DATA, message->timestamp_ms, body);
}

/* An aggregate (7.1.6) is FLV tags in a row. Its own timestamp stands for that of its
 * first tag; the others keep their distance to it. */
static gboolean
take_aggregate (AcRtmpConnection *self, AcRtmpMessage *message, GError **error)
{
  const guint8 *data;
  guint32 first_ms = 0;
  gsize size;

  data = g_bytes_get_data (message->body, &size);
  for (gsize at = 0; at < size;) {
    g_autoptr (GBytes) body = NULL;
    const guint8 *head = data + at;
    gsize length;
    guint32 timestamp_ms;

    if (size - at < FLV_TAG_HEADER)
      return fail (error, AC_RTMP_ERROR_PROTOCOL, "an aggregate message is cut");
    length = head[1] << 16 | head[2] << 8 | head[3];
    timestamp_ms = (guint32)head[7] << 24 | head[4] << 16 | head[5] << 8 | head[6];
    if (length > size - at - FLV_TAG_HEADER)
      return fail (error, AC_RTMP_ERROR_PROTOCOL, "an aggregate message is cut");
    if (at == 0)
      first_ms = timestamp_ms;
    body = g_bytes_new_from_bytes (message->body, at + FLV_TAG_HEADER, length);
    if (head[0] == AC_RTMP_AUDIO || head[0] == AC_RTMP_VIDEO)
      emit_tag (self, head[0], message->timestamp_ms + (timestamp_ms - first_ms), body);
    at += FLV_TAG_HEADER + length;
    at += MIN (FLV_TAG_TRAILER, size - at);
  }
  return TRUE;
}

static gboolean
take_control (AcRtmpConnection *self, AcRtmpMessage *message, GError **error)
{
  const guint8 *data;
  gsize size;
  guint32 value;

  data = g_bytes_get_data (message->body, &size);
  if (size < 4)
    return fail (error, AC_RTMP_ERROR_PROTOCOL, "a control message is too short");
  value = (guint32)data[0] << 24 | data[1] << 16 | data[2] << 8 | data[3];
  if (message->type == AC_RTMP_WINDOW_ACK_SIZE) {
    self->window = CLAMP (value, MIN_WINDOW_BYTES, G_MAXINT32);
  } else if (message->type == AC_RTMP_SET_PEER_BANDWIDTH) {
    /* 5.4.5: to be answered when it is news. */
    if (size >= 5 && (data[4] == LIMIT_HARD || data[4] == LIMIT_SOFT) &&
        value != self->told_window) {
      self->told_window = value;
      ac_rtmp_reply_window (self->output, value);
    }
  }
  return TRUE;
}

static gboolean
take_user_control (AcRtmpConnection *self, AcRtmpMessage *message, GError **error)
{
  const guint8 *data;
  gsize size;

  data = g_bytes_get_data (message->body, &size);
  if (size < 2)
    return fail (error, AC_RTMP_ERROR_PROTOCOL, "a control message is too short");
  if ((data[0] << 8 | data[1]) == PING_REQUEST && size >= 6)
    ac_rtmp_reply_pong (self->output, (guint32)data[2] << 24 | data[3] << 16 |
                                          data[4] << 8 | data[5]);
  return TRUE;
}

static gboolean
take_message (AcRtmpConnection *self, AcRtmpMessage *message, GError **error)
{
  switch (message->type) {
  case AC_RTMP_AUDIO:
  case AC_RTMP_VIDEO:
    emit_tag (self, message->type, message->timestamp_ms, message->body);
    return TRUE;
  case AC_RTMP_DATA:
  case AC_RTMP_DATA_AMF3:
    take_data (self, message);
    return TRUE;
  case AC_RTMP_AGGREGATE:
    return take_aggregate (self, message, error);
  case AC_RTMP_COMMAND:
  case AC_RTMP_COMMAND_AMF3:
    return take_command (self, message, error);
  case AC_RTMP_USER_CONTROL:
    return take_user_control (self, message, error);
  case AC_RTMP_ACKNOWLEDGEMENT:
  case AC_RTMP_WINDOW_ACK_SIZE:
  case AC_RTMP_SET_PEER_BANDWIDTH:
    return take_control (self, message, error);
  default:
    return TRUE; /* shared objects and what is not known */
  }
}

/* Reads messages until the bytes, or the willingness to look at them, end. */
static gboolean
take_chunks (AcRtmpConnection *self, const guint8 *data, gsize size, GError **error)
{
  while (size > 0 && self->phase < AC_RTMP_PHASE_STOPPED) {
    g_auto (AcRtmpMessage) message = { 0 };
    gsize used;

    if (self->phase == AC_RTMP_PHASE_ASKED) {
      g_byte_array_append (self->kept, data, size);
      return TRUE;
    }
    if (!ac_rtmp_chunk_reader_feed (self->chunks, data, size, &used, &message, error))
      return FALSE;
    if (message.body != NULL && !take_message (self, &message, error))
      return FALSE;
    if (self->output->len > AC_RTMP_CONNECTION_MAX_OUTPUT_BYTES)
      return fail (error, AC_RTMP_ERROR_LIMIT, "it does not read what it is answered");
    data += used;
    size -= used;
  }
  return TRUE;
}

gboolean
ac_rtmp_connection_feed (AcRtmpConnection *self, const guint8 *data, gsize size,
                         GError **error)
{
  gsize used;

  self->received += size;
  if (self->phase == AC_RTMP_PHASE_HANDSHAKE) {
    if (!shake_hands (self, data, size, &used, error))
      return FALSE;
    data += used;
    size -= used;
  }
  if (self->kept->len + size > AC_RTMP_CONNECTION_MAX_FEED_BYTES &&
      self->phase == AC_RTMP_PHASE_ASKED)
    return fail (error, AC_RTMP_ERROR_LIMIT, "it sends too much before it may");
  if (!take_chunks (self, data, size, error))
    return FALSE;
  if (self->phase != AC_RTMP_PHASE_HANDSHAKE &&
      self->received - self->acknowledged >= self->window) {
    self->acknowledged = self->received;
    ac_rtmp_reply_acknowledgement (self->output, self->received);
  }
  return TRUE;
}

gboolean
ac_rtmp_connection_accept (AcRtmpConnection *self, GError **error)
{
  g_autoptr (GByteArray) kept = NULL;

  if (self->phase != AC_RTMP_PHASE_ASKED)
    return TRUE;
  self->phase = AC_RTMP_PHASE_LIVE;
  ac_rtmp_reply_stream_begin (self->output, self->publish_stream);
  ac_rtmp_reply_status (self->output, self->publish_stream, "onStatus", "status",
                        "NetStream.Publish.Start", "Publishing has started.");
  kept = g_steal_pointer (&self->kept);
  self->kept = g_byte_array_new ();
  return take_chunks (self, kept->data, kept->len, error);
}

void
ac_rtmp_connection_refuse (AcRtmpConnection *self, const gchar *reason)
{
  if (self->phase == AC_RTMP_PHASE_ASKED)
    refuse_publish (self, reason);
}

void
ac_rtmp_connection_end (AcRtmpConnection *self, const gchar *reason)
{
  if (self->phase != AC_RTMP_PHASE_LIVE)
    return;
  ac_rtmp_reply_status (self->output, self->publish_stream, "onStatus", "error",
                        "NetStream.Failed", reason);
  self->phase = AC_RTMP_PHASE_ENDING;
}
