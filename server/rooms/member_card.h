/* member_card.h - the code on a member's printed card, which a steward scans.
 *
 * "AC" and 16 random characters of RFC 4648's base32. Stored hashed: who has lost a
 * card gets another one, and the last is worthless from then on. A card opens nothing:
 * it says to a steward who stands there.
 *
 * Threads: see organisation.h. Errors: AC_STORE_ERROR; AC_CREDIT_ERROR where said. */
#pragma once

#include "store.h"

#define AC_MEMBER_CARD_CHARS 18

/* Inside a job: a new card of @member; the last one is worthless.
 * @ret_code: AC_MEMBER_CARD_CHARS + 1: shown now and never again
 * Errors: NOT_FOUND "member". */
gboolean ac_member_card_make (AcStore *store, gint64 member, gint64 wall_ms,
                              gchar *ret_code, GError **error);
/* The same of @member, who is there, and has no good card. */
gboolean ac_member_card_add (AcStore *store, gint64 member, gint64 wall_ms,
                             gchar *ret_code, GError **error);
/* Inside a job: @member has no card from now on; having none is no error. */
gboolean ac_member_card_revoke (AcStore *store, gint64 member, gint64 wall_ms,
                                GError **error);
/* @code: from outside
 * Errors: NOT_FOUND "card". */
gboolean ac_member_card_find (AcStore *store, const gchar *code, gint64 *ret_member,
                              GError **error);
