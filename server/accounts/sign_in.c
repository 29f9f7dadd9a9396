/* A sign-in:
 *
 *   throttled? -> password on a worker -> session row on the store thread -> answer
 *
 * A password that is only tried is answered by the worker's word. Where the stored hash
 * is another one by the time of the row, which may be the same password's that another
 * device has renewed, the password is compared again, once.
 *
 * Until the password was checked nothing tells an unknown number from a known one. */
#include "check.h"
#include "error.h"
#include "state.h"

#include "clock.h"
#include "field_check.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

#define USER_AGENT_MAX_BYTES 200

typedef struct {
  AcAccounts *accounts;
  AcSignInDone done;
  AcPasswordProven tried;   /* instead, of a password that is only tried */
  AcAccountsDone code_done; /* of a code that is asked for */
  gpointer user_data;

  gchar *account_key; /* what attempts are counted by; NULL: nobody is called so */
  gchar *address_key;
  gchar *user_agent;

  gint64 member; /* 0: unknown */
  gchar *number, *name;
  gchar *phone;        /* NULL: none */
  GArray *grants;      /* AcGrant */
  gchar *password;     /* what was typed, wiped; NULL: a code was */
  guint64 code;        /* that was taken: what it is settled by */
  gchar *old_password; /* the stored hash */
  gchar *new_password; /* to be stored instead, or NULL */
  gboolean must_change;
  gboolean again; /* it is compared again */

  gchar token[AC_SESSION_TOKEN_CHARS + 1];
  GBytes *token_hash;
  gint64 wall_ms;
  gint64 session; /* 0: the password is another one now, or they were erased */
  gboolean ended_others;
  GError *error; /* of what is decided at once */
} SignIn;

static void
sign_in_clear (gpointer data)
{
  SignIn *sign_in = data;

  ac_accounts_release (sign_in->accounts);
  g_free (sign_in->account_key);
  g_free (sign_in->address_key);
  g_free (sign_in->user_agent);
  g_free (sign_in->number);
  g_free (sign_in->name);
  g_free (sign_in->phone);
  g_clear_pointer (&sign_in->grants, g_array_unref);
  g_free (sign_in->old_password);
  g_free (sign_in->new_password);
  g_clear_pointer (&sign_in->token_hash, g_bytes_unref);
  g_clear_error (&sign_in->error);
  sodium_memzero (sign_in->token, sizeof sign_in->token);
  if (sign_in->password != NULL)
    sodium_memzero (sign_in->password, strlen (sign_in->password));
  g_free (sign_in->password);
}

static void
sign_in_free (gpointer sign_in)
{
  g_rc_box_release_full (sign_in, sign_in_clear);
}

static gchar *
clean_user_agent (const gchar *user_agent)
{
  g_autofree gchar *cut = NULL;

  if (user_agent == NULL)
    return NULL;
  cut = g_strndup (user_agent, USER_AGENT_MAX_BYTES);
  return g_utf8_make_valid (cut, -1);
}

static void
answer_refusal (gpointer data)
{
  SignIn *sign_in = data;

  if (sign_in->tried != NULL)
    sign_in->tried (0, NULL, sign_in->error, sign_in->user_data);
  else
    sign_in->done (NULL, NULL, sign_in->error, sign_in->user_data);
  sign_in_free (sign_in);
}

static void password_verified (gboolean right, const gchar *new_hash,
                               const GError *error, gpointer user_data);

static GError *
no_match (void)
{
  return ac_accounts_error_new (AC_ACCOUNTS_ERROR_REFUSED, NULL, 0,
                                "number and password do not match");
}

/* With a code there is no password to be compared again. */
static GError *
outrun (void)
{
  return ac_accounts_error_new (AC_ACCOUNTS_ERROR_BUSY, NULL, 1,
                                "the password was written at the same moment");
}

