#include "report_desk.h"

#include "mailbox.h"

struct _AcReportDesk {
  gchar *data_dir;
  GThreadPool *pool;
  AcMailbox *answers;
  gint closing;   /* atomic */
  guint n_orders; /* main loop */
};

typedef struct {
  AcReportDesk *desk;
  AcReportOrder *order; /* NULL: it is drawn */
  AcReportDraw draw;
  AcReportDone done;
  gpointer user_data;
  GBytes *file;
  GError *error;
} Task;

void
ac_report_order_free (AcReportOrder *order)
{
  g_clear_pointer (&order->ask, ac_report_ask_free);
  g_free (order->code);
  g_free (order->address);
  g_free (order);
}

static void
answer (gpointer data)
{
  Task *task = data;

  task->desk->n_orders--;
  task->done (task->file, task->error, task->user_data);
  g_clear_pointer (&task->order, ac_report_order_free);
  g_clear_pointer (&task->file, g_bytes_unref);
  g_clear_error (&task->error);
  g_free (task);
}

/* One state of the database from the first figure to the ledger's head. */
static GBytes *
make (const AcReportDesk *self, const AcReportOrder *order, GError **error)
{
  g_autoptr (AcStore) store = ac_store_open_to_read (self->data_dir, error);
  g_autoptr (AcReport) report = NULL;

  if (store == NULL || !ac_store_begin_read (store, error))
    return NULL;
  report = ac_report_make (store, order->kind, order->ask, error);
  if (report == NULL)
    return NULL;
  if (order->code != NULL)
    ac_report_set_code (report, order->code, order->address);
  return ac_report_write (report, order->form, error);
}

static void
run (gpointer data, gpointer desk)
{
  AcReportDesk *self = desk;
  Task *task = data;

  if (g_atomic_int_get (&self->closing))
    g_set_error_literal (&task->error, AC_STORE_ERROR, AC_STORE_ERROR_BUSY,
                         "the server is going down");
  else if (task->order != NULL)
    task->file = make (self, task->order, &task->error);
  else
    task->file = task->draw (task->user_data, &task->error);
  ac_mailbox_post (self->answers, answer, task);
}

AcReportDesk *
ac_report_desk_new (const gchar *data_dir, AcExecutor executor)
{
  AcReportDesk *self = g_new0 (AcReportDesk, 1);

  self->data_dir = g_strdup (data_dir);
  self->answers = ac_mailbox_new (executor);
  /* Shared threads cannot fail to start; exclusive ones could. */
  self->pool = g_thread_pool_new (run, self, 1, FALSE, NULL);
  return self;
}

void
ac_report_desk_free (AcReportDesk *self)
{
  g_atomic_int_set (&self->closing, TRUE);
  g_thread_pool_free (self->pool, FALSE, TRUE);
  ac_mailbox_close (self->answers);
  g_free (self->data_dir);
  g_free (self);
}

gboolean
ac_report_desk_is_full (AcReportDesk *self)
{
  return self->n_orders >= AC_REPORT_ORDERS_MAX;
}

void
ac_report_desk_order (AcReportDesk *self, AcReportOrder *order, AcReportDone done,
                      gpointer user_data)
{
  Task *task = g_new0 (Task, 1);
  gboolean full = ac_report_desk_is_full (self);

  *task = (Task){ .desk = self, .order = order, .done = done, .user_data = user_data };
  self->n_orders++;
  if (!full) {
    g_thread_pool_push (self->pool, task, NULL);
    return;
  }
  g_set_error_literal (&task->error, AC_STORE_ERROR, AC_STORE_ERROR_BUSY,
                       "too many reports are being made");
  ac_mailbox_post (self->answers, answer, task);
}

gboolean
ac_report_desk_take_place (AcReportDesk *self)
{
  gboolean full = ac_report_desk_is_full (self);

  self->n_orders += !full;
  return !full;
}

void
ac_report_desk_leave_place (AcReportDesk *self)
{
  self->n_orders--;
}

void
ac_report_desk_draw (AcReportDesk *self, AcReportDraw draw, AcReportDone done,
                     gpointer data)
{
  Task *task = g_new0 (Task, 1);

  *task = (Task){ .desk = self, .draw = draw, .done = done, .user_data = data };
  g_thread_pool_push (self->pool, task, NULL);
}
