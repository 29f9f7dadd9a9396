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
#include "media_request.h"
#include "snapshot.h"

#include <string.h>

#define PLAYLIST_TYPE "application/vnd.apple.mpegurl"
#define IMMUTABLE "public, max-age=31536000, immutable"
#define SHORT_LIVED "public, max-age=1"
#define REPLAY_LIVED "public, max-age=60"
#define NOT_STORED "no-store"
/* Before the first epoch says otherwise. */
#define DEFAULT_TARGET_S 2
#define HOLD_TARGETS 3
#define FAR_AHEAD 2
#define UNUSED_MS (10 * 60 * 1000)
#define SEGMENT_END G_MAXUINT

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
  AcMediaAddress address;
  AcMediaDirectives directives;
  gint64 subject;
  gboolean accepts_gzip;
} Held;

struct _AcHub {
  AcDelivered *delivered;
  AcMediaKey key;
  AcHubHandler handler;
  gpointer user_data;
  AcArchiveReads *reads;
  GHashTable *lessons; /* id to Lesson */
  guint n_held;
  GBytes *nothing;
  AcHubClock monotonic, wall;
  gpointer clock_data;
  gint64 wall_ahead_ms; /* of the monotonic clock when the hub was made */
};

/* What a request that cannot be answered yet waits for. */
typedef struct {
  gboolean archived;
  AcEdge edge;
} Need;

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
  self->nothing = g_bytes_new_static ("", 0);
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
  g_bytes_unref (self->nothing);
  g_free (self);
}

static gboolean
refuse (AcHub *self, guint status, AcMediaAnswer *answer)
{
  /* What is not there may be there in a moment; the rest is this requester's alone. */
  *answer = (AcMediaAnswer){
    .status = status,
    .cache_control = status == 404 ? SHORT_LIVED : NOT_STORED,
    .body = g_bytes_ref (self->nothing),
  };
  return TRUE;
}

static guint
target_duration_s (const Lesson *lesson)
{
  guint target = lesson->snapshot != NULL
                     ? ac_snapshot_parts (lesson->snapshot)->target_duration_s
                     : 0;

  return target > 0 ? target : DEFAULT_TARGET_S;
}

/* Answers to directives live for about a target duration. */
static const gchar *
directed_lifetime (guint target_s)
{
  static const gchar *const lifetimes[] = { "public, max-age=1", "public, max-age=2",
                                            "public, max-age=3", "public, max-age=4",
                                            "public, max-age=5", "public, max-age=6" };

  return lifetimes[CLAMP (target_s, 1, G_N_ELEMENTS (lifetimes)) - 1];
}

static gboolean
has_passed (AcEdge edge, AcEdge key)
{
  return key.msn < edge.msn || (key.msn == edge.msn && key.part < edge.part);
}

static gboolean
answer_playlist_text (AcHub *self, const Held *held, AcMediaAnswer *answer)
{
  const AcMediaAddress *address = &held->address;
  AcSnapshot *snapshot = held->lesson->snapshot;
  gboolean ended = ac_snapshot_parts (snapshot)->ended;
  gint track = address->kind == AC_MEDIA_PLAYLIST
                   ? ac_snapshot_find_track (snapshot, address->track)
                   : 0;
  const gboolean gzip = held->accepts_gzip;
  GBytes *body;

  if (address->kind == AC_MEDIA_PLAYLIST)
    body =
        ac_snapshot_playlist (snapshot, track, held->directives.skip && !ended, gzip);
  else
    body = ac_snapshot_multivariant (
        snapshot, address->kind == AC_MEDIA_AUDIO_MULTIVARIANT, gzip);
  if (body == NULL)
    return refuse (self, 404, answer);
  *answer = (AcMediaAnswer){
    .status = 200,
    .content_type = PLAYLIST_TYPE,
    .cache_control = ended ? REPLAY_LIVED : SHORT_LIVED,
    .content_encoding = gzip ? "gzip" : NULL,
    .body = body,
    .vary_encoding = TRUE,
  };
  if (!ended && address->kind == AC_MEDIA_PLAYLIST && held->directives.has_msn)
    answer->cache_control = directed_lifetime (target_duration_s (held->lesson));
  return TRUE;
}

