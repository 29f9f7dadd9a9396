#include "rtmp_reply.h"

#include "amf0.h"
#include "rtmp_chunk.h"

/* Chunk streams by custom: 2 is for control (the specification's), 3 for commands of
 * the connection, 5 for those of a stream. */
#define CONTROL 2
#define CONNECTION 3
#define STREAM 5

#define LIMIT_DYNAMIC 2

/* What pipelines/worker/flv_tag.c understands. */
static const gchar *const video_four_ccs[] = { "avc1", "hvc1", "av01", "vp09", NULL };
static const gchar *const audio_four_ccs[] = { "mp4a", "Opus", NULL };
#define CAN_DECODE 1
#define CAPS_MODIFIERS 4 /* of capsEx: ModEx packets, whatever they say */

typedef enum {
  STREAM_BEGIN = 0,
  PING_RESPONSE = 7,
} UserControl;

static void
append_be (GByteArray *out, guint32 value, guint width)
{
  for (guint i = width; i > 0; i--) {
    const guint8 byte = value >> (8 * (i - 1));
    g_byte_array_append (out, &byte, 1);
  }
}

static void
send_number (GByteArray *out, AcRtmpMessageType type, guint32 value)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  append_be (body, value, 4);
  if (type == AC_RTMP_SET_PEER_BANDWIDTH)
    append_be (body, LIMIT_DYNAMIC, 1);
  ac_rtmp_chunk_write (out, CONTROL, type, 0, body, AC_RTMP_REPLY_CHUNK_SIZE);
}

static void
send_user_control (GByteArray *out, UserControl event, guint32 value)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  append_be (body, event, 2);
  append_be (body, value, 4);
  ac_rtmp_chunk_write (out, CONTROL, AC_RTMP_USER_CONTROL, 0, body,
                       AC_RTMP_REPLY_CHUNK_SIZE);
}

static GByteArray *
command_new (const gchar *name, gdouble transaction)
{
  GByteArray *body = g_byte_array_new ();

  ac_amf0_write_string (body, name);
  ac_amf0_write_number (body, transaction);
  return body;
}

static void
send_command (GByteArray *out, guint8 chunk_stream, guint32 stream,
              const GByteArray *body)
{
  ac_rtmp_chunk_write (out, chunk_stream, AC_RTMP_COMMAND, stream, body,
                       AC_RTMP_REPLY_CHUNK_SIZE);
}

static void
write_string_field (GByteArray *body, const gchar *name, const gchar *value)
{
  ac_amf0_write_field (body, name);
  ac_amf0_write_string (body, value);
}

static void
write_status_fields (GByteArray *body, const gchar *level, const gchar *code,
                     const gchar *description)
{
  write_string_field (body, "level", level);
  write_string_field (body, "code", code);
  write_string_field (body, "description", description);
}

void
ac_rtmp_reply_begin (GByteArray *out)
{
  send_number (out, AC_RTMP_WINDOW_ACK_SIZE, AC_RTMP_REPLY_WINDOW);
  send_number (out, AC_RTMP_SET_PEER_BANDWIDTH, AC_RTMP_REPLY_WINDOW);
  send_number (out, AC_RTMP_SET_CHUNK_SIZE, AC_RTMP_REPLY_CHUNK_SIZE);
}

void
ac_rtmp_reply_acknowledgement (GByteArray *out, guint32 sequence)
{
  send_number (out, AC_RTMP_ACKNOWLEDGEMENT, sequence);
}

void
ac_rtmp_reply_window (GByteArray *out, guint32 window)
{
  send_number (out, AC_RTMP_WINDOW_ACK_SIZE, window);
}

void
ac_rtmp_reply_stream_begin (GByteArray *out, guint32 stream)
{
  send_user_control (out, STREAM_BEGIN, stream);
}

void
ac_rtmp_reply_pong (GByteArray *out, guint32 timestamp)
{
  send_user_control (out, PING_RESPONSE, timestamp);
}

