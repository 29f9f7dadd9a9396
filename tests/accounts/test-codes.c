#include "codes.h"

#include <string.h>

#define PHONE "13800138000"

static guint64
take (AcCodes *codes, gint64 member, const gchar *code, gint64 now_ms)
{
  return ac_codes_take (codes, member, PHONE, code, now_ms);
}

static void
test_once (void)
{
  g_autoptr (AcCodes) codes = ac_codes_new ();
  gchar first[AC_CODE_DIGITS + 1], second[AC_CODE_DIGITS + 1];
  guint64 taken;

  ac_codes_make (codes, 1, PHONE, 0, first);
  g_assert_cmpuint (strspn (first, "0123456789"), ==, AC_CODE_DIGITS);
  g_assert_false (take (codes, 2, first, 1)); /* somebody else's */
  taken = take (codes, 1, first, AC_CODE_LIFE_MS - 1);
  g_assert_cmpuint (taken, !=, 0);
  g_assert_false (take (codes, 1, first, AC_CODE_LIFE_MS - 1)); /* before, and after */
  ac_codes_settle (codes, 1, taken, TRUE);
  g_assert_false (take (codes, 1, first, AC_CODE_LIFE_MS - 1));
  g_assert_cmpuint (ac_codes_n (codes), ==, 0);

  ac_codes_make (codes, 1, PHONE, 0, first);
  do
    ac_codes_make (codes, 1, PHONE, 0, second);
  while (strcmp (first, second) == 0);
  g_assert_false (take (codes, 1, first, 1)); /* the last one counts */
  g_assert_true (take (codes, 1, second, 1));
}

/* Whoever was told to come again comes with the same one. */
static void
test_good_again (void)
{
  g_autoptr (AcCodes) codes = ac_codes_new ();
  gchar first[AC_CODE_DIGITS + 1], second[AC_CODE_DIGITS + 1];
  guint64 taken, later;

  ac_codes_make (codes, 1, PHONE, 0, first);
  for (guint i = 0; i < 2 * AC_CODE_TRIES; i++) {
    taken = take (codes, 1, first, 1);
    g_assert_cmpuint (taken, !=, 0);
    ac_codes_settle (codes, 1, taken, FALSE);
  }
  taken = take (codes, 1, first, 1);
  ac_codes_make (codes, 1, PHONE, 0, second);
  ac_codes_settle (codes, 1, taken, TRUE); /* the first one, which is gone */
  later = take (codes, 1, second, 1);
  g_assert_cmpuint (later, !=, 0);
  ac_codes_settle (codes, 1, taken, FALSE);
  g_assert_cmpuint (take (codes, 1, second, 1), ==, 0); /* it is being used */
  ac_codes_settle (codes, 1, later, TRUE);
  g_assert_cmpuint (ac_codes_n (codes), ==, 0);
}

static void
test_phone (void)
{
  static const gchar *const others[] = { "13900139000", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (AcCodes) codes = ac_codes_new ();
    gchar code[AC_CODE_DIGITS + 1];

    ac_codes_make (codes, 1, PHONE, 0, code);
    g_assert_false (ac_codes_take (codes, 1, others[i], code, 1));
    g_assert_false (take (codes, 1, code, 1)); /* it went elsewhere for good */
  }
}

static void
test_expires (void)
{
  g_autoptr (AcCodes) codes = ac_codes_new ();
  gchar code[AC_CODE_DIGITS + 1];

  ac_codes_make (codes, 1, PHONE, 1000, code);
  g_assert_false (take (codes, 1, code, 1000 + AC_CODE_LIFE_MS));
  g_assert_cmpuint (ac_codes_n (codes), ==, 0);
}

static void
test_tries (void)
{
  static const gchar *const wrong[] = { "", "12345", "1234567", "abcdef",
                                        "0123456789" };
  g_autoptr (AcCodes) codes = ac_codes_new ();
  gchar code[AC_CODE_DIGITS + 1];

  ac_codes_make (codes, 1, PHONE, 0, code);
  for (guint i = 0; i < AC_CODE_TRIES; i++)
    g_assert_false (take (codes, 1, wrong[i], 1));
  g_assert_false (take (codes, 1, code, 1));
}

static void
test_bounded (void)
{
  g_autoptr (AcCodes) codes = ac_codes_new ();
  gchar first[AC_CODE_DIGITS + 1], code[AC_CODE_DIGITS + 1];

  ac_codes_make (codes, 1, PHONE, 0, first);
  for (guint i = 0; i < AC_CODES_MAX; i++)
    ac_codes_make (codes, 2 + i, PHONE, 0, code);
  g_assert_cmpuint (ac_codes_n (codes), ==, AC_CODES_MAX);
  g_assert_false (take (codes, 1, first, 1));
  g_assert_true (take (codes, 1 + AC_CODES_MAX, code, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codes/once", test_once);
  g_test_add_func ("/codes/good-again", test_good_again);
  g_test_add_func ("/codes/phone", test_phone);
  g_test_add_func ("/codes/expires", test_expires);
  g_test_add_func ("/codes/tries", test_tries);
  g_test_add_func ("/codes/bounded", test_bounded);
  return g_test_run ();
}