/* Takes the hash that is stored now, if it is another one. */
static gboolean
take_new_hash (SignIn *sign_in)
{
  AcStore *store = sign_in->accounts->store;
  g_autofree gchar *outdated = g_steal_pointer (&sign_in->old_password);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT password, password_made FROM members WHERE id = ?", NULL);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", sign_in->member);
  if (ac_store_step (store, statement, NULL) != SQLITE_ROW)
    return FALSE;
  sign_in->old_password = ac_statement_text (statement, 0);
  sign_in->must_change = sqlite3_column_int (statement, 1) != 0;
  return g_strcmp0 (sign_in->old_password, outdated) != 0;
}

/* Returns: whether the password is compared with what is stored now. */
static gboolean
compare_again (SignIn *sign_in)
{
  AcAccounts *self = sign_in->accounts;

  if (sign_in->again || sign_in->password == NULL || self->passwords == NULL ||
      !take_new_hash (sign_in))
    return FALSE;
  sign_in->again = TRUE;
  ac_passwords_verify (self->passwords, sign_in->password, sign_in->old_password,
                       password_verified, g_rc_box_acquire (sign_in));
  return TRUE;
}

static void
answer_session (gpointer data, const GError *store_error, gpointer unused)
{
  SignIn *sign_in = data;
  g_autoptr (AcSession) session = NULL;
  g_autoptr (GError) error = NULL;

  if (store_error != NULL)
    error = ac_accounts_error_from_store (store_error);
  else if (sign_in->session == 0 && compare_again (sign_in))
    return;
  else if (sign_in->session == 0)
    error = sign_in->password != NULL ? no_match () : outrun ();
  /* Who is asked to come again comes with the same code. */
  if (sign_in->password == NULL)
    ac_codes_settle (sign_in->accounts->codes, sign_in->member, sign_in->code,
                     error == NULL);
  if (error != NULL) {
    sign_in->done (NULL, NULL, error, sign_in->user_data);
    return;
  }
  if (sign_in->ended_others)
    ac_sessions_forget_member (sign_in->accounts->sessions, sign_in->member);
  session = ac_session_new (sign_in->session, sign_in->member, sign_in->number,
                            sign_in->name, sign_in->must_change, sign_in->grants);
  sign_in->done (session, sign_in->token, NULL, sign_in->user_data);
}

/* Whoever changed the password, or was erased, while it was being checked has ended all
 * their sessions: this must not be one that comes after. */
static gboolean
is_outdated (AcStore *store, const SignIn *sign_in, gboolean *ret_outdated,
             GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT 1 FROM members WHERE id = ? AND password IS ? "
                        "AND id NOT IN (SELECT member FROM erased_members)",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "it", sign_in->member, sign_in->old_password);
  code = ac_store_step (store, statement, error);
  *ret_outdated = code == SQLITE_DONE;
  return code >= 0;
}

static gboolean
write_session (AcStore *store, gpointer data, GError **error)
{
  SignIn *sign_in = data;
  gboolean outdated;

  if (!is_outdated (store, sign_in, &outdated, error))
    return FALSE;
  if (outdated)
    return TRUE;
  if (sign_in->new_password != NULL &&
      !ac_store_run (store, error, "UPDATE members SET password = ? WHERE id = ?", "ti",
                     sign_in->new_password, sign_in->member))
    return FALSE;
  return ac_session_row_add (store, sign_in->member, sign_in->token_hash,
                             sign_in->user_agent, sign_in->must_change,
                             sign_in->wall_ms, &sign_in->session,
                             &sign_in->ended_others, error);
}

/* Once: a comparison that is made again was counted as one attempt. */
static void
take_back (SignIn *sign_in)
{
  if (sign_in->again)
    return;
  ac_throttle_take_back (sign_in->accounts->by_address, sign_in->address_key);
  if (sign_in->account_key != NULL)
    ac_throttle_take_back (sign_in->accounts->by_number, sign_in->account_key);
}

