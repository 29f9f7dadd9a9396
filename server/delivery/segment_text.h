/* segment_text.h - the lines of one segment in a media playlist.
 *
 * Addresses are relative to TRACK/playlist.m3u8: EPOCH/MSN.m4s, EPOCH/MSN.PART.m4s,
 * EPOCH/init.mp4.
 *
 * Threads: any. */
#pragma once

#include "timeline.h"

/* What a playlist says of a part. */
typedef struct {
  guint32 duration; /* ticks */
  gboolean independent, gap;
} AcPartText;

/* "1.92000" */
void ac_text_append_seconds (GString *text, guint64 ticks);

/* What stands before the segment's first part: DISCONTINUITY, MAP, PROGRAM-DATE-TIME.
 */
void ac_segment_text_begin (GString *text, const AcSegment *segment, guint track);
void ac_segment_text_part (GString *text, const AcSegment *segment, guint part,
                           const AcPartText *description);
void ac_segment_text_hint (GString *text, guint32 epoch, guint64 msn, guint part);
/* GAP, EXTINF and the address: only of a complete segment.
 * @lost: it is a gap whatever it was when it came */
void ac_segment_text_end (GString *text, const AcSegment *segment, guint track,
                          gboolean lost);
