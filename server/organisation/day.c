#include "day.h"

#include <string.h>

#define YEAR_MIN 1900
#define YEAR_MAX 2199
/* Serial numbers of 1927-05-18 and 2091-07-06: what lies outside is no date but some
 * other number. */
#define SERIAL_MIN 10000
#define SERIAL_MAX 69999

static void
write_day (guint year, guint month, guint day, gchar *ret_day)
{
  /* Within the ranges checked before, ten characters. */
  g_snprintf (ret_day, AC_DAY_CHARS + 1, "%04u-%02u-%02u", year % 10000, month % 100,
              day % 100);
}

void
ac_day_at (gint64 wall_ms, gchar *ret_day)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (wall_ms / 1000);

  if (time == NULL)
    g_strlcpy (ret_day, "1970-01-01", AC_DAY_CHARS + 1);
  else
    write_day (g_date_time_get_year (time), g_date_time_get_month (time),
               g_date_time_get_day_of_month (time), ret_day);
}

static gboolean
accept (guint64 year, guint64 month, guint64 day, gchar *ret_day)
{
  if (year < YEAR_MIN || year > YEAR_MAX || month > 12 || day > 31 ||
      !g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year))
    return FALSE;
  write_day ((guint)year, (guint)month, (guint)day, ret_day);
  return TRUE;
}

/* A time of day may follow, after a space or a "T". */
static gboolean
is_end (const gchar *rest)
{
  return *rest == '\0' || ((*rest == ' ' || *rest == 'T') &&
                           strspn (rest + 1, "0123456789:.") == strlen (rest + 1));
}

static gboolean
read_serial (const gchar *text, gchar *ret_day)
{
  gsize digits = strspn (text, "0123456789");
  const gchar *rest = text + digits;
  guint64 number;
  GDate date;

  if (digits == 8 && is_end (rest)) {
    number = g_ascii_strtoull (text, NULL, 10);
    return accept (number / 10000, number / 100 % 100, number % 100, ret_day);
  }
  if (digits != 5 || (*rest != '\0' && *rest != '.') ||
      strspn (rest, ".0123456789") != strlen (rest))
    return FALSE;
  number = g_ascii_strtoull (text, NULL, 10);
  if (number < SERIAL_MIN || number > SERIAL_MAX)
    return FALSE;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, 30, G_DATE_DECEMBER, 1899);
  g_date_add_days (&date, (guint)number);
  return accept (g_date_get_year (&date), g_date_get_month (&date),
                 g_date_get_day (&date), ret_day);
}

/* @between: what may stand after the year, and after the month
 * @last: what must stand after the day */
static gboolean
read_parts (const gchar *text, const gchar *const between[2], const gchar *last,
            gchar *ret_day)
{
  guint64 part[3];

  for (guint i = 0; i < 3; i++) {
    gsize digits = strspn (text, "0123456789");
    const gchar *after = i < 2 ? between[i] : last;

    if (digits < 1 || digits > 4)
      return FALSE;
    part[i] = g_ascii_strtoull (text, NULL, 10);
    text += digits;
    if (!g_str_has_prefix (text, after))
      return FALSE;
    text += strlen (after);
  }
  return is_end (text) && accept (part[0], part[1], part[2], ret_day);
}

gboolean
ac_day_parse (const gchar *text, gchar *ret_day)
{
  static const struct {
    const gchar *between[2];
    const gchar *last;
  } styles[] = {
    { { "-", "-" }, "" },
    { { "/", "/" }, "" },
    { { ".", "." }, "" },
    { { "年", "月" }, "日" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if (read_parts (text, styles[i].between, styles[i].last, ret_day))
      return TRUE;
  return read_serial (text, ret_day);
}
