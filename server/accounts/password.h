/* password.h - Argon2id on worker threads, so that the main loop never waits for it.
 *
 * Two work at a time and AC_PASSWORD_WAITING_MAX wait; so hashing takes at most
 * 2 x AC_PASSWORD_MEM_BYTES of memory however many people knock.
 *
 * Threads:   main loop; callbacks too, never from inside.
 * Ownership: plain; every callback has been called when ac_passwords_free() returns. */
#pragma once

#include "executor.h"

#define AC_PASSWORD_MIN_BYTES 8
#define AC_PASSWORD_MAX_BYTES 128

/* OWASP's Password Storage Cheat Sheet for Argon2id: 19 MiB, 2 passes, 1 lane. */
#define AC_PASSWORD_OPS 2
#define AC_PASSWORD_MEM_BYTES (19 * 1024 * 1024)

#define AC_PASSWORD_THREADS 2
#define AC_PASSWORD_WAITING_MAX 256

/* One to be read out and typed, of 58 random bits: "k7dm-3xqa-9wth". */
#define AC_PASSWORD_MADE_CHARS 14
/* @ret_password: AC_PASSWORD_MADE_CHARS + 1. Once libsodium has started. */
void ac_password_make (gchar *ret_password);

typedef struct _AcPasswords AcPasswords;

/* Errors: AC_ACCOUNTS_ERROR_FAILED when libsodium cannot start. */
AcPasswords *ac_passwords_new (AcExecutor executor, GError **error);
void ac_passwords_free (AcPasswords *self);

/* @hash: (transfer none): NULL with @error (BUSY, FAILED) */
typedef void (*AcPasswordHashed) (const gchar *hash, const GError *error,
                                  gpointer user_data);
void ac_passwords_hash (AcPasswords *self, const gchar *password, AcPasswordHashed done,
                        gpointer user_data);

/* @right: whether they belong together
 * @new_hash: (nullable): to be stored instead, made with today's limits; only when
 *   @right and the old one had others
 * @error: BUSY: nothing was found out */
typedef void (*AcPasswordVerified) (gboolean right, const gchar *new_hash,
                                    const GError *error, gpointer user_data);
/* @hash: (nullable): NULL takes the time of a real one and is never right */
void ac_passwords_verify (AcPasswords *self, const gchar *password, const gchar *hash,
                          AcPasswordVerified done, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcPasswords, ac_passwords_free)
