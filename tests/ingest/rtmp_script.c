#include "rtmp_script.h"

#include "amf0.h"
#include "rtmp_chunk.h"

#include <string.h>

void
script_handshake (GByteArray *out)
{
  guint8 c0_c1_c2[1 + 2 * 1536] = { 3 };

  g_byte_array_append (out, c0_c1_c2, sizeof c0_c1_c2);
}

void
script_message (GByteArray *out, guint8 chunk_stream, guint8 type, guint32 stream,
                guint32 timestamp, const void *body, gsize size, gsize chunk_size)
{
  const guint32 field = MIN (timestamp, 0xffffff);
  const guint8 extended[4] = { timestamp >> 24, timestamp >> 16, timestamp >> 8,
                               timestamp };
  const guint8 head[12] = {
    chunk_stream, field >> 16, field >> 8, field,       size >> 16,   size >> 8,
    size,         type,        stream,     stream >> 8, stream >> 16, stream >> 24,
  };
  const guint8 more = 0xc0 | chunk_stream;

  g_byte_array_append (out, head, sizeof head);
  if (field == 0xffffff)
    g_byte_array_append (out, extended, 4);
  for (gsize at = 0; at < size; at += chunk_size) {
    if (at > 0)
      g_byte_array_append (out, &more, 1);
    if (at > 0 && field == 0xffffff)
      g_byte_array_append (out, extended, 4);
    g_byte_array_append (out, (const guint8 *)body + at, MIN (chunk_size, size - at));
  }
}

void
script_connect (GByteArray *out, const gchar *app)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  ac_amf0_write_string (body, "connect");
  ac_amf0_write_number (body, 1);
  ac_amf0_write_object_start (body);
  ac_amf0_write_field (body, "audioCodecs");
  ac_amf0_write_number (body, 3191);
  ac_amf0_write_field (body, "app");
  ac_amf0_write_string (body, app);
  ac_amf0_write_object_end (body);
  script_message (out, 3, AC_RTMP_COMMAND, 0, 0, body->data, body->len, 128);
}

void
script_command (GByteArray *out, guint32 stream, const gchar *name, gdouble transaction,
                const gchar *argument)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  ac_amf0_write_string (body, name);
  ac_amf0_write_number (body, transaction);
  ac_amf0_write_null (body);
  if (argument != NULL)
    ac_amf0_write_string (body, argument);
  script_message (out, 3, AC_RTMP_COMMAND, stream, 0, body->data, body->len, 128);
}

void
script_publish (GByteArray *out, const gchar *name)
{
  script_handshake (out);
  script_connect (out, "live");
  script_command (out, 0, "releaseStream", 2, name);
  script_command (out, 0, "FCPublish", 3, name);
  script_command (out, 0, "createStream", 4, NULL);
  script_command (out, SCRIPT_STREAM, "publish", 5, name);
}

void
script_tag (GByteArray *out, guint8 type, guint32 timestamp, guint8 first,
            guint8 second, gsize size)
{
  g_autofree guint8 *body = g_malloc0 (MAX (size, 2));

  body[0] = first;
  body[1] = second;
  script_message (out, 6, type, SCRIPT_STREAM, timestamp, body, size, 128);
}
