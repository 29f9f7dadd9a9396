/* test-epoch-file.c - epoch-N.gv. */
#include "epoch_file.h"
#include "fixture.h"
#include "segment_index.h"

#include <string.h>

static void
test_round_trip (void)
{
  for (guint n = 1; n <= AC_MAX_TRACKS; n++) {
    g_autoptr (AcMediaEpoch) epoch = test_epoch_new (n, 5, 6, n);
    g_autoptr (GBytes) bytes = ac_epoch_file_encode (epoch);
    g_autoptr (GError) error = NULL;
    g_autoptr (AcMediaEpoch) again = ac_epoch_file_decode (n, bytes, &error);
    g_assert_no_error (error);
    g_autoptr (GBytes) once_more = ac_epoch_file_encode (again);
    g_assert_true (g_bytes_equal (bytes, once_more));
  }
}

/* Recordings of before segments could be cut unevenly. */
static void
test_version_1 (void)
{
  g_autoptr (AcMediaEpoch) epoch = test_epoch_new (1, 5, 6, 2);
  g_autoptr (GVariant) now = g_variant_ref_sink (ac_media_epoch_to_variant (epoch));
  GVariant *fields[7];
  guint8 header[16] = { 'A', 'c', 'E', 'p', 'o', 'c', 'h', '\n', 1 };
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GVariant) then = NULL;
  guint32 crc;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    fields[i] = g_variant_get_child_value (now, i);
  then = g_variant_ref_sink (g_variant_new_tuple (fields, G_N_ELEMENTS (fields)));
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_variant_unref (fields[i]);
  g_assert_true (g_variant_is_of_type (then, G_VARIANT_TYPE (AC_MEDIA_EPOCH_TYPE_1)));
  crc = GUINT32_TO_LE (
      ac_index_checksum (0, g_variant_get_data (then), g_variant_get_size (then)));
  memcpy (header + 12, &crc, 4);
  g_byte_array_append (file, header, sizeof header);
  g_byte_array_append (file, g_variant_get_data (then), g_variant_get_size (then));

  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&file));
  g_autoptr (GError) error = NULL;
  g_autoptr (AcMediaEpoch) again = ac_epoch_file_decode (1, bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->grain, ==, epoch->slot_duration);
  g_assert_cmpuint (again->segment_duration, ==, epoch->segment_duration);
}

static void
assert_refused (guint32 number, const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;

  g_assert_null (ac_epoch_file_decode (number, bytes, &error));
  test_assert_code (error, CORRUPT);
}

static void
test_every_bit_and_length (void)
{
  g_autoptr (AcMediaEpoch) epoch = test_epoch_new (1, 0, 0, 2);
  g_autoptr (GBytes) bytes = ac_epoch_file_encode (epoch);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree guint8 *copy = g_memdup2 (data, size);

  for (gsize bit = 0; bit < size * 8; bit++) {
    copy[bit / 8] ^= (guint8)(1 << bit % 8);
    assert_refused (1, copy, size);
    copy[bit / 8] ^= (guint8)(1 << bit % 8);
  }
  for (gsize n = 0; n < size; n++)
    assert_refused (1, data, n);
  assert_refused (2, data, size); /* another epoch's */
}

static void
test_store (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  g_autofree gchar *path = test_lesson_path (self, "epoch-1.gv");
  g_autofree gchar *temporary = g_strconcat (path, ".tmp", NULL);

  test_record (recording, 3, 0);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  g_assert_false (g_file_test (temporary, G_FILE_TEST_EXISTS));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/epoch-file/round-trip", test_round_trip);
  g_test_add_func ("/epoch-file/version-1", test_version_1);
  g_test_add_func ("/epoch-file/every-bit-and-length", test_every_bit_and_length);
  g_test_add ("/epoch-file/store", Fixture, NULL, fixture_set_up, test_store,
              fixture_tear_down);
  return g_test_run ();
}
