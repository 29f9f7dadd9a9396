/* A broadcast with a real archive and a worker that does what its feed says; see
 * scripted-worker.c. */
#include "broadcast.h"

#include "snapshot.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define WATCHDOG_S 50
#define LESSON 5
#define SLOT_MS 640
#define INTERRUPTED_MS 700
#define N_FEEDS 2

typedef struct {
  gint64 start_ms, duration_ms;
  gboolean creditable;
} Media;

typedef struct {
  gchar *root;
  AcRecordings *recordings;
  AcRecording *recording;
  AcBroadcast *broadcast;
  AcFeed *feeds[N_FEEDS]; /* NULL: not attached */
  guint watchdog, tick;

  guint n_began, n_over;
  GArray *media;
  AcSnapshot *last;   /* published */
  gboolean seen_dead; /* one that was published said so */
  guint n_interrupted, n_resumed;
} Fixture;

static gchar *trace; /* where the workers write what they hear */
static GString *closings;
static gint n_alarms;

static GLogWriterOutput
count_alarms (GLogLevelFlags level, const GLogField *fields, gsize n_fields,
              gpointer unused)
{
  if ((level & G_LOG_LEVEL_MASK) == G_LOG_LEVEL_CRITICAL)
    g_atomic_int_inc (&n_alarms);
  return G_LOG_WRITER_HANDLED;
}

/* --- what the broadcast says ------------------------------------------------------ */

static void
on_published (AcSnapshot *snapshot, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_clear_pointer (&fixture->last, ac_snapshot_unref);
  fixture->last = ac_snapshot_ref (snapshot);
  fixture->seen_dead |= ac_snapshot_parts (snapshot)->dead;
}

static void
on_began (gint64 lesson, gpointer user_data)
{
  g_assert_cmpint (lesson, ==, LESSON);
  ((Fixture *)user_data)->n_began++;
}

static void
on_over (AcBroadcast *broadcast, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (broadcast == fixture->broadcast);
  fixture->n_over++;
  g_clear_pointer (&fixture->broadcast, ac_broadcast_free);
}

static void
on_media (gint64 lesson, gint64 start_ms, gint64 duration_ms, gboolean creditable,
          gpointer user_data)
{
  const Media media = { start_ms, duration_ms, creditable };

  g_array_append_val (((Fixture *)user_data)->media, media);
}

static void
on_interrupted (gint64 lesson, gboolean interrupted, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpint (lesson, ==, LESSON);
  if (interrupted)
    fixture->n_interrupted++;
  else
    fixture->n_resumed++;
}

static const AcBroadcastHandler handler = {
  .published = on_published,
  .began = on_began,
  .over = on_over,
  .media = on_media,
  .interrupted = on_interrupted,
};

/* --- feeds ------------------------------------------------------------------------ */

static void
on_closed (gpointer owner, const gchar *reason)
{
  g_string_append_printf (closings, "feed-%u:%s\n", GPOINTER_TO_UINT (owner), reason);
}

/* A media tag; @text says what the worker does with it. */
static void
direct_at (Fixture *fixture, guint feed, guint32 timestamp_ms, const gchar *text)
{
  g_autofree gchar *body = g_strdup_printf ("\x27\x01%s", text);
  AcFlvTag tag = { 9, timestamp_ms, g_bytes_new (body, strlen (body)) };

  ac_broadcast_units (fixture->broadcast, fixture->feeds[feed], &tag, 1);
  g_bytes_unref (tag.body);
}

static void
direct (Fixture *fixture, const gchar *text)
{
  direct_at (fixture, 0, 0, text);
}

/* Script data and decoder configurations, told apart by @text. */
static void
send_headers (Fixture *fixture, guint feed, const gchar *text)
{
  const struct {
    guint8 type, first;
  } headers[] = { { 18, 2 }, { 9, 0x17 }, { 8, 0xaf } };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autoptr (GByteArray) body = g_byte_array_new ();
    const guint8 start[] = { headers[i].first, 0 };
    AcFlvTag tag = { .type = headers[i].type };

    g_byte_array_append (body, start, sizeof start);
    g_byte_array_append (body, (const guint8 *)text, strlen (text));
    tag.body = g_bytes_new (body->data, body->len);
    ac_broadcast_units (fixture->broadcast, fixture->feeds[feed], &tag, 1);
    g_bytes_unref (tag.body);
  }
}

