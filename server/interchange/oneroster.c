#include "oneroster.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

typedef struct {
  AcStore *store;
  const AcOneRosterQuery *query;
  zip_t *zip;
} Export;

/* One table: a file of the archive, a row each of the statement, its columns as they
 * are. @sql binds the branch (NULL: all), the period's beginning and its end as ?1, ?2
 * and ?3. */
typedef struct {
  const gchar *name;
  const gchar *head;
  const gchar *sql;
} Table;

/* Branches of the subtree; a member belongs to it by either side. */
#define SUBTREE                                                                        \
  "WITH RECURSIVE within (id) AS ("                                                    \
  "  SELECT id FROM branches WHERE CASE WHEN ?1 IS NULL THEN parent IS NULL "          \
  "                                ELSE id = ?1 END "                                  \
  "  UNION SELECT branches.id FROM branches JOIN within ON parent = within.id) "
#define PEOPLE                                                                         \
  "(SELECT id FROM members WHERE (branch IN within OR host IN within OR ?1 IS NULL) "  \
  " AND id NOT IN (SELECT member FROM erased_members))"
#define DAY "date (ifnull (started_ms, planned_ms) / 1000, 'unixepoch', 'localtime')"
#define IN_PERIOD "(" DAY " BETWEEN ?2 AND ?3)"
#define ROOT "(SELECT min (id) FROM branches WHERE parent IS NULL)"

static const Table tables[] = {
  { "academicSessions.csv",
    "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,"
    "schoolYear",
    "WITH RECURSIVE years (year) AS (SELECT CAST (substr (?2, 1, 4) AS INTEGER) "
    "  UNION SELECT year + 1 FROM years "
    "  WHERE year < CAST (substr (?3, 1, 4) AS INTEGER)) "
    "SELECT 'year-' || year, '', '', year, 'schoolYear', year || '-01-01', "
    "  year || '-12-31', '', year FROM years" },
  { "orgs.csv",
    "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    SUBTREE "SELECT 'branch-' || id, '', '', name, CASE kind WHEN 'county' THEN "
            "  'district' WHEN 'town' THEN 'local' ELSE 'school' END, id, "
            "  CASE WHEN parent IN within THEN 'branch-' || parent ELSE '' END "
            "FROM branches WHERE id IN within AND ?2 <= ?3 ORDER BY id" },
  { "users.csv",
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,"
    "userIds,givenName,familyName,middleName,identifier,email,sms,phone,"
    "agentSourcedIds,grades,password",
    SUBTREE "SELECT 'member-' || id, '', '', 'true', "
            "  ltrim (iif (branch IN within, 'branch-' || branch, '') || "
            "         iif (host IN within, ',branch-' || host, ''), ','), "
            "  CASE WHEN id IN (SELECT member FROM lesson_lecturers JOIN lessons "
            "    ON lessons.id = lesson WHERE " IN_PERIOD
            ") THEN 'teacher' ELSE 'student' END, "
            "  number, '', name, '', '', number, '', '', '', '', '', '' "
            "FROM members WHERE id IN " PEOPLE " ORDER BY id" },
  { "courses.csv",
    "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,"
    "orgSourcedId,subjects,subjectCodes",
    "SELECT 'course-' || id, '', '', '', title, kind, '', "
    "  'branch-' || ifnull (branch, " ROOT "), '', '' FROM courses "
    "WHERE ?2 <= ?3 UNION ALL "
    "SELECT 'course-0', '', '', '', '其他', '', '', 'branch-' || " ROOT ", '', ''" },
  { "classes.csv",
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,"
    "classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
    "SELECT 'lesson-' || id, '', '', title, '', 'course-' || ifnull (course, 0), id, "
    "  'scheduled', '', 'branch-' || ifnull (branch, " ROOT "), "
    "  'year-' || substr (" DAY ", 1, 4), '', '', '' "
    "FROM lessons WHERE state != 'cancelled' AND " IN_PERIOD " ORDER BY id" },
  { "enrollments.csv",
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,"
    "role,primary,beginDate,endDate",
    SUBTREE
    ", taught (id, branch) AS (SELECT id, ifnull (branch, " ROOT ") FROM lessons "
    "  WHERE state != 'cancelled' AND " IN_PERIOD "), "
    "enrolled (lesson, member, role) AS ("
    "  SELECT lesson, member, 'teacher' FROM lesson_lecturers "
    "  UNION ALL SELECT lesson, member, 'student' FROM ("
    "    SELECT lesson, member FROM expected UNION SELECT lesson, member FROM ledger)) "
    "SELECT 'enrollment-' || lesson || '-' || member || '-' || role, '', '', "
    "  'lesson-' || lesson, 'branch-' || taught.branch, 'member-' || member, role, "
    "  '', '', '' FROM taught CROSS JOIN enrolled ON lesson = taught.id "
    "WHERE member IN " PEOPLE },
};

static gboolean
fail (GError **error, const gchar *what)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot write the export: %s",
               what);
  return FALSE;
}

