#include "delivered.h"

typedef struct {
  const gchar *name;
  gint64 notes[8][2]; /* until { 0, 0 } */
  gint64 tolerance_ms, start_ms, end_ms;
  gboolean served;
  gint64 clip_start_ms, clip_end_ms;
} ClipRow;

static const ClipRow rows[] = {
  { "nothing", { { 0, 0 } }, 1000, 0, 10, FALSE },
  { "exact", { { 0, 10 } }, 0, 0, 10, TRUE, 0, 10 },
  { "inside", { { 0, 100 } }, 0, 20, 30, TRUE, 20, 30 },
  { "cut-end", { { 0, 100 } }, 0, 90, 130, TRUE, 90, 100 },
  { "cut-start", { { 100, 200 } }, 0, 50, 150, TRUE, 100, 150 },
  { "before", { { 100, 200 } }, 0, 10, 100, FALSE },
  { "behind", { { 100, 200 } }, 0, 200, 300, FALSE },
  { "adjacent", { { 0, 10 }, { 10, 20 }, { 20, 30 } }, 0, 5, 30, TRUE, 5, 30 },
  { "out-of-order", { { 20, 30 }, { 0, 10 }, { 10, 20 } }, 0, 0, 30, TRUE, 0, 30 },
  { "overlap", { { 0, 20 }, { 10, 30 }, { 5, 12 } }, 0, 0, 40, TRUE, 0, 30 },
  { "swallow", { { 10, 20 }, { 30, 40 }, { 0, 100 } }, 0, 0, 100, TRUE, 0, 100 },
  { "twice", { { 0, 10 }, { 0, 10 } }, 0, 0, 10, TRUE, 0, 10 },
  { "first-stretch", { { 0, 10 }, { 20, 30 } }, 0, 0, 30, TRUE, 0, 10 },
  { "hole-too-long", { { 0, 10 }, { 20, 30 } }, 9, 0, 30, TRUE, 0, 10 },
  { "hole-tolerated", { { 0, 10 }, { 20, 30 } }, 10, 0, 30, TRUE, 0, 30 },
  { "holes-do-not-add", { { 0, 10 }, { 20, 30 }, { 40, 50 } }, 10, 0, 50, TRUE, 0, 50 },
  { "hole-at-start", { { 10, 30 } }, 10, 0, 30, TRUE, 0, 30 },
  { "hole-at-start-too-long", { { 11, 30 } }, 10, 0, 30, TRUE, 11, 30 },
  { "hole-at-end", { { 0, 20 } }, 10, 0, 30, TRUE, 0, 30 },
  { "hole-at-end-too-long", { { 0, 19 } }, 10, 0, 30, TRUE, 0, 19 },
  { "wholly-in-short-hole", { { 0, 10 }, { 20, 30 } }, 10, 12, 18, TRUE, 12, 18 },
  { "wholly-in-long-hole", { { 0, 10 }, { 21, 30 } }, 10, 12, 18, FALSE },
  { "starts-at-end-of-range", { { 0, 10 }, { 15, 30 } }, 5, 10, 30, TRUE, 10, 30 },
  { "empty-question", { { 0, 10 } }, 0, 5, 5, FALSE },
  { "backward-question", { { 0, 10 } }, 0, 6, 5, FALSE },
  { "backward-note", { { 10, 5 } }, 0, 0, 20, FALSE },
};

static void
test_clip (gconstpointer data)
{
  const ClipRow *row = data;
  g_autoptr (AcDelivered) delivered = ac_delivered_new ();
  gint64 start_ms = row->start_ms, end_ms = row->end_ms;

  for (guint i = 0; row->notes[i][0] != 0 || row->notes[i][1] != 0; i++)
    ac_delivered_note (delivered, 1, 2, row->notes[i][0], row->notes[i][1]);
  g_assert_cmpint (
      ac_delivered_clip (delivered, 1, 2, row->tolerance_ms, &start_ms, &end_ms), ==,
      row->served);
  if (row->served) {
    g_assert_cmpint (start_ms, ==, row->clip_start_ms);
    g_assert_cmpint (end_ms, ==, row->clip_end_ms);
  }
}

static gboolean
is_known (AcDelivered *delivered, gint64 lesson, gint64 subject)
{
  gint64 start_ms = 0, end_ms = 10;

  return ac_delivered_clip (delivered, lesson, subject, 0, &start_ms, &end_ms);
}

