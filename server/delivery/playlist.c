#include "playlist.h"

#include "segment_text.h"

/* Delta updates begin when the playlist is longer than this. */
#define DELTA_MIN_TICKS (120u * AC_TICKS_PER_SECOND)
/* In target durations; the first two are the draft's minimum (sections 4.4.3.8, 6.2.2),
 * the last what a player near the edge still makes use of. */
#define SKIP_BOUNDARY 6
#define HOLD_BACK 3
#define PARTS_LISTED 3
#define PART_HOLD_BACK 3 /* in parts */
#define LINE_BYTES 48    /* of a segment, about: to size the text at once */

guint64
ac_playlist_end (const AcSnapshotParts *parts)
{
  const AcSegment *last;

  if (parts->open_parts != NULL)
    return parts->open.start + parts->open.duration;
  if (parts->n_segments == 0)
    return 0;
  last = ac_timeline_segment (parts->timeline, parts->n_segments - 1);
  return last->start + last->duration;
}

guint64
ac_playlist_first_recent (const AcSnapshotParts *parts)
{
  return parts->n_segments - parts->recents->len;
}

static void
append_header (GString *text, const AcSnapshotParts *parts, gboolean skipping)
{
  const guint64 target = (guint64)parts->target_duration_s * AC_TICKS_PER_SECOND;

  g_string_append_printf (text,
                          "#EXTM3U\n#EXT-X-VERSION:%d\n#EXT-X-TARGETDURATION:%u\n"
                          "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=",
                          skipping ? 9 : 6, parts->target_duration_s);
  ac_text_append_seconds (text, SKIP_BOUNDARY * target);
  g_string_append (text, ",HOLD-BACK=");
  ac_text_append_seconds (text, HOLD_BACK * target);
  g_string_append (text, ",PART-HOLD-BACK=");
  ac_text_append_seconds (text, PART_HOLD_BACK * (guint64)parts->part_target);
  g_string_append (text, "\n#EXT-X-PART-INF:PART-TARGET=");
  ac_text_append_seconds (text, parts->part_target);
  g_string_append (text,
                   "\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-DISCONTINUITY-SEQUENCE:0\n");
}

/* Segments that end at the skip boundary or before may be left out. */
static guint64
count_skipped (const AcSnapshotParts *parts)
{
  const guint64 boundary =
      (guint64)SKIP_BOUNDARY * parts->target_duration_s * AC_TICKS_PER_SECOND;
  guint64 end = ac_playlist_end (parts), n = parts->n_segments;

  if (parts->ended || n == 0 ||
      end - ac_timeline_segment (parts->timeline, 0)->start <= DELTA_MIN_TICKS)
    return 0;
  for (; n > 0; n--) {
    const AcSegment *segment = ac_timeline_segment (parts->timeline, n - 1);

    if (segment->start + segment->duration + boundary <= end)
      break;
  }
  return n;
}

/* Returns: the first whole segment whose parts are listed: it starts within three
 * target durations of the end. Whole segments only, since a part's number is its place
 * in the list. */
static guint64
first_with_parts (const AcSnapshotParts *parts)
{
  const guint64 reach =
      (guint64)PARTS_LISTED * parts->target_duration_s * AC_TICKS_PER_SECOND;
  guint64 end = ac_playlist_end (parts), n = parts->n_segments;
  guint64 n_recents = parts->ended ? 0 : parts->recents->len;

  for (; n > parts->n_segments - n_recents; n--)
    if (ac_timeline_segment (parts->timeline, n - 1)->start + reach < end)
      break;
  return n;
}

static void
append_parts (GString *text, const AcSnapshotParts *parts, guint track,
              const AcSegment *segment, AcRecent *recent)
{
  gboolean audio = ac_timeline_track (parts->timeline, track)->kind == AC_TRACK_AUDIO;

  for (guint i = 0; i < ac_recent_n_parts (recent); i++) {
    const AcRecentPart *part = ac_recent_part (recent, i);
    const AcPartText description = {
      .duration = part->lengths[track],
      .independent = audio || (i == 0 && part->sync),
      .gap = (part->gaps & (1u << track)) != 0,
    };

    ac_segment_text_part (text, segment, i, &description);
  }
}

/* What is in memory, from segment @first on, with parts from @first_parts on; then the
 * segment under way. */
static void
append_tail (GString *text, const AcSnapshotParts *parts, guint track, guint64 first,
             guint64 first_parts)
{
  const guint64 first_recent = ac_playlist_first_recent (parts);

  for (guint64 msn = MAX (first, first_recent); msn < parts->n_segments; msn++) {
    const AcSegment *segment = ac_timeline_segment (parts->timeline, msn);

    ac_segment_text_begin (text, segment, track);
    if (msn >= first_parts)
      append_parts (text, parts, track, segment,
                    g_ptr_array_index (parts->recents, msn - first_recent));
    ac_segment_text_end (text, segment, track, FALSE);
  }
  if (parts->open_parts != NULL) {
    ac_segment_text_begin (text, &parts->open, track);
    append_parts (text, parts, track, &parts->open, parts->open_parts);
  }
}

static void
append_hint (GString *text, const AcSnapshotParts *parts)
{
  guint open = parts->open_parts != NULL ? ac_recent_n_parts (parts->open_parts) : 0;

  if (parts->hinting && !parts->dead)
    ac_segment_text_hint (
        text, ac_timeline_epoch (parts->timeline, parts->n_epochs - 1)->media->number,
        parts->n_segments, open);
}

/* All tracks stand at the same part, so the reports differ in their address only. */
static void
append_reports (GString *text, const AcSnapshotParts *parts, guint track)
{
  guint64 last_msn;
  guint last_part;

  if (parts->open_parts != NULL) {
    last_msn = parts->n_segments;
    last_part = ac_recent_n_parts (parts->open_parts) - 1;
  } else if (parts->n_segments > 0) {
    last_msn = parts->n_segments - 1;
    last_part = ac_timeline_segment (parts->timeline, last_msn)->n_parts - 1;
  } else {
    return;
  }
  for (guint i = 0; i < parts->n_tracks; i++)
    if (i != track)
      g_string_append_printf (
          text,
          "#EXT-X-RENDITION-REPORT:URI=\"../%s/"
          "playlist.m3u8\",LAST-MSN=%" G_GUINT64_FORMAT ",LAST-PART=%u\n",
          ac_timeline_track (parts->timeline, i)->name, last_msn, last_part);
}

GString *
ac_playlist_render (const AcSnapshotParts *parts, guint track, gboolean delta)
{
  guint64 skipped = delta ? count_skipped (parts) : 0;
  guint64 first_tail = first_with_parts (parts);
  GString *text =
      g_string_sized_new (2048 + (parts->n_segments - skipped) * LINE_BYTES);

  append_header (text, parts, skipped > 0);
  if (skipped > 0)
    g_string_append_printf (
        text, "#EXT-X-SKIP:SKIPPED-SEGMENTS=%" G_GUINT64_FORMAT "\n", skipped);
  ac_timeline_append_text (parts->timeline, track, skipped,
                           ac_playlist_first_recent (parts), text);
  append_tail (text, parts, track, skipped, first_tail);
  if (parts->ended) {
    g_string_append (text, "#EXT-X-ENDLIST\n");
  } else {
    append_hint (text, parts);
    append_reports (text, parts, track);
  }
  return text;
}
