/* sound_follower.h - lays a source's own AAC frames on those of the lesson.
 *
 * A source's sound can be passed on when it is plain AAC-LC at 48 kHz, mono or stereo
 * (aac_config.h), of AC_SOUND_FOLLOWER_MAX_BPS at most (it plays beside every
 * rendition, the smallest too), and its last 96 frames (2 s) came one after another.
 *
 * While it is passed, its frames are the clock: one follows another. Its place among
 * the pictures is told by their timestamps, to the nearest AAC frame of the lesson; a
 * hole in them leaves numbers out. When its timestamps have moved from the frames laid
 * so far by over 40 ms (a sound card's crystal beside the camera's), it is laid anew:
 * frames are left out, or there is a hole. So sound is never more than 40 ms and half a
 * frame from where its timestamps want it.
 *
 * Bounded: the last 64 frames are kept, for a beginning.
 *
 * Threads:   main loop.
 * Ownership: borrows the assembler. */
#pragma once

#include "assembler.h"
#include "packet.h"

#include <gst/gst.h>

#define AC_SOUND_FOLLOWER_MAX_BPS 200000

typedef struct _AcSoundFollower AcSoundFollower;

AcSoundFollower *ac_sound_follower_new (AcAssembler *assembler);
void ac_sound_follower_free (AcSoundFollower *self);

/* A packet of sound after its repair; see ac_follower_packet().
 * Returns: FALSE when its configuration has changed while it is passed on. */
gboolean ac_sound_follower_packet (AcSoundFollower *self, const AcPacket *packet,
                                   GstCaps *format, gint64 due_us,
                                   gboolean discontinuity);

/* Fills in what is said of the sound, or that there is none to pass on. The
 * configuration is this one's. */
void ac_sound_follower_describe (AcSoundFollower *self, AcFollowed *followed);

/* It is passed on from frame @index on, which is shown at @due_us. */
void ac_sound_follower_begin (AcSoundFollower *self, guint64 index, gint64 due_us);
/* As above, of a later frame: clocks drift. */
void ac_sound_follower_key (AcSoundFollower *self, guint64 index, gint64 due_us);
/* No more of it is passed on, at once. Without this call it goes on until the assembler
 * has no use for it. */
void ac_sound_follower_end (AcSoundFollower *self);
/* The source is gone. */
void ac_sound_follower_reset (AcSoundFollower *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSoundFollower, ac_sound_follower_free)
