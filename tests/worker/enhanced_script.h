/* enhanced_script.h - a publisher of Enhanced RTMP for tests: real bitstreams in tags
 * with extended headers, which Debian's ffmpeg cannot write itself. */
#pragma once

#include "flv_script.h"

/* Runs ffmpeg with @arguments (shell words; the name of an MP4 file is added), takes
 * its H.265, AV1, VP9 or Opus tracks apart and puts them into tags. Returns:
 * (element-type FlvScriptTag) (transfer full): by time. */
GArray *enhanced_script_make (const gchar *arguments);
/* The same of an MP4 file that is there. */
GArray *enhanced_script_read (const gchar *path);
