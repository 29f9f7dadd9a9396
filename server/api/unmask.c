/* unmask.c - a member's phone and identity number whole, for a reason that is noted;
 * and all that is known of oneself. */
#include "api_private.h"

#include "audit.h"
#include "clock.h"
#include "identity.h"
#include "log.h"
#include "member.h"
#include "person_export.h"

/* A name read to somebody on the phone is a look a minute; who copies a branch needs an
 * export. */
static const AcThrottleRule look_rule = {
  .n_free = 30,
  .forgive_ms = 2 * 60 * 1000,
  .wait_ms = 60 * 1000,
  .wait_max_ms = 60 * 60 * 1000,
};

AcThrottle *
ac_api_looks_new (void)
{
  return ac_throttle_new (&look_rule);
}

gboolean
ac_api_count_look (AcApiCall *call, const gchar *what)
{
  g_autofree gchar *key =
      g_strdup_printf ("%s-%" G_GINT64_FORMAT, what, call->session->member);

  return ac_api_count_try (call, call->api->looks, key);
}

/* --- Somebody else's --- */

typedef struct {
  AcHttpExchange *exchange;
  AcStore *store;
  AcIdentityKeys *keys; /* (nullable) */
  gint64 member, actor;
  gchar *reason;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  ac_http_exchange_unref (look->exchange);
  g_clear_pointer (&look->keys, ac_identity_keys_unref);
  g_free (look->reason);
  g_free (look);
}

static gboolean
note_look (AcStore *store, gpointer data, GError **error)
{
  const Look *look = data;

  return ac_audit_note (store,
                        &(AcAuditEntry){ .act = AC_AUDIT_UNMASK,
                                         .actor = look->actor,
                                         .member = look->member,
                                         .reason = look->reason },
                        ac_clock_wall_ms (), error);
}

/* What is told is told after the note of it is durable. */
static void
look_noted (gpointer data, const GError *store_error, gpointer unused)
{
  const Look *look = data;
  g_autoptr (GError) error = store_error != NULL ? g_error_copy (store_error) : NULL;
  g_autoptr (AcMember) member =
      error == NULL ? ac_member_get (look->store, look->member, &error) : NULL;
  g_autofree gchar *identity =
      member != NULL && look->keys != NULL
          ? ac_identity_get (look->store, look->keys, member->id, &error)
          : NULL;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL || member == NULL) {
    if (error != NULL)
      ac_api_refuse (look->exchange, error);
    else
      ac_problem_respond (look->exchange, AC_PROBLEM_MEMBER_NOT_FOUND, NULL);
    return;
  }
  body = json_object_new ();
  json_object_set_int_member (body, "id", member->id);
  json_object_set_string_member (body, "number", member->number);
  json_object_set_string_member (body, "name", member->name);
  json_object_set_string_member (body, "phone", member->phone);
  json_object_set_string_member (body, "identity", identity);
  ac_api_respond_json (look->exchange, body, NULL);
}

const gchar *
ac_api_read_reason (AcApiCall *call, JsonObject *body)
{
  const gchar *reason = ac_api_read_field (call, body, "reason");

  if (reason == NULL || ac_audit_reason_is_fit (reason))
    return reason;
  ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_FIELD,
                      &(AcProblemExtra){ .field = "reason",
                                         .detail = "reason must say why, in 1 to 200 "
                                                   "characters on one line" });
  return NULL;
}

void
ac_api_member_unmask (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *reason = body != NULL ? ac_api_read_reason (call, body) : NULL;
  Look *look;

  if (reason == NULL || !ac_api_count_look (call, "unmask"))
    return;
  look = g_new0 (Look, 1);
  look->exchange = ac_http_exchange_ref (call->exchange);
  look->store = call->api->parts.store;
  look->keys = ac_identities_keys (call->api->parts.identities, NULL);
  look->member = call->id;
  look->actor = call->session->member;
  look->reason = g_strdup (reason);
  ac_store_write (look->store, note_look, look, look_free, look_noted, NULL);
}

/* --- One's own --- */

typedef struct {
  AcIdentityKeys *keys; /* (nullable) */
  gint64 member;
} Own;

static void
own_free (gpointer data)
{
  Own *own = data;

  g_clear_pointer (&own->keys, ac_identity_keys_unref);
  g_free (own);
}

static JsonObject *
read_own (AcStore *store, gpointer data, GError **error)
{
  const Own *own = data;

  return ac_person_export (store, own->keys, own->member, AC_PERSON_EXPORT_ROWS_MAX,
                           error);
}

void
ac_api_member_export_own (AcApiCall *call)
{
  const AcApiParts *parts = &call->api->parts;
  Own *own;

  if (!ac_api_count_look (call, "export"))
    return;
  own = g_new (Own, 1);
  *own = (Own){ ac_identities_keys (parts->identities, NULL), call->session->member };
  ac_api_read_aside (parts->data_dir, call->exchange, read_own, own, own_free);
}
