#include "broadcast.h"

#include "clock.h"
#include "log.h"
#include "outage.h"

#define INTERRUPTED_AFTER_MS (120 * 1000)
/* How often it is looked whether the feed on air has gone silent, and how long. */
#define TICK_MS 100
/* A worker that lived shorter than this counts as a failed start: the next waits
 * longer, up to RESTART_MAX_MS. */
#define RESTART_HEALTHY_MS 5000
#define RESTART_FIRST_MS 50
#define RESTART_MAX_MS 5000
/* A recording that refused nothing for this long is well again. */
#define RECORDED_AGAIN_MS 60000
/* What was published before the daemon died and is not recorded: less than this was on
 * its way, and is overwritten; more is a gap. */
#define GAP_MIN_TICKS (2u * AC_TICKS_PER_SECOND)

typedef enum { IDLE, RUNNING, FINISHING, OVER } State;

struct _AcBroadcast {
  gint64 lesson;
  gchar *title;
  gchar *worker_path;
  AcRecording *recording;
  AcLiveWindow *window;
  const AcBroadcastHandler *handler;
  gpointer user_data;
  State state;
  gboolean suspended; /* finishing without ending the lesson */

  AcFeeds *feeds;
  AcViewings *viewings;
  AcOutage outage;
  guint tick_source; /* until it finishes */

  AcWorker *worker; /* (nullable) */
  gint64 worker_since_ms;
  guint worker_restarts;
  guint restart_delay_ms;
  guint restart_source;
  AcWireHealth health;
  gboolean has_health;

  /* Where the next epoch begins, and the grid that the first one chose. */
  guint32 last_epoch;
  guint64 next_msn, next_start;
  guint32 next_part; /* of the segment under way; 0: none is */
  guint32 slot_duration;
  guint32 frame_rate, top_height;
  gboolean recording_failed; /* the alarm was raised */
  gint64 last_refusal_ms;    /* of the recording's */

  gchar encoder[24];       /* the worker was told; "": the fallback */
  gboolean encoder_failed; /* a worker died with another one than the fallback */
};

static void start_worker (AcBroadcast *self);

static void
publish (AcBroadcast *self)
{
  g_autoptr (AcSnapshot) snapshot = ac_live_window_snapshot (self->window);

  self->handler->published (snapshot, self->user_data);
}

/* Live goes on without its recording; whoever runs the server must know. A disk that
 * was too slow takes slots again from the start of a segment on, one that broke does
 * not. */
static void
check_recorded (AcBroadcast *self, gboolean recorded, const GError *error)
{
  gint64 now = ac_clock_monotonic_ms ();

  if (!recorded) {
    if (!self->recording_failed)
      ac_log (G_LOG_LEVEL_CRITICAL, self->lesson, "the recording stopped: %s",
              error->message);
    self->recording_failed = TRUE;
    self->last_refusal_ms = now;
  } else if (self->recording_failed &&
             now - self->last_refusal_ms >= RECORDED_AGAIN_MS) {
    ac_log (G_LOG_LEVEL_MESSAGE, self->lesson,
            "the recording goes on; what it lost is a gap");
    self->recording_failed = FALSE;
  }
}

/* Recorded or not, these addresses and this lesson time are never used again. */
static void
note_published (AcBroadcast *self)
{
  const AcPublished published = { self->last_epoch, self->next_msn, self->next_start };

  ac_recording_note_published (self->recording, &published);
}

static void
remember_grid (AcBroadcast *self, AcMediaEpoch *epoch)
{
  self->last_epoch = epoch->number;
  self->frame_rate = epoch->tracks[0].frames_per_1000s / 1000;
  if (self->top_height ==
      0) /* the first is encoded here, a later one may be followed */
    self->top_height = epoch->tracks[0].height;
  self->slot_duration = epoch->slot_duration;
}

static void
on_epoch (AcWorker *worker, AcMediaEpoch *epoch, gpointer user_data)
{
  AcBroadcast *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean recorded;

  if (epoch->start != self->next_start || epoch->first_msn != self->next_msn) {
    ac_worker_reject (worker, "its epoch does not begin where the last one ended");
    return;
  }
  self->next_part = 0;
  remember_grid (self, epoch);
  ac_live_window_begin_epoch (self->window, epoch);
  recorded = ac_recording_begin_epoch (self->recording, epoch, &error);
  check_recorded (self, recorded, error);
  note_published (self);
  if (self->next_start > 0)
    publish (self);
  ac_log (G_LOG_LEVEL_MESSAGE, self->lesson,
          "media epoch %u begins at %" G_GUINT64_FORMAT " ms, %u renditions at %u fps",
          epoch->number, epoch->start / 90, epoch->n_tracks, self->frame_rate);
}

