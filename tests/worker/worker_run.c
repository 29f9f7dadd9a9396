#include "worker_run.h"

#include "flv_script.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void
child_setup (gpointer user_data)
{
  dup2 (GPOINTER_TO_INT (user_data), 3); /* without close-on-exec */
}

void
worker_run_send (WorkerRun *self, GBytes *frame)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (frame, &size);

  while (size > 0 && !self->closed) {
    gssize sent = send (self->fd, data, size, MSG_NOSIGNAL);

    if (sent < 0 && errno == EINTR)
      continue;
    if (sent <= 0)
      break; /* seen as closed when it is read */
    data += sent;
    size -= (gsize)sent;
  }
  g_bytes_unref (frame);
}

void
worker_run_continue (WorkerRun *self, GArray *script, guint32 offset)
{
  self->script = script;
  self->next_tag = 0;
  self->timestamp_offset = offset;
  self->script_origin_us = g_get_monotonic_time ();
}

void
worker_run_begin (WorkerRun *self)
{
  const AcWireSource source = { .kind = AC_SOURCE_FLV };

  worker_run_send (self, ac_wire_pack_source_begin (&source));
}

void
worker_run_publish (WorkerRun *self, GArray *script, guint32 offset)
{
  worker_run_begin (self);
  worker_run_continue (self, script, offset);
}

void
worker_run_unpublish (WorkerRun *self, gboolean tell)
{
  self->script = NULL;
  if (tell)
    worker_run_send (self, ac_wire_pack_source_end ());
}

static void
take (WorkerRun *self, AcWireType type, GBytes *payload)
{
  g_autoptr (GError) error = NULL;
  AcWireHealth health;
  AcMediaEpoch *epoch;
  AcSlot *slot;

  g_assert_false (self->finished);
  switch (type) {
  case AC_WIRE_EPOCH:
    epoch = ac_wire_unpack_epoch (payload, &error);
    g_assert_no_error (error);
    g_ptr_array_add (self->epochs, epoch);
    self->epoch = g_ptr_array_index (self->epochs, 0);
    break;
  case AC_WIRE_SLOT:
    g_assert_nonnull (self->epoch);
    slot = ac_wire_unpack_slot (payload, &error);
    g_assert_no_error (error);
    g_ptr_array_add (self->slots, slot);
    break;
  case AC_WIRE_HEALTH:
    if (ac_wire_unpack_health (payload, &health, &error))
      g_array_append_val (self->health, health);
    break;
  case AC_WIRE_FINISHED:
    self->finished = TRUE;
    break;
  default:
    g_assert_not_reached ();
  }
  g_assert_no_error (error);
}

static void
read_some (WorkerRun *self)
{
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GError) error = NULL;
  AcWireType type;
  gsize size;
  gpointer data = ac_wire_parser_want (self->parser, &size);
  gssize got = recv (self->fd, data, size, MSG_DONTWAIT);

  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (got <= 0) {
    self->closed = TRUE;
    return;
  }
  ac_wire_parser_filled (self->parser, (gsize)got, &type, &payload, &error);
  g_assert_no_error (error);
  if (payload != NULL)
    take (self, type, payload);
}

/* Sends what the publisher has to send by now. Returns: when the next is due. */
static gint64
send_due_tags (WorkerRun *self, gint64 now_us)
{
  while (self->script != NULL && self->next_tag < self->script->len && !self->closed) {
    const FlvScriptTag *tag =
        &g_array_index (self->script, FlvScriptTag, self->next_tag);
    gint64 due_us =
        self->script_origin_us + tag->timestamp_ms * G_GINT64_CONSTANT (1000);
    AcFlvTag wire = { tag->type, tag->timestamp_ms + self->timestamp_offset,
                      tag->body };

    if (due_us > now_us)
      return due_us;
    worker_run_send (self, ac_wire_pack_source_media (&wire));
    self->next_tag++;
  }
  return G_MAXINT64;
}

static void
step (WorkerRun *self, gint64 until_us)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 wake_us = MIN (send_due_tags (self, now_us), until_us);
  struct pollfd entry = { self->fd, POLLIN, 0 };
  gint64 wait_ms = CLAMP ((wake_us - now_us + 999) / 1000, 0, 100);

  if (poll (&entry, 1, (gint)wait_ms) > 0)
    read_some (self);
}

