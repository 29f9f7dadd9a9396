/* passed_sound.h - the source's own AAC frames, from packet to slot.
 *
 * AAC frames of a lesson are numbered from its beginning, 1,024 samples each; so many a
 * slot has, and the source's frames come with the number that each was laid on
 * (sound_follower.h). A number that never comes becomes a frame of silence of the same
 * configuration.
 *
 * Bounded: numbers up to AC_PASSED_SOUND_AHEAD beyond the next one that a slot wants;
 * what lies further, or has been, is refused.
 *
 * Threads:   one at a time; it is the assembler's, under the assembler's lock.
 * Ownership: references the frames that wait. */
#pragma once

#include "cmaf_writer.h"

#define AC_PASSED_SOUND_AHEAD 512 /* 10.9 s */

typedef struct _AcPassedSound AcPassedSound;

AcPassedSound *ac_passed_sound_new (void);
void ac_passed_sound_free (AcPassedSound *self);

/* Frame @number; numbers rise. Returns: FALSE when it is refused. */
gboolean ac_passed_sound_push (AcPassedSound *self, guint64 number, GBytes *data);
/* Nothing comes until there is a push again: there is nothing to wait for. */
void ac_passed_sound_stop (AcPassedSound *self);
/* Whether no frame below @end is still to come. */
gboolean ac_passed_sound_has_all (const AcPassedSound *self, guint64 end);

/* Takes frames [@first, @end), silence where there is none; those before are dropped.
 * @channels: of the configuration
 * @ret_samples: room for as many; their bytes are the caller's to unref */
void ac_passed_sound_take (AcPassedSound *self, guint64 first, guint64 end,
                           guint channels, AcCmafSample *ret_samples);
/* Frames below @end are not wanted. */
void ac_passed_sound_skip (AcPassedSound *self, guint64 end);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcPassedSound, ac_passed_sound_free)
