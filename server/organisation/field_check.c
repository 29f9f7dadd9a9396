#include "field_check.h"

#include <string.h>

#define NUMBER_MAX_BYTES 32
#define NAME_MAX_CHARS 64
#define NAME_MAX_BYTES (NAME_MAX_CHARS * 4)
#define PHONE_MIN_DIGITS 7
#define PHONE_MAX_DIGITS 15

#define ALPHANUMERIC                                                                   \
  "0123456789"                                                                         \
  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"                                                         \
  "abcdefghijklmnopqrstuvwxyz"

static GError *
refuse (const gchar *field, const gchar *reason, const gchar *rule)
{
  GError *error = NULL;

  ac_organisation_refuse_because (&error, AC_ORGANISATION_ERROR_INVALID, field, reason,
                                  "%s: %s", field, rule);
  return error;
}

static gboolean
consists_of (const gchar *text, const gchar *allowed, gsize max_bytes)
{
  gsize length = text != NULL ? strlen (text) : 0;

  return length >= 1 && length <= max_bytes && strspn (text, allowed) == length;
}

GError *
ac_check_number (const gchar *number)
{
  if (consists_of (number, ALPHANUMERIC "-", NUMBER_MAX_BYTES))
    return NULL;
  return refuse ("number", AC_REASON_NUMBER_FORM,
                 "1 to 32 digits, letters A to Z and hyphens");
}

GError *
ac_check_certificate (const gchar *certificate)
{
  if (consists_of (certificate, ALPHANUMERIC "-/_.", NUMBER_MAX_BYTES))
    return NULL;
  return refuse ("certificate", AC_REASON_CERTIFICATE_FORM,
                 "1 to 32 digits, letters A to Z and - / _ .");
}

gboolean
ac_character_is_harmful (gunichar character)
{
  return g_unichar_iscntrl (character) ||
         g_unichar_type (character) == G_UNICODE_LINE_SEPARATOR ||
         g_unichar_type (character) == G_UNICODE_PARAGRAPH_SEPARATOR ||
         (character >= 0x202a && character <= 0x202e) ||
         (character >= 0x2066 && character <= 0x2069);
}

static GError *
check_text (const gchar *field, const gchar *name)
{
  gsize length = name != NULL ? strlen (name) : 0;
  gboolean blank = TRUE;

  if (length > NAME_MAX_BYTES ||
      !g_utf8_validate_len (name != NULL ? name : "", length, NULL))
    return refuse (field, AC_REASON_TEXT_FORM, "1 to 64 characters of UTF-8");
  for (const gchar *at = name; length > 0 && *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar character = g_utf8_get_char (at);

    if (ac_character_is_harmful (character))
      return refuse (field, AC_REASON_TEXT_FORM, "no control characters");
    if (!g_unichar_isspace (character))
      blank = FALSE;
  }
  if (blank || g_utf8_strlen (name, -1) > NAME_MAX_CHARS)
    return refuse (field, AC_REASON_TEXT_FORM, "1 to 64 characters of UTF-8");
  return NULL;
}

GError *
ac_check_name (const gchar *name)
{
  return check_text ("name", name);
}

GError *
ac_check_key (const gchar *key)
{
  return check_text ("key", key);
}

gchar *
ac_phone_normalize (const gchar *phone)
{
  g_autoptr (GString) digits = g_string_new (NULL);
  const gchar *at = phone != NULL ? phone : "";

  if (g_str_has_prefix (at, "+86"))
    at += 3;
  else if (*at == '+')
    at++;
  for (; *at != '\0'; at++)
    if (g_ascii_isdigit (*at) && digits->len <= PHONE_MAX_DIGITS)
      g_string_append_c (digits, *at);
    else if (strchr (" -()", *at) == NULL)
      return NULL;
  if (digits->len < PHONE_MIN_DIGITS || digits->len > PHONE_MAX_DIGITS)
    return NULL;
  return g_string_free (g_steal_pointer (&digits), FALSE);
}
