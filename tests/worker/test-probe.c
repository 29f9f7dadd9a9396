/* Encoders that do, that do not, that crash, hang and are not there. */
#include "probe.h"

#include <gst/base/gstbasetransform.h>
#include <signal.h>

/* An element that breaks the process, or stops, at its first picture. */
typedef struct {
  GstBaseTransform parent;
} Breaker;
typedef struct {
  GstBaseTransformClass parent;
} BreakerClass;
static GType breaker_get_type (void);
G_DEFINE_TYPE (Breaker, breaker, GST_TYPE_BASE_TRANSFORM)
typedef Breaker Sleeper;
typedef BreakerClass SleeperClass;
static GType sleeper_get_type (void);
G_DEFINE_TYPE (Sleeper, sleeper, GST_TYPE_BASE_TRANSFORM)

static GstFlowReturn
crash (GstBaseTransform *transform, GstBuffer *buffer)
{
  signal (SIGSEGV, SIG_DFL); /* a sanitizer has its own */
  raise (SIGSEGV);
  return GST_FLOW_OK;
}

static GstFlowReturn
hang (GstBaseTransform *transform, GstBuffer *buffer)
{
  g_usleep (600 * G_USEC_PER_SEC);
  return GST_FLOW_OK;
}

static void
add_templates (gpointer klass)
{
  static GstStaticPadTemplate sink = GST_STATIC_PAD_TEMPLATE (
      "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
  static GstStaticPadTemplate src =
      GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

  gst_element_class_add_static_pad_template (GST_ELEMENT_CLASS (klass), &sink);
  gst_element_class_add_static_pad_template (GST_ELEMENT_CLASS (klass), &src);
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Breaker", "Filter",
                                         "Breaks", "tests");
}

static void
breaker_class_init (BreakerClass *klass)
{
  add_templates (klass);
  GST_BASE_TRANSFORM_CLASS (klass)->transform_ip = crash;
}

static void
breaker_init (Breaker *self)
{
}

static void
sleeper_class_init (SleeperClass *klass)
{
  add_templates (klass);
  GST_BASE_TRANSFORM_CLASS (klass)->transform_ip = hang;
}

static void
sleeper_init (Sleeper *self)
{
}

static void
prepare (void)
{
  gst_element_register (NULL, "accrasher", GST_RANK_NONE, breaker_get_type ());
  gst_element_register (NULL, "acsleeper", GST_RANK_NONE, sleeper_get_type ());
}

#define X264 "speed-preset=superfast threads=1 aud=false "
#define AS_HARDWARE                                                                    \
  .kind = "test", .package = "none", .hardware = TRUE,                                 \
  .bitrate = "bitrate=", .bits_per_unit = 1000, .after = ""

static const struct {
  const gchar *what;
  AcEncoder encoder;
  AcCandidateState state;
  const gchar *reason; /* a part of it */
} table[] = {
  { "good",
    { .element = "x264enc",
      AS_HARDWARE,
      .before = "",
      .settings = X264 "tune=zerolatency key-int-max=1000 option-string=scenecut=0 " },
    AC_CANDIDATE_GOOD,
    "" },
  { "absent",
    { .element = "nosuchh264enc", AS_HARDWARE, .before = "", .settings = "" },
    AC_CANDIDATE_ABSENT,
    "" },
  { "look-ahead",
    { .element = "x264enc",
      AS_HARDWARE,
      .before = "",
      .settings = X264 "rc-lookahead=20 bframes=0 key-int-max=1000 " },
    AC_CANDIDATE_FAILED,
    "nothing comes out" },
  { "b-frames",
    { .element = "x264enc",
      AS_HARDWARE,
      .before = "",
      .settings = X264 "rc-lookahead=0 sync-lookahead=0 bframes=1 b-adapt=false "
                       "key-int-max=1000 " },
    AC_CANDIDATE_FAILED,
    "" },
  { "own key frames",
    { .element = "x264enc",
      AS_HARDWARE,
      .before = "",
      .settings = X264 "tune=zerolatency key-int-max=5 " },
    AC_CANDIDATE_FAILED,
    "key frame of its own at picture 5" },
  { "no device",
    { .element = "x264enc",
      AS_HARDWARE,
      .before = "filesrc location=/dev/no-such-encoder ! decodebin ! ",
      .settings = X264 },
    AC_CANDIDATE_FAILED,
    "" },
  { "unknown setting",
    { .element = "x264enc", AS_HARDWARE, .before = "", .settings = "no-such=1 " },
    AC_CANDIDATE_FAILED,
    "no-such" },
  { "other pictures",
    { .element = "x264enc",
      AS_HARDWARE,
      .before = "videobalance brightness=0.5 ! ",
      .settings = X264 "tune=zerolatency key-int-max=1000 option-string=scenecut=0 " },
    AC_CANDIDATE_FAILED,
    "do not look like" },
  { "too slow",
    { .element = "x264enc",
      AS_HARDWARE,
      .before = "identity sleep-time=30000 ! ",
      .settings = X264 "tune=zerolatency key-int-max=1000 option-string=scenecut=0 " },
    AC_CANDIDATE_FAILED,
    "too slow" },
  { "crash",
    { .element = "x264enc", AS_HARDWARE, .before = "accrasher ! ", .settings = X264 },
    AC_CANDIDATE_FAILED,
    "it crashed (Segmentation fault)" },
};

