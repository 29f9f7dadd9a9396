/* The process is over when it has been reaped; what it had written by then is still
 * read, and then exited is told. Whatever goes wrong before that (`error` keeps the
 * first) leads to SIGKILL and so to the same end.
 *
 * Three things may last too long, each from a moment of its own: until the next slot,
 * until it reads more of what waits for it, until it has finished. One source wakes at
 * the earliest of these deadlines. */

#include "worker.h"

#include "log.h"
#include "worker_queue.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_SILENCE_MS 5000
#define FINISH_US (5 * G_USEC_PER_SEC)
#define READS_PER_TURN 64
#define REAP_RETRY_MS 5
#define WORKER_FD 3

struct _AcWorker {
  AcWorkerHandler handler;
  gpointer user_data;
  GPid pid; /* 0: reaped */
  gint fd;  /* -1: closed */
  gint64 silence_us;
  guint32 epoch_number;

  GSource *reader;
  GSource *writer; /* NULL: nothing waits */
  GSource *watchdog;
  GSource *child_watch;

  AcWireParser *parser;
  AcWorkerQueue *queue;
  AcMediaEpoch *epoch; /* NULL: not sent yet */
  GError *error;       /* the first thing that went wrong */
  gboolean finished;   /* it said so */
  gboolean freed;      /* no callback any more */

  /* Moments on the monotonic clock; 0: not counted. */
  gint64 slot_us;   /* of the last slot, or since it owes one */
  gint64 taken_us;  /* when it last took something from the queue */
  gint64 finish_us; /* when it was told to finish */
};

G_DEFINE_QUARK (ac - worker - error - quark, ac_worker_error)

typedef struct {
  GSource source;
  AcWorker *worker;
} WatchdogSource;

static void
worker_clear (gpointer data)
{
  AcWorker *self = data;

  ac_wire_parser_free (self->parser);
  ac_worker_queue_free (self->queue);
  g_clear_pointer (&self->epoch, ac_media_epoch_unref);
  g_clear_error (&self->error);
}

