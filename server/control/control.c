#include "command.h"

#include "credit_error.h"
#include "data_dir.h"
#include "log.h"
#include "organisation.h"
#include "webhook.h"

#include <string.h>
#include <sysexits.h>

static const struct {
  const gchar *name;
  gint exit;
  guint status;
} codes[] = {
  [AC_CONTROL_USAGE] = { "usage", EX_USAGE, 404 },
  [AC_CONTROL_INVALID] = { "invalid", EX_DATAERR, 422 },
  [AC_CONTROL_NOT_FOUND] = { "not-found", EX_NOINPUT, 404 },
  [AC_CONTROL_EXISTS] = { "exists", EX_DATAERR, 409 },
  [AC_CONTROL_STATE] = { "wrong-state", EX_DATAERR, 409 },
  [AC_CONTROL_BUSY] = { "busy", EX_TEMPFAIL, 503 },
  [AC_CONTROL_UNAVAILABLE] = { "unavailable", EX_UNAVAILABLE, 503 },
  [AC_CONTROL_DENIED] = { "denied", EX_NOPERM, 403 },
  [AC_CONTROL_CANNOT_CREATE] = { "cannot-create", EX_CANTCREAT, 500 },
  [AC_CONTROL_CONFIG] = { "config", EX_CONFIG, 500 },
  [AC_CONTROL_DAMAGED] = { "ledger-damaged", EX_DATAERR, 500 },
  [AC_CONTROL_INTERNAL] = { "internal", EX_SOFTWARE, 500 },
};

const gchar *
ac_control_code_name (AcControlCode code)
{
  return codes[code].name;
}

gint
ac_control_code_exit (AcControlCode code)
{
  return codes[code].exit;
}

guint
ac_control_code_status (AcControlCode code)
{
  return codes[code].status;
}

JsonObject *
ac_control_failure_to_json (const AcControlFailure *failure)
{
  JsonObject *error = json_object_new ();
  JsonObject *object = json_object_new ();

  json_object_set_string_member (error, "code", codes[failure->code].name);
  json_object_set_string_member (error, "message", failure->message);
  if (failure->field != NULL)
    json_object_set_string_member (error, "field", failure->field);
  json_object_set_int_member (error, "exit", codes[failure->code].exit);
  json_object_set_object_member (object, "error", error);
  return object;
}

/* --- Answers --- */

static void
control_clear (gpointer data)
{
  AcControl *self = data;

  g_free (self->data_dir);
  g_free (self->lectures);
  g_free (self->http);
  g_free (self->rtmp);
  g_free (self->srt);
  g_free (self->srt_secret);
}

static void
call_free (AcControlCall *call)
{
  g_rc_box_release_full (call->control, control_clear);
  json_object_unref (call->args);
  g_free (call->stream_key);
  if (call->free_data != NULL)
    call->free_data (call->data);
  g_free (call);
}

void
ac_control_call_answer (AcControlCall *call, JsonNode *result)
{
  call->done (result, NULL, call->user_data);
  json_node_unref (result);
  call_free (call);
}

void
ac_control_call_answer_object (AcControlCall *call, JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  ac_control_call_answer (call, node);
}

void
ac_control_call_fail (AcControlCall *call, const AcControlFailure *failure)
{
  call->done (NULL, failure, call->user_data);
  call_free (call);
}

static AcControlCode
code_of_accounts (gint code)
{
  switch (code) {
  case AC_ACCOUNTS_ERROR_INVALID:
    return AC_CONTROL_INVALID;
  case AC_ACCOUNTS_ERROR_EXISTS:
    return AC_CONTROL_EXISTS;
  case AC_ACCOUNTS_ERROR_NOT_FOUND:
    return AC_CONTROL_NOT_FOUND;
  case AC_ACCOUNTS_ERROR_THROTTLED:
  case AC_ACCOUNTS_ERROR_BUSY:
    return AC_CONTROL_BUSY;
  default:
    return AC_CONTROL_INTERNAL;
  }
}

