/* front_mailbox.h - an executor in front of a libev loop.
 *
 * Threads:   posting from any; made and closed by the loop's owner while the loop does
 *            not run in another thread.
 * Ownership: reference counted (atomic), because answers come when they come: after
 *            the loop is gone, what is posted goes to @fallback instead. */
#pragma once

#include "executor.h"

#include <ev.h>

typedef struct _AcFrontMailbox AcFrontMailbox;

AcFrontMailbox *ac_front_mailbox_new (struct ev_loop *loop, AcExecutor fallback);
AcFrontMailbox *ac_front_mailbox_ref (AcFrontMailbox *self);
void ac_front_mailbox_unref (AcFrontMailbox *self);

/* Returns: an executor that is good as long as a reference to @self is held. */
AcExecutor ac_front_mailbox_executor (AcFrontMailbox *self);

/* Runs what has been posted so far, in the calling thread. */
void ac_front_mailbox_run (AcFrontMailbox *self);

/* The loop ends: runs what is left; later posts go to the fallback. */
void ac_front_mailbox_close (AcFrontMailbox *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcFrontMailbox, ac_front_mailbox_unref)
