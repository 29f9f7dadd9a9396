/* digest.h - SHA-256 over named fields, without ambiguity.
 *
 * A field is one byte for its type, its length in bytes as four bytes, big-endian, and
 * that many bytes:
 *
 *   'i'  an integer: 8 bytes, two's complement, big-endian
 *   't'  text: UTF-8, as it is, no terminator
 *   'b'  bytes
 *   'n'  no value (NULL); length 0
 *
 * The first field is the text that names what is digested and the version of its list
 * of fields. No two lists of fields give the same bytes, since each tells where it
 * ends.
 *
 * Threads: any, one at a time. */
#pragma once

#include <glib.h>

#define AC_DIGEST_BYTES 32

typedef struct _AcDigest AcDigest;

/* @what: "airclass ledger entry 1" */
AcDigest *ac_digest_new (const gchar *what);
void ac_digest_int (AcDigest *self, gint64 value);
void ac_digest_text (AcDigest *self, const gchar *text); /* NULL: no value */
void ac_digest_bytes (AcDigest *self, GBytes *bytes);    /* NULL: no value */
/* Frees @self. Returns: (transfer full): AC_DIGEST_BYTES. */
GBytes *ac_digest_end (AcDigest *self);

/* Returns: (transfer full): lower-case hexadecimal digits. */
gchar *ac_digest_to_text (GBytes *digest);
