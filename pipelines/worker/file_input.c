/* A prepared lecture, read in real time: each packet is given on when its time has
 * come, by the monotonic clock.
 *
 * Looping opens the file again for each round and lays its packets behind those of the
 * last one: the time line goes on without a step. */
#include "fetch.h"

/* To the first packet, so that what opens late does not begin late. */
#define LEAD_US (50 * 1000)
#define OPEN_MS (10 * 1000)
/* From the last packet to the end: it is on its way through repair and pump. */
#define TAIL_MS 600
/* A round that is shorter would keep us at opening. */
#define SHORTEST_US G_USEC_PER_SEC

typedef struct {
  gboolean seen;
  gint64 last_us, step_us; /* decode time, and what it went on by */
  gint64 end_us;           /* of presentation, so far */
} Track;

typedef struct {
  AcInput input;
  gchar *path;
  gboolean loop;
  AcFetch *fetch;
  gint64 position_us; /* where the first round begins */
  gint64 base_us;     /* when time 0 of the present round is due */
  gint64 offset_us;   /* of its packets: how long all rounds before it were */
  Track tracks[2];    /* of the present round */
  guint next_source;  /* what comes next, outside the fetch's own calls */
  guint open_timer;
} FileInput;

static void
note (Track *track, const AcPacket *packet)
{
  gint64 step_us = packet->decode_us - track->last_us;

  if (track->seen && step_us > 0)
    track->step_us = step_us;
  track->seen = TRUE;
  track->last_us = packet->decode_us;
  track->end_us =
      MAX (track->end_us, packet->decode_us + packet->composition_us + track->step_us);
}

static void
on_packet (const AcPacket *packet, gpointer user_data)
{
  FileInput *self = user_data;
  AcPacket moved = *packet;

  if (self->input.over)
    return;
  note (&self->tracks[packet->track], packet);
  moved.decode_us += self->offset_us;
  self->input.handler.packet (&moved, self->input.user_data);
}

/* Whole frames, so that the pictures of the next round are on the beat of this one. */
static gint64
round_length_us (FileInput *self)
{
  const Track *video = &self->tracks[AC_SOURCE_VIDEO];
  gint64 length_us = MAX (video->end_us, self->tracks[AC_SOURCE_AUDIO].end_us);

  if (video->seen && video->step_us > 0)
    length_us = (length_us + video->step_us - 1) / video->step_us * video->step_us;
  return length_us;
}

static gboolean open_file (FileInput *self, gint64 position_us, GError **error);

static gboolean
on_next_round (gpointer user_data)
{
  FileInput *self = user_data;
  gint64 length_us = round_length_us (self);
  g_autoptr (GError) error = NULL;

  self->next_source = 0;
  if (length_us < SHORTEST_US && self->position_us == 0) {
    ac_input_report (&self->input, AC_SOURCE_FAILED,
                     "it is too short to be played again and again");
    return G_SOURCE_REMOVE;
  }
  self->position_us = 0;
  self->offset_us += length_us;
  self->base_us += length_us;
  if (!open_file (self, 0, &error))
    ac_input_report (&self->input, AC_SOURCE_FAILED, error->message);
  return G_SOURCE_REMOVE;
}

static gboolean
on_tail_over (gpointer user_data)
{
  FileInput *self = user_data;

  self->next_source = 0;
  ac_input_report (&self->input, AC_SOURCE_ENDED, "it was played to its end");
  return G_SOURCE_REMOVE;
}

static void
on_ended (gpointer user_data)
{
  FileInput *self = user_data;

  self->next_source = self->loop
                          ? g_idle_add_full (G_PRIORITY_HIGH, on_next_round, self, NULL)
                          : g_timeout_add (TAIL_MS, on_tail_over, self);
}

static void
on_prepared (gpointer user_data)
{
  FileInput *self = user_data;

  g_clear_handle_id (&self->open_timer, g_source_remove);
  if (self->base_us == 0) {
    self->base_us = g_get_monotonic_time () + LEAD_US;
    ac_input_report (&self->input, AC_SOURCE_CONNECTED, "it plays");
  }
  ac_fetch_start (self->fetch, self->base_us);
}

static gboolean
on_open_late (gpointer user_data)
{
  FileInput *self = user_data;

  self->open_timer = 0;
  ac_input_report (&self->input, AC_SOURCE_FAILED,
                   "there is neither picture nor sound in it that can be played");
  return G_SOURCE_REMOVE;
}

static gboolean
open_file (FileInput *self, gint64 position_us, GError **error)
{
  static const AcFetchHandler handler = { ac_input_on_format, on_packet, on_prepared,
                                          on_ended, ac_input_on_failed };
  g_autoptr (GstElement) source = NULL;

  g_clear_pointer (&self->fetch, ac_fetch_free);
  self->tracks[0] = self->tracks[1] = (Track){ 0 };
  self->fetch = ac_fetch_new ("filesrc name=src ! typefind name=type", TRUE, &handler,
                              self, error);
  if (self->fetch == NULL)
    return FALSE;
  source = ac_fetch_element (self->fetch, "src");
  g_object_set (source, "location", self->path, NULL);
  self->open_timer = g_timeout_add (OPEN_MS, on_open_late, self);
  ac_fetch_prepare (self->fetch, position_us);
  return TRUE;
}

static void
file_input_free (AcInput *input)
{
  FileInput *self = (FileInput *)input;

  g_clear_handle_id (&self->next_source, g_source_remove);
  g_clear_handle_id (&self->open_timer, g_source_remove);
  g_clear_pointer (&self->fetch, ac_fetch_free);
  g_free (self->path);
  g_free (self);
}

static AcInput *
file_input_create (const AcWireSource *source, GError **error)
{
  FileInput *self = g_new0 (FileInput, 1);

  self->path = g_strdup (source->address);
  self->loop = source->loop;
  self->position_us = source->position_ms * 1000;
  if (open_file (self, self->position_us, error))
    return &self->input;
  file_input_free (&self->input);
  return NULL;
}

const AcInputClass ac_file_input_class = {
  .create = file_input_create,
  .free = file_input_free,
};
