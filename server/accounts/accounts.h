/* accounts.h - who may enter: members' passwords, sign-in and sessions.
 *
 * Passwords are hashed and checked (Argon2id) on two worker threads with a bounded
 * queue; everything else happens on the main loop and the store thread.
 *
 * Threads:   made and used on the main loop; callbacks come on the main loop, never
 *            from inside the call that was given them, but for one that a callback
 *            makes when the AcAccounts is freed already: that is refused on the spot.
 * Ownership: plain; freed before its store. A callback is called exactly once, also
 *            when the AcAccounts is freed meanwhile (then at the latest from inside
 *            ac_accounts_free() or ac_store_close()). */
#pragma once

#include "grant.h"
#include "member.h"

typedef struct _AcAccounts AcAccounts;

typedef enum {
  AC_ACCOUNTS_ERROR_INVALID,   /* a value is refused: see ac_accounts_error_field() */
  AC_ACCOUNTS_ERROR_EXISTS,    /* the number is taken; field */
  AC_ACCOUNTS_ERROR_NOT_FOUND, /* no such member or branch; field */
  AC_ACCOUNTS_ERROR_REFUSED,   /* number and password do not belong together */
  AC_ACCOUNTS_ERROR_THROTTLED, /* too many attempts: _error_retry_after_s() */
  AC_ACCOUNTS_ERROR_BUSY,      /* too many wait, or shutting down: _retry_after_s() */
  AC_ACCOUNTS_ERROR_FAILED,    /* the database or libsodium refused */
} AcAccountsError;
#define AC_ACCOUNTS_ERROR (ac_accounts_error_quark ())
GQuark ac_accounts_error_quark (void);

/* Returns: (nullable): the field an error is about: "number", "name", "password",
 * "branch"; NULL for errors of other domains. */
const gchar *ac_accounts_error_field (const GError *error);
/* Returns: seconds to wait before the next try; 0: not said. */
guint ac_accounts_error_retry_after_s (const GError *error);

/* @executor: the main loop, as given to the store
 * Errors: FAILED when libsodium cannot start. */
AcAccounts *ac_accounts_new (AcStore *store, AcExecutor executor, GError **error);
void ac_accounts_free (AcAccounts *self);

/* @id: of what was added or changed; 0 with an error */
typedef void (*AcAccountsDone) (gint64 id, const GError *error, gpointer user_data);

typedef struct {
  const gchar *number;   /* 1 to 32 of [0-9A-Za-z-] */
  const gchar *name;     /* 1 to 64 characters, no control characters */
  const gchar *password; /* 8 to 128 bytes; NULL: cannot sign in yet */
  AcRole role;           /* over @branch and all below, or over everything */
  AcMemberKind kind;
  gint64 branch; /* home branch from today on; 0: none */
} AcNewMember;

/* @done may be NULL here and below.
 * Errors: INVALID, EXISTS "number", NOT_FOUND "branch", BUSY, FAILED. */
void ac_accounts_add_member (AcAccounts *self, const AcNewMember *member,
                             AcAccountsDone done, gpointer user_data);
typedef struct {
  gint64 member;
  const gchar *password;
  const gchar *proof; /* by which the present one was proven; NULL: it was not asked */
  gboolean made; /* it was made here and is read by somebody else on its way: sessions
                  * that are begun by it may do nothing but change it */
  gint64 actor;  /* a member; 0: the operator */
  const gchar *reason; /* noted; may be NULL */
} AcNewPassword;

/* Ends all sessions of the member, and is noted for audit.
 * Errors: INVALID, NOT_FOUND, BUSY, FAILED; REFUSED when what was proven is not the
 * password any more. */
void ac_accounts_set_password (AcAccounts *self, const AcNewPassword *wanted,
                               AcAccountsDone done, gpointer user_data);

/* A signed-in browser. Immutable, reference counted (main loop). */
typedef struct {
  gint64 id; /* the session's row number: beats and media tokens name it; negative: a
              * screen's */
  gint64 member;
  gchar *number;
  gchar *name;
  AcRole role;     /* the highest, to be shown; nothing is decided by it */
  AcAccessWho who; /* what access.h decides by */
} AcSession;

/* Returns: (transfer full): the session of a room's screen, which is no member: its id
 * is
 * -@screen. */
