#include "access.h"

#include <string.h>

/* What the manual says, a letter a role that may: s(t)eward, (l)ecturer, (b)ranch
 * secretary, sta(f)f, (a)dministrator; m: everybody signed in; o: also nobody; w: with
 * one's own; u: in a lesson that is for one; s: that one speaks in; e: in a site that
 * one is a steward of; c: the screen of a room; -: within the role's branch only. */
static const gchar *const table[AC_ACTS] = {
  [AC_ACT_NONE] = "",
  [AC_ACT_SIGN_IN] = "o",
  [AC_ACT_PASSWORD_OWN] = "m",
  [AC_ACT_SESSION_OWN] = "m",
  [AC_ACT_LESSON_LIST] = "m",
  [AC_ACT_LESSON_VIEW] = "-ustlbfac",
  [AC_ACT_LESSON_ATTEND] = "-ustlbfac",
  [AC_ACT_LESSON_JOIN] = "-ustlbfa",
  [AC_ACT_LESSON_PRESENCE] = "-stlbfa",
  [AC_ACT_LESSON_HEALTH] = "-stlbfa",
  [AC_ACT_LESSON_PREVIEW] = "-stlbfac",
  [AC_ACT_LESSON_DIRECT] = "-sfa",
  [AC_ACT_LESSON_PUBLISH] = "-sbfa",
  [AC_ACT_LESSON_MODERATE] = "-sbfa",
  [AC_ACT_LESSON_MANAGE] = "-bfa",
  [AC_ACT_RECORD_OWN] = "m",
  [AC_ACT_CORRECT] = "-a",
  [AC_ACT_BRANCH_NAME] = "m",
  [AC_ACT_BRANCH_VIEW] = "-tbfa",
  [AC_ACT_MEMBER_EXCUSE] = "-bfa",
  [AC_ACT_MEMBER_VIEW] = "-wtbfa",
  [AC_ACT_SCREEN_ASK] = "o",
  [AC_ACT_SCREEN_OWN] = "c",
  [AC_ACT_SITE_LIST] = "m",
  [AC_ACT_SITE_RUN] = "-etbfa",
  [AC_ACT_ROOM_CODE] = "-etbfac",
  [AC_ACT_ROOM_APPROVE] = "-bfa",
  [AC_ACT_CARD_MAKE] = "-wbfa",
  [AC_ACT_MEMBER_UNMASK] = "-bfa",
  [AC_ACT_PASSWORD_RESET] = "-fa",
  [AC_ACT_GRANT] = "-a",
  [AC_ACT_AUDIT_VIEW] = "-fa",
  [AC_ACT_REPORT] = "-bfa",
  [AC_ACT_REPORT_AUDIT] = "-fa",
  [AC_ACT_TRANSCRIPT] = "-wbfa",
  [AC_ACT_VERIFY] = "o",
  [AC_ACT_MEMBER_FILE] = "-wbfa",
  [AC_ACT_MEMBER_MANAGE] = "-fa",
  [AC_ACT_IMPORT_OWN] = "fa",
  [AC_ACT_BRANCH_MANAGE] = "-fa",
  [AC_ACT_POLICY_VIEW] = "m",
  [AC_ACT_POLICY_MANAGE] = "-a",
  [AC_ACT_LEDGER_CHECK] = "-fa",
  [AC_ACT_SYSTEM_VIEW] = "-fa",
  [AC_ACT_WEBHOOK_MANAGE] = "-a",
};
static const gchar letters[AC_ROLES] = { 'm', 't', 'l', 'b', 'f', 'a' };

static gboolean
says (AcAct act, gchar letter)
{
  return strchr (table[act], letter) != NULL;
}

static gboolean
says_one_of (AcAct act, const gchar *some)
{
  return strpbrk (table[act], some) != NULL;
}

/* Every act with every role, in its branch, below it, elsewhere, everywhere. */
static void
test_table (void)
{
  static const gint64 inside[] = { 5, 2, 1 };
  static const gint64 outside[] = { 6, 3, 1 };
  const AcAccessPlace here = { .branches = inside, .n_branches = 3 };
  const AcAccessPlace elsewhere = { .branches = outside, .n_branches = 3 };

  for (guint act = 0; act < AC_ACTS; act++)
    for (guint role = AC_ROLE_STEWARD; role < AC_ROLES; role++) {
      const AcGrant over_2 = { role, 2 }, everywhere = { role, 0 };
      const AcAccessWho who = { 7, &over_2, 1 }, chief = { 8, &everywhere, 1 };
      gboolean all = says (act, 'm') || says (act, 'o');
      gboolean may = all || says (act, letters[role]);
      gboolean scoped = says (act, '-');

      g_assert_true (ac_access_is_scoped (act) == scoped);
      g_assert_true (ac_access_may (act, &who, &here) == may);
      g_assert_true (ac_access_may (act, &chief, &here) == may);
      g_assert_true (ac_access_may (act, &chief, NULL) == may);
      g_assert_true (ac_access_may (act, &who, &elsewhere) == (may && !scoped));
      g_assert_true (ac_access_may (act, &who, NULL) == (may && !scoped));
      g_assert_true (ac_access_may_somewhere (act, &who) ==
                     (may || says_one_of (act, "wuse")));
    }
}

