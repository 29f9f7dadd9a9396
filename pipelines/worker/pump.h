/* pump.h - the frame clock: every period a frame, whatever the source does.
 *
 * Ticks are at origin + n periods on the monotonic clock, so nothing accumulates. A
 * tick shows the frame that is due, else the last one again, else the slate: 0.9 s
 * after the last picture came, 0.7 s when its source has left or what it sends has
 * waited already, which is up to 0.7 s after that was shown; after two frames of a
 * slow source, 2.5 s at most; 2 s while its sound goes on. Sound goes in blocks of
 * 1,024 samples, two blocks ahead of the picture, since the encoder answers that late.
 *
 * After a stall the ticks that were missed are made up for, at once: what viewers'
 * buffers lost meanwhile comes back to them. Of more than AC_PUMP_MAX_BEHIND_US the
 * lesson's clock makes a step instead (lesson time does not count the time when nothing
 * runs), and the assembler begins another epoch, since the wall clock did not stop. A
 * lesson has room for some thousands of them: after AC_PUMP_MANY_STEPS there is one in
 * AC_PUMP_STEP_EVERY_US at most. When the encoders are behind, frames are held, which
 * costs them little; when they are far behind, pushing waits.
 *
 * Threads:   owns one; all calls from the main loop.
 * Ownership: borrows what it is set up with. */
#pragma once

#include "frame_queue.h"
#include "ladder.h"
#include "packet.h"
#include "slate.h"
#include "sound_ring.h"

/* With it the sound of a source, which comes in time, still fits into its ring. */
#define AC_PUMP_MAX_BEHIND_US (2 * G_USEC_PER_SEC)
#define AC_PUMP_MANY_STEPS 100
#define AC_PUMP_STEP_EVERY_US (10 * G_USEC_PER_SEC)

typedef struct _AcPump AcPump;

typedef enum {
  AC_PUMP_NO_SOURCE,
  AC_PUMP_SOURCE,
  /* What it sent waited on its way until it was even (SRT): when nothing comes, the
   * line has been silent for longer, and is not just slow. */
  AC_PUMP_EVEN_SOURCE,
} AcPumpSource;

typedef struct {
  AcGrid grid;
  gint64 origin_us; /* monotonic time of frame 0 */
  gint64
      sound_offset_us; /* block 0 begins so much later: see ac_grid_sound_offset_us() */
  AcFrameQueue *frames;
  AcSoundRing *sound;
  AcLadder *ladder;
  AcAssembler *assembler;
  GstBuffer *slates[AC_N_SLATES];
  AcPumpSource source; /* see ac_pump_set_source() */
} AcPumpSetup;

typedef struct {
  gboolean on_slate;
  guint32 frames_dropped, frames_held; /* since the start */
  guint32 clock_steps;                 /* stalls that the lesson's clock stood over */
  guint64 next_frame;                  /* counted from the worker's start */
  gint64 next_tick_us;                 /* when that is due; 0: not told yet */
} AcPumpStatus;

AcPump *ac_pump_new (const AcPumpSetup *setup);
/* Stops at once; nothing is flushed. */
void ac_pump_free (AcPump *self);

/* Whether there is a source, be it silent: without one the slate comes sooner. */
void ac_pump_set_source (AcPump *self, AcPumpSource source);
/* A packet of @track came, which will be due later. */
void ac_pump_note_arrival (AcPump *self, AcSourceTrack track, gint64 arrival_us);

/* Moves all further ticks by @delta_us, a few milliseconds, and the sound with them:
 * the frame clock goes with a source that is followed. */
void ac_pump_nudge (AcPump *self, gint64 delta_us);

/* Plays what waits (half a second at most), closes the segment and flushes the
 * encoders; the assembler reports the end. */
void ac_pump_finish (AcPump *self);

void ac_pump_status (AcPump *self, AcPumpStatus *ret_status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcPump, ac_pump_free)
