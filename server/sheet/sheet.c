#include "sheet.h"

#include "csv.h"
#include "workbook.h"

#include <string.h>

G_DEFINE_QUARK (ac - sheet - error - quark, ac_sheet_error)

typedef struct {
  guint number;
  GPtrArray *cells; /* gchar *; NULL: empty */
} Row;

struct _AcSheet {
  GArray *rows; /* Row */
  gsize text_bytes;
};

static void
clear_row (gpointer data)
{
  Row *row = data;

  g_ptr_array_unref (row->cells);
}

AcSheet *
ac_sheet_new (void)
{
  AcSheet *self = g_new0 (AcSheet, 1);

  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_set_clear_func (self->rows, clear_row);
  return self;
}

void
ac_sheet_free (AcSheet *self)
{
  g_array_unref (self->rows);
  g_free (self);
}

guint
ac_sheet_n_rows (const AcSheet *self)
{
  return self->rows->len;
}

static const Row *
row_at (const AcSheet *self, guint row)
{
  return &g_array_index (self->rows, Row, row);
}

guint
ac_sheet_n_columns (const AcSheet *self, guint row)
{
  return row < self->rows->len ? row_at (self, row)->cells->len : 0;
}

guint
ac_sheet_row_number (const AcSheet *self, guint row)
{
  return row < self->rows->len ? row_at (self, row)->number : 0;
}

const gchar *
ac_sheet_cell (const AcSheet *self, guint row, guint column)
{
  const gchar *text = NULL;

  if (column < ac_sheet_n_columns (self, row))
    text = row_at (self, row)->cells->pdata[column];
  return text != NULL ? text : "";
}

static gboolean
refuse (GError **error, const gchar *what, guint limit)
{
  g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_LIMIT,
               "more than %u %s: split the file", limit, what);
  return FALSE;
}

gboolean
ac_sheet_begin_row (AcSheet *self, guint number, GError **error)
{
  Row row = { number, NULL };

  if (self->rows->len >= AC_SHEET_ROWS_MAX)
    return refuse (error, "rows", AC_SHEET_ROWS_MAX);
  row.cells = g_ptr_array_new_with_free_func (g_free);
  g_array_append_val (self->rows, row);
  return TRUE;
}

void
ac_sheet_end_row (AcSheet *self)
{
  if (self->rows->len > 0 && row_at (self, self->rows->len - 1)->cells->len == 0)
    g_array_set_size (self->rows, self->rows->len - 1);
}

/* Byte order marks and spaces without width come along with what is pasted. */
static gboolean
is_invisible (gunichar character)
{
  return character == 0xfeff || (character >= 0x200b && character <= 0x200f) ||
         (character >= 0x202a && character <= 0x202e) ||
         (character >= 0x2066 && character <= 0x2069);
}

/* Returns: (transfer full): NULL when nothing is left. @text: valid UTF-8 */
static gchar *
clean (const gchar *text, gsize length)
{
  g_autoptr (GString) out = g_string_sized_new (length);
  gsize start = 0;

  for (const gchar *at = text; at < text + length; at = g_utf8_next_char (at)) {
    gunichar character = g_utf8_get_char (at);

    if (is_invisible (character) || character == '\r')
      continue;
    if (character != '\n' &&
        (g_unichar_iscntrl (character) || character == 0xa0 || character == 0x3000))
      character = ' ';
    g_string_append_unichar (out, character);
  }
  while (out->len > 0 && strchr (" \n", out->str[out->len - 1]) != NULL)
    g_string_truncate (out, out->len - 1);
  start = strspn (out->str, " \n");
  return out->len > start ? g_strdup (out->str + start) : NULL;
}

/* The texts of all cells together stay below the limit, whichever way they came. */
static gboolean
count_bytes (AcSheet *self, const gchar *before, const gchar *after, GError **error)
{
  gsize bytes = after != NULL ? strlen (after) : 0;

  if (bytes > AC_SHEET_CELL_MAX_BYTES)
    return refuse (error, "bytes in a cell", AC_SHEET_CELL_MAX_BYTES);
  self->text_bytes += bytes;
  self->text_bytes -= before != NULL ? strlen (before) : 0;
  return self->text_bytes <= AC_SHEET_TEXT_MAX_BYTES ||
         refuse (error, "bytes of text", AC_SHEET_TEXT_MAX_BYTES);
}

gboolean
ac_sheet_put_cell (AcSheet *self, guint row, guint column, const gchar *text,
                   gssize length, GError **error)
{
  const Row *put = row_at (self, row);
  gsize bytes = length < 0 ? strlen (text) : (gsize)length;
  g_autofree gchar *cleaned = NULL;
  gboolean known = column < put->cells->len;

  if (!g_utf8_validate_len (text, bytes, NULL)) {
    g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_FORM, "row %u is not UTF-8",
                 put->number);
    return FALSE;
  }
  cleaned = clean (text, bytes);
  if (cleaned == NULL && !known)
    return TRUE;
  if (column >= AC_SHEET_COLUMNS_MAX)
    return refuse (error, "columns", AC_SHEET_COLUMNS_MAX);
  if (!count_bytes (self, known ? put->cells->pdata[column] : NULL, cleaned, error))
    return FALSE;
  if (!known)
    g_ptr_array_set_size (put->cells, (gint)column + 1);
  g_free (put->cells->pdata[column]);
  put->cells->pdata[column] = g_steal_pointer (&cleaned);
  return TRUE;
}

gboolean
ac_sheet_set_cell (AcSheet *self, guint column, const gchar *text, gssize length,
                   GError **error)
{
  return ac_sheet_put_cell (self, self->rows->len - 1, column, text, length, error);
}

void
ac_sheet_add_row (AcSheet *self, const gchar *const *cells)
{
  guint n_rows = self->rows->len;
  Row row = { n_rows > 0 ? row_at (self, n_rows - 1)->number + 1 : 1,
              g_ptr_array_new_with_free_func (g_free) };

  for (guint i = 0; cells[i] != NULL; i++)
    g_ptr_array_add (row.cells, g_strdup (cells[i]));
  g_array_append_val (self->rows, row);
}

static gboolean
starts_with (GBytes *file, const gchar *bytes, gsize length)
{
  gsize size;
  const gchar *data = g_bytes_get_data (file, &size);

  return size >= length && memcmp (data, bytes, length) == 0;
}

AcSheet *
ac_sheet_read (GBytes *file, GError **error)
{
  g_autoptr (AcSheet) self = ac_sheet_new ();
  gboolean good;

  if (g_bytes_get_size (file) > AC_SHEET_FILE_MAX_BYTES) {
    refuse (error, "bytes", AC_SHEET_FILE_MAX_BYTES);
    return NULL;
  }
  if (starts_with (file, "\xd0\xcf\x11\xe0", 4)) {
    g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_FORM,
                 "an old .xls file, or one with a password: save it as .xlsx");
    return NULL;
  }
  good = starts_with (file, "PK\3\4", 4) ? ac_workbook_read (self, file, error)
                                         : ac_csv_read (self, file, error);
  return good ? g_steal_pointer (&self) : NULL;
}
