/* The roster and the timetable as OneRoster CSV: every table has its columns, every
 * reference names a row that is there, nothing of a person but number and name is in
 * it.
 */
#include "oneroster.h"

#include "csv.h"
#include "fixture.h"

#include <zip.h>

typedef struct {
  StoreFixture store;
  gchar *path;
  GHashTable *tables; /* name: AcSheet */
} Fixture;

static void
add_rows (Fixture *f)
{
  AcStore *store = f->store.store;

  write_sql (store,
             "INSERT INTO branches (id, parent, name, kind, created_ms) VALUES "
             "(1, NULL, '县', 'county', 0), (2, 1, '镇', 'town', 0), "
             "(3, 2, '村 \"一\"', 'village', 0), (4, NULL, '驻外', 'county', 0)");
  write_sql (
      store,
      "INSERT INTO members (id, number, name, kind, branch, host, phone, "
      "created_ms) VALUES (1, 'A1', '=王,明', 'member', 3, 4, '13900000001', 0), "
      "(2, 'A2', '李华', 'member', 2, NULL, NULL, 0), "
      "(3, 'A3', 'gone', 'member', 3, NULL, NULL, 0), "
      "(4, 'A4', '外人', 'trainee', 4, NULL, NULL, 0)");
  write_sql (store, "INSERT INTO erased_members (member, erased_ms) VALUES (3, 0)");
  write_sql (store, "INSERT INTO courses (id, kind, title, branch, created_ms) "
                    "VALUES (1, 'party', '党课', 1, 0)");
  write_sql (store,
             "INSERT INTO lessons (id, title, key_hash, created_ms, course, branch, "
             "planned_ms) VALUES "
             "(1, '第一课', x'01', 0, 1, 1, unixepoch ('2026-03-01') * 1000), "
             "(2, '第二课', x'02', 0, NULL, NULL, unixepoch ('2026-12-30') * 1000), "
             "(3, '去年', x'03', 0, 1, 1, unixepoch ('2025-06-01') * 1000)");
  write_sql (store, "INSERT INTO lesson_lecturers (lesson, member) VALUES (1, 2)");
  write_sql (store, "INSERT INTO expected (lesson, member, kind, state) VALUES "
                    "(1, 1, 'member', 'expected'), (1, 3, 'member', 'expected'), "
                    "(2, 4, 'trainee', 'expected'), (3, 1, 'member', 'expected')");
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  store_fixture_set_up (&f->store);
  f->path = g_build_filename (f->store.dir, "roster.zip", NULL);
  f->tables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                     (GDestroyNotify)ac_sheet_free);
  add_rows (f);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  store_fixture_tear_down (&f->store);
  g_free (f->path);
  g_hash_table_unref (f->tables);
}

static GBytes *
read_entry (zip_t *zip, gint64 index)
{
  zip_stat_t stat;
  zip_file_t *file = zip_fopen_index (zip, (zip_uint64_t)index, 0);
  gchar *data;

  g_assert_cmpint (zip_stat_index (zip, (zip_uint64_t)index, 0, &stat), ==, 0);
  data = g_malloc (stat.size + 1);
  g_assert_cmpint (zip_fread (file, data, stat.size), ==, (gint64)stat.size);
  zip_fclose (file);
  return g_bytes_new_take (data, stat.size);
}

static void
export_all (Fixture *f, gint64 branch)
{
  const AcOneRosterQuery query = { branch, "2026-01-01", "2026-12-31" };
  g_autoptr (GError) error = NULL;
  AcOneRosterCounts counts;
  zip_t *zip;

  g_assert_true (ac_oneroster_write (f->store.store, &query, f->path, &counts, &error));
  g_assert_no_error (error);
  zip = zip_open (f->path, ZIP_RDONLY, NULL);
  g_assert_nonnull (zip);
  for (gint64 i = 0; i < zip_get_num_entries (zip, 0); i++) {
    g_autoptr (GBytes) bytes = read_entry (zip, i);
    AcSheet *sheet = ac_sheet_new ();

    g_assert_true (ac_csv_read (sheet, bytes, &error));
    g_assert_no_error (error);
    g_hash_table_insert (f->tables, g_strdup (zip_get_name (zip, (zip_uint64_t)i, 0)),
                         sheet);
  }
  zip_discard (zip);
}

