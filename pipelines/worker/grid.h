/* grid.h - the arithmetic of frame rates, slots and renditions.
 *
 * Video frames and AAC frames (1,024 samples at 48 kHz) meet every 0.64 s at 25 fps
 * and every 0.5333 s at 30 fps: both are 16 frames of video. A slot is that long, so
 * every slot of every track starts on one instant (design: the grid). Where a source's
 * key frames decide instead, slots are cut from its GOPs, and the sound's part of one
 * is of the AAC frames that lie nearest.
 *
 * Threads: any; plain values. */
#pragma once

#include "media_epoch.h"

#define AC_GRID_FRAMES_PER_SLOT 16
#define AC_GRID_SAMPLE_RATE 48000
#define AC_GRID_BLOCK_SAMPLES 1024 /* of an AAC frame */
#define AC_GRID_BLOCK_TICKS 1920   /* so long it is */
#define AC_GRID_AUDIO_BPS 48000
#define AC_GRID_MAX_RENDITIONS 4

/* PART-TARGET of a lesson that may follow its source, at 25 fps: 17 frames, and with
 * them 32 AAC frames. A slot of 16 frames is 93 % of it. */
#define AC_GRID_FOLLOW_SLOT_25 61440

typedef struct {
  guint frame_rate;         /* 25 or 30 */
  guint32 ticks_per_frame;  /* 3,600 or 3,000 */
  guint32 slot_duration;    /* ticks that no track's part of a slot is longer than */
  guint slots_per_segment;  /* 3 or 4: about 2 s */
  guint frames_per_segment; /* 48 or 64 */
} AcGrid;

/* @frame_rate: 25 or 30
 * @may_follow: a source may take over, see ac_grid_follow() */
void ac_grid_init (AcGrid *self, guint frame_rate, gboolean may_follow);
/* Makes segments of whole GOPs, about 2 s of them, in slots of nearly the same length
 * (85 % of slot_duration at least, RFC 8216bis 4.4.3.7).
 * Returns: FALSE when GOPs of @gop_frames cannot be cut so; nothing is changed. */
gboolean ac_grid_follow (AcGrid *self, guint gop_frames);

/* Frames of a segment before its slot @part, the longer slots first. */
guint ac_grid_slot_offset (const AcGrid *self, guint part);

/* When frame @index begins, in time from frame 0; exact to the unit, no sum of
 * rounded periods. */
gint64 ac_grid_frame_us (const AcGrid *self, guint64 index);
guint64 ac_grid_frame_ns (const AcGrid *self, guint64 index);
/* How many AAC frames are as long as @n_frames of video, to the nearest. */
guint64 ac_grid_blocks_for_frames (const AcGrid *self, guint64 n_frames);

/* The lesson's AAC frames are counted from its beginning, so a worker that begins at
 * @start, in ticks of lesson time, may begin within one.
 * Returns: from @start to the boundary of AAC frames that is nearest, at which its
 * sound begins; negative: that was before. */
gint64 ac_grid_sound_offset_us (guint64 start);

/* Returns: the grid, 25 or 30, that @frames_per_1000s fits best: the one it is nearest
 * to a multiple or a fraction of. 24 goes to 25, 29.97 to 30. */
guint ac_grid_rate_for (guint32 frames_per_1000s);

typedef struct {
  gchar name[AC_TRACK_NAME_MAX + 1];
  guint width, height;
  guint divisor; /* 2: every second frame */
  guint32 target_bps;
} AcRendition;

typedef struct {
  AcRendition renditions[AC_GRID_MAX_RENDITIONS]; /* by falling height */
  guint n_renditions;
} AcLadderPlan;

/* Plans what is encoded: never larger than the source, at most 720 high. A source
 * lower than 240 gives one rendition of about its own size. The tallest rendition
 * always has the full frame rate: the slots are counted by it.
 * @source_width: 0 when unknown, which is taken for 16:9
 * @source_height: or the frozen top height */
void ac_ladder_plan_init (AcLadderPlan *self, guint source_width, guint source_height);
/* Gives every rendition the full frame rate: where a source may be followed, segments
 * begin at any frame. */
void ac_ladder_plan_full_rate (AcLadderPlan *self);
