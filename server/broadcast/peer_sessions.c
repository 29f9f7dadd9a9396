#include "peer_sessions.h"

#include "log.h"

#include <sodium.h>
#include <string.h>

#define ANSWER_MS 10000
#define NAME_BYTES 16

struct _AcPeerSessions {
  const AcPeerSessionsHandler *handler;
  GHashTable *sessions; /* resource -> AcPeerSession */
  GQueue told;          /* Told, the latest first */
};

/* What was ended as OTHERWISE. */
typedef struct {
  gint64 lesson;
  gchar *resource, *why;
} Told;

struct _AcPeerSession {
  AcPeerSessions *sessions;
  gint64 lesson;
  gpointer owner;
  gchar *resource, *label, *etag;
  gchar *ufrag;            /* (nullable): the browser's latest */
  AcPeerAnswered answered; /* NULL: nobody waits for the worker */
  gpointer user_data;
  gboolean restarting; /* it is a restart of ICE that is to be answered */
  AcPeerOutcome fault; /* what its end tells who still waits for the answer */
  gchar *why;
  guint n_patches;
  guint timer, ending;
};

void
ac_peer_refuse (AcPeerOutcome outcome, const gchar *detail, guint retry_after_s,
                AcPeerAnswered answered, gpointer user_data)
{
  const AcPeerAnswer answer = { .outcome = outcome,
                                .detail = detail,
                                .retry_after_s = retry_after_s };

  answered (&answer, user_data);
}

static void
session_free (gpointer data)
{
  AcPeerSession *self = data;

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->ending, g_source_remove);
  self->sessions->handler->ended (self->owner);
  if (self->answered != NULL)
    ac_peer_refuse (self->fault, self->why, 0, self->answered, self->user_data);
  g_free (self->resource);
  g_free (self->etag);
  g_free (self->label);
  g_free (self->ufrag);
  g_free (self->why);
  g_free (self);
}

static void
told_free (gpointer data)
{
  Told *self = data;

  g_free (self->resource);
  g_free (self->why);
  g_free (self);
}

/* --- all of them ------------------------------------------------------------------ */

AcPeerSessions *
ac_peer_sessions_new (const AcPeerSessionsHandler *handler)
{
  AcPeerSessions *self = g_new0 (AcPeerSessions, 1);

  self->handler = handler;
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, session_free);
  return self;
}

void
ac_peer_sessions_free (AcPeerSessions *self)
{
  g_hash_table_unref (self->sessions);
  g_queue_clear_full (&self->told, told_free);
  g_free (self);
}

guint
ac_peer_sessions_n (AcPeerSessions *self)
{
  return g_hash_table_size (self->sessions);
}

/* Returns: (nullable): why the session that @request is of ended, if that is told. */
static const gchar *
told_of (AcPeerSessions *self, const AcPeerRequest *request)
{
  for (const GList *link = self->told.head; link != NULL; link = link->next) {
    const Told *told = link->data;

    if (told->lesson == request->lesson &&
        g_strcmp0 (told->resource, request->resource) == 0)
      return told->why;
  }
  return NULL;
}

/* Returns: (nullable): the session; who asked was answered when there is none. */
static AcPeerSession *
find (AcPeerSessions *self, const AcPeerRequest *request, AcPeerAnswered answered,
      gpointer user_data)
{
  AcPeerSession *session = g_hash_table_lookup (self->sessions, request->resource);
  const gchar *why = told_of (self, request);

  if (session != NULL && session->lesson == request->lesson && session->ending == 0)
    return session;
  ac_peer_refuse (why != NULL ? AC_PEER_OTHERWISE : AC_PEER_NO_SESSION, why, 0,
                  answered, user_data);
  return NULL;
}

guint
ac_peer_sessions_count (AcPeerSessions *self, AcPeerSessionTest test,
                        gpointer user_data)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += test (((AcPeerSession *)value)->owner, user_data) ? 1 : 0;
  return n;
}

void
ac_peer_sessions_end_of (AcPeerSessions *self, AcPeerSessionTest test,
                         gpointer user_data, const gchar *why)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (test (((AcPeerSession *)value)->owner, user_data))
      ac_peer_session_end (value, AC_PEER_NO_SESSION, why);
}

