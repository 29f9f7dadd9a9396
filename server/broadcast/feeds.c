#include "feeds.h"

#include "kept_units.h"
#include "log.h"
#include "stream_headers.h"

#define TAKEOVER_MS 2000
#define STANDBY_MS 800
#define RETURN_MS 5000
/* The worker speaks of what it fetches once a second. */
#define FETCHED_SILENCE_MS 2500

enum { PRIMARY, BACKUP, N_ROLES };

#define OF_LINK(member, kind, total, help)                                             \
  AC_FIELD (AcFeedLink, member, kind, total, help)

const AcField ac_feed_link_fields[] = {
  OF_LINK (rtt_ms, NUMBER, FALSE, "Round trip on the encoder's line."),
  OF_LINK (latency_ms, NUMBER, FALSE, "How long a packet of it may take to come."),
  OF_LINK (packets, LARGE, TRUE, "Packets that came."),
  OF_LINK (packets_lost, LARGE, TRUE, "Packets that were missing."),
  OF_LINK (packets_again, LARGE, TRUE, "Packets that were sent again, and came."),
  OF_LINK (packets_dropped, LARGE, TRUE, "Packets that were given up."),
  { 0 },
};

struct _AcFeed {
  AcFeedInfo info;
  gint64 heard_ms;  /* when it sent last; attaching and going on air count too */
  gint64 steady_ms; /* since when it sends without a pause */
  guint32 last_timestamp_ms;
  gboolean lost_air; /* fetched, and silent when it was last on air */
  gchar *fault;      /* fetched: it failed, and nothing came since; NULL: it did not */
  gboolean answered; /* a browser's: its connection is the worker's that answered */
  AcStreamHeaders headers;
  AcKeptUnits *kept; /* while it is not on air */
};

struct _AcFeeds {
  gint64 lesson;
  AcFeedsPolicy policy;
  const AcFeedsHandler *handler;
  gpointer user_data;
  AcFeed *feeds[N_ROLES]; /* (nullable) */
  AcFeed *on_air;         /* (nullable): one of them */
  guint32 n_begun;        /* sources that a worker was told of; the last one's number */
};

static AcFeed *
feed_new (const AcFeedInfo *info, gint64 now_ms)
{
  AcFeed *self = g_new0 (AcFeed, 1);

  self->info = *info;
  self->info.source.address = g_strdup (info->source.address);
  self->info.label = g_strdup (info->label);
  self->heard_ms = self->steady_ms = now_ms;
  self->kept = ac_kept_units_new ();
  return self;
}

static void
feed_free (AcFeed *self)
{
  ac_stream_headers_clear (&self->headers);
  ac_kept_units_free (self->kept);
  g_free (self->fault);
  g_free (self->info.source.address);
  g_free ((gchar *)self->info.label);
  g_free (self);
}

static gboolean
is_fetched (const AcFeed *feed)
{
  return feed->info.source.kind != AC_SOURCE_FLV &&
         feed->info.source.kind != AC_SOURCE_TS;
}

AcFeeds *
ac_feeds_new (gint64 lesson, const AcFeedsPolicy *policy, const AcFeedsHandler *handler,
              gpointer user_data)
{
  AcFeeds *self = g_new0 (AcFeeds, 1);

  self->lesson = lesson;
  self->policy = (AcFeedsPolicy){
    .takeover_ms = policy->takeover_ms != 0 ? policy->takeover_ms : TAKEOVER_MS,
    .standby_ms = policy->standby_ms != 0 ? policy->standby_ms : STANDBY_MS,
    .return_ms = policy->return_ms != 0 ? policy->return_ms : RETURN_MS,
  };
  self->handler = handler;
  self->user_data = user_data;
  return self;
}

void
ac_feeds_free (AcFeeds *self)
{
  if (self == NULL)
    return;
  ac_feeds_close (self, "the server is stopping");
  g_free (self);
}

/* --- which of them ---------------------------------------------------------------- */

/* Whether viewers would see something of it. */
static gboolean
sends (const AcFeeds *self, const AcFeed *feed, gint64 now_ms)
{
  if (!is_fetched (feed))
    return now_ms - feed->heard_ms < self->policy.standby_ms;
  if (feed->fault != NULL)
    return FALSE;
  return feed == self->on_air ? now_ms - feed->heard_ms < FETCHED_SILENCE_MS
                              : !feed->lost_air;
}

