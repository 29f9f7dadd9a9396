/* members.c - members added and changed by the staff of their branches. */
#include "api_private.h"

#include "field_check.h"
#include "grant.h"
#include "log.h"
#include "mask.h"
#include "member.h"
#include "member_json.h"
#include "membership.h"
#include "standing.h"

#include <string.h>

static gboolean
note (AcStore *store, const AcApiChange *change, AcAuditAct act, const gchar *fields,
      GError **error)
{
  g_autofree gchar *detail = ac_audit_detail ("t", "fields", fields);

  return ac_audit_note (
      store,
      &(AcAuditEntry){
          .act = act, .actor = change->actor, .member = change->id, .detail = detail },
      change->wall_ms, error);
}

static JsonObject *
tell_file (AcApiChange *change, GError **error)
{
  g_autoptr (AcMember) member = ac_member_get (change->store, change->id, error);
  JsonObject *object =
      member != NULL
          ? ac_member_to_json (change->store, change->identities, member, error)
          : NULL;
  g_autofree gchar *name = member != NULL ? ac_mask_name (member->name) : NULL;

  if (object == NULL)
    return NULL;
  json_object_remove_member (object, "member");
  json_object_set_int_member (object, "id", member->id);
  /* One sees one's own. */
  json_object_set_string_member (object, "name",
                                 change->actor == member->id ? member->name : name);
  return object;
}

void
ac_api_member_file (AcApiCall *call)
{
  AcApiChange look = { .id = call->id,
                       .store = call->api->parts.store,
                       .identities = call->api->parts.identities,
                       .actor = call->session->member };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = tell_file (&look, &error);

  if (error != NULL)
    ac_api_refuse (call->exchange, error);
  else if (body == NULL)
    ac_problem_respond (call->exchange, AC_PROBLEM_MEMBER_NOT_FOUND, NULL);
  else if (call->id == call->session->member)
    ac_api_respond_json (call->exchange, body, NULL);
  else
    ac_api_respond_people (
        call, &(AcApiPeople){ .list = "member-file", .member = call->id, .rows = 1 },
        body);
}

/* --- Reading --- */

static gboolean
check_kind (AcApiCall *call, JsonObject *body)
{
  const gchar *kind = ac_api_text (body, "kind");
  AcMemberKind unused;

  if (kind != NULL ? ac_member_kind_from_name (kind, &unused)
                   : !ac_api_has_null (body, "kind"))
    return TRUE;
  return ac_api_refuse_field (call, "kind",
                              "kind must be member, probationary, activist or trainee");
}

static gboolean
check_certificate_state (AcApiCall *call, JsonObject *body)
{
  const gchar *state = ac_api_text (body, "state");
  AcCertificateState unused;

  return state == NULL || ac_certificate_state_from_name (state, &unused) ||
         ac_api_refuse_field (call, "state",
                              "state must be unverified, verified or revoked");
}

static gboolean
check_day (AcApiCall *call, JsonObject *body)
{
  const gchar *from = ac_api_text (body, "from");
  gchar day[AC_DAY_CHARS + 1];

  return from == NULL || ac_day_parse (from, day) ||
         ac_api_refuse_because (call, "from", AC_REASON_DAY_FORM,
                                "from must be a day such as 2026-01-05");
}

/* Returns: (nullable): the day that the body names, in @buffer of AC_DAY_CHARS + 1. */
static const gchar *
day_of (JsonObject *body, gchar *buffer)
{
  const gchar *from = ac_api_text (body, "from");

  return from != NULL && ac_day_parse (from, buffer) ? buffer : NULL;
}

static gboolean
check_texts_required (AcApiCall *call, JsonObject *body, const gchar *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (ac_api_read_field (call, body, names[i]) == NULL)
      return FALSE;
  return TRUE;
}

/* --- Adding --- */

