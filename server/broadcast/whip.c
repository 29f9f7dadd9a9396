#include "whip.h"

#include "log.h"

#include <sodium.h>
#include <string.h>

#define ANSWER_MS 10000
#define RESOURCE_BYTES 16
#define UFRAG "a=ice-ufrag:"

struct _AcWhip {
  AcClassroom *classroom;
  AcBroadcasts *broadcasts;
  GHashTable *sessions; /* resource -> Session */
};

typedef struct {
  AcWhip *whip;
  gint64 lesson;
  gchar *resource, *label;
  gchar *ufrag;              /* (nullable): of the offer */
  AcBroadcast *broadcast;    /* NULL with the feed */
  AcFeed *feed;              /* (nullable): the broadcast is done with it */
  AcWhipPublished published; /* NULL: it was called */
  gpointer user_data;
  AcWhipOutcome fault; /* what end() tells who still waits for the answer */
  gchar *why;
  guint n_patches;
  guint timer, ending;
} Session;

static void
session_free (gpointer data)
{
  Session *session = data;

  g_clear_handle_id (&session->timer, g_source_remove);
  g_clear_handle_id (&session->ending, g_source_remove);
  if (session->feed != NULL)
    ac_broadcast_detach (session->broadcast, session->feed);
  if (session->published != NULL)
    session->published (session->fault, session->why, NULL, NULL, session->user_data);
  g_free (session->resource);
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

static void
take_answer (Session *session, const gchar *answer)
{
  AcWhipPublished published = session->published;

  if (published == NULL) {
    /* A new worker's, or of another turn on air. */
    end_later (session, AC_WHIP_LATE, "its connection was lost with the worker");
    return;
  }
  if (session->ending != 0)
    return;
  session->published = NULL;
  g_clear_handle_id (&session->timer, g_source_remove);
  published (AC_WHIP_DONE, NULL, session->resource, answer, session->user_data);
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

static gboolean
key_fits (AcWhip *self, gint64 lesson, const gchar *key, gboolean *ret_backup)
{
  return key != NULL &&
         ac_classroom_lesson_by_key (self->classroom, key, ret_backup) == lesson;
}

/* Returns: (transfer full) (nullable): the first fragment of user name in @sdp. */
static gchar *
ufrag_of (const gchar *sdp)
{
  const gchar *at = strstr (sdp, UFRAG);

  return at != NULL
             ? g_strndup (at + strlen (UFRAG), strcspn (at + strlen (UFRAG), "\r\n"))
             : NULL;
}

static gchar *
new_resource (void)
{
  guint8 bytes[RESOURCE_BYTES];
  gchar hex[RESOURCE_BYTES * 2 + 1];

  randombytes_buf (bytes, sizeof bytes);
  return g_strdup (sodium_bin2hex (hex, sizeof hex, bytes, sizeof bytes));
}

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
begin (AcWhip *self, gint64 lesson, const gchar *offer, const gchar *address,
       AcWhipPublished published, gpointer user_data)
{
  Session *session = g_new0 (Session, 1);
  const gchar *refusal;

  session->whip = self;
  session->lesson = lesson;
  session->resource = new_resource ();
  session->label = g_strdup_printf ("whip %s", address);
  session->ufrag = ufrag_of (offer);
  refusal = attach (session, offer);
  if (refusal != NULL) {
    ac_log (G_LOG_LEVEL_WARNING, lesson, "%s refused: %s", session->label, refusal);
    session_free (session);
    published (AC_WHIP_REFUSED, refusal, NULL, NULL, user_data);
    return;
  }
  ac_log (G_LOG_LEVEL_MESSAGE, lesson, "%s accepted", session->label);
  session->published = published;
  session->user_data = user_data;
  session->fault = AC_WHIP_LATE;
  session->timer = g_timeout_add (ANSWER_MS, on_late, session);
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

    if (session->lesson == lesson && session->published != NULL)
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

void
ac_whip_publish (AcWhip *self, gint64 lesson, const gchar *key, GBytes *offer,
                 const gchar *address, AcWhipPublished published, gpointer user_data)
{
  gsize size;
  const gchar *data = g_bytes_get_data (offer, &size);
  g_autofree gchar *text = NULL;
  gboolean backup = FALSE;

  if (!key_fits (self, lesson, key, &backup)) {
    log_wrong_key (lesson, address);
    published (AC_WHIP_WRONG_KEY, NULL, NULL, NULL, user_data);
    return;
  }
  if (backup) {
    published (AC_WHIP_REFUSED, "A browser cannot stand by; use the stream key.", NULL,
               NULL, user_data);
    return;
  }
  if (size == 0 || size > AC_SDP_MAX_BYTES || !g_utf8_validate_len (data, size, NULL)) {
    published (AC_WHIP_BAD_OFFER, "the offer must be SDP of 64 KiB at most", NULL, NULL,
               user_data);
    return;
  }
  if (is_being_answered (self, lesson)) {
    published (AC_WHIP_REFUSED, "Another browser is being answered; try again soon.",
               NULL, NULL, user_data);
    return;
  }
  if (g_hash_table_size (self->sessions) >= AC_WHIP_MAX_SESSIONS) {
    published (AC_WHIP_FULL, "Too many browsers publish.", NULL, NULL, user_data);
    return;
  }
  text = g_strndup (data, size);
  begin (self, lesson, text, address, published, user_data);
}

/* Returns: (nullable): the session; *@ret_outcome says why there is none. */
static Session *
find (AcWhip *self, gint64 lesson, const gchar *key, const gchar *resource,
      AcWhipOutcome *ret_outcome)
{
  Session *session = g_hash_table_lookup (self->sessions, resource);
  gboolean backup;

  *ret_outcome = AC_WHIP_WRONG_KEY;
  if (!key_fits (self, lesson, key, &backup))
    return NULL;
  *ret_outcome = AC_WHIP_NO_SESSION;
  if (session == NULL || session->lesson != lesson || session->feed == NULL ||
      session->ending != 0)
    return NULL;
  *ret_outcome = AC_WHIP_DONE;
  return session;
}

AcWhipOutcome
ac_whip_trickle (AcWhip *self, gint64 lesson, const gchar *key, const gchar *resource,
                 GBytes *fragment)
{
  AcWhipOutcome outcome;
  Session *session = find (self, lesson, key, resource, &outcome);
  const AcFlvTag unit = { AC_UNIT_CANDIDATES, 0, fragment };
  gsize size;
  const gchar *data = g_bytes_get_data (fragment, &size);
  g_autofree gchar *text = NULL;
  g_autofree gchar *ufrag = NULL;

  if (session == NULL)
    return outcome;
  if (size == 0 || size > AC_UNIT_CANDIDATES_MAX_BYTES ||
      ++session->n_patches > AC_WHIP_MAX_PATCHES)
    return AC_WHIP_FULL;
  text = g_strndup (data, size);
  ufrag = ufrag_of (text);
  if (ufrag != NULL && g_strcmp0 (ufrag, session->ufrag) != 0)
    return AC_WHIP_RESTART;
  ac_broadcast_units (session->broadcast, session->feed, &unit, 1);
  return AC_WHIP_DONE;
}

AcWhipOutcome
ac_whip_remove (AcWhip *self, gint64 lesson, const gchar *key, const gchar *resource)
{
  AcWhipOutcome outcome;
  Session *session = find (self, lesson, key, resource, &outcome);

  if (session == NULL)
    return outcome;
  ac_log (G_LOG_LEVEL_MESSAGE, lesson, "%s left", session->label);
  g_hash_table_remove (self->sessions, resource);
  return AC_WHIP_DONE;
}
