/* commands.c - what can be typed after "airclass", in the order of its help. */
#include "command_line.h"

/* --- What several of them take --- */

#define LESSON_ID                                                                      \
  {                                                                                    \
    .member = "lesson", .value = "ID", .help = "the lesson's number",                  \
    .required = TRUE, .integer = TRUE                                                  \
  }

#define MEMBER_NUMBER                                                                  \
  {                                                                                    \
    .member = "number", .value = "N", .help = "the member's number", .required = TRUE  \
  }
#define ROLE_NAME                                                                      \
  {                                                                                    \
    "role", "role", "ROLE", "steward, lecturer, secretary, staff or administrator",    \
        TRUE                                                                           \
  }
#define ROLE_BRANCH                                                                    \
  {                                                                                    \
    "branch", "branch", "ID", "with all below it; left out: everywhere", FALSE, TRUE   \
  }
#define BRANCH_ID                                                                      \
  {                                                                                    \
    .member = "branch", .value = "ID", .help = "the branch's number",                  \
    .required = TRUE, .integer = TRUE                                                  \
  }
#define WEBHOOK_ID                                                                     \
  {                                                                                    \
    .member = "webhook", .value = "ID", .help = "the webhook's number",                \
    .required = TRUE, .integer = TRUE                                                  \
  }
#define BRANCH_PARENT                                                                  \
  {                                                                                    \
    "parent", "parent", "ID", "the branch above it", FALSE, TRUE                       \
  }
#define LESSON_HOUR                                                                    \
  {                                                                                    \
    "at", "at", "TIME", "its hour, such as \"2026-12-01 19:30\"; it starts by itself"  \
  }
#define LESSON_LOOP                                                                    \
  {                                                                                    \
    "loop", "loop", NULL, "play the file again and again (demos)"                      \
  }

#define LESSON_COURSE                                                                  \
  {                                                                                    \
    "course", "course", "ID", "the course that it belongs to", FALSE, TRUE             \
  }
#define LESSON_TARGETS                                                                 \
  {                                                                                    \
    "target", "targets", "IDS", "branches that it is for, with all below: 2,5"         \
  }
#define LESSON_KINDS                                                                   \
  {                                                                                    \
    "kind", "kinds", "KINDS", "of member, probationary, activist, trainee"             \
  }
#define LESSON_LECTURERS                                                               \
  {                                                                                    \
    "lecturer", "lecturers", "NS", "numbers of those who speak: 1001,1002"             \
  }
#define LESSON_LENGTH                                                                  \
  {                                                                                    \
    "length", "minutes", "MINUTES", "how long it is to be", FALSE, TRUE                \
  }
#define LESSON_FOLLOWING                                                               \
  {                                                                                    \
    "following", "following", NULL, "those of its series that come later too"          \
  }
#define COURSE_KIND "party, policy, skills, enterprise or branch-life"

/* --- The commands --- */

