/* load-sessions - signs every member in, without a password each.
 *
 *   load-sessions DATA_DIR FILE    writes a line "NUMBER TOKEN" for each member
 *
 * Rows and tokens are made by the server's own code. Passwords are hashed to be slow:
 * a county's sign-ins would take the machine some minutes, and are measured elsewhere.
 */
#include "sessions.h"

#include <stdio.h>

typedef struct {
  GString *lines;
  gboolean done;
} SigningIn;

static gboolean
read_members (AcStore *store, GArray *ids, GPtrArray *numbers, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT id, number FROM members ORDER BY id", error);
  gint step;

  if (statement == NULL)
    return FALSE;
  while ((step = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 id = sqlite3_column_int64 (statement, 0);

    g_array_append_val (ids, id);
    g_ptr_array_add (numbers, ac_statement_text (statement, 1));
  }
  return step == SQLITE_DONE;
}

static gboolean
sign_in (AcStore *store, gint64 member, const gchar *number, GString *lines,
         GError **error)
{
  gchar token[AC_SESSION_TOKEN_CHARS + 1];
  g_autoptr (GBytes) hash = ac_session_token_make (token);
  gboolean ended_others;
  gint64 session;

  if (!ac_session_row_add (store, member, hash, "load-client", FALSE,
                           g_get_real_time () / 1000, &session, &ended_others, error))
    return FALSE;
  g_string_append_printf (lines, "%s %s\n", number, token);
  return TRUE;
}

static gboolean
sign_all_in (AcStore *store, gpointer data, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) numbers = g_ptr_array_new_with_free_func (g_free);
  gboolean good = read_members (store, ids, numbers, error);

  for (guint i = 0; good && i < ids->len; i++)
    good = sign_in (store, g_array_index (ids, gint64, i), numbers->pdata[i],
                    ((SigningIn *)data)->lines, error);
  return good;
}

static void
answered (gpointer data, const GError *error, gpointer user_data)
{
  if (error != NULL) {
    fprintf (stderr, "load-sessions: %s\n", error->message);
    exit (1);
  }
  ((SigningIn *)data)->done = TRUE;
}

int
main (int argc, char **argv)
{
  SigningIn all = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStore) store = NULL;

  if (argc != 3) {
    fprintf (stderr, "usage: load-sessions DATA_DIR FILE\n");
    return 64;
  }
  store = ac_store_open (argv[1], ac_executor_for_context (NULL), &error);
  if (store == NULL) {
    fprintf (stderr, "load-sessions: %s\n", error->message);
    return 1;
  }
  all.lines = g_string_new (NULL);
  ac_store_write (store, sign_all_in, &all, NULL, answered, NULL);
  while (!all.done)
    g_main_context_iteration (NULL, TRUE);
  if (!g_file_set_contents_full (argv[2], all.lines->str, -1, G_FILE_SET_CONTENTS_NONE,
                                 0600, &error)) {
    fprintf (stderr, "load-sessions: %s\n", error->message);
    return 1;
  }
  g_string_free (all.lines, TRUE);
  return 0;
}
