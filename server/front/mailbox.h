/* mailbox.h - an executor in front of a libev loop.
 *
 * Threads:   posting from any; made and closed by the loop's owner while the loop does
 *            not run in another thread.
 * Ownership: reference counted (atomic), because answers come when they come: after
 *            the loop is gone, what is posted goes to @fallback instead. */
#pragma once

#include "executor.h"

#include <ev.h>

typedef struct _AcMailbox AcMailbox;

AcMailbox *ac_mailbox_new (struct ev_loop *loop, AcExecutor fallback);
AcMailbox *ac_mailbox_ref (AcMailbox *self);
void ac_mailbox_unref (AcMailbox *self);

/* Returns: an executor that is good as long as a reference to @self is held. */
AcExecutor ac_mailbox_executor (AcMailbox *self);

/* Runs what has been posted so far, in the calling thread. */
void ac_mailbox_run (AcMailbox *self);

/* The loop ends: runs what is left; later posts go to the fallback. */
void ac_mailbox_close (AcMailbox *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcMailbox, ac_mailbox_unref)