static void
password_verified (gboolean right, const gchar *new_hash, const GError *error,
                   gpointer user_data)
{
  SignIn *sign_in = user_data;

  if (error != NULL) {
    take_back (sign_in);
    sign_in->error = g_error_copy (error);
    answer_refusal (sign_in);
    return;
  }
  if (!right) {
    sign_in->error = no_match ();
    answer_refusal (sign_in);
    return;
  }
  take_back (sign_in);
  if (!sign_in->again)
    ac_throttle_forget (sign_in->accounts->by_number, sign_in->account_key);
  if (sign_in->tried != NULL) {
    sign_in->tried (sign_in->member, sign_in->old_password, NULL, sign_in->user_data);
    sign_in_free (sign_in);
    return;
  }
  g_free (sign_in->new_password);
  sign_in->new_password = g_strdup (new_hash);
  g_clear_pointer (&sign_in->token_hash, g_bytes_unref);
  sign_in->token_hash = ac_session_token_make (sign_in->token);
  sign_in->wall_ms = ac_clock_wall_ms ();
  ac_store_write (sign_in->accounts->store, write_session, sign_in, sign_in_free,
                  answer_session, NULL);
}

/* Fills in the member that @sql finds by @value, if there is exactly one. */
static gboolean
find_by (SignIn *sign_in, const gchar *sql, const gchar *value, GError **error)
{
  AcStore *store = sign_in->accounts->store;
  g_autoptr (AcStatement) statement = ac_store_prepare (store, sql, error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "t", value);
  code = ac_store_step (store, statement, error);
  if (code != SQLITE_ROW || sqlite3_column_int (statement, 6) != 1)
    return code >= 0;
  sign_in->member = sqlite3_column_int64 (statement, 0);
  sign_in->number = ac_statement_text (statement, 1);
  sign_in->name = ac_statement_text (statement, 2);
  sign_in->old_password = ac_statement_text (statement, 3);
  sign_in->must_change = sqlite3_column_int (statement, 4) != 0;
  sign_in->phone = ac_statement_text (statement, 5);
  sign_in->grants = ac_grant_list (store, sign_in->member, error);
  return sign_in->grants != NULL;
}

static gchar *
unknown_key (const gchar *name)
{
  g_autofree gchar *lower = g_ascii_strdown (name, -1);

  return g_strconcat ("n", lower, NULL);
}

#define FOUND "SELECT id, number, name, password, password_made, phone, "

/* Whoever @name can be: see accounts.h. Attempts are counted by member, so that three
 * names do not give three times as many. */
static gboolean
find_member (SignIn *sign_in, const gchar *name, GError **error)
{
  g_autofree gchar *phone = ac_phone_normalize (name);
  g_autoptr (GError) no_number = ac_check_number (name);
  g_autoptr (GError) no_certificate = ac_check_certificate (name);

  if (no_number == NULL &&
      !find_by (sign_in, FOUND "1 FROM members WHERE number = ?", name, error))
    return FALSE;
  if (sign_in->member == 0 && no_certificate == NULL &&
      !find_by (sign_in,
                FOUND "certificate_state != 'revoked' FROM members "
                      "WHERE certificate = ?",
                name, error))
    return FALSE;
  if (sign_in->member == 0 && phone != NULL &&
      !find_by (sign_in,
                FOUND "count (*) FROM members WHERE phone = ? HAVING count (*) = 1",
                phone, error))
    return FALSE;
  if (sign_in->member != 0)
    sign_in->account_key = g_strdup_printf ("m%" G_GINT64_FORMAT, sign_in->member);
  else if (no_number == NULL || no_certificate == NULL || phone != NULL)
    sign_in->account_key = unknown_key (phone != NULL ? phone : name);
  return TRUE;
}

/* Returns: (nullable): why this attempt is not even made. */
static GError *
refuse_at_once (SignIn *sign_in, const gchar *name)
{
  AcAccounts *self = sign_in->accounts;
  gint64 now_ms = ac_clock_monotonic_ms ();
  gint64 wait_ms = ac_throttle_wait_ms (self->by_address, sign_in->address_key, now_ms);
  GError *error = NULL;

  if (self->passwords == NULL)
    return ac_accounts_error_new (AC_ACCOUNTS_ERROR_BUSY, NULL, 5,
                                  "the server is shutting down");
  if (!find_member (sign_in, name, &error)) {
    g_autoptr (GError) store_error = error;

    return ac_accounts_error_from_store (store_error);
  }
  if (sign_in->account_key != NULL)
    wait_ms = MAX (wait_ms,
                   ac_throttle_wait_ms (self->by_number, sign_in->account_key, now_ms));
  if (wait_ms > 0)
    return ac_accounts_error_new (AC_ACCOUNTS_ERROR_THROTTLED, NULL,
                                  (guint)((wait_ms + 999) / 1000), "too many attempts");
  ac_throttle_begin (self->by_address, sign_in->address_key, now_ms);
  if (sign_in->account_key != NULL)
    ac_throttle_begin (self->by_number, sign_in->account_key, now_ms);
  return NULL;
}

