#include "accounts.h"

#include "clock.h"
#include "fixture.h"
#include "sessions.h"

#include <sodium.h>

#define PASSWORD "correct horse"

typedef struct {
  StoreFixture store;
  AcAccounts *accounts;

  guint n_answers; /* and the last one: */
  gint64 id;
  GError *error;
  AcSession *session;
  gchar *token;

  guint n_signed_in, n_refused, n_throttled;
} Fixture;

static void
open_accounts (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->accounts = ac_accounts_new (self->store.store, self->store.executor, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  store_fixture_set_up (&self->store);
  open_accounts (self);
}

static void
clear_answer (Fixture *self)
{
  self->id = 0;
  g_clear_error (&self->error);
  g_clear_pointer (&self->session, ac_session_unref);
  g_clear_pointer (&self->token, g_free);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_clear_pointer (&self->accounts, ac_accounts_free);
  store_fixture_tear_down (&self->store);
  clear_answer (self);
}

static void
reopen (Fixture *self)
{
  g_clear_pointer (&self->accounts, ac_accounts_free);
  store_fixture_reopen (&self->store);
  open_accounts (self);
}

static void
changed (gint64 id, const GError *error, gpointer user_data)
{
  Fixture *self = user_data;

  clear_answer (self);
  self->id = id;
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_assert_true ((id == 0) >= (error != NULL));
  self->n_answers++;
}

static void
signed_in (AcSession *session, const gchar *token, const GError *error,
           gpointer user_data)
{
  Fixture *self = user_data;

  clear_answer (self);
  g_assert_true ((session == NULL) == (error != NULL));
  g_assert_true ((token == NULL) == (error != NULL));
  self->session = session != NULL ? ac_session_ref (session) : NULL;
  self->token = g_strdup (token);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  self->n_signed_in += session != NULL;
  self->n_refused +=
      g_error_matches (error, AC_ACCOUNTS_ERROR, AC_ACCOUNTS_ERROR_REFUSED);
  self->n_throttled +=
      g_error_matches (error, AC_ACCOUNTS_ERROR, AC_ACCOUNTS_ERROR_THROTTLED);
  self->n_answers++;
}

static void
await_answer (Fixture *self)
{
  await (&self->n_answers, self->n_answers + 1);
}

static void
add_member (Fixture *self, const AcNewMember *member)
{
  guint before = self->n_answers;

  ac_accounts_add_member (self->accounts, member, changed, self);
  g_assert_cmpuint (self->n_answers, ==, before); /* never from inside */
  await_answer (self);
}

static gint64
add_wang (Fixture *self)
{
  const AcNewMember wang = { "A-7", "王明", PASSWORD, AC_ROLE_LECTURER };

  add_member (self, &wang);
  g_assert_no_error (self->error);
  return self->id;
}

static void
sign_in_from (Fixture *self, const gchar *number, const gchar *password,
              const gchar *address)
{
  ac_accounts_sign_in (self->accounts, number, password, address, "Test/1.0", signed_in,
                       self);
  await_answer (self);
}

static void
sign_in (Fixture *self, const gchar *number, const gchar *password)
{
  sign_in_from (self, number, password, "192.0.2.1");
}

static void
set_password (Fixture *self, const AcNewPassword *wanted)
{
  ac_accounts_set_password (self->accounts, wanted, changed, self);
  await_answer (self);
}

static void
assert_error (Fixture *self, AcAccountsError code, const gchar *field)
{
  g_assert_error (self->error, AC_ACCOUNTS_ERROR, (gint)code);
  g_assert_cmpstr (ac_accounts_error_field (self->error), ==, field);
}

static void
test_member_is_found (Fixture *self, gconstpointer unused)
{
  gint64 id = add_wang (self);
  g_autoptr (AcMember) found = ac_member_find (self->store.store, "a-7", NULL);
  g_autoptr (AcMember) got = ac_member_get (self->store.store, id, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (found->id, ==, id);
  g_assert_cmpstr (found->number, ==, "A-7");
  g_assert_cmpstr (found->name, ==, "王明");
  g_assert_cmpint (found->role, ==, AC_ROLE_LECTURER);
  g_assert_cmpint (found->kind, ==, AC_MEMBER_KIND_MEMBER);
  g_assert_cmpint (found->branch, ==, 0);
  g_assert_true (found->has_password);
  g_assert_cmpint (ABS (found->created_ms - ac_clock_wall_ms ()), <, 600000);
  g_assert_cmpstr (got->number, ==, "A-7");
  g_assert_null (ac_member_find (self->store.store, "8", &error));
  g_assert_null (ac_member_get (self->store.store, 99, &error));
  g_assert_no_error (error);
}

static void
test_members_in_pages (Fixture *self, gconstpointer unused)
{
  gint64 after = 0;
  guint n_seen = 0;

  for (guint i = 0; i < 5; i++) {
    g_autofree gchar *number = g_strdup_printf ("%u", i);
    const AcNewMember member = { number, "x", NULL, (AcRole)(i % 4),
                                 (AcMemberKind)(i % 4) };

    add_member (self, &member);
  }
  for (;;) {
    g_autoptr (GPtrArray) page = ac_member_list (self->store.store, after, 2, NULL);

    g_assert_cmpuint (page->len, <=, 2);
    if (page->len == 0)
      break;
    for (guint i = 0; i < page->len; i++, n_seen++) {
      AcMember *member = g_ptr_array_index (page, i);

      g_assert_cmpint (member->id, >, after);
      g_assert_cmpint (member->role, ==, n_seen % 4);
      g_assert_cmpint (member->kind, ==, n_seen % 4);
      g_assert_false (member->has_password);
      after = member->id;
    }
  }
  g_assert_cmpuint (n_seen, ==, 5);
}

static void
test_member_refused (Fixture *self, gconstpointer unused)
{
  static const struct {
    AcNewMember member;
    AcAccountsError code;
    const gchar *field;
  } rows[] = {
    { { "", "x" }, AC_ACCOUNTS_ERROR_INVALID, "number" },
    { { "9", "" }, AC_ACCOUNTS_ERROR_INVALID, "name" },
    { { "9", "x", "short" }, AC_ACCOUNTS_ERROR_INVALID, "password" },
    { { "a-7", "x" }, AC_ACCOUNTS_ERROR_EXISTS, "number" },
    { { "A-7", "x", PASSWORD }, AC_ACCOUNTS_ERROR_EXISTS, "number" },
    { { .number = "9", .name = "x", .branch = 55 },
      AC_ACCOUNTS_ERROR_NOT_FOUND,
      "branch" },
  };

  add_wang (self);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    add_member (self, &rows[i].member);
    assert_error (self, rows[i].code, rows[i].field);
  }
  g_assert_cmpint (query_number (self->store.store, "SELECT count(*) FROM members"), ==,
                   1);
}

static gboolean
is_signed_in (Fixture *self, const gchar *token)
{
  g_autoptr (AcSession) session = ac_accounts_session (self->accounts, token);

  return session != NULL;
}

static void
test_sign_in_by_other_names (Fixture *self, gconstpointer unused)
{
  static const gchar *const good[] = { "A-7", "LD/001", "ld/001", "13800138000",
                                       "+86 138 0013 8000" };
  static const gchar *const bad[] = { "LD/002", "13800138001", "LD 001", "" };
  gint64 member = add_wang (self);

  write_sql (self->store.store,
             "UPDATE members SET certificate = 'LD/001', "
             "certificate_state = 'unverified', phone = '13800138000'");
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    sign_in (self, good[i], PASSWORD);
    g_test_message ("%s", good[i]);
    g_assert_no_error (self->error);
    g_assert_cmpint (self->session->member, ==, member);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    sign_in (self, bad[i], PASSWORD);
    assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
  }
  write_sql (self->store.store, "UPDATE members SET certificate_state = 'revoked'");
  sign_in (self, "LD/001", PASSWORD);
  assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
}

