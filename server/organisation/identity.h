/* identity.h - identity numbers of members, sealed, and their keys.
 *
 * Numbers are kept sealed by keys that lie outside the database, and found by keyed
 * digests. They are not shown but for their last four characters; who needs one whole
 * unmasks it, which is noted for audit.
 *
 * Threads:   AcIdentities: main loop. Its keys are immutable and go along with jobs.
 * Ownership: plain; outlives its store, whose last answers it takes.
 * Errors:    AC_ORGANISATION_ERROR UNAVAILABLE "identity": the key is lost, the message
 *            says where it has to be; INVALID, EXISTS "identity"; AC_STORE_ERROR. */
#pragma once

#include "identity_keys.h"
#include "organisation.h"

typedef struct _AcIdentities AcIdentities;

/* Reads the keys in @path; makes them when there is no such file and no number that
 * would need it. What is wrong with them is told by ac_identities_keys(): all else goes
 * on without. */
AcIdentities *ac_identities_new (AcStore *store, const gchar *path);
void ac_identities_free (AcIdentities *self);

/* @self: (nullable): there is no place for keys
 * Returns: (transfer full) (nullable): NULL with @error: UNAVAILABLE. */
AcIdentityKeys *ac_identities_keys (AcIdentities *self, GError **error);

/* Seals every number by a fresh key, and throws the old one away; noted for audit. What
 * ends in the middle loses nothing, and may be done again.
 * @done: @n_sealed: how many; comes once, also when the store is closed first
 * Errors: UNAVAILABLE, G_FILE_ERROR, AC_STORE_ERROR (BUSY: one is under way). */
typedef void (*AcIdentitiesDone) (guint n_sealed, const GError *error,
                                  gpointer user_data);
void ac_identities_rotate (AcIdentities *self, AcIdentitiesDone done,
                           gpointer user_data);

/* Inside a job. @number: of ac_identity_number_normalize(); NULL: none any more
 * Errors: EXISTS (another member has it). */
gboolean ac_identity_set (AcStore *store, const AcIdentityKeys *keys, gint64 member,
                          const gchar *number, GError **error);
/* Also inside a job.
 * Returns: (transfer full) (nullable): NULL without @error when there is none.
 * Errors: UNAVAILABLE (sealed by a key that is not here). */
gchar *ac_identity_get (AcStore *store, const AcIdentityKeys *keys, gint64 member,
                        GError **error);
/* Also inside a job. Returns: the member who has @number; 0: nobody, or @error. */
gint64 ac_identity_find (AcStore *store, const AcIdentityKeys *keys,
                         const gchar *number, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcIdentities, ac_identities_free)
