/* Lessons at random: whatever a playlist lists can be had, is what was put in, and the
 * playlists of all tracks agree. */
#include "hub_fixture.h"
#include "snapshot.h"

#include <string.h>

/* Asks for @uri, relative to @track's playlist, and compares it with what was made. */
static void
assert_servable (HubFixture *self, const gchar *track, const gchar *uri, guint n_parts)
{
  g_autofree gchar *address = g_strdup_printf ("%s/%s", track, uri);
  g_autoptr (Request) request = hub_fixture_ask (self, address);
  g_auto (GStrv) pieces = g_strsplit_set (uri, "/.", 0);
  guint32 epoch = g_ascii_strtoull (pieces[0], NULL, 10);
  guint64 msn = g_ascii_strtoull (pieces[1], NULL, 10);
  g_autoptr (GBytes) expected = NULL;

  hub_fixture_wait (self, request);
  if (request->answer.status != 200)
    g_error ("%s: %u", address, request->answer.status);
  if (strcmp (pieces[1], "init") == 0)
    return;
  if (strcmp (pieces[2], "m4s") == 0)
    expected = lesson_maker_segment (track, epoch, msn, n_parts);
  else
    expected =
        lesson_maker_bytes (track, epoch, msn, g_ascii_strtoull (pieces[2], NULL, 10));
  if (!g_bytes_equal (request->answer.body, expected))
    g_error ("%s: other bytes", address);
}

static gchar *
attribute_uri (const gchar *line)
{
  const gchar *from = strstr (line, "URI=\"");
  const gchar *to = from != NULL ? strchr (from + 5, '"') : NULL;

  return to != NULL ? g_strndup (from + 5, to - from - 5) : NULL;
}

static void
check_playlist (HubFixture *self, const gchar *track)
{
  g_autofree gchar *address = g_strdup_printf ("%s/playlist.m3u8", track);
  g_autoptr (Request) request = hub_fixture_ask (self, address);
  g_auto (GStrv) lines = NULL;
  gboolean gap = FALSE;
  guint duration_parts = 0;

  g_assert_cmpuint (request->answer.status, ==, 200);
  lines = g_strsplit (request->text, "\n", 0);
  for (guint i = 0; lines[i] != NULL; i++) {
    const gchar *line = lines[i];
    g_autofree gchar *uri = attribute_uri (line);

    if (g_str_has_prefix (line, "#EXT-X-GAP"))
      gap = TRUE;
    if (g_str_has_prefix (line, "#EXTINF:"))
      duration_parts = (guint)(g_ascii_strtod (line + 8, NULL) / 0.64 + 0.5);
    if (g_str_has_prefix (line, "#EXT-X-MAP:") ||
        (g_str_has_prefix (line, "#EXT-X-PART:") && strstr (line, "GAP=YES") == NULL))
      assert_servable (self, track, uri, 0);
    if (line[0] != '#' && line[0] != '\0') {
      if (!gap)
        assert_servable (self, track, line, duration_parts);
      gap = FALSE;
    }
  }
}

/* The playlists say the same of time, and stand at the same part. */
static void
check_agreement (HubFixture *self)
{
  g_autoptr (AcSnapshot) snapshot = ac_live_window_snapshot (self->maker->window);
  g_autoptr (GString) first = NULL;

  for (guint track = 0; track < ac_snapshot_parts (snapshot)->n_tracks; track++) {
    g_autoptr (GBytes) text = ac_snapshot_playlist (snapshot, track, FALSE, FALSE);
    g_autofree gchar *all =
        g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
    g_auto (GStrv) lines = g_strsplit (all, "\n", 0);
    g_autoptr (GString) times = g_string_new (NULL);

    for (guint i = 0; lines[i] != NULL; i++)
      if (g_str_has_prefix (lines[i], "#EXTINF") ||
          g_str_has_prefix (lines[i], "#EXT-X-DISCONTINUITY") ||
          g_str_has_prefix (lines[i], "#EXT-X-PROGRAM-DATE-TIME") ||
          g_str_has_prefix (lines[i], "#EXT-X-PRELOAD-HINT") ||
          g_str_has_prefix (lines[i], "#EXT-X-ENDLIST"))
        g_string_append_printf (times, "%s\n", lines[i]);
    if (first == NULL)
      first = g_steal_pointer (&times);
    else
      g_assert_cmpstr (first->str, ==, times->str);
  }
}

static void
step (HubFixture *self, GRand *random)
{
  LessonMaker *maker = self->maker;
  gint dice = g_rand_int_range (random, 0, 100);

  if (dice < 4) {
    lesson_maker_begin_epoch (maker, 25, NULL);
  } else if (dice < 6 && maker->recording != NULL) {
    lesson_maker_restart (maker);
    hub_fixture_publish (self);
    lesson_maker_begin_epoch (maker, 25, NULL);
  } else {
    maker->gaps = dice < 20 ? g_rand_int_range (random, 1, 8) : 0;
    lesson_maker_add_slots (maker, g_rand_int_range (random, 1, 8));
  }
  hub_fixture_publish (self);
}

static void
test_model (gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (GPOINTER_TO_UINT (data));
  HubFixture *self = hub_fixture_new (TRUE);
  static const gchar *const tracks[] = { "v720", "v360", "audio" };
  guint n_steps = g_rand_int_range (random, 10, 60);

  lesson_maker_begin_epoch (self->maker, 25, NULL);
  lesson_maker_add_segments (self->maker, 1);
  hub_fixture_publish (self);
  for (guint i = 0; i < n_steps; i++)
    step (self, random);
  ac_recording_flush (self->maker->recording);
  for (guint i = 0; i < G_N_ELEMENTS (tracks); i++)
    check_playlist (self, tracks[i]);
  check_agreement (self);

  lesson_maker_end (self->maker);
  hub_fixture_publish (self);
  check_agreement (self);
  for (guint i = 0; i < G_N_ELEMENTS (tracks); i++) {
    g_autofree gchar *live = lesson_maker_playlist (self->maker, tracks[i], FALSE);
    g_autoptr (AcSnapshot) replay =
        ac_snapshot_new_replay (MAKER_LESSON, self->maker->recording);
    g_autoptr (GBytes) text = ac_snapshot_playlist (replay, i, FALSE, FALSE);

    check_playlist (self, tracks[i]);
    g_assert_cmpmem (g_bytes_get_data (text, NULL), g_bytes_get_size (text), live,
                     strlen (live));
    ac_hub_publish (self->hub, replay);
    check_playlist (self, tracks[i]);
  }
  hub_fixture_free (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  for (guint seed = 1; seed <= 12; seed++) {
    g_autofree gchar *path = g_strdup_printf ("/model/%u", seed);

    g_test_add_data_func (path, GUINT_TO_POINTER (seed), test_model);
  }
  return g_test_run ();
}
