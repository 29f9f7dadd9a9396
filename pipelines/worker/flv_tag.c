#include "flv_tag.h"

#include <string.h>

#define TAG_AUDIO 8
#define TAG_VIDEO 9
#define TAG_SCRIPT 18

#define CODEC_AVC 7
#define FORMAT_AAC 10
#define FRAME_KEY 1
#define FRAME_GENERATED_KEY 4
#define FRAME_COMMAND 5

#define AVCC_HEADER_BYTES 6
#define MAX_CONFIG_BYTES 4096
#define MAX_METADATA_BYTES 65536

/* Walks @count parameter sets of 16-bit length from @offset. */
static gboolean
skip_parameter_sets (const guint8 *data, gsize size, guint count, gsize *offset)
{
  for (guint i = 0; i < count; i++) {
    gsize length;

    if (size - *offset < 2)
      return FALSE;
    length = (gsize)data[*offset] << 8 | data[*offset + 1];
    *offset += 2;
    if (length == 0 || length > size - *offset)
      return FALSE;
    *offset += length;
  }
  return TRUE;
}

/* AVCDecoderConfigurationRecord, ISO/IEC 14496-15 5.3.3.1. */
static gboolean
video_config_is_whole (GBytes *config)
{
  gsize size, offset = AVCC_HEADER_BYTES;
  const guint8 *data = g_bytes_get_data (config, &size);
  guint n_sps, n_pps;

  if (size <= AVCC_HEADER_BYTES || size > MAX_CONFIG_BYTES || data[0] != 1)
    return FALSE;
  n_sps = data[5] & 0x1f;
  if (n_sps == 0 || !skip_parameter_sets (data, size, n_sps, &offset) || offset >= size)
    return FALSE;
  n_pps = data[offset++];
  return n_pps > 0 && skip_parameter_sets (data, size, n_pps, &offset);
}

gboolean
ac_flv_access_unit_is_whole (GBytes *access_unit, GBytes *config)
{
  gsize size, offset = 0;
  const guint8 *data = g_bytes_get_data (access_unit, &size);
  guint length_size = (((const guint8 *)g_bytes_get_data (config, NULL))[4] & 3u) + 1;

  while (offset < size) {
    gsize length = 0;

    if (size - offset < length_size)
      return FALSE;
    for (guint i = 0; i < length_size; i++)
      length = length << 8 | data[offset + i];
    offset += length_size;
    if (length > size - offset)
      return FALSE;
    offset += length;
  }
  return size > 0;
}

static AcFlvKind
read_video (GBytes *body, AcFlvPacket *packet)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);
  guint frame_type, composition;

  /* The top bit marks the enhanced header, whose codecs are not ours. */
  if (size < 5 || (data[0] & 0x80) != 0 || (data[0] & 0x0f) != CODEC_AVC)
    return AC_FLV_IGNORED;
  frame_type = data[0] >> 4;
  if (frame_type == FRAME_COMMAND || data[1] > 1 || size == 5)
    return AC_FLV_IGNORED;

  packet->data = g_bytes_new_from_bytes (body, 5, size - 5);
  if (data[1] == 0)
    return video_config_is_whole (packet->data) ? AC_FLV_VIDEO_CONFIG : AC_FLV_BROKEN;

  composition = (guint)data[2] << 16 | (guint)data[3] << 8 | data[4];
  packet->composition_ms = (gint32)(composition << 8) / 256; /* 24 bits, signed */
  packet->keyframe = frame_type == FRAME_KEY || frame_type == FRAME_GENERATED_KEY;
  return AC_FLV_VIDEO_FRAME;
}

static AcFlvKind
read_audio (GBytes *body, AcFlvPacket *packet)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);

  if (size < 3 || data[0] >> 4 != FORMAT_AAC || data[1] > 1)
    return AC_FLV_IGNORED;
  packet->data = g_bytes_new_from_bytes (body, 2, size - 2);
  if (data[1] == 1)
    return AC_FLV_AUDIO_FRAME;
  return size >= 4 && size - 2 <= 64 ? AC_FLV_AUDIO_CONFIG : AC_FLV_BROKEN;
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
