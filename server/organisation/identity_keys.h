/* identity_keys.h - the keys that seal identity numbers, and the file they lie in.
 *
 * A key has two parts: one seals (XChaCha20-Poly1305), one makes what equal numbers are
 * found by (keyed BLAKE2b-256). The last key of the file is the current one; others are
 * there while numbers are sealed again, so that an end in the middle loses none. A line
 * of the file is NAME SEALING MATCHING in hexadecimal.
 *
 * Threads:   any: keys are immutable and reference counted.
 * Ownership: memory is wiped when the last reference goes. */
#pragma once

#include <glib.h>

typedef struct _AcIdentityKeys AcIdentityKeys;

/* A fresh key, current, after those of @before (nullable).
 * Returns: (transfer full) (nullable): NULL when there are as many as are kept: each of
 * them may seal numbers, so none is thrown away. */
AcIdentityKeys *ac_identity_keys_new (const AcIdentityKeys *before);
/* Only the current one of @keys. */
AcIdentityKeys *ac_identity_keys_current (const AcIdentityKeys *keys);
AcIdentityKeys *ac_identity_keys_ref (AcIdentityKeys *keys);
void ac_identity_keys_unref (AcIdentityKeys *keys);

/* Errors: G_FILE_ERROR: NOENT when there is no such file; INVAL when it holds
 * something else. */
AcIdentityKeys *ac_identity_keys_load (const gchar *path, GError **error);
/* Replaces @path as a whole, durably, readable by its owner only. */
gboolean ac_identity_keys_save (const AcIdentityKeys *keys, const gchar *path,
                                GError **error);

/* Returns: (transfer none): the name of the current key. */
const gchar *ac_identity_keys_name (const AcIdentityKeys *keys);
gboolean ac_identity_keys_has (const AcIdentityKeys *keys, const gchar *name);

/* @number: of ac_identity_number_normalize()
 * Returns: (transfer full): sealed by the current key for @member alone. */
GBytes *ac_identity_seal (const AcIdentityKeys *keys, gint64 member,
                          const gchar *number);
/* Returns: (transfer full) (nullable): NULL when @name is not among the keys, or it was
 * sealed for another member, or was changed. */
gchar *ac_identity_unseal (const AcIdentityKeys *keys, const gchar *name, gint64 member,
                           gconstpointer sealed, gsize size);
/* Returns: (transfer full) (nullable): what @number is found by among those that key
 * @name has sealed, in hexadecimal; NULL: no such key. */
gchar *ac_identity_match (const AcIdentityKeys *keys, const gchar *name,
                          const gchar *number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcIdentityKeys, ac_identity_keys_unref)
