/* lesson_place.h - where a lesson lies, for access.h: whose staff keep it, whom it is
 * for, who lectures in it.
 *
 * Threads: main loop. */
#pragma once

#include "access.h"
#include "store.h"

typedef struct {
  AcAccessPlace access; /* valid as long as this is */
  GArray *branches;     /* of gint64: the lesson's branch and all above it */
} AcLessonPlace;

/* @who: who asks (NULL: nobody): whether it is for them, and whether they lecture in it
 * Returns: (transfer full) (nullable): the lesson as a place; NULL without @error when
 * there is no such lesson.
 * Errors: AC_STORE_ERROR. */
AcLessonPlace *ac_lesson_place_new (AcStore *store, gint64 lesson,
                                    const AcAccessWho *who, GError **error);
void ac_lesson_place_free (AcLessonPlace *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcLessonPlace, ac_lesson_place_free)
