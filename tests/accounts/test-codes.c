#include "codes.h"

#include <string.h>

static void
test_once (void)
{
  g_autoptr (AcCodes) codes = ac_codes_new ();
  gchar first[AC_CODE_DIGITS + 1], second[AC_CODE_DIGITS + 1];

  ac_codes_make (codes, 1, 0, first);
  g_assert_cmpuint (strspn (first, "0123456789"), ==, AC_CODE_DIGITS);
  g_assert_false (ac_codes_take (codes, 2, first, 1)); /* somebody else's */
  g_assert_true (ac_codes_take (codes, 1, first, AC_CODE_LIFE_MS - 1));
  g_assert_false (ac_codes_take (codes, 1, first, AC_CODE_LIFE_MS - 1));

  ac_codes_make (codes, 1, 0, first);
  do
    ac_codes_make (codes, 1, 0, second);
  while (strcmp (first, second) == 0);
  g_assert_false (ac_codes_take (codes, 1, first, 1)); /* the last one counts */
  g_assert_true (ac_codes_take (codes, 1, second, 1));
}

static void
test_expires (void)
{
  g_autoptr (AcCodes) codes = ac_codes_new ();
  gchar code[AC_CODE_DIGITS + 1];

  ac_codes_make (codes, 1, 1000, code);
  g_assert_false (ac_codes_take (codes, 1, code, 1000 + AC_CODE_LIFE_MS));
  g_assert_cmpuint (ac_codes_n (codes), ==, 0);
}

static void
test_tries (void)
{
  static const gchar *const wrong[] = { "", "12345", "1234567", "abcdef",
                                        "0123456789" };
  g_autoptr (AcCodes) codes = ac_codes_new ();
  gchar code[AC_CODE_DIGITS + 1];

  ac_codes_make (codes, 1, 0, code);
  for (guint i = 0; i < AC_CODE_TRIES; i++)
    g_assert_false (ac_codes_take (codes, 1, wrong[i], 1));
  g_assert_false (ac_codes_take (codes, 1, code, 1));
}

static void
test_bounded (void)
{
  g_autoptr (AcCodes) codes = ac_codes_new ();
  gchar first[AC_CODE_DIGITS + 1], code[AC_CODE_DIGITS + 1];

  ac_codes_make (codes, 1, 0, first);
  for (guint i = 0; i < AC_CODES_MAX; i++)
    ac_codes_make (codes, 2 + i, 0, code);
  g_assert_cmpuint (ac_codes_n (codes), ==, AC_CODES_MAX);
  g_assert_false (ac_codes_take (codes, 1, first, 1));
  g_assert_true (ac_codes_take (codes, 1 + AC_CODES_MAX, code, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codes/once", test_once);
  g_test_add_func ("/codes/expires", test_expires);
  g_test_add_func ("/codes/tries", test_tries);
  g_test_add_func ("/codes/bounded", test_bounded);
  return g_test_run ();
}
