/* flv_script.h - a publisher for tests: the tags of an FLV file, in order.
 *
 * Media is made when a test runs, by the ffmpeg program. */
#pragma once

#include "wire.h"

typedef struct {
  guint8 type;
  guint32 timestamp_ms;
  GBytes *body;
} FlvScriptTag;

/* Runs ffmpeg with @arguments (shell words; the output's format and name are added) and
 * reads what it made. Returns: (element-type FlvScriptTag) (transfer full). */
GArray *flv_script_make (const gchar *arguments);
/* Reads an FLV file; stops the program when it is none. */
GArray *flv_script_read (const gchar *path);

/* Pictures of @size (WxH) at @rate for @seconds, H.264 with a key frame a second; with
 * @sound a 440 Hz tone in AAC. */
GArray *flv_script_lecture (const gchar *size, guint rate, gdouble seconds,
                            gboolean picture, gboolean sound);
