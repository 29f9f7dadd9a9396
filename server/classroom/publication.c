/* publication.c - the figures of open lessons, and their way to the database.
 *
 * What is told is what is in memory; the database follows at most SAVE_INTERVAL_MS
 * later while the lesson is live, and at once after it has ended. */
#include "classroom_private.h"

#include "log.h"

#define SAVE_INTERVAL_MS 5000

/* --- Lessons in memory --- */

AcOpenLesson *
ac_classroom_open_lesson (AcClassroom *self, gint64 lesson)
{
  AcOpenLesson *open = g_hash_table_lookup (self->lessons, &lesson);
  g_autofree gchar *creditable = NULL;
  g_autoptr (AcLesson) row = NULL;

  if (open != NULL)
    return open;
  row = ac_classroom_read_lesson (self, lesson, &creditable);
  if (row == NULL)
    return NULL;
  open = g_new0 (AcOpenLesson, 1);
  open->id = lesson;
  open->state = row->state;
  open->media = ac_lesson_media_new (row->length_ms, creditable);
  ac_classroom_load_breaks (self, open);
  g_hash_table_insert (self->lessons, &open->id, open);
  return open;
}

void
ac_open_lesson_free (AcOpenLesson *lesson)
{
  ac_lesson_media_free (lesson->media);
  g_free (lesson);
}

void
ac_classroom_close_lesson (AcClassroom *self, gint64 lesson)
{
  AcOpenLesson *open = g_hash_table_lookup (self->lessons, &lesson);

  if (open != NULL && open->state != AC_LESSON_LIVE && !open->saving &&
      !open->starting && !ac_lesson_media_is_dirty (open->media) &&
      !g_hash_table_contains (self->rooms, &lesson))
    g_hash_table_remove (self->lessons, &lesson);
}

/* --- Saving what was published --- */

typedef struct {
  AcClassroom *classroom;
  gint64 lesson;
  gint64 length_ms;
  gchar *creditable;
} Save;

static void save_lesson (AcClassroom *self, AcOpenLesson *open);

static void
save_free (gpointer data)
{
  Save *save = data;

  ac_classroom_unref (save->classroom);
  g_free (save->creditable);
  g_free (save);
}

static gboolean
write_media (AcStore *store, gpointer data, GError **error)
{
  Save *save = data;

  return ac_store_run (store, error,
                       "UPDATE lessons SET length_ms = ?, creditable = ? WHERE id = ?",
                       "iti", save->length_ms, save->creditable, save->lesson);
}

/* A failed save is not repeated at once: the next publication does. */
static void
media_written (gpointer data, const GError *error, gpointer user_data)
{
  Save *save = data;
  AcClassroom *self = save->classroom;
  AcOpenLesson *open;

  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, save->lesson, "cannot save the lesson's length: %s",
            error->message);
  if (self->closed)
    return;
  open = g_hash_table_lookup (self->lessons, &save->lesson);
  if (open == NULL)
    return;
  open->saving = FALSE;
  if (error == NULL && open->state == AC_LESSON_ENDED &&
      ac_lesson_media_is_dirty (open->media))
    save_lesson (self, open);
  ac_classroom_close_lesson (self, save->lesson);
}

static void
save_lesson (AcClassroom *self, AcOpenLesson *open)
{
  Save *save = g_new (Save, 1);

  *save = (Save){ ac_classroom_ref (self), open->id,
                  ac_lesson_media_length_ms (open->media),
                  ac_lesson_media_to_text (open->media) };
  open->saving = TRUE;
  ac_lesson_media_saved (open->media, ac_classroom_now_ms (self));
  ac_store_write (self->store, write_media, save, save_free, media_written, NULL);
}

void
ac_classroom_save_all (AcClassroom *self)
{
  GHashTableIter iter;
  gpointer open;

  g_hash_table_iter_init (&iter, self->lessons);
  while (g_hash_table_iter_next (&iter, NULL, &open))
    if (ac_lesson_media_is_dirty (((AcOpenLesson *)open)->media))
      save_lesson (self, open);
}

void
ac_classroom_save_if_due (AcClassroom *self, AcOpenLesson *open)
{
  gint64 age_ms = ac_classroom_now_ms (self) - ac_lesson_media_saved_ms (open->media);

  if (!open->saving && ac_lesson_media_is_dirty (open->media) &&
      (open->state == AC_LESSON_ENDED || age_ms >= SAVE_INTERVAL_MS))
    save_lesson (self, open);
}

void
ac_classroom_set_interrupted (AcClassroom *self, gint64 lesson, gboolean interrupted)
{
  AcOpenLesson *open = ac_classroom_open_lesson (self, lesson);

  if (open == NULL || open->interrupted == interrupted)
    return;
  open->interrupted = interrupted;
  if (open->state == AC_LESSON_LIVE)
    ac_classroom_tell_state (self, open);
}

void
ac_classroom_media_published (AcClassroom *self, gint64 lesson, gint64 start_ms,
                              gint64 duration_ms, gboolean creditable)
{
  AcOpenLesson *open = ac_classroom_open_lesson (self, lesson);

  if (open == NULL ||
      !ac_lesson_media_publish (open->media, start_ms, duration_ms, creditable)) {
    ac_log (G_LOG_LEVEL_WARNING, lesson, "publication that is of no lesson");
    return;
  }
  if (open->state < AC_LESSON_LIVE && !open->starting) {
    open->starting = TRUE;
    ac_classroom_start_lesson (self, lesson, NULL, NULL);
  }
  ac_classroom_save_if_due (self, open);
}
