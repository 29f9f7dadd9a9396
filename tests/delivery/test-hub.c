#include "hub_fixture.h"

#include <gio/gio.h>
#include <string.h>

#define HELD 0

static HubFixture *
live_fixture (guint n_slots)
{
  HubFixture *self = hub_fixture_new (FALSE);

  lesson_maker_begin_epoch (self->maker, 25, NULL);
  lesson_maker_add_slots (self->maker, n_slots);
  hub_fixture_publish (self);
  return self;
}

/* Every row of the design's table, at segment 3 whole and two parts of 4. */
static const struct {
  const gchar *query;
  guint status;
} directive_rows[] = {
  { "", 200 },
  { "?_HLS_skip=YES", 200 },
  { "?_HLS_unknown=1&x=y", 200 },
  { "?_HLS_part=1", 400 },
  { "?_HLS_msn=", 400 },
  { "?_HLS_msn=x", 400 },
  { "?_HLS_msn=-1", 400 },
  { "?_HLS_msn=4&_HLS_part=x", 400 },
  { "?_HLS_msn=4&_HLS_part=", 400 },
  { "?_HLS_msn=4&_HLS_msn=4", 400 },
  { "?_HLS_msn=6", 400 },
  { "?_HLS_msn=6&_HLS_part=0", 400 },
  { "?_HLS_msn=1000000", 400 },
  { "?_HLS_msn=0", 200 },
  { "?_HLS_msn=3", 200 },
  { "?_HLS_msn=0&_HLS_part=0", 200 },
  { "?_HLS_msn=0&_HLS_part=99", 200 },
  { "?_HLS_msn=3&_HLS_part=2", 200 },
  { "?_HLS_msn=3&_HLS_part=3", 200 }, /* 4.0, which is there */
  { "?_HLS_msn=4&_HLS_part=0", 200 },
  { "?_HLS_msn=4&_HLS_part=1", 200 },
  { "?_HLS_msn=4&_HLS_part=2", HELD },
  { "?_HLS_msn=4&_HLS_part=3", HELD }, /* 5.0 */
  { "?_HLS_msn=4&_HLS_part=999999999", HELD },
  { "?_HLS_msn=4", HELD },
  { "?_HLS_msn=5&_HLS_part=0", HELD },
  { "?_HLS_msn=5&_HLS_part=1", HELD },
  { "?_HLS_msn=5&_HLS_part=2", HELD },
  { "?_HLS_msn=5", HELD },
};

static void
test_directives (void)
{
  HubFixture *self = live_fixture (14);

  for (guint i = 0; i < G_N_ELEMENTS (directive_rows); i++) {
    g_autofree gchar *address =
        g_strconcat ("v360/playlist.m3u8", directive_rows[i].query, NULL);

    g_test_message ("%s", directive_rows[i].query);
    g_assert_cmpuint (hub_fixture_status (self, address), ==, directive_rows[i].status);
  }
  g_assert_cmpuint (ac_hub_n_held (self->hub), ==, 0);
  hub_fixture_free (self);
}

/* When each held request is answered: the count of slots that it takes. */
static const struct {
  const gchar *query;
  guint n_slots;
} due_rows[] = {
  { "_HLS_msn=4&_HLS_part=2", 15 }, { "_HLS_msn=4", 15 },
  { "_HLS_msn=4&_HLS_part=3", 16 }, { "_HLS_msn=4&_HLS_part=7", 16 },
  { "_HLS_msn=5&_HLS_part=0", 16 }, { "_HLS_msn=5&_HLS_part=1", 17 },
  { "_HLS_msn=5&_HLS_part=2", 18 }, { "_HLS_msn=5", 18 },
  { "_HLS_msn=5&_HLS_part=3", 19 },
};

static void
test_due (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (due_rows); i++) {
    HubFixture *self = live_fixture (14);
    g_autofree gchar *address =
        g_strconcat ("audio/playlist.m3u8?", due_rows[i].query, NULL);
    g_autoptr (Request) request = hub_fixture_ask (self, address);
    g_autofree gchar *now = NULL;

    g_test_message ("%s", due_rows[i].query);
    for (guint n = 15; n <= due_rows[i].n_slots; n++) {
      g_assert_cmpuint (request->answer.status, ==, 0);
      g_assert_cmpuint (ac_hub_n_held (self->hub), ==, 1);
      lesson_maker_add_slot (self->maker);
      hub_fixture_publish (self);
    }
    g_assert_cmpuint (request->answer.status, ==, 200);
    now = lesson_maker_playlist (self->maker, "audio", FALSE);
    g_assert_cmpstr (request->text, ==, now);
    g_assert_cmpstr (request->answer.cache_control, ==, "public, max-age=2");
    g_assert_cmpuint (ac_hub_n_held (self->hub), ==, 0);
    hub_fixture_free (self);
  }
}

