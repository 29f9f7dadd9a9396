/* rosters.c - members in and out as tables. */
#include "command.h"

#include "audit.h"
#include "branch.h"
#include "clock.h"
#include "identity.h"
#include "roster.h"
#include "roster_json.h"
#include "sheet_json.h"

typedef struct {
  AcSheet *sheet;
  AcIdentityKeys *keys; /* (nullable) */
  AcRosterReport *report;
} Import;

static void
free_import (gpointer data)
{
  Import *import = data;

  ac_sheet_free (import->sheet);
  g_clear_pointer (&import->keys, ac_identity_keys_unref);
  g_clear_pointer (&import->report, ac_roster_report_free);
  g_free (import);
}

static gboolean
import_members (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;
  Import *import = call->data;
  gint64 now_ms = ac_clock_wall_ms ();

  import->report = ac_roster_import (
      store, import->sheet, import->keys, 0, 0,
      json_object_get_string_member_with_default (call->args, "apply", NULL), now_ms,
      error);
  return import->report != NULL &&
         ac_roster_note_import (store, import->report, 0, 0, now_ms, error);
}

static void
tell_import (gpointer data)
{
  AcControlCall *call = data;
  const Import *import = call->data;

  JsonObject *object = ac_roster_report_to_json (import->report);
  JsonArray *rows = json_array_sized_new (import->report->rows->len);

  for (guint i = 0; i < import->report->rows->len; i++)
    json_array_add_object_element (
        rows, ac_roster_row_to_json (import->report->rows->pdata[i]));
  json_object_set_array_member (object, "rows", rows);
  ac_control_call_answer_object (call, object);
}

static void
refuse (AcControlCall *call, const gchar *message)
{
  ac_control_call_fail (call,
                        &(AcControlFailure){ AC_CONTROL_INVALID, "rows", message });
}

void
ac_control_members_import (AcControlCall *call)
{
  JsonNode *rows = json_object_get_member (call->args, "rows");
  g_autoptr (GError) error = NULL;
  AcSheet *sheet;
  const gchar *digest;
  Import *import;

  if (!ac_control_read_optional (call, "apply", &digest))
    return;
  if (rows == NULL || !JSON_NODE_HOLDS_ARRAY (rows)) {
    refuse (call, "rows must be a list of rows");
    return;
  }
  sheet = ac_sheet_from_json (json_node_get_array (rows), &error);
  if (sheet == NULL) {
    refuse (call, error->message);
    return;
  }
  import = g_new0 (Import, 1);
  import->sheet = sheet;
  import->keys = ac_identities_keys (call->control->parts.identities, NULL);
  call->data = import;
  call->free_data = free_import;
  ac_control_call_write (call, import_members, tell_import);
}

typedef struct {
  AcIdentityKeys *keys; /* NULL: without the identity numbers */
  AcSheet *sheet;
} Export;

static void
free_export (gpointer data)
{
  Export *export = data;

  g_clear_pointer (&export->keys, ac_identity_keys_unref);
  g_clear_pointer (&export->sheet, ac_sheet_free);
  g_free (export);
}

static const gchar *
reason_of (AcControlCall *call)
{
  return json_object_get_string_member_with_default (call->args, "reason", NULL);
}

/* A job, though it only reads: so that no table leaves without a note. */
static gboolean
export_members (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;
  Export *export = call->data;
  g_autoptr (AcBranch) branch = NULL;

  if (call->id != 0 &&
      (branch = ac_branch_require (store, call->id, "branch", error)) == NULL)
    return FALSE;
  export->sheet = ac_roster_export (store, call->id, export->keys, error);
  return export->sheet != NULL &&
         ac_roster_note_export (
             store, export->sheet, export->keys != NULL,
             &(AcAuditEntry){ .branch = call->id, .reason = reason_of (call) },
             ac_clock_wall_ms (), error);
}

static void
tell_export (gpointer data)
{
  AcControlCall *call = data;
  const Export *export = call->data;
  JsonObject *object = json_object_new ();

  json_object_set_array_member (object, "rows", ac_sheet_to_json (export->sheet));
  ac_control_call_answer_object (call, object);
}

/* Whole identity numbers leave with a reason only. FALSE: the call has failed and is
 * gone. */
static gboolean
read_export (AcControlCall *call, Export *export)
{
  g_autoptr (GError) error = NULL;
  gboolean with_identity;
  const gchar *reason;

  if (!ac_control_read_number (call, "branch", G_MAXINT64, 0, &call->id) ||
      !ac_control_read_switch (call, "identity", &with_identity) ||
      !ac_control_read_optional (call, "reason", &reason))
    return FALSE;
  if ((reason != NULL || with_identity) && !ac_audit_reason_is_fit (reason))
    return ac_control_refuse (call, "reason",
                              "reason must say what they are for, in 1 to 200 "
                              "characters on one line");
  if (!with_identity)
    return TRUE;
  export->keys = ac_identities_keys (call->control->parts.identities, &error);
  if (export->keys != NULL)
    return TRUE;
  ac_control_call_fail_error (call, error);
  return FALSE;
}

void
ac_control_members_export (AcControlCall *call)
{
  Export *export = g_new0 (Export, 1);

  call->data = export;
  call->free_data = free_export;
  if (read_export (call, export))
    ac_control_call_write (call, export_members, tell_export);
}
