/* Pictures and sound that wait for their time: frame_queue and sound_ring. */
#include "frame_queue.h"
#include "sound_ring.h"

#define MS G_GINT64_CONSTANT (1000)
#define PERIOD (40 * MS)
#define START (G_GINT64_CONSTANT (1000) * G_USEC_PER_SEC)

static GstBuffer *
frame (guint64 number)
{
  GstBuffer *buffer = gst_buffer_new ();

  GST_BUFFER_OFFSET (buffer) = number;
  return buffer;
}

/* Returns: the number of the frame that @tick shows, -1 for none. */
static gint
take (AcFrameQueue *queue, gint64 tick_us, guint *dropped)
{
  g_autoptr (GstBuffer) buffer = ac_frame_queue_take (queue, tick_us, PERIOD, dropped);

  return buffer != NULL ? (gint)GST_BUFFER_OFFSET (buffer) : -1;
}

/* Equal rates, whatever the phase and with jitter of milliseconds: one to one. */
static void
test_equal_rates (void)
{
  for (gint64 phase = -15 * MS; phase <= 15 * MS; phase += 5 * MS) {
    g_autoptr (AcFrameQueue) queue = ac_frame_queue_new ();
    guint dropped = 0;

    for (guint i = 0; i < 100; i++) {
      gint64 jitter = (gint64)(i * 7 % 3) * MS - MS;

      ac_frame_queue_push (queue, frame (i), START + i * PERIOD + phase + jitter);
      g_assert_cmpint (take (queue, START + i * PERIOD, &dropped), ==, (gint)i);
    }
    g_assert_cmpuint (dropped, ==, 0);
  }
}

/* 300 ppm of drift over 20 minutes: corrections are rare, one at a time. */
static void
test_drift (void)
{
  const gint64 periods[] = { PERIOD + 12, PERIOD - 12 };

  for (guint p = 0; p < G_N_ELEMENTS (periods); p++) {
    g_autoptr (AcFrameQueue) queue = ac_frame_queue_new ();
    guint n_frames = 20 * 60 * 25, next = 0, held = 0, dropped = 0;

    for (guint i = 0; i < n_frames; i++) {
      gint64 tick_us = START + i * PERIOD;

      while (START + next * periods[p] <= tick_us + 100 * MS) {
        ac_frame_queue_push (queue, frame (next), START + next * periods[p]);
        next++;
      }
      held += take (queue, tick_us, &dropped) < 0;
    }
    g_assert_cmpuint (held + dropped, >=, 8);
    g_assert_cmpuint (held + dropped, <=, 10);
  }
}

static void
test_other_rates (void)
{
  static const struct {
    guint rate;
    guint held, dropped; /* of 100 ticks at 25 */
  } table[] = { { 50, 0, 99 }, { 25, 0, 0 }, { 24, 4, 0 }, { 12, 52, 0 } };

  for (guint t = 0; t < G_N_ELEMENTS (table); t++) {
    g_autoptr (AcFrameQueue) queue = ac_frame_queue_new ();
    guint next = 0, held = 0, dropped = 0;

    for (guint i = 0; i < 100; i++) {
      while (next * G_USEC_PER_SEC / table[t].rate <= i * PERIOD + 100 * MS) {
        ac_frame_queue_push (queue, frame (next),
                             START + (gint64)(next * G_USEC_PER_SEC / table[t].rate));
        next++;
      }
      held += take (queue, START + i * PERIOD, &dropped) < 0;
    }
    g_assert_cmpint (ABS ((gint)held - (gint)table[t].held), <=, 1);
    g_assert_cmpint (ABS ((gint)dropped - (gint)table[t].dropped), <=, 1);
  }
}

