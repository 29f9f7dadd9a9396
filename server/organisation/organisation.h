/* organisation.h - what the folder's writes have in common.
 *
 * Members, branches, rooms and who belonged where. Functions whose header says "inside
 * a job" are called on the store thread, in a job of ac_store_write(); a job that fails
 * is undone as a whole. All others read on the main loop, see store.h. */
#pragma once

#include "reason.h"
#include "store.h"

typedef enum {
  AC_ORGANISATION_ERROR_INVALID,     /* a value is refused; field */
  AC_ORGANISATION_ERROR_EXISTS,      /* it is taken; field */
  AC_ORGANISATION_ERROR_NOT_FOUND,   /* it names something that is not there; field */
  AC_ORGANISATION_ERROR_UNAVAILABLE, /* a key is not there, see identity.h; field */
  AC_ORGANISATION_ERROR_DENIED,      /* somebody else has to do it; field */
} AcOrganisationError;
#define AC_ORGANISATION_ERROR (ac_organisation_error_quark ())
GQuark ac_organisation_error_quark (void);

/* @field: a string literal, or NULL */
GError *ac_organisation_error_new (AcOrganisationError code, const gchar *field,
                                   const gchar *format, ...) G_GNUC_PRINTF (3, 4);
/* The same, set; returns FALSE. */
gboolean ac_organisation_refuse (GError **error, AcOrganisationError code,
                                 const gchar *field, const gchar *format, ...)
    G_GNUC_PRINTF (4, 5);

/* The same. @reason: a word of reason.h */
gboolean ac_organisation_refuse_because (GError **error, AcOrganisationError code,
                                         const gchar *field, const gchar *reason,
                                         const gchar *format, ...) G_GNUC_PRINTF (5, 6);

/* Returns: (nullable): the field that an error is about. */
const gchar *ac_organisation_error_field (const GError *error);
/* Returns: (nullable): the word of reason.h that it was given. */
const gchar *ac_organisation_error_reason (const GError *error);

/* Inside a job: steps an INSERT ... RETURNING id.
 * Errors: EXISTS with @field; AC_STORE_ERROR. */
gboolean ac_organisation_insert (AcStore *store, AcStatement *statement,
                                 const gchar *field, gint64 *ret_id, GError **error);

/* Returns: the place of @word among @n_words, -1: none. */
gint ac_organisation_find_word (const gchar *const *words, guint n_words,
                                const gchar *word);
