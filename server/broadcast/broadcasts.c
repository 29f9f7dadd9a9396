#include "broadcasts.h"

#include "clock.h"
#include "health_text.h"
#include "log.h"

struct _AcBroadcasts {
  AcClassroom *classroom;
  AcRecordings *recordings;
  gchar *worker_path;
  AcMonitor *monitor;
  guint monitor_source;
  gchar encoder[24];
  const AcBroadcastsHandler *handler;
  gpointer user_data;
  AcBroadcastPolicy policy;
  AcMonitorPolicy monitor_policy;
  AcSrtAccess *srt_access; /* (nullable) */
  AcKeyGuard *key_guard;
  GHashTable *live; /* lesson (gint64) -> AcBroadcast */
  gboolean suspending;
  guint64 publishes_refused;
};

static void
on_published (AcSnapshot *snapshot, gpointer user_data)
{
  AcBroadcasts *self = user_data;

  self->handler->published (snapshot, self->user_data);
}

static void
on_started (gint64 lesson, const GError *error, gpointer user_data)
{
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, lesson, "cannot be marked as live: %s",
            error->message);
}

static void
on_began (gint64 lesson, gpointer user_data)
{
  AcBroadcasts *self = user_data;

  ac_classroom_start_lesson (self->classroom, lesson, on_started, NULL);
}

static void
on_media (gint64 lesson, gint64 start_ms, gint64 duration_ms, gboolean creditable,
          gpointer user_data)
{
  AcBroadcasts *self = user_data;

  ac_classroom_media_published (self->classroom, lesson, start_ms, duration_ms,
                                creditable);
}

static void
on_interrupted (gint64 lesson, gboolean interrupted, gpointer user_data)
{
  AcBroadcasts *self = user_data;

  ac_classroom_set_interrupted (self->classroom, lesson, interrupted);
}

static void
report_suspended (AcBroadcasts *self)
{
  if (self->suspending && g_hash_table_size (self->live) == 0)
    self->handler->suspended (self->user_data);
}

static void
on_over (AcBroadcast *broadcast, gpointer user_data)
{
  AcBroadcasts *self = user_data;
  gint64 lesson = ac_broadcast_lesson (broadcast);

  g_hash_table_remove (self->live, &lesson);
  report_suspended (self);
}

static void
on_health (AcBroadcast *broadcast, gpointer user_data)
{
  AcBroadcasts *self = user_data;
  const AcHealthSample *sample = ac_monitor_take (self->monitor, broadcast);
  g_autoptr (GBytes) text = ac_health_text_message (sample);

  ac_classroom_tell_staff (self->classroom, ac_broadcast_lesson (broadcast), text);
}

static void
on_configure (AcWireConfigure *configure, gpointer user_data)
{
  AcBroadcasts *self = user_data;
  g_autoptr (AcLesson) lesson =
      ac_classroom_get_lesson (self->classroom, configure->lesson);

  configure->may_follow = lesson != NULL && lesson->may_follow;
  configure->shedding = self->monitor_policy.shedding;
  g_strlcpy (configure->encoder, self->encoder, sizeof configure->encoder);
}

static gboolean
on_second (gpointer user_data)
{
  AcBroadcasts *self = user_data;

  ac_monitor_tick (self->monitor, ac_clock_monotonic_ms ());
  return G_SOURCE_CONTINUE;
}

static const AcBroadcastHandler broadcast_handler = {
  .published = on_published,
  .began = on_began,
  .over = on_over,
  .media = on_media,
  .interrupted = on_interrupted,
  .health = on_health,
  .configure = on_configure,
};

AcBroadcasts *
ac_broadcasts_new (AcClassroom *classroom, AcRecordings *recordings,
                   const AcBroadcastsPolicy *policy, const AcBroadcastsHandler *handler,
                   gpointer user_data)
{
  AcBroadcasts *self = g_new0 (AcBroadcasts, 1);

  self->classroom = classroom;
  self->recordings = ac_recordings_ref (recordings);
  self->worker_path = g_strdup (policy->worker_path);
  self->policy = policy->lesson;
  self->monitor_policy = policy->monitor;
  self->handler = handler;
  self->user_data = user_data;
  self->live = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                      (GDestroyNotify)ac_broadcast_free);
  self->key_guard = ac_key_guard_new ();
  self->monitor = ac_monitor_new (&self->monitor_policy, "/proc", self->live);
  self->monitor_source = g_timeout_add (1000, on_second, self);
  return self;
}

void
ac_broadcasts_free (AcBroadcasts *self)
{
  g_source_remove (self->monitor_source);
  ac_monitor_free (self->monitor);
  g_hash_table_unref (self->live);
  ac_recordings_unref (self->recordings);
  ac_key_guard_free (self->key_guard);
  g_free (self->worker_path);
  g_free (self);
}