/* The directive table. Returns: FALSE with *@ret_need set when it must be held. */
static gboolean
is_due (const Held *held, const AcSnapshotParts *parts, AcEdge *ret_need)
{
  const AcMediaDirectives *directives = &held->directives;
  AcEdge edge = ac_snapshot_edge (held->lesson->snapshot);
  AcEdge need = { .msn = directives->msn, .part = SEGMENT_END };

  if (parts->dead || !directives->has_msn)
    return TRUE;
  if (directives->has_part) {
    guint n_parts = ac_timeline_epoch (parts->timeline, parts->n_epochs - 1)
                        ->media->slots_per_segment;

    if (need.msn < edge.msn)
      n_parts = ac_timeline_segment (parts->timeline, need.msn)->n_parts;
    if (directives->part < n_parts)
      need.part = directives->part;
    else
      need = (AcEdge){ .msn = need.msn + 1, .part = 0 };
  }
  *ret_need = need;
  return has_passed (edge, need);
}

static gboolean
resolve_playlist (AcHub *self, const Held *held, AcMediaAnswer *answer, Need *need)
{
  AcSnapshot *snapshot = held->lesson->snapshot;
  const AcSnapshotParts *parts = ac_snapshot_parts (snapshot);
  const AcMediaDirectives *directives = &held->directives;
  gboolean media = held->address.kind == AC_MEDIA_PLAYLIST;

  if (parts->n_segments == 0) {
    /* No variant before its first whole segment. A player that came early is better
     * held than sent away: it starts with the segment, not with its next try. */
    need->edge = (AcEdge){ .msn = 0, .part = SEGMENT_END };
    return (parts->ended || parts->dead) && refuse (self, 404, answer);
  }
  if (media && ac_snapshot_find_track (snapshot, held->address.track) < 0)
    return refuse (self, 404, answer);
  if (media && !parts->ended) {
    if (directives->malformed)
      return refuse (self, 400, answer);
    if (directives->has_msn && directives->msn > parts->n_segments - 1 + FAR_AHEAD)
      return refuse (self, 400, answer);
    if (!is_due (held, parts, &need->edge))
      return FALSE;
  }
  return answer_playlist_text (self, held, answer);
}

static const gchar *
media_type (const Held *held)
{
  AcSnapshot *snapshot = held->lesson->snapshot;
  gint track = ac_snapshot_find_track (snapshot, held->address.track);
  AcTimeline *timeline = ac_snapshot_parts (snapshot)->timeline;

  return track >= 0 && ac_timeline_track (timeline, track)->kind == AC_TRACK_AUDIO
             ? "audio/mp4"
             : "video/mp4";
}

/* @body: (transfer full) */
static gboolean
answer_media (const Held *held, GBytes *body, AcMediaAnswer *answer)
{
  *answer = (AcMediaAnswer){
    .status = 200,
    .content_type = media_type (held),
    .cache_control = IMMUTABLE,
    .body = body,
  };
  return TRUE;
}

static void
note_delivered (AcHub *self, const Held *held, guint64 start, guint64 end)
{
  if (held->subject != 0)
    ac_delivered_note (self->delivered, held->lesson->id, held->subject,
                       AC_TICKS_TO_MS (start), AC_TICKS_TO_MS (end));
}

static gint
part_of (const AcMediaAddress *address)
{
  return address->kind == AC_MEDIA_PART ? (gint)address->part : -1;
}

static gboolean
resolve_media (AcHub *self, const Held *held, AcMediaAnswer *answer, Need *need)
{
  const AcMediaAddress *address = &held->address;
  AcSnapshot *snapshot = held->lesson->snapshot;
  gint track = ac_snapshot_find_track (snapshot, address->track);
  guint64 start, end;
  GBytes *bytes = NULL;

  if (track < 0)
    return refuse (self, 404, answer);
  if (address->kind == AC_MEDIA_INIT) {
    bytes = ac_snapshot_init (snapshot, track, address->epoch);
    return bytes != NULL ? answer_media (held, bytes, answer)
                         : refuse (self, 404, answer);
  }
  switch (ac_snapshot_find_media (snapshot, track, address->epoch, address->msn,
                                  part_of (address), &bytes, &start, &end)) {
  case AC_MEDIA_HERE:
    note_delivered (self, held, start, end);
    return answer_media (held, bytes, answer);
  case AC_MEDIA_ARCHIVED:
    need->archived = TRUE;
    return FALSE;
  case AC_MEDIA_HINTED:
    need->edge = (AcEdge){ .msn = address->msn, .part = address->part };
    return FALSE;
  case AC_MEDIA_UNKNOWN:
    break;
  }
  return refuse (self, 404, answer);
}

