#include "front_mailbox.h"

typedef struct {
  AcTask task;
  gpointer data;
} Letter;

struct _AcFrontMailbox {
  GMutex mutex;
  GArray *letters;      /* Letter; guarded by mutex */
  struct ev_loop *loop; /* NULL once closed; guarded by mutex */
  ev_async wake;
  AcExecutor fallback;
};

static void
on_wake (struct ev_loop *loop, ev_async *watcher, int events)
{
  ac_front_mailbox_run (watcher->data);
}

AcFrontMailbox *
ac_front_mailbox_new (struct ev_loop *loop, AcExecutor fallback)
{
  AcFrontMailbox *self = g_atomic_rc_box_new0 (AcFrontMailbox);

  g_mutex_init (&self->mutex);
  self->letters = g_array_new (FALSE, FALSE, sizeof (Letter));
  self->loop = loop;
  self->fallback = fallback;
  ev_async_init (&self->wake, on_wake);
  self->wake.data = self;
  ev_async_start (loop, &self->wake);
  return self;
}

AcFrontMailbox *
ac_front_mailbox_ref (AcFrontMailbox *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
mailbox_clear (gpointer data)
{
  AcFrontMailbox *self = data;

  g_array_unref (self->letters);
  g_mutex_clear (&self->mutex);
}

void
ac_front_mailbox_unref (AcFrontMailbox *self)
{
  g_atomic_rc_box_release_full (self, mailbox_clear);
}

static void
post_letter (gpointer loop, AcTask task, gpointer data)
{
  AcFrontMailbox *self = loop;
  Letter letter = { task, data };
  gboolean open;

  g_mutex_lock (&self->mutex);
  open = self->loop != NULL;
  if (open) {
    g_array_append_val (self->letters, letter);
    if (self->letters->len == 1)
      ev_async_send (self->loop, &self->wake);
  }
  g_mutex_unlock (&self->mutex);
  if (!open)
    ac_executor_post (self->fallback, task, data);
}

AcExecutor
ac_front_mailbox_executor (AcFrontMailbox *self)
{
  return (AcExecutor){ .post = post_letter, .loop = self };
}

void
ac_front_mailbox_run (AcFrontMailbox *self)
{
  g_autoptr (GArray) letters = NULL;

  g_mutex_lock (&self->mutex);
  letters = g_steal_pointer (&self->letters);
  self->letters = g_array_new (FALSE, FALSE, sizeof (Letter));
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i < letters->len; i++) {
    Letter *letter = &g_array_index (letters, Letter, i);

    letter->task (letter->data);
  }
}

void
ac_front_mailbox_close (AcFrontMailbox *self)
{
  g_mutex_lock (&self->mutex);
  ev_async_stop (self->loop, &self->wake);
  self->loop = NULL;
  g_mutex_unlock (&self->mutex);
  /* What was posted before is run here; nothing is added any more. */
  ac_front_mailbox_run (self);
}