/* An object that says of each FourCC that it can be decoded. */
static void
write_decodable (GByteArray *body, const gchar *name, const gchar *const *four_ccs)
{
  ac_amf0_write_field (body, name);
  ac_amf0_write_object_start (body);
  for (guint i = 0; four_ccs[i] != NULL; i++) {
    ac_amf0_write_field (body, four_ccs[i]);
    ac_amf0_write_number (body, CAN_DECODE);
  }
  ac_amf0_write_object_end (body);
}

/* Enhanced RTMP v2, "Enhancing NetConnection connect Command": the list is what its
 * first version had, the maps are what the second made of it. */
static void
write_enhanced (GByteArray *body)
{
  ac_amf0_write_field (body, "fourCcList");
  ac_amf0_write_array_start (body, G_N_ELEMENTS (video_four_ccs) - 1 +
                                       G_N_ELEMENTS (audio_four_ccs) - 1);
  for (guint i = 0; video_four_ccs[i] != NULL; i++)
    ac_amf0_write_string (body, video_four_ccs[i]);
  for (guint i = 0; audio_four_ccs[i] != NULL; i++)
    ac_amf0_write_string (body, audio_four_ccs[i]);
  write_decodable (body, "videoFourCcInfoMap", video_four_ccs);
  write_decodable (body, "audioFourCcInfoMap", audio_four_ccs);
  ac_amf0_write_field (body, "capsEx");
  ac_amf0_write_number (body, CAPS_MODIFIERS);
}

void
ac_rtmp_reply_connected (GByteArray *out, gdouble transaction, gboolean enhanced)
{
  g_autoptr (GByteArray) body = command_new ("_result", transaction);

  ac_amf0_write_object_start (body);
  write_string_field (body, "fmsVer", "FMS/3,0,1,123"); /* some encoders look */
  ac_amf0_write_field (body, "capabilities");
  ac_amf0_write_number (body, 31);
  if (enhanced)
    write_enhanced (body);
  ac_amf0_write_object_end (body);

  ac_amf0_write_object_start (body);
  write_status_fields (body, "status", "NetConnection.Connect.Success",
                       "Connection succeeded.");
  ac_amf0_write_field (body, "objectEncoding");
  ac_amf0_write_number (body, 0);
  ac_amf0_write_object_end (body);
  send_command (out, CONNECTION, 0, body);
}

void
ac_rtmp_reply_rejected (GByteArray *out, gdouble transaction, const gchar *description)
{
  g_autoptr (GByteArray) body = command_new ("_error", transaction);

  ac_amf0_write_null (body);
  ac_amf0_write_object_start (body);
  write_status_fields (body, "error", "NetConnection.Connect.Rejected", description);
  ac_amf0_write_object_end (body);
  send_command (out, CONNECTION, 0, body);
}

void
ac_rtmp_reply_result (GByteArray *out, gdouble transaction)
{
  g_autoptr (GByteArray) body = command_new ("_result", transaction);

  ac_amf0_write_null (body);
  ac_amf0_write_undefined (body);
  send_command (out, CONNECTION, 0, body);
}

void
ac_rtmp_reply_created (GByteArray *out, gdouble transaction, guint32 stream)
{
  g_autoptr (GByteArray) body = command_new ("_result", transaction);

  ac_amf0_write_null (body);
  ac_amf0_write_number (body, stream);
  send_command (out, CONNECTION, 0, body);
}

void
ac_rtmp_reply_status (GByteArray *out, guint32 stream, const gchar *command,
                      const gchar *level, const gchar *code, const gchar *description)
{
  g_autoptr (GByteArray) body = command_new (command, 0);

  ac_amf0_write_null (body);
  ac_amf0_write_object_start (body);
  write_status_fields (body, level, code, description);
  ac_amf0_write_object_end (body);
  send_command (out, STREAM, stream, body);
}