/* Families share a phone: then it names nobody. */
static void
test_shared_phone (Fixture *self, gconstpointer unused)
{
  const AcNewMember li = { "A-8", "李雷", PASSWORD };

  add_wang (self);
  add_member (self, &li);
  write_sql (self->store.store, "UPDATE members SET phone = '13800138000'");
  sign_in (self, "13800138000", PASSWORD);
  assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
}

/* Three names are not three times as many attempts. */
static void
test_names_share_attempts (Fixture *self, gconstpointer unused)
{
  static const gchar *const names[] = { "A-7", "LD1", "13800138000" };

  add_wang (self);
  write_sql (self->store.store,
             "UPDATE members SET certificate = 'LD1', "
             "certificate_state = 'verified', phone = '13800138000'");
  for (guint i = 0; i < 6; i++)
    sign_in (self, names[i % 3], "wrong wrong");
  g_assert_cmpuint (self->n_refused, ==, 6);
  sign_in (self, "A-7", "wrong wrong");
  g_assert_cmpuint (self->n_throttled, ==, 1);
}

static void
take_code (const gchar *phone, const gchar *code, gpointer user_data)
{
  gchar **sent = user_data;

  g_free (*sent);
  *sent = g_strdup_printf ("%s %s", phone, code);
}

static void
ask_code (Fixture *self, const gchar *number)
{
  ac_accounts_send_code (self->accounts, number, "192.0.2.1", changed, self);
  await_answer (self);
}

