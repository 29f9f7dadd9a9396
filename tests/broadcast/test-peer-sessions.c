/* Sessions of browsers between offer and end, with nobody behind them. */
#include "peer_sessions.h"
#include "viewings.h"

#include <string.h>

#define OFFER "v=0\r\na=ice-ufrag:abcd\r\n"
#define RESTART "a=ice-ufrag:efgh\r\na=ice-pwd:0123456789012345678901\r\n"
#define ANOTHER "a=ice-ufrag:ijkl\r\na=ice-pwd:0123456789012345678901\r\n"
#define CANDIDATES "a=ice-ufrag:abcd\r\na=candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\n"

typedef struct {
  AcPeerSessions *sessions;
  AcPeerSession *session;
  guint n_trickled, n_ended, n_answered;
  AcPeerOutcome outcome; /* of the last answer */
  gchar *resource, *etag, *answer, *detail;
} Fixture;

static void
trickle (gpointer owner, GBytes *fragment)
{
  ((Fixture *)owner)->n_trickled++;
}

static void
ended (gpointer owner)
{
  ((Fixture *)owner)->n_ended++;
}

static const AcPeerSessionsHandler handler = { trickle, ended };

static void
answered (const AcPeerAnswer *answer, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_answered++;
  f->outcome = answer->outcome;
  g_free (f->etag);
  g_free (f->answer);
  g_free (f->detail);
  f->detail = g_strdup (answer->detail);
  f->etag = g_strdup (answer->etag);
  f->answer = g_strdup (answer->answer);
  if (answer->resource == NULL)
    return;
  g_free (f->resource);
  f->resource = g_strdup (answer->resource);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->sessions = ac_peer_sessions_new (&handler);
  f->session = ac_peer_session_new (f->sessions, 7, "a browser", OFFER, f, answered, f);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_clear_pointer (&f->sessions, ac_peer_sessions_free);
  g_free (f->resource);
  g_free (f->etag);
  g_free (f->answer);
  g_free (f->detail);
}

static AcPeerOutcome
patch (Fixture *f, gint64 lesson, const gchar *if_match, const gchar *text)
{
  const AcPeerRequest request = { .lesson = lesson,
                                  .resource = f->resource,
                                  .if_match = if_match };
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  ac_peer_sessions_patch (f->sessions, &request, bytes, answered, f);
  return f->outcome;
}

static void
test_life (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *first = NULL;
  g_autofree gchar *condition = NULL;

  g_assert_cmpuint (f->n_answered, ==, 0);
  g_assert_true (ac_peer_sessions_is_answering (f->sessions, 7));
  g_assert_false (ac_peer_sessions_is_answering (f->sessions, 8));
  ac_peer_session_answer (f->session, "the answer");
  g_assert_false (ac_peer_sessions_is_answering (f->sessions, 7));
  g_assert_cmpint (f->outcome, ==, AC_PEER_DONE);
  g_assert_cmpstr (f->answer, ==, "the answer");
  g_assert_cmpuint (strlen (f->resource), ==, 32);
  first = g_strdup (f->etag);
  ac_peer_session_answer (f->session, "nobody waits for it");
  g_assert_cmpuint (f->n_answered, ==, 1);

  condition = g_strdup_printf ("\"%s\"", first);
  g_assert_cmpint (patch (f, 8, NULL, CANDIDATES), ==, AC_PEER_NO_SESSION);
  g_assert_cmpint (patch (f, 7, NULL, CANDIDATES), ==, AC_PEER_DONE);
  g_assert_cmpint (patch (f, 7, condition, CANDIDATES), ==, AC_PEER_DONE);
  g_assert_cmpint (patch (f, 7, "\"older\"", CANDIDATES), ==, AC_PEER_STALE);
  g_assert_cmpint (patch (f, 7, NULL, "a=ice-ufrag:x\r\n"), ==, AC_PEER_BAD_FRAGMENT);
  g_assert_cmpint (patch (f, 7, NULL, RESTART), ==, AC_PEER_UNCONDITIONAL);
  g_assert_cmpuint (f->n_trickled, ==, 2);

  f->n_answered = 0;
  patch (f, 7, "*", RESTART);
  g_assert_cmpuint (f->n_answered, ==, 0);
  ac_peer_session_answer (f->session, "ours");
  g_assert_cmpstr (f->answer, ==, "ours");
  g_assert_cmpstr (f->etag, !=, first);
  g_assert_cmpint (patch (f, 7, condition, "a=mid:0\r\n"), ==, AC_PEER_STALE);

  ac_peer_sessions_leave (f->sessions,
                          &(AcPeerRequest){ .lesson = 7, .resource = f->resource },
                          answered, f);
  g_assert_cmpint (f->outcome, ==, AC_PEER_DONE);
  g_assert_cmpuint (f->n_ended, ==, 1);
  g_assert_cmpint (patch (f, 7, NULL, CANDIDATES), ==, AC_PEER_NO_SESSION);
}

