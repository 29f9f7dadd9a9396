/* The history of a lesson's health, and health in words. */
#include "health_text.h"

#include "json_text.h"

static AcHealthSample
sample_at (gint64 at_ms)
{
  return (AcHealthSample){
    .at_ms = at_ms,
    .worker = { .source_alive = TRUE,
                .source_bps = (guint32)at_ms,
                .video_codec = "h264",
                .encoder = "x264\"\n\\enc",
                .audio_rms_dbfs = -23.5,
                .frames_dropped = 7,
                .encoder_lag_ms = 80,
                .sound_waiting_ms = 320,
                .unsent_bytes = 1000,
                .renditions = { { "v720", FALSE, 0, 240, 130 },
                                { "v360", TRUE, 351000, 70, 900 } },
                .n_renditions = 2 },
    .way_in = "srt",
    .source_fault = "it sends \xe8\xaf", /* cut */
    .has_link = TRUE,
    .link = { .rtt_ms = 42, .packets_lost = 3 },
  };
}

static void
test_ring (void)
{
  g_autoptr (AcHealthHistory) history = ac_health_history_new ();

  g_assert_cmpuint (ac_health_history_length (history), ==, 0);
  g_assert_cmpuint (ac_health_history_find (history, 0), ==, 0);
  for (gint64 at = 1; at <= AC_HEALTH_HISTORY_MAX + 100; at++) {
    AcHealthSample sample = sample_at (at * 1000);

    ac_health_history_add (history, &sample);
  }
  g_assert_cmpuint (ac_health_history_length (history), ==, AC_HEALTH_HISTORY_MAX);
  g_assert_cmpint (ac_health_history_get (history, 0)->at_ms, ==, 101000);
  g_assert_cmpint (ac_health_history_get (history, AC_HEALTH_HISTORY_MAX - 1)->at_ms,
                   ==, 3700000);
  g_assert_cmpuint (ac_health_history_find (history, 0), ==, 0);
  g_assert_cmpuint (ac_health_history_find (history, 101000), ==, 1);
  g_assert_cmpuint (ac_health_history_find (history, 3699999), ==,
                    AC_HEALTH_HISTORY_MAX - 1);
  g_assert_cmpuint (ac_health_history_find (history, 3700000), ==,
                    AC_HEALTH_HISTORY_MAX);
}

/* The wall clock is set back by an hour: nothing is out of order. */
static void
test_clock_set_back (void)
{
  g_autoptr (AcHealthHistory) history = ac_health_history_new ();
  AcHealthSample sample = sample_at (5000000);

  ac_health_history_add (history, &sample);
  sample.at_ms = 1400000;
  ac_health_history_add (history, &sample);
  g_assert_cmpint (ac_health_history_get (history, 1)->at_ms, ==, 5000000);
}

static JsonObject *
parse (GBytes *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = ac_json_text_parse_object (text, 8 * 1024 * 1024, &error);

  g_assert_no_error (error);
  return object;
}

static void
test_message (void)
{
  AcHealthSample sample = sample_at (1000);
  g_autoptr (GBytes) text = ac_health_text_message (&sample);
  g_autoptr (JsonObject) object = parse (text);
  JsonArray *renditions = json_object_get_array_member (object, "renditions");
  JsonObject *first = json_array_get_object_element (renditions, 0);

  g_assert_cmpstr (json_object_get_string_member (object, "type"), ==, "health");
  g_assert_cmpstr (json_object_get_string_member (object, "way_in"), ==, "srt");
  g_assert_true (g_str_has_prefix (
      json_object_get_string_member (object, "source_fault"), "it sends "));
  g_assert_cmpstr (json_object_get_string_member (object, "encoder"), ==,
                   "x264\"\n\\enc");
  g_assert_true (json_object_get_boolean_member (object, "source_alive"));
  g_assert_cmpfloat (json_object_get_double_member (object, "audio_rms_dbfs"), ==,
                     -23.5);
  g_assert_cmpint (json_object_get_int_member (object, "encoder_lag_ms"), ==, 80);
  g_assert_cmpint (json_object_get_int_member (object, "unsent_bytes"), ==, 1000);
  g_assert_cmpuint (json_array_get_length (renditions), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (first, "name"), ==, "v720");
  g_assert_false (json_object_get_boolean_member (first, "alive"));
  g_assert_cmpint (json_object_get_int_member (
                       json_object_get_object_member (object, "link"), "rtt_ms"),
                   ==, 42);
}