static void
sign_in_with_code (Fixture *self, const gchar *number, const gchar *code)
{
  ac_accounts_sign_in_with_code (self->accounts, number, code, "192.0.2.1", NULL,
                                 signed_in, self);
  await_answer (self);
}

static void
test_codes (Fixture *self, gconstpointer unused)
{
  g_autofree gchar *sent = NULL;
  gint64 member = add_wang (self);

  ask_code (self, "A-7");
  assert_error (self, AC_ACCOUNTS_ERROR_NOT_FOUND, NULL); /* no gateway */
  ac_accounts_set_code_sender (self->accounts, take_code, &sent);
  ask_code (self, "A-7"); /* who has no phone is told the same */
  g_assert_no_error (self->error);
  g_assert_null (sent);
  ask_code (self, "A-7");
  assert_error (self, AC_ACCOUNTS_ERROR_THROTTLED, NULL);
  g_assert_cmpuint (ac_accounts_error_retry_after_s (self->error), >, 30);

  write_sql (self->store.store, "UPDATE members SET phone = '13800138000'");
  reopen (self);
  ac_accounts_set_code_sender (self->accounts, take_code, &sent);
  ask_code (self, "13800138000");
  g_assert_no_error (self->error);
  g_assert_true (g_str_has_prefix (sent, "13800138000 "));
  sign_in_with_code (self, "A-7", "");
  assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
  sign_in_with_code (self, "nobody", sent + 12);
  assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
  sign_in_with_code (self, "A-7", sent + 12);
  g_assert_no_error (self->error);
  g_assert_cmpint (self->session->member, ==, member);
  sign_in_with_code (self, "A-7", sent + 12);
  assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
}

static guint
count_devices (Fixture *self, gint64 member)
{
  g_autoptr (GPtrArray) devices = ac_accounts_devices (self->accounts, member, NULL);

  return devices->len;
}

static void
test_devices (Fixture *self, gconstpointer unused)
{
  gint64 member = add_wang (self);
  g_autofree gchar *first = NULL;
  g_autofree gchar *second = NULL;
  g_autoptr (GPtrArray) devices = NULL;
  gint64 last;

  sign_in (self, "A-7", PASSWORD);
  first = g_strdup (self->token);
  sign_in (self, "A-7", PASSWORD);
  second = g_strdup (self->token);
  devices = ac_accounts_devices (self->accounts, member, NULL);
  g_assert_cmpuint (devices->len, ==, 2);
  last = ((AcDevice *)devices->pdata[0])->session;
  g_assert_cmpstr (((AcDevice *)devices->pdata[0])->user_agent, ==, "Test/1.0");

  ac_accounts_end_sessions (self->accounts, member + 1, last, changed, self);
  await_answer (self);
  g_assert_cmpuint (count_devices (self, member), ==, 2); /* not theirs */
  ac_accounts_end_sessions (self->accounts, member, last, changed, self);
  await_answer (self);
  g_assert_true (is_signed_in (self, first));
  g_assert_false (is_signed_in (self, second));
  ac_accounts_end_sessions (self->accounts, member, 0, changed, self);
  await_answer (self);
  g_assert_false (is_signed_in (self, first));
  g_assert_cmpuint (count_devices (self, member), ==, 0);
}

static void
test_sign_in (Fixture *self, gconstpointer unused)
{
  gint64 member = add_wang (self);
  g_autoptr (AcSession) session = NULL;

  sign_in (self, "a-7", PASSWORD);
  g_assert_no_error (self->error);
  g_assert_cmpuint (strlen (self->token), ==, AC_SESSION_TOKEN_CHARS);
  g_assert_cmpint (self->session->member, ==, member);

  session = ac_accounts_session (self->accounts, self->token);
  g_assert_cmpint (session->id, ==, self->session->id);
  g_assert_cmpint (session->member, ==, member);
  g_assert_cmpstr (session->number, ==, "A-7");
  g_assert_cmpstr (session->name, ==, "王明");
  g_assert_cmpint (session->role, ==, AC_ROLE_LECTURER);
  g_assert_cmpint (query_number (self->store.store, "SELECT count(*) FROM sessions "
                                                    "WHERE user_agent = 'Test/1.0'"),
                   ==, 1);
}

static void
test_session_survives_a_restart (Fixture *self, gconstpointer unused)
{
  g_autofree gchar *token = NULL;

  add_wang (self);
  sign_in (self, "A-7", PASSWORD);
  token = g_steal_pointer (&self->token);
  reopen (self);
  g_assert_true (is_signed_in (self, token));
}