static void
test_superseded (void)
{
  g_autoptr (AcFrameQueue) queue = ac_frame_queue_new ();
  guint dropped = 0;

  ac_frame_queue_push (queue, frame (1), START + 100 * MS);
  ac_frame_queue_push (queue, frame (2), START + 500 * MS);
  ac_frame_queue_push (queue, frame (3), START + 100 * MS);
  g_assert_cmpint (take (queue, START, &dropped), ==, -1);
  g_assert_cmpint (take (queue, START + 100 * MS, &dropped), ==, 3);
  g_assert_cmpint (ac_frame_queue_first_due (queue), ==, -1);
}

/* Of more than it holds it loses every second, and no span of time. */
static void
test_queue_bound (void)
{
  g_autoptr (AcFrameQueue) queue = ac_frame_queue_new ();
  guint held = 0, dropped = 0;

  for (guint i = 0; i < AC_FRAME_QUEUE_MAX + 10; i++)
    ac_frame_queue_push (queue, frame (i), START + i * PERIOD);
  g_assert_cmpint (ac_frame_queue_first_due (queue), ==, START);
  g_assert_cmpuint (ac_frame_queue_length (queue), ==, AC_FRAME_QUEUE_MAX / 2 + 10);
  for (guint i = 0; i < AC_FRAME_QUEUE_MAX + 10; i++)
    held += take (queue, START + i * PERIOD, &dropped) < 0;
  g_assert_cmpuint (held, ==, AC_FRAME_QUEUE_MAX / 2);
  g_assert_cmpuint (dropped, ==, 0);
  g_assert_cmpint (ac_frame_queue_first_due (queue), ==, -1);
}

/* A source at 50 fps that is 1.5 s ahead: there is a picture for every tick or two. */
static void
test_far_ahead (void)
{
  g_autoptr (AcFrameQueue) queue = ac_frame_queue_new ();
  guint next = 0, held = 0, dropped = 0;

  for (guint i = 0; i < 250; i++) {
    for (; next * 20 * MS <= i * PERIOD + 1500 * MS; next++)
      ac_frame_queue_push (queue, frame (next), START + next * 20 * MS);
    held = take (queue, START + i * PERIOD, &dropped) < 0 ? held + 1 : 0;
    g_assert_cmpuint (held, <=, 1);
  }
}

/* --- sound ------------------------------------------------------------------------ */

static void
write_value (AcSoundRing *ring, gint16 value, gsize n, gint64 due_us, gboolean broken)
{
  g_autofree gint16 *samples = g_new (gint16, n);

  for (gsize i = 0; i < n; i++)
    samples[i] = value;
  ac_sound_ring_write (ring, samples, n, due_us, broken);
}

/* Reads @n samples and describes them as runs: "0x480 7x1024 ". */
static gchar *
read_runs (AcSoundRing *ring, gsize n)
{
  g_autofree gint16 *samples = g_new (gint16, n);
  GString *runs = g_string_new (NULL);
  gsize from = 0;

  ac_sound_ring_read (ring, samples, n);
  for (gsize i = 1; i <= n; i++) {
    if (i < n && samples[i] == samples[from])
      continue;
    g_string_append_printf (runs, "%dx%" G_GSIZE_FORMAT " ", samples[from], i - from);
    from = i;
  }
  return g_string_free (runs, FALSE);
}

static void
expect_runs (AcSoundRing *ring, gsize n, const gchar *expected)
{
  g_autofree gchar *runs = read_runs (ring, n);

  g_assert_cmpstr (runs, ==, expected);
}

static void
test_placed (void)
{
  g_autoptr (AcSoundRing) ring = ac_sound_ring_new ();

  ac_sound_ring_start (ring, START);
  g_assert_cmpuint (ac_sound_ring_length (ring), ==, 0);
  write_value (ring, 7, 480, START + 10 * MS, TRUE);
  g_assert_cmpuint (ac_sound_ring_length (ring), ==, 960); /* 480 of silence */
  expect_runs (ring, 1440, "0x480 7x480 0x480 ");
  g_assert_cmpuint (ac_sound_ring_length (ring), ==, 0);
}

