#include "own_sources.h"

#include "backoff.h"
#include "clock.h"
#include "log.h"

/* A lesson starts at most so late: a server that was down shall not teach at night. */
#define END_AGAIN_MS 5000
#define LATE_MAX_MS (60 * 60 * 1000)
/* The wall clock may be set meanwhile. */
#define LOOK_MAX_MS (30 * 1000)
#define HOURS_AT_ONCE 50

typedef struct {
  AcOwnSources *sources;
  gint64 lesson;
  AcLessonSource source;
  gchar *label; /* as it may be logged */
  AcBroadcast *broadcast;
  AcFeed *feed; /* (nullable): not attached */
  AcBackoff backoff;
  gboolean refused;    /* it was logged */
  gchar *last_failure; /* what was logged last */
  guint timer;         /* until it is tried again, or the lesson is ended */
} Own;

struct _AcOwnSources {
  AcClassroom *classroom;
  AcBroadcasts *broadcasts;
  gchar *lectures;
  GHashTable *live; /* lesson (gint64) -> Own */
  gboolean suspended;
  guint hour_timer;
};

static void try_source (Own *own);

static void
own_free (gpointer data)
{
  Own *own = data;

  g_clear_handle_id (&own->timer, g_source_remove);
  ac_lesson_source_clear (&own->source);
  g_free (own->last_failure);
  g_free (own->label);
  g_free (own);
}

AcOwnSources *
ac_own_sources_new (AcClassroom *classroom, AcBroadcasts *broadcasts,
                    const gchar *lectures)
{
  AcOwnSources *self = g_new0 (AcOwnSources, 1);

  self->classroom = classroom;
  self->broadcasts = broadcasts;
  self->lectures = g_strdup (lectures);
  self->live = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, own_free);
  return self;
}

void
ac_own_sources_free (AcOwnSources *self)
{
  g_clear_handle_id (&self->hour_timer, g_source_remove);
  g_hash_table_unref (self->live);
  g_free (self->lectures);
  g_free (self);
}

/* --- what becomes of a feed ------------------------------------------------------- */

static gboolean
on_retry (gpointer user_data)
{
  Own *own = user_data;

  own->timer = 0;
  try_source (own);
  return G_SOURCE_REMOVE;
}

/* Returns: in how many milliseconds. */
static guint
try_later (Own *own)
{
  guint delay_ms = ac_backoff_down (&own->backoff, ac_clock_monotonic_ms ());

  g_clear_handle_id (&own->timer, g_source_remove);
  if (!own->sources->suspended)
    own->timer = g_timeout_add (delay_ms, on_retry, own);
  return delay_ms;
}

static void
on_ended (gint64 lesson, const GError *error, gpointer user_data)
{
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, lesson, "cannot be ended after its lecture: %s",
            error->message);
}

/* Outside of the broadcast's own call. */
static gboolean
end_lesson (gpointer user_data)
{
  Own *own = user_data;

  /* Until it has ended, which drops this: the store may be busy. */
  own->timer = g_timeout_add (END_AGAIN_MS, end_lesson, own);
  ac_classroom_end_lesson (own->sources->classroom, own->lesson, on_ended, NULL);
  return G_SOURCE_REMOVE;
}

/* Told when it is news; a camera that is off all night fills no log. */
static void
take_failure (Own *own, const gchar *reason)
{
  guint delay_ms = try_later (own);

  if (g_strcmp0 (own->last_failure, reason) == 0 && delay_ms == AC_BACKOFF_MAX_MS)
    return;
  ac_log (G_LOG_LEVEL_WARNING, own->lesson,
          "source %s failed: %s; the next try is in %u s", own->label, reason,
          delay_ms / 1000);
  g_free (own->last_failure);
  own->last_failure = g_strdup (reason);
}