/* Lesson time has no hole and no segment misses a part, whatever a worker sends that
 * was taken over by what it decodes. What it sends instead cannot be used: the next
 * worker begins where the last good slot ended. */
static gboolean
slot_is_next (AcBroadcast *self, const AcSlot *slot)
{
  guint64 msn = slot->part == 0 ? self->next_msn : self->next_msn - 1;

  return slot->epoch == self->last_epoch && slot->start == self->next_start &&
         slot->duration <= self->slot_duration && slot->msn == msn &&
         (slot->part == 0 || slot->part == self->next_part);
}

static void
tell_interrupted (AcBroadcast *self)
{
  ac_log (G_LOG_LEVEL_MESSAGE, self->lesson,
          self->outage.interrupted ? "is interrupted: nothing to show for %u s"
                                   : "goes on after more than %u s",
          self->outage.grace_ms / 1000);
  self->handler->interrupted (self->lesson, self->outage.interrupted, self->user_data);
}

static void
on_slot (AcWorker *worker, AcSlot *slot, gpointer user_data)
{
  AcBroadcast *self = user_data;
  gboolean first = self->next_start == 0, recorded;
  guint64 end = slot->start + slot->duration;
  g_autoptr (GError) error = NULL;

  if (!slot_is_next (self, slot)) {
    ac_worker_reject (worker, "it sent a slot out of order");
    return;
  }
  self->next_msn = slot->msn + 1;
  self->next_part = slot->flags & AC_SLOT_SEGMENT_END ? 0 : slot->part + 1;
  self->next_start = end;
  recorded = ac_recording_append (self->recording, slot, &error);
  check_recorded (self, recorded, error);
  note_published (self);
  ac_live_window_append (self->window, slot);
  publish (self);
  self->handler->media (self->lesson, AC_TICKS_TO_MS (slot->start),
                        AC_TICKS_TO_MS (end) - AC_TICKS_TO_MS (slot->start),
                        (slot->flags & AC_SLOT_NOT_CREDITABLE) == 0, self->user_data);
  if ((slot->flags & AC_SLOT_NOT_CREDITABLE) == 0 &&
      ac_outage_over (&self->outage, ac_clock_monotonic_ms ()))
    tell_interrupted (self);
  if (first)
    self->handler->began (self->lesson, self->user_data);
}

static void
on_health (AcWorker *worker, const AcWireHealth *health, gpointer user_data)
{
  AcBroadcast *self = user_data;

  self->health = *health;
  self->has_health = TRUE;
  if (health->source_alive)
    ac_feeds_source_alive (self->feeds, ac_clock_monotonic_ms ());
  if (self->handler->health != NULL)
    self->handler->health (self, self->user_data);
}

static void
on_source_state (AcWorker *worker, const AcWireSourceState *state, gpointer user_data)
{
  AcBroadcast *self = user_data;

  ac_feeds_source_state (self->feeds, state);
}

static void
on_viewer_state (AcWorker *worker, const AcWireSourceState *state, gpointer user_data)
{
  AcBroadcast *self = user_data;

  ac_viewings_state (self->viewings, state);
}

/* FINISHING -> OVER. */
static void
conclude (AcBroadcast *self)
{
  g_autoptr (GError) error = NULL;

  self->state = OVER;
  if (!self->suspended) {
    gboolean finished = ac_recording_finish (self->recording, &error);

    check_recorded (self, finished, error);
    ac_live_window_end (self->window);
    publish (self);
    ac_log (G_LOG_LEVEL_MESSAGE, self->lesson, "ended after %" G_GUINT64_FORMAT " ms",
            self->next_start / 90);
  }
  self->handler->over (self, self->user_data);
}

