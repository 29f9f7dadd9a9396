#include "amf0.h"

#include <string.h>

#define MAX_SHORT_STRING 65535

static gboolean
fail (AcAmf0Reader *self, const gchar *problem)
{
  if (self->problem == NULL)
    self->problem = problem;
  return FALSE;
}

/* Returns: (nullable): the next @size bytes, passed over. */
static const guint8 *
take (AcAmf0Reader *self, gsize size)
{
  const guint8 *bytes = self->at;

  if (self->problem != NULL)
    return NULL;
  if ((gsize)(self->end - self->at) < size) {
    fail (self, "an AMF0 value runs past the end");
    return NULL;
  }
  self->at += size;
  return bytes;
}

static gboolean
take_size (AcAmf0Reader *self, guint width, gsize *ret_size)
{
  const guint8 *bytes = take (self, width);

  if (bytes == NULL)
    return FALSE;
  *ret_size = 0;
  for (guint i = 0; i < width; i++)
    *ret_size = *ret_size << 8 | bytes[i];
  return TRUE;
}

static gboolean
take_text (AcAmf0Reader *self, guint width, AcAmf0Text *ret_text)
{
  const guint8 *bytes;
  gsize size;

  if (!take_size (self, width, &size))
    return FALSE;
  bytes = take (self, size);
  if (bytes == NULL)
    return FALSE;
  *ret_text = (AcAmf0Text){ (const gchar *)bytes, size };
  return TRUE;
}

/* The marker in front of every value, and the count of them. */
static gboolean
take_marker (AcAmf0Reader *self, guint8 *ret_marker)
{
  const guint8 *bytes;

  if (self->values_left == 0)
    return fail (self, "too many AMF0 values");
  bytes = take (self, 1);
  if (bytes == NULL)
    return FALSE;
  self->values_left--;
  *ret_marker = bytes[0];
  return TRUE;
}

static gboolean
expect_marker (AcAmf0Reader *self, AcAmf0Type type)
{
  guint8 marker;

  if (!take_marker (self, &marker))
    return FALSE;
  if (marker != type)
    return fail (self, "an AMF0 value is not of the expected type");
  return TRUE;
}

void
ac_amf0_reader_init (AcAmf0Reader *self, const guint8 *data, gsize size)
{
  *self = (AcAmf0Reader){
    .at = data,
    .end = size > 0 ? data + size : data,
    .values_left = AC_AMF0_MAX_VALUES,
  };
}

gint
ac_amf0_reader_peek (AcAmf0Reader *self)
{
  if (self->problem != NULL || self->at == self->end)
    return -1;
  return self->at[0];
}

gboolean
ac_amf0_read_number (AcAmf0Reader *self, gdouble *ret_value)
{
  const guint8 *bytes;
  guint64 bits;

  if (!expect_marker (self, AC_AMF0_NUMBER))
    return FALSE;
  bytes = take (self, sizeof bits);
  if (bytes == NULL)
    return FALSE;
  memcpy (&bits, bytes, sizeof bits);
  bits = GUINT64_FROM_BE (bits);
  memcpy (ret_value, &bits, sizeof bits);
  return TRUE;
}

gboolean
ac_amf0_read_boolean (AcAmf0Reader *self, gboolean *ret_value)
{
  const guint8 *bytes;

  if (!expect_marker (self, AC_AMF0_BOOLEAN))
    return FALSE;
  bytes = take (self, 1);
  if (bytes == NULL)
    return FALSE;
  *ret_value = bytes[0] != 0;
  return TRUE;
}

gboolean
ac_amf0_read_string (AcAmf0Reader *self, AcAmf0Text *ret_value)
{
  guint8 marker;

  if (!take_marker (self, &marker))
    return FALSE;
  if (marker == AC_AMF0_STRING)
    return take_text (self, 2, ret_value);
  if (marker == AC_AMF0_LONG_STRING)
    return take_text (self, 4, ret_value);
  return fail (self, "an AMF0 value is not of the expected type");
}

gboolean
ac_amf0_read_object_start (AcAmf0Reader *self)
{
  AcAmf0Text class_name;
  guint8 marker;

  if (!take_marker (self, &marker))
    return FALSE;
  switch (marker) {
  case AC_AMF0_OBJECT:
    return TRUE;
  case AC_AMF0_TYPED_OBJECT:
    return take_text (self, 2, &class_name);
  case AC_AMF0_ECMA_ARRAY:
    /* The count in front is a hint (section 2.10) and often wrong. */
    return take (self, 4) != NULL;
  default:
    return fail (self, "an AMF0 value is not of the expected type");
  }
}

gboolean
ac_amf0_read_field (AcAmf0Reader *self, AcAmf0Text *ret_name, gboolean *ret_end)
{
  if (!take_text (self, 2, ret_name))
    return FALSE;
  *ret_end = ret_name->size == 0 && ac_amf0_reader_peek (self) == AC_AMF0_OBJECT_END;
  if (*ret_end)
    self->at++;
  return TRUE;
}

