/* Rooms by their routes: which lessons they have to do with, their hand, their screens.
 */
#include "api_fixture.h"
#include "branch.h"
#include "clock.h"
#include "json_text.h"

#include <string.h>

#define RAISED "{\"raised\":true}"
#define LOWERED "{\"raised\":false}"

typedef struct {
  Fixture api;
  gchar *chief; /* the cookie of an administrator */
} Rooms;

/* Lesson 1 is for the village, 2 for the other town, 3 for all. */
static void
set_up (Rooms *f, gconstpointer unused)
{
  api_set_up (&f->api, NULL);
  run_job (&f->api, add_branches, NULL);
  add_aimed (&f->api, (Aim){ .branch = VILLAGE, .target = VILLAGE });
  add_aimed (&f->api, (Aim){ .branch = OTHER_TOWN, .target = OTHER_TOWN });
  school_add_lesson (&f->api.school, "x", NULL);
  f->chief = cookie_with (&f->api, "chief", AC_ROLE_ADMINISTRATOR, 0);
}

static void
tear_down (Rooms *f, gconstpointer unused)
{
  g_free (f->chief);
  api_tear_down (&f->api, NULL);
}

static Request
post (Rooms *f, const gchar *path, const gchar *body)
{
  return (Request){ .method = "POST", .path = path, .cookie = f->chief, .body = body };
}

/* A room has nothing to do with a lesson that is not for its branch, whoever asks. */
static void
test_lessons (Rooms *f, gconstpointer unused)
{
  static const gchar *const paths[] = { "/api/v1/lessons/2/rooms/1",
                                        "/api/v1/lessons/1/rooms/2",
                                        "/api/v1/lessons/99/rooms/1" };
  Request sheet = { .method = "GET", .cookie = f->chief };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree gchar *stays = g_strconcat (paths[i], "/stays", NULL);
    g_autofree gchar *hand = g_strconcat (paths[i], "/hand", NULL);
    const Request sign_in = post (f, stays, "{\"member\":1}");
    const Request raise = post (f, hand, RAISED);

    sheet.path = paths[i];
    assert_problem (&f->api, &sheet, 404, "lesson-not-found");
    assert_problem (&f->api, &sign_in, 404, "lesson-not-found");
    assert_problem (&f->api, &raise, 404, "lesson-not-found");
  }
  sheet.path = "/api/v1/lessons/1/rooms/1";
  g_assert_cmpuint (ask (&f->api, &sheet), ==, 200);
  sheet.path = "/api/v1/lessons/3/rooms/1";
  g_assert_cmpuint (ask (&f->api, &sheet), ==, 200);
}

/* A hand that goes up and down in haste is made slow; it always comes down. */
static void
test_hand_in_haste (Rooms *f, gconstpointer unused)
{
  const gchar *path = "/api/v1/lessons/1/rooms/1/hand";
  const Request raise = post (f, path, RAISED), lower = post (f, path, LOWERED);

  school_start_lesson (&f->api.school, 1);
  for (guint i = 0; i < ac_api_hand_rule.n_free; i++) {
    g_assert_cmpuint (ask (&f->api, &raise), ==, 200);
    g_assert_cmpuint (ask (&f->api, &lower), ==, 200);
  }
  g_assert_cmpuint (ask (&f->api, &raise), ==, 200); /* the first that costs */
  assert_problem (&f->api, &raise, 429, "too-many-attempts");
  g_assert_cmpuint (f->api.response.retry_after_s, >, 0);
  g_assert_cmpuint (ask (&f->api, &lower), ==, 200);
}

/* Whoever opens the address of the QR code is signed in by its digits, sees since when,
 * and that they left. */
