/* day.h - days of the calendar, as rosters hold them.
 *
 * A day is "2026-01-05": such texts sort, and are what the database keeps. Which day it
 * is at a wall time is decided by this machine's time zone, the county's own.
 *
 * Threads: any. */
#pragma once

#include <glib.h>

#define AC_DAY_CHARS 10

/* @ret_day: AC_DAY_CHARS + 1 */
void ac_day_at (gint64 wall_ms, gchar *ret_day);

/* Reads what people and spreadsheets write: "2026-01-05", "2026/1/5", "2026.1.5",
 * "2026年1月5日", "20260105", and a spreadsheet's serial number of days since
 * 1899-12-30
 * ("46027"; a fraction is an hour and is cut off). A time of day after the date is cut
 * off. Years 1900 to 2199.
 * Returns: FALSE when @text is no such day. */
gboolean ac_day_parse (const gchar *text, gchar *ret_day);
