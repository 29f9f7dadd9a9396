#include "health_text.h"

#include "json_text.h"

#include <string.h>

/* How a field is called in the metrics: names say the unit, and units are base units
 * (Prometheus, "Metric and label naming"). */
typedef struct {
  const gchar *field, *metric;
  gdouble scale;
} MetricName;

static const MetricName lesson_metrics[] = {
  { "source_alive", "source_alive", 1 },
  { "width", "source_width_pixels", 1 },
  { "height", "source_height_pixels", 1 },
  { "frames_per_1000s", "source_frames_per_second", 0.001 },
  { "frames_arrived_per_1000s", "source_arrived_frames_per_second", 0.001 },
  { "source_bps", "source_bits_per_second", 1 },
  { "keyframe_interval_ms", "source_keyframe_interval_seconds", 0.001 },
  { "gop_frames", "source_gop_frames", 1 },
  { "audio_rms_dbfs", "source_audio_rms_dbfs", 1 },
  { "audio_peak_dbfs", "source_audio_peak_dbfs", 1 },
  { "audio_silent_ms", "source_audio_silent_seconds", 0.001 },
  { "timestamp_jumps", "source_timestamp_jumps_total", 1 },
  { "packets_late", "source_packets_late_total", 1 },
  { "drift_ppm", "source_clock_drift_ratio", 0.000001 },
  { "on_slate", "on_slate", 1 },
  { "frames_dropped", "frames_dropped_total", 1 },
  { "frames_held", "frames_held_total", 1 },
  { "clock_steps", "clock_steps_total", 1 },
  { "encoder_lag_ms", "encoder_lag_seconds", 0.001 },
  { "encoder_speed_percent", "encoder_speed_ratio", 0.01 },
  { "renditions_alive", "renditions_alive", 1 },
  { "renditions_shed", "renditions_shed", 1 },
  { "sheds", "sheds_total", 1 },
  { "source_waiting_bytes", "source_waiting_bytes", 1 },
  { "pictures_waiting", "pictures_waiting", 1 },
  { "sound_waiting_ms", "sound_waiting_seconds", 0.001 },
  { "frames_waiting", "frames_waiting", 1 },
  { "slots_waiting", "slots_waiting", 1 },
  { "unsent_bytes", "unsent_bytes", 1 },
  { NULL },
};

static const MetricName rendition_metrics[] = {
  { "alive", "rendition_alive", 1 },
  { "bits_per_second", "rendition_bits_per_second", 1 },
  { "cpu_millicores", "rendition_encoder_cores", 0.001 },
  { "speed_percent", "rendition_encoder_speed_ratio", 0.01 },
  { "encode_p50_us", "rendition_encode_p50_seconds", 0.000001 },
  { "encode_p95_us", "rendition_encode_p95_seconds", 0.000001 },
  { NULL },
};

static const MetricName link_metrics[] = {
  { "rtt_ms", "link_round_trip_seconds", 0.001 },
  { "latency_ms", "link_latency_seconds", 0.001 },
  { "packets", "link_packets_total", 1 },
  { "packets_lost", "link_packets_lost_total", 1 },
  { "packets_again", "link_packets_sent_again_total", 1 },
  { "packets_dropped", "link_packets_dropped_total", 1 },
  { NULL },
};

static const AcField *
find_field (const AcField *fields, const gchar *name)
{
  for (; fields->name != NULL; fields++)
    if (strcmp (fields->name, name) == 0)
      return fields;
  return NULL;
}

static void
append_number (GString *out, gdouble value)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (out, g_ascii_formatd (text, sizeof text, "%.10g", value));
}

/* --- JSON ------------------------------------------------------------------------- */

static void
set_members (JsonObject *object, const AcField *fields, gconstpointer values)
{
  for (; fields->name != NULL; fields++) {
    gdouble number = ac_field_number (fields, values);

    if (fields->kind == AC_FIELD_TEXT)
      json_object_set_string_member (object, fields->name,
                                     ac_field_text (fields, values));
    else if (fields->kind == AC_FIELD_SWITCH)
      json_object_set_boolean_member (object, fields->name, number != 0);
    else if (fields->kind == AC_FIELD_REAL)
      json_object_set_double_member (object, fields->name, number);
    else
      json_object_set_int_member (object, fields->name, (gint64)number);
  }
}

