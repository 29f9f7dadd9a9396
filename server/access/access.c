#include "access.h"

#define FOR(role) (1u << AC_ROLE_##role)
#define EVERYBODY FOR (MEMBER)
#define STAFF                                                                          \
  (FOR (STEWARD) | FOR (LECTURER) | FOR (SECRETARY) | FOR (STAFF) | FOR (ADMINISTRATOR))
#define OVERSEERS (FOR (STEWARD) | FOR (SECRETARY) | FOR (STAFF) | FOR (ADMINISTRATOR))

/* Zeroed is denied. */
typedef struct {
  guint roles;
  gboolean scoped;       /* a role counts within its branch only */
  gboolean own;          /* and everybody may, with what is their own */
  gboolean for_audience; /* and those whom it is for */
  gboolean for_lecturer; /* and those who lecture in it */
  gboolean for_steward;  /* and stewards of the site */
  gboolean for_screen;   /* and the site's screen */
  gboolean open;         /* nobody needs to be signed in */
  gboolean before_all;   /* also while one's password must be changed */
} Rule;

static const Rule rules[AC_ACTS] = {
  [AC_ACT_SIGN_IN] = { .open = TRUE },
  [AC_ACT_PASSWORD_OWN] = { EVERYBODY, .before_all = TRUE },
  [AC_ACT_SESSION_OWN] = { EVERYBODY },
  [AC_ACT_LESSON_LIST] = { EVERYBODY },
  [AC_ACT_LESSON_VIEW] = { STAFF, .scoped = TRUE, .for_audience = TRUE,
                           .for_lecturer = TRUE, .for_screen = TRUE },
  [AC_ACT_LESSON_ATTEND] = { STAFF, .scoped = TRUE, .for_audience = TRUE,
                             .for_lecturer = TRUE, .for_screen = TRUE },
  [AC_ACT_LESSON_JOIN] = { STAFF, .scoped = TRUE, .for_audience = TRUE,
                           .for_lecturer = TRUE },
  [AC_ACT_LESSON_PRESENCE] = { STAFF, .scoped = TRUE, .for_lecturer = TRUE },
  [AC_ACT_LESSON_HEALTH] = { STAFF, .scoped = TRUE, .for_lecturer = TRUE },
  [AC_ACT_LESSON_PREVIEW] = { STAFF, .scoped = TRUE, .for_lecturer = TRUE,
                              .for_screen = TRUE },
  [AC_ACT_LESSON_DIRECT] = { FOR (STAFF) | FOR (ADMINISTRATOR), .scoped = TRUE,
                             .for_lecturer = TRUE },
  [AC_ACT_LESSON_PUBLISH] = { FOR (SECRETARY) | FOR (STAFF) | FOR (ADMINISTRATOR),
                              .scoped = TRUE, .for_lecturer = TRUE },
  [AC_ACT_LESSON_MODERATE] = { FOR (SECRETARY) | FOR (STAFF) | FOR (ADMINISTRATOR),
                               .scoped = TRUE, .for_lecturer = TRUE },
  [AC_ACT_LESSON_MANAGE] = { FOR (SECRETARY) | FOR (STAFF) | FOR (ADMINISTRATOR),
                             .scoped = TRUE },
  [AC_ACT_RECORD_OWN] = { EVERYBODY },
  [AC_ACT_CORRECT] = { FOR (ADMINISTRATOR), .scoped = TRUE },
  [AC_ACT_POLICY_VIEW] = { EVERYBODY },
  [AC_ACT_POLICY_MANAGE] = { FOR (ADMINISTRATOR), .scoped = TRUE },
  [AC_ACT_LEDGER_CHECK] = { FOR (STAFF) | FOR (ADMINISTRATOR), .scoped = TRUE },
  [AC_ACT_BRANCH_NAME] = { EVERYBODY },
  [AC_ACT_BRANCH_VIEW] = { OVERSEERS, .scoped = TRUE },
  [AC_ACT_BRANCH_MANAGE] = { FOR (STAFF) | FOR (ADMINISTRATOR), .scoped = TRUE },
  [AC_ACT_MEMBER_EXCUSE] = { FOR (SECRETARY) | FOR (STAFF) | FOR (ADMINISTRATOR),
                             .scoped = TRUE },
  [AC_ACT_MEMBER_FILE] = { FOR (SECRETARY) | FOR (STAFF) | FOR (ADMINISTRATOR),
                           .scoped = TRUE, .own = TRUE },
  [AC_ACT_MEMBER_MANAGE] = { FOR (STAFF) | FOR (ADMINISTRATOR), .scoped = TRUE },
  [AC_ACT_IMPORT_OWN] = { FOR (STAFF) | FOR (ADMINISTRATOR) },
  [AC_ACT_MEMBER_VIEW] = { OVERSEERS, .scoped = TRUE, .own = TRUE },
  [AC_ACT_SCREEN_ASK] = { .open = TRUE },
  [AC_ACT_SCREEN_OWN] = { .for_screen = TRUE },
  [AC_ACT_SITE_LIST] = { EVERYBODY },
  [AC_ACT_SITE_RUN] = { OVERSEERS, .scoped = TRUE, .for_steward = TRUE },
  [AC_ACT_ROOM_CODE] = { OVERSEERS, .scoped = TRUE, .for_steward = TRUE,
                         .for_screen = TRUE },
  [AC_ACT_ROOM_APPROVE] = { FOR (SECRETARY) | FOR (STAFF) | FOR (ADMINISTRATOR),
                            .scoped = TRUE },
  [AC_ACT_CARD_MAKE] = { FOR (SECRETARY) | FOR (STAFF) | FOR (ADMINISTRATOR),
                         .scoped = TRUE, .own = TRUE },
  [AC_ACT_MEMBER_UNMASK] = { FOR (SECRETARY) | FOR (STAFF) | FOR (ADMINISTRATOR),
                             .scoped = TRUE },
  [AC_ACT_PASSWORD_RESET] = { FOR (STAFF) | FOR (ADMINISTRATOR), .scoped = TRUE },
  [AC_ACT_GRANT] = { FOR (ADMINISTRATOR), .scoped = TRUE },
  [AC_ACT_AUDIT_VIEW] = { FOR (STAFF) | FOR (ADMINISTRATOR), .scoped = TRUE },
  [AC_ACT_WEBHOOK_MANAGE] = { FOR (ADMINISTRATOR), .scoped = TRUE },
  [AC_ACT_SYSTEM_VIEW] = { FOR (STAFF) | FOR (ADMINISTRATOR), .scoped = TRUE },
  [AC_ACT_REPORT] = { FOR (SECRETARY) | FOR (STAFF) | FOR (ADMINISTRATOR),
                      .scoped = TRUE },
  [AC_ACT_REPORT_AUDIT] = { FOR (STAFF) | FOR (ADMINISTRATOR), .scoped = TRUE },
  [AC_ACT_TRANSCRIPT] = { FOR (SECRETARY) | FOR (STAFF) | FOR (ADMINISTRATOR),
                          .scoped = TRUE, .own = TRUE },
  [AC_ACT_VERIFY] = { .open = TRUE },
};