static void
test_without_roles (void)
{
  static const gint64 inside[] = { 2, 1 };
  const AcAccessWho member = { 7, NULL, 0 };
  const AcAccessPlace own = { 7, inside, 2 }, others = { 9, inside, 2 };
  const AcAccessPlace nobodys = { 0, inside, 2 };
  const AcAccessPlace heard = { .audience = TRUE }, spoken = { .lecturer = TRUE };
  const AcAccessPlace run = { .site = 3, .steward = TRUE };

  for (guint act = 0; act < AC_ACTS; act++) {
    gboolean all = says (act, 'm') || says (act, 'o');

    g_assert_true (ac_access_is_open (act) == says (act, 'o'));
    g_assert_true (ac_access_may (act, NULL, NULL) == says (act, 'o'));
    g_assert_true (ac_access_may (act, NULL, &others) == says (act, 'o'));
    g_assert_true (ac_access_may_somewhere (act, NULL) == says (act, 'o'));
    g_assert_true (ac_access_may (act, &member, &others) == all);
    g_assert_true (ac_access_may (act, &member, &nobodys) == all);
    g_assert_true (ac_access_may (act, &member, &own) == (all || says (act, 'w')));
    g_assert_true (ac_access_may (act, &member, &heard) == (all || says (act, 'u')));
    g_assert_true (ac_access_may (act, &member, &spoken) == (all || says (act, 's')));
    g_assert_true (ac_access_may (act, &member, &run) == (all || says (act, 'e')));
    g_assert_true (ac_access_may (act, NULL, &heard) == says (act, 'o'));
  }
  g_assert_false (ac_access_may ((AcAct)AC_ACTS, &member, &own));
  g_assert_false (ac_access_may ((AcAct)-1, &member, &own));
}

/* A screen is nobody: it may what is said of screens, for its site, or what is for the
 * branch of it. */
static void
test_screens (void)
{
  static const gint64 inside[] = { 2, 1 };
  const AcAccessWho screen = { .screen = 7, .site = 3 };
  const AcAccessPlace own = { 0, inside, 2, .site = 3 };
  const AcAccessPlace others = { 0, inside, 2, .site = 4 };
  const AcAccessPlace heard = { 0, inside, 2, .audience = TRUE };

  for (guint act = 0; act < AC_ACTS; act++) {
    gboolean open = says (act, 'o'), may = open || says (act, 'c');
    gboolean scoped = says (act, '-');

    g_assert_true (ac_access_may_somewhere (act, &screen) == may);
    g_assert_true (ac_access_may (act, &screen, &own) == may);
    g_assert_true (ac_access_may (act, &screen, &heard) == may);
    g_assert_true (ac_access_may (act, &screen, &others) == (open || (may && !scoped)));
    g_assert_true (ac_access_may (act, &screen, NULL) == (open || (may && !scoped)));
  }
}

/* Whose password somebody else has made changes it before all else, whatever they are.
 */
static void
test_made_password (void)
{
  static const gint64 inside[] = { 2, 1 };
  const AcGrant everywhere = { AC_ROLE_ADMINISTRATOR, 0 };
  const AcAccessWho chief = { 7, &everywhere, 1, .must_change = TRUE };
  const AcAccessPlace own = { 7, inside, 2, TRUE, TRUE, 3, TRUE };

  for (guint act = 0; act < AC_ACTS; act++) {
    gboolean may = act == AC_ACT_PASSWORD_OWN || says (act, 'o');

    g_assert_true (ac_access_may (act, &chief, &own) == may);
    g_assert_true (ac_access_may (act, &chief, NULL) == may);
    g_assert_true (ac_access_may_somewhere (act, &chief) == may);
  }
}

/* The widest of several counts. */
static void
test_several (void)
{
  static const gint64 town_a[] = { 2, 1 };
  static const gint64 town_b[] = { 3, 1 };
  const AcGrant grants[] = { { AC_ROLE_LECTURER, 0 },
                             { AC_ROLE_STEWARD, 2 },
                             { AC_ROLE_SECRETARY, 9 } };
  const AcAccessWho who = { 7, grants, 3 };
  const AcAccessPlace a = { .branches = town_a, .n_branches = 2 };
  const AcAccessPlace b = { .branches = town_b, .n_branches = 2 };

  g_assert_true (ac_access_may (AC_ACT_MEMBER_VIEW, &who, &a));
  g_assert_false (ac_access_may (AC_ACT_MEMBER_VIEW, &who, &b));
  g_assert_false (ac_access_may (AC_ACT_MEMBER_VIEW, &who, NULL));
}

static void
test_names (void)
{
  for (guint role = 0; role < AC_ROLES; role++) {
    AcRole found;

    g_assert_true (ac_role_from_name (ac_role_name (role), &found));
    g_assert_cmpint (found, ==, role);
  }
  g_assert_false (ac_role_from_name ("king", &(AcRole){ 0 }));
  g_assert_false (ac_role_from_name (NULL, &(AcRole){ 0 }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/access/table", test_table);
  g_test_add_func ("/access/without-roles", test_without_roles);
  g_test_add_func ("/access/screens", test_screens);
  g_test_add_func ("/access/made-password", test_made_password);
  g_test_add_func ("/access/several", test_several);
  g_test_add_func ("/access/names", test_names);
  return g_test_run ();
}
