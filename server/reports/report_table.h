/* report_table.h - a report: a table with its heading, sums, notes and signature lines.
 *
 * It is made row by row by one of the ten kinds (report.h) and written by report_file.h
 * in any form. Texts are in the language that was asked for; heads are known in both.
 *
 * A figure is a whole number in the unit of its column's type, so that sums are exact
 * whatever a form shows of it.
 *
 * Threads:   any, one at a time.
 * Ownership: plain; texts are copied in and live as long as the report. */
#pragma once

#include <glib.h>

typedef enum { AC_REPORT_ZH, AC_REPORT_EN } AcReportLanguage;

typedef enum {
  AC_REPORT_TEXT, /* also what only looks like a number: those of members, phones */
  AC_REPORT_DAY,  /* "2026-01-05" */
  AC_REPORT_COUNT,
  AC_REPORT_HOURS, /* thousandths of a credit hour */
  AC_REPORT_TIME,  /* milliseconds */
  AC_REPORT_RATE,  /* thousandths */
  AC_REPORT_BLANK, /* to be filled in by hand */
} AcReportType;

typedef struct {
  const gchar *key;
  const gchar *zh, *en;
  AcReportType type;
  guint width;  /* in Chinese characters, on paper */
  gboolean sum; /* over all rows, below them */
} AcReportColumn;

typedef struct {
  const gchar *text; /* TEXT, DAY */
  gint64 number;     /* the others */
  gboolean none;     /* nothing is known: no figure is shown */
} AcReportCell;

typedef struct {
  const gchar *label, *value;
} AcReportFact;

#define AC_REPORT_ROWS_MAX 200000

typedef struct _AcReport AcReport;

/* @columns: static, ends with key NULL */
AcReport *ac_report_new (AcReportLanguage language, const gchar *kind,
                         const gchar *title, const AcReportColumn *columns);
void ac_report_free (AcReport *self);

/* Cells of the row begun last, from left to right; a row has one for each column. */
void ac_report_begin_row (AcReport *self);
void ac_report_put_text (AcReport *self, const gchar *text); /* NULL: none */
void ac_report_put_number (AcReport *self, gint64 number);
void ac_report_put_none (AcReport *self);

/* A line above the table; a remark below it; who signs. */
void ac_report_add_fact (AcReport *self, const gchar *label, const gchar *value);
void ac_report_add_count (AcReport *self, const gchar *label, gint64 count);
void ac_report_add_note (AcReport *self, const gchar *note);
void ac_report_add_signature (AcReport *self, const gchar *label);

typedef struct {
  const gchar *subtree; /* name of the branch, or of all */
  const gchar *from, *to;
  gint64 ledger_seq;
  const gchar *ledger_head; /* hexadecimal */
  gint64 made_ms;           /* wall */
  const gchar *made_by;
} AcReportOrigin;

void ac_report_set_origin (AcReport *self, const AcReportOrigin *origin);
const AcReportOrigin *ac_report_origin (const AcReport *self);
/* What anybody can check this paper by. */
void ac_report_set_code (AcReport *self, const gchar *code, const gchar *address);
/* Returns: (nullable). */
const gchar *ac_report_code (const AcReport *self);
const gchar *ac_report_address (const AcReport *self);

AcReportLanguage ac_report_language (const AcReport *self);
const gchar *ac_report_kind (const AcReport *self);
const gchar *ac_report_title (const AcReport *self);
guint ac_report_n_columns (const AcReport *self);
const AcReportColumn *ac_report_column (const AcReport *self, guint column);
guint ac_report_n_rows (const AcReport *self);
const AcReportCell *ac_report_cell (const AcReport *self, guint row, guint column);
gint64 ac_report_sum (const AcReport *self, guint column);
gboolean ac_report_has_sums (const AcReport *self);
guint ac_report_n_facts (const AcReport *self);
const AcReportFact *ac_report_fact (const AcReport *self, guint at);
const GPtrArray *ac_report_notes (const AcReport *self);
const GPtrArray *ac_report_signatures (const AcReport *self);

/* Of @self's language. */
const gchar *ac_report_head (const AcReport *self, guint column);
const gchar *ac_report_word (const AcReport *self, const gchar *zh, const gchar *en);

/* As people read it: hours "1.5", time "1:30:00" with milliseconds where there are any
 * and @exact, rates "83.3%"; "" for none. @out is emptied first. */
void ac_report_cell_text (AcReportType type, const AcReportCell *cell, gboolean exact,
                          GString *out);

/* The same of the sum below @column; "" when there is none. */
void ac_report_sum_text (const AcReport *self, guint column, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcReport, ac_report_free)
