/* assembler_private.h - what the files of the assembler share.
 *
 * assembler.c has its life and what comes of the encoders, assembler_slots.c makes
 * slots of what waits, assembler_follow.c has the followed source.
 *
 * Tracks: the renditions that are encoded, the audio, the followed source and its
 * sound; each fills one slot after another. A track has an entry in its queue of chunks
 * for every slot up to the one it is filling, an empty one where it has a gap, so a
 * slot is handed over when no queue is empty.
 *
 * A slot is filled when all its frames were noted, not before: until then it may still
 * be cut short. What an encoder delivers ahead of that (sound, the followed source)
 * waits.
 *
 * Threads: every function is called with the lock held. */
#pragma once

#include "assembler.h"
#include "passed_sound.h"
#include "sample_queue.h"
#include "track_layout.h"

/* Frames after a slot's end in which the followed source's last one must have come:
 * it is given to the decoder when it comes and shown 200 ms later, so it is early. */
#define AC_ASSEMBLER_FOLLOWED_LATE_FRAMES 8

typedef struct {
  GBytes *codec_data;
  AcSampleQueue *waiting; /* not in a chunk yet */
  guint64 n_frames;       /* delivered or left out, of this track's own frames */
  GQueue chunks; /* GBytes of slots not yet handed over; an empty one is a gap */
} AcAssemblerTrack;

/* What happens in a slot. */
typedef struct {
  gint64 wall_ms;
  guint n_not_creditable;
  guint32 closed; /* a bit a track: it has a gap here */
} AcAssemblerNote;

struct _AcAssembler {
  GMutex lock;          /* guards all below */
  AcTrackLayout layout; /* constant */
  AcAssemblerHandler handler;
  gpointer user_data;
  AcAssemblerTrack tracks[AC_TRACK_LAYOUT_MAX];
  AcSampleQueue own_waiting[AC_TRACK_LAYOUT_MAX]; /* of what is encoded here */
  gboolean done;                                  /* finished or failed */

  AcSlotPlan *plan;
  AcAssemblerNote notes[AC_SLOT_PLAN_MAX]; /* of slot n at n modulo */
  guint32 closed;     /* tracks, from the next slot on that is noted */
  guint64 n_slots;    /* handed over */
  guint32 epoch_sent; /* number; 0: none yet */
  gboolean finishing;
  guint64 n_asked; /* frames that _begins_segment() has answered for */

  AcFollowedTrack *pictures; /* the source's own; its runs are the epochs' data */
  AcPassedSound *sound;      /* the source's own */
  gboolean sound_lost;       /* of the newest run: its place is no longer known */
};

/* Nothing follows. */
void ac_assembler_fail (AcAssembler *self, const GError *error);
void ac_assembler_fail_with (AcAssembler *self, const gchar *track, const gchar *what);

/* The slot that @track is filling. */
guint64 ac_assembler_current_slot (const AcAssembler *self, guint track);
/* Fills as many slots of the track as can be filled. */
void ac_assembler_fill (AcAssembler *self, guint track);
/* Hands over what is complete; called after anything changed. */
void ac_assembler_advance (AcAssembler *self);
/* Both, of all tracks. */
void ac_assembler_fill_all (AcAssembler *self);

/* The followed source is lost, from the slot under way on. */
void ac_assembler_lose (AcAssembler *self);
/* It has to be early; what is not there by frame @index will not come. */
void ac_assembler_check_followed (AcAssembler *self, guint64 index);
