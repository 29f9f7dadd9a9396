/* branches.c - the tree of branches and their rooms. */
#include "command.h"

#include "branch.h"
#include "clock.h"
#include "site.h"

static JsonObject *
branch_json (const AcBranch *branch)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "branch", branch->id);
  json_object_set_string_member (object, "name", branch->name);
  json_object_set_string_member (object, "kind", ac_branch_kind_name (branch->kind));
  if (branch->parent != 0)
    json_object_set_int_member (object, "parent", branch->parent);
  else
    json_object_set_null_member (object, "parent");
  return object;
}

static gint64
id_of (AcControlCall *call, const gchar *name)
{
  return json_object_get_int_member_with_default (call->args, name, 0);
}

static const gchar *
text_of (AcControlCall *call, const gchar *name)
{
  return json_object_get_string_member_with_default (call->args, name, NULL);
}

/* What was just written is there: only the disk can be at fault. */
static void
fail_read (AcControlCall *call, const GError *error)
{
  if (error != NULL)
    ac_control_call_fail_error (call, error);
  else
    ac_control_call_fail (call, &(AcControlFailure){ AC_CONTROL_INTERNAL, NULL,
                                                     "what was written is gone" });
}

static void
tell_branch (gpointer data)
{
  AcControlCall *call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcBranch) branch =
      ac_branch_get (call->control->parts.store, call->id, &error);

  if (branch != NULL)
    ac_control_call_answer_object (call, branch_json (branch));
  else
    fail_read (call, error);
}

static gboolean
add_branch (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;
  const gchar *name = text_of (call, "kind");
  AcBranchKind kind;
  gboolean given = name != NULL && ac_branch_kind_from_name (name, &kind);

  return ac_branch_add (store, text_of (call, "name"), id_of (call, "parent"),
                        given ? &kind : NULL, ac_clock_wall_ms (), &call->id, error);
}

void
ac_control_branch_add (AcControlCall *call)
{
  const gchar *kind;
  AcBranchKind unused;
  gint64 parent;

  if (ac_control_read_text (call, "name") == NULL ||
      !ac_control_read_number (call, "parent", G_MAXINT64, 0, &parent) ||
      !ac_control_read_optional (call, "kind", &kind))
    return;
  if (kind != NULL && !ac_branch_kind_from_name (kind, &unused))
    ac_control_call_fail (
        call, &(AcControlFailure){ AC_CONTROL_INVALID, "kind",
                                   "kind must be county, town, village, enterprise or "
                                   "network" });
  else
    ac_control_call_write (call, add_branch, tell_branch);
}

void
ac_control_branch_list (AcControlCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) branches =
      ac_branch_list_all (call->control->parts.store, &error);
  JsonObject *object;
  JsonArray *array;

  if (branches == NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  array = json_array_new ();
  for (guint i = 0; i < branches->len; i++)
    json_array_add_object_element (array, branch_json (branches->pdata[i]));
  object = json_object_new ();
  json_object_set_array_member (object, "branches", array);
  ac_control_call_answer_object (call, object);
}

static gboolean
move_branch (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;

  return ac_branch_move (store, call->id, id_of (call, "parent"), error);
}

void
ac_control_branch_move (AcControlCall *call)
{
  gint64 parent;

  if (ac_control_read_id (call, "branch", &call->id) &&
      ac_control_read_number (call, "parent", G_MAXINT64, 0, &parent))
    ac_control_call_write (call, move_branch, tell_branch);
}

static gboolean
rename_branch (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;

  return ac_branch_rename (store, call->id, text_of (call, "name"), error);
}

void
ac_control_branch_rename (AcControlCall *call)
{
  if (ac_control_read_id (call, "branch", &call->id) &&
      ac_control_read_text (call, "name") != NULL)
    ac_control_call_write (call, rename_branch, tell_branch);
}

/* --- Sites --- */

/* Returns: (nullable): NULL with @error. */
static JsonObject *
site_json (AcStore *store, const AcSite *site, GError **error)
{
  JsonObject *object = json_object_new ();
  JsonArray *stewards = json_array_new ();

  json_object_set_int_member (object, "site", site->id);
  json_object_set_string_member (object, "name", site->name);
  json_object_set_int_member (object, "branch", site->branch);
  json_object_set_array_member (object, "stewards", stewards);
  for (guint i = 0; i < site->stewards->len; i++) {
    g_autoptr (GError) local = NULL;
    g_autoptr (AcMember) member =
        ac_member_get (store, g_array_index (site->stewards, gint64, i), &local);

    if (member != NULL) {
      json_array_add_string_element (stewards, member->number);
    } else if (local != NULL) {
      g_propagate_error (error, g_steal_pointer (&local));
      json_object_unref (object);
      return NULL;
    }
  }
  return object;
}

static void
tell_site (gpointer data)
{
  AcControlCall *call = data;
  AcStore *store = call->control->parts.store;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcSite) site = ac_site_get (store, call->id, &error);
  JsonObject *object = site != NULL ? site_json (store, site, &error) : NULL;

  if (object != NULL)
    ac_control_call_answer_object (call, object);
  else
    fail_read (call, error);
}

static gboolean
add_site (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;

  return ac_site_add (store, id_of (call, "branch"), text_of (call, "name"),
                      ac_clock_wall_ms (), &call->id, error);
}

void
ac_control_site_add (AcControlCall *call)
{
  gint64 branch;

  if (ac_control_read_id (call, "branch", &branch) &&
      ac_control_read_text (call, "name") != NULL)
    ac_control_call_write (call, add_site, tell_site);
}

void
ac_control_site_list (AcControlCall *call)
{
  AcStore *store = call->control->parts.store;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sites = NULL;
  g_autoptr (JsonArray) array = json_array_new ();
  JsonObject *object;
  gint64 branch;

  if (!ac_control_read_number (call, "branch", G_MAXINT64, 0, &branch))
    return;
  sites = ac_site_list (store, branch, &error);
  for (guint i = 0; sites != NULL && error == NULL && i < sites->len; i++) {
    object = site_json (store, sites->pdata[i], &error);
    if (object != NULL)
      json_array_add_object_element (array, object);
  }
  if (error != NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  object = json_object_new ();
  json_object_set_array_member (object, "sites", g_steal_pointer (&array));
  ac_control_call_answer_object (call, object);
}

static gboolean
write_steward (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;
  g_autoptr (GError) local = NULL;
  g_autoptr (AcMember) member =
      ac_member_find (store, text_of (call, "member"), &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  return ac_site_set_steward (
      store, call->id, member != NULL ? member->id : 0,
      !json_object_get_boolean_member_with_default (call->args, "remove", FALSE),
      error);
}

void
ac_control_site_steward (AcControlCall *call)
{
  gboolean remove;

  if (ac_control_read_id (call, "site", &call->id) &&
      ac_control_read_text (call, "member") != NULL &&
      ac_control_read_switch (call, "remove", &remove))
    ac_control_call_write (call, write_steward, tell_site);
}
