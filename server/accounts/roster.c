/* Changes of members: checked, a password hashed if there is one, then written. */
#include "check.h"
#include "error.h"
#include "state.h"

#include "audit.h"
#include "clock.h"
#include "field_check.h"
#include "grant.h"
#include "membership.h"

typedef struct {
  AcAccounts *accounts;
  AcAccountsDone done;
  gpointer user_data;
  AcStoreJob job;

  gint64 id; /* of the result; set_password: of the member from the start */
  gchar *number, *name;
  AcRole role;
  AcMemberKind kind;
  gint64 branch;
  gchar *password_hash;
  gchar *proof;  /* of set_password: NULL: any password is changed */
  gboolean made; /* likewise */
  gint64 actor;  /* likewise */
  gchar *reason; /* likewise */
  gint64 wall_ms;
  gboolean ends_sessions;
  GError *error; /* of what is decided at once */
} Change;

static Change *
change_new (AcAccounts *self, AcStoreJob job, AcAccountsDone done, gpointer user_data)
{
  Change *change = g_new0 (Change, 1);

  change->accounts = ac_accounts_hold (self);
  change->job = job;
  change->done = done;
  change->user_data = user_data;
  change->wall_ms = ac_clock_wall_ms ();
  return change;
}

static void
change_free (gpointer data)
{
  Change *change = data;

  ac_accounts_release (change->accounts);
  g_free (change->number);
  g_free (change->name);
  g_free (change->password_hash);
  g_free (change->proof);
  g_free (change->reason);
  g_clear_error (&change->error);
  g_free (change);
}

static void
answer_change (Change *change, const GError *error)
{
  if (change->done != NULL)
    change->done (error == NULL ? change->id : 0, error, change->user_data);
}

static void
answer_refusal (gpointer data)
{
  Change *change = data;

  answer_change (change, change->error);
  change_free (change);
}

/* Takes @error. */
static void
refuse (Change *change, GError *error)
{
  change->error = error;
  ac_accounts_answer (change->accounts, answer_refusal, change);
}

static void
change_written (gpointer data, const GError *error, gpointer unused)
{
  Change *change = data;
  g_autoptr (GError) translated = NULL;

  if (error != NULL && error->domain == AC_STORE_ERROR)
    error = translated = ac_accounts_error_from_store (error);
  else if (error != NULL && error->domain == AC_ORGANISATION_ERROR)
    error = translated = ac_accounts_error_from_organisation (error);
  if (change->ends_sessions)
    ac_sessions_forget_member (change->accounts->sessions, change->id);
  answer_change (change, error);
}

static void
write_change (Change *change)
{
  ac_store_write (change->accounts->store, change->job, change, change_free,
                  change_written, NULL);
}

static void
password_hashed (const gchar *hash, const GError *error, gpointer user_data)
{
  Change *change = user_data;

  if (error != NULL) {
    answer_change (change, error);
    change_free (change);
    return;
  }
  change->password_hash = g_strdup (hash);
  write_change (change);
}

static void
hash_and_write (Change *change, const gchar *password)
{
  if (change->accounts->passwords != NULL)
    ac_passwords_hash (change->accounts->passwords, password, password_hashed, change);
  else
    refuse (change, ac_accounts_error_new (AC_ACCOUNTS_ERROR_BUSY, NULL, 5,
                                           "the server is shutting down"));
}

static gboolean
write_member (AcStore *store, gpointer data, GError **error)
{
  Change *change = data;
  const AcMember member = { .number = change->number,
                            .name = change->name,
                            .kind = change->kind };

  return ac_member_add (store, &member, change->password_hash, change->wall_ms,
                        &change->id, error) &&
         (change->role == AC_ROLE_MEMBER ||
          ac_grant_set (store, change->id, &(AcGrant){ change->role, change->branch },
                        TRUE, change->wall_ms, error)) &&
         (change->branch == 0 ||
          ac_membership_set (store, change->id, AC_SIDE_HOME, change->branch, NULL,
                             change->wall_ms, error));
}

static GError *
check_member (const AcNewMember *member)
{
  GError *refusal = ac_check_number (member->number);
  g_autoptr (GError) owned = NULL;

  if (refusal == NULL)
    refusal = ac_check_name (member->name);
  owned = refusal;
  if (owned != NULL)
    return ac_accounts_error_from_organisation (owned);
  return member->password != NULL ? ac_check_password (member->password) : NULL;
}

void
ac_accounts_add_member (AcAccounts *self, const AcNewMember *member,
                        AcAccountsDone done, gpointer user_data)
{
  Change *change = change_new (self, write_member, done, user_data);
  GError *error = check_member (member);

  if (error != NULL) {
    refuse (change, error);
    return;
  }
  change->number = g_strdup (member->number);
  change->name = g_strdup (member->name);
  change->role = member->role;
  change->kind = member->kind;
  change->branch = member->branch;
  if (member->password != NULL)
    hash_and_write (change, member->password);
  else
    write_change (change);
}

static gboolean
write_password (AcStore *store, gpointer data, GError **error)
{
  Change *change = data;
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "UPDATE members SET password = ?1, password_made = ?2 WHERE id = ?3 "
      "AND (?4 IS NULL OR password = ?4) "
      "AND id NOT IN (SELECT member FROM erased_members) RETURNING id",
      error);
  const AcAuditEntry entry = { .act = AC_AUDIT_PASSWORD_SET,
                               .actor = change->actor,
                               .member = change->id,
                               .reason = change->reason };
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "tdit", change->password_hash, change->made, change->id,
                     change->proof);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_DONE && change->proof != NULL)
    g_propagate_error (error, ac_accounts_error_new (AC_ACCOUNTS_ERROR_REFUSED, NULL, 0,
                                                     "the password was changed "
                                                     "meanwhile"));
  else if (code == SQLITE_DONE)
    g_propagate_error (error, ac_accounts_error_new (AC_ACCOUNTS_ERROR_NOT_FOUND, NULL,
                                                     0, "no such member"));
  return code == SQLITE_ROW &&
         ac_session_rows_end (store, change->id, change->wall_ms, error) &&
         ac_audit_note (store, &entry, change->wall_ms, error);
}

void
ac_accounts_set_password (AcAccounts *self, const AcNewPassword *wanted,
                          AcAccountsDone done, gpointer user_data)
{
  Change *change = change_new (self, write_password, done, user_data);
  GError *error = ac_check_password (wanted->password);

  if (error != NULL) {
    refuse (change, error);
    return;
  }
  change->id = wanted->member;
  change->proof = g_strdup (wanted->proof);
  change->made = wanted->made;
  change->actor = wanted->actor;
  change->reason = g_strdup (wanted->reason);
  change->ends_sessions = TRUE;
  hash_and_write (change, wanted->password);
}
