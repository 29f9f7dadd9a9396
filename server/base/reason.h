/* reason.h - why a value is refused, as a word for programs beside the sentence for
 * people.
 *
 * The words are part of the API: docs/api.yaml lists them, and pages have a text for
 * each in every language; tests/lint/reasons.test.ts compares. A word is never given
 * another meaning. */
#pragma once

/* Of any field */
#define AC_REASON_MISSING "missing"
#define AC_REASON_TAKEN "taken"
#define AC_REASON_NOT_THERE "not-there"
#define AC_REASON_TEXT_FORM "text-form"     /* 1 to 64 characters, none for control */
#define AC_REASON_REASON_FORM "reason-form" /* why something is done, on one line */
#define AC_REASON_DAY_FORM "day-form"
#define AC_REASON_URL_FORM "url-form"
#define AC_REASON_LINE_FORM "line-form"   /* one line, and not so long */
#define AC_REASON_LINES_FORM "lines-form" /* some text, and not so long */

/* Of what one decides */
#define AC_REASON_OWN "own"         /* somebody else has to */
#define AC_REASON_DECIDED "decided" /* already */

/* Of the timetable */
#define AC_REASON_HOUR_TOO_FAR "hour-too-far"
#define AC_REASON_TIMES_RANGE "times-range" /* of a series */
#define AC_REASON_ARCHIVED "archived"
#define AC_REASON_ROOM_OPEN "room-open" /* so who is expected is settled */
#define AC_REASON_LESSON_CANCELLED "lesson-cancelled"
#define AC_REASON_NOT_EXPECTED "not-expected" /* in that lesson */
#define AC_REASON_EXCUSED_SINCE "excused-since"

/* Of members */
#define AC_REASON_NUMBER_FORM "number-form"
#define AC_REASON_CERTIFICATE_FORM "certificate-form"
#define AC_REASON_PHONE_FORM "phone-form"
#define AC_REASON_PASSWORD_LENGTH "password-length"
#define AC_REASON_PASSWORD_SAME "password-same"
#define AC_REASON_DAY_TO_COME "day-to-come"
#define AC_REASON_EVERYBODY "everybody"     /* has that role */
#define AC_REASON_ROLES_ABOVE "roles-above" /* theirs are not for the one who asks */

/* Of branches */
#define AC_REASON_BRANCH_CLOSED "branch-closed"
#define AC_REASON_BRANCH_IN_USE "branch-in-use"
#define AC_REASON_BRANCH_DEPTH "branch-depth"
#define AC_REASON_BELOW_ITSELF "below-itself"
#define AC_REASON_OTHER_SIDE "other-side" /* home and host branches */
#define AC_REASON_KIND_BELOW "kind-below"
#define AC_REASON_HOME_KIND "home-kind"
#define AC_REASON_HOST_KIND "host-kind"
#define AC_REASON_NOT_YOURS "not-yours" /* both branches of a move have to be */

/* Of screens and cards */
#define AC_REASON_CODE_UNKNOWN "code-unknown"
#define AC_REASON_CODE_GUESSES "code-guesses" /* too many that were wrong */
#define AC_REASON_SCREENS_FULL "screens-full" /* the room has as many as it may */
#define AC_REASON_NO_CARDS "no-cards"         /* all have one */
#define AC_REASON_TOO_MANY "too-many"         /* at once */

/* Of credit: rules, entries, years */
#define AC_REASON_VERSION_FORM "version-form"
#define AC_REASON_UNTIL_BEFORE "until-before"
#define AC_REASON_MINUTES_RANGE "minutes-range"
#define AC_REASON_STEP_RANGE "step-range"
#define AC_REASON_PERCENT_RANGE "percent-range"
#define AC_REASON_HOURS_FORM "hours-form"
#define AC_REASON_TIERS_FORM "tiers-form"
#define AC_REASON_ONE_RULE "one-rule" /* minutes or tiers */
#define AC_REASON_MINUTES_SIGN "minutes-sign"
#define AC_REASON_MORE_THAN_HAS "more-than-has"         /* is to be taken away */
#define AC_REASON_MORE_THAN_MISSING "more-than-missing" /* is to be added */
#define AC_REASON_ENTRY_OTHER "entry-other" /* of another member or lesson */
#define AC_REASON_ENTRY_VOIDED "entry-voided"
#define AC_REASON_OPEN_FULL "open-full" /* too many wait already */
#define AC_REASON_YEAR_RANGE "year-range"
#define AC_REASON_YEAR_CLOSED "year-closed"
#define AC_REASON_YEAR_TO_COME "year-to-come"
