#include "passed_sound.h"

#include "aac_config.h"
#include "grid.h"

typedef struct {
  guint64 number;
  GBytes *data;
} Frame;

struct _AcPassedSound {
  GQueue waiting;   /* Frame, numbers rise */
  guint64 next;     /* the first that no slot has had */
  guint64 reached;  /* one past the highest that came */
  gboolean stopped; /* nothing is to be waited for */
  GBytes *silence[2];
};

static void
frame_free (gpointer data)
{
  Frame *frame = data;

  g_bytes_unref (frame->data);
  g_free (frame);
}

AcPassedSound *
ac_passed_sound_new (void)
{
  AcPassedSound *self = g_new0 (AcPassedSound, 1);

  for (guint i = 0; i < G_N_ELEMENTS (self->silence); i++)
    self->silence[i] = ac_aac_silence (i + 1);
  return self;
}

void
ac_passed_sound_free (AcPassedSound *self)
{
  g_queue_clear_full (&self->waiting, frame_free);
  for (guint i = 0; i < G_N_ELEMENTS (self->silence); i++)
    g_bytes_unref (self->silence[i]);
  g_free (self);
}

gboolean
ac_passed_sound_push (AcPassedSound *self, guint64 number, GBytes *data)
{
  Frame *frame;

  if (number < self->next || number < self->reached ||
      number - self->next >= AC_PASSED_SOUND_AHEAD)
    return FALSE;
  frame = g_new (Frame, 1);
  frame->number = number;
  frame->data = g_bytes_ref (data);
  g_queue_push_tail (&self->waiting, frame);
  self->reached = number + 1;
  self->stopped = FALSE;
  return TRUE;
}

void
ac_passed_sound_stop (AcPassedSound *self)
{
  self->stopped = TRUE;
}

gboolean
ac_passed_sound_has_all (const AcPassedSound *self, guint64 end)
{
  return self->stopped || self->reached >= end;
}

void
ac_passed_sound_skip (AcPassedSound *self, guint64 end)
{
  const Frame *head;

  while ((head = g_queue_peek_head (&self->waiting)) != NULL && head->number < end)
    frame_free (g_queue_pop_head (&self->waiting));
  self->next = MAX (self->next, end);
  self->reached = MAX (self->reached, end);
}

void
ac_passed_sound_take (AcPassedSound *self, guint64 first, guint64 end, guint channels,
                      AcCmafSample *ret_samples)
{
  ac_passed_sound_skip (self, first);
  for (guint64 number = first; number < end; number++) {
    Frame *head = g_queue_peek_head (&self->waiting);
    gboolean there = head != NULL && head->number == number;

    ret_samples[number - first] = (AcCmafSample){
      .data = g_bytes_ref (there ? head->data : self->silence[channels - 1]),
      .duration = AC_GRID_BLOCK_SAMPLES,
      .sync = TRUE,
    };
    if (there)
      frame_free (g_queue_pop_head (&self->waiting));
  }
  ac_passed_sound_skip (self, end);
}