/* The segment was cut by a crash: its part 2 never comes, so part 0 of the next does.
 */
static void
test_due_after_cut (void)
{
  HubFixture *self = live_fixture (14);
  g_autoptr (Request) part =
      hub_fixture_ask (self, "v360/playlist.m3u8?_HLS_msn=4&_HLS_part=2");
  g_autoptr (Request) whole = hub_fixture_ask (self, "v360/playlist.m3u8?_HLS_msn=4");
  g_autoptr (Request) hinted = hub_fixture_ask (self, "v360/1/4.2.m4s");

  lesson_maker_begin_epoch (self->maker, 25, NULL);
  hub_fixture_publish (self);
  g_assert_cmpuint (part->answer.status, ==, HELD);
  g_assert_cmpuint (whole->answer.status, ==, 200);
  g_assert_cmpuint (hinted->answer.status, ==, 404);
  g_assert_cmpstr (hinted->answer.cache_control, ==, "no-store");
  lesson_maker_add_slot (self->maker);
  hub_fixture_publish (self);
  g_assert_cmpuint (part->answer.status, ==, 200);
  hub_fixture_free (self);
}

/* The old worker ended between two segments: the edge stands where it stood, and the
 * part that was hinted will never be. */
static void
test_hint_of_old_epoch (void)
{
  HubFixture *self = live_fixture (15);
  g_autoptr (Request) hinted = hub_fixture_ask (self, "v360/1/5.0.m4s");
  g_autoptr (Request) next = NULL;

  g_assert_cmpuint (hinted->answer.status, ==, HELD);
  lesson_maker_begin_epoch (self->maker, 25, NULL);
  hub_fixture_publish (self);
  g_assert_cmpuint (hinted->answer.status, ==, 404);
  next = hub_fixture_ask (self, "v360/2/5.0.m4s");
  lesson_maker_add_slot (self->maker);
  hub_fixture_publish (self);
  g_assert_cmpuint (next->answer.status, ==, 200);
  hub_fixture_free (self);
}

static void
test_answered_at_once (gconstpointer data)
{
  gboolean end = GPOINTER_TO_INT (data);
  HubFixture *self = live_fixture (14);
  g_autoptr (Request) playlist =
      hub_fixture_ask (self, "v360/playlist.m3u8?_HLS_msn=5");
  g_autoptr (Request) hinted = hub_fixture_ask (self, "v360/1/4.2.m4s");
  g_autoptr (Request) later = NULL;

  if (end)
    lesson_maker_end (self->maker);
  else
    ac_live_window_set_dead (self->maker->window, TRUE);
  hub_fixture_publish (self);
  g_assert_cmpuint (playlist->answer.status, ==, 200);
  g_assert_cmpint (strstr (playlist->text, "#EXT-X-ENDLIST") != NULL, ==, end);
  g_assert_cmpuint (hinted->answer.status, ==, 404);
  later = hub_fixture_ask (self, "v360/playlist.m3u8?_HLS_msn=5&_HLS_part=1");
  g_assert_cmpuint (later->answer.status, ==, 200);
  hub_fixture_free (self);
}

static void
test_directives_ignored_at_end (void)
{
  static const gchar *const queries[] = { "?_HLS_msn=x", "?_HLS_part=1",
                                          "?_HLS_msn=999", "?_HLS_skip=YES",
                                          "?_HLS_msn=4&_HLS_skip=YES" };
  HubFixture *self = live_fixture (300);
  g_autofree gchar *plain = NULL;

  lesson_maker_end (self->maker);
  hub_fixture_publish (self);
  plain = lesson_maker_playlist (self->maker, "v360", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++) {
    g_autofree gchar *address = g_strconcat ("v360/playlist.m3u8", queries[i], NULL);
    g_autoptr (Request) request = hub_fixture_ask (self, address);

    g_assert_cmpuint (request->answer.status, ==, 200);
    g_assert_cmpstr (request->text, ==, plain);
    g_assert_cmpstr (request->answer.cache_control, ==, "public, max-age=60");
  }
  hub_fixture_free (self);
}

