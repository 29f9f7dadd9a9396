/* The timer wheel and the mailbox, without sockets. */
#include "front_mailbox.h"
#include "wheel.h"

typedef struct {
  AcWheelEntry timer;
  gint64 expired_s; /* -1: not yet */
  AcWheel *wheel;
  gint64 again_s; /* set again for this when it expires */
} Timed;

static void
on_expired (AcWheelEntry *entry, gpointer user_data)
{
  Timed *timed = (Timed *)entry;

  timed->expired_s = timed->wheel->now_s;
  if (timed->again_s != 0) {
    ac_wheel_set (timed->wheel, entry, timed->again_s);
    timed->again_s = 0;
  }
}

static void
test_deadlines (void)
{
  static const gint64 dues[] = { 900, 1000, 1001, 1050, 1127, 1128, 1129, 1500, 2000 };
  AcWheel wheel;
  Timed timed[G_N_ELEMENTS (dues)] = { 0 };

  ac_wheel_init (&wheel, 1000, on_expired, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (dues); i++) {
    timed[i].wheel = &wheel;
    timed[i].expired_s = -1;
    ac_wheel_set (&wheel, &timed[i].timer, dues[i]);
  }
  for (gint64 now = 1000; now <= 2001; now++)
    ac_wheel_advance (&wheel, now);
  for (guint i = 0; i < G_N_ELEMENTS (dues); i++)
    g_assert_cmpint (timed[i].expired_s, ==, MAX (dues[i], 1001));
}

static void
test_moved (void)
{
  AcWheel wheel;
  Timed later = { .wheel = &wheel, .expired_s = -1 };
  Timed sooner = { .wheel = &wheel, .expired_s = -1 };
  Timed never = { .wheel = &wheel, .expired_s = -1 };
  Timed twice = { .wheel = &wheel, .expired_s = -1, .again_s = 20 };

  ac_wheel_init (&wheel, 0, on_expired, NULL);
  ac_wheel_set (&wheel, &later.timer, 5);
  ac_wheel_set (&wheel, &later.timer, 300);
  ac_wheel_set (&wheel, &sooner.timer, 300);
  ac_wheel_set (&wheel, &sooner.timer, 5);
  ac_wheel_set (&wheel, &never.timer, 5);
  ac_wheel_unset (&wheel, &never.timer);
  ac_wheel_unset (&wheel, &never.timer);
  ac_wheel_set (&wheel, &twice.timer, 10);
  for (gint64 now = 1; now <= 15; now++)
    ac_wheel_advance (&wheel, now);
  g_assert_cmpint (twice.expired_s, ==, 10);
  for (gint64 now = 10; now <= 400; now++) /* a clock that steps back is ignored */
    ac_wheel_advance (&wheel, now);
  g_assert_cmpint (later.expired_s, ==, 300);
  g_assert_cmpint (sooner.expired_s, ==, 5);
  g_assert_cmpint (never.expired_s, ==, -1);
  g_assert_cmpint (twice.expired_s, ==, 20);
}

/* The machine slept: everything due is swept, once. */
static void
test_leap (void)
{
  AcWheel wheel;
  Timed due = { .wheel = &wheel, .expired_s = -1 };
  Timed far = { .wheel = &wheel, .expired_s = -1 };

  ac_wheel_init (&wheel, 0, on_expired, NULL);
  ac_wheel_set (&wheel, &due.timer, 100);
  ac_wheel_set (&wheel, &far.timer, 90000);
  ac_wheel_advance (&wheel, 80000);
  g_assert_cmpint (due.expired_s, >, 0);
  g_assert_cmpint (far.expired_s, ==, -1);
  ac_wheel_advance (&wheel, 90001);
  g_assert_cmpint (far.expired_s, >, 0);
}

static void
count (gpointer data)
{
  guint *counter = data;

  (*counter)++;
}

static gpointer
post_many (gpointer data)
{
  gpointer *both = data;

  for (guint i = 0; i < 1000; i++)
    ac_executor_post (ac_front_mailbox_executor (both[0]), count, both[1]);
  return NULL;
}

static void
end_when_full (struct ev_loop *loop, ev_timer *watcher, int events)
{
  if (*(guint *)watcher->data == 4000)
    ev_break (loop, EVBREAK_ALL);
}

static void
test_mailbox (void)
{
  struct ev_loop *loop = ev_loop_new (EVFLAG_AUTO);
  AcExecutor fallback = ac_executor_for_context (NULL);
  g_autoptr (AcFrontMailbox) mailbox = ac_front_mailbox_new (loop, fallback);
  guint counter = 0, late = 0;
  gpointer both[] = { mailbox, &counter };
  GThread *threads[4];
  ev_timer look;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("post", post_many, both);
  ev_timer_init (&look, end_when_full, 0.001, 0.001);
  look.data = &counter;
  ev_timer_start (loop, &look);
  ev_run (loop, 0);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (counter, ==, 4000);

  ac_executor_post (ac_front_mailbox_executor (mailbox), count, &counter);
  ev_timer_stop (loop, &look);
  ac_front_mailbox_close (mailbox);
  g_assert_cmpuint (counter, ==, 4001);
  ac_executor_post (ac_front_mailbox_executor (mailbox), count, &late);
  g_assert_cmpuint (late, ==, 0);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (late, ==, 1);
  ev_loop_destroy (loop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wheel/deadlines", test_deadlines);
  g_test_add_func ("/wheel/moved", test_moved);
  g_test_add_func ("/wheel/leap", test_leap);
  g_test_add_func ("/mailbox/order-and-end", test_mailbox);
  return g_test_run ();
}
