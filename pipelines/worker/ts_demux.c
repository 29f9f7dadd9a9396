#include "ts_demux.h"

#include "ts_tables.h"

#include <string.h>

#define SYNC 0x47
#define PES_HEADER_BYTES 9
#define TIME_BITS 33
#define TIME_WRAP (G_GINT64_CONSTANT (1) << TIME_BITS)
#define TIME_MAX (TIME_WRAP * 64)
/* So many pictures must have ended with stuffing before that is taken for their end. */
#define TRUST_AFTER 25

/* One elementary stream. */
typedef struct {
  guint16 pid;
  AcTsFormat format;
  gint counter; /* of its last packet; -1: not known */

  GByteArray *pes;  /* under way; NULL: waits for a beginning */
  gsize pes_length; /* 0: not said */
  gboolean lost;    /* since the last unit */

  gboolean ended; /* its last packet was stuffed */
  guint n_ended;  /* how often a beginning followed that */
  gboolean distrusted;
} Stream;

struct _AcTsDemux {
  AcTsDemuxHandler handler;
  gpointer user_data;
  AcTsTables *tables;
  gint table_counters[8192]; /* by pid; -1: not known */
  Stream streams[2];         /* by AcSourceTrack */
  gint64 last_time;          /* unwrapped, of any track; -1: none yet */
};

/* A packet's header, read. */
typedef struct {
  guint16 pid;
  gboolean starts, broken, jumps, stuffed;
  gint counter;
  const guint8 *payload;
  gsize size;
} Packet;

AcTsDemux *
ac_ts_demux_new (const AcTsDemuxHandler *handler, gpointer user_data)
{
  AcTsDemux *self = g_new0 (AcTsDemux, 1);

  self->handler = *handler;
  self->user_data = user_data;
  self->tables = ac_ts_tables_new ();
  self->last_time = -1;
  for (guint i = 0; i < G_N_ELEMENTS (self->table_counters); i++)
    self->table_counters[i] = -1;
  for (guint i = 0; i < G_N_ELEMENTS (self->streams); i++)
    self->streams[i].pid = AC_TS_NO_PID;
  return self;
}

static void
drop_pes (Stream *stream)
{
  if (stream->pes != NULL)
    stream->lost = TRUE;
  g_clear_pointer (&stream->pes, g_byte_array_unref);
}

void
ac_ts_demux_free (AcTsDemux *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->streams); i++)
    drop_pes (&self->streams[i]);
  ac_ts_tables_free (self->tables);
  g_free (self);
}

/* --- times ------------------------------------------------------------------------ */

/* The reading nearest to the last one of any track. There is room for one wrap back. */
static gint64
unwrap (AcTsDemux *self, gint64 time)
{
  if (self->last_time >= 0) {
    gint64 step = (time - self->last_time) & (TIME_WRAP - 1);

    if (step >= TIME_WRAP / 2)
      step -= TIME_WRAP;
    time = self->last_time + step;
  }
  if (self->last_time < 0 || time < 0 || time > TIME_MAX)
    time = (time & (TIME_WRAP - 1)) + TIME_WRAP;
  self->last_time = time;
  return time;
}

/* Five bytes of ISO/IEC 13818-1, 2.4.3.6. */
static gint64
time_at (const guint8 *at)
{
  return (gint64)(at[0] >> 1 & 7) << 30 | (gint64)at[1] << 22 |
         (gint64)(at[2] >> 1) << 15 | (gint64)at[3] << 7 | at[4] >> 1;
}

static void
read_times (AcTsDemux *self, const guint8 *pes, gsize header, AcTsUnit *unit)
{
  const guint flags = pes[7] >> 6;

  unit->presentation = unit->decode = AC_TS_NO_TIME;
  if (flags == 3 && header >= PES_HEADER_BYTES + 10) {
    unit->decode = unwrap (self, time_at (pes + PES_HEADER_BYTES + 5));
    unit->presentation = unwrap (self, time_at (pes + PES_HEADER_BYTES));
    self->last_time = unit->decode;
  } else if (flags == 2 && header >= PES_HEADER_BYTES + 5) {
    unit->decode = unit->presentation = unwrap (self, time_at (pes + PES_HEADER_BYTES));
  }
}

