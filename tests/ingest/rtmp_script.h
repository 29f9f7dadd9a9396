/* rtmp_script.h - what an encoder says, as bytes, for the tests. */
#pragma once

#include <glib.h>

#define SCRIPT_STREAM 1

/* C0, C1 and C2 */
void script_handshake (GByteArray *out);

/* A whole message with a full header, in chunks of @chunk_size. */
void script_message (GByteArray *out, guint8 chunk_stream, guint8 type, guint32 stream,
                     guint32 timestamp, const void *body, gsize size, gsize chunk_size);

/* Commands; @argument NULL: none */
void script_connect (GByteArray *out, const gchar *app);
void script_command (GByteArray *out, guint32 stream, const gchar *name,
                     gdouble transaction, const gchar *argument);
/* Everything up to and with the publish command. */
void script_publish (GByteArray *out, const gchar *name);

/* A tag that begins with @first and @second and has @size bytes. */
void script_tag (GByteArray *out, guint8 type, guint32 timestamp, guint8 first,
                 guint8 second, gsize size);
