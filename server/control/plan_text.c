#include "plan_text.h"

#include "clock.h"
#include "json_text.h"
#include "local_time.h"
#include "log.h"

#include <string.h>

#define LIST_MAX 250
#define COUNT_MAX ((G_GINT64_CONSTANT (1) << 53) - 1)

static gboolean
refuse (GError **error, const gchar *field, const gchar *how)
{
  return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_INVALID, field, "%s: %s", field,
                              how);
}

static gboolean
is_null (JsonObject *object, const gchar *name)
{
  return JSON_NODE_HOLDS_NULL (json_object_get_member (object, name));
}

/* @name: a literal. What is not there stays. @ret_given: (optional) */
static gboolean
read_number (JsonObject *object, const gchar *name, gint64 *ret_number,
             gboolean *ret_given, GError **error)
{
  if (!json_object_has_member (object, name))
    return TRUE;
  if (ret_given != NULL)
    *ret_given = TRUE;
  *ret_number = 0;
  return is_null (object, name) ||
         ac_json_object_read_int (object, name, 1, COUNT_MAX, ret_number, NULL) ||
         refuse (error, name, "a whole number from 1 on");
}

/* Returns: (transfer full) (nullable): the texts of @name, which is there. */
static GStrv
read_list (JsonObject *object, const gchar *name, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) pieces = NULL;
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;
  const gchar *text = ac_json_object_read_string (object, name, NULL);

  for (guint i = 0; i < n && n <= LIST_MAX; i++) {
    JsonNode *one = json_array_get_element (array, i);
    g_autofree gchar *number = NULL;

    if (JSON_NODE_HOLDS_VALUE (one) && json_node_get_value_type (one) == G_TYPE_INT64)
      number = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (one));
    if (number == NULL && json_node_get_value_type (one) != G_TYPE_STRING)
      array = NULL;
    if (array == NULL)
      break;
    g_strv_builder_add (builder, number != NULL ? number : json_node_get_string (one));
  }
  if ((array == NULL && text == NULL) || n > LIST_MAX) {
    refuse (error, name, "a list of at most 250");
    return NULL;
  }
  if (text == NULL)
    return g_strv_builder_end (builder);
  pieces = *text != '\0' ? g_strsplit (text, ",", LIST_MAX + 1) : g_new0 (gchar *, 1);
  for (guint i = 0; pieces[i] != NULL; i++)
    g_strstrip (pieces[i]);
  return g_steal_pointer (&pieces);
}

static gboolean
read_targets (AcPlanText *self, JsonObject *object, GError **error)
{
  g_auto (GStrv) texts = NULL;

  if (!json_object_has_member (object, "targets"))
    return TRUE;
  texts = read_list (object, "targets", error);
  if (texts == NULL)
    return FALSE;
  self->fields |= AC_SCHEDULE_TARGETS;
  self->schedule.targets = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; texts[i] != NULL; i++) {
    gint64 branch;

    if (!g_ascii_string_to_signed (texts[i], 10, 1, G_MAXINT64, &branch, NULL))
      return refuse (error, "targets", "numbers of branches");
    g_array_append_val (self->schedule.targets, branch);
  }
  return TRUE;
}

static gboolean
read_lecturers (AcPlanText *self, JsonObject *object, AcStore *store, GError **error)
{
  g_auto (GStrv) texts = NULL;

  if (!json_object_has_member (object, "lecturers"))
    return TRUE;
  texts = read_list (object, "lecturers", error);
  if (texts == NULL)
    return FALSE;
  self->fields |= AC_SCHEDULE_LECTURERS;
  self->schedule.lecturers = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; texts[i] != NULL; i++) {
    g_autoptr (GError) local = NULL;
    g_autoptr (AcMember) member = ac_member_find (store, texts[i], &local);

    if (local != NULL) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (member == NULL ||
        (self->may_name != NULL && !self->may_name (member, self->may_name_data)))
      return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_NOT_FOUND, "lecturers",
                                  "lecturers: there is no member %.64s", texts[i]);
    g_array_append_val (self->schedule.lecturers, member->id);
  }
  return TRUE;
}

static gboolean
read_kinds (AcPlanText *self, JsonObject *object, GError **error)
{
  g_auto (GStrv) texts = NULL;

  if (!json_object_has_member (object, "kinds"))
    return TRUE;
  texts = read_list (object, "kinds", error);
  if (texts == NULL)
    return FALSE;
  self->fields |= AC_SCHEDULE_KINDS;
  self->schedule.kinds = g_strjoinv (",", texts);
  return TRUE;
}

