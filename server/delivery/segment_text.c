#include "segment_text.h"

void
ac_text_append_seconds (GString *text, guint64 ticks)
{
  /* Integers, so that equal durations are equal texts and no locale meddles. */
  guint64 units = (ticks * 100000 + AC_TICKS_PER_SECOND / 2) / AC_TICKS_PER_SECOND;

  g_string_append_printf (text, "%" G_GUINT64_FORMAT ".%05u", units / 100000,
                          (guint)(units % 100000));
}

static void
append_date (GString *text, gint64 wall_ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (wall_ms / 1000);
  gint year, month, day;

  /* Out of the calendar's range only if the wall clock is nonsense: say nothing. */
  if (time == NULL || wall_ms < 0)
    return;
  g_date_time_get_ymd (time, &year, &month, &day);
  g_string_append_printf (
      text, "#EXT-X-PROGRAM-DATE-TIME:%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\n", year,
      month, day, g_date_time_get_hour (time), g_date_time_get_minute (time),
      g_date_time_get_second (time), (gint)(wall_ms % 1000));
}

void
ac_segment_text_begin (GString *text, const AcSegment *segment, guint track)
{
  if ((segment->flags & AC_SEGMENT_DISCONTINUITY) != 0)
    g_string_append (text, "#EXT-X-DISCONTINUITY\n");
  /* A track that its epoch does not have is all gap, and has no init to name. */
  if ((segment->flags & AC_SEGMENT_NEW_INIT) != 0 &&
      (segment->tracks & (1u << track)) != 0)
    g_string_append_printf (text, "#EXT-X-MAP:URI=\"%u/init.mp4\"\n", segment->epoch);
  if ((segment->flags & AC_SEGMENT_DATED) != 0)
    append_date (text, segment->wall_ms);
}

void
ac_segment_text_part (GString *text, const AcSegment *segment, guint part,
                      const AcPartText *description)
{
  g_string_append (text, "#EXT-X-PART:DURATION=");
  ac_text_append_seconds (text, description->duration);
  g_string_append_printf (text, ",URI=\"%u/%" G_GUINT64_FORMAT ".%u.m4s\"",
                          segment->epoch, segment->msn, part);
  if (description->gap)
    g_string_append (text, ",GAP=YES");
  else if (description->independent)
    g_string_append (text, ",INDEPENDENT=YES");
  g_string_append_c (text, '\n');
}

void
ac_segment_text_hint (GString *text, guint32 epoch, guint64 msn, guint part)
{
  g_string_append_printf (
      text, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"%u/%" G_GUINT64_FORMAT ".%u.m4s\"\n",
      epoch, msn, part);
}

void
ac_segment_text_end (GString *text, const AcSegment *segment, guint track,
                     gboolean lost)
{
  if (lost || (segment->gaps & (1u << track)) != 0)
    g_string_append (text, "#EXT-X-GAP\n");
  g_string_append (text, "#EXTINF:");
  ac_text_append_seconds (text, segment->lengths[track]);
  g_string_append_printf (text, ",\n%u/%" G_GUINT64_FORMAT ".m4s\n", segment->epoch,
                          segment->msn);
}