static void
test_history (void)
{
  g_autoptr (AcHealthHistory) history = ac_health_history_new ();
  g_autoptr (GBytes) text = NULL, none = ac_health_text_history (7, NULL, 0);
  g_autoptr (JsonObject) object = NULL, nothing = parse (none);
  JsonObject *series;
  JsonArray *times, *rates;

  for (gint64 at = 1; at <= 5; at++) {
    AcHealthSample sample = sample_at (at * 1000);

    ac_health_history_add (history, &sample);
  }
  text = ac_health_text_history (7, history, 2000);
  object = parse (text);
  times = json_object_get_array_member (object, "at_ms");
  series = json_object_get_object_member (object, "series");
  rates = json_object_get_array_member (series, "source_bps");
  g_assert_cmpint (json_object_get_int_member (object, "lesson"), ==, 7);
  g_assert_cmpuint (json_array_get_length (times), ==, 3);
  g_assert_cmpuint (json_array_get_length (rates), ==, 3);
  g_assert_cmpint (json_array_get_int_element (times, 0), ==, 3000);
  g_assert_cmpint (json_array_get_int_element (rates, 2), ==, 5000);
  g_assert_true (json_object_has_member (series, "rtt_ms"));
  g_assert_false (json_object_has_member (series, "video_codec"));
  g_assert_true (json_object_get_null_member (nothing, "last"));
}

/* An hour of it is no burden for the main loop. */
static void
test_history_whole (void)
{
  g_autoptr (AcHealthHistory) history = ac_health_history_new ();
  g_autoptr (GBytes) text = NULL;

  for (gint64 at = 1; at <= AC_HEALTH_HISTORY_MAX; at++) {
    AcHealthSample sample = sample_at (1700000000000 + at * 1000);

    ac_health_history_add (history, &sample);
  }
  text = ac_health_text_history (7, history, 0);
  g_assert_cmpuint (g_bytes_get_size (text), <, 1024 * 1024);
}

/* promtool's rules: a family once, HELP and TYPE before its samples, counters end in
 * _total and gauges do not, labels are escaped. */
static void
test_metrics (void)
{
  g_autoptr (GArray) lessons = g_array_new (FALSE, FALSE, sizeof (AcLessonHealth));
  g_autoptr (GHashTable) families = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString) out = g_string_new (NULL);
  AcHealthSample one = sample_at (1000), other = sample_at (2000);
  AcLessonHealth rows[] = { { 5, &one }, { 9, &other } };
  const gchar *family = "";
  g_auto (GStrv) lines = NULL;

  g_array_append_vals (lessons, rows, 2);
  ac_health_text_metrics (out, lessons);
  lines = g_strsplit (out->str, "\n", -1);
  for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
    if (g_str_has_prefix (lines[i], "# HELP ")) {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", 4);
      g_auto (GStrv) type = g_strsplit (lines[i + 1], " ", 4);

      g_assert_true (g_hash_table_add (families, g_strdup (words[2])));
      g_assert_cmpstr (type[1], ==, "TYPE");
      g_assert_cmpstr (type[2], ==, words[2]);
      g_assert_cmpint (g_str_equal (type[3], "counter"), ==,
                       g_str_has_suffix (words[2], "_total"));
      g_assert_true (g_str_has_suffix (words[3], "."));
      family = lines[i] + strlen ("# HELP ");
      continue;
    }
    if (lines[i][0] == '#')
      continue;
    g_assert_true (strncmp (lines[i], family, strcspn (lines[i], "{")) == 0);
  }
  g_assert_nonnull (
      strstr (out->str, "\nairclass_encoder_lag_seconds{lesson=\"5\"} 0.08\n"));
  g_assert_nonnull (
      strstr (out->str, "\nairclass_frames_dropped_total{lesson=\"9\"} 7\n"));
  g_assert_nonnull (
      strstr (out->str, "\nairclass_sound_waiting_seconds{lesson=\"5\"} 0.32\n"));
  g_assert_nonnull (strstr (
      out->str, "\nairclass_rendition_alive{lesson=\"5\",rendition=\"v720\"} 0\n"));
  g_assert_nonnull (strstr (out->str, "encoder=\"x264\\\"\\n\\\\enc\"} 1\n"));
  g_assert_nonnull (
      strstr (out->str, "\nairclass_link_round_trip_seconds{lesson=\"5\"} 0.042\n"));
  {
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init (&iter, families);
    while (g_hash_table_iter_next (&iter, &name, NULL))
      g_free (name);
  }
}

/* No field of the health is forgotten in the metrics, but texts. */
static void
test_metrics_complete (void)
{
  g_autoptr (GArray) lessons = g_array_new (FALSE, FALSE, sizeof (AcLessonHealth));
  g_autoptr (GString) out = g_string_new (NULL);

  ac_health_text_metrics (out, lessons);
  for (const AcField *field = ac_health_fields; field->name != NULL; field++)
    if (field->kind != AC_FIELD_TEXT && strstr (out->str, field->help) == NULL)
      g_error ("%s is not in the metrics", field->name);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/health/ring", test_ring);
  g_test_add_func ("/health/clock-set-back", test_clock_set_back);
  g_test_add_func ("/health/message", test_message);
  g_test_add_func ("/health/history", test_history);
  g_test_add_func ("/health/history-whole", test_history_whole);
  g_test_add_func ("/health/metrics", test_metrics);
  g_test_add_func ("/health/metrics-complete", test_metrics_complete);
  return g_test_run ();
}
