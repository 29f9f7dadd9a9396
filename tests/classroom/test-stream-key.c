#include "stream_key.h"

#include <string.h>

static void
test_shape (void)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 1000; i++) {
    gchar *key = ac_stream_key_new ();

    g_assert_cmpuint (strlen (key), ==, AC_STREAM_KEY_CHARS);
    g_assert_cmpuint (strspn (key, "abcdefghijklmnopqrstuvwxyz234567"), ==,
                      AC_STREAM_KEY_CHARS);
    g_assert_true (g_hash_table_add (seen, key));
  }
}

/* All 32 letters turn up at the first and the last place: no bit is stuck. */
static void
test_spread (void)
{
  guint32 first = 0, last = 0;

  for (guint i = 0; i < 2000; i++) {
    static const gchar alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    g_autofree gchar *key = ac_stream_key_new ();

    first |= 1u << (strchr (alphabet, key[0]) - alphabet);
    last |= 1u << (strchr (alphabet, key[31]) - alphabet);
  }
  g_assert_cmphex (first, ==, 0xffffffff);
  g_assert_cmphex (last, ==, 0xffffffff);
}

static void
test_hash (void)
{
  guint8 a[AC_STREAM_KEY_HASH_BYTES], b[AC_STREAM_KEY_HASH_BYTES];

  g_assert_true (ac_stream_key_hash ("abcdefghijklmnopqrstuvwxyz234567", a));
  g_assert_true (ac_stream_key_hash ("abcdefghijklmnopqrstuvwxyz234567", b));
  g_assert_cmpmem (a, sizeof a, b, sizeof b);
  g_assert_true (ac_stream_key_hash ("abcdefghijklmnopqrstuvwxyz234566", b));
  g_assert_cmpint (memcmp (a, b, sizeof a), !=, 0);
}

/* The same of the same; another of another lesson or secret. */
static void
test_passphrase (void)
{
  g_autofree gchar *secret = g_strnfill (AC_STREAM_KEY_SECRET_CHARS, 'a');
  g_autofree gchar *other_secret = g_strnfill (AC_STREAM_KEY_SECRET_CHARS, 'b');
  g_autofree gchar *first = ac_stream_key_passphrase (secret, 1);
  g_autofree gchar *again = ac_stream_key_passphrase (secret, 1);
  g_autofree gchar *second = ac_stream_key_passphrase (secret, 2);
  g_autofree gchar *other = ac_stream_key_passphrase (other_secret, 1);

  g_assert_cmpuint (strlen (first), ==, AC_STREAM_KEY_CHARS);
  g_assert_cmpstr (first, ==, again);
  g_assert_cmpstr (first, !=, second);
  g_assert_cmpstr (first, !=, other);
}

/* The same of the same, another of another, and a key itself. */
static void
test_backup (void)
{
  g_autofree gchar *key = ac_stream_key_new ();
  g_autofree gchar *backup = ac_stream_key_backup (key);
  g_autofree gchar *again = ac_stream_key_backup (key);
  g_autofree gchar *of_backup = ac_stream_key_backup (backup);
  guint8 hash[AC_STREAM_KEY_HASH_BYTES];

  g_assert_true (ac_stream_key_hash (backup, hash));
  g_assert_cmpstr (backup, !=, key);
  g_assert_cmpstr (backup, ==, again);
  g_assert_cmpstr (backup, !=, of_backup);
}

static void
test_refused (void)
{
  static const gchar *const keys[] = {
    NULL,
    "",
    "abcdefghijklmnopqrstuvwxyz23456",
    "abcdefghijklmnopqrstuvwxyz2345677",
    "Abcdefghijklmnopqrstuvwxyz234567",
    "abcdefghijklmnopqrstuvwxyz234561",
    "abcdefghijklmnopqrstuvwxyz23456?",
  };
  guint8 hash[AC_STREAM_KEY_HASH_BYTES];

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_false (ac_stream_key_hash (keys[i], hash));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-key/shape", test_shape);
  g_test_add_func ("/stream-key/spread", test_spread);
  g_test_add_func ("/stream-key/hash", test_hash);
  g_test_add_func ("/stream-key/backup", test_backup);
  g_test_add_func ("/stream-key/passphrase", test_passphrase);
  g_test_add_func ("/stream-key/refused", test_refused);
  return g_test_run ();
}
