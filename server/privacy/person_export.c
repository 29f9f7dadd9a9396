#include "person_export.h"

#include "identity.h"
#include "person_tables.h"

/* Sections select no bytes. */
static void
set_column (JsonObject *object, AcStatement *row, gint column)
{
  const gchar *name = sqlite3_column_name (row, column);

  switch (sqlite3_column_type (row, column)) {
  case SQLITE_INTEGER:
    json_object_set_int_member (object, name, sqlite3_column_int64 (row, column));
    break;
  case SQLITE_TEXT:
    json_object_set_string_member (object, name,
                                   (const gchar *)sqlite3_column_text (row, column));
    break;
  default:
    json_object_set_null_member (object, name);
  }
}

static void
note_cut (JsonArray *cut, const gchar *list)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "list", list);
  json_array_add_object_element (cut, object);
}

static JsonArray *
read_section (AcStore *store, const AcPersonSection *section, gint64 member, guint most,
              JsonArray *cut, GError **error)
{
  g_autoptr (AcStatement) row = ac_store_prepare (store, section->select, error);
  g_autoptr (JsonArray) array = json_array_new ();
  gint code;

  if (row == NULL)
    return NULL;
  ac_statement_bind (row, "i", member);
  while ((code = ac_store_step (store, row, error)) == SQLITE_ROW) {
    JsonObject *object;

    if (json_array_get_length (array) == most) {
      note_cut (cut, section->name);
      return g_steal_pointer (&array);
    }
    object = json_object_new ();
    for (gint i = 0; i < sqlite3_column_count (row); i++)
      set_column (object, row, i);
    json_array_add_object_element (array, object);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&array) : NULL;
}

JsonObject *
ac_person_export (AcStore *store, const AcIdentityKeys *keys, gint64 member, guint most,
                  GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *cut = json_array_new ();
  g_autoptr (GError) local = NULL;
  g_autofree gchar *number =
      keys != NULL ? ac_identity_get (store, keys, member, &local) : NULL;

  json_object_set_array_member (object, "cut", cut);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  json_object_set_string_member (object, "identity", number);
  for (const AcPersonSection *at = ac_person_sections; at->name != NULL; at++) {
    JsonArray *rows = read_section (store, at, member, most, cut, error);

    if (rows == NULL)
      return NULL;
    json_object_set_array_member (object, at->name, rows);
  }
  return g_steal_pointer (&object);
}
