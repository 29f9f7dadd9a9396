#include "codec.h"

#include <gst/pbutils/pbutils.h>
#include <string.h>

#define MAX_CONFIG_BYTES 4096
#define AVCC_HEADER_BYTES 6
#define HVCC_HEADER_BYTES 23
#define AV1C_HEADER_BYTES 4
#define OPUS_HEAD_BYTES 19
#define MAX_ASC_BYTES 64

#define H265_SPS 33
#define OBU_SEQUENCE_HEADER 1

/* --- configurations --------------------------------------------------------------- */

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
avcc_is_whole (const guint8 *data, gsize size)
{
  gsize offset = AVCC_HEADER_BYTES;
  guint n_sps, n_pps;

  if (size <= AVCC_HEADER_BYTES || data[0] != 1)
    return FALSE;
  n_sps = data[5] & 0x1f;
  if (n_sps == 0 || !skip_parameter_sets (data, size, n_sps, &offset) || offset >= size)
    return FALSE;
  n_pps = data[offset++];
  return n_pps > 0 && skip_parameter_sets (data, size, n_pps, &offset);
}

/* HEVCDecoderConfigurationRecord, ISO/IEC 14496-15 8.3.3.1. */
static gboolean
hvcc_is_whole (const guint8 *data, gsize size)
{
  gsize offset = HVCC_HEADER_BYTES;
  gboolean has_sps = FALSE;

  if (size < HVCC_HEADER_BYTES || data[0] != 1)
    return FALSE;
  for (guint left = data[HVCC_HEADER_BYTES - 1]; left > 0; left--) {
    guint count;

    if (size - offset < 3)
      return FALSE;
    has_sps |= (data[offset] & 0x3f) == H265_SPS;
    count = (guint)data[offset + 1] << 8 | data[offset + 2];
    offset += 3;
    if (!skip_parameter_sets (data, size, count, &offset))
      return FALSE;
  }
  return has_sps;
}

/* --- OBUs of AV1 ------------------------------------------------------------------ */

/* Reads leb128() of the AV1 specification, 4.10.5. */
static gboolean
read_leb128 (const guint8 *data, gsize size, gsize *offset, gsize *ret_value)
{
  guint64 value = 0;

  for (guint i = 0; i < 8; i++) {
    if (*offset >= size)
      return FALSE;
    value |= (guint64)(data[*offset] & 0x7f) << (7 * i);
    if ((data[(*offset)++] & 0x80) == 0) {
      *ret_value = (gsize)value;
      return value <= G_MAXUINT32;
    }
  }
  return FALSE;
}

/* Passes over one OBU at *@offset, that says its size unless it is the last.
 * Returns: its type, -1 when its lengths are wrong. */
static gint
skip_obu (const guint8 *data, gsize size, gsize *offset)
{
  const guint8 header = data[(*offset)++];
  gsize length;

  if ((header & 0x80) != 0)
    return -1;
  if ((header & 4) != 0 && (*offset)++ >= size) /* the extension's byte */
    return -1;
  if ((header & 2) == 0)
    length = size - *offset;
  else if (!read_leb128 (data, size, offset, &length))
    return -1;
  if (length > size - *offset)
    return -1;
  *offset += length;
  return header >> 3 & 15;
}

/* @wanted: a type, -1: any
 * Returns: TRUE when the OBUs are whole and one of the type @wanted is among them. */
static gboolean
has_obu (const guint8 *data, gsize size, gint wanted)
{
  gsize offset = 0;
  gboolean found = FALSE;

  while (offset < size) {
    gint type = skip_obu (data, size, &offset);

    if (type < 0)
      return FALSE;
    found |= wanted < 0 || type == wanted;
  }
  return found;
}

/* AV1CodecConfigurationRecord, with or without OBUs behind it. */
static gboolean
av1c_is_whole (const guint8 *data, gsize size)
{
  return size >= AV1C_HEADER_BYTES && data[0] == 0x81 &&
         (size == AV1C_HEADER_BYTES ||
          has_obu (data + AV1C_HEADER_BYTES, size - AV1C_HEADER_BYTES, -1));
}

