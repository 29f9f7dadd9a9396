/* fuzz-demux - a transport stream taken apart. Input: packets; each is given its sync
 * byte, and the sections of tables their checksum, which chance does not find. */

#include "ts_demux.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct {
  gboolean known[2];
} Seen;

static void
on_track (AcSourceTrack track, const AcTsFormat *format, gpointer user_data)
{
  g_assert (format->codec != AC_TS_NONE);
  g_assert ((format->codec == AC_TS_OPUS) == (format->channels > 0));
  ((Seen *)user_data)->known[track] = TRUE;
}

static void
on_unit (const AcTsUnit *unit, gpointer user_data)
{
  g_assert (((Seen *)user_data)->known[unit->track]);
  g_assert (g_bytes_get_size (unit->data) > 0);
  g_assert (g_bytes_get_size (unit->data) <= AC_TS_UNIT_MAX_BYTES);
  g_assert ((unit->decode == AC_TS_NO_TIME) == (unit->presentation == AC_TS_NO_TIME));
  g_assert (unit->decode == AC_TS_NO_TIME || unit->decode >= 0);
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

/* Of a section that lies in one packet, behind a pointer of 0. */
static void
mend_section (guint8 *packet)
{
  guint8 *section = packet + 5;
  const gsize length = 3 + ((gsize)(section[1] & 15) << 8 | section[2]);
  guint32 crc;

  if ((packet[1] & 0x40) == 0 || (packet[3] & 0x20) != 0 || packet[4] != 0 ||
      length < 12 || length > 183)
    return;
  crc = GUINT32_TO_BE (crc_of (section, length - 4));
  memcpy (section + length - 4, &crc, 4);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const AcTsDemuxHandler handler = { on_track, on_unit };
  Seen seen = { { FALSE } };
  g_autoptr (AcTsDemux) demux = ac_ts_demux_new (&handler, &seen);

  for (gsize at = 0; size - at >= AC_TS_PACKET_SIZE; at += AC_TS_PACKET_SIZE) {
    g_autofree guint8 *packet = g_memdup2 (data + at, AC_TS_PACKET_SIZE);

    packet[0] = 0x47;
    mend_section (packet);
    ac_ts_demux_push (demux, packet, AC_TS_PACKET_SIZE);
  }
  return 0;
}