/* Its end is told to who waits, outside of the call that ended it. */
static void
test_end (Fixture *f, gconstpointer unused)
{
  ac_peer_session_end (f->session, AC_PEER_NOT_ON_AIR, "its worker is gone");
  ac_peer_session_end (f->session, AC_PEER_REFUSED, "too late");
  ac_peer_session_answer (f->session, "too late");
  g_assert_cmpuint (f->n_ended + f->n_answered, ==, 0);
  while (f->n_ended == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (f->n_answered, ==, 1);
  g_assert_cmpint (f->outcome, ==, AC_PEER_NOT_ON_AIR);
  g_assert_cmpuint (ac_peer_sessions_n (f->sessions), ==, 0);
}

/* A restart that cannot be, whoever finds it out, is told by its own name. */
static void
test_no_restart (Fixture *f, gconstpointer unused)
{
  Fixture second = { 0 };
  AcPeerRequest request = { .lesson = 7, .if_match = "*" };
  g_autoptr (GBytes) another = g_bytes_new_static (ANOTHER, strlen (ANOTHER));

  ac_peer_session_answer (f->session, "the answer");
  g_assert_cmpint (patch (f, 7, "*", "a=ice-ufrag:efgh\r\n"), ==, AC_PEER_BAD_FRAGMENT);
  g_assert_nonnull (strstr (f->detail, "ice-pwd"));
  patch (f, 7, "*", RESTART);
  g_assert_cmpuint (f->n_trickled, ==, 1);
  request.resource = f->resource;
  ac_peer_sessions_patch (f->sessions, &request, another, answered, &second);
  g_assert_cmpint (second.outcome, ==, AC_PEER_NO_RESTART);
  g_assert_nonnull (second.detail);
  g_assert_cmpuint (f->n_trickled, ==, 1);
  ac_peer_session_end (f->session, AC_PEER_BAD_OFFER, "it cannot be restarted");
  while (f->n_ended == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (f->outcome, ==, AC_PEER_NO_RESTART);
  g_assert_cmpstr (f->detail, ==, "it cannot be restarted");
  tear_down (&second, NULL);
}

/* Who is to watch otherwise is told so, for a while, and nobody else. */
static void
test_told (Fixture *f, gconstpointer unused)
{
  static const gchar why[] = "its line does not carry it";
  g_autofree gchar *first = NULL;

  ac_peer_session_answer (f->session, "the answer");
  first = g_strdup (f->resource);
  ac_peer_session_end (f->session, AC_PEER_OTHERWISE, why);
  while (f->n_ended == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (patch (f, 7, NULL, CANDIDATES), ==, AC_PEER_OTHERWISE);
  g_assert_cmpstr (f->detail, ==, why);
  g_assert_cmpint (patch (f, 8, NULL, CANDIDATES), ==, AC_PEER_NO_SESSION);
  ac_peer_sessions_leave (
      f->sessions, &(AcPeerRequest){ .lesson = 7, .resource = first }, answered, f);
  g_assert_cmpint (f->outcome, ==, AC_PEER_OTHERWISE);

  for (guint i = 0; i < AC_PEER_MAX_TOLD; i++) {
    f->n_ended = 0;
    ac_peer_session_end (
        ac_peer_session_new (f->sessions, 7, "another", OFFER, f, answered, f),
        AC_PEER_OTHERWISE, why);
    while (f->n_ended == 0)
      g_main_context_iteration (NULL, TRUE);
  }
  ac_peer_sessions_leave (
      f->sessions, &(AcPeerRequest){ .lesson = 7, .resource = first }, answered, f);
  g_assert_cmpint (f->outcome, ==, AC_PEER_NO_SESSION);
}

static gboolean
is (gpointer owner, gpointer other)
{
  return owner == other;
}

/* Those that the test names, and no others; outside of the call, as at any end. */
static void
test_end_of (Fixture *f, gconstpointer unused)
{
  Fixture other = { 0 };

  ac_peer_session_new (f->sessions, 7, "another", OFFER, &other, answered, &other);
  ac_peer_sessions_end_of (f->sessions, is, f, "it was signed out");
  ac_peer_sessions_end_of (f->sessions, is, f, "it was signed out");
  g_assert_cmpuint (f->n_ended, ==, 0);
  while (f->n_ended == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (f->outcome, ==, AC_PEER_NO_SESSION);
  g_assert_cmpuint (other.n_ended + other.n_answered, ==, 0);
  g_assert_cmpuint (ac_peer_sessions_n (f->sessions), ==, 1);
  g_clear_pointer (&f->sessions, ac_peer_sessions_free);
  g_assert_cmpuint (other.n_ended, ==, 1);
}

static void
test_many_patches (Fixture *f, gconstpointer unused)
{
  ac_peer_session_answer (f->session, "the answer");
  for (guint i = 0; i < AC_PEER_MAX_PATCHES; i++)
    g_assert_cmpint (patch (f, 7, NULL, CANDIDATES), ==, AC_PEER_DONE);
  g_assert_cmpint (patch (f, 7, NULL, CANDIDATES), ==, AC_PEER_FULL);
}

static void
test_offers (void)
{
  static const gchar bad_utf8[] = "v=0\r\n\xff";
  g_autofree gchar *large = g_strnfill (AC_SDP_MAX_BYTES + 1, 'x');
  const struct {
    const gchar *data;
    gsize size;
    gboolean good;
  } cases[] = {
    { OFFER, strlen (OFFER), TRUE },          { large, AC_SDP_MAX_BYTES, TRUE },
    { large, AC_SDP_MAX_BYTES + 1, FALSE },   { OFFER, 0, FALSE },
    { bad_utf8, sizeof bad_utf8 - 1, FALSE }, { "v=0\0", 4, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) offer = g_bytes_new_static (cases[i].data, cases[i].size);
    const gchar *fault = NULL;
    g_autofree gchar *text = ac_peer_offer_text (offer, &fault);

    g_assert_true ((text != NULL) == cases[i].good);
    g_assert_true ((fault == NULL) == cases[i].good);
  }
}

/* --- viewings.h ------------------------------------------------------------------- */

typedef struct {
  guint n_states, n_closed;
} Watcher;

static void
on_state (gpointer owner, const AcWireSourceState *state)
{
  ((Watcher *)owner)->n_states++;
}

static void
on_closed (gpointer owner, const gchar *reason)
{
  ((Watcher *)owner)->n_closed++;
}

/* Whichever way a worker says it, who was told of the end is freed then: nothing more
 * reaches it. */
static void
test_last_word (gconstpointer last_word)
{
  static const AcViewingHandler viewing_handler = { on_state, on_closed };
  g_autoptr (AcViewings) viewings = ac_viewings_new ();
  Watcher watcher = { 0 };
  AcWireSourceState state = { (AcSourceState)GPOINTER_TO_UINT (last_word), (gchar *)"",
                              0 };

  state.source_number = ac_viewings_add (viewings, &viewing_handler, &watcher);
  ac_viewings_state (viewings, &state);
  ac_viewings_state (viewings, &state);
  ac_viewings_close (viewings, "its worker is gone");
  g_assert_cmpuint (watcher.n_states, ==, 1);
  g_assert_cmpuint (watcher.n_closed, ==, 0);
}

static void
test_viewings (void)
{
  static const AcViewingHandler viewing_handler = { on_state, on_closed };
  g_autoptr (AcViewings) viewings = ac_viewings_new ();
  Watcher watchers[3] = { { 0 } };
  guint32 numbers[3];
  AcWireSourceState state = { AC_SOURCE_ANSWERED, (gchar *)"", 0 };

  for (guint i = 0; i < 3; i++)
    numbers[i] = ac_viewings_add (viewings, &viewing_handler, &watchers[i]);
  ac_viewings_state (viewings, &state); /* 0 is nobody's */
  state.source_number = numbers[1];
  ac_viewings_state (viewings, &state);
  state.state = AC_SOURCE_FAILED;
  ac_viewings_state (viewings, &state);
  ac_viewings_state (viewings, &state); /* nothing follows that */
  g_assert_true (ac_viewings_remove (viewings, numbers[2]));
  g_assert_false (ac_viewings_remove (viewings, numbers[2]));
  ac_viewings_close (viewings, "its worker is gone");
  ac_viewings_close (viewings, "again");
  g_assert_cmpuint (watchers[0].n_states, ==, 0);
  g_assert_cmpuint (watchers[0].n_closed, ==, 1);
  g_assert_cmpuint (watchers[1].n_states, ==, 2);
  g_assert_cmpuint (watchers[1].n_closed, ==, 0);
  g_assert_cmpuint (watchers[2].n_closed, ==, 0);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/peer-sessions/life", Fixture, NULL, set_up, test_life, tear_down);
  g_test_add ("/peer-sessions/end", Fixture, NULL, set_up, test_end, tear_down);
  g_test_add ("/peer-sessions/no-restart", Fixture, NULL, set_up, test_no_restart,
              tear_down);
  g_test_add ("/peer-sessions/told", Fixture, NULL, set_up, test_told, tear_down);
  g_test_add ("/peer-sessions/end-of", Fixture, NULL, set_up, test_end_of, tear_down);
  g_test_add ("/peer-sessions/many-patches", Fixture, NULL, set_up, test_many_patches,
              tear_down);
  g_test_add_func ("/peer-sessions/offers", test_offers);
  g_test_add_func ("/peer-sessions/viewings", test_viewings);
  g_test_add_data_func ("/peer-sessions/failed", GUINT_TO_POINTER (AC_SOURCE_FAILED),
                        test_last_word);
  g_test_add_data_func ("/peer-sessions/ended", GUINT_TO_POINTER (AC_SOURCE_ENDED),
                        test_last_word);
  return g_test_run ();
}