void
worker_run_start (WorkerRun *self, const gchar *program,
                  const AcWireConfigure *configure)
{
  const gchar *argv[] = { program, "--fd", "3", NULL };
  g_autoptr (GError) error = NULL;
  const gint buffer_bytes = 16 * 1024; /* a deaf daemon is noticed soon */
  gint64 until_us;
  gint pair[2];

  *self = (WorkerRun){ .fd = -1 };
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  setsockopt (pair[1], SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
  g_spawn_async_with_fds (NULL, (gchar **)argv, NULL,
                          G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_LEAVE_DESCRIPTORS_OPEN,
                          child_setup, GINT_TO_POINTER (pair[1]), &self->pid, -1, -1,
                          -1, &error);
  g_assert_no_error (error);
  close (pair[1]);
  self->fd = pair[0];
  self->parser = ac_wire_parser_new ();
  self->slots = g_ptr_array_new_with_free_func ((GDestroyNotify)ac_slot_unref);
  self->epochs = g_ptr_array_new_with_free_func ((GDestroyNotify)ac_media_epoch_unref);
  self->health = g_array_new (FALSE, FALSE, sizeof (AcWireHealth));
  if (configure == NULL)
    return;
  worker_run_send (self, ac_wire_pack_configure (configure));
  until_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  while (self->health->len == 0 && !self->closed) { /* it lives */
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    step (self, until_us);
  }
}

void
worker_run_until_closed (WorkerRun *self, guint milliseconds)
{
  gint64 until_us = g_get_monotonic_time () + milliseconds * G_GINT64_CONSTANT (1000);

  while (!self->closed && g_get_monotonic_time () < until_us)
    step (self, until_us);
}

void
worker_run_for (WorkerRun *self, guint milliseconds)
{
  worker_run_until_closed (self, milliseconds);
  g_assert_false (self->closed);
}

void
worker_run_until_slots (WorkerRun *self, guint n_slots)
{
  gint64 until_us = g_get_monotonic_time () + 15 * G_USEC_PER_SEC;

  while (!self->closed && self->slots->len < n_slots) {
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    step (self, until_us);
  }
  g_assert_false (self->closed);
}

void
worker_run_script (WorkerRun *self)
{
  while (!self->closed && self->next_tag < self->script->len)
    step (self, G_MAXINT64);
  g_assert_false (self->closed);
}

static void
reap (WorkerRun *self)
{
  if (self->pid > 0)
    g_assert_cmpint (waitpid (self->pid, &self->wait_status, 0), ==, self->pid);
  self->pid = 0;
}

void
worker_run_finish (WorkerRun *self)
{
  worker_run_send (self, ac_wire_pack_finish ());
  worker_run_until_closed (self, 15000);
  g_assert_true (self->closed);
  reap (self);
  g_assert_true (self->finished);
  g_assert_true (WIFEXITED (self->wait_status));
  g_assert_cmpint (WEXITSTATUS (self->wait_status), ==, 0);
}

void
worker_run_hang_up (WorkerRun *self)
{
  close (self->fd);
  self->fd = -1;
  self->closed = TRUE;
}

GBytes *
worker_run_track (WorkerRun *self, guint track)
{
  GByteArray *file = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (self->epoch->tracks[track].init, &size);

  g_byte_array_append (file, data, (guint)size);
  for (guint i = 0; i < self->slots->len; i++) {
    const AcSlot *slot = g_ptr_array_index (self->slots, i);

    data = g_bytes_get_data (slot->parts[track], &size);
    g_byte_array_append (file, data, (guint)size);
  }
  return g_byte_array_free_to_bytes (file);
}

void
worker_run_clear (WorkerRun *self)
{
  if (self->pid > 0) {
    kill (self->pid, SIGKILL);
    reap (self);
  }
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->epochs, g_ptr_array_unref);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  g_clear_pointer (&self->health, g_array_unref);
  g_clear_pointer (&self->parser, ac_wire_parser_free);
}
