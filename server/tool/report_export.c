#include "report_export.h"

#include "credit_error.h"
#include "report.h"
#include "report_file.h"
#include "transcript.h"

#include <string.h>

static gboolean
fail (AcAnswer *answer, AcControlCode code, const gchar *field, const gchar *message)
{
  ac_answer_fail (answer, &(AcControlFailure){ code, field, message });
  return FALSE;
}

gboolean
ac_report_export_check (JsonObject *args, const gchar *path, AcAnswer *ret_answer)
{
  const gchar *end = strrchr (path, '.');
  AcReportForm form;
  g_autofree gchar *message = NULL;

  if (end == NULL || !ac_report_form_from_name (end + 1, &form))
    return fail (ret_answer, AC_CONTROL_INVALID, "file",
                 "the file's name must end with .pdf, .xlsx, .csv or .json");
  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    message = g_strdup_printf ("%s is there already: give another name", path);
    return fail (ret_answer, AC_CONTROL_EXISTS, "file", message);
  }
  json_object_set_string_member (args, "format", ac_report_form_name (form));
  return TRUE;
}

/* What the daemon has checked and noted. */
static AcReportAsk *
read_ask (JsonObject *told, AcReportKind *ret_kind, AcReportForm *ret_form)
{
  AcReportAsk *ask = ac_report_ask_new ();

  ac_report_kind_from_name (json_object_get_string_member (told, "report"), ret_kind);
  ac_report_form_from_name (json_object_get_string_member (told, "format"), ret_form);
  ask->branch = json_object_get_int_member (told, "branch");
  ask->lesson = json_object_get_int_member (told, "lesson");
  ask->member = json_object_get_int_member (told, "member");
  ask->days = json_object_get_int_member (told, "days");
  ask->unmasked = json_object_get_boolean_member (told, "unmasked");
  ac_report_ask_set_period (ask, json_object_get_string_member (told, "from"),
                            json_object_get_string_member (told, "to"), NULL);
  return ask;
}

static gboolean
write_report (AcStore *store, JsonObject *told, const gchar *path, GError **error)
{
  AcReportKind kind = AC_REPORT_CREDIT;
  AcReportForm form = AC_REPORT_CSV;
  g_autoptr (AcReportAsk) ask = read_ask (told, &kind, &form);
  g_autoptr (AcReport) report = ac_report_make (store, kind, ask, error);
  g_autoptr (GBytes) file = NULL;
  gsize length;
  const gchar *data;

  if (report == NULL)
    return FALSE;
  ac_report_set_code (
      report, json_object_get_string_member_with_default (told, "code", NULL),
      json_object_get_string_member_with_default (told, "address", NULL));
  file = ac_report_write (report, form, error);
  if (file == NULL)
    return FALSE;
  data = g_bytes_get_data (file, &length);
  return g_file_set_contents_full (path, data, (gssize)length,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static AcControlCode
code_of (const GError *error)
{
  if (g_error_matches (error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_NOT_FOUND))
    return AC_CONTROL_NOT_FOUND;
  return error->domain == AC_CREDIT_ERROR ? AC_CONTROL_INVALID
                                          : AC_CONTROL_CANNOT_CREATE;
}

void
ac_report_export_write (const gchar *data_dir, const gchar *path, AcAnswer *answer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStore) store = ac_store_open_to_read (data_dir, &error);
  JsonObject *told = json_node_get_object (answer->json);
  JsonObject *object;

  if (store == NULL || !ac_store_begin_read (store, &error) ||
      !write_report (store, told, path, &error)) {
    fail (answer, code_of (error), ac_credit_error_field (error), error->message);
    return;
  }
  object = json_object_new ();
  json_object_set_string_member (object, "file", path);
  if (json_object_has_member (told, "code"))
    json_object_set_string_member (object, "code",
                                   json_object_get_string_member (told, "code"));
  json_node_take_object (answer->json, object);
}
