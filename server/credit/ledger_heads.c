#include "ledger_heads.h"

#include "policies.h"

#include <string.h>

gboolean
ac_ledger_head_line_parse (const gchar *line, AcLedgerHeadLine *ret_line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);

  if (g_strv_length (words) != 3 || !ac_policy_is_day (words[0]) ||
      strlen (words[2]) != 64 || strspn (words[2], "0123456789abcdef") != 64 ||
      !g_ascii_string_to_signed (words[1], 10, 0, G_MAXINT64, &ret_line->n_entries,
                                 NULL))
    return FALSE;
  g_strlcpy (ret_line->day, words[0], sizeof ret_line->day);
  g_strlcpy (ret_line->hash, words[2], sizeof ret_line->hash);
  return TRUE;
}

/* Returns: (transfer full) (nullable): the file's text, "" when there is none. */
static gchar *
read_file (const gchar *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  gchar *text = NULL;

  if (g_file_get_contents (path, &text, NULL, &local))
    return text;
  if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return g_strdup ("");
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

gboolean
ac_ledger_heads_note (const gchar *path, const AcLedgerHeadLine *line, GError **error)
{
  g_autofree gchar *text = read_file (path, error);
  g_autofree gchar *begin = g_strdup_printf ("%s ", line->day);
  g_autofree gchar *longer = NULL;
  const gchar *end;

  if (text == NULL)
    return FALSE;
  for (const gchar *at = text; at != NULL; at = strchr (at, '\n')) {
    at += *at == '\n';
    if (g_str_has_prefix (at, begin))
      return TRUE;
  }
  end = *text == '\0' || g_str_has_suffix (text, "\n") ? "" : "\n";
  longer = g_strdup_printf ("%s%s%s %" G_GINT64_FORMAT " %s\n", text, end, line->day,
                            line->n_entries, line->hash);
  return g_file_set_contents_full (
      path, longer, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
      0644, error);
}