/* RFC 4180; texts of people may hold anything. */
static void
put_cell (FILE *file, const gchar *text)
{
  fputc ('"', file);
  for (; *text != '\0'; text++) {
    if (*text == '"')
      fputc ('"', file);
    fputc (*text, file);
  }
  fputc ('"', file);
}

static void
put_row (FILE *file, AcStatement *row)
{
  gint n = sqlite3_column_count (row);

  for (gint i = 0; i < n; i++) {
    const gchar *text = (const gchar *)sqlite3_column_text (row, i);

    if (i > 0)
      fputc (',', file);
    put_cell (file, text != NULL ? text : "");
  }
  fputs ("\r\n", file);
}

static gboolean
put_rows (Export *self, const Table *table, FILE *file, gint64 *ret_n, GError **error)
{
  const AcOneRosterQuery *query = self->query;
  g_autoptr (AcStatement) row = ac_store_prepare (self->store, table->sql, error);
  gint code;

  if (row == NULL)
    return FALSE;
  ac_statement_bind (row, "ntt", query->branch, query->from_day, query->to_day);
  fprintf (file, "%s\r\n", table->head);
  for (*ret_n = 0; (code = ac_store_step (self->store, row, error)) == SQLITE_ROW;
       ++*ret_n)
    put_row (file, row);
  if (code != SQLITE_DONE)
    return FALSE;
  /* Back to the beginning, where the archive reads from. */
  return fseek (file, 0, SEEK_SET) == 0 || fail (error, g_strerror (errno));
}

/* A file without a name: it is gone when the archive has read it. */
static gboolean
add_table (Export *self, const Table *table, gint64 *ret_n, GError **error)
{
  FILE *file = tmpfile ();
  zip_source_t *source;

  if (file == NULL)
    return fail (error, g_strerror (errno));
  if (!put_rows (self, table, file, ret_n, error)) {
    fclose (file);
    return FALSE;
  }
  source = zip_source_filep (self->zip, file, 0, -1); /* takes the file */
  if (source == NULL) {
    fclose (file);
    return fail (error, zip_strerror (self->zip));
  }
  if (zip_file_add (self->zip, table->name, source, 0) < 0) {
    zip_source_free (source);
    return fail (error, zip_strerror (self->zip));
  }
  return TRUE;
}

static gboolean
add_manifest (Export *self, GError **error)
{
  static const gchar *const absent[] = {
    "categories", "classResources", "courseResources", "demographics",
    "lineItems",  "resources",      "results",
  };
  g_autoptr (GString) text =
      g_string_new ("propertyName,value\r\nmanifest.version,1.0\r\n"
                    "oneroster.version,1.1\r\n");
  zip_source_t *source;
  gsize length;
  gchar *data;

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    g_string_append_printf (text, "file.%.*s,bulk\r\n",
                            (gint)(strlen (tables[i].name) - strlen (".csv")),
                            tables[i].name);
  for (guint i = 0; i < G_N_ELEMENTS (absent); i++)
    g_string_append_printf (text, "file.%s,absent\r\n", absent[i]);
  g_string_append (text, "source.systemName,Airclass\r\nsource.systemCode," AC_VERSION
                         "\r\n");
  length = text->len;
  data = g_string_free (g_steal_pointer (&text), FALSE);
  source = zip_source_buffer (self->zip, data, length, 1); /* frees it by free() */
  if (source == NULL) {
    g_free (data);
    return fail (error, zip_strerror (self->zip));
  }
  if (zip_file_add (self->zip, "manifest.csv", source, 0) < 0) {
    zip_source_free (source);
    return fail (error, zip_strerror (self->zip));
  }
  return TRUE;
}

static gboolean
add_all (Export *self, AcOneRosterCounts *counts, GError **error)
{
  gint64 n[G_N_ELEMENTS (tables)];

  if (!add_manifest (self, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (!add_table (self, &tables[i], &n[i], error))
      return FALSE;
  *counts = (AcOneRosterCounts){ n[1], n[2], n[3], n[4], n[5] };
  return TRUE;
}

gboolean
ac_oneroster_write (AcStore *store, const AcOneRosterQuery *query, const gchar *path,
                    AcOneRosterCounts *ret_counts, GError **error)
{
  Export self = { store, query, NULL };
  g_autofree gchar *message = NULL;
  zip_error_t trouble;
  int code;

  self.zip = zip_open (path, ZIP_CREATE | ZIP_EXCL, &code);
  if (self.zip == NULL) {
    zip_error_init_with_code (&trouble, code);
    message = g_strdup_printf ("%s: %s", path, zip_error_strerror (&trouble));
    zip_error_fini (&trouble);
    return fail (error, message);
  }
  if (!add_all (&self, ret_counts, error)) {
    zip_discard (self.zip);
    return FALSE;
  }
  if (zip_close (self.zip) != 0) {
    fail (error, zip_strerror (self.zip));
    zip_discard (self.zip);
    return FALSE;
  }
  /* Names of people are in it. */
  if (g_chmod (path, 0600) != 0)
    return fail (error, g_strerror (errno));
  return TRUE;
}