static const gchar *
try_to_attach (Fixture *fixture, guint feed)
{
  g_autofree gchar *label = g_strdup_printf ("feed-%u", feed);
  const AcFeedInfo info = {
    .source = { .kind = AC_SOURCE_FLV },
    .label = label,
    .closed = on_closed,
    .owner = GUINT_TO_POINTER (feed),
  };

  return ac_broadcast_attach (fixture->broadcast, &info, &fixture->feeds[feed]);
}

static void
attach (Fixture *fixture, guint feed)
{
  g_assert_cmpstr (try_to_attach (fixture, feed), ==, NULL);
}

static void
detach (Fixture *fixture, guint feed)
{
  ac_broadcast_detach (fixture->broadcast, fixture->feeds[feed]);
}

/* --- waiting ---------------------------------------------------------------------- */

static gboolean
on_watchdog (gpointer unused)
{
  g_error ("the test hangs");
  return G_SOURCE_REMOVE;
}

/* What the workers write to their file wakes nobody. */
static gboolean
on_tick (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

#define WAIT(condition)                                                                \
  while (!(condition))                                                                 \
  g_main_context_iteration (NULL, TRUE)

static gchar *
heard (void)
{
  gchar *text = NULL;

  g_assert_true (g_file_get_contents (trace, &text, NULL, NULL));
  return text;
}

static guint
count (const gchar *text, const gchar *what)
{
  g_auto (GStrv) pieces = g_strsplit (text, what, -1);

  return MAX (g_strv_length (pieces), 1) - 1; /* nothing splits into nothing */
}

static gboolean
was_heard (const gchar *what, guint times)
{
  g_autofree gchar *text = heard ();

  return count (text, what) >= times;
}

#define assert_heard(expected)                                                         \
  G_STMT_START                                                                         \
  {                                                                                    \
    g_autofree gchar *assert_text = heard ();                                          \
    g_assert_cmpstr (assert_text, ==, expected);                                       \
  }                                                                                    \
  G_STMT_END

static void
forget_heard (void)
{
  g_assert_cmpint (truncate (trace, 0), ==, 0);
}

/* One slot after another from the lesson's start, none of another length. */
static void
check_media (Fixture *fixture)
{
  for (guint i = 0; i < fixture->media->len; i++) {
    const Media *media = &g_array_index (fixture->media, Media, i);

    g_assert_cmpint (media->start_ms, ==, (gint64)i * SLOT_MS);
    g_assert_cmpint (media->duration_ms, ==, SLOT_MS);
  }
}

/* The recording says what was told, and every byte is there. */
static void
check_recording (Fixture *fixture)
{
  ac_recording_flush (fixture->recording);
  g_assert_null (ac_recording_error (fixture->recording));
  g_assert_cmpuint (ac_recording_n_slots (fixture->recording), ==, fixture->media->len);
  for (guint i = 0; i < fixture->media->len; i++) {
    g_autofree gchar *expected = g_strdup_printf ("slot at %u", i);
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (GError) error = NULL;
    AcSlotInfo info;

    g_assert_true (ac_recording_get_slot (fixture->recording, i, &info));
    g_assert_cmpint ((info.flags & AC_SLOT_NOT_CREDITABLE) == 0, ==,
                     g_array_index (fixture->media, Media, i).creditable);
    bytes = ac_recording_read (fixture->recording, "v360", info.epoch, info.msn,
                               (gint)info.part, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                     strlen (expected));
  }
}

/* --- fixture ---------------------------------------------------------------------- */

static void
open_broadcast (Fixture *fixture, const gchar *title)
{
  const AcBroadcastPolicy policy = { .interrupted_after_ms = INTERRUPTED_MS };
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->recording, ac_recording_unref);
  fixture->recording = ac_recordings_open (fixture->recordings, LESSON, TRUE, &error);
  g_assert_no_error (error);
  fixture->broadcast = ac_broadcast_new (
      LESSON, title, SCRIPTED_WORKER, fixture->recording, &policy, &handler, fixture);
}

