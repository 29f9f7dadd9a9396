/* peer_key.h - the stream key that a browser shows, with AcKeyGuard before it.
 *
 * Threads: main loop. */
#pragma once

#include "classroom.h"
#include "key_guard.h"
#include "peer_sessions.h"

/* @ret_backup: whether it is the key of the lesson's backup
 * Returns: whether @request's key is the lesson's; @answered was told WRONG_KEY or
 *   THROTTLED when it is not. */
gboolean ac_peer_key_check (AcClassroom *classroom, AcKeyGuard *guard,
                            const AcPeerRequest *request, gboolean *ret_backup,
                            AcPeerAnswered answered, gpointer user_data);