AcSession *ac_session_new_for_screen (gint64 screen, gint64 site, const gchar *name);
AcSession *ac_session_ref (AcSession *session);
void ac_session_unref (AcSession *session);

#define AC_SESSION_TOKEN_CHARS 64
#define AC_SESSION_MAX_AGE_S (30 * 24 * 60 * 60)

/* @token: the cookie's value, shown here and nowhere else; (transfer none). NULL, as
 * is @session, with an error. */
typedef void (*AcSignInDone) (AcSession *session, const gchar *token,
                              const GError *error, gpointer user_data);

/* @number: a member number, a certificate's number that is not revoked, or a phone that
 *   only one member has; the first of these that somebody is found by
 * @remote_address, @user_agent: may be NULL
 * Errors: REFUSED (unknown number, no password and wrong password alike, after the
 * same work), THROTTLED, BUSY, FAILED. */
void ac_accounts_sign_in (AcAccounts *self, const gchar *number, const gchar *password,
                          const gchar *remote_address, const gchar *user_agent,
                          AcSignInDone done, gpointer user_data);

/* @member: 0 with an error
 * @proof: see AcNewPassword; NULL with an error */
typedef void (*AcPasswordProven) (gint64 member, const gchar *proof,
                                  const GError *error, gpointer user_data);

/* The same without a session, for somebody who is signed in and has to show that it is
 * they: it counts as an attempt, and has its errors. */
void ac_accounts_try_password (AcAccounts *self, const gchar *number,
                               const gchar *password, const gchar *remote_address,
                               AcPasswordProven done, gpointer user_data);

/* How a code gets to a phone: see gateway.h. */
typedef void (*AcCodeSend) (const gchar *phone, const gchar *code, gpointer user_data);
/* @send: NULL: not at all */
void ac_accounts_set_code_sender (AcAccounts *self, AcCodeSend send,
                                  gpointer user_data);
gboolean ac_accounts_sends_codes (const AcAccounts *self);

/* Sends the member that @number names, see ac_accounts_sign_in(), a code of six digits,
 * good once within five minutes and five tries. Whether there is such a member, with a
 * phone, is not told.
 * Errors: THROTTLED; NOT_FOUND: there is no gateway; FAILED. */
void ac_accounts_send_code (AcAccounts *self, const gchar *number,
                            const gchar *remote_address, AcAccountsDone done,
                            gpointer user_data);
/* As ac_accounts_sign_in(), with that code for the password. It is worthless once their
 * phone is another one, and stays good when the answer is BUSY. */
void ac_accounts_sign_in_with_code (AcAccounts *self, const gchar *number,
                                    const gchar *code, const gchar *remote_address,
                                    const gchar *user_agent, AcSignInDone done,
                                    gpointer user_data);

/* A session as its member sees it. */
typedef struct {
  gint64 session;
  gint64 created_ms;   /* wall */
  gint64 last_seen_ms; /* wall, to the hour */
  gchar *user_agent;   /* NULL: not told */
} AcDevice;

/* Returns: (transfer full): AcDevice that are signed in, the last used first. */
GPtrArray *ac_accounts_devices (AcAccounts *self, gint64 member, GError **error);
/* Ends @session when it is @member's, all of theirs when it is 0, which is noted for
 * audit as an act of their own; what is not there is no error. Until @done they may
 * still be found. Errors: BUSY, FAILED. */
void ac_accounts_end_sessions (AcAccounts *self, gint64 member, gint64 session,
                               AcAccountsDone done, gpointer user_data);

/* @member's roles have changed: sessions that are found from now on know. */
void ac_accounts_grants_changed (AcAccounts *self, gint64 member);

/* @token: from outside, any text or NULL
 * Returns: (transfer full) (nullable): the session, when it is there and was seen in
 * the last 30 days. Notes that it was seen now. */
AcSession *ac_accounts_session (AcAccounts *self, const gchar *token);

/* The token is worthless from now on, before @done; only an error (BUSY, FAILED) makes
 * it good again. @id is 0 when there was no such session, which is no error. */
void ac_accounts_sign_out (AcAccounts *self, const gchar *token, AcAccountsDone done,
                           gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcAccounts, ac_accounts_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSession, ac_session_unref)
