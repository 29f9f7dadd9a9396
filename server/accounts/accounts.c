#include "accounts.h"

#include "error.h"
#include "state.h"

/* Somebody mistypes five times; a sixth attempt waits a second, the next two ... */
static const AcThrottleRule number_rule = {
  .n_free = 5,
  .forgive_ms = 10 * 60 * 1000,
  .wait_ms = 1000,
  .wait_max_ms = 5 * 60 * 1000,
};

/* Behind one address there may be a dormitory or a mobile operator's gateway, so it has
 * more room and is forgiven soon; a guesser ends at one attempt every five seconds. */
static const AcThrottleRule address_rule = {
  .n_free = 60,
  .forgive_ms = 5 * 1000,
  .wait_ms = 1000,
  .wait_max_ms = 60 * 1000,
};

/* Codes cost money and wake people: one at once, the next after a minute, ... An
 * address is held back by address_rule. */
static const AcThrottleRule code_rule = {
  .n_free = 0,
  .forgive_ms = 10 * 60 * 1000,
  .wait_ms = 60 * 1000,
  .wait_max_ms = 30 * 60 * 1000,
};

AcAccounts *
ac_accounts_hold (AcAccounts *self)
{
  self->references++;
  return self;
}

void
ac_accounts_release (AcAccounts *self)
{
  if (--self->references > 0)
    return;
  ac_sessions_free (self->sessions);
  ac_throttle_free (self->by_number);
  ac_throttle_free (self->by_address);
  ac_throttle_free (self->codes_of);
  ac_codes_free (self->codes);
  g_free (self);
}

void
ac_accounts_answer (AcAccounts *self, AcTask task, gpointer data)
{
  if (self->answers != NULL)
    ac_mailbox_post (self->answers, task, data);
  else
    task (data);
}

AcAccounts *
ac_accounts_new (AcStore *store, AcExecutor executor, GError **error)
{
  g_autoptr (AcPasswords) passwords = ac_passwords_new (executor, error);
  AcAccounts *self;

  if (passwords == NULL)
    return NULL;
  self = g_new0 (AcAccounts, 1);
  self->references = 1;
  self->store = store;
  self->answers = ac_mailbox_new (executor);
  self->passwords = g_steal_pointer (&passwords);
  self->sessions = ac_sessions_new (store);
  self->by_number = ac_throttle_new (&number_rule);
  self->by_address = ac_throttle_new (&address_rule);
  self->codes_of = ac_throttle_new (&code_rule);
  self->codes = ac_codes_new ();
  return self;
}

void
ac_accounts_free (AcAccounts *self)
{
  /* Answers may ask for more: that is refused, by what is still there. */
  ac_passwords_free (self->passwords);
  self->passwords = NULL;
  ac_mailbox_close (self->answers);
  self->answers = NULL;
  ac_accounts_release (self);
}

AcSession *
ac_accounts_session (AcAccounts *self, const gchar *token)
{
  return ac_sessions_find (self->sessions, token, g_get_real_time () / 1000);
}

void
ac_accounts_grants_changed (AcAccounts *self, gint64 member)
{
  ac_sessions_forget_member (self->sessions, member);
}

void
ac_accounts_set_code_sender (AcAccounts *self, AcCodeSend send, gpointer user_data)
{
  self->send_code = send;
  self->send_data = user_data;
}

gboolean
ac_accounts_sends_codes (const AcAccounts *self)
{
  return self->send_code != NULL;
}
