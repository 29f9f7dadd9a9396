/* evidence.h - the rows that attendance is computed from.
 *
 * Threads: inside a store job, unless said otherwise. Errors: AC_STORE_ERROR. */
#pragma once

#include "tally.h"

/* Fills @ret_presence as it stands at @arrival, opened now when there is none yet. */
gboolean ac_evidence_load_presence (AcStore *store, const AcAttendee *who,
                                    const AcArrival *arrival, AcPresence *ret_presence,
                                    GError **error);
gboolean ac_evidence_save_presence (AcStore *store, const AcAttendee *who,
                                    const AcArrival *arrival,
                                    const AcPresence *presence, GError **error);

/* Another lesson, opened first by the same member, played within the last 25 s, on a
 * device of theirs or on the screen of a room that they are signed into. */
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

/* The number that stands for a boot in rows of beats. */
gint64 ac_evidence_boot (const gchar *boot);

/* The beat, and what of it was accepted into its interval. */
gboolean ac_evidence_add_beat (AcStore *store, const AcAttendee *who,
                               const AcArrival *arrival, const AcBeatRow *row,
                               GError **error);
/* Only the latter. */
gboolean ac_evidence_extend_interval (AcStore *store, const AcAttendee *who,
                                      const AcArrival *arrival, const AcBeatRow *row,
                                      GError **error);

/* Also on the main loop. Zeroes when there is no row. */
gboolean ac_evidence_load_totals (AcStore *store, gint64 lesson, gint64 member,
                                  AcMemberTotals *ret_totals, GError **error);
gboolean ac_evidence_save_totals (AcStore *store, const AcAttendee *who,
                                  const AcArrival *arrival,
                                  const AcMemberTotals *totals, GError **error);