static void
test_token_is_stored_hashed (Fixture *self, gconstpointer unused)
{
  g_autofree gchar *path = g_build_filename (self->store.dir, "airclass.db", NULL);
  g_autofree gchar *content = NULL;
  g_autofree gchar *token = NULL;
  guint8 bytes[AC_SESSION_TOKEN_CHARS / 2];
  gsize length;

  add_wang (self);
  sign_in (self, "A-7", PASSWORD);
  token = g_steal_pointer (&self->token);
  sodium_hex2bin (bytes, sizeof bytes, token, strlen (token), NULL, NULL, NULL);
  reopen (self); /* folds the log into the file */
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_null (memmem (content, length, token, strlen (token)));
  g_assert_null (memmem (content, length, bytes, sizeof bytes));
  g_assert_null (memmem (content, length, PASSWORD, strlen (PASSWORD)));
}

static void
test_sign_in_refused (Fixture *self, gconstpointer unused)
{
  static const struct {
    const gchar *number, *password;
  } rows[] = {
    { "A-7", "correct hors" }, { "A-7", "" },      { "A-7", NULL },
    { "A-7", "short" },        { "8", PASSWORD },  { "no such form", PASSWORD },
    { "", PASSWORD },          { NULL, PASSWORD }, { "silent", PASSWORD },
    { "' OR 1 --", PASSWORD },
  };
  const AcNewMember silent = { "silent", "x" };

  add_wang (self);
  add_member (self, &silent);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    sign_in (self, rows[i].number, rows[i].password);
    assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
    g_assert_cmpstr (self->error->message, ==, "number and password do not match");
  }
  g_assert_cmpint (query_number (self->store.store, "SELECT count(*) FROM sessions"),
                   ==, 0);
}

static void
test_strange_tokens (Fixture *self, gconstpointer unused)
{
  g_autofree gchar *upper = NULL;
  g_autofree gchar *longer = NULL;
  g_autofree gchar *other = NULL;

  add_wang (self);
  sign_in (self, "A-7", PASSWORD);
  longer = g_strconcat (self->token, "0", NULL);
  other = g_strdup (self->token);
  other[0] = other[0] == '0' ? '1' : '0';
  upper = g_strdup (self->token);
  upper[5] = 'G';

  g_assert_false (is_signed_in (self, NULL));
  g_assert_false (is_signed_in (self, ""));
  g_assert_false (is_signed_in (self, self->token + 1));
  g_assert_false (is_signed_in (self, longer));
  g_assert_false (is_signed_in (self, other));
  g_assert_false (is_signed_in (self, upper));
  g_assert_true (is_signed_in (self, self->token));
}

/* Whether an attempt may be made is decided when it begins, so these tests begin all of
 * theirs before the first is answered: no time passes between them. */
static void
begin (Fixture *self, const gchar *number, const gchar *password, const gchar *address)
{
  ac_accounts_sign_in (self->accounts, number, password, address, NULL, signed_in,
                       self);
}

static void
test_account_is_throttled (Fixture *self, gconstpointer unused)
{
  add_wang (self);
  for (guint i = 0; i < 6; i++)
    begin (self, i % 2 ? "A-7" : "a-7", "wrong horse", "192.0.2.1");
  begin (self, "A-7", PASSWORD, "198.51.100.1"); /* right, and from elsewhere */
  begin (self, "8", PASSWORD, "192.0.2.1");      /* another account */
  await (&self->n_throttled, 1);
  g_assert_cmpuint (ac_accounts_error_retry_after_s (self->error), ==, 1);
  await (&self->n_refused, 7);
  g_assert_cmpuint (self->n_throttled, ==, 1);
  g_assert_cmpuint (self->n_signed_in, ==, 0);
}

static void
test_success_forgives (Fixture *self, gconstpointer unused)
{
  add_wang (self);
  for (guint round = 0; round < 3; round++) {
    for (guint i = 0; i < 4; i++)
      sign_in (self, "A-7", "wrong horse");
    sign_in (self, "A-7", PASSWORD);
    g_assert_no_error (self->error);
  }
}

static void
test_address_is_throttled (Fixture *self, gconstpointer unused)
{
  for (guint i = 0; i < 61; i++) {
    g_autofree gchar *number = g_strdup_printf ("%u", i);
    g_autofree gchar *address = g_strdup_printf ("2001:db8:1:2::%x", i);

    begin (self, number, PASSWORD, address);
  }
  begin (self, "x", PASSWORD, "2001:db8:1:2:ffff::1"); /* the same network */
  begin (self, "x", PASSWORD, "2001:db8:1:3::1");
  await (&self->n_refused, 62);
  g_assert_cmpuint (self->n_throttled, ==, 1);
}