static void
test_too_long (void)
{
  HubFixture *self = live_fixture (14);
  g_autoptr (Request) first = hub_fixture_ask (self, "v360/playlist.m3u8?_HLS_msn=5");
  g_autoptr (Request) second = NULL;

  self->now_ms += 1000;
  second = hub_fixture_ask (self, "v360/1/4.2.m4s");
  self->now_ms += 4999;
  ac_hub_tick (self->hub);
  g_assert_cmpuint (first->answer.status, ==, HELD);
  self->now_ms += 1;
  ac_hub_tick (self->hub);
  g_assert_cmpuint (first->answer.status, ==, 503);
  g_assert_cmpstr (first->answer.cache_control, ==, "no-store");
  g_assert_cmpuint (second->answer.status, ==, HELD);
  self->now_ms += 1000;
  ac_hub_tick (self->hub);
  g_assert_cmpuint (second->answer.status, ==, 503);
  g_assert_cmpuint (ac_hub_n_held (self->hub), ==, 0);
  hub_fixture_free (self);
}

static void
test_cancel (void)
{
  HubFixture *self = live_fixture (14);
  g_autoptr (Request) one = hub_fixture_ask (self, "v360/playlist.m3u8?_HLS_msn=4");
  g_autoptr (Request) two = hub_fixture_ask (self, "v360/playlist.m3u8?_HLS_msn=4");
  g_autoptr (Request) three = hub_fixture_ask (self, "v360/playlist.m3u8?_HLS_msn=4");

  ac_hub_cancel (self->hub, &two->wait);
  ac_hub_cancel (self->hub, &two->wait); /* idle: nothing happens */
  g_assert_cmpuint (ac_hub_n_held (self->hub), ==, 2);
  lesson_maker_add_slot (self->maker);
  hub_fixture_publish (self);
  g_assert_cmpuint (one->answer.status, ==, 200);
  g_assert_cmpuint (two->answer.status, ==, 0);
  g_assert_cmpuint (three->answer.status, ==, 200);
  g_assert_true (one->answer.body == three->answer.body); /* one buffer for all */
  hub_fixture_free (self);
}

static void
test_many (void)
{
  enum { N = 6000 };
  HubFixture *self = live_fixture (14);
  g_autoptr (GPtrArray) requests =
      g_ptr_array_new_with_free_func ((GDestroyNotify)request_free);
  gint64 began_us;

  for (guint i = 0; i < N; i++)
    g_ptr_array_add (
        requests,
        hub_fixture_ask (self, i % 2 == 0 ? "v360/playlist.m3u8?_HLS_msn=4&_HLS_part=2"
                                          : "v720/playlist.m3u8?_HLS_msn=5"));
  g_assert_cmpuint (ac_hub_n_held (self->hub), ==, N);
  lesson_maker_add_slot (self->maker);
  began_us = g_get_monotonic_time ();
  hub_fixture_publish (self);
  g_test_message ("answered in %d us", (gint)(g_get_monotonic_time () - began_us));
  g_assert_cmpuint (self->n_answered, ==, N / 2);
  g_assert_cmpuint (ac_hub_n_held (self->hub), ==, N / 2);
  hub_fixture_free (self);
}

static void
test_hinted_part (void)
{
  HubFixture *self = live_fixture (14);
  g_autoptr (Request) hinted = hub_fixture_ask (self, "v360/1/4.2.m4s");
  g_autoptr (GBytes) expected = lesson_maker_bytes ("v360", 1, 4, 2);

  g_assert_cmpuint (hinted->answer.status, ==, HELD);
  lesson_maker_add_slot (self->maker);
  hub_fixture_publish (self);
  g_assert_cmpuint (hinted->answer.status, ==, 200);
  g_assert_true (g_bytes_equal (hinted->answer.body, expected));
  g_assert_cmpstr (hinted->answer.content_type, ==, "video/mp4");
  g_assert_cmpstr (hinted->answer.cache_control, ==,
                   "public, max-age=31536000, immutable");
  hub_fixture_free (self);
}

static void
test_hinted_part_is_gap (void)
{
  HubFixture *self = live_fixture (14);
  g_autoptr (Request) hinted = hub_fixture_ask (self, "v360/1/4.2.m4s");

  self->maker->gaps = 2;
  lesson_maker_add_slot (self->maker);
  hub_fixture_publish (self);
  g_assert_cmpuint (hinted->answer.status, ==, 404);
  hub_fixture_free (self);
}

static const struct {
  const gchar *address;
  guint status;
  const gchar *type;
} media_rows[] = {
  { "v360/1/init.mp4", 200, "video/mp4" },
  { "audio/1/init.mp4", 200, "audio/mp4" },
  { "v360/1/0.m4s", 200, "video/mp4" },
  { "audio/1/0.m4s", 200, "audio/mp4" },
  { "audio/1/4.1.m4s", 200, "audio/mp4" },
  { "multivariant.m3u8", 200, "application/vnd.apple.mpegurl" },
  { "audio.m3u8", 200, "application/vnd.apple.mpegurl" },
  { "v360/2/init.mp4", 404 },
  { "v360/0/init.mp4", 404 },
  { "v1/1/init.mp4", 404 },
  { "v1/playlist.m3u8", 404 },
  { "v1/playlist.m3u8?_HLS_msn=x", 404 },
  { "v360/1/4.m4s", 404 },   /* not whole yet */
  { "v360/1/4.3.m4s", 404 }, /* no such part */
  { "v360/1/5.0.m4s", 404 }, /* not hinted */
  { "v360/2/0.m4s", 404 },
  { "v360/1/0.3.m4s", 404 },
  { "v360/1/9223372036854775807.m4s", 404 },
  { "v360/1/0.m4s/", 404 },
  { "v360/1/00.m4s", 404 },
  { "index.html", 404 },
  { "", 404 },
};