static void
test_own_stay (Rooms *f, gconstpointer unused)
{
  const Request code = { .method = "GET",
                         .path = "/api/v1/lessons/3/rooms/1/code",
                         .cookie = f->chief };
  const Request stay = { .method = "GET",
                         .path = "/api/v1/lessons/3/rooms/1/stay",
                         .cookie = f->api.cookie };
  const Request nowhere = { .method = "GET",
                            .path = "/api/v1/lessons/3/rooms/99/stay",
                            .cookie = f->api.cookie };
  g_autofree gchar *digits = NULL;
  JsonObject *own;

  school_start_lesson (&f->api.school, 3);
  g_assert_cmpuint (ask (&f->api, &code), ==, 200);
  g_assert_nonnull (
      strstr (json_object_get_string_member (f->api.json, "url"), "/room/3/1?digits="));
  digits = g_strdup_printf ("{\"digits\":\"%s\"}",
                            json_object_get_string_member (f->api.json, "digits"));
  g_assert_cmpuint (ask (&f->api, &stay), ==, 200);
  g_assert_cmpstr (json_object_get_string_member (
                       json_object_get_object_member (f->api.json, "site"), "name"),
                   ==, "礼堂");
  g_assert_true (json_object_get_null_member (f->api.json, "stay"));
  g_assert_cmpuint (ask (&f->api, &(Request){ .method = "POST",
                                              .path = "/api/v1/lessons/3/rooms/1/enter",
                                              .cookie = f->api.cookie,
                                              .body = digits }),
                    ==, 200);
  g_assert_cmpuint (ask (&f->api, &stay), ==, 200);
  own = json_object_get_object_member (f->api.json, "stay");
  g_assert_nonnull (json_object_get_string_member (own, "in_at"));
  g_assert_true (json_object_get_null_member (own, "out_at"));
  g_assert_cmpuint (ask (&f->api, &(Request){ .method = "POST",
                                              .path = "/api/v1/lessons/3/rooms/1/leave",
                                              .cookie = f->api.cookie }),
                    ==, 200);
  g_assert_cmpuint (ask (&f->api, &stay), ==, 200);
  own = json_object_get_object_member (f->api.json, "stay");
  g_assert_false (json_object_get_null_member (own, "out_at"));
  assert_problem (&f->api, &nowhere, 404, "named-not-found");
}

/* The studio sees at once who is signed in at a room, though nobody has connected. */
static void
test_presence (Rooms *f, gconstpointer unused)
{
  const Request code = { .method = "GET",
                         .path = "/api/v1/lessons/3/rooms/1/code",
                         .cookie = f->chief };
  Request request = { .method = "POST",
                      .path = "/api/v1/lessons/3/rooms/1/enter",
                      .cookie = f->api.cookie };
  g_autofree gchar *digits = NULL;
  FakePeer studio;

  school_start_lesson (&f->api.school, 3);
  g_assert_cmpuint (ask (&f->api, &code), ==, 200);
  request.body = digits = g_strdup_printf (
      "{\"digits\":\"%s\"}", json_object_get_string_member (f->api.json, "digits"));
  fake_peer_init (&studio, f->chief, "lesson=3&client=00000000000000a1");
  fake_peer_open (&studio, &f->api.school);
  school_until (strstr (fake_peer_last (&studio), "\"rooms\":[]") != NULL);
  g_assert_cmpuint (ask (&f->api, &request), ==, 200);
  school_until (strstr (fake_peer_last (&studio), "\"signed_in\":1") != NULL);
  request.path = "/api/v1/lessons/3/rooms/1/leave";
  request.body = NULL;
  g_assert_cmpuint (ask (&f->api, &request), ==, 200);
  school_until (strstr (fake_peer_last (&studio), "\"rooms\":[]") != NULL);
  fake_peer_hang_up (&studio, &f->api.school);
  fake_peer_clear (&studio);
}

/* Returns: (transfer full): the cookie of a screen of the village's room. */
static gchar *
pair_screen (Rooms *f)
{
  g_autofree gchar *secret = NULL;
  g_autofree gchar *pair = NULL;
  g_autofree gchar *claim = NULL;
  Request request = post (f, "/api/v1/screens/pairing", NULL);

  g_assert_cmpuint (ask (&f->api, &request), ==, 200);
  claim = g_strdup_printf ("{\"secret\":\"%s\"}",
                           json_object_get_string_member (f->api.json, "secret"));
  pair = g_strdup_printf ("{\"code\":\"%s\",\"name\":\"大屏\"}",
                          json_object_get_string_member (f->api.json, "code"));
  request = post (f, "/api/v1/sites/1/screens", pair);
  g_assert_cmpuint (ask (&f->api, &request), ==, 200);
  request = post (f, "/api/v1/screens/pairing/claim", claim);
  g_assert_cmpuint (ask (&f->api, &request), ==, 200);
  return g_strndup (f->api.response.set_cookie,
                    strcspn (f->api.response.set_cookie, ";"));
}

typedef struct {
  guint let_in, refused;
} Pairings;

static void
on_paired (const AcScreen *screen, const GError *error, gpointer user_data)
{
  Pairings *pairings = user_data;

  pairings->let_in += screen != NULL;
  pairings->refused += error != NULL;
}

/* Two who type one code at once: it lets one screen in. Who could not use it leaves it
 * for the next. */
