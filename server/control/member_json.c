#include "member_json.h"

#include "identity_number.h"
#include "import_key.h"
#include "json_text.h"
#include "mask.h"
#include "membership.h"

static void
set_text (JsonObject *object, const gchar *name, const gchar *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
  else
    json_object_set_null_member (object, name);
}

static void
set_branch (JsonObject *object, const gchar *name, gint64 branch)
{
  if (branch != 0)
    json_object_set_int_member (object, name, branch);
  else
    json_object_set_null_member (object, name);
}

static JsonArray *
history_json (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (GArray) spans = ac_membership_history (store, member, error);
  JsonArray *array;

  if (spans == NULL)
    return NULL;
  array = json_array_new ();
  for (guint i = 0; i < spans->len; i++) {
    const AcMembershipSpan *span = &g_array_index (spans, AcMembershipSpan, i);
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "side", ac_side_name (span->side));
    json_object_set_string_member (object, "from", span->from_day);
    set_branch (object, "branch", span->branch);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonArray *
certificates_json (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (GPtrArray) entries = ac_certificate_history (store, member, error);
  JsonArray *array;

  if (entries == NULL)
    return NULL;
  array = json_array_new ();
  for (guint i = 0; i < entries->len; i++) {
    const AcCertificateEntry *entry = entries->pdata[i];
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "certificate", entry->number);
    json_object_set_string_member (object, "state",
                                   ac_certificate_state_name (entry->state));
    ac_json_object_set_time (object, "at", entry->wall_ms);
    set_branch (object, "by", entry->actor);
    set_text (object, "note", entry->note);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonObject *
keys_json (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (GPtrArray) keys = ac_import_key_list (store, member, error);
  JsonObject *object;

  if (keys == NULL)
    return NULL;
  object = json_object_new ();
  for (guint i = 0; i < keys->len; i++)
    if (keys->pdata[i] != NULL)
      json_object_set_string_member (object, ac_ledger_kind_name (i), keys->pdata[i]);
  return object;
}

static void
set_member (JsonObject *object, const AcMember *member)
{
  g_autofree gchar *phone = ac_mask_phone (member->phone);

  json_object_set_int_member (object, "member", member->id);
  json_object_set_string_member (object, "number", member->number);
  json_object_set_string_member (object, "name", member->name);
  json_object_set_string_member (object, "kind", ac_member_kind_name (member->kind));
  json_object_set_string_member (object, "role", ac_role_name (member->role));
  set_text (object, "phone", phone);
  set_branch (object, "home", member->branch);
  set_branch (object, "host", member->host);
  set_text (object, "certificate", member->certificate);
  set_text (object, "certificate_state",
            member->certificate != NULL
                ? ac_certificate_state_name (member->certificate_state)
                : NULL);
  json_object_set_boolean_member (object, "can_sign_in", member->has_password);
}

/* The last four characters; null when there is none, or no key to read it by. */
static void
set_identity (JsonObject *object, AcStore *store, AcIdentities *identities,
              gint64 member)
{
  g_autoptr (AcIdentityKeys) keys = ac_identities_keys (identities, NULL);
  g_autofree gchar *number =
      keys != NULL ? ac_identity_get (store, keys, member, NULL) : NULL;
  g_autofree gchar *masked = ac_identity_number_mask (number);

  set_text (object, "identity", masked);
}

JsonObject *
ac_member_to_json (AcStore *store, AcIdentities *identities, const AcMember *member,
                   GError **error)
{
  JsonArray *branches = history_json (store, member->id, error);
  JsonArray *certificates =
      branches != NULL ? certificates_json (store, member->id, error) : NULL;
  JsonObject *keys = certificates != NULL ? keys_json (store, member->id, error) : NULL;
  JsonObject *object;

  if (keys == NULL) {
    g_clear_pointer (&branches, json_array_unref);
    g_clear_pointer (&certificates, json_array_unref);
    return NULL;
  }
  object = json_object_new ();
  set_member (object, member);
  set_identity (object, store, identities, member->id);
  json_object_set_object_member (object, "keys", keys);
  json_object_set_array_member (object, "branches", branches);
  json_object_set_array_member (object, "certificates", certificates);
  return object;
}

void
ac_json_object_set_person (JsonObject *object, AcStore *store, const gchar *number,
                           const gchar *name, gint64 member)
{
  g_autoptr (AcMember) found = member != 0 ? ac_member_get (store, member, NULL) : NULL;
  g_autofree gchar *masked = found != NULL ? ac_mask_name (found->name) : NULL;

  set_text (object, number, found != NULL ? found->number : NULL);
  set_text (object, name, masked);
}
