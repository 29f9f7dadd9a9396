/* expected.h - who is expected in a lesson, and who is excused (请假) or exempt (免学).
 *
 * Expected are those whose home or host branch lies within a branch that the lesson is
 * for, and whose kind it is for; not those who lecture in it. A lesson that is for
 * nobody in particular expects nobody. Until the room opens the list follows the
 * members as they move; then it is settled: who is on it, and where they belonged,
 * stays for good (the schema holds that), and only excuses change.
 *
 * Threads: see timetable.h. */
#pragma once

#include "member.h"
#include "timetable.h"

typedef enum {
  AC_EXPECTED,
  AC_EXPECTED_EXCUSED,
  AC_EXPECTED_EXEMPT,
} AcExpectedState;

/* "expected", "excused", "exempt" */
const gchar *ac_expected_state_name (AcExpectedState state);
gboolean ac_expected_state_from_name (const gchar *name, AcExpectedState *ret_state);

/* Inside a job, before the lesson's opened_ms is set: what the list is now stays. */
gboolean ac_expected_settle (AcStore *store, gint64 lesson, GError **error);

typedef struct {
  gint64 lesson, member;
  AcExpectedState state; /* AC_EXPECTED: no excuse any more */
  const gchar *reason;   /* one line; NULL for AC_EXPECTED */
  gint64 actor;          /* a member; 0: the operator */
} AcExcuse;

/* Inside a job, before the lesson or after it.
 * Errors: DENIED "member" (nobody's own); NOT_FOUND "lesson", "member"; INVALID
 * "reason"; INVALID "member" (who is not expected in a lesson whose list is settled);
 * STATE "lesson" (cancelled). */
gboolean ac_excuse_set (AcStore *store, const AcExcuse *excuse, gint64 wall_ms,
                        GError **error);

typedef struct {
  gint64 member;
  gchar *number, *name;
  gint64 home, host; /* branches; 0: none */
  AcMemberKind kind;
  AcExpectedState state;
  gchar *reason;
} AcExpected;

void ac_expected_free (AcExpected *expected);

/* @branch: only those of it or below, on either side; 0: all
 * Returns: (transfer full): AcExpected by member, those with member > @after, at most
 * @limit. */
GPtrArray *ac_expected_list (AcStore *store, gint64 lesson, gint64 branch, gint64 after,
                             guint limit, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcExpected, ac_expected_free)
