/* recordings.c - what was recorded, for those who look after it. */
#include "api_private.h"

#include "clock.h"
#include "disk_usage.h"

typedef struct {
  AcHttpExchange *exchange;
  JsonArray *lessons; /* whose sizes are to be added */
  JsonObject *body;
  gchar *recordings;
  GArray *bytes; /* guint64, one a lesson */
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  ac_http_exchange_unref (look->exchange);
  json_object_unref (look->body);
  g_array_unref (look->bytes);
  g_free (look->recordings);
  g_free (look);
}

/* The disk may take its time: not on the main loop. */
static void
look_at_disk (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Look *look = data;

  for (guint i = 0; i < json_array_get_length (look->lessons); i++) {
    JsonObject *lesson = json_array_get_object_element (look->lessons, i);
    guint64 bytes = ac_recording_disk_usage (look->recordings,
                                             json_object_get_int_member (lesson, "id"));

    g_array_append_val (look->bytes, bytes);
  }
  g_task_return_boolean (task, TRUE);
}

static void
disk_looked_at (GObject *source, GAsyncResult *result, gpointer unused)
{
  const Look *look = g_task_get_task_data (G_TASK (result));

  for (guint i = 0; i < look->bytes->len; i++)
    json_object_set_int_member (json_array_get_object_element (look->lessons, i),
                                "disk_bytes",
                                (gint64)g_array_index (look->bytes, guint64, i));
  ac_api_respond_json (look->exchange, look->body, NULL);
}

void
ac_api_recording_list (AcApiCall *call)
{
  g_autoptr (GPtrArray) lessons = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;
  g_autofree gchar *text = NULL;
  g_autofree gchar *kind = NULL;
  AcLibraryQuery query;
  gint64 branch, next;
  Look *look;
  guint limit;

  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &branch) ||
      !ac_api_read_library (call, &query, &text, &kind))
    return;
  lessons = ac_classroom_list_recordings (call->api->parts.classroom, branch, &query,
                                          &next, &error);
  if (lessons == NULL) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  limit = query.limit - 1;
  look = g_new0 (Look, 1);
  look->exchange = ac_http_exchange_ref (call->exchange);
  look->recordings = g_strdup (call->api->parts.recordings);
  look->bytes = g_array_new (FALSE, FALSE, sizeof (guint64));
  look->body = json_object_new ();
  look->lessons = json_array_new ();
  json_object_set_array_member (look->body, "recordings", look->lessons);
  for (guint i = 0; i < MIN (lessons->len, limit); i++)
    json_array_add_object_element (
        look->lessons,
        ac_api_lesson_plan_json (call->api, ((AcLesson *)lessons->pdata[i])->id));
  ac_api_set_number (look->body, "next",
                     lessons->len > limit ? ((AcLesson *)lessons->pdata[limit - 1])->id
                                          : next);
  task = g_task_new (NULL, NULL, disk_looked_at, NULL);
  g_task_set_task_data (task, look, look_free);
  g_task_run_in_thread (task, look_at_disk);
}
