#include "installed_paths.h"

static gchar *
beside_or (const gchar *name, GFileTest test, const gchar *installed)
{
  g_autofree gchar *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree gchar *folder = self != NULL ? g_path_get_dirname (self) : NULL;

  if (folder != NULL) {
    g_autofree gchar *beside = g_build_filename (folder, name, NULL);

    if (g_file_test (beside, test))
      return g_steal_pointer (&beside);
  }
  return g_strdup (installed);
}

gchar *
ac_installed_worker (void)
{
  return beside_or ("airclass-pipeline", G_FILE_TEST_IS_EXECUTABLE,
                    AC_LIBEXECDIR "/airclass-pipeline");
}

gchar *
ac_installed_pages (void)
{
  return beside_or ("web", G_FILE_TEST_IS_DIR, AC_DATADIR "/web");
}
