#include "target.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_HOST_BYTES 255

gboolean
ac_target_path_is_sane (const gchar *path, gsize length)
{
  if (length == 0 || path[0] != '/' || strnlen (path, length + 1) != length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (g_ascii_iscntrl (path[i]))
      return FALSE;
  return g_utf8_validate_len (path, length, NULL);
}

/* '&', ';' and '+' had a meaning before they were decoded, '%' gets one. */
static gboolean
is_plain_in_query (gchar c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("-._~=/:@,!$'()*?", c) != NULL);
}

gboolean
ac_target_query_append (gchar *query, gsize size, const gchar *piece, gsize length)
{
  static const gchar hex[] = "0123456789ABCDEF";
  gsize used = strlen (query);

  /* The longest step needs four bytes: "&" or "%XX", and the end. */
  if (used > 0) {
    if (used + 4 > size)
      return FALSE;
    query[used++] = '&';
  }
  for (gsize i = 0; i < length; i++) {
    guchar c = piece[i];

    if (used + 4 > size)
      return FALSE;
    if (is_plain_in_query (c)) {
      query[used++] = c;
    } else {
      query[used++] = '%';
      query[used++] = hex[c >> 4];
      query[used++] = hex[c & 15];
    }
  }
  query[used] = '\0';
  return TRUE;
}

gboolean
ac_target_host_is_sane (const gchar *host)
{
  gsize length = strlen (host);

  return length > 0 && length <= MAX_HOST_BYTES &&
         strspn (host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                       "-._:[]") == length;
}

gchar *
ac_target_forwarded_for (const gchar *list)
{
  const gchar *last = strrchr (list, ',');
  g_autofree gchar *text = g_strstrip (g_strdup (last != NULL ? last + 1 : list));
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return address != NULL ? g_inet_address_to_string (address) : NULL;
}

gint64
ac_target_content_length (const gchar *text)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &value, NULL))
    return -1;
  return (gint64)value;
}