static SignIn *
sign_in_new (AcAccounts *self, const gchar *remote_address, const gchar *user_agent)
{
  SignIn *sign_in = g_rc_box_new0 (SignIn);

  sign_in->accounts = ac_accounts_hold (self);
  sign_in->address_key = ac_throttle_address_key (remote_address);
  sign_in->user_agent = clean_user_agent (user_agent);
  return sign_in;
}

static void
try_password (SignIn *sign_in, const gchar *number, const gchar *password)
{
  AcAccounts *self = sign_in->accounts;
  g_autoptr (GError) bad_password = ac_check_password (password);

  sign_in->error = refuse_at_once (sign_in, number != NULL ? number : "");
  if (sign_in->error != NULL) {
    ac_accounts_answer (self, answer_refusal, sign_in);
    return;
  }
  /* What cannot be a password costs the same as a wrong one. */
  sign_in->password = g_strdup (bad_password == NULL ? password : "");
  ac_passwords_verify (self->passwords, sign_in->password,
                       bad_password == NULL ? sign_in->old_password : NULL,
                       password_verified, sign_in);
}

void
ac_accounts_sign_in (AcAccounts *self, const gchar *number, const gchar *password,
                     const gchar *remote_address, const gchar *user_agent,
                     AcSignInDone done, gpointer user_data)
{
  SignIn *sign_in = sign_in_new (self, remote_address, user_agent);

  sign_in->done = done;
  sign_in->user_data = user_data;
  try_password (sign_in, number, password);
}

void
ac_accounts_try_password (AcAccounts *self, const gchar *number, const gchar *password,
                          const gchar *remote_address, AcPasswordProven done,
                          gpointer user_data)
{
  SignIn *sign_in = sign_in_new (self, remote_address, NULL);

  sign_in->tried = done;
  sign_in->user_data = user_data;
  try_password (sign_in, number, password);
}

/* --- By a code --- */

void
ac_accounts_sign_in_with_code (AcAccounts *self, const gchar *number, const gchar *code,
                               const gchar *remote_address, const gchar *user_agent,
                               AcSignInDone done, gpointer user_data)
{
  SignIn *sign_in = sign_in_new (self, remote_address, user_agent);

  sign_in->done = done;
  sign_in->user_data = user_data;
  sign_in->error = refuse_at_once (sign_in, number != NULL ? number : "");
  if (sign_in->error == NULL && sign_in->member != 0)
    sign_in->code = ac_codes_take (self->codes, sign_in->member, sign_in->phone,
                                   code != NULL ? code : "", ac_clock_monotonic_ms ());
  if (sign_in->error == NULL && sign_in->code == 0)
    sign_in->error = ac_accounts_error_new (AC_ACCOUNTS_ERROR_REFUSED, NULL, 0,
                                            "number and code do not match");
  /* The password was not even asked for, and may have reached nobody. */
  sign_in->must_change = FALSE;
  if (sign_in->error != NULL)
    ac_accounts_answer (self, answer_refusal, sign_in);
  else
    password_verified (TRUE, NULL, NULL, sign_in);
}

