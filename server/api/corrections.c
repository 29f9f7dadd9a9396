/* corrections.c - entries by hand, and the second person. */
#include "api_private.h"

#include "clock.h"
#include "corrections.h"
#include "credit_error.h"
#include "member.h"

#include <string.h>

#define MS_MAX (G_GINT64_CONSTANT (1) << 40)

typedef struct {
  AcHttpExchange *exchange;
  AcStore *store;
  AcCorrection correction;
  gchar *number; /* the member's */
  gint64 id, decider;
  gboolean approve;
  gint64 wall_ms;
  AcOnce once;
} Act;

static Act *
act_new (AcApiCall *call)
{
  Act *act = g_new0 (Act, 1);

  act->exchange = ac_http_exchange_ref (call->exchange);
  act->store = call->api->parts.store;
  act->wall_ms = ac_clock_wall_ms ();
  return act;
}

static void
act_free (gpointer data)
{
  Act *act = data;

  ac_http_exchange_unref (act->exchange);
  ac_correction_clear (&act->correction);
  ac_once_clear (&act->once);
  g_free (act->number);
  g_free (act);
}

static void
set_member (AcStore *store, JsonObject *object, const gchar *name, gint64 id)
{
  g_autoptr (AcMember) member = id != 0 ? ac_member_get (store, id, NULL) : NULL;

  json_object_set_string_member (object, name, member != NULL ? member->number : NULL);
}

static JsonObject *
correction_json (AcStore *store, gconstpointer row)
{
  const AcCorrection *self = row;
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", self->id);
  json_object_set_string_member (object, "state",
                                 ac_correction_state_name (self->state));
  json_object_set_string_member (object, "kind", ac_entry_kind_name (self->kind));
  json_object_set_string_member (object, "study", ac_study_name (self->study));
  set_member (store, object, "member", self->member);
  json_object_set_int_member (object, "lesson", self->lesson);
  json_object_set_int_member (object, "earned_ms", self->earned_ms);
  ac_api_set_number (object, "reference", self->reference);
  json_object_set_string_member (object, "reason", self->reason);
  json_object_set_string_member (object, "evidence", self->evidence);
  set_member (store, object, "asker", self->asker);
  ac_json_object_set_time (object, "asked_at", self->asked_ms);
  set_member (store, object, "decider", self->decider);
  ac_json_object_set_time (object, "decided_at", self->decided_ms);
  ac_api_set_number (object, "entry", self->entry);
  return object;
}

static void
act_done (gpointer data, const GError *error, gpointer unused)
{
  Act *act = data;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL) {
    ac_api_refuse (act->exchange, error);
    return;
  }
  body = correction_json (act->store, &act->correction);
  ac_api_respond_json (act->exchange, body, NULL);
}

/* --- Asking --- */

static gboolean
ask (AcStore *store, Act *act, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (AcMember) member = ac_member_find (store, act->number, &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (member == NULL)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "member",
                             "there is no member of that number");
  act->correction.member = member->id;
  return ac_correction_ask (store, &act->correction, act->wall_ms, error) &&
         ac_once_keep (store, &act->once, act->correction.id, act->wall_ms, error);
}

static gboolean
write_ask (AcStore *store, gpointer data, GError **error)
{
  Act *act = data;
  gint64 made;

  if (!ac_once_find (store, &act->once, &made, error))
    return FALSE;
  if (made == 0)
    return ask (store, act, error);
  ac_correction_clear (&act->correction);
  return ac_correction_get (store, made, &act->correction, error);
}

static gboolean
refuse_field (AcApiCall *call, const gchar *field, const gchar *detail)
{
  ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_FIELD,
                      &(AcProblemExtra){ .field = field, .detail = detail });
  return FALSE;
}

/* Returns: FALSE when it was answered with a problem. */
static gboolean
read_kind (AcApiCall *call, JsonObject *body, AcCorrection *correction)
{
  const gchar *kind = ac_api_read_field (call, body, "kind");
  const gchar *study = NULL;

  if (kind == NULL)
    return FALSE;
  if (!ac_entry_kind_from_name (kind, &correction->kind))
    return refuse_field (call, "kind", "kind must be ADJUST, VOID, WAIVE or MAKEUP");
  correction->study =
      correction->kind == AC_ENTRY_MAKEUP ? AC_STUDY_SELF : AC_STUDY_GROUP;
  if (!json_object_has_member (body, "study"))
    return TRUE;
  study = ac_api_read_field (call, body, "study");
  return study != NULL && (ac_study_from_name (study, &correction->study) ||
                           refuse_field (call, "study", "study is group or self"));
}

static gboolean
read_correction (AcApiCall *call, JsonObject *body, Act *act)
{
  AcCorrection *correction = &act->correction;
  const gchar *number, *reason, *evidence = "";

  if (!read_kind (call, body, correction) ||
      (number = ac_api_read_field (call, body, "member")) == NULL ||
      (reason = ac_api_read_field (call, body, "reason")) == NULL ||
      (json_object_has_member (body, "evidence") &&
       (evidence = ac_api_read_field (call, body, "evidence")) == NULL) ||
      !ac_api_read_body_int (call, body, "lesson", 1, 0, &correction->lesson) ||
      !ac_api_read_body_int (call, body, "reference", 1, 0, &correction->reference) ||
      !ac_api_read_body_int (call, body, "earned_ms", -MS_MAX, 0,
                             &correction->earned_ms))
    return FALSE;
  if (correction->lesson == 0)
    return refuse_field (call, "lesson", "lesson is missing: the lesson's number");
  act->number = g_strdup (number);
  correction->reason = g_strdup (reason);
  correction->evidence = g_strdup (evidence);
  correction->asker = call->session->member;
  return TRUE;
}

void
ac_api_correction_ask (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  Act *act;

  if (body == NULL)
    return;
  act = act_new (call);
  if (read_correction (call, body, act) && ac_api_read_once (call, body, &act->once))
    ac_store_write (act->store, write_ask, act, act_free, act_done, NULL);
  else
    act_free (act);
}

/* --- Deciding --- */

static gboolean
write_decision (AcStore *store, gpointer data, GError **error)
{
  Act *act = data;

  return ac_correction_decide (store, act->id, act->approve, act->decider, act->wall_ms,
                               &act->correction, error);
}

static void
decide (AcApiCall *call, gboolean approve)
{
  Act *act = act_new (call);

  act->id = call->id;
  act->decider = call->session->member;
  act->approve = approve;
  ac_store_write (act->store, write_decision, act, act_free, act_done, NULL);
}

void
ac_api_correction_approve (AcApiCall *call)
{
  decide (call, TRUE);
}

void
ac_api_correction_reject (AcApiCall *call)
{
  decide (call, FALSE);
}

/* --- Looking --- */

static const AcApiListing listing = {
  "corrections", "before", 50, 100, G_STRUCT_OFFSET (AcCorrection, id), correction_json,
};

/* ?open=1: those that wait only. */
void
ac_api_correction_list (AcApiCall *call)
{
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  gint64 branch, open;
  AcApiPage page;

  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &branch) ||
      !ac_api_read_page (call, &listing, &page) ||
      !ac_api_read_number (call, "open", 0, 1, 0, &open))
    return;
  list = ac_correction_list (call->api->parts.store, open ? AC_CORRECTION_OPEN : -1,
                             branch, page.from, (guint)page.limit + 1, &error);
  ac_api_respond_page (call, &listing, &page, list, error);
}