static JsonObject *
sample_json (const AcHealthSample *sample)
{
  JsonObject *object = json_object_new ();
  JsonArray *renditions = json_array_new ();
  /* A worker's words, cut where they were too long. */
  g_autofree gchar *fault = g_utf8_make_valid (sample->source_fault, -1);

  json_object_set_int_member (object, "at_ms", sample->at_ms);
  json_object_set_string_member (object, "way_in", sample->way_in);
  json_object_set_boolean_member (object, "backup", sample->backup);
  json_object_set_string_member (object, "source_fault", fault);
  json_object_set_int_member (object, "worker_restarts", sample->worker_restarts);
  set_members (object, ac_health_fields, &sample->worker);
  for (guint i = 0; i < sample->worker.n_renditions; i++) {
    JsonObject *rendition = json_object_new ();

    set_members (rendition, ac_rendition_health_fields, &sample->worker.renditions[i]);
    json_array_add_object_element (renditions, rendition);
  }
  json_object_set_array_member (object, "renditions", renditions);
  if (sample->has_link) {
    JsonObject *link = json_object_new ();

    set_members (link, ac_feed_link_fields, &sample->link);
    json_object_set_object_member (object, "link", link);
  } else {
    json_object_set_null_member (object, "link");
  }
  return object;
}

static GBytes *
take_text (gchar *text)
{
  return g_bytes_new_take (text, strlen (text));
}

GBytes *
ac_health_text_message (const AcHealthSample *sample)
{
  g_autoptr (JsonObject) object = sample_json (sample);

  json_object_set_string_member (object, "type", "health");
  return take_text (ac_json_object_to_text (object));
}

/* Written as text: an hour has a hundred thousand numbers. */
static void
append_series (GString *out, AcHealthHistory *history, guint first,
               const AcField *fields, gsize offset)
{
  guint length = ac_health_history_length (history);

  for (; fields->name != NULL; fields++) {
    if (fields->kind == AC_FIELD_TEXT)
      continue;
    g_string_append_printf (out, "%s\"%s\":[", out->str[out->len - 1] == '{' ? "" : ",",
                            fields->name);
    for (guint i = first; i < length; i++) {
      const guint8 *values = (const guint8 *)ac_health_history_get (history, i);

      if (i > first)
        g_string_append_c (out, ',');
      append_number (out, ac_field_number (fields, values + offset));
    }
    g_string_append_c (out, ']');
  }
}

static void
append_times (GString *out, AcHealthHistory *history, guint first)
{
  for (guint i = first; i < ac_health_history_length (history); i++)
    g_string_append_printf (out, "%s%" G_GINT64_FORMAT, i > first ? "," : "",
                            ac_health_history_get (history, i)->at_ms);
}

GBytes *
ac_health_text_history (gint64 lesson, AcHealthHistory *history, gint64 since_ms)
{
  GString *out = g_string_new (NULL);
  guint length = history != NULL ? ac_health_history_length (history) : 0;
  guint first;

  g_string_append_printf (out, "{\"lesson\":%" G_GINT64_FORMAT ",\"last\":", lesson);
  if (length == 0) {
    g_string_append (out, "null,\"at_ms\":[],\"series\":{}}");
    return g_string_free_to_bytes (out);
  }
  first = ac_health_history_find (history, since_ms);
  {
    g_autoptr (JsonObject) last =
        sample_json (ac_health_history_get (history, length - 1));
    g_autofree gchar *text = ac_json_object_to_text (last);

    g_string_append_printf (out, "%s,\"at_ms\":[", text);
  }
  append_times (out, history, first);
  g_string_append (out, "],\"series\":{");
  append_series (out, history, first, ac_health_fields,
                 G_STRUCT_OFFSET (AcHealthSample, worker));
  append_series (out, history, first, ac_feed_link_fields,
                 G_STRUCT_OFFSET (AcHealthSample, link));
  g_string_append (out, "}}");
  return g_string_free_to_bytes (out);
}

/* --- Prometheus ------------------------------------------------------------------- */

