/* fields.h - plain structs as dictionaries, by a table of their members.
 *
 * What grows from release to release crosses the socket as a dictionary "a{sv}": a name
 * that the reader does not know is skipped, one that does not come keeps what the
 * struct held. To add a member is to add a line to the struct and a row to its table.
 *
 * Threads: any. */
#pragma once

#include <glib.h>

typedef enum {
  AC_FIELD_SWITCH, /* gboolean, "b" */
  AC_FIELD_NUMBER, /* guint32, "u" */
  AC_FIELD_LARGE,  /* gint64, "x" */
  AC_FIELD_REAL,   /* gdouble, "d"; finite */
  AC_FIELD_TEXT,   /* gchar[], "s"; UTF-8, ended within the array */
} AcFieldKind;

typedef struct {
  const gchar *name; /* NULL: the table ends */
  AcFieldKind kind;
  gsize offset, size;
  gboolean total;    /* only ever grows while its owner lives: a counter */
  const gchar *help; /* one sentence, for people; NULL: not for them */
} AcField;

#define AC_FIELD(type, member, kind, total, help)                                      \
  {                                                                                    \
#member, AC_FIELD_##kind, G_STRUCT_OFFSET(type, member),                           \
        sizeof(((type *)NULL)->member), total, help                                    \
  }

/* Adds what @fields tells of @values to an open "a{sv}". Texts that are no UTF-8 are
 * made so. */
void ac_fields_add (const AcField *fields, gconstpointer values,
                    GVariantBuilder *builder);
/* @dictionary: "a{sv}"
 * Returns: FALSE when a known name has another type, or a value that its member cannot
 * hold; @values may then be partly written. */
gboolean ac_fields_read (const AcField *fields, GVariant *dictionary, gpointer values);

/* Reading one member of @values; the kind is the field's. */
gdouble ac_field_number (const AcField *field, gconstpointer values); /* not of TEXT */
const gchar *ac_field_text (const AcField *field, gconstpointer values);
