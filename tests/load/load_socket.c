#include "load_socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define TEXT 1
#define CLOSE 8
#define PING 9
#define PONG 10
#define FINAL 0x80
#define MASKED 0x80

#define SEND_MAX_BYTES 65535

static guint8 block[256 * 1024 + 1];

gboolean
load_socket_ask (LoadWatch *watch, guint16 port, const gchar *path, const gchar *cookie)
{
  gchar text[1024];
  gint length =
      g_snprintf (text, sizeof text,
                  "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  "Sec-WebSocket-Protocol: airclass\r\nCookie: %s\r\n\r\n",
                  path, port, cookie);

  return load_net_send (watch, text, (gsize)length);
}

/* The mask is zero: the text stays as it is. */
static gboolean
send_frame (LoadWatch *watch, guint opcode, gconstpointer data, gsize length)
{
  static guint8 frame[8 + SEND_MAX_BYTES];
  gsize head = length > 125 ? 8 : 6;

  g_return_val_if_fail (length <= SEND_MAX_BYTES, FALSE);
  memset (frame, 0, head);
  frame[0] = (guint8)(FINAL | opcode);
  frame[1] = (guint8)(MASKED | (length > 125 ? 126 : length));
  if (length > 125) {
    frame[2] = (guint8)(length >> 8);
    frame[3] = (guint8)length;
  }
  memcpy (frame + head, data, length);
  return load_net_send (watch, frame, head + length);
}

gboolean
load_socket_send (LoadWatch *watch, const gchar *text)
{
  return send_frame (watch, TEXT, text, strlen (text));
}

void
load_socket_reset (LoadSocket *self)
{
  g_clear_pointer (&self->rest, g_byte_array_unref);
  self->open = FALSE;
  self->close_code = 0;
}

/* Returns: bytes of the whole frame at @data; 0: it has not come whole. */
static gsize
frame_length (const guint8 *data, gsize length, gsize *ret_head)
{
  guint64 payload;

  if (length < 2)
    return 0;
  payload = data[1] & 0x7f;
  *ret_head = payload == 127 ? 10 : payload == 126 ? 4 : 2;
  if (length < *ret_head)
    return 0;
  if (*ret_head > 2) {
    payload = 0;
    for (gsize i = 2; i < *ret_head; i++)
      payload = payload << 8 | data[i];
  }
  return length - *ret_head >= payload ? *ret_head + payload : 0;
}

static void
take_frame (LoadSocket *self, LoadWatch *watch, guint opcode, guint8 *payload,
            gsize length, const LoadSocketHandler *handler, gpointer data)
{
  guint8 after = payload[length];

  if (opcode == TEXT) {
    payload[length] = '\0';
    handler->message ((const gchar *)payload, length, data);
    payload[length] = after;
  } else if (opcode == PING) {
    send_frame (watch, PONG, payload, length);
  } else if (opcode == CLOSE) {
    self->close_code = length >= 2 ? (guint16)(payload[0] << 8 | payload[1]) : 1005;
  }
}

/* Returns: how many of the bytes are dealt with. */
static gsize
take_upgrade (LoadSocket *self, guint8 *bytes, gsize length,
              const LoadSocketHandler *handler, gpointer data)
{
  const guint8 *end = memmem (bytes, length, "\r\n\r\n", 4);
  guint status = 0;

  if (end == NULL)
    return 0;
  sscanf ((const gchar *)bytes, "HTTP/1.1 %u", &status);
  self->open = status == 101;
  handler->upgraded (status, data);
  return (gsize)(end + 4 - bytes);
}

/* @bytes: has room for one more */
static gsize
take (LoadSocket *self, LoadWatch *watch, guint8 *bytes, gsize length,
      const LoadSocketHandler *handler, gpointer data)
{
  gsize done = self->open ? 0 : take_upgrade (self, bytes, length, handler, data);
  gsize frame, head;

  while (self->open &&
         (frame = frame_length (bytes + done, length - done, &head)) > 0) {
    take_frame (self, watch, bytes[done] & 0xf, bytes + done + head, frame - head,
                handler, data);
    done += frame;
  }
  return done;
}

static void
take_with_rest (LoadSocket *self, LoadWatch *watch, gsize got,
                const LoadSocketHandler *handler, gpointer data)
{
  g_autoptr (GByteArray) whole = g_steal_pointer (&self->rest);
  guint8 *bytes = block;
  gsize length = got, done;

  if (whole != NULL) {
    g_byte_array_append (whole, block, (guint)got + 1); /* and the room */
    bytes = whole->data;
    length = whole->len - 1;
  }
  done = take (self, watch, bytes, length, handler, data);
  if (done == length)
    return;
  self->rest = g_byte_array_new ();
  g_byte_array_append (self->rest, bytes + done, (guint)(length - done));
}

gboolean
load_socket_read (LoadSocket *self, LoadWatch *watch, const LoadSocketHandler *handler,
                  gpointer data)
{
  gssize got = recv (watch->fd, block, sizeof block - 1, 0);

  if (got < 0 && errno == EAGAIN)
    return TRUE;
  if (got <= 0)
    return FALSE;
  take_with_rest (self, watch, (gsize)got, handler, data);
  return self->close_code == 0;
}
