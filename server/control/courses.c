/* courses.c - what lessons belong to. */
#include "command.h"

#include "clock.h"
#include "plan_text.h"

#define LIST_MAX 500

static void
free_course (gpointer course)
{
  ac_course_free (course);
}

static void
set_text (gchar **text, const gchar *value)
{
  if (value == NULL)
    return;
  g_free (*text);
  *text = g_strdup (value);
}

/* What is given, over what is there. FALSE: the call has failed and is gone. */
static gboolean
read_course (AcControlCall *call, AcCourse *course)
{
  const gchar *kind, *title, *description;

  if (!ac_control_read_optional (call, "kind", &kind) ||
      !ac_control_read_optional (call, "title", &title) ||
      !ac_control_read_optional (call, "description", &description))
    return FALSE;
  if (kind != NULL && !ac_course_kind_from_name (kind, &course->kind))
    return ac_control_refuse (
        call, "kind", "kind must be party, policy, skills, enterprise or branch-life");
  set_text (&course->title, title);
  set_text (&course->description, description);
  return TRUE;
}

static void
tell_course (gpointer data)
{
  AcControlCall *call = data;

  ac_control_call_answer_object (call, ac_course_to_json (call->data));
}

static gboolean
add_course (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;
  AcCourse *course = call->data;

  return ac_course_add (store, course, 0, ac_clock_wall_ms (), &course->id, error);
}

void
ac_control_course_add (AcControlCall *call)
{
  AcCourse *course = g_new0 (AcCourse, 1);

  call->data = course;
  call->free_data = free_course;
  course->title = g_strdup ("");
  course->description = g_strdup ("");
  if (ac_control_read_text (call, "kind") != NULL && read_course (call, course) &&
      ac_control_read_number (call, "branch", G_MAXINT64, 0, &course->branch))
    ac_control_call_write (call, add_course, tell_course);
}

static gboolean
set_course (AcStore *store, gpointer data, GError **error)
{
  return ac_course_set (store, ((AcControlCall *)data)->data, error);
}

void
ac_control_course_set (AcControlCall *call)
{
  g_autoptr (GError) error = NULL;
  AcCourse *course;
  gboolean archive, restore;
  gint64 id;

  if (!ac_control_read_id (call, "course", &id) ||
      !ac_control_read_switch (call, "archive", &archive) ||
      !ac_control_read_switch (call, "restore", &restore))
    return;
  course = ac_course_get (call->control->parts.store, id, &error);
  if (course == NULL) {
    ac_control_call_fail (call, &(AcControlFailure){ AC_CONTROL_NOT_FOUND, "course",
                                                     "there is no such course" });
    return;
  }
  call->data = course;
  call->free_data = free_course;
  if (archive && course->archived_ms == 0)
    course->archived_ms = ac_clock_wall_ms ();
  if (restore)
    course->archived_ms = 0;
  if (read_course (call, course))
    ac_control_call_write (call, set_course, tell_course);
}

void
ac_control_course_list (AcControlCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) courses = NULL;
  gboolean archived;
  JsonObject *object;
  JsonArray *array;

  if (!ac_control_read_switch (call, "archived", &archived))
    return;
  courses =
      ac_course_list (call->control->parts.store, archived, NULL, 0, LIST_MAX, &error);
  if (courses == NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  array = json_array_new ();
  for (guint i = 0; i < courses->len; i++)
    json_array_add_object_element (array, ac_course_to_json (courses->pdata[i]));
  object = json_object_new ();
  json_object_set_array_member (object, "courses", array);
  ac_control_call_answer_object (call, object);
}
