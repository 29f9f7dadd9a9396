/* state.h - what the files of accounts.h share. */
#pragma once

#include "accounts.h"
#include "codes.h"
#include "mailbox.h"
#include "password.h"
#include "sessions.h"
#include "throttle.h"

struct _AcAccounts {
  guint references; /* main loop: its owner, and each operation under way */
  AcStore *store;
  AcMailbox *answers;     /* of what is decided at once; NULL at the end likewise */
  AcPasswords *passwords; /* NULL once ac_accounts_free() has begun: refuse */
  AcSessions *sessions;
  AcThrottle *by_number;
  AcThrottle *by_address;
  AcCodes *codes;
  AcThrottle *codes_of; /* an account */
  AcCodeSend send_code; /* NULL: there is no gateway */
  gpointer send_data;
};

AcAccounts *ac_accounts_hold (AcAccounts *self);
void ac_accounts_release (AcAccounts *self);
/* Answers what is decided at once: later, but from inside when there is no later. */
void ac_accounts_answer (AcAccounts *self, AcTask task, gpointer data);
