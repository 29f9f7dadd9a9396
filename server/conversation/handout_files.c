#include "handout_files.h"

#include "log.h"

#include <errno.h>
#include <glib/gstdio.h>

static gboolean
unlink_file (const gchar *dir, const gchar *file)
{
  g_autofree gchar *path = g_build_filename (dir, file, NULL);

  if (g_unlink (path) == 0)
    return TRUE;
  if (errno != ENOENT)
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot remove the file of a hand-out, %s: %s",
            path, g_strerror (errno));
  return FALSE;
}

void
ac_handout_file_let_go (const gchar *dir, const gchar *file)
{
  unlink_file (dir, file);
}

/* Returns: (transfer full) (nullable): a set of names. */
static GHashTable *
read_names (AcStore *store, GError **error)
{
  g_autoptr (GHashTable) names =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT file FROM handouts WHERE removed = 0 AND file IS NOT NULL", error);
  gint code;

  if (statement == NULL)
    return NULL;
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_hash_table_add (names, ac_statement_text (statement, 0));
  return code == SQLITE_DONE ? g_steal_pointer (&names) : NULL;
}

gboolean
ac_handout_files_sweep (AcStore *store, const gchar *dir, guint *ret_n, GError **error)
{
  g_autoptr (GHashTable) names = read_names (store, error);
  g_autoptr (GDir) open = NULL;
  const gchar *file;

  *ret_n = 0;
  if (names == NULL)
    return FALSE;
  open = g_dir_open (dir, 0, NULL);
  while (open != NULL && (file = g_dir_read_name (open)) != NULL)
    if (!g_hash_table_contains (names, file))
      *ret_n += unlink_file (dir, file);
  return TRUE;
}
