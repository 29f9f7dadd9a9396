#include "ts_aligner.h"

#include <string.h>

#define SYNC 0x47

/* Looks at the bytes at @at, of which @size are there.
 * @ret_packet: whether the first AC_TS_PACKET_BYTES of them are a packet
 * Returns: how many bytes are settled; 0: more must come. */
static gsize
settle (AcTsAligner *self, const guint8 *at, gsize size, gboolean *ret_packet)
{
  const guint8 *sync;

  *ret_packet = FALSE;
  if (at[0] != SYNC) {
    self->in_step = FALSE;
    sync = memchr (at, SYNC, size);
    return sync != NULL ? (gsize)(sync - at) : size;
  }
  if (size < AC_TS_PACKET_BYTES || (!self->in_step && size == AC_TS_PACKET_BYTES))
    return 0;
  if (!self->in_step && at[AC_TS_PACKET_BYTES] != SYNC)
    return 1;
  self->in_step = TRUE;
  *ret_packet = TRUE;
  return AC_TS_PACKET_BYTES;
}

/* Returns: how many of the @size bytes are done with. */
static gsize
take (AcTsAligner *self, const guint8 *data, gsize size, GByteArray *out)
{
  gsize done = 0;

  while (done < size) {
    gboolean packet;
    const gsize settled = settle (self, data + done, size - done, &packet);

    if (settled == 0)
      break;
    if (packet)
      g_byte_array_append (out, data + done, AC_TS_PACKET_BYTES);
    self->garbage = packet ? 0 : self->garbage + settled;
    done += settled;
  }
  return done;
}

gboolean
ac_ts_aligner_feed (AcTsAligner *self, const guint8 *data, gsize size, GByteArray *out)
{
  while (size > 0 && self->garbage <= AC_TS_GARBAGE_MAX_BYTES) {
    gsize used, done;

    if (self->n_held == 0) {
      done = take (self, data, size, out);
      data += done;
      size -= done;
    }
    used = MIN (size, sizeof self->held - self->n_held);
    memcpy (self->held + self->n_held, data, used);
    self->n_held += used;
    data += used;
    size -= used;
    done = take (self, self->held, self->n_held, out);
    self->n_held -= done;
    memmove (self->held, self->held + done, self->n_held);
  }
  return self->garbage <= AC_TS_GARBAGE_MAX_BYTES;
}
