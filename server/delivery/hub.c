/* Who waits stands on two lists: one of all that wait for the same thing, so that an
 * event touches only those that it answers, and one of its lesson in the order of their
 * deadlines, so that the clock does.
 *
 * Every playlist of a lesson stands at the same part (docs/adr/0001), so what is waited
 * for is a point in the order of parts, whatever the track: part P of segment N, or the
 * end of segment N, which comes after each of its parts. */
#include "hub.h"

#include "archive_reads.h"
#include "clock.h"
#include "hub_clock.h"
#include "log.h"
#include "media_rules.h"

#include <string.h>

#define HOLD_TARGETS 3
#define UNUSED_MS (10 * 60 * 1000)

/* Those who wait until the edge has passed @key. */
typedef struct {
  AcEdge key;
  GQueue waits;
} Bucket;

typedef struct {
  gint64 id;
  AcSnapshot *snapshot; /* NULL: asked for */
  GPtrArray *buckets;   /* Bucket, ascending: a handful */
  GQueue deadlines;     /* Held.deadline_link, ascending */
  gint64 used_ms;
} Lesson;

typedef struct {
  AcMediaWait *wait;
  Lesson *lesson;
  GQueue *list; /* that wait->link is on: of a bucket or of an archive read */
  GList deadline_link;
  gint64 deadline_ms;
  AcMediaQuestion question;
  gint64 subject;
} Held;

struct _AcHub {
  AcDelivered *delivered;
  AcMediaKey key;
  AcHubHandler handler;
  gpointer user_data;
  AcArchiveReads *reads;
  GHashTable *lessons; /* id to Lesson */
  guint n_held;
  AcHubClock monotonic, wall;
  gpointer clock_data;
  gint64 wall_ahead_ms; /* of the monotonic clock when the hub was made */
};

static gint64
real_monotonic (gpointer data)
{
  return ac_clock_monotonic_ms ();
}

static gint64
real_wall (gpointer data)
{
  return ac_clock_wall_ms ();
}

static void
bucket_free (gpointer data)
{
  g_free (data);
}

static void
lesson_free (gpointer data)
{
  Lesson *lesson = data;

  g_clear_pointer (&lesson->snapshot, ac_snapshot_unref);
  g_ptr_array_unref (lesson->buckets);
  g_free (lesson);
}

static Lesson *
add_lesson (AcHub *self, gint64 id)
{
  Lesson *lesson = g_new0 (Lesson, 1);

  lesson->id = id;
  lesson->buckets = g_ptr_array_new_with_free_func (bucket_free);
  lesson->used_ms = self->monotonic (self->clock_data);
  g_hash_table_insert (self->lessons, &lesson->id, lesson);
  return lesson;
}

static void read_done (GQueue *waits, const AcArchiveKey *key, GBytes *bytes,
                       const GError *error, gpointer user_data);

AcHub *
ac_hub_new (AcRecordings *recordings, AcDelivered *delivered, const AcMediaKey *key,
            AcExecutor executor, const AcHubHandler *handler, gpointer user_data)
{
  AcHub *self = g_new0 (AcHub, 1);

  self->delivered = ac_delivered_ref (delivered);
  self->key = *key;
  self->handler = *handler;
  self->user_data = user_data;
  self->reads = ac_archive_reads_new (recordings, executor, read_done, self);
  self->lessons =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, lesson_free);
  ac_hub_set_clocks (self, real_monotonic, real_wall, NULL);
  return self;
}

void
ac_hub_set_clocks (AcHub *self, AcHubClock monotonic, AcHubClock wall, gpointer data)
{
  self->monotonic = monotonic;
  self->wall = wall;
  self->clock_data = data;
  self->wall_ahead_ms = wall (data) - monotonic (data);
}

