#include "json_text.h"

#include <string.h>

static const gchar *const good[] = {
  "{}",
  " { } ",
  "[]",
  "0",
  "-0.5e+3",
  "\"\"",
  "null",
  "{\"a\":[1,2,{\"b\":null}],\"c\":\"\\u4e2d\\ud83d\\ude00\\n\"}",
  "[true,false,\t\"党员\"]",
  "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
  "9007199254740991",
};

static const gchar *const bad[] = {
  "",
  " ",
  "{",
  "}",
  "[1,]",
  "[,1]",
  "[1 2]",
  "{\"a\"}",
  "{\"a\":}",
  "{\"a\":1,}",
  "{a:1}",
  "{'a':1}",
  "{\"a\":1]",
  "[1}",
  "01",
  "1.",
  ".5",
  "+1",
  "-",
  "1e",
  "nul",
  "nulll",
  "NaN",
  "tru",
  "\"",
  "\"\\x\"",
  "\"\\u12\"",
  "\"\\u0000\"",
  "\"\\ud800\"",
  "\"\\ud800\\u0041\"",
  "\"\\udc00\"",
  "\"\n\"",
  "{} {}",
  "1 2",
  "// note\n{}",
  "var a = {}",
  "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]",
  "12345678901234567",
  "1.00000000000000000000000000000001",
  "\"\xff\"",
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", good[i]);
    g_assert_true (ac_json_text_check (good[i], strlen (good[i]), &error));
    g_assert_no_error (error);
  }
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", bad[i]);
    g_assert_false (ac_json_text_check (bad[i], strlen (bad[i]), &error));
    g_assert_error (error, AC_JSON_TEXT_ERROR, AC_JSON_TEXT_ERROR_SYNTAX);
  }
}

/* Every prefix and every changed byte of a good text: no crash, and what passes is
 * what json-glib can read. */
static void
test_damaged (void)
{
  static const gchar text[] =
      "{\"a\":[1,-2.5e3,{\"b\":null}],\"c\":\"\\ud83d\\ude00\"}";

  for (gsize i = 0; i < sizeof text - 1; i++)
    for (guint c = 1; c < 256; c++) {
      g_autofree gchar *copy = g_strdup (text);
      g_autoptr (JsonParser) parser = json_parser_new ();

      g_assert_false (ac_json_text_check (text, i, NULL));
      copy[i] = (gchar)c;
      if (ac_json_text_check (copy, sizeof text - 1, NULL))
        g_assert_true (json_parser_load_from_data (parser, copy, -1, NULL));
    }
}

static JsonObject *
parse (const gchar *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  return ac_json_text_parse_object (bytes, 64, error);
}

static void
test_object (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = parse ("{\"n\":3}", &error);
  gint64 n = 0;

  g_assert_no_error (error);
  g_assert_true (ac_json_object_read_int (object, "n", 1, 3, &n, &error));
  g_assert_cmpint (n, ==, 3);
  g_assert_null (parse ("[]", &error));
  g_assert_error (error, AC_JSON_TEXT_ERROR, AC_JSON_TEXT_ERROR_SHAPE);
}

static void
test_length (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = g_strdup_printf ("{\"a\":\"%*s\"}", 64, "");

  g_assert_null (parse (text, &error));
  g_assert_error (error, AC_JSON_TEXT_ERROR, AC_JSON_TEXT_ERROR_SYNTAX);
}

static void
test_fields (void)
{
  g_autoptr (JsonObject) object = parse (
      "{\"i\":7,\"d\":1.5,\"w\":2.0,\"b\":true,\"s\":\"x\",\"o\":{},\"z\":null}", NULL);
  gint64 i = 0;
  gdouble d = 0;
  gboolean b = FALSE;

  g_assert_true (ac_json_object_read_int (object, "w", 0, 9, &i, NULL));
  g_assert_cmpint (i, ==, 2);
  g_assert_true (ac_json_object_read_double (object, "i", 0, 9, &d, NULL));
  g_assert_cmpfloat (d, ==, 7);
  g_assert_true (ac_json_object_read_boolean (object, "b", &b, NULL) && b);
  g_assert_cmpstr (ac_json_object_read_string (object, "s", NULL), ==, "x");
  g_assert_false (ac_json_object_read_int (object, "d", 0, 9, &i, NULL));
  g_assert_false (ac_json_object_read_int (object, "i", 8, 9, &i, NULL));
  g_assert_false (ac_json_object_read_int (object, "b", 0, 9, &i, NULL));
  g_assert_false (ac_json_object_read_int (object, "s", 0, 9, &i, NULL));
  g_assert_false (ac_json_object_read_int (object, "z", 0, 9, &i, NULL));
  g_assert_false (ac_json_object_read_int (object, "absent", 0, 9, &i, NULL));
  g_assert_false (ac_json_object_read_boolean (object, "i", &b, NULL));
  g_assert_null (ac_json_object_read_string (object, "o", NULL));
  g_assert_null (ac_json_object_read_string (object, "i", NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-text/good", test_good);
  g_test_add_func ("/json-text/bad", test_bad);
  g_test_add_func ("/json-text/damaged", test_damaged);
  g_test_add_func ("/json-text/object", test_object);
  g_test_add_func ("/json-text/length", test_length);
  g_test_add_func ("/json-text/fields", test_fields);
  return g_test_run ();
}
