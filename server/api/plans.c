/* plans.c - lessons that are planned, changed, cancelled, begun and ended by people. */
#include "api_private.h"

#include "grant.h"
#include "log.h"
#include "plan_text.h"

/* A call that is answered when the classroom has written. */
typedef struct {
  AcApi *api; /* referenced */
  AcHttpExchange *exchange;
  gchar *stream_key; /* of a lesson with other keys */
} Act;

static Act *
act_new (AcApiCall *call)
{
  Act *act = g_new0 (Act, 1);

  act->api = ac_api_ref (call->api);
  act->exchange = ac_http_exchange_ref (call->exchange);
  return act;
}

static void
act_free (Act *act)
{
  ac_http_exchange_unref (act->exchange);
  ac_api_unref (act->api);
  g_free (act->stream_key);
  g_free (act);
}

/* @stream_key: NULL: it was shown before */
static JsonObject *
keys_json (AcApi *api, gint64 lesson, const gchar *stream_key)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", lesson);
  ac_encoder_addresses_set (object, api->encoder_places, lesson, stream_key);
  return object;
}

/* --- Who may name whom --- */

typedef struct {
  AcApiCall *call;
  const AcSchedule *stored; /* (nullable): of a lesson that is changed */
} Naming;

/* Whether @member has the role of a lecturer over where the lesson lies. */
static gboolean
lectures_there (AcApiCall *call, gint64 member)
{
  g_autoptr (GArray) grants = ac_grant_list (call->api->parts.store, member, NULL);
  const AcAccessPlace *place = &call->place;

  for (guint i = 0; grants != NULL && i < grants->len; i++) {
    const AcGrant *grant = &g_array_index (grants, AcGrant, i);
    gboolean reaches = grant->branch == 0;

    for (guint j = 0; j < place->n_branches; j++)
      reaches |= place->branches[j] == grant->branch;
    if (grant->role == AC_ROLE_LECTURER && reaches)
      return TRUE;
  }
  return FALSE;
}

/* Lecturers' names are for all to read: whoever else could be named by their number
 * would be told by it. */
static gboolean
may_name (const AcMember *member, gpointer user_data)
{
  const Naming *naming = user_data;
  const GArray *lecturers = naming->stored != NULL ? naming->stored->lecturers : NULL;

  for (guint i = 0; lecturers != NULL && i < lecturers->len; i++)
    if (g_array_index (lecturers, gint64, i) == member->id)
      return TRUE;
  return ac_api_may_view (naming->call, member) ||
         lectures_there (naming->call, member->id);
}

/* --- Who may aim it at whom --- */

static gboolean
refuse_aim (AcApiCall *call, const gchar *field)
{
  ac_problem_respond (
      call->exchange, AC_PROBLEM_FORBIDDEN,
      &(AcProblemExtra){ .field = field,
                         .detail = "a lesson is for branches that you look after, or "
                                   "for all" });
  return FALSE;
}

static gboolean
may_aim_at (AcApiCall *call, gint64 branch)
{
  g_autoptr (GArray) path = g_array_new (FALSE, FALSE, sizeof (gint64));
  AcAccessPlace place = { 0 };

  if (!ac_branch_path (call->api->parts.store, branch, path, NULL))
    return FALSE;
  place.branches = (const gint64 *)path->data;
  place.n_branches = path->len;
  /* What is not there is told by the job. */
  return path->len == 0 ||
         ac_access_may (AC_ACT_LESSON_MANAGE, &call->session->who, &place);
}

/* Who is expected is reminded, and is missed when absent: that is for those who look
 * after these people. @stored: (nullable): what it was before
 * Returns: FALSE: it was answered. */
static gboolean
check_aim (AcApiCall *call, const AcPlanText *plan, const AcSchedule *stored)
{
  gboolean aimed = (plan->fields & AC_SCHEDULE_TARGETS) != 0;
  const AcSchedule *schedule = &plan->schedule;
  const GArray *targets = aimed || stored == NULL ? schedule->targets : stored->targets;
  const gchar *kinds = (plan->fields & AC_SCHEDULE_KINDS) != 0 || stored == NULL
                           ? schedule->kinds
                           : stored->kinds;

  for (guint i = 0; aimed && i < targets->len; i++)
    if (!may_aim_at (call, g_array_index (targets, gint64, i)))
      return refuse_aim (call, "targets");
  if ((targets == NULL || targets->len == 0) && kinds != NULL && *kinds != '\0' &&
      !ac_access_may (AC_ACT_LESSON_MANAGE, &call->session->who, NULL))
    return refuse_aim (call, "kinds");
  return TRUE;
}

/* An address is fetched from where the server stands, which may be behind the county's
 * walls. Returns: FALSE: it was answered. */
static gboolean
check_source (AcApiCall *call, const AcPlanText *plan)
{
  if (plan->source.kind != AC_LESSON_SOURCE_PULL ||
      ac_access_may (AC_ACT_LESSON_MANAGE, &call->session->who, NULL))
    return TRUE;
  ac_problem_respond (
      call->exchange, AC_PROBLEM_FORBIDDEN,
      &(AcProblemExtra){ .field = "source",
                         .detail =
                             "an address is for those whose role is everywhere; a "
                             "file of the lectures directory is for all who plan" });
  return FALSE;
}

