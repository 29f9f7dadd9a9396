#include "table.h"

static void
test_width (void)
{
  g_assert_cmpuint (ac_text_width (""), ==, 0);
  g_assert_cmpuint (ac_text_width ("abc"), ==, 3);
  g_assert_cmpuint (ac_text_width ("党员"), ==, 4);
  g_assert_cmpuint (ac_text_width ("e\xcc\x81"), ==, 1);
}

static void
test_alignment (void)
{
  g_autoptr (AcTable) table =
      ac_table_new ((const gchar *const[]){ "ID", "NAME", "TIME", NULL }, "><>");
  g_autofree gchar *text = NULL;

  ac_table_add_row (table, (const gchar *const[]){ "7", "王小明", "0:00:10", NULL });
  ac_table_add_row (table, (const gchar *const[]){ "123", "Li", "11:00:10", NULL });
  text = ac_table_to_text (table);
  g_assert_cmpstr (text, ==,
                   " ID  NAME        TIME\n"
                   "  7  王小明   0:00:10\n"
                   "123  Li      11:00:10\n");
}

static void
test_hostile_text (void)
{
  g_autoptr (AcTable) table = ac_table_new ((const gchar *const[]){ "X", NULL }, "<");
  g_autofree gchar *text = NULL;

  ac_table_add_row (table, (const gchar *const[]){ "a\x1b[2J\nb\xff", NULL });
  text = ac_table_to_text (table);
  g_assert_cmpstr (text, ==, "X\na?[2J?b\xef\xbf\xbd\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table/width", test_width);
  g_test_add_func ("/table/alignment", test_alignment);
  g_test_add_func ("/table/hostile-text", test_hostile_text);
  return g_test_run ();
}
