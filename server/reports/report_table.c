#include "report_table.h"

struct _AcReport {
  AcReportLanguage language;
  const gchar *kind, *title;
  const AcReportColumn *columns;
  guint n_columns, n_rows;
  GArray *cells; /* AcReportCell, row by row */
  GArray *facts;
  GPtrArray *notes, *signatures; /* of texts */
  AcReportOrigin origin;
  const gchar *code, *address;
  GStringChunk *texts; /* of everything above; names of branches repeat */
};

AcReport *
ac_report_new (AcReportLanguage language, const gchar *kind, const gchar *title,
               const AcReportColumn *columns)
{
  AcReport *self = g_new0 (AcReport, 1);

  self->texts = g_string_chunk_new (64 * 1024);
  self->language = language;
  self->kind = kind;
  self->title = g_string_chunk_insert (self->texts, title);
  self->columns = columns;
  while (columns[self->n_columns].key != NULL)
    self->n_columns++;
  self->cells = g_array_new (FALSE, FALSE, sizeof (AcReportCell));
  self->facts = g_array_new (FALSE, FALSE, sizeof (AcReportFact));
  self->notes = g_ptr_array_new ();
  self->signatures = g_ptr_array_new ();
  return self;
}

void
ac_report_free (AcReport *self)
{
  g_array_unref (self->cells);
  g_array_unref (self->facts);
  g_ptr_array_unref (self->notes);
  g_ptr_array_unref (self->signatures);
  g_string_chunk_free (self->texts);
  g_free (self);
}

static const gchar *
keep (AcReport *self, const gchar *text)
{
  return text != NULL ? g_string_chunk_insert_const (self->texts, text) : NULL;
}

/* --- Filling --- */

void
ac_report_begin_row (AcReport *self)
{
  g_return_if_fail (self->cells->len == self->n_rows * self->n_columns);

  self->n_rows++;
}

static void
put (AcReport *self, AcReportCell cell)
{
  g_return_if_fail (self->cells->len < self->n_rows * self->n_columns);

  g_array_append_val (self->cells, cell);
}

void
ac_report_put_text (AcReport *self, const gchar *text)
{
  put (self, (AcReportCell){ .text = keep (self, text), .none = text == NULL });
}

void
ac_report_put_number (AcReport *self, gint64 number)
{
  put (self, (AcReportCell){ .number = number });
}

void
ac_report_put_none (AcReport *self)
{
  put (self, (AcReportCell){ .none = TRUE });
}

void
ac_report_add_fact (AcReport *self, const gchar *label, const gchar *value)
{
  AcReportFact fact = { keep (self, label), keep (self, value) };

  g_array_append_val (self->facts, fact);
}

void
ac_report_add_count (AcReport *self, const gchar *label, gint64 count)
{
  g_autofree gchar *text = g_strdup_printf ("%" G_GINT64_FORMAT, count);

  ac_report_add_fact (self, label, text);
}

void
ac_report_add_note (AcReport *self, const gchar *note)
{
  g_ptr_array_add (self->notes, (gpointer)keep (self, note));
}

void
ac_report_add_signature (AcReport *self, const gchar *label)
{
  g_ptr_array_add (self->signatures, (gpointer)keep (self, label));
}

void
ac_report_set_origin (AcReport *self, const AcReportOrigin *origin)
{
  self->origin = *origin;
  self->origin.subtree = keep (self, origin->subtree);
  self->origin.from = keep (self, origin->from);
  self->origin.to = keep (self, origin->to);
  self->origin.ledger_head = keep (self, origin->ledger_head);
  self->origin.made_by = keep (self, origin->made_by);
}

void
ac_report_set_code (AcReport *self, const gchar *code, const gchar *address)
{
  self->code = keep (self, code);
  self->address = keep (self, address);
}

/* --- Looking --- */

const AcReportOrigin *
ac_report_origin (const AcReport *self)
{
  return &self->origin;
}

const gchar *
ac_report_code (const AcReport *self)
{
  return self->code;
}

const gchar *
ac_report_address (const AcReport *self)
{
  return self->address;
}

AcReportLanguage
ac_report_language (const AcReport *self)
{
  return self->language;
}

const gchar *
ac_report_kind (const AcReport *self)
{
  return self->kind;
}