static void
worker_release (AcWorker *self)
{
  g_rc_box_release_full (self, worker_clear);
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
close_socket (AcWorker *self)
{
  clear_source (&self->reader);
  clear_source (&self->writer);
  ac_worker_queue_clear (self->queue);
  self->taken_us = 0;
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static void fail (AcWorker *self, AcWorkerError code, const gchar *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Remembers what went wrong and kills the process; exited() follows. */
static void
fail (AcWorker *self, AcWorkerError code, const gchar *format, ...)
{
  va_list args;

  if (self->error != NULL)
    return;
  va_start (args, format);
  self->error = g_error_new_valist (AC_WORKER_ERROR, (gint)code, format, args);
  va_end (args);
  close_socket (self);
  if (self->pid != 0)
    kill (self->pid, SIGKILL);
}

static void
bring_forward (gint64 moment_us, gint64 limit_us, gint64 *next)
{
  if (moment_us != 0)
    *next = *next < 0 ? moment_us + limit_us : MIN (*next, moment_us + limit_us);
}

/* The watchdog looks at the next deadline; one that is over is over only when what the
 * worker has sent meanwhile was read (watchdog_dispatch): it may be us who were held
 * up.
 */
static void
arm_watchdog (AcWorker *self)
{
  gint64 next = -1;

  bring_forward (self->finish_us, FINISH_US, &next);
  bring_forward (self->slot_us, self->silence_us, &next);
  bring_forward (self->taken_us, self->silence_us, &next);
  g_source_set_ready_time (self->watchdog, self->error == NULL ? next : -1);
}

static gboolean
is_over (gint64 moment_us, gint64 limit_us, gint64 now)
{
  return moment_us != 0 && now - moment_us >= limit_us;
}

/* Precondition: all that was there has been read. */
static void
check_deadlines (AcWorker *self)
{
  const gint64 now = g_get_monotonic_time ();

  if (is_over (self->finish_us, FINISH_US, now))
    fail (self, AC_WORKER_ERROR_NO_FINISH, "it did not finish in time");
  else if (is_over (self->slot_us, self->silence_us, now))
    fail (self, AC_WORKER_ERROR_SILENT, "it sent nothing for %" G_GINT64_FORMAT " ms",
          (now - self->slot_us) / 1000);
  else if (is_over (self->taken_us, self->silence_us, now))
    fail (self, AC_WORKER_ERROR_SILENT, "it read nothing for %" G_GINT64_FORMAT " ms",
          (now - self->taken_us) / 1000);
  arm_watchdog (self);
}

static gboolean
is_past_its_last (AcWorker *self, AcWireType type)
{
  if (!self->finished)
    return FALSE;
  fail (self, AC_WORKER_ERROR_GARBAGE, "it sent a frame of type %d after its last",
        (gint)type);
  return TRUE;
}

static void
take_epoch (AcWorker *self, GBytes *payload)
{
  g_autoptr (GError) error = NULL;
  guint32 expected = self->epoch_number + (self->epoch != NULL ? 1 : 0);

  g_clear_pointer (&self->epoch, ac_media_epoch_unref);
  self->epoch = ac_wire_unpack_epoch (payload, &error);
  if (self->epoch == NULL) {
    fail (self, AC_WORKER_ERROR_GARBAGE, "%s", error->message);
    return;
  }
  if (self->epoch->number != expected) {
    fail (self, AC_WORKER_ERROR_GARBAGE, "it made epoch %u instead of %u",
          self->epoch->number, expected);
    return;
  }
  self->epoch_number = expected;
  if (self->finish_us == 0)
    self->slot_us = g_get_monotonic_time ();
  self->handler.epoch (self, self->epoch, self->user_data);
}

static void
take_slot (AcWorker *self, GBytes *payload)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcSlot) slot = ac_wire_unpack_slot (payload, &error);

  if (slot == NULL) {
    fail (self, AC_WORKER_ERROR_GARBAGE, "%s", error->message);
    return;
  }
  if (self->epoch == NULL || slot->epoch != self->epoch_number ||
      slot->n_parts != self->epoch->n_tracks) {
    fail (self, AC_WORKER_ERROR_GARBAGE, "it sent a slot that is not of its epoch");
    return;
  }
  if (self->finish_us == 0)
    self->slot_us = g_get_monotonic_time ();
  self->handler.slot (self, slot, self->user_data);
}

static void
take_health (AcWorker *self, GBytes *payload)
{
  g_autoptr (GError) error = NULL;
  AcWireHealth health;

  if (ac_wire_unpack_health (payload, &health, &error))
    self->handler.health (self, &health, self->user_data);
  else
    fail (self, AC_WORKER_ERROR_GARBAGE, "%s", error->message);
}

/* @told: (nullable): the handler for what it is of */
static void
take_state (AcWorker *self, GBytes *payload,
            void (*told) (AcWorker *, const AcWireSourceState *, gpointer))
{
  g_autoptr (GError) error = NULL;
  AcWireSourceState state;

  if (!ac_wire_unpack_source_state (payload, &state, &error)) {
    fail (self, AC_WORKER_ERROR_GARBAGE, "%s", error->message);
    return;
  }
  if (told != NULL)
    told (self, &state, self->user_data);
  ac_wire_source_state_clear (&state);
}

static void
take_finished (AcWorker *self)
{
  self->finished = TRUE;
  self->slot_us = 0;
  if (self->finish_us == 0) /* it may end by itself, but then it must */
    self->finish_us = g_get_monotonic_time ();
}

static void
take_frame (AcWorker *self, AcWireType type, GBytes *payload)
{
  if (is_past_its_last (self, type))
    return;
  switch (type) {
  case AC_WIRE_EPOCH:
    take_epoch (self, payload);
    break;
  case AC_WIRE_SLOT:
    take_slot (self, payload);
    break;
  case AC_WIRE_HEALTH:
    take_health (self, payload);
    break;
  case AC_WIRE_SOURCE_STATE:
    take_state (self, payload, self->handler.source_state);
    break;
  case AC_WIRE_VIEWER_STATE:
    take_state (self, payload, self->handler.viewer_state);
    break;
  case AC_WIRE_FINISHED:
    take_finished (self);
    break;
  default:
    fail (self, AC_WORKER_ERROR_GARBAGE, "it sent a frame of the unknown type %d",
          (gint)type);
  }
}

/* Its end of the socket is closed: nothing more comes, but the process may go on. */
static void
end_of_stream (AcWorker *self)
{
  close_socket (self);
  self->slot_us = 0;
  if (self->finish_us == 0)
    self->finish_us = g_get_monotonic_time ();
}

/* Reads once, straight to where the bytes belong.
 * Returns: whether there may be more to read. */
static gboolean
read_some (AcWorker *self)
{
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GError) error = NULL;
  AcWireType type;
  gsize room;
  gpointer target = ac_wire_parser_want (self->parser, &room);
  gssize got = read (self->fd, target, room);

  if (got < 0 && errno == EINTR)
    return TRUE;
  if (got < 0 && errno == EAGAIN)
    return FALSE;
  if (got <= 0) {
    end_of_stream (self);
    return FALSE;
  }
  if (!ac_wire_parser_filled (self->parser, got, &type, &payload, &error))
    fail (self, AC_WORKER_ERROR_GARBAGE, "%s", error->message);
  else if (payload != NULL)
    take_frame (self, type, payload);
  return self->fd >= 0 && !self->freed;
}

