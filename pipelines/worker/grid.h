/* grid.h - the arithmetic of frame rates, slots and renditions.
 *
 * Video frames and AAC frames (1,024 samples at 48 kHz) meet every 0.64 s at 25 fps
 * and every 0.5333 s at 30 fps: both are 16 frames of video. A slot is that long, so
 * every slot of every track starts on one instant (design: the grid).
 *
 * Threads: any; plain values. */
#pragma once

#include "media_epoch.h"

#define AC_GRID_FRAMES_PER_SLOT 16
#define AC_GRID_SAMPLE_RATE 48000
#define AC_GRID_BLOCK_SAMPLES 1024 /* of an AAC frame */
#define AC_GRID_AUDIO_BPS 48000
#define AC_GRID_MAX_RENDITIONS 4

typedef struct {
  guint frame_rate;        /* 25 or 30 */
  guint32 ticks_per_frame; /* 3,600 or 3,000 */
  guint32 slot_duration;   /* ticks */
  guint slots_per_segment; /* 3 or 4: about 2 s */
  guint blocks_per_slot;   /* AAC frames: 30 or 25 */
} AcGrid;

/* @frame_rate: 25 or 30 */
void ac_grid_init (AcGrid *self, guint frame_rate);

/* When frame @index begins, in time from frame 0; exact to the unit, no sum of
 * rounded periods. */
gint64 ac_grid_frame_us (const AcGrid *self, guint64 index);
guint64 ac_grid_frame_ns (const AcGrid *self, guint64 index);
/* How many AAC frames are as long as @n_frames of video, to the nearest. */
guint64 ac_grid_blocks_for_frames (const AcGrid *self, guint64 n_frames);

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
