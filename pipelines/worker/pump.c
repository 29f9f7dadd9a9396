#include "pump.h"

GST_DEBUG_CATEGORY_STATIC (pump_debug);
#define GST_CAT_DEFAULT pump_debug

/* How long the last picture stands, so that the slate is there within a second of the
 * last packet. That came a while before it was due, usually 200 ms, and half a second
 * when its sound comes late: the time is counted from there, and so what is left of it
 * is little when there was much room for a line that is only slow. */
#define SILENT_US (900 * 1000)             /* nothing came for so long */
#define SILENT_EVEN_US (700 * 1000)        /* and what came had waited for 200 ms */
#define SILENT_GONE_US (700 * 1000)        /* the source has said goodbye */
#define HOLD_US (700 * 1000)               /* whatever comes cannot be decoded */
#define HOLD_MAX_US (2500 * 1000)          /* it is slow: two of its own frames */
#define HOLD_HEARD_US (2 * G_USEC_PER_SEC) /* its sound goes on */
#define HEARD_US (500 * 1000)              /* sound that is older has ended */
#define PACE_MAX_US (1500 * 1000)          /* a longer pause is no pace */
#define SOUND_AHEAD_BLOCKS 2
#define DRAIN_US (G_USEC_PER_SEC / 2)
#define MAX_LAG_FRAMES 8 /* from here on the encoders get held frames */

struct _AcPump {
  AcPumpSetup setup;
  GThread *thread;
  gint64 period_us;

  GMutex lock; /* guards the next seven */
  GCond wake;
  gboolean stopping, finishing;
  AcPumpSource source;
  gint64 arrived_us[2]; /* by AcSourceTrack: when a packet came last */
  gint64 nudge_us;      /* not yet obeyed */
  AcPumpStatus status;

  /* The pump's thread. */
  gint64 origin_us, wall_origin_us; /* of frame 0; both move when time was skipped */
  guint64 n_frames, n_blocks;
  GstBuffer *held;
  gint64 shown_us;   /* when a new frame was shown last, G_MININT64: never */
  gint64 heard_us;   /* when there was sound last */
  gint64 pace_us;    /* the longest time between two new frames of late */
  gint64 stepped_us; /* when the clock made a step last */
};

static gint64
tick_us (const AcPump *self)
{
  return self->origin_us + ac_grid_frame_us (&self->setup.grid, self->n_frames);
}

/* When nothing will have come of @track for too long, if nothing does.
 * @ret_source: what there is */
static gint64
silent_at_us (AcPump *self, AcSourceTrack track, AcPumpSource *ret_source)
{
  static const gint64 silent_us[] = { [AC_PUMP_NO_SOURCE] = SILENT_GONE_US,
                                      [AC_PUMP_SOURCE] = SILENT_US,
                                      [AC_PUMP_EVEN_SOURCE] = SILENT_EVEN_US };
  gint64 at_us;

  g_mutex_lock (&self->lock);
  *ret_source = self->source;
  at_us = self->arrived_us[track] + silent_us[self->source];
  g_mutex_unlock (&self->lock);
  return at_us;
}

/* Sound that is being played is heard, however long it takes until more of it comes;
 * after that for a moment, unless nothing comes any more. */
static gboolean
is_heard (AcPump *self, gint64 now_us)
{
  AcPumpSource source;
  gint64 silent_us;

  if (self->heard_us == G_MININT64)
    return FALSE;
  silent_us = now_us - self->heard_us;
  return silent_us <= 2 * self->period_us ||
         (silent_us < HEARD_US &&
          now_us < silent_at_us (self, AC_SOURCE_AUDIO, &source));
}

static AcSlateKind
slate_kind (AcPump *self, gint64 now_us)
{
  if (is_heard (self, now_us))
    return AC_SLATE_SOUND_ONLY;
  return self->shown_us == G_MININT64 && self->heard_us == G_MININT64 ? AC_SLATE_WAIT
                                                                      : AC_SLATE_LOST;
}

/* How long the last picture may stand. */
static gint64
hold_us (AcPump *self, gint64 now_us)
{
  AcPumpSource source;
  const gint64 silent_at = silent_at_us (self, AC_SOURCE_VIDEO, &source);
  gint64 hold = CLAMP (self->pace_us * 2, HOLD_US, HOLD_MAX_US);

  if (hold == HOLD_US || source == AC_PUMP_NO_SOURCE)
    hold = CLAMP (silent_at - self->shown_us, 0, HOLD_US);
  if (source != AC_PUMP_NO_SOURCE && is_heard (self, now_us))
    hold = MAX (hold, HOLD_HEARD_US);
  return hold;
}