static void
on_feed_state (gpointer owner, const AcWireSourceState *state)
{
  Own *own = owner;

  switch (state->state) {
  case AC_SOURCE_CONNECTED:
    g_clear_handle_id (&own->timer, g_source_remove); /* it was begun without us */
    ac_backoff_up (&own->backoff, ac_clock_monotonic_ms ());
    ac_log (G_LOG_LEVEL_MESSAGE, own->lesson, "source %s: %s", own->label,
            state->detail);
    break;
  case AC_SOURCE_ENDED:
    ac_log (G_LOG_LEVEL_MESSAGE, own->lesson, "source %s: %s, and the lesson ends",
            own->label, state->detail);
    g_clear_handle_id (&own->timer, g_source_remove);
    own->timer = g_idle_add (end_lesson, own);
    break;
  case AC_SOURCE_FAILED:
    take_failure (own, state->detail);
    break;
  case AC_SOURCE_ANSWERED:
    break; /* of browsers only */
  }
}

static void
on_feed_closed (gpointer owner, const gchar *reason)
{
  Own *own = owner;

  own->feed = NULL;
  own->broadcast = NULL;
  ac_log (G_LOG_LEVEL_MESSAGE, own->lesson, "source %s is off: %s", own->label, reason);
  try_later (own);
}

/* A lecture goes on where the lesson has got to: what counts of it was the file. */
static gint64
feed_position_ms (gpointer owner)
{
  Own *own = owner;
  g_autoptr (AcLesson) lesson = NULL;

  if (own->source.kind != AC_LESSON_SOURCE_FILE || own->source.loop)
    return 0;
  lesson = ac_classroom_get_lesson (own->sources->classroom, own->lesson);
  return lesson != NULL ? lesson->creditable_ms : 0;
}

/* --- trying ----------------------------------------------------------------------- */

static gboolean
is_playable (Own *own, GError **error)
{
  g_autofree gchar *path = NULL;

  if (own->source.kind != AC_LESSON_SOURCE_FILE)
    return TRUE;
  path =
      ac_lesson_source_check_file (own->source.address, own->sources->lectures, error);
  return path != NULL;
}

static const gchar *
attach (Own *own)
{
  const AcFeedInfo info = {
    .source = { .kind = own->source.kind == AC_LESSON_SOURCE_FILE ? AC_SOURCE_FILE
                                                                  : AC_SOURCE_PULL,
                .address = own->source.address,
                .loop = own->source.loop },
    .label = own->label,
    .closed = on_feed_closed,
    .state = on_feed_state,
    .position_ms = feed_position_ms,
    .owner = own,
  };

  return ac_broadcasts_attach (own->sources->broadcasts, own->lesson, &info,
                               &own->broadcast, &own->feed);
}

static void
try_source (Own *own)
{
  g_autoptr (GError) error = NULL;
  const gchar *refusal = NULL;

  if (!is_playable (own, &error))
    refusal = error->message;
  else if (own->feed == NULL)
    refusal = attach (own);
  else if (!ac_broadcast_fetch_again (own->broadcast, own->feed))
    refusal = "another source is on air";
  if (refusal == NULL) {
    own->refused = FALSE;
    return;
  }
  if (!own->refused)
    ac_log (G_LOG_LEVEL_WARNING, own->lesson, "source %s waits: %s", own->label,
            refusal);
  own->refused = TRUE;
  try_later (own);
}

static void
begin (AcOwnSources *self, const AcLesson *lesson)
{
  Own *own;

  if (self->suspended || lesson->source.kind == AC_LESSON_SOURCE_NONE ||
      g_hash_table_contains (self->live, &lesson->id))
    return;
  own = g_new0 (Own, 1);
  own->sources = self;
  own->lesson = lesson->id;
  own->source = lesson->source;
  own->source.address = g_strdup (lesson->source.address);
  own->label = ac_lesson_source_mask (lesson->source.address);
  g_hash_table_insert (self->live, &own->lesson, own);
  try_source (own);
}

static void
drop (AcOwnSources *self, gint64 lesson)
{
  Own *own = g_hash_table_lookup (self->live, &lesson);

  if (own == NULL)
    return;
  if (own->feed != NULL)
    ac_broadcast_detach (own->broadcast, own->feed);
  g_hash_table_remove (self->live, &lesson);
}

