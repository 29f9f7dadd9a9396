/* member.h - people with a roster row, and the tree of branches they belong to.
 *
 * Threads: main loop (reads), see store.h. */
#pragma once

#include "store.h"

typedef enum {
  AC_ROLE_MEMBER,
  AC_ROLE_STEWARD,
  AC_ROLE_LECTURER,
  AC_ROLE_ADMINISTRATOR,
} AcRole;

typedef enum {
  AC_MEMBER_KIND_MEMBER,
  AC_MEMBER_KIND_PROBATIONARY,
  AC_MEMBER_KIND_ACTIVIST,
  AC_MEMBER_KIND_TRAINEE,
} AcMemberKind;

/* "member", "steward", "lecturer", "administrator" */
const gchar *ac_role_name (AcRole role);
gboolean ac_role_from_name (const gchar *name, AcRole *ret_role);
/* "member", "probationary", "activist", "trainee" */
const gchar *ac_member_kind_name (AcMemberKind kind);
gboolean ac_member_kind_from_name (const gchar *name, AcMemberKind *ret_kind);

typedef struct {
  gint64 id;
  gchar *number;
  gchar *name;
  AcRole role;
  AcMemberKind kind;
  gint64 branch;         /* home branch; 0: none */
  gint64 created_ms;     /* wall */
  gboolean has_password; /* can sign in */
} AcMember;

void ac_member_free (AcMember *member);

/* Returns: (transfer full) (nullable): NULL without @error when there is none. Numbers
 * compare without regard to the case of A-Z.
 * Errors: AC_STORE_ERROR. */
AcMember *ac_member_find (AcStore *store, const gchar *number, GError **error);
AcMember *ac_member_get (AcStore *store, gint64 member, GError **error);
/* Returns: (transfer full): AcMember by id, those with id > @after, at most @limit. */
GPtrArray *ac_member_list (AcStore *store, gint64 after, guint limit, GError **error);

typedef struct {
  gint64 id;
  gint64 parent; /* 0: a root */
  gchar *name;
} AcBranch;

void ac_branch_free (AcBranch *branch);
AcBranch *ac_branch_get (AcStore *store, gint64 branch, GError **error);
/* Returns: (transfer full): the AcBranch directly below @parent (0: the roots). */
GPtrArray *ac_branch_list (AcStore *store, gint64 parent, GError **error);
/* Returns: TRUE when @branch is @ancestor or lies below it. */
gboolean ac_branch_is_within (AcStore *store, gint64 branch, gint64 ancestor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcMember, ac_member_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcBranch, ac_branch_free)
