#include "check.h"

#include "error.h"
#include "password.h"

#include <string.h>

#define NUMBER_MAX_BYTES 32
#define NAME_MAX_CHARS 64
#define NAME_MAX_BYTES (NAME_MAX_CHARS * 4)

static GError *
refuse (const gchar *field, const gchar *rule)
{
  return ac_accounts_error_new (AC_ACCOUNTS_ERROR_INVALID, field, 0, "%s: %s", field,
                                rule);
}

GError *
ac_check_number (const gchar *number)
{
  static const gchar *const allowed = "0123456789-"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "abcdefghijklmnopqrstuvwxyz";
  gsize length = number != NULL ? strlen (number) : 0;

  if (length < 1 || length > NUMBER_MAX_BYTES || strspn (number, allowed) != length)
    return refuse ("number", "1 to 32 digits, letters A to Z and hyphens");
  return NULL;
}

/* Control characters, and those that turn the direction of the text around them. */
static gboolean
is_harmful (gunichar character)
{
  return g_unichar_iscntrl (character) ||
         g_unichar_type (character) == G_UNICODE_LINE_SEPARATOR ||
         g_unichar_type (character) == G_UNICODE_PARAGRAPH_SEPARATOR ||
         (character >= 0x202a && character <= 0x202e) ||
         (character >= 0x2066 && character <= 0x2069);
}

GError *
ac_check_name (const gchar *name)
{
  gsize length = name != NULL ? strlen (name) : 0;
  gboolean blank = TRUE;

  if (length > NAME_MAX_BYTES ||
      !g_utf8_validate_len (name != NULL ? name : "", length, NULL))
    return refuse ("name", "1 to 64 characters of UTF-8");
  for (const gchar *at = name; length > 0 && *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar character = g_utf8_get_char (at);

    if (is_harmful (character))
      return refuse ("name", "no control characters");
    if (!g_unichar_isspace (character))
      blank = FALSE;
  }
  if (blank || g_utf8_strlen (name, -1) > NAME_MAX_CHARS)
    return refuse ("name", "1 to 64 characters of UTF-8");
  return NULL;
}

GError *
ac_check_password (const gchar *password)
{
  gsize length = password != NULL ? strlen (password) : 0;

  if (length < AC_PASSWORD_MIN_BYTES || length > AC_PASSWORD_MAX_BYTES)
    return refuse ("password", "8 to 128 bytes");
  return NULL;
}