/* --- Planning --- */

static void
series_planned (const AcPlannedLesson *lessons, guint n_lessons, const GError *error,
                gpointer user_data)
{
  Act *act = user_data;
  g_autoptr (JsonObject) body = json_object_new ();
  JsonArray *array = json_array_new ();

  json_object_set_array_member (body, "lessons", array);
  for (guint i = 0; error == NULL && i < n_lessons; i++) {
    JsonObject *one = keys_json (act->api, lessons[i].lesson, lessons[i].stream_key);

    ac_json_object_set_time (one, "planned_at", lessons[i].planned_ms);
    json_array_add_object_element (array, one);
  }
  if (error != NULL)
    ac_api_refuse (act->exchange, error);
  else
    ac_api_respond_json (act->exchange, body, NULL);
  act_free (act);
}

void
ac_api_lesson_plan (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  g_autoptr (GError) error = NULL;
  Naming naming = { call, NULL };
  g_auto (AcPlanText) plan = { .may_name = may_name,
                               .may_name_data = &naming,
                               .lectures = call->api->parts.lectures };
  g_auto (AcOnce) once = { 0 };
  g_autoptr (GArray) hours = NULL;
  g_autofree gchar *rule = NULL;

  if (body == NULL || ac_api_read_field (call, body, "title") == NULL ||
      !ac_api_read_once (call, body, &once))
    return;
  if (!ac_plan_text_read (&plan, body, call->api->parts.store, &error) ||
      (hours = ac_plan_text_hours (&plan, &rule, &error)) == NULL) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  if (!check_aim (call, &plan, NULL) || !check_source (call, &plan))
    return;
  ac_classroom_plan_series (call->api->parts.classroom,
                            &(AcLessonPlan){ .title = plan.title,
                                             .source = &plan.source,
                                             .may_follow = plan.may_follow,
                                             .schedule = &plan.schedule,
                                             .once = &once },
                            hours, rule, call->session->member, series_planned,
                            act_new (call));
}

/* --- Changing --- */

static void
lesson_written (gint64 lesson, const GError *error, gpointer user_data)
{
  Act *act = user_data;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL) {
    ac_api_refuse (act->exchange, error);
  } else if (act->stream_key != NULL) {
    body = keys_json (act->api, lesson, act->stream_key);
    ac_api_respond_json (act->exchange, body, NULL);
  } else if (!act->api->closed) {
    body = ac_api_lesson_plan_json (act->api, lesson);
    ac_api_respond_json (act->exchange, body, NULL);
  }
  act_free (act);
}

/* Returns: FALSE: it was answered. */
static gboolean
check_change (AcApiCall *call, JsonObject *body)
{
  static const gchar *const fixed[] = { "branch", "repeat", "source", "loop", "mode" };

  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    if (json_object_has_member (body, fixed[i])) {
      ac_problem_respond (
          call->exchange, AC_PROBLEM_INVALID_FIELD,
          &(AcProblemExtra){ .field = fixed[i],
                             .detail = "that stays as it was: plan new lessons" });
      return FALSE;
    }
  return TRUE;
}

void
ac_api_lesson_edit (AcApiCall *call)
{
  AcStore *store = call->api->parts.store;
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  g_autoptr (GError) error = NULL;
  Naming naming = { call, NULL };
  g_auto (AcPlanText) plan = { .may_name = may_name, .may_name_data = &naming };
  g_autoptr (AcSchedule) stored = NULL;

  if (body == NULL || !check_change (call, body))
    return;
  naming.stored = stored = ac_schedule_get (store, call->id, &error);
  if (stored == NULL || !ac_plan_text_read (&plan, body, store, &error)) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  if (check_aim (call, &plan, stored))
    ac_classroom_edit_lesson (call->api->parts.classroom, call->id,
                              &(AcLessonEdit){ .fields = plan.fields,
                                               .title = plan.title,
                                               .schedule = &plan.schedule,
                                               .following = plan.following },
                              lesson_written, act_new (call));
}

void
ac_api_lesson_cancel (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  g_autoptr (GError) error = NULL;
  gboolean following = FALSE;
  const gchar *reason;

  if (body == NULL || (reason = ac_api_read_field (call, body, "reason")) == NULL)
    return;
  if (json_object_has_member (body, "following") &&
      !ac_json_object_read_boolean (body, "following", &following, &error)) {
    ac_problem_respond (
        call->exchange, AC_PROBLEM_INVALID_FIELD,
        &(AcProblemExtra){ .field = "following", .detail = error->message });
    return;
  }
  ac_classroom_cancel_lesson (call->api->parts.classroom, call->id, reason, following,
                              lesson_written, act_new (call));
}

void
ac_api_lesson_rotate_key (AcApiCall *call)
{
  Act *act = act_new (call);

  ac_classroom_rotate_key (call->api->parts.classroom, call->id, call->session->member,
                           &act->stream_key, lesson_written, act);
}

/* --- Directing --- */

void
ac_api_lesson_start (AcApiCall *call)
{
  ac_classroom_start_lesson (call->api->parts.classroom, call->id, lesson_written,
                             act_new (call));
}

void
ac_api_lesson_end (AcApiCall *call)
{
  ac_classroom_end_lesson (call->api->parts.classroom, call->id, lesson_written,
                           act_new (call));
}
