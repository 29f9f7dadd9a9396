/* sessions.h - the sessions that are remembered, and the rows behind them.
 *
 * A token is 256 random bits in hexadecimal; only its BLAKE2b-256 is stored.
 *
 * Threads:   main loop.
 * Ownership: plain; answers of its writes may come after it was freed. */
#pragma once

#include "accounts.h"

#define AC_SESSION_HASH_BYTES 32
/* A few for each of a county's members; others are read from the database. */
#define AC_SESSIONS_CACHED_MAX 32768
/* More active sessions of one member end the longest unused. */
#define AC_SESSIONS_PER_MEMBER 20

typedef struct _AcSessions AcSessions;

AcSessions *ac_sessions_new (AcStore *store);
void ac_sessions_free (AcSessions *self);

/* @ret_token: AC_SESSION_TOKEN_CHARS + 1
 * Returns: (transfer full): its hash. */
GBytes *ac_session_token_make (gchar *ret_token);
/* Returns: (transfer full) (nullable): NULL when @token has not the form of one. */
GBytes *ac_session_token_hash (const gchar *token);

/* See ac_accounts_session(). */
AcSession *ac_sessions_find (AcSessions *self, const gchar *token, gint64 wall_ms);

/* While its row is being ended, a session is not found any more. */
void ac_sessions_block (AcSessions *self, GBytes *hash);
void ac_sessions_unblock (AcSessions *self, GBytes *hash);

/* Rows of @member changed: what is remembered of them is read again. */
void ac_sessions_forget_member (AcSessions *self, gint64 member);
guint ac_sessions_n_cached (AcSessions *self);

/* Inside a store job. */
gboolean ac_session_row_add (AcStore *store, gint64 member, GBytes *hash,
                             const gchar *user_agent, gboolean must_change,
                             gint64 wall_ms, gint64 *ret_session,
                             gboolean *ret_ended_others, GError **error);
gboolean ac_session_row_end (AcStore *store, GBytes *hash, gint64 wall_ms,
                             gint64 *ret_session, GError **error);
gboolean ac_session_rows_end (AcStore *store, gint64 member, gint64 wall_ms,
                              GError **error);

/* @grants: (transfer none): of AcGrant */
AcSession *ac_session_new (gint64 id, gint64 member, const gchar *number,
                           const gchar *name, gboolean must_change, GArray *grants);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSessions, ac_sessions_free)
