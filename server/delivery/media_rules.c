#include "media_rules.h"

#define PLAYLIST_TYPE "application/vnd.apple.mpegurl"
#define MANIFEST_TYPE "application/dash+xml"
#define IMMUTABLE "public, max-age=31536000, immutable"
#define SHORT_LIVED "public, max-age=1"
#define REPLAY_LIVED "public, max-age=60"
/* Before the first epoch says otherwise. */
#define DEFAULT_TARGET_S 2
#define FAR_AHEAD 2

void
ac_media_refuse (guint status, AcMediaAnswer *ret_answer)
{
  /* What is not there may be there in a moment; the rest is this requester's alone. */
  *ret_answer = (AcMediaAnswer){
    .status = status,
    .cache_control = status == 404 ? SHORT_LIVED : AC_MEDIA_NOT_STORED,
    .body = g_bytes_new_static ("", 0),
  };
}

static gboolean
refuse (guint status, AcMediaAnswer *answer)
{
  ac_media_refuse (status, answer);
  return TRUE;
}

guint
ac_media_target_duration_s (AcSnapshot *snapshot)
{
  guint target = snapshot != NULL ? ac_snapshot_parts (snapshot)->target_duration_s : 0;

  return target > 0 ? target : DEFAULT_TARGET_S;
}

gboolean
ac_edge_has_passed (AcEdge edge, AcEdge key)
{
  return key.msn < edge.msn || (key.msn == edge.msn && key.part < edge.part);
}