void
ac_broadcasts_set_srt_access (AcBroadcasts *self, AcSrtAccess *access)
{
  self->srt_access = access;
}

AcKeyGuard *
ac_broadcasts_key_guard (AcBroadcasts *self)
{
  return self->key_guard;
}

static AcBroadcast *
find (AcBroadcasts *self, gint64 lesson)
{
  return g_hash_table_lookup (self->live, &lesson);
}

AcBroadcast *
ac_broadcasts_find (AcBroadcasts *self, gint64 lesson)
{
  return find (self, lesson);
}

/* Returns: (transfer none): the broadcast of @lesson, made when there is none.
 * Errors: the recording's. */
static AcBroadcast *
find_or_open (AcBroadcasts *self, const AcLesson *lesson, GError **error)
{
  AcBroadcast *broadcast = find (self, lesson->id);
  g_autoptr (AcRecording) recording = NULL;

  if (broadcast != NULL)
    return broadcast;
  recording = ac_recordings_open (self->recordings, lesson->id, TRUE, error);
  if (recording == NULL)
    return NULL;
  broadcast = ac_broadcast_new (lesson->id, lesson->title, self->worker_path, recording,
                                &self->policy, &broadcast_handler, self);
  g_hash_table_insert (self->live, g_memdup2 (&lesson->id, sizeof lesson->id),
                       broadcast);
  return broadcast;
}

/* A lesson that ended while its recording was open (a crash in between). */
static void
finish_recording (AcBroadcasts *self, gint64 lesson)
{
  g_autoptr (AcRecording) recording =
      ac_recordings_open (self->recordings, lesson, FALSE, NULL);
  g_autoptr (GError) error = NULL;

  if (recording == NULL || ac_recording_is_finished (recording))
    return;
  if (!ac_recording_finish (recording, &error))
    ac_log (G_LOG_LEVEL_WARNING, lesson, "the recording cannot be finished: %s",
            error->message);
}

void
ac_broadcasts_resume (AcBroadcasts *self)
{
  gint64 before = 0;

  for (;;) {
    g_autoptr (GPtrArray) lessons =
        ac_classroom_list_lessons (self->classroom, before, 100);

    if (lessons->len == 0)
      return;
    for (guint i = 0; i < lessons->len; i++) {
      AcLesson *lesson = lessons->pdata[i];
      g_autoptr (GError) error = NULL;

      before = lesson->id;
      if (lesson->state == AC_LESSON_ENDED)
        finish_recording (self, lesson->id);
      else if (lesson->state == AC_LESSON_LIVE &&
               find_or_open (self, lesson, &error) == NULL)
        ac_log (G_LOG_LEVEL_CRITICAL, lesson->id, "cannot go on: %s", error->message);
    }
  }
}

void
ac_broadcasts_suspend (AcBroadcasts *self)
{
  g_autoptr (GList) all = g_hash_table_get_values (self->live);

  self->suspending = TRUE;
  if (all == NULL)
    report_suspended (self);
  /* The last one to be over reports. */
  for (GList *l = all; l != NULL; l = l->next)
    ac_broadcast_suspend (l->data);
}

const gchar *
ac_broadcasts_attach (AcBroadcasts *self, gint64 id, const AcFeedInfo *info,
                      AcBroadcast **ret_broadcast, AcFeed **ret_feed)
{
  g_autoptr (AcLesson) lesson = NULL;
  g_autoptr (GError) error = NULL;
  const gchar *refusal = NULL;
  AcBroadcast *broadcast;

  if (self->suspending)
    return "The server is stopping.";
  lesson = id != 0 ? ac_classroom_get_lesson (self->classroom, id) : NULL;
  if (lesson == NULL)
    return "This stream key is not known; copy the address of the lesson again.";
  if (lesson->state == AC_LESSON_ENDED)
    return "The lesson has ended.";
  if (lesson->state == AC_LESSON_CANCELLED)
    return "The lesson was cancelled.";
  broadcast = find (self, id);
  if (broadcast == NULL || ac_broadcast_is_idle (broadcast))
    refusal = ac_monitor_admit (self->monitor);
  if (refusal != NULL)
    return refusal;
  broadcast = find_or_open (self, lesson, &error);
  if (broadcast == NULL) {
    ac_log (G_LOG_LEVEL_CRITICAL, id, "cannot be recorded: %s", error->message);
    return "The server cannot open the recording of this lesson.";
  }
  *ret_broadcast = broadcast;
  return ac_broadcast_attach (broadcast, info, ret_feed);
}