static AcSheet *
table (Fixture *f, const gchar *name)
{
  AcSheet *sheet = g_hash_table_lookup (f->tables, name);

  g_assert_nonnull (sheet);
  return sheet;
}

static guint
column (const AcSheet *sheet, const gchar *name)
{
  for (guint i = 0; i < ac_sheet_n_columns (sheet, 0); i++)
    if (strcmp (ac_sheet_cell (sheet, 0, i), name) == 0)
      return i;
  g_error ("there is no column %s", name);
}

/* Returns: the row of @id, 0: none. */
static guint
row_of (const AcSheet *sheet, const gchar *id)
{
  for (guint i = 1; i < ac_sheet_n_rows (sheet); i++)
    if (strcmp (ac_sheet_cell (sheet, i, 0), id) == 0)
      return i;
  return 0;
}

static void
assert_refers (Fixture *f, const gchar *from, const gchar *name, const gchar *to)
{
  AcSheet *sheet = table (f, from);
  guint at = column (sheet, name);

  for (guint i = 1; i < ac_sheet_n_rows (sheet); i++) {
    g_auto (GStrv) ids = g_strsplit (ac_sheet_cell (sheet, i, at), ",", -1);

    for (guint k = 0; ids[k] != NULL; k++)
      g_assert_true (*ids[k] == '\0' || row_of (table (f, to), ids[k]) > 0);
  }
}

static void
test_whole (Fixture *f, gconstpointer unused)
{
  AcSheet *users;
  guint row;

  export_all (f, 0);
  g_assert_cmpuint (g_hash_table_size (f->tables), ==, 7);
  assert_refers (f, "orgs.csv", "parentSourcedId", "orgs.csv");
  assert_refers (f, "users.csv", "orgSourcedIds", "orgs.csv");
  assert_refers (f, "courses.csv", "orgSourcedId", "orgs.csv");
  assert_refers (f, "classes.csv", "courseSourcedId", "courses.csv");
  assert_refers (f, "classes.csv", "schoolSourcedId", "orgs.csv");
  assert_refers (f, "classes.csv", "termSourcedIds", "academicSessions.csv");
  assert_refers (f, "enrollments.csv", "classSourcedId", "classes.csv");
  assert_refers (f, "enrollments.csv", "userSourcedId", "users.csv");
  users = table (f, "users.csv");
  g_assert_cmpuint (ac_sheet_n_rows (users), ==, 1 + 3);
  row = row_of (users, "member-1");
  g_assert_cmpstr (ac_sheet_cell (users, row, column (users, "givenName")), ==,
                   "=王,明");
  g_assert_cmpstr (ac_sheet_cell (users, row, column (users, "phone")), ==, "");
  g_assert_cmpstr (ac_sheet_cell (users, row, column (users, "orgSourcedIds")), ==,
                   "branch-3,branch-4");
  row = row_of (users, "member-2");
  g_assert_cmpstr (ac_sheet_cell (users, row, column (users, "role")), ==, "teacher");
  g_assert_cmpuint (row_of (users, "member-3"), ==, 0);
  g_assert_cmpuint (row_of (table (f, "classes.csv"), "lesson-3"), ==, 0);
  g_assert_cmpuint (ac_sheet_n_rows (table (f, "enrollments.csv")), ==, 1 + 3);
}

static void
test_subtree (Fixture *f, gconstpointer unused)
{
  export_all (f, 2);
  g_assert_cmpuint (ac_sheet_n_rows (table (f, "orgs.csv")), ==, 1 + 2);
  g_assert_cmpuint (ac_sheet_n_rows (table (f, "users.csv")), ==, 1 + 2);
  assert_refers (f, "orgs.csv", "parentSourcedId", "orgs.csv");
  assert_refers (f, "users.csv", "orgSourcedIds", "orgs.csv");
  assert_refers (f, "enrollments.csv", "userSourcedId", "users.csv");
}

static void
test_never_overwrites (Fixture *f, gconstpointer unused)
{
  const AcOneRosterQuery query = { 0, "2026-01-01", "2026-12-31" };
  g_autoptr (GError) error = NULL;
  AcOneRosterCounts counts;

  export_all (f, 0);
  g_assert_false (
      ac_oneroster_write (f->store.store, &query, f->path, &counts, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                            \
  g_test_add ("/oneroster/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("whole", test_whole);
  ADD ("subtree", test_subtree);
  ADD ("never-overwrites", test_never_overwrites);
  return g_test_run ();
}
