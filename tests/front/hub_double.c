#include "hub_double.h"

#include <string.h>

struct _AcSnapshot {
  gint64 lesson;
};

struct _AcHub {
  AcHubHandler handler;
  gpointer user_data;
  GQueue held;     /* AcMediaWait.link */
  GBytes *pattern; /* the last, as a real hub shares its buffers */
};

static gint n_held, n_cancelled; /* atomic */

AcSnapshot *
ac_double_snapshot_new (void)
{
  return g_atomic_rc_box_new0 (AcSnapshot);
}

AcSnapshot *
ac_snapshot_ref (AcSnapshot *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
ac_snapshot_unref (AcSnapshot *self)
{
  g_atomic_rc_box_release (self);
}

gint64
ac_snapshot_lesson (AcSnapshot *self)
{
  return self->lesson;
}

gint
ac_double_n_held (void)
{
  return g_atomic_int_get (&n_held);
}

gint
ac_double_n_cancelled (void)
{
  return g_atomic_int_get (&n_cancelled);
}

GBytes *
ac_double_pattern (gsize length)
{
  gchar *data = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    data[i] = 'a' + (i * 7 + i / 1000) % 26;
  return g_bytes_new_take (data, length);
}

AcHub *
ac_hub_new (AcRecordings *recordings, AcDelivered *delivered, const AcMediaKey *key,
            AcExecutor executor, const AcHubHandler *handler, gpointer user_data)
{
  AcHub *self = g_new0 (AcHub, 1);

  self->handler = *handler;
  self->user_data = user_data;
  g_queue_init (&self->held);
  return self;
}

static void
unlink_wait (AcHub *self, AcMediaWait *wait)
{
  g_queue_unlink (&self->held, &wait->link);
  wait->link.data = NULL;
  g_free (wait->private_);
  g_atomic_int_add (&n_held, -1);
}

void
ac_hub_free (AcHub *self)
{
  while (self->held.head != NULL)
    unlink_wait (self, self->held.head->data);
  g_clear_pointer (&self->pattern, g_bytes_unref);
  g_free (self);
}

static GBytes *
shared_pattern (AcHub *self, gsize length)
{
  if (self->pattern == NULL || g_bytes_get_size (self->pattern) != length) {
    g_clear_pointer (&self->pattern, g_bytes_unref);
    self->pattern = ac_double_pattern (length);
  }
  return g_bytes_ref (self->pattern);
}

static GBytes *
text (const gchar *value)
{
  return g_bytes_new (value, strlen (value));
}

static gboolean
hold (AcHub *self, AcMediaWait *wait, const gchar *path)
{
  wait->link.data = wait;
  wait->private_ = g_strdup (path);
  g_queue_push_tail_link (&self->held, &wait->link);
  g_atomic_int_inc (&n_held);
  return FALSE;
}

gboolean
ac_hub_request (AcHub *self, const gchar *path, const gchar *query,
                gboolean accepts_gzip, AcMediaWait *wait, AcMediaAnswer *ret_answer)
{
  *ret_answer = (AcMediaAnswer){ .status = 200,
                                 .content_type = "text/plain",
                                 .cache_control = "max-age=1" };
  if (g_str_equal (path, "T/now")) {
    ret_answer->body = text ("now");
  } else if (g_str_equal (path, "T/query")) {
    ret_answer->body = text (query != NULL ? query : "-");
  } else if (g_str_has_prefix (path, "T/bytes/")) {
    ret_answer->body = shared_pattern (self, g_ascii_strtoull (path + 8, NULL, 10));
  } else if (g_str_equal (path, "T/gzip")) {
    ret_answer->vary_encoding = TRUE;
    ret_answer->content_encoding = accepts_gzip ? "gzip" : NULL;
    ret_answer->body = text (accepts_gzip ? "packed" : "plain");
  } else if (g_str_equal (path, "T/busy")) {
    ret_answer->status = 503;
    ret_answer->cache_control = "no-store";
    ret_answer->body = text ("");
  } else if (g_str_has_prefix (path, "T/held")) {
    return hold (self, wait, path);
  } else if (g_str_equal (path, "T/want")) {
    self->handler.wanted (7, self->user_data);
    return hold (self, wait, path);
  } else {
    ret_answer->status = 404;
    ret_answer->content_type = NULL;
    ret_answer->cache_control = "no-store";
  }
  return TRUE;
}

void
ac_hub_cancel (AcHub *self, AcMediaWait *wait)
{
  unlink_wait (self, wait);
  g_atomic_int_inc (&n_cancelled);
}

static void
answer_all (AcHub *self, const gchar *prefix, guint status)
{
  GQueue answered = G_QUEUE_INIT;
  GList *link, *next;

  for (link = self->held.head; link != NULL; link = next) {
    AcMediaWait *wait = link->data;

    next = link->next;
    if (!g_str_has_prefix (wait->private_, prefix))
      continue;
    g_queue_unlink (&self->held, &wait->link);
    g_queue_push_tail_link (&answered, &wait->link);
  }
  while ((link = g_queue_pop_head_link (&answered)) != NULL) {
    AcMediaWait *wait = link->data;
    g_autofree gchar *path = g_steal_pointer (&wait->private_);
    AcMediaAnswer answer = { .status = status, .cache_control = "no-store" };

    if (status == 200)
      answer.body = strlen (path) > 7
                        ? shared_pattern (self, g_ascii_strtoull (path + 7, NULL, 10))
                        : text ("published");
    wait->link.data = NULL;
    g_atomic_int_add (&n_held, -1);
    self->handler.answered (wait, &answer, self->user_data);
  }
}

void
ac_hub_publish (AcHub *self, AcSnapshot *snapshot)
{
  answer_all (self, "T/held", 200);
}

void
ac_hub_absent (AcHub *self, gint64 lesson)
{
  answer_all (self, "T/want", 404);
}

void
ac_hub_tick (AcHub *self)
{
}

guint
ac_hub_n_held (AcHub *self)
{
  return self->held.length;
}