/* Takes @held out of all lists. */
static void
unlink_held (AcHub *self, Held *held)
{
  g_queue_unlink (held->list, &held->wait->link);
  g_queue_unlink (&held->lesson->deadlines, &held->deadline_link);
  held->wait->private_ = NULL;
  self->n_held--;
}

void
ac_hub_free (AcHub *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->lessons);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Lesson *lesson = value;

    while (lesson->deadlines.head != NULL) {
      Held *held = lesson->deadlines.head->data;

      unlink_held (self, held);
      g_free (held);
    }
  }
  ac_archive_reads_free (self->reads);
  g_hash_table_unref (self->lessons);
  ac_delivered_unref (self->delivered);
  g_free (self);
}

static void
note_delivered (AcHub *self, const Held *held, const AcMediaSpan *span)
{
  if (held->subject != 0 && span->end > span->start)
    ac_delivered_note (self->delivered, held->lesson->id, held->subject,
                       AC_TICKS_TO_MS (span->start), AC_TICKS_TO_MS (span->end));
}

/* Returns: FALSE with *@need set when @held must wait. */
static gboolean
resolve (AcHub *self, Held *held, AcMediaAnswer *answer, AcMediaNeed *need)
{
  AcMediaSpan span;

  ac_media_address_settle (&held->question.address, held->lesson->snapshot);
  if (!ac_media_resolve (held->lesson->snapshot, &held->question, answer, &span, need))
    return FALSE;
  note_delivered (self, held, &span);
  return TRUE;
}

/* Returns: the list of those who wait for @key. The keys in use are few: the edge, the
 * ends of its segment and the next two, a part of those. */
static GQueue *
find_bucket (Lesson *lesson, AcEdge key)
{
  guint at = 0;
  Bucket *bucket;

  for (; at < lesson->buckets->len; at++) {
    bucket = g_ptr_array_index (lesson->buckets, at);
    if (bucket->key.msn == key.msn && bucket->key.part == key.part)
      return &bucket->waits;
    if (bucket->key.msn > key.msn ||
        (bucket->key.msn == key.msn && bucket->key.part > key.part))
      break;
  }
  bucket = g_new0 (Bucket, 1);
  bucket->key = key;
  g_ptr_array_insert (lesson->buckets, at, bucket);
  return &bucket->waits;
}

static GQueue *
list_for (AcHub *self, const Held *held, const AcMediaNeed *need)
{
  const AcMediaAddress *address = &held->question.address;
  AcArchiveKey key = {
    .lesson = held->lesson->id,
    .epoch = address->epoch,
    .msn = address->msn,
    .part = ac_media_part (address),
  };

  if (!need->archived)
    return find_bucket (held->lesson, need->edge);
  memcpy (key.track, address->track, sizeof key.track);
  return ac_archive_reads_join (
      self->reads, ac_snapshot_parts (held->lesson->snapshot)->recording, &key);
}

/* Holds a copy of @request. All deadlines of a lesson are equally far off, so the list
 * stays in order; a target duration that became known meanwhile may not disturb that.
 */
static void
hold (AcHub *self, const Held *request, const AcMediaNeed *need)
{
  Held *held = g_new (Held, 1);
  Lesson *lesson = request->lesson;

  *held = *request;
  held->deadline_ms =
      self->monotonic (self->clock_data) +
      (gint64)HOLD_TARGETS * ac_media_target_duration_s (lesson->snapshot) * 1000;
  if (lesson->deadlines.tail != NULL)
    held->deadline_ms =
        MAX (held->deadline_ms, ((Held *)lesson->deadlines.tail->data)->deadline_ms);
  held->deadline_link = (GList){ .data = held };
  g_queue_push_tail_link (&lesson->deadlines, &held->deadline_link);
  held->list = list_for (self, held, need);
  held->wait->link = (GList){ .data = held->wait };
  held->wait->private_ = held;
  g_queue_push_tail_link (held->list, &held->wait->link);
  self->n_held++;
}