/* Rounded timestamps are joined, a broken line is put where it belongs. */
static void
test_joined (void)
{
  g_autoptr (AcSoundRing) ring = ac_sound_ring_new ();

  ac_sound_ring_start (ring, START);
  write_value (ring, 1, 480, START, TRUE);
  write_value (ring, 2, 480, START + 12 * MS, FALSE);
  write_value (ring, 3, 480, START + 18 * MS, FALSE);
  write_value (ring, 4, 480, START + 40 * MS, TRUE);
  write_value (ring, 5, 480, START + 100 * MS, FALSE); /* 50 ms off: a gap */
  expect_runs (ring, 5280, "1x480 2x480 3x480 0x480 4x480 0x2400 5x480 ");
}

static void
test_backwards (void)
{
  g_autoptr (AcSoundRing) ring = ac_sound_ring_new ();

  ac_sound_ring_start (ring, START);
  write_value (ring, 1, 4800, START, TRUE);
  write_value (ring, 2, 480, START + 20 * MS, TRUE); /* cuts what was after it */
  expect_runs (ring, 4800, "1x960 2x480 0x3360 ");
}

static void
test_late_and_early (void)
{
  g_autoptr (AcSoundRing) ring = ac_sound_ring_new ();

  ac_sound_ring_start (ring, START);
  write_value (ring, 1, 960, START - 10 * MS, TRUE);   /* half of it is over */
  write_value (ring, 2, 480, START + 3000 * MS, TRUE); /* beyond the ring */
  write_value (ring, 3, 480, START - 100 * MS, TRUE);  /* all of it is over */
  expect_runs (ring, 960, "1x480 0x480 ");
}

/* Sound that comes after silence is not joined to where silence happened to end. */
static void
test_after_silence (void)
{
  g_autoptr (AcSoundRing) ring = ac_sound_ring_new ();

  ac_sound_ring_start (ring, START);
  write_value (ring, 1, 480, START, TRUE);
  expect_runs (ring, 960, "1x480 0x480 ");
  write_value (ring, 2, 480, START + 30 * MS, FALSE);
  expect_runs (ring, 960, "0x480 2x480 ");
}

/* Before it is started it keeps the newest two seconds. */
static void
test_before_start (void)
{
  g_autoptr (AcSoundRing) ring = ac_sound_ring_new ();

  for (guint i = 0; i < 500; i++)
    write_value (ring, (gint16)(i + 1), 480, START + i * 10 * MS, i == 0);
  ac_sound_ring_start (ring, START + 4900 * MS);
  expect_runs (ring, 960, "491x480 492x480 ");
  ac_sound_ring_skip (ring, 480 * 6);
  expect_runs (ring, 1440, "499x480 500x480 0x480 ");
}

static void
test_start_long_ago (void)
{
  g_autoptr (AcSoundRing) ring = ac_sound_ring_new ();

  for (guint i = 0; i < 500; i++)
    write_value (ring, 9, 480, START + i * 10 * MS, i == 0);
  ac_sound_ring_start (ring, START); /* older than what was kept */
  expect_runs (ring, 96000, "0x96000 ");
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/frame-queue/equal-rates", test_equal_rates);
  g_test_add_func ("/frame-queue/drift", test_drift);
  g_test_add_func ("/frame-queue/other-rates", test_other_rates);
  g_test_add_func ("/frame-queue/superseded", test_superseded);
  g_test_add_func ("/frame-queue/bound", test_queue_bound);
  g_test_add_func ("/frame-queue/far-ahead", test_far_ahead);
  g_test_add_func ("/sound-ring/placed", test_placed);
  g_test_add_func ("/sound-ring/joined", test_joined);
  g_test_add_func ("/sound-ring/backwards", test_backwards);
  g_test_add_func ("/sound-ring/late-and-early", test_late_and_early);
  g_test_add_func ("/sound-ring/after-silence", test_after_silence);
  g_test_add_func ("/sound-ring/before-start", test_before_start);
  g_test_add_func ("/sound-ring/start-long-ago", test_start_long_ago);
  return g_test_run ();
}