/* --- hours ------------------------------------------------------------------------ */

static void look_at_hours (AcOwnSources *self);

static gboolean
on_hour_timer (gpointer user_data)
{
  AcOwnSources *self = user_data;

  self->hour_timer = 0;
  look_at_hours (self);
  return G_SOURCE_REMOVE;
}

static void
on_started (gint64 lesson, const GError *error, gpointer user_data)
{
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, 0, "a lesson cannot start at its hour: %s",
            error->message);
}

/* Starts those whose hour has come and waits for the next; a start that fails is tried
 * again at the next look. */
static void
look_at_hours (AcOwnSources *self)
{
  gint64 now_ms = ac_clock_wall_ms ();
  gint64 wait_ms = LOOK_MAX_MS;
  g_autoptr (GPtrArray) lessons = NULL;

  g_clear_handle_id (&self->hour_timer, g_source_remove);
  if (self->suspended)
    return;
  lessons =
      ac_classroom_list_hours (self->classroom, now_ms - LATE_MAX_MS, HOURS_AT_ONCE);
  for (guint i = 0; i < lessons->len; i++) {
    const AcLesson *lesson = lessons->pdata[i];

    if (lesson->planned_ms > now_ms) {
      wait_ms = MIN (wait_ms, lesson->planned_ms - now_ms);
      break;
    }
    ac_log (G_LOG_LEVEL_MESSAGE, lesson->id, "its hour has come");
    ac_classroom_start_lesson (self->classroom, lesson->id, on_started, NULL);
  }
  self->hour_timer = g_timeout_add ((guint)wait_ms, on_hour_timer, self);
}

/* Somebody planned them, and nobody was there. */
static void
tell_missed_hours (AcOwnSources *self)
{
  gint64 from_ms = ac_clock_wall_ms () - LATE_MAX_MS;
  g_autoptr (GPtrArray) lessons =
      ac_classroom_list_hours (self->classroom, 0, HOURS_AT_ONCE);

  for (guint i = 0; i < lessons->len; i++) {
    const AcLesson *lesson = lessons->pdata[i];

    if (lesson->planned_ms < from_ms)
      ac_log (G_LOG_LEVEL_WARNING, lesson->id,
              "its hour passed while the server was down; start it by hand, or give "
              "it another hour");
  }
}

/* --- what happens ----------------------------------------------------------------- */

void
ac_own_sources_resume (AcOwnSources *self)
{
  gint64 before = 0;

  for (;;) {
    g_autoptr (GPtrArray) lessons =
        ac_classroom_list_lessons (self->classroom, before, 100);

    if (lessons->len == 0)
      break;
    for (guint i = 0; i < lessons->len; i++) {
      const AcLesson *lesson = lessons->pdata[i];

      before = lesson->id;
      if (lesson->state == AC_LESSON_LIVE)
        begin (self, lesson);
    }
  }
  tell_missed_hours (self);
  look_at_hours (self);
}

void
ac_own_sources_suspend (AcOwnSources *self)
{
  GHashTableIter iter;
  gpointer own;

  self->suspended = TRUE;
  g_clear_handle_id (&self->hour_timer, g_source_remove);
  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &own))
    g_clear_handle_id (&((Own *)own)->timer, g_source_remove);
}

void
ac_own_sources_lesson_changed (AcOwnSources *self, gint64 lesson, AcLessonState state)
{
  g_autoptr (AcLesson) found = NULL;

  if (state == AC_LESSON_ENDED)
    drop (self, lesson);
  if (state != AC_LESSON_LIVE)
    return;
  found = ac_classroom_get_lesson (self->classroom, lesson);
  if (found != NULL)
    begin (self, found);
}

void
ac_own_sources_source_changed (AcOwnSources *self, gint64 lesson)
{
  g_autoptr (AcLesson) found = ac_classroom_get_lesson (self->classroom, lesson);

  drop (self, lesson);
  if (found != NULL && found->state == AC_LESSON_LIVE)
    begin (self, found);
  look_at_hours (self);
}
