#include "whip.h"

#include "log.h"
#include "peer_key.h"

struct _AcWhip {
  AcClassroom *classroom;
  AcBroadcasts *broadcasts;
  AcPeerSessions *sessions;
};

/* What a session's connection feeds. */
typedef struct {
  gint64 lesson, login; /* login 0: by a key */
  AcPeerSession *session;
  gchar *label;
  AcBroadcast *broadcast; /* NULL with the feed */
  AcFeed *feed;           /* (nullable): the broadcast is done with it */
} Publication;

/* --- what becomes of a session ---------------------------------------------------- */

static void
publication_free (gpointer owner)
{
  Publication *publication = owner;

  if (publication->feed != NULL)
    ac_broadcast_detach (publication->broadcast, publication->feed);
  g_free (publication->label);
  g_free (publication);
}

static void
trickle (gpointer owner, GBytes *fragment)
{
  Publication *publication = owner;
  const AcFlvTag unit = { AC_UNIT_CANDIDATES, 0, fragment };

  if (publication->feed != NULL)
    ac_broadcast_units (publication->broadcast, publication->feed, &unit, 1);
}

static const AcPeerSessionsHandler sessions_handler = {
  .trickle = trickle,
  .ended = publication_free,
};

static void
on_feed_closed (gpointer owner, const gchar *reason)
{
  Publication *publication = owner;

  publication->feed = NULL;
  publication->broadcast = NULL;
  ac_peer_session_end (publication->session, AC_PEER_REFUSED, reason);
}

static void
on_feed_state (gpointer owner, const AcWireSourceState *state)
{
  Publication *publication = owner;

  switch (state->state) {
  case AC_SOURCE_ANSWERED:
    ac_peer_session_answer (publication->session, state->detail);
    break;
  case AC_SOURCE_CONNECTED:
    ac_log (G_LOG_LEVEL_MESSAGE, publication->lesson, "%s: %s", publication->label,
            state->detail);
    break;
  case AC_SOURCE_ENDED:
  case AC_SOURCE_FAILED:
    ac_peer_session_end (publication->session, AC_PEER_BAD_OFFER, state->detail);
    break;
  }
}

/* --- requests --------------------------------------------------------------------- */

/* Returns: NULL when it is attached, else the refusal. */
static const gchar *
attach (AcWhip *self, Publication *publication, const gchar *offer)
{
  const AcFeedInfo info = {
    .source = { .kind = AC_SOURCE_WEBRTC, .address = (gchar *)offer },
    .label = publication->label,
    .closed = on_feed_closed,
    .state = on_feed_state,
    .owner = publication,
  };

  return ac_broadcasts_attach (self->broadcasts, publication->lesson, &info,
                               &publication->broadcast, &publication->feed);
}

static void
begin (AcWhip *self, const AcPeerRequest *request, const gchar *offer,
       AcPeerAnswered answered, gpointer user_data)
{
  Publication *publication = g_new0 (Publication, 1);
  const gchar *refusal;

  publication->lesson = request->lesson;
  publication->login = request->session;
  publication->label = g_strdup_printf ("whip %s", request->address);
  refusal = attach (self, publication, offer);
  if (refusal != NULL) {
    ac_log (G_LOG_LEVEL_WARNING, request->lesson, "%s refused: %s", publication->label,
            refusal);
    publication_free (publication);
    ac_peer_refuse (AC_PEER_REFUSED, refusal, 0, answered, user_data);
    return;
  }
  publication->session =
      ac_peer_session_new (self->sessions, request->lesson, publication->label, offer,
                           publication, answered, user_data);
}

/* Returns: (nullable): why an offer is not looked at; NULL: it is. */
static const gchar *
look_at_others (AcWhip *self, gint64 lesson, AcPeerOutcome *ret_outcome)
{
  *ret_outcome = AC_PEER_REFUSED;
  /* The worker's answer does not say whose it is: one at a time. */
  if (ac_peer_sessions_is_answering (self->sessions, lesson))
    return "Another browser is being answered; try again soon.";
  *ret_outcome = AC_PEER_FULL;
  return ac_peer_sessions_n (self->sessions) >= AC_WHIP_MAX_SESSIONS
             ? "Too many browsers publish."
             : NULL;
}

static gboolean
may (AcWhip *self, const AcPeerRequest *request, gboolean *ret_backup,
     AcPeerAnswered answered, gpointer user_data)
{
  *ret_backup = FALSE;
  if (request->session != 0)
    return TRUE;
  return ac_peer_key_check (self->classroom, ac_broadcasts_key_guard (self->broadcasts),
                            request, ret_backup, answered, user_data);
}

static void
on_offer (gpointer service, const AcPeerRequest *request, GBytes *offer,
          AcPeerAnswered answered, gpointer user_data)
{
  AcWhip *self = service;
  AcPeerOutcome outcome = AC_PEER_REFUSED;
  const gchar *fault;
  gboolean backup;
  g_autofree gchar *text = NULL;

  if (!may (self, request, &backup, answered, user_data))
    return;
  if (backup) {
    fault = "A browser cannot stand by; use the stream key.";
  } else {
    outcome = AC_PEER_BAD_OFFER;
    text = ac_peer_offer_text (offer, &fault);
  }
  if (text != NULL)
    fault = look_at_others (self, request->lesson, &outcome);
  if (fault != NULL)
    ac_peer_refuse (outcome, fault, 0, answered, user_data);
  else
    begin (self, request, text, answered, user_data);
}

static void
on_patch (gpointer service, const AcPeerRequest *request, GBytes *fragment,
          AcPeerAnswered answered, gpointer user_data)
{
  AcWhip *self = service;
  gboolean backup;

  if (may (self, request, &backup, answered, user_data))
    ac_peer_sessions_patch (self->sessions, request, fragment, answered, user_data);
}

static void
on_leave (gpointer service, const AcPeerRequest *request, AcPeerAnswered answered,
          gpointer user_data)
{
  AcWhip *self = service;
  gboolean backup;

  if (may (self, request, &backup, answered, user_data))
    ac_peer_sessions_leave (self->sessions, request, answered, user_data);
}

const AcPeerService ac_whip_service = { .offer = on_offer,
                                        .patch = on_patch,
                                        .remove = on_leave };

static gboolean
is_of_login (gpointer owner, gpointer login)
{
  return ((Publication *)owner)->login == *(gint64 *)login;
}

void
ac_whip_session_ended (AcWhip *self, gint64 login)
{
  ac_peer_sessions_end_of (self->sessions, is_of_login, &login, "it was signed out");
}

/* --- life ------------------------------------------------------------------------- */

AcWhip *
ac_whip_new (AcClassroom *classroom, AcBroadcasts *broadcasts)
{
  AcWhip *self = g_new0 (AcWhip, 1);

  self->classroom = classroom;
  self->broadcasts = broadcasts;
  self->sessions = ac_peer_sessions_new (&sessions_handler);
  return self;
}

void
ac_whip_free (AcWhip *self)
{
  ac_peer_sessions_free (self->sessions);
  g_free (self);
}