static void
test_media (void)
{
  HubFixture *self = live_fixture (14);

  for (guint i = 0; i < G_N_ELEMENTS (media_rows); i++) {
    g_autoptr (Request) request = hub_fixture_ask (self, media_rows[i].address);

    g_test_message ("%s", media_rows[i].address);
    g_assert_cmpuint (request->answer.status, ==, media_rows[i].status);
    g_assert_cmpstr (request->answer.content_type, ==, media_rows[i].type);
    if (media_rows[i].status == 404)
      g_assert_cmpstr (request->answer.cache_control, ==, "public, max-age=1");
  }
  hub_fixture_free (self);
}

static void
test_lifetimes (void)
{
  static const gchar *const rows[][2] = {
    { "multivariant.m3u8", "public, max-age=1" },
    { "v360/playlist.m3u8", "public, max-age=1" },
    { "v360/playlist.m3u8?_HLS_msn=1", "public, max-age=2" },
    { "v360/1/init.mp4", "public, max-age=31536000, immutable" },
    { "v360/1/1.m4s", "public, max-age=31536000, immutable" },
    { "v360/1/1.1.m4s", "public, max-age=31536000, immutable" },
    { "v360/playlist.m3u8?_HLS_msn=x", "no-store" },
  };
  HubFixture *self = live_fixture (14);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (Request) request = hub_fixture_ask (self, rows[i][0]);

    g_assert_cmpstr (request->answer.cache_control, ==, rows[i][1]);
  }
  hub_fixture_free (self);
}

static void
test_token (void)
{
  HubFixture *self = live_fixture (14);
  g_autofree gchar *other_lesson =
      ac_media_token_new (&self->key, 8, SUBJECT, G_MAXINT32);
  g_autofree gchar *expired =
      ac_media_token_new (&self->key, MAKER_LESSON, SUBJECT, MAKER_WALL_MS / 1000);
  const gchar *const tokens[] = { "x", "", other_lesson, expired };

  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++) {
    g_autofree gchar *path = g_strdup_printf ("%s/7/multivariant.m3u8", tokens[i]);
    g_autofree gchar *nowhere = g_strdup_printf ("%s/7/x", tokens[i]);
    g_autoptr (Request) request = hub_fixture_ask_path (self, path, NULL, FALSE);
    g_autoptr (Request) unknown = hub_fixture_ask_path (self, nowhere, NULL, FALSE);

    g_assert_cmpuint (request->answer.status, ==, 403);
    g_assert_cmpstr (request->answer.cache_control, ==, "no-store");
    g_assert_cmpuint (unknown->answer.status, ==, 404);
  }
  g_assert_cmpuint (self->n_wanted, ==, 0);
  hub_fixture_free (self);
}

/* A wall clock that jumps in the middle of a lesson takes it from nobody. */
static void
test_token_and_clocks (void)
{
  HubFixture *self = live_fixture (14);

  self->wall_ms += 2 * 3600 * 1000;
  g_assert_cmpuint (hub_fixture_status (self, "multivariant.m3u8"), ==, 200);
  self->now_ms += 3600 * 1000;
  g_assert_cmpuint (hub_fixture_status (self, "multivariant.m3u8"), ==, 403);
  self->wall_ms -= 4 * 3600 * 1000;
  g_assert_cmpuint (hub_fixture_status (self, "multivariant.m3u8"), ==, 200);
  hub_fixture_free (self);
}