/* A token is refused when both clocks say that it expired: neither a wall clock that
 * jumps ahead nor one that was wrong at the start takes a lesson away. */
static gboolean
is_allowed (AcHub *self, const AcMediaAddress *address, gint64 *ret_subject)
{
  gint64 steady_ms = self->monotonic (self->clock_data) + self->wall_ahead_ms;
  gint64 now_s = MIN (steady_ms, self->wall (self->clock_data)) / 1000;

  return ac_media_token_verify (&self->key, address->token, address->lesson, now_s,
                                ret_subject);
}

static gboolean
refuse (guint status, AcMediaAnswer *answer)
{
  ac_media_refuse (status, answer);
  return TRUE;
}

gboolean
ac_hub_request (AcHub *self, const gchar *path, const gchar *query,
                gboolean accepts_gzip, AcMediaWait *wait, AcMediaAnswer *ret_answer)
{
  Held request = { .wait = wait, .question.accepts_gzip = accepts_gzip };
  AcMediaAddress *address = &request.question.address;
  gboolean unknown;
  AcMediaNeed need;

  if (!ac_media_address_parse (path, address))
    return refuse (404, ret_answer);
  if (!is_allowed (self, address, &request.subject))
    return refuse (403, ret_answer);
  ac_media_directives_parse (query, &request.question.directives);

  request.lesson = g_hash_table_lookup (self->lessons, &address->lesson);
  unknown = request.lesson == NULL;
  if (unknown)
    request.lesson = add_lesson (self, address->lesson);
  request.lesson->used_ms = self->monotonic (self->clock_data);
  if (resolve (self, &request, ret_answer, &need))
    return TRUE;
  hold (self, &request, &need);
  /* Last: the answer may come before this returns. */
  if (unknown)
    self->handler.wanted (address->lesson, self->user_data);
  return FALSE;
}

void
ac_hub_cancel (AcHub *self, AcMediaWait *wait)
{
  Held *held = wait->private_;

  if (held == NULL)
    return;
  unlink_held (self, held);
  g_free (held);
}

/* Gives @answer to @held, which ends with it. An error is this request's alone: by the
 * time that a cache gave it to another, it may be wrong. */
static void
finish (AcHub *self, Held *held, AcMediaAnswer *answer)
{
  AcMediaWait *wait = held->wait;

  if (answer->status >= 400)
    answer->cache_control = AC_MEDIA_NOT_STORED;
  unlink_held (self, held);
  g_free (held);
  self->handler.answered (wait, answer, self->user_data);
}

/* Answers those on @waits, or lets them wait for what they lack now. */
static void
settle (AcHub *self, GQueue *waits)
{
  while (waits->head != NULL) {
    AcMediaWait *wait = waits->head->data;
    Held *held = wait->private_;
    AcMediaAnswer answer;
    AcMediaNeed need;

    if (resolve (self, held, &answer, &need)) {
      finish (self, held, &answer);
      continue;
    }
    g_queue_unlink (waits, &wait->link);
    held->list = list_for (self, held, &need);
    g_queue_push_tail_link (held->list, &wait->link);
  }
}

/* The buckets leave the lesson before anybody is called, since those called may ask
 * again at once. */
static void
wake (AcHub *self, Lesson *lesson, gboolean everyone)
{
  g_autoptr (GPtrArray) due = g_ptr_array_new_with_free_func (bucket_free);
  AcEdge edge = ac_snapshot_edge (lesson->snapshot);

  while (lesson->buckets->len > 0) {
    Bucket *first = g_ptr_array_index (lesson->buckets, 0);

    if (!everyone && !ac_edge_has_passed (edge, first->key))
      break;
    g_ptr_array_add (due, g_ptr_array_steal_index (lesson->buckets, 0));
  }
  for (guint i = 0; i < due->len; i++)
    settle (self, &((Bucket *)g_ptr_array_index (due, i))->waits);
}

