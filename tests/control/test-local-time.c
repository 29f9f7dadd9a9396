#include "local_time.h"

static void
test_parse (void)
{
  static const struct {
    const gchar *text;
    gint64 wall_ms;
  } rows[] = {
    { "2026-12-01 19:30", G_GINT64_CONSTANT (1796124600000) },
    { "2026-12-01T19:30", G_GINT64_CONSTANT (1796124600000) },
    { "2026-12-01 19:30:05", G_GINT64_CONSTANT (1796124605000) },
    { "2026-12-01T11:30:00Z", G_GINT64_CONSTANT (1796124600000) },
    { "2026-12-01T11:30Z", G_GINT64_CONSTANT (1796124600000) },
    { "2026-12-01 20:30 +09:00", G_GINT64_CONSTANT (1796124600000) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gint64 wall_ms = 0;

    g_test_message ("%s", rows[i].text);
    g_assert_true (ac_local_time_parse (rows[i].text, &wall_ms));
    g_assert_cmpint (wall_ms, ==, rows[i].wall_ms);
  }
}

static void
test_refused (void)
{
  static const gchar *const rows[] = {
    "",
    "19:30",
    "tomorrow",
    "2026-12-01",
    "2026-12-01 19",
    "2026-13-01 19:30",
    "2026-02-30 19:30",
    "2026-12-01 25:30",
    "2026-12-01 19:30 in the evening, when everyone is there",
    "2026-12-01 19:30x",
    "01.12.2026 19:30",
  };
  gint64 wall_ms = 7;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i]);
    g_assert_false (ac_local_time_parse (rows[i], &wall_ms));
    g_assert_cmpint (wall_ms, ==, 7);
  }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE); /* before anything asks */
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/local-time/parse", test_parse);
  g_test_add_func ("/local-time/refused", test_refused);
  return g_test_run ();
}
