#include "day.h"

static const struct {
  const gchar *text, *day; /* NULL: refused */
} rows[] = {
  { "2026-01-05", "2026-01-05" },
  { "2026-1-5", "2026-01-05" },
  { "2026/1/5", "2026-01-05" },
  { "2026.01.05", "2026-01-05" },
  { "2026年1月5日", "2026-01-05" },
  { "20260105", "2026-01-05" },
  { "46027", "2026-01-05" }, /* what a spreadsheet holds */
  { "46027.75", "2026-01-05" },
  { "2026-01-05 08:30:00", "2026-01-05" },
  { "2026-01-05T08:30:00", "2026-01-05" },
  { "2024-02-29", "2024-02-29" },
  { "1900-01-01", "1900-01-01" },
  { "2026-02-29", NULL },
  { "2026-13-01", NULL },
  { "2026-00-01", NULL },
  { "2026-01-32", NULL },
  { "1899-12-31", NULL },
  { "2200-01-01", NULL },
  { "99999999999999999999-1-1", NULL },
  { "2026-01/05", NULL },
  { "2026年1月5", NULL },
  { "2026-01-05x", NULL },
  { "2026-01-05 noon", NULL },
  { "2026", NULL },
  { "46027,5", NULL },
  { "99999", NULL },
  { "5/1/2026", NULL },
  { "", NULL },
  { "-", NULL },
};

static void
test_parse (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gchar day[AC_DAY_CHARS + 1] = "untouched";

    g_test_message ("%s", rows[i].text);
    g_assert_true (ac_day_parse (rows[i].text, day) == (rows[i].day != NULL));
    g_assert_cmpstr (day, ==, rows[i].day != NULL ? rows[i].day : "untouched");
  }
}

static void
test_at (void)
{
  gchar day[AC_DAY_CHARS + 1];

  ac_day_at (G_GINT64_CONSTANT (1773158399999), day); /* the last moment of a day */
  g_assert_cmpstr (day, ==, "2026-03-10");
  ac_day_at (G_GINT64_CONSTANT (1773158400000), day);
  g_assert_cmpstr (day, ==, "2026-03-11");
  ac_day_at (0, day);
  g_assert_cmpstr (day, ==, "1970-01-01");
  ac_day_at (G_MAXINT64, day);
  g_assert_cmpstr (day, ==, "1970-01-01");
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/day/parse", test_parse);
  g_test_add_func ("/day/at", test_at);
  return g_test_run ();
}
