/* viewer_sound.h - the lesson's sound in Opus, for browsers that watch.
 *
 * Threads:   made and freed on the main loop; blocks from any one thread; packets come
 *            on a thread of its own.
 * Ownership: plain. No packet comes after _free() has returned, which waits for one
 *            that is on its way: the caller must not hold what that needs. */
#pragma once

#include <gst/gst.h>

typedef struct _AcViewerSound AcViewerSound;

typedef void (*AcViewerSoundPacket) (GstBuffer *packet, GstCaps *caps,
                                     gpointer user_data);

/* Errors: GST_PARSE_ERROR: an element is missing. */
AcViewerSound *ac_viewer_sound_new (AcViewerSoundPacket packet, gpointer user_data,
                                    GError **error);
void ac_viewer_sound_free (AcViewerSound *self);

/* @samples: mono at 48 kHz, AC_GRID_BLOCK_SAMPLES of them; @time: of the first. Never
 * waits: what finds too many waiting is dropped. */
void ac_viewer_sound_push (AcViewerSound *self, const gint16 *samples,
                           GstClockTime time);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcViewerSound, ac_viewer_sound_free)
