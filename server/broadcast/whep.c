#include "whep.h"

#include "clock.h"
#include "log.h"
#include "peer_key.h"
#include "throttle.h"

#include <string.h>

/* Who is too many looks again so much later: somebody may have left. */
#define RETRY_AFTER_S 10

struct _AcWhep {
  AcClassroom *classroom;
  AcBroadcasts *broadcasts;
  const AcMediaKey *media_key;
  guint max_viewers;
  AcPeerSessions *sessions;
  AcThrottle *begun; /* who had connections made; see throttle_key() */
};

typedef struct {
  gint64 lesson, login; /* login 0: by a key */
  AcPeerSession *session;
  gchar *label;
  AcBroadcast *broadcast; /* (nullable): its connection is gone */
  guint32 number;
} Watch;

/* --- what becomes of a session ---------------------------------------------------- */

static void
watch_free (gpointer owner)
{
  Watch *watch = owner;

  if (watch->broadcast != NULL)
    ac_broadcast_unwatch (watch->broadcast, watch->number);
  g_free (watch->label);
  g_free (watch);
}

static void
trickle (gpointer owner, GBytes *fragment)
{
  Watch *watch = owner;

  if (watch->broadcast != NULL)
    ac_broadcast_watch_trickle (watch->broadcast, watch->number, fragment);
}

static const AcPeerSessionsHandler sessions_handler = {
  .trickle = trickle,
  .ended = watch_free,
};

static void
on_closed (gpointer owner, const gchar *reason)
{
  Watch *watch = owner;

  watch->broadcast = NULL;
  ac_peer_session_end (watch->session, AC_PEER_NOT_ON_AIR, reason);
}

static void
on_state (gpointer owner, const AcWireSourceState *state)
{
  Watch *watch = owner;

  switch (state->state) {
  case AC_SOURCE_ANSWERED:
    ac_peer_session_answer (watch->session, state->detail);
    break;
  case AC_SOURCE_CONNECTED:
    ac_log (G_LOG_LEVEL_MESSAGE, watch->lesson, "%s: %s", watch->label, state->detail);
    break;
  case AC_SOURCE_ENDED:
    watch->broadcast = NULL;
    ac_peer_session_end (watch->session, AC_PEER_OTHERWISE, state->detail);
    break;
  case AC_SOURCE_FAILED:
    watch->broadcast = NULL;
    ac_peer_session_end (watch->session, AC_PEER_BAD_OFFER, state->detail);
    break;
  }
}

static const AcViewingHandler viewing_handler = { .state = on_state,
                                                  .closed = on_closed };

/* --- requests --------------------------------------------------------------------- */

static gboolean
is_operators_token (AcWhep *self, const AcPeerRequest *request)
{
  gint64 subject;

  return ac_media_token_verify (self->media_key, request->key, request->lesson,
                                g_get_real_time () / G_USEC_PER_SEC, &subject) &&
         subject == 0;
}

/* Returns: whether who asks may; they were answered when not. */
static gboolean
may (AcWhep *self, const AcPeerRequest *request, AcPeerAnswered answered,
     gpointer user_data)
{
  gboolean backup;

  if (request->session != 0)
    return TRUE;
  /* One that has run out is nobody's guess at a stream key, and its owner's encoder may
   * come from the same address. */
  if (request->key != NULL && strlen (request->key) == AC_MEDIA_TOKEN_CHARS) {
    const gboolean allowed = is_operators_token (self, request);

    if (!allowed)
      ac_peer_refuse (AC_PEER_WRONG_KEY, NULL, 0, answered, user_data);
    return allowed;
  }
  return ac_peer_key_check (self->classroom, ac_broadcasts_key_guard (self->broadcasts),
                            request, &backup, answered, user_data);
}

static gboolean
is_of_lesson (gpointer owner, gpointer lesson)
{
  return ((Watch *)owner)->lesson == *(gint64 *)lesson;
}

static gboolean
is_of_login (gpointer owner, gpointer login)
{
  return ((Watch *)owner)->login == *(gint64 *)login;
}

/* Returns: (nullable): which limit is reached. */
static const gchar *
look_at_limits (AcWhep *self, const AcPeerRequest *request)
{
  gint64 lesson = request->lesson, login = request->session;

  if (login != 0 && ac_peer_sessions_count (self->sessions, is_of_login, &login) >=
                        AC_WHEP_MAX_SESSION)
    return "You watch twice like this already; close one of the two.";
  if (ac_peer_sessions_count (self->sessions, is_of_lesson, &lesson) >=
      AC_WHEP_MAX_LESSON)
    return "As many as can watch this lesson like this already.";
  return ac_peer_sessions_n (self->sessions) >= self->max_viewers
             ? "As many as this server allows watch like this already (max-whep)."
             : NULL;
}

/* Returns: (transfer full): who asks, of which lesson. */
static gchar *
throttle_key (const AcPeerRequest *request)
{
  g_autofree gchar *address = ac_throttle_address_key (request->address);

  return request->session != 0
             ? g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                                request->lesson, request->session)
             : g_strdup_printf ("%" G_GINT64_FORMAT " %s", request->lesson, address);
}

