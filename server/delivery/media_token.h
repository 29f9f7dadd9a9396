/* media_token.h - the right to fetch a lesson's media, carried in the path.
 *
 * HMAC-SHA256 over lesson, subject and expiry, checked without a database. It rides in
 * the path because native players send no cookies, and stays out of cache keys.
 *
 * Format: base64url, no padding, of: subject (8 bytes), expiry in Unix seconds
 * (6 bytes), the first 16 bytes of the MAC; 40 characters.
 *
 * Threads: any; the key is immutable. */
#pragma once

#include <glib.h>

#define AC_MEDIA_TOKEN_CHARS 40
#define AC_MEDIA_KEY_BYTES 32

typedef struct {
  guint8 bytes[AC_MEDIA_KEY_BYTES];
} AcMediaKey;

/* Reads the key from @path, or makes it there (mode 0600, synced) the first time.
 * Errors: G_FILE_ERROR; an unusable file is named, never replaced. */
gboolean ac_media_key_load (const gchar *path, AcMediaKey *ret_key, GError **error);

/* @subject: whom delivery is noted for: a session's row number; 0: nobody
 * Returns: (transfer full): the token. */
gchar *ac_media_token_new (const AcMediaKey *key, gint64 lesson, gint64 subject,
                           gint64 expires_s);

/* Returns: TRUE and *@ret_subject when @token is for @lesson and not expired at
 * @now_s. Compares in constant time. */
gboolean ac_media_token_verify (const AcMediaKey *key, const gchar *token,
                                gint64 lesson, gint64 now_s, gint64 *ret_subject);