void
ac_health_text_family (GString *out, const gchar *name, const gchar *type,
                       const gchar *help)
{
  g_string_append_printf (out, "# HELP airclass_%s %s\n# TYPE airclass_%s %s\n", name,
                          help, name, type);
}

/* A label's value: a worker that was taken over may name its codec as it likes. */
static void
append_label (GString *out, const gchar *name, const gchar *value)
{
  g_string_append_printf (out, ",%s=\"", name);
  for (; *value != '\0'; value++) {
    if (*value == '\n')
      g_string_append (out, "\\n");
    else if (*value == '"' || *value == '\\')
      g_string_append_printf (out, "\\%c", *value);
    else
      g_string_append_c (out, *value);
  }
  g_string_append_c (out, '"');
}

static void
append_sample (GString *out, const MetricName *metric, gint64 lesson,
               const gchar *rendition, gdouble value)
{
  g_string_append_printf (out, "airclass_%s{lesson=\"%" G_GINT64_FORMAT "\"",
                          metric->metric, lesson);
  if (rendition != NULL)
    append_label (out, "rendition", rendition);
  g_string_append (out, "} ");
  append_number (out, value * metric->scale);
  g_string_append_c (out, '\n');
}

static void
append_family (GString *out, const MetricName *metric, const AcField *field)
{
  ac_health_text_family (out, metric->metric, field->total ? "counter" : "gauge",
                         field->help);
}

static void
append_lessons (GString *out, GArray *lessons)
{
  for (const MetricName *metric = lesson_metrics; metric->field != NULL; metric++) {
    const AcField *field = find_field (ac_health_fields, metric->field);

    append_family (out, metric, field);
    for (guint i = 0; i < lessons->len; i++) {
      const AcLessonHealth *it = &g_array_index (lessons, AcLessonHealth, i);

      append_sample (out, metric, it->lesson, NULL,
                     ac_field_number (field, &it->sample->worker));
    }
  }
}

static void
append_renditions (GString *out, GArray *lessons)
{
  for (const MetricName *metric = rendition_metrics; metric->field != NULL; metric++) {
    const AcField *field = find_field (ac_rendition_health_fields, metric->field);

    append_family (out, metric, field);
    for (guint i = 0; i < lessons->len; i++) {
      const AcLessonHealth *it = &g_array_index (lessons, AcLessonHealth, i);
      const AcWireHealth *health = &it->sample->worker;

      for (guint k = 0; k < health->n_renditions; k++)
        append_sample (out, metric, it->lesson, health->renditions[k].name,
                       ac_field_number (field, &health->renditions[k]));
    }
  }
}

static void
append_links (GString *out, GArray *lessons)
{
  for (const MetricName *metric = link_metrics; metric->field != NULL; metric++) {
    const AcField *field = find_field (ac_feed_link_fields, metric->field);

    append_family (out, metric, field);
    for (guint i = 0; i < lessons->len; i++) {
      const AcLessonHealth *it = &g_array_index (lessons, AcLessonHealth, i);

      if (it->sample->has_link)
        append_sample (out, metric, it->lesson, NULL,
                       ac_field_number (field, &it->sample->link));
    }
  }
}

static void
append_info (GString *out, GArray *lessons)
{
  ac_health_text_family (out, "source_info", "gauge",
                         "How the source comes and what it is; always 1.");
  for (guint i = 0; i < lessons->len; i++) {
    const AcLessonHealth *it = &g_array_index (lessons, AcLessonHealth, i);

    g_string_append_printf (out, "airclass_source_info{lesson=\"%" G_GINT64_FORMAT "\"",
                            it->lesson);
    append_label (out, "way_in", it->sample->way_in);
    append_label (out, "video_codec", it->sample->worker.video_codec);
    append_label (out, "audio_codec", it->sample->worker.audio_codec);
    append_label (out, "encoder", it->sample->worker.encoder);
    g_string_append (out, "} 1\n");
  }
}

void
ac_health_text_metrics (GString *out, GArray *lessons)
{
  append_lessons (out, lessons);
  append_renditions (out, lessons);
  append_links (out, lessons);
  append_info (out, lessons);
}
