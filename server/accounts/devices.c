/* devices.c - a member's own sessions: seen, and ended one by one or all. */
#include "error.h"
#include "state.h"

#include "audit.h"
#include "clock.h"

static void
free_device (gpointer data)
{
  AcDevice *device = data;

  g_free (device->user_agent);
  g_free (device);
}

GPtrArray *
ac_accounts_devices (AcAccounts *self, gint64 member, GError **error)
{
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func (free_device);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (self->store,
                        "SELECT id, created_ms, last_seen_ms, user_agent FROM sessions "
                        "WHERE member = ?1 AND token_hash IS NOT NULL "
                        "  AND last_seen_ms > ?2 ORDER BY last_seen_ms DESC, id DESC",
                        error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "ii", member,
                     ac_clock_wall_ms () -
                         AC_SESSION_MAX_AGE_S * G_GINT64_CONSTANT (1000));
  while ((code = ac_store_step (self->store, statement, error)) == SQLITE_ROW) {
    AcDevice *device = g_new0 (AcDevice, 1);

    device->session = sqlite3_column_int64 (statement, 0);
    device->created_ms = sqlite3_column_int64 (statement, 1);
    device->last_seen_ms = sqlite3_column_int64 (statement, 2);
    device->user_agent = ac_statement_text (statement, 3);
    g_ptr_array_add (devices, device);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&devices) : NULL;
}

typedef struct {
  AcAccounts *accounts;
  gint64 member;
  gint64 session; /* 0: all */
  AcAccountsDone done;
  gpointer user_data;
} Ending;

static void
ending_free (gpointer data)
{
  Ending *ending = data;

  ac_accounts_release (ending->accounts);
  g_free (ending);
}

static gboolean
write_end (AcStore *store, gpointer data, GError **error)
{
  const Ending *ending = data;
  const AcAuditEntry entry = { .act = AC_AUDIT_SESSIONS_END,
                               .actor = ending->member,
                               .member = ending->member };
  gint64 now_ms = ac_clock_wall_ms ();

  if (ending->session == 0)
    return ac_session_rows_end (store, ending->member, now_ms, error) &&
           ac_audit_note (store, &entry, now_ms, error);
  return ac_store_run (store, error,
                       "UPDATE sessions SET token_hash = NULL, ended_ms = ? "
                       "WHERE id = ? AND member = ? AND token_hash IS NOT NULL",
                       "iii", now_ms, ending->session, ending->member);
}

static void
ended (gpointer data, const GError *store_error, gpointer unused)
{
  Ending *ending = data;
  g_autoptr (GError) error =
      store_error != NULL ? ac_accounts_error_from_store (store_error) : NULL;

  ac_sessions_forget_member (ending->accounts->sessions, ending->member);
  if (ending->done != NULL)
    ending->done (error == NULL ? ending->member : 0, error, ending->user_data);
}

void
ac_accounts_end_sessions (AcAccounts *self, gint64 member, gint64 session,
                          AcAccountsDone done, gpointer user_data)
{
  Ending *ending = g_new (Ending, 1);

  *ending = (Ending){ ac_accounts_hold (self), member, session, done, user_data };
  ac_store_write (self->store, write_end, ending, ending_free, ended, NULL);
}
