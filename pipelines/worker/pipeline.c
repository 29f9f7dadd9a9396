#include "pipeline.h"

#include "follower.h"
#include "input.h"
#include "level_meter.h"
#include "scaler.h"
#include "source.h"
#include "viewers.h"
#include "wire_link.h"
#include "workload.h"

#include <glib-unix.h>
#include <unistd.h>

GST_DEBUG_CATEGORY_STATIC (pipeline_debug);
#define GST_CAT_DEFAULT pipeline_debug

#define DEFAULT_HEIGHT 720
/* How long a source without picture is waited for, and one that tells no rate. */
#define CHOICE_US (2 * G_USEC_PER_SEC)

typedef enum { UNCONFIGURED, WAITING, RUNNING, FINISHING, OVER } State;

struct _AcPipeline {
  AcPipelineOver over;
  gpointer user_data;
  State state;
  gint exit_code; /* when over */
  AcWireLink *link;
  AcWireConfigure configure;
  AcWireMachine machine;

  AcInput *input;           /* NULL: no source */
  guint32 source_number;    /* of the last SOURCE_BEGIN */
  AcPumpSource pump_source; /* what the pump was told, or will be */
  AcSource *source;
  AcFrameQueue *frames;
  AcSoundRing *sound;
  AcAssembler *assembler;
  AcLadder *ladder;
  AcPump *pump;
  AcFollower *follower; /* NULL: the lesson is not to follow its source */
  AcWorkload *workload;
  guint workload_timer;
  AcLevelMeter *level;
  AcViewers *viewers;
  gint64 source_since_us; /* its first media; 0: none yet */
  guint health_timer;
  gboolean finished; /* FINISHED is queued; what is left to do is to write it */

  GMutex lock; /* guards the next three: the first picture decides the plan, on a
                * decoder thread; the last slot comes on an encoder's */
  gboolean told_finished; /* nothing is sent behind FINISHED */
  AcLadderPlan plan;
  gboolean planned;
};

/* --- the end ---------------------------------------------------------------------- */

static gboolean
on_over (gpointer user_data)
{
  AcPipeline *self = user_data;

  self->over (self->exit_code, self->user_data);
  return G_SOURCE_REMOVE;
}

/* From the main loop: the rest is told from an idle call, outside all callbacks. */
static void
end (AcPipeline *self, gint exit_code)
{
  if (self->state == OVER)
    return;
  self->state = OVER;
  self->exit_code = exit_code;
  g_idle_add (on_over, self);
}

static void
fail (AcPipeline *self, const gchar *what, const GError *error)
{
  GST_ERROR ("%s: %s", what, error->message);
  if (self->state != OVER)
    g_printerr ("airclass-pipeline: %s: %s\n", what, error->message);
  end (self, 1);
}

/* --- encoders' side --------------------------------------------------------------- */

static void
on_epoch (AcMediaEpoch *epoch, gpointer user_data)
{
  ac_wire_link_send (((AcPipeline *)user_data)->link, ac_wire_pack_epoch (epoch));
}

static void
on_slot (AcSlot *slot, gpointer user_data)
{
  ac_wire_link_send (((AcPipeline *)user_data)->link, ac_wire_pack_slot (slot));
}

static gboolean
on_finished_queued (gpointer user_data)
{
  AcPipeline *self = user_data;

  self->finished = TRUE;
  if (ac_wire_link_unsent_bytes (self->link) == 0)
    end (self, 0);
  return G_SOURCE_REMOVE;
}

/* The end waits for the queue to be empty; only the main loop can tell that it is
 * empty behind FINISHED and not before it. */
static void
on_finished (gpointer user_data)
{
  AcPipeline *self = user_data;

  g_mutex_lock (&self->lock);
  self->told_finished = TRUE;
  ac_wire_link_send (self->link, ac_wire_pack_finished ());
  g_mutex_unlock (&self->lock);
  g_idle_add (on_finished_queued, self); /* _free() removes it */
}

typedef struct {
  AcPipeline *pipeline;
  GError *error;
} Failure;

