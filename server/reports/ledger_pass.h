/* ledger_pass.h - the ledger of a scope, read once: what each member has of each
 * lesson.
 *
 * An entry counts on its lesson's day; when the year of that day was closed, on the
 * first day of the year that it counts in. A lesson gives in a period what it gives
 * with the entries up to the period's end, less what it gave with those before (as in
 * study_record.h, of which a year is a special case).
 *
 * Threads: as the scope. Errors: AC_STORE_ERROR. */
#pragma once

#include "report_scope.h"
#include "study_record.h"

typedef struct {
  const AcReportLesson *lesson;
  gint64 member;
  gint64 home, host; /* at lesson time; 0: none */
  AcRecordTime time; /* of the period */
  AcRecordCredit credit;
  AcRecordState state; /* by all entries; only when it was asked for */
  gint64 covered_ms;   /* likewise */
} AcStudyFigure;

typedef void (*AcStudyFunc) (const AcStudyFigure *figure, gpointer user_data);

/* Calls @each for each lesson and member, lesson by lesson, whose branches of then lie
 * within the subtree, and who have something in the period.
 * @lesson: 0: of all
 * @with_states: also the states, which cost more than the sums. They are by all
 * entries, so who has something in another period only is told, too: of a closed year,
 * what was made up later counts in the next one */
gboolean ac_ledger_pass (AcReportScope *scope, gint64 lesson, gboolean with_states,
                         AcStudyFunc each, gpointer user_data, GError **error);
/* The same of one member, by the index of members. */
gboolean ac_ledger_pass_member (AcReportScope *scope, gint64 member, AcStudyFunc each,
                                gpointer user_data, GError **error);
