#include "interchange_export.h"

#include "clock.h"
#include "data_dir.h"
#include "day.h"
#include "oneroster.h"
#include "statement_feed.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define AT_ONCE 1000

typedef struct {
  AcStore *store;
  const gchar *data_dir, *path;
  JsonObject *args;
  AcAnswer *answer; /* as the daemon gave it, until it is written */
} Export;

static gboolean
fail (AcAnswer *answer, AcControlCode code, const gchar *field, const gchar *message)
{
  ac_answer_fail (answer, &(AcControlFailure){ code, field, message });
  return FALSE;
}

static void
tell (Export *self, JsonObject *object)
{
  json_object_set_string_member (object, "file", self->path);
  json_node_take_object (self->answer->json, object);
}

/* --- Statements, a line each --- */

static gboolean
write_statements (Export *self, FILE *file, gint64 *ret_n, GError **error)
{
  JsonObject *told = json_node_get_object (self->answer->json);
  g_autofree gchar *key = ac_data_dir_interchange_key (self->data_dir, error);
  const AcStatementNames names = { json_object_get_string_member (told, "home"), key };
  gint64 after = json_object_get_int_member_with_default (self->args, "after", 0);
  gboolean finished = key == NULL;

  *ret_n = 0;
  while (!finished) {
    g_auto (AcStatementBatch) batch = { 0 };

    if (!ac_statement_feed_read (self->store, &names, after, AT_ONCE, &batch, error))
      return FALSE;
    for (guint i = 0; i < batch.statements->len; i++)
      fprintf (file, "%s\n",
               ((const AcXapiStatement *)batch.statements->pdata[i])->json);
    *ret_n += batch.statements->len;
    after = batch.entry;
    finished = batch.finished;
  }
  return key != NULL;
}

static void
export_statements (Export *self)
{
  gint fd = g_open (self->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  FILE *file = fd >= 0 ? fdopen (fd, "w") : NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *message = NULL;
  JsonObject *object;
  gint64 n;
  gboolean good;

  if (file == NULL) {
    message = g_strdup_printf ("%s: %s", self->path, g_strerror (errno));
    fail (self->answer, AC_CONTROL_CANNOT_CREATE, "file", message);
    return;
  }
  good = write_statements (self, file, &n, &error);
  if (fclose (file) != 0 && good) {
    g_set_error_literal (&error, G_FILE_ERROR, g_file_error_from_errno (errno),
                         g_strerror (errno));
    good = FALSE;
  }
  if (!good) {
    g_unlink (self->path);
    fail (self->answer, AC_CONTROL_CANNOT_CREATE, "file", error->message);
    return;
  }
  object = json_object_new ();
  json_object_set_int_member (object, "statements", n);
  tell (self, object);
}

/* --- OneRoster --- */

static void
export_oneroster (Export *self)
{
  const AcOneRosterQuery query = {
    .branch = json_object_get_int_member_with_default (self->args, "branch", 0),
    .from_day = json_object_get_string_member (self->args, "from"),
    .to_day = json_object_get_string_member (self->args, "to"),
  };
  g_autoptr (GError) error = NULL;
  AcOneRosterCounts counts;
  JsonObject *object;

  if (!ac_oneroster_write (self->store, &query, self->path, &counts, &error)) {
    fail (self->answer, AC_CONTROL_CANNOT_CREATE, "file", error->message);
    return;
  }
  object = json_object_new ();
  json_object_set_int_member (object, "users", counts.users);
  json_object_set_int_member (object, "classes", counts.classes);
  json_object_set_int_member (object, "enrollments", counts.enrollments);
  tell (self, object);
}

/* --- Both --- */

static const struct {
  const gchar *command;
  void (*run) (Export *self);
} exports[] = {
  { "statements-export", export_statements },
  { "oneroster-export", export_oneroster },
};

gboolean
ac_interchange_export_takes (const gchar *command)
{
  for (guint i = 0; i < G_N_ELEMENTS (exports); i++)
    if (strcmp (exports[i].command, command) == 0)
      return TRUE;
  return FALSE;
}

/* @fallback: when the option was not given */
static gboolean
check_day (JsonObject *args, const gchar *name, const gchar *fallback, AcAnswer *answer)
{
  const gchar *text = json_object_get_string_member_with_default (args, name, fallback);
  gchar day[AC_DAY_CHARS + 1];

  if (!ac_day_parse (text, day))
    return fail (answer, AC_CONTROL_INVALID, name, "a day is written like 2026-01-31");
  json_object_set_string_member (args, name, day);
  return TRUE;
}

gboolean
ac_interchange_export_check (JsonObject *args, const gchar *path, AcAnswer *ret_answer)
{
  gchar today[AC_DAY_CHARS + 1], first[AC_DAY_CHARS + 1];
  g_autofree gchar *message = NULL;

  ac_day_at (ac_clock_wall_ms (), today);
  g_snprintf (first, sizeof first, "%.4s-01-01", today);
  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    message = g_strdup_printf ("%s is there already: give another name", path);
    return fail (ret_answer, AC_CONTROL_EXISTS, "file", message);
  }
  return check_day (args, "from", first, ret_answer) &&
         check_day (args, "to", today, ret_answer);
}

void
ac_interchange_export_write (const gchar *data_dir, const gchar *command,
                             JsonObject *args, const gchar *path, AcAnswer *answer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStore) store = ac_store_open_to_read (data_dir, &error);
  Export self = { store, data_dir, path, args, answer };

  if (store == NULL || !ac_store_begin_read (store, &error)) {
    fail (answer, AC_CONTROL_CONFIG, NULL, error->message);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (exports); i++)
    if (strcmp (exports[i].command, command) == 0)
      exports[i].run (&self);
}
