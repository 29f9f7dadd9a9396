#include "fields.h"

#include <math.h>
#include <string.h>

static const gchar *const types[] = { "b", "u", "x", "d", "s" };

static GVariant *
to_variant (const AcField *field, gconstpointer at)
{
  g_autofree gchar *text = NULL;

  switch (field->kind) {
  case AC_FIELD_SWITCH:
    return g_variant_new_boolean (*(const gboolean *)at);
  case AC_FIELD_NUMBER:
    return g_variant_new_uint32 (*(const guint32 *)at);
  case AC_FIELD_LARGE:
    return g_variant_new_int64 (*(const gint64 *)at);
  case AC_FIELD_REAL:
    return g_variant_new_double (*(const gdouble *)at);
  case AC_FIELD_TEXT:
    text = g_strndup (at, field->size - 1);
    return g_variant_new_take_string (g_utf8_make_valid (text, -1));
  }
  g_assert_not_reached ();
}

void
ac_fields_add (const AcField *fields, gconstpointer values, GVariantBuilder *builder)
{
  for (; fields->name != NULL; fields++)
    g_variant_builder_add (
        builder, "{sv}", fields->name,
        to_variant (fields, (const guint8 *)values + fields->offset));
}

static gboolean
read_value (const AcField *field, GVariant *value, gpointer at)
{
  const gchar *text;
  gdouble real;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (types[field->kind])))
    return FALSE;
  switch (field->kind) {
  case AC_FIELD_SWITCH:
    *(gboolean *)at = g_variant_get_boolean (value);
    return TRUE;
  case AC_FIELD_NUMBER:
    *(guint32 *)at = g_variant_get_uint32 (value);
    return TRUE;
  case AC_FIELD_LARGE:
    *(gint64 *)at = g_variant_get_int64 (value);
    return TRUE;
  case AC_FIELD_REAL:
    real = g_variant_get_double (value);
    if (isfinite (real))
      *(gdouble *)at = real;
    return isfinite (real);
  case AC_FIELD_TEXT:
    text = g_variant_get_string (value, NULL);
    return g_strlcpy (at, text, field->size) < field->size;
  }
  return FALSE;
}

gboolean
ac_fields_read (const AcField *fields, GVariant *dictionary, gpointer values)
{
  GVariantIter iter;
  const gchar *name;
  GVariant *value;
  gboolean good = TRUE;

  g_variant_iter_init (&iter, dictionary);
  while (good && g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
    const AcField *field = fields;

    while (field->name != NULL && strcmp (field->name, name) != 0)
      field++;
    if (field->name != NULL)
      good = read_value (field, value, (guint8 *)values + field->offset);
    g_variant_unref (value);
  }
  return good;
}

gdouble
ac_field_number (const AcField *field, gconstpointer values)
{
  gconstpointer at = (const guint8 *)values + field->offset;

  switch (field->kind) {
  case AC_FIELD_SWITCH:
    return *(const gboolean *)at ? 1 : 0;
  case AC_FIELD_NUMBER:
    return *(const guint32 *)at;
  case AC_FIELD_LARGE:
    return (gdouble) * (const gint64 *)at;
  case AC_FIELD_REAL:
    return *(const gdouble *)at;
  case AC_FIELD_TEXT:
    break;
  }
  return 0;
}

const gchar *
ac_field_text (const AcField *field, gconstpointer values)
{
  return (const gchar *)values + field->offset;
}
