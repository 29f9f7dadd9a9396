/* branch.h - the tree of branches.
 *
 * The home side is county, town and village, the host side enterprise and network
 * branches. A branch lies below one of its own side that is not of a smaller kind: a
 * county is a root, a village may lie below a village. At most AC_BRANCH_DEPTH_MAX
 * levels, and never a ring. One that is closed stays for what lies in the past; nobody
 * and nothing is put into it.
 *
 * Threads: see organisation.h. */
#pragma once

#include "organisation.h"

#define AC_BRANCH_DEPTH_MAX 8

typedef enum {
  AC_BRANCH_COUNTY,
  AC_BRANCH_TOWN,
  AC_BRANCH_VILLAGE,
  AC_BRANCH_ENTERPRISE,
  AC_BRANCH_NETWORK, /* 网络党支部 */
} AcBranchKind;

/* "county", "town", "village", "enterprise", "network" */
const gchar *ac_branch_kind_name (AcBranchKind kind);
gboolean ac_branch_kind_from_name (const gchar *name, AcBranchKind *ret_kind);
/* Whether members can have it as their host branch; else as their home branch. */
gboolean ac_branch_kind_is_host (AcBranchKind kind);

typedef struct {
  gint64 id;
  gint64 parent; /* 0: a root */
  gchar *name;
  AcBranchKind kind;
  gint64 closed_ms; /* wall; 0: in use */
} AcBranch;

void ac_branch_free (AcBranch *branch);
/* Returns: (transfer full) (nullable): NULL without @error when there is none. */
AcBranch *ac_branch_get (AcStore *store, gint64 branch, GError **error);
/* What one looks for among branches. */
typedef struct {
  gint64 within;     /* this one and all below; 0: everywhere */
  const gchar *text; /* lies within the name; NULL: those directly below @within (0: the
                      * roots) */
  gboolean closed;   /* closed ones too */
  gint64 after;      /* ids above */
  guint limit;
} AcBranchQuery;

/* Returns: (transfer full): AcBranch by id. */
GPtrArray *ac_branch_search (AcStore *store, const AcBranchQuery *query,
                             GError **error);

typedef struct {
  gint64 branches, sites; /* directly below, in use */
  gint64 members;         /* whose home or host branch it is */
} AcBranchSize;

gboolean ac_branch_size (AcStore *store, gint64 branch, AcBranchSize *ret_size,
                         GError **error);

/* Returns: (transfer full): every AcBranch, by id. */
GPtrArray *ac_branch_list_all (AcStore *store, GError **error);
/* Returns: TRUE when @branch is @ancestor or lies below it. */
gboolean ac_branch_is_within (AcStore *store, gint64 branch, gint64 ancestor);

/* Inside a job. @kind: NULL: the next smaller one of @parent's side (a county without
 * @parent).
 * Errors: INVALID "name", "kind" (it cannot lie there), "parent" (too deep); EXISTS
 * "name" (beside another of that name); NOT_FOUND "parent"; AC_STORE_ERROR. */
gboolean ac_branch_add (AcStore *store, const gchar *name, gint64 parent,
                        const AcBranchKind *kind, gint64 wall_ms, gint64 *ret_branch,
                        GError **error);
/* Inside a job: puts @branch, with all below it, below @parent (0: a root).
 * Errors: as above, and INVALID "parent" (it lies within @branch), NOT_FOUND "branch".
 */
gboolean ac_branch_move (AcStore *store, gint64 branch, gint64 parent, GError **error);
/* Inside a job. Errors: INVALID and EXISTS "name", NOT_FOUND "branch". */
gboolean ac_branch_rename (AcStore *store, gint64 branch, const gchar *name,
                           GError **error);
/* Inside a job: closes it, or opens it again. Errors: NOT_FOUND "branch"; EXISTS
 * "closed" while somebody belongs to it, or a branch or a site below is in use; opened:
 * INVALID "closed" below a closed one. */
gboolean ac_branch_set_closed (AcStore *store, gint64 branch, gboolean closed,
                               gint64 wall_ms, GError **error);
/* Inside a job: INVALID @field when it is closed. */
gboolean ac_branch_check_open (const AcBranch *branch, const gchar *field,
                               GError **error);
/* Inside a job: NOT_FOUND when there is no such @branch.
 * @field: what the caller calls it */
AcBranch *ac_branch_require (AcStore *store, gint64 branch, const gchar *field,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcBranch, ac_branch_free)
