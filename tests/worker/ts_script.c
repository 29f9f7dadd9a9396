#include "ts_script.h"

#include <string.h>

#define PACKET_BYTES 188

void
ts_script_init (TsScript *self)
{
  memset (self, 0, sizeof *self);
  self->bytes = g_byte_array_new ();
}

void
ts_script_clear (TsScript *self)
{
  g_byte_array_unref (self->bytes);
}

/* One packet with as much of @data as fits, filled up with stuffing.
 * Returns: how many bytes fitted. */
static gsize
put_packet (TsScript *self, guint16 pid, gboolean starts, const guint8 *data,
            gsize size)
{
  guint8 packet[PACKET_BYTES];
  const gsize used = MIN (size, PACKET_BYTES - 4);
  const gsize stuffing = PACKET_BYTES - 4 - used;

  memset (packet, 0xff, sizeof packet);
  packet[0] = 0x47;
  packet[1] = (guint8)((starts ? 0x40 : 0) | pid >> 8);
  packet[2] = (guint8)pid;
  packet[3] = (guint8)((stuffing > 0 ? 0x30 : 0x10) | (self->counters[pid]++ & 15));
  if (stuffing > 0)
    packet[4] = (guint8)(stuffing - 1);
  if (stuffing > 1)
    packet[5] = 0;
  memcpy (packet + PACKET_BYTES - used, data, used);
  g_byte_array_append (self->bytes, packet, sizeof packet);
  return used;
}

static void
put_payload (TsScript *self, guint16 pid, const GByteArray *payload)
{
  for (gsize at = 0; at < payload->len;)
    at += put_packet (self, pid, at == 0, payload->data + at, payload->len - at);
}

static guint32
crc_of (const guint8 *data, gsize size)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < size; i++)
    for (guint bit = 0; bit < 8; bit++) {
      const gboolean set = (crc >> 31 ^ (data[i] >> (7 - bit) & 1)) != 0;

      crc = crc << 1 ^ (set ? 0x04c11db7 : 0);
    }
  return crc;
}

/* Completes @section, which begins with its eight bytes of header. */
static void
put_section (TsScript *self, guint16 pid, GByteArray *section)
{
  const gsize length = section->len - 3 + 4;
  guint8 pointer = 0;
  guint32 crc;

  section->data[1] = (guint8)(0xb0 | length >> 8);
  section->data[2] = (guint8)length;
  crc = GUINT32_TO_BE (crc_of (section->data, section->len));
  g_byte_array_append (section, (const guint8 *)&crc, 4);
  g_byte_array_prepend (section, &pointer, 1);
  put_payload (self, pid, section);
}

void
ts_script_pat (TsScript *self, guint n_programs)
{
  g_autoptr (GByteArray) section = g_byte_array_new ();

  g_byte_array_append (section, (const guint8[]){ 0, 0, 0, 0, 1, 0xc1, 0, 0 }, 8);
  for (guint i = 0; i < n_programs; i++) {
    const guint16 pid = (guint16)(TS_PMT_PID + i);

    g_byte_array_append (
        section,
        (const guint8[]){ 0, (guint8)(i + 1), (guint8)(0xe0 | pid >> 8), (guint8)pid },
        4);
  }
  put_section (self, 0, section);
}

void
ts_script_pmt (TsScript *self, guint program, const TsScriptStream *streams,
               guint n_streams)
{
  g_autoptr (GByteArray) section = g_byte_array_new ();

  g_byte_array_append (
      section,
      (const guint8[]){ 2, 0, 0, 0, (guint8)program, 0xc1, 0, 0, 0xff, 0xff, 0xf0, 0 },
      12);
  for (guint i = 0; i < n_streams; i++) {
    const TsScriptStream *stream = &streams[i];

    g_byte_array_append (
        section,
        (const guint8[]){ stream->stream_type, (guint8)(0xe0 | stream->pid >> 8),
                          (guint8)stream->pid, 0xf0, stream->n_descriptor_bytes },
        5);
    if (stream->n_descriptor_bytes > 0)
      g_byte_array_append (section, stream->descriptors, stream->n_descriptor_bytes);
  }
  put_section (self, (guint16)(TS_PMT_PID + program - 1), section);
}

void
ts_script_tables (TsScript *self)
{
  static const TsScriptStream streams[] = { { TS_VIDEO_PID, 0x1b, NULL, 0 },
                                            { TS_AUDIO_PID, 0x0f, NULL, 0 } };

  ts_script_pat (self, 1);
  ts_script_pmt (self, 1, streams, G_N_ELEMENTS (streams));
}

static void
put_time (GByteArray *pes, guint mark, gint64 time)
{
  const guint8 bytes[] = {
    (guint8)(mark << 4 | (time >> 30 & 7) << 1 | 1),
    (guint8)(time >> 22),
    (guint8)((time >> 15 & 0x7f) << 1 | 1),
    (guint8)(time >> 7),
    (guint8)((time & 0x7f) << 1 | 1),
  };

  g_byte_array_append (pes, bytes, sizeof bytes);
}

void
ts_script_pes (TsScript *self, guint16 pid, gint64 presentation, gint64 decode,
               const guint8 *payload, gsize size, gboolean says_length)
{
  g_autoptr (GByteArray) pes = g_byte_array_new ();
  const guint n_times = presentation < 0 ? 0 : decode < 0 ? 1 : 2;
  const gsize length = says_length ? 3 + 5 * n_times + size : 0;
  const guint8 header[] = {
    0,
    0,
    1,
    0xe0,
    (guint8)(length >> 8),
    (guint8)length,
    0x80,
    (guint8)(n_times == 0   ? 0
             : n_times == 1 ? 0x80
                            : 0xc0),
    (guint8)(5 * n_times),
  };

  g_byte_array_append (pes, header, sizeof header);
  if (n_times > 0)
    put_time (pes, n_times == 1 ? 2 : 3, presentation);
  if (n_times > 1)
    put_time (pes, 1, decode);
  g_byte_array_append (pes, payload, (guint)size);
  put_payload (self, pid, pes);
}
