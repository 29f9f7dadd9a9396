/* codes.h - six digits that are good once, for a while. Pure but for its table.
 *
 * In memory only: who restarts the server asks for another one.
 *
 * Threads:   main loop.
 * Ownership: plain. At most AC_CODES_MAX; the oldest is forgotten first. */
#pragma once

#include <glib.h>

#define AC_CODE_DIGITS 6
#define AC_CODE_LIFE_MS (5 * 60 * 1000)
#define AC_CODE_TRIES 5
#define AC_CODES_MAX 16384

typedef struct _AcCodes AcCodes;

AcCodes *ac_codes_new (void);
void ac_codes_free (AcCodes *self);

/* A new code for @member; the last one is worthless.
 * @ret_code: AC_CODE_DIGITS + 1 */
void ac_codes_make (AcCodes *self, gint64 member, gint64 now_ms, gchar *ret_code);
/* Whether @code is @member's, which uses it up, as wrong ones do after a few. */
gboolean ac_codes_take (AcCodes *self, gint64 member, const gchar *code, gint64 now_ms);
guint ac_codes_n (AcCodes *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcCodes, ac_codes_free)
