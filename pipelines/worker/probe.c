#include "probe.h"

#include "sandbox.h"

#include <errno.h>
#include <gst/gst.h>
#include <pango/pangocairo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_MS 10000
#define MAX_CANDIDATES 16
#define CHINESE "空中课堂信号中断"

/* What a worker needs besides an encoder. @use: what is not possible without it; NULL:
 * nothing is. */
static const struct {
  const gchar *element, *package, *use;
} needed[] = {
  { "avenc_aac", "gstreamer1.0-libav", NULL },
  { "avdec_h264", "gstreamer1.0-libav", NULL },
  { "avdec_aac", "gstreamer1.0-libav", NULL },
  { "appsrc", "gstreamer1.0-plugins-base", NULL },
  { "audioconvert", "gstreamer1.0-plugins-base", NULL },
  { "audioresample", "gstreamer1.0-plugins-base", NULL },
  { "videoconvert", "gstreamer1.0-plugins-base", NULL },
  { "h264parse", "gstreamer1.0-plugins-bad", NULL },
  { "aacparse", "gstreamer1.0-plugins-good", NULL },
  { AC_ENCODER_FALLBACK, "gstreamer1.0-plugins-ugly", NULL },
  { "tsdemux", "gstreamer1.0-plugins-bad", "SRT and HLS sources" },
  { "h265parse", "gstreamer1.0-plugins-bad", "HEVC sources" },
  { "opusdec", "gstreamer1.0-plugins-base", "sources with Opus" },
  { "vp8dec", "gstreamer1.0-plugins-good", "browsers that send VP8" },
  { "rtspsrc", "gstreamer1.0-plugins-good", "cameras by RTSP" },
  { "qtdemux", "gstreamer1.0-plugins-good", "prepared lectures in MP4" },
  { "matroskademux", "gstreamer1.0-plugins-good", "prepared lectures in Matroska" },
  { "webrtcbin", "gstreamer1.0-plugins-bad", "WHIP" },
  { "nicesrc", "gstreamer1.0-nice", "WHIP" },
};

typedef struct {
  gboolean candidates[MAX_CANDIDATES];
  gboolean needed[G_N_ELEMENTS (needed)];
  gboolean chinese; /* the slate's writing can be drawn */
} Survey;

/* --- children --------------------------------------------------------------------- */

typedef void (*ChildWork) (gconstpointer input, gpointer result);

static void
be_child (gint fd, const AcProbeSetup *setup, ChildWork work, gconstpointer input,
          gpointer result, gsize size)
{
  g_autoptr (GError) error = NULL;
  gboolean files_bound;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  gst_init (NULL, NULL);
  if (setup->prepare != NULL)
    setup->prepare ();
  /* As a worker that would use it. */
  if (!ac_sandbox_enter (NULL, &files_bound, &error)) {
    g_printerr ("airclass-pipeline: no sandbox: %s\n", error->message);
    _exit (EXIT_FAILURE);
  }
  work (input, result);
  _exit (write (fd, result, size) == (gssize)size ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* Returns: whether all @size bytes came in time. */
static gboolean
read_result (gint fd, gpointer result, gsize size, gint64 deadline_us)
{
  gsize got = 0;

  while (got < size) {
    struct pollfd entry = { fd, POLLIN, 0 };
    gint64 left_us = deadline_us - g_get_monotonic_time ();
    gssize n;

    if (left_us <= 0 || poll (&entry, 1, (gint)(left_us / 1000) + 1) < 0)
      return FALSE;
    if (entry.revents == 0)
      continue;
    n = read (fd, (guint8 *)result + got, size - got);
    if (n <= 0)
      return FALSE;
    got += (gsize)n;
  }
  return TRUE;
}

/* Runs @work in a child. @result: of @size bytes, as the child leaves it
 * @ret_why: (out): set to a clause when FALSE is returned */
static gboolean
run_child (const AcProbeSetup *setup, ChildWork work, gconstpointer input,
           gpointer result, gsize size, gchar *ret_why, gsize why_size)
{
  gint64 timeout_ms = setup->timeout_ms != 0 ? setup->timeout_ms : TIMEOUT_MS;
  gint64 deadline_us = g_get_monotonic_time () + timeout_ms * 1000;
  gint ends[2], status;
  gboolean came;
  pid_t pid;

  if (pipe (ends) != 0 || (pid = fork ()) < 0) {
    g_snprintf (ret_why, why_size, "it cannot be tried: %s", g_strerror (errno));
    return FALSE;
  }
  if (pid == 0) {
    close (ends[0]);
    be_child (ends[1], setup, work, input, result, size);
  }
  close (ends[1]);
  came = read_result (ends[0], result, size, deadline_us);
  close (ends[0]);
  if (!came && g_get_monotonic_time () >= deadline_us)
    g_snprintf (ret_why, why_size, "it did not answer within %" G_GINT64_FORMAT " s",
                timeout_ms / 1000);
  else if (!came)
    g_snprintf (ret_why, why_size, "it ended the process that tried it");
  kill (pid, SIGKILL);
  if (waitpid (pid, &status, 0) == pid && !came && WIFSIGNALED (status) &&
      WTERMSIG (status) != SIGKILL)
    g_snprintf (ret_why, why_size, "it crashed (%s)", strsignal (WTERMSIG (status)));
  return came;
}

static gboolean
has_element (const gchar *name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  return factory != NULL;
}

/* By the library that draws the slate. */
static gboolean
can_write_chinese (void)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 64, 64);
  cairo_t *cairo = cairo_create (surface);
  PangoLayout *layout = pango_cairo_create_layout (cairo);
  gboolean good;

  pango_layout_set_text (layout, CHINESE, -1);
  good = pango_layout_get_unknown_glyphs_count (layout) == 0;
  g_object_unref (layout);
  cairo_destroy (cairo);
  cairo_surface_destroy (surface);
  return good;
}

