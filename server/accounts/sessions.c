#include "sessions.h"

#include "log.h"

#include <sodium.h>
#include <string.h>

#define MAX_AGE_MS (AC_SESSION_MAX_AGE_S * G_GINT64_CONSTANT (1000))
/* How exact last_seen_ms is: one write an hour for a session that is used. */
#define SEEN_STEP_MS (G_GINT64_CONSTANT (60) * 60 * 1000)

typedef struct {
  GBytes *hash;
  AcSession *session;
  gint64 last_seen_ms; /* wall */
  GList link;          /* in recent, its data this */
} Cached;

struct _AcSessions {
  AcStore *store;
  GHashTable *cached;  /* hash -> Cached */
  GQueue recent;       /* most recently used first */
  GHashTable *blocked; /* set of hashes */
};

AcSession *
ac_session_new (gint64 id, gint64 member, const gchar *number, const gchar *name,
                gboolean must_change, GArray *grants)
{
  AcSession *session = g_atomic_rc_box_new0 (AcSession);
  AcGrant *own = g_memdup2 (grants->data, grants->len * sizeof (AcGrant));

  session->id = id;
  session->member = member;
  session->number = g_strdup (number);
  session->name = g_strdup (name);
  session->role = AC_ROLE_MEMBER;
  for (guint i = 0; i < grants->len; i++)
    session->role = MAX (session->role, own[i].role);
  session->who = (AcAccessWho){
    .member = member, .grants = own, .n_grants = grants->len, .must_change = must_change
  };
  return session;
}

AcSession *
ac_session_new_for_screen (gint64 screen, gint64 site, const gchar *name)
{
  AcSession *session = g_atomic_rc_box_new0 (AcSession);

  session->id = -screen;
  session->number = g_strdup ("");
  session->name = g_strdup (name);
  session->who = (AcAccessWho){ .screen = screen, .site = site };
  return session;
}

AcSession *
ac_session_ref (AcSession *session)
{
  return g_atomic_rc_box_acquire (session);
}

static void
clear_session (gpointer data)
{
  AcSession *session = data;

  g_free (session->number);
  g_free (session->name);
  g_free ((gpointer)session->who.grants);
}

void
ac_session_unref (AcSession *session)
{
  g_atomic_rc_box_release_full (session, clear_session);
}

static GBytes *
hash_token (const guint8 *token)
{
  guint8 hash[AC_SESSION_HASH_BYTES];

  crypto_generichash (hash, sizeof hash, token, AC_SESSION_TOKEN_CHARS / 2, NULL, 0);
  return g_bytes_new (hash, sizeof hash);
}

GBytes *
ac_session_token_make (gchar *ret_token)
{
  guint8 token[AC_SESSION_TOKEN_CHARS / 2];

  randombytes_buf (token, sizeof token);
  sodium_bin2hex (ret_token, AC_SESSION_TOKEN_CHARS + 1, token, sizeof token);
  return hash_token (token);
}

GBytes *
ac_session_token_hash (const gchar *token)
{
  guint8 bytes[AC_SESSION_TOKEN_CHARS / 2];

  if (token == NULL || strspn (token, "0123456789abcdef") != AC_SESSION_TOKEN_CHARS ||
      token[AC_SESSION_TOKEN_CHARS] != '\0')
    return NULL;
  sodium_hex2bin (bytes, sizeof bytes, token, AC_SESSION_TOKEN_CHARS, NULL, NULL, NULL);
  return hash_token (bytes);
}

static void
cached_free (gpointer data)
{
  Cached *cached = data;

  g_bytes_unref (cached->hash);
  ac_session_unref (cached->session);
  g_free (cached);
}

AcSessions *
ac_sessions_new (AcStore *store)
{
  AcSessions *self = g_new0 (AcSessions, 1);

  self->store = store;
  self->cached = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, NULL, cached_free);
  self->blocked = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                         (GDestroyNotify)g_bytes_unref, NULL);
  g_queue_init (&self->recent);
  return self;
}

void
ac_sessions_free (AcSessions *self)
{
  g_hash_table_unref (self->cached);
  g_hash_table_unref (self->blocked);
  g_free (self);
}

static void
forget (AcSessions *self, Cached *cached)
{
  g_queue_unlink (&self->recent, &cached->link);
  g_hash_table_remove (self->cached, cached->hash);
}

static Cached *
remember (AcSessions *self, GBytes *hash, AcSession *session, gint64 last_seen_ms)
{
  Cached *cached = g_new0 (Cached, 1);

  if (self->recent.length >= AC_SESSIONS_CACHED_MAX)
    forget (self, g_queue_peek_tail (&self->recent));
  cached->hash = g_bytes_ref (hash);
  cached->session = session;
  cached->last_seen_ms = last_seen_ms;
  cached->link.data = cached;
  g_queue_push_head_link (&self->recent, &cached->link);
  g_hash_table_insert (self->cached, cached->hash, cached);
  return cached;
}

/* Returns: FALSE with or without @error when there is none. */
static gboolean
read_row (AcSessions *self, GBytes *hash, AcSession **ret_session,
          gint64 *ret_last_seen_ms, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store,
      "SELECT sessions.id, member, number, name, last_seen_ms, must_change "
      "FROM sessions JOIN members ON members.id = member WHERE token_hash = ?",
      error);
  g_autoptr (GArray) grants = NULL;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "b", hash);
  if (ac_store_step (self->store, statement, error) != SQLITE_ROW)
    return FALSE;
  grants = ac_grant_list (self->store, sqlite3_column_int64 (statement, 1), error);
  if (grants == NULL)
    return FALSE;
  *ret_session = ac_session_new (sqlite3_column_int64 (statement, 0),
                                 sqlite3_column_int64 (statement, 1),
                                 (const gchar *)sqlite3_column_text (statement, 2),
                                 (const gchar *)sqlite3_column_text (statement, 3),
                                 sqlite3_column_int (statement, 5) != 0, grants);
  *ret_last_seen_ms = sqlite3_column_int64 (statement, 4);
  return TRUE;
}

