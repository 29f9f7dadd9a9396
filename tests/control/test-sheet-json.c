#include "json_text.h"
#include "sheet_json.h"

#include <string.h>

static JsonArray *
parse (const gchar *rows)
{
  g_autofree gchar *text = g_strdup_printf ("{\"rows\":%s}", rows);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (JsonObject) object = ac_json_text_parse_object (bytes, 4096, NULL);

  g_assert_nonnull (object);
  return json_array_ref (json_object_get_array_member (object, "rows"));
}

static void
test_refused (void)
{
  static const gchar *const bad[] = {
    "[1]",           "[[]]",           "[[\"1\"]]", "[[0]]",   "[[-1]]",
    "[[1.5]]",       "[[1],[1]]",      "[[2],[1]]", "[[1,2]]", "[[1,null]]",
    "[[1,[\"a\"]]]", "[[4294967296]]", "[{}]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (JsonArray) rows = parse (bad[i]);
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", bad[i]);
    g_assert_null (ac_sheet_from_json (rows, &error));
    g_assert_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_FORM);
  }
}

static void
test_round_trip (void)
{
  g_autoptr (JsonArray) rows = parse ("[[2,\"a\",\"\",\"b\"],[3],[7,\"\",\"c\"]]");
  g_autoptr (AcSheet) sheet = ac_sheet_from_json (rows, NULL);
  g_autoptr (JsonArray) again = ac_sheet_to_json (sheet);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  g_autofree gchar *text = NULL;

  json_node_set_array (node, again);
  text = json_to_string (node, FALSE);
  g_assert_cmpstr (text, ==, "[[2,\"a\",\"\",\"b\"],[7,\"\",\"c\"]]");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sheet-json/refused", test_refused);
  g_test_add_func ("/sheet-json/round-trip", test_round_trip);
  return g_test_run ();
}
