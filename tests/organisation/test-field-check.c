#include "field_check.h"

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
  g_assert_error (error, AC_ORGANISATION_ERROR, AC_ORGANISATION_ERROR_INVALID);
  g_assert_cmpstr (ac_organisation_error_field (error), ==, field);
}

static const struct {
  const gchar *value;
  gboolean number, name; /* whether it may be one */
} rows[] = {
  { NULL, FALSE, FALSE },
  { "", FALSE, FALSE },
  { "7", TRUE, TRUE },
  { "2024-A-017", TRUE, TRUE },
  { "1234567", TRUE, TRUE },
  { "12345678", TRUE, TRUE },
  { X32, TRUE, TRUE },
  { X32 "x", FALSE, TRUE },
  { X64, FALSE, TRUE },
  { X64 "x", FALSE, FALSE },
  { X64 X64, FALSE, FALSE },
  { X64 X64 "x", FALSE, FALSE },
  { "a b", FALSE, TRUE },
  { "a_b", FALSE, TRUE },
  { "王明", FALSE, TRUE },
  { "阿卜杜·热西提", FALSE, TRUE },
  { "   ", FALSE, FALSE },
  { "\343\200\200", FALSE, FALSE }, /* ideographic space */
  { "a\nb", FALSE, FALSE },
  { "a\177b", FALSE, FALSE },
  { "a\302\205b", FALSE, FALSE },     /* U+0085 */
  { "a\342\200\256b", FALSE, FALSE }, /* right-to-left override */
  { "a\342\200\250b", FALSE, FALSE }, /* line separator */
  { "\377\376", FALSE, FALSE },       /* not UTF-8 */
  { "a\300\200b", FALSE, FALSE },
};

static void
test_fields (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const gchar *value = rows[i].value;

    assert_field (ac_check_number (value), rows[i].number ? NULL : "number", value);
    assert_field (ac_check_name (value), rows[i].name ? NULL : "name", value);
  }
}

static void
test_64_characters_of_many_bytes (void)
{
  g_autoptr (GString) name = g_string_new (NULL);

  for (guint i = 0; i < 64; i++)
    g_string_append_unichar (name, 0x20000 + i); /* four bytes each */
  assert_field (ac_check_name (name->str), NULL, name->str);
  g_string_append_c (name, 'x');
  assert_field (ac_check_name (name->str), "name", name->str);
}

static void
test_phones (void)
{
  static const struct {
    const gchar *text, *digits; /* NULL: refused */
  } phones[] = {
    { "13800138000", "13800138000" },
    { "+86 138-0013-8000", "13800138000" },
    { "0797 8123456", "07978123456" },
    { "(0797)8123456", "07978123456" },
    { "+4915112345678", "4915112345678" },
    { "123456", NULL },
    { "1234567890123456", NULL },
    { "138001380OO", NULL },
    { "１３８００１３８０００", NULL },
    { "", NULL },
    { NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (phones); i++) {
    g_autofree gchar *digits = ac_phone_normalize (phones[i].text);

    g_assert_cmpstr (digits, ==, phones[i].digits);
  }
}

static void
test_other_errors_name_nothing (void)
{
  g_autoptr (GError) other = g_error_new (G_FILE_ERROR, 0, "x");

  g_assert_null (ac_organisation_error_field (other));
  g_assert_null (ac_organisation_error_field (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/check/fields", test_fields);
  g_test_add_func ("/check/64-characters-of-many-bytes",
                   test_64_characters_of_many_bytes);
  g_test_add_func ("/check/phones", test_phones);
  g_test_add_func ("/check/other-errors-name-nothing", test_other_errors_name_nothing);
  return g_test_run ();
}