static void
test_gzip (void)
{
  HubFixture *self = live_fixture (14);
  g_autofree gchar *path = g_strdup_printf ("%s/7/v360/playlist.m3u8", self->token);
  g_autofree gchar *media = g_strdup_printf ("%s/7/v360/1/0.m4s", self->token);
  g_autoptr (Request) packed = hub_fixture_ask_path (self, path, NULL, TRUE);
  g_autoptr (Request) plain = hub_fixture_ask_path (self, path, NULL, FALSE);
  g_autoptr (Request) segment = hub_fixture_ask_path (self, media, NULL, TRUE);
  g_autoptr (GZlibDecompressor) unpack =
      g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  gchar text[8192];
  gsize n_read, n_written;

  g_assert_cmpstr (packed->answer.content_encoding, ==, "gzip");
  g_assert_true (packed->answer.vary_encoding);
  g_assert_true (plain->answer.vary_encoding);
  g_assert_null (plain->answer.content_encoding);
  g_assert_null (segment->answer.content_encoding);
  g_assert_false (segment->answer.vary_encoding);
  g_assert_cmpint (g_converter_convert (G_CONVERTER (unpack),
                                        g_bytes_get_data (packed->answer.body, NULL),
                                        g_bytes_get_size (packed->answer.body), text,
                                        sizeof text, G_CONVERTER_INPUT_AT_END, &n_read,
                                        &n_written, NULL),
                   ==, G_CONVERTER_FINISHED);
  g_assert_cmpmem (text, n_written, plain->text, strlen (plain->text));
  hub_fixture_free (self);
}

static void
test_delta (void)
{
  HubFixture *self = live_fixture (300);
  g_autoptr (Request) delta =
      hub_fixture_ask (self, "v360/playlist.m3u8?_HLS_skip=YES");
  g_autoptr (Request) full = hub_fixture_ask (self, "v360/playlist.m3u8?_HLS_skip=no");
  g_autoptr (Request) held = hub_fixture_ask (
      self, "v360/playlist.m3u8?_HLS_msn=100&_HLS_part=0&_HLS_skip=v2");

  g_assert_nonnull (strstr (delta->text, "#EXT-X-SKIP:SKIPPED-SEGMENTS=93\n"));
  g_assert_null (strstr (full->text, "#EXT-X-SKIP"));
  g_assert_cmpuint (held->answer.status, ==, HELD);
  lesson_maker_add_slot (self->maker);
  hub_fixture_publish (self);
  g_assert_nonnull (strstr (held->text, "#EXT-X-SKIP:SKIPPED-SEGMENTS=94\n"));
  hub_fixture_free (self);
}

static void
test_wanted_then_published (void)
{
  HubFixture *self = hub_fixture_new (FALSE);
  g_autoptr (Request) playlist = hub_fixture_ask (self, "v360/playlist.m3u8");
  g_autoptr (Request) variants = hub_fixture_ask (self, "multivariant.m3u8");
  g_autoptr (Request) segment = hub_fixture_ask (self, "v360/1/0.m4s");
  g_autoptr (Request) unknown = hub_fixture_ask (self, "v360/1/9.m4s");

  g_assert_cmpuint (self->n_wanted, ==, 1);
  g_assert_cmpint (self->wanted, ==, MAKER_LESSON);
  g_assert_cmpuint (ac_hub_n_held (self->hub), ==, 4);
  lesson_maker_begin_epoch (self->maker, 25, NULL);
  lesson_maker_add_segments (self->maker, 1);
  hub_fixture_publish (self);
  g_assert_cmpuint (playlist->answer.status, ==, 200);
  g_assert_cmpuint (variants->answer.status, ==, 200);
  g_assert_cmpuint (segment->answer.status, ==, 200);
  g_assert_cmpuint (unknown->answer.status, ==, 404);
  hub_fixture_free (self);
}

static void
test_wanted_then_absent (void)
{
  HubFixture *self = hub_fixture_new (FALSE);
  g_autoptr (Request) request = hub_fixture_ask (self, "v360/playlist.m3u8");
  g_autoptr (Request) again = NULL;

  ac_hub_absent (self->hub, MAKER_LESSON);
  g_assert_cmpuint (request->answer.status, ==, 404);
  g_assert_cmpstr (request->answer.cache_control, ==, "no-store");
  again = hub_fixture_ask (self, "v360/playlist.m3u8");
  g_assert_cmpuint (self->n_wanted, ==, 2);
  ac_hub_absent (self->hub, 12345);
  g_assert_cmpuint (again->answer.status, ==, HELD);
  hub_fixture_free (self);
}

static void
test_wanted_and_nobody_answers (void)
{
  HubFixture *self = hub_fixture_new (FALSE);
  g_autoptr (Request) request = hub_fixture_ask (self, "v360/playlist.m3u8");
  g_autoptr (Request) again = NULL;

  self->now_ms += 6000;
  ac_hub_tick (self->hub);
  g_assert_cmpuint (request->answer.status, ==, 503);
  again = hub_fixture_ask (self, "v360/playlist.m3u8");
  g_assert_cmpuint (self->n_wanted, ==, 1); /* still asked for */
  hub_fixture_free (self);
}

