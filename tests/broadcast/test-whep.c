/* Who may watch by WHEP, at a lesson that is not on air. */
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
  AcPeerOutcome outcome; /* of the last answer */
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  static const AcBroadcastsHandler handler = { NULL };
  const AcBroadcastsPolicy policy = { .worker_path = "/nowhere" };
  g_autoptr (GError) error = NULL;

  school_open (&f->school);
  f->dir = g_dir_make_tmp ("airclass-whep-XXXXXX", &error);
  g_assert_no_error (error);
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
  g_rmdir (f->dir);
  g_free (f->dir);
  g_free (f->key);
}

static void
answered (const AcPeerAnswer *answer, gpointer user_data)
{
  ((Fixture *)user_data)->outcome = answer->outcome;
}

static AcPeerOutcome
offer_with (Fixture *f, const gchar *key)
{
  const AcPeerRequest request = { .lesson = f->lesson,
                                  .key = key,
                                  .address = "192.0.2.1:50123" };
  g_autoptr (GBytes) offer = g_bytes_new_static (OFFER, strlen (OFFER));

  ac_whep_service.offer (f->whep, &request, offer, answered, f);
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

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* A wrong key is warned of. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_test_add ("/whep/keys", Fixture, NULL, set_up, test_keys, tear_down);
  g_test_add ("/whep/expired-token", Fixture, NULL, set_up, test_expired_token,
              tear_down);
  return g_test_run ();
}