static AcControlCode
code_of_organisation (gint code)
{
  static const AcControlCode means[] = {
    [AC_ORGANISATION_ERROR_INVALID] = AC_CONTROL_INVALID,
    [AC_ORGANISATION_ERROR_EXISTS] = AC_CONTROL_EXISTS,
    [AC_ORGANISATION_ERROR_NOT_FOUND] = AC_CONTROL_NOT_FOUND,
    [AC_ORGANISATION_ERROR_UNAVAILABLE] = AC_CONTROL_CONFIG,
    [AC_ORGANISATION_ERROR_DENIED] = AC_CONTROL_DENIED,
  };

  return means[code];
}

static AcControlCode
code_of_credit (gint code)
{
  switch (code) {
  case AC_CREDIT_ERROR_INVALID:
    return AC_CONTROL_INVALID;
  case AC_CREDIT_ERROR_NOT_FOUND:
    return AC_CONTROL_NOT_FOUND;
  case AC_CREDIT_ERROR_EXISTS:
    return AC_CONTROL_EXISTS;
  case AC_CREDIT_ERROR_STATE:
    return AC_CONTROL_STATE;
  default:
    return AC_CONTROL_DENIED;
  }
}

static AcControlCode
code_of_timetable (gint code)
{
  static const AcControlCode means[] = {
    [AC_TIMETABLE_ERROR_INVALID] = AC_CONTROL_INVALID,
    [AC_TIMETABLE_ERROR_NOT_FOUND] = AC_CONTROL_NOT_FOUND,
    [AC_TIMETABLE_ERROR_STATE] = AC_CONTROL_STATE,
    [AC_TIMETABLE_ERROR_DENIED] = AC_CONTROL_DENIED,
  };

  return means[code];
}

static AcControlCode
code_of_interchange (gint code)
{
  static const AcControlCode means[] = {
    [AC_INTERCHANGE_ERROR_URL] = AC_CONTROL_INVALID,
    [AC_INTERCHANGE_ERROR_EVENTS] = AC_CONTROL_INVALID,
    [AC_INTERCHANGE_ERROR_NOT_FOUND] = AC_CONTROL_NOT_FOUND,
    [AC_INTERCHANGE_ERROR_FULL] = AC_CONTROL_STATE,
  };

  return means[code];
}

static AcControlCode
code_of (const GError *error)
{
  if (error->domain == AC_ACCOUNTS_ERROR)
    return code_of_accounts (error->code);
  if (error->domain == AC_ORGANISATION_ERROR)
    return code_of_organisation (error->code);
  if (error->domain == AC_CREDIT_ERROR)
    return code_of_credit (error->code);
  if (error->domain == AC_TIMETABLE_ERROR)
    return code_of_timetable (error->code);
  if (error->domain == AC_INTERCHANGE_ERROR)
    return code_of_interchange (error->code);
  if (g_error_matches (error, AC_CLASSROOM_ERROR, AC_CLASSROOM_ERROR_NOT_FOUND))
    return AC_CONTROL_NOT_FOUND;
  if (g_error_matches (error, AC_CLASSROOM_ERROR, AC_CLASSROOM_ERROR_STATE))
    return AC_CONTROL_STATE;
  if (g_error_matches (error, AC_CLASSROOM_ERROR, AC_CLASSROOM_ERROR_INVALID))
    return AC_CONTROL_INVALID;
  if (g_error_matches (error, AC_STORE_ERROR, AC_STORE_ERROR_BUSY))
    return AC_CONTROL_BUSY;
  if (g_error_matches (error, AC_STORE_ERROR, AC_STORE_ERROR_EXISTS))
    return AC_CONTROL_EXISTS;
  return AC_CONTROL_INTERNAL;
}

static const gchar *
field_of_interchange (gint code)
{
  switch (code) {
  case AC_INTERCHANGE_ERROR_URL:
    return "url";
  case AC_INTERCHANGE_ERROR_EVENTS:
    return "events";
  default:
    return "webhook";
  }
}

