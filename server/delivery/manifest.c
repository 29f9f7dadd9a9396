#include "manifest.h"

#include "playlist.h"
#include "segment_text.h"

/* In target durations. A player holds what its last reload listed: the segment under
 * way and a reload's period are missing from it, so HLS's three would leave too little.
 */
#define PRESENTATION_DELAY 4
#define UPDATE_TICKS AC_TICKS_PER_SECOND /* the manifest's own lifetime */
/* A Period that begins this little after the end of the one before, follows it: clocks
 * are read to a millisecond, and a worker's own clock may drift. */
#define SEAMLESS_TICKS (AC_TICKS_PER_SECOND / 10)

/* The segments of one epoch. */
typedef struct {
  const AcLessonEpoch *epoch;
  guint64 first_msn, end_msn;
  guint64 media_start, media_end; /* lesson time, ticks */
  guint64 start;                  /* presentation time, ticks */
  gboolean last;
} Period;

static void
append_duration (GString *text, const gchar *name, guint64 ticks)
{
  g_string_append_printf (text, " %s=\"PT", name);
  ac_text_append_seconds (text, ticks);
  g_string_append (text, "S\"");
}

static void
append_time (GString *text, const gchar *name, gint64 wall_ms)
{
  g_autoptr (GDateTime) whole = g_date_time_new_from_unix_utc (MAX (wall_ms, 0) / 1000);
  g_autofree gchar *seconds = whole != NULL
                                  ? g_date_time_format (whole, "%Y-%m-%dT%H:%M:%S")
                                  : g_strdup ("1970-01-01T00:00:00");

  g_string_append_printf (text, " %s=\"%s.%03uZ\"", name, seconds,
                          (guint)(MAX (wall_ms, 0) % 1000));
}

static gint64
wall_of_start (const AcSnapshotParts *parts)
{
  const AcSegment *first = ac_timeline_segment (parts->timeline, 0);

  return first->wall_ms - AC_TICKS_TO_MS (first->start);
}

static gboolean
is_gap (const AcSnapshotParts *parts, const AcSegment *segment, guint track)
{
  return (segment->gaps & (1u << track)) != 0 ||
         (segment->msn < ac_playlist_first_recent (parts) && segment->lost);
}

/* S elements: a run of equal segments is one; it has its time when it does not follow
 * the one before. */
static void
append_timeline (GString *text, const AcSnapshotParts *parts, const Period *period,
                 guint track)
{
  guint64 run_start = 0, run_end = G_MAXUINT64, written_end = G_MAXUINT64;
  guint32 duration = 0;
  guint n = 0;

  for (guint64 msn = period->first_msn; msn <= period->end_msn; msn++) {
    const AcSegment *segment =
        msn < period->end_msn ? ac_timeline_segment (parts->timeline, msn) : NULL;
    gboolean there = segment != NULL && !is_gap (parts, segment, track);
    guint64 start = there ? ac_timeline_track_start (parts->timeline, parts->n_epochs,
                                                     segment, track)
                          : 0;

    if (there && n > 0 && start == run_end && segment->lengths[track] == duration) {
      n++;
      run_end += duration;
      continue;
    }
    if (n > 0) {
      g_string_append (text, "<S");
      if (written_end != run_start)
        g_string_append_printf (text, " t=\"%" G_GUINT64_FORMAT "\"", run_start);
      g_string_append_printf (text, " d=\"%u\"", duration);
      if (n > 1)
        g_string_append_printf (text, " r=\"%u\"", n - 1);
      g_string_append (text, "/>");
      written_end = run_end;
    }
    n = there ? 1 : 0;
    if (there) {
      run_start = start;
      duration = segment->lengths[track];
      run_end = run_start + duration;
    }
  }
}

static void
append_template (GString *text, const AcSnapshotParts *parts, const Period *period,
                 guint track)
{
  guint32 epoch = period->epoch->media->number;

  g_string_append_printf (
      text,
      "<SegmentTemplate timescale=\"%u\" presentationTimeOffset=\"%" G_GUINT64_FORMAT
      "\" initialization=\"$RepresentationID$/%u/init.mp4\" "
      "media=\"$RepresentationID$/%u/t$Time$.m4s\"><SegmentTimeline>",
      AC_TICKS_PER_SECOND, period->media_start, epoch, epoch);
  append_timeline (text, parts, period, track);
  g_string_append (text, "</SegmentTimeline></SegmentTemplate>");
}