void
ac_hub_publish (AcHub *self, AcSnapshot *snapshot)
{
  gint64 id = ac_snapshot_lesson (snapshot);
  Lesson *lesson = g_hash_table_lookup (self->lessons, &id);
  const AcSnapshotParts *now = ac_snapshot_parts (snapshot);
  g_autoptr (AcSnapshot) before = NULL;
  gboolean everyone = TRUE;

  if (lesson == NULL)
    lesson = add_lesson (self, id);
  before = g_steal_pointer (&lesson->snapshot);
  if (before != NULL) {
    const AcSnapshotParts *then = ac_snapshot_parts (before);

    everyone = now->ended != then->ended || now->dead != then->dead ||
               now->n_epochs != then->n_epochs;
  }
  lesson->snapshot = ac_snapshot_ref (snapshot);
  wake (self, lesson, everyone);
}

static void
give_up (AcHub *self, Held *held, guint status)
{
  AcMediaAnswer answer;

  ac_media_refuse (status, &answer);
  finish (self, held, &answer);
}

void
ac_hub_absent (AcHub *self, gint64 id)
{
  Lesson *lesson = g_hash_table_lookup (self->lessons, &id);

  if (lesson == NULL)
    return;
  g_hash_table_steal (self->lessons, &id);
  while (lesson->deadlines.head != NULL)
    give_up (self, lesson->deadlines.head->data, 404);
  lesson_free (lesson);
}

static guint
status_of (const GError *error)
{
  if (g_error_matches (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND))
    return 404;
  if (g_error_matches (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT))
    return 500;
  return 503;
}

static void
log_failure (const AcArchiveKey *key, const GError *error)
{
  static AcLogLimit limit = { .interval_ms = 10000 };
  guint suppressed;

  if (ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, key->lesson,
            "%s %u/%" G_GUINT64_FORMAT " part %d not read: %s (%u others before)",
            key->track, key->epoch, key->msn, key->part, error->message, suppressed);
}

static void
read_done (GQueue *waits, const AcArchiveKey *key, GBytes *bytes, const GError *error,
           gpointer user_data)
{
  AcHub *self = user_data;

  if (error != NULL)
    log_failure (key, error);
  while (waits->head != NULL) {
    Held *held = ((AcMediaWait *)waits->head->data)->private_;
    AcMediaAnswer answer;
    AcMediaSpan span;

    if (bytes == NULL) {
      give_up (self, held, status_of (error));
      continue;
    }
    ac_media_answer_archived (held->lesson->snapshot, &held->question, bytes, &answer,
                              &span);
    note_delivered (self, held, &span);
    finish (self, held, &answer);
  }
}

static gboolean
is_unused (Lesson *lesson, gint64 now_ms)
{
  return lesson->snapshot != NULL && ac_snapshot_parts (lesson->snapshot)->ended &&
         lesson->deadlines.head == NULL && now_ms - lesson->used_ms >= UNUSED_MS;
}

void
ac_hub_tick (AcHub *self)
{
  gint64 now_ms = self->monotonic (self->clock_data);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->lessons);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Lesson *lesson = value;
    GList *first = lesson->deadlines.head;

    if (is_unused (lesson, now_ms))
      g_hash_table_iter_remove (&iter);
    else if (first != NULL && ((Held *)first->data)->deadline_ms <= now_ms)
      g_array_append_val (ids, lesson->id);
  }
  /* Those who are answered may change the table. */
  for (guint i = 0; i < ids->len; i++) {
    Lesson *lesson;

    while ((lesson = g_hash_table_lookup (self->lessons,
                                          &g_array_index (ids, gint64, i))) != NULL &&
           lesson->deadlines.head != NULL &&
           ((Held *)lesson->deadlines.head->data)->deadline_ms <= now_ms)
      give_up (self, lesson->deadlines.head->data, 503);
  }
}

guint
ac_hub_n_held (AcHub *self)
{
  return self->n_held;
}