GBytes *
ac_codec_complete_keyframe (AcCodec codec, GBytes *unit, GBytes *config)
{
  gsize size, config_size;
  const guint8 *data = g_bytes_get_data (unit, &size);
  const guint8 *record = g_bytes_get_data (config, &config_size);
  GByteArray *whole;

  if (codec != AC_CODEC_AV1 || config_size <= AV1C_HEADER_BYTES ||
      has_obu (data, size, OBU_SEQUENCE_HEADER))
    return g_bytes_ref (unit);
  whole = g_byte_array_new ();
  g_byte_array_append (whole, record + AV1C_HEADER_BYTES,
                       (guint)(config_size - AV1C_HEADER_BYTES));
  g_byte_array_append (whole, data, (guint)size);
  return g_byte_array_free_to_bytes (whole);
}

/* ---------------------------------------------------------------------------------- */

gboolean
ac_codec_config_is_whole (AcCodec codec, GBytes *config)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (config, &size);

  if (size > MAX_CONFIG_BYTES)
    return FALSE;
  switch (codec) {
  case AC_CODEC_H264:
    return avcc_is_whole (data, size);
  case AC_CODEC_H265:
    return hvcc_is_whole (data, size);
  case AC_CODEC_AV1:
    return av1c_is_whole (data, size);
  case AC_CODEC_VP9:
    return TRUE;
  case AC_CODEC_AAC:
    return size >= 2 && size <= MAX_ASC_BYTES;
  case AC_CODEC_OPUS:
    return size >= OPUS_HEAD_BYTES && memcmp (data, "OpusHead", 8) == 0;
  default:
    return FALSE;
  }
}

static gboolean
nal_units_are_whole (const guint8 *data, gsize size, guint length_size)
{
  gsize offset = 0;

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
  return TRUE;
}

gboolean
ac_codec_unit_is_whole (AcCodec codec, GBytes *unit, GBytes *config)
{
  const guint8 *record = g_bytes_get_data (config, NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (unit, &size);

  if (size == 0)
    return FALSE;
  switch (codec) {
  case AC_CODEC_H264:
    return nal_units_are_whole (data, size, (record[4] & 3u) + 1);
  case AC_CODEC_H265:
    return nal_units_are_whole (data, size, (record[21] & 3u) + 1);
  case AC_CODEC_AV1:
    return has_obu (data, size, -1);
  default:
    return TRUE;
  }
}

GstCaps *
ac_codec_caps (AcCodec codec, GBytes *config)
{
  static const gchar *const formats[] = {
    [AC_CODEC_H264] = "video/x-h264,stream-format=avc,alignment=au",
    [AC_CODEC_H265] = "video/x-h265,stream-format=hvc1,alignment=au",
    [AC_CODEC_AV1] = "video/x-av1,stream-format=obu-stream,alignment=tu",
    [AC_CODEC_VP9] = "video/x-vp9,alignment=super-frame",
    [AC_CODEC_AAC] = "audio/mpeg,mpegversion=4,stream-format=raw",
  };
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (config);
  GstCaps *caps;

  if (codec == AC_CODEC_OPUS)
    return gst_codec_utils_opus_create_caps_from_header (buffer, NULL);
  caps = gst_caps_from_string (formats[codec]);
  if (codec != AC_CODEC_VP9)
    gst_caps_set_simple (caps, "codec_data", GST_TYPE_BUFFER, buffer, NULL);
  return caps;
}

GBytes *
ac_codec_config_of (GstCaps *format)
{
  const GValue *value =
      gst_structure_get_value (gst_caps_get_structure (format, 0), "codec_data");
  gpointer data;
  gsize size;

  if (value == NULL || !GST_VALUE_HOLDS_BUFFER (value))
    return NULL;
  gst_buffer_extract_dup (gst_value_get_buffer (value), 0, (gsize)-1, &data, &size);
  return g_bytes_new_take (data, size);
}
