/* test-threads.c - many threads on one recording; meant for the thread sanitizer. */
#include "fixture.h"

#define N_SLOTS 300
#define N_READERS 3

typedef struct {
  Fixture *fixture;
  AcRecording *recording;
  gint n_async; /* atomic: reads whose answer is awaited */
  gint n_checked;
} Shared;

static void
check_bytes (GBytes *bytes, const GError *error, gpointer user_data)
{
  Shared *shared = user_data;

  /* Every byte of it is looked at. */
  if (bytes != NULL) {
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);
    for (gsize i = 0; i < size; i++)
      g_assert_cmpuint (data[i], !=, 0);
  } else {
    g_assert_true (
        g_error_matches (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND) ||
        g_error_matches (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_IO));
  }
  g_atomic_int_add (&shared->n_async, -1);
}

static gpointer
run_reader (gpointer data)
{
  Shared *shared = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  guint64 n;

  do {
    n = ac_recording_n_slots (shared->recording);
    if (n == 0)
      continue;
    guint64 nth = g_rand_int (rand) % n;
    AcSlotInfo info;
    test_check_slot (shared->recording, nth);
    g_assert_true (ac_recording_get_slot (shared->recording, nth, &info));
    g_atomic_int_inc (&shared->n_async);
    ac_recording_read_async (shared->fixture->recordings, shared->recording, "v480",
                             info.epoch, info.msn, -1, check_bytes, shared);
    g_atomic_int_inc (&shared->n_checked);
  } while (n < N_SLOTS);
  return NULL;
}

/* Opens and drops the same lesson and another one all the time. */
static gpointer
run_opener (gpointer data)
{
  Shared *shared = data;
  guint64 n;

  do {
    g_autoptr (AcRecording) same = fixture_open (shared->fixture, TEST_LESSON);
    g_autoptr (AcRecording) other = fixture_open (shared->fixture, TEST_LESSON + 1);
    g_autoptr (GError) broke = ac_recording_error (same);
    g_assert_no_error (broke);
    g_assert_true (same == shared->recording);
    g_assert_cmpuint (ac_recording_n_epochs (other), ==, 0);
    n = ac_recording_n_slots (same);
  } while (n < N_SLOTS);
  return NULL;
}

static void
test_everything_at_once (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  Shared shared = { .fixture = self, .recording = recording };
  GThread *threads[N_READERS + 2];

  for (guint i = 0; i < N_READERS; i++)
    threads[i] = g_thread_new ("reader", run_reader, &shared);
  threads[N_READERS] = g_thread_new ("opener", run_opener, &shared);
  threads[N_READERS + 1] = g_thread_new ("opener", run_opener, &shared);
  test_record (recording, 4, N_SLOTS / 2);
  test_record (recording, 3, N_SLOTS / 2);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (shared.n_checked, >, 0);
  g_assert_true (ac_recording_finish (recording, NULL));
  ac_recording_flush (recording);
  test_check_all (recording);
  g_clear_pointer (&recording, ac_recording_unref);
  fixture_stop (self); /* answers every read */
  g_assert_cmpint (g_atomic_int_get (&shared.n_async), ==, 0);
}

/* The last reference goes while another thread opens. */
static gpointer
run_churn (gpointer data)
{
  Fixture *fixture = data;

  for (guint i = 0; i < 200; i++) {
    g_autoptr (AcRecording) recording = fixture_open (fixture, TEST_LESSON);
    g_assert_cmpuint (ac_recording_n_slots (recording), ==, 5);
  }
  return NULL;
}

static void
test_churn (Fixture *self, gconstpointer data)
{
  GThread *threads[4];
  AcRecording *recording = fixture_open (self, TEST_LESSON);

  test_record (recording, 3, 5);
  ac_recording_unref (recording);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("churn", run_churn, self);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/threads/everything-at-once", Fixture, NULL, fixture_set_up,
              test_everything_at_once, fixture_tear_down);
  g_test_add ("/threads/churn", Fixture, NULL, fixture_set_up, test_churn,
              fixture_tear_down);
  return g_test_run ();
}
