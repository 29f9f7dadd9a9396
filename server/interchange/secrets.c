#include "secrets.h"

#include <sodium.h>
#include <string.h>

#define SECRET_BYTES 32
#define PSEUDONYM_BYTES 16

/* Keyed BLAKE2b; @purpose keeps names of one kind from being those of another. */
static void
derive (const gchar *key, const gchar *purpose, const gchar *name, guint8 *out,
        gsize n_bytes)
{
  g_autofree gchar *text = g_strconcat (purpose, ":", name, NULL);

  crypto_generichash (out, n_bytes, (const guint8 *)text, strlen (text),
                      (const guint8 *)key, strlen (key));
}

gchar *
ac_secret_pseudonym (const gchar *key, gint64 member)
{
  g_autofree gchar *name = g_strdup_printf ("%" G_GINT64_FORMAT, member);
  guint8 bytes[PSEUDONYM_BYTES];
  gchar *hex = g_malloc (2 * sizeof bytes + 1);

  derive (key, "member", name, bytes, sizeof bytes);
  return sodium_bin2hex (hex, 2 * sizeof bytes + 1, bytes, sizeof bytes);
}

gchar *
ac_secret_of_webhook (const gchar *key, const gchar *uid)
{
  guint8 bytes[SECRET_BYTES];
  g_autofree gchar *base64 = NULL;

  derive (key, "webhook", uid, bytes, sizeof bytes);
  base64 = g_base64_encode (bytes, sizeof bytes);
  return g_strconcat ("whsec_", base64, NULL);
}

gchar *
ac_secret_sign (const gchar *key, const gchar *uid, const gchar *message_id,
                gint64 timestamp_s, GBytes *body)
{
  g_autofree gchar *head =
      g_strdup_printf ("%s.%" G_GINT64_FORMAT ".", message_id, timestamp_s);
  guint8 secret[SECRET_BYTES], mac[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_state state;
  g_autofree gchar *base64 = NULL;

  derive (key, "webhook", uid, secret, sizeof secret);
  crypto_auth_hmacsha256_init (&state, secret, sizeof secret);
  crypto_auth_hmacsha256_update (&state, (const guint8 *)head, strlen (head));
  crypto_auth_hmacsha256_update (&state, g_bytes_get_data (body, NULL),
                                 g_bytes_get_size (body));
  crypto_auth_hmacsha256_final (&state, mac);
  base64 = g_base64_encode (mac, sizeof mac);
  return g_strconcat ("v1,", base64, NULL);
}