static void
append_frame_rate (GString *text, const gchar *name, guint32 frames_per_1000s)
{
  guint32 rate = frames_per_1000s, base = 1000;

  for (guint i = 0; i < 3 && rate % 10 == 0; i++) {
    rate /= 10;
    base /= 10;
  }
  for (; rate % 5 == 0 && base % 5 == 0; rate /= 5)
    base /= 5;
  for (; rate % 2 == 0 && base % 2 == 0; rate /= 2)
    base /= 2;
  g_string_append_printf (text, base > 1 ? " %s=\"%u/%u\"" : " %s=\"%u\"", name, rate,
                          base);
}

static void
append_representation (GString *text, const AcSnapshotParts *parts,
                       const Period *period, guint track)
{
  const AcTrack *media = &period->epoch->media->tracks[period->epoch->tracks[track]];
  const AcRate *rate = &parts->rates[track];

  g_string_append_printf (
      text,
      "<Representation id=\"%s\" bandwidth=\"%" G_GUINT64_FORMAT "\" codecs=\"%s\"",
      media->name,
      MAX (rate->own_peak_bps > 0 ? rate->own_peak_bps : media->target_bps, 1),
      media->codecs);
  if (media->kind == AC_TRACK_VIDEO) {
    g_string_append_printf (text, " width=\"%u\" height=\"%u\" sar=\"1:1\"",
                            media->width, media->height);
    append_frame_rate (text, "frameRate", media->frames_per_1000s);
    g_string_append_c (text, '>');
  } else {
    g_string_append_printf (
        text,
        " audioSamplingRate=\"%u\"><AudioChannelConfiguration "
        "schemeIdUri=\"urn:mpeg:dash:23003:3:audio_channel_configuration:2011\" "
        "value=\"%u\"/>",
        media->timescale, MAX (media->channels, 1));
  }
  append_template (text, parts, period, track);
  g_string_append (text, "</Representation>");
}

/* A rendition of pictures that is left out now is not offered in the Period under way;
 * when none can be offered all are, as in the multivariant playlist. */
static gboolean
is_offered (const AcSnapshotParts *parts, const Period *period, guint track)
{
  gboolean any = FALSE;

  if (!period->last ||
      ac_timeline_track (parts->timeline, track)->kind != AC_TRACK_VIDEO)
    return TRUE;
  for (guint i = 0; i < parts->n_tracks; i++)
    any |= ac_timeline_track (parts->timeline, i)->kind == AC_TRACK_VIDEO &&
           ac_multivariant_offers (parts, i);
  return !any || ac_multivariant_offers (parts, track);
}

/* One of which nothing is there is in no Period. */
static gboolean
has_track (const AcSnapshotParts *parts, const Period *period, guint track,
           AcTrackKind kind)
{
  if (period->epoch->tracks[track] < 0 ||
      ac_timeline_track (parts->timeline, track)->kind != kind ||
      !is_offered (parts, period, track))
    return FALSE;
  for (guint64 msn = period->first_msn; msn < period->end_msn; msn++)
    if (!is_gap (parts, ac_timeline_segment (parts->timeline, msn), track))
      return TRUE;
  return FALSE;
}

static void
append_set (GString *text, const AcSnapshotParts *parts, const Period *period,
            AcTrackKind kind)
{
  const gboolean video = kind == AC_TRACK_VIDEO;
  gboolean any = FALSE;

  for (guint track = 0; track < parts->n_tracks; track++) {
    if (!has_track (parts, period, track, kind))
      continue;
    if (!any)
      g_string_append_printf (
          text,
          "<AdaptationSet id=\"%u\" contentType=\"%s\" mimeType=\"%s/mp4\" "
          "lang=\"zh\" segmentAlignment=\"true\" startWithSAP=\"1\">"
          "<Label lang=\"zh\">%s</Label>"
          "<Role schemeIdUri=\"urn:mpeg:dash:role:2011\" value=\"main\"/>",
          video ? 1 : 2, video ? "video" : "audio", video ? "video" : "audio",
          video ? "画面" : "中文");
    any = TRUE;
    append_representation (text, parts, period, track);
  }
  if (any)
    g_string_append (text, "</AdaptationSet>\n");
}

