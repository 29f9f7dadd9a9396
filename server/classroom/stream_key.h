/* stream_key.h - what an encoder shows to publish a lesson.
 *
 * 160 random bits, written in 32 characters of base32 (RFC 4648, lower case, no
 * padding). It has the entropy of a key, not of a password, so an unsalted BLAKE2b of
 * it is what the database holds.
 *
 * Threads: any. */
#pragma once

#include <glib.h>

#define AC_STREAM_KEY_CHARS 32
#define AC_STREAM_KEY_HASH_BYTES 32
#define AC_STREAM_KEY_SECRET_CHARS 64

/* Returns: (transfer full): a fresh key. */
gchar *ac_stream_key_new (void);
/* Who holds a stream key can make its backup key, not the other way about.
 * Returns: (transfer full): the key of the encoder that stands by for that of @key. */
gchar *ac_stream_key_backup (const gchar *key);

/* What SRT encrypts the media of @lesson with: made of the server's secret, so that
 * nothing that opens a line is stored readable, and known to the operator at any time.
 * @secret: AC_STREAM_KEY_SECRET_CHARS of text
 * Returns: (transfer full): AC_STREAM_KEY_CHARS characters. */
gchar *ac_stream_key_passphrase (const gchar *secret, gint64 lesson);

/* Returns: FALSE, @ret_hash untouched, when @key is not shaped like one. */
gboolean ac_stream_key_hash (const gchar *key,
                             guint8 ret_hash[AC_STREAM_KEY_HASH_BYTES]);
/* Returns: (transfer full) (nullable): the same as bytes; NULL likewise. */
GBytes *ac_stream_key_digest (const gchar *key);
