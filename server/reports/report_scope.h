/* report_scope.h - what a report is asked for, and what it is computed over: the
 * branches of a subtree, the lessons of a period, the people.
 *
 * Who belonged where is what the ledger froze at the time of the lesson; only who has
 * no entry is placed by the roster, as it was on the period's last day.
 *
 * Threads: any, one at a time; reads one state of the database when the store was
 *          opened to read (ac_store_begin_read()). */
#pragma once

#include "interval_set.h"
#include "policies.h"
#include "report_table.h"

typedef struct {
  gint64 branch;    /* with all below it; 0: everywhere */
  gchar *from, *to; /* days, both within */
  gint64 lesson;    /* of the sign-in sheet; 0: none */
  gint64 member;    /* of the transcript; 0: none */
  gint64 days;      /* contact reminders: without study for so many */
  AcReportLanguage language;
  gboolean unmasked; /* names and phones whole */
  gchar *made_by;
  gint64 made_ms; /* wall */
} AcReportAsk;

#define AC_REPORT_DAYS_DEFAULT 30
#define AC_REPORT_DAYS_MAX 3660

AcReportAsk *ac_report_ask_new (void); /* everything, this year up to today */
AcReportAsk *ac_report_ask_copy (const AcReportAsk *self);
void ac_report_ask_free (AcReportAsk *self);
/* NULL leaves what there is. Errors: AC_CREDIT_ERROR INVALID "from", "to". */
gboolean ac_report_ask_set_period (AcReportAsk *self, const gchar *from,
                                   const gchar *to, GError **error);

typedef struct {
  gint64 id;
  gchar *title;
  gchar *day; /* held on */
  gint64 year;
  const AcPolicyVersion *policy; /* that it keeps; NULL: no entry yet */
  AcIntervalSet *creditable;
  gint64 creditable_ms;
  gboolean ended;
  gboolean in_period; /* else: entries of it count in the period all the same */
} AcReportLesson;

typedef struct {
  gchar *number, *name, *phone;
  const gchar *kind;
  gint64 home, host; /* on the period's last day; 0: none */
} AcReportPerson;

typedef struct _AcReportScope AcReportScope;

/* @ask: borrowed; outlives the scope
 * Errors: AC_CREDIT_ERROR NOT_FOUND "branch"; AC_STORE_ERROR. */
AcReportScope *ac_report_scope_new (AcStore *store, const AcReportAsk *ask,
                                    GError **error);
void ac_report_scope_free (AcReportScope *self);

AcStore *ac_report_scope_store (AcReportScope *self);
const AcReportAsk *ac_report_scope_ask (AcReportScope *self);
/* Whether one of two branches (0: none) lies within the subtree. */
gboolean ac_report_scope_has (AcReportScope *self, gint64 home, gint64 host);
/* Returns: (transfer none): "" for none. */
const gchar *ac_report_scope_branch (AcReportScope *self, gint64 branch);
/* Returns: where @branch stands in the tree, as it is printed: for sorting. */
guint ac_report_scope_place (AcReportScope *self, gint64 branch);

/* Returns: the branch directly below the subtree's root (or the root of the tree when
 * it is of all) that @branch lies within; the root itself for what is its own; 0: it
 * lies outside. */
gint64 ac_report_scope_child (AcReportScope *self, gint64 branch);

/* Returns: (transfer none): AcReportLesson, by day: lessons held in the period, and
 * earlier ones with entries that count in it. */
const GPtrArray *ac_report_scope_lessons (AcReportScope *self);
const AcReportLesson *ac_report_scope_lesson (AcReportScope *self, gint64 lesson);
/* Returns: (transfer none) (nullable). */
const AcReportPerson *ac_report_scope_person (AcReportScope *self, gint64 member);
typedef void (*AcReportPersonFunc) (gint64 member, const AcReportPerson *person,
                                    gpointer user_data);
/* Everybody whose branch lies within on the period's last day. */
void ac_report_scope_each_person (AcReportScope *self, AcReportPersonFunc each,
                                  gpointer user_data);

/* Cells, masked unless it was asked otherwise; "" of who was erased. */
void ac_report_put_number_of (AcReport *report, const AcReportPerson *person);
void ac_report_put_name (AcReport *report, AcReportScope *self,
                         const AcReportPerson *person);
void ac_report_put_phone (AcReport *report, AcReportScope *self,
                          const AcReportPerson *person);
void ac_report_put_kind (AcReport *report, const AcReportPerson *person);
void ac_report_put_branch (AcReport *report, AcReportScope *self, gint64 branch);

/* The five cells by which people are told, and their columns. */
void ac_report_put_who (AcReport *report, AcReportScope *self, gint64 member,
                        gint64 home, gint64 host);
/* clang-format off */
#define AC_REPORT_WHO                                                                  \
  { "home", "流出地支部", "Home branch", AC_REPORT_TEXT, 10 },                            \
  { "host", "流入地支部", "Host branch", AC_REPORT_TEXT, 10 },                            \
  { "number", "编号", "Number", AC_REPORT_TEXT, 10 },                                   \
  { "name", "姓名", "Name", AC_REPORT_TEXT, 4 },                                        \
  { "kind", "类别", "Kind", AC_REPORT_TEXT, 6 }
/* clang-format on */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcReportAsk, ac_report_ask_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcReportScope, ac_report_scope_free)
