/* upload.h - a file on its way in: asked about first, given one of few places, let go
 * when it comes too slowly.
 *
 * The header of a long body is shown to the main loop (AcFrontHandler.upload), which
 * refuses it or says whose it is. Only then it takes one of AC_FRONT_MAX_UPLOADS
 * places, of which a person has one at a time. What comes before the answer is held
 * like any other body, within AC_FRONT_MAX_BODY_BYTES.
 *
 * Threads:   its stream's front thread.
 * Ownership: its stream's; while it is asked about, it outlives its stream. */
#pragma once

#include "front_thread.h"

/* Who has a place has to use it: so much at the start to get going, then so many bytes
 * a second on the average. 20 MiB take 330 s at the slowest. */
#define AC_UPLOAD_GRACE_S 10
#define AC_UPLOAD_MIN_BYTES_S (64 * 1024)

typedef struct _AcUpload AcUpload;
struct _AcStream;

/* Asks about it; the answer comes by ac_stream_upload_answered().
 * @request: (transfer none): its header
 * Returns: (nullable): NULL when AC_FRONT_MAX_CALLS are under way. */
AcUpload *ac_upload_new (struct _AcStream *stream, const AcHttpRequest *request);
/* Gives its place back. */
void ac_upload_free (AcUpload *self);

gboolean ac_upload_has_place (const AcUpload *self);

/* Whether of a file that got its place at @since_s too little has come by @now_s. */
static inline gboolean
ac_upload_is_late (gint64 since_s, gsize bytes, gint64 now_s)
{
  return now_s - since_s >= AC_UPLOAD_GRACE_S + (gint64)(bytes / AC_UPLOAD_MIN_BYTES_S);
}

/* Once a tick: lets go of those that are late. */
void ac_uploads_check (AcFrontThread *thread);