static void
test_before_first_segment (void)
{
  HubFixture *self = hub_fixture_new (FALSE);
  g_autoptr (Request) playlist = NULL, variants = NULL, far = NULL;

  hub_fixture_publish (self); /* live, and no worker yet */
  playlist = hub_fixture_ask (self, "v360/playlist.m3u8");
  variants = hub_fixture_ask (self, "multivariant.m3u8");
  far = hub_fixture_ask (self, "v360/playlist.m3u8?_HLS_msn=50");
  lesson_maker_begin_epoch (self->maker, 25, NULL);
  hub_fixture_publish (self);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpuint (ac_hub_n_held (self->hub), ==, 3);
    lesson_maker_add_slot (self->maker);
    hub_fixture_publish (self);
  }
  g_assert_cmpuint (playlist->answer.status, ==, 200);
  g_assert_cmpuint (variants->answer.status, ==, 200);
  g_assert_cmpuint (far->answer.status, ==, 400);
  g_assert_cmpuint (self->n_wanted, ==, 0);
  hub_fixture_free (self);
}

static void
test_nothing_ever_came (void)
{
  HubFixture *self = hub_fixture_new (FALSE);
  g_autoptr (Request) held = NULL;

  hub_fixture_publish (self);
  held = hub_fixture_ask (self, "v360/playlist.m3u8");
  ac_live_window_set_dead (self->maker->window, TRUE);
  hub_fixture_publish (self);
  g_assert_cmpuint (held->answer.status, ==, 404);
  g_assert_cmpuint (hub_fixture_status (self, "multivariant.m3u8"), ==, 404);
  lesson_maker_end (self->maker);
  hub_fixture_publish (self);
  g_assert_cmpuint (hub_fixture_status (self, "v360/playlist.m3u8"), ==, 404);
  hub_fixture_free (self);
}

static void
assert_served (HubFixture *self, gint64 ask_start, gint64 ask_end, gint64 start,
               gint64 end)
{
  gboolean served = ac_delivered_clip (self->delivered, MAKER_LESSON, SUBJECT, 0,
                                       &ask_start, &ask_end);

  g_assert_cmpint (served, ==, end > start);
  if (served) {
    g_assert_cmpint (ask_start, ==, start);
    g_assert_cmpint (ask_end, ==, end);
  }
}

static void
test_delivery_is_noted (void)
{
  HubFixture *self = live_fixture (14);
  g_autoptr (Request) hinted = NULL;
  g_autofree gchar *nobodys =
      ac_media_token_new (&self->key, MAKER_LESSON, 0, G_MAXINT32);
  g_autofree gchar *path = g_strdup_printf ("%s/7/v360/1/0.m4s", nobodys);
  g_autoptr (Request) nobody = hub_fixture_ask_path (self, path, NULL, FALSE);

  hub_fixture_status (self, "multivariant.m3u8");
  hub_fixture_status (self, "v360/playlist.m3u8");
  hub_fixture_status (self, "v360/1/init.mp4");
  hub_fixture_status (self, "v360/1/9.m4s");
  hinted = hub_fixture_ask (self, "v360/1/4.2.m4s");
  assert_served (self, 0, 100000, 0, 0);
  hub_fixture_status (self, "v360/1/2.m4s");
  assert_served (self, 0, 100000, 3840, 5760);
  hub_fixture_status (self, "audio/1/3.0.m4s");
  assert_served (self, 0, 100000, 3840, 6400);
  lesson_maker_add_slot (self->maker);
  hub_fixture_publish (self);
  assert_served (self, 7000, 100000, 8960, 9600);
  hub_fixture_free (self);
}

static HubFixture *
recorded_fixture (guint n_segments)
{
  HubFixture *self = hub_fixture_new (TRUE);

  lesson_maker_begin_epoch (self->maker, 25, NULL);
  lesson_maker_add_segments (self->maker, n_segments);
  ac_recording_flush (self->maker->recording);
  hub_fixture_publish (self);
  return self;
}

