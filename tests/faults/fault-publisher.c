/* fault-publisher - an encoder on which everything goes wrong, by a script.
 *
 * Usage: fault-publisher URL SCRIPT FLV...
 *
 * Sends the tags of the first file in real time, round and round, until the script says
 * otherwise; see fault_script.h. Writes a line to its standard output when a step is
 * taken. */
#include "fault_script.h"
#include "sender.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FILES 16

typedef struct {
  Sender *sender;
  FlvFile *files[MAX_FILES];
  GArray *steps;
  guint next_step;
  gint64 begin_us;

  guint file, tag;   /* what comes next */
  gint64 round_ms;   /* when the file's present round began, since begin */
  gint64 origin_ms;  /* of timestamps */
  gint64 jump_ms[2]; /* by track: video, audio */
  gdouble drift;     /* 1: none */
  gint64 drift_since_ms, drift_before_ms;
  gint64 stopped_until_ms[2], doubled_until_ms, losing_until_ms;
  gint64 stalled_until_ms, paused_until_ms;
  guint lose_each, n_frames;
  gboolean over;
} Publisher;

static guint
track_of (guint8 type)
{
  return type == 8 ? 1 : 0;
}

static gboolean
send_tag (Publisher *self, const FlvFileTag *tag, gint64 timestamp_ms)
{
  g_autoptr (GError) error = NULL;

  if (sender_send (self->sender, tag, timestamp_ms, &error))
    return TRUE;
  g_printerr ("fault-publisher: %s\n", error->message);
  return FALSE;
}

/* What this publisher's clock says at @ms since the beginning. */
static gint64
timestamp_at (const Publisher *self, gint64 ms, guint track)
{
  return self->origin_ms + self->jump_ms[track] + self->drift_before_ms +
         (gint64)((gdouble)(ms - self->drift_since_ms) * self->drift);
}

static void
set_drift (Publisher *self, gint64 now_ms, gint64 ppm)
{
  self->drift_before_ms +=
      (gint64)((gdouble)(now_ms - self->drift_since_ms) * self->drift);
  self->drift_since_ms = now_ms;
  self->drift = 1 + (gdouble)ppm / 1e6;
}

