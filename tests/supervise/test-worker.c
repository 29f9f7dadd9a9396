#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define WATCHDOG_S 50
#define EPOCH 7
#define FIRST_MSN 42
#define START 5760000

typedef struct {
  AcWorker *worker;
  guint watchdog;
  gboolean free_at_slot;

  guint n_epochs, n_slots, n_health, n_states, n_exited;
  GByteArray *parts;
  AcSlot *last_slot;
  GError *error;
} Fixture;

static gboolean
on_watchdog (gpointer unused)
{
  g_error ("the test hangs");
  return G_SOURCE_REMOVE;
}

static void
on_epoch (AcWorker *worker, AcMediaEpoch *epoch, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpuint (epoch->number, ==, EPOCH);
  g_assert_cmpuint (fixture->n_slots, ==, 0);
  fixture->n_epochs++;
}

static void
on_slot (AcWorker *worker, AcSlot *slot, gpointer user_data)
{
  Fixture *fixture = user_data;
  gsize size;
  const guint8 *data = g_bytes_get_data (slot->parts[0], &size);

  g_assert_true (worker == fixture->worker);
  fixture->n_slots++;
  g_byte_array_append (fixture->parts, data, size);
  g_clear_pointer (&fixture->last_slot, ac_slot_unref);
  fixture->last_slot = ac_slot_ref (slot);
  if (fixture->free_at_slot)
    g_clear_pointer (&fixture->worker, ac_worker_free);
}

static void
on_health (AcWorker *worker, const AcWireHealth *health, gpointer user_data)
{
  g_assert_cmpuint (health->width, ==, 640);
  ((Fixture *)user_data)->n_health++;
}

static void
on_exited (AcWorker *worker, const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (worker == fixture->worker);
  g_assert_cmpint (ac_worker_pid (worker), ==, 0);
  fixture->n_exited++;
  fixture->error = error != NULL ? g_error_copy (error) : NULL;
  g_clear_pointer (&fixture->worker, ac_worker_free);
}

static void
on_source_state (AcWorker *worker, const AcWireSourceState *state, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (worker == fixture->worker);
  g_assert_cmpint (state->state, ==, AC_SOURCE_FAILED);
  g_assert_cmpstr (state->detail, ==, "no route to the camera");
  g_assert_cmpuint (state->source_number, ==, 3);
  fixture->n_states++;
}

static const AcWireSource source = { .kind = AC_SOURCE_FLV };
static const AcWorkerHandler handler = { on_epoch,        on_slot, on_health,
                                         on_source_state, NULL,    on_exited };

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->parts = g_byte_array_new ();
  fixture->watchdog = g_timeout_add_seconds (WATCHDOG_S, on_watchdog, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  ac_worker_free (fixture->worker);
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1); /* no child, no zombie */
  g_assert_cmpint (errno, ==, ECHILD);
  g_source_remove (fixture->watchdog);
  g_byte_array_unref (fixture->parts);
  g_clear_pointer (&fixture->last_slot, ac_slot_unref);
  g_clear_error (&fixture->error);
}

static void
start (Fixture *fixture, const gchar *title, guint32 frame_rate, guint silence_ms)
{
  AcWireConfigure configure = {
    .lesson = 1,
    .title = (gchar *)title,
    .epoch = EPOCH,
    .first_msn = FIRST_MSN,
    .start = START,
    .frame_rate = frame_rate,
  };
  g_autoptr (GError) error = NULL;

  fixture->worker =
      ac_worker_new (FAKE_WORKER, &configure, silence_ms, &handler, fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ac_worker_pid (fixture->worker), >, 0);
}

#define WAIT(condition)                                                                \
  while (!(condition))                                                                 \
  g_main_context_iteration (NULL, TRUE)

static void
send_tag (Fixture *fixture, guint8 first, const gchar *text, gsize size)
{
  guint8 *body = g_malloc0 (size);
  AcFlvTag tag = { .type = 9, .body = g_bytes_new_take (body, size) };

  memcpy (body + 2, text, MIN (strlen (text), size - 2));
  body[0] = first;
  body[1] = 1;
  ac_worker_source_tag (fixture->worker, &tag);
  ac_flv_tag_clear (&tag);
}

