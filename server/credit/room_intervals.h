/* room_intervals.h - R: the media that a room was shown, each piece once, and the time
 * that it took.
 *
 * Pure but for _load() and _save(). What is shown again adds nothing. A piece that was
 * played faster than real time took less time than its length; who was there for a part
 * of it earns that part of its time.
 *
 * Threads: _load() either side, _save() inside a store job. Errors: AC_STORE_ERROR. */
#pragma once

#include "acceptance.h"
#include "store.h"

typedef struct {
  AcInterval media;
  gint64 earned_ms; /* at most its length */
  gboolean late;    /* told from the queue of a screen that had no line */
  gboolean changed; /* since it was loaded */
} AcRoomPiece;

typedef struct {
  gint64 lesson, site;
} AcRoomKey;

typedef struct _AcRoomIntervals AcRoomIntervals;

AcRoomIntervals *ac_room_intervals_new (void);
void ac_room_intervals_free (AcRoomIntervals *self);

/* @accepted: of a beat of the batch summed up in @sum, whose free time it takes
 * Returns: the time that what was new of it took. */
gint64 ac_room_intervals_add (AcRoomIntervals *self, AcInterval accepted,
                              AcBatchSum *sum, gint rate_permille, gboolean late);

/* Returns: (transfer full): the media. */
AcIntervalSet *ac_room_intervals_media (const AcRoomIntervals *self);
/* Returns: the time that what of @media was shown took. */
gint64 ac_room_intervals_time_ms (const AcRoomIntervals *self,
                                  const AcIntervalSet *media);
gint64 ac_room_intervals_earned_ms (const AcRoomIntervals *self); /* all of it */
gboolean ac_room_intervals_equal (const AcRoomIntervals *a, const AcRoomIntervals *b);

/* Returns: (transfer full) (nullable): as stored. */
AcRoomIntervals *ac_room_intervals_load (AcStore *store, AcRoomKey room,
                                         GError **error);
/* Writes the pieces that have changed. */
gboolean ac_room_intervals_save (AcRoomIntervals *self, AcStore *store, AcRoomKey room,
                                 gint64 wall_ms, GError **error);
/* Returns: (transfer full) (nullable): computed again from the screens' beats. */
AcRoomIntervals *ac_room_intervals_recompute (AcStore *store, AcRoomKey room,
                                              GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRoomIntervals, ac_room_intervals_free)
