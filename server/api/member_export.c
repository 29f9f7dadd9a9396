/* member_export.c - the roster of a branch as a file; whoever takes it says why. */
#include "api_private.h"

#include "clock.h"
#include "csv.h"
#include "identity.h"
#include "log.h"
#include "roster.h"
#include "workbook.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  AcHttpExchange *exchange;
  AcIdentityKeys *keys; /* (nullable): without the identity numbers */
  AcSheet *sheet;
  gint64 branch, actor, wall_ms;
  gchar *reason;
  gboolean workbook;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  ac_http_exchange_unref (export->exchange);
  g_clear_pointer (&export->keys, ac_identity_keys_unref);
  g_clear_pointer (&export->sheet, ac_sheet_free);
  g_free (export->reason);
  g_free (export);
}

/* --- The table --- */

/* A job, though it only reads: so that no table leaves without a note. */
static gboolean
read_members (AcStore *store, gpointer data, GError **error)
{
  Export *export = data;

  export->sheet = ac_roster_export (store, export->branch, export->keys, error);
  return export->sheet != NULL &&
         ac_roster_note_export (store, export->sheet, export->keys != NULL,
                                &(AcAuditEntry){ .actor = export->actor,
                                                 .branch = export->branch,
                                                 .reason = export->reason },
                                export->wall_ms, error);
}

/* --- The file, not on the main loop --- */

static GBytes *
write_workbook (const AcSheet *sheet, GError **error)
{
  g_autofree gchar *dir = g_dir_make_tmp ("airclass-XXXXXX", error);
  g_autofree gchar *path = NULL;
  gchar *content = NULL;
  gsize length = 0;

  if (dir == NULL)
    return NULL;
  path = g_build_filename (dir, "members.xlsx", NULL);
  if (ac_workbook_write (sheet, path, error))
    g_file_get_contents (path, &content, &length, error);
  g_unlink (path);
  g_rmdir (dir);
  return content != NULL ? g_bytes_new_take (content, length) : NULL;
}

static void
write_file (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Export *export = data;
  GError *error = NULL;
  GBytes *file = export->workbook ? write_workbook (export->sheet, &error)
                                  : ac_csv_write (export->sheet);

  if (file != NULL)
    g_task_return_pointer (task, file, (GDestroyNotify)g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
file_written (GObject *source, GAsyncResult *result, gpointer unused)
{
  const Export *export = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  GBytes *file = g_task_propagate_pointer (G_TASK (result), &error);

  if (file == NULL) {
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot write a roster: %s", error->message);
    ac_problem_respond (export->exchange, AC_PROBLEM_INTERNAL, NULL);
    return;
  }
  ac_http_exchange_respond (
      export->exchange,
      &(AcHttpResponse){
          .status = 200,
          .content_type = export->workbook
                              ? "application/vnd.openxmlformats-officedocument."
                                "spreadsheetml.sheet"
                              : "text/csv; charset=utf-8",
          .disposition = g_strdup_printf ("attachment; filename=\"members.%s\"",
                                          export->workbook ? "xlsx" : "csv"),
          .body = file });
}

static void
members_read (gpointer data, const GError *error, gpointer unused)
{
  Export *export = data;
  g_autoptr (GTask) task = NULL;

  if (error != NULL) {
    ac_api_refuse (export->exchange, error);
    export_free (export);
    return;
  }
  task = g_task_new (NULL, NULL, file_written, NULL);
  g_task_set_task_data (task, export, export_free);
  g_task_run_in_thread (task, write_file);
}

/* --- The route --- */

/* Returns: FALSE when it was answered with a problem. */
static gboolean
read_export (AcApiCall *call, JsonObject *body, Export *export)
{
  const gchar *format = ac_api_text (body, "format");
  g_autoptr (GError) error = NULL;
  gboolean identity = FALSE;

  if (ac_api_read_field (call, body, "reason") == NULL ||
      !ac_api_check_reason (call, ac_api_text (body, "reason")) ||
      !ac_api_read_body_int (call, body, "branch", 1, 0, &export->branch))
    return FALSE;
  export->workbook = g_strcmp0 (format, "csv") != 0;
  if (export->workbook && g_strcmp0 (format, "xlsx") != 0)
    return ac_api_refuse_field (call, "format", "format is csv or xlsx");
  if (json_object_has_member (body, "identity") &&
      !ac_json_object_read_boolean (body, "identity", &identity, NULL))
    return ac_api_refuse_field (call, "identity", "identity must be true or false");
  export->reason = g_strdup (ac_api_text (body, "reason"));
  if (!identity)
    return TRUE;
  export->keys = ac_identities_keys (call->api->parts.identities, &error);
  if (export->keys == NULL)
    ac_api_refuse (call->exchange, error);
  return export->keys != NULL;
}

void
ac_api_member_export (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  Export *export;

  if (body == NULL)
    return;
  export = g_new0 (Export, 1);
  export->exchange = ac_http_exchange_ref (call->exchange);
  export->actor = call->session->member;
  export->wall_ms = ac_clock_wall_ms ();
  if (read_export (call, body, export))
    ac_store_write (call->api->parts.store, read_members, export, NULL, members_read,
                    NULL);
  else
    export_free (export);
}