static void
test_pairs_apart (void)
{
  g_autoptr (AcDelivered) delivered = ac_delivered_new ();

  ac_delivered_note (delivered, 1, 2, 0, 10);
  g_assert_true (is_known (delivered, 1, 2));
  g_assert_false (is_known (delivered, 2, 1));
  g_assert_false (is_known (delivered, 1, 3));
  g_assert_false (is_known (delivered, 3, 2));
}

static void
test_pairs_bounded (void)
{
  g_autoptr (AcDelivered) delivered = ac_delivered_new ();
  guint n_known = 0;

  for (gint64 i = 0; i < 65536; i++)
    ac_delivered_note (delivered, 1, i + 1, 0, 10);
  for (gint64 i = 0; i < 65536; i++)
    g_assert_true (is_known (delivered, 1, i + 1));

  g_assert_true (is_known (delivered, 1, 1)); /* lately used: stays */
  for (gint64 i = 0; i < 65536 / 2; i++)
    ac_delivered_note (delivered, 2, i + 1, 0, 10);
  g_assert_true (is_known (delivered, 1, 1));
  for (gint64 i = 0; i < 65536; i++)
    n_known += is_known (delivered, 1, i + 1) ? 1 : 0;
  g_assert_cmpuint (n_known, ==, 65536 / 2);
  for (gint64 i = 0; i < 65536 / 2; i++)
    g_assert_true (is_known (delivered, 2, i + 1));
}

/* A player that jumps about for hours: the smallest holes are closed first. */
static void
test_ranges_bounded (void)
{
  g_autoptr (AcDelivered) delivered = ac_delivered_new ();
  gint64 start_ms = 0, end_ms = 100000;

  ac_delivered_note (delivered, 1, 1, 0, 1000);
  for (gint64 i = 0; i < 500; i++)
    ac_delivered_note (delivered, 1, 1, 50000 + i * 20, 50000 + i * 20 + 10);
  g_assert_true (ac_delivered_clip (delivered, 1, 1, 0, &start_ms, &end_ms));
  g_assert_cmpint (start_ms, ==, 0);
  g_assert_cmpint (end_ms, ==, 1000);
  for (gint64 i = 0; i < 500; i++) {
    start_ms = 50000 + i * 20;
    end_ms = start_ms + 10;
    g_assert_true (ac_delivered_clip (delivered, 1, 1, 0, &start_ms, &end_ms));
    g_assert_cmpint (end_ms, ==, 50000 + i * 20 + 10);
  }
}

/* Against a bitmap that knows everything. */
static void
test_model (void)
{
  enum { LENGTH = 400 };
  g_autoptr (GRand) random = g_rand_new_with_seed (20260101);

  for (guint round = 0; round < 200; round++) {
    g_autoptr (AcDelivered) delivered = ac_delivered_new ();
    gboolean served[LENGTH] = { FALSE };

    for (guint i = 0; i < 12; i++) {
      gint at = g_rand_int_range (random, 0, LENGTH - 20);
      gint n = g_rand_int_range (random, 1, 20);

      ac_delivered_note (delivered, 1, 1, at, at + n);
      for (gint t = at; t < at + n; t++)
        served[t] = TRUE;
    }
    for (guint i = 0; i < 50; i++) {
      gint64 start_ms = g_rand_int_range (random, 0, LENGTH - 1);
      gint64 end_ms = g_rand_int_range (random, start_ms + 1, LENGTH);
      gint64 first = start_ms, after;

      while (first < end_ms && !served[first])
        first++;
      after = first;
      while (after < end_ms && served[after])
        after++;
      g_assert_cmpint (ac_delivered_clip (delivered, 1, 1, 0, &start_ms, &end_ms), ==,
                       after > first);
      if (after > first) {
        g_assert_cmpint (start_ms, ==, first);
        g_assert_cmpint (end_ms, ==, after);
      }
    }
  }
}

static gpointer
note_many (gpointer data)
{
  for (gint64 i = 0; i < 20000; i++)
    ac_delivered_note (data, 1, i % 64 + 1, i * 10, i * 10 + 10);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (AcDelivered) delivered = ac_delivered_new ();
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("note", note_many, delivered);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_true (is_known (delivered, 1, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *path = g_strconcat ("/delivered/clip/", rows[i].name, NULL);

    g_test_add_data_func (path, &rows[i], test_clip);
  }
  g_test_add_func ("/delivered/pairs-apart", test_pairs_apart);
  g_test_add_func ("/delivered/pairs-bounded", test_pairs_bounded);
  g_test_add_func ("/delivered/ranges-bounded", test_ranges_bounded);
  g_test_add_func ("/delivered/model", test_model);
  g_test_add_func ("/delivered/threads", test_threads);
  return g_test_run ();
}
