/* fault_script.h - what goes wrong with a publisher, and when.
 *
 * A text of steps with ";" between them, each "SECONDS ACTION [ARGUMENT ...]", by time:
 *
 *   origin MS          the first timestamp (before all others, at 0)
 *   media N            goes on with the Nth file
 *   jump MS            timestamps of both tracks step
 *   jump-video MS      only its; likewise jump-audio
 *   drift PPM          its clock runs fast or slow from now on
 *   stop TRACK SECONDS of "video" or "audio" nothing comes for so long
 *   duplicate SECONDS  everything comes twice
 *   lose N SECONDS     each Nth frame that is no key frame is missing
 *   stall SECONDS      nothing comes, then everything at once
 *   pause SECONDS      nothing comes, and what would have come is lost
 *   end                a good end; the default is at the end of the script
 *
 * Threads: one. */
#pragma once

#include "flv_file.h"

typedef enum {
  FAULT_ORIGIN,
  FAULT_MEDIA,
  FAULT_JUMP,
  FAULT_JUMP_VIDEO,
  FAULT_JUMP_AUDIO,
  FAULT_DRIFT,
  FAULT_STOP,
  FAULT_DUPLICATE,
  FAULT_LOSE,
  FAULT_STALL,
  FAULT_PAUSE,
  FAULT_END,
} FaultAction;

typedef struct {
  gint64 at_ms;
  FaultAction action;
  gint64 value;     /* ms, ppm, or a number */
  guint8 track;     /* of STOP: 8 or 9, as FLV says */
  gint64 length_ms; /* of what lasts a while */
} FaultStep;

/* Returns: (transfer full) (nullable): FaultStep.
 * Errors: G_OPTION_ERROR: names the step that is not understood. */
GArray *fault_script_parse (const gchar *text, GError **error);
