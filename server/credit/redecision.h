/* redecision.h - the beats of a member in a lesson decided again, from what is stored.
 *
 * Messages of a page can overtake each other: put off by a busy server, or sent over
 * the next socket while the last one still had some in its buffers. What they are worth
 * must not depend on that. So what the server knew when messages of a page came (the
 * clock, the live edge, ...) is dealt out anew: the message with the lowest numbers
 * gets what was known at the first arrival, and so on; then all of the lesson is
 * decided in that order. The figures are those of the same messages in order at the
 * same hours.
 *
 * Threads: inside a store job. Errors: AC_STORE_ERROR. */
#pragma once

#include "evidence.h"

/* A quarter of a day of play; about 10 ms. */
#define AC_REDECISION_BEATS_MAX 2048

typedef struct {
  gint64 lesson, member;
  const AcIntervalSet *creditable;
  gboolean done;         /* out */
  AcMemberTotals totals; /* out, when done; its prompt_due is not set */
} AcRedecision;

/* Not done, and nothing changed, when there are more beats than
 * AC_REDECISION_BEATS_MAX, or some from another boot of the machine or from before this
 * could be done: they stay as they were decided when they came. */
gboolean ac_redecide (AcStore *store, AcRedecision *again, const AcArrival *arrival,
                      GError **error);

/* What was entered into the ledger of the member and lesson is no longer what the
 * evidence gives: it is settled anew. */
gboolean ac_redecision_unsettle (AcStore *store, gint64 lesson, gint64 member,
                                 GError **error);
