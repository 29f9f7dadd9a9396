#include "report_file.h"

#include <string.h>

static const struct {
  const gchar *name, *type;
  GBytes *(*write) (const AcReport *report, GError **error);
} forms[AC_N_REPORT_FORMS] = {
  [AC_REPORT_CSV] = { "csv", "text/csv; charset=utf-8", ac_report_to_csv },
  [AC_REPORT_XLSX] = { "xlsx",
                       "application/"
                       "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                       ac_report_to_xlsx },
  [AC_REPORT_PDF] = { "pdf", "application/pdf", ac_report_to_pdf },
  [AC_REPORT_JSON] = { "json", "application/json", ac_report_to_json },
};

const gchar *
ac_report_form_name (AcReportForm form)
{
  return forms[form].name;
}

const gchar *
ac_report_form_type (AcReportForm form)
{
  return forms[form].type;
}

gboolean
ac_report_form_from_name (const gchar *name, AcReportForm *ret_form)
{
  for (guint i = 0; i < AC_N_REPORT_FORMS; i++)
    if (g_strcmp0 (forms[i].name, name) == 0) {
      *ret_form = (AcReportForm)i;
      return TRUE;
    }
  return FALSE;
}

GBytes *
ac_report_write (const AcReport *report, AcReportForm form, GError **error)
{
  return forms[form].write (report, error);
}

/* --- Lines around the table --- */

static void
add_line (GPtrArray *lines, const AcReport *report, const gchar *zh, const gchar *en,
          const gchar *value)
{
  g_ptr_array_add (lines, g_strdup_printf ("%s%s%s", ac_report_word (report, zh, en),
                                           ac_report_word (report, "：", ": "), value));
}

GPtrArray *
ac_report_heading (const AcReport *report)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  const AcReportOrigin *origin = ac_report_origin (report);
  g_autofree gchar *period = g_strconcat (
      origin->from, ac_report_word (report, " 至 ", " to "), origin->to, NULL);

  add_line (lines, report, "范围", "Of", origin->subtree);
  add_line (lines, report, "期间", "Period", period);
  for (guint i = 0; i < ac_report_n_facts (report); i++) {
    const AcReportFact *fact = ac_report_fact (report, i);

    add_line (lines, report, fact->label, fact->label, fact->value);
  }
  return lines;
}

GPtrArray *
ac_report_footing (const AcReport *report)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  const AcReportOrigin *origin = ac_report_origin (report);
  g_autoptr (GDateTime) made = g_date_time_new_from_unix_local (origin->made_ms / 1000);
  g_autofree gchar *when = g_date_time_format (made, "%Y-%m-%d %H:%M");
  g_autofree gchar *head = g_strdup_printf ("%" G_GINT64_FORMAT " / %s",
                                            origin->ledger_seq, origin->ledger_head);
  const GPtrArray *notes = ac_report_notes (report);

  for (guint i = 0; i < notes->len; i++)
    add_line (lines, report, "说明", "Note", notes->pdata[i]);
  add_line (lines, report, "制表时间", "Made on", when);
  if (origin->made_by != NULL)
    add_line (lines, report, "制表人", "Made by", origin->made_by);
  add_line (lines, report, "台账条数 / 末条校验值", "Ledger entries / last hash", head);
  if (ac_report_code (report) != NULL)
    add_line (lines, report, "核验码", "Code to verify", ac_report_code (report));
  if (ac_report_address (report) != NULL)
    add_line (lines, report, "验证地址", "Verify at", ac_report_address (report));
  return lines;
}
