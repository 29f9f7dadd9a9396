#include "bench_clock.h"
#include "front.h"
#include "hub_double.h"

#include <glib-unix.h>

typedef struct { AcFront *front; AcBenchClock *clock; AcSnapshot *snapshot; } Bench;

static gboolean publish (gpointer data) {
  Bench *b = data; guint64 n = b->clock->n_published;
  b->clock->published_ns[n % AC_BENCH_CLOCK_SLOTS] = ac_bench_now_ns ();
  __atomic_store_n (&b->clock->n_published, n + 1, __ATOMIC_RELEASE);
  ac_front_publish (b->front, b->snapshot);
  return TRUE;
}
static void no_api (AcHttpExchange *e, gpointer d) {}
static void no_peer (AcPeer *p, gpointer d) {}
static void no_msg (AcPeer *p, GBytes *t, gpointer d) {}
static void no_want (gint64 l, gpointer d) {}
int main (int argc, char **argv) {
  static const AcFrontHandler h = { no_api, { no_peer, no_msg, no_peer }, no_want };
  static const AcMediaKey key;
  AcFrontConfig c = { .listen = "127.0.0.1:0", .n_threads = argc > 3 ? atoi (argv[3]) : 1, .web_root = argv[1] };
  GError *error = NULL; Bench b = { 0 };
  b.clock = ac_bench_clock_open (argv[2], TRUE); b.clock->parts_per_segment = 4;
  b.snapshot = ac_double_snapshot_new ();
  b.front = ac_front_new (&c, NULL, NULL, &key, &h, &b, &error);
  if (!b.front) { fprintf (stderr, "%s\n", error->message); return 1; }
  printf ("port %u\n", ac_front_port (b.front)); fflush (stdout);
  g_timeout_add (500, publish, &b);
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
}
