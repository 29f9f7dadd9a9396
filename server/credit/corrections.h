/* corrections.h - entries by hand, and the second person that an increase needs.
 *
 *   asked -> entered                (takes away, or waives: one person, with a reason)
 *   asked -> open -> entered        (gives: a second person approves)
 *                 -> rejected
 *
 * Nobody asks for or decides about their own record. What a member has of a lesson
 * never falls below nothing, and by hand never rises above what counts of the lesson
 * (24 h where nothing was published).
 *
 * Threads: inside a store job, reads on either side.
 * Errors:  AC_STORE_ERROR; AC_CREDIT_ERROR: INVALID with the field; NOT_FOUND "member",
 *          "lesson", "reference", "correction"; STATE when it is decided, or too many
 *          are open; DENIED when the person may not. */
#pragma once

#include "ledger_entry.h"
#include "store.h"

typedef enum {
  AC_CORRECTION_OPEN,
  AC_CORRECTION_ENTERED,
  AC_CORRECTION_REJECTED
} AcCorrectionState;

const gchar *ac_correction_state_name (AcCorrectionState state); /* "open" */
gboolean ac_correction_state_from_name (const gchar *name,
                                        AcCorrectionState *ret_state);

#define AC_CORRECTION_TEXT_MAX_CHARS 400
#define AC_CORRECTIONS_OPEN_MAX 1000 /* of one asker */

typedef struct {
  gint64 id;
  AcCorrectionState state;
  AcEntryKind kind; /* ADJUST, VOID, WAIVE, MAKEUP */
  AcStudy study;    /* VOID: that of the entry */
  gint64 member, lesson;
  gint64 earned_ms; /* ADJUST: not 0; MAKEUP: more; WAIVE: 0; VOID: computed */
  gint64 reference; /* VOID: the entry; else 0 */
  gchar *reason;
  gchar *evidence;       /* "" for none */
  gint64 asker, decider; /* members; 0: not yet */
  gint64 asked_ms, decided_ms;
  gchar *answer; /* why it was rejected; "" else, and when the asker took it back */
  gint64 entry;  /* seq of what was entered; 0: nothing */
} AcCorrection;

void ac_correction_clear (AcCorrection *self);
void ac_correction_free (AcCorrection *self);

/* @correction: kind, study, member, lesson, earned_ms, reference, reason, evidence and
 * asker are given; the rest is filled in, of texts @answer. */
gboolean ac_correction_ask (AcStore *store, AcCorrection *correction, gint64 wall_ms,
                            GError **error);
/* @refusal: (nullable): why it is rejected, which the asker is told; "" when they
 * take it back themselves; NULL: it is approved
 * @ret_correction: (out): as it stands then */
gboolean ac_correction_decide (AcStore *store, gint64 id, const gchar *refusal,
                               gint64 decider, gint64 wall_ms,
                               AcCorrection *ret_correction, GError **error);

/* Errors: NOT_FOUND "correction". */
gboolean ac_correction_get (AcStore *store, gint64 id, AcCorrection *ret_correction,
                            GError **error);
/* Returns: (transfer full): AcCorrection, newest first, those with id < @before when it
 * is not 0, at most @limit. @state: -1: any.
 * @branch: only what lies within it, see record_place.h; 0: all */
GPtrArray *ac_correction_list (AcStore *store, gint state, gint64 branch, gint64 before,
                               guint limit, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcCorrection, ac_correction_clear)
