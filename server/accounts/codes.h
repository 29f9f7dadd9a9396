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

/* A new code for @member, sent to @phone; the last one is worthless.
 * @ret_code: AC_CODE_DIGITS + 1 */
void ac_codes_make (AcCodes *self, gint64 member, const gchar *phone, gint64 now_ms,
                    gchar *ret_code);
/* Whether @code is @member's, whose phone is @phone now: a code that went to another
 * one is worthless, as one is after a few wrong tries. Nobody else can take it until it
 * is settled. Returns: what to settle it by; 0: it is not. */
guint64 ac_codes_take (AcCodes *self, gint64 member, const gchar *phone,
                       const gchar *code, gint64 now_ms);
/* What became of @member's code that was taken as @taken: it is used up, or is good
 * again. Nothing when another one was made meanwhile. */
void ac_codes_settle (AcCodes *self, gint64 member, guint64 taken, gboolean used);
guint ac_codes_n (AcCodes *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcCodes, ac_codes_free)
