/* sites.c - the rooms of branches and their stewards, for those who look after them. */
#include "api_private.h"

#include "mask.h"
#include "member.h"
#include "screen.h"
#include "site.h"

/* --- Answers --- */

static JsonArray *
stewards_json (AcStore *store, const AcSite *site)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < site->stewards->len; i++) {
    g_autoptr (AcMember) member =
        ac_member_get (store, g_array_index (site->stewards, gint64, i), NULL);
    g_autofree gchar *name = member != NULL ? ac_mask_name (member->name) : NULL;
    JsonObject *object;

    if (member == NULL)
      continue;
    object = json_object_new ();
    json_object_set_int_member (object, "member", member->id);
    json_object_set_string_member (object, "number", member->number);
    json_object_set_string_member (object, "name", name);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonObject *
site_json (AcStore *store, gconstpointer row)
{
  const AcSite *site = row;
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", site->id);
  json_object_set_string_member (object, "name", site->name);
  json_object_set_int_member (object, "branch", site->branch);
  json_object_set_boolean_member (object, "closed", site->closed_ms != 0);
  json_object_set_array_member (object, "stewards", stewards_json (store, site));
  return object;
}

static const AcApiListing listing = {
  "sites", "after", 50, 200, G_STRUCT_OFFSET (AcSite, id), site_json,
};

void
ac_api_branch_sites (AcApiCall *call)
{
  g_autoptr (GPtrArray) sites = NULL;
  g_autoptr (GError) error = NULL;
  AcApiPage page;

  if (!ac_api_read_page (call, &listing, &page))
    return;
  sites = ac_site_list_within (call->api->parts.store, call->id, page.from,
                               (guint)page.limit + 1, &error);
  ac_api_respond_people_page (call, &listing, &page, sites, error,
                              &(AcApiPeople){ .branch = call->id });
}

static JsonObject *
tell_site (AcApiChange *change, GError **error)
{
  g_autoptr (AcSite) site = ac_site_get (change->store, change->id, error);

  return site != NULL ? site_json (change->store, site) : NULL;
}

/* --- Changing --- */

static gboolean
note (AcStore *store, const AcApiChange *change, const gchar *what, gint64 member,
      GError **error)
{
  g_autoptr (AcSite) site = ac_site_get (store, change->id, error);
  g_autofree gchar *detail = ac_audit_detail ("ti", "what", what, "site", change->id);

  return site != NULL && ac_audit_note (store,
                                        &(AcAuditEntry){ .act = AC_AUDIT_SITE_SET,
                                                         .actor = change->actor,
                                                         .member = member,
                                                         .branch = site->branch,
                                                         .detail = detail },
                                        change->wall_ms, error);
}

static gboolean
add_site (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  gint64 branch = change->id;

  return ac_site_add (store, branch, ac_api_text (change->body, "name"),
                      change->wall_ms, &change->id, error) &&
         note (store, change, "add", 0, error);
}

void
ac_api_site_add (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);

  if (body != NULL && ac_api_read_field (call, body, "name") != NULL)
    ac_api_change (call, &(AcApiChange){ .body = body, .tell = tell_site }, add_site);
}

/* --- A site's name, and its end --- */

/* A closed room's screens are signed out. */
typedef struct {
  AcApi *api;
  GArray *screens; /* gint64 */
} Closing;

static void
closing_free (gpointer data)
{
  Closing *closing = data;

  ac_api_unref (closing->api);
  g_array_unref (closing->screens);
  g_free (closing);
}

static gboolean
revoke_screens (AcStore *store, const AcApiChange *change, GError **error)
{
  Closing *closing = change->data;
  g_autoptr (GPtrArray) screens = ac_screen_list (store, change->id, error);

  for (guint i = 0; screens != NULL && i < screens->len; i++) {
    const AcScreen *screen = screens->pdata[i];

    if (screen->revoked_ms != 0)
      continue;
    if (!ac_screen_revoke (store, screen->id, change->id, change->wall_ms, error))
      return FALSE;
    g_array_append_val (closing->screens, screen->id);
  }
  return screens != NULL;
}

static gboolean
set_site (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  g_autoptr (AcSite) site = ac_site_get (store, change->id, error);
  gboolean was = site != NULL && site->closed_ms != 0;
  gboolean closed =
      json_object_get_boolean_member_with_default (change->body, "closed", was);
  const gchar *name = ac_api_text (change->body, "name");

  return site != NULL &&
         ac_site_set (store, change->id, name, closed, change->wall_ms, error) &&
         (!closed || revoke_screens (store, change, error)) &&
         note (store, change,
               closed == was ? "rename"
               : closed      ? "close"
                             : "open",
               0, error);
}

static JsonObject *
tell_site_set (AcApiChange *change, GError **error)
{
  const Closing *closing = change->data;

  for (guint i = 0; i < closing->screens->len && !closing->api->closed; i++)
    ac_classroom_session_ended (closing->api->parts.classroom,
                                -g_array_index (closing->screens, gint64, i));
  return tell_site (change, error);
}

void
ac_api_site_set (AcApiCall *call)
{
  static const gchar *const texts[] = { "name", NULL };
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  Closing *closing;
  gboolean closed;

  if (body == NULL || !ac_api_check_texts (call, body, texts))
    return;
  if (json_object_has_member (body, "closed") &&
      !ac_json_object_read_boolean (body, "closed", &closed, NULL)) {
    ac_api_refuse_field (call, "closed", "closed must be true or false");
    return;
  }
  closing = g_new0 (Closing, 1);
  closing->api = ac_api_ref (call->api);
  closing->screens = g_array_new (FALSE, FALSE, sizeof (gint64));
  ac_api_change (call,
                 &(AcApiChange){ .body = body,
                                 .tell = tell_site_set,
                                 .data = closing,
                                 .free_data = closing_free },
                 set_site);
}

/* --- Stewards --- */

typedef struct {
  gint64 member;
  gboolean steward;
} Stewardship;

static gboolean
is_steward (const AcSite *site, gint64 member)
{
  for (guint i = 0; i < site->stewards->len; i++)
    if (g_array_index (site->stewards, gint64, i) == member)
      return TRUE;
  return FALSE;
}

/* What is so already stays, and is not noted: nothing is told of who is no steward. */
static gboolean
set_steward (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  const Stewardship *stewardship = change->data;
  g_autoptr (AcSite) site = ac_site_get (store, change->id, error);

  if (site == NULL)
    return FALSE;
  if (is_steward (site, stewardship->member) == stewardship->steward)
    return TRUE;
  return ac_site_set_steward (store, change->id, stewardship->member,
                              stewardship->steward, error) &&
         note (store, change, stewardship->steward ? "steward" : "no-steward",
               stewardship->member, error);
}

static void
change_steward (AcApiCall *call, gboolean steward)
{
  Stewardship *stewardship = g_new (Stewardship, 1);

  *stewardship = (Stewardship){ call->sub, steward };
  ac_api_change (
      call,
      &(AcApiChange){ .tell = tell_site, .data = stewardship, .free_data = g_free },
      set_steward);
}

/* A site tells its stewards' numbers. */
void
ac_api_site_steward (AcApiCall *call)
{
  if (ac_api_finds_member (call, call->sub))
    change_steward (call, TRUE);
}

void
ac_api_site_steward_end (AcApiCall *call)
{
  change_steward (call, FALSE);
}
