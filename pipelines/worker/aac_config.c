#include "aac_config.h"

#define MAX_CONFIG_BYTES 64
#define AAC_LC 2
#define SBR 5
#define RATE_48000 3
#define SYNC_EXTENSION 0x2b7

/* raw_data_block, table 4.85 */
#define SINGLE_CHANNEL 0
#define CHANNEL_PAIR 1
#define END 7

typedef struct {
  const guint8 *data;
  gsize n_bits, at;
} BitReader;

static guint
bits_left (const BitReader *self)
{
  return (guint)(self->n_bits - self->at);
}

/* Zeros beyond the end. */
static guint32
read_bits (BitReader *self, guint n)
{
  guint32 value = 0;

  for (; n > 0; n--, self->at++) {
    guint bit = self->at < self->n_bits
                    ? self->data[self->at / 8] >> (7 - self->at % 8) & 1u
                    : 0;

    value = value << 1 | bit;
  }
  return value;
}

guint
ac_aac_config_plain_channels (GBytes *config)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (config, &size);
  BitReader reader = { .data = data, .n_bits = size * 8 };
  guint channels;

  if (size < 2 || size > MAX_CONFIG_BYTES)
    return 0;
  if (read_bits (&reader, 5) != AAC_LC || read_bits (&reader, 4) != RATE_48000)
    return 0;
  channels = read_bits (&reader, 4);
  /* frameLengthFlag: 960 samples; dependsOnCoreCoder; extensionFlag */
  if (channels < 1 || channels > 2 || read_bits (&reader, 3) != 0)
    return 0;
  /* The backward compatible way to say that there is SBR, or that there is none. */
  if (bits_left (&reader) >= 17 && read_bits (&reader, 11) == SYNC_EXTENSION &&
      read_bits (&reader, 5) == SBR && read_bits (&reader, 1) == 1)
    return 0;
  return channels;
}

typedef struct {
  guint8 data[16];
  guint at;
} BitWriter;

static void
put_bits (BitWriter *self, guint32 value, guint n)
{
  for (; n > 0; n--, self->at++)
    if ((value >> (n - 1) & 1u) != 0)
      self->data[self->at / 8] |= (guint8)(0x80 >> self->at % 8);
}

/* One long window, no scale factor band in use. */
static void
put_ics_info (BitWriter *writer)
{
  put_bits (writer, 0, 1); /* reserved */
  put_bits (writer, 0, 2); /* ONLY_LONG_SEQUENCE */
  put_bits (writer, 0, 1); /* sine window */
  put_bits (writer, 0, 6); /* max_sfb */
  put_bits (writer, 0, 1); /* no predictor data */
}

/* Of individual_channel_stream() what is not ics_info: with no bands there are no
 * sections, scale factors or spectral data. */
static void
put_channel (BitWriter *writer, gboolean own_info)
{
  put_bits (writer, 100, 8); /* global_gain: of nothing */
  if (own_info)
    put_ics_info (writer);
  put_bits (writer, 0, 3); /* no pulse, TNS or gain control data */
}

GBytes *
ac_aac_silence (guint channels)
{
  BitWriter writer = { .at = 0 };

  put_bits (&writer, channels == 1 ? SINGLE_CHANNEL : CHANNEL_PAIR, 3);
  put_bits (&writer, 0, 4); /* element_instance_tag */
  if (channels == 1) {
    put_channel (&writer, TRUE);
  } else {
    put_bits (&writer, 1, 1); /* common_window */
    put_ics_info (&writer);
    put_bits (&writer, 0, 2); /* ms_mask_present */
    put_channel (&writer, FALSE);
    put_channel (&writer, FALSE);
  }
  put_bits (&writer, END, 3);
  return g_bytes_new (writer.data, (writer.at + 7) / 8);
}
