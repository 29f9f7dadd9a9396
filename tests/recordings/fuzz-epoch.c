/* fuzz-epoch.c - any bytes as an epoch's file, with a good header put in front. */
#include "epoch_file.h"
#include "segment_index.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
try_version (guint8 version, const guint8 *data, gsize size)
{
  static const guint8 start[12] = { 'A', 'c', 'E', 'p', 'o', 'c', 'h', '\n' };
  g_autofree guint8 *file = g_malloc (16 + size);
  guint32 crc = GUINT32_TO_LE (ac_index_checksum (0, data, size));

  memcpy (file, start, sizeof start);
  file[8] = version;
  memcpy (file + 12, &crc, 4);
  if (size > 0)
    memcpy (file + 16, data, size);
  g_autoptr (GBytes) bytes = g_bytes_new (file, 16 + size);
  g_autoptr (AcMediaEpoch) epoch = ac_epoch_file_decode (1, bytes, NULL);
  if (epoch == NULL || version == 1)
    return;
  /* What is read is what would be written. */
  g_autoptr (GBytes) again = ac_epoch_file_encode (epoch);
  g_assert_true (g_bytes_equal (bytes, again));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  try_version (1, data, size);
  try_version (2, data, size);
  return 0;
}