static Cached *
read_session (AcSessions *self, GBytes *hash)
{
  g_autoptr (GError) error = NULL;
  AcSession *session;
  gint64 last_seen_ms;

  if (read_row (self, hash, &session, &last_seen_ms, &error))
    return remember (self, hash, session, last_seen_ms);
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot read a session: %s", error->message);
  return NULL;
}

typedef struct {
  gint64 session;
  gint64 wall_ms;
} Seen;

static gboolean
write_seen (AcStore *store, gpointer data, GError **error)
{
  const Seen *seen = data;

  return ac_store_run (store, error,
                       "UPDATE sessions SET last_seen_ms = ? WHERE id = ?", "ii",
                       seen->wall_ms, seen->session);
}

/* Without an answer: a lost note only makes the session end an hour earlier. */
static void
note_seen (AcSessions *self, Cached *cached, gint64 wall_ms)
{
  Seen *seen;

  if (ABS (wall_ms - cached->last_seen_ms) < SEEN_STEP_MS)
    return;
  cached->last_seen_ms = wall_ms;
  seen = g_new (Seen, 1);
  *seen = (Seen){ cached->session->id, wall_ms };
  ac_store_write (self->store, write_seen, seen, g_free, NULL, NULL);
}

AcSession *
ac_sessions_find (AcSessions *self, const gchar *token, gint64 wall_ms)
{
  g_autoptr (GBytes) hash = ac_session_token_hash (token);
  Cached *cached;

  if (hash == NULL || g_hash_table_contains (self->blocked, hash))
    return NULL;
  cached = g_hash_table_lookup (self->cached, hash);
  if (cached == NULL)
    cached = read_session (self, hash);
  if (cached == NULL)
    return NULL;
  if (wall_ms - cached->last_seen_ms > MAX_AGE_MS) {
    forget (self, cached);
    return NULL;
  }
  g_queue_unlink (&self->recent, &cached->link);
  g_queue_push_head_link (&self->recent, &cached->link);
  note_seen (self, cached, wall_ms);
  return ac_session_ref (cached->session);
}

void
ac_sessions_block (AcSessions *self, GBytes *hash)
{
  Cached *cached = g_hash_table_lookup (self->cached, hash);

  if (cached != NULL)
    forget (self, cached);
  g_hash_table_add (self->blocked, g_bytes_ref (hash));
}

void
ac_sessions_unblock (AcSessions *self, GBytes *hash)
{
  g_hash_table_remove (self->blocked, hash);
}

void
ac_sessions_forget_member (AcSessions *self, gint64 member)
{
  GList *link = self->recent.head;

  while (link != NULL) {
    Cached *cached = link->data;

    link = link->next;
    if (cached->session->member == member)
      forget (self, cached);
  }
}

guint
ac_sessions_n_cached (AcSessions *self)
{
  return g_hash_table_size (self->cached);
}

/* Ends all but the newest few. */
static gboolean
end_surplus (AcStore *store, gint64 member, gint64 wall_ms, gboolean *ret_any,
             GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "UPDATE sessions SET token_hash = NULL, ended_ms = ?1 "
                        "WHERE member = ?2 AND token_hash IS NOT NULL AND id NOT IN "
                        "  (SELECT id FROM sessions WHERE member = ?2 "
                        "   AND token_hash IS NOT NULL "
                        "   ORDER BY last_seen_ms DESC, id DESC LIMIT ?3)",
                        error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iid", wall_ms, member, AC_SESSIONS_PER_MEMBER);
  if (ac_store_step (store, statement, error) < 0)
    return FALSE;
  *ret_any = sqlite3_changes (sqlite3_db_handle (statement)) > 0;
  return TRUE;
}

gboolean
ac_session_row_add (AcStore *store, gint64 member, GBytes *hash,
                    const gchar *user_agent, gboolean must_change, gint64 wall_ms,
                    gint64 *ret_session, gboolean *ret_ended_others, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "INSERT INTO sessions (member, token_hash, created_ms, "
                        "  last_seen_ms, user_agent, must_change) "
                        "VALUES (?, ?, ?, ?, ?, ?) "
                        "RETURNING id",
                        error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ibiitd", member, hash, wall_ms, wall_ms, user_agent,
                     must_change);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  *ret_session = sqlite3_column_int64 (statement, 0);
  return end_surplus (store, member, wall_ms, ret_ended_others, error);
}

gboolean
ac_session_row_end (AcStore *store, GBytes *hash, gint64 wall_ms, gint64 *ret_session,
                    GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "UPDATE sessions SET token_hash = NULL, ended_ms = ? "
                        "WHERE token_hash = ? RETURNING id",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ib", wall_ms, hash);
  code = ac_store_step (store, statement, error);
  *ret_session = code == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : 0;
  return code >= 0;
}

gboolean
ac_session_rows_end (AcStore *store, gint64 member, gint64 wall_ms, GError **error)
{
  return ac_store_run (store, error,
                       "UPDATE sessions SET token_hash = NULL, ended_ms = ? "
                       "WHERE member = ? AND token_hash IS NOT NULL",
                       "ii", wall_ms, member);
}