/* A hall where everyone signs in at once is no guesser. */
static void
test_crowd_is_not_throttled (Fixture *self, gconstpointer unused)
{
  add_wang (self);
  for (guint i = 0; i < 70; i++) {
    begin (self, "A-7", PASSWORD, "192.0.2.1");
    if (i % 5 == 4)
      await (&self->n_signed_in, i + 1);
  }
  g_assert_cmpuint (self->n_throttled, ==, 0);
}

static void
test_sign_out (Fixture *self, gconstpointer unused)
{
  g_autofree gchar *token = NULL;
  gint64 session;

  add_wang (self);
  sign_in (self, "A-7", PASSWORD);
  token = g_steal_pointer (&self->token);
  session = self->session->id;
  g_assert_true (is_signed_in (self, token));

  ac_accounts_sign_out (self->accounts, token, changed, self);
  g_assert_false (is_signed_in (self, token)); /* at once */
  await_answer (self);
  g_assert_cmpint (self->id, ==, session);
  g_assert_false (is_signed_in (self, token));
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT count(*) FROM sessions "
                                 "WHERE token_hash IS NULL AND ended_ms > 0"),
                   ==, 1);

  ac_accounts_sign_out (self->accounts, token, changed, self);
  await_answer (self);
  g_assert_no_error (self->error);
  g_assert_cmpint (self->id, ==, 0);
  ac_accounts_sign_out (self->accounts, "nonsense", changed, self);
  await_answer (self);
  g_assert_no_error (self->error);
}

static void
test_password_change_ends_sessions (Fixture *self, gconstpointer unused)
{
  gint64 member = add_wang (self);
  g_autofree gchar *token = NULL;

  sign_in (self, "A-7", PASSWORD);
  token = g_steal_pointer (&self->token);
  g_assert_true (is_signed_in (self, token));
  set_password (self, &(AcNewPassword){ member, "battery staple" });
  g_assert_cmpint (self->id, ==, member);
  g_assert_false (is_signed_in (self, token));
  sign_in (self, "A-7", PASSWORD);
  assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
  sign_in (self, "A-7", "battery staple");
  g_assert_no_error (self->error);

  set_password (self, &(AcNewPassword){ member, "short" });
  assert_error (self, AC_ACCOUNTS_ERROR_INVALID, "password");
  set_password (self, &(AcNewPassword){ 99, PASSWORD });
  assert_error (self, AC_ACCOUNTS_ERROR_NOT_FOUND, NULL);
}

typedef struct {
  gint64 member;
  const gchar *sql; /* with the member for its parameter */
} Meanwhile;

static gboolean
write_meanwhile (AcStore *store, gpointer data, GError **error)
{
  const Meanwhile *meanwhile = data;

  return ac_store_run (store, error, meanwhile->sql, "i", meanwhile->member);
}

/* A password that was right when it came, and is not when it was checked: the session
 * would outlive the end of all others. */
static void
test_outdated_sign_in (Fixture *self, gconstpointer unused)
{
  Meanwhile meanwhile = { .member = add_wang (self) };

  meanwhile.sql = "UPDATE members SET password = password || 'x' WHERE id = ?";
  ac_accounts_sign_in (self->accounts, "A-7", PASSWORD, "192.0.2.1", NULL, signed_in,
                       self);
  ac_store_write (self->store.store, write_meanwhile, &meanwhile, NULL, NULL, NULL);
  await_answer (self);
  assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);

  set_password (self, &(AcNewPassword){ meanwhile.member, PASSWORD });
  g_assert_no_error (self->error);
  meanwhile.sql = "INSERT INTO erased_members (member, erased_ms) VALUES (?, 1)";
  ac_accounts_sign_in (self->accounts, "A-7", PASSWORD, "192.0.2.1", NULL, signed_in,
                       self);
  ac_store_write (self->store.store, write_meanwhile, &meanwhile, NULL, NULL, NULL);
  await_answer (self);
  assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
  g_assert_cmpuint (count_devices (self, meanwhile.member), ==, 0);
}

/* Told to come again, and not to ask for another code, which would have to wait. */
static void
test_code_is_good_again (Fixture *self, gconstpointer unused)
{
  Meanwhile meanwhile = { .member = add_wang (self) };
  g_autofree gchar *sent = NULL;

  write_sql (self->store.store, "UPDATE members SET phone = '13800138000'");
  ac_accounts_set_code_sender (self->accounts, take_code, &sent);
  ask_code (self, "A-7");
  meanwhile.sql = "UPDATE members SET password = password || 'x' WHERE id = ?";
  ac_store_write (self->store.store, write_meanwhile, &meanwhile, NULL, NULL, NULL);
  sign_in_with_code (self, "A-7", sent + 12);
  assert_error (self, AC_ACCOUNTS_ERROR_BUSY, NULL);
  sign_in_with_code (self, "A-7", sent + 12);
  g_assert_no_error (self->error);
  sign_in_with_code (self, "A-7", sent + 12);
  assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
}

