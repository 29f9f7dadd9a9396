/* srt_access.h - who may publish by SRT: the AcSrtGate of an AcSrtServer.
 *
 * libsrt asks on its own thread and wants an answer at once, while lessons and their
 * keys live on the main loop. So the main loop makes a view of them, immutable once it
 * is made: hash of a stream key -> lesson, passphrase. What changes oftener, which
 * lessons somebody publishes right now, lies beside it.
 *
 * It is a first answer, given so that encoders show a reason; the main loop decides
 * again about each publisher that was let in.
 *
 * Threads:   main loop, but for the gate, which is libsrt's.
 * Ownership: plain; outlives the server that uses its gate. */
#pragma once

#include "classroom.h"
#include "key_guard.h"
#include "srt_server.h"

typedef struct _AcSrtAccess AcSrtAccess;

/* How long somebody who sends keeps others out; a bit less than feeds.h's takeover, so
 * that nobody is rejected here who would be accepted there. */
#define AC_SRT_ACCESS_TAKEN_MS 1800

/* @guard: outlives the server that uses the gate
 * @secret: AC_STREAM_KEY_SECRET_CHARS of text that passphrases are made of; NULL: none
 * are */
AcSrtAccess *ac_srt_access_new (AcClassroom *classroom, AcKeyGuard *guard,
                                const gchar *secret);
void ac_srt_access_free (AcSrtAccess *self);

/* Lessons were added or ended: the view is made anew, soon. */
void ac_srt_access_refresh (AcSrtAccess *self);
/* A publisher of @lesson, the backup or not, has sent something, or has left. */
void ac_srt_access_sent (AcSrtAccess *self, gint64 lesson, gboolean backup);
void ac_srt_access_left (AcSrtAccess *self, gint64 lesson, gboolean backup);

AcSrtGate ac_srt_access_gate (AcSrtAccess *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSrtAccess, ac_srt_access_free)
