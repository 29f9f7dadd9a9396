/* courses.c - what lessons belong to. */
#include "api_private.h"

#include "clock.h"
#include "course.h"
#include "grant.h"
#include "log.h"
#include "plan_text.h"

typedef struct {
  AcHttpExchange *exchange;
  AcStore *store;
  AcCourse *course;
  gint64 actor, wall_ms;
  gint64 id; /* 0: to be added */
  AcOnce once;
} Act;

static void
act_free (gpointer data)
{
  Act *act = data;

  ac_http_exchange_unref (act->exchange);
  ac_course_free (act->course);
  ac_once_clear (&act->once);
  g_free (act);
}

/* --- Places --- */

gboolean
ac_api_course_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                     AcProblem *ret_problem)
{
  g_autoptr (GError) error = NULL;
  AcStore *store = call->api->parts.store;
  g_autoptr (AcCourse) course = ac_course_get (store, call->id, &error);

  if (course != NULL && ac_branch_path (store, course->branch, branches, &error))
    return TRUE;
  *ret_problem = error != NULL ? AC_PROBLEM_INTERNAL : AC_PROBLEM_COURSE_NOT_FOUND;
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot read the courses: %s", error->message);
  return FALSE;
}

/* What is no JSON, or names no such thing, lies nowhere: for those who may everywhere,
 * and they are told. */
gboolean
ac_api_body_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                   AcProblem *ret_problem)
{
  AcStore *store = call->api->parts.store;
  g_autoptr (JsonObject) body = ac_api_peek_body (call);
  g_autoptr (AcCourse) course = NULL;
  gint64 branch = 0, id = 0;

  if (body == NULL)
    return TRUE;
  if (!ac_json_object_read_int (body, "branch", 1, G_MAXINT64, &branch, NULL) &&
      ac_json_object_read_int (body, "course", 1, G_MAXINT64, &id, NULL)) {
    course = ac_course_get (store, id, NULL);
    branch = course != NULL ? course->branch : 0;
  }
  return branch == 0 || ac_branch_path (store, branch, branches, NULL);
}

/* --- Routes --- */

static JsonObject *
course_json (AcStore *store, gconstpointer row)
{
  return ac_course_to_json (row);
}

static const AcApiListing listing = {
  "courses", "before", 50, 200, G_STRUCT_OFFSET (AcCourse, id), course_json,
};

void
ac_api_course_list (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) courses = NULL;
  g_autofree gchar *text = ac_api_query_search (call);
  gint64 archived;
  AcApiPage page;

  if (!ac_api_read_page (call, &listing, &page) ||
      !ac_api_read_number (call, "archived", 0, 1, 0, &archived))
    return;
  courses = ac_course_list (call->api->parts.store, archived != 0, text, page.from,
                            (guint)page.limit + 1, &error);
  ac_api_respond_page (call, &listing, &page, courses, error);
}

static void
set_text (gchar **text, const gchar *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

/* What is given of @body, over what is there. FALSE: it was answered with a problem. */
static gboolean
read_course (AcApiCall *call, JsonObject *body, AcCourse *course)
{
  static const gchar *const names[] = { "kind", "title", "description" };
  const gchar *values[G_N_ELEMENTS (names)] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (json_object_has_member (body, names[i]) &&
        (values[i] = ac_api_read_field (call, body, names[i])) == NULL)
      return FALSE;
  if (values[0] != NULL && !ac_course_kind_from_name (values[0], &course->kind)) {
    ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_FIELD,
                        &(AcProblemExtra){ .field = "kind",
                                           .detail = "kind must be party, policy, "
                                                     "skills, enterprise or "
                                                     "branch-life" });
    return FALSE;
  }
  if (values[1] != NULL)
    set_text (&course->title, values[1]);
  if (values[2] != NULL)
    set_text (&course->description, values[2]);
  return TRUE;
}

static gboolean
add_course (AcStore *store, Act *act, GError **error)
{
  gint64 made;
  AcCourse *course;

  if (!ac_once_find (store, &act->once, &made, error))
    return FALSE;
  if (made == 0)
    return ac_course_add (store, act->course, act->actor, act->wall_ms,
                          &act->course->id, error) &&
           ac_once_keep (store, &act->once, act->course->id, act->wall_ms, error);
  course = ac_course_get (store, made, error);
  if (course == NULL)
    return FALSE;
  ac_course_free (act->course);
  act->course = course;
  return TRUE;
}

static gboolean
write_course (AcStore *store, gpointer data, GError **error)
{
  Act *act = data;

  return act->id != 0 ? ac_course_set (store, act->course, error)
                      : add_course (store, act, error);
}

static void
course_written (gpointer data, const GError *error, gpointer unused)
{
  Act *act = data;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL) {
    ac_api_refuse (act->exchange, error);
    return;
  }
  body = ac_course_to_json (act->course);
  ac_api_respond_json (act->exchange, body, NULL);
}

/* @course: (transfer full)
 * @once: (nullable): of one that is added; taken */
static void
save (AcApiCall *call, AcCourse *course, AcOnce *once)
{
  Act *act = g_new0 (Act, 1);

  act->exchange = ac_http_exchange_ref (call->exchange);
  act->store = call->api->parts.store;
  act->course = course;
  act->actor = call->session->member;
  act->wall_ms = ac_clock_wall_ms ();
  act->id = course->id;
  if (once != NULL) {
    act->once = *once;
    *once = (AcOnce){ 0 };
  }
  ac_store_write (act->store, write_course, act, act_free, course_written, NULL);
}

void
ac_api_course_add (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  g_autoptr (AcCourse) course = g_new0 (AcCourse, 1);
  g_auto (AcOnce) once = { 0 };

  course->title = g_strdup ("");
  course->description = g_strdup ("");
  if (body == NULL || ac_api_read_field (call, body, "kind") == NULL ||
      !read_course (call, body, course) ||
      !ac_api_read_body_int (call, body, "branch", 1, 0, &course->branch) ||
      !ac_api_read_once (call, body, &once))
    return;
  save (call, g_steal_pointer (&course), &once);
}

void
ac_api_course_set (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (AcCourse) course = NULL;
  gboolean archived;

  if (body == NULL)
    return;
  course = ac_course_get (call->api->parts.store, call->id, &error);
  if (course == NULL) {
    ac_problem_respond (call->exchange, AC_PROBLEM_COURSE_NOT_FOUND, NULL);
    return;
  }
  archived = course->archived_ms != 0;
  if (!read_course (call, body, course))
    return;
  if (json_object_has_member (body, "archived") &&
      !ac_json_object_read_boolean (body, "archived", &archived, &error)) {
    ac_problem_respond (
        call->exchange, AC_PROBLEM_INVALID_FIELD,
        &(AcProblemExtra){ .field = "archived", .detail = error->message });
    return;
  }
  if (archived != (course->archived_ms != 0))
    course->archived_ms = archived ? ac_clock_wall_ms () : 0;
  save (call, g_steal_pointer (&course), NULL);
}
