#include "password.h"

#include "accounts.h"
#include "fixture.h"

#include <sodium.h>

typedef struct {
  AcPasswords *passwords;
  guint n_answers, n_busy, n_right;
  gchar *hash;     /* the last one that was made */
  gchar *new_hash; /* the last one that is to be stored instead */
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  self->passwords = ac_passwords_new (ac_executor_for_context (NULL), &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_clear_pointer (&self->passwords, ac_passwords_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_free (self->hash);
  g_free (self->new_hash);
}

static void
count_error (Fixture *self, const GError *error)
{
  self->n_answers++;
  if (error == NULL)
    return;
  g_assert_error (error, AC_ACCOUNTS_ERROR, AC_ACCOUNTS_ERROR_BUSY);
  g_assert_cmpuint (ac_accounts_error_retry_after_s (error), >, 0);
  self->n_busy++;
}

static void
hashed (const gchar *hash, const GError *error, gpointer user_data)
{
  Fixture *self = user_data;

  count_error (self, error);
  g_assert_true ((hash == NULL) == (error != NULL));
  if (hash != NULL) {
    g_free (self->hash);
    self->hash = g_strdup (hash);
  }
}

static void
verified (gboolean right, const gchar *new_hash, const GError *error,
          gpointer user_data)
{
  Fixture *self = user_data;

  count_error (self, error);
  self->n_right += right;
  g_free (self->new_hash);
  self->new_hash = g_strdup (new_hash);
}

static gboolean
is_right (Fixture *self, const gchar *password, const gchar *hash)
{
  guint before = self->n_right;

  ac_passwords_verify (self->passwords, password, hash, verified, self);
  await (&self->n_answers, self->n_answers + 1);
  return self->n_right > before;
}

static void
test_hash_and_verify (Fixture *self, gconstpointer unused)
{
  ac_passwords_hash (self->passwords, "correct horse 电池", hashed, self);
  g_assert_cmpuint (self->n_answers, ==, 0); /* never from inside */
  await (&self->n_answers, 1);
  g_assert_true (g_str_has_prefix (self->hash, "$argon2id$v=19$m=19456,t=2,p=1$"));

  g_assert_true (is_right (self, "correct horse 电池", self->hash));
  g_assert_null (self->new_hash);
  g_assert_false (is_right (self, "correct horse 电", self->hash));
  g_assert_false (is_right (self, "", self->hash));
}

static void
test_nobody_is_never_right (Fixture *self, gconstpointer unused)
{
  g_assert_false (is_right (self, "correct horse", NULL));
  g_assert_false (is_right (self, "", NULL));
  g_assert_false (is_right (self, "correct horse", "not a hash"));
}

static void
test_other_limits_are_renewed (Fixture *self, gconstpointer unused)
{
  gchar old[crypto_pwhash_STRBYTES];

  g_assert_cmpint (crypto_pwhash_str (old, "correct horse", 13,
                                      crypto_pwhash_OPSLIMIT_MIN, 8192 * 8),
                   ==, 0);
  g_assert_false (is_right (self, "wrong horse", old));
  g_assert_null (self->new_hash);
  g_assert_true (is_right (self, "correct horse", old));
  g_assert_nonnull (self->new_hash);
  g_assert_true (g_str_has_prefix (self->new_hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
}

static void
test_queue_is_bounded (Fixture *self, gconstpointer unused)
{
  const guint most = AC_PASSWORD_THREADS + AC_PASSWORD_WAITING_MAX;

  for (guint i = 0; i < most + 3; i++)
    ac_passwords_verify (self->passwords, "correct horse", NULL, verified, self);
  await (&self->n_busy, 3);
  g_assert_cmpuint (self->n_answers, <, most);

  /* The rest is answered when it closes, without being worked off. */
  g_clear_pointer (&self->passwords, ac_passwords_free);
  g_assert_cmpuint (self->n_answers, ==, most + 3);
  g_assert_cmpuint (self->n_busy, >, 3);
}

#define ADD(name, function)                                                            \
  g_test_add ("/password/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("hash-and-verify", test_hash_and_verify);
  ADD ("nobody-is-never-right", test_nobody_is_never_right);
  ADD ("other-limits-are-renewed", test_other_limits_are_renewed);
  ADD ("queue-is-bounded", test_queue_is_bounded);
  return g_test_run ();
}