static gboolean
restart_now (gpointer user_data)
{
  AcBroadcast *self = user_data;

  self->restart_source = 0;
  start_worker (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_restart (AcBroadcast *self)
{
  gboolean healthy =
      ac_clock_monotonic_ms () - self->worker_since_ms >= RESTART_HEALTHY_MS;

  self->restart_delay_ms = healthy || self->restart_delay_ms == 0
                               ? RESTART_FIRST_MS
                               : MIN (self->restart_delay_ms * 4, RESTART_MAX_MS);
  self->worker_restarts++;
  self->restart_source = g_timeout_add (self->restart_delay_ms, restart_now, self);
  /* Viewers are held over a quick restart and told the truth about a long one. */
  if (self->restart_delay_ms >= 1000 && self->next_start > 0) {
    ac_live_window_set_dead (self->window, TRUE);
    publish (self);
  }
}

/* Hardware and its drivers fail in ways of their own; a lesson takes no second chance
 * with them. */
static void
give_up_encoder (AcBroadcast *self)
{
  if (self->encoder[0] == '\0' || self->encoder_failed)
    return;
  self->encoder_failed = TRUE;
  ac_log (G_LOG_LEVEL_WARNING, self->lesson, "%s is given up: it goes on in software",
          self->encoder);
}

static void
on_exited (AcWorker *worker, const GError *error, gpointer user_data)
{
  AcBroadcast *self = user_data;

  g_clear_pointer (&self->worker, ac_worker_free);
  self->has_health = FALSE;
  ac_viewings_close (self->viewings, "its worker is gone");
  if (self->state == FINISHING) {
    if (error != NULL)
      ac_log (G_LOG_LEVEL_WARNING, self->lesson, "the worker did not finish: %s",
              error->message);
    conclude (self);
    return;
  }
  ac_log (G_LOG_LEVEL_WARNING, self->lesson, "the worker is gone (%s) and is restarted",
          error != NULL ? error->message : "it ended by itself");
  ac_feeds_worker_gone (self->feeds, ac_clock_monotonic_ms ());
  give_up_encoder (self);
  schedule_restart (self);
}

static const AcWorkerHandler worker_handler = {
  .epoch = on_epoch,
  .slot = on_slot,
  .health = on_health,
  .source_state = on_source_state,
  .viewer_state = on_viewer_state,
  .exited = on_exited,
};

/* What is on air goes to the worker; while there is none it is lost. */
static void
on_feed_begin (const AcWireSource *source, gpointer user_data)
{
  AcBroadcast *self = user_data;

  if (self->worker != NULL)
    ac_worker_source_begin (self->worker, source);
}

static void
on_feed_unit (const AcFlvTag *unit, gpointer user_data)
{
  AcBroadcast *self = user_data;

  if (self->worker != NULL)
    ac_worker_source_tag (self->worker, unit);
}

static void
on_feed_end (gpointer user_data)
{
  AcBroadcast *self = user_data;

  if (self->worker != NULL)
    ac_worker_source_end (self->worker);
}

static const AcFeedsHandler feeds_handler = {
  .begin = on_feed_begin,
  .unit = on_feed_unit,
  .end = on_feed_end,
};

static void
start_worker (AcBroadcast *self)
{
  g_autoptr (GError) error = NULL;
  AcWireConfigure configure = {
    .lesson = self->lesson,
    .title = self->title,
    .epoch = self->last_epoch + 1,
    .first_msn = self->next_msn,
    .start = self->next_start,
    .frame_rate = self->frame_rate,
    .top_height = self->top_height,
  };

  if (self->handler->configure != NULL)
    self->handler->configure (&configure, self->user_data);
  if (self->encoder_failed)
    configure.encoder[0] = '\0';
  g_strlcpy (self->encoder, configure.encoder, sizeof self->encoder);
  self->worker_since_ms = ac_clock_monotonic_ms ();
  self->worker =
      ac_worker_new (self->worker_path, &configure, 0, &worker_handler, self, &error);
  if (self->worker == NULL) {
    ac_log (G_LOG_LEVEL_CRITICAL, self->lesson, "no worker can be started: %s",
            error->message);
    schedule_restart (self);
    return;
  }
  ac_live_window_set_dead (self->window, FALSE);
  ac_feeds_begin_again (self->feeds, ac_clock_monotonic_ms ());
}

/* The disk may have been full or too slow long before the daemon died: the lesson goes
 * on where it was published to, in an epoch that never was, and what is lost is a gap.
 */
static void
take_up_published (AcBroadcast *self, const AcMediaEpoch *epoch)
{
  AcPublished published;

  if (!ac_recording_get_published (self->recording, &published))
    return;
  self->last_epoch = MAX (self->last_epoch, published.epoch);
  if (published.next_start < self->next_start + GAP_MIN_TICKS)
    return;
  if (epoch != NULL) {
    guint64 segment = epoch->segment_duration;

    self->next_msn += (published.next_start - self->next_start + segment - 1) / segment;
  }
  self->next_msn = MAX (self->next_msn, published.next_msn);
  self->next_start = published.next_start;
}

/* Goes on where the recording of an interrupted lesson ends. */
static void
take_up_recording (AcBroadcast *self)
{
  guint32 n_epochs = ac_recording_n_epochs (self->recording);
  g_autoptr (AcMediaEpoch) first = NULL, epoch = NULL;
  AcSlotInfo slot;

  self->last_epoch = n_epochs;
  for (guint64 i = 0; ac_recording_get_slot (self->recording, i, &slot); i++) {
    self->next_msn = slot.msn + 1;
    self->next_start = slot.start + slot.duration;
    self->handler->media (self->lesson, AC_TICKS_TO_MS (slot.start),
                          AC_TICKS_TO_MS (self->next_start) -
                              AC_TICKS_TO_MS (slot.start),
                          (slot.flags & AC_SLOT_NOT_CREDITABLE) == 0, self->user_data);
  }
  if (self->next_start > 0)
    epoch = ac_recording_get_epoch (self->recording, n_epochs);
  if (epoch != NULL)
    first = ac_recording_get_epoch (self->recording, 1);
  if (first != NULL)
    remember_grid (self, first);
  if (epoch != NULL)
    remember_grid (self, epoch);
  take_up_published (self, epoch);
}

static gboolean
on_tick (gpointer user_data)
{
  AcBroadcast *self = user_data;
  gint64 now_ms = ac_clock_monotonic_ms ();

  ac_feeds_tick (self->feeds, now_ms);
  if (self->next_start > 0 && ac_outage_tick (&self->outage, now_ms))
    tell_interrupted (self);
  return G_SOURCE_CONTINUE;
}

AcBroadcast *
ac_broadcast_new (gint64 lesson, const gchar *title, const gchar *worker_path,
                  AcRecording *recording, const AcBroadcastPolicy *policy,
                  const AcBroadcastHandler *handler, gpointer user_data)
{
  AcBroadcast *self = g_new0 (AcBroadcast, 1);

  self->lesson = lesson;
  self->title = g_strdup (title);
  self->worker_path = g_strdup (worker_path);
  self->recording = ac_recording_ref (recording);
  self->window = ac_live_window_new (lesson, recording);
  self->feeds = ac_feeds_new (lesson, &policy->feeds, &feeds_handler, self);
  self->viewings = ac_viewings_new ();
  self->handler = handler;
  self->user_data = user_data;
  ac_outage_begin (&self->outage,
                   policy->interrupted_after_ms != 0 ? policy->interrupted_after_ms
                                                     : INTERRUPTED_AFTER_MS,
                   ac_clock_monotonic_ms ());
  self->tick_source = g_timeout_add (TICK_MS, on_tick, self);
  take_up_recording (self);
  if (self->next_start > 0) {
    self->state = RUNNING;
    start_worker (self);
    publish (self);
  }
  return self;
}

void
ac_broadcast_free (AcBroadcast *self)
{
  g_clear_handle_id (&self->restart_source, g_source_remove);
  g_clear_handle_id (&self->tick_source, g_source_remove);
  g_clear_pointer (&self->worker, ac_worker_free);
  ac_feeds_free (self->feeds);
  ac_viewings_close (self->viewings, "the lesson is over");
  ac_viewings_free (self->viewings);
  ac_live_window_free (self->window);
  ac_recording_unref (self->recording);
  g_free (self->worker_path);
  g_free (self->title);
  g_free (self);
}

const gchar *
ac_broadcast_attach (AcBroadcast *self, const AcFeedInfo *info, AcFeed **ret_feed)
{
  const gchar *refusal;

  if (self->state >= FINISHING)
    return "The lesson has ended.";
  refusal = ac_feeds_attach (self->feeds, info, ac_clock_monotonic_ms (), ret_feed);
  if (refusal != NULL)
    return refusal;
  if (self->state == IDLE) {
    self->state = RUNNING;
    start_worker (self);
  }
  return NULL;
}

void
ac_broadcast_units (AcBroadcast *self, AcFeed *feed, const AcFlvTag *units,
                    guint n_units)
{
  ac_feeds_units (self->feeds, feed, units, n_units, ac_clock_monotonic_ms ());
}

gboolean
ac_broadcast_fetch_again (AcBroadcast *self, AcFeed *feed)
{
  return ac_feeds_fetch_again (self->feeds, feed, ac_clock_monotonic_ms ());
}

/* Nothing was published yet: the next feed chooses the grid afresh. */
static void
return_to_idle (AcBroadcast *self)
{
  g_clear_handle_id (&self->restart_source, g_source_remove);
  g_clear_pointer (&self->worker, ac_worker_free);
  ac_viewings_close (self->viewings, "its worker is gone");
  self->state = IDLE;
}

void
ac_broadcast_detach (AcBroadcast *self, AcFeed *feed)
{
  ac_feeds_detach (self->feeds, feed, ac_clock_monotonic_ms ());
  if (ac_feeds_is_empty (self->feeds) && self->state == RUNNING &&
      self->next_start == 0 && self->last_epoch == 0)
    return_to_idle (self);
}

guint32
ac_broadcast_watch (AcBroadcast *self, const gchar *offer,
                    const AcViewingHandler *handler, gpointer owner)
{
  AcWireViewer viewer = { .text = (gchar *)offer };

  if (self->worker == NULL || self->state != RUNNING)
    return 0;
  viewer.number = ac_viewings_add (self->viewings, handler, owner);
  ac_worker_viewer (self->worker, AC_WIRE_VIEWER_BEGIN, &viewer);
  return viewer.number;
}

void
ac_broadcast_watch_trickle (AcBroadcast *self, guint32 number, GBytes *fragment)
{
  g_autofree gchar *text =
      g_strndup (g_bytes_get_data (fragment, NULL), g_bytes_get_size (fragment));
  const AcWireViewer viewer = { number, text };

  if (self->worker != NULL)
    ac_worker_viewer (self->worker, AC_WIRE_VIEWER_TRICKLE, &viewer);
}

void
ac_broadcast_unwatch (AcBroadcast *self, guint32 number)
{
  const AcWireViewer viewer = { .number = number, .text = (gchar *)"" };

  if (ac_viewings_remove (self->viewings, number) && self->worker != NULL)
    ac_worker_viewer (self->worker, AC_WIRE_VIEWER_END, &viewer);
}

static void
finish (AcBroadcast *self)
{
  if (self->state >= FINISHING)
    return;
  self->state = FINISHING;
  g_clear_handle_id (&self->restart_source, g_source_remove);
  g_clear_handle_id (&self->tick_source, g_source_remove);
  ac_feeds_close (self->feeds,
                  self->suspended ? "the server is stopping" : "the lesson has ended");
  ac_viewings_close (self->viewings, self->suspended ? "the server is stopping"
                                                     : "the lesson has ended");
  if (self->worker != NULL)
    ac_worker_finish (self->worker);
  else
    conclude (self);
}

void
ac_broadcast_end (AcBroadcast *self)
{
  finish (self);
}

void
ac_broadcast_suspend (AcBroadcast *self)
{
  if (self->state < FINISHING)
    self->suspended = TRUE;
  finish (self);
}

gint64
ac_broadcast_lesson (AcBroadcast *self)
{
  return self->lesson;
}

AcLiveWindow *
ac_broadcast_window (AcBroadcast *self)
{
  return self->window;
}

gboolean
ac_broadcast_has_media (AcBroadcast *self)
{
  return self->next_start > 0;
}

const AcWireHealth *
ac_broadcast_health (AcBroadcast *self)
{
  return self->has_health ? &self->health : NULL;
}

const AcFeedInfo *
ac_broadcast_on_air (AcBroadcast *self)
{
  return ac_feeds_on_air (self->feeds);
}

const gchar *
ac_broadcast_source_fault (AcBroadcast *self)
{
  return ac_feeds_fault (self->feeds);
}

gboolean
ac_broadcast_is_idle (AcBroadcast *self)
{
  return self->state == IDLE;
}

GPid
ac_broadcast_worker_pid (AcBroadcast *self)
{
  return self->worker != NULL ? ac_worker_pid (self->worker) : 0;
}

gint64
ac_broadcast_worker_age_ms (AcBroadcast *self)
{
  return self->worker != NULL ? ac_clock_monotonic_ms () - self->worker_since_ms : 0;
}

void
ac_broadcast_tell_machine (AcBroadcast *self, guint32 spare_millicores)
{
  const AcWireMachine machine = { spare_millicores };

  if (self->worker != NULL && self->state == RUNNING)
    ac_worker_machine (self->worker, &machine);
}

guint
ac_broadcast_worker_restarts (AcBroadcast *self)
{
  return self->worker_restarts;
}