static gboolean
on_assembler_failure (gpointer user_data)
{
  Failure *failure = user_data;

  fail (failure->pipeline, "encoders", failure->error);
  return G_SOURCE_REMOVE;
}

static void
failure_free (gpointer data)
{
  Failure *failure = data;

  g_error_free (failure->error);
  g_free (failure);
}

static void
on_assembler_failed (const GError *error, gpointer user_data)
{
  Failure *failure = g_new0 (Failure, 1);

  failure->pipeline = user_data;
  failure->error = g_error_copy (error);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_assembler_failure, failure, failure_free);
}

static void
on_ladder_failed (const GError *error, gpointer user_data)
{
  fail (user_data, "encoders", error);
}

/* --- beginning -------------------------------------------------------------------- */

/* Freezes the ladder by the first size that is known. */
static void
plan (AcPipeline *self, guint width, guint height)
{
  g_mutex_lock (&self->lock);
  if (!self->planned)
    ac_ladder_plan_init (&self->plan, width, height);
  if (self->configure.may_follow)
    ac_ladder_plan_full_rate (&self->plan);
  self->planned = TRUE;
  g_mutex_unlock (&self->lock);
}

static void
create_pump (AcPipeline *self, const AcGrid *grid, gint64 origin_us)
{
  const AcRendition *top = &self->plan.renditions[0];
  AcPumpSetup setup = {
    .grid = *grid,
    .origin_us = origin_us,
    .frames = self->frames,
    .sound = self->sound,
    .ladder = self->ladder,
    .assembler = self->assembler,
    .source = self->pump_source,
    .sound_offset_us = ac_grid_sound_offset_us (self->configure.start),
  };

  for (guint i = 0; i < AC_N_SLATES; i++)
    setup.slates[i] =
        ac_slate_draw ((AcSlateKind)i, self->configure.title, top->width, top->height);
  /* Drawing takes a while the first time: a clock that is to begin now begins here. */
  if (origin_us == 0)
    setup.origin_us = g_get_monotonic_time ();
  ac_source_set_phase (self->source, setup.origin_us, ac_grid_frame_us (grid, 1));
  ac_viewers_start (self->viewers, self->ladder, self->plan.n_renditions, grid,
                    setup.origin_us, setup.sound_offset_us);
  ac_ladder_tap (self->ladder, &ac_viewers_tap, self->viewers);
  self->pump = ac_pump_new (&setup);
  for (guint i = 0; i < AC_N_SLATES; i++)
    gst_buffer_unref (setup.slates[i]);
}

static gboolean
on_workload_timer (gpointer user_data)
{
  AcPipeline *self = user_data;

  ac_workload_step (self->workload, g_get_monotonic_time (),
                    self->machine.spare_millicores);
  return G_SOURCE_CONTINUE;
}

static void
create_workload (AcPipeline *self, const AcGrid *grid, const AcEncoder *encoder)
{
  const AcWorkloadSetup setup = {
    .plan = self->plan,
    .grid = *grid,
    .encoder = encoder,
    .ladder = self->ladder,
    .assembler = self->assembler,
    .pump = self->pump,
    .shedding = self->configure.shedding,
  };

  self->workload = ac_workload_new (&setup);
  self->workload_timer = g_timeout_add (AC_WORKLOAD_STEP_MS, on_workload_timer, self);
}

/* The one that was asked for, when it is known here. */
static const AcEncoder *
choose_encoder (AcPipeline *self)
{
  const AcEncoder *encoder = ac_encoder_find (self->configure.encoder);

  return encoder != NULL ? encoder : ac_encoder_find (AC_ENCODER_FALLBACK);
}

