/* What is kept of a person, read from the schema: a table that is new fails here until
 * somebody has decided what is told of it and what an erasure leaves. */
#include "erasure.h"
#include "jobs.h"
#include "ledger.h"
#include "person_erasure.h"
#include "person_export.h"
#include "person_tables.h"

/* In every free text of the person's rows. */
#define MARK "王小明36070019900101001813800138000"

static const gchar references[] =
    "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info (t.name) c "
    "WHERE t.type = 'table' AND (c.name = 'member' OR EXISTS (SELECT 1 FROM "
    "  pragma_foreign_key_list (t.name) f WHERE f.\"table\" = 'members' "
    "  AND f.\"from\" = c.name)) "
    "UNION SELECT 'members', 'id' ORDER BY 1, 2";

static const AcPersonSection *
find_section (const gchar *table, const gchar *column)
{
  for (const AcPersonSection *at = ac_person_sections; at->name != NULL; at++)
    if (g_strcmp0 (at->table, table) == 0 && g_strcmp0 (at->column, column) == 0)
      return at;
  return NULL;
}

static const AcPersonException *
find_exception (const AcPersonException *list, const gchar *table, const gchar *column)
{
  for (const AcPersonException *at = list; at->table != NULL; at++)
    if (g_strcmp0 (at->table, table) == 0 && g_strcmp0 (at->column, column) == 0)
      return at;
  return NULL;
}

static AcStatement *
prepare (AcStore *store, const gchar *sql)
{
  g_autoptr (GError) error = NULL;
  AcStatement *statement = ac_store_prepare (store, sql, &error);

  g_assert_no_error (error);
  return statement;
}

static void
test_every_reference (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (AcStatement) row = prepare (f->store, references);
  guint n_found = 0, n_known = 0;

  while (ac_store_step (f->store, row, NULL) == SQLITE_ROW) {
    const gchar *table = (const gchar *)sqlite3_column_text (row, 0);
    const gchar *column = (const gchar *)sqlite3_column_text (row, 1);
    gboolean told = find_section (table, column) != NULL;
    gboolean excepted = find_exception (ac_person_exceptions, table, column) != NULL;

    g_test_message ("%s.%s: in person_tables.c", table, column);
    g_assert_true (told != excepted);
    n_found++;
  }
  for (const AcPersonSection *at = ac_person_sections; at->name != NULL; at++)
    n_known++;
  for (const AcPersonException *at = ac_person_exceptions; at->table != NULL; at++) {
    g_assert_cmpuint (strlen (at->why), >, 0);
    n_known++;
  }
  g_assert_cmpuint (n_found, ==, n_known); /* nothing stale */
}

/* --- A person in every table --- */

static gboolean
is_about_them (const gchar *table)
{
  static const gchar in_office[] = "done in office";
  /* They say who it is by the row of another table, or by the name. */
  static const gchar *const by_no_number[] = { "ledger_notes", "room_acts",
                                               "room_guests", NULL };

  for (const AcPersonSection *at = ac_person_sections; at->name != NULL; at++)
    if (strcmp (at->table, table) == 0)
      return TRUE;
  for (const AcPersonException *at = ac_person_exceptions; at->table != NULL; at++)
    if (strcmp (at->table, table) == 0 &&
        strncmp (at->why, in_office, sizeof in_office - 1) != 0)
      return strcmp (table, "erased_members") != 0;
  return g_strv_contains (by_no_number, table);
}

/* Every table with texts: filled and looked through below, or known to tell of nobody.
 * Which names a person without referring to members is seen by people alone. */
static void
test_every_text (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (AcStatement) row =
      prepare (f->store, "SELECT DISTINCT t.name FROM sqlite_schema t "
                         "JOIN pragma_table_info (t.name) c WHERE t.type = 'table' "
                         "AND c.type IN ('TEXT', 'BLOB') ORDER BY 1");
  guint n_elsewhere = 0;

  while (ac_store_step (f->store, row, NULL) == SQLITE_ROW) {
    const gchar *table = (const gchar *)sqlite3_column_text (row, 0);
    gboolean elsewhere = find_exception (ac_person_elsewhere, table, NULL) != NULL;

    g_test_message ("%s: in person_tables.c", table);
    g_assert_true (elsewhere != is_about_them (table));
    n_elsewhere += elsewhere;
  }
  for (const AcPersonException *at = ac_person_elsewhere; at->table != NULL; at++) {
    g_assert_cmpuint (strlen (at->why), >, 0);
    n_elsewhere--;
  }
  g_assert_cmpuint (n_elsewhere, ==, 0); /* nothing stale */
}

/* Returns: (transfer full): a value of @column as SQL: the first word that a CHECK
 * admits, else the mark in texts and bytes, else 1. */
