/* control.h - what an operator may ask for, once for the daemon and for the tool.
 *
 * The daemon's admin server runs these commands for the tool; when no daemon runs, the
 * tool runs them itself on the data directory. Both get the same answers.
 *
 * Commands, arguments and results (JSON):
 *   init                                     {"data_dir"}
 *   member-add   number name password role? branch?
 *                                            {"member", "number", "name", "role"}
 *   member-show  number                      a member
 *   member-set   number name? kind? phone?   a member
 *   member-move  number side branch? from?   a member; without a branch: of none
 *   member-certificate number certificate state? note?  a member
 *   role-grant   number role branch?         {"number", "roles": [{"role", "branch"}]};
 *                                             without a branch: everywhere
 *   role-revoke  number role branch?         the same
 *   role-list    number                      the same
 *   members-import rows apply?               {"digest", "applied", "new", "changed",
 *                                             "same", "refused", "ignored": [headings],
 *                                             "rows": [{"row", "fate", "number",
 *                                             "changed", "column", "why"} ...]}
 *   members-export branch? identity? reason? {"rows"}: see sheet_json.h; identity:
 *                                             with the identity numbers, for a reason
 *   identity-rotate                          {"numbers"}: sealed by a fresh key
 *   branch-add   name parent? kind?          a branch
 *   branch-list                              {"branches": [a branch ...]}
 *   branch-move  branch parent?              a branch; without a parent: a root
 *   branch-rename branch name                a branch
 *   site-add     branch name                 a site
 *   site-list    branch?                     {"sites": [a site ...]}
 *   site-steward site member remove?         a site
 *   screen-pair  code site name               a screen
 *   screen-list  site?                       {"screens": [a screen ...]}
 *   screen-revoke screen                     {"screen"}
 *   member-card  number                      {"number", "card"}: shown only now
 *   member-cards branch? number? again? reason?
 *                                            {"cards": [{"number", "name", "branch",
 *                                             "card"} ...]}: shown only now; of who has
 *                                             none, or of all with again
 *   member-password number password?         {"number", "password", "sessions"}: how
 * many have ended; the password that was made, shown only now, null when one was given
 *   lesson-add   title source? at? loop? mode?  {"lesson", "stream_key", "rtmp_url",
 *                                             "backup_key", "backup_url",
 *                                             "srt_url", "srt_backup_url",
 *                                             "srt_passphrase", "whip_url",
 *                                             "page_url"}
 *   lesson-source lesson source at? loop?    a lesson; source "none": it has none
 *   lesson-start lesson                      a lesson
 *   lesson-end   lesson                      a lesson
 *   lesson-list  before? limit?              {"lessons": [a lesson ...], "next"}
 *   lesson-url   lesson                      {"multivariant", "audio", "page_url",
 *                                             "srt_passphrase", "expires_at"}
 *   attendance   lesson                      [{"member", "name", "accepted_ms",
 *                                              "earned_ms"} ...]
 *   policy-add   version from reason until? minutes? step? tiers? attended? replay?
 *                member? committee? cadre?    a policy; what is not given is as in the
 *                                             version that counts on that day
 *   policy-list                              {"policies": [a policy ...]}
 *   policy-show  version? day?               a policy; by day, that of today when
 *                                             neither is given
 *   ledger-close year                        {"year", "entries"}
 *   webhook-add  url events?                 {"webhook", "secret"}: shown only now
 *   webhook-list                             {"webhooks": [a webhook ...]}
 *   webhook-remove webhook                   {"webhook"}
 *   webhook-resume webhook                   {"webhook"}
 *   statements-export                        {"home"}: notes that whoever asks reads
 *                                             the database for it
 *   oneroster-export branch?                 {}: likewise
 *   report       report format branch? lesson? number? from? to? days? reason?
 *                                            {"report", "format", "branch", "lesson",
 *                                             "member", "from", "to", "days",
 *                                             "unmasked", "code", "address"}: likewise;
 *                                             names are whole with a reason
 *   standing-set number year reason duty? exempt?
 *                                            {"number", "year", "duty", "exempt"}
 *   member-show-all number reason            what person_export.h says
 *   member-erase number                      {"member"}
 *   audit-list   act? number? actor? branch? from? until? before? limit?
 *                                            what audit_json.h says; from and until
 *                                             are days, both of them included
 *
 * A policy is {"version", "valid_from", "valid_until", "rule", "minutes", "step",
 * "tiers", "attended_percent", "counts_replay", "required": {"member", "committee",
 * "cadre"}, "reason", "created_at"}; hours are texts such as "0.5".
 *
 * A branch is {"branch", "name", "kind", "parent"}, a site {"site", "name", "branch",
 * "stewards": [numbers]}, a screen {"screen", "site", "name", "paired_at",
 * "last_seen_at", "revoked_at"}, a member what control/members.c says, the phone
 * masked.
 *
 * A lesson tells its source as {"kind", "address", "loop"} with the address masked, or
 * null. "at" is an hour as local_time.h reads it.
 *
 * Threads:   main loop.
 * Ownership: plain; what it is made of outlives it, and the caller's @user_data is
 *            there until every call is answered, which may be after ac_control_free(),
 *            at the latest from inside ac_store_close(). */