static gboolean
read_hour (AcPlanText *self, JsonObject *object, GError **error)
{
  const gchar *text;

  if (!json_object_has_member (object, "planned_at"))
    return TRUE;
  self->fields |= AC_SCHEDULE_HOUR;
  if (is_null (object, "planned_at"))
    return TRUE;
  text = ac_json_object_read_string (object, "planned_at", NULL);
  if (text == NULL || !ac_local_time_parse (text, &self->schedule.planned_ms) ||
      self->schedule.planned_ms <= 0)
    return refuse (error, "planned_at", "an hour such as 2026-12-01 19:30");
  /* Before anything is computed from it: GLib's calendar ends with the year 9999. */
  return ac_schedule_check_hour (self->schedule.planned_ms, ac_clock_wall_ms (), error);
}

static gboolean
read_skips (AcPlanText *self, JsonObject *rule, GError **error)
{
  if (!json_object_has_member (rule, "skip"))
    return TRUE;
  self->skips = read_list (rule, "skip", error);
  for (guint i = 0; self->skips != NULL && self->skips[i] != NULL; i++) {
    gchar day[AC_DAY_CHARS + 1];

    if (!ac_day_parse (self->skips[i], day))
      return refuse (error, "skip", "days such as 2026-10-01");
    g_free (self->skips[i]);
    self->skips[i] = g_strdup (day);
  }
  self->recurrence.skips = (const gchar *const *)self->skips;
  return self->skips != NULL;
}

static gboolean
read_rule (AcPlanText *self, JsonObject *rule, const gchar *by, GError **error)
{
  gint64 interval = 1, times = 0;

  if (!ac_repeat_from_name (by, &self->recurrence.repeat))
    return refuse (error, "repeat", "week, month-day or month-weekday");
  if (!read_number (rule, "interval", &interval, NULL, error) ||
      !read_number (rule, "times", &times, NULL, error))
    return FALSE;
  self->recurrence.interval = (guint)MIN (interval, G_MAXINT);
  self->recurrence.times = (guint)MIN (times, G_MAXINT);
  if (json_object_has_member (rule, "until")) {
    const gchar *text = ac_json_object_read_string (rule, "until", NULL);

    if (text == NULL || !ac_day_parse (text, self->recurrence.until))
      return refuse (error, "until", "a day such as 2027-01-31");
  }
  self->repeats = TRUE;
  return read_skips (self, rule, error);
}

static gboolean
read_repeat (AcPlanText *self, JsonObject *object, GError **error)
{
  JsonNode *node = json_object_get_member (object, "repeat");

  if (node == NULL)
    return TRUE;
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *rule = json_node_get_object (node);

    return read_rule (self, rule, ac_json_object_read_string (rule, "by", NULL), error);
  }
  return read_rule (self, object, ac_json_object_read_string (object, "repeat", NULL),
                    error);
}

static gboolean
read_source (AcPlanText *self, JsonObject *object, GError **error)
{
  g_autoptr (GError) local = NULL;
  const gchar *text, *field;
  gboolean loop = FALSE;

  if (json_object_has_member (object, "loop") &&
      !ac_json_object_read_boolean (object, "loop", &loop, NULL))
    return refuse (error, "loop", "true or false");
  if (!json_object_has_member (object, "source"))
    return !loop || refuse (error, "loop", "it needs a source, which is a file");
  text = ac_json_object_read_string (object, "source", NULL);
  if (text == NULL)
    return refuse (error, "source", "an address or the name of a file");
  return ac_lesson_source_parse (text, loop, self->lectures, &self->source, &field,
                                 &local) ||
         ac_timetable_refuse (error, AC_TIMETABLE_ERROR_INVALID, field, "%s",
                              local->message);
}

static gboolean
read_mode (AcPlanText *self, JsonObject *object, GError **error)
{
  const gchar *mode = "grid";

  if (json_object_has_member (object, "mode"))
    mode = ac_json_object_read_string (object, "mode", NULL);
  self->may_follow = g_strcmp0 (mode, "auto") == 0;
  return self->may_follow || g_strcmp0 (mode, "grid") == 0 ||
         refuse (error, "mode", "auto or grid");
}

static gboolean
read_single (AcPlanText *self, JsonObject *object, GError **error)
{
  AcSchedule *schedule = &self->schedule;
  gboolean course = FALSE, branch = FALSE, length = FALSE;

  if (json_object_has_member (object, "title")) {
    self->title = ac_json_object_read_string (object, "title", NULL);
    if (self->title == NULL)
      return refuse (error, "title", "a text");
  }
  if (json_object_has_member (object, "following") &&
      !ac_json_object_read_boolean (object, "following", &self->following, NULL))
    return refuse (error, "following", "true or false");
  if (!read_number (object, "course", &schedule->course, &course, error) ||
      !read_number (object, "branch", &schedule->branch, &branch, error) ||
      !read_number (object, "planned_length_ms", &schedule->planned_length_ms, &length,
                    error))
    return FALSE;
  self->fields |= (course ? AC_SCHEDULE_COURSE : 0) |
                  (branch ? AC_SCHEDULE_BRANCH : 0) | (length ? AC_SCHEDULE_LENGTH : 0);
  return TRUE;
}

