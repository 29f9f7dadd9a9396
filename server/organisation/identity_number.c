#include "identity_number.h"

#include "day.h"

#include <string.h>

#define BIRTH_AT 6
#define BIRTH_CHARS 8
#define SHOWN_CHARS 4

/* ISO 7064 MOD 11-2: the sum over all 18, each weighted by 2 to the power of its place
 * from the end, is 1 modulo 11; "X" is ten. */
static gboolean
is_checked (const gchar *number)
{
  guint remainder = 0;

  for (guint i = 0; i < AC_IDENTITY_NUMBER_CHARS; i++)
    remainder =
        (remainder * 2 + (number[i] == 'X' ? 10 : (guint)(number[i] - '0'))) % 11;
  return remainder == 1;
}

/* Returns: (transfer full) (nullable): @text in ASCII, NULL when it has more
 * characters than such a number. */
static gchar *
narrow (const gchar *text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar character = g_utf8_get_char (text);

    if (g_unichar_isspace (character))
      continue;
    if (character >= 0xff01 && character <= 0xff5e)
      character -= 0xff01 - '!';
    if (character >= 0x80 || out->len == AC_IDENTITY_NUMBER_CHARS)
      return NULL;
    g_string_append_c (out, g_ascii_toupper ((gchar)character));
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

gchar *
ac_identity_number_normalize (const gchar *text)
{
  g_autofree gchar *number = narrow (text);
  gchar birth[BIRTH_CHARS + 1];
  gchar day[AC_DAY_CHARS + 1];
  gsize digits;

  if (number == NULL || strlen (number) != AC_IDENTITY_NUMBER_CHARS)
    return NULL;
  digits = strspn (number, "0123456789");
  if (digits < AC_IDENTITY_NUMBER_CHARS - 1 ||
      (digits == AC_IDENTITY_NUMBER_CHARS - 1 && number[digits] != 'X'))
    return NULL;
  g_strlcpy (birth, number + BIRTH_AT, sizeof birth);
  return ac_day_parse (birth, day) && is_checked (number) ? g_steal_pointer (&number)
                                                          : NULL;
}

gchar *
ac_identity_number_mask (const gchar *number)
{
  gsize length = number != NULL ? strlen (number) : 0;
  gchar *masked = g_strdup (number);

  if (length > SHOWN_CHARS)
    memset (masked, '*', length - SHOWN_CHARS);
  return masked;
}