/* @origin_us: when frame 0 is due; 0: now */
static void
run (AcPipeline *self, guint frame_rate, gint64 origin_us)
{
  const AcAssemblerHandler handler = { on_epoch, on_slot, on_finished,
                                       on_assembler_failed };
  const AcEncoder *encoder = choose_encoder (self);
  g_autoptr (GError) error = NULL;
  AcAssemblerSetup setup = {
    .plan = self->plan,
    .epoch = self->configure.epoch,
    .first_msn = self->configure.first_msn,
    .start = self->configure.start,
  };

  ac_grid_init (&setup.grid, frame_rate, self->configure.may_follow);
  self->assembler = ac_assembler_new (&setup, &handler, self);
  self->ladder = ac_ladder_new (&setup.grid, &setup.plan, encoder, self->assembler,
                                on_ladder_failed, self, &error);
  if (self->ladder == NULL) {
    fail (self, "encoders", error);
    return;
  }
  create_pump (self, &setup.grid, origin_us);
  create_workload (self, &setup.grid, encoder);
  if (self->configure.may_follow) {
    self->follower = ac_follower_new (&setup.grid, self->assembler, self->pump);
    ac_follower_tap (self->follower, ac_viewers_followed, self->viewers);
  }
  self->state = RUNNING;
}

/* Ticks are laid on the source's first frame; of those that have passed already the
 * clock begins with the last. */
static gint64
origin_for (const AcSourceFacts *facts, guint frame_rate, gint64 now_us)
{
  gint64 late_us = now_us - facts->first_video_due_us;
  gint64 period_us = G_USEC_PER_SEC / frame_rate;

  if (facts->first_video_due_us < 0)
    return 0;
  return facts->first_video_due_us +
         (late_us > 0 ? late_us / period_us * period_us : 0);
}

/* Begins when all is known that the choice needs, or has been waited for. */
static void
consider_running (AcPipeline *self, gint64 now_us)
{
  gboolean waited_enough =
      self->source_since_us != 0 && now_us - self->source_since_us >= CHOICE_US;
  guint frame_rate = self->configure.frame_rate;
  AcSourceFacts facts;

  if (self->state != WAITING)
    return;
  ac_source_facts (self->source, &facts);
  if ((facts.width == 0 || facts.frames_per_1000s == 0) && !waited_enough)
    return;
  if (frame_rate == 0)
    frame_rate = ac_grid_rate_for (facts.frames_per_1000s);
  plan (self, 0, DEFAULT_HEIGHT); /* in case there was no picture */
  run (self, frame_rate, origin_for (&facts, frame_rate, now_us));
}

/* --- source's side: decoder threads ------------------------------------------------
 */

static void
on_canvas (const AcPicture *picture, guint *ret_width, guint *ret_height,
           gpointer user_data)
{
  AcPipeline *self = user_data;

  plan (self, (guint)picture->width, (guint)picture->height);
  g_mutex_lock (&self->lock);
  *ret_width = self->plan.renditions[0].width;
  *ret_height = self->plan.renditions[0].height;
  g_mutex_unlock (&self->lock);
}

static void
on_frame (GstBuffer *frame, gint64 due_us, gpointer user_data)
{
  ac_frame_queue_push (((AcPipeline *)user_data)->frames, frame, due_us);
}

static void
on_sound (const gint16 *samples, gsize n_samples, gint64 due_us, gboolean discontinuity,
          gpointer user_data)
{
  AcPipeline *self = user_data;

  ac_level_meter_add (self->level, samples, n_samples, g_get_monotonic_time ());
  ac_sound_ring_write (self->sound, samples, n_samples, due_us, discontinuity);
}

/* --- source's side: main loop ----------------------------------------------------- */

static void
on_input_format (AcSourceTrack track, GstCaps *caps, gpointer user_data)
{
  AcPipeline *self = user_data;

  if (self->source_since_us == 0)
    self->source_since_us = g_get_monotonic_time ();
  ac_source_format (self->source, track, caps);
}

static void
on_input_packet (const AcPacket *packet, gpointer user_data)
{
  AcPipeline *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  if (self->source_since_us == 0)
    self->source_since_us = now_us;
  if (self->pump != NULL)
    ac_pump_note_arrival (self->pump, packet->track, now_us);
  ac_source_packet (self->source, packet, now_us);
  consider_running (self, now_us);
}

