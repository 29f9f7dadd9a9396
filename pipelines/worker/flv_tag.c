#include "flv_tag.h"

#include <string.h>

#define TAG_AUDIO 8
#define TAG_VIDEO 9
#define TAG_SCRIPT 18

#define CODEC_AVC 7
#define FORMAT_AAC 10
#define FORMAT_EXTENDED 9
#define FRAME_KEY 1
#define FRAME_GENERATED_KEY 4
#define FRAME_COMMAND 5

/* Packet types of the extended headers; those of sound have no CODED_FRAMES_X. */
#define SEQUENCE_START 0
#define CODED_FRAMES 1
#define CODED_FRAMES_X 3 /* of video: no composition time follows */
#define MULTITRACK 6     /* of video */
#define AUDIO_MULTITRACK 5
#define MODIFIER 7 /* something about the packet comes first: passed over */
#define MAX_MODIFIERS 8

#define MAX_METADATA_BYTES 65536

static const struct {
  gchar four_cc[5];
  guint8 tag;
  AcCodec codec;
  gboolean composition; /* CODED_FRAMES begin with a composition time */
} codecs[] = {
  { "avc1", TAG_VIDEO, AC_CODEC_H264, TRUE },
  { "hvc1", TAG_VIDEO, AC_CODEC_H265, TRUE },
  { "av01", TAG_VIDEO, AC_CODEC_AV1, FALSE },
  { "vp09", TAG_VIDEO, AC_CODEC_VP9, FALSE },
  { "mp4a", TAG_AUDIO, AC_CODEC_AAC, FALSE },
  { "Opus", TAG_AUDIO, AC_CODEC_OPUS, FALSE },
};

/* A cursor over a body. */
typedef struct {
  const guint8 *data;
  gsize size, at;
} Cursor;

static gboolean
take (Cursor *cursor, guint n_bytes, guint *ret_value)
{
  if (cursor->size - cursor->at < n_bytes)
    return FALSE;
  *ret_value = 0;
  for (guint i = 0; i < n_bytes; i++)
    *ret_value = *ret_value << 8 | cursor->data[cursor->at++];
  return TRUE;
}

static gint32
signed_24 (guint value)
{
  return (gint32)(value << 8) / 256;
}

static gboolean
is_key (guint frame_type)
{
  return frame_type == FRAME_KEY || frame_type == FRAME_GENERATED_KEY;
}

static AcFlvKind
refuse (AcFlvPacket *packet, const gchar *name)
{
  g_strlcpy (packet->name, name, sizeof packet->name);
  g_strcanon (packet->name,
              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -.", '?');
  return AC_FLV_REFUSED;
}

/* The rest of the body as the configuration or the frame of @packet. */
static AcFlvKind
take_payload (GBytes *body, gsize offset, gboolean config, guint8 tag,
              AcFlvPacket *packet)
{
  gsize size = g_bytes_get_size (body);

  if (offset >= size)
    return AC_FLV_IGNORED;
  packet->data = g_bytes_new_from_bytes (body, offset, size - offset);
  if (!config)
    return tag == TAG_VIDEO ? AC_FLV_VIDEO_FRAME : AC_FLV_AUDIO_FRAME;
  if (!ac_codec_config_is_whole (packet->codec, packet->data))
    return AC_FLV_BROKEN;
  return tag == TAG_VIDEO ? AC_FLV_VIDEO_CONFIG : AC_FLV_AUDIO_CONFIG;
}

/* --- extended headers ------------------------------------------------------------- */

/* Passes over what modifies the packet (ModEx); *@type becomes that of the packet. */
static gboolean
skip_modifiers (Cursor *cursor, guint *type)
{
  for (guint i = 0; *type == MODIFIER; i++) {
    guint size, next;

    if (i == MAX_MODIFIERS || !take (cursor, 1, &size))
      return FALSE;
    if (size == 255 && !take (cursor, 2, &size)) /* a size is one more than it says */
      return FALSE;
    if (cursor->size - cursor->at <= size)
      return FALSE;
    cursor->at += size + 1;
    if (!take (cursor, 1, &next))
      return FALSE;
    *type = next & 15;
  }
  return TRUE;
}

/* Returns: FALSE when the codec is not ours; then @packet has its name. */
static gboolean
find_codec (guint8 tag, const guint8 *four_cc, AcFlvPacket *packet, gsize *ret_index)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].tag == tag && memcmp (codecs[i].four_cc, four_cc, 4) == 0) {
      packet->codec = codecs[i].codec;
      *ret_index = i;
      return TRUE;
    }
  refuse (packet, (const gchar[]){ (gchar)four_cc[0], (gchar)four_cc[1],
                                   (gchar)four_cc[2], (gchar)four_cc[3], '\0' });
  return FALSE;
}

/* Behind a multitrack's packet type. Returns: whether the default track follows, alone.
 */
static gboolean
is_default_track (Cursor *cursor, guint multitrack)
{
  guint track;

  return multitrack == 0 && take (cursor, 1, &track) && track == 0;
}