static const gchar *const role_names[AC_ROLES] = {
  [AC_ROLE_MEMBER] = "member",     [AC_ROLE_STEWARD] = "steward",
  [AC_ROLE_LECTURER] = "lecturer", [AC_ROLE_SECRETARY] = "secretary",
  [AC_ROLE_STAFF] = "staff",       [AC_ROLE_ADMINISTRATOR] = "administrator",
};

const gchar *
ac_role_name (AcRole role)
{
  g_return_val_if_fail ((guint)role < AC_ROLES, NULL);

  return role_names[role];
}

gboolean
ac_role_from_name (const gchar *name, AcRole *ret_role)
{
  for (guint i = 0; i < AC_ROLES; i++)
    if (g_strcmp0 (role_names[i], name) == 0) {
      *ret_role = (AcRole)i;
      return TRUE;
    }
  return FALSE;
}

static const Rule *
rule_of (AcAct act)
{
  return &rules[(guint)act < AC_ACTS ? act : AC_ACT_NONE];
}

gboolean
ac_access_is_scoped (AcAct act)
{
  return rule_of (act)->scoped;
}

gboolean
ac_access_is_open (AcAct act)
{
  return rule_of (act)->open;
}

static gboolean
reaches (const AcGrant *grant, const AcAccessPlace *place)
{
  if (grant->branch == 0)
    return TRUE;
  for (guint i = 0; place != NULL && i < place->n_branches; i++)
    if (place->branches[i] == grant->branch)
      return TRUE;
  return FALSE;
}

/* Whether @who may without any role. */
static gboolean
concerns (const Rule *rule, const AcAccessWho *who, const AcAccessPlace *place)
{
  return (rule->own && place->member != 0 && place->member == who->member) ||
         (rule->for_audience && place->audience) ||
         (rule->for_lecturer && place->lecturer) ||
         (rule->for_steward && place->steward);
}

static gboolean
screen_may (const Rule *rule, const AcAccessWho *who, const AcAccessPlace *place)
{
  return rule->for_screen &&
         (!rule->scoped ||
          (place != NULL && (place->audience || place->site == who->site)));
}

gboolean
ac_access_may (AcAct act, const AcAccessWho *who, const AcAccessPlace *place)
{
  const Rule *rule = rule_of (act);

  if (rule->open)
    return TRUE;
  if (who == NULL || (who->must_change && !rule->before_all))
    return FALSE;
  if (who->screen != 0)
    return screen_may (rule, who, place);
  if ((rule->roles & EVERYBODY) != 0)
    return TRUE;
  if (place != NULL && concerns (rule, who, place))
    return TRUE;
  for (guint i = 0; i < who->n_grants; i++)
    if ((rule->roles & (1u << who->grants[i].role)) != 0 &&
        (!rule->scoped || reaches (&who->grants[i], place)))
      return TRUE;
  return FALSE;
}

gboolean
ac_access_may_somewhere (AcAct act, const AcAccessWho *who)
{
  const Rule *rule = rule_of (act);

  if (ac_access_may (act, who, NULL))
    return TRUE;
  if (who == NULL || who->must_change)
    return FALSE;
  if (who->screen != 0)
    return rule->for_screen;
  for (guint i = 0; i < who->n_grants; i++)
    if ((rule->roles & (1u << who->grants[i].role)) != 0)
      return TRUE;
  return rule->own || rule->for_audience || rule->for_lecturer || rule->for_steward;
}