/* --- PES -------------------------------------------------------------------------- */

/* Gives on what is under way, which is whole. */
static void
emit (AcTsDemux *self, AcSourceTrack track)
{
  Stream *stream = &self->streams[track];
  g_autoptr (GByteArray) pes = g_steal_pointer (&stream->pes);
  AcTsUnit unit = { .track = track, .lost = stream->lost };
  gsize header;

  if (pes == NULL)
    return;
  header = pes->len >= PES_HEADER_BYTES ? (gsize)PES_HEADER_BYTES + pes->data[8] : 0;
  if (header == 0 || header >= pes->len) {
    stream->lost = TRUE;
    return;
  }
  read_times (self, pes->data, header, &unit);
  unit.data = g_bytes_new (pes->data + header, pes->len - header);
  stream->lost = FALSE;
  self->handler.unit (&unit, self->user_data);
  g_bytes_unref (unit.data);
}

/* A packet begins a PES: the one before, if its length was not said, is whole. */
static void
begin (AcTsDemux *self, AcSourceTrack track, const Packet *packet)
{
  Stream *stream = &self->streams[track];
  const guint8 *at = packet->payload;

  if (stream->ended && !stream->distrusted)
    stream->n_ended = MIN (stream->n_ended + 1, TRUST_AFTER);
  if (stream->pes_length == 0)
    emit (self, track);
  else
    drop_pes (stream);
  if (packet->size < PES_HEADER_BYTES || at[0] != 0 || at[1] != 0 || at[2] != 1 ||
      (at[6] & 0xc0) != 0x80) {
    stream->lost = TRUE;
    return;
  }
  stream->pes = g_byte_array_new ();
  stream->pes_length = (gsize)at[4] << 8 | at[5];
  if (stream->pes_length > 0)
    stream->pes_length += 6;
}

static void
add (AcTsDemux *self, AcSourceTrack track, const Packet *packet)
{
  Stream *stream = &self->streams[track];
  gsize size = packet->size;

  if (stream->pes_length > 0) /* what is more than that is no part of it */
    size = MIN (size, stream->pes_length - stream->pes->len);
  if (stream->pes->len + size > AC_TS_UNIT_MAX_BYTES) {
    drop_pes (stream);
    return;
  }
  g_byte_array_append (stream->pes, packet->payload, (guint)size);
  if (stream->pes_length > 0 ? stream->pes->len == stream->pes_length
                             : packet->stuffed && stream->n_ended == TRUST_AFTER)
    emit (self, track);
}

static void
take_media (AcTsDemux *self, AcSourceTrack track, const Packet *packet)
{
  Stream *stream = &self->streams[track];

  if (packet->starts) {
    begin (self, track, packet);
  } else if (stream->ended) { /* stuffing was no end */
    stream->distrusted = TRUE;
    if (stream->n_ended == TRUST_AFTER)
      stream->lost = TRUE;
    stream->n_ended = 0;
  }
  if (stream->pes != NULL)
    add (self, track, packet);
  stream->ended = packet->stuffed;
}

/* --- packets ---------------------------------------------------------------------- */

/* Reads an adaptation field of @size bytes behind its length.
 * Returns: whether there is stuffing at its end. */
static gboolean
read_adaptation (const guint8 *field, gsize size, Packet *packet)
{
  gsize used = 1;

  if (size == 0)
    return TRUE; /* the length itself is the stuffing */
  packet->jumps = (field[0] & 0x80) != 0;
  used += (field[0] & 0x10) != 0 ? 6 : 0;        /* PCR */
  used += (field[0] & 0x08) != 0 ? 6 : 0;        /* OPCR */
  used += (field[0] & 0x04) != 0 ? 1 : 0;        /* splice countdown */
  for (guint flag = 0x02; flag != 0; flag >>= 1) /* private data, extension */
    if ((field[0] & flag) != 0)
      used += used < size ? 1u + field[used] : 1;
  return used < size;
}