gint
ac_media_part (const AcMediaAddress *address)
{
  return address->kind == AC_MEDIA_PART ? (gint)address->part : -1;
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
answer_text (AcSnapshot *snapshot, const AcMediaQuestion *question, gint track,
             AcMediaAnswer *answer)
{
  const AcMediaKind kind = question->address.kind;
  const gboolean ended = ac_snapshot_parts (snapshot)->ended;
  const gboolean gzip = question->accepts_gzip;
  GBytes *body;

  if (kind == AC_MEDIA_PLAYLIST)
    body = ac_snapshot_playlist (snapshot, track, question->directives.skip && !ended,
                                 gzip);
  else if (kind == AC_MEDIA_MANIFEST)
    body = ac_snapshot_manifest (snapshot, gzip);
  else
    body =
        ac_snapshot_multivariant (snapshot, kind == AC_MEDIA_AUDIO_MULTIVARIANT, gzip);
  if (body == NULL)
    return refuse (404, answer);
  *answer = (AcMediaAnswer){
    .status = 200,
    .content_type = kind == AC_MEDIA_MANIFEST ? MANIFEST_TYPE : PLAYLIST_TYPE,
    .cache_control = ended ? REPLAY_LIVED : SHORT_LIVED,
    .content_encoding = gzip ? "gzip" : NULL,
    .body = body,
    .vary_encoding = TRUE,
  };
  if (!ended && kind == AC_MEDIA_PLAYLIST && question->directives.has_msn)
    answer->cache_control = directed_lifetime (ac_media_target_duration_s (snapshot));
  return TRUE;
}

/* The directive table. Returns: FALSE with *@ret_need set when it must be held. */
static gboolean
is_due (AcSnapshot *snapshot, const AcMediaDirectives *directives, AcEdge *ret_need)
{
  const AcSnapshotParts *parts = ac_snapshot_parts (snapshot);
  AcEdge edge = ac_snapshot_edge (snapshot);
  AcEdge need = { .msn = directives->msn, .part = AC_SEGMENT_END };

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
  return ac_edge_has_passed (edge, need);
}

static gboolean
resolve_playlist (AcSnapshot *snapshot, const AcMediaQuestion *question,
                  AcMediaAnswer *answer, AcMediaNeed *need)
{
  const AcSnapshotParts *parts = ac_snapshot_parts (snapshot);
  const AcMediaDirectives *directives = &question->directives;
  const gboolean media = question->address.kind == AC_MEDIA_PLAYLIST;
  gint track = 0;

  if (parts->n_segments == 0) {
    /* No variant before its first whole segment. A player that came early is better
     * held than sent away: it starts with the segment, not with its next try. */
    need->edge = (AcEdge){ .msn = 0, .part = AC_SEGMENT_END };
    return (parts->ended || parts->dead) && refuse (404, answer);
  }
  if (media) {
    track = ac_snapshot_find_track (snapshot, question->address.track);
    if (track < 0)
      return refuse (404, answer);
  }
  if (media && !parts->ended) {
    if (directives->malformed ||
        (directives->has_msn && directives->msn > parts->n_segments - 1 + FAR_AHEAD))
      return refuse (400, answer);
    if (!is_due (snapshot, directives, &need->edge))
      return FALSE;
  }
  return answer_text (snapshot, question, track, answer);
}

void
ac_media_address_settle (AcMediaAddress *address, AcSnapshot *snapshot)
{
  gint track = address->kind == AC_MEDIA_TIMED_SEGMENT && snapshot != NULL
                   ? ac_snapshot_find_track (snapshot, address->track)
                   : -1;

  if (track >= 0 &&
      ac_snapshot_find_start (snapshot, (guint)track, address->start, &address->msn))
    address->kind = AC_MEDIA_SEGMENT;
}

static const gchar *
media_type (AcSnapshot *snapshot, const AcMediaAddress *address)
{
  gint track = ac_snapshot_find_track (snapshot, address->track);
  AcTimeline *timeline = ac_snapshot_parts (snapshot)->timeline;

  return track >= 0 && ac_timeline_track (timeline, track)->kind == AC_TRACK_AUDIO
             ? "audio/mp4"
             : "video/mp4";
}

/* @body: (transfer full) */
static gboolean
answer_media (AcSnapshot *snapshot, const AcMediaAddress *address, GBytes *body,
              AcMediaAnswer *answer)
{
  *answer = (AcMediaAnswer){
    .status = 200,
    .content_type = media_type (snapshot, address),
    .cache_control = IMMUTABLE,
    .body = body,
  };
  return TRUE;
}

static gboolean
resolve_media (AcSnapshot *snapshot, const AcMediaAddress *address,
               AcMediaAnswer *answer, AcMediaSpan *span, AcMediaNeed *need)
{
  gint track = ac_snapshot_find_track (snapshot, address->track);
  AcMediaSpan found = { 0, 0 };
  GBytes *bytes = NULL;

  if (track < 0 || address->kind == AC_MEDIA_TIMED_SEGMENT)
    return refuse (404, answer);
  if (address->kind == AC_MEDIA_INIT) {
    bytes = ac_snapshot_init (snapshot, track, address->epoch);
    return bytes != NULL ? answer_media (snapshot, address, bytes, answer)
                         : refuse (404, answer);
  }
  switch (ac_snapshot_find_media (snapshot, track, address->epoch, address->msn,
                                  ac_media_part (address), &bytes, &found.start,
                                  &found.end)) {
  case AC_MEDIA_HERE:
    *span = found;
    return answer_media (snapshot, address, bytes, answer);
  case AC_MEDIA_ARCHIVED:
    need->archived = TRUE;
    return FALSE;
  case AC_MEDIA_HINTED:
    need->edge = (AcEdge){ .msn = address->msn, .part = address->part };
    return FALSE;
  case AC_MEDIA_UNKNOWN:
    break;
  }
  return refuse (404, answer);
}

gboolean
ac_media_resolve (AcSnapshot *snapshot, const AcMediaQuestion *question,
                  AcMediaAnswer *ret_answer, AcMediaSpan *ret_span,
                  AcMediaNeed *ret_need)
{
  *ret_need = (AcMediaNeed){ .archived = FALSE };
  *ret_span = (AcMediaSpan){ 0, 0 };
  if (snapshot == NULL)
    return FALSE;
  if (question->address.kind <= AC_MEDIA_PLAYLIST)
    return resolve_playlist (snapshot, question, ret_answer, ret_need);
  return resolve_media (snapshot, &question->address, ret_answer, ret_span, ret_need);
}

void
ac_media_answer_archived (AcSnapshot *snapshot, const AcMediaQuestion *question,
                          GBytes *bytes, AcMediaAnswer *ret_answer,
                          AcMediaSpan *ret_span)
{
  const AcMediaAddress *address = &question->address;
  gint track = ac_snapshot_find_track (snapshot, address->track);
  AcMediaSpan found = { 0, 0 };
  g_autoptr (GBytes) here = NULL;

  answer_media (snapshot, address, g_bytes_ref (bytes), ret_answer);
  *ret_span = (AcMediaSpan){ 0, 0 };
  if (track >= 0 &&
      ac_snapshot_find_media (snapshot, track, address->epoch, address->msn,
                              ac_media_part (address), &here, &found.start,
                              &found.end) != AC_MEDIA_UNKNOWN)
    *ret_span = found;
}
