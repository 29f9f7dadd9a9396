#include "whip.h"

#include "clock.h"
#include "log.h"

#include <sodium.h>
#include <string.h>

#define ANSWER_MS 10000
#define NAME_BYTES 16

struct _AcWhip {
  AcClassroom *classroom;
  AcBroadcasts *broadcasts;
  GHashTable *sessions; /* resource -> Session */
};

typedef struct {
  AcWhip *whip;
  gint64 lesson;
  gchar *resource, *label, *etag;
  gchar *ufrag;            /* (nullable): the browser's latest */
  AcBroadcast *broadcast;  /* NULL with the feed */
  AcFeed *feed;            /* (nullable): the broadcast is done with it */
  AcWhipAnswered answered; /* NULL: nobody waits for the worker */
  gpointer user_data;
  AcWhipOutcome fault; /* what end() tells who still waits for the answer */
  gchar *why;
  guint n_patches;
  guint timer, ending;
} Session;

static void
refuse (AcWhipOutcome outcome, const gchar *detail, AcWhipAnswered answered,
        gpointer user_data)
{
  const AcWhipAnswer answer = { .outcome = outcome, .detail = detail };

  answered (&answer, user_data);
}

static void
session_free (gpointer data)
{
  Session *session = data;

  g_clear_handle_id (&session->timer, g_source_remove);
  g_clear_handle_id (&session->ending, g_source_remove);
  if (session->feed != NULL)
    ac_broadcast_detach (session->broadcast, session->feed);
  if (session->answered != NULL)
    refuse (session->fault, session->why, session->answered, session->user_data);
  g_free (session->resource);
  g_free (session->etag);
  g_free (session->label);
  g_free (session->ufrag);
  g_free (session->why);
  g_free (session);
}

AcWhip *
ac_whip_new (AcClassroom *classroom, AcBroadcasts *broadcasts)
{
  AcWhip *self = g_new0 (AcWhip, 1);

  self->classroom = classroom;
  self->broadcasts = broadcasts;
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, session_free);
  return self;
}

void
ac_whip_free (AcWhip *self)
{
  g_hash_table_unref (self->sessions);
  g_free (self);
}

/* Nobody guesses it. */
static gchar *
new_name (void)
{
  guint8 bytes[NAME_BYTES];
  gchar hex[NAME_BYTES * 2 + 1];

  randombytes_buf (bytes, sizeof bytes);
  return g_strdup (sodium_bin2hex (hex, sizeof hex, bytes, sizeof bytes));
}

/* --- what becomes of a session ---------------------------------------------------- */

static gboolean
on_ending (gpointer user_data)
{
  Session *session = user_data;

  session->ending = 0;
  g_hash_table_remove (session->whip->sessions, session->resource);
  return G_SOURCE_REMOVE;
}

/* Outside all callbacks of the broadcast. */
static void
end_later (Session *session, AcWhipOutcome fault, const gchar *why)
{
  if (session->ending != 0)
    return;
  ac_log (G_LOG_LEVEL_MESSAGE, session->lesson, "%s ends: %s", session->label, why);
  session->fault = fault;
  session->why = g_strdup (why);
  session->ending = g_idle_add (on_ending, session);
}

static gboolean
on_late (gpointer user_data)
{
  Session *session = user_data;

  session->timer = 0;
  end_later (session, AC_WHIP_LATE, "there was no answer in time");
  return G_SOURCE_REMOVE;
}

static void
on_feed_closed (gpointer owner, const gchar *reason)
{
  Session *session = owner;

  session->feed = NULL;
  session->broadcast = NULL;
  end_later (session, AC_WHIP_REFUSED, reason);
}

/* From now on the browser waits for the worker's word. */
static void
wait_for_worker (Session *session, AcWhipAnswered answered, gpointer user_data)
{
  session->answered = answered;
  session->user_data = user_data;
  session->fault = AC_WHIP_LATE;
  session->timer = g_timeout_add (ANSWER_MS, on_late, session);
}

static void
take_answer (Session *session, const gchar *text)
{
  const AcWhipAnswered answered = session->answered;
  AcWhipAnswer answer = { .outcome = AC_WHIP_DONE,
                          .resource = session->resource,
                          .answer = text };

  if (answered == NULL || session->ending != 0)
    return;
  session->answered = NULL;
  g_clear_handle_id (&session->timer, g_source_remove);
  g_free (session->etag);
  session->etag = new_name ();
  answer.etag = session->etag;
  answered (&answer, session->user_data);
}

