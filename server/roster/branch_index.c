#include "branch_index.h"

#include "branch.h"
#include "cell.h"

struct _AcBranchIndex {
  GPtrArray *branches; /* owns them */
  GHashTable *by_id;   /* gint64 * of an AcBranch -> AcBranch */
  GHashTable *paths;   /* AcBranch -> its path */
  GHashTable *whole;   /* path -> AcBranch */
  GHashTable *ends;    /* end of a path -> AcBranch, NULL: several */
};

static const AcBranch *
branch_of (AcBranchIndex *self, gint64 id)
{
  return g_hash_table_lookup (self->by_id, &id);
}

/* Written in full-width forms it is the same name. */
static void
add (GHashTable *table, const gchar *text, AcBranch *branch)
{
  gchar *key = ac_roster_narrow (text);
  gpointer known;
  gboolean several =
      g_hash_table_lookup_extended (table, key, NULL, &known) && known != branch;

  g_hash_table_insert (table, key, several ? NULL : branch);
}

/* Adds every end of the path of @branch; nobody is put into a closed one. */
static void
add_ends (AcBranchIndex *self, AcBranch *branch)
{
  g_autofree gchar *end = g_strdup (branch->name);
  const AcBranch *above = branch;

  for (guint level = 0; level < AC_BRANCH_DEPTH_MAX; level++) {
    gchar *longer;

    if (branch->closed_ms == 0)
      add (self->ends, end, branch);
    above = branch_of (self, above->parent);
    if (above == NULL)
      break;
    longer = g_strconcat (above->name, "/", end, NULL);
    g_free (end);
    end = longer;
  }
  if (branch->closed_ms == 0)
    add (self->whole, end, branch);
  g_hash_table_insert (self->paths, branch, g_steal_pointer (&end));
}

AcBranchIndex *
ac_branch_index_new (AcStore *store, GError **error)
{
  g_autoptr (GPtrArray) branches = ac_branch_list_all (store, error);
  AcBranchIndex *self;

  if (branches == NULL)
    return NULL;
  self = g_new0 (AcBranchIndex, 1);
  self->branches = g_steal_pointer (&branches);
  self->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->paths = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->whole = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < self->branches->len; i++) {
    AcBranch *branch = self->branches->pdata[i];

    g_hash_table_insert (self->by_id, &branch->id, branch);
  }
  for (guint i = 0; i < self->branches->len; i++)
    add_ends (self, self->branches->pdata[i]);
  return self;
}

void
ac_branch_index_free (AcBranchIndex *self)
{
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->paths);
  g_hash_table_unref (self->whole);
  g_hash_table_unref (self->ends);
  g_ptr_array_unref (self->branches);
  g_free (self);
}

gint64
ac_branch_index_find (AcBranchIndex *self, const gchar *text)
{
  const AcBranch *branch = g_hash_table_lookup (self->whole, text);
  gpointer end;

  if (branch != NULL)
    return branch->id;
  if (!g_hash_table_lookup_extended (self->ends, text, NULL, &end))
    return AC_BRANCH_INDEX_NONE;
  return end != NULL ? ((AcBranch *)end)->id : AC_BRANCH_INDEX_AMBIGUOUS;
}

gboolean
ac_branch_index_is_host (AcBranchIndex *self, gint64 branch)
{
  const AcBranch *found = branch_of (self, branch);

  return found != NULL && ac_branch_kind_is_host (found->kind);
}

const gchar *
ac_branch_index_path (AcBranchIndex *self, gint64 branch)
{
  const AcBranch *found = branch_of (self, branch);

  return found != NULL ? g_hash_table_lookup (self->paths, found) : NULL;
}

gboolean
ac_branch_index_is_within (AcBranchIndex *self, gint64 branch, gint64 ancestor)
{
  const AcBranch *at = branch_of (self, branch);

  for (guint level = 0; at != NULL && level < AC_BRANCH_DEPTH_MAX; level++) {
    if (at->id == ancestor)
      return TRUE;
    at = branch_of (self, at->parent);
  }
  return FALSE;
}