gboolean
ac_peer_sessions_is_answering (AcPeerSessions *self, gint64 lesson)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const AcPeerSession *session = value;

    if (session->lesson == lesson && session->answered != NULL)
      return TRUE;
  }
  return FALSE;
}

/* --- one -------------------------------------------------------------------------- */

/* Nobody guesses it. */
static gchar *
new_name (void)
{
  guint8 bytes[NAME_BYTES];
  gchar hex[NAME_BYTES * 2 + 1];

  randombytes_buf (bytes, sizeof bytes);
  return g_strdup (sodium_bin2hex (hex, sizeof hex, bytes, sizeof bytes));
}

static void
note_told (AcPeerSession *self)
{
  GQueue *all = &self->sessions->told;
  Told *told = g_new0 (Told, 1);

  told->lesson = self->lesson;
  told->resource = g_strdup (self->resource);
  told->why = g_strdup (self->why);
  g_queue_push_head (all, told);
  if (all->length > AC_PEER_MAX_TOLD)
    told_free (g_queue_pop_tail (all));
}

static gboolean
on_ending (gpointer user_data)
{
  AcPeerSession *self = user_data;

  self->ending = 0;
  if (self->fault == AC_PEER_OTHERWISE)
    note_told (self);
  g_hash_table_remove (self->sessions->sessions, self->resource);
  return G_SOURCE_REMOVE;
}

void
ac_peer_session_end (AcPeerSession *self, AcPeerOutcome fault, const gchar *why)
{
  if (self->ending != 0)
    return;
  ac_log (G_LOG_LEVEL_MESSAGE, self->lesson, "%s ends: %s", self->label, why);
  self->fault =
      self->restarting && fault == AC_PEER_BAD_OFFER ? AC_PEER_NO_RESTART : fault;
  self->why = g_strdup (why);
  self->ending = g_idle_add (on_ending, self);
}

void
ac_peer_sessions_leave (AcPeerSessions *self, const AcPeerRequest *request,
                        AcPeerAnswered answered, gpointer user_data)
{
  const AcPeerAnswer answer = { .outcome = AC_PEER_DONE };
  AcPeerSession *session = find (self, request, answered, user_data);

  if (session == NULL)
    return;
  ac_log (G_LOG_LEVEL_MESSAGE, session->lesson, "%s left", session->label);
  g_hash_table_remove (self->sessions, request->resource);
  answered (&answer, user_data);
}

static gboolean
on_late (gpointer user_data)
{
  AcPeerSession *self = user_data;

  self->timer = 0;
  ac_peer_session_end (self, AC_PEER_LATE, "there was no answer in time");
  return G_SOURCE_REMOVE;
}

/* From now on the browser waits for the worker's word. */
static void
wait_for_worker (AcPeerSession *self, AcPeerAnswered answered, gpointer user_data)
{
  self->answered = answered;
  self->user_data = user_data;
  self->fault = AC_PEER_LATE;
  self->timer = g_timeout_add (ANSWER_MS, on_late, self);
}

void
ac_peer_session_answer (AcPeerSession *self, const gchar *text)
{
  const AcPeerAnswered answered = self->answered;
  AcPeerAnswer answer = { .outcome = AC_PEER_DONE,
                          .resource = self->resource,
                          .answer = text };

  if (answered == NULL || self->ending != 0)
    return;
  self->answered = NULL;
  self->restarting = FALSE;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_free (self->etag);
  self->etag = new_name ();
  answer.etag = self->etag;
  answered (&answer, self->user_data);
}

gchar *
ac_peer_offer_text (GBytes *offer, const gchar **ret_fault)
{
  gsize size;
  const gchar *data = g_bytes_get_data (offer, &size);

  *ret_fault = NULL;
  if (size > 0 && size <= AC_SDP_MAX_BYTES && g_utf8_validate_len (data, size, NULL))
    return g_strndup (data, size);
  *ret_fault = "the offer must be SDP of 64 KiB at most";
  return NULL;
}