static void
on_feed_state (gpointer owner, const AcWireSourceState *state)
{
  Session *session = owner;

  switch (state->state) {
  case AC_SOURCE_ANSWERED:
    take_answer (session, state->detail);
    break;
  case AC_SOURCE_CONNECTED:
    ac_log (G_LOG_LEVEL_MESSAGE, session->lesson, "%s: %s", session->label,
            state->detail);
    break;
  case AC_SOURCE_ENDED:
  case AC_SOURCE_FAILED:
    end_later (session, AC_WHIP_BAD_OFFER, state->detail);
    break;
  }
}

/* --- requests --------------------------------------------------------------------- */

/* Returns: NULL when it is attached, else the refusal. */
static const gchar *
attach (Session *session, const gchar *offer)
{
  const AcFeedInfo info = {
    .source = { .kind = AC_SOURCE_WEBRTC, .address = (gchar *)offer },
    .label = session->label,
    .closed = on_feed_closed,
    .state = on_feed_state,
    .owner = session,
  };

  return ac_broadcasts_attach (session->whip->broadcasts, session->lesson, &info,
                               &session->broadcast, &session->feed);
}

static void
begin (AcWhip *self, const AcWhipRequest *request, const gchar *offer,
       AcWhipAnswered answered, gpointer user_data)
{
  Session *session = g_new0 (Session, 1);
  const gchar *refusal;

  session->whip = self;
  session->lesson = request->lesson;
  session->resource = new_name ();
  session->label = g_strdup_printf ("whip %s", request->address);
  session->ufrag = ac_ice_ufrag_of (offer);
  refusal = attach (session, offer);
  if (refusal != NULL) {
    ac_log (G_LOG_LEVEL_WARNING, session->lesson, "%s refused: %s", session->label,
            refusal);
    session_free (session);
    refuse (AC_WHIP_REFUSED, refusal, answered, user_data);
    return;
  }
  ac_log (G_LOG_LEVEL_MESSAGE, session->lesson, "%s accepted", session->label);
  wait_for_worker (session, answered, user_data);
  g_hash_table_insert (self->sessions, session->resource, session);
}

/* The worker's answer does not say whose it is: one at a time. */
static gboolean
is_being_answered (AcWhip *self, gint64 lesson)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Session *session = value;

    if (session->lesson == lesson && session->answered != NULL)
      return TRUE;
  }
  return FALSE;
}

/* A guess leaves a trace, never the key. */
static void
log_wrong_key (gint64 lesson, const gchar *address)
{
  static AcLogLimit limit = { .interval_ms = 1000 };
  guint suppressed;

  if (ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, lesson,
            "browser %s refused: its stream key is not known (%u others before)",
            address, suppressed);
}

/* Returns: DONE: the key is the lesson's. */
static AcWhipOutcome
check_key (AcWhip *self, const AcWhipRequest *request, gboolean *ret_backup)
{
  AcKeyGuard *guard = ac_broadcasts_key_guard (self->broadcasts);
  const gint64 now_ms = ac_clock_monotonic_ms ();

  if (request->key == NULL)
    return AC_WHIP_WRONG_KEY;
  if (ac_key_guard_wait_ms (guard, request->address, now_ms) > 0)
    return AC_WHIP_THROTTLED;
  if (ac_classroom_lesson_by_key (self->classroom, request->key, ret_backup) ==
      request->lesson)
    return AC_WHIP_DONE;
  ac_key_guard_wrong (guard, request->address, now_ms);
  log_wrong_key (request->lesson, request->address);
  return AC_WHIP_WRONG_KEY;
}

/* Returns: (nullable): why an offer is not looked at; NULL: it is. */
static const gchar *
look_at_offer (AcWhip *self, gint64 lesson, GBytes *offer, AcWhipOutcome *ret_outcome)
{
  gsize size;
  const gchar *data = g_bytes_get_data (offer, &size);

  *ret_outcome = AC_WHIP_BAD_OFFER;
  if (size == 0 || size > AC_SDP_MAX_BYTES || !g_utf8_validate_len (data, size, NULL))
    return "the offer must be SDP of 64 KiB at most";
  *ret_outcome = AC_WHIP_REFUSED;
  if (is_being_answered (self, lesson))
    return "Another browser is being answered; try again soon.";
  *ret_outcome = AC_WHIP_FULL;
  return g_hash_table_size (self->sessions) >= AC_WHIP_MAX_SESSIONS
             ? "Too many browsers publish."
             : NULL;
}