const AcCommand ac_commands[] = {
  { .group = "init",
    .control = "init",
    .help = "make the data directory, its database and its keys" },
  { .group = "doctor",
    .control = AC_COMMAND_DOCTOR,
    .help = "check this machine: encoders, ports, disk, fonts, what is missing" },
  { .group = "member",
    .verb = "add",
    .control = "member-add",
    .help = "add a member who can sign in",
    .password_stdin = TRUE,
    .arguments = {
        { "number", "number", "N", "the member number, used to sign in", TRUE },
        { "name", "name", "NAME", "the member's name", TRUE },
        { "role", "role", "ROLE", "member (default), steward, lecturer, secretary, staff or administrator" },
        { "branch", "branch", "ID", "the home branch; a role lies over it and all below, or over everything without one", FALSE, TRUE },
    } },
  { .group = "member",
    .verb = "show",
    .control = "member-show",
    .help = "what is known of a member",
    .arguments = { MEMBER_NUMBER } },
  { .group = "member",
    .verb = "set",
    .control = "member-set",
    .help = "change a member's name, kind or phone",
    .arguments = {
        MEMBER_NUMBER,
        { "name", "name", "NAME", "the member's name" },
        { "kind", "kind", "KIND", "member, probationary, activist or trainee" },
        { "phone", "phone", "PHONE", "the phone; none: no phone" },
    } },
  { .group = "member",
    .verb = "move",
    .control = "member-move",
    .help = "say which branch a member belongs to, from a day on",
    .arguments = {
        MEMBER_NUMBER,
        { "side", "side", "SIDE", "home or host", TRUE },
        { "branch", "branch", "ID", "the branch's number; left out: none", FALSE, TRUE },
        { "from", "from", "DAY", "such as 2026-01-05; left out: today" },
    } },
  { .group = "member",
    .verb = "certificate",
    .control = "member-certificate",
    .help = "note a member's certificate and its state",
    .arguments = {
        MEMBER_NUMBER,
        { "certificate", "certificate", "N", "the certificate's number", TRUE },
        { "state", "state", "STATE", "unverified (default), verified or revoked" },
        { "note", "note", "TEXT", "why, or who has seen it" },
    } },
  { .group = "member",
    .verb = "card",
    .control = "member-card",
    .help = "make a code for a member's printed card; the last one is worthless",
    .arguments = { MEMBER_NUMBER } },
  { .group = "member",
    .verb = "cards",
    .control = AC_COMMAND_CARDS,
    .help = "make cards to be printed (.pdf, ten a page), of who has none",
    .arguments = {
        { .member = "file", .value = "FILE", .help = "the file to write",
          .required = TRUE },
        { "branch", "branch", "ID", "only of this branch and below it", FALSE, TRUE },
        { "member", "number", "N", "of this member alone, instead of the last one" },
        { "again", "again", NULL, "of all, whose cards before are worthless then" },
        { "reason", "reason", "TEXT", "what they are for; noted for audit" },
    } },
  { .group = "member",
    .verb = "password",
    .control = "member-password",
    .help = "give a member another password, and end all their sessions; without "
            "--password-stdin it is made and printed, once, and they have to change it",
    .password_optional = TRUE,
    .arguments = { MEMBER_NUMBER } },
  { .group = "role",
    .verb = "grant",
    .control = "role-grant",
    .help = "give a member a role, over a branch or everywhere",
    .arguments = { MEMBER_NUMBER, ROLE_NAME, ROLE_BRANCH } },
  { .group = "role",
    .verb = "revoke",
    .control = "role-revoke",
    .help = "take a role away",
    .arguments = { MEMBER_NUMBER, ROLE_NAME, ROLE_BRANCH } },
  { .group = "role",
    .verb = "list",
    .control = "role-list",
    .help = "list a member's roles",
    .arguments = { MEMBER_NUMBER } },
  { .group = "import",
    .verb = "members",
    .control = "members-import",
    .help = "look at a roster (.xlsx, .csv), then import it",
    .arguments = {
        { .member = "file", .value = "FILE", .help = "the roster", .required = TRUE },
        { "apply", "apply", "DIGEST",
          "what the look has printed: import it; left out: only look" },
    } },
  { .group = "export",
    .verb = "members",
    .control = "members-export",
    .help = "write the roster to a file (.xlsx, .csv)",
    .arguments = {
        { .member = "file", .value = "FILE", .help = "the file to write",
          .required = TRUE },
        { "branch", "branch", "ID", "only what belongs to this branch or below it",
          FALSE, TRUE },
        { "identity", "identity", NULL, "with the identity numbers; needs --reason" },
        { "reason", "reason", "TEXT", "what it is for; noted for audit" },
    } },
  { .group = "identity",
    .verb = "rotate",
    .control = "identity-rotate",
    .help = "seal the identity numbers by a fresh key; the old one is thrown away" },
  { .group = "branch",
    .verb = "add",
    .control = "branch-add",
    .help = "add a branch to the organisation",
    .arguments = {
        { "name", "name", "NAME", "the branch's name", TRUE },
        BRANCH_PARENT,
        { "kind", "kind", "KIND",
          "county, town, village, enterprise or network; left out: what lies there" },
    } },
  { .group = "branch",
    .verb = "list",
    .control = "branch-list",
    .help = "list the branches" },
  { .group = "branch",
    .verb = "move",
    .control = "branch-move",
    .help = "put a branch, with all below it, elsewhere",
    .arguments = { BRANCH_ID, BRANCH_PARENT } },
  { .group = "branch",
    .verb = "rename",
    .control = "branch-rename",
    .help = "give a branch another name",
    .arguments = { BRANCH_ID, { "name", "name", "NAME", "the new name", TRUE } } },
  { .group = "site",
    .verb = "add",
    .control = "site-add",
    .help = "add a room with a screen to a branch",
    .arguments = {
        { "branch", "branch", "ID", "the branch's number", TRUE, TRUE },
        { "name", "name", "NAME", "the room's name", TRUE },
    } },
  { .group = "site",
    .verb = "list",
    .control = "site-list",
    .help = "list the rooms and their stewards",
    .arguments = { { "branch", "branch", "ID", "only of this branch", FALSE, TRUE } } },
  { .group = "site",
    .verb = "steward",
    .control = "site-steward",
    .help = "make a member a room's steward",
    .arguments = {
        { .member = "site", .value = "ID", .help = "the room's number",
          .required = TRUE, .integer = TRUE },
        { "member", "member", "N", "the member's number", TRUE },
        { "remove", "remove", NULL, "a steward no more" },
    } },
  { .group = "screen",
    .verb = "pair",
    .control = "screen-pair",
    .help = "let the screen that shows a code in as a room's",
    .arguments = {
        { .member = "code", .value = "CODE", .help = "what the screen shows",
          .required = TRUE },
        { "site", "site", "ID", "the room's number", TRUE, TRUE },
        { "name", "name", "NAME", "what the screen is called", TRUE },
    } },
  { .group = "screen",
    .verb = "list",
    .control = "screen-list",
    .help = "list the rooms' screens",
    .arguments = { { "site", "site", "ID", "only of this room", FALSE, TRUE } } },
  { .group = "screen",
    .verb = "revoke",
    .control = "screen-revoke",
    .help = "know a screen no more",
    .arguments = { { .member = "screen", .value = "ID", .help = "the screen's number",
                     .required = TRUE, .integer = TRUE } } },
  { .group = "lesson",
    .verb = "add",
    .control = "lesson-add",
    .help = "add a lesson; prints its stream address, once",
    .arguments = {
        { "title", "title", "TITLE", "the lesson's title", TRUE },
        { "source", "source", "SOURCE",
          "rtsp://, rtmp://, srt:// or http(s)://....m3u8 address, or lecture file" },
        LESSON_HOUR,
        LESSON_LOOP,
        { "mode", "mode", "MODE",
          "grid (default): every rendition is encoded here; auto: a regular source is "
          "passed on" },
        LESSON_COURSE,
        { "branch", "branch", "ID", "whose staff keep it (default: the course's)",
          FALSE, TRUE },
        LESSON_TARGETS,
        LESSON_KINDS,
        LESSON_LECTURERS,
        LESSON_LENGTH,
        { "repeat", "repeat", "BY",
          "a series from --at on: week, month-day or month-weekday" },
        { "every", "interval", "N", "every so many weeks or months", FALSE, TRUE },
        { "times", "times", "N", "so many lessons, at most 100", FALSE, TRUE },
        { "until", "until", "DAY", "or up to this day" },
        { "skip", "skip", "DAYS", "days without one: 2026-10-01,2026-10-08" },
    } },
  { .group = "lesson",
    .verb = "change",
    .control = "lesson-change",
    .help = "change a lesson that has not begun; what is not given stays",
    .arguments = {
        LESSON_ID,
        { "title", "title", "TITLE", "its title" },
        LESSON_HOUR,
        LESSON_COURSE,
        LESSON_TARGETS,
        LESSON_KINDS,
        LESSON_LECTURERS,
        LESSON_LENGTH,
        LESSON_FOLLOWING,
    } },
  { .group = "lesson",
    .verb = "cancel",
    .control = "lesson-cancel",
    .help = "cancel a lesson that has not begun",
    .arguments = {
        LESSON_ID,
        { "reason", "reason", "TEXT", "why, in one line", TRUE },
        LESSON_FOLLOWING,
    } },
  { .group = "lesson",
    .verb = "key",
    .control = "lesson-key",
    .help = "give a lesson other stream keys; prints them, once",
    .arguments = { LESSON_ID } },
  { .group = "lesson",
    .verb = "expected",
    .control = "lesson-expected",
    .help = "who is expected in a lesson, excused or exempt",
    .arguments = {
        LESSON_ID,
        { "branch", "branch", "ID", "only of this branch and below", FALSE, TRUE },
    } },
  { .group = "lesson",
    .verb = "excuse",
    .control = "lesson-excuse",
    .help = "excuse a member from a lesson, before it or after",
    .arguments = {
        LESSON_ID,
        { "member", "number", "N", "the member's number", TRUE },
        { "reason", "reason", "TEXT", "why, in one line" },
        { "exempt", "exempt", NULL, "nothing is asked for, instead of leave" },
        { "remove", "remove", NULL, "take an excuse back" },
    } },
  { .group = "course",
    .verb = "add",
    .control = "course-add",
    .help = "add a course",
    .arguments = {
        { "title", "title", "TITLE", "the course's title", TRUE },
        { "kind", "kind", "KIND", COURSE_KIND, TRUE },
        { "description", "description", "TEXT", "what it is about" },
        { "branch", "branch", "ID", "whose staff keep it", FALSE, TRUE },
    } },
  { .group = "course",
    .verb = "set",
    .control = "course-set",
    .help = "change a course; what is not given stays",
    .arguments = {
        { .member = "course", .value = "ID", .help = "the course's number",
          .required = TRUE, .integer = TRUE },
        { "title", "title", "TITLE", "its title" },
        { "kind", "kind", "KIND", COURSE_KIND },
        { "description", "description", "TEXT", "what it is about" },
        { "archive", "archive", NULL, "no lesson can be added to it" },
        { "restore", "restore", NULL, "lessons can be added again" },
    } },
  { .group = "course",
    .verb = "list",
    .control = "course-list",
    .help = "list the courses, newest first",
    .arguments = { { "archived", "archived", NULL, "those too" } } },
  { .group = "lesson",
    .verb = "source",
    .control = "lesson-source",
    .help = "change what a lesson fetches by itself",
    .arguments = {
        LESSON_ID,
        { .member = "source", .value = "SOURCE", .required = TRUE,
          .help = "as of lesson add; none: encoders publish" },
        LESSON_HOUR,
        LESSON_LOOP,
    } },
  { .group = "lesson",
    .verb = "start",
    .control = "lesson-start",
    .help = "make a lesson live by hand",
    .arguments = { LESSON_ID } },
  { .group = "lesson",
    .verb = "end",
    .control = "lesson-end",
    .help = "end a lesson; it becomes a replay",
    .arguments = { LESSON_ID } },
  { .group = "lesson",
    .verb = "url",
    .control = "lesson-url",
    .help = "print addresses of a lesson's media, good for as long as media-life says",
    .arguments = { LESSON_ID } },
  { .group = "lesson",
    .verb = "list",
    .control = "lesson-list",
    .help = "list the lessons, newest first",
    .arguments = {
        { "before", "before", "ID", "only lessons older than this one", FALSE, TRUE },
        { "limit", "limit", "N", "at most so many (default 50)", FALSE, TRUE },
    } },
  { .group = "attendance",
    .control = "attendance",
    .help = "who attended a lesson, and for how long",
    .arguments = { LESSON_ID } },
  { .group = "member",
    .verb = "show-all",
    .control = "member-show-all",
    .help = "everything that is known of a member, as JSON, for them to have",
    .arguments = {
        MEMBER_NUMBER,
        { "reason", "reason", "TEXT", "who asks for it and why; noted for audit", TRUE },
    } },
  { .group = "member",
    .verb = "erase",
    .control = "member-erase",
    .help = "forget a person for ever; what they studied stays, without a name",
    .arguments = {
        { .member = "number", .value = "NUMBER", .help = "the member number",
          .required = TRUE },
    } },
  { .group = "audit",
    .verb = "list",
    .control = "audit-list",
    .help = "who did what with others' data and with the rules, newest first",
    .arguments = {
        { "act", "act", "ACT", "only this act, such as unmask or export" },
        { "about", "number", "N", "only about this member" },
        { "by", "actor", "N", "only by this member" },
        { "branch", "branch", "ID", "only of this branch and below it", FALSE, TRUE },
        { "from", "from", "DAY", "the first day, such as 2026-01-05" },
        { "until", "until", "DAY", "the last day" },
        { "before", "before", "ID", "only notes older than this one", FALSE, TRUE },
        { "limit", "limit", "N", "at most so many (default 50)", FALSE, TRUE },
    } },
  { .group = "standing",
    .verb = "set",
    .control = "standing-set",
    .help = "say what is asked of a member in a year",
    .arguments = {
        { .member = "number", .value = "NUMBER", .help = "the member number",
          .required = TRUE },
        { "year", "year", "YEAR", "the year, such as 2026", TRUE, TRUE },
        { "reason", "reason", "TEXT", "why, in one line", TRUE },
        { "duty", "duty", "DUTY", "member (default), committee or cadre" },
        { "exempt", "exempt", NULL, "nothing is asked for" },
    } },
  { .group = "policy",
    .verb = "list",
    .control = "policy-list",
    .help = "list the versions of the rules for credit" },
  { .group = "policy",
    .verb = "show",
    .control = "policy-show",
    .help = "show the rules that count, or one version of them",
    .arguments = {
        { "name", "version", "NAME", "this version" },
        { "day", "day", "DAY", "that of this day (default: today)" },
    } },
  { .group = "policy",
    .verb = "add",
    .control = "policy-add",
    .help = "add a version; what is not given is as in the one before",
    .arguments = {
        { "name", "version", "NAME", "what it is called, such as 2027-1", TRUE },
        { "from", "from", "DAY", "its first day, such as 2027-01-01", TRUE },
        { "reason", "reason", "TEXT", "why, in one line", TRUE },
        { "until", "until", "DAY", "its last day (default: no end)" },
        { "minutes", "minutes", "N", "so many minutes are one hour", FALSE, TRUE },
        { "step", "step", "HOURS", "counted down to steps of so much, such as 0.5" },
        { "tiers", "tiers", "TIERS", "minutes:hours instead, such as 15:0.5,30:1" },
        { "attended", "attended", "PERCENT", "coverage that is attendance", FALSE, TRUE },
        { "replay", "replay", "MODE", "counts or apart: replay in the yearly hours" },
        { "member", "member", "HOURS", "asked of members a year" },
        { "committee", "committee", "HOURS", "of secretaries and committee members" },
        { "cadre", "cadre", "HOURS", "of cadres" },
    } },
  { .group = "ledger",
    .verb = "verify",
    .control = AC_COMMAND_LEDGER_VERIFY,
    .help = "check every entry; names the first that was changed" },
  { .group = "ledger",
    .verb = "head",
    .control = AC_COMMAND_LEDGER_HEAD,
    .help = "print how many entries there are, and the last one's hash" },
  { .group = "ledger",
    .verb = "recompute",
    .control = AC_COMMAND_LEDGER_RECOMPUTE,
    .help = "compute the figures again from what players sent, and compare",
    .arguments = {
        { "lesson", "lesson", "ID", "of this lesson only", FALSE, TRUE },
    } },
  { .group = "ledger",
    .verb = "close",
    .control = "ledger-close",
    .help = "close a year for ever; what comes later counts in the next",
    .arguments = {
        { .member = "year", .value = "YEAR", .help = "the year, such as 2026",
          .required = TRUE, .integer = TRUE },
    } },
  { .group = AC_COMMAND_REPORT,
    .control = AC_COMMAND_REPORT,
    .help = "write a report to a file (.pdf, .xlsx, .csv, .json)",
    .arguments = {
        { .member = "report", .value = "KIND",
          .help = "credit, sign-in, sites, host, make-up, contact, skills, lecturers, "
                  "adjustments or transcript",
          .required = TRUE },
        { .member = "file", .value = "FILE", .help = "the file to write",
          .required = TRUE },
        { "branch", "branch", "ID", "only what lies within this branch", FALSE, TRUE },
        { "lesson", "lesson", "ID", "of this lesson (sign-in)", FALSE, TRUE },
        { "member", "number", "N", "of this member (transcript)" },
        { "from", "from", "DAY", "the first day; left out: of this year" },
        { "to", "to", "DAY", "the last day; left out: today" },
        { "days", "days", "N", "without study for so many days (contact)", FALSE, TRUE },
        { "reason", "reason", "TEXT", "what whole names are for; left out: masked" },
    } },
  { .group = "export",
    .verb = "statements",
    .control = "statements-export",
    .help = "write what members played as xAPI statements, a line each",
    .arguments = {
        { .member = "file", .value = "FILE", .help = "the file to write",
          .required = TRUE },
        { "after", "after", "ENTRY", "only of the ledger's entries after this one",
          FALSE, TRUE },
    } },
  { .group = "export",
    .verb = "oneroster",
    .control = "oneroster-export",
    .help = "write branches, members, lessons and who is expected as OneRoster CSV",
    .arguments = {
        { .member = "file", .value = "FILE.zip", .help = "the file to write",
          .required = TRUE },
        { "branch", "branch", "ID", "only what belongs to this branch or below it",
          FALSE, TRUE },
        { "from", "from", "DAY", "lessons from this day on; left out: of this year" },
        { "to", "to", "DAY", "the last day; left out: today" },
    } },
  { .group = "webhook",
    .verb = "add",
    .control = "webhook-add",
    .help = "tell an address what happens; prints the secret of its signatures, once",
    .arguments = {
        { .member = "url", .value = "URL", .help = "https://...", .required = TRUE },
        { "events", "events", "NAMES",
          "such as lesson.live,record.entered; left out: all" },
    } },
  { .group = "webhook",
    .verb = "list",
    .control = "webhook-list",
    .help = "list who is told, and who cannot be reached" },
  { .group = "webhook",
    .verb = "remove",
    .control = "webhook-remove",
    .help = "tell an address no more",
    .arguments = { WEBHOOK_ID } },
  { .group = "webhook",
    .verb = "resume",
    .control = "webhook-resume",
    .help = "tell an address again that was given up, from where it stopped",
    .arguments = { WEBHOOK_ID } },
  { NULL },
};
