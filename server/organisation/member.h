/* member.h - people with a roster row.
 *
 * Threads: main loop (reads), see organisation.h. */
#pragma once

#include "access.h"
#include "certificate.h"

typedef enum {
  AC_MEMBER_KIND_MEMBER,
  AC_MEMBER_KIND_PROBATIONARY,
  AC_MEMBER_KIND_ACTIVIST,
  AC_MEMBER_KIND_TRAINEE,
} AcMemberKind;

/* "member", "probationary", "activist", "trainee" */
const gchar *ac_member_kind_name (AcMemberKind kind);
gboolean ac_member_kind_from_name (const gchar *name, AcMemberKind *ret_kind);

typedef struct {
  gint64 id;
  gchar *number;
  gchar *name;
  AcRole role; /* the highest, to be shown: see grant.h */
  AcMemberKind kind;
  gint64 branch;      /* home branch now; 0: none */
  gint64 host;        /* host branch now; 0: none */
  gchar *phone;       /* digits; NULL: none */
  gchar *certificate; /* NULL: none */
  AcCertificateState certificate_state;
  gint64 created_ms;     /* wall */
  gboolean has_password; /* can sign in */
} AcMember;

void ac_member_free (AcMember *member);

/* Returns: (transfer full) (nullable): NULL without @error when there is none. Numbers
 * compare without regard to the case of A-Z.
 * Errors: AC_STORE_ERROR. */
AcMember *ac_member_find (AcStore *store, const gchar *number, GError **error);
AcMember *ac_member_get (AcStore *store, gint64 member, GError **error);
/* Inside a job: @member's fields but id, role, branches, certificate, created_ms and
 * has_password are checked and written; see membership.h, certificate.h for those.
 * @password_hash: (nullable)
 * @ret_member: the row's number
 * Errors: INVALID and EXISTS "number", INVALID "name", "phone"; AC_STORE_ERROR. */
gboolean ac_member_add (AcStore *store, const AcMember *member,
                        const gchar *password_hash, gint64 wall_ms, gint64 *ret_member,
                        GError **error);
/* Inside a job: name, kind and phone of the row member->id.
 * Errors: as above; NOT_FOUND "member". */
gboolean ac_member_update (AcStore *store, const AcMember *member, GError **error);

/* Returns: (transfer full): AcMember by id, those with id > @after, at most @limit. */
GPtrArray *ac_member_list (AcStore *store, gint64 after, guint limit, GError **error);
/* Likewise, only those whose home or host branch is @branch or lies below it; 0: all.
 */
GPtrArray *ac_member_list_within (AcStore *store, gint64 branch, gint64 after,
                                  guint limit, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcMember, ac_member_free)
