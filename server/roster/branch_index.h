/* branch_index.h - branches by what people write for them.
 *
 * "县委/镇党委/村支部" is one for certain; so is any end of it that no other branch
 * has: "镇党委/村支部", or "村支部" alone.
 *
 * Threads: any, one at a time. Made inside a job. */
#pragma once

#include "organisation.h"

typedef struct _AcBranchIndex AcBranchIndex;

AcBranchIndex *ac_branch_index_new (AcStore *store, GError **error);
void ac_branch_index_free (AcBranchIndex *self);

#define AC_BRANCH_INDEX_NONE (-1)
#define AC_BRANCH_INDEX_AMBIGUOUS (-2)

/* Returns: a branch, or one of the two above. */
gint64 ac_branch_index_find (AcBranchIndex *self, const gchar *text);
/* Whether members can have it as their host branch; FALSE also for none. */
gboolean ac_branch_index_is_host (AcBranchIndex *self, gint64 branch);
/* Returns: (transfer none) (nullable): its whole path. */
const gchar *ac_branch_index_path (AcBranchIndex *self, gint64 branch);
/* Whether @branch is @ancestor or lies below it. */
gboolean ac_branch_index_is_within (AcBranchIndex *self, gint64 branch,
                                    gint64 ancestor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcBranchIndex, ac_branch_index_free)
