/* evidence.h - the rows that attendance is computed from.
 *
 * Threads: inside a store job, unless said otherwise. Errors: AC_STORE_ERROR. */
#pragma once

#include "acceptance.h"
#include "attendance.h"

/* Fills @ret_presence as it stands at @arrival, opened now when there is none yet. */
gboolean ac_evidence_load_presence (AcStore *store, const AcAttendee *who,
                                    const AcArrival *arrival, AcPresence *ret_presence,
                                    GError **error);
gboolean ac_evidence_save_presence (AcStore *store, const AcAttendee *who,
                                    const AcArrival *arrival,
                                    const AcPresence *presence, GError **error);

/* Another lesson, opened first by the same member, played within the last 25 s. */
gboolean ac_evidence_is_concurrent (AcStore *store, const AcAttendee *who,
                                    const AcArrival *arrival, gboolean *ret_concurrent,
                                    GError **error);

/* What players played while the lesson was live is group study, also when they tell it
 * up to AC_EVIDENCE_GROUP_GRACE_MS after its end: the last beats always come late. */
#define AC_EVIDENCE_GROUP_GRACE_MS 120000
gboolean ac_evidence_is_group (AcStore *store, gint64 lesson, const AcArrival *arrival,
                               gboolean *ret_group, GError **error);

gboolean ac_evidence_has_beat (AcStore *store, const AcAttendee *who, gint64 seq,
                               gboolean *ret_has, GError **error);
gboolean ac_evidence_last_seq (AcStore *store, const AcAttendee *who,
                               gint64 *ret_last_seq, GError **error);

typedef struct {
  const AcBeat *beat;
  const AcVerdict *verdict;
  AcBatchSum sum; /* as it was before this beat earned */
  gint64 ordinal;
  gint64 earned_ms;
} AcBeatRow;

/* The beat, and what of it was accepted into its interval. */
gboolean ac_evidence_add_beat (AcStore *store, const AcAttendee *who,
                               const AcArrival *arrival, const AcBeatRow *row,
                               GError **error);

typedef struct {
  AcAttendance attendance;
  gint64 n_beats;
  gint64 used_ms;  /* of the member's time */
  gint64 group_ms; /* of earned_ms, what was earned in group study */
} AcMemberTotals;

/* Also on the main loop. Zeroes when there is no row. */
gboolean ac_evidence_load_totals (AcStore *store, gint64 lesson, gint64 member,
                                  AcMemberTotals *ret_totals, GError **error);
gboolean ac_evidence_save_totals (AcStore *store, const AcAttendee *who,
                                  const AcArrival *arrival,
                                  const AcMemberTotals *totals, GError **error);
