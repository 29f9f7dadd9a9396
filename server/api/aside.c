/* aside.c - what may take long to read: in a thread of GLib's, through a connection of
 * its own, as one state of the database; so neither lessons nor writes wait for it. */
#include "api_private.h"

typedef struct {
  gchar *data_dir;
  AcHttpExchange *exchange;
  AcApiRead read;
  gpointer data;
  GDestroyNotify free_data;
} Aside;

static void
aside_free (gpointer user_data)
{
  Aside *aside = user_data;

  aside->free_data (aside->data);
  ac_http_exchange_unref (aside->exchange);
  g_free (aside->data_dir);
  g_free (aside);
}

/* To write and to free some ten thousand rows takes as long as to read them. */
static GBytes *
text_of (JsonObject *body)
{
  gchar *text = ac_json_object_to_text (body);

  return g_bytes_new_take (text, strlen (text));
}

static void
run (GTask *task, gpointer source, gpointer user_data, GCancellable *cancellable)
{
  const Aside *aside = user_data;
  GError *error = NULL;
  g_autoptr (AcStore) store = ac_store_open_to_read (aside->data_dir, &error);
  g_autoptr (JsonObject) body = store != NULL && ac_store_begin_read (store, &error)
                                    ? aside->read (store, aside->data, &error)
                                    : NULL;

  if (body != NULL)
    g_task_return_pointer (task, text_of (body), (GDestroyNotify)g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
done (GObject *source, GAsyncResult *result, gpointer unused)
{
  const Aside *aside = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  GBytes *text = g_task_propagate_pointer (G_TASK (result), &error);

  if (text != NULL)
    ac_api_respond_text (aside->exchange, text, NULL);
  else
    ac_api_refuse (aside->exchange, error);
}

void
ac_api_read_aside (const gchar *data_dir, AcHttpExchange *exchange, AcApiRead read,
                   gpointer data, GDestroyNotify free_data)
{
  Aside *aside = g_new0 (Aside, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, NULL);

  aside->data_dir = g_strdup (data_dir);
  aside->exchange = ac_http_exchange_ref (exchange);
  aside->read = read;
  aside->data = data;
  aside->free_data = free_data;
  g_task_set_task_data (task, aside, aside_free);
  g_task_run_in_thread (task, run);
}