/* Returns: (nullable): why no code is even thought of. */
static GError *
refuse_code (SignIn *sign_in, const gchar *name)
{
  AcAccounts *self = sign_in->accounts;
  gint64 now_ms = ac_clock_monotonic_ms ();
  gint64 wait_ms = ac_throttle_wait_ms (self->by_address, sign_in->address_key, now_ms);
  GError *error = NULL;

  if (self->send_code == NULL)
    return ac_accounts_error_new (AC_ACCOUNTS_ERROR_NOT_FOUND, NULL, 0,
                                  "this server sends no codes");
  if (!find_member (sign_in, name, &error)) {
    g_autoptr (GError) store_error = error;

    return ac_accounts_error_from_store (store_error);
  }
  if (sign_in->account_key != NULL)
    wait_ms = MAX (wait_ms,
                   ac_throttle_wait_ms (self->codes_of, sign_in->account_key, now_ms));
  if (wait_ms > 0)
    return ac_accounts_error_new (AC_ACCOUNTS_ERROR_THROTTLED, NULL,
                                  (guint)((wait_ms + 999) / 1000), "too many codes");
  ac_throttle_begin (self->by_address, sign_in->address_key, now_ms);
  if (sign_in->account_key != NULL)
    ac_throttle_begin (self->codes_of, sign_in->account_key, now_ms);
  return NULL;
}

static void
send_code (SignIn *sign_in)
{
  AcAccounts *self = sign_in->accounts;
  gchar code[AC_CODE_DIGITS + 1];

  if (sign_in->member == 0 || sign_in->phone == NULL)
    return;
  ac_codes_make (self->codes, sign_in->member, sign_in->phone, ac_clock_monotonic_ms (),
                 code);
  self->send_code (sign_in->phone, code, self->send_data);
  sodium_memzero (code, sizeof code);
}

static void
answer_code (gpointer data)
{
  SignIn *sign_in = data;

  sign_in->code_done (0, sign_in->error, sign_in->user_data);
  sign_in_free (sign_in);
}

void
ac_accounts_send_code (AcAccounts *self, const gchar *number,
                       const gchar *remote_address, AcAccountsDone done,
                       gpointer user_data)
{
  SignIn *sign_in = sign_in_new (self, remote_address, NULL);

  sign_in->code_done = done;
  sign_in->user_data = user_data;
  sign_in->error = refuse_code (sign_in, number != NULL ? number : "");
  if (sign_in->error == NULL)
    send_code (sign_in);
  ac_accounts_answer (self, answer_code, sign_in);
}

/* --- Signing out --- */

typedef struct {
  AcAccounts *accounts;
  AcAccountsDone done;
  gpointer user_data;
  GBytes *hash; /* NULL: not the form of a token */
  gint64 session;
} SignOut;

static void
sign_out_free (gpointer data)
{
  SignOut *sign_out = data;

  ac_accounts_release (sign_out->accounts);
  g_clear_pointer (&sign_out->hash, g_bytes_unref);
  g_free (sign_out);
}

static gboolean
end_session (AcStore *store, gpointer data, GError **error)
{
  SignOut *sign_out = data;

  return ac_session_row_end (store, sign_out->hash, ac_clock_wall_ms (),
                             &sign_out->session, error);
}

static void
session_ended (gpointer data, const GError *store_error, gpointer unused)
{
  SignOut *sign_out = data;
  g_autoptr (GError) error = NULL;

  if (sign_out->hash != NULL)
    ac_sessions_unblock (sign_out->accounts->sessions, sign_out->hash);
  if (store_error != NULL)
    error = ac_accounts_error_from_store (store_error);
  if (sign_out->done != NULL)
    sign_out->done (error == NULL ? sign_out->session : 0, error, sign_out->user_data);
}

static void
answer_no_session (gpointer data)
{
  session_ended (data, NULL, NULL);
  sign_out_free (data);
}

void
ac_accounts_sign_out (AcAccounts *self, const gchar *token, AcAccountsDone done,
                      gpointer user_data)
{
  SignOut *sign_out = g_new0 (SignOut, 1);

  sign_out->accounts = ac_accounts_hold (self);
  sign_out->done = done;
  sign_out->user_data = user_data;
  sign_out->hash = ac_session_token_hash (token);
  if (sign_out->hash == NULL) {
    ac_accounts_answer (self, answer_no_session, sign_out);
    return;
  }
  ac_sessions_block (self->sessions, sign_out->hash);
  ac_store_write (self->store, end_session, sign_out, sign_out_free, session_ended,
                  NULL);
}