/* A place is free again as soon as it is left, while the worker is still busy with the
 * connection: what is bounded is how often one is made.
 * Returns: whether another may be; who asks was told THROTTLED when not. */
static gboolean
may_begin (AcWhep *self, const AcPeerRequest *request, AcPeerAnswered answered,
           gpointer user_data)
{
  g_autofree gchar *key = throttle_key (request);
  const gint64 wait_ms =
      ac_throttle_wait_ms (self->begun, key, ac_clock_monotonic_ms ());

  if (wait_ms > 0)
    ac_peer_refuse (AC_PEER_THROTTLED, "You began to watch too often just now.",
                    (guint)((wait_ms + 999) / 1000), answered, user_data);
  return wait_ms == 0;
}

static void
count_begun (AcWhep *self, const AcPeerRequest *request)
{
  g_autofree gchar *key = throttle_key (request);

  ac_throttle_begin (self->begun, key, ac_clock_monotonic_ms ());
}

static void
begin (AcWhep *self, const AcPeerRequest *request, const gchar *offer,
       AcPeerAnswered answered, gpointer user_data)
{
  AcBroadcast *broadcast = ac_broadcasts_find (self->broadcasts, request->lesson);
  Watch *watch = g_new0 (Watch, 1);

  watch->lesson = request->lesson;
  watch->login = request->session;
  watch->label = g_strdup_printf ("whep %s", request->address);
  if (broadcast != NULL && ac_broadcast_has_media (broadcast))
    watch->number = ac_broadcast_watch (broadcast, offer, &viewing_handler, watch);
  if (watch->number == 0) {
    watch_free (watch);
    ac_peer_refuse (AC_PEER_NOT_ON_AIR, NULL, 0, answered, user_data);
    return;
  }
  count_begun (self, request);
  watch->broadcast = broadcast;
  watch->session = ac_peer_session_new (self->sessions, request->lesson, watch->label,
                                        offer, watch, answered, user_data);
}

static void
on_offer (gpointer service, const AcPeerRequest *request, GBytes *offer,
          AcPeerAnswered answered, gpointer user_data)
{
  AcWhep *self = service;
  const gchar *fault, *limit;
  g_autofree gchar *text = NULL;

  if (!may (self, request, answered, user_data))
    return;
  text = ac_peer_offer_text (offer, &fault);
  limit = text != NULL ? look_at_limits (self, request) : NULL;
  if (text == NULL)
    ac_peer_refuse (AC_PEER_BAD_OFFER, fault, 0, answered, user_data);
  else if (limit != NULL)
    ac_peer_refuse (AC_PEER_TOO_MANY, limit, RETRY_AFTER_S, answered, user_data);
  else if (may_begin (self, request, answered, user_data))
    begin (self, request, text, answered, user_data);
}

static void
on_patch (gpointer service, const AcPeerRequest *request, GBytes *fragment,
          AcPeerAnswered answered, gpointer user_data)
{
  AcWhep *self = service;
  if (may (self, request, answered, user_data))
    ac_peer_sessions_patch (self->sessions, request, fragment, answered, user_data);
}

static void
on_leave (gpointer service, const AcPeerRequest *request, AcPeerAnswered answered,
          gpointer user_data)
{
  AcWhep *self = service;
  if (may (self, request, answered, user_data))
    ac_peer_sessions_leave (self->sessions, request, answered, user_data);
}

const AcPeerService ac_whep_service = { .offer = on_offer,
                                        .patch = on_patch,
                                        .remove = on_leave };

void
ac_whep_session_ended (AcWhep *self, gint64 login)
{
  ac_peer_sessions_end_of (self->sessions, is_of_login, &login, "it was signed out");
}

void
ac_whep_metrics (AcWhep *self, GString *out)
{
  g_string_append_printf (out,
                          "# HELP airclass_whep_viewers Browsers that watch by WHEP.\n"
                          "# TYPE airclass_whep_viewers gauge\n"
                          "airclass_whep_viewers %u\n",
                          ac_peer_sessions_n (self->sessions));
}

/* --- life ------------------------------------------------------------------------- */

AcWhep *
ac_whep_new (AcClassroom *classroom, AcBroadcasts *broadcasts,
             const AcMediaKey *media_key, guint max_viewers)
{
  static const AcThrottleRule rule = { .n_free = AC_WHEP_OFFERS_FREE,
                                       .forgive_ms = 5000,
                                       .wait_ms = 2000,
                                       .wait_max_ms = AC_WHEP_OFFERS_WAIT_MAX_MS };
  AcWhep *self = g_new0 (AcWhep, 1);

  self->classroom = classroom;
  self->broadcasts = broadcasts;
  self->media_key = media_key;
  self->max_viewers = max_viewers;
  self->sessions = ac_peer_sessions_new (&sessions_handler);
  self->begun = ac_throttle_new (&rule);
  return self;
}

void
ac_whep_free (AcWhep *self)
{
  ac_peer_sessions_free (self->sessions);
  ac_throttle_free (self->begun);
  g_free (self);
}
