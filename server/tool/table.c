#include "table.h"

#include <string.h>

struct _AcTable {
  gchar *aligns;
  guint n_columns;
  GPtrArray *rows; /* GStrv, the titles first */
};

AcTable *
ac_table_new (const gchar *const *titles, const gchar *aligns)
{
  AcTable *self = g_new0 (AcTable, 1);

  self->aligns = g_strdup (aligns);
  self->n_columns = (guint)strlen (aligns);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  ac_table_add_row (self, titles);
  return self;
}

void
ac_table_free (AcTable *self)
{
  g_free (self->aligns);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

/* A name must not move the cursor of whoever lists it. */
static gchar *
printable (const gchar *text)
{
  g_autofree gchar *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new ("");

  for (const gchar *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    g_string_append_unichar (out, g_unichar_iscntrl (c) ? '?' : c);
  }
  return g_string_free (out, FALSE);
}

void
ac_table_add_row (AcTable *self, const gchar *const *cells)
{
  GStrv row = g_new0 (gchar *, self->n_columns + 1);

  for (guint i = 0; i < self->n_columns; i++)
    row[i] = printable (cells[i]);
  g_ptr_array_add (self->rows, row);
}

guint
ac_text_width (const gchar *text)
{
  guint width = 0;

  for (const gchar *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (!g_unichar_iszerowidth (c))
      width += g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

static void
append_cell (GString *out, const gchar *cell, guint width, gboolean right,
             gboolean last)
{
  gint padding = (gint)(width - ac_text_width (cell));

  if (right)
    g_string_append_printf (out, "%*s", padding, "");
  g_string_append (out, cell);
  if (!right && !last)
    g_string_append_printf (out, "%*s", padding, "");
  g_string_append (out, last ? "\n" : "  ");
}

gchar *
ac_table_to_text (AcTable *self)
{
  GString *out = g_string_new ("");
  g_autofree guint *widths = g_new0 (guint, self->n_columns);

  for (guint r = 0; r < self->rows->len; r++)
    for (guint i = 0; i < self->n_columns; i++)
      widths[i] = MAX (widths[i], ac_text_width (((GStrv)self->rows->pdata[r])[i]));
  for (guint r = 0; r < self->rows->len; r++)
    for (guint i = 0; i < self->n_columns; i++)
      append_cell (out, ((GStrv)self->rows->pdata[r])[i], widths[i],
                   self->aligns[i] == '>', i + 1 == self->n_columns);
  return g_string_free (out, FALSE);
}
