#include "ts_writer.h"

#include <string.h>

#define PMT_PID 0x1000
#define VIDEO_PID 0x100
#define AUDIO_PID 0x101
#define TABLES_EVERY 40                          /* tags between two pairs of tables */
#define PCR_LEAD (G_GUINT64_CONSTANT (90) * 100) /* of the clock before decoding */
#define PES_HEADER_BYTES 19

struct _TsWriter {
  GByteArray *parameter_sets; /* Annex B */
  guint length_bytes;         /* of a NAL unit in the FLV file */
  guint8 asc[2];              /* AudioSpecificConfig */
  gboolean has_audio, has_video;
  guint tags_since_tables;
  guint8 counters[3]; /* continuity: tables share the first two, see counter_of() */
  guint8 pmt_counter;
};

TsWriter *
ts_writer_new (void)
{
  TsWriter *self = g_new0 (TsWriter, 1);

  self->parameter_sets = g_byte_array_new ();
  self->tags_since_tables = TABLES_EVERY;
  return self;
}

void
ts_writer_free (TsWriter *self)
{
  g_byte_array_unref (self->parameter_sets);
  g_free (self);
}

/* --- packets ---------------------------------------------------------------------- */

static guint8 *
counter_of (TsWriter *self, guint pid)
{
  switch (pid) {
  case 0:
    return &self->counters[0];
  case VIDEO_PID:
    return &self->counters[1];
  case AUDIO_PID:
    return &self->counters[2];
  default:
    return &self->pmt_counter;
  }
}

/* @adaptation: its bytes after the length */
static void
put_packet (TsWriter *self, guint pid, gboolean start, const GByteArray *adaptation,
            const guint8 *payload, gsize size, GByteArray *out)
{
  guint8 *counter = counter_of (self, pid);
  guint8 packet[TS_PACKET_BYTES];
  gsize room = TS_PACKET_BYTES - 4 - size; /* for the adaptation field */
  gsize used = 0;

  memset (packet, 0xff, sizeof packet);
  packet[0] = 0x47;
  packet[1] = (guint8)((start ? 0x40 : 0) | pid >> 8);
  packet[2] = (guint8)pid;
  packet[3] = (guint8)((room > 0 ? 0x30 : 0x10) | (*counter)++ % 16);
  if (room > 0) {
    packet[4] = (guint8)(room - 1);
    if (adaptation != NULL && (used = adaptation->len) > 0)
      memcpy (packet + 5, adaptation->data, used);
    else if (room > 1)
      packet[5] = 0;
  }
  memcpy (packet + 4 + room, payload, size);
  g_byte_array_append (out, packet, sizeof packet);
}

static guint32
crc (const guint8 *bytes, gsize size)
{
  guint32 sum = 0xffffffff;

  for (gsize i = 0; i < size; i++) {
    sum ^= (guint32)bytes[i] << 24;
    for (guint bit = 0; bit < 8; bit++)
      sum = sum << 1 ^ (sum >> 31 ? 0x04c11db7 : 0);
  }
  return sum;
}

/* @body: of the section, from its table id to before the checksum */
static void
put_section (TsWriter *self, guint pid, const guint8 *body, gsize size, GByteArray *out)
{
  guint8 payload[TS_PACKET_BYTES - 4];
  const guint32 sum = GUINT32_TO_BE (crc (body, size));

  memset (payload, 0xff, sizeof payload);
  payload[0] = 0; /* pointer */
  memcpy (payload + 1, body, size);
  memcpy (payload + 1 + size, &sum, sizeof sum);
  put_packet (self, pid, TRUE, NULL, payload, sizeof payload, out);
}

