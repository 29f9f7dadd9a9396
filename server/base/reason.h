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

/* Of members */
#define AC_REASON_NUMBER_FORM "number-form"
#define AC_REASON_CERTIFICATE_FORM "certificate-form"
#define AC_REASON_PHONE_FORM "phone-form"
#define AC_REASON_PASSWORD_LENGTH "password-length"
#define AC_REASON_PASSWORD_SAME "password-same"
#define AC_REASON_DAY_TO_COME "day-to-come"
#define AC_REASON_EVERYBODY "everybody" /* has that role */

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

/* Of rules for credit, and years */
#define AC_REASON_VERSION_FORM "version-form"
#define AC_REASON_UNTIL_BEFORE "until-before"
#define AC_REASON_MINUTES_RANGE "minutes-range"
#define AC_REASON_STEP_RANGE "step-range"
#define AC_REASON_PERCENT_RANGE "percent-range"
#define AC_REASON_HOURS_FORM "hours-form"
#define AC_REASON_TIERS_FORM "tiers-form"
#define AC_REASON_ONE_RULE "one-rule" /* minutes or tiers */
#define AC_REASON_YEAR_RANGE "year-range"
#define AC_REASON_YEAR_CLOSED "year-closed"
#define AC_REASON_YEAR_TO_COME "year-to-come"