static const gchar *
field_of (const GError *error)
{
  if (error->domain == AC_ACCOUNTS_ERROR)
    return ac_accounts_error_field (error);
  if (error->domain == AC_ORGANISATION_ERROR)
    return ac_organisation_error_field (error);
  if (error->domain == AC_CREDIT_ERROR)
    return ac_credit_error_field (error);
  if (error->domain == AC_TIMETABLE_ERROR)
    return ac_timetable_error_field (error);
  if (error->domain == AC_INTERCHANGE_ERROR)
    return field_of_interchange (error->code);
  if (error->domain != AC_CLASSROOM_ERROR)
    return NULL;
  return error->code == AC_CLASSROOM_ERROR_INVALID ? "title" : "lesson";
}

void
ac_control_call_fail_error (AcControlCall *call, const GError *error)
{
  AcControlCode code = code_of (error);

  if (code == AC_CONTROL_INTERNAL)
    ac_log (G_LOG_LEVEL_WARNING, 0, "control call failed: %s", error->message);
  ac_control_call_fail (call,
                        &(AcControlFailure){ code, field_of (error), error->message });
}

static void
call_written (gpointer data, const GError *error, gpointer unused)
{
  AcControlCall *call = data;

  if (error != NULL)
    ac_control_call_fail_error (call, error);
  else if (call->control->closed)
    ac_control_call_fail (
        call, &(AcControlFailure){ AC_CONTROL_BUSY, NULL, "the daemon is stopping" });
  else
    call->tell (call);
}

void
ac_control_call_write (AcControlCall *call, AcStoreJob job,
                       void (*tell) (gpointer call))
{
  call->tell = tell;
  ac_store_write (call->control->parts.store, job, call, NULL, call_written, NULL);
}

/* --- Arguments --- */

static void
fail_argument (AcControlCall *call, const gchar *name, const GError *error)
{
  ac_control_call_fail (
      call, &(AcControlFailure){ AC_CONTROL_INVALID, name, error->message });
}

gboolean
ac_control_read_id (AcControlCall *call, const gchar *name, gint64 *ret_id)
{
  g_autoptr (GError) error = NULL;

  if (ac_json_object_read_int (call->args, name, 1, G_MAXINT64, ret_id, &error))
    return TRUE;
  fail_argument (call, name, error);
  return FALSE;
}

gboolean
ac_control_read_number (AcControlCall *call, const gchar *name, gint64 max,
                        gint64 fallback, gint64 *ret_value)
{
  g_autoptr (GError) error = NULL;

  *ret_value = fallback;
  if (!json_object_has_member (call->args, name) ||
      ac_json_object_read_int (call->args, name, 1, max, ret_value, &error))
    return TRUE;
  fail_argument (call, name, error);
  return FALSE;
}

const gchar *
ac_control_read_text (AcControlCall *call, const gchar *name)
{
  g_autoptr (GError) error = NULL;
  const gchar *text = ac_json_object_read_string (call->args, name, &error);

  if (text == NULL)
    fail_argument (call, name, error);
  return text;
}

gboolean
ac_control_read_optional (AcControlCall *call, const gchar *name,
                          const gchar **ret_text)
{
  *ret_text = NULL;
  if (!json_object_has_member (call->args, name))
    return TRUE;
  *ret_text = ac_control_read_text (call, name);
  return *ret_text != NULL;
}

gboolean
ac_control_refuse (AcControlCall *call, const gchar *field, const gchar *message)
{
  ac_control_call_fail (call,
                        &(AcControlFailure){ AC_CONTROL_INVALID, field, message });
  return FALSE;
}

gboolean
ac_control_read_switch (AcControlCall *call, const gchar *name, gboolean *ret_value)
{
  g_autoptr (GError) error = NULL;

  *ret_value = FALSE;
  if (!json_object_has_member (call->args, name) ||
      ac_json_object_read_boolean (call->args, name, ret_value, &error))
    return TRUE;
  fail_argument (call, name, error);
  return FALSE;
}

/* --- Calls --- */

/* The directory, the database and the keys are there once a control exists; so that
 * doing it again changes nothing, there is nothing left to do. */
static void
init (AcControlCall *call)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "data_dir", call->control->data_dir);
  ac_control_call_answer_object (call, object);
}