gboolean
ac_plan_text_read (AcPlanText *self, JsonObject *object, AcStore *store, GError **error)
{
  return read_single (self, object, error) && read_hour (self, object, error) &&
         read_lecturers (self, object, store, error) &&
         read_targets (self, object, error) && read_kinds (self, object, error) &&
         read_repeat (self, object, error) && read_source (self, object, error) &&
         read_mode (self, object, error);
}

void
ac_plan_text_clear (AcPlanText *self)
{
  ac_schedule_clear (&self->schedule);
  ac_lesson_source_clear (&self->source);
  g_clear_pointer (&self->skips, g_strfreev);
}

GArray *
ac_plan_text_hours (const AcPlanText *self, gchar **ret_rule, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  gint64 first_ms = self->schedule.planned_ms;
  GArray *hours;

  *ret_rule = NULL;
  if (!self->repeats) {
    hours = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_array_append_val (hours, first_ms);
    return hours;
  }
  if (first_ms == 0) {
    refuse (error, "planned_at", "what repeats needs its first hour");
    return NULL;
  }
  hours = ac_recurrence_hours (&self->recurrence, first_ms, zone, error);
  if (hours != NULL)
    *ret_rule = ac_recurrence_to_text (&self->recurrence, first_ms, zone);
  return hours;
}

/* --- Telling --- */

static void
set_number (JsonObject *object, const gchar *name, gint64 number)
{
  if (number != 0)
    json_object_set_int_member (object, name, number);
  else
    json_object_set_null_member (object, name);
}

JsonObject *
ac_course_to_json (const AcCourse *course)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", course->id);
  json_object_set_string_member (object, "kind", ac_course_kind_name (course->kind));
  json_object_set_string_member (object, "title", course->title);
  json_object_set_string_member (object, "description", course->description);
  set_number (object, "branch", course->branch);
  json_object_set_boolean_member (object, "archived", course->archived_ms != 0);
  return object;
}

/* Names of those who speak are on the timetable for all to read. */
static JsonArray *
lecturers_json (AcStore *store, const AcSchedule *schedule)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < schedule->lecturers->len; i++) {
    g_autoptr (AcMember) member =
        ac_member_get (store, g_array_index (schedule->lecturers, gint64, i), NULL);
    JsonObject *object;

    if (member == NULL)
      continue;
    object = json_object_new ();
    json_object_set_string_member (object, "number", member->number);
    json_object_set_string_member (object, "name", member->name);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonArray *
targets_json (const AcSchedule *schedule)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < schedule->targets->len; i++)
    json_array_add_int_element (array, g_array_index (schedule->targets, gint64, i));
  return array;
}

static JsonArray *
kinds_json (const AcSchedule *schedule)
{
  g_auto (GStrv) kinds = g_strsplit (schedule->kinds, ",", -1);
  JsonArray *array = json_array_new ();

  for (guint i = 0; kinds[i] != NULL; i++)
    json_array_add_string_element (array, kinds[i]);
  return array;
}

void
ac_plan_text_set (JsonObject *object, AcStore *store, gint64 lesson)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcSchedule) schedule = ac_schedule_get (store, lesson, &error);
  g_autoptr (AcCourse) course = NULL;

  if (schedule == NULL) {
    ac_log (G_LOG_LEVEL_WARNING, lesson, "cannot read the timetable: %s",
            error != NULL ? error->message : "the lesson is gone");
    return;
  }
  if (schedule->course != 0)
    course = ac_course_get (store, schedule->course, NULL);
  if (course != NULL)
    json_object_set_object_member (object, "course", ac_course_to_json (course));
  else
    json_object_set_null_member (object, "course");
  set_number (object, "branch", schedule->branch);
  set_number (object, "series", schedule->series);
  set_number (object, "planned_length_ms", schedule->planned_length_ms);
  json_object_set_array_member (object, "lecturers", lecturers_json (store, schedule));
  json_object_set_array_member (object, "targets", targets_json (schedule));
  json_object_set_array_member (object, "kinds", kinds_json (schedule));
  json_object_set_string_member (object, "cancel_reason", schedule->cancel_reason);
}
