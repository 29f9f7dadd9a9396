/* handout.h - what the staff hand out in a lesson: links, and files of their own.
 *
 * A file is kept beside the database under a name that the server made; what people
 * called it is only what it is offered as.
 *
 * Threads: as said. Errors: AC_CONVERSATION_ERROR, AC_STORE_ERROR. */
#pragma once

#include "lesson_event.h"

#define AC_HANDOUT_TITLE_MAX_CHARS 100

/* By its first bytes, and for office files, which are all zip archives, by what lies
 * in them too.
 * Returns: (transfer none) (nullable): the media type, when such files may be handed
 * out: PDF, PNG, JPEG, WebP, GIF, and Word, Excel and PowerPoint by OOXML. Threads:
 * any.
 */
const gchar *ac_handout_sniff (GBytes *file);
/* ".pdf" for "application/pdf" */
const gchar *ac_handout_extension (const gchar *media_type);

typedef struct {
  gint64 lesson;
  gint64 actor;
  const gchar *title;      /* 1 to AC_HANDOUT_TITLE_MAX_CHARS characters */
  const gchar *file;       /* its name in the directory */
  const gchar *media_type; /* of ac_handout_sniff() */
  gint64 bytes;
  gint64 wall_ms;
  gint64 media_ms;
} AcHandoutFile;

/* Inside a job.
 * @ret_event: (out) (transfer full): to be told after the commit */
gboolean ac_handout_add_file (AcStore *store, const AcHandoutFile *file,
                              AcLessonEvent **ret_event, GError **error);

typedef struct {
  gchar *file;
  gchar *name; /* to be offered as */
  gchar *media_type;
  gint64 bytes;
} AcHandout;

void ac_handout_free (AcHandout *handout);
/* Returns: (transfer full) (nullable): the file of hand-out @seq; NULL without @error
 * when there is none, or no more. */
AcHandout *ac_handout_get (AcStore *store, gint64 lesson, gint64 seq, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcHandout, ac_handout_free)