static void
test_pair_at_once (Rooms *f, gconstpointer unused)
{
  AcRooms *rooms = f->api.rooms;
  Pairings pairings = { 0 };
  g_autoptr (GPtrArray) screens = NULL;
  g_autofree gchar *token = NULL;
  AcPairing pairing;

  ac_rooms_ask_pairing (rooms, NULL, &pairing);
  ac_rooms_pair (rooms, pairing.code, 99, "大屏", 0, on_paired, &pairings);
  while (pairings.refused == 0)
    g_main_context_iteration (NULL, TRUE);
  ac_rooms_pair (rooms, pairing.code, 1, "大屏", 0, on_paired, &pairings);
  ac_rooms_pair (rooms, pairing.code, 1, "大屏", 0, on_paired, &pairings);
  while (pairings.let_in + pairings.refused < 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (pairings.let_in, ==, 1);
  screens = ac_screen_list (f->api.school.store, 1, NULL);
  g_assert_cmpuint (screens->len, ==, 1);
  g_assert_cmpint (ac_rooms_take_pairing (rooms, pairing.secret, &token), ==,
                   AC_PAIRING_LET_IN);
}

/* Lessons: 3 without an hour; 24 that never were held; one of last night, which may
 * begin yet; one that comes; one open, one live, two that have ended. */
static gboolean
add_timetable (AcStore *store, gpointer data, GError **error)
{
  const gint64 hour_ms = 60 * 60 * 1000;

  return ac_store_run (store, error,
                       "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL "
                       "  SELECT i + 1 FROM n WHERE i < 24) "
                       "INSERT INTO lessons (title, key_hash, created_ms, planned_ms) "
                       "SELECT 'never', CAST ('never' || i AS BLOB), 0, "
                       "  ?1 - (12 + i) * ?2 FROM n",
                       "ii", ac_clock_wall_ms (), hour_ms) &&
         ac_store_run (store, error,
                       "INSERT INTO lessons (title, key_hash, created_ms, planned_ms, "
                       "  state, started_ms) VALUES "
                       "('before', x'01', 0, ?1 - 900 * ?2, 'ended', ?1 - 900 * ?2), "
                       "('yesterday', x'02', 0, ?1 - 24 * ?2, 'ended', ?1 - 24 * ?2), "
                       "('tonight', x'03', 0, ?1 + 2 * ?2, 'planned', NULL), "
                       "('late', x'04', 0, ?1 - 11 * ?2, 'planned', NULL), "
                       "('open', x'05', 0, ?1 + ?2, 'open', NULL), "
                       "('live', x'06', 0, ?1 - 13 * ?2, 'live', ?1 - 13 * ?2)",
                       "ii", ac_clock_wall_ms (), hour_ms);
}

/* What is on now comes first; what was never held pushes nothing out. */
static void
test_screen_lessons (Rooms *f, gconstpointer unused)
{
  static const gchar *const titles[] = { "live", "open", "late",      "tonight",
                                         "一课", "x",    "yesterday", "before" };
  g_autofree gchar *cookie = pair_screen (f);
  const Request self = { .method = "GET",
                         .path = "/api/v1/screens/self",
                         .cookie = cookie };
  JsonArray *lessons;

  run_job (&f->api, add_timetable, NULL);
  g_assert_cmpuint (ask (&f->api, &self), ==, 200);
  lessons = json_object_get_array_member (f->api.json, "lessons");
  g_assert_cmpuint (json_array_get_length (lessons), ==, G_N_ELEMENTS (titles));
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    g_assert_cmpstr (json_object_get_string_member (
                         json_array_get_object_element (lessons, i), "title"),
                     ==, titles[i]);
}

/* --- Logs --- */

typedef struct {
  const gchar *device;
  gint64 site, n;
} Log;

/* Entries of lesson 3 that wait, every other one about the first member. */
static gboolean
write_log (AcStore *store, gpointer data, GError **error)
{
  const Log *log = data;

  return ac_store_run (
      store, error,
      "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?1) "
      "INSERT INTO room_logs (site, device, seq, lesson, prev_hash, hash, entry, "
      "at_ms, "
      "  media_ms, sender, received_ms, state, member) "
      "SELECT ?2, ?3, i, 3, x'', x'', '{\"act\":\"in\"}', 1000, 0, 1, 1000 - ?2, "
      "  'waiting', CASE WHEN i % 2 = 1 THEN 1 END FROM n",
      "iit", log->n, log->site, log->device);
}

static void
add_log (Rooms *f, const gchar *device, gint64 site, gint64 n)
{
  run_job (&f->api, write_log, &(Log){ device, site, n });
}

/* All pages of them are read on the way of @past; each entry names whom it is about,
 * masked: nobody unmasks a page of people at once. */
static void
test_logs (Rooms *f, gconstpointer unused)
{
  g_autofree gchar *query = g_strdup ("limit=3");
  g_autoptr (GString) found = g_string_new (NULL);
  guint n = 3;

  school_sql (&f->api.school, "UPDATE members SET name = '王小明' WHERE id = 1");
  add_log (f, "aaaaaaaaaaaaaaaa", 1, 4);
  add_log (f, "bbbbbbbbbbbbbbbb", 1, 4);
  while (n == 3) {
    const Request logs = { .method = "GET",
                           .path = "/api/v1/lessons/3/rooms/1/logs",
                           .query = query,
                           .cookie = f->chief };
    JsonArray *entries;
    JsonObject *entry = NULL;

    g_assert_cmpuint (ask (&f->api, &logs), ==, 200);
    entries = json_object_get_array_member (f->api.json, "entries");
    n = json_array_get_length (entries);
    for (guint i = 0; i < n; i++) {
      entry = json_array_get_object_element (entries, i);
      g_string_append_printf (
          found, "%c%d%s ", json_object_get_string_member (entry, "device")[0],
          (gint)json_object_get_int_member (entry, "seq"),
          json_object_get_string_member_with_default (entry, "name", ""));
    }
    g_assert_nonnull (entry);
    g_clear_pointer (&query, g_free);
    query = g_strdup_printf ("limit=3&past=%s&after=%d",
                             json_object_get_string_member (entry, "device"),
                             (gint)json_object_get_int_member (entry, "seq"));
  }
  g_assert_cmpstr (found->str, ==, "a1王*明 a2 a3王*明 a4 b1王*明 b2 b3王*明 b4 ");
}

/* Who may not decide on a log is not told whose numbers are in it: they may have
 * written down any. */
static void
test_logs_of_strangers (Rooms *f, gconstpointer unused)
{
  g_autofree gchar *steward = cookie_with (&f->api, "4101", AC_ROLE_STEWARD, VILLAGE);
  const Request logs = { .method = "GET",
                         .path = "/api/v1/lessons/3/rooms/1/logs",
                         .cookie = steward };
  JsonArray *entries;

  add_log (f, "aaaaaaaaaaaaaaaa", 1, 2);
  g_assert_cmpuint (ask (&f->api, &logs), ==, 200);
  entries = json_object_get_array_member (f->api.json, "entries");
  g_assert_cmpuint (json_array_get_length (entries), ==, 2);
  for (guint i = 0; i < 2; i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);

    g_assert_true (json_object_get_null_member (entry, "name"));
    g_assert_true (json_object_get_null_member (entry, "number"));
  }
}

