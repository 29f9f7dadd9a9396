/* corrections.c - entries by hand, and the second person. */
#include "api_private.h"

#include "corrections.h"
#include "credit_error.h"
#include "member.h"
#include "member_json.h"

#include <string.h>

#define MS_MAX (G_GINT64_CONSTANT (1) << 40)

typedef struct {
  AcCorrection correction;
  gchar *number;  /* the member's */
  gchar *refusal; /* NULL: approves */
  AcOnce once;
} Act;

static void
act_free (gpointer data)
{
  Act *act = data;

  ac_correction_clear (&act->correction);
  ac_once_clear (&act->once);
  g_free (act->number);
  g_free (act->refusal);
  g_free (act);
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
  ac_json_object_set_person (object, store, "member", "name", self->member);
  json_object_set_int_member (object, "lesson", self->lesson);
  json_object_set_int_member (object, "earned_ms", self->earned_ms);
  ac_api_set_number (object, "reference", self->reference);
  json_object_set_string_member (object, "reason", self->reason);
  json_object_set_string_member (object, "evidence", self->evidence);
  json_object_set_string_member (object, "answer", self->answer);
  ac_json_object_set_person (object, store, "asker", "asker_name", self->asker);
  ac_json_object_set_time (object, "asked_at", self->asked_ms);
  ac_json_object_set_person (object, store, "decider", "decider_name", self->decider);
  ac_json_object_set_time (object, "decided_at", self->decided_ms);
  ac_api_set_number (object, "entry", self->entry);
  return object;
}

static JsonObject *
tell_correction (AcApiChange *change, GError **error)
{
  const Act *act = change->data;

  return correction_json (change->store, &act->correction);
}

/* @act: (transfer full) */
static void
change_correction (AcApiCall *call, Act *act, AcStoreJob job)
{
  ac_api_change (
      call,
      &(AcApiChange){ .tell = tell_correction, .data = act, .free_data = act_free },
      job);
}

/* --- Asking --- */

static gboolean
ask (AcStore *store, Act *act, gint64 wall_ms, GError **error)
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
  return ac_correction_ask (store, &act->correction, wall_ms, error) &&
         ac_once_keep (store, &act->once, act->correction.id, wall_ms, error);
}

static gboolean
write_ask (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  Act *act = change->data;
  gint64 made;

  if (!ac_once_find (store, &act->once, &made, error))
    return FALSE;
  if (made == 0)
    return ask (store, act, change->wall_ms, error);
  ac_correction_clear (&act->correction);
  return ac_correction_get (store, made, &act->correction, error);
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
    return ac_api_refuse_field (call, "kind",
                                "kind must be ADJUST, VOID, WAIVE or MAKEUP");
  correction->study =
      correction->kind == AC_ENTRY_MAKEUP ? AC_STUDY_SELF : AC_STUDY_GROUP;
  if (!json_object_has_member (body, "study"))
    return TRUE;
  study = ac_api_read_field (call, body, "study");
  return study != NULL &&
         (ac_study_from_name (study, &correction->study) ||
          ac_api_refuse_field (call, "study", "study is group or self"));
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
    return ac_api_refuse_field (call, "lesson",
                                "lesson is missing: the lesson's number");
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
  act = g_new0 (Act, 1);
  if (read_correction (call, body, act) && ac_api_read_once (call, body, &act->once))
    change_correction (call, act, write_ask);
  else
    act_free (act);
}

/* --- Deciding --- */

static gboolean
write_decision (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  Act *act = change->data;

  return ac_correction_decide (store, change->id, act->refusal, change->actor,
                               change->wall_ms, &act->correction, error);
}

void
ac_api_correction_approve (AcApiCall *call)
{
  change_correction (call, g_new0 (Act, 1), write_decision);
}

void
ac_api_correction_reject (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *answer = "";
  Act *act;

  if (body == NULL || (json_object_has_member (body, "answer") &&
                       (answer = ac_api_read_field (call, body, "answer")) == NULL))
    return;
  act = g_new0 (Act, 1);
  act->refusal = g_strdup (answer);
  change_correction (call, act, write_decision);
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