static void
set_up (Fixture *fixture, gconstpointer title)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *archive = NULL;

  fixture->watchdog = g_timeout_add_seconds (WATCHDOG_S, on_watchdog, NULL);
  fixture->tick = g_timeout_add (5, on_tick, NULL);
  fixture->root = g_dir_make_tmp ("airclass-broadcast-XXXXXX", &error);
  g_assert_no_error (error);
  g_file_set_contents (trace, "", 0, &error);
  g_assert_no_error (error);
  archive = g_build_filename (fixture->root, "recordings", NULL);
  fixture->recordings = ac_recordings_new (archive, 1, &error);
  g_assert_no_error (error);
  fixture->media = g_array_new (FALSE, FALSE, sizeof (Media));
  closings = g_string_new (NULL);
  n_alarms = 0;
  open_broadcast (fixture, title != NULL ? title : "a lesson");
}

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  for (const gchar *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_clear_pointer (&fixture->broadcast, ac_broadcast_free);
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1); /* no child, no zombie */
  g_assert_cmpint (errno, ==, ECHILD);
  g_clear_pointer (&fixture->last, ac_snapshot_unref);
  g_clear_pointer (&fixture->recording, ac_recording_unref);
  ac_recordings_unref (fixture->recordings);
  g_array_unref (fixture->media);
  g_string_free (closings, TRUE);
  g_source_remove (fixture->watchdog);
  g_source_remove (fixture->tick);
  remove_tree (fixture->root);
  g_free (fixture->root);
}

/* --- idle ------------------------------------------------------------------------- */

static void
test_begins (Fixture *fixture, gconstpointer unused)
{
  g_assert_false (ac_broadcast_has_media (fixture->broadcast));
  attach (fixture, 0);
  WAIT (was_heard ("begin", 1));
  assert_heard ("configure epoch=1 msn=0 slot=0 rate=0 height=0\nbegin\n");
  g_assert_cmpuint (fixture->n_began, ==, 0);
  direct (fixture, "x");
  direct (fixture, "slate");
  WAIT (fixture->media->len == 2);
  g_assert_cmpuint (fixture->n_began, ==, 1);
  g_assert_true (ac_broadcast_has_media (fixture->broadcast));
  g_assert_true (g_array_index (fixture->media, Media, 0).creditable);
  g_assert_false (g_array_index (fixture->media, Media, 1).creditable);
  g_assert_cmpuint (ac_snapshot_end (fixture->last), ==, 2 * 57600);
  check_media (fixture);
  check_recording (fixture);
}

/* A feed that left before there was a picture has chosen nothing. */
static void
test_back_to_idle (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, 0);
  WAIT (was_heard ("begin", 1));
  detach (fixture, 0);
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
  forget_heard ();
  attach (fixture, 1);
  direct_at (fixture, 1, 0, "x");
  WAIT (fixture->media->len == 1);
  assert_heard ("configure epoch=1 msn=0 slot=0 rate=0 height=0\nbegin\ntag 9 @0 x\n");
}

/* --- feeds ------------------------------------------------------------------- */

static void
test_feed_returns (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, 0);
  send_headers (fixture, 0, "old");
  direct (fixture, "x");
  WAIT (fixture->media->len == 1);
  forget_heard ();
  detach (fixture, 0);
  attach (fixture, 1);
  send_headers (fixture, 1, "new");
  direct_at (fixture, 1, 7, "y");
  WAIT (fixture->media->len == 2);
  assert_heard ("end\nbegin\ntag 18 @0 new\ntag 9 @0 new\ntag 8 @0 new\n"
                "tag 9 @7 y\n");
  check_media (fixture);
}

