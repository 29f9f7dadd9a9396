/* lesson_source.h - what a lesson fetches by itself: an address or a prepared file.
 *
 * Whoever may name a source makes the server read files and open connections, so it is
 * for staff only. A file lies in the lectures directory, symbolic links resolved;
 * addresses have one of few schemes. What is shown of an address anywhere is its
 * masked form: passwords, tokens and passphrases stay in the database.
 *
 * Threads:   any; a file is looked at on the disk. */
#pragma once

#include <glib.h>

typedef enum {
  AC_LESSON_SOURCE_NONE, /* encoders publish with the stream key */
  AC_LESSON_SOURCE_PULL, /* address: rtsp(s), http(s) with a .m3u8, rtmp(s), srt */
  AC_LESSON_SOURCE_FILE, /* address: absolute path */
} AcLessonSourceKind;

typedef struct {
  AcLessonSourceKind kind;
  gchar *address; /* NULL without a source */
  gboolean loop;  /* a file that begins again at its end */
} AcLessonSource;

#define AC_LESSON_SOURCE_MAX_BYTES 2048

/* @text: an address, a path, or the name of a file in @lectures
 * Errors: AC_CLASSROOM_ERROR_INVALID; *@ret_field is then "source" or "loop", and the
 *   message says how to mend it, without a credential. */
gboolean ac_lesson_source_parse (const gchar *text, gboolean loop,
                                 const gchar *lectures, AcLessonSource *ret_source,
                                 const gchar **ret_field, GError **error);
void ac_lesson_source_clear (AcLessonSource *source);
/* @to: gets a copy; what it held is not freed */
void ac_lesson_source_copy (AcLessonSource *to, const AcLessonSource *from);

/* Whether a file may (still) be played: there, regular, readable, in @lectures.
 * Returns: (transfer full): its path without symbolic links.
 * Errors: AC_CLASSROOM_ERROR_INVALID. */
gchar *ac_lesson_source_check_file (const gchar *path, const gchar *lectures,
                                    GError **error);

/* Returns: (transfer full): @address as it may be shown and logged. */
gchar *ac_lesson_source_mask (const gchar *address);

/* "none", "pull", "file" */
const gchar *ac_lesson_source_kind_name (AcLessonSourceKind kind);
/* Returns: (nullable): the same as lessons.source_kind has it, NULL for none. */
const gchar *ac_lesson_source_stored_kind (const AcLessonSource *source);
gboolean ac_lesson_source_kind_parse (const gchar *name, AcLessonSourceKind *ret_kind);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcLessonSource, ac_lesson_source_clear)
