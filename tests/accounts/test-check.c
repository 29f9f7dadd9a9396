#include "check.h"

#include <string.h>

#define X32 "0123456789ABCDEFGHIJ-abcdefghijk"
#define X64 X32 X32

static void
assert_field (GError *error, const gchar *field, const gchar *value)
{
  g_autoptr (GError) owned = error;

  if (field == NULL && error != NULL)
    g_error ("'%s' was refused: %s", value, error->message);
  if (field == NULL)
    return;
  if (error == NULL)
    g_error ("'%s' was taken", value);
  g_assert_error (error, AC_ACCOUNTS_ERROR, AC_ACCOUNTS_ERROR_INVALID);
  g_assert_cmpstr (ac_accounts_error_field (error), ==, field);
  g_assert_cmpuint (ac_accounts_error_retry_after_s (error), ==, 0);
}

static const struct {
  const gchar *value;
  gboolean password; /* whether it may be one */
} rows[] = {
  { NULL, FALSE },
  { "", FALSE },
  { "7", FALSE },
  { "2024-A-017", TRUE },
  { "1234567", FALSE },
  { "12345678", TRUE },
  { X32, TRUE },
  { X32 "x", TRUE },
  { X64, TRUE },
  { X64 "x", TRUE },
  { X64 X64, TRUE },
  { X64 X64 "x", FALSE },
  { "a b", FALSE },
  { "a_b", FALSE },
  { "王明", FALSE }, /* 6 bytes */
  { "阿卜杜·热西提", TRUE },
  { "   ", FALSE },
  { "\343\200\200", FALSE }, /* ideographic space */
  { "a\nb", FALSE },
  { "a\177b", FALSE },
  { "a\302\205b", FALSE },     /* U+0085 */
  { "a\342\200\256b", FALSE }, /* right-to-left override */
  { "a\342\200\250b", FALSE }, /* line separator */
  { "\377\376", FALSE },       /* not UTF-8 */
  { "a\300\200b", FALSE },
};

static void
test_fields (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const gchar *value = rows[i].value;

    assert_field (ac_check_password (value), rows[i].password ? NULL : "password",
                  value);
  }
}

static void
test_other_errors_name_nothing (void)
{
  g_autoptr (GError) other = g_error_new (G_FILE_ERROR, 0, "x");

  g_assert_null (ac_accounts_error_field (other));
  g_assert_null (ac_accounts_error_field (NULL));
  g_assert_cmpuint (ac_accounts_error_retry_after_s (other), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/check/fields", test_fields);
  g_test_add_func ("/check/other-errors-name-nothing", test_other_errors_name_nothing);
  return g_test_run ();
}
