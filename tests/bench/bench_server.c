/* bench-server - front, hub and live window with a synthetic lesson, nothing else.
 *
 *   bench-server DATA WEB_ROOT CLOCK
 *
 * Prints "port N token T". DATA is for an empty archive. The lesson (1) has the tracks
 * v360 (parts of 30 KiB) and audio, and thirty segments. While a client has set the
 * clock's running, a slot more is published every half second. Ends with its input. */
#include "bench_clock.h"
#include "front.h"

#include <glib-unix.h>
#include <string.h>

#define LESSON 1
#define SLOTS_PER_SEGMENT 4
#define SLOT_TICKS 48000
#define FIRST_SLOTS 120
#define VIDEO_PART_BYTES (30 * 1024)
#define AUDIO_PART_BYTES (3 * 1024)

typedef struct {
  AcFront *front;
  AcLiveWindow *window;
  AcBenchClock *clock;
  GMainLoop *loop;
  GBytes *video, *audio;
} Bench;

static GBytes *
filler (gsize length)
{
  gchar *data = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    data[i] = (gchar)(i * 2654435761u >> 13);
  return g_bytes_new_take (data, length);
}

static void
begin_epoch (Bench *self)
{
  g_autoptr (GBytes) init = g_bytes_new_static ("init", 4);
  g_autoptr (AcMediaEpoch) epoch = NULL;
  AcMediaEpoch fields = {
    .number = 1,
    .wall_start_ms = g_get_real_time () / 1000,
    .slot_duration = SLOT_TICKS,
    .slots_per_segment = SLOTS_PER_SEGMENT,
    .n_tracks = 2,
    .tracks = { { .name = "v360",
                  .kind = AC_TRACK_VIDEO,
                  .timescale = 90000,
                  .width = 640,
                  .height = 360,
                  .frames_per_1000s = 30000,
                  .target_bps = 350000,
                  .codecs = "avc1.64001e",
                  .init = init },
                { .name = "audio",
                  .kind = AC_TRACK_AUDIO,
                  .timescale = 48000,
                  .channels = 1,
                  .target_bps = 48000,
                  .codecs = "mp4a.40.2",
                  .init = init } },
  };

  epoch = ac_media_epoch_new (&fields);
  ac_live_window_begin_epoch (self->window, epoch);
}

static void
publish_slot (Bench *self)
{
  guint64 n = self->clock->n_published;
  guint32 part = n % SLOTS_PER_SEGMENT;
  AcSnapshot *snapshot;
  g_autoptr (AcSlot) slot = ac_slot_new (&(AcSlot){
      .epoch = 1,
      .part = part,
      .msn = n / SLOTS_PER_SEGMENT,
      .start = n * SLOT_TICKS,
      .duration = SLOT_TICKS,
      .flags = (part == 0 ? AC_SLOT_SEGMENT_START : 0) |
               (part == SLOTS_PER_SEGMENT - 1 ? AC_SLOT_SEGMENT_END : 0),
      .wall_ms = g_get_real_time () / 1000,
      .n_parts = 2,
      .parts = { self->video, self->audio },
  });

  ac_live_window_append (self->window, slot);
  snapshot = ac_live_window_snapshot (self->window);
  __atomic_store_n (&self->clock->published_ns[n % AC_BENCH_CLOCK_SLOTS],
                    ac_bench_now_ns (), __ATOMIC_RELEASE);
  ac_front_publish (self->front, snapshot);
  /* Only now may a client ask for the one after it. */
  __atomic_store_n (&self->clock->n_published, n + 1, __ATOMIC_RELEASE);
  ac_snapshot_unref (snapshot);
}

static gboolean
on_half_second (gpointer data)
{
  Bench *self = data;

  if (__atomic_load_n (&self->clock->running, __ATOMIC_ACQUIRE) != 0)
    publish_slot (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_input (gint fd, GIOCondition condition, gpointer data)
{
  Bench *self = data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
on_api (AcHttpExchange *exchange, gpointer user_data)
{
}

static void
on_peer (AcPeer *peer, gpointer user_data)
{
}

static void
on_message (AcPeer *peer, GBytes *text, gpointer user_data)
{
}

static void
on_wanted (gint64 lesson, gpointer user_data)
{
  Bench *self = user_data;
  AcSnapshot *snapshot = ac_live_window_snapshot (self->window);

  if (lesson == LESSON)
    ac_front_publish (self->front, snapshot);
  else
    ac_front_absent (self->front, lesson);
  ac_snapshot_unref (snapshot);
}

int
main (int argc, char **argv)
{
  static const AcFrontHandler handler = { on_api,
                                          { on_peer, on_message, on_peer },
                                          on_wanted };
  static const AcMediaKey key = { { 1 } };
  AcFrontConfig config = { .listen = "127.0.0.1:0", .n_threads = 1 };
  g_autoptr (AcDelivered) delivered = ac_delivered_new ();
  g_autoptr (AcRecordings) recordings = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *token = NULL;
  Bench self = { 0 };

  if (argc != 4) {
    fprintf (stderr, "usage: bench-server DATA WEB_ROOT CLOCK\n");
    return 64;
  }
  config.web_root = argv[2];
  recordings = ac_recordings_new (argv[1], 1, &error);
  if (recordings != NULL)
    self.front =
        ac_front_new (&config, recordings, delivered, &key, &handler, &self, &error);
  if (self.front == NULL) {
    fprintf (stderr, "bench-server: %s\n", error->message);
    return 70;
  }
  self.clock = ac_bench_clock_open (argv[3], TRUE);
  self.clock->parts_per_segment = SLOTS_PER_SEGMENT;
  self.video = filler (VIDEO_PART_BYTES);
  self.audio = filler (AUDIO_PART_BYTES);
  self.window = ac_live_window_new (LESSON, NULL);
  begin_epoch (&self);
  for (guint i = 0; i < FIRST_SLOTS; i++)
    publish_slot (&self);
  token = ac_media_token_new (&key, LESSON, 0, g_get_real_time () / 1000000 + 86400);
  printf ("port %u token %s\n", ac_front_port (self.front), token);
  fflush (stdout);

  self.loop = g_main_loop_new (NULL, FALSE);
  g_timeout_add (500, on_half_second, &self);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, &self);
  g_main_loop_run (self.loop);
  g_main_loop_unref (self.loop);
  ac_front_free (self.front);
  ac_live_window_free (self.window);
  g_bytes_unref (self.video);
  g_bytes_unref (self.audio);
  return 0;
}
