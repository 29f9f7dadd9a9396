#include "member_cards.h"

#include "audit.h"
#include "branch.h"
#include "credit_error.h"

void
ac_member_card_free (AcMemberCard *card)
{
  g_free (card->number);
  g_free (card->name);
  g_free (card->branch);
  g_free (card);
}

static void
free_card (gpointer data)
{
  ac_member_card_free (data);
}

/* One more than there may be, so that they are told from just enough. */
static GPtrArray *
find_members (AcStore *store, const AcMemberCardsAsk *ask, GError **error)
{
  g_autoptr (GPtrArray) cards = g_ptr_array_new_with_free_func (free_card);
  g_autoptr (AcStatement) row = ac_store_prepare (
      store,
      "WITH RECURSIVE below (at) AS (SELECT ?2 UNION "
      "  SELECT branches.id FROM branches JOIN below ON parent = at) "
      "SELECT members.id, number, members.name, ifnull (branches.name, ''), "
      "  EXISTS (SELECT 1 FROM member_cards "
      "    WHERE member = members.id AND revoked_ms IS NULL) "
      "FROM members LEFT JOIN branches ON branches.id = ifnull (branch, host) "
      "WHERE members.id NOT IN (SELECT member FROM erased_members) "
      "  AND iif (?1 <> 0, members.id = ?1, "
      "    (?2 = 0 OR branch IN below OR host IN below) "
      "    AND (?3 OR NOT EXISTS (SELECT 1 FROM member_cards "
      "      WHERE member = members.id AND revoked_ms IS NULL))) "
      "ORDER BY ifnull (branch, host), number LIMIT ?4",
      error);
  gint code;

  if (row == NULL)
    return NULL;
  ac_statement_bind (row, "iidi", ask->member, ask->branch, ask->again,
                     (gint64)AC_MEMBER_CARDS_MAX + 1);
  while ((code = ac_store_step (store, row, error)) == SQLITE_ROW) {
    AcMemberCard *card = g_new0 (AcMemberCard, 1);

    card->member = sqlite3_column_int64 (row, 0);
    card->number = ac_statement_text (row, 1);
    card->name = ac_statement_text (row, 2);
    card->branch = ac_statement_text (row, 3);
    card->had = sqlite3_column_int (row, 4) != 0;
    g_ptr_array_add (cards, card);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&cards) : NULL;
}

static gboolean
check_number (const AcMemberCardsAsk *ask, guint n, GError **error)
{
  if (n == 0 && ask->member != 0)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "member",
                             "there is no such member");
  if (n == 0)
    return ac_credit_refuse_because (
        error, AC_CREDIT_ERROR_STATE, "branch", AC_REASON_NO_CARDS,
        "nobody there is without a card: ask for new ones again "
        "if all are to be replaced");
  return n <= AC_MEMBER_CARDS_MAX ||
         ac_credit_refuse_because (
             error, AC_CREDIT_ERROR_INVALID, "branch", AC_REASON_TOO_MANY,
             "more than %d cards: take a smaller branch", AC_MEMBER_CARDS_MAX);
}

static gboolean
note (AcStore *store, const AcMemberCardsAsk *ask, guint n, gint64 wall_ms,
      GError **error)
{
  g_autofree gchar *detail = ac_audit_detail ("ti", "what", "cards", "rows", (gint64)n);

  return ac_audit_note (store,
                        &(AcAuditEntry){ .act = AC_AUDIT_EXPORT,
                                         .actor = ask->actor,
                                         .member = ask->member,
                                         .branch = ask->branch,
                                         .reason = ask->reason,
                                         .detail = detail },
                        wall_ms, error);
}

gboolean
ac_member_cards_make (AcStore *store, const AcMemberCardsAsk *ask, gint64 wall_ms,
                      GPtrArray **ret_cards, GError **error)
{
  g_autoptr (AcBranch) branch = NULL;
  g_autoptr (GPtrArray) cards = NULL;

  if (ask->branch != 0) {
    branch = ac_branch_require (store, ask->branch, "branch", error);
    if (branch == NULL)
      return FALSE;
  }
  cards = find_members (store, ask, error);
  if (cards == NULL || !check_number (ask, cards->len, error))
    return FALSE;
  for (guint i = 0; i < cards->len; i++) {
    AcMemberCard *card = cards->pdata[i];

    if ((card->had && !ac_member_card_revoke (store, card->member, wall_ms, error)) ||
        !ac_member_card_add (store, card->member, wall_ms, card->code, error))
      return FALSE;
  }
  if (!note (store, ask, cards->len, wall_ms, error))
    return FALSE;
  *ret_cards = g_steal_pointer (&cards);
  return TRUE;
}
