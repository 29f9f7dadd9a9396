/* Events of a lesson, to the pages that listen. */
#include "school.h"

#include <stdio.h>
#include <string.h>

/* A lesson with two members and a director in it, who listen from the start. */
typedef struct {
  School school;
  gint64 lesson;
  gint64 members[3];
  gchar *cookies[3], *queries[3];
  FakePeer peers[3]; /* the last one is the director's */
} Fixture;

static void
enter (Fixture *f, guint i, gint64 since)
{
  g_free (f->queries[i]);
  f->queries[i] = g_strdup_printf ("lesson=%" G_GINT64_FORMAT
                                   "&client=00000000000000a%u&since=%" G_GINT64_FORMAT,
                                   f->lesson, i, since);
  fake_peer_init (&f->peers[i], f->cookies[i], f->queries[i]);
  fake_peer_open (&f->peers[i], &f->school);
  school_settle (&f->school);
}

static void
leave (Fixture *f, guint i)
{
  if (f->peers[i].peer.data != NULL)
    fake_peer_hang_up (&f->peers[i], &f->school);
  fake_peer_clear (&f->peers[i]);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  static const AcRole roles[] = { AC_ROLE_MEMBER, AC_ROLE_MEMBER, AC_ROLE_STAFF };

  school_open (&f->school);
  f->lesson = school_add_lesson (&f->school, "x", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    g_autofree gchar *number = g_strdup_printf ("100%u", i);

    f->members[i] = school_add_member (&f->school, number, roles[i]);
    f->cookies[i] = school_sign_in (&f->school, number);
    enter (f, i, 0);
  }
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (f->peers); i++) {
    leave (f, i);
    g_free (f->cookies[i]);
    g_free (f->queries[i]);
  }
  school_settle (&f->school);
  school_close (&f->school);
}

static void
publish (Fixture *f, const gchar *kind, AcAudience audience, gint64 member)
{
  AcLessonEvent *event = ac_lesson_event_new (f->lesson, kind, audience);

  event->member = member;
  event->text = g_strdup ("话");
  ac_classroom_publish (f->school.classroom, event, NULL, NULL);
}

