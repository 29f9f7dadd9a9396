/* fuzz-flv - FLV tags of a publisher, with plain and extended headers.
 *
 * Input: tags one after another, each a byte of type, three of time (of 32 bits the
 * upper ones, so that it leaps), two of length, then the body. What the input gives on
 * is held to what packet.h and input.h promise. */

#include "input.h"

#define HEADER_BYTES 6

typedef struct {
  gboolean formats[2];
} Seen;

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
on_format (AcSourceTrack track, GstCaps *caps, gpointer user_data)
{
  g_assert (gst_caps_is_fixed (caps));
  ((Seen *)user_data)->formats[track] = TRUE;
}

static void
on_packet (const AcPacket *packet, gpointer user_data)
{
  g_assert (((Seen *)user_data)->formats[packet->track]);
  g_assert (g_bytes_get_size (packet->data) > 0);
  g_assert (ABS (packet->decode_us) < G_GINT64_CONSTANT (1) << 58);
  g_assert (ABS (packet->composition_us) <= G_GINT64_CONSTANT (0x800000) * 1000);
  g_assert (packet->track == AC_SOURCE_VIDEO || packet->keyframe);
}

static void
on_rate (guint32 frames_per_1000s, gpointer user_data)
{
  g_assert (frames_per_1000s <= 240000);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const AcInputHandler handler = { on_format, on_packet, on_rate, NULL };
  const AcWireSource source = { .kind = AC_SOURCE_FLV };
  Seen seen = { { FALSE } };
  g_autoptr (AcInput) input = NULL;

  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  input = ac_input_new (&source, &handler, &seen, NULL);
  while (size >= HEADER_BYTES) {
    gsize length = MIN ((gsize)data[4] << 8 | data[5], size - HEADER_BYTES);
    /* a block of its own, so that the sanitizer sees its end */
    g_autoptr (GBytes) body = g_bytes_new (data + HEADER_BYTES, length);
    const AcFlvTag tag = { data[0],
                           (guint32)data[1] << 24 | (guint32)data[2] << 16 |
                               (guint32)data[3] << 8,
                           body };

    ac_input_push (input, &tag);
    data += HEADER_BYTES + length;
    size -= HEADER_BYTES + length;
  }
  return 0;
}
