/* quality.c - what players tell of how well they do, and what it comes to. */
#include "api_private.h"

#include "clock.h"
#include "quality.h"

/* A day of a lesson that never ends. */
#define MINUTES_MAX 1440

/* Once a minute, and some more when the page is opened anew. */
const AcThrottleRule ac_api_quality_rule = {
  .n_free = 3,
  .forgive_ms = 50 * 1000,
  .wait_ms = 30 * 1000,
  .wait_max_ms = 10 * 60 * 1000,
};

/* --- In --- */

/* Returns: FALSE when it was answered with a problem. */
static gboolean
read_figures (AcApiCall *call, JsonObject *body, AcQualityReport *report)
{
  const struct {
    const gchar *name;
    gint64 *value, max;
  } figures[] = {
    { "start_ms", &report->start_ms, AC_QUALITY_MS_MAX },
    { "latency_ms", &report->latency_ms, AC_QUALITY_MS_MAX },
    { "stalls", &report->stalls, AC_QUALITY_COUNT_MAX },
    { "stall_ms", &report->stall_ms, AC_QUALITY_MS_MAX },
    { "switches", &report->switches, AC_QUALITY_COUNT_MAX },
    { "errors", &report->errors, AC_QUALITY_COUNT_MAX },
    { "played_ms", &report->played_ms, AC_QUALITY_MS_MAX },
  };

  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    if (json_object_has_member (body, figures[i].name) &&
        !ac_json_object_read_int (body, figures[i].name, 0, figures[i].max,
                                  figures[i].value, NULL))
      return ac_api_refuse_field (call, figures[i].name, "it is out of range");
  return TRUE;
}

void
ac_api_quality_add (AcApiCall *call)
{
  static const gchar *const texts[] = { "rendition", "delivery", "device", NULL };
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  AcQualityReport report = { .start_ms = -1, .latency_ms = -1 };
  g_autofree gchar *session = g_strdup_printf ("%" G_GINT64_FORMAT, call->session->id);

  if (body == NULL || !ac_api_check_texts (call, body, texts) ||
      !read_figures (call, body, &report) ||
      !ac_api_count_try (call, call->api->reports, session))
    return;
  report.rendition = ac_api_text (body, "rendition");
  report.delivery = ac_api_text (body, "delivery");
  report.device = ac_api_text (body, "device");
  ac_quality_add (call->api->quality, call->id, &report, ac_clock_wall_ms ());
  ac_http_exchange_respond (call->exchange, &(AcHttpResponse){ .status = 204 });
}

/* --- Out --- */

static JsonObject *
row_json (const AcQualityRow *row)
{
  JsonObject *object = json_object_new ();

  if (row->minute != 0)
    ac_json_object_set_time (object, "at", row->minute * 60000);
  if (row->rendition != NULL)
    json_object_set_string_member (object, "rendition", row->rendition);
  if (row->delivery != NULL)
    json_object_set_string_member (object, "delivery", row->delivery);
  if (row->device != NULL)
    json_object_set_string_member (object, "device", row->device);
  json_object_set_int_member (object, "reports", row->reports);
  json_object_set_int_member (object, "starts", row->starts);
  json_object_set_int_member (object, "start_ms", row->start_ms);
  json_object_set_int_member (object, "start_max_ms", row->start_max_ms);
  json_object_set_int_member (object, "stalls", row->stalls);
  json_object_set_int_member (object, "stall_ms", row->stall_ms);
  json_object_set_int_member (object, "switches", row->switches);
  json_object_set_int_member (object, "errors", row->errors);
  json_object_set_int_member (object, "played_ms", row->played_ms);
  if (row->latency_ms >= 0) {
    json_object_set_int_member (object, "latency_ms", row->latency_ms);
    json_object_set_int_member (object, "latency_p95_ms", row->latency_p95_ms);
  }
  return object;
}

JsonArray *
ac_api_quality_json (AcStore *store, gint64 lesson, AcQualityBy by, gint64 from_minute,
                     guint limit, GError **error)
{
  g_autoptr (GPtrArray) rows =
      ac_quality_list (store, lesson, by, from_minute, limit, error);
  JsonArray *array;

  if (rows == NULL)
    return NULL;
  array = json_array_new ();
  for (guint i = 0; i < rows->len; i++)
    json_array_add_object_element (array, row_json (rows->pdata[i]));
  return array;
}

typedef struct {
  AcHttpExchange *exchange;
  gchar *data_dir;
  gint64 lesson;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  ac_http_exchange_unref (reading->exchange);
  g_free (reading->data_dir);
  g_free (reading);
}

static JsonObject *
read_quality (AcStore *store, gpointer data, GError **error)
{
  static const struct {
    const gchar *name;
    AcQualityBy by;
  } lists[] = {
    { "minutes", AC_QUALITY_BY_MINUTE },
    { "renditions", AC_QUALITY_BY_RENDITION },
    { "deliveries", AC_QUALITY_BY_DELIVERY },
    { "devices", AC_QUALITY_BY_DEVICE },
  };
  const Reading *reading = data;
  g_autoptr (JsonObject) body = json_object_new ();

  json_object_set_int_member (body, "lesson", reading->lesson);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    JsonArray *array = ac_api_quality_json (store, reading->lesson, lists[i].by, 0,
                                            MINUTES_MAX, error);

    if (array == NULL)
      return NULL;
    json_object_set_array_member (body, lists[i].name, array);
  }
  return g_steal_pointer (&body);
}

static void
flushed (gpointer told, const GError *error, gpointer user_data)
{
  Reading *reading = user_data;

  if (error == NULL) {
    ac_api_read_aside (reading->data_dir, reading->exchange, read_quality, reading,
                       reading_free);
    return;
  }
  ac_api_refuse (reading->exchange, error);
  reading_free (reading);
}

/* What was told before is written first. A lesson that all the county watches has tens
 * of thousands of rows. */
void
ac_api_quality_get (AcApiCall *call)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->exchange = ac_http_exchange_ref (call->exchange);
  reading->data_dir = g_strdup (call->api->parts.data_dir);
  reading->lesson = call->id;
  ac_quality_flush (call->api->quality, flushed, reading);
}

void
ac_api_metrics (AcApi *self, GString *out)
{
  ac_quality_metrics (self->quality, out);
}