/* Returns: TRUE: *@answer is it. FALSE: *@need says what must come first. */
static gboolean
resolve (AcHub *self, const Held *held, AcMediaAnswer *answer, Need *need)
{
  *need = (Need){ .archived = FALSE };
  if (held->lesson->snapshot == NULL)
    return FALSE;
  if (held->address.kind <= AC_MEDIA_PLAYLIST)
    return resolve_playlist (self, held, answer, need);
  return resolve_media (self, held, answer, need);
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
list_for (AcHub *self, const Held *held, const Need *need)
{
  AcArchiveKey key = {
    .lesson = held->lesson->id,
    .epoch = held->address.epoch,
    .msn = held->address.msn,
    .part = part_of (&held->address),
  };

  if (!need->archived)
    return find_bucket (held->lesson, need->edge);
  memcpy (key.track, held->address.track, sizeof key.track);
  return ac_archive_reads_join (
      self->reads, ac_snapshot_parts (held->lesson->snapshot)->recording, &key);
}

/* Holds a copy of @request. All deadlines of a lesson are equally far off, so the list
 * stays in order; a target duration that became known meanwhile may not disturb that.
 */
static void
hold (AcHub *self, const Held *request, const Need *need)
{
  Held *held = g_new (Held, 1);
  Lesson *lesson = request->lesson;

  *held = *request;
  held->deadline_ms = self->monotonic (self->clock_data) +
                      (gint64)HOLD_TARGETS * target_duration_s (lesson) * 1000;
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

gboolean
ac_hub_request (AcHub *self, const gchar *path, const gchar *query,
                gboolean accepts_gzip, AcMediaWait *wait, AcMediaAnswer *ret_answer)
{
  Held request = { .wait = wait, .accepts_gzip = accepts_gzip };
  gboolean unknown;
  Need need;

  if (!ac_media_address_parse (path, &request.address))
    return refuse (self, 404, ret_answer);
  if (!is_allowed (self, &request.address, &request.subject))
    return refuse (self, 403, ret_answer);
  ac_media_directives_parse (query, &request.directives);

  request.lesson = g_hash_table_lookup (self->lessons, &request.address.lesson);
  unknown = request.lesson == NULL;
  if (unknown)
    request.lesson = add_lesson (self, request.address.lesson);
  request.lesson->used_ms = self->monotonic (self->clock_data);
  if (resolve (self, &request, ret_answer, &need))
    return TRUE;
  hold (self, &request, &need);
  /* Last: the answer may come before this returns. */
  if (unknown)
    self->handler.wanted (request.address.lesson, self->user_data);
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

/* Gives @answer to @held, which ends with it. */
static void
finish (AcHub *self, Held *held, AcMediaAnswer *answer)
{
  AcMediaWait *wait = held->wait;

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
    Need need;

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

    if (!everyone && !has_passed (edge, first->key))
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

  refuse (self, status, &answer);
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
    guint64 start, end;
    g_autoptr (GBytes) unused = NULL;
    gint track;

    if (bytes == NULL) {
      give_up (self, held, status_of (error));
      continue;
    }
    track = ac_snapshot_find_track (held->lesson->snapshot, key->track);
    if (track >= 0 &&
        ac_snapshot_find_media (held->lesson->snapshot, track, key->epoch, key->msn,
                                key->part, &unused, &start, &end) != AC_MEDIA_UNKNOWN)
      note_delivered (self, held, start, end);
    answer_media (held, g_bytes_ref (bytes), &answer);
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