void
ac_whip_publish (AcWhip *self, const AcWhipRequest *request, GBytes *offer,
                 AcWhipAnswered answered, gpointer user_data)
{
  gboolean backup = FALSE;
  AcWhipOutcome outcome = check_key (self, request, &backup);
  const gchar *fault;
  g_autofree gchar *text = NULL;

  if (outcome != AC_WHIP_DONE) {
    refuse (outcome, NULL, answered, user_data);
    return;
  }
  outcome = AC_WHIP_REFUSED;
  fault = backup ? "A browser cannot stand by; use the stream key."
                 : look_at_offer (self, request->lesson, offer, &outcome);
  if (fault != NULL) {
    refuse (outcome, fault, answered, user_data);
    return;
  }
  text = g_strndup (g_bytes_get_data (offer, NULL), g_bytes_get_size (offer));
  begin (self, request, text, answered, user_data);
}

/* Returns: (nullable): the session; *@ret_outcome says why there is none. */
static Session *
find (AcWhip *self, const AcWhipRequest *request, AcWhipOutcome *ret_outcome)
{
  Session *session = g_hash_table_lookup (self->sessions, request->resource);
  gboolean backup;

  *ret_outcome = check_key (self, request, &backup);
  if (*ret_outcome != AC_WHIP_DONE)
    return NULL;
  *ret_outcome = AC_WHIP_NO_SESSION;
  if (session == NULL || session->lesson != request->lesson || session->feed == NULL ||
      session->ending != 0)
    return NULL;
  *ret_outcome = AC_WHIP_DONE;
  return session;
}

/* RFC 9725 4.3.1 and 4.3.2: candidates belong to a state of the session, a restart to
 * whichever there is. Clients that name none for candidates are served. */
static AcWhipOutcome
check_condition (const Session *session, const gchar *if_match, gboolean restarts)
{
  g_autofree gchar *etag = g_strdup_printf ("\"%s\"", session->etag);
  const gboolean any = g_strcmp0 (if_match, "*") == 0;

  if (restarts && if_match == NULL)
    return AC_WHIP_UNCONDITIONAL;
  if (restarts ? !any : if_match != NULL && !any && strcmp (if_match, etag) != 0)
    return AC_WHIP_STALE;
  return AC_WHIP_DONE;
}

/* @fragment: bears candidates for the session as it is, or restarts it
 * Returns: DONE: it was handed on */
static AcWhipOutcome
hand_on (Session *session, const AcWhipRequest *request, GBytes *bytes,
         const AcIceFragment *fragment, gboolean *ret_restarts)
{
  const AcFlvTag unit = { AC_UNIT_CANDIDATES, 0, bytes };
  AcWhipOutcome outcome;

  *ret_restarts =
      fragment->ufrag != NULL && g_strcmp0 (fragment->ufrag, session->ufrag) != 0;
  outcome = check_condition (session, request->if_match, *ret_restarts);
  if (outcome != AC_WHIP_DONE)
    return outcome;
  if (*ret_restarts && fragment->pwd == NULL)
    return AC_WHIP_BAD_FRAGMENT;
  if (*ret_restarts && session->answered != NULL)
    return AC_WHIP_REFUSED;
  if (*ret_restarts) {
    ac_log (G_LOG_LEVEL_MESSAGE, session->lesson, "%s restarts ICE", session->label);
    g_free (session->ufrag);
    session->ufrag = g_strdup (fragment->ufrag);
  }
  ac_broadcast_units (session->broadcast, session->feed, &unit, 1);
  return AC_WHIP_DONE;
}

void
ac_whip_patch (AcWhip *self, const AcWhipRequest *request, GBytes *bytes,
               AcWhipAnswered answered, gpointer user_data)
{
  AcWhipAnswer answer = { 0 };
  Session *session = find (self, request, &answer.outcome);
  g_auto (AcIceFragment) fragment = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean restarts = FALSE;
  gsize size;
  const gchar *data = g_bytes_get_data (bytes, &size);

  if (session != NULL && ++session->n_patches > AC_WHIP_MAX_PATCHES) {
    answer.outcome = AC_WHIP_FULL;
  } else if (session != NULL &&
             !ac_ice_fragment_parse (data, size, &fragment, &error)) {
    answer.outcome = AC_WHIP_BAD_FRAGMENT;
    answer.detail = error->message;
  } else if (session != NULL) {
    answer.outcome = hand_on (session, request, bytes, &fragment, &restarts);
    answer.resource = session->resource;
    answer.etag = session->etag;
  }
  if (answer.outcome == AC_WHIP_DONE && restarts)
    wait_for_worker (session, answered, user_data);
  else
    answered (&answer, user_data);
}

AcWhipOutcome
ac_whip_remove (AcWhip *self, const AcWhipRequest *request)
{
  AcWhipOutcome outcome;
  Session *session = find (self, request, &outcome);

  if (session == NULL)
    return outcome;
  ac_log (G_LOG_LEVEL_MESSAGE, session->lesson, "%s left", session->label);
  g_hash_table_remove (self->sessions, request->resource);
  return AC_WHIP_DONE;
}