/* --- publishers ------------------------------------------------------------------- */

/* An encoder that publishes, and its feed; data of its AcPublisher. */
typedef struct {
  AcPublisher *publisher;
  gint64 lesson;
  gboolean backup;
  AcBroadcast *broadcast; /* NULL with the feed */
  AcFeed *feed;           /* (nullable): the broadcast is done with it */
} Publication;

static void
on_feed_closed (gpointer owner, const gchar *reason)
{
  Publication *publication = owner;

  publication->feed = NULL;
  publication->broadcast = NULL;
  ac_publisher_close (publication->publisher, reason);
}

static gboolean
on_feed_link (gpointer owner, AcFeedLink *ret_link)
{
  Publication *publication = owner;
  AcLinkStats stats;

  if (publication->publisher == NULL ||
      !ac_publisher_link_stats (publication->publisher, &stats))
    return FALSE;
  *ret_link = (AcFeedLink){
    .rtt_ms = stats.rtt_us / 1000,
    .latency_ms = stats.latency_ms,
    .packets = (gint64)stats.packets,
    .packets_lost = (gint64)stats.packets_lost,
    .packets_again = (gint64)stats.packets_again,
    .packets_dropped = (gint64)stats.packets_dropped,
  };
  return TRUE;
}

/* Returns: NULL when it is attached, else the refusal. */
static const gchar *
attach_publisher (AcBroadcasts *self, AcPublisher *publisher, gint64 lesson,
                  gboolean backup)
{
  const gboolean srt = ac_publisher_kind (publisher) == AC_PUBLISHER_SRT;
  g_autofree gchar *label =
      g_strdup_printf ("%s %s", srt ? "srt" : "rtmp", ac_publisher_address (publisher));
  g_autofree Publication *publication = g_new0 (Publication, 1);
  const AcFeedInfo info = {
    .source = { .kind = srt ? AC_SOURCE_TS : AC_SOURCE_FLV },
    .backup = backup,
    .label = label,
    .closed = on_feed_closed,
    .link = on_feed_link,
    .owner = publication,
  };
  const gchar *refusal = ac_broadcasts_attach (
      self, lesson, &info, &publication->broadcast, &publication->feed);

  if (refusal != NULL)
    return refusal;
  publication->publisher = publisher;
  publication->lesson = lesson;
  publication->backup = backup;
  ac_publisher_set_data (publisher, g_steal_pointer (&publication));
  return NULL;
}

/* Returns: NULL when it is attached, else the refusal. */
static const gchar *
admit_publisher (AcBroadcasts *self, AcPublisher *publisher, const gchar *stream_key,
                 gint64 *ret_lesson, gboolean *ret_backup)
{
  const gchar *address = ac_publisher_address (publisher);
  const gint64 now_ms = ac_clock_monotonic_ms ();

  if (ac_key_guard_wait_ms (self->key_guard, address, now_ms) > 0)
    return "Too many wrong stream keys came from this address; try again in a minute.";
  *ret_lesson = ac_classroom_lesson_by_key (self->classroom, stream_key, ret_backup);
  if (*ret_lesson == 0)
    ac_key_guard_wrong (self->key_guard, address, now_ms);
  return attach_publisher (self, publisher, *ret_lesson, *ret_backup);
}

static void
on_requested (AcPublisher *publisher, const gchar *stream_key, gpointer user_data)
{
  AcBroadcasts *self = user_data;
  gboolean backup = FALSE;
  gint64 lesson = 0;
  const gchar *refusal =
      admit_publisher (self, publisher, stream_key, &lesson, &backup);

  if (refusal != NULL) {
    self->publishes_refused++;
    ac_log (G_LOG_LEVEL_WARNING, lesson, "publisher %s refused: %s",
            ac_publisher_address (publisher), refusal);
    ac_publisher_refuse (publisher, refusal);
    return;
  }
  ac_log (G_LOG_LEVEL_MESSAGE, lesson, "publisher %s accepted%s",
          ac_publisher_address (publisher), backup ? " as backup" : "");
  ac_publisher_accept (publisher);
}

static void
on_tags (AcPublisher *publisher, const AcPublisherUnit *tags, guint n_tags,
         gpointer user_data)
{
  AcBroadcasts *self = user_data;
  Publication *publication = ac_publisher_data (publisher);

  if (publication == NULL)
    return;
  if (self->srt_access != NULL && publication->feed != NULL)
    ac_srt_access_sent (self->srt_access, publication->lesson, publication->backup);
  for (guint i = 0; i < n_tags && publication->feed != NULL; i++) {
    const AcFlvTag unit = { tags[i].type, tags[i].timestamp_ms, tags[i].body };

    ac_broadcast_units (publication->broadcast, publication->feed, &unit, 1);
  }
}

