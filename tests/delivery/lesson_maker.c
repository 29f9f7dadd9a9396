#include "lesson_maker.h"

#include "snapshot.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      remove_tree (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

LessonMaker *
lesson_maker_new (gboolean recorded)
{
  LessonMaker *self = g_new0 (LessonMaker, 1);
  g_autoptr (GError) error = NULL;

  if (recorded) {
    self->root = g_dir_make_tmp ("airclass-delivery-XXXXXX", &error);
    g_assert_no_error (error);
    self->recordings = ac_recordings_new (self->root, 1, &error);
    g_assert_no_error (error);
    self->recording = ac_recordings_open (self->recordings, MAKER_LESSON, TRUE, &error);
    g_assert_no_error (error);
  }
  self->window = ac_live_window_new (MAKER_LESSON, self->recording);
  return self;
}

void
lesson_maker_free (LessonMaker *self)
{
  g_clear_pointer (&self->window, ac_live_window_free);
  g_clear_pointer (&self->recording, ac_recording_unref);
  g_clear_pointer (&self->recordings, ac_recordings_unref);
  g_clear_pointer (&self->epoch, ac_media_epoch_unref);
  if (self->root != NULL)
    remove_tree (self->root);
  g_free (self->root);
  g_free (self);
}

static void
describe_track (AcTrack *track, const gchar *name, guint32 epoch, guint frame_rate)
{
  g_autofree gchar *init = g_strdup_printf ("init of %s in %u", name, epoch);

  memset (track, 0, sizeof *track);
  g_strlcpy (track->name, name, sizeof track->name);
  track->init = g_bytes_new (init, strlen (init));
  if (name[0] == 'v') {
    track->kind = AC_TRACK_VIDEO;
    track->timescale = 90000;
    track->height = g_ascii_strtoull (name + 1, NULL, 10);
    track->width = (track->height * 16 / 9 + 1) & ~1u;
    track->frames_per_1000s = frame_rate * 1000;
    track->target_bps = track->height * 1000;
    g_strlcpy (track->codecs, "avc1.64001f", sizeof track->codecs);
  } else {
    track->kind = AC_TRACK_AUDIO;
    track->timescale = 48000;
    track->channels = 1;
    track->target_bps = 48000;
    g_strlcpy (track->codecs, "mp4a.40.2", sizeof track->codecs);
  }
}

void
lesson_maker_begin_epoch (LessonMaker *self, guint frame_rate, const gchar *tracks)
{
  g_auto (GStrv) names =
      g_strsplit (tracks != NULL ? tracks : "v720,v360,audio", ",", 0);
  g_autoptr (GError) error = NULL;
  AcMediaEpoch fields = { 0 };

  if (self->part > 0) {
    self->msn++;
    self->part = 0;
  }
  if (self->epoch_number > 0)
    self->wall_ahead_ms += 5000;
  fields.number = ++self->epoch_number;
  fields.start = self->start;
  fields.first_msn = self->msn;
  fields.wall_start_ms =
      MAKER_WALL_MS + self->wall_ahead_ms + AC_TICKS_TO_MS (self->start);
  fields.slot_duration = frame_rate == 25 ? 57600 : 48000;
  fields.slots_per_segment = frame_rate == 25 ? 3 : 4;
  fields.n_tracks = g_strv_length (names);
  for (guint i = 0; i < fields.n_tracks; i++)
    describe_track (&fields.tracks[i], names[i], fields.number, frame_rate);
  g_clear_pointer (&self->epoch, ac_media_epoch_unref);
  self->epoch = ac_media_epoch_new (&fields);
  for (guint i = 0; i < fields.n_tracks; i++)
    g_bytes_unref (fields.tracks[i].init);

  if (self->recording != NULL) {
    ac_recording_begin_epoch (self->recording, self->epoch, &error);
    g_assert_no_error (error);
  }
  ac_live_window_begin_epoch (self->window, self->epoch);
}

