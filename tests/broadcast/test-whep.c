/* Who may watch by WHEP, and how often; the worker never answers. */
#include "whep.h"

#include "school.h"
#include "stream_key.h"

#include <glib/gstdio.h>
#include <string.h>

#define OFFER "v=0\r\na=ice-ufrag:abcd\r\n"

typedef struct {
  School school;
  gchar *dir;
  AcRecordings *recordings;
  AcBroadcasts *broadcasts;
  AcMediaKey media_key;
  AcWhep *whep;
  gint64 lesson;
  gchar *key;
  guint n_answered;
  AcPeerOutcome outcome; /* of the last answer */
  guint retry_after_s;
} Fixture;

static void
ignore_published (AcSnapshot *snapshot, gpointer user_data)
{
}

static void
ignore_lesson (gint64 lesson, gpointer user_data)
{
}

static void
ignore_changed (gint64 lesson, AcLessonState state, gpointer user_data)
{
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  static const AcBroadcastsHandler handler = { .published = ignore_published,
                                               .absent = ignore_lesson };
  static const AcClassroomHandler classroom_handler = {
    .lesson_added = ignore_lesson,
    .lesson_changed = ignore_changed,
  };
  const AcBroadcastsPolicy policy = { .worker_path = SCRIPTED_WORKER };
  g_autoptr (GError) error = NULL;

  school_open (&f->school);
  ac_classroom_set_handler (f->school.classroom, &classroom_handler, f);
  f->dir = g_build_filename (f->school.dir, "recordings", NULL);
  g_assert_cmpint (g_mkdir (f->dir, 0700), ==, 0);
  f->recordings = ac_recordings_new (f->dir, 1, &error);
  g_assert_no_error (error);
  f->broadcasts =
      ac_broadcasts_new (f->school.classroom, f->recordings, &policy, &handler, f);
  memset (f->media_key.bytes, 7, sizeof f->media_key.bytes);
  f->whep = ac_whep_new (f->school.classroom, f->broadcasts, &f->media_key, 4);
  f->lesson = school_add_lesson (&f->school, "第一课", &f->key);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  ac_whep_free (f->whep);
  ac_broadcasts_free (f->broadcasts);
  ac_recordings_unref (f->recordings);
  school_close (&f->school);
  g_free (f->dir);
  g_free (f->key);
}

static void
answered (const AcPeerAnswer *answer, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_answered++;
  f->outcome = answer->outcome;
  f->retry_after_s = answer->retry_after_s;
}

static void
offer_of (Fixture *f, const gchar *key, gint64 session)
{
  const AcPeerRequest request = {
    .lesson = f->lesson, .session = session, .key = key, .address = "192.0.2.1:50123"
  };
  g_autoptr (GBytes) offer = g_bytes_new_static (OFFER, strlen (OFFER));

  ac_whep_service.offer (f->whep, &request, offer, answered, f);
}

static AcPeerOutcome
offer_with (Fixture *f, const gchar *key)
{
  offer_of (f, key, 0);
  return f->outcome;
}

static gchar *
token (Fixture *f, gint64 subject, gint64 valid_s)
{
  return ac_media_token_new (&f->media_key, f->lesson, subject,
                             g_get_real_time () / G_USEC_PER_SEC + valid_s);
}

/* NOT_ON_AIR: they may, and there is nothing. */
static void
test_keys (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *operators = token (f, 0, 3600);
  g_autofree gchar *members = token (f, 5, 3600);
  g_autofree gchar *other = ac_stream_key_new ();

  g_assert_cmpint (offer_with (f, f->key), ==, AC_PEER_NOT_ON_AIR);
  g_assert_cmpint (offer_with (f, operators), ==, AC_PEER_NOT_ON_AIR);
  g_assert_cmpint (offer_with (f, members), ==, AC_PEER_WRONG_KEY);
  g_assert_cmpint (offer_with (f, other), ==, AC_PEER_WRONG_KEY);
  g_assert_cmpint (offer_with (f, NULL), ==, AC_PEER_WRONG_KEY);
}

/* A room's box that goes on trying with it must not lock the lecturer's encoder out,
 * which comes from the same address; wrong stream keys must. */
static void
test_expired_token (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *expired = token (f, 0, -1);
  g_autofree gchar *other = ac_stream_key_new ();

  for (guint i = 0; i < 2 * AC_KEY_GUARD_FREE; i++)
    g_assert_cmpint (offer_with (f, expired), ==, AC_PEER_WRONG_KEY);
  g_assert_cmpint (offer_with (f, f->key), ==, AC_PEER_NOT_ON_AIR);
  for (guint i = 0; i <= AC_KEY_GUARD_FREE; i++)
    g_assert_cmpint (offer_with (f, other), ==, AC_PEER_WRONG_KEY);
  g_assert_cmpint (offer_with (f, f->key), ==, AC_PEER_THROTTLED);
}

static void
ignore_closed (gpointer owner, const gchar *reason)
{
}

static void
go_on_air (Fixture *f)
{
  static const guint8 header[] = { 0x17, 0 }, picture[] = { 0x27, 1, 'x' };
  const AcFeedInfo info = { .source = { .kind = AC_SOURCE_FLV },
                            .label = "an encoder",
                            .closed = ignore_closed };
  const AcFlvTag tags[] = {
    { .type = 9, .body = g_bytes_new_static (header, sizeof header) },
    { .type = 9, .body = g_bytes_new_static (picture, sizeof picture) },
  };
  AcBroadcast *broadcast;
  AcFeed *feed;

  g_assert_cmpstr (
      ac_broadcasts_attach (f->broadcasts, f->lesson, &info, &broadcast, &feed), ==,
      NULL);
  ac_broadcast_units (broadcast, feed, tags, G_N_ELEMENTS (tags));
  school_until (ac_broadcast_has_media (broadcast));
  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    g_bytes_unref (tags[i].body);
}

/* Whoever leaves and comes again and again, within its places, has to wait; nobody else
 * has to. Signing it out is what frees its place here. */
static void
test_throttle (Fixture *f, gconstpointer unused)
{
  guint n_begun = 0;

  go_on_air (f);
  offer_of (f, NULL, 9);
  while (f->n_answered == 0) {
    g_assert_cmpuint (++n_begun, <, 10 * AC_WHEP_OFFERS_FREE);
    ac_whep_session_ended (f->whep, 8);
    ac_whep_session_ended (f->whep, 9);
    school_until (f->n_answered == 1);
    g_assert_cmpint (f->outcome, ==, AC_PEER_NO_SESSION);
    f->n_answered = 0;
    offer_of (f, NULL, 9);
  }
  g_assert_cmpint (f->outcome, ==, AC_PEER_THROTTLED);
  g_assert_cmpuint (n_begun, >, AC_WHEP_OFFERS_FREE);
  g_assert_cmpuint (f->retry_after_s, >, 0);
  offer_of (f, NULL, -9);
  offer_of (f, f->key, 0);
  g_assert_cmpuint (f->n_answered, ==, 1);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("AIRCLASS_TRACE", "/dev/null", TRUE); /* before there are threads */
  /* A wrong key is warned of. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_test_add ("/whep/keys", Fixture, NULL, set_up, test_keys, tear_down);
  g_test_add ("/whep/expired-token", Fixture, NULL, set_up, test_expired_token,
              tear_down);
  g_test_add ("/whep/throttle", Fixture, NULL, set_up, test_throttle, tear_down);
  return g_test_run ();
}
