/* flv_file.h - the tags of an FLV file, as an encoder would send them.
 *
 * Threads:   one.
 * Ownership: plain. */
#pragma once

#include <glib.h>

typedef struct {
  guint8 type;    /* 8 audio, 9 video, 18 script data */
  guint32 ms;     /* from the file's beginning */
  gboolean setup; /* script data or a decoder's configuration */
  gboolean keyframe;
  const guint8 *body; /* in the file's bytes */
  gsize size;
} FlvFileTag;

typedef struct {
  gchar *contents;
  GArray *tags;        /* FlvFileTag, by time */
  guint32 duration_ms; /* of one round: whole flashes, see media() of the tests */
} FlvFile;

/* Errors: G_FILE_ERROR, also for what is no FLV file. */
FlvFile *flv_file_read (const gchar *path, GError **error);
void flv_file_free (FlvFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlvFile, flv_file_free)
