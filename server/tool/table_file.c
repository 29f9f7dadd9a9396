#include "table_file.h"

#include "csv.h"
#include "sheet_json.h"
#include "workbook.h"

#include <glib/gstdio.h>
#include <errno.h>

static gboolean
fail (AcAnswer *answer, AcControlCode code, const gchar *message)
{
  ac_answer_fail (answer, &(AcControlFailure){ code, "file", message });
  return FALSE;
}

/* Returns: (transfer full): the file's bytes, at most those that are read at all. */
static GBytes *
load (const gchar *path, AcAnswer *answer)
{
  g_autofree gchar *message = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf status;
  gchar *data;
  gsize length;

  if (g_stat (path, &status) != 0)
    message = g_strdup_printf ("%s: %s", path, g_strerror (errno));
  else if (!S_ISREG (status.st_mode))
    message = g_strdup_printf ("%s is not a file", path);
  else if (status.st_size > AC_SHEET_FILE_MAX_BYTES)
    message = g_strdup_printf ("%s is larger than %u MiB: split it", path,
                               AC_SHEET_FILE_MAX_BYTES >> 20);
  if (message != NULL) {
    fail (answer, AC_CONTROL_NOT_FOUND, message);
    return NULL;
  }
  if (!g_file_get_contents (path, &data, &length, &error)) {
    fail (answer, AC_CONTROL_NOT_FOUND, error->message);
    return NULL;
  }
  return g_bytes_new_take (data, length);
}

gboolean
ac_table_file_read (JsonObject *args, AcAnswer *ret_answer)
{
  const gchar *path = json_object_get_string_member (args, "file");
  g_autoptr (GBytes) file = load (path, ret_answer);
  g_autoptr (AcSheet) sheet = NULL;
  g_autoptr (GError) error = NULL;

  if (file == NULL)
    return FALSE;
  sheet = ac_sheet_read (file, &error);
  if (sheet == NULL) {
    g_prefix_error (&error, "%s: ", path);
    return fail (ret_answer, AC_CONTROL_INVALID, error->message);
  }
  json_object_set_array_member (args, "rows", ac_sheet_to_json (sheet));
  json_object_remove_member (args, "file");
  return TRUE;
}

gboolean
ac_table_file_check_name (const gchar *path, AcAnswer *ret_answer)
{
  return g_str_has_suffix (path, ".xlsx") || g_str_has_suffix (path, ".csv") ||
         fail (ret_answer, AC_CONTROL_INVALID,
               "the file's name must end with .xlsx or .csv");
}

static gboolean
save (const AcSheet *sheet, const gchar *path, GError **error)
{
  g_autoptr (GBytes) csv = NULL;
  gsize length;
  const gchar *data;

  if (g_str_has_suffix (path, ".xlsx"))
    return ac_workbook_write (sheet, path, error);
  csv = ac_csv_write (sheet);
  data = g_bytes_get_data (csv, &length);
  return g_file_set_contents_full (path, data, (gssize)length,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

void
ac_table_file_write (const gchar *path, AcAnswer *answer)
{
  JsonObject *object = json_node_get_object (answer->json);
  g_autoptr (GError) error = NULL;
  g_autoptr (AcSheet) sheet =
      ac_sheet_from_json (json_object_get_array_member (object, "rows"), &error);
  JsonObject *told;

  if (sheet == NULL || !save (sheet, path, &error)) {
    fail (answer, AC_CONTROL_CANNOT_CREATE, error->message);
    return;
  }
  told = json_object_new ();
  json_object_set_string_member (told, "file", path);
  json_object_set_int_member (told, "members", ac_sheet_n_rows (sheet) - 1);
  json_node_take_object (answer->json, told);
}