static void
put_tables (TsWriter *self, GByteArray *out)
{
  static const guint8 pat[] = {
    0x00, 0xb0, 13, 0, 1, 0xc1, 0, 0, 0, 1, 0xe0 | PMT_PID >> 8, PMT_PID & 0xff
  };
  const guint8 video[] = { 0x1b, 0xe0 | VIDEO_PID >> 8, VIDEO_PID & 0xff, 0xf0, 0 };
  const guint8 audio[] = { 0x0f, 0xe0 | AUDIO_PID >> 8, AUDIO_PID & 0xff, 0xf0, 0 };
  const guint clock = self->has_video ? VIDEO_PID : AUDIO_PID;
  const guint8 head[] = {
    0x02, 0xb0, 0, 0, 1, 0xc1, 0, 0, (guint8)(0xe0 | clock >> 8), (guint8)clock, 0xf0, 0
  };
  g_autoptr (GByteArray) pmt = g_byte_array_new ();

  g_byte_array_append (pmt, head, sizeof head);
  if (self->has_video)
    g_byte_array_append (pmt, video, sizeof video);
  if (self->has_audio)
    g_byte_array_append (pmt, audio, sizeof audio);
  pmt->data[2] = (guint8)(pmt->len - 3 + 4);
  put_section (self, 0, pat, sizeof pat, out);
  put_section (self, PMT_PID, pmt->data, pmt->len, out);
}

/* --- elementary streams ----------------------------------------------------------- */

static void
append_nal (GByteArray *to, const guint8 *nal, gsize size)
{
  g_byte_array_append (to, (const guint8 *)"\0\0\0\1", 4);
  g_byte_array_append (to, nal, (guint)size);
}

/* AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1.2). */
static void
remember_video (TsWriter *self, const FlvFileTag *tag)
{
  const guint8 *at = tag->body + 5 + 5, *end = tag->body + tag->size;
  const guint n_sets[2] = { tag->body[5 + 5] & 31u, 0 };

  self->has_video = TRUE;
  self->length_bytes = (tag->body[5 + 4] & 3u) + 1;
  g_byte_array_set_size (self->parameter_sets, 0);
  for (guint kind = 0; kind < 2 && at < end; kind++) {
    guint n = kind == 0 ? n_sets[0] : *at;

    for (at++; n > 0 && at + 2 <= end; n--) {
      const gsize size = (gsize)at[0] << 8 | at[1];

      append_nal (self->parameter_sets, at + 2, size);
      at += 2 + size;
    }
  }
}

static GByteArray *
annex_b (const TsWriter *self, const FlvFileTag *tag)
{
  GByteArray *unit = g_byte_array_new ();
  const guint8 delimiter[] = { 9, 0xf0 };

  append_nal (unit, delimiter, sizeof delimiter);
  if (tag->keyframe)
    g_byte_array_append (unit, self->parameter_sets->data, self->parameter_sets->len);
  for (gsize at = 5; at + self->length_bytes <= tag->size;) {
    gsize size = 0;

    for (guint i = 0; i < self->length_bytes; i++)
      size = size << 8 | tag->body[at++];
    append_nal (unit, tag->body + at, MIN (size, tag->size - at));
    at += size;
  }
  return unit;
}

/* With an ADTS header (ISO/IEC 13818-7, 6.2). */
static GByteArray *
adts (const TsWriter *self, const FlvFileTag *tag)
{
  const guint profile = (self->asc[0] >> 3) - 1u;
  const guint rate = (self->asc[0] & 7u) << 1 | self->asc[1] >> 7;
  const guint channels = self->asc[1] >> 3 & 15u;
  const gsize size = tag->size - 2 + 7;
  const guint8 header[] = { 0xff,
                            0xf1,
                            (guint8)(profile << 6 | rate << 2 | channels >> 2),
                            (guint8)((channels & 3) << 6 | size >> 11),
                            (guint8)(size >> 3),
                            (guint8)((size & 7) << 5 | 0x1f),
                            0xfc };
  GByteArray *unit = g_byte_array_new ();

  g_byte_array_append (unit, header, sizeof header);
  g_byte_array_append (unit, tag->body + 2, (guint)tag->size - 2);
  return unit;
}

/* --- PES -------------------------------------------------------------------------- */