static void
assert_waiting (Rooms *f, const gchar *query, const gchar *cookie,
                const gchar *expected)
{
  const Request waiting = {
    .method = "GET", .path = "/api/v1/logs/waiting", .query = query, .cookie = cookie
  };
  g_autoptr (GString) found = g_string_new (NULL);
  JsonArray *rooms;

  g_assert_cmpuint (ask (&f->api, &waiting), ==, 200);
  rooms = json_object_get_array_member (f->api.json, "rooms");
  for (guint i = 0; i < json_array_get_length (rooms); i++) {
    JsonObject *room = json_array_get_object_element (rooms, i);

    g_string_append_printf (found, "%d:%d ",
                            (gint)json_object_get_int_member (room, "site"),
                            (gint)json_object_get_int_member (room, "entries"));
  }
  g_assert_cmpstr (found->str, ==, expected);
}

/* What waits is told to whoever may approve it, and no more once it is decided. */
static void
test_waiting (Rooms *f, gconstpointer unused)
{
  g_autofree gchar *secretary =
      cookie_with (&f->api, "town", AC_ROLE_SECRETARY, OTHER_TOWN);
  const Request all = { .method = "GET",
                        .path = "/api/v1/logs/waiting",
                        .cookie = secretary };
  g_autofree gchar *query = g_strdup_printf ("branch=%d", (gint)OTHER_TOWN);

  assert_waiting (f, NULL, f->chief, "");
  add_log (f, "aaaaaaaaaaaaaaaa", 1, 3);
  add_log (f, "bbbbbbbbbbbbbbbb", 1, 2);
  add_log (f, "cccccccccccccccc", 2, 1);
  assert_waiting (f, NULL, f->chief, "2:1 1:5 ");
  assert_waiting (f, query, secretary, "2:1 ");
  assert_problem (&f->api, &all, 403, "forbidden");
  school_sql (&f->api.school,
              "UPDATE room_logs SET state = 'rejected', decided_by = 2, "
              "decided_ms = 5 WHERE device = 'aaaaaaaaaaaaaaaa'");
  assert_waiting (f, NULL, f->chief, "2:1 1:2 ");
}

