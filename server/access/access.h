/* access.h - who may do what, and where: the one place that decides it.
 *
 * Roles are granted over a branch and all that lies below it, or everywhere. Everybody
 * who is signed in is a member besides. What the table of access.c does not allow is
 * denied.
 *
 *   member         enters lessons, sees what is their own
 *   steward        runs the sign-in of a branch's rooms, sees who belongs there
 *   lecturer       speaks; directors of the studio too
 *   secretary      leads a branch: sees its people and how they study
 *   staff          county, town and branch staff: keeps the organisation in its subtree
 *   administrator  everything
 *
 * Whoever is named as the lecturer of a lesson runs its studio without that role.
 *
 * Pure. Threads: any. */
#pragma once

#include <glib.h>

/* In the order in which the highest one of somebody is told. */
typedef enum {
  AC_ROLE_MEMBER,
  AC_ROLE_STEWARD,
  AC_ROLE_LECTURER,
  AC_ROLE_SECRETARY,
  AC_ROLE_STAFF,
  AC_ROLE_ADMINISTRATOR,
} AcRole;

#define AC_ROLES 6

/* "member", "steward", "lecturer", "secretary", "staff", "administrator" */
const gchar *ac_role_name (AcRole role);
gboolean ac_role_from_name (const gchar *name, AcRole *ret_role);

typedef struct {
  AcRole role;
  gint64 branch; /* 0: everywhere */
} AcGrant;

/* A member, or the screen of a room, which is nobody: it may what acts say that screens
 * may, for its site or what is for the branch of it. */
typedef struct {
  gint64 member; /* 0: a screen */
  const AcGrant *grants;
  guint n_grants;
  gint64 screen, site;  /* 0: a member */
  gboolean must_change; /* their password, before they may do anything else */
} AcAccessWho;

/* What an act is about: the branches that it lies within, each with all above it, and
 * whose it is. Zeroed: nowhere in particular. */
typedef struct {
  gint64 member; /* 0: nobody's own */
  const gint64 *branches;
  guint n_branches;
  gboolean audience; /* a lesson that is for the one who asks */
  gboolean lecturer; /* a lesson that the one who asks lectures in */
  gint64 site;       /* it lies in; 0: in none */
  gboolean steward;  /* the one who asks is a steward of that site */
} AcAccessPlace;

typedef enum {
  AC_ACT_NONE, /* a row that forgets to say: denied to everybody */
  AC_ACT_SIGN_IN,
  AC_ACT_PASSWORD_OWN,    /* to see who one is, and to change one's password */
  AC_ACT_SESSION_OWN,     /* one's own sessions */
  AC_ACT_LESSON_LIST,     /* of those that one may view */
  AC_ACT_LESSON_VIEW,     /* with its media, live and as replay */
  AC_ACT_LESSON_ATTEND,   /* its socket: presence, beats, what is told to all */
  AC_ACT_LESSON_JOIN,     /* to take part by oneself */
  AC_ACT_LESSON_HEALTH,   /* how its source and encoders do */
  AC_ACT_LESSON_PREVIEW,  /* watch it by WHEP, of which there are few places */
  AC_ACT_LESSON_PRESENCE, /* how many are there, by branch */
  AC_ACT_LESSON_DIRECT,   /* start, break, end */
  AC_ACT_LESSON_PUBLISH,  /* from a page; and its stream keys, which let others */
  AC_ACT_LESSON_MODERATE, /* its chat, questions, hands, polls, hand-outs */
  AC_ACT_LESSON_MANAGE,   /* courses and the timetable: add, change, cancel */
  AC_ACT_RECORD_OWN,      /* what one has studied, and appeals about it */
  AC_ACT_CORRECT,         /* entries into the ledger by hand, answers to appeals, what
                           * is asked of a member in a year */
  AC_ACT_POLICY_VIEW,
  AC_ACT_POLICY_MANAGE, /* the rules for credit, the end of a year: of all */
  AC_ACT_LEDGER_CHECK,  /* of all */
  AC_ACT_BRANCH_NAME,   /* what a number stands for: no secret */
  AC_ACT_BRANCH_VIEW,
  AC_ACT_BRANCH_MANAGE, /* branches and their rooms: add, change, close; stewards */
  AC_ACT_MEMBER_VIEW,   /* names and phones masked */
  AC_ACT_MEMBER_FILE,   /* with certificates, branches, numbers of ledgers */
  AC_ACT_MEMBER_MANAGE, /* members in, out as tables, and changed */
  AC_ACT_IMPORT_OWN,    /* a table that one has sent, before it is imported */
  AC_ACT_MEMBER_EXCUSE, /* from a lesson that they are expected in */
  AC_ACT_AUDIT_VIEW,
  AC_ACT_WEBHOOK_MANAGE, /* who else is told: of all */
  AC_ACT_SYSTEM_VIEW,    /* how the machine does: for those who look after all */
  AC_ACT_SCREEN_ASK,     /* to be let in as a screen */
  AC_ACT_SCREEN_OWN,     /* what a screen shows besides lessons */
  AC_ACT_SITE_LIST,      /* of those that one runs */
  AC_ACT_SITE_RUN,       /* its screens and its sign-in, and who belongs there */
  AC_ACT_ROOM_CODE,      /* the digits that a room shows */
  AC_ACT_ROOM_APPROVE,   /* what stewards wrote down without a line */
  AC_ACT_CARD_MAKE,      /* members' printed cards */
  AC_ACT_MEMBER_UNMASK,  /* phone and identity number whole, for a reason */
  AC_ACT_PASSWORD_RESET, /* of somebody who has forgotten it, with no role above */
  AC_ACT_GRANT,          /* roles given and taken, over what one's own lies over */
  AC_ACT_REPORT,
  AC_ACT_REPORT_AUDIT, /* what was entered by hand, by whom and why */
  AC_ACT_TRANSCRIPT,
  AC_ACT_VERIFY, /* whether a paper is genuine */
} AcAct;

#define AC_ACTS (AC_ACT_VERIFY + 1)

/* Whether it matters where: only then is a place asked for. */
gboolean ac_access_is_scoped (AcAct act);
/* Whether it needs nobody signed in. */
gboolean ac_access_is_open (AcAct act);

/* @who: NULL: nobody is signed in
 * @place: NULL: nowhere; a scoped act is then for those who may do it everywhere */
gboolean ac_access_may (AcAct act, const AcAccessWho *who, const AcAccessPlace *place);
/* Whether there can be a place where @who may. */
gboolean ac_access_may_somewhere (AcAct act, const AcAccessWho *who);