static gboolean skip_value (AcAmf0Reader *self, guint depth);

static gboolean
skip_fields (AcAmf0Reader *self, guint depth)
{
  AcAmf0Text name;
  gboolean end;

  while (ac_amf0_read_field (self, &name, &end)) {
    if (end)
      return TRUE;
    if (!skip_value (self, depth + 1))
      return FALSE;
  }
  return FALSE;
}

static gboolean
skip_strict_array (AcAmf0Reader *self, guint depth)
{
  gsize count;

  if (!take_size (self, 4, &count))
    return FALSE;
  for (; count > 0; count--)
    if (!skip_value (self, depth + 1))
      return FALSE;
  return TRUE;
}

static gboolean
skip_value (AcAmf0Reader *self, guint depth)
{
  AcAmf0Text text;
  guint8 marker;

  if (depth >= AC_AMF0_MAX_DEPTH)
    return fail (self, "AMF0 values are nested too deeply");
  if (!take_marker (self, &marker))
    return FALSE;
  switch (marker) {
  case AC_AMF0_NUMBER:
    return take (self, 8) != NULL;
  case AC_AMF0_BOOLEAN:
    return take (self, 1) != NULL;
  case AC_AMF0_STRING:
    return take_text (self, 2, &text);
  case AC_AMF0_LONG_STRING:
  case AC_AMF0_XML_DOCUMENT:
    return take_text (self, 4, &text);
  case AC_AMF0_NULL:
  case AC_AMF0_UNDEFINED:
  case AC_AMF0_UNSUPPORTED:
    return TRUE;
  case AC_AMF0_REFERENCE:
    return take (self, 2) != NULL;
  case AC_AMF0_DATE:
    return take (self, 10) != NULL; /* milliseconds and an unused time zone */
  case AC_AMF0_OBJECT:
    return skip_fields (self, depth);
  case AC_AMF0_TYPED_OBJECT:
    return take_text (self, 2, &text) && skip_fields (self, depth);
  case AC_AMF0_ECMA_ARRAY:
    return take (self, 4) != NULL && skip_fields (self, depth);
  case AC_AMF0_STRICT_ARRAY:
    return skip_strict_array (self, depth);
  default:
    return fail (self, "an AMF0 value is of an unknown type");
  }
}

gboolean
ac_amf0_skip (AcAmf0Reader *self)
{
  return skip_value (self, 0);
}

gboolean
ac_amf0_text_equal (const AcAmf0Text *text, const gchar *string)
{
  return text->size == strlen (string) && memcmp (text->data, string, text->size) == 0;
}

static void
write_marker (GByteArray *out, AcAmf0Type type)
{
  const guint8 marker = type;

  g_byte_array_append (out, &marker, 1);
}

static void
write_short_text (GByteArray *out, const gchar *text)
{
  const gsize size = MIN (strlen (text), MAX_SHORT_STRING);
  const guint8 head[2] = { size >> 8, size & 0xff };

  g_byte_array_append (out, head, sizeof head);
  g_byte_array_append (out, (const guint8 *)text, size);
}

void
ac_amf0_write_number (GByteArray *out, gdouble value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT64_TO_BE (bits);
  write_marker (out, AC_AMF0_NUMBER);
  g_byte_array_append (out, (const guint8 *)&bits, sizeof bits);
}

void
ac_amf0_write_boolean (GByteArray *out, gboolean value)
{
  const guint8 byte = value ? 1 : 0;

  write_marker (out, AC_AMF0_BOOLEAN);
  g_byte_array_append (out, &byte, 1);
}

void
ac_amf0_write_string (GByteArray *out, const gchar *value)
{
  write_marker (out, AC_AMF0_STRING);
  write_short_text (out, value);
}

void
ac_amf0_write_null (GByteArray *out)
{
  write_marker (out, AC_AMF0_NULL);
}

void
ac_amf0_write_undefined (GByteArray *out)
{
  write_marker (out, AC_AMF0_UNDEFINED);
}

void
ac_amf0_write_object_start (GByteArray *out)
{
  write_marker (out, AC_AMF0_OBJECT);
}

void
ac_amf0_write_field (GByteArray *out, const gchar *name)
{
  write_short_text (out, name);
}

void
ac_amf0_write_object_end (GByteArray *out)
{
  write_short_text (out, "");
  write_marker (out, AC_AMF0_OBJECT_END);
}

void
ac_amf0_write_array_start (GByteArray *out, guint32 n_values)
{
  const guint32 count = GUINT32_TO_BE (n_values);

  write_marker (out, AC_AMF0_STRICT_ARRAY);
  g_byte_array_append (out, (const guint8 *)&count, sizeof count);
}