static void
do_survey (gconstpointer input, gpointer result)
{
  const AcEncoder *encoders = input;
  Survey *survey = result;

  for (guint i = 0; i < MAX_CANDIDATES && encoders[i].element != NULL; i++)
    survey->candidates[i] = has_element (encoders[i].element);
  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    survey->needed[i] = has_element (needed[i].element);
  survey->chinese = can_write_chinese ();
}

static void
do_test (gconstpointer input, gpointer result)
{
  ac_self_test (input, result);
}

/* --- encoders --------------------------------------------------------------------- */

static void
try_candidate (const AcProbeSetup *setup, AcCandidate *candidate)
{
  AcSelfTest test = { 0 };
  gchar why[sizeof test.reason] = "";

  if (!setup->software && !candidate->encoder->hardware) {
    candidate->state = AC_CANDIDATE_UNTESTED;
    return;
  }
  if (!run_child (setup, do_test, candidate->encoder, &test, sizeof test, why,
                  sizeof why)) {
    test = (AcSelfTest){ 0 };
    g_strlcpy (test.reason, why, sizeof test.reason);
  }
  candidate->test = test;
  candidate->state = test.good ? AC_CANDIDATE_GOOD : AC_CANDIDATE_FAILED;
}

static GArray *
probe (const AcProbeSetup *setup, Survey *survey)
{
  const AcEncoder *encoders =
      setup->encoders != NULL ? setup->encoders : ac_encoders ();
  GArray *candidates = g_array_new (FALSE, TRUE, sizeof (AcCandidate));
  gchar why[200];

  *survey = (Survey){ 0 };
  if (!run_child (setup, do_survey, encoders, survey, sizeof *survey, why,
                  sizeof why)) {
    g_printerr ("airclass-pipeline: GStreamer cannot be asked: %s\n", why);
    *survey = (Survey){ 0 };
  }
  for (guint i = 0; i < MAX_CANDIDATES && encoders[i].element != NULL; i++) {
    AcCandidate candidate = { .encoder = &encoders[i] };

    if (survey->candidates[i])
      try_candidate (setup, &candidate);
    g_array_append_val (candidates, candidate);
  }
  return candidates;
}

GArray *
ac_probe_encoders (const AcProbeSetup *setup)
{
  Survey survey;

  return probe (setup, &survey);
}

const AcEncoder *
ac_probe_choose (GArray *candidates)
{
  for (guint i = 0; i < candidates->len; i++) {
    const AcCandidate *candidate = &g_array_index (candidates, AcCandidate, i);

    if (candidate->encoder->hardware && candidate->state == AC_CANDIDATE_GOOD)
      return candidate->encoder;
  }
  return ac_encoder_find (AC_ENCODER_FALLBACK);
}

/* --- JSON ------------------------------------------------------------------------- */

static void
append_text (GString *out, const gchar *name, const gchar *value)
{
  g_autofree gchar *valid = g_utf8_make_valid (value, -1);

  g_string_append_printf (out, "\"%s\":\"", name);
  for (const gchar *at = valid; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_printf (out, "\\%c", *at);
    else if ((guchar)*at < 0x20)
      g_string_append_c (out, ' ');
    else
      g_string_append_c (out, *at);
  }
  g_string_append_c (out, '"');
}

static void
append_candidate (GString *out, const AcCandidate *candidate)
{
  static const gchar *const states[] = { "absent", "failed", "untested", "good" };

  g_string_append_c (out, '{');
  append_text (out, "element", candidate->encoder->element);
  g_string_append_c (out, ',');
  append_text (out, "kind", candidate->encoder->kind);
  g_string_append_c (out, ',');
  append_text (out, "package", candidate->encoder->package);
  g_string_append_c (out, ',');
  append_text (out, "state", states[candidate->state]);
  g_string_append_c (out, ',');
  append_text (out, "reason", candidate->test.reason);
  g_string_append_printf (out,
                          ",\"hardware\":%s,\"speed_percent\":%u,\"cpu_percent\":%u}",
                          candidate->encoder->hardware ? "true" : "false",
                          candidate->test.speed_percent, candidate->test.cpu_percent);
}

static void
append_missing (GString *out, const Survey *survey)
{
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (needed); i++) {
    if (survey->needed[i])
      continue;
    g_string_append (out, any ? ",{" : "{");
    append_text (out, "element", needed[i].element);
    g_string_append_c (out, ',');
    append_text (out, "package", needed[i].package);
    g_string_append_c (out, ',');
    append_text (out, "use", needed[i].use != NULL ? needed[i].use : "");
    g_string_append_c (out, '}');
    any = TRUE;
  }
}

gint
ac_probe_main (const AcProbeSetup *setup)
{
  g_autoptr (GString) out = g_string_new ("{");
  g_autoptr (GArray) candidates = NULL;
  Survey survey;

  candidates = probe (setup, &survey);
  append_text (out, "chosen", ac_probe_choose (candidates)->element);
  g_string_append (out, ",\"encoders\":[");
  for (guint i = 0; i < candidates->len; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    append_candidate (out, &g_array_index (candidates, AcCandidate, i));
  }
  g_string_append (out, "],\"missing\":[");
  append_missing (out, &survey);
  g_string_append_printf (out, "],\"chinese\":%s}\n",
                          survey.chinese ? "true" : "false");
  fputs (out->str, stdout);
  return fflush (stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
