/* The bounded queue to the main loop, with both of its sides on one thread. */

#include "handover.h"

#include "flv_kind.h"

#include <string.h>

#define KEY 0x17
#define DELTA 0x27

typedef struct {
  AcHandover *handover;
  AcPublisher *publisher; /* the ingest side's */
  GString *told;
  guint largest_batch;
  guint n_setup, n_keys, n_deltas, n_audio;

  AcVerdict verdict;
  gchar *reason;
  gboolean stop_inside;
} Fixture;

static Fixture *current;

static void
on_verdict (AcPublisher *publisher, AcVerdict verdict, const gchar *reason)
{
  current->verdict = verdict;
  g_free (current->reason);
  current->reason = g_strdup (reason);
}

static void
on_requested (AcPublisher *publisher, const gchar *stream_key, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->told, "requested:%s:%s\n", stream_key,
                          ac_publisher_address (publisher));
}

static void
on_tags (AcPublisher *publisher, const AcPublisherUnit *tags, guint n_tags,
         gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->largest_batch = MAX (fixture->largest_batch, n_tags);
  for (guint i = 0; i < n_tags; i++) {
    const guint8 *body = g_bytes_get_data (tags[i].body, NULL);

    if (tags[i].type == 18 || body[1] == 0)
      fixture->n_setup++;
    else if (tags[i].type == 8)
      fixture->n_audio++;
    else if (body[0] == KEY)
      fixture->n_keys++;
    else
      fixture->n_deltas++;
  }
  if (fixture->stop_inside)
    ac_handover_stop (fixture->handover, "stopped inside");
}

static void
on_closed (AcPublisher *publisher, const gchar *reason, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->told, "closed:%s\n", reason);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  static const AcPublisherHandler handler = { on_requested, on_tags, on_closed };

  current = fixture;
  fixture->told = g_string_new (NULL);
  fixture->handover = ac_handover_new (AC_PUBLISHER_SRT, &handler, fixture,
                                       ac_executor_for_context (NULL), on_verdict);
  fixture->publisher = ac_publisher_new (fixture->handover, "key", "192.0.2.1:5", NULL);
}

static void
turn (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  ac_handover_stop (fixture->handover, "stopped");
  turn ();
  ac_publisher_unref (fixture->publisher);
  ac_handover_unref (fixture->handover);
  g_string_free (fixture->told, TRUE);
  g_free (fixture->reason);
}

static gboolean
push (Fixture *fixture, guint8 type, guint8 first, guint8 second, gsize size)
{
  guint8 *body = g_malloc0 (size);
  AcPublisherUnit tag = { .type = type, .body = g_bytes_new_take (body, size) };
  gboolean pushed;

  body[0] = first;
  body[1] = second;
  pushed = ac_publisher_push_tag (fixture->publisher, &tag);
  g_bytes_unref (tag.body);
  return pushed;
}

static void
test_order (Fixture *fixture, gconstpointer unused)
{
  g_assert_true (push (fixture, 9, KEY, 1, 10));
  ac_publisher_push_closed (fixture->publisher, "left");
  turn ();
  g_assert_cmpstr (fixture->told->str, ==, "");
  g_assert_cmpuint (fixture->n_keys, ==, 0); /* gone before anyone was asked */
}

static void
test_batches (Fixture *fixture, gconstpointer unused)
{
  turn ();
  g_assert_cmpstr (fixture->told->str, ==, "requested:key:192.0.2.1:5\n");
  for (guint i = 0; i < 200; i++)
    g_assert_true (push (fixture, 9, i == 0 ? KEY : DELTA, 1, 10));
  ac_publisher_push_closed (fixture->publisher, "left");
  ac_publisher_push_closed (fixture->publisher, "left again");
  turn ();
  g_assert_cmpuint (fixture->largest_batch, ==, AC_PUBLISHER_BATCH);
  g_assert_cmpuint (fixture->n_keys + fixture->n_deltas, ==, 200);
  g_assert_cmpstr (fixture->told->str, ==, "requested:key:192.0.2.1:5\nclosed:left\n");
}

static void
test_full (Fixture *fixture, gconstpointer unused)
{
  const guint media = AC_PUBLISHER_MAX_TAGS - AC_PUBLISHER_RESERVE;

  turn ();
  g_assert_true (push (fixture, 9, KEY, 1, 10));
  for (guint i = 0; i < 1000; i++)
    g_assert_true (push (fixture, 9, DELTA, 1, 10));
  g_assert_true (push (fixture, 9, KEY, 1, 10)); /* no room for it either */
  g_assert_true (push (fixture, 8, 0xaf, 1, 10));
  for (guint i = 0; i < AC_PUBLISHER_RESERVE; i++)
    g_assert_true (push (fixture, 9, KEY, 0, 10));
  g_assert_false (push (fixture, 9, KEY, 0, 10));
  turn ();
  g_assert_cmpuint (fixture->n_keys, ==, 1);
  g_assert_cmpuint (fixture->n_deltas, ==, media - 1);
  g_assert_cmpuint (fixture->n_audio, ==, 0);
  g_assert_cmpuint (fixture->n_setup, ==, AC_PUBLISHER_RESERVE);

  /* There is room, but not yet a frame that can be decoded. */
  g_assert_true (push (fixture, 9, DELTA, 1, 10));
  g_assert_true (push (fixture, 8, 0xaf, 1, 10));
  turn ();
  g_assert_cmpuint (fixture->n_deltas, ==, media - 1);
  g_assert_cmpuint (fixture->n_audio, ==, 1);
  g_assert_true (push (fixture, 9, KEY, 1, 10));
  g_assert_true (push (fixture, 9, DELTA, 1, 10));
  turn ();
  g_assert_cmpuint (fixture->n_keys, ==, 2);
  g_assert_cmpuint (fixture->n_deltas, ==, media);
}

