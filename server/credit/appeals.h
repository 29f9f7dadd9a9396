/* appeals.h - a member disagrees with what stands about a lesson, and is answered.
 *
 * A member has one open appeal a lesson. An answer may name the entry of the ledger
 * that was made because of it.
 *
 * Threads: inside a store job, reads on either side.
 * Errors:  AC_STORE_ERROR; AC_CREDIT_ERROR: INVALID "text", "answer", "entry";
 * NOT_FOUND "lesson", "appeal", "entry"; EXISTS when one is open; STATE when it is
 *          answered, or too many are open; DENIED for one's own. */
#pragma once

#include "store.h"

#include <glib.h>

#define AC_APPEAL_TEXT_MAX_CHARS 1000
#define AC_APPEALS_OPEN_MAX 20 /* of a member */

typedef struct {
  gint64 id;
  gint64 member, lesson;
  gchar *text;
  gint64 opened_ms;
  gchar *answer; /* NULL: none yet */
  gint64 answerer, answered_ms;
  gint64 entry; /* seq; 0: none */
} AcAppeal;

void ac_appeal_clear (AcAppeal *self);
void ac_appeal_free (AcAppeal *self);

/* @appeal: member, lesson and text are given. */
gboolean ac_appeal_open (AcStore *store, AcAppeal *appeal, gint64 wall_ms,
                         GError **error);
/* @appeal: id, answer, answerer and entry are given; the rest is filled in. */
gboolean ac_appeal_answer (AcStore *store, AcAppeal *appeal, gint64 wall_ms,
                           GError **error);
/* Returns: (transfer full): AcAppeal, newest first, those with id < @before when it is
 * not 0, at most @limit. @member: 0: the open ones of all.
 * @branch: only what lies within it, see record_place.h; 0: all */
GPtrArray *ac_appeal_list (AcStore *store, gint64 member, gint64 branch, gint64 before,
                           guint limit, GError **error);
/* Errors: NOT_FOUND "appeal". */
gboolean ac_appeal_get (AcStore *store, gint64 id, AcAppeal *ret_appeal,
                        GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcAppeal, ac_appeal_clear)
