#include "ice_fragment.h"

#include "wire.h"

#include <string.h>

#define UFRAG "a=ice-ufrag:"
#define PWD "a=ice-pwd:"
#define CANDIDATE "a=candidate:"
#define UFRAG_MIN_CHARS 4
#define PWD_MIN_CHARS 22

void
ac_ice_fragment_clear (AcIceFragment *fragment)
{
  g_clear_pointer (&fragment->ufrag, g_free);
  g_clear_pointer (&fragment->pwd, g_free);
  g_clear_pointer (&fragment->candidates, g_ptr_array_unref);
}

/* ice-char of RFC 8839 5.4 */
static gboolean
is_credential (const gchar *text, gsize min_chars)
{
  const gsize length = strlen (text);

  for (const gchar *at = text; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && *at != '+' && *at != '/')
      return FALSE;
  return length >= min_chars && length <= AC_ICE_CREDENTIAL_MAX_CHARS;
}

/* Returns: (nullable): what is wrong, one clause. */
static const gchar *
take_credential (gchar **known, const gchar *value, gsize min_chars)
{
  if (!is_credential (value, min_chars))
    return "a user name or password of ICE is too short, too long or has forbidden "
           "characters";
  if (*known != NULL && strcmp (*known, value) != 0)
    return "its tracks have several user names or passwords of ICE";
  if (*known == NULL)
    *known = g_strdup (value);
  return NULL;
}

static const gchar *
take_line (AcIceFragment *fragment, const gchar *line)
{
  if (strlen (line) > AC_ICE_LINE_MAX_BYTES)
    return "a line is too long";
  for (const gchar *at = line; *at != '\0'; at++)
    if (!g_ascii_isprint (*at))
      return "a line has characters that are not printable";
  if (g_str_has_prefix (line, UFRAG))
    return take_credential (&fragment->ufrag, line + strlen (UFRAG), UFRAG_MIN_CHARS);
  if (g_str_has_prefix (line, PWD))
    return take_credential (&fragment->pwd, line + strlen (PWD), PWD_MIN_CHARS);
  if (!g_str_has_prefix (line, CANDIDATE))
    return NULL;
  if (fragment->candidates->len >= AC_ICE_MAX_CANDIDATES)
    return "it has too many candidates";
  g_ptr_array_add (fragment->candidates, g_strdup (line + strlen ("a=")));
  return NULL;
}

static const gchar *
take_lines (AcIceFragment *fragment, gchar **lines)
{
  const gchar *fault = NULL;
  guint n_lines = 0;

  for (; lines[n_lines] != NULL && fault == NULL; n_lines++)
    fault = n_lines < AC_ICE_MAX_LINES
                ? take_line (fragment, g_strchomp (lines[n_lines]))
                : "it has too many lines";
  if (fault == NULL && fragment->pwd != NULL && fragment->ufrag == NULL)
    fault = "it has a password of ICE without a user name";
  return fault;
}

gboolean
ac_ice_fragment_parse (const gchar *data, gsize size, AcIceFragment *ret_fragment,
                       GError **error)
{
  g_auto (AcIceFragment)
      fragment = { NULL, NULL, g_ptr_array_new_with_free_func (g_free) };
  const gchar *fault = NULL;

  if (size == 0 || size > AC_ICE_FRAGMENT_MAX_BYTES) {
    fault = "it must have some text, of 16 KiB at most";
  } else if (memchr (data, '\0', size) != NULL) {
    fault = "a line has characters that are not printable";
  } else {
    g_autofree gchar *text = g_strndup (data, size);
    g_auto (GStrv) lines = g_strsplit (text, "\n", AC_ICE_MAX_LINES + 2);

    fault = take_lines (&fragment, lines);
  }
  if (fault != NULL) {
    g_set_error (error, AC_WIRE_ERROR, AC_WIRE_ERROR_MALFORMED,
                 "the fragment cannot be used: %s", fault);
    return FALSE;
  }
  *ret_fragment = fragment;
  fragment = (AcIceFragment){ NULL };
  return TRUE;
}

gchar *
ac_ice_ufrag_of (const gchar *sdp)
{
  const gchar *at = strstr (sdp, UFRAG);

  return at != NULL
             ? g_strndup (at + strlen (UFRAG), strcspn (at + strlen (UFRAG), "\r\n"))
             : NULL;
}
