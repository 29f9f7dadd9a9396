/* segment_index.h - the form of a TRACK-NNN.index file.
 *
 * Little-endian, everything in units of 64 bytes:
 *
 *   header   0  magic "AcIndex\n"        record   0  msn            u64
 *            8  version        u32                8  start, ticks   u64
 *           12  bytes a record u32               16  offset         u64
 *           16  lesson         i64               24  wall_ms        i64
 *           24  hour           u32               32  ordinal        u32
 *           28  track, zero padded, 16           36  length         u32
 *           44  zero, 16                         40  duration       u32
 *           60  CRC-32 of the above              44  epoch          u32
 *                                                48  part           u32
 *                                                52  flags          u32
 *                                                56  CRC-32 of the part's bytes
 *                                                60  CRC-32 of the above
 *
 * A record's own checksum starts from the header's, which is made of lesson, track and
 * hour. So a block of another index that a crash left in this file is no record here,
 * a run of zeros is none either, and records can be read although the header is hurt.
 *
 * The ordinal counts the slots of the lesson from 0; it is how the records of different
 * tracks find each other, also when some of them are damaged.
 *
 * Threads: any. */
#pragma once

#include "recordings.h"

#define AC_INDEX_UNIT_BYTES 64
#define AC_INDEX_VERSION 1
/* An hour holds 6,750 slots at 30 fps; this leaves room for the shortest parts. */
#define AC_INDEX_MAX_RECORDS (128 * 1024)
#define AC_INDEX_MAX_BYTES ((1 + AC_INDEX_MAX_RECORDS) * AC_INDEX_UNIT_BYTES)
#define AC_RECORDINGS_MAX_HOURS 1000 /* NNN has three digits */
#define AC_RECORDINGS_MAX_EPOCHS 10000
#define AC_RECORDINGS_MAX_PARTS 1024 /* of one segment */
#define AC_RECORDINGS_MAX_PART_BYTES (64 * 1024 * 1024)
#define AC_TICKS_PER_HOUR (G_GUINT64_CONSTANT (3600) * AC_TICKS_PER_SECOND)

/* Whose index it is. */
typedef struct {
  gint64 lesson;
  guint32 hour;
  gchar track[AC_TRACK_NAME_MAX + 1];
} AcIndexKey;

typedef struct {
  guint64 msn, start, offset;
  gint64 wall_ms;
  guint32 ordinal, length, duration, epoch, part, flags;
  guint32 media_crc; /* of the part's bytes, 0 for a gap */
  guint32 position;  /* not on disk: which record of its file, from 0 */
} AcIndexRecord;

typedef struct {
  GArray *records;     /* AcIndexRecord: the good ones, in order */
  guint32 n_positions; /* whole records in the file, good or not */
  gboolean header_good;
} AcIndexTable;

guint32 ac_index_checksum (guint32 seed, gconstpointer data, gsize size);

/* @name: [a-z0-9], 1 to 15 characters */
gboolean ac_index_track_name_is_valid (const gchar *name);

/* Returns: the seed for the records of @key's index. */
guint32 ac_index_encode_header (const AcIndexKey *key,
                                guint8 ret_unit[AC_INDEX_UNIT_BYTES]);
void ac_index_encode_record (guint32 seed, const AcIndexRecord *record,
                             guint8 ret_unit[AC_INDEX_UNIT_BYTES]);
/* Returns: FALSE when the checksum or a range does not hold. */
gboolean ac_index_decode_record (guint32 seed, const guint8 unit[AC_INDEX_UNIT_BYTES],
                                 AcIndexRecord *ret_record);

/* Reads every record that is whole and in order, and leaves out the others.
 * @ret_table: to be cleared with ac_index_table_clear()
 * Errors: CORRUPT when the file is of a newer version or larger than the limit; a
 *   damaged header or record is not an error. */
gboolean ac_index_parse (const AcIndexKey *key, GBytes *bytes, AcIndexTable *ret_table,
                         GError **error);
void ac_index_table_clear (AcIndexTable *table);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcIndexTable, ac_index_table_clear)
