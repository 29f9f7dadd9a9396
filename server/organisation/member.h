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

/* Inside a job. Errors: NOT_FOUND "member", also when the person was erased. */
AcMember *ac_member_require (AcStore *store, gint64 member, GError **error);

/* Returns: (transfer full): AcMember by id, those with id > @after, at most @limit. */
GPtrArray *ac_member_list (AcStore *store, gint64 after, guint limit, GError **error);
/* Likewise, only those whose home or host branch is @branch or lies below it; 0: all.
 */
GPtrArray *ac_member_list_within (AcStore *store, gint64 branch, gint64 after,
                                  guint limit, GError **error);

/* Whom one looks for. Who was erased is never found. */
typedef struct {
  gint64 branch;     /* home or host, with all below it; 0: everywhere */
  const gchar *text; /* lies within the name, begins the number or a certificate's, or
                      * is the phone; NULL: anybody */
  gint kind;         /* an AcMemberKind; -1: any */
  gint certificate;  /* an AcCertificateState, or AC_MEMBER_NO_CERTIFICATE; -1: any */
  gint can_sign_in;  /* 0, 1; -1: either */
  gint64 after;      /* ids above */
  guint limit;
} AcMemberQuery;

#define AC_MEMBER_NO_CERTIFICATE 100

/* Returns: (transfer full): AcMember by id. */
GPtrArray *ac_member_search (AcStore *store, const AcMemberQuery *query,
                             GError **error);
/* How many there are, whatever after and limit say; -1 with @error. */
gint64 ac_member_count (AcStore *store, const AcMemberQuery *query, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcMember, ac_member_free)
