/* proofs.h - what shows that a member was there: an answered prompt, a chat line, an
 * answer to a poll. A missed prompt takes nothing from before the last of them.
 *
 * Threads: inside a store job. Errors: AC_STORE_ERROR. */
#pragma once

#include "attendance.h"

typedef enum { AC_PROOF_PRESS, AC_PROOF_CHAT, AC_PROOF_POLL } AcProof;

/* @member spoke, or answered, in @lesson just now. */
gboolean ac_attendance_proof (AcStore *store, gint64 lesson, gint64 member, AcProof how,
                              GError **error);
/* The same by given clocks. An older proof never takes the place of a newer one. */
gboolean ac_attendance_proof_at (AcStore *store, gint64 lesson, gint64 member,
                                 AcProof how, const AcArrival *arrival, GError **error);
