/* fuzz-ts - the aligner of transport streams.
 *
 * Input: one byte of step (how many bytes at a time, 0: 256), then the bytes. What
 * comes out must be the same as when all comes at once. */

#include "ts_aligner.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static gboolean
feed (GByteArray *out, const guint8 *data, gsize size, gsize step)
{
  AcTsAligner aligner = { .n_held = 0 };

  for (gsize at = 0; at < size; at += step) {
    const gsize length = MIN (step, size - at);
    g_autofree guint8 *piece = g_memdup2 (data + at, length);

    if (!ac_ts_aligner_feed (&aligner, piece, length, out))
      return FALSE;
  }
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  g_autoptr (GByteArray) pieces = g_byte_array_new ();
  gboolean good;

  if (size < 2)
    return 0;
  good = feed (whole, data + 1, size - 1, size - 1);
  if (feed (pieces, data + 1, size - 1, data[0] > 0 ? data[0] : 256) && good)
    g_assert (whole->len == pieces->len &&
              (whole->len == 0 || memcmp (whole->data, pieces->data, whole->len) == 0));
  g_assert (whole->len % AC_TS_PACKET_BYTES == 0);
  for (gsize at = 0; at < whole->len; at += AC_TS_PACKET_BYTES)
    g_assert (whole->data[at] == 0x47);
  return 0;
}
