/* table.h - rows of text in aligned columns, Chinese characters counted as two wide.
 *
 * Threads: any, one at a time. */
#pragma once

#include <glib.h>

typedef struct _AcTable AcTable;

/* @titles: NULL-terminated; @aligns: a '<' (left) or '>' (right) for each column */
AcTable *ac_table_new (const gchar *const *titles, const gchar *aligns);
void ac_table_free (AcTable *self);
/* @cells: NULL-terminated, one a column; control characters are shown as '?' */
void ac_table_add_row (AcTable *self, const gchar *const *cells);
/* Returns: (transfer full): the table, its titles first, a newline after each row. */
gchar *ac_table_to_text (AcTable *self);

/* Returns: how many cells of a terminal @text fills. */
guint ac_text_width (const gchar *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcTable, ac_table_free)