static gchar *
value_of (const gchar *table, const gchar *table_sql, const gchar *column,
          const gchar *type)
{
  g_autofree gchar *pattern = g_strdup_printf (
      "\\b%s\\s+TEXT[^,]*?CHECK \\(%s IN\\s+\\(('[^']*')", column, column);
  g_autoptr (GRegex) words = g_regex_new (pattern, G_REGEX_DOTALL, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  if (strcmp (column, "from_day") == 0)
    return g_strdup ("'2026-01-05'");
  if (strcmp (table, "room_acts") == 0 && strcmp (column, "result") == 0)
    return g_strdup ("json_object ('member', 1, 'name', '" MARK "')");
  if (g_regex_match (words, table_sql, 0, &match))
    return g_match_info_fetch (match, 1);
  if (strcmp (type, "TEXT") == 0)
    return g_strdup ("'" MARK "'");
  return g_strdup (strcmp (type, "BLOB") == 0 ? "CAST ('" MARK "' AS BLOB)" : "1");
}

static void
run (sqlite3 *db, const gchar *sql)
{
  gchar *message = NULL;

  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_test_message ("%s", sql);
  g_assert_cmpstr (message, ==, NULL);
}

static void
fill_table (sqlite3 *db, const gchar *table, const gchar *table_sql)
{
  g_autofree gchar *query = g_strdup_printf ("PRAGMA table_info (%s)", table);
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GString) values = g_string_new (NULL);
  g_autofree gchar *insert = NULL;
  sqlite3_stmt *row;

  g_assert_cmpint (sqlite3_prepare_v2 (db, query, -1, &row, NULL), ==, SQLITE_OK);
  while (sqlite3_step (row) == SQLITE_ROW) {
    const gchar *column = (const gchar *)sqlite3_column_text (row, 1);
    g_autofree gchar *value = value_of (table, table_sql, column,
                                        (const gchar *)sqlite3_column_text (row, 2));

    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", column);
    g_string_append_printf (values, "%s%s", values->len > 0 ? ", " : "", value);
  }
  sqlite3_finalize (row);
  insert = g_strdup_printf ("INSERT INTO %s (%s) VALUES (%s)", table, names->str,
                            values->str);
  run (db, insert);
}

static sqlite3 *
open_unchecked (StoreFixture *f)
{
  g_autofree gchar *path = g_build_filename (f->dir, "airclass.db", NULL);
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  run (db, "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; "
           "PRAGMA busy_timeout = 5000");
  return db;
}

static void
run_in (StoreFixture *f, const gchar *sql)
{
  sqlite3 *db = open_unchecked (f);

  run (db, sql);
  sqlite3_close (db);
}

/* Row 1 of every table that tells of them, whatever else it refers to. */
static void
fill (StoreFixture *f)
{
  sqlite3 *db = open_unchecked (f);
  sqlite3_stmt *tables;

  run (db, "INSERT INTO branches (id, name, created_ms) VALUES (1, '县', 1)");
  g_assert_cmpint (sqlite3_prepare_v2 (db,
                                       "SELECT name, sql FROM sqlite_schema "
                                       "WHERE type = 'table' ORDER BY name",
                                       -1, &tables, NULL),
                   ==, SQLITE_OK);
  while (sqlite3_step (tables) == SQLITE_ROW) {
    const gchar *table = (const gchar *)sqlite3_column_text (tables, 0);

    if (is_about_them (table))
      fill_table (db, table, (const gchar *)sqlite3_column_text (tables, 1));
  }
  sqlite3_finalize (tables);
  sqlite3_close (db);
}

/* Returns: how many rows of @table hold the mark in @column. */
static gint64
count_marks (StoreFixture *f, const gchar *table, const gchar *column)
{
  g_autofree gchar *path = g_build_filename (f->dir, "airclass.db", NULL);
  g_autofree gchar *query = g_strdup_printf (
      "SELECT count (*) FROM %s WHERE instr (CAST (%s AS TEXT), '" MARK "')", table,
      column);
  sqlite3 *db;
  sqlite3_stmt *row;
  gint64 n;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, query, -1, &row, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
  n = sqlite3_column_int64 (row, 0);
  sqlite3_finalize (row);
  sqlite3_close (db);
  return n;
}

static gboolean
erase (AcStore *store, gpointer unused, GError **error)
{
  return ac_person_erase (store, 1, error) &&
         ac_member_erase (store, 1, JOBS_NOW_MS, error) &&
         ac_ledger_erase (store, 1, error);
}

