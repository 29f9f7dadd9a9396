/* leave.h - a member asks for leave (请假), and staff grant or refuse it.
 *
 * Only who is expected in a lesson asks for it, before it or after. What is granted is
 * an excuse, see expected.h: the list and the reports know no other. Somebody who was
 * refused may ask again, a few times. What was asked of a lesson that is cancelled then
 * waits no more: it is neither listed nor counted. Until it is decided, who asked may
 * withdraw it.
 *
 * Threads: see timetable.h.
 * Errors:  AC_STORE_ERROR; AC_TIMETABLE_ERROR as said. */
#pragma once

#include "timetable.h"

#define AC_LEAVES_OPEN_MAX 20     /* of a member that wait */
#define AC_LEAVES_OF_LESSON_MAX 3 /* of a member, whatever became of them */

typedef enum {
  AC_LEAVE_ASKED,
  AC_LEAVE_APPROVED,
  AC_LEAVE_REFUSED,
} AcLeaveState;

/* "asked", "approved", "refused" */
const gchar *ac_leave_state_name (AcLeaveState state);

typedef struct {
  gint64 id;
  gint64 lesson, member;
  gchar *reason; /* one line of at most AC_AUDIT_REASON_MAX_CHARS characters */
  gint64 asked_ms;
  AcLeaveState state;
  gint64 decider, decided_ms; /* 0: nobody yet */
  gchar *answer;              /* the same sort of line; "" unless it was refused */
} AcLeave;

void ac_leave_clear (AcLeave *self);
void ac_leave_free (AcLeave *self);

/* Inside a job. @leave: lesson, member and reason are given, the rest is filled in.
 * Errors: NOT_FOUND "lesson"; INVALID "reason", "lesson" (they are not expected in it);
 * STATE "lesson" (cancelled, excused already, one waits, or asked too often). */
gboolean ac_leave_ask (AcStore *store, AcLeave *leave, gint64 wall_ms, GError **error);

/* Inside a job. What @member asked for is gone, with its reason, as if it had never
 * been asked. Errors: NOT_FOUND "leave" (not theirs, or withdrawn already); STATE
 * "leave" (decided). */
gboolean ac_leave_withdraw (AcStore *store, gint64 leave, gint64 member,
                            GError **error);

/* Inside a job. @leave: id and decider are given, and the answer when it is refused;
 * the rest is filled in. Errors: NOT_FOUND "leave"; INVALID "answer"; STATE "leave"
 * (decided; to be granted, but they are excused already), "lesson" (cancelled); DENIED
 * for one's own. */
gboolean ac_leave_decide (AcStore *store, AcLeave *leave, gboolean approve,
                          gint64 wall_ms, GError **error);

/* Errors: NOT_FOUND "leave". */
gboolean ac_leave_get (AcStore *store, gint64 id, AcLeave *ret_leave, GError **error);

/* @member: theirs, whatever became of them, without those that waited when the lesson
 * was cancelled; 0: those that wait, of all
 * @branch: only of who belongs to it or below it now; 0: all
 * Returns: (transfer full): AcLeave, newest first, those with id < @before when it is
 * not 0, at most @limit. */
GPtrArray *ac_leave_list (AcStore *store, gint64 member, gint64 branch, gint64 before,
                          guint limit, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcLeave, ac_leave_clear)
