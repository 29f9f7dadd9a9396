#include "stream_key.h"

#include <sodium.h>
#include <string.h>

#define RANDOM_BYTES 20

static const gchar alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

G_STATIC_ASSERT (RANDOM_BYTES * 8 == AC_STREAM_KEY_CHARS * 5);
G_STATIC_ASSERT (RANDOM_BYTES >= crypto_generichash_BYTES_MIN);
G_STATIC_ASSERT (AC_STREAM_KEY_SECRET_CHARS <= crypto_generichash_KEYBYTES_MAX);
G_STATIC_ASSERT (crypto_generichash_BYTES == AC_STREAM_KEY_HASH_BYTES);

static gchar *
encode (const guint8 bytes[RANDOM_BYTES])
{
  gchar *key = g_malloc (AC_STREAM_KEY_CHARS + 1);
  guint bits = 0, n_bits = 0, n = 0;

  for (guint i = 0; i < RANDOM_BYTES; i++) {
    bits = (bits << 8 | bytes[i]) & 0xfff;
    for (n_bits += 8; n_bits >= 5; n_bits -= 5)
      key[n++] = alphabet[bits >> (n_bits - 5) & 31];
  }
  key[n] = '\0';
  return key;
}

gchar *
ac_stream_key_new (void)
{
  guint8 bytes[RANDOM_BYTES];
  gchar *key;

  randombytes_buf (bytes, sizeof bytes);
  key = encode (bytes);
  sodium_memzero (bytes, sizeof bytes);
  return key;
}

gchar *
ac_stream_key_backup (const gchar *key)
{
  static const guint8 purpose[] = "airclass backup key";
  guint8 bytes[RANDOM_BYTES];
  gchar *backup;

  crypto_generichash (bytes, sizeof bytes, (const guint8 *)key, strlen (key), purpose,
                      sizeof purpose - 1);
  backup = encode (bytes);
  sodium_memzero (bytes, sizeof bytes);
  return backup;
}

gchar *
ac_stream_key_passphrase (const gchar *secret, gint64 lesson)
{
  g_autofree gchar *subject =
      g_strdup_printf ("airclass srt passphrase %" G_GINT64_FORMAT, lesson);
  guint8 bytes[RANDOM_BYTES];
  gchar *passphrase;

  crypto_generichash (bytes, sizeof bytes, (const guint8 *)subject, strlen (subject),
                      (const guint8 *)secret, AC_STREAM_KEY_SECRET_CHARS);
  passphrase = encode (bytes);
  sodium_memzero (bytes, sizeof bytes);
  return passphrase;
}

gboolean
ac_stream_key_hash (const gchar *key, guint8 ret_hash[AC_STREAM_KEY_HASH_BYTES])
{
  if (key == NULL || strlen (key) != AC_STREAM_KEY_CHARS ||
      strspn (key, alphabet) != AC_STREAM_KEY_CHARS)
    return FALSE;
  crypto_generichash (ret_hash, AC_STREAM_KEY_HASH_BYTES, (const guint8 *)key,
                      AC_STREAM_KEY_CHARS, NULL, 0);
  return TRUE;
}

GBytes *
ac_stream_key_digest (const gchar *key)
{
  guint8 hash[AC_STREAM_KEY_HASH_BYTES];

  return ac_stream_key_hash (key, hash) ? g_bytes_new (hash, sizeof hash) : NULL;
}