static void
on_repaired (const AcPacket *packet, GstCaps *format, gint64 due_us,
             gboolean discontinuity, gpointer user_data)
{
  AcPipeline *self = user_data;
  AcSourceFacts facts;

  if (self->follower == NULL)
    return;
  if (packet->track == AC_SOURCE_AUDIO) {
    ac_follower_sound (self->follower, packet, format, due_us, discontinuity);
    return;
  }
  ac_source_facts (self->source, &facts);
  ac_follower_packet (self->follower, packet, format, due_us, discontinuity,
                      facts.width, facts.height);
}

static void
on_input_rate (guint32 frames_per_1000s, gpointer user_data)
{
  ac_source_rate (((AcPipeline *)user_data)->source, frames_per_1000s);
}

static void
on_input_state (AcSourceState state, const gchar *detail, gpointer user_data)
{
  AcPipeline *self = user_data;
  const AcWireSourceState wire = { state, (gchar *)detail, self->source_number };

  ac_wire_link_send (self->link, ac_wire_pack_source_state (&wire));
}

static void
tell_pump (AcPipeline *self, AcPumpSource source)
{
  self->pump_source = source;
  if (self->pump != NULL)
    ac_pump_set_source (self->pump, source);
}

static void
end_source (AcPipeline *self)
{
  if (self->follower != NULL) /* first: the frame clock goes on meanwhile */
    ac_follower_end (self->follower);
  g_clear_pointer (&self->input, ac_input_free);
  ac_source_end (self->source);
  tell_pump (self, AC_PUMP_NO_SOURCE);
}

static void
begin_source (AcPipeline *self, const AcWireSource *source)
{
  const AcInputHandler handler = { on_input_format, on_input_packet, on_input_rate,
                                   on_input_state };
  g_autoptr (GError) error = NULL;

  end_source (self);
  self->source_number = source->number;
  ac_source_begin (self->source, source->age_ms * G_GINT64_CONSTANT (1000));
  tell_pump (self, source->kind == AC_SOURCE_TS ? AC_PUMP_EVEN_SOURCE : AC_PUMP_SOURCE);
  self->input = ac_input_new (source, &handler, self, &error);
  if (self->input == NULL)
    on_input_state (AC_SOURCE_FAILED, error->message, self);
}

static void
on_viewer_state (const AcWireSourceState *state, gpointer user_data)
{
  AcPipeline *self = user_data;

  g_mutex_lock (&self->lock);
  if (!self->told_finished)
    ac_wire_link_send (self->link, ac_wire_pack_viewer_state (state));
  g_mutex_unlock (&self->lock);
}

/* --- daemon's side ---------------------------------------------------------------- */

static void
send_health (AcPipeline *self, gint64 now_us)
{
  AcWireHealth health = { 0 };
  AcPumpStatus status = { .on_slate = FALSE };

  ac_source_health (self->source, now_us, &health);
  ac_level_meter_read (self->level, now_us, &health);
  if (self->pump != NULL)
    ac_pump_status (self->pump, &status);
  if (self->workload != NULL)
    ac_workload_health (self->workload, now_us, &health);
  health.pictures_waiting = ac_frame_queue_length (self->frames);
  health.sound_waiting_ms =
      (guint32)(ac_sound_ring_length (self->sound) * 1000 / AC_GRID_SAMPLE_RATE);
  health.unsent_bytes = (guint32)ac_wire_link_unsent_bytes (self->link);
  health.on_slate = status.on_slate;
  health.frames_dropped = status.frames_dropped;
  health.frames_held = status.frames_held;
  health.clock_steps = status.clock_steps;
  g_mutex_lock (&self->lock);
  if (!self->told_finished)
    ac_wire_link_send (self->link, ac_wire_pack_health (&health));
  g_mutex_unlock (&self->lock);
}

static gboolean
on_health_timer (gpointer user_data)
{
  AcPipeline *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  consider_running (self, now_us);
  send_health (self, now_us);
  return G_SOURCE_CONTINUE;
}