static gboolean
may_return (const AcFeeds *self, const AcFeed *primary, gint64 now_ms)
{
  return is_fetched (primary) ||
         (now_ms - primary->steady_ms >= self->policy.return_ms &&
          ac_kept_units_is_fresh (primary->kept));
}

/* Returns: (nullable): the one that is to be on air; the rule is in feeds.h. */
static AcFeed *
preferred (const AcFeeds *self, gint64 now_ms)
{
  AcFeed *primary = self->feeds[PRIMARY], *backup = self->feeds[BACKUP];
  gboolean backup_sends;

  if (primary == NULL || backup == NULL)
    return primary != NULL ? primary : backup;
  backup_sends = sends (self, backup, now_ms);
  if (sends (self, primary, now_ms))
    return self->on_air == backup && backup_sends && !may_return (self, primary, now_ms)
               ? backup
               : primary;
  if (backup_sends)
    return backup;
  /* Both are silent: no reason to change, but to ask what can only be asked. */
  return self->on_air == backup && !is_fetched (primary) ? backup : primary;
}

/* --- on air ----------------------------------------------------------------------- */

/* Its owner hears of it when nothing points to it any more. */
static void
close_feed (AcFeed *feed, const gchar *reason)
{
  const AcFeedInfo info = feed->info;

  if (info.closed != NULL)
    info.closed (info.owner, reason);
  feed_free (feed);
}

static void
send_unit (const AcFlvTag *unit, gpointer user_data)
{
  AcFeeds *self = user_data;

  self->handler->unit (unit, self->user_data);
}

static void
begin (AcFeeds *self, gint64 now_ms)
{
  AcFeed *feed = self->on_air;
  AcWireSource source = feed->info.source;

  feed->lost_air = FALSE;
  if (is_fetched (feed))
    feed->heard_ms = now_ms;
  if (feed->info.position_ms != NULL)
    source.position_ms = feed->info.position_ms (feed->info.owner);
  source.number = ++self->n_begun;
  source.age_ms = ac_kept_units_age_ms (feed->kept, now_ms);
  self->handler->begin (&source, self->user_data);
  ac_stream_headers_replay (&feed->headers, feed->last_timestamp_ms, send_unit, self);
}

static void
take_off_air (AcFeeds *self)
{
  AcFeed *feed = g_steal_pointer (&self->on_air);

  if (feed == NULL)
    return;
  feed->lost_air = is_fetched (feed);
  ac_kept_units_clear (feed->kept);
  self->handler->end (self->user_data);
}

/* Rule 5. */
static void
leave_air (AcFeeds *self)
{
  AcFeed *feed = self->on_air;

  take_off_air (self);
  if (feed == NULL || feed->info.source.kind != AC_SOURCE_WEBRTC)
    return;
  self->feeds[feed->info.backup ? BACKUP : PRIMARY] = NULL;
  close_feed (feed, "another encoder took over");
}

static void
consider (AcFeeds *self, gint64 now_ms)
{
  AcFeed *next = preferred (self, now_ms);
  gboolean changes = self->on_air != NULL;

  if (next == self->on_air)
    return;
  leave_air (self);
  if (next == NULL)
    return;
  if (changes || next->info.backup)
    ac_log (G_LOG_LEVEL_MESSAGE, self->lesson, "the %s %s goes on air",
            next->info.backup ? "backup" : "primary", next->info.label);
  self->on_air = next;
  begin (self, now_ms);
  ac_kept_units_flush (next->kept, send_unit, self);
}

/* --- life of a feed --------------------------------------------------------------- */

/* Takes it out; a change of who is on air is the caller's next step. */
static void
take_out (AcFeeds *self, AcFeed *feed)
{
  if (feed == self->on_air)
    take_off_air (self);
  self->feeds[feed->info.backup ? BACKUP : PRIMARY] = NULL;
}

/* Rule 1. */
static gboolean
is_healthy (const AcFeeds *self, const AcFeed *feed, gint64 now_ms)
{
  if (is_fetched (feed))
    return sends (self, feed, now_ms);
  return now_ms - feed->heard_ms < self->policy.takeover_ms;
}

