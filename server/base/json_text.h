/* json_text.h - JSON from strangers: checked whole before a parser sees it.
 *
 * json-glib accepts comments and assignments, recurses as deep as its input says and
 * asserts on some escapes. So text is first checked here against RFC 8259, without
 * recursion, with limits on length and depth; only then it is parsed.
 *
 * Stricter than the RFC: "\u0000" and lone surrogates are refused (no C string can hold
 * the one, no UTF-8 the other), and so are numbers longer than 24 characters.
 *
 * Threads: any. */
#pragma once

#include <json-glib/json-glib.h>

typedef enum {
  AC_JSON_TEXT_ERROR_SYNTAX, /* not JSON, or over a limit */
  AC_JSON_TEXT_ERROR_SHAPE,  /* JSON, but not what was asked for */
} AcJsonTextError;
#define AC_JSON_TEXT_ERROR (ac_json_text_error_quark ())
GQuark ac_json_text_error_quark (void);

#define AC_JSON_TEXT_MAX_DEPTH 16

/* Errors: SYNTAX (the message names the byte). */
gboolean ac_json_text_check (const gchar *text, gsize length, GError **error);

/* Returns: (transfer full): the object that @text is.
 * Errors: SYNTAX; SHAPE when it is another value. */
JsonObject *ac_json_text_parse_object (GBytes *text, gsize max_bytes, GError **error);

/* Members of an object by type; SHAPE with the member's name in the message when it is
 * missing or something else. A number is an integer when it is a whole one below 2^53,
 * what a page can count to: 1.0 is one. */
gboolean ac_json_object_read_int (JsonObject *object, const gchar *name, gint64 min,
                                  gint64 max, gint64 *ret_value, GError **error);
gboolean ac_json_object_read_double (JsonObject *object, const gchar *name, gdouble min,
                                     gdouble max, gdouble *ret_value, GError **error);
gboolean ac_json_object_read_boolean (JsonObject *object, const gchar *name,
                                      gboolean *ret_value, GError **error);
/* Returns: (transfer none): valid as long as @object is unchanged. */
const gchar *ac_json_object_read_string (JsonObject *object, const gchar *name,
                                         GError **error);

/* Sets @name to the time in UTC by RFC 3339, to the second; to null when @wall_ms is 0
 * or no time that can be written. */
void ac_json_object_set_time (JsonObject *object, const gchar *name, gint64 wall_ms);

/* Returns: (transfer full): @object as one line of text. */
gchar *ac_json_object_to_text (JsonObject *object);
