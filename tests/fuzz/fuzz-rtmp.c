/* fuzz-rtmp - the conversation of a publisher, without sockets.
 *
 * Input: one byte of flags, one byte of step (how many bytes at a time, 0: 256), then
 * what the client says, behind a good handshake unless the flags say otherwise. */

#include "rtmp_connection.h"

#include <string.h>

enum {
  FLAG_RAW = 1 << 0,    /* the handshake is part of the input */
  FLAG_REFUSE = 1 << 1, /* the publisher is refused */
  FLAG_END = 1 << 2,    /* it is ended after its first tag */
  FLAG_DEAF = 1 << 3,   /* the client reads nothing */
};

typedef struct {
  guint n_tags;
  guint n_publish;
} Seen;

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
on_publish (const gchar *stream_key, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert (stream_key[0] != '\0');
  g_assert (strlen (stream_key) <= AC_RTMP_STREAM_KEY_MAX_BYTES);
  g_assert (++seen->n_publish == 1);
}

static void
on_tag (const AcPublisherUnit *tag, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert (seen->n_publish == 1);
  g_assert (g_bytes_get_size (tag->body) > 0);
  g_assert (g_bytes_get_size (tag->body) <= AC_RTMP_MAX_MEDIA_BYTES);
  seen->n_tags++;
}

static void
on_unpublish (gpointer user_data)
{
  g_assert (((Seen *)user_data)->n_publish == 1);
}

static gboolean
feed (AcRtmpConnection *connection, guint8 flags, const guint8 *data, gsize size,
      Seen *seen)
{
  g_autoptr (GError) error = NULL;
  GByteArray *output = ac_rtmp_connection_output (connection);

  if (!ac_rtmp_connection_feed (connection, data, size, &error)) {
    g_assert (error != NULL);
    return FALSE;
  }
  if (ac_rtmp_connection_phase (connection) == AC_RTMP_PHASE_ASKED) {
    if ((flags & FLAG_REFUSE) != 0)
      ac_rtmp_connection_refuse (connection, "No.");
    else if (!ac_rtmp_connection_accept (connection, &error))
      return FALSE;
  }
  if ((flags & FLAG_END) != 0 && seen->n_tags > 0)
    ac_rtmp_connection_end (connection, "Over.");
  if ((flags & FLAG_DEAF) == 0)
    g_byte_array_set_size (output, 0);
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const AcRtmpConnectionEvents events = { on_publish, on_tag, on_unpublish };
  static const guint8 greeting[1 + 2 * 1536] = { 3 };
  g_autoptr (AcRtmpConnection) connection = NULL;
  Seen seen = { 0 };
  guint8 flags;
  gsize step;

  if (size < 2)
    return 0;
  flags = data[0];
  step = data[1] > 0 ? data[1] : 256;
  connection = ac_rtmp_connection_new (&events, &seen);
  if ((flags & FLAG_RAW) == 0)
    feed (connection, flags, greeting, sizeof greeting, &seen);
  for (gsize at = 2; at < size; at += step) {
    const gsize length = MIN (step, size - at);
    g_autofree guint8 *piece = g_memdup2 (data + at, length);

    if (!feed (connection, flags, piece, length, &seen))
      break;
  }
  return 0;
}