const gchar *
ac_feeds_attach (AcFeeds *self, const AcFeedInfo *info, gint64 now_ms,
                 AcFeed **ret_feed)
{
  AcFeed **role = &self->feeds[info->backup ? BACKUP : PRIMARY];
  AcFeed *silent = *role;

  if (silent != NULL && is_healthy (self, silent, now_ms))
    return info->backup
               ? "Another encoder is publishing with this backup key and is healthy; "
                 "stop it first."
               : "Another encoder is publishing this lesson and is healthy; stop it "
                 "first, or stand by with the lesson's backup key.";
  if (silent != NULL) {
    take_out (self, silent);
    close_feed (silent, "another encoder took over");
  }
  *ret_feed = *role = feed_new (info, now_ms);
  consider (self, now_ms);
  return NULL;
}

void
ac_feeds_units (AcFeeds *self, AcFeed *feed, const AcFlvTag *units, guint n_units,
                gint64 now_ms)
{
  if (now_ms - feed->heard_ms >= self->policy.standby_ms)
    feed->steady_ms = now_ms;
  feed->heard_ms = now_ms;
  for (guint i = 0; i < n_units; i++) {
    feed->last_timestamp_ms = units[i].timestamp_ms;
    ac_stream_headers_note (&feed->headers, &units[i]);
    if (feed == self->on_air) {
      self->handler->unit (&units[i], self->user_data);
    } else {
      ac_kept_units_push (feed->kept, &units[i], now_ms);
      consider (self, now_ms);
    }
  }
}

void
ac_feeds_detach (AcFeeds *self, AcFeed *feed, gint64 now_ms)
{
  take_out (self, feed);
  feed_free (feed);
  consider (self, now_ms);
}

void
ac_feeds_source_alive (AcFeeds *self, gint64 now_ms)
{
  if (self->on_air == NULL || !is_fetched (self->on_air))
    return;
  self->on_air->heard_ms = now_ms;
  g_clear_pointer (&self->on_air->fault, g_free);
}

void
ac_feeds_source_state (AcFeeds *self, const AcWireSourceState *state)
{
  AcFeed *feed = self->on_air;

  if (feed == NULL || !is_fetched (feed) || state->source_number != self->n_begun)
    return; /* of one that was on air before */
  g_clear_pointer (&feed->fault, g_free);
  feed->answered |= state->state == AC_SOURCE_ANSWERED;
  if (state->state == AC_SOURCE_ENDED || state->state == AC_SOURCE_FAILED)
    feed->fault = g_strdup (state->detail != NULL ? state->detail : "");
  if (feed->info.state != NULL)
    feed->info.state (feed->info.owner, state);
}

gboolean
ac_feeds_fetch_again (AcFeeds *self, AcFeed *feed, gint64 now_ms)
{
  if (feed != self->on_air)
    return FALSE;
  begin (self, now_ms);
  return TRUE;
}

void
ac_feeds_tick (AcFeeds *self, gint64 now_ms)
{
  consider (self, now_ms);
}

void
ac_feeds_begin_again (AcFeeds *self, gint64 now_ms)
{
  if (self->on_air != NULL)
    begin (self, now_ms);
}

void
ac_feeds_worker_gone (AcFeeds *self, gint64 now_ms)
{
  AcFeed *feed = self->on_air;

  if (feed == NULL || !feed->answered)
    return;
  take_out (self, feed);
  close_feed (feed, "its connection was lost with the worker");
  consider (self, now_ms);
}

void
ac_feeds_close (AcFeeds *self, const gchar *reason)
{
  self->on_air = NULL;
  for (guint i = 0; i < N_ROLES; i++) {
    AcFeed *feed = g_steal_pointer (&self->feeds[i]);

    if (feed != NULL)
      close_feed (feed, reason);
  }
}

gboolean
ac_feeds_is_empty (const AcFeeds *self)
{
  return self->feeds[PRIMARY] == NULL && self->feeds[BACKUP] == NULL;
}

const AcFeedInfo *
ac_feeds_on_air (const AcFeeds *self)
{
  return self->on_air != NULL ? &self->on_air->info : NULL;
}

const gchar *
ac_feeds_fault (const AcFeeds *self)
{
  return self->on_air != NULL ? self->on_air->fault : NULL;
}

gboolean
ac_feeds_backup_on_air (const AcFeeds *self)
{
  return self->on_air != NULL && self->on_air == self->feeds[BACKUP];
}
