/* The real worker on a core that others keep busy: it leaves renditions out, goes on in
 * time, and takes them back when the others are gone. */
#include "flv_script.h"
#include "worker_run.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_HOGS 14
#define MAX_SECONDS 25
#define PRIORITY (-15) /* 28 times the weight of others; sched(7) */

static const gchar *program;

/* Before all others, if that is allowed: what else the machine does shall not keep the
 * worker from its calm. Where sessions are scheduled as groups (sched(7), autogroup)
 * the weight that counts is the group's. */
static void
go_first (void)
{
  g_autofree gchar *priority = g_strdup_printf ("%d", PRIORITY);
  gint fd;

  setsid (); /* fails where it is so already */
  fd = getsid (0) == getpid () ? open ("/proc/self/autogroup", O_WRONLY | O_CLOEXEC)
                               : -1;
  if (setpriority (PRIO_PROCESS, 0, PRIORITY) != 0 ||
      (fd >= 0 && write (fd, priority, strlen (priority)) < 0))
    g_test_message ("not allowed to go before others: what they do counts too");
  if (fd >= 0)
    close (fd);
}

/* Bound to core 0, and so are this process's children from now on. */
static void
bind_to_one_core (void)
{
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET (0, &set);
  g_assert_cmpint (sched_setaffinity (0, sizeof set, &set), ==, 0);
}

static void
start_hogs (pid_t hogs[N_HOGS])
{
  for (guint i = 0; i < N_HOGS; i++) {
    hogs[i] = fork ();
    g_assert_cmpint (hogs[i], >=, 0);
    if (hogs[i] == 0) {
      volatile guint64 n = 0;

      prctl (PR_SET_PDEATHSIG, SIGKILL);
      for (;;)
        n++;
    }
  }
}

static void
stop_hogs (const pid_t hogs[N_HOGS])
{
  for (guint i = 0; i < N_HOGS; i++) {
    kill (hogs[i], SIGKILL);
    g_assert_cmpint (waitpid (hogs[i], NULL, 0), ==, hogs[i]);
  }
}

static const AcWireHealth *
last_health (WorkerRun *run)
{
  return &g_array_index (run->health, AcWireHealth, run->health->len - 1);
}

/* Runs on until @n_shed renditions are left out. */
static void
run_until_shed (WorkerRun *run, guint least, guint most)
{
  guint shed;

  for (guint i = 0; i < MAX_SECONDS * 2; i++) {
    shed = last_health (run)->renditions_shed;
    if (shed >= least && shed <= most)
      return;
    worker_run_send (run, ac_wire_pack_machine (&(AcWireMachine){ 4000 }));
    worker_run_for (run, 500);
  }
  g_error ("%u renditions are left out after %d s, %u ms behind", shed, MAX_SECONDS,
           last_health (run)->encoder_lag_ms);
}

/* Gaps are whole segments of what may go, and no slot is missing. Returns: how many
 * parts of @track are gaps. */
static guint
check_gaps (WorkerRun *run, guint track)
{
  guint n_gaps = 0;

  for (guint i = 0; i < run->slots->len; i++) {
    const AcSlot *slot = g_ptr_array_index (run->slots, i);
    const AcSlot *first = g_ptr_array_index (run->slots, i - slot->part);

    g_assert_cmpuint (slot->start, ==, (guint64)i * run->epoch->slot_duration);
    g_assert_true ((slot->parts[track] == NULL) == (first->parts[track] == NULL));
    n_gaps += slot->parts[track] == NULL;
  }
  return n_gaps;
}

/* However busy the machine was, no queue grew beyond its bound; where that is wide,
 * beyond two seconds of the lesson. */
static void
check_queues (WorkerRun *run)
{
  for (guint i = 0; i < run->health->len; i++) {
    const AcWireHealth *health = &g_array_index (run->health, AcWireHealth, i);

    g_assert_cmpuint (health->source_waiting_bytes, <=, 1024 * 1024);
    g_assert_cmpuint (health->pictures_waiting, <=, 64);
    g_assert_cmpuint (health->sound_waiting_ms, <=, 3000);
    g_assert_cmpuint (health->frames_waiting, <=, 24); /* see ladder.c */
    g_assert_cmpuint (health->slots_waiting, <=, 3);
    g_assert_cmpuint (health->unsent_bytes, <=, 1024 * 1024);
  }
}

static void
test_shed_and_return (void)
{
  const AcWireConfigure configure = {
    .lesson = 1, .title = (gchar *)"stress", .epoch = 1, .shedding = TRUE
  };
  g_autoptr (GArray) script =
      flv_script_lecture ("1280x720", 25, MAX_SECONDS * 2.0, TRUE, TRUE);
  pid_t hogs[N_HOGS];
  WorkerRun run;

  go_first ();
  bind_to_one_core ();
  worker_run_start (&run, program, &configure);
  worker_run_publish (&run, script, 0);
  worker_run_until_slots (&run, 2);
  start_hogs (hogs);
  run_until_shed (&run, 1, 3);
  worker_run_for (&run, 4000); /* it takes effect */
  stop_hogs (hogs);
  run_until_shed (&run, 0, last_health (&run)->renditions_shed - 1);
  worker_run_for (&run, 3000);
  g_assert_cmpuint (last_health (&run)->encoder_lag_ms, <, 2000);
  g_assert_cmpuint (last_health (&run)->sheds, >=, 1);
  check_queues (&run);

  g_assert_cmpuint (run.epoch->n_tracks, ==, 5);
  g_assert_cmpuint (check_gaps (&run, 0), >=, 3); /* the costliest went first */
  g_assert_cmpuint (check_gaps (&run, 3), ==, 0); /* the lowest, and the sound */
  g_assert_cmpuint (check_gaps (&run, 4), ==, 0);
  worker_run_clear (&run);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  program = g_getenv ("AIRCLASS_PIPELINE");
  g_assert_nonnull (program);
  g_test_add_func ("/shedding/shed-and-return", test_shed_and_return);
  return g_test_run ();
}