static void
test_row (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const AcEncoder encoders[] = { table[i].encoder, { 0 } };
  const AcProbeSetup setup = { .encoders = encoders, .prepare = prepare };
  g_autoptr (GArray) candidates = ac_probe_encoders (&setup);
  const AcCandidate *candidate = &g_array_index (candidates, AcCandidate, 0);

  g_test_message ("%s", candidate->test.reason);
  g_assert_cmpuint (candidates->len, ==, 1);
  g_assert_cmpint (candidate->state, ==, table[i].state);
  if (strstr (candidate->test.reason, table[i].reason) == NULL)
    g_error ("%s", candidate->test.reason);
  if (table[i].state == AC_CANDIDATE_GOOD)
    g_assert_cmpuint (candidate->test.speed_percent, >=,
                      AC_SELF_TEST_MIN_SPEED_PERCENT);
  if (table[i].state == AC_CANDIDATE_FAILED)
    g_assert_cmpuint (strlen (candidate->test.reason), >, 0);
}

/* A whole table: the first of the hardware that is good is taken, software is not tried
 * when it is not asked for, and the fallback is there whatever fails. */
static void
test_choice (void)
{
  AcEncoder good = table[0].encoder, slow = table[8].encoder, software = good;
  const AcEncoder encoders[] = { slow, good, software, { 0 } };
  AcEncoder all_bad[] = { slow, software, { 0 } };
  AcProbeSetup setup = { .encoders = encoders, .prepare = prepare };
  g_autoptr (GArray) first = NULL, second = NULL;

  ((AcEncoder *)encoders)[2].hardware = FALSE;
  all_bad[1].hardware = FALSE;
  first = ac_probe_encoders (&setup);
  g_assert_true (ac_probe_choose (first) == &encoders[1]);
  g_assert_cmpint (g_array_index (first, AcCandidate, 2).state, ==,
                   AC_CANDIDATE_UNTESTED);
  setup.encoders = all_bad;
  setup.software = TRUE;
  second = ac_probe_encoders (&setup);
  g_assert_cmpint (g_array_index (second, AcCandidate, 1).state, ==, AC_CANDIDATE_GOOD);
  g_assert_cmpstr (ac_probe_choose (second)->element, ==, "x264enc");
}

/* One that takes for ever is given up. */
static void
test_time_out (void)
{
  const AcEncoder encoders[] = {
    { .element = "x264enc", AS_HARDWARE, .before = "acsleeper ! ", .settings = X264 },
    { 0 },
  };
  const AcProbeSetup setup = { .encoders = encoders,
                               .prepare = prepare,
                               .timeout_ms = 1000 };
  g_autoptr (GArray) candidates = ac_probe_encoders (&setup);

  g_assert_cmpstr (g_array_index (candidates, AcCandidate, 0).test.reason, ==,
                   "it did not answer within 1 s");
}

/* Those of the real table that are here. */
static void
test_real_table (void)
{
  const AcProbeSetup setup = { .software = TRUE };
  g_autoptr (GArray) candidates = ac_probe_encoders (&setup);
  guint n_good = 0;

  for (guint i = 0; i < candidates->len; i++) {
    const AcCandidate *candidate = &g_array_index (candidates, AcCandidate, i);

    g_test_message ("%s: %d %s", candidate->encoder->element, candidate->state,
                    candidate->test.reason);
    n_good += candidate->state == AC_CANDIDATE_GOOD;
    if (!candidate->encoder->hardware)
      g_assert_cmpstr (candidate->test.reason, ==, "");
  }
  g_assert_cmpuint (n_good, >=, 2); /* x264enc and openh264enc */
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autofree gchar *path = g_strconcat ("/probe/", table[i].what, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_row);
  }
  g_test_add_func ("/probe/choice", test_choice);
  g_test_add_func ("/probe/time-out", test_time_out);
  g_test_add_func ("/probe/real-table", test_real_table);
  return g_test_run ();
}
