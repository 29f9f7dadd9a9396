/* sender.h - the line of a fault publisher: RTMP by librtmp, SRT by libsrt.
 *
 * Threads:   one.
 * Ownership: plain. */
#pragma once

#include "flv_file.h"

typedef struct _Sender Sender;

/* @url: rtmp://HOST:PORT/live/KEY or srt://HOST:PORT?streamid=ID&passphrase=TEXT
 * Errors: G_IO_ERROR. */
Sender *sender_open (const gchar *url, GError **error);
void sender_close (Sender *self);

/* @ms: in the publisher's clock. What carries it takes as many bits as it has: 32 of
 * milliseconds, or 33 of 90 kHz.
 * Errors: G_IO_ERROR: the server has gone away. */
gboolean sender_send (Sender *self, const FlvFileTag *tag, gint64 ms, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sender, sender_close)
