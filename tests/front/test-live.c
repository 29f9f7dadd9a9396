/* The real hub under the real front: what the two make of each other. */
#include "front.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#define LESSON 5

typedef struct {
  AcFront *front;
  AcRecordings *recordings;
  AcDelivered *delivered;
  AcLiveWindow *window;
  SoupSession *session;
  gchar *folder, *token;
  guint64 n_slots;
  guint n_wanted;
} Fixture;

static const AcMediaKey key = { { 9 } };

static void
on_wanted (gint64 lesson, gpointer user_data)
{
  Fixture *self = user_data;

  self->n_wanted++;
  if (lesson == LESSON) {
    AcSnapshot *snapshot = ac_live_window_snapshot (self->window);

    ac_front_publish (self->front, snapshot);
    ac_snapshot_unref (snapshot);
  } else {
    ac_front_absent (self->front, lesson);
  }
}

static void
add_slot (Fixture *self)
{
  g_autofree gchar *text = g_strdup_printf ("part %" G_GUINT64_FORMAT, self->n_slots);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  guint32 part = self->n_slots % 4;
  g_autoptr (AcSlot) slot = ac_slot_new (&(AcSlot){
      .epoch = 1,
      .part = part,
      .msn = self->n_slots / 4,
      .start = self->n_slots * 48000,
      .duration = 48000,
      .flags = (part == 0 ? AC_SLOT_SEGMENT_START : 0) |
               (part == 3 ? AC_SLOT_SEGMENT_END : 0),
      .wall_ms = 1767225600000 + self->n_slots * 533,
      .n_parts = 1,
      .parts = { bytes },
  });

  ac_live_window_append (self->window, slot);
  self->n_slots++;
}

static void
publish (Fixture *self)
{
  AcSnapshot *snapshot = ac_live_window_snapshot (self->window);

  ac_front_publish (self->front, snapshot);
  ac_snapshot_unref (snapshot);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  static const AcFrontHandler handler = { .lesson_wanted = on_wanted };
  g_autoptr (GBytes) init = g_bytes_new_static ("init", 4);
  g_autofree gchar *index = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcMediaEpoch) epoch = ac_media_epoch_new (&(AcMediaEpoch){
      .number = 1,
      .wall_start_ms = 1767225600000,
      .slot_duration = 48000,
      .slots_per_segment = 4,
      .n_tracks = 1,
      .tracks = { { .name = "v360",
                    .timescale = 90000,
                    .width = 640,
                    .height = 360,
                    .frames_per_1000s = 30000,
                    .codecs = "avc1.64001e",
                    .init = init } },
  });
  AcFrontConfig config = { .listen = "127.0.0.1:0", .n_threads = 2 };

  self->folder = g_dir_make_tmp ("ac-live-XXXXXX", NULL);
  index = g_build_filename (self->folder, "index.html", NULL);
  g_assert_true (g_file_set_contents (index, "x", 1, NULL));
  config.web_root = self->folder;
  self->recordings = ac_recordings_new (self->folder, 1, &error);
  g_assert_no_error (error);
  self->delivered = ac_delivered_new ();
  self->window = ac_live_window_new (LESSON, NULL);
  ac_live_window_begin_epoch (self->window, epoch);
  for (guint i = 0; i < 8; i++)
    add_slot (self);
  self->token =
      ac_media_token_new (&key, LESSON, 3, g_get_real_time () / 1000000 + 3600);
  self->session =
      soup_session_new_with_options ("max-conns", 64, "max-conns-per-host", 64, NULL);
  self->front = ac_front_new (&config, self->recordings, self->delivered, &key,
                              &handler, self, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree gchar *index = g_build_filename (self->folder, "index.html", NULL);

  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_clear_pointer (&self->front, ac_front_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  ac_live_window_free (self->window);
  ac_recordings_unref (self->recordings);
  ac_delivered_unref (self->delivered);
  g_unlink (index);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->token);
}

typedef struct {
  SoupMessage *message;
  GBytes *body;
} Fetch;

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer data)
{
  Fetch *fetch = data;
  g_autoptr (GError) error = NULL;

  fetch->body =
      soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  g_assert_no_error (error);
}

static void
start (Fixture *self, Fetch *fetch, const gchar *token, gint64 lesson,
       const gchar *rest)
{
  g_autofree gchar *url =
      g_strdup_printf ("http://127.0.0.1:%u/live/%s/%" G_GINT64_FORMAT "/%s",
                       ac_front_port (self->front), token, lesson, rest);

  *fetch = (Fetch){ .message = soup_message_new ("GET", url) };
  soup_session_send_and_read_async (self->session, fetch->message, G_PRIORITY_DEFAULT,
                                    NULL, on_fetched, fetch);
}

