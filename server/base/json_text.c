#include "json_text.h"

#include <string.h>

G_DEFINE_QUARK (ac - json - text - error - quark, ac_json_text_error)

#define NUMBER_MAX_CHARS 24
#define INTEGER_MAX_DIGITS 16 /* longer ones would wrap around in json-glib */
#define MAX_SAFE_INTEGER ((G_GINT64_CONSTANT (1) << 53) - 1)

/* What may come next. The state after a value depends only on the innermost open
 * bracket, kept one bit a level in Cursor.objects. */
typedef enum {
  EXPECT_VALUE,
  EXPECT_VALUE_OR_END, /* right after '[' */
  EXPECT_NAME,
  EXPECT_NAME_OR_END, /* right after '{' */
  EXPECT_COMMA_OR_END,
  EXPECT_NOTHING,
} Expect;

typedef struct {
  const gchar *start, *at, *end;
  guint32 objects; /* bit n: level n is an object */
  guint depth;
  Expect expect;
} Cursor;

G_STATIC_ASSERT (AC_JSON_TEXT_MAX_DEPTH <= 32);

static void
skip_space (Cursor *c)
{
  while (c->at < c->end &&
         (*c->at == ' ' || *c->at == '\t' || *c->at == '\n' || *c->at == '\r'))
    c->at++;
}

static gboolean
take (Cursor *c, gchar wanted)
{
  if (c->at == c->end || *c->at != wanted)
    return FALSE;
  c->at++;
  return TRUE;
}

static gboolean
check_word (Cursor *c, const gchar *word)
{
  gsize length = strlen (word);

  if ((gsize)(c->end - c->at) < length || memcmp (c->at, word, length) != 0)
    return FALSE;
  c->at += length;
  return TRUE;
}

static guint
take_digits (Cursor *c)
{
  const gchar *from = c->at;

  while (c->at < c->end && g_ascii_isdigit (*c->at))
    c->at++;
  return (guint)MIN (c->at - from, G_MAXINT);
}

static gboolean
check_number (Cursor *c)
{
  const gchar *from = c->at;
  guint n_digits;

  take (c, '-');
  n_digits = take (c, '0') ? 1 : take_digits (c);
  if (n_digits == 0 || n_digits > INTEGER_MAX_DIGITS)
    return FALSE;
  if (take (c, '.') && take_digits (c) == 0)
    return FALSE;
  if (take (c, 'e') || take (c, 'E')) {
    if (!take (c, '+'))
      take (c, '-');
    if (take_digits (c) == 0)
      return FALSE;
  }
  return c->at - from <= NUMBER_MAX_CHARS;
}

static gboolean
take_hex4 (Cursor *c, guint *ret_unit)
{
  guint unit = 0;

  for (guint i = 0; i < 4; i++, c->at++) {
    if (c->at == c->end || !g_ascii_isxdigit (*c->at))
      return FALSE;
    unit = unit << 4 | (guint)g_ascii_xdigit_value (*c->at);
  }
  *ret_unit = unit;
  return TRUE;
}

static gboolean
check_escape (Cursor *c)
{
  guint unit;

  if (c->at == c->end)
    return FALSE;
  if (*c->at != 'u')
    return *c->at != '\0' && strchr ("\"\\/bfnrt", *c->at++) != NULL;
  c->at++;
  if (!take_hex4 (c, &unit) || unit == 0 || (unit >= 0xdc00 && unit < 0xe000))
    return FALSE;
  if (unit < 0xd800 || unit >= 0xe000)
    return TRUE;
  return take (c, '\\') && take (c, 'u') && take_hex4 (c, &unit) && unit >= 0xdc00 &&
         unit < 0xe000;
}

static gboolean
check_string (Cursor *c)
{
  if (!take (c, '"'))
    return FALSE;
  while (c->at < c->end) {
    guchar ch = (guchar)*c->at++;

    if (ch == '"')
      return TRUE;
    if (ch < 0x20 || (ch == '\\' && !check_escape (c)))
      return FALSE;
  }
  return FALSE;
}

static gboolean
open_level (Cursor *c, gboolean object)
{
  if (c->depth == AC_JSON_TEXT_MAX_DEPTH)
    return FALSE;
  c->at++;
  c->objects = (c->objects & ~(1u << c->depth)) | (object ? 1u << c->depth : 0);
  c->depth++;
  c->expect = object ? EXPECT_NAME_OR_END : EXPECT_VALUE_OR_END;
  return TRUE;
}

static gboolean
in_object (Cursor *c)
{
  return c->depth > 0 && (c->objects & 1u << (c->depth - 1)) != 0;
}

static void
value_is_over (Cursor *c)
{
  c->expect = c->depth == 0 ? EXPECT_NOTHING : EXPECT_COMMA_OR_END;
}

static gboolean
check_value (Cursor *c)
{
  gboolean good;

  if (*c->at == '{' || *c->at == '[')
    return open_level (c, *c->at == '{');
  if (*c->at == '"')
    good = check_string (c);
  else if (*c->at == 't')
    good = check_word (c, "true");
  else if (*c->at == 'f')
    good = check_word (c, "false");
  else if (*c->at == 'n')
    good = check_word (c, "null");
  else
    good = check_number (c);
  value_is_over (c);
  return good;
}

static gboolean
check_name (Cursor *c)
{
  if (!check_string (c))
    return FALSE;
  skip_space (c);
  c->expect = EXPECT_VALUE;
  return take (c, ':');
}