static void
test_second_feed (Fixture *fixture, gconstpointer unused)
{
  const gchar *refusal;

  attach (fixture, 0);
  direct (fixture, "x");
  WAIT (fixture->media->len == 1);
  forget_heard ();
  refusal = try_to_attach (fixture, 1);
  g_assert_nonnull (refusal);
  g_assert_nonnull (strstr (refusal, "Another encoder"));
  direct (fixture, "y");
  WAIT (fixture->media->len == 2);
  assert_heard ("tag 9 @0 y\n");
  g_assert_cmpstr (closings->str, ==, "");
}

static void
test_takeover (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, 0);
  direct (fixture, "x");
  WAIT (fixture->media->len == 1);
  forget_heard ();
  WAIT (try_to_attach (fixture, 1) == NULL);
  g_assert_cmpstr (closings->str, ==, "feed-0:another encoder took over\n");
  direct_at (fixture, 1, 0, "y");
  WAIT (fixture->media->len == 2);
  assert_heard ("end\nbegin\ntag 9 @0 y\n");
}

/* Slate for longer than the grace; nothing ends. */
static void
test_interrupted (Fixture *fixture, gconstpointer unused)
{
  gint64 before_us;

  attach (fixture, 0);
  direct (fixture, "x");
  WAIT (fixture->media->len == 1);
  before_us = g_get_monotonic_time ();
  detach (fixture, 0);
  WAIT (fixture->n_interrupted == 1);
  g_assert_cmpint ((g_get_monotonic_time () - before_us) / 1000, >=,
                   INTERRUPTED_MS * 9 / 10);
  attach (fixture, 1);
  direct_at (fixture, 1, 0, "slate");
  WAIT (fixture->media->len == 2);
  g_assert_cmpuint (fixture->n_resumed, ==, 0);
  direct_at (fixture, 1, 0, "x");
  WAIT (fixture->media->len == 3);
  g_assert_cmpuint (fixture->n_interrupted, ==, 1);
  g_assert_cmpuint (fixture->n_resumed, ==, 1);
}

/* --- workers ---------------------------------------------------------------------- */

static void
test_worker_dies (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, 0);
  send_headers (fixture, 0, "old");
  send_headers (fixture, 0, "new");
  for (guint i = 0; i < 4; i++)
    direct (fixture, "x");
  WAIT (fixture->media->len == 4);
  forget_heard ();
  direct_at (fixture, 0, 77, "die");
  WAIT (fixture->media->len == 5);
  WAIT (was_heard ("tag 8", 1));
  assert_heard ("tag 9 @77 die\n"
                "configure epoch=2 msn=2 slot=4 rate=25 height=360\n"
                "begin\ntag 18 @77 new\ntag 9 @77 new\ntag 8 @77 new\n");
  g_assert_cmpuint (ac_broadcast_worker_restarts (fixture->broadcast), ==, 1);
  g_assert_false (g_array_index (fixture->media, Media, 4).creditable);
  direct (fixture, "x");
  WAIT (fixture->media->len == 6);
  g_assert_cmpuint (fixture->n_began, ==, 1);
  g_assert_false (fixture->seen_dead);
  check_media (fixture);
  check_recording (fixture);
}

/* Without a feed the next one begins all the same, on slate, and hears of none. */
static void
test_worker_dies_alone (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, 0);
  send_headers (fixture, 0, "gone");
  direct (fixture, "x");
  WAIT (fixture->media->len == 1);
  direct (fixture, "die");
  detach (fixture, 0);
  WAIT (ac_broadcast_worker_restarts (fixture->broadcast) == 1);
  forget_heard (); /* the next has not been started yet */
  WAIT (fixture->media->len == 2);
  assert_heard ("configure epoch=2 msn=1 slot=1 rate=25 height=360\n");
  attach (fixture, 1);
  WAIT (was_heard ("begin\n", 1));
  direct_at (fixture, 1, 0, "x");
  WAIT (fixture->media->len == 3);
  assert_heard ("configure epoch=2 msn=1 slot=1 rate=25 height=360\n"
                "begin\ntag 9 @0 x\n");
  check_media (fixture);
  check_recording (fixture);
}

