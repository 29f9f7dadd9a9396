/* duties.h - what is asked of each member in a year.
 *
 * Known when the period lies within one year, and a policy says it.
 *
 * Threads: as the scope. Errors: AC_STORE_ERROR. */
#pragma once

#include "report_scope.h"

typedef struct _AcDuties AcDuties;

AcDuties *ac_duties_new (AcReportScope *scope, GError **error);
void ac_duties_free (AcDuties *self);

/* @person: (nullable)
 * Returns: FALSE when nothing is asked: of who is exempt or no member yet, or nothing
 * is known. */
gboolean ac_duties_find (const AcDuties *self, gint64 member,
                         const AcReportPerson *person, gint64 *ret_permille);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcDuties, ac_duties_free)