/* Afterwards no text and no bytes of any table say who it was. */
static void
test_erased (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (AcStatement) row = NULL;
  guint n_kept = 0;

  fill (f);
  g_assert_cmpint (count_marks (f, "members", "name"), ==, 1);
  jobs_run (f->store, erase, NULL, NULL);
  row = prepare (f->store, "SELECT t.name, c.name FROM sqlite_schema t "
                           "JOIN pragma_table_info (t.name) c WHERE t.type = 'table' "
                           "AND c.type IN ('TEXT', 'BLOB') ORDER BY 1, 2");
  while (ac_store_step (f->store, row, NULL) == SQLITE_ROW) {
    const gchar *table = (const gchar *)sqlite3_column_text (row, 0);
    const gchar *column = (const gchar *)sqlite3_column_text (row, 1);
    gboolean kept = find_exception (ac_person_kept, table, column) != NULL;

    g_test_message ("%s.%s: erased, or in ac_person_kept", table, column);
    g_assert_cmpint (count_marks (f, table, column), ==, kept ? 1 : 0);
    n_kept += kept;
  }
  for (const AcPersonException *at = ac_person_kept; at->table != NULL; at++)
    n_kept--;
  g_assert_cmpuint (n_kept, ==, 0);
}

static gint64
count_rows (StoreFixture *f, const gchar *query)
{
  g_autoptr (AcStatement) row = prepare (f->store, query);

  g_assert_cmpint (ac_store_step (f->store, row, NULL), ==, SQLITE_ROW);
  return sqlite3_column_int64 (row, 0);
}

/* What tells of somebody else with the same name stays, and so does what was done to
 * others in the same room. */
static void
test_namesake (StoreFixture *f, gconstpointer unused)
{
  static const gchar namesake[] =
      "INSERT INTO members (id, number, name, role, kind, created_ms) "
      "  VALUES (2, '1002', '" MARK "', 'member', 'adult', 1);"
      "UPDATE room_logs SET member = NULL, "
      "  entry = json_object ('kind', 'guest', 'name', '" MARK "');"
      "INSERT INTO room_acts (lesson, site, key, digest, result, wall_ms) VALUES "
      "  (1, 1, 'a', x'00', json_object ('member', 2, 'name', '" MARK "'), 1), "
      "  (1, 1, 'b', x'00', json_object ('guest', '" MARK "'), 1), "
      "  (1, 1, 'c', x'00', json_object ('heads', 7), 1);";

  fill (f);
  run_in (f, namesake);
  jobs_run (f->store, erase, NULL, NULL);
  g_assert_cmpint (count_marks (f, "members", "name"), ==, 1);
  g_assert_cmpint (count_marks (f, "room_guests", "name"), ==, 1);
  g_assert_cmpint (count_marks (f, "room_logs", "entry"), ==, 1);
  g_assert_cmpint (count_rows (f, "SELECT count (*) FROM room_acts"), ==, 3);
}

/* Every list has its row. */
static void
test_export (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;

  fill (f);
  object = ac_person_export (f->store, NULL, 1, G_MAXUINT, &error);
  g_assert_no_error (error);
  for (const AcPersonSection *at = ac_person_sections; at->name != NULL; at++) {
    JsonArray *rows = json_object_get_array_member (object, at->name);

    g_test_message ("%s", at->name);
    /* What they did is done to others; the one row is about themselves. */
    g_assert_cmpuint (json_array_get_length (rows), ==,
                      strcmp (at->name, "acts") == 0 ? 0 : 1);
  }
  g_assert_cmpstr (json_object_get_string_member (
                       json_array_get_object_element (
                           json_object_get_array_member (object, "person"), 0),
                       "name"),
                   ==, MARK);
  g_assert_true (json_object_get_null_member (object, "identity"));
}

/* What is left out is not left out in silence. */
static void
test_export_is_bounded (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (JsonObject) object = NULL;
  JsonArray *cut;

  fill (f);
  write_sql (f->store, "INSERT INTO certificates (member, number, state, note, actor, "
                       "wall_ms) SELECT member, 'LD2', state, note, actor, wall_ms "
                       "FROM certificates WHERE member = 1");
  object = ac_person_export (f->store, NULL, 1, 1, NULL);
  cut = json_object_get_array_member (object, "cut");
  g_assert_cmpuint (json_array_get_length (cut), ==, 1);
  g_assert_cmpstr (
      json_object_get_string_member (json_array_get_object_element (cut, 0), "list"),
      ==, "certificates");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (object, "certificates")), ==,
      1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                \
  g_test_add ("/person/" path, StoreFixture, NULL, jobs_set_up, func, jobs_tear_down)
  ADD ("every-reference", test_every_reference);
  ADD ("every-text", test_every_text);
  ADD ("erased", test_erased);
  ADD ("namesake", test_namesake);
  ADD ("export", test_export);
  ADD ("export-is-bounded", test_export_is_bounded);
#undef ADD
  return g_test_run ();
}
