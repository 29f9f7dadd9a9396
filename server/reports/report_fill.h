/* report_fill.h - what fills the tables: one function and its columns a kind.
 *
 * @report has its title and origin; rows, facts, notes and signatures are filled in.
 * Errors: as ac_report_make(). */
#pragma once

#include "ledger_pass.h"

extern const AcReportColumn ac_report_credit_columns[], ac_report_sign_in_columns[],
    ac_report_site_columns[], ac_report_host_columns[], ac_report_make_up_columns[],
    ac_report_contact_columns[], ac_report_skill_columns[],
    ac_report_lecturer_columns[], ac_report_adjustment_columns[],
    ac_report_transcript_columns[], ac_report_progress_columns[];

gboolean ac_report_fill_credit (AcReportScope *scope, AcReport *report, GError **error);
gboolean ac_report_fill_sign_in (AcReportScope *scope, AcReport *report,
                                 GError **error);
gboolean ac_report_fill_sites (AcReportScope *scope, AcReport *report, GError **error);
gboolean ac_report_fill_host (AcReportScope *scope, AcReport *report, GError **error);
gboolean ac_report_fill_make_up (AcReportScope *scope, AcReport *report,
                                 GError **error);
gboolean ac_report_fill_contact (AcReportScope *scope, AcReport *report,
                                 GError **error);
gboolean ac_report_fill_skills (AcReportScope *scope, AcReport *report, GError **error);
gboolean ac_report_fill_lecturers (AcReportScope *scope, AcReport *report,
                                   GError **error);
gboolean ac_report_fill_adjustments (AcReportScope *scope, AcReport *report,
                                     GError **error);
gboolean ac_report_fill_transcript (AcReportScope *scope, AcReport *report,
                                    GError **error);

gboolean ac_report_fill_progress (AcReportScope *scope, AcReport *report,
                                  GError **error);

/* Who signs on the side of the branches, and the sentence of decency. */
void ac_report_add_branch_signatures (AcReport *report);
void ac_report_note_no_record (AcReport *report);
/* A cell with the state of a record. */
void ac_report_put_state (AcReport *report, AcRecordState state);
