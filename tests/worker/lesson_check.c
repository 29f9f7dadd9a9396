#include "lesson_check.h"

#include "box_reader.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

static guint32
ticks_per_frame (WorkerRun *run)
{
  return run->epoch->slot_duration / 16;
}

guint64
lesson_n_frames (WorkerRun *run)
{
  guint64 ticks = 0;

  for (guint i = 0; i < run->slots->len; i++)
    ticks += ((AcSlot *)g_ptr_array_index (run->slots, i))->duration;
  return ticks / ticks_per_frame (run);
}

guint
lesson_n_slate_slots (WorkerRun *run)
{
  guint n_slots = 0;

  for (guint i = 0; i < run->slots->len; i++) {
    const AcSlot *slot = g_ptr_array_index (run->slots, i);

    n_slots += (slot->flags & AC_SLOT_NOT_CREDITABLE) != 0;
  }
  return n_slots;
}

static void
check_samples (const AcTrack *track, const AcSlot *slot, const ReadChunk *chunk,
               guint64 *length)
{
  gboolean starts = (slot->flags & AC_SLOT_SEGMENT_START) != 0;

  *length = 0;
  for (guint i = 0; i < chunk->n_samples; i++) {
    gboolean sync = track->kind == AC_TRACK_AUDIO || (starts && i == 0);

    g_assert_cmphex (chunk->samples[i].flags, ==, sync ? 0x02000000 : 0x01010000);
    g_assert_cmpint (chunk->samples[i].composition_offset, ==, 0);
    g_assert_cmpuint (chunk->samples[i].size, >, 0);
    *length += chunk->samples[i].duration;
  }
}

static void
check_part (WorkerRun *run, const AcSlot *slot, guint index, guint64 *next_time)
{
  const AcTrack *track = &run->epoch->tracks[index];
  g_autofree ReadChunk *chunk = g_new (ReadChunk, 1);
  guint64 start = slot->start * track->timescale / AC_TICKS_PER_SECOND;
  guint64 expected = (guint64)slot->duration * track->timescale / AC_TICKS_PER_SECOND;
  guint64 length;

  box_read_chunk (slot->parts[index], chunk);
  check_samples (track, slot, chunk, &length);
  g_assert_true (chunk->has_styp == ((slot->flags & AC_SLOT_SEGMENT_START) != 0));
  g_assert_true (chunk->has_prft == chunk->has_styp);
  g_assert_cmpuint (chunk->decode_time, ==, start);
  if (*next_time != 0)
    g_assert_cmpuint (chunk->decode_time, ==, *next_time);
  *next_time = chunk->decode_time + length;
  if (track->kind == AC_TRACK_VIDEO || slot->duration == run->epoch->slot_duration)
    g_assert_cmpuint (length, ==, expected);
  else /* the last one, to half an AAC frame */
    g_assert_cmpint (ABS ((gint64)(length - expected)), <=, 512 + 1);
}

/* A segment's date is its epoch's and the time since then, to the millisecond; what the
 * wall clock ran ahead meanwhile shows in its parts, and dates the next epoch. */
static void
check_wall (WorkerRun *run, const AcSlot *slot)
{
  const AcMediaEpoch *epoch =
      g_ptr_array_index (run->epochs, slot->epoch - run->epoch->number);
  gint64 media_ms = (gint64)(slot->start - epoch->start) / 90;
  gint64 ahead_ms = slot->wall_ms - epoch->wall_start_ms - media_ms;

  g_assert_cmpint (ahead_ms, >=, -1);
  g_assert_cmpint (ahead_ms, <=, slot->part == 0 ? 1 : run->wall_steps_ms + 1);
}

/* Epochs follow each other without a hole, each from a segment on. */
static guint32
check_epoch (WorkerRun *run, const AcSlot *slot, guint32 before)
{
  const AcMediaEpoch *epoch;

  if (slot->epoch == before)
    return before;
  g_assert_cmpuint (slot->epoch, ==, before + 1);
  g_assert_cmpuint (slot->epoch - run->epoch->number, <, run->epochs->len);
  epoch = g_ptr_array_index (run->epochs, slot->epoch - run->epoch->number);
  g_assert_cmpuint (epoch->number, ==, slot->epoch);
  g_assert_cmpuint (epoch->start, ==, slot->start);
  g_assert_cmpuint (epoch->first_msn, ==, slot->msn);
  g_assert_cmpuint (slot->part, ==, 0);
  return slot->epoch;
}

