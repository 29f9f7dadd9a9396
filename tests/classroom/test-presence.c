/* Who is in a lesson: members once, rooms with who is signed in. */
#include "school.h"

#include "json_text.h"
#include "presence.h"

typedef struct {
  School school;
  AcPresence *presence;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  school_open (&f->school);
  school_sql (&f->school, "INSERT INTO branches (id, parent, name, kind, created_ms) "
                          "VALUES (1, NULL, '云县', 'county', 0), "
                          "(2, 1, '东镇', 'town', 0), (3, NULL, '网', 'network', 0)");
  school_sql (&f->school,
              "INSERT INTO members (id, number, name, role, kind, created_ms) "
              "VALUES (1, 'A', '甲', 'member', 'member', 0), "
              "(2, 'B', '乙', 'member', 'member', 0), "
              "(3, 'C', '丙', 'member', 'member', 0)");
  school_sql (&f->school,
              "INSERT INTO memberships (member, side, from_day, branch) VALUES "
              "(1, 'home', '2020-01-01', 2), (1, 'host', '2020-01-01', 3), "
              "(2, 'home', '2020-01-01', 2)");
  school_sql (&f->school, "INSERT INTO sites (id, branch, name, created_ms) "
                          "VALUES (1, 2, '礼堂', 0), (2, 2, '小屋', 0)");
  school_add_lesson (&f->school, "x", NULL);
  f->presence = ac_presence_new (f->school.store, 1);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  ac_presence_free (f->presence);
  school_close (&f->school);
}

static void
assert_json (Fixture *f, AcPresence *presence, const gchar *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object =
      ac_presence_to_json (presence, f->school.store, 1, &error);
  g_autofree gchar *text = NULL;

  g_assert_no_error (error);
  text = ac_json_object_to_text (object);
  g_assert_cmpstr (text, ==, expected);
}

#define NOBODY "{\"rooms\":[],\"members\":0,\"devices\":0,\"heads\":0,\"branches\":[]}"

/* A member with a phone and a computer is one, in both of their branches. */
static void
test_members (Fixture *f, gconstpointer unused)
{
  assert_json (f, NULL, NOBODY);
  ac_presence_enter (f->presence, 1, 0);
  ac_presence_enter (f->presence, 1, 0);
  ac_presence_enter (f->presence, 2, 0);
  ac_presence_enter (f->presence, 3, 0); /* of no branch */
  assert_json (f, f->presence,
               "{\"rooms\":[],\"members\":3,\"devices\":4,\"heads\":3,\"branches\":["
               "{\"branch\":2,\"home\":2,\"host\":0},"
               "{\"branch\":3,\"home\":0,\"host\":1}]}");
  ac_presence_leave (f->presence, 1, 0);
  ac_presence_leave (f->presence, 2, 0);
  ac_presence_leave (f->presence, 3, 0);
  assert_json (f, f->presence,
               "{\"rooms\":[],\"members\":1,\"devices\":1,\"heads\":1,\"branches\":["
               "{\"branch\":2,\"home\":1,\"host\":0},"
               "{\"branch\":3,\"home\":0,\"host\":1}]}");
  ac_presence_leave (f->presence, 1, 0);
  assert_json (f, f->presence, NOBODY);
}

/* Who is signed in at a room and has a phone open is one head. */
static void
test_rooms (Fixture *f, gconstpointer unused)
{
  school_sql (&f->school,
              "INSERT INTO room_stays (lesson, site, member, way, in_ms, in_wall_ms, "
              "out_ms, late) VALUES (1, 1, 1, 'roster', 0, 0, NULL, 0), "
              "(1, 1, 2, 'card', 0, 0, NULL, 0), (1, 1, 3, 'card', 0, 0, 5000, 0)");
  ac_presence_enter (f->presence, 0, 1);
  ac_presence_enter (f->presence, 0, 2);
  ac_presence_enter (f->presence, 1, 0);
  assert_json (f, f->presence,
               "{\"rooms\":["
               "{\"site\":1,\"name\":\"礼堂\",\"branch\":2,\"screens\":1,"
               "\"signed_in\":2},"
               "{\"site\":2,\"name\":\"小屋\",\"branch\":2,\"screens\":1,"
               "\"signed_in\":0}],"
               "\"members\":1,\"devices\":1,\"heads\":2,\"branches\":["
               "{\"branch\":2,\"home\":1,\"host\":0},"
               "{\"branch\":3,\"home\":0,\"host\":1}]}");
  ac_presence_leave (f->presence, 0, 2);
  ac_presence_leave (f->presence, 1, 0);
  assert_json (f, NULL,
               "{\"rooms\":[{\"site\":1,\"name\":\"礼堂\",\"branch\":2,"
               "\"screens\":0,\"signed_in\":2}],"
               "\"members\":0,\"devices\":0,\"heads\":2,\"branches\":[]}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/presence/members", Fixture, NULL, set_up, test_members, tear_down);
  g_test_add ("/presence/rooms", Fixture, NULL, set_up, test_rooms, tear_down);
  return g_test_run ();
}
