/* fuzz-index.c - any bytes as an index: nothing but good records comes out.
 *
 * The first byte chooses: odd, and the checksums of what follows are set right first,
 * for otherwise hardly any input would get past them. */
#include "segment_index.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
mend_checksums (const AcIndexKey *key, guint8 *data, gsize size)
{
  guint8 header[AC_INDEX_UNIT_BYTES];
  guint32 seed = ac_index_encode_header (key, header);

  for (gsize at = 0; at + AC_INDEX_UNIT_BYTES <= size; at += AC_INDEX_UNIT_BYTES) {
    guint32 crc =
        ac_index_checksum (at == 0 ? 0 : seed, data + at, AC_INDEX_UNIT_BYTES - 4);
    crc = GUINT32_TO_LE (crc);
    memcpy (data + at + AC_INDEX_UNIT_BYTES - 4, &crc, 4);
  }
}

static void
check_record (const AcIndexTable *table, guint i)
{
  const AcIndexRecord *record = &g_array_index (table->records, AcIndexRecord, i);

  g_assert_cmpuint (record->position, <, table->n_positions);
  g_assert_cmpuint (record->length, <=, AC_RECORDINGS_MAX_PART_BYTES);
  g_assert_cmpuint (record->epoch, >=, 1);
  g_assert_cmpuint (record->epoch, <=, AC_RECORDINGS_MAX_EPOCHS);
  if (i == 0)
    return;
  const AcIndexRecord *previous = record - 1;
  g_assert_cmpuint (record->position, >, previous->position);
  g_assert_cmpuint (record->ordinal, >, previous->ordinal);
  g_assert_cmpuint (record->offset, >=, previous->offset + previous->length);
  g_assert_cmpuint (record->start, >=, previous->start);
  g_assert_true (record->msn > previous->msn ||
                 (record->msn == previous->msn && record->part > previous->part));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const AcIndexKey key = { .lesson = 7, .hour = 0, .track = "v720" };
  g_auto (AcIndexTable) table = { NULL };

  if (size == 0)
    return 0;
  g_autofree guint8 *copy = g_memdup2 (data + 1, size - 1);
  if (data[0] & 1)
    mend_checksums (&key, copy, size - 1);
  g_autoptr (GBytes) bytes = g_bytes_new (copy, size - 1);
  if (!ac_index_parse (&key, bytes, &table, NULL))
    return 0;
  g_assert_cmpuint (table.records->len, <=, table.n_positions);
  for (guint i = 0; i < table.records->len; i++)
    check_record (&table, i);
  return 0;
}