/* A segment by its start is the segment by its number, here and in the archive. */
static void
test_dash (void)
{
  g_autoptr (HubFixture) fixture = hub_fixture_new (TRUE);
  static const gchar *const both[][2] = {
    { "v360/1/t0.m4s", "v360/1/0.m4s" },
    { "audio/1/t172800.m4s", "audio/1/1.m4s" },
    { "v360/1/t8640000.m4s", "v360/1/50.m4s" },
  };

  lesson_maker_begin_epoch (fixture->maker, 25, NULL);
  hub_fixture_publish (fixture);
  g_autoptr (Request) early = hub_fixture_ask (fixture, "manifest.mpd");
  g_assert_cmpuint (early->answer.status, ==, 0);
  lesson_maker_add_segments (fixture->maker, 60);
  hub_fixture_publish (fixture);
  hub_fixture_wait (fixture, early);
  g_assert_cmpuint (early->answer.status, ==, 200);
  g_assert_cmpstr (early->answer.content_type, ==, "application/dash+xml");
  g_assert_cmpstr (early->answer.cache_control, ==, "public, max-age=1");
  for (guint i = 0; i < G_N_ELEMENTS (both); i++) {
    g_autoptr (Request) timed = hub_fixture_ask (fixture, both[i][0]);
    g_autoptr (Request) numbered = hub_fixture_ask (fixture, both[i][1]);

    hub_fixture_wait (fixture, timed);
    hub_fixture_wait (fixture, numbered);
    g_assert_cmpuint (timed->answer.status, ==, 200);
    g_assert_true (g_bytes_equal (timed->answer.body, numbered->answer.body));
    g_assert_cmpstr (timed->answer.content_type, ==, numbered->answer.content_type);
    g_assert_cmpstr (timed->answer.cache_control, ==, numbered->answer.cache_control);
  }
  g_assert_cmpuint (hub_fixture_status (fixture, "v360/1/t1.m4s"), ==, 404);
  g_assert_cmpuint (hub_fixture_status (fixture, "v360/2/t172800.m4s"), ==, 404);
  g_assert_cmpuint (hub_fixture_status (fixture, "v360/1/t10368000.m4s"), ==, 404);
  lesson_maker_end (fixture->maker);
  hub_fixture_publish (fixture);
  g_autoptr (Request) replay = hub_fixture_ask (fixture, "manifest.mpd");
  g_assert_cmpstr (replay->answer.cache_control, ==, "public, max-age=60");
}

static void
test_archive (void)
{
  HubFixture *self = recorded_fixture (50);
  g_autoptr (Request) whole = hub_fixture_ask (self, "v360/1/3.m4s");
  g_autoptr (Request) same = hub_fixture_ask (self, "v360/1/3.m4s");
  g_autoptr (Request) part = hub_fixture_ask (self, "audio/1/3.1.m4s");
  g_autoptr (GBytes) expected_whole = lesson_maker_segment ("v360", 1, 3, 3);
  g_autoptr (GBytes) expected_part = lesson_maker_bytes ("audio", 1, 3, 1);

  g_assert_cmpuint (ac_hub_n_held (self->hub), ==, 3);
  assert_served (self, 0, 100000, 0, 0);
  hub_fixture_wait (self, whole);
  hub_fixture_wait (self, same);
  hub_fixture_wait (self, part);
  g_assert_true (g_bytes_equal (whole->answer.body, expected_whole));
  g_assert_true (whole->answer.body == same->answer.body); /* read once */
  g_assert_true (g_bytes_equal (part->answer.body, expected_part));
  g_assert_cmpstr (part->answer.content_type, ==, "audio/mp4");
  g_assert_cmpstr (part->answer.cache_control, ==,
                   "public, max-age=31536000, immutable");
  assert_served (self, 0, 100000, 5760, 7680);
  g_assert_cmpuint (ac_hub_n_held (self->hub), ==, 0);
  hub_fixture_free (self);
}

static void
test_archive_cancel (void)
{
  HubFixture *self = recorded_fixture (50);
  g_autoptr (Request) gone = hub_fixture_ask (self, "v360/1/3.m4s");
  g_autoptr (Request) stays = hub_fixture_ask (self, "v360/1/4.m4s");

  ac_hub_cancel (self->hub, &gone->wait);
  hub_fixture_wait (self, stays);
  g_assert_cmpuint (gone->answer.status, ==, 0);
  g_assert_cmpuint (self->n_answered, ==, 1);
  hub_fixture_free (self);
}

/* Freed with reads under way and results not yet reported. */
static void
test_archive_free (void)
{
  for (guint i = 0; i < 20; i++) {
    HubFixture *self = recorded_fixture (40);
    g_autoptr (Request) one = hub_fixture_ask (self, "v360/1/3.m4s");
    g_autoptr (Request) two = hub_fixture_ask (self, "v720/1/3.m4s");

    if (i % 2 == 0)
      hub_fixture_wait (self, one);
    hub_fixture_free (self);
    g_assert_cmpuint (two->answer.status % 200, ==, 0);
  }
}

static void
test_archive_absent (void)
{
  HubFixture *self = recorded_fixture (50);
  g_autoptr (Request) request = hub_fixture_ask (self, "v360/1/3.m4s");

  ac_hub_absent (self->hub, MAKER_LESSON);
  g_assert_cmpuint (request->answer.status, ==, 404);
  hub_fixture_free (self);
}