static void
note_shown (AcPump *self, gint64 at_us)
{
  gint64 gap_us = self->shown_us != G_MININT64 ? at_us - self->shown_us : 0;

  self->pace_us -= self->pace_us / 64;
  if (gap_us <= PACE_MAX_US)
    self->pace_us = MAX (self->pace_us, gap_us);
  self->shown_us = at_us;
}

/* Returns: (transfer full) (nullable): a frame that is due and was not shown yet. */
static GstBuffer *
take_fresh (AcPump *self, gint64 at_us, AcPumpStatus *status)
{
  GstBuffer *fresh;

  if (ac_assembler_lag (self->setup.assembler) > MAX_LAG_FRAMES) {
    if (ac_frame_queue_first_due (self->setup.frames) >= 0)
      self->shown_us = at_us; /* the source is there, it is we who are late */
    return NULL;
  }
  fresh = ac_frame_queue_take (self->setup.frames, at_us, self->period_us,
                               &status->frames_dropped);
  if (fresh == NULL)
    return NULL;
  note_shown (self, at_us);
  fresh = ac_ladder_stamp (self->setup.ladder, fresh, self->n_frames);
  gst_buffer_replace (&self->held, fresh);
  return fresh;
}

/* Returns: (transfer full): what this tick shows, stamped.
 * @ret_absent: the source is gone */
static GstBuffer *
choose (AcPump *self, gint64 at_us, AcPumpStatus *status, gboolean *ret_absent)
{
  GstBuffer *frame = take_fresh (self, at_us, status);
  AcSlateKind kind;

  *ret_absent = FALSE;
  status->on_slate = FALSE;
  if (frame != NULL)
    return frame;
  if (self->held != NULL && at_us - self->shown_us < hold_us (self, at_us)) {
    status->frames_held++;
    frame = gst_buffer_copy (self->held);
  } else {
    gst_clear_buffer (&self->held);
    kind = slate_kind (self, at_us);
    status->on_slate = TRUE;
    *ret_absent = kind != AC_SLATE_SOUND_ONLY;
    frame = gst_buffer_copy (self->setup.slates[kind]);
  }
  return ac_ladder_stamp (self->setup.ladder, frame, self->n_frames);
}

static void
push_frame (AcPump *self)
{
  gint64 at_us = tick_us (self);
  gint64 wall_ms =
      (self->wall_origin_us + ac_grid_frame_us (&self->setup.grid, self->n_frames)) /
      1000;
  AcPumpStatus status = self->status; /* nobody else writes it */
  guint32 left_out;
  gboolean absent;
  GstBuffer *frame = choose (self, at_us, &status, &absent);

  g_mutex_lock (&self->lock);
  self->status = status;
  g_mutex_unlock (&self->lock);

  if (ac_assembler_begins_segment (self->setup.assembler, self->n_frames, &left_out))
    ac_ladder_begin_segment (self->setup.ladder, self->n_frames, left_out);
  ac_assembler_note_frame (self->setup.assembler, self->n_frames, wall_ms, absent);
  ac_ladder_push_frame (self->setup.ladder, frame);
  self->n_frames++;
}

/* Pushes sound until it is some blocks past the frames that were pushed. */
static void
push_sound (AcPump *self)
{
  guint64 wanted = ac_grid_blocks_for_frames (&self->setup.grid, self->n_frames) +
                   SOUND_AHEAD_BLOCKS;
  gint16 samples[AC_GRID_BLOCK_SAMPLES];

  while (self->n_blocks < wanted) {
    if (ac_sound_ring_read (self->setup.sound, samples, G_N_ELEMENTS (samples)) > 0)
      self->heard_us = tick_us (self);
    ac_ladder_push_block (self->setup.ladder, samples, self->n_blocks);
    self->n_blocks++;
  }
}

/* Waits for the next tick. Returns: FALSE when the pump is to stop. */
static gboolean
wait_for_tick (AcPump *self, gboolean *ret_finishing)
{
  gboolean stopping;

  g_mutex_lock (&self->lock);
  self->origin_us += self->nudge_us;
  self->wall_origin_us += self->nudge_us;
  self->nudge_us = 0;
  self->status.next_frame = self->n_frames;
  self->status.next_tick_us = tick_us (self);
  while (!self->stopping &&
         g_cond_wait_until (&self->wake, &self->lock, tick_us (self)))
    ;
  stopping = self->stopping;
  *ret_finishing = self->finishing;
  g_mutex_unlock (&self->lock);
  return !stopping;
}