/* The pauses between starts grow; who waits is told when they are long. */
static void
test_back_off (Fixture *fixture, gconstpointer unused)
{
  static const gint64 pauses_ms[] = { 50, 200, 800 };
  gint64 before_us = g_get_monotonic_time ();

  attach (fixture, 0);
  WAIT (was_heard ("configure", 1));
  for (guint i = 0; i < G_N_ELEMENTS (pauses_ms); i++) {
    before_us = g_get_monotonic_time ();
    WAIT (ac_broadcast_worker_restarts (fixture->broadcast) == i + 1);
    WAIT (was_heard ("configure", i + 2));
    g_assert_cmpint ((g_get_monotonic_time () - before_us) / 1000, >=,
                     pauses_ms[i] * 9 / 10);
  }
  WAIT (ac_broadcast_worker_restarts (fixture->broadcast) == 4);
  g_assert_cmpuint (fixture->media->len, ==, 0);
  g_assert_null (fixture->last); /* nothing was ever published */
  /* While it waits for the next start it can be ended at once. */
  ac_broadcast_end (fixture->broadcast);
  g_assert_cmpuint (fixture->n_over, ==, 1);
}

static void
test_dead (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, 0);
  direct (fixture, "x");
  WAIT (fixture->media->len == 1);
  for (guint i = 1; i <= 4; i++) {
    g_assert_false (fixture->seen_dead);
    direct (fixture, "die");
    WAIT (ac_broadcast_worker_restarts (fixture->broadcast) == i);
    if (i < 4)
      WAIT (fixture->media->len == 1 + i);
  }
  g_assert_true (ac_snapshot_parts (fixture->last)->dead);
  WAIT (fixture->media->len == 5);
  g_assert_false (ac_snapshot_parts (fixture->last)->dead);
  check_media (fixture);
}

/* Whatever it sends but the very next slot: it is replaced and nothing of it is told.
 */
static void
test_wrong_slot (Fixture *fixture, gconstpointer what)
{
  attach (fixture, 0);
  direct (fixture, "x");
  direct (fixture, "x");
  WAIT (fixture->media->len == 2);
  direct (fixture, what);
  direct (fixture, "x");
  WAIT (fixture->media->len == 3);
  g_assert_cmpuint (ac_broadcast_worker_restarts (fixture->broadcast), ==, 1);
  g_assert_cmpuint (ac_snapshot_end (fixture->last), ==, 3 * 57600);
  check_media (fixture);
  check_recording (fixture);
}

static void
test_wrong_epoch (Fixture *fixture, gconstpointer what)
{
  attach (fixture, 0);
  direct (fixture, what);
  WAIT (ac_broadcast_worker_restarts (fixture->broadcast) == 1);
  direct (fixture, "lost between two workers");
  WAIT (was_heard ("begin", 2));
  direct (fixture, "x");
  WAIT (fixture->media->len == 1);
  check_media (fixture);
  check_recording (fixture);
}

/* It is dead already when its nonsense is read: there is no process to kill, least of
 * all number 0, which stands for our own group. */
static void
test_nonsense_of_the_dead (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, 0);
  WAIT (was_heard ("begin", 1));
  direct (fixture, "nonsense");
  WAIT (ac_broadcast_worker_restarts (fixture->broadcast) == 1);
  WAIT (fixture->media->len == 201); /* the next one's first follows the good ones */
  check_media (fixture);
}

/* --- the end ---------------------------------------------------------------------- */

static void
test_end (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, 0);
  direct (fixture, "x");
  WAIT (fixture->media->len == 1);
  forget_heard ();
  ac_broadcast_end (fixture->broadcast);
  ac_broadcast_end (fixture->broadcast);
  g_assert_nonnull (try_to_attach (fixture, 1));
  WAIT (fixture->n_over == 1);
  assert_heard ("finish\n");
  g_assert_cmpstr (closings->str, ==, "feed-0:the lesson has ended\n");
  g_assert_cmpuint (fixture->media->len, ==, 2);
  g_assert_true (ac_snapshot_parts (fixture->last)->ended);
  g_assert_cmpuint (ac_snapshot_end (fixture->last), ==, 2 * 57600);
  check_recording (fixture);
  g_assert_true (ac_recording_is_finished (fixture->recording));
}