/* Loads plugins and fonts, so that a source's first frames need not wait for them. */
static void
warm_up (const gchar *title)
{
  static const gchar *const elements[] = { "x264enc",    "avenc_aac", "h264parse",
                                           "avdec_h264", "avdec_aac", "aacparse" };

  for (guint i = 0; i < G_N_ELEMENTS (elements); i++) {
    g_autoptr (GstElement) element = gst_element_factory_make (elements[i], NULL);

    if (element == NULL)
      GST_ERROR ("no element %s", elements[i]);
    else
      gst_object_ref_sink (element);
  }
  gst_buffer_unref (ac_slate_draw (AC_SLATE_WAIT, title, 64, 36));
}

static void
take_configure (AcPipeline *self, GBytes *payload)
{
  g_autoptr (GError) error = NULL;

  if (!ac_wire_unpack_configure (payload, &self->configure, &error)) {
    fail (self, "daemon", error);
    return;
  }
  self->state = WAITING;
  warm_up (self->configure.title);
  /* Every second, not every whole second or so as _add_seconds() would. */
  self->health_timer = g_timeout_add (1000, on_health_timer, self);
  send_health (self, g_get_monotonic_time ()); /* the first says: ready */
  if (self->configure.top_height != 0)
    plan (self, 0, self->configure.top_height);
  if (self->configure.frame_rate == 0)
    return;
  plan (self, 0, DEFAULT_HEIGHT);
  run (self, self->configure.frame_rate, 0);
}

static void
take_begin (AcPipeline *self, GBytes *payload)
{
  g_autoptr (GError) error = NULL;
  AcWireSource source;

  if (!ac_wire_unpack_source_begin (payload, &source, &error)) {
    fail (self, "daemon", error);
    return;
  }
  begin_source (self, &source);
  ac_wire_source_clear (&source);
}

static void
take_media (AcPipeline *self, GBytes *payload)
{
  g_autoptr (GError) error = NULL;
  AcFlvTag unit;

  if (!ac_wire_unpack_source_media (payload, &unit, &error)) {
    fail (self, "daemon", error);
    return;
  }
  if (self->source_since_us == 0 && unit.type != 18 && unit.type != AC_UNIT_CANDIDATES)
    self->source_since_us = g_get_monotonic_time ();
  if (self->input != NULL)
    ac_input_push (self->input, &unit);
  ac_flv_tag_clear (&unit);
  consider_running (self, g_get_monotonic_time ());
}

static void
take_viewer (AcPipeline *self, AcWireType type, GBytes *payload)
{
  g_autoptr (GError) error = NULL;
  AcWireViewer viewer;

  if (!ac_wire_unpack_viewer (payload, &viewer, &error)) {
    fail (self, "daemon", error);
    return;
  }
  if (type == AC_WIRE_VIEWER_BEGIN)
    ac_viewers_begin (self->viewers, viewer.number, viewer.text);
  else if (type == AC_WIRE_VIEWER_TRICKLE)
    ac_viewers_trickle (self->viewers, viewer.number, viewer.text);
  else
    ac_viewers_end (self->viewers, viewer.number);
  ac_wire_viewer_clear (&viewer);
}

static void
take_machine (AcPipeline *self, GBytes *payload)
{
  g_autoptr (GError) error = NULL;

  if (!ac_wire_unpack_machine (payload, &self->machine, &error))
    fail (self, "daemon", error);
}

static void
take_finish (AcPipeline *self)
{
  if (self->state == WAITING)
    on_finished (self); /* nothing was ever published */
  /* No SOURCE_END came before: the frames that are played to the end are not theirs. */
  if (self->state == RUNNING && self->follower != NULL)
    ac_follower_end (self->follower);
  if (self->state == RUNNING)
    ac_pump_finish (self->pump);
  self->state = FINISHING;
}

