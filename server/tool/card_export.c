#include "card_export.h"

#include "card_sheet.h"

static gboolean
fail (AcAnswer *answer, AcControlCode code, const gchar *message)
{
  ac_answer_fail (answer, &(AcControlFailure){ code, "file", message });
  return FALSE;
}

gboolean
ac_card_export_check (const gchar *path, AcAnswer *ret_answer)
{
  g_autofree gchar *folder = g_path_get_dirname (path);
  g_autofree gchar *message = NULL;

  if (!g_str_has_suffix (path, ".pdf"))
    return fail (ret_answer, AC_CONTROL_INVALID, "the file's name must end with .pdf");
  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    message = g_strdup_printf ("%s is there already: give another name", path);
    return fail (ret_answer, AC_CONTROL_EXISTS, message);
  }
  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  message = g_strdup_printf ("%s is not a folder", folder);
  return fail (ret_answer, AC_CONTROL_CANNOT_CREATE, message);
}

/* Returns: (transfer container): AcCardFace, of @cards' texts. */
static GArray *
read_faces (JsonArray *cards)
{
  GArray *faces = g_array_new (FALSE, FALSE, sizeof (AcCardFace));

  for (guint i = 0; i < json_array_get_length (cards); i++) {
    JsonObject *card = json_array_get_object_element (cards, i);
    AcCardFace face = {
      .name = json_object_get_string_member (card, "name"),
      .number = json_object_get_string_member (card, "number"),
      .branch = json_object_get_string_member (card, "branch"),
      .code = json_object_get_string_member (card, "card"),
    };

    g_array_append_val (faces, face);
  }
  return faces;
}

static gboolean
save (const GArray *faces, const gchar *path, GError **error)
{
  g_autoptr (GBytes) file = ac_card_sheet_write ((const AcCardFace *)faces->data,
                                                 faces->len, AC_REPORT_ZH, error);
  gsize length;
  const gchar *data;

  if (file == NULL)
    return FALSE;
  data = g_bytes_get_data (file, &length);
  return g_file_set_contents_full (path, data, (gssize)length,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

void
ac_card_export_write (const gchar *path, AcAnswer *answer)
{
  JsonObject *told = json_node_get_object (answer->json);
  g_autoptr (GArray) faces = read_faces (json_object_get_array_member (told, "cards"));
  g_autoptr (GError) error = NULL;
  g_autofree gchar *message = NULL;
  JsonObject *object;

  if (!save (faces, path, &error)) {
    message = g_strdup_printf ("%s; the cards are made: make others by --again",
                               error->message);
    fail (answer, AC_CONTROL_CANNOT_CREATE, message);
    return;
  }
  object = json_object_new ();
  json_object_set_string_member (object, "file", path);
  json_object_set_int_member (object, "cards", faces->len);
  json_object_set_int_member (object, "pages",
                              (faces->len + AC_CARDS_A_PAGE - 1) / AC_CARDS_A_PAGE);
  json_node_take_object (answer->json, object);
}
