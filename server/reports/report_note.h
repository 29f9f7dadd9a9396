/* report_note.h - a report leaves: what has left is never unnoted. */
#pragma once

#include "report_desk.h"

/* Inside a store job: notes @order for audit; a transcript's order gets its code.
 * @actor: a member; 0: the operator
 * @reason: (nullable): what whole names are for
 * Errors: of ac_transcript_note(); AC_STORE_ERROR. */
gboolean ac_report_note (AcStore *store, AcReportOrder *order, gint64 actor,
                         const gchar *reason, GError **error);
