/* fuzz-cell - a roster's cell as somebody wrote it: the first byte says the column, the
 * rest is the text. What is read is read again as the same, and no identity number is
 * told in why one is refused. */

#include "cell.h"
#include "identity_number.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_identity (const gchar *text, const gchar *value, const gchar *why)
{
  g_autofree gchar *masked = NULL;

  if (value == NULL || *value == '\0') {
    g_assert_true (why == NULL || strstr (why, text) == NULL || strlen (text) < 6);
    return;
  }
  masked = ac_identity_number_mask (value);
  g_assert_cmpuint (strlen (value), ==, AC_IDENTITY_NUMBER_CHARS);
  g_assert_cmpuint (strspn (masked, "*"), ==, AC_IDENTITY_NUMBER_CHARS - 4);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  AcRosterColumn column = size > 0 ? data[0] % AC_ROSTER_COLUMNS : 0;
  g_autofree gchar *text =
      size > 0 ? g_strndup ((const gchar *)data + 1, size - 1) : NULL;
  g_autofree gchar *value = NULL;
  g_auto (AcRosterWhy) why = { 0 };
  g_autofree gchar *again = NULL;
  g_auto (AcRosterWhy) why_not = { 0 };

  /* Branches are looked up in a database; a sheet's cells are valid text. */
  if (text == NULL || column == AC_ROSTER_HOME || column == AC_ROSTER_HOST ||
      !g_utf8_validate (text, -1, NULL))
    return 0;
  value = ac_roster_cell_read (column, text, NULL, &why);
  g_assert_true (value == NULL || why.text == NULL);
  g_assert_true ((why.text == NULL) == (why.text_zh == NULL));
  if (column == AC_ROSTER_IDENTITY)
    check_identity (text, value, why.text);
  if (value == NULL || *value == '\0')
    return 0;
  g_assert_true (g_utf8_validate (value, -1, NULL));
  again = ac_roster_cell_read (column, value, NULL, &why_not);
  g_assert_cmpstr (again, ==, value);
  return 0;
}
