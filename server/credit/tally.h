/* tally.h - what a member has of a lesson while beats are decided, in memory: of a
 * message as it comes (attendance.c), and of all that is stored (redecision.c).
 *
 * Threads: inside a store job. */
#pragma once

#include "acceptance.h"
#include "member_time.h"

typedef struct {
  AcAttendance attendance;
  gint64 n_beats;
  gint64 used_ms;        /* of the member's time */
  gint64 group_ms;       /* of earned_ms, what was earned in group study */
  gint64 prompt_play_ms; /* since the last prompt */
  gint64 prompt_due_ms;  /* after so much the next one is due; 0: not drawn yet */
} AcMemberTotals;

typedef struct {
  gint64 lesson;
  AcMemberTotals totals;
  AcIntervalSet *covered; /* owned */
  AcMemberTime *time;     /* owned */
  const AcIntervalSet *creditable;
} AcTally;

void ac_tally_clear (AcTally *self);

/* The new beats of a message, by seq. */
typedef struct {
  AcMoment moment;
  gboolean group; /* it is group study */
  gboolean full;  /* as many beats as a message may hold */
  const AcClaim *claims;
  guint n_claims; /* 1 to AC_BEAT_BATCH_MAX */
} AcBatch;

typedef struct {
  const AcClaim *claim;
  AcVerdict verdict; /* its flags are whole */
  AcBatchSum sum;    /* as it was before this beat earned */
  gint64 edge_ms;
  gint64 ordinal;
  gint64 earned_ms;
} AcBeatRow;

/* Changes @self and @presence. @rows: (out): one a claim
 * Returns: the member's time that the batch used. */
gint64 ac_tally_decide (AcTally *self, AcPresence *presence, const AcBatch *batch,
                        AcBeatRow *rows);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcTally, ac_tally_clear)