AcPeerSession *
ac_peer_session_new (AcPeerSessions *sessions, gint64 lesson, const gchar *label,
                     const gchar *offer, gpointer owner, AcPeerAnswered answered,
                     gpointer user_data)
{
  AcPeerSession *self = g_new0 (AcPeerSession, 1);

  self->sessions = sessions;
  self->lesson = lesson;
  self->owner = owner;
  self->resource = new_name ();
  self->label = g_strdup (label);
  self->ufrag = ac_ice_ufrag_of (offer);
  wait_for_worker (self, answered, user_data);
  g_hash_table_insert (sessions->sessions, self->resource, self);
  ac_log (G_LOG_LEVEL_MESSAGE, lesson, "%s accepted", label);
  return self;
}

/* --- what is trickled ------------------------------------------------------------- */

/* RFC 9725 4.3.1 and 4.3.2: candidates belong to a state of the session, a restart to
 * whichever there is. Clients that name none for candidates are served. */
static AcPeerOutcome
check_condition (const AcPeerSession *self, const gchar *if_match, gboolean restarts)
{
  g_autofree gchar *etag = g_strdup_printf ("\"%s\"", self->etag);
  const gboolean any = g_strcmp0 (if_match, "*") == 0;

  if (restarts && if_match == NULL)
    return AC_PEER_UNCONDITIONAL;
  if (restarts ? !any : if_match != NULL && !any && strcmp (if_match, etag) != 0)
    return AC_PEER_STALE;
  return AC_PEER_DONE;
}

/* Returns: DONE, or what stands against it */
static AcPeerOutcome
begin_restart (AcPeerSession *self, const AcIceFragment *fragment,
               const gchar **ret_detail)
{
  if (fragment->pwd == NULL) {
    *ret_detail = "a restart comes with a password (a=ice-pwd)";
    return AC_PEER_BAD_FRAGMENT;
  }
  if (self->answered != NULL) {
    *ret_detail = "the last offer or restart is not answered yet; try again then";
    return AC_PEER_NO_RESTART;
  }
  ac_log (G_LOG_LEVEL_MESSAGE, self->lesson, "%s restarts ICE", self->label);
  g_free (self->ufrag);
  self->ufrag = g_strdup (fragment->ufrag);
  return AC_PEER_DONE;
}

/* @fragment: bears candidates for the session as it is, or restarts it
 * Sets @answer's outcome, DONE: it was handed on, and its detail.
 * Returns: whether it restarts the session */
static gboolean
hand_on (AcPeerSession *self, const gchar *if_match, GBytes *bytes,
         const AcIceFragment *fragment, AcPeerAnswer *answer)
{
  gboolean restarts =
      fragment->ufrag != NULL && g_strcmp0 (fragment->ufrag, self->ufrag) != 0;

  answer->outcome = check_condition (self, if_match, restarts);
  if (restarts && answer->outcome == AC_PEER_DONE)
    answer->outcome = begin_restart (self, fragment, &answer->detail);
  if (answer->outcome == AC_PEER_DONE)
    self->sessions->handler->trickle (self->owner, bytes);
  return restarts;
}

static void
patch (AcPeerSession *self, const gchar *if_match, GBytes *bytes,
       AcPeerAnswered answered, gpointer user_data)
{
  AcPeerAnswer answer = { .resource = self->resource, .etag = self->etag };
  g_auto (AcIceFragment) fragment = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean restarts = FALSE;
  gsize size;
  const gchar *data = g_bytes_get_data (bytes, &size);

  if (++self->n_patches > AC_PEER_MAX_PATCHES) {
    answer.outcome = AC_PEER_FULL;
  } else if (!ac_ice_fragment_parse (data, size, &fragment, &error)) {
    answer.outcome = AC_PEER_BAD_FRAGMENT;
    answer.detail = error->message;
  } else {
    restarts = hand_on (self, if_match, bytes, &fragment, &answer);
  }
  if (answer.outcome == AC_PEER_DONE && restarts) {
    self->restarting = TRUE;
    wait_for_worker (self, answered, user_data);
  } else {
    answered (&answer, user_data);
  }
}

void
ac_peer_sessions_patch (AcPeerSessions *self, const AcPeerRequest *request,
                        GBytes *fragment, AcPeerAnswered answered, gpointer user_data)
{
  AcPeerSession *session = find (self, request, answered, user_data);

  if (session != NULL)
    patch (session, request->if_match, fragment, answered, user_data);
}
