/* absence.h - what a missed prompt takes from a member, and gives back.
 *
 * What is taken is named beat by beat (beats.absent), so that the figures still follow
 * from the stored beats. A beat that was taken keeps its place: its session's time has
 * passed. What it covered may be watched again.
 *
 * Threads: inside a store job. Errors: AC_STORE_ERROR. */
#pragma once

#include "attendance.h"

typedef struct {
  gint64 prompt, lesson, member;
  const AcIntervalSet *creditable; /* as it is now */
} AcAbsence;

/* Takes the beats that came since the member's last proof of presence, of all sessions
 * but rooms. */
gboolean ac_absence_take (AcStore *store, const AcAbsence *absence,
                          const AcArrival *arrival, GError **error);
gboolean ac_absence_give_back (AcStore *store, const AcAbsence *absence,
                               const AcArrival *arrival, GError **error);