static void
write_time (guint8 *to, guint mark, guint64 ticks)
{
  ticks &= (G_GUINT64_CONSTANT (1) << 33) - 1;
  to[0] = (guint8)(mark << 4 | (ticks >> 30 & 7) << 1 | 1);
  to[1] = (guint8)(ticks >> 22);
  to[2] = (guint8)((ticks >> 14 & 0xfe) | 1);
  to[3] = (guint8)(ticks >> 7);
  to[4] = (guint8)(ticks << 1 | 1);
}

static void
prepend_header (GByteArray *unit, gboolean video, guint64 decode, guint64 present)
{
  const gsize length = unit->len + PES_HEADER_BYTES - 6;
  guint8 header[PES_HEADER_BYTES] = {
    0, 0, 1, video ? 0xe0 : 0xc0, 0, 0, 0x84, 0xc0, 10
  };

  if (!video && length <= 0xffff) {
    header[4] = (guint8)(length >> 8);
    header[5] = (guint8)length;
  }
  write_time (header + 9, 3, present);
  write_time (header + 14, 1, decode);
  g_byte_array_prepend (unit, header, sizeof header);
}

/* Flags and the clock, for a unit's first packet. */
static GByteArray *
first_adaptation (const FlvFileTag *tag, gboolean clock, guint64 decode)
{
  const guint64 base = (decode - PCR_LEAD) & ((G_GUINT64_CONSTANT (1) << 33) - 1);
  const guint8 bytes[] = { (guint8)((tag->keyframe ? 0x40 : 0) | (clock ? 0x10 : 0)),
                           (guint8)(base >> 25),
                           (guint8)(base >> 17),
                           (guint8)(base >> 9),
                           (guint8)(base >> 1),
                           (guint8)((base & 1) << 7 | 0x7e),
                           0 };
  GByteArray *adaptation = g_byte_array_new ();

  return g_byte_array_append (adaptation, bytes, clock ? sizeof bytes : 1);
}

static void
put_unit (TsWriter *self, const FlvFileTag *tag, guint64 decode, GByteArray *unit,
          GByteArray *out)
{
  const gboolean video = tag->type == 9;
  const guint pid = video ? VIDEO_PID : AUDIO_PID;
  g_autoptr (GByteArray) first =
      first_adaptation (tag, video || !self->has_video, decode);

  for (gsize at = 0; at < unit->len;) {
    const gsize head = at == 0 ? first->len + 1 : 0;
    gsize size = MIN (unit->len - at, TS_PACKET_BYTES - 4 - head);

    put_packet (self, pid, at == 0, at == 0 ? first : NULL, unit->data + at, size, out);
    at += size;
  }
}

void
ts_writer_put (TsWriter *self, const FlvFileTag *tag, guint64 decode_ticks,
               GByteArray *out)
{
  g_autoptr (GByteArray) unit = NULL;
  gint32 composition_ms = 0;

  if (tag->setup) {
    if (tag->type == 9 && tag->size > 11) {
      remember_video (self, tag);
    } else if (tag->type == 8 && tag->size >= 4) {
      self->has_audio = TRUE;
      memcpy (self->asc, tag->body + 2, sizeof self->asc);
    }
    self->tags_since_tables = TABLES_EVERY; /* what the tables say has changed */
    return;
  }
  if (self->tags_since_tables++ >= TABLES_EVERY) {
    self->tags_since_tables = 0;
    put_tables (self, out);
  }
  if (tag->type == 9)
    composition_ms =
        (gint32)((guint32)tag->body[2] << 24 | (guint32)tag->body[3] << 16 |
                 (guint32)tag->body[4] << 8) >>
        8;
  unit = tag->type == 9 ? annex_b (self, tag) : adts (self, tag);
  prepend_header (unit, tag->type == 9, decode_ticks,
                  decode_ticks + (guint64)(composition_ms * 90));
  put_unit (self, tag, decode_ticks, unit, out);
}