/* An approved log tells who is there. */
static void
test_late_presence (Rooms *f, gconstpointer unused)
{
  const Request approve = post (f, "/api/v1/lessons/3/rooms/1/logs/approve",
                                "{\"device\":\"aaaaaaaaaaaaaaaa\"}");
  FakePeer studio;

  school_start_lesson (&f->api.school, 3);
  fake_peer_init (&studio, f->chief, "lesson=3&client=00000000000000a1");
  fake_peer_open (&studio, &f->api.school);
  school_until (strstr (fake_peer_last (&studio), "\"rooms\":[]") != NULL);
  add_log (f, "aaaaaaaaaaaaaaaa", 1, 1);
  school_sql (&f->api.school, "UPDATE room_logs SET "
                              "entry = '{\"at_ms\":1,\"act\":\"in\",\"member\":1,"
                              "\"way\":\"card\"}'");
  g_assert_cmpuint (ask (&f->api, &approve), ==, 200);
  g_assert_cmpint (json_object_get_int_member (f->api.json, "failed"), ==, 0);
  school_until (strstr (fake_peer_last (&studio), "\"signed_in\":1") != NULL);
  fake_peer_hang_up (&studio, &f->api.school);
  fake_peer_clear (&studio);
}

static gboolean
move_town (AcStore *store, gpointer unused, GError **error)
{
  return ac_branch_move (store, VILLAGE, OTHER_TOWN, error);
}

/* What was written down when the lesson was for the room is decided, and looked at,
 * though its branch lies elsewhere now. */
static void
test_moved (Rooms *f, gconstpointer unused)
{
  const Request logs = { .method = "GET",
                         .path = "/api/v1/lessons/4/rooms/1/logs",
                         .cookie = f->chief };
  const Request sheet = { .method = "GET",
                          .path = "/api/v1/lessons/4/rooms/1",
                          .cookie = f->chief };
  const Request reject = post (f, "/api/v1/lessons/4/rooms/1/logs/reject",
                               "{\"device\":\"aaaaaaaaaaaaaaaa\"}");
  const Request guest =
      post (f, "/api/v1/lessons/4/rooms/1/guests", "{\"name\":\"张大伯\"}");
  const Request hand = post (f, "/api/v1/lessons/4/rooms/1/hand", "{\"raised\":true}");

  g_assert_cmpint (add_aimed (&f->api, (Aim){ .branch = TOWN, .target = TOWN }), ==, 4);
  school_start_lesson (&f->api.school, 4);
  g_assert_cmpuint (ask (&f->api, &sheet), ==, 200);
  run_job (&f->api, move_town, NULL);
  assert_problem (&f->api, &sheet, 404, "lesson-not-found");
  add_log (f, "aaaaaaaaaaaaaaaa", 1, 2);
  assert_problem (&f->api, &sheet, 404, "lesson-not-found");
  school_sql (&f->api.school, "UPDATE room_logs SET lesson = 4");
  g_assert_cmpuint (ask (&f->api, &sheet), ==, 200);
  g_assert_cmpuint (ask (&f->api, &reject), ==, 200);
  g_assert_cmpint (json_object_get_int_member (f->api.json, "decided"), ==, 2);
  g_assert_cmpuint (ask (&f->api, &logs), ==, 200);
  /* But nothing begins there. */
  assert_problem (&f->api, &guest, 404, "lesson-not-found");
  assert_problem (&f->api, &hand, 404, "lesson-not-found");
}

#define ADD(name, func)                                                                \
  g_test_add ("/api/rooms/" name, Rooms, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("lessons", test_lessons);
  ADD ("hand-in-haste", test_hand_in_haste);
  ADD ("own-stay", test_own_stay);
  ADD ("presence", test_presence);
  ADD ("pair-at-once", test_pair_at_once);
  ADD ("screen-lessons", test_screen_lessons);
  ADD ("logs", test_logs);
  ADD ("logs-of-strangers", test_logs_of_strangers);
  ADD ("waiting", test_waiting);
  ADD ("late-presence", test_late_presence);
  ADD ("moved", test_moved);
  return g_test_run ();
}
