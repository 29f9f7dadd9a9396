/* handouts.c - files that the staff hand out in a lesson, in and out.
 *
 * What comes in is looked at by its content and kept under a name that the server
 * makes; what goes out is an attachment of a type that was on the list. */
#include "api_private.h"

#include "clock.h"
#include "conversation_error.h"
#include "handout.h"
#include "log.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- Who is there --- */

void
ac_api_presence_get (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) presence =
      ac_classroom_presence (call->api->parts.classroom, call->id, &error);

  if (presence != NULL)
    ac_api_respond_json (call->exchange, presence, NULL);
  else
    ac_api_refuse (call->exchange, error);
}

/* --- In --- */

typedef struct {
  AcApi *api; /* referenced */
  AcHttpExchange *exchange;
  GBytes *content;
  gchar *path, *title;
  gboolean kept; /* a hand-out refers to the file */
  AcHandoutFile file;
  AcLessonEvent *event;
  AcOnce once;
  gint64 handout; /* the number of its event */
} Upload;

static void
upload_free (gpointer data)
{
  Upload *upload = data;

  if (!upload->kept)
    g_unlink (upload->path);
  g_clear_pointer (&upload->event, ac_lesson_event_unref);
  ac_http_exchange_unref (upload->exchange);
  ac_api_unref (upload->api);
  g_bytes_unref (upload->content);
  g_free ((gchar *)upload->file.file);
  ac_once_clear (&upload->once);
  g_free (upload->path);
  g_free (upload->title);
  g_free (upload);
}

static void
refuse_upload (AcHttpExchange *exchange, const GError *error)
{
  AcProblem problem = error->code == AC_CONVERSATION_ERROR_INVALID
                          ? AC_PROBLEM_INVALID_FIELD
                          : AC_PROBLEM_WRONG_STATE;

  if (error->domain != AC_CONVERSATION_ERROR) {
    ac_api_refuse (exchange, error);
    return;
  }
  ac_problem_respond (exchange, problem,
                      &(AcProblemExtra){ .field = ac_conversation_error_field (error),
                                         .detail = error->message });
}

static gboolean
add_handout (AcStore *store, gpointer data, GError **error)
{
  Upload *upload = data;

  if (!ac_once_find (store, &upload->once, &upload->handout, error))
    return FALSE;
  if (upload->handout != 0)
    return TRUE;
  if (!ac_handout_add_file (store, &upload->file, &upload->event, error))
    return FALSE;
  upload->handout = upload->event->seq;
  return ac_once_keep (store, &upload->once, upload->handout, upload->file.wall_ms,
                       error);
}

static void
handout_added (gpointer data, const GError *error, gpointer user_data)
{
  Upload *upload = data;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL) {
    refuse_upload (upload->exchange, error);
    return;
  }
  upload->kept = upload->event != NULL; /* it was not handed out before */
  if (upload->api->closed)
    return;
  if (upload->event != NULL)
    ac_classroom_tell_event (upload->api->parts.classroom, upload->event);
  body = json_object_new ();
  json_object_set_int_member (body, "handout", upload->handout);
  json_object_set_string_member (body, "media_type", upload->file.media_type);
  ac_api_respond_json (upload->exchange, body, NULL);
}

/* A disk may take its time, and so may 20 MiB that are digested: not on the main loop.
 */