/* Nobody but the pump's thread writes the status, so it may read it as it likes. */
static gboolean
may_step (const AcPump *self, gint64 now_us)
{
  return self->status.clock_steps < AC_PUMP_MANY_STEPS ||
         now_us - self->stepped_us >= AC_PUMP_STEP_EVERY_US;
}

/* The machine slept, or was overwhelmed: the lesson's clock stops for as long. */
static void
skip_stall (AcPump *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 behind_us = now_us - tick_us (self);
  gint64 periods;

  if (behind_us < AC_PUMP_MAX_BEHIND_US || !may_step (self, now_us))
    return;
  self->stepped_us = now_us;
  periods = behind_us / self->period_us;
  GST_WARNING ("%" G_GINT64_FORMAT " ms late, the clock steps", behind_us / 1000);
  g_mutex_lock (&self->lock);
  self->status.clock_steps++;
  g_mutex_unlock (&self->lock);
  self->origin_us += periods * self->period_us;
  self->wall_origin_us += periods * self->period_us;
  ac_assembler_note_step (self->setup.assembler);
  ac_sound_ring_skip (self->setup.sound, (guint64)(periods * self->period_us) *
                                             AC_GRID_SAMPLE_RATE / G_USEC_PER_SEC);
}

static gboolean
is_drained (AcPump *self, gint64 deadline_us)
{
  return tick_us (self) >= deadline_us ||
         (ac_frame_queue_first_due (self->setup.frames) < 0 &&
          ac_sound_ring_length (self->setup.sound) == 0);
}

static gpointer
run (gpointer user_data)
{
  AcPump *self = user_data;
  gint64 deadline_us = G_MAXINT64;
  gboolean finishing = FALSE;

  while (wait_for_tick (self, &finishing)) {
    if (finishing && deadline_us == G_MAXINT64)
      deadline_us = tick_us (self) + DRAIN_US;
    if (finishing && ac_assembler_may_finish (self->setup.assembler) &&
        is_drained (self, deadline_us)) {
      ac_assembler_finish (self->setup.assembler);
      ac_ladder_finish (self->setup.ladder);
      break;
    }
    skip_stall (self);
    push_frame (self);
    push_sound (self);
  }
  return NULL;
}

AcPump *
ac_pump_new (const AcPumpSetup *setup)
{
  static gsize once = 0;
  AcPump *self = g_new0 (AcPump, 1);

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (pump_debug, "acpump", 0, "frame clock");
    g_once_init_leave (&once, 1);
  }
  self->setup = *setup;
  for (guint i = 0; i < AC_N_SLATES; i++)
    gst_buffer_ref (self->setup.slates[i]);
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->period_us = ac_grid_frame_us (&setup->grid, 1);
  self->origin_us = setup->origin_us;
  self->arrived_us[0] = self->arrived_us[1] = g_get_monotonic_time ();
  self->wall_origin_us =
      g_get_real_time () + setup->origin_us - g_get_monotonic_time ();
  self->shown_us = self->heard_us = G_MININT64;
  self->source = setup->source;
  ac_sound_ring_start (setup->sound, setup->origin_us + setup->sound_offset_us);
  self->thread = g_thread_new ("pump", run, self);
  return self;
}

void
ac_pump_free (AcPump *self)
{
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);

  gst_clear_buffer (&self->held);
  for (guint i = 0; i < AC_N_SLATES; i++)
    gst_buffer_unref (self->setup.slates[i]);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
ac_pump_set_source (AcPump *self, AcPumpSource source)
{
  g_mutex_lock (&self->lock);
  self->source = source;
  g_mutex_unlock (&self->lock);
}

void
ac_pump_note_arrival (AcPump *self, AcSourceTrack track, gint64 arrival_us)
{
  g_mutex_lock (&self->lock);
  self->arrived_us[track] = arrival_us;
  g_mutex_unlock (&self->lock);
}

void
ac_pump_nudge (AcPump *self, gint64 delta_us)
{
  g_mutex_lock (&self->lock);
  self->nudge_us += delta_us;
  g_mutex_unlock (&self->lock);
  ac_sound_ring_shift (self->setup.sound, delta_us);
}

void
ac_pump_finish (AcPump *self)
{
  g_mutex_lock (&self->lock);
  self->finishing = TRUE;
  g_mutex_unlock (&self->lock);
}

void
ac_pump_status (AcPump *self, AcPumpStatus *ret_status)
{
  g_mutex_lock (&self->lock);
  *ret_status = self->status;
  g_mutex_unlock (&self->lock);
}