/* Returns: (transfer full): the kinds that @peer was told, "1:a 2:b". */
static gchar *
told (FakePeer *peer)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < peer->sent->len; i++)
    for (const gchar *at = peer->sent->pdata[i];
         (at = strstr (at, "{\"seq\":")) != NULL; at++) {
      gint seq;
      gchar kind[32];

      g_assert_cmpint (sscanf (at, "{\"seq\":%d,\"kind\":\"%31[^\"]", &seq, kind), ==,
                       2);
      g_string_append_printf (out, "%s%d:%s", out->len > 0 ? " " : "", seq, kind);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
wait_until_told (Fixture *f, guint i, const gchar *expected)
{
  for (;;) {
    g_autofree gchar *kinds = told (&f->peers[i]);

    if (g_str_equal (kinds, expected))
      return;
    g_assert_cmpuint (strlen (kinds), <, strlen (expected));
    g_main_context_iteration (NULL, TRUE);
  }
}

static void
assert_told (Fixture *f, guint i, const gchar *expected)
{
  g_autofree gchar *kinds = told (&f->peers[i]);

  g_assert_cmpstr (kinds, ==, expected);
}

/* Returns: the last message to @peer of @type; "" when there is none. */
static const gchar *
last_of (FakePeer *peer, const gchar *type)
{
  g_autofree gchar *start = g_strdup_printf ("{\"type\":\"%s\"", type);

  for (guint i = peer->sent->len; i > 0; i--)
    if (g_str_has_prefix (peer->sent->pdata[i - 1], start))
      return peer->sent->pdata[i - 1];
  return "";
}

/* Each hears what is for them, once, in order. */
static void
test_audience (Fixture *f, gconstpointer unused)
{
  publish (f, "a", AC_AUDIENCE_ALL, 0);
  publish (f, "b", AC_AUDIENCE_STAFF, 0);
  publish (f, "c", AC_AUDIENCE_MEMBER, f->members[1]);
  publish (f, "d", AC_AUDIENCE_STAFF | AC_AUDIENCE_MEMBER, f->members[0]);
  publish (f, "e", AC_AUDIENCE_ALL, 0);
  wait_until_told (f, 2, "1:a 2:b 4:d 5:e");
  assert_told (f, 0, "1:a 4:d 5:e");
  assert_told (f, 1, "1:a 3:c 5:e");
}

/* Nobody's full name, and no number of a member, but to the staff. */
static void
test_names (Fixture *f, gconstpointer unused)
{
  publish (f, "a", AC_AUDIENCE_ALL, f->members[0]);
  wait_until_told (f, 0, "1:a");
  wait_until_told (f, 2, "1:a");
  g_assert_nonnull (
      strstr (fake_peer_last (&f->peers[0]), "\"name\":\"党*****0\",\"text\":\"话\""));
  g_assert_null (strstr (fake_peer_last (&f->peers[0]), "\"member\""));
  g_assert_nonnull (strstr (fake_peer_last (&f->peers[2]), "\"name\":\"党员 1000\""));
  g_assert_nonnull (strstr (fake_peer_last (&f->peers[2]), "\"member\":1"));
}

/* A page that does not ask is told nothing. */
static void
test_deaf (Fixture *f, gconstpointer unused)
{
  leave (f, 0);
  fake_peer_init (&f->peers[0], f->cookies[0], "lesson=1&client=00000000000000a0");
  fake_peer_open (&f->peers[0], &f->school);
  publish (f, "a", AC_AUDIENCE_ALL, 0);
  wait_until_told (f, 1, "1:a");
  g_assert_cmpuint (f->peers[0].sent->len, ==, 1);
  fake_peer_say (&f->peers[0], &f->school, "{\"type\":\"resume\",\"since\":0}");
  g_assert_true (g_str_has_prefix (last_of (&f->peers[0], "state"),
                                   "{\"type\":\"state\",\"seq\":1,"));
  g_assert_cmpstr (last_of (&f->peers[0], "yours"), !=, "");
  g_assert_cmpstr (last_of (&f->peers[0], "gap"), ==, ""); /* it had nothing */
  publish (f, "b", AC_AUDIENCE_ALL, 0);
  wait_until_told (f, 0, "2:b");
}

/* What was missed, and nothing else; over a restart too. */
static void
test_resume (Fixture *f, gconstpointer unused)
{
  publish (f, "a", AC_AUDIENCE_ALL, 0);
  wait_until_told (f, 0, "1:a");
  leave (f, 0);
  publish (f, "b", AC_AUDIENCE_ALL, 0);
  publish (f, "c", AC_AUDIENCE_STAFF, 0);
  publish (f, "d", AC_AUDIENCE_MEMBER, f->members[1]);
  publish (f, "e", AC_AUDIENCE_MEMBER, f->members[0]);
  wait_until_told (f, 1, "1:a 2:b 4:d");
  enter (f, 0, 1);
  assert_told (f, 0, "2:b 5:e");
  g_assert_true (g_str_has_suffix (last_of (&f->peers[0], "events"), "],\"seq\":5}"));
  for (guint i = 0; i < G_N_ELEMENTS (f->peers); i++)
    leave (f, i);
  school_reopen (&f->school);
  for (guint i = 0; i < G_N_ELEMENTS (f->peers); i++)
    enter (f, i, 4);
  publish (f, "f", AC_AUDIENCE_ALL, 0);
  wait_until_told (f, 1, "6:f");
  assert_told (f, 0, "5:e 6:f");
}

/* What came before the page was let in is not told twice. */
static void
test_race (Fixture *f, gconstpointer unused)
{
  publish (f, "a", AC_AUDIENCE_ALL, 0);
  publish (f, "b", AC_AUDIENCE_ALL, 0);
  leave (f, 0);
  enter (f, 0, 0);
  publish (f, "c", AC_AUDIENCE_ALL, 0);
  wait_until_told (f, 1, "1:a 2:b 3:c");
  wait_until_told (f, 0, "3:c");
}

static void
test_too_much (Fixture *f, gconstpointer unused)
{
  leave (f, 0);
  for (guint i = 0; i < 201; i++)
    publish (f, "a", AC_AUDIENCE_ALL, 0);
  school_settle (&f->school);
  enter (f, 0, 1);
  g_assert_cmpstr (last_of (&f->peers[0], "events"), !=, "");
  g_assert_cmpstr (last_of (&f->peers[0], "state"), ==, "");
  g_assert_cmpstr (last_of (&f->peers[0], "gap"), ==, "");
  leave (f, 0);
  publish (f, "a", AC_AUDIENCE_ALL, 0);
  school_settle (&f->school);
  for (guint i = 0; i < 2; i++) { /* a number that there is not, too */
    enter (f, 0, i == 0 ? 1 : 999);
    g_assert_cmpstr (last_of (&f->peers[0], "events"), ==, "");
    g_assert_true (g_str_has_prefix (last_of (&f->peers[0], "state"),
                                     "{\"type\":\"state\",\"seq\":202,"));
    g_assert_cmpstr (last_of (&f->peers[0], "gap"), ==,
                     i == 0 ? "{\"type\":\"gap\",\"since\":1}"
                            : "{\"type\":\"gap\",\"since\":999}");
    if (i == 0)
      leave (f, 0);
  }
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *name;
    void (*test) (Fixture *f, gconstpointer unused);
  } tests[] = {
    { "audience", test_audience }, { "names", test_names },
    { "deaf", test_deaf },         { "resume", test_resume },
    { "race", test_race },         { "too-much", test_too_much },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree gchar *path = g_strconcat ("/telling/", tests[i].name, NULL);

    g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
  }
  return g_test_run ();
}