static void
on_link_frame (AcWireType type, GBytes *payload, gpointer user_data)
{
  AcPipeline *self = user_data;
  gboolean fits = (type == AC_WIRE_CONFIGURE) == (self->state == UNCONFIGURED);
  g_autoptr (GError) error = NULL;

  if (self->state == OVER)
    return;
  if (fits && type == AC_WIRE_CONFIGURE) {
    take_configure (self, payload);
  } else if (fits && type == AC_WIRE_SOURCE_BEGIN) {
    take_begin (self, payload);
  } else if (fits && type == AC_WIRE_SOURCE_MEDIA) {
    take_media (self, payload);
  } else if (fits && type == AC_WIRE_SOURCE_END) {
    end_source (self);
  } else if (fits && type == AC_WIRE_MACHINE) {
    take_machine (self, payload);
  } else if (fits && type >= AC_WIRE_VIEWER_BEGIN && type <= AC_WIRE_VIEWER_END) {
    take_viewer (self, type, payload);
  } else if (fits && type == AC_WIRE_FINISH) {
    take_finish (self);
  } else {
    error = g_error_new (AC_WIRE_ERROR, AC_WIRE_ERROR_MALFORMED,
                         "a frame of type %d out of place", type);
    fail (self, "daemon", error);
  }
}

static void
on_link_closed (const GError *error, gpointer user_data)
{
  if (error != NULL)
    fail (user_data, "daemon", error);
  else
    end (user_data, 0);
}

static void
on_link_drained (gpointer user_data)
{
  AcPipeline *self = user_data;

  if (self->finished)
    end (self, 0);
}

/* --- life ------------------------------------------------------------------------- */

AcPipeline *
ac_pipeline_new (gint fd, AcPipelineOver over, gpointer user_data, GError **error)
{
  const AcWireLinkHandler link_handler = { on_link_frame, on_link_closed,
                                           on_link_drained };
  const AcSourceHandler source_handler = { on_canvas, on_frame, on_sound, on_repaired };
  AcPipeline *self = g_new0 (AcPipeline, 1);

  GST_DEBUG_CATEGORY_INIT (pipeline_debug, "acpipeline", 0, "worker");
  ac_scaler_register ();
  g_mutex_init (&self->lock);
  self->over = over;
  self->user_data = user_data;
  self->frames = ac_frame_queue_new ();
  self->sound = ac_sound_ring_new ();
  self->level = ac_level_meter_new (g_get_monotonic_time ());
  self->source = ac_source_new (&source_handler, self);
  self->viewers = ac_viewers_new (on_viewer_state, self);
  self->link = ac_wire_link_new (fd, &link_handler, self, error);
  if (self->link == NULL) {
    close (fd);
    g_clear_pointer (&self, ac_pipeline_free);
  }
  return self;
}

/* Top down: who calls goes before whom it calls. */
void
ac_pipeline_free (AcPipeline *self)
{
  g_clear_handle_id (&self->health_timer, g_source_remove);
  g_clear_handle_id (&self->workload_timer, g_source_remove);
  g_clear_pointer (&self->workload, ac_workload_free);
  g_clear_pointer (&self->follower, ac_follower_free);
  g_clear_pointer (&self->input, ac_input_free);
  g_clear_pointer (&self->source, ac_source_free);
  if (self->pump != NULL && self->ladder != NULL)
    ac_ladder_stop (self->ladder); /* a pump that waits for a full queue gets on */
  g_clear_pointer (&self->pump, ac_pump_free);
  ac_viewers_stop (self->viewers);
  g_clear_pointer (&self->ladder, ac_ladder_free);
  g_clear_pointer (&self->viewers, ac_viewers_free);
  g_clear_pointer (&self->assembler, ac_assembler_free);
  while (g_idle_remove_by_data (self))
    ;
  g_clear_pointer (&self->frames, ac_frame_queue_free);
  g_clear_pointer (&self->sound, ac_sound_ring_free);
  g_clear_pointer (&self->level, ac_level_meter_free);
  g_clear_pointer (&self->link, ac_wire_link_free);
  ac_wire_configure_clear (&self->configure);
  g_mutex_clear (&self->lock);
  g_free (self);
}
