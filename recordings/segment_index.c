/* segment_index.c - the form of a TRACK-NNN.index file. */
#include "segment_index.h"

#include <string.h>
#include <zlib.h>

#define MAGIC "AcIndex\n"
#define CHECKSUM_AT (AC_INDEX_UNIT_BYTES - 4)

static void
put32 (guint8 *at, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, sizeof value);
}

static void
put64 (guint8 *at, guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (at, &value, sizeof value);
}

static guint32
get32 (const guint8 *at)
{
  guint32 value;
  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_LE (value);
}

static guint64
get64 (const guint8 *at)
{
  guint64 value;
  memcpy (&value, at, sizeof value);
  return GUINT64_FROM_LE (value);
}

guint32
ac_index_checksum (guint32 seed, gconstpointer data, gsize size)
{
  return (guint32)crc32_z (seed, data, size);
}

gboolean
ac_index_track_name_is_valid (const gchar *name)
{
  gsize n = 0;

  for (; name[n] != '\0'; n++)
    if (n == AC_TRACK_NAME_MAX ||
        !(g_ascii_islower (name[n]) || g_ascii_isdigit (name[n])))
      return FALSE;
  return n > 0;
}

guint32
ac_index_encode_header (const AcIndexKey *key, guint8 ret_unit[AC_INDEX_UNIT_BYTES])
{
  memset (ret_unit, 0, AC_INDEX_UNIT_BYTES);
  memcpy (ret_unit, MAGIC, 8);
  put32 (ret_unit + 8, AC_INDEX_VERSION);
  put32 (ret_unit + 12, AC_INDEX_UNIT_BYTES);
  put64 (ret_unit + 16, (guint64)key->lesson);
  put32 (ret_unit + 24, key->hour);
  memcpy (ret_unit + 28, key->track, strnlen (key->track, AC_TRACK_NAME_MAX));

  guint32 seed = ac_index_checksum (0, ret_unit, CHECKSUM_AT);
  put32 (ret_unit + CHECKSUM_AT, seed);
  return seed;
}

void
ac_index_encode_record (guint32 seed, const AcIndexRecord *record,
                        guint8 ret_unit[AC_INDEX_UNIT_BYTES])
{
  put64 (ret_unit, record->msn);
  put64 (ret_unit + 8, record->start);
  put64 (ret_unit + 16, record->offset);
  put64 (ret_unit + 24, (guint64)record->wall_ms);
  put32 (ret_unit + 32, record->ordinal);
  put32 (ret_unit + 36, record->length);
  put32 (ret_unit + 40, record->duration);
  put32 (ret_unit + 44, record->epoch);
  put32 (ret_unit + 48, record->part);
  put32 (ret_unit + 52, record->flags);
  put32 (ret_unit + 56, record->media_crc);
  put32 (ret_unit + CHECKSUM_AT, ac_index_checksum (seed, ret_unit, CHECKSUM_AT));
}

static gboolean
record_is_in_range (const AcIndexRecord *record)
{
  return record->length <= AC_RECORDINGS_MAX_PART_BYTES &&
         record->offset <=
             (guint64)AC_INDEX_MAX_RECORDS * AC_RECORDINGS_MAX_PART_BYTES &&
         record->epoch >= 1 && record->epoch <= AC_RECORDINGS_MAX_EPOCHS &&
         record->part < AC_RECORDINGS_MAX_PARTS && record->ordinal < G_MAXUINT32 &&
         record->msn < G_MAXINT64 &&
         record->start < (AC_RECORDINGS_MAX_HOURS + 1) * AC_TICKS_PER_HOUR &&
         record->duration <= AC_TICKS_PER_HOUR;
}

gboolean
ac_index_decode_record (guint32 seed, const guint8 unit[AC_INDEX_UNIT_BYTES],
                        AcIndexRecord *ret_record)
{
  if (get32 (unit + CHECKSUM_AT) != ac_index_checksum (seed, unit, CHECKSUM_AT))
    return FALSE;
  *ret_record = (AcIndexRecord){
    .msn = get64 (unit),
    .start = get64 (unit + 8),
    .offset = get64 (unit + 16),
    .wall_ms = (gint64)get64 (unit + 24),
    .ordinal = get32 (unit + 32),
    .length = get32 (unit + 36),
    .duration = get32 (unit + 40),
    .epoch = get32 (unit + 44),
    .part = get32 (unit + 48),
    .flags = get32 (unit + 52),
    .media_crc = get32 (unit + 56),
  };
  return record_is_in_range (ret_record);
}

/* An index is written in order, so a record that goes back is not one of ours,
 * whatever its checksum says. */
static gboolean
record_follows (const AcIndexRecord *previous, const AcIndexRecord *record)
{
  if (record->ordinal <= previous->ordinal || record->epoch < previous->epoch ||
      record->start < previous->start ||
      record->offset < previous->offset + previous->length)
    return FALSE;
  if (record->msn == previous->msn)
    return record->epoch == previous->epoch && record->part > previous->part;
  return record->msn > previous->msn;
}

/* Refuses what a later release may have written; anything else that is wrong with a
 * header is damage, and the records are still worth reading. */
static gboolean
check_header (const guint8 *unit, const guint8 *expected, gboolean *ret_good,
              GError **error)
{
  *ret_good = memcmp (unit, expected, AC_INDEX_UNIT_BYTES) == 0;
  if (memcmp (unit, MAGIC, 8) == 0 && get32 (unit + 8) > AC_INDEX_VERSION &&
      get32 (unit + CHECKSUM_AT) == ac_index_checksum (0, unit, CHECKSUM_AT)) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
                 "index version %u is newer than %d", get32 (unit + 8),
                 AC_INDEX_VERSION);
    return FALSE;
  }
  return TRUE;
}

gboolean
ac_index_parse (const AcIndexKey *key, GBytes *bytes, AcIndexTable *ret_table,
                GError **error)
{
  guint8 expected[AC_INDEX_UNIT_BYTES];
  guint32 seed = ac_index_encode_header (key, expected);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  gboolean header_good = FALSE;

  if (size > AC_INDEX_MAX_BYTES) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
                 "index of %" G_GSIZE_FORMAT " bytes is too large", size);
    return FALSE;
  }
  gsize n_units = size / AC_INDEX_UNIT_BYTES;
  if (n_units > 0 && !check_header (data, expected, &header_good, error))
    return FALSE;

  *ret_table = (AcIndexTable){
    .records = g_array_new (FALSE, FALSE, sizeof (AcIndexRecord)),
    .n_positions = n_units > 0 ? (guint32)n_units - 1 : 0,
    .header_good = header_good,
  };
  GArray *records = ret_table->records;
  for (guint32 i = 0; i < ret_table->n_positions; i++) {
    const guint8 *unit = data + (gsize)(i + 1) * AC_INDEX_UNIT_BYTES;
    AcIndexRecord record;
    if (!ac_index_decode_record (seed, unit, &record))
      continue;
    record.position = i;
    if (records->len == 0 ||
        record_follows (&g_array_index (records, AcIndexRecord, records->len - 1),
                        &record))
      g_array_append_val (records, record);
  }
  return TRUE;
}

void
ac_index_table_clear (AcIndexTable *table)
{
  g_clear_pointer (&table->records, g_array_unref);
}