static void
test_replay (void)
{
  HubFixture *self = hub_fixture_new (TRUE);
  g_autoptr (AcSnapshot) snapshot = NULL;
  g_autoptr (Request) segment = NULL;

  lesson_maker_begin_epoch (self->maker, 25, NULL);
  lesson_maker_add_segments (self->maker, 3);
  lesson_maker_end (self->maker);
  snapshot = ac_snapshot_new_replay (MAKER_LESSON, self->maker->recording);
  ac_hub_publish (self->hub, snapshot);
  g_assert_cmpuint (hub_fixture_status (self, "v360/playlist.m3u8"), ==, 200);
  segment = hub_fixture_ask (self, "v360/1/2.m4s");
  hub_fixture_wait (self, segment);
  g_assert_cmpuint (segment->answer.status, ==, 200);
  hub_fixture_free (self);
}

static void
test_unused_dropped (void)
{
  HubFixture *self = live_fixture (14);

  self->now_ms += 11 * 60 * 1000;
  ac_hub_tick (self->hub); /* live: stays */
  g_assert_cmpuint (hub_fixture_status (self, "v360/playlist.m3u8"), ==, 200);
  lesson_maker_end (self->maker);
  hub_fixture_publish (self);
  self->now_ms += 9 * 60 * 1000;
  ac_hub_tick (self->hub);
  g_assert_cmpuint (hub_fixture_status (self, "v360/playlist.m3u8"), ==, 200);
  self->now_ms += 10 * 60 * 1000 - 1;
  ac_hub_tick (self->hub);
  self->wall_ms = MAKER_WALL_MS;
  g_assert_cmpuint (self->n_wanted, ==, 0);
  self->now_ms += 1;
  ac_hub_tick (self->hub);
  g_assert_cmpuint (hub_fixture_status (self, "v360/playlist.m3u8"), ==, HELD);
  g_assert_cmpuint (self->n_wanted, ==, 1);
  hub_fixture_free (self);
}

static void
test_free_with_held (void)
{
  HubFixture *self = live_fixture (14);
  g_autoptr (Request) one = hub_fixture_ask (self, "v360/playlist.m3u8?_HLS_msn=4");
  g_autoptr (Request) two = hub_fixture_ask (self, "v360/1/4.2.m4s");

  hub_fixture_free (self);
  g_assert_cmpuint (one->answer.status, ==, 0);
  g_assert_cmpuint (two->answer.status, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/hub/directives", test_directives);
  g_test_add_func ("/hub/due", test_due);
  g_test_add_func ("/hub/due-after-cut", test_due_after_cut);
  g_test_add_func ("/hub/hint-of-old-epoch", test_hint_of_old_epoch);
  g_test_add_data_func ("/hub/at-once/dead", GINT_TO_POINTER (FALSE),
                        test_answered_at_once);
  g_test_add_data_func ("/hub/at-once/ended", GINT_TO_POINTER (TRUE),
                        test_answered_at_once);
  g_test_add_func ("/hub/directives-ignored-at-end", test_directives_ignored_at_end);
  g_test_add_func ("/hub/too-long", test_too_long);
  g_test_add_func ("/hub/cancel", test_cancel);
  g_test_add_func ("/hub/many", test_many);
  g_test_add_func ("/hub/hinted-part", test_hinted_part);
  g_test_add_func ("/hub/hinted-part-is-gap", test_hinted_part_is_gap);
  g_test_add_func ("/hub/media", test_media);
  g_test_add_func ("/hub/lifetimes", test_lifetimes);
  g_test_add_func ("/hub/token", test_token);
  g_test_add_func ("/hub/token-and-clocks", test_token_and_clocks);
  g_test_add_func ("/hub/gzip", test_gzip);
  g_test_add_func ("/hub/delta", test_delta);
  g_test_add_func ("/hub/wanted-then-published", test_wanted_then_published);
  g_test_add_func ("/hub/wanted-then-absent", test_wanted_then_absent);
  g_test_add_func ("/hub/wanted-and-nobody-answers", test_wanted_and_nobody_answers);
  g_test_add_func ("/hub/before-first-segment", test_before_first_segment);
  g_test_add_func ("/hub/nothing-ever-came", test_nothing_ever_came);
  g_test_add_func ("/hub/delivery-is-noted", test_delivery_is_noted);
  g_test_add_func ("/hub/dash", test_dash);
  g_test_add_func ("/hub/archive/read", test_archive);
  g_test_add_func ("/hub/archive/cancel", test_archive_cancel);
  g_test_add_func ("/hub/archive/free", test_archive_free);
  g_test_add_func ("/hub/archive/absent", test_archive_absent);
  g_test_add_func ("/hub/replay", test_replay);
  g_test_add_func ("/hub/unused-dropped", test_unused_dropped);
  g_test_add_func ("/hub/free-with-held", test_free_with_held);
  return g_test_run ();
}