static void
test_end_without_media (Fixture *fixture, gconstpointer unused)
{
  ac_broadcast_end (fixture->broadcast);
  g_assert_cmpuint (fixture->n_over, ==, 1);
  ac_recording_flush (fixture->recording);
  g_assert_true (ac_recording_is_finished (fixture->recording));
}

/* Its feed is there, but the worker has nothing yet. */
static void
test_end_before_media (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, 0);
  direct (fixture, "wait");
  ac_broadcast_end (fixture->broadcast);
  WAIT (fixture->n_over == 1);
  g_assert_cmpuint (fixture->media->len, ==, 0);
  g_assert_cmpuint (fixture->n_began, ==, 0);
}

static void
test_end_clumsily (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, 0);
  direct (fixture, "x");
  WAIT (fixture->media->len == 1);
  ac_broadcast_end (fixture->broadcast);
  WAIT (fixture->n_over == 1);
  g_assert_true (ac_snapshot_parts (fixture->last)->ended);
  check_recording (fixture);
  g_assert_true (ac_recording_is_finished (fixture->recording));
}

static void
test_suspend (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, 0);
  direct (fixture, "x");
  WAIT (fixture->media->len == 1);
  ac_broadcast_suspend (fixture->broadcast);
  ac_broadcast_suspend (fixture->broadcast);
  WAIT (fixture->n_over == 1);
  g_assert_cmpstr (closings->str, ==, "feed-0:the server is stopping\n");
  g_assert_cmpuint (fixture->media->len, ==, 2);
  g_assert_false (ac_snapshot_parts (fixture->last)->ended);
  check_recording (fixture);
  g_assert_false (ac_recording_is_finished (fixture->recording));

  /* The next start goes on by itself, and tells again what is recorded. */
  g_array_set_size (fixture->media, 0);
  forget_heard ();
  open_broadcast (fixture, "a lesson");
  WAIT (fixture->media->len == 3);
  assert_heard ("configure epoch=2 msn=1 slot=2 rate=25 height=360\n");
  g_assert_cmpuint (fixture->n_began, ==, 1);
  attach (fixture, 1);
  direct_at (fixture, 1, 0, "x");
  WAIT (fixture->media->len == 4);
  check_media (fixture);
  check_recording (fixture);
}

/* The lesson ends while the daemon stops: one end, and it is the lesson's. */
static void
test_end_then_suspend (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, 0);
  direct (fixture, "x");
  WAIT (fixture->media->len == 1);
  ac_broadcast_end (fixture->broadcast);
  ac_broadcast_suspend (fixture->broadcast);
  WAIT (fixture->n_over == 1);
  g_assert_true (ac_snapshot_parts (fixture->last)->ended);
  ac_recording_flush (fixture->recording);
  g_assert_true (ac_recording_is_finished (fixture->recording));
}

static void
test_free (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, 0);
  WAIT (was_heard ("begin", 1));
  g_clear_pointer (&fixture->broadcast, ac_broadcast_free);
  g_assert_cmpuint (fixture->n_over, ==, 0);
}

/* --- the disk --------------------------------------------------------------------- */

/* No file grows any more: live goes on, and says so once. */
static void
test_disk_full (Fixture *fixture, gconstpointer unused)
{
  struct rlimit before, full;

  attach (fixture, 0);
  direct (fixture, "x");
  WAIT (fixture->media->len == 1);
  ac_recording_flush (fixture->recording);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  full = before;
  full.rlim_cur = 1;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &full), ==, 0);
  direct (fixture, "x");
  WAIT (fixture->media->len == 2);
  ac_recording_flush (fixture->recording);
  setrlimit (RLIMIT_FSIZE, &before);
  for (guint i = 0; i < 5; i++)
    direct (fixture, "x");
  WAIT (fixture->media->len == 7);
  g_assert_cmpint (g_atomic_int_get (&n_alarms), ==, 1);
  g_assert_cmpuint (ac_recording_n_slots (fixture->recording), ==, 1);
  g_assert_cmpuint (ac_snapshot_end (fixture->last), ==, 7 * 57600);
  check_media (fixture);
  ac_broadcast_end (fixture->broadcast);
  WAIT (fixture->n_over == 1);
  g_assert_cmpint (g_atomic_int_get (&n_alarms), ==, 1);
}