/* Returns: FALSE when it is none. */
static gboolean
read_packet (const guint8 *at, Packet *packet)
{
  gsize offset = 4;

  if (at[0] != SYNC)
    return FALSE;
  *packet = (Packet){
    .pid = (guint16)((at[1] & 0x1f) << 8 | at[2]),
    .starts = (at[1] & 0x40) != 0,
    .broken = (at[1] & 0x80) != 0 || (at[3] & 0xc0) != 0, /* or scrambled */
    .counter = at[3] & 15,
  };
  if ((at[3] & 0x20) != 0) {
    const gsize length = at[4];

    offset += 1 + length;
    if (offset > AC_TS_PACKET_SIZE)
      return FALSE;
    packet->stuffed = read_adaptation (at + 5, length, packet);
  }
  if ((at[3] & 0x10) == 0)
    return TRUE; /* no payload */
  packet->payload = at + offset;
  packet->size = AC_TS_PACKET_SIZE - offset;
  return TRUE;
}

typedef enum { IN_ORDER, AGAIN, HOLE } Order;

static Order
order_of (gint *counter, const Packet *packet)
{
  const gint last = *counter;

  *counter = packet->counter;
  if (last < 0 || packet->jumps || packet->counter == ((last + 1) & 15))
    return IN_ORDER;
  return packet->counter == last ? AGAIN : HOLE;
}

/* The chosen program may have changed. */
static void
follow_program (AcTsDemux *self)
{
  const AcTsProgram *program = ac_ts_tables_program (self->tables);

  for (guint i = 0; i < G_N_ELEMENTS (self->streams); i++) {
    Stream *stream = &self->streams[i];
    const gboolean same =
        memcmp (&stream->format, &program->formats[i], sizeof stream->format) == 0;

    if (stream->pid == program->pids[i] && same)
      continue;
    if (stream->pid != AC_TS_NO_PID && stream->pes_length == 0)
      emit (self, i);
    drop_pes (stream);
    *stream = (Stream){ .pid = program->pids[i],
                        .format = program->formats[i],
                        .counter = -1,
                        .lost = stream->format.codec != AC_TS_NONE };
    if (stream->pid != AC_TS_NO_PID)
      self->handler.track (i, &stream->format, self->user_data);
  }
}

static void
take_table (AcTsDemux *self, const Packet *packet)
{
  switch (order_of (&self->table_counters[packet->pid], packet)) {
  case AGAIN:
    return;
  case HOLE:
    ac_ts_tables_lost (self->tables, packet->pid);
    break;
  case IN_ORDER:
    break;
  }
  if (ac_ts_tables_push (self->tables, packet->pid, packet->starts, packet->payload,
                         packet->size))
    follow_program (self);
}

static void
take_stream (AcTsDemux *self, AcSourceTrack track, const Packet *packet)
{
  Stream *stream = &self->streams[track];
  const Order order = order_of (&stream->counter, packet);

  if (order == AGAIN)
    return;
  if (order == HOLE || packet->broken) {
    drop_pes (stream);
    stream->lost = TRUE;
    stream->ended = FALSE;
  }
  if (!packet->broken)
    take_media (self, track, packet);
}

static void
take_packet (AcTsDemux *self, const Packet *packet)
{
  if (packet->payload == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->streams); i++)
    if (packet->pid == self->streams[i].pid) {
      take_stream (self, i, packet);
      return;
    }
  if (!packet->broken && ac_ts_tables_wants (self->tables, packet->pid))
    take_table (self, packet);
}

void
ac_ts_demux_push (AcTsDemux *self, const guint8 *packets, gsize size)
{
  for (gsize at = 0; size - at >= AC_TS_PACKET_SIZE; at += AC_TS_PACKET_SIZE) {
    Packet packet;

    if (read_packet (packets + at, &packet))
      take_packet (self, &packet);
  }
}
