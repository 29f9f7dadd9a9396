#include "local_time.h"

#include <string.h>

#define MINUTES_LENGTH 16 /* "2026-12-01T19:30" */

gboolean
ac_local_time_parse (const gchar *text, gint64 *ret_wall_ms)
{
  g_autoptr (GTimeZone) here = g_time_zone_new_local ();
  g_autoptr (GDateTime) time = NULL;
  g_autoptr (GString) iso = NULL;

  if (strlen (text) < MINUTES_LENGTH || strlen (text) > 40)
    return FALSE;
  iso = g_string_new (text);
  if (iso->str[10] == ' ')
    iso->str[10] = 'T';
  /* GLib wants the seconds that people leave out. */
  if (iso->str[MINUTES_LENGTH] != ':')
    g_string_insert (iso, MINUTES_LENGTH, ":00");
  g_string_replace (iso, " ", "", 0);
  time = g_date_time_new_from_iso8601 (iso->str, here);
  if (time == NULL)
    return FALSE;
  *ret_wall_ms = g_date_time_to_unix (time) * 1000;
  return TRUE;
}