/* Who has the phone that was theirs is not let in by it. */
static void
test_code_of_another_phone (Fixture *self, gconstpointer unused)
{
  g_autofree gchar *sent = NULL;

  add_wang (self);
  write_sql (self->store.store, "UPDATE members SET phone = '13800138000'");
  ac_accounts_set_code_sender (self->accounts, take_code, &sent);
  ask_code (self, "A-7");
  write_sql (self->store.store, "UPDATE members SET phone = '13900139000'");
  sign_in_with_code (self, "A-7", sent + 12);
  assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
  write_sql (self->store.store, "UPDATE members SET phone = '13800138000'");
  sign_in_with_code (self, "A-7", sent + 12);
  assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
}

/* Whoever made it has read it: a session that is begun by it is told so, also when it
 * is read from its row; one by a code is not. */
static void
test_made_password (Fixture *self, gconstpointer unused)
{
  gint64 member = add_wang (self);
  g_autofree gchar *sent = NULL;
  g_autofree gchar *token = NULL;
  g_autoptr (AcSession) read = NULL;

  write_sql (self->store.store, "UPDATE members SET phone = '13800138000'");
  ac_accounts_set_code_sender (self->accounts, take_code, &sent);
  set_password (self, &(AcNewPassword){ member, "k7dm-3xqa-9wth", .made = TRUE });
  ask_code (self, "A-7");
  sign_in_with_code (self, "A-7", sent + 12);
  g_assert_false (self->session->who.must_change);
  sign_in (self, "A-7", "k7dm-3xqa-9wth");
  g_assert_true (self->session->who.must_change);
  token = g_steal_pointer (&self->token);
  read = ac_accounts_session (self->accounts, token);
  g_assert_true (read->who.must_change);

  set_password (self, &(AcNewPassword){ member, "battery staple", .actor = member });
  g_assert_false (is_signed_in (self, token));
  sign_in (self, "A-7", "battery staple");
  g_assert_false (self->session->who.must_change);
}

/* As a server of old limits left it. Returns: (transfer full): of PASSWORD, SQL that
 * must outlive the store. */
static gchar *
store_old_hash (Fixture *self)
{
  gchar old[crypto_pwhash_STRBYTES];
  gchar *sql;

  g_assert_cmpint (crypto_pwhash_str (old, PASSWORD, strlen (PASSWORD),
                                      crypto_pwhash_OPSLIMIT_MIN, 8192 * 8),
                   ==, 0);
  sql = g_strdup_printf ("UPDATE members SET password = '%s'", old);
  write_sql (self->store.store, sql);
  return sql;
}

static void
test_old_limits_are_renewed (Fixture *self, gconstpointer unused)
{
  g_autofree gchar *sql = NULL;

  add_wang (self);
  sql = store_old_hash (self);
  sign_in (self, "A-7", PASSWORD);
  g_assert_no_error (self->error);
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT count(*) FROM members WHERE password LIKE "
                                 "'$argon2id$v=19$m=19456,t=2,p=1$%'"),
                   ==, 1);
  sign_in (self, "A-7", PASSWORD);
  g_assert_no_error (self->error);
  g_clear_pointer (&self->accounts, ac_accounts_free);
  g_clear_pointer (&self->store.store, ac_store_close); /* before @sql goes */
}

/* Each device has found the old hash right, and would renew it. */
static void
test_renewed_at_once (Fixture *self, gconstpointer unused)
{
  g_autofree gchar *sql = NULL;

  add_wang (self);
  sql = store_old_hash (self);
  self->n_answers = 0;
  for (guint i = 0; i < 3; i++)
    ac_accounts_sign_in (self->accounts, "A-7", PASSWORD, "192.0.2.1", NULL, signed_in,
                         self);
  await (&self->n_answers, 3);
  g_assert_cmpuint (self->n_signed_in, ==, 3);
  g_assert_cmpuint (self->n_refused, ==, 0);
  g_clear_pointer (&self->accounts, ac_accounts_free);
  g_clear_pointer (&self->store.store, ac_store_close); /* before @sql goes */
}

/* --- Changed by whoever has proven the old one --- */

typedef struct {
  guint n_answers;
  gint64 member;
  gchar *proof;
} Proof;

static void
proven (gint64 member, const gchar *proof, const GError *error, gpointer user_data)
{
  Proof *answer = user_data;

  g_assert_no_error (error);
  answer->member = member;
  answer->proof = g_strdup (proof);
  answer->n_answers++;
}

