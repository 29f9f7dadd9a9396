#include "member_card.h"

#include "credit_error.h"
#include "member.h"

#include <sodium.h>
#include <string.h>

#define HASH_BYTES 32

static const gchar letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static GBytes *
hash_code (const gchar *code)
{
  guint8 hash[HASH_BYTES];

  crypto_generichash (hash, sizeof hash, (const guint8 *)code, strlen (code), NULL, 0);
  return g_bytes_new (hash, sizeof hash);
}

gboolean
ac_member_card_revoke (AcStore *store, gint64 member, gint64 wall_ms, GError **error)
{
  return ac_store_run (store, error,
                       "UPDATE member_cards SET revoked_ms = ? "
                       "WHERE member = ? AND revoked_ms IS NULL",
                       "ii", wall_ms, member);
}

gboolean
ac_member_card_add (AcStore *store, gint64 member, gint64 wall_ms, gchar *ret_code,
                    GError **error)
{
  g_autoptr (GBytes) hash = NULL;

  memcpy (ret_code, "AC", 2);
  for (guint i = 2; i < AC_MEMBER_CARD_CHARS; i++)
    ret_code[i] = letters[randombytes_uniform (sizeof letters - 1)];
  ret_code[AC_MEMBER_CARD_CHARS] = '\0';
  hash = hash_code (ret_code);
  return ac_store_run (store, error,
                       "INSERT INTO member_cards (member, hash, made_ms) "
                       "VALUES (?, ?, ?)",
                       "ibi", member, hash, wall_ms);
}

gboolean
ac_member_card_make (AcStore *store, gint64 member, gint64 wall_ms, gchar *ret_code,
                     GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (AcMember) found = ac_member_get (store, member, &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (found == NULL)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "member",
                             "there is no such member");
  return ac_member_card_revoke (store, member, wall_ms, error) &&
         ac_member_card_add (store, member, wall_ms, ret_code, error);
}

gboolean
ac_member_card_find (AcStore *store, const gchar *code, gint64 *ret_member,
                     GError **error)
{
  g_autoptr (GBytes) hash = hash_code (code);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT member FROM member_cards WHERE hash = ? AND revoked_ms IS NULL",
      error);
  gint found;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "b", hash);
  found = ac_store_step (store, statement, error);
  if (found == SQLITE_ROW)
    *ret_member = sqlite3_column_int64 (statement, 0);
  return found == SQLITE_ROW ||
         (found == SQLITE_DONE &&
          ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "card",
                            "no member has this card: it may have been replaced"));
}