GBytes *
lesson_maker_bytes (const gchar *track, guint32 epoch, guint64 msn, guint part)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "[%s %u %" G_GUINT64_FORMAT ".%u]", track, epoch, msn, part);
  /* Sizes differ between tracks and segments, and are known. */
  while (text->len < (track[0] == 'v' ? 400 + (msn % 5) * 20 : 100))
    g_string_append_c (text, '.');
  return g_string_free_to_bytes (text);
}

GBytes *
lesson_maker_segment (const gchar *track, guint32 epoch, guint64 msn, guint n_parts)
{
  GByteArray *whole = g_byte_array_new ();

  for (guint i = 0; i < n_parts; i++) {
    g_autoptr (GBytes) part = lesson_maker_bytes (track, epoch, msn, i);

    g_byte_array_append (whole, g_bytes_get_data (part, NULL), g_bytes_get_size (part));
  }
  return g_byte_array_free_to_bytes (whole);
}

static void
add_slot (LessonMaker *self, guint32 duration, gboolean last)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcSlot) slot = NULL;
  AcSlot fields = {
    .epoch = self->epoch_number,
    .part = self->part,
    .msn = self->msn,
    .start = self->start,
    .duration = duration,
    .flags = self->flags | (self->part == 0 ? AC_SLOT_SEGMENT_START : 0) |
             (last ? AC_SLOT_SEGMENT_END : 0),
    .wall_ms = MAKER_WALL_MS + self->wall_ahead_ms + AC_TICKS_TO_MS (self->start),
    .n_parts = self->epoch->n_tracks,
  };

  for (guint i = 0; i < fields.n_parts; i++)
    if ((self->gaps & (1u << i)) == 0)
      fields.parts[i] = lesson_maker_bytes (self->epoch->tracks[i].name,
                                            self->epoch_number, self->msn, self->part);
  slot = ac_slot_new (&fields);
  for (guint i = 0; i < fields.n_parts; i++)
    g_clear_pointer (&fields.parts[i], g_bytes_unref);
  if (self->recording != NULL && !self->unrecorded) {
    while (!ac_recording_append (self->recording, slot, &error)) {
      g_clear_error (&error); /* its queue is full */
      ac_recording_flush (self->recording);
    }
  }
  ac_live_window_append (self->window, slot);
  self->start += duration;
  self->part = last ? 0 : self->part + 1;
  self->msn += last ? 1 : 0;
}

void
lesson_maker_add_slot (LessonMaker *self)
{
  add_slot (self, self->epoch->slot_duration,
            self->part + 1 == self->epoch->slots_per_segment);
}

void
lesson_maker_add_short_slot (LessonMaker *self, guint32 duration)
{
  add_slot (self, duration, TRUE);
}

void
lesson_maker_add_slots (LessonMaker *self, guint n)
{
  for (guint i = 0; i < n; i++)
    lesson_maker_add_slot (self);
}

void
lesson_maker_add_segments (LessonMaker *self, guint n)
{
  lesson_maker_add_slots (self, n * self->epoch->slots_per_segment);
}

void
lesson_maker_end (LessonMaker *self)
{
  g_autoptr (GError) error = NULL;

  ac_live_window_end (self->window);
  if (self->recording != NULL) {
    ac_recording_finish (self->recording, &error);
    g_assert_no_error (error);
    ac_recording_flush (self->recording);
  }
}

void
lesson_maker_restart (LessonMaker *self)
{
  ac_recording_flush (self->recording);
  ac_live_window_free (self->window);
  self->window = ac_live_window_new (MAKER_LESSON, self->recording);
}

void
lesson_maker_jump (LessonMaker *self, guint64 msn, guint64 start)
{
  self->part = 0;
  self->msn = msn;
  self->start = start;
}

gchar *
lesson_maker_playlist (LessonMaker *self, const gchar *track, gboolean delta)
{
  g_autoptr (AcSnapshot) snapshot = ac_live_window_snapshot (self->window);
  gint nth = ac_snapshot_find_track (snapshot, track);
  g_autoptr (GBytes) text = NULL;

  g_assert_cmpint (nth, >=, 0);
  text = ac_snapshot_playlist (snapshot, nth, delta, FALSE);
  return g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
}