/* What the staff have set since is not overwritten. */
static void
test_proof_is_outdated (Fixture *self, gconstpointer unused)
{
  gint64 member = add_wang (self);
  Proof proof = { 0 };

  ac_accounts_try_password (self->accounts, "A-7", PASSWORD, "192.0.2.1", proven,
                            &proof);
  await (&proof.n_answers, 1);
  g_assert_cmpint (proof.member, ==, member);
  set_password (self, &(AcNewPassword){ member, "k7dm-3xqa-9wth", .made = TRUE });
  g_assert_no_error (self->error);
  set_password (self, &(AcNewPassword){ member, "battery staple", .proof = proof.proof,
                                        .actor = member });
  assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
  sign_in (self, "A-7", "battery staple");
  assert_error (self, AC_ACCOUNTS_ERROR_REFUSED, NULL);
  sign_in (self, "A-7", "k7dm-3xqa-9wth");
  g_assert_no_error (self->error);
  g_assert_true (self->session->who.must_change);

  g_free (proof.proof);
  ac_accounts_try_password (self->accounts, "A-7", "k7dm-3xqa-9wth", "192.0.2.1",
                            proven, &proof);
  await (&proof.n_answers, 2);
  set_password (self, &(AcNewPassword){ member, "battery staple", .proof = proof.proof,
                                        .actor = member });
  g_assert_no_error (self->error);
  g_free (proof.proof);
}

static void
test_sessions_of_a_member_are_bounded (Fixture *self, gconstpointer unused)
{
  g_autofree gchar *first = NULL;

  add_wang (self);
  sign_in (self, "A-7", PASSWORD);
  first = g_steal_pointer (&self->token);
  g_assert_true (is_signed_in (self, first));
  for (guint i = 0; i < AC_SESSIONS_PER_MEMBER; i++) {
    sign_in (self, "A-7", PASSWORD);
    g_assert_true (is_signed_in (self, self->token));
  }
  g_assert_false (is_signed_in (self, first));
  g_assert_cmpint (query_number (self->store.store, "SELECT count(*) FROM sessions "
                                                    "WHERE token_hash IS NOT NULL"),
                   ==, AC_SESSIONS_PER_MEMBER);
}

static void
test_expiry_slides (Fixture *self, gconstpointer unused)
{
  const gint64 day_ms = G_GINT64_CONSTANT (24) * 60 * 60 * 1000;
  g_autoptr (AcSessions) sessions = NULL;
  gint64 start_ms;

  add_wang (self);
  sign_in (self, "A-7", PASSWORD);
  start_ms = query_number (self->store.store, "SELECT last_seen_ms FROM sessions");
  sessions = ac_sessions_new (self->store.store);
  for (gint64 day = 0; day <= 90; day += 29) {
    g_autoptr (AcSession) session =
        ac_sessions_find (sessions, self->token, start_ms + day * day_ms);

    g_assert_nonnull (session);
  }
  g_assert_null (
      ac_sessions_find (sessions, self->token, start_ms + (87 + 30) * day_ms + 1));
  g_assert_cmpuint (ac_sessions_n_cached (sessions), ==, 0);

  write_sql (self->store.store, "SELECT 1"); /* what was seen is written by now */
  g_assert_cmpint (
      query_number (self->store.store, "SELECT last_seen_ms FROM sessions"), ==,
      start_ms + 87 * day_ms);
  g_assert_null (
      ac_sessions_find (sessions, self->token, start_ms + (87 + 30) * day_ms + 1));
}

static void
test_seen_is_written_rarely (Fixture *self, gconstpointer unused)
{
  AcStoreStats before, after;

  add_wang (self);
  sign_in (self, "A-7", PASSWORD);
  ac_store_stats (self->store.store, &before);
  for (guint i = 0; i < 1000; i++)
    g_assert_true (is_signed_in (self, self->token));
  write_sql (self->store.store, "SELECT 1");
  ac_store_stats (self->store.store, &after);
  g_assert_cmpuint (after.jobs - before.jobs, ==, 1);
}

static void
test_everything_is_answered_at_the_end (Fixture *self, gconstpointer unused)
{
  const AcNewMember member = { "9", "x", PASSWORD };
  guint before;

  add_wang (self);
  before = self->n_answers;
  for (guint i = 0; i < 4; i++) {
    ac_accounts_sign_in (self->accounts, "A-7", PASSWORD, NULL, NULL, signed_in, self);
    ac_accounts_add_member (self->accounts, &member, changed, self);
    ac_accounts_sign_out (self->accounts, "nonsense", changed, self);
    ac_accounts_set_password (self->accounts, &(AcNewPassword){ 1, "short" }, changed,
                              self);
  }
  g_clear_pointer (&self->accounts, ac_accounts_free);
  g_clear_pointer (&self->store.store, ac_store_close);
  g_assert_cmpuint (self->n_answers, ==, before + 16);
}

