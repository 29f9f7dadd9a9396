/* kept_units.h - what a feed that is not on air has sent since its last key frame.
 *
 * With it a standby can be shown at once: decoders find a key frame and all that
 * followed it; of a transport stream, also the tables before it. What has shown no
 * video keeps nothing, since sound decodes from anywhere, and so does a transport
 * stream whose encoder does not mark its key frames.
 *
 * Queue when full: AC_KEPT_UNITS_MAX or AC_KEPT_UNITS_MAX_BYTES; then everything is
 * forgotten up to the next key frame.
 *
 * Threads: one. */
#pragma once

#include "wire.h"

#define AC_KEPT_UNITS_MAX 2048
#define AC_KEPT_UNITS_MAX_BYTES (8 * 1024 * 1024)

typedef struct _AcKeptUnits AcKeptUnits;

AcKeptUnits *ac_kept_units_new (void);
void ac_kept_units_free (AcKeptUnits *self);

void ac_kept_units_push (AcKeptUnits *self, const AcFlvTag *unit, gint64 now_ms);
/* Whether a key frame came last, or none is needed: a feed that goes on air now plays
 * no old picture. */
gboolean ac_kept_units_is_fresh (const AcKeptUnits *self);
/* Returns: how long ago the first that is kept came, at most 10 s; 0: nothing is. */
guint32 ac_kept_units_age_ms (const AcKeptUnits *self, gint64 now_ms);
/* Hands out what is kept, in order, and forgets it. */
void ac_kept_units_flush (AcKeptUnits *self,
                          void (*send) (const AcFlvTag *unit, gpointer user_data),
                          gpointer user_data);
void ac_kept_units_clear (AcKeptUnits *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcKeptUnits, ac_kept_units_free)
