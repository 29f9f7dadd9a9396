/* test-segment-index.c - the form of index files. */
#include "segment_index.h"

#include <string.h>

static const AcIndexKey key = { .lesson = 7, .hour = 2, .track = "v720" };

static AcIndexRecord
record_new (guint32 nth)
{
  return (AcIndexRecord){
    .msn = nth / 3,
    .start = nth * 57600ULL,
    .offset = nth * 1000ULL,
    .wall_ms = -5 + (gint64)nth,
    .ordinal = nth,
    .length = 1000,
    .duration = 57600,
    .epoch = 1,
    .part = nth % 3,
    .flags = nth,
    .media_crc = 0xdeadbeef,
  };
}

/* A header and @n records. */
static GByteArray *
index_new (guint32 n)
{
  GByteArray *file = g_byte_array_new ();
  guint8 unit[AC_INDEX_UNIT_BYTES];
  guint32 seed = ac_index_encode_header (&key, unit);

  g_byte_array_append (file, unit, sizeof unit);
  for (guint32 i = 0; i < n; i++) {
    AcIndexRecord record = record_new (i);
    ac_index_encode_record (seed, &record, unit);
    g_byte_array_append (file, unit, sizeof unit);
  }
  return file;
}

static void
parse (GByteArray *file, const AcIndexKey *whose, AcIndexTable *ret_table)
{
  g_autoptr (GBytes) bytes = g_bytes_new (file->data, file->len);
  g_autoptr (GError) error = NULL;

  ac_index_parse (whose, bytes, ret_table, &error);
  g_assert_no_error (error);
}

static void
test_bytes (void)
{
  /* The form is a promise to archives that exist: these bytes never change. */
  static const guint8 expected[AC_INDEX_UNIT_BYTES - 4] = {
    1,  2,  0, 0, 0,  0,  0, 0, 3,  4, 0, 0, 0,  0,  0, 0, 5,    6,    0,    0,
    0,  0,  0, 0, 7,  8,  0, 0, 0,  0, 0, 0, 9,  10, 0, 0, 11,   12,   0,    0,
    13, 14, 0, 0, 15, 16, 0, 0, 17, 0, 0, 0, 18, 0,  0, 0, 0x78, 0x56, 0x34, 0x12,
  };
  AcIndexRecord record = { .msn = 0x0201,
                           .start = 0x0403,
                           .offset = 0x0605,
                           .wall_ms = 0x0807,
                           .ordinal = 0x0a09,
                           .length = 0x0c0b,
                           .duration = 0x0e0d,
                           .epoch = 0x100f,
                           .part = 17,
                           .flags = 18,
                           .media_crc = 0x12345678 };
  guint8 unit[AC_INDEX_UNIT_BYTES];

  ac_index_encode_record (0, &record, unit);
  g_assert_cmpmem (unit, sizeof expected, expected, sizeof expected);
  ac_index_encode_header (&key, unit);
  g_assert_cmpmem (unit, 8, "AcIndex\n", 8);
  g_assert_cmpmem (unit + 28, 16, "v720\0\0\0\0\0\0\0\0\0\0\0\0", 16);
}

static void
test_checksum (void)
{
  /* The check value of CRC-32 (ISO-HDLC). */
  g_assert_cmphex (ac_index_checksum (0, "123456789", 9), ==, 0xcbf43926);
}

static void
test_round_trip (void)
{
  g_autoptr (GByteArray) file = index_new (10);
  g_auto (AcIndexTable) table = { NULL };

  parse (file, &key, &table);
  g_assert_true (table.header_good);
  g_assert_cmpuint (table.n_positions, ==, 10);
  g_assert_cmpuint (table.records->len, ==, 10);
  for (guint32 i = 0; i < 10; i++) {
    AcIndexRecord expected = record_new (i);
    expected.position = i;
    g_assert_cmpmem (&g_array_index (table.records, AcIndexRecord, i), sizeof expected,
                     &expected, sizeof expected);
  }
}

/* No single bit can be turned without being noticed. */
static void
test_every_bit (void)
{
  g_autoptr (GByteArray) file = index_new (3);

  for (guint bit = 0; bit < file->len * 8; bit++) {
    g_auto (AcIndexTable) table = { NULL };
    guint unit = bit / 8 / AC_INDEX_UNIT_BYTES;
    file->data[bit / 8] ^= (guint8)(1 << bit % 8);
    parse (file, &key, &table);
    file->data[bit / 8] ^= (guint8)(1 << bit % 8);
    g_assert_cmpint (table.header_good, ==, unit != 0);
    g_assert_cmpuint (table.records->len, ==, unit == 0 ? 3 : 2);
  }
}

static void
test_every_length (void)
{
  g_autoptr (GByteArray) file = index_new (4);

  for (guint size = 0; size <= file->len; size++) {
    g_autoptr (GByteArray) cut = g_byte_array_new ();
    g_auto (AcIndexTable) table = { NULL };
    g_byte_array_append (cut, file->data, size);
    parse (cut, &key, &table);
    g_assert_cmpuint (table.records->len, ==, size < 64 ? 0 : size / 64 - 1);
    g_assert_cmpint (table.header_good, ==, size >= 64);
  }
}

