/* rtmp_reply.h - what the server says: one function a message, appended to the bytes
 * that are to be sent.
 *
 * Threads: any; nothing but @out is touched. */
#pragma once

#include <glib.h>

/* What the client is told to expect; in force from ac_rtmp_reply_begin() on. */
#define AC_RTMP_REPLY_CHUNK_SIZE 4096
#define AC_RTMP_REPLY_WINDOW 2500000

/* Window size, peer bandwidth and chunk size, which come before any other message. */
void ac_rtmp_reply_begin (GByteArray *out);

/* Protocol control (section 5.4) and user control (7.1.7) messages. */
void ac_rtmp_reply_acknowledgement (GByteArray *out, guint32 sequence);
void ac_rtmp_reply_window (GByteArray *out, guint32 window);
void ac_rtmp_reply_stream_begin (GByteArray *out, guint32 stream);
void ac_rtmp_reply_pong (GByteArray *out, guint32 timestamp);

/* Answers to commands; @transaction is the client's number for the command.
 * @enhanced: tell which codecs of Enhanced RTMP are understood */
void ac_rtmp_reply_connected (GByteArray *out, gdouble transaction, gboolean enhanced);
void ac_rtmp_reply_rejected (GByteArray *out, gdouble transaction,
                             const gchar *description);
void ac_rtmp_reply_result (GByteArray *out, gdouble transaction);
void ac_rtmp_reply_created (GByteArray *out, gdouble transaction, guint32 stream);

/* An onStatus or one of its relatives ("onFCPublish") on message stream @stream. */
void ac_rtmp_reply_status (GByteArray *out, guint32 stream, const gchar *command,
                           const gchar *level, const gchar *code,
                           const gchar *description);
