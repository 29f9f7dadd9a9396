#include "report_scope.h"

#include "clock.h"
#include "credit_error.h"
#include "day.h"

#include <string.h>

AcReportAsk *
ac_report_ask_new (void)
{
  AcReportAsk *self = g_new0 (AcReportAsk, 1);
  gchar today[AC_DAY_CHARS + 1];

  self->made_ms = ac_clock_wall_ms ();
  ac_day_at (self->made_ms, today);
  self->to = g_strdup (today);
  self->from = g_strdup_printf ("%.4s-01-01", today);
  self->days = AC_REPORT_DAYS_DEFAULT;
  return self;
}

AcReportAsk *
ac_report_ask_copy (const AcReportAsk *self)
{
  AcReportAsk *copy = g_new (AcReportAsk, 1);

  *copy = *self;
  copy->from = g_strdup (self->from);
  copy->to = g_strdup (self->to);
  copy->made_by = g_strdup (self->made_by);
  return copy;
}

void
ac_report_ask_free (AcReportAsk *self)
{
  g_free (self->from);
  g_free (self->to);
  g_free (self->made_by);
  g_free (self);
}

static gboolean
set_day (gchar **day, const gchar *text, const gchar *field, GError **error)
{
  gchar parsed[AC_DAY_CHARS + 1];

  if (text == NULL)
    return TRUE;
  if (!ac_day_parse (text, parsed))
    return ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, field,
                             "%s must be a day such as 2026-01-05", field);
  g_free (*day);
  *day = g_strdup (parsed);
  return TRUE;
}

gboolean
ac_report_ask_set_period (AcReportAsk *self, const gchar *from, const gchar *to,
                          GError **error)
{
  if (!set_day (&self->to, to, "to", error))
    return FALSE;
  if (from == NULL && to != NULL) { /* the year of the last day */
    g_free (self->from);
    self->from = g_strdup_printf ("%.4s-01-01", self->to);
  }
  if (!set_day (&self->from, from, "from", error))
    return FALSE;
  return strcmp (self->from, self->to) <= 0 ||
         ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "from",
                           "the period ends (%s) before it begins (%s)", self->to,
                           self->from);
}