static gboolean
check_comma (Cursor *c)
{
  c->expect = in_object (c) ? EXPECT_NAME : EXPECT_VALUE;
  return take (c, ',');
}

/* Takes the bracket that closes the innermost level, if it is here. */
static gboolean
check_end (Cursor *c)
{
  if (c->expect == EXPECT_VALUE || c->expect == EXPECT_NAME || c->depth == 0 ||
      !take (c, in_object (c) ? '}' : ']'))
    return FALSE;
  c->depth--;
  value_is_over (c);
  return TRUE;
}

static gboolean
check_next (Cursor *c)
{
  if (check_end (c))
    return TRUE;
  switch (c->expect) {
  case EXPECT_VALUE:
  case EXPECT_VALUE_OR_END:
    return check_value (c);
  case EXPECT_NAME:
  case EXPECT_NAME_OR_END:
    return check_name (c);
  case EXPECT_COMMA_OR_END:
    return check_comma (c);
  default:
    return FALSE;
  }
}

gboolean
ac_json_text_check (const gchar *text, gsize length, GError **error)
{
  Cursor c = { .start = text, .at = text, .end = text + length };
  gboolean good = g_utf8_validate_len (text, length, NULL);

  for (skip_space (&c); good && c.at < c.end; skip_space (&c))
    good = check_next (&c);
  if (good && c.expect == EXPECT_NOTHING)
    return TRUE;
  g_set_error (error, AC_JSON_TEXT_ERROR, AC_JSON_TEXT_ERROR_SYNTAX,
               "not valid JSON at byte %" G_GSIZE_FORMAT, (gsize)(c.at - c.start));
  return FALSE;
}

JsonObject *
ac_json_text_parse_object (GBytes *text, gsize max_bytes, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  gsize length;
  const gchar *data = g_bytes_get_data (text, &length);
  JsonNode *root;

  if (length > max_bytes) {
    g_set_error (error, AC_JSON_TEXT_ERROR, AC_JSON_TEXT_ERROR_SYNTAX,
                 "longer than %" G_GSIZE_FORMAT " bytes", max_bytes);
    return NULL;
  }
  if (!ac_json_text_check (data != NULL ? data : "", length, error))
    return NULL;
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, data, (gssize)length, NULL)) {
    g_set_error_literal (error, AC_JSON_TEXT_ERROR, AC_JSON_TEXT_ERROR_SYNTAX,
                         "not valid JSON");
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (error, AC_JSON_TEXT_ERROR, AC_JSON_TEXT_ERROR_SHAPE,
                         "must be a JSON object");
    return NULL;
  }
  return json_node_dup_object (root);
}

static JsonNode *
read_value (JsonObject *object, const gchar *name, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node))
    return node;
  g_set_error (error, AC_JSON_TEXT_ERROR, AC_JSON_TEXT_ERROR_SHAPE, "%s %s", name,
               node == NULL ? "is missing" : "has the wrong type");
  return NULL;
}

static gboolean
refuse (const gchar *name, const gchar *what, GError **error)
{
  g_set_error (error, AC_JSON_TEXT_ERROR, AC_JSON_TEXT_ERROR_SHAPE, "%s %s", name,
               what);
  return FALSE;
}

gboolean
ac_json_object_read_double (JsonObject *object, const gchar *name, gdouble min,
                            gdouble max, gdouble *ret_value, GError **error)
{
  JsonNode *node = read_value (object, name, error);
  GType type;
  gdouble value;

  if (node == NULL)
    return FALSE;
  type = json_node_get_value_type (node);
  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return refuse (name, "must be a number", error);
  value = json_node_get_double (node);
  if (!(value >= min && value <= max))
    return refuse (name, "is out of range", error);
  *ret_value = value;
  return TRUE;
}

gboolean
ac_json_object_read_int (JsonObject *object, const gchar *name, gint64 min, gint64 max,
                         gint64 *ret_value, GError **error)
{
  gdouble value;

  if (!ac_json_object_read_double (object, name, -(gdouble)MAX_SAFE_INTEGER,
                                   MAX_SAFE_INTEGER, &value, error))
    return FALSE;
  if ((gdouble)(gint64)value != value)
    return refuse (name, "must be a whole number", error);
  if ((gint64)value < min || (gint64)value > max)
    return refuse (name, "is out of range", error);
  *ret_value = (gint64)value;
  return TRUE;
}

gboolean
ac_json_object_read_boolean (JsonObject *object, const gchar *name, gboolean *ret_value,
                             GError **error)
{
  JsonNode *node = read_value (object, name, error);

  if (node == NULL)
    return FALSE;
  if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return refuse (name, "must be true or false", error);
  *ret_value = json_node_get_boolean (node);
  return TRUE;
}

const gchar *
ac_json_object_read_string (JsonObject *object, const gchar *name, GError **error)
{
  JsonNode *node = read_value (object, name, error);

  if (node == NULL)
    return NULL;
  if (json_node_get_value_type (node) != G_TYPE_STRING) {
    refuse (name, "must be a text", error);
    return NULL;
  }
  return json_node_get_string (node);
}

void
ac_json_object_set_time (JsonObject *object, const gchar *name, gint64 wall_ms)
{
  g_autoptr (GDateTime) time = NULL;
  g_autofree gchar *text = NULL;

  if (wall_ms > 0)
    time = g_date_time_new_from_unix_utc (wall_ms / 1000);
  if (time == NULL) {
    json_object_set_null_member (object, name);
    return;
  }
  text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
  json_object_set_string_member (object, name, text);
}

gchar *
ac_json_object_to_text (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

  return json_to_string (node, FALSE);
}
