/* lesson_check.h - what must hold for all that a worker ever sends.
 *
 * Every function stops the test when it does not hold. */
#pragma once

#include "worker_run.h"

/* Numbers, times and lengths of all slots and of every chunk in them, without a hole;
 * key frames exactly at the starts of segments on every video track; the last slot
 * ends its segment. */
void lesson_check_grid (WorkerRun *run, const AcWireConfigure *configure);

/* ffprobe and ffmpeg read every track to its end without a word, and count as many
 * frames as were sent. */
void lesson_check_decodes (WorkerRun *run);

/* Frames of the full rate in all slots. */
guint64 lesson_n_frames (WorkerRun *run);
/* Slots that are not creditable. */
guint lesson_n_slate_slots (WorkerRun *run);

/* Decodes a track: video to 8-bit gray of 32x18, audio to 16-bit mono at 48 kHz. */
GBytes *lesson_decode (WorkerRun *run, guint track);
#define LESSON_GRAY_BYTES (32 * 18)
