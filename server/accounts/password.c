#include "password.h"

#include "error.h"
#include "mailbox.h"

#include <sodium.h>
#include <string.h>

struct _AcPasswords {
  AcMailbox *answers;
  GThreadPool *pool;
  guint n_under_way;                     /* main loop */
  gint closing;                          /* atomic: skip what has not begun */
  gchar no_hash[crypto_pwhash_STRBYTES]; /* of a password nobody knows */
};

typedef struct {
  AcPasswords *owner;
  gchar *password; /* wiped when done */
  gchar *hash;     /* NULL: make one */
  AcPasswordHashed hashed;
  AcPasswordVerified verified;
  gpointer user_data;

  gboolean right;
  gboolean has_new_hash;
  gchar new_hash[crypto_pwhash_STRBYTES];
  GError *error;
} Job;

void
ac_password_make (gchar *ret_password)
{
  /* Without those that are taken for each other. */
  static const gchar letters[] = "abcdefghjkmnpqrstuvwxyz23456789";

  for (guint i = 0; i < AC_PASSWORD_MADE_CHARS; i++)
    ret_password[i] =
        i % 5 == 4 ? '-' : letters[randombytes_uniform (sizeof letters - 1)];
  ret_password[AC_PASSWORD_MADE_CHARS] = '\0';
}

static gboolean
make_hash (gchar *ret_hash, const gchar *password)
{
  return crypto_pwhash_str_alg (ret_hash, password, strlen (password), AC_PASSWORD_OPS,
                                AC_PASSWORD_MEM_BYTES,
                                crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static void
answer (gpointer data)
{
  Job *job = data;

  job->owner->n_under_way--;
  if (job->hashed != NULL)
    job->hashed (job->has_new_hash ? job->new_hash : NULL, job->error, job->user_data);
  else
    job->verified (job->right, job->has_new_hash ? job->new_hash : NULL, job->error,
                   job->user_data);
  sodium_memzero (job->password, strlen (job->password));
  g_free (job->password);
  g_free (job->hash);
  g_clear_error (&job->error);
  g_free (job);
}

static void
verify (Job *job)
{
  const gchar *hash = job->hash != NULL ? job->hash : job->owner->no_hash;

  job->right =
      crypto_pwhash_str_verify (hash, job->password, strlen (job->password)) == 0 &&
      job->hash != NULL;
  if (job->right && crypto_pwhash_str_needs_rehash (hash, AC_PASSWORD_OPS,
                                                    AC_PASSWORD_MEM_BYTES) != 0)
    job->has_new_hash = make_hash (job->new_hash, job->password);
}

static void
work (gpointer data, gpointer user_data)
{
  Job *job = data;
  AcPasswords *self = user_data;

  if (g_atomic_int_get (&self->closing)) {
    job->error = ac_accounts_error_new (AC_ACCOUNTS_ERROR_BUSY, NULL, 5,
                                        "the server is shutting down");
  } else if (job->hashed == NULL) {
    verify (job);
  } else {
    job->has_new_hash = make_hash (job->new_hash, job->password);
    if (!job->has_new_hash)
      job->error = ac_accounts_error_new (AC_ACCOUNTS_ERROR_FAILED, NULL, 0,
                                          "no memory to hash a password");
  }
  ac_mailbox_post (self->answers, answer, job);
}

AcPasswords *
ac_passwords_new (AcExecutor executor, GError **error)
{
  g_autoptr (AcPasswords) self = g_new0 (AcPasswords, 1);
  gchar unknown[AC_PASSWORD_MIN_BYTES * 2 + 1];
  guint8 random[AC_PASSWORD_MIN_BYTES];

  self->answers = ac_mailbox_new (executor);
  if (sodium_init () < 0) {
    g_propagate_error (error, ac_accounts_error_new (AC_ACCOUNTS_ERROR_FAILED, NULL, 0,
                                                     "libsodium cannot start"));
    return NULL;
  }
  randombytes_buf (random, sizeof random);
  sodium_bin2hex (unknown, sizeof unknown, random, sizeof random);
  if (!make_hash (self->no_hash, unknown)) {
    g_propagate_error (error, ac_accounts_error_new (AC_ACCOUNTS_ERROR_FAILED, NULL, 0,
                                                     "no memory to hash a password"));
    return NULL;
  }
  self->pool = g_thread_pool_new (work, self, AC_PASSWORD_THREADS, FALSE, NULL);
  return g_steal_pointer (&self);
}

void
ac_passwords_free (AcPasswords *self)
{
  g_atomic_int_set (&self->closing, TRUE);
  if (self->pool != NULL)
    g_thread_pool_free (self->pool, FALSE, TRUE);
  self->pool = NULL;
  ac_mailbox_close (self->answers);
  g_free (self);
}

static void
push (AcPasswords *self, const gchar *password, Job *job)
{
  job->owner = self;
  job->password = g_strdup (password);
  self->n_under_way++;
  if (self->pool != NULL &&
      self->n_under_way <= AC_PASSWORD_THREADS + AC_PASSWORD_WAITING_MAX) {
    g_thread_pool_push (self->pool, job, NULL);
    return;
  }
  job->error = ac_accounts_error_new (AC_ACCOUNTS_ERROR_BUSY, NULL, 5,
                                      "too many passwords wait to be checked");
  ac_mailbox_post (self->answers, answer, job);
}

void
ac_passwords_hash (AcPasswords *self, const gchar *password, AcPasswordHashed done,
                   gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->hashed = done;
  job->user_data = user_data;
  push (self, password, job);
}

void
ac_passwords_verify (AcPasswords *self, const gchar *password, const gchar *hash,
                     AcPasswordVerified done, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->hash = g_strdup (hash);
  job->verified = done;
  job->user_data = user_data;
  push (self, password, job);
}