static void
finish (Fetch *fetch)
{
  gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (fetch->body == NULL) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, FALSE);
    g_usleep (200);
  }
}

static void
fetch_clear (Fetch *fetch)
{
  g_clear_object (&fetch->message);
  g_clear_pointer (&fetch->body, g_bytes_unref);
}

static void
assert_fetch (Fixture *self, const gchar *token, gint64 lesson, const gchar *rest,
              guint status, const gchar *part_of_body)
{
  Fetch fetch;
  g_autofree gchar *body = NULL;

  start (self, &fetch, token, lesson, rest);
  finish (&fetch);
  body = g_strndup (g_bytes_get_data (fetch.body, NULL), g_bytes_get_size (fetch.body));
  if (soup_message_get_status (fetch.message) != status)
    g_error ("%s gave %u", rest, soup_message_get_status (fetch.message));
  if (part_of_body != NULL)
    g_assert_nonnull (strstr (body, part_of_body));
  g_assert_cmpstr (
      soup_message_headers_get_one (soup_message_get_response_headers (fetch.message),
                                    "Access-Control-Allow-Origin"),
      ==, "*");
  fetch_clear (&fetch);
}

static void
test_at_once (Fixture *self, gconstpointer data)
{
  g_autofree gchar *other = ac_media_token_new (&key, 6, 0, G_MAXINT32);

  assert_fetch (self, self->token, LESSON, "multivariant.m3u8", 200, "#EXTM3U");
  assert_fetch (self, self->token, LESSON, "v360/playlist.m3u8", 200, "#EXT-X-MAP");
  assert_fetch (self, self->token, LESSON, "v360/1/init.mp4", 200, "init");
  assert_fetch (self, self->token, LESSON, "v360/1/0.2.m4s", 200, "part 2");
  assert_fetch (self, self->token, LESSON, "v360/1/0.m4s", 200, "part 0part 1");
  assert_fetch (self, self->token, LESSON, "v360/1/0.9.m4s", 404, NULL);
  assert_fetch (self, self->token, LESSON, "v360/playlist.m3u8?_HLS_part=1", 400, NULL);
  assert_fetch (self, self->token, LESSON, "v360/playlist.m3u8?_HLS_msn=99", 400, NULL);
  assert_fetch (self, other, LESSON, "v360/playlist.m3u8", 403, NULL);
  assert_fetch (self, other, 6, "v360/playlist.m3u8", 404, NULL);
  g_assert_cmpuint (self->n_wanted, >=, 2); /* by one thread or by both */
}

/* Reloads and the hinted part, held by both threads and answered by one publication. */
static void
test_held (Fixture *self, gconstpointer data)
{
  Fetch reloads[24], hinted;

  assert_fetch (self, self->token, LESSON, "v360/playlist.m3u8", 200, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (reloads); i++)
    start (self, &reloads[i], self->token, LESSON,
           "v360/playlist.m3u8?_HLS_msn=2&_HLS_part=0");
  start (self, &hinted, self->token, LESSON, "v360/1/2.0.m4s");
  add_slot (self);
  publish (self);
  for (guint i = 0; i < G_N_ELEMENTS (reloads); i++) {
    finish (&reloads[i]);
    g_assert_cmpuint (soup_message_get_status (reloads[i].message), ==, 200);
    g_assert_nonnull (g_strstr_len (g_bytes_get_data (reloads[i].body, NULL),
                                    g_bytes_get_size (reloads[i].body), "2.0.m4s"));
    fetch_clear (&reloads[i]);
  }
  finish (&hinted);
  g_assert_cmpuint (g_bytes_get_size (hinted.body), ==, strlen ("part 8"));
  fetch_clear (&hinted);
}

/* What was sent to a subject is noted for it. */
static void
test_delivered (Fixture *self, gconstpointer data)
{
  gint64 from = 0, to = 2000;

  assert_fetch (self, self->token, LESSON, "v360/1/0.m4s", 200, NULL);
  g_assert_true (ac_delivered_clip (self->delivered, LESSON, 3, 0, &from, &to));
  g_assert_cmpint (from, ==, 0);
  g_assert_cmpint (to, ==, 2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/live/at-once", Fixture, NULL, set_up, test_at_once, tear_down);
  g_test_add ("/live/held", Fixture, NULL, set_up, test_held, tear_down);
  g_test_add ("/live/delivered", Fixture, NULL, set_up, test_delivered, tear_down);
  return g_test_run ();
}
