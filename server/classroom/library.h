/* library.h - recordings, looked through.
 *
 * Threads: main loop. */
#pragma once

#include "classroom.h"

/* Lessons that have ended and were recorded. */
typedef struct {
  const gchar *text; /* lies within the title, that of the course, or a lecturer's name;
                      * NULL: any */
  gint64 course, lecturer;  /* rows; 0: any */
  const gchar *kind;        /* of the course, "party"; NULL: any */
  gint64 from_ms, until_ms; /* begun not before, and before */
  gint64 before;            /* ids below; 0: from the newest */
  guint limit;
} AcLibraryQuery;

/* Those that @member may view. For a text AC_LESSON_SEARCH_MAX are looked through:
 * there may be fewer than the limit, or none, and more to come.
 * @ret_next: query->before of those that follow; 0: there are none
 * Returns: (transfer full): AcLesson, the newest first; NULL with @error:
 * AC_STORE_ERROR.
 */
GPtrArray *ac_classroom_search_library (AcClassroom *self, gint64 member,
                                        const AcLibraryQuery *query, gint64 *ret_next,
                                        GError **error);
/* Those that the staff of @branch and of all below it keep; 0: all. */
GPtrArray *ac_classroom_list_recordings (AcClassroom *self, gint64 branch,
                                         const AcLibraryQuery *query, gint64 *ret_next,
                                         GError **error);