/* The daemon dies while the lesson is ahead of its recording: the next one begins
 * behind what was published, in an epoch that never was. */
static void
test_ahead_of_recording (Fixture *fixture, gconstpointer unused)
{
  const AcPublished published = { 4, 9, 9 * 172800 };
  g_autofree gchar *archive = g_build_filename (fixture->root, "recordings", NULL);

  attach (fixture, 0);
  direct (fixture, "x");
  WAIT (fixture->media->len == 1);
  ac_broadcast_suspend (fixture->broadcast);
  WAIT (fixture->n_over == 1);
  ac_recording_note_published (fixture->recording, &published);
  g_clear_pointer (&fixture->last, ac_snapshot_unref);
  g_clear_pointer (&fixture->recording, ac_recording_unref);
  ac_recordings_unref (fixture->recordings);
  fixture->recordings = ac_recordings_new (archive, 1, NULL);
  forget_heard ();
  open_broadcast (fixture, "a lesson");
  WAIT (was_heard ("configure epoch=5 msn=10 slot=27", 1));
  WAIT (fixture->last != NULL &&
        ac_snapshot_end (fixture->last) > published.next_start);
  g_assert_cmpuint (ac_snapshot_edge (fixture->last).msn, >=, 10);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *path, *data; /* the lesson's title, or what the test is told */
    void (*run) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/broadcast/begins", NULL, test_begins },
    { "/broadcast/back-to-idle", NULL, test_back_to_idle },
    { "/broadcast/feed-returns", NULL, test_feed_returns },
    { "/broadcast/second-feed", NULL, test_second_feed },
    { "/broadcast/takeover", NULL, test_takeover },
    { "/broadcast/interrupted", NULL, test_interrupted },
    { "/broadcast/worker-dies", NULL, test_worker_dies },
    { "/broadcast/worker-dies-alone", NULL, test_worker_dies_alone },
    { "/broadcast/back-off", "stillborn", test_back_off },
    { "/broadcast/dead", NULL, test_dead },
    { "/broadcast/wrong-slot/again", "again", test_wrong_slot },
    { "/broadcast/wrong-slot/ahead", "ahead", test_wrong_slot },
    { "/broadcast/wrong-slot/far-segment", "far-segment", test_wrong_slot },
    { "/broadcast/wrong-slot/other-part", "other-part", test_wrong_slot },
    { "/broadcast/wrong-slot/too-long", "too-long", test_wrong_slot },
    { "/broadcast/wrong-epoch/start", "wrong-start", test_wrong_epoch },
    { "/broadcast/wrong-epoch/msn", "wrong-msn", test_wrong_epoch },
    { "/broadcast/nonsense-of-the-dead", NULL, test_nonsense_of_the_dead },
    { "/broadcast/end", NULL, test_end },
    { "/broadcast/end-without-media", NULL, test_end_without_media },
    { "/broadcast/end-before-media", NULL, test_end_before_media },
    { "/broadcast/end-clumsily", "clumsy", test_end_clumsily },
    { "/broadcast/suspend", NULL, test_suspend },
    { "/broadcast/end-then-suspend", NULL, test_end_then_suspend },
    { "/broadcast/free", NULL, test_free },
    { "/broadcast/disk-full", NULL, test_disk_full },
    { "/broadcast/ahead-of-recording", NULL, test_ahead_of_recording },
  };

  gint status;

  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (count_alarms, NULL, NULL);
  g_close (g_file_open_tmp ("airclass-trace-XXXXXX", &trace, NULL), NULL);
  g_setenv ("AIRCLASS_TRACE", trace, TRUE); /* before there are threads */
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, tests[i].data, set_up, tests[i].run, tear_down);
  status = g_test_run ();
  g_unlink (trace);
  g_free (trace);
  return status;
}