static void
write_file (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Upload *upload = data;
  GError *error = NULL;
  gsize length;
  const gchar *content = g_bytes_get_data (upload->content, &length);

  if (upload->once.key != NULL)
    upload->once.digest =
        ac_api_digest_request (ac_http_exchange_request (upload->exchange));
  if (g_file_set_contents_full (
          upload->path, content, (gssize)length,
          G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
file_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Upload *upload = data;
  g_autoptr (GError) error = NULL;

  if (upload->api->closed) { /* and so may the store be */
    upload_free (upload);
    return;
  }
  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    ac_log (G_LOG_LEVEL_WARNING, upload->file.lesson, "cannot keep a hand-out: %s",
            error->message);
    ac_problem_respond (upload->exchange, AC_PROBLEM_INTERNAL, NULL);
    upload_free (upload);
    return;
  }
  ac_store_write (upload->api->parts.store, add_handout, upload, upload_free,
                  handout_added, NULL);
}

static gint64
live_edge_ms (AcApiCall *call)
{
  g_autoptr (AcLesson) lesson =
      ac_classroom_get_lesson (call->api->parts.classroom, call->id);

  return lesson != NULL ? lesson->length_ms : 0;
}

static Upload *
upload_new (AcApiCall *call, const gchar *title, const gchar *media_type,
            const gchar *key)
{
  Upload *upload = g_new0 (Upload, 1);
  g_autofree gchar *uuid = g_uuid_string_random ();

  upload->api = ac_api_ref (call->api);
  upload->exchange = ac_http_exchange_ref (call->exchange);
  upload->content = g_bytes_ref (call->request->body);
  upload->title = g_strdup (title);
  upload->once = (AcOnce){ .member = call->session->member, .key = g_strdup (key) };
  upload->file = (AcHandoutFile){ .lesson = call->id,
                                  .actor = call->session->member,
                                  .title = upload->title,
                                  .file = g_steal_pointer (&uuid),
                                  .media_type = media_type,
                                  .bytes = (gint64)g_bytes_get_size (upload->content),
                                  .wall_ms = ac_clock_wall_ms (),
                                  .media_ms = live_edge_ms (call) };
  upload->path = g_build_filename (call->api->parts.handouts, upload->file.file, NULL);
  return upload;
}

static void
refuse_field (AcApiCall *call, const gchar *field, const gchar *detail)
{
  ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_FIELD,
                      &(AcProblemExtra){ .field = field, .detail = detail });
}

void
ac_api_handout_add (AcApiCall *call)
{
  g_autoptr (GHashTable) fields =
      g_uri_parse_params (call->request->query != NULL ? call->request->query : "", -1,
                          "&", G_URI_PARAMS_NONE, NULL);
  const gchar *title = fields != NULL ? g_hash_table_lookup (fields, "title") : NULL;
  const gchar *key = fields != NULL ? g_hash_table_lookup (fields, "key") : NULL;
  const gchar *media_type = ac_handout_sniff (call->request->body);
  g_autoptr (GTask) task = NULL;
  Upload *upload;

  if (title == NULL || !g_utf8_validate (title, -1, NULL)) {
    refuse_field (call, "title", "say in the query what the file is called");
    return;
  }
  if (media_type == NULL) {
    refuse_field (call, "body",
                  "a hand-out is a PDF, a picture (PNG, JPEG, GIF, WebP) or an "
                  "office file (docx, xlsx, pptx) without macros");
    return;
  }
  if (key != NULL && !ac_api_check_key (call, key))
    return;
  if (g_mkdir_with_parents (call->api->parts.handouts, 0700) != 0) {
    ac_problem_respond (call->exchange, AC_PROBLEM_INTERNAL, NULL);
    return;
  }
  upload = upload_new (call, title, media_type, key);
  task = g_task_new (NULL, NULL, file_written, upload);
  g_task_set_task_data (task, upload, NULL);
  g_task_run_in_thread (task, write_file);
}

/* --- Out --- */

/* RFC 6266, with the name by RFC 8187: it is Chinese more often than not. */
static gchar *
disposition_of (const AcHandout *handout)
{
  g_autofree gchar *name = g_uri_escape_string (handout->name, NULL, FALSE);

  return g_strconcat ("attachment; filename=\"handout",
                      ac_handout_extension (handout->media_type),
                      "\"; filename*=UTF-8''", name, NULL);
}

/* The type is one of ours: the list's own text outlives the answer. */
static const gchar *
static_type (const gchar *media_type)
{
  return g_intern_string (media_type);
}

void
ac_api_handout_get (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcHandout) handout =
      ac_handout_get (call->api->parts.store, call->id, call->sub, &error);
  g_autofree gchar *path = NULL;
  g_autoptr (GMappedFile) file = NULL;

  if (error != NULL) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  if (handout != NULL) {
    path = g_build_filename (call->api->parts.handouts, handout->file, NULL);
    file = g_mapped_file_new (path, FALSE, &error);
  }
  if (file == NULL) {
    if (error != NULL)
      ac_log (G_LOG_LEVEL_WARNING, call->id, "a hand-out is gone: %s", error->message);
    ac_problem_respond (call->exchange, AC_PROBLEM_NAMED_NOT_FOUND, NULL);
    return;
  }
  ac_http_exchange_respond (call->exchange,
                            &(AcHttpResponse){
                                .status = 200,
                                .content_type = static_type (handout->media_type),
                                .disposition = disposition_of (handout),
                                .body = g_mapped_file_get_bytes (file),
                            });
}