/* What is wrong with a branch is said of the field that named it. */
static gboolean
place_member (AcStore *store, const AcApiChange *change, AcSide side, GError **error)
{
  const gchar *field = side == AC_SIDE_HOME ? "branch" : "host";
  gint64 branch = ac_api_number (change->body, field);
  g_autoptr (GError) local = NULL;
  gchar buffer[AC_DAY_CHARS + 1];

  if (branch == 0 ||
      ac_membership_set (store, change->id, side, branch, day_of (change->body, buffer),
                         change->wall_ms, &local))
    return TRUE;
  if (g_strcmp0 (ac_organisation_error_field (local), "branch") == 0)
    return ac_organisation_refuse_because (error, local->code, field,
                                           ac_organisation_error_reason (local), "%s",
                                           local->message);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
certify (AcStore *store, const AcApiChange *change, GError **error)
{
  AcCertificateChange certificate = { .number =
                                          ac_api_text (change->body, "certificate"),
                                      .note = ac_api_text (change->body, "note"),
                                      .actor = change->actor };

  if (certificate.number == NULL)
    return TRUE;
  ac_certificate_state_from_name (ac_api_text (change->body, "state"),
                                  &certificate.state);
  return ac_certificate_set (store, change->id, &certificate, change->wall_ms, error);
}

static gboolean
add_member (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  AcMember member = { .number = (gchar *)ac_api_text (change->body, "number"),
                      .name = (gchar *)ac_api_text (change->body, "name"),
                      .phone = (gchar *)ac_api_text (change->body, "phone") };

  ac_member_kind_from_name (ac_api_text (change->body, "kind"), &member.kind);
  return ac_member_add (store, &member, NULL, change->wall_ms, &change->id, error) &&
         place_member (store, change, AC_SIDE_HOME, error) &&
         place_member (store, change, AC_SIDE_HOST, error) &&
         certify (store, change, error) &&
         note (store, change, AC_AUDIT_MEMBER_ADD, NULL, error);
}

void
ac_api_member_add (AcApiCall *call)
{
  static const gchar *const required[] = { "number", "name", NULL };
  static const gchar *const texts[] = { "kind", "phone", "from", "certificate",
                                        "note", "state", NULL };
  static const gchar *const numbers[] = { "branch", "host", NULL };
  g_autoptr (JsonObject) body = ac_api_read_body (call);

  if (body != NULL && check_texts_required (call, body, required) &&
      ac_api_check_texts (call, body, texts) &&
      ac_api_check_numbers (call, body, numbers) && check_kind (call, body) &&
      check_certificate_state (call, body) && check_day (call, body))
    ac_api_change (call, &(AcApiChange){ .body = body, .tell = tell_file }, add_member);
}

/* --- Changing --- */

/* A code to the phone signs in: somebody else's is for those to change who could give
 * what they may do. */
static gboolean
set_phone (AcStore *store, const AcApiChange *change, AcMember *member, GError **error)
{
  const gchar *phone = ac_api_text (change->body, "phone");
  g_autofree gchar *digits = ac_phone_normalize (phone);
  g_autoptr (GHashTable) out_of_reach =
      ac_grant_out_of_reach (store, change->actor, change->id, error);

  if (out_of_reach == NULL)
    return FALSE;
  if (g_hash_table_size (out_of_reach) > 0 && g_strcmp0 (digits, member->phone) != 0)
    return ac_organisation_refuse_because (
        error, AC_ORGANISATION_ERROR_DENIED, "phone", AC_REASON_ROLES_ABOVE,
        "phone: ask somebody who could give this member's roles");
  g_free (member->phone);
  member->phone = g_strdup (phone);
  return TRUE;
}

static gboolean
set_member (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  g_autoptr (AcMember) member = ac_member_require (store, change->id, error);
  const gchar *name = ac_api_text (change->body, "name");
  const gchar *kind = ac_api_text (change->body, "kind");
  g_autoptr (GString) fields = g_string_new (NULL);

  if (member == NULL)
    return FALSE;
  if (name != NULL) {
    g_free (member->name);
    member->name = g_strdup (name);
    g_string_append (fields, "name ");
  }
  if (kind != NULL) {
    ac_member_kind_from_name (kind, &member->kind);
    g_string_append (fields, "kind ");
  }
  if (json_object_has_member (change->body, "phone")) {
    if (!set_phone (store, change, member, error))
      return FALSE;
    g_string_append (fields, "phone ");
  }
  g_strchomp (fields->str);
  return ac_member_update (store, member, error) &&
         note (store, change, AC_AUDIT_MEMBER_SET, fields->str, error);
}

void
ac_api_member_set (AcApiCall *call)
{
  static const gchar *const texts[] = { "name", "kind", "phone", NULL };
  g_autoptr (JsonObject) body = ac_api_read_body (call);

  if (body != NULL && ac_api_check_texts (call, body, texts) && check_kind (call, body))
    ac_api_change (call, &(AcApiChange){ .body = body, .tell = tell_file }, set_member);
}

static gboolean
move_member (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  g_autoptr (AcMember) member = ac_member_require (store, change->id, error);
  const gchar *name = ac_api_text (change->body, "side");
  AcSide side = AC_SIDE_HOME;
  gchar buffer[AC_DAY_CHARS + 1];

  ac_side_from_name (name, &side);
  return member != NULL &&
         ac_membership_set (store, change->id, side,
                            ac_api_number (change->body, "branch"),
                            day_of (change->body, buffer), change->wall_ms, error) &&
         note (store, change, AC_AUDIT_MEMBER_SET, ac_side_name (side), error);
}

/* Whoever looks after the home branch moves a member between branches that are theirs,
 * and to any host branch; whoever looks after the host branch only moves guests, within
 * their own or away. */
static gboolean
may_move (AcApiCall *call, AcSide side, gint64 branch)
{
  g_autoptr (AcMember) member = ac_member_get (call->api->parts.store, call->id, NULL);
  gboolean over_home =
      member != NULL && ac_api_may_over (call, AC_ACT_MEMBER_MANAGE, member->branch);
  gboolean over_new = ac_api_may_over (call, AC_ACT_MEMBER_MANAGE, branch);

  if (side == AC_SIDE_HOME)
    return over_home && over_new;
  return over_home || branch == 0 || over_new;
}

void
ac_api_member_move (AcApiCall *call)
{
  static const gchar *const texts[] = { "from", NULL };
  static const gchar *const numbers[] = { "branch", NULL };
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *name = body != NULL ? ac_api_read_field (call, body, "side") : NULL;
  AcSide side;

  if (name == NULL || !ac_api_check_texts (call, body, texts) ||
      !ac_api_check_numbers (call, body, numbers) || !check_day (call, body))
    return;
  if (!ac_side_from_name (name, &side))
    ac_api_refuse_field (call, "side", "side must be home or host");
  else if (!json_object_has_member (body, "branch"))
    ac_api_refuse_field (call, "branch", "branch must be a branch, or null for none");
  else if (!may_move (call, side, ac_api_number (body, "branch")))
    ac_problem_respond (
        call->exchange, AC_PROBLEM_FORBIDDEN,
        &(AcProblemExtra){ .field = "branch",
                           .detail = "it has to be a branch that is yours to look "
                                     "after" });
  else
    ac_api_change (call, &(AcApiChange){ .body = body, .tell = tell_file },
                   move_member);
}

static gboolean
certify_member (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  g_autoptr (AcMember) member = ac_member_require (store, change->id, error);

  return member != NULL && certify (store, change, error) &&
         note (store, change, AC_AUDIT_MEMBER_SET, "certificate", error);
}

void
ac_api_member_certify (AcApiCall *call)
{
  static const gchar *const required[] = { "certificate", NULL };
  static const gchar *const texts[] = { "state", "note", NULL };
  g_autoptr (JsonObject) body = ac_api_read_body (call);

  if (body != NULL && check_texts_required (call, body, required) &&
      ac_api_check_texts (call, body, texts) && check_certificate_state (call, body))
    ac_api_change (call, &(AcApiChange){ .body = body, .tell = tell_file },
                   certify_member);
}

/* --- What is asked of somebody in a year --- */

static gboolean
stand (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  g_autoptr (AcMember) member = ac_member_require (store, change->id, error);
  AcStanding standing = {
    .member = change->id,
    .year = ac_api_number (change->body, "year"),
    .exempt =
        json_object_get_boolean_member_with_default (change->body, "exempt", FALSE),
    .reason = ac_api_text (change->body, "reason"),
    .actor = change->actor,
  };

  ac_duty_from_name (ac_api_text (change->body, "duty"), &standing.duty);
  return member != NULL && ac_standing_set (store, &standing, change->wall_ms, error);
}

void
ac_api_member_stand (AcApiCall *call)
{
  static const gchar *const texts[] = { "duty", NULL };
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  gboolean exempt = FALSE;
  gint64 year;
  AcDuty unused;

  if (body == NULL || ac_api_read_field (call, body, "reason") == NULL ||
      !ac_api_check_reason (call, ac_api_text (body, "reason")) ||
      !ac_api_read_body_int (call, body, "year", 1970, 0, &year) ||
      !ac_api_check_texts (call, body, texts))
    return;
  if (ac_api_text (body, "duty") != NULL &&
      !ac_duty_from_name (ac_api_text (body, "duty"), &unused))
    ac_api_refuse_field (call, "duty", "duty must be member, committee or cadre");
  else if (json_object_has_member (body, "exempt") &&
           !ac_json_object_read_boolean (body, "exempt", &exempt, NULL))
    ac_api_refuse_field (call, "exempt", "exempt must be true or false");
  else
    ac_api_change (call, &(AcApiChange){ .body = body }, stand);
}
