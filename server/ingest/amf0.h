/* amf0.h - reading and writing Action Message Format 0 (Adobe, amf0-file-format-spec).
 *
 * The reader is a cursor over bytes it does not own and copies nothing. It may be
 * pointed at anything: a value that runs past the end, nests deeper than
 * AC_AMF0_MAX_DEPTH or brings the number of values over AC_AMF0_MAX_VALUES fails, and
 * after the first failure every further call fails, so that a caller may read several
 * values and look once.
 *
 * Threads: one at a time. */
#pragma once

#include <glib.h>

#define AC_AMF0_MAX_DEPTH 16
#define AC_AMF0_MAX_VALUES 4096

typedef enum {
  AC_AMF0_NUMBER = 0,
  AC_AMF0_BOOLEAN = 1,
  AC_AMF0_STRING = 2,
  AC_AMF0_OBJECT = 3,
  AC_AMF0_NULL = 5,
  AC_AMF0_UNDEFINED = 6,
  AC_AMF0_REFERENCE = 7,
  AC_AMF0_ECMA_ARRAY = 8,
  AC_AMF0_OBJECT_END = 9,
  AC_AMF0_STRICT_ARRAY = 10,
  AC_AMF0_DATE = 11,
  AC_AMF0_LONG_STRING = 12,
  AC_AMF0_UNSUPPORTED = 13,
  AC_AMF0_XML_DOCUMENT = 15,
  AC_AMF0_TYPED_OBJECT = 16,
} AcAmf0Type;

typedef struct {
  const guint8 *at;
  const guint8 *end;
  guint values_left;
  const gchar *problem; /* why reading failed, static; NULL while all is well */
} AcAmf0Reader;

/* A string inside the bytes that are read: not terminated, not checked for UTF-8. */
typedef struct {
  const gchar *data;
  gsize size;
} AcAmf0Text;

void ac_amf0_reader_init (AcAmf0Reader *self, const guint8 *data, gsize size);

/* Returns: the type of the next value, -1 at the end or after a failure. */
gint ac_amf0_reader_peek (AcAmf0Reader *self);

/* Each reads one value of its type, and fails on another. */
gboolean ac_amf0_read_number (AcAmf0Reader *self, gdouble *ret_value);
gboolean ac_amf0_read_boolean (AcAmf0Reader *self, gboolean *ret_value);
gboolean ac_amf0_read_string (AcAmf0Reader *self, AcAmf0Text *ret_value); /* or long */

/* Goes into an object, a typed object or an ECMA array; its fields follow. */
gboolean ac_amf0_read_object_start (AcAmf0Reader *self);
/* @ret_end: TRUE when the object ended; else *@ret_name is set and its value follows */
gboolean ac_amf0_read_field (AcAmf0Reader *self, AcAmf0Text *ret_name,
                             gboolean *ret_end);

/* Passes over one value, whatever it is. */
gboolean ac_amf0_skip (AcAmf0Reader *self);

gboolean ac_amf0_text_equal (const AcAmf0Text *text, const gchar *string);

/* Writers append one value. A string over 65,535 bytes is cut. */
void ac_amf0_write_number (GByteArray *out, gdouble value);
void ac_amf0_write_boolean (GByteArray *out, gboolean value);
void ac_amf0_write_string (GByteArray *out, const gchar *value);
void ac_amf0_write_null (GByteArray *out);
void ac_amf0_write_undefined (GByteArray *out);
void ac_amf0_write_object_start (GByteArray *out);
void ac_amf0_write_field (GByteArray *out, const gchar *name); /* its value is next */
void ac_amf0_write_object_end (GByteArray *out);
void ac_amf0_write_array_start (GByteArray *out, guint32 n_values); /* they follow */
