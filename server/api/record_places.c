/* record_places.c - where corrections and appeals lie: where the member belonged when
 * the lesson was held. */
#include "api_private.h"

#include "appeals.h"
#include "corrections.h"
#include "grant.h"
#include "log.h"
#include "member.h"
#include "record_place.h"

static gboolean
add_place (AcApiCall *call, gint64 member, gint64 lesson, GArray *branches,
           AcProblem *ret_problem)
{
  AcStore *store = call->api->parts.store;
  g_autoptr (GError) error = NULL;
  AcMembership place;

  if (ac_record_place (store, member, lesson, &place, &error) &&
      ac_branch_path (store, place.home, branches, &error) &&
      ac_branch_path (store, place.host, branches, &error))
    return TRUE;
  ac_log (G_LOG_LEVEL_WARNING, 0, "cannot read where a record lies: %s",
          error->message);
  *ret_problem = AC_PROBLEM_INTERNAL;
  return FALSE;
}

gboolean
ac_api_correction_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                         AcProblem *ret_problem)
{
  g_auto (AcCorrection) correction = { 0 };

  if (ac_correction_get (call->api->parts.store, call->id, &correction, NULL))
    return add_place (call, correction.member, correction.lesson, branches,
                      ret_problem);
  *ret_problem = AC_PROBLEM_NAMED_NOT_FOUND;
  return FALSE;
}

gboolean
ac_api_appeal_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                     AcProblem *ret_problem)
{
  g_auto (AcAppeal) appeal = { 0 };

  if (ac_appeal_get (call->api->parts.store, call->id, &appeal, NULL))
    return add_place (call, appeal.member, appeal.lesson, branches, ret_problem);
  *ret_problem = AC_PROBLEM_NAMED_NOT_FOUND;
  return FALSE;
}

/* A body that names nobody, or no lesson, lies nowhere: who may everywhere is told what
 * is wrong with it. */
gboolean
ac_api_correction_body_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                              AcProblem *ret_problem)
{
  g_autoptr (JsonObject) body = ac_api_peek_body (call);
  const gchar *number =
      body != NULL ? ac_json_object_read_string (body, "member", NULL) : NULL;
  g_autoptr (AcMember) member =
      number != NULL ? ac_member_find (call->api->parts.store, number, NULL) : NULL;
  gint64 lesson;

  return member == NULL ||
         !ac_json_object_read_int (body, "lesson", 1, G_MAXINT64, &lesson, NULL) ||
         add_place (call, member->id, lesson, branches, ret_problem);
}