/* As somebody does who was let in and goes on from there. */
static void
ask_for_more (AcSession *session, const gchar *token, const GError *error,
              gpointer user_data)
{
  Fixture *self = user_data;
  AcAccounts *accounts = self->accounts;

  g_assert_no_error (error);
  ac_accounts_set_password (
      accounts, &(AcNewPassword){ session->member, "battery staple" }, changed, self);
  assert_error (self, AC_ACCOUNTS_ERROR_BUSY, NULL);
  ac_accounts_sign_in (accounts, "A-7", PASSWORD, NULL, NULL, signed_in, self);
  assert_error (self, AC_ACCOUNTS_ERROR_BUSY, NULL);
  ac_accounts_send_code (accounts, "A-7", NULL, changed, self);
  assert_error (self, AC_ACCOUNTS_ERROR_NOT_FOUND, NULL);
  ac_accounts_sign_out (accounts, "nonsense", changed, self);
  g_assert_no_error (self->error);
}

typedef struct {
  GAsyncQueue *reached;
  GMutex mutex; /* held: the thread of the store waits */
} Gate;

static gboolean
wait_at_gate (AcStore *store, gpointer data, GError **error)
{
  Gate *gate = data;

  g_async_queue_push (gate->reached, gate);
  g_mutex_lock (&gate->mutex);
  g_mutex_unlock (&gate->mutex);
  return TRUE;
}

static void
test_more_is_refused_at_the_end (Fixture *self, gconstpointer unused)
{
  AcStoreStats stats = { 0 };
  Gate gate = { .reached = g_async_queue_new () };
  guint before;

  add_wang (self);
  before = self->n_answers;
  g_mutex_init (&gate.mutex);
  g_mutex_lock (&gate.mutex);
  ac_store_write (self->store.store, wait_at_gate, &gate, NULL, NULL, NULL);
  g_async_queue_pop (gate.reached);
  ac_accounts_sign_in (self->accounts, "A-7", PASSWORD, NULL, NULL, ask_for_more, self);
  while (stats.waiting == 0) { /* for the row of the session */
    g_main_context_iteration (NULL, TRUE);
    ac_store_stats (self->store.store, &stats);
  }
  ac_accounts_free (self->accounts); /* which the answer holds still */
  g_mutex_unlock (&gate.mutex);
  g_clear_pointer (&self->store.store, ac_store_close);
  self->accounts = NULL;
  g_assert_cmpuint (self->n_answers, ==, before + 4);
  g_mutex_clear (&gate.mutex);
  g_async_queue_unref (gate.reached);
}

#define ADD(name, function)                                                            \
  g_test_add ("/accounts/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("member-is-found", test_member_is_found);
  ADD ("members-in-pages", test_members_in_pages);
  ADD ("member-refused", test_member_refused);
  ADD ("sign-in", test_sign_in);
  ADD ("sign-in-by-other-names", test_sign_in_by_other_names);
  ADD ("shared-phone", test_shared_phone);
  ADD ("names-share-attempts", test_names_share_attempts);
  ADD ("codes", test_codes);
  ADD ("devices", test_devices);
  ADD ("session-survives-a-restart", test_session_survives_a_restart);
  ADD ("token-is-stored-hashed", test_token_is_stored_hashed);
  ADD ("sign-in-refused", test_sign_in_refused);
  ADD ("strange-tokens", test_strange_tokens);
  ADD ("account-is-throttled", test_account_is_throttled);
  ADD ("success-forgives", test_success_forgives);
  ADD ("address-is-throttled", test_address_is_throttled);
  ADD ("crowd-is-not-throttled", test_crowd_is_not_throttled);
  ADD ("sign-out", test_sign_out);
  ADD ("made-password", test_made_password);
  ADD ("code-is-good-again", test_code_is_good_again);
  ADD ("code-of-another-phone", test_code_of_another_phone);
  ADD ("password-change-ends-sessions", test_password_change_ends_sessions);
  ADD ("outdated-sign-in", test_outdated_sign_in);
  ADD ("old-limits-are-renewed", test_old_limits_are_renewed);
  ADD ("renewed-at-once", test_renewed_at_once);
  ADD ("proof-is-outdated", test_proof_is_outdated);
  ADD ("sessions-of-a-member-are-bounded", test_sessions_of_a_member_are_bounded);
  ADD ("expiry-slides", test_expiry_slides);
  ADD ("seen-is-written-rarely", test_seen_is_written_rarely);
  ADD ("everything-is-answered-at-the-end", test_everything_is_answered_at_the_end);
  ADD ("more-is-refused-at-the-end", test_more_is_refused_at_the_end);
  return g_test_run ();
}
