#include "mailbox.h"

typedef struct {
  AcTask task;
  gpointer data;
} Item;

struct _AcMailbox {
  gatomicrefcount references; /* its owner, and the delivery that is posted */
  AcExecutor executor;
  GMutex mutex;
  GQueue items;    /* guarded by mutex */
  gboolean posted; /* guarded by mutex: a delivery is on its way */
};

AcMailbox *
ac_mailbox_new (AcExecutor executor)
{
  AcMailbox *self = g_new0 (AcMailbox, 1);

  g_atomic_ref_count_init (&self->references);
  self->executor = executor;
  g_mutex_init (&self->mutex);
  g_queue_init (&self->items);
  return self;
}

static void
mailbox_unref (AcMailbox *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* Runs what waits now. Returns: FALSE when nothing did. */
static gboolean
run_waiting (AcMailbox *self)
{
  GQueue items;
  Item *item;
  gboolean any;

  g_mutex_lock (&self->mutex);
  items = self->items;
  g_queue_init (&self->items);
  self->posted = FALSE;
  g_mutex_unlock (&self->mutex);

  any = !g_queue_is_empty (&items);
  while ((item = g_queue_pop_head (&items)) != NULL) {
    item->task (item->data);
    g_free (item);
  }
  return any;
}

static void
deliver (gpointer data)
{
  AcMailbox *self = data;

  run_waiting (self);
  mailbox_unref (self);
}

void
ac_mailbox_post (AcMailbox *self, AcTask task, gpointer data)
{
  Item *item = g_new (Item, 1);
  gboolean post;

  *item = (Item){ task, data };
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->items, item);
  post = !self->posted;
  self->posted = TRUE;
  if (post)
    g_atomic_ref_count_inc (&self->references);
  g_mutex_unlock (&self->mutex);

  if (post)
    ac_executor_post (self->executor, deliver, self);
}

void
ac_mailbox_close (AcMailbox *self)
{
  while (run_waiting (self))
    ;
  mailbox_unref (self);
}
