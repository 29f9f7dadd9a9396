#include "csv.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"

/* --- Reading --- */

/* Returns: (transfer full): @file as UTF-8. */
static gchar *
decode (GBytes *file, gsize *ret_length, GError **error)
{
  gsize size;
  const gchar *data = g_bytes_get_data (file, &size);
  const gchar *from = "GB18030";
  gchar *text;

  if (size >= 3 && memcmp (data, BOM, 3) == 0) {
    data += 3;
    size -= 3;
  }
  if (size >= 2 &&
      (memcmp (data, "\xff\xfe", 2) == 0 || memcmp (data, "\xfe\xff", 2) == 0))
    from = "UTF-16";
  else if (g_utf8_validate_len (data != NULL ? data : "", size, NULL)) {
    *ret_length = size;
    return g_strndup (data != NULL ? data : "", size);
  }
  text = g_convert (data, (gssize)size, "UTF-8", from, NULL, ret_length, NULL);
  if (text == NULL || memchr (text, 0, *ret_length) != NULL) {
    g_free (text);
    g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_FORM,
                 "neither an .xlsx workbook nor text in UTF-8 or GB18030: save it as "
                 ".xlsx or CSV");
    return NULL;
  }
  return text;
}

/* What parts the columns: the mark that the first line has most of outside quotes. */
static gchar
find_separator (const gchar *text, const gchar *end)
{
  static const gchar marks[] = ",;\t";
  guint counts[3] = { 0 };
  gboolean quoted = FALSE;
  guint best = 0;

  for (; text < end && (quoted || (*text != '\n' && *text != '\r')); text++) {
    const gchar *mark = *text != '\0' ? strchr (marks, *text) : NULL;

    if (*text == '"')
      quoted = !quoted;
    else if (!quoted && mark != NULL)
      counts[mark - marks]++;
  }
  for (guint i = 1; i < 3; i++)
    if (counts[i] > counts[best])
      best = i;
  return marks[best];
}

static gboolean
is_formula (const gchar *text)
{
  return *text != '\0' && strchr ("=+-@", *text) != NULL;
}

typedef struct {
  const gchar *at, *end;
  gchar separator;
  GString *cell;
} Reader;

static gboolean
is_at_end_of_cell (const Reader *reader)
{
  return reader->at >= reader->end || *reader->at == reader->separator ||
         *reader->at == '\n' || *reader->at == '\r';
}

/* Reads one cell into reader->cell; a quote that is not closed ends with the file.
 * Returns: FALSE when it is too long. */
static gboolean
read_cell (Reader *reader)
{
  gboolean quoted = FALSE;

  g_string_truncate (reader->cell, 0);
  while (reader->at < reader->end && (quoted || !is_at_end_of_cell (reader))) {
    gchar byte = *reader->at++;

    if (byte != '"') {
      g_string_append_c (reader->cell, byte);
    } else if (!quoted) {
      quoted = TRUE;
    } else if (reader->at < reader->end && *reader->at == '"') {
      g_string_append_c (reader->cell, '"');
      reader->at++;
    } else {
      quoted = FALSE;
    }
    if (reader->cell->len > AC_SHEET_CELL_MAX_BYTES)
      return FALSE;
  }
  return TRUE;
}

static const gchar *
without_apostrophe (const gchar *text)
{
  return *text == '\'' && is_formula (text + strspn (text, "'")) ? text + 1 : text;
}

static gboolean
read_row (Reader *reader, AcSheet *sheet, guint number, GError **error)
{
  if (!ac_sheet_begin_row (sheet, number, error))
    return FALSE;
  for (guint column = 0;; column++) {
    if (!read_cell (reader)) {
      g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_LIMIT,
                   "row %u: a cell of more than %u bytes; a quotation mark may be "
                   "missing",
                   number, AC_SHEET_CELL_MAX_BYTES);
      return FALSE;
    }
    if (!ac_sheet_set_cell (sheet, column, without_apostrophe (reader->cell->str), -1,
                            error))
      return FALSE;
    if (reader->at >= reader->end || *reader->at != reader->separator)
      break;
    reader->at++;
  }
  if (reader->at < reader->end && *reader->at == '\r')
    reader->at++;
  if (reader->at < reader->end && *reader->at == '\n')
    reader->at++;
  ac_sheet_end_row (sheet);
  return TRUE;
}

gboolean
ac_csv_read (AcSheet *sheet, GBytes *file, GError **error)
{
  gsize length;
  g_autofree gchar *text = decode (file, &length, error);
  g_autoptr (GString) cell = g_string_new (NULL);
  Reader reader = { .cell = cell };

  if (text == NULL)
    return FALSE;
  reader.at = text;
  reader.end = text + length;
  reader.separator = find_separator (reader.at, reader.end);
  for (guint number = 1; reader.at < reader.end; number++)
    if (!read_row (&reader, sheet, number, error))
      return FALSE;
  return TRUE;
}

/* --- Writing --- */

static void
append_cell (GString *out, const gchar *text)
{
  gboolean quoted = strpbrk (text, ",;\t\"\r\n") != NULL;

  if (quoted)
    g_string_append_c (out, '"');
  if (is_formula (text + strspn (text, "'")))
    g_string_append_c (out, '\'');
  for (; *text != '\0'; text++) {
    if (*text == '"')
      g_string_append_c (out, '"');
    g_string_append_c (out, *text);
  }
  if (quoted)
    g_string_append_c (out, '"');
}

GBytes *
ac_csv_write (const AcSheet *sheet)
{
  GString *out = g_string_new (BOM);

  for (guint row = 0; row < ac_sheet_n_rows (sheet); row++) {
    for (guint column = 0; column < ac_sheet_n_columns (sheet, row); column++) {
      if (column > 0)
        g_string_append_c (out, ',');
      append_cell (out, ac_sheet_cell (sheet, row, column));
    }
    g_string_append (out, "\r\n");
  }
  return g_string_free_to_bytes (out);
}