static void
test_good (Fixture *fixture, gconstpointer unused)
{
  start (fixture, "good", 0, 0);
  ac_worker_source_begin (fixture->worker, &source);
  send_tag (fixture, 0x17, "abc", 5);
  send_tag (fixture, 0x27, "de", 4);
  ac_worker_source_end (fixture->worker);
  WAIT (fixture->n_health == 2);
  g_assert_cmpuint (fixture->n_epochs, ==, 1);
  g_assert_cmpuint (fixture->n_slots, ==, 2);
  g_assert_cmpmem (fixture->parts->data, fixture->parts->len, "\x17\1abc\x27\1de", 9);
  g_assert_cmpuint (fixture->last_slot->msn, ==, FIRST_MSN);
  g_assert_cmpuint (fixture->last_slot->start, ==, START + 57600);
  ac_worker_finish (fixture->worker);
  ac_worker_finish (fixture->worker);
  WAIT (fixture->n_exited == 1);
  g_assert_no_error (fixture->error);
}

static void
test_source_state (Fixture *fixture, gconstpointer unused)
{
  const AcWireSource pull = { .kind = AC_SOURCE_PULL,
                              .address = (gchar *)"no route to the camera",
                              .number = 3 };

  start (fixture, "good", 0, 0);
  ac_worker_source_begin (fixture->worker, &pull);
  WAIT (fixture->n_states == 1);
  ac_worker_finish (fixture->worker);
  WAIT (fixture->n_exited == 1);
  g_assert_no_error (fixture->error);
}

/* Frames much longer than the socket's buffer, both ways, in order. */
static void
test_large (Fixture *fixture, gconstpointer unused)
{
  start (fixture, "good", 0, 0);
  ac_worker_source_begin (fixture->worker, &source);
  for (guint i = 0; i < 6; i++)
    send_tag (fixture, 0x17, "large", 1024 * 1024);
  ac_worker_finish (fixture->worker);
  WAIT (fixture->n_exited == 1);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->n_slots, ==, 6);
  g_assert_cmpuint (fixture->parts->len, ==, 6 * 1024 * 1024);
}

typedef struct {
  const gchar *title;
  guint32 frame_rate;
  guint silence_ms;
  gboolean finish;
  gint code; /* AcWorkerError, -1: none */
  guint n_slots;
} EndCase;

static const EndCase end_cases[] = {
  { "good", 25, 0, TRUE, -1, 0 },
  { "crash", 0, 0, FALSE, AC_WORKER_ERROR_CRASHED, 1 },
  { "leave", 0, 0, FALSE, AC_WORKER_ERROR_CRASHED, 0 },
  { "fail", 0, 0, FALSE, AC_WORKER_ERROR_CRASHED, 0 },
  { "silence", 0, 200, FALSE, AC_WORKER_ERROR_SILENT, 1 },
  { "mute", 25, 200, FALSE, AC_WORKER_ERROR_SILENT, 0 },
  { "patience", 0, 200, FALSE, -1, 0 },
  { "stubborn", 0, 0, TRUE, AC_WORKER_ERROR_NO_FINISH, 1 },
  { "close", 0, 0, FALSE, AC_WORKER_ERROR_NO_FINISH, 0 },
  { "giant", 0, 0, FALSE, AC_WORKER_ERROR_GARBAGE, 0 },
  { "unknown", 0, 0, FALSE, AC_WORKER_ERROR_GARBAGE, 0 },
  { "noise", 0, 0, FALSE, AC_WORKER_ERROR_GARBAGE, 0 },
  { "slot-first", 0, 0, FALSE, AC_WORKER_ERROR_GARBAGE, 0 },
  { "two-epochs", 0, 0, FALSE, AC_WORKER_ERROR_GARBAGE, 0 },
  { "wrong-epoch", 0, 0, FALSE, AC_WORKER_ERROR_GARBAGE, 0 },
  { "wrong-slot", 0, 0, FALSE, AC_WORKER_ERROR_GARBAGE, 0 },
  { "wrong-parts", 0, 0, FALSE, AC_WORKER_ERROR_GARBAGE, 0 },
  { "encore", 0, 0, FALSE, AC_WORKER_ERROR_GARBAGE, 0 },
};

static void
test_end (Fixture *fixture, gconstpointer data)
{
  const EndCase *c = data;

  start (fixture, c->title, c->frame_rate, c->silence_ms);
  if (c->finish)
    ac_worker_finish (fixture->worker);
  WAIT (fixture->n_exited == 1);
  if (c->code < 0)
    g_assert_no_error (fixture->error);
  else
    g_assert_error (fixture->error, AC_WORKER_ERROR, c->code);
  g_assert_cmpuint (fixture->n_slots, ==, c->n_slots);
}

/* What it wrote before it went is read, however late. */
static void
test_last_words (Fixture *fixture, gconstpointer unused)
{
  siginfo_t info;

  start (fixture, "burst", 0, 0);
  g_assert_cmpint (
      waitid (P_PID, ac_worker_pid (fixture->worker), &info, WEXITED | WNOWAIT), ==, 0);
  WAIT (fixture->n_exited == 1);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->n_slots, ==, 100);
}

