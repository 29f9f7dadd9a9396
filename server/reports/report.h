/* report.h - the ten reports.
 *
 *   credit       个人学时汇总        a row a member
 *   sign-in      参学签到表          of one lesson: everybody expected or there
 *   sites        站点收看台账        a row a lesson and site
 *   host         流入地参学反馈单    a row a member, host and home branch
 *   make-up      补学名单            who has lessons to make up for
 *   contact      流动党员联系提醒    who has not studied for so many days
 *   skills       技能培训人数/人次   a row a course
 *   lecturers    讲师授课台账        a row a lecturer and lesson
 *   adjustments  更正审计台账        a row an entry by hand
 *   transcript   个人学时证明        a row a lesson of one member
 *
 * Every figure is a sum over the ledger, within a subtree by the branches that it
 * froze; running figures are never looked at. "No record" is never called absence.
 *
 * Threads: as report_scope.h; a whole county takes up to two seconds, so not on the
 *          main loop (report_desk.h). */
#pragma once

#include "report_scope.h"

typedef enum {
  AC_REPORT_CREDIT,
  AC_REPORT_SIGN_IN,
  AC_REPORT_SITES,
  AC_REPORT_HOST,
  AC_REPORT_MAKE_UP,
  AC_REPORT_CONTACT,
  AC_REPORT_SKILLS,
  AC_REPORT_LECTURERS,
  AC_REPORT_ADJUSTMENTS,
  AC_REPORT_TRANSCRIPT,
  AC_REPORT_PROGRESS, /* beside the ten: what the console shows; names nobody */
} AcReportKind;
#define AC_N_REPORT_KINDS 11

const gchar *ac_report_kind_name (AcReportKind kind);
gboolean ac_report_kind_from_name (const gchar *name, AcReportKind *ret_kind);

/* Returns: (transfer full).
 * Errors: AC_CREDIT_ERROR NOT_FOUND "branch", "lesson", "member", INVALID "lesson" (it
 * is needed), "from" (too many rows: ask for less); AC_STORE_ERROR. */
AcReport *ac_report_make (AcStore *store, AcReportKind kind, const AcReportAsk *ask,
                          GError **error);