static const struct {
  const gchar *name;
  void (*run) (AcControlCall *call);
} commands[] = {
  { "init", init },
  { "member-add", ac_control_member_add },
  { "member-show", ac_control_member_show },
  { "member-set", ac_control_member_set },
  { "member-move", ac_control_member_move },
  { "member-certificate", ac_control_member_certificate },
  { "role-grant", ac_control_role_grant },
  { "role-revoke", ac_control_role_revoke },
  { "role-list", ac_control_role_list },
  { "members-import", ac_control_members_import },
  { "members-export", ac_control_members_export },
  { "branch-add", ac_control_branch_add },
  { "branch-list", ac_control_branch_list },
  { "branch-move", ac_control_branch_move },
  { "branch-rename", ac_control_branch_rename },
  { "site-add", ac_control_site_add },
  { "site-list", ac_control_site_list },
  { "site-steward", ac_control_site_steward },
  { "screen-pair", ac_control_screen_pair },
  { "screen-list", ac_control_screen_list },
  { "screen-revoke", ac_control_screen_revoke },
  { "member-card", ac_control_member_card },
  { "member-cards", ac_control_member_cards },
  { "member-password", ac_control_member_password },
  { "lesson-add", ac_control_lesson_add },
  { "lesson-source", ac_control_lesson_source },
  { "lesson-change", ac_control_lesson_change },
  { "lesson-cancel", ac_control_lesson_cancel },
  { "lesson-key", ac_control_lesson_key },
  { "lesson-excuse", ac_control_lesson_excuse },
  { "lesson-expected", ac_control_lesson_expected },
  { "course-add", ac_control_course_add },
  { "course-set", ac_control_course_set },
  { "course-list", ac_control_course_list },
  { "lesson-start", ac_control_lesson_start },
  { "lesson-end", ac_control_lesson_end },
  { "lesson-list", ac_control_lesson_list },
  { "lesson-url", ac_control_lesson_url },
  { "attendance", ac_control_attendance },
  { "policy-add", ac_control_policy_add },
  { "policy-list", ac_control_policy_list },
  { "policy-show", ac_control_policy_show },
  { "ledger-close", ac_control_ledger_close },
  { "webhook-add", ac_control_webhook_add },
  { "webhook-list", ac_control_webhook_list },
  { "webhook-remove", ac_control_webhook_remove },
  { "webhook-resume", ac_control_webhook_resume },
  { "statements-export", ac_control_statements_export },
  { "oneroster-export", ac_control_oneroster_export },
  { "report", ac_control_report },
  { "standing-set", ac_control_standing_set },
  { "member-erase", ac_control_member_erase },
  { "audit-list", ac_control_audit_list },
  { "identity-rotate", ac_control_identity_rotate },
  { "member-show-all", ac_control_member_show_all },
};

AcControl *
ac_control_new (const AcControlParts *parts)
{
  AcControl *self = g_rc_box_new0 (AcControl);

  self->parts = *parts;
  self->data_dir = g_strdup (parts->data_dir);
  self->lectures = parts->lectures != NULL ? g_strdup (parts->lectures)
                                           : ac_data_dir_lectures (parts->data_dir);
  self->http = g_strdup (parts->addresses.http);
  self->rtmp = g_strdup (parts->addresses.rtmp);
  self->srt = g_strdup (parts->addresses.srt);
  self->srt_secret = g_strdup (parts->srt_secret);
  return self;
}

void
ac_control_free (AcControl *self)
{
  self->closed = TRUE;
  g_rc_box_release_full (self, control_clear);
}

void
ac_control_call (AcControl *self, const gchar *command, JsonObject *args,
                 AcControlDone done, gpointer user_data)
{
  AcControlCall *call = g_new0 (AcControlCall, 1);
  g_autofree gchar *message = NULL;

  call->control = g_rc_box_acquire (self);
  call->args = json_object_ref (args);
  call->done = done;
  call->user_data = user_data;
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, command) == 0) {
      commands[i].run (call);
      return;
    }
  message = g_strdup_printf ("there is no command \"%.40s\"", command);
  ac_control_call_fail (call, &(AcControlFailure){ AC_CONTROL_USAGE, NULL, message });
}