#pragma once

#include "accounts.h"
#include "classroom.h"
#include "identity.h"
#include "media_token.h"
#include "rooms.h"

#include <json-glib/json-glib.h>

typedef struct _AcControl AcControl;

/* What went wrong, in a word that programs can branch on. */
typedef enum {
  AC_CONTROL_USAGE,         /* no such command */
  AC_CONTROL_INVALID,       /* an argument is refused */
  AC_CONTROL_NOT_FOUND,     /* it names something that is not there */
  AC_CONTROL_EXISTS,        /* it is taken */
  AC_CONTROL_STATE,         /* not now: an ended lesson cannot start */
  AC_CONTROL_BUSY,          /* try again in a moment */
  AC_CONTROL_UNAVAILABLE,   /* the daemon or the data cannot be reached */
  AC_CONTROL_DENIED,        /* not allowed to */
  AC_CONTROL_CANNOT_CREATE, /* the data directory cannot be made */
  AC_CONTROL_CONFIG,        /* the data directory or configuration is not usable */
  AC_CONTROL_DAMAGED,       /* the ledger was changed: the message names where */
  AC_CONTROL_INTERNAL,      /* a fault of the program or the disk */
} AcControlCode;

typedef struct {
  AcControlCode code;
  const gchar *field;   /* the argument at fault, or NULL */
  const gchar *message; /* one sentence: what, and how to mend it */
} AcControlFailure;

/* Addresses as clients are told them, without a slash at the end. */
typedef struct {
  const gchar *http; /* "http://127.0.0.1:8080" */
  const gchar *rtmp; /* "rtmp://127.0.0.1:1935" */
  const gchar *srt;  /* (nullable): "srt://127.0.0.1:9000" */
} AcControlAddresses;

typedef struct {
  const gchar *data_dir;
  const gchar *lectures; /* where prepared lectures lie; NULL: data_dir/lectures */
  AcStore *store;
  AcAccounts *accounts;
  AcClassroom *classroom;
  AcRooms *rooms; /* (nullable): no daemon runs */
  const AcMediaKey *media_key;
  gint64 media_life_s;      /* how long the addresses of media are good for */
  AcIdentities *identities; /* (nullable): identity numbers are not kept */
  const gchar *srt_secret;  /* (nullable): AC_STREAM_KEY_SECRET_CHARS; NULL: SRT is not
                             * encrypted */
  AcControlAddresses addresses;
} AcControlParts;

/* @parts: the strings are copied */
AcControl *ac_control_new (const AcControlParts *parts);
void ac_control_free (AcControl *self);

/* Exactly one of @result and @failure is not NULL; both are the control's. */
typedef void (*AcControlDone) (JsonNode *result, const AcControlFailure *failure,
                               gpointer user_data);

/* @done comes once, from within the call or later, on the main loop. */
void ac_control_call (AcControl *self, const gchar *command, JsonObject *args,
                      AcControlDone done, gpointer user_data);

const gchar *ac_control_code_name (AcControlCode code); /* "not-found" */
gint ac_control_code_exit (AcControlCode code);         /* EX_NOINPUT, of sysexits.h */
guint ac_control_code_status (AcControlCode code);      /* 404 */

/* Returns: (transfer full): {"error": {"code", "message", "field"?, "exit"}}. */
JsonObject *ac_control_failure_to_json (const AcControlFailure *failure);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcControl, ac_control_free)