static void
on_closed (AcPublisher *publisher, const gchar *reason, gpointer user_data)
{
  AcBroadcasts *self = user_data;
  g_autofree Publication *publication = ac_publisher_data (publisher);

  if (publication == NULL)
    return; /* it was refused */
  ac_publisher_set_data (publisher, NULL);
  ac_log (G_LOG_LEVEL_MESSAGE, publication->lesson, "publisher %s left: %s",
          ac_publisher_address (publisher), reason);
  if (publication->feed == NULL)
    return;
  if (self->srt_access != NULL)
    ac_srt_access_left (self->srt_access, publication->lesson, publication->backup);
  ac_broadcast_detach (publication->broadcast, publication->feed);
}

const AcPublisherHandler *
ac_broadcasts_publisher_handler (void)
{
  static const AcPublisherHandler handler = {
    .requested = on_requested,
    .tags = on_tags,
    .closed = on_closed,
  };

  return &handler;
}

void
ac_broadcasts_lesson_changed (AcBroadcasts *self, gint64 lesson, AcLessonState state)
{
  AcBroadcast *broadcast = find (self, lesson);

  if (state != AC_LESSON_ENDED)
    return;
  if (broadcast != NULL)
    ac_broadcast_end (broadcast);
  else
    finish_recording (self, lesson);
}

static AcSnapshot *
replay_snapshot (AcBroadcasts *self, gint64 id)
{
  g_autoptr (AcLesson) lesson = ac_classroom_get_lesson (self->classroom, id);
  g_autoptr (AcRecording) recording = NULL;
  g_autoptr (GError) error = NULL;
  AcSlotInfo first;

  if (lesson == NULL || lesson->state != AC_LESSON_ENDED)
    return NULL;
  recording = ac_recordings_open (self->recordings, id, FALSE, &error);
  if (recording == NULL) {
    if (!g_error_matches (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND))
      ac_log (G_LOG_LEVEL_WARNING, id, "the recording cannot be opened: %s",
              error->message);
    return NULL;
  }
  return ac_recording_get_slot (recording, 0, &first)
             ? ac_snapshot_new_replay (id, recording)
             : NULL;
}

void
ac_broadcasts_lesson_wanted (AcBroadcasts *self, gint64 lesson)
{
  AcBroadcast *broadcast = find (self, lesson);
  g_autoptr (AcSnapshot) snapshot = NULL;

  if (broadcast != NULL && ac_broadcast_has_media (broadcast))
    snapshot = ac_live_window_snapshot (ac_broadcast_window (broadcast));
  else if (broadcast == NULL)
    snapshot = replay_snapshot (self, lesson);

  if (snapshot != NULL)
    self->handler->published (snapshot, self->user_data);
  else
    self->handler->absent (lesson, self->user_data);
}

static void
per_lesson (AcBroadcasts *self, GString *out, const gchar *name, const gchar *type,
            const gchar *help, gint64 (*value) (AcBroadcast *broadcast))
{
  GHashTableIter iter;
  gpointer broadcast;

  ac_health_text_family (out, name, type, help);
  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &broadcast))
    g_string_append_printf (
        out, "airclass_%s{lesson=\"%" G_GINT64_FORMAT "\"} %" G_GINT64_FORMAT "\n",
        name, ac_broadcast_lesson (broadcast), value (broadcast));
}

static gint64
restarts (AcBroadcast *broadcast)
{
  return ac_broadcast_worker_restarts (broadcast);
}

void
ac_broadcasts_set_encoder (AcBroadcasts *self, const gchar *element)
{
  g_strlcpy (self->encoder, element, sizeof self->encoder);
}

GBytes *
ac_broadcasts_health (AcBroadcasts *self, gint64 lesson, gint64 since_ms)
{
  return ac_monitor_history (self->monitor, lesson, since_ms);
}

void
ac_broadcasts_metrics (AcBroadcasts *self, GString *out)
{
  ac_health_text_family (out, "lessons_live", "gauge", "Lessons on air.");
  g_string_append_printf (out, "airclass_lessons_live %u\n",
                          g_hash_table_size (self->live));
  ac_health_text_family (out, "publishes_refused_total", "counter",
                         "Publishers turned away.");
  g_string_append_printf (out,
                          "airclass_publishes_refused_total %" G_GUINT64_FORMAT "\n",
                          self->publishes_refused);
  per_lesson (self, out, "worker_restarts_total", "counter", "Workers that died.",
              restarts);
  ac_monitor_metrics (self->monitor, out);
}