/* Returns: whether all that was there has been read. */
static gboolean
read_turn (AcWorker *self)
{
  for (guint i = 0; i < READS_PER_TURN; i++)
    if (self->fd < 0 || !read_some (self))
      return TRUE;
  return FALSE;
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer user_data)
{
  AcWorker *self = g_rc_box_acquire (user_data);

  read_turn (self);
  if (!self->freed)
    arm_watchdog (self);
  worker_release (self);
  return G_SOURCE_CONTINUE; /* it was destroyed if it is not wanted any more */
}

static gboolean on_writable (gint fd, GIOCondition condition, gpointer user_data);

static GSource *
watch_socket (AcWorker *self, GIOCondition condition, GUnixFDSourceFunc callback)
{
  GSource *source = g_unix_fd_source_new (self->fd, condition);

  g_source_set_callback (source, G_SOURCE_FUNC (callback), self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

/* Sends what the socket takes, and waits for the rest to be taken. */
static void
flush (AcWorker *self)
{
  g_autoptr (GError) error = NULL;
  gsize sent;

  if (self->fd < 0)
    return;
  if (!ac_worker_queue_send (self->queue, self->fd, &sent, &error)) {
    /* It closed its end. What it sent before is still there to be read. */
    ac_worker_queue_clear (self->queue);
    if (self->finish_us == 0)
      self->finish_us = g_get_monotonic_time ();
  }
  if (ac_worker_queue_is_empty (self->queue)) {
    clear_source (&self->writer);
    self->taken_us = 0;
  } else {
    if (sent > 0 || self->taken_us == 0)
      self->taken_us = g_get_monotonic_time ();
    if (self->writer == NULL)
      self->writer = watch_socket (self, G_IO_OUT, on_writable);
  }
  arm_watchdog (self);
}

static gboolean
on_writable (gint fd, GIOCondition condition, gpointer user_data)
{
  flush (user_data);
  return G_SOURCE_CONTINUE;
}

/* A main loop that was held up finds slots that came in time: they count. */
static gboolean
watchdog_dispatch (GSource *source, GSourceFunc unused, gpointer unused_data)
{
  AcWorker *self = g_rc_box_acquire (((WatchdogSource *)source)->worker);
  const gboolean all_read = read_turn (self);

  if (!self->freed && all_read)
    check_deadlines (self);
  else if (!self->freed)
    g_source_set_ready_time (source, 0);
  worker_release (self);
  return G_SOURCE_CONTINUE;
}

/* Returns: (transfer full) (nullable): what is to be told of the end. */
static GError *
verdict (AcWorker *self, gint wait_status)
{
  g_autoptr (GError) error = NULL;

  if (self->error != NULL)
    return g_steal_pointer (&self->error);
  if (!g_spawn_check_wait_status (wait_status, &error))
    return g_error_new_literal (AC_WORKER_ERROR, AC_WORKER_ERROR_CRASHED,
                                error->message);
  if (!self->finished)
    return g_error_new_literal (AC_WORKER_ERROR, AC_WORKER_ERROR_CRASHED,
                                "it ended without saying so");
  return NULL;
}

static void
conclude (AcWorker *self, gint wait_status)
{
  g_autoptr (GError) error = NULL;

  g_rc_box_acquire (self);
  self->pid = 0;
  while (!read_turn (self)) /* bounded by the socket's buffer, since it is dead */
    continue;
  if (!self->freed) {
    close_socket (self);
    clear_source (&self->watchdog);
    error = verdict (self, wait_status);
    self->handler.exited (self, error, self->user_data);
  }
  worker_release (self);
}

static gboolean
on_reap_timer (gpointer user_data)
{
  AcWorker *self = user_data;
  gint wait_status = 0;

  if (waitpid (self->pid, &wait_status, WNOHANG) == 0)
    return G_SOURCE_CONTINUE;
  conclude (self, wait_status);
  return G_SOURCE_REMOVE;
}

/* Who is traced (by a debugger, or by LeakSanitizer at its exit) is dead before it can
 * be waited for: first its tracer has to let go. GLib 2.74, which watches a pidfd, then
 * says that it ended with 0, and leaves a zombie. */
static void
on_child_exited (GPid pid, gint wait_status, gpointer user_data)
{
  AcWorker *self = user_data;
  gint status;
  pid_t reaped = waitpid (pid, &status, WNOHANG);

  if (reaped != 0) { /* by us, or by GLib */
    conclude (self, reaped == pid ? status : wait_status);
    return;
  }
  clear_source (&self->child_watch);
  self->child_watch = g_timeout_source_new (REAP_RETRY_MS);
  g_source_set_callback (self->child_watch, on_reap_timer, self, NULL);
  g_source_attach (self->child_watch, g_main_context_get_thread_default ());
}

/* Between fork and exec: only what is safe there. The worker must not outlive the
 * daemon, whatever it does, and must not get the terminal's Ctrl-C: the daemon tells it
 * when to end. */
static void
set_up_child (gpointer unused)
{
  setpgid (0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static gchar *granted; /* see ac_worker_grant() */

void
ac_worker_grant (const gchar *path)
{
  g_free (granted);
  granted = g_strdup (path);
}

static gboolean
spawn (const gchar *executable, gint fd, GPid *ret_pid, GError **error)
{
  const gint target = WORKER_FD;
  gchar number[12];
  const gchar *argv[] = { executable, "--fd",
                          number,     granted != NULL ? "--readable" : NULL,
                          granted,    NULL };

  g_snprintf (number, sizeof number, "%d", target);
  return g_spawn_async_with_pipes_and_fds (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                                           set_up_child, NULL, -1, -1, -1, &fd, &target,
                                           1, ret_pid, NULL, NULL, NULL, error);
}

/* @ret_ours: does not block */
static gboolean
make_sockets (gint *ret_ours, gint *ret_theirs, GError **error)
{
  gint fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
    const gint code = errno;

    g_set_error (error, G_IO_ERROR, (gint)g_io_error_from_errno (code),
                 "no socket for a worker: %s", g_strerror (code));
    return FALSE;
  }
  *ret_ours = fds[0];
  *ret_theirs = fds[1];
  if (g_unix_set_fd_nonblocking (fds[0], TRUE, error))
    return TRUE;
  close (fds[0]);
  close (fds[1]);
  return FALSE;
}

static void
attach_sources (AcWorker *self)
{
  static GSourceFuncs watchdog_funcs = { .dispatch = watchdog_dispatch };
  GMainContext *context = g_main_context_get_thread_default ();

  self->reader = watch_socket (self, G_IO_IN | G_IO_HUP, on_readable);
  self->watchdog = g_source_new (&watchdog_funcs, sizeof (WatchdogSource));
  ((WatchdogSource *)self->watchdog)->worker = self;
  g_source_set_static_name (self->watchdog, "ac-worker-watchdog");
  g_source_attach (self->watchdog, context);
  self->child_watch = g_child_watch_source_new (self->pid);
  g_source_set_callback (self->child_watch, G_SOURCE_FUNC (on_child_exited), self,
                         NULL);
  g_source_attach (self->child_watch, context);
}

AcWorker *
ac_worker_new (const gchar *executable, const AcWireConfigure *configure,
               guint silence_ms, const AcWorkerHandler *handler, gpointer user_data,
               GError **error)
{
  AcWorker *self;
  gint ours, theirs;
  gboolean spawned;
  GPid pid;

  if (!make_sockets (&ours, &theirs, error))
    return NULL;
  spawned = spawn (executable, theirs, &pid, error);
  close (theirs);
  if (!spawned) {
    close (ours);
    return NULL;
  }
  self = g_rc_box_new0 (AcWorker);
  self->handler = *handler;
  self->user_data = user_data;
  self->pid = pid;
  self->fd = ours;
  self->silence_us = 1000 * (gint64)(silence_ms > 0 ? silence_ms : DEFAULT_SILENCE_MS);
  self->epoch_number = configure->epoch;
  self->parser = ac_wire_parser_new ();
  self->queue = ac_worker_queue_new ();
  if (configure->frame_rate != 0) /* it begins at once, so it owes slots from now on */
    self->slot_us = g_get_monotonic_time ();
  attach_sources (self);
  ac_worker_queue_push (self->queue, ac_wire_pack_configure (configure));
  flush (self);
  return self;
}

void
ac_worker_free (AcWorker *self)
{
  if (self == NULL)
    return;
  self->freed = TRUE;
  close_socket (self);
  clear_source (&self->watchdog);
  clear_source (&self->child_watch);
  if (self->pid != 0) {
    kill (self->pid, SIGKILL);
    while (waitpid (self->pid, NULL, 0) < 0 && errno == EINTR)
      continue;
    self->pid = 0;
  }
  worker_release (self);
}

/* Queues a frame and sends what can be sent; nothing when the worker is past it. */
static void
send_frame (AcWorker *self, GBytes *frame)
{
  if (self->fd < 0 || self->finish_us != 0) {
    g_bytes_unref (frame);
    return;
  }
  ac_worker_queue_push (self->queue, frame);
  flush (self);
}

void
ac_worker_source_begin (AcWorker *self, const AcWireSource *source)
{
  ac_worker_queue_new_source (self->queue);
  send_frame (self, ac_wire_pack_source_begin (source));
}

void
ac_worker_source_tag (AcWorker *self, const AcFlvTag *tag)
{
  static AcLogLimit limit = { .interval_ms = 10000 };
  guint suppressed;

  if (self->fd < 0 || self->finish_us != 0)
    return;
  if (ac_worker_queue_push_tag (self->queue, tag))
    flush (self);
  else if (ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, 0,
            "a worker reads too slowly: media is dropped (%u tags more since the last "
            "message)",
            suppressed);
}

void
ac_worker_source_end (AcWorker *self)
{
  send_frame (self, ac_wire_pack_source_end ());
}

void
ac_worker_viewer (AcWorker *self, AcWireType type, const AcWireViewer *viewer)
{
  send_frame (self, ac_wire_pack_viewer (type, viewer));
}

void
ac_worker_machine (AcWorker *self, const AcWireMachine *machine)
{
  send_frame (self, ac_wire_pack_machine (machine));
}

void
ac_worker_finish (AcWorker *self)
{
  if (self->finish_us != 0)
    return;
  send_frame (self, ac_wire_pack_finish ());
  self->slot_us = 0;
  self->finish_us = g_get_monotonic_time ();
  if (self->watchdog != NULL)
    arm_watchdog (self);
}

void
ac_worker_reject (AcWorker *self, const gchar *why)
{
  fail (self, AC_WORKER_ERROR_GARBAGE, "%s", why);
}

GPid
ac_worker_pid (AcWorker *self)
{
  return self->pid;
}