/* @type: packet type; the cursor is behind the byte that had it */
static AcFlvKind
read_extended (guint8 tag, guint type, Cursor *cursor, GBytes *body,
               AcFlvPacket *packet)
{
  const gboolean is_video = tag == TAG_VIDEO;
  guint multitrack = G_MAXUINT, value;
  const guint8 *four_cc;
  gsize index;

  if (!skip_modifiers (cursor, &type))
    return AC_FLV_BROKEN;
  if (type == (is_video ? MULTITRACK : AUDIO_MULTITRACK)) {
    if (!take (cursor, 1, &value))
      return AC_FLV_BROKEN;
    multitrack = value >> 4;
    type = value & 15;
  }
  four_cc = cursor->data + cursor->at;
  if (!take (cursor, 4, &value))
    return AC_FLV_BROKEN;
  if (!find_codec (tag, four_cc, packet, &index))
    return AC_FLV_REFUSED;
  if (multitrack != G_MAXUINT && !is_default_track (cursor, multitrack))
    return AC_FLV_IGNORED;

  if (is_video && type == CODED_FRAMES && codecs[index].composition) {
    if (!take (cursor, 3, &value))
      return AC_FLV_BROKEN;
    packet->composition_ms = signed_24 (value);
  } else if (type != SEQUENCE_START && type != CODED_FRAMES &&
             !(is_video && type == CODED_FRAMES_X)) {
    return AC_FLV_IGNORED;
  }
  return take_payload (body, cursor->at, type == SEQUENCE_START, tag, packet);
}

/* --- tags ------------------------------------------------------------------------- */

static AcFlvKind
read_video (GBytes *body, AcFlvPacket *packet)
{
  Cursor cursor = { .at = 1 };
  const guint8 *data = cursor.data = g_bytes_get_data (body, &cursor.size);
  guint frame_type;

  if (cursor.size < 1)
    return AC_FLV_IGNORED;
  frame_type = data[0] >> 4 & 7;
  packet->keyframe = is_key (frame_type);
  if ((data[0] & 0x80) != 0)
    return frame_type == FRAME_COMMAND
               ? AC_FLV_IGNORED
               : read_extended (TAG_VIDEO, data[0] & 15, &cursor, body, packet);

  if ((data[0] & 0x0f) != CODEC_AVC) {
    g_autofree gchar *name = g_strdup_printf ("FLV codec %u", data[0] & 0x0fu);

    return refuse (packet, name);
  }
  if (cursor.size < 5 || frame_type == FRAME_COMMAND || data[1] > 1)
    return AC_FLV_IGNORED;
  packet->codec = AC_CODEC_H264;
  packet->composition_ms =
      signed_24 ((guint)data[2] << 16 | (guint)data[3] << 8 | data[4]);
  return take_payload (body, 5, data[1] == 0, TAG_VIDEO, packet);
}

static AcFlvKind
read_audio (GBytes *body, AcFlvPacket *packet)
{
  Cursor cursor = { .at = 1 };
  const guint8 *data = cursor.data = g_bytes_get_data (body, &cursor.size);

  if (cursor.size < 1)
    return AC_FLV_IGNORED;
  if (data[0] >> 4 == FORMAT_EXTENDED)
    return read_extended (TAG_AUDIO, data[0] & 15, &cursor, body, packet);
  if (data[0] >> 4 != FORMAT_AAC) {
    g_autofree gchar *name = g_strdup_printf ("FLV sound %u", data[0] >> 4 & 15u);

    return refuse (packet, name);
  }
  if (cursor.size < 2 || data[1] > 1)
    return AC_FLV_IGNORED;
  packet->codec = AC_CODEC_AAC;
  return take_payload (body, 2, data[1] == 0, TAG_AUDIO, packet);
}

/* Looks for the property "framerate" with a number (AMF0: 16-bit length, name, marker
 * 0, double) without a parser for the rest, which is of no use here. */
static AcFlvKind
read_script (GBytes *body, AcFlvPacket *packet)
{
  static const gchar key[] = "\0\x09"
                             "framerate"; /* and its final NUL, the marker */
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);
  const guint8 *found;
  union {
    guint64 bits;
    gdouble number;
  } rate;

  if (size == 0 || size > MAX_METADATA_BYTES)
    return AC_FLV_IGNORED;
  found = memmem (data, size, key, sizeof key);
  if (found == NULL || size - (gsize)(found - data) < sizeof key + 8)
    return AC_FLV_METADATA;

  memcpy (&rate.bits, found + sizeof key, 8);
  rate.bits = GUINT64_FROM_BE (rate.bits);
  if (rate.number >= 1.0 && rate.number <= 240.0)
    packet->frames_per_1000s = (guint32)(rate.number * 1000.0 + 0.5);
  return AC_FLV_METADATA;
}

AcFlvKind
ac_flv_packet_read (const AcFlvTag *tag, AcFlvPacket *ret_packet)
{
  *ret_packet = (AcFlvPacket){ 0 };
  switch (tag->type) {
  case TAG_VIDEO:
    return read_video (tag->body, ret_packet);
  case TAG_AUDIO:
    return read_audio (tag->body, ret_packet);
  case TAG_SCRIPT:
    return read_script (tag->body, ret_packet);
  default:
    return AC_FLV_IGNORED;
  }
}

void
ac_flv_packet_clear (AcFlvPacket *packet)
{
  g_clear_pointer (&packet->data, g_bytes_unref);
}