const gchar *
ac_report_title (const AcReport *self)
{
  return self->title;
}

guint
ac_report_n_columns (const AcReport *self)
{
  return self->n_columns;
}

const AcReportColumn *
ac_report_column (const AcReport *self, guint column)
{
  return &self->columns[column];
}

guint
ac_report_n_rows (const AcReport *self)
{
  return self->n_rows;
}

const AcReportCell *
ac_report_cell (const AcReport *self, guint row, guint column)
{
  return &g_array_index (self->cells, AcReportCell, row * self->n_columns + column);
}

gint64
ac_report_sum (const AcReport *self, guint column)
{
  gint64 sum = 0;

  for (guint row = 0; row < self->n_rows; row++)
    sum += ac_report_cell (self, row, column)->number;
  return sum;
}

gboolean
ac_report_has_sums (const AcReport *self)
{
  for (guint i = 0; i < self->n_columns; i++)
    if (self->columns[i].sum)
      return TRUE;
  return FALSE;
}

guint
ac_report_n_facts (const AcReport *self)
{
  return self->facts->len;
}

const AcReportFact *
ac_report_fact (const AcReport *self, guint at)
{
  return &g_array_index (self->facts, AcReportFact, at);
}

const GPtrArray *
ac_report_notes (const AcReport *self)
{
  return self->notes;
}

const GPtrArray *
ac_report_signatures (const AcReport *self)
{
  return self->signatures;
}

const gchar *
ac_report_head (const AcReport *self, guint column)
{
  return ac_report_word (self, self->columns[column].zh, self->columns[column].en);
}

const gchar *
ac_report_word (const AcReport *self, const gchar *zh, const gchar *en)
{
  return self->language == AC_REPORT_ZH ? zh : en;
}

/* --- Figures as people read them --- */

/* Thousandths without zeroes at the end, at least @decimals digits. */
static void
append_thousandths (GString *out, gint64 number, guint decimals)
{
  guint64 size = (guint64)ABS (number);
  gchar digits[4];
  guint n = 3;

  g_snprintf (digits, sizeof digits, "%03u", (guint)(size % 1000));
  while (n > decimals && digits[n - 1] == '0')
    n--;
  digits[n] = '\0';
  g_string_append_printf (out, "%s%" G_GUINT64_FORMAT "%s%s", number < 0 ? "-" : "",
                          size / 1000, n > 0 ? "." : "", digits);
}

static void
append_time (GString *out, gint64 time_ms, gboolean exact)
{
  guint64 size = (guint64)ABS (time_ms);
  guint64 s = size / 1000;

  g_string_append_printf (out, "%s%" G_GUINT64_FORMAT ":%02u:%02u",
                          time_ms < 0 ? "-" : "", s / 3600, (guint)(s / 60 % 60),
                          (guint)(s % 60));
  if (exact && size % 1000 != 0)
    g_string_append_printf (out, ".%03u", (guint)(size % 1000));
}

static void
append_rate (GString *out, gint64 permille)
{
  append_thousandths (out, permille * 100, 1);
  g_string_append_c (out, '%');
}

void
ac_report_cell_text (AcReportType type, const AcReportCell *cell, gboolean exact,
                     GString *out)
{
  g_string_truncate (out, 0);
  if (cell->none)
    return;
  switch (type) {
  case AC_REPORT_TEXT:
  case AC_REPORT_DAY:
    g_string_append (out, cell->text);
    break;
  case AC_REPORT_COUNT:
    g_string_append_printf (out, "%" G_GINT64_FORMAT, cell->number);
    break;
  case AC_REPORT_HOURS:
    append_thousandths (out, cell->number, 0);
    break;
  case AC_REPORT_TIME:
    append_time (out, cell->number, exact);
    break;
  case AC_REPORT_RATE:
    append_rate (out, cell->number);
    break;
  case AC_REPORT_BLANK:
    break;
  }
}

void
ac_report_sum_text (const AcReport *self, guint column, GString *out)
{
  AcReportCell cell = { .none = !self->columns[column].sum };

  if (!cell.none)
    cell.number = ac_report_sum (self, column);
  ac_report_cell_text (self->columns[column].type, &cell, FALSE, out);
}