/* It goes on sending but reads no more: what waits for it stays bounded, and it goes.
 */
static void
test_deaf (Fixture *fixture, gconstpointer unused)
{
  start (fixture, "deaf", 0, 300);
  ac_worker_source_begin (fixture->worker, &source);
  for (guint i = 0; i < 40; i++)
    send_tag (fixture, 0x17, "x", 512 * 1024);
  WAIT (fixture->n_exited == 1);
  g_assert_error (fixture->error, AC_WORKER_ERROR, AC_WORKER_ERROR_SILENT);
  g_assert_cmpuint (fixture->n_slots, >, 0);
}

/* Our loop stands still for longer than a worker may be silent; it was not. */
static void
test_held_up (Fixture *fixture, gconstpointer unused)
{
  start (fixture, "good", 0, 300);
  ac_worker_source_begin (fixture->worker, &source);
  send_tag (fixture, 0x17, "a", 3);
  WAIT (fixture->n_slots == 1);
  send_tag (fixture, 0x17, "b", 3);
  g_usleep (450 * 1000);
  send_tag (fixture, 0x17, "c", 3); /* before anything of it is read */
  ac_worker_finish (fixture->worker);
  WAIT (fixture->n_exited == 1);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->n_slots, ==, 3);
}

static void
test_free_running (Fixture *fixture, gconstpointer unused)
{
  GPid pid;

  start (fixture, "mute", 0, 0);
  pid = ac_worker_pid (fixture->worker);
  g_clear_pointer (&fixture->worker, ac_worker_free);
  g_assert_cmpint (kill (pid, 0), ==, -1);
  g_assert_cmpint (errno, ==, ESRCH);
  g_assert_cmpuint (fixture->n_exited, ==, 0);
}

static void
test_free_inside (Fixture *fixture, gconstpointer unused)
{
  fixture->free_at_slot = TRUE;
  start (fixture, "deaf", 0, 0);
  WAIT (fixture->worker == NULL);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (fixture->n_slots, ==, 1);
  g_assert_cmpuint (fixture->n_exited, ==, 0);
}

/* Everything may still be called between the death and the news of it. */
static void
test_calls_after_death (Fixture *fixture, gconstpointer unused)
{
  start (fixture, "good", 0, 0);
  kill (ac_worker_pid (fixture->worker), SIGKILL);
  for (guint i = 0; i < 100; i++) {
    ac_worker_source_begin (fixture->worker, &source);
    send_tag (fixture, 0x17, "x", 10000);
    ac_worker_source_end (fixture->worker);
  }
  ac_worker_finish (fixture->worker);
  send_tag (fixture, 0x17, "x", 10000);
  WAIT (fixture->n_exited == 1);
  g_assert_error (fixture->error, AC_WORKER_ERROR, AC_WORKER_ERROR_CRASHED);
}

/* It cannot be waited for as soon as it is dead. */
static void
test_traced (Fixture *fixture, gconstpointer unused)
{
  start (fixture, "traced", 0, 0);
  WAIT (fixture->n_exited == 1);
  g_assert_error (fixture->error, AC_WORKER_ERROR, AC_WORKER_ERROR_CRASHED);
  g_assert_cmpstr (fixture->error->message, ==, "Child process killed by signal 9");
}

static void
test_no_executable (void)
{
  AcWireConfigure configure = { .title = (gchar *)"good" };
  g_autoptr (GError) error = NULL;

  g_assert_null (
      ac_worker_new ("/nonexistent/worker", &configure, 0, &handler, NULL, &error));
  g_assert_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *path;
    void (*run) (Fixture *fixture, gconstpointer unused);
  } tests[] = {
    { "/worker/good", test_good },
    { "/worker/source-state", test_source_state },
    { "/worker/large", test_large },
    { "/worker/last-words", test_last_words },
    { "/worker/deaf", test_deaf },
    { "/worker/held-up", test_held_up },
    { "/worker/free-running", test_free_running },
    { "/worker/free-inside", test_free_inside },
    { "/worker/calls-after-death", test_calls_after_death },
    { "/worker/traced", test_traced },
  };

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  for (gsize i = 0; i < G_N_ELEMENTS (end_cases); i++) {
    g_autofree gchar *path = g_strconcat ("/worker/end/", end_cases[i].title, NULL);
    g_test_add (path, Fixture, &end_cases[i], set_up, test_end, tear_down);
  }
  g_test_add_func ("/worker/no-executable", test_no_executable);
  return g_test_run ();
}