static void
test_full_of_bytes (Fixture *fixture, gconstpointer unused)
{
  turn ();
  for (guint i = 0; i < 10; i++)
    g_assert_true (push (fixture, 9, KEY, 1, AC_PUBLISHER_MAX_BYTES / 4));
  g_assert_true (push (fixture, 18, 2, 0, 100));
  turn ();
  g_assert_cmpuint (fixture->n_keys, ==, 4);
  g_assert_cmpuint (fixture->n_setup, ==, 1);
}

/* What calls itself setup has no right to all the memory either. */
static void
test_full_of_setup (Fixture *fixture, gconstpointer unused)
{
  const gsize quarter = AC_PUBLISHER_MAX_BYTES / 4;

  turn ();
  for (gsize bytes = 0; bytes < AC_PUBLISHER_MAX_BYTES + AC_PUBLISHER_RESERVE_BYTES;
       bytes += quarter)
    g_assert_true (push (fixture, 9, KEY, 0, quarter));
  g_assert_false (push (fixture, 9, KEY, 0, quarter));
  turn ();
  g_assert_true (push (fixture, 9, KEY, 0, 100));
}

static void
test_verdicts (Fixture *fixture, gconstpointer unused)
{
  turn ();
  ac_publisher_accept (fixture->publisher);
  turn ();
  g_assert_cmpint (fixture->verdict, ==, AC_VERDICT_ACCEPT);
  ac_publisher_close (fixture->publisher, "over");
  g_assert_cmpint (fixture->verdict, ==, AC_VERDICT_ACCEPT); /* never in our frame */
  g_assert_true (push (fixture, 9, KEY, 1, 10));
  turn ();
  g_assert_cmpint (fixture->verdict, ==, AC_VERDICT_CLOSE);
  g_assert_cmpstr (fixture->reason, ==, "over");
  g_assert_cmpuint (fixture->n_keys, ==, 0); /* none after our close */
}

static void
test_stop (Fixture *fixture, gconstpointer unused)
{
  turn ();
  g_assert_true (push (fixture, 9, KEY, 1, 10));
  ac_handover_stop (fixture->handover, "stopped");
  turn ();
  g_assert_cmpstr (fixture->told->str, ==,
                   "requested:key:192.0.2.1:5\nclosed:stopped\n");
  g_assert_cmpuint (fixture->n_keys, ==, 0);
}

static void
test_stop_inside (Fixture *fixture, gconstpointer unused)
{
  fixture->stop_inside = TRUE;
  turn ();
  g_assert_true (push (fixture, 9, KEY, 1, 10));
  turn ();
  g_assert_cmpstr (fixture->told->str, ==,
                   "requested:key:192.0.2.1:5\nclosed:stopped inside\n");
}

typedef struct {
  guint8 type, first, second;
  AcFlvKind kind;
} KindCase;

static void
test_kinds (void)
{
  static const KindCase cases[] = {
    { 18, 2, 0, AC_FLV_SETUP },      { 8, 0xaf, 0, AC_FLV_SETUP },
    { 8, 0xaf, 1, AC_FLV_AUDIO },    { 8, 0x2f, 0, AC_FLV_AUDIO },
    { 8, 0x90, 'O', AC_FLV_SETUP },  { 8, 0x91, 'O', AC_FLV_AUDIO },
    { 9, 0x17, 0, AC_FLV_SETUP },    { 9, 0x17, 1, AC_FLV_VIDEO_KEY },
    { 9, 0x27, 1, AC_FLV_VIDEO },    { 9, 0x12, 0, AC_FLV_VIDEO_KEY },
    { 9, 0x90, 'h', AC_FLV_SETUP },  { 9, 0x91, 'h', AC_FLV_VIDEO_KEY },
    { 9, 0xa1, 'h', AC_FLV_VIDEO },  { 9, 0xa3, 'h', AC_FLV_VIDEO },
    { 9, 0x94, 'h', AC_FLV_VIDEO },  { 9, 0x17, 2, AC_FLV_VIDEO_KEY },
    { 0x47, 0x47, 0, AC_FLV_AUDIO },
  };
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const guint8 body[2] = { cases[i].first, cases[i].second };
    g_autoptr (GBytes) bytes = g_bytes_new (body, 2);

    g_assert_cmpint (ac_flv_kind (cases[i].type, bytes), ==, cases[i].kind);
  }
  g_assert_cmpint (ac_flv_kind (8, empty), ==, AC_FLV_AUDIO);
  g_assert_cmpint (ac_flv_kind (9, empty), ==, AC_FLV_VIDEO);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *path;
    void (*run) (Fixture *fixture, gconstpointer unused);
  } tests[] = {
    { "/publisher/order", test_order },
    { "/publisher/batches", test_batches },
    { "/publisher/full", test_full },
    { "/publisher/full-of-bytes", test_full_of_bytes },
    { "/publisher/full-of-setup", test_full_of_setup },
    { "/publisher/verdicts", test_verdicts },
    { "/publisher/stop", test_stop },
    { "/publisher/stop-inside", test_stop_inside },
  };

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  g_test_add_func ("/publisher/flv-kinds", test_kinds);
  return g_test_run ();
}
