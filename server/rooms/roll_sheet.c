/* The reading side of roll.h. */
#include "roll.h"

#include "json_text.h"

typedef JsonObject *(*ReadRow) (AcStatement *row);

static gboolean
list_rows (AcStore *store, const gchar *sql, AcRoomKey room, ReadRow read_row,
           JsonArray *rows, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (store, sql, error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", room.lesson, room.site);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    json_array_add_object_element (rows, read_row (statement));
  return code == SQLITE_DONE;
}

static void
set_text (JsonObject *object, const gchar *name, AcStatement *row, gint column)
{
  json_object_set_string_member (object, name,
                                 (const gchar *)sqlite3_column_text (row, column));
}

static void
set_number (JsonObject *object, const gchar *name, AcStatement *row, gint column)
{
  if (sqlite3_column_type (row, column) == SQLITE_NULL)
    json_object_set_null_member (object, name);
  else
    json_object_set_int_member (object, name, sqlite3_column_int64 (row, column));
}

static void
set_switch (JsonObject *object, const gchar *name, AcStatement *row, gint column)
{
  json_object_set_boolean_member (object, name, sqlite3_column_int (row, column) != 0);
}

/* in_ms, out_ms, in_wall_ms, out_wall_ms from @column on. */
static void
set_times (JsonObject *stay, AcStatement *row, gint column)
{
  set_number (stay, "in_ms", row, column);
  set_number (stay, "out_ms", row, column + 1);
  ac_json_object_set_time (stay, "in_at", sqlite3_column_int64 (row, column + 2));
  ac_json_object_set_time (stay, "out_at", sqlite3_column_int64 (row, column + 3));
}

static JsonObject *
read_stay (AcStatement *row)
{
  JsonObject *stay = json_object_new ();

  set_number (stay, "member", row, 0);
  set_text (stay, "number", row, 1);
  set_text (stay, "name", row, 2);
  set_text (stay, "way", row, 3);
  set_times (stay, row, 4);
  set_switch (stay, "late", row, 8);
  return stay;
}

static JsonObject *
read_guest (AcStatement *row)
{
  JsonObject *guest = json_object_new ();

  set_text (guest, "name", row, 0);
  ac_json_object_set_time (guest, "at", sqlite3_column_int64 (row, 1));
  set_switch (guest, "late", row, 2);
  return guest;
}

static JsonObject *
read_heads (AcStatement *row)
{
  JsonObject *heads = json_object_new ();

  set_text (heads, "moment", row, 0);
  set_number (heads, "heads", row, 1);
  set_number (heads, "signed_in", row, 2);
  json_object_set_boolean_member (heads, "mismatch",
                                  sqlite3_column_int64 (row, 1) !=
                                      sqlite3_column_int64 (row, 2));
  ac_json_object_set_time (heads, "at", sqlite3_column_int64 (row, 3));
  set_switch (heads, "late", row, 4);
  return heads;
}

JsonObject *
ac_roll_sheet (AcStore *store, AcRoomKey room, GError **error)
{
  static const struct {
    const gchar *name, *sql;
    ReadRow read_row;
  } lists[] = {
    { "stays",
      "SELECT member, number, name, way, in_ms, out_ms, in_wall_ms, out_wall_ms, late "
      "FROM room_stays JOIN members ON members.id = member "
      "WHERE lesson = ? AND site = ? ORDER BY room_stays.id",
      read_stay },
    { "guests",
      "SELECT name, in_wall_ms, late FROM room_guests "
      "WHERE lesson = ? AND site = ? ORDER BY id",
      read_guest },
    { "heads",
      "SELECT moment, heads, signed_in, wall_ms, late FROM head_counts "
      "WHERE lesson = ? AND site = ? ORDER BY id",
      read_heads },
  };
  g_autoptr (JsonObject) sheet = json_object_new ();
  gint64 signed_in, guests;

  if (!ac_roll_count (store, room, &signed_in, &guests, error))
    return NULL;
  json_object_set_int_member (sheet, "site", room.site);
  json_object_set_int_member (sheet, "signed_in", signed_in);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    JsonArray *rows = json_array_new ();

    json_object_set_array_member (sheet, lists[i].name, rows);
    if (!list_rows (store, lists[i].sql, room, lists[i].read_row, rows, error))
      return NULL;
  }
  return g_steal_pointer (&sheet);
}

JsonObject *
ac_roll_last_stay (AcStore *store, AcRoomKey room, gint64 member, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT in_ms, out_ms, in_wall_ms, out_wall_ms FROM room_stays "
      "WHERE lesson = ? AND site = ? AND member = ? ORDER BY id DESC LIMIT 1",
      error);
  g_autoptr (JsonObject) stay = json_object_new ();
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "iii", room.lesson, room.site, member);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW)
    set_times (stay, statement, 0);
  return code == SQLITE_ROW || code == SQLITE_DONE ? g_steal_pointer (&stay) : NULL;
}