void
lesson_check_grid (WorkerRun *run, const AcWireConfigure *configure)
{
  const AcMediaEpoch *epoch = run->epoch;
  guint64 next_times[AC_MAX_TRACKS] = { 0 };
  guint32 number = configure->epoch;

  g_assert_nonnull (epoch);
  g_assert_cmpuint (epoch->number, ==, configure->epoch);
  g_assert_cmpuint (epoch->start, ==, configure->start);
  g_assert_cmpuint (epoch->first_msn, ==, configure->first_msn);
  g_assert_cmpuint (run->slots->len, >, 0);
  for (guint i = 0; i < run->slots->len; i++) {
    const AcSlot *slot = g_ptr_array_index (run->slots, i);
    gboolean last = i + 1 == run->slots->len;
    guint part = i % epoch->slots_per_segment;

    number = check_epoch (run, slot, number);
    g_assert_cmpuint (slot->part, ==, part);
    g_assert_cmpuint (slot->msn, ==, epoch->first_msn + i / epoch->slots_per_segment);
    g_assert_cmpuint (slot->start, ==,
                      epoch->start + i * (guint64)epoch->slot_duration);
    g_assert_true (((slot->flags & AC_SLOT_SEGMENT_START) != 0) == (part == 0));
    g_assert_true (((slot->flags & AC_SLOT_SEGMENT_END) != 0) ==
                   (last || part + 1 == epoch->slots_per_segment));
    if (!last)
      g_assert_cmpuint (slot->duration, ==, epoch->slot_duration);
    check_wall (run, slot);
    g_assert_cmpuint (slot->n_parts, ==, epoch->n_tracks);
    for (guint k = 0; k < slot->n_parts; k++)
      check_part (run, slot, k, &next_times[k]);
  }
}

/* Runs @format with the file of @track in place of its %s. Returns: what it printed;
 * nothing may come on standard error. */
static GBytes *
with_file (WorkerRun *run, guint track, const gchar *format)
{
  g_autoptr (GBytes) file = worker_run_track (run, track);
  g_autofree gchar *dir = g_dir_make_tmp ("airclass-track-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (dir, "track.mp4", NULL);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *out = NULL;
  g_autoptr (GBytes) errors = NULL;

  g_file_set_contents (path, g_bytes_get_data (file, NULL),
                       (gssize)g_bytes_get_size (file), &error);
  g_assert_no_error (error);
  argv = g_strsplit (format, " ", -1);
  for (guint i = 0; argv[i] != NULL; i++) {
    if (g_str_equal (argv[i], "%s")) {
      g_free (argv[i]);
      argv[i] = g_strdup (path);
    }
  }
  process = g_subprocess_newv (
      (const gchar *const *)argv,
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate (process, NULL, NULL, &out, &errors, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (errors, NULL), g_bytes_get_size (errors), "", 0);
  g_assert_true (g_subprocess_get_successful (process));
  g_unlink (path);
  g_rmdir (dir);
  return out;
}

static guint64
n_samples (WorkerRun *run, guint track)
{
  g_autofree ReadChunk *chunk = g_new (ReadChunk, 1);
  guint64 sum = 0;

  for (guint i = 0; i < run->slots->len; i++) {
    box_read_chunk (((AcSlot *)g_ptr_array_index (run->slots, i))->parts[track], chunk);
    sum += chunk->n_samples;
  }
  return sum;
}

void
lesson_check_decodes (WorkerRun *run)
{
  for (guint i = 0; i < run->epoch->n_tracks; i++) {
    g_autoptr (GBytes) out =
        with_file (run, i,
                   "ffprobe -v warning -count_frames -show_entries "
                   "stream=nb_read_frames -of csv=p=0 %s");
    g_autofree gchar *text =
        g_strndup (g_bytes_get_data (out, NULL), g_bytes_get_size (out));

    g_assert_cmpuint (g_ascii_strtoull (text, NULL, 10), ==, n_samples (run, i));
  }
}

GBytes *
lesson_decode (WorkerRun *run, guint track)
{
  if (run->epoch->tracks[track].kind == AC_TRACK_VIDEO)
    return with_file (run, track,
                      "ffmpeg -nostdin -v error -i %s -vf scale=32:18 -pix_fmt gray "
                      "-vsync passthrough -f rawvideo -");
  return with_file (run, track, "ffmpeg -nostdin -v error -i %s -ac 1 -f s16le -");
}
