/* Every report of a data directory for the whole county: how long the table takes and
 * each file of it, against what is asked of them; and transcripts one by one.
 *
 *   bench-reports DATA_DIR FROM TO [LESSON]    days; the lesson of the sign-in sheet */
#include "report.h"
#include "report_file.h"

#include <stdio.h>

#define REPORT_MAX_MS 2000.0
#define TRANSCRIPT_MAX_MS 50.0
#define N_TRANSCRIPTS 200

static gdouble
ms_since (gint64 began_us)
{
  return (gdouble)(g_get_monotonic_time () - began_us) / 1000.0;
}

static gdouble
write_form (const AcReport *report, AcReportForm form, gsize *ret_bytes)
{
  gint64 began_us = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = ac_report_write (report, form, &error);

  if (file == NULL)
    g_error ("%s", error->message);
  *ret_bytes = g_bytes_get_size (file);
  return ms_since (began_us);
}

/* Returns: whether it was quick enough in every form. */
static gboolean
measure (AcStore *store, AcReportKind kind, const AcReportAsk *ask)
{
  gint64 began_us = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AcReport) report = ac_report_make (store, kind, ask, &error);
  gdouble made_ms = ms_since (began_us);
  gdouble slowest_ms = 0;

  if (report == NULL)
    g_error ("%s: %s", ac_report_kind_name (kind), error->message);
  printf ("%-12s %7u rows  table %6.0f ms", ac_report_kind_name (kind),
          ac_report_n_rows (report), made_ms);
  for (guint form = 0; form < AC_N_REPORT_FORMS; form++) {
    gsize bytes;
    gdouble ms = write_form (report, (AcReportForm)form, &bytes);

    slowest_ms = MAX (slowest_ms, ms);
    printf ("  %s %5.0f ms %6.0f KiB", ac_report_form_name ((AcReportForm)form), ms,
            (gdouble)bytes / 1024);
  }
  printf ("  whole %5.0f ms%s\n", made_ms + slowest_ms,
          made_ms + slowest_ms > REPORT_MAX_MS ? "  TOO SLOW" : "");
  return made_ms + slowest_ms <= REPORT_MAX_MS;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return (*(const gdouble *)a > *(const gdouble *)b) -
         (*(const gdouble *)a < *(const gdouble *)b);
}

static gboolean
measure_transcripts (AcStore *store, AcReportAsk *ask)
{
  gdouble took_ms[N_TRANSCRIPTS];

  for (guint i = 0; i < N_TRANSCRIPTS; i++) {
    gint64 began_us = g_get_monotonic_time ();
    g_autoptr (AcReport) report = NULL;
    g_autoptr (GBytes) file = NULL;

    ask->member = 1 + 61 * (gint64)i;
    report = ac_report_make (store, AC_REPORT_TRANSCRIPT, ask, NULL);
    g_assert_nonnull (report);
    ac_report_set_code (report, "00000-00000-00000", "https://example/verify/0");
    file = ac_report_to_pdf (report, NULL);
    took_ms[i] = ms_since (began_us);
  }
  qsort (took_ms, N_TRANSCRIPTS, sizeof took_ms[0], compare);
  printf ("transcript   of %u members, with its PDF: p50 %.1f ms, longest %.1f ms\n",
          N_TRANSCRIPTS, took_ms[N_TRANSCRIPTS / 2], took_ms[N_TRANSCRIPTS - 1]);
  return took_ms[N_TRANSCRIPTS - 1] <= TRANSCRIPT_MAX_MS;
}

int
main (int argc, char **argv)
{
  g_autoptr (AcReportAsk) ask = ac_report_ask_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStore) store = argc > 3 ? ac_store_open_to_read (argv[1], &error) : NULL;
  gboolean good = TRUE;

  if (store == NULL) {
    fprintf (stderr, "%s\n",
             error != NULL ? error->message
                           : "usage: bench-reports DATA_DIR FROM TO [LESSON]");
    return 64;
  }
  ask->lesson = argc > 4 ? g_ascii_strtoll (argv[4], NULL, 10) : 0;
  ask->unmasked = TRUE;
  if (!ac_report_ask_set_period (ask, argv[2], argv[3], &error) ||
      !ac_store_begin_read (store, &error))
    g_error ("%s", error->message);
  for (AcReportKind kind = 0; kind < AC_REPORT_TRANSCRIPT; kind++) {
    gint64 lesson = ask->lesson;

    if (kind == AC_REPORT_SIGN_IN && lesson == 0)
      continue;
    if (kind != AC_REPORT_SIGN_IN)
      ask->lesson = 0;
    good &= measure (store, kind, ask);
    ask->lesson = lesson;
  }
  good &= measure_transcripts (store, ask);
  return good ? 0 : 1;
}