static void
test_zeros (void)
{
  g_autoptr (GByteArray) file = index_new (2);
  g_auto (AcIndexTable) table = { NULL };

  g_byte_array_set_size (file, 64 * 6);
  memset (file->data + 64 * 3, 0, 64 * 3);
  parse (file, &key, &table);
  g_assert_cmpuint (table.records->len, ==, 2);
  g_assert_cmpuint (table.n_positions, ==, 5);
}

/* A block that the file system mixed up: another lesson, hour or track. */
static void
test_foreign_records (void)
{
  static const AcIndexKey others[] = {
    { 8, 2, "v720" }, { 7, 3, "v720" }, { 7, 2, "v480" }, { 7, 2, "v7200" }
  };
  g_autoptr (GByteArray) file = index_new (3);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_auto (AcIndexTable) table = { NULL };
    parse (file, &others[i], &table);
    g_assert_false (table.header_good);
    g_assert_cmpuint (table.records->len, ==, 0);
  }
}

static void
test_out_of_range (void)
{
  AcIndexRecord bad[10];
  guint8 unit[AC_INDEX_UNIT_BYTES];

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    bad[i] = record_new (1);
  bad[0].length = AC_RECORDINGS_MAX_PART_BYTES + 1;
  bad[1].offset = G_MAXUINT64;
  bad[2].epoch = 0;
  bad[3].epoch = AC_RECORDINGS_MAX_EPOCHS + 1;
  bad[4].part = AC_RECORDINGS_MAX_PARTS;
  bad[5].ordinal = G_MAXUINT32;
  bad[6].msn = G_MAXUINT64;
  bad[7].start = G_MAXUINT64;
  bad[8].duration = G_MAXUINT32;
  for (guint i = 0; i < 9; i++) {
    AcIndexRecord record;
    ac_index_encode_record (0, &bad[i], unit);
    g_assert_false (ac_index_decode_record (0, unit, &record));
  }
  ac_index_encode_record (0, &bad[9], unit);
  g_assert_true (ac_index_decode_record (0, unit, &bad[0]));
}

static void
test_out_of_order (void)
{
  AcIndexRecord bad[8];

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    bad[i] = record_new (4);
  bad[0].ordinal = 3;
  bad[1].msn = 0;
  bad[2].part = 0;
  bad[3].start = 0;
  bad[4].offset = 3999;
  bad[5].epoch = 2; /* in the same segment */
  bad[6].ordinal = 2;
  for (guint i = 0; i < 7; i++) {
    g_autoptr (GByteArray) file = index_new (4);
    g_auto (AcIndexTable) table = { NULL };
    guint8 unit[AC_INDEX_UNIT_BYTES];
    guint32 seed = ac_index_encode_header (&key, unit);
    ac_index_encode_record (seed, &bad[i], unit);
    g_byte_array_append (file, unit, sizeof unit);
    parse (file, &key, &table);
    g_assert_cmpuint (table.records->len, ==, 4);
  }
}

static void
test_newer_version (void)
{
  g_autoptr (GByteArray) file = index_new (1);
  g_auto (AcIndexTable) table = { NULL };
  g_autoptr (GError) error = NULL;
  guint32 crc;

  file->data[8] = AC_INDEX_VERSION + 1;
  crc = GUINT32_TO_LE (ac_index_checksum (0, file->data, 60));
  memcpy (file->data + 60, &crc, 4);
  g_autoptr (GBytes) bytes = g_bytes_new (file->data, file->len);
  g_assert_false (ac_index_parse (&key, bytes, &table, &error));
  g_assert_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT);
}

static void
test_too_large (void)
{
  gsize size = (gsize)AC_INDEX_MAX_BYTES + 1;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);
  g_auto (AcIndexTable) table = { NULL };
  g_autoptr (GError) error = NULL;

  g_assert_false (ac_index_parse (&key, bytes, &table, &error));
  g_assert_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT);
}

static void
test_track_names (void)
{
  static const struct {
    const gchar *name;
    gboolean valid;
  } cases[] = {
    { "v720", TRUE },
    { "audio", TRUE },
    { "a", TRUE },
    { "0", TRUE },
    { "abcdefghijklmno", TRUE },
    { "abcdefghijklmnop", FALSE },
    { "", FALSE },
    { "V720", FALSE },
    { "v-720", FALSE },
    { "..", FALSE },
    { "/", FALSE },
    { "v720/../../x", FALSE },
    { "v 1", FALSE },
    { "\xe5\xad\xa6", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (ac_index_track_name_is_valid (cases[i].name), ==, cases[i].valid);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment-index/bytes", test_bytes);
  g_test_add_func ("/segment-index/checksum", test_checksum);
  g_test_add_func ("/segment-index/round-trip", test_round_trip);
  g_test_add_func ("/segment-index/every-bit", test_every_bit);
  g_test_add_func ("/segment-index/every-length", test_every_length);
  g_test_add_func ("/segment-index/zeros", test_zeros);
  g_test_add_func ("/segment-index/foreign-records", test_foreign_records);
  g_test_add_func ("/segment-index/out-of-range", test_out_of_range);
  g_test_add_func ("/segment-index/out-of-order", test_out_of_order);
  g_test_add_func ("/segment-index/newer-version", test_newer_version);
  g_test_add_func ("/segment-index/too-large", test_too_large);
  g_test_add_func ("/segment-index/track-names", test_track_names);
  return g_test_run ();
}
