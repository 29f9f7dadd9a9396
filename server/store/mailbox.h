/* mailbox.h - answers on their way to a loop, which may be called in at the end.
 *
 * Like ac_executor_post(), in order and never from inside; but its owner can close it
 * and be sure that everything posted has run, even when the loop runs no more.
 *
 * Threads:   ac_mailbox_post() any; the rest on the loop's thread. */
#pragma once

#include "executor.h"

typedef struct _AcMailbox AcMailbox;

AcMailbox *ac_mailbox_new (AcExecutor executor);
void ac_mailbox_post (AcMailbox *self, AcTask task, gpointer data);
/* Runs what waits, also what those tasks post, and frees. No other thread may post any
 * more. */
void ac_mailbox_close (AcMailbox *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcMailbox, ac_mailbox_close)
