#include "media_request.h"

#include <string.h>

/* Reads digits at *@cursor: no sign, no leading zero, at most @max. */
static gboolean
take_number (const gchar **cursor, guint64 max, guint64 *ret_value)
{
  const gchar *at = *cursor;
  guint64 value = 0;

  if (!g_ascii_isdigit (*at) || (at[0] == '0' && g_ascii_isdigit (at[1])))
    return FALSE;
  for (; g_ascii_isdigit (*at); at++) {
    guint digit = *at - '0';

    if (value > (max - digit) / 10)
      return FALSE;
    value = value * 10 + digit;
  }
  *cursor = at;
  *ret_value = value;
  return TRUE;
}

static gboolean
take_text (const gchar **cursor, const gchar *text)
{
  gsize length = strlen (text);

  if (strncmp (*cursor, text, length) != 0)
    return FALSE;
  *cursor += length;
  return TRUE;
}

/* A token of another length is none: it stays empty and fails verification later, so
 * that a wrong address is told from a wrong token. */
static gboolean
take_token (const gchar **cursor, gchar *ret_token)
{
  const gchar *end = strchr (*cursor, '/');

  if (end == NULL)
    return FALSE;
  if (end - *cursor == AC_MEDIA_TOKEN_CHARS)
    memcpy (ret_token, *cursor, AC_MEDIA_TOKEN_CHARS);
  *cursor = end + 1;
  return TRUE;
}

static gboolean
take_track (const gchar **cursor, gchar *ret_track)
{
  gsize length = 0;

  while (g_ascii_islower ((*cursor)[length]) || g_ascii_isdigit ((*cursor)[length]))
    length++;
  if (length == 0 || length > AC_TRACK_NAME_MAX || (*cursor)[length] != '/')
    return FALSE;
  memcpy (ret_track, *cursor, length);
  *cursor += length + 1;
  return TRUE;
}

static gboolean
parse_media (const gchar *at, AcMediaAddress *address)
{
  guint64 number;

  if (!take_number (&at, G_MAXUINT32, &number) || !take_text (&at, "/"))
    return FALSE;
  address->epoch = number;
  if (strcmp (at, "init.mp4") == 0) {
    address->kind = AC_MEDIA_INIT;
    return TRUE;
  }
  if (at[0] == 't') {
    at++;
    address->kind = AC_MEDIA_TIMED_SEGMENT;
    return take_number (&at, G_MAXINT64, &address->start) && strcmp (at, ".m4s") == 0;
  }
  if (!take_number (&at, G_MAXINT64, &address->msn) || !take_text (&at, "."))
    return FALSE;
  address->kind = AC_MEDIA_SEGMENT;
  if (take_number (&at, G_MAXINT32, &number)) {
    address->kind = AC_MEDIA_PART;
    address->part = number;
    if (!take_text (&at, "."))
      return FALSE;
  }
  return strcmp (at, "m4s") == 0;
}

gboolean
ac_media_address_parse (const gchar *path, AcMediaAddress *ret_address)
{
  const gchar *at = path;
  guint64 number;

  memset (ret_address, 0, sizeof *ret_address);
  if (!take_token (&at, ret_address->token) ||
      !take_number (&at, G_MAXINT64, &number) || number == 0 || !take_text (&at, "/"))
    return FALSE;
  ret_address->lesson = number;
  ret_address->kind = AC_MEDIA_MULTIVARIANT;
  if (strcmp (at, "multivariant.m3u8") == 0)
    return TRUE;
  ret_address->kind = AC_MEDIA_AUDIO_MULTIVARIANT;
  if (strcmp (at, "audio.m3u8") == 0)
    return TRUE;
  ret_address->kind = AC_MEDIA_MANIFEST;
  if (strcmp (at, "manifest.mpd") == 0)
    return TRUE;
  if (!take_track (&at, ret_address->track))
    return FALSE;
  ret_address->kind = AC_MEDIA_PLAYLIST;
  return strcmp (at, "playlist.m3u8") == 0 || parse_media (at, ret_address);
}

static void
read_number (const gchar *value, gsize length, gboolean *has, guint64 *number,
             gboolean *malformed)
{
  guint64 parsed = 0;

  /* 18 digits fit; nobody counts further. */
  *malformed |= *has || length == 0 || length > 18;
  for (gsize i = 0; i < length && !*malformed; i++) {
    *malformed |= !g_ascii_isdigit (value[i]);
    parsed = parsed * 10 + (guint64)(value[i] - '0');
  }
  *has = TRUE;
  *number = *malformed ? 0 : parsed;
}

static gboolean
is_key (const gchar *item, gsize length, const gchar *key)
{
  return strlen (key) == length && strncmp (item, key, length) == 0;
}

void
ac_media_directives_parse (const gchar *query, AcMediaDirectives *ret_directives)
{
  AcMediaDirectives *self = ret_directives;
  const gchar *item = query;

  memset (self, 0, sizeof *self);
  while (item != NULL && *item != '\0') {
    gsize length = strcspn (item, "&");
    gsize key = MIN (strcspn (item, "="), length);
    const gchar *value = item + MIN (key + 1, length);
    gsize size = length - (value - item);

    if (is_key (item, key, "_HLS_msn"))
      read_number (value, size, &self->has_msn, &self->msn, &self->malformed);
    else if (is_key (item, key, "_HLS_part"))
      read_number (value, size, &self->has_part, &self->part, &self->malformed);
    else if (is_key (item, key, "_HLS_skip"))
      self->skip = is_key (value, size, "YES") || is_key (value, size, "v2");
    item += length + (item[length] == '&' ? 1 : 0);
  }
  self->malformed |= self->has_part && !self->has_msn;
}
