#include "whep.h"

#include "log.h"
#include "peer_key.h"

#include <string.h>

/* Who is too many looks again so much later: somebody may have left. */
#define RETRY_AFTER_S 10

struct _AcWhep {
  AcClassroom *classroom;
  AcBroadcasts *broadcasts;
  const AcMediaKey *media_key;
  guint max_viewers;
  AcPeerSessions *sessions;
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
  else
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
  AcWhep *self = g_new0 (AcWhep, 1);

  self->classroom = classroom;
  self->broadcasts = broadcasts;
  self->media_key = media_key;
  self->max_viewers = max_viewers;
  self->sessions = ac_peer_sessions_new (&sessions_handler);
  return self;
}

void
ac_whep_free (AcWhep *self)
{
  ac_peer_sessions_free (self->sessions);
  g_free (self);
}
