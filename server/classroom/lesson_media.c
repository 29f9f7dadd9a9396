#include "lesson_media.h"

#include "beat.h"

struct _AcLessonMedia {
  gint64 length_ms;
  AcIntervalSet *creditable;
  AcIntervalSet *breaks;
  gboolean lent;  /* somebody holds creditable: copy before the next change */
  gboolean dirty; /* something changed: what is published again as it was does not */
  gint64 saved_ms;
};

AcLessonMedia *
ac_lesson_media_new (gint64 length_ms, const gchar *creditable)
{
  AcLessonMedia *self = g_new0 (AcLessonMedia, 1);

  self->length_ms = length_ms;
  self->creditable = ac_interval_set_parse (creditable != NULL ? creditable : "");
  if (self->creditable == NULL)
    self->creditable = ac_interval_set_new ();
  self->breaks = ac_interval_set_new ();
  return self;
}

void
ac_lesson_media_free (AcLessonMedia *self)
{
  ac_interval_set_unref (self->creditable);
  ac_interval_set_unref (self->breaks);
  g_free (self);
}

/* Before a change: snapshots stay as they are. */
static void
own_creditable (AcLessonMedia *self)
{
  AcIntervalSet *copy;

  if (!self->lent)
    return;
  copy = ac_interval_set_copy (self->creditable);
  ac_interval_set_unref (self->creditable);
  self->creditable = copy;
  self->lent = FALSE;
}

gboolean
ac_lesson_media_publish (AcLessonMedia *self, gint64 start_ms, gint64 duration_ms,
                         gboolean creditable)
{
  gint64 end_ms, measure_ms;

  if (start_ms < 0 || duration_ms <= 0 || start_ms > AC_BEAT_MEDIA_MAX_MS ||
      duration_ms > AC_BEAT_MEDIA_MAX_MS - start_ms)
    return FALSE;
  end_ms = start_ms + duration_ms;
  own_creditable (self);
  measure_ms = ac_interval_set_measure (self->creditable);
  if (creditable)
    ac_interval_set_add (self->creditable, start_ms, end_ms);
  else
    ac_interval_set_remove (self->creditable, start_ms, end_ms);
  if (creditable)
    ac_interval_set_remove_set (self->creditable, self->breaks);
  self->dirty |= end_ms > self->length_ms ||
                 ac_interval_set_measure (self->creditable) != measure_ms;
  self->length_ms = MAX (self->length_ms, end_ms);
  return TRUE;
}

void
ac_lesson_media_break (AcLessonMedia *self, gint64 start_ms, gint64 end_ms)
{
  gint64 measure_ms = ac_interval_set_measure (self->creditable);

  ac_interval_set_add (self->breaks, start_ms, end_ms);
  own_creditable (self);
  ac_interval_set_remove (self->creditable, start_ms, end_ms);
  self->dirty |= ac_interval_set_measure (self->creditable) != measure_ms;
}

void
ac_lesson_media_resume (AcLessonMedia *self, gint64 at_ms)
{
  if (ac_lesson_media_on_break (self))
    ac_interval_set_remove (self->breaks, at_ms, G_MAXINT64);
}

gboolean
ac_lesson_media_on_break (AcLessonMedia *self)
{
  guint n = ac_interval_set_length (self->breaks);

  return n > 0 && ac_interval_set_get (self->breaks, n - 1).end_ms == G_MAXINT64;
}

void
ac_lesson_media_forget_breaks (AcLessonMedia *self)
{
  ac_interval_set_remove_set (self->breaks, self->breaks);
}

gint64
ac_lesson_media_length_ms (AcLessonMedia *self)
{
  return self->length_ms;
}

gint64
ac_lesson_media_creditable_ms (AcLessonMedia *self)
{
  return ac_interval_set_measure (self->creditable);
}

AcIntervalSet *
ac_lesson_media_snapshot (AcLessonMedia *self)
{
  self->lent = TRUE;
  return ac_interval_set_ref (self->creditable);
}

gchar *
ac_lesson_media_to_text (AcLessonMedia *self)
{
  return ac_interval_set_to_text (self->creditable);
}

gboolean
ac_lesson_media_is_dirty (AcLessonMedia *self)
{
  return self->dirty;
}

void
ac_lesson_media_saved (AcLessonMedia *self, gint64 now_ms)
{
  self->dirty = FALSE;
  self->saved_ms = now_ms;
}

gint64
ac_lesson_media_saved_ms (AcLessonMedia *self)
{
  return self->saved_ms;
}