static gboolean
begin_file (Publisher *self, gint64 now_ms, guint file)
{
  GArray *tags;

  if (file >= MAX_FILES || self->files[file] == NULL) {
    g_printerr ("fault-publisher: there is no file %u\n", file);
    return FALSE;
  }
  self->file = file;
  self->tag = 0;
  self->round_ms = now_ms;
  tags = self->files[file]->tags;
  for (guint i = 0; i < tags->len; i++) {
    const FlvFileTag *tag = &g_array_index (tags, FlvFileTag, i);

    if (tag->setup && !send_tag (self, tag, timestamp_at (self, now_ms, 0)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
take_step (Publisher *self, const FaultStep *step)
{
  const gint64 until_ms = step->at_ms + step->length_ms;

  switch (step->action) {
  case FAULT_ORIGIN:
    self->origin_ms = step->value;
    return TRUE;
  case FAULT_MEDIA:
    return begin_file (self, step->at_ms, (guint)step->value);
  case FAULT_JUMP:
    self->jump_ms[0] += step->value;
    self->jump_ms[1] += step->value;
    return TRUE;
  case FAULT_JUMP_VIDEO:
    self->jump_ms[0] += step->value;
    return TRUE;
  case FAULT_JUMP_AUDIO:
    self->jump_ms[1] += step->value;
    return TRUE;
  case FAULT_DRIFT:
    set_drift (self, step->at_ms, step->value);
    return TRUE;
  case FAULT_STOP:
    self->stopped_until_ms[track_of (step->track)] = until_ms;
    return TRUE;
  case FAULT_DUPLICATE:
    self->doubled_until_ms = until_ms;
    return TRUE;
  case FAULT_LOSE:
    self->lose_each = (guint)MAX (step->value, 1);
    self->losing_until_ms = until_ms;
    return TRUE;
  case FAULT_STALL:
    self->stalled_until_ms = until_ms;
    return TRUE;
  case FAULT_PAUSE:
    self->paused_until_ms = until_ms;
    return TRUE;
  case FAULT_END:
    self->over = TRUE;
    return TRUE;
  }
  return FALSE;
}

static gboolean
take_steps (Publisher *self, gint64 now_ms)
{
  while (!self->over && self->next_step < self->steps->len) {
    const FaultStep *step = &g_array_index (self->steps, FaultStep, self->next_step);

    if (step->at_ms > now_ms)
      return TRUE;
    self->next_step++;
    g_print ("%" G_GINT64_FORMAT " step %u\n", step->at_ms, self->next_step);
    if (!take_step (self, step))
      return FALSE;
  }
  return TRUE;
}

/* Whether the tag due at @ms is left out. */
static gboolean
is_left_out (Publisher *self, const FlvFileTag *tag, gint64 ms)
{
  if (ms < self->paused_until_ms || ms < self->stopped_until_ms[track_of (tag->type)])
    return TRUE;
  return ms < self->losing_until_ms && tag->type == 9 && !tag->keyframe &&
         self->n_frames++ % self->lose_each == 0;
}

/* Sends what is due. Returns: FALSE when the line is broken. */
static gboolean
send_due (Publisher *self, gint64 now_ms)
{
  for (;;) {
    const FlvFile *file = self->files[self->file];
    const FlvFileTag *tag;
    gint64 ms, timestamp_ms;

    if (self->tag >= file->tags->len) {
      self->tag = 0;
      self->round_ms += file->duration_ms;
    }
    tag = &g_array_index (file->tags, FlvFileTag, self->tag);
    ms = self->round_ms + tag->ms;
    if (ms > now_ms)
      return TRUE;
    self->tag++;
    if (tag->setup || is_left_out (self, tag, ms))
      continue;
    timestamp_ms = timestamp_at (self, ms, track_of (tag->type));
    if (!send_tag (self, tag, timestamp_ms) ||
        (ms < self->doubled_until_ms && !send_tag (self, tag, timestamp_ms)))
      return FALSE;
  }
}

/* Steps and tags in the order of their times, in turns of a few milliseconds. */
static gboolean
run (Publisher *self)
{
  self->begin_us = g_get_monotonic_time ();
  self->drift = 1;
  if (!take_steps (self, 0) || (self->tag == 0 && !begin_file (self, 0, self->file)))
    return FALSE;
  for (gint64 at_ms = 0; !self->over;) {
    gint64 now_ms = (g_get_monotonic_time () - self->begin_us) / 1000;

    for (; at_ms <= now_ms && !self->over; at_ms++)
      if (!take_steps (self, at_ms) ||
          (at_ms >= self->stalled_until_ms && !send_due (self, at_ms)))
        return FALSE;
    g_usleep (2000);
  }
  return TRUE;
}

static gboolean
load (Publisher *self, int argc, char **argv, GError **error)
{
  self->steps = fault_script_parse (argv[2], error);
  if (self->steps == NULL)
    return FALSE;
  for (gint i = 3; i < argc && i - 3 < MAX_FILES; i++) {
    self->files[i - 3] = flv_file_read (argv[i], error);
    if (self->files[i - 3] == NULL)
      return FALSE;
  }
  self->sender = sender_open (argv[1], error);
  return self->sender != NULL;
}

static void
clear (Publisher *self)
{
  g_clear_pointer (&self->sender, sender_close);
  for (guint i = 0; i < MAX_FILES; i++)
    g_clear_pointer (&self->files[i], flv_file_free);
  g_clear_pointer (&self->steps, g_array_unref);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Publisher publisher = { 0 };
  gboolean good;

  if (argc < 4) {
    g_printerr ("Usage: fault-publisher URL SCRIPT FLV...\n");
    return 64;
  }
  good = load (&publisher, argc, argv, &error) && run (&publisher);
  if (error != NULL)
    g_printerr ("fault-publisher: %s\n", error->message);
  clear (&publisher);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