static void
append_period (GString *text, const AcSnapshotParts *parts, const Period *period)
{
  g_string_append_printf (text, "<Period id=\"%u\"", period->epoch->media->number);
  append_duration (text, "start", period->start);
  if (parts->ended || !period->last)
    append_duration (text, "duration", period->media_end - period->media_start);
  g_string_append (text, ">\n");
  append_set (text, parts, period, AC_TRACK_VIDEO);
  append_set (text, parts, period, AC_TRACK_AUDIO);
  g_string_append (text, "</Period>\n");
}

/* Returns: FALSE at the end of the lesson; else *@period, which was zero or the one
 * before, is the next. */
static gboolean
next_period (const AcSnapshotParts *parts, Period *period)
{
  guint64 first = period->end_msn, msn = first;
  guint64 before_end = period->start + period->media_end - period->media_start;

  if (first >= parts->n_segments)
    return FALSE;
  const AcSegment *segment = ac_timeline_segment (parts->timeline, first);
  gint64 since_ms = segment->wall_ms - wall_of_start (parts);
  guint64 by_clock = (guint64)MAX (since_ms, 0) * (AC_TICKS_PER_SECOND / 1000);

  while (msn < parts->n_segments &&
         ac_timeline_segment (parts->timeline, msn)->epoch == segment->epoch)
    msn++;
  const AcSegment *last = ac_timeline_segment (parts->timeline, msn - 1);
  *period = (Period){
    .epoch = ac_timeline_find_epoch (parts->timeline, parts->n_epochs, segment->epoch),
    .first_msn = first,
    .end_msn = msn,
    .media_start = segment->start,
    .media_end = last->start + last->duration,
    .start = before_end,
    .last = msn == parts->n_segments,
  };
  if (!parts->ended && by_clock > before_end + SEAMLESS_TICKS)
    period->start = by_clock;
  return TRUE;
}

static void
append_head (GString *text, const AcSnapshotParts *parts)
{
  const AcSegment *last = ac_timeline_segment (parts->timeline, parts->n_segments - 1);
  guint64 target = (guint64)parts->target_duration_s * AC_TICKS_PER_SECOND;

  g_string_append (text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" "
                         "profiles=\"urn:mpeg:dash:profile:isoff-live:2011\"");
  append_duration (text, "minBufferTime", target);
  append_duration (text, "maxSegmentDuration", target + AC_TICKS_PER_SECOND / 2);
  if (parts->ended) {
    g_string_append (text, " type=\"static\"");
    append_duration (text, "mediaPresentationDuration",
                     last->start + last->duration -
                         ac_timeline_segment (parts->timeline, 0)->start);
  } else {
    /* Without timeShiftBufferDepth all of the lesson can be gone back to. */
    g_string_append (text, " type=\"dynamic\"");
    append_time (text, "availabilityStartTime", wall_of_start (parts));
    append_time (text, "publishTime", last->wall_ms + AC_TICKS_TO_MS (last->duration));
    append_duration (text, "minimumUpdatePeriod", UPDATE_TICKS);
    append_duration (text, "suggestedPresentationDelay", PRESENTATION_DELAY * target);
  }
  g_string_append (text, ">\n");
}

GString *
ac_manifest_render (const AcSnapshotParts *parts)
{
  GString *text = g_string_sized_new (8192);
  Period period = { NULL };

  append_head (text, parts);
  while (next_period (parts, &period))
    append_period (text, parts, &period);
  if (!parts->ended)
    g_string_append (text,
                     "<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:http-head:2014\" "
                     "value=\"manifest.mpd\"/>\n");
  g_string_append (text, "</MPD>\n");
  return text;
}
