/* Rooms by their routes: which lessons they have to do with, their hand, their screens.
 */
#include "api_fixture.h"
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

#define ADD(name, func)                                                                \
  g_test_add ("/api/rooms/" name, Rooms, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("lessons", test_lessons);
  ADD ("hand-in-haste", test_hand_in_haste);
  return g_test_run ();
}
