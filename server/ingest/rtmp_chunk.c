/* A chunk is a header of four variable parts and at most "chunk size" bytes of a
 * message. The header is gathered in `head` until header_size() is content, which looks
 * at what is there already to know how much more there must be.
 *
 * Invariants, between two calls of feed():
 *  - `unfinished` is the sum of `length` of all streams in a message;
 *  - `current` is set exactly while the payload of a chunk is being read, and then
 *    `chunk_left` > 0;
 *  - a stream's `body` is not NULL only when it is in a message. */

#include "rtmp_chunk.h"

#include <string.h>

#define DEFAULT_CHUNK_SIZE 128
#define FIRST_ALLOCATION (16 * 1024)
#define EXTENDED 0xffffff /* in the timestamp field: 32 bits follow (5.3.1.3) */
#define MAX_HEADER (3 + 11 + 4)

typedef struct {
  guint32 id;
  gboolean known; /* has had a header that tells length and type */
  guint32 timestamp;
  guint32 field; /* timestamp or delta as last sent, extended or not */
  gboolean extended;
  guint32 length;
  guint8 type;
  guint32 stream;

  gboolean in_message;
  guint8 *body;
  gsize have;
  gsize room;
} ChunkStream;

struct _AcRtmpChunkReader {
  GPtrArray *streams; /* ChunkStream, few */
  guint32 chunk_size;
  gsize unfinished;

  guint8 head[MAX_HEADER];
  gsize head_size;
  guint8 pushed[4]; /* to be read before what comes next */
  gsize pushed_size;

  ChunkStream *current;
  gsize chunk_left;
};

typedef struct {
  const guint8 *at;
  gsize left;
} Input;

/* The basic and message header, taken apart. */
typedef struct {
  guint format;
  guint32 id;
  gsize basic_size;
  gsize message_size; /* 11, 7, 3 or 0 */
} Shape;

G_DEFINE_QUARK (ac - rtmp - error - quark, ac_rtmp_error)

void
ac_rtmp_message_clear (AcRtmpMessage *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
}

static void
chunk_stream_free (gpointer data)
{
  ChunkStream *stream = data;

  g_free (stream->body);
  g_free (stream);
}

AcRtmpChunkReader *
ac_rtmp_chunk_reader_new (void)
{
  AcRtmpChunkReader *self = g_new0 (AcRtmpChunkReader, 1);

  self->streams = g_ptr_array_new_with_free_func (chunk_stream_free);
  self->chunk_size = DEFAULT_CHUNK_SIZE;
  return self;
}

void
ac_rtmp_chunk_reader_free (AcRtmpChunkReader *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->streams);
  g_free (self);
}

static guint32
read_be (const guint8 *bytes, guint width)
{
  guint32 value = 0;

  for (guint i = 0; i < width; i++)
    value = value << 8 | bytes[i];
  return value;
}

static guint32
read_le32 (const guint8 *bytes)
{
  return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (guint32)bytes[3] << 24;
}

/* Takes up to @want bytes, those pushed back first. */
static gsize
take (AcRtmpChunkReader *self, Input *input, guint8 *target, gsize want)
{
  gsize from_pushed = MIN (want, self->pushed_size);
  gsize from_input = MIN (want - from_pushed, input->left);

  if (from_pushed > 0) {
    memcpy (target, self->pushed, from_pushed);
    self->pushed_size -= from_pushed;
    memmove (self->pushed, self->pushed + from_pushed, self->pushed_size);
  }
  if (from_input > 0) {
    memcpy (target + from_pushed, input->at, from_input);
    input->at += from_input;
    input->left -= from_input;
  }
  return from_pushed + from_input;
}

static ChunkStream *
find_stream (AcRtmpChunkReader *self, guint32 id)
{
  for (guint i = 0; i < self->streams->len; i++) {
    ChunkStream *stream = g_ptr_array_index (self->streams, i);
    if (stream->id == id)
      return stream;
  }
  return NULL;
}

/* Ends the message under way of @stream, leaving its header for the next. */
static void
forget_message (AcRtmpChunkReader *self, ChunkStream *stream)
{
  if (!stream->in_message)
    return;
  self->unfinished -= stream->length;
  stream->in_message = FALSE;
  g_clear_pointer (&stream->body, g_free);
  stream->have = stream->room = 0;
}

static gsize
basic_header_size (guint8 first)
{
  switch (first & 0x3f) {
  case 0:
    return 2;
  case 1:
    return 3;
  default:
    return 1;
  }
}

static Shape
shape_of (const guint8 *head)
{
  static const gsize message_sizes[4] = { 11, 7, 3, 0 };
  Shape shape = { .format = head[0] >> 6, .basic_size = basic_header_size (head[0]) };

  shape.message_size = message_sizes[shape.format];
  if (shape.basic_size == 1)
    shape.id = head[0] & 0x3f;
  else if (shape.basic_size == 2)
    shape.id = 64 + head[1];
  else
    shape.id = 64 + head[1] + 256 * head[2];
  return shape;
}

/* Returns: how long the header in `head` is, as far as its bytes tell by now. */
static gsize
header_size (AcRtmpChunkReader *self)
{
  const ChunkStream *stream;
  gsize size;
  Shape shape;

  if (self->head_size == 0)
    return 1;
  size = basic_header_size (self->head[0]);
  if (self->head_size < size)
    return size;
  shape = shape_of (self->head);
  size += shape.message_size;
  if (self->head_size < size)
    return size;
  if (shape.format < 3)
    return read_be (self->head + shape.basic_size, 3) == EXTENDED ? size + 4 : size;
  stream = find_stream (self, shape.id);
  return stream != NULL && stream->extended ? size + 4 : size;
}

static gsize
length_limit (guint8 type)
{
  switch (type) {
  case AC_RTMP_AUDIO:
  case AC_RTMP_VIDEO:
  case AC_RTMP_AGGREGATE:
    return AC_RTMP_MAX_MEDIA_BYTES;
  case AC_RTMP_DATA:
  case AC_RTMP_DATA_AMF3:
    return AC_RTMP_MAX_DATA_BYTES;
  default:
    return AC_RTMP_MAX_COMMAND_BYTES;
  }
}

static gboolean
check_length (guint8 type, guint32 length, GError **error)
{
  if (length <= length_limit (type))
    return TRUE;
  g_set_error (error, AC_RTMP_ERROR, AC_RTMP_ERROR_LIMIT,
               "a message of type %u with %u bytes is longer than the %" G_GSIZE_FORMAT
               " allowed",
               type, length, length_limit (type));
  return FALSE;
}

/* Returns: (transfer none): the stream of a header, made when it may be. */
static ChunkStream *
want_stream (AcRtmpChunkReader *self, const Shape *shape, GError **error)
{
  ChunkStream *stream = find_stream (self, shape->id);

  /* librtmp begins its control stream with format 1, so that is good enough. */
  if (shape->format > 1 && (stream == NULL || !stream->known)) {
    g_set_error (error, AC_RTMP_ERROR, AC_RTMP_ERROR_PROTOCOL,
                 "chunk stream %u begins with a short header", shape->id);
    return NULL;
  }
  if (stream != NULL)
    return stream;
  if (self->streams->len >= AC_RTMP_MAX_CHUNK_STREAMS) {
    g_set_error (error, AC_RTMP_ERROR, AC_RTMP_ERROR_LIMIT,
                 "more than %d chunk streams are in use", AC_RTMP_MAX_CHUNK_STREAMS);
    return NULL;
  }
  stream = g_new0 (ChunkStream, 1);
  stream->id = shape->id;
  g_ptr_array_add (self->streams, stream);
  return stream;
}

/* The 32 bits after a format 3 header that goes on with a message repeat the extended
 * timestamp (5.3.1.3). Some encoders leave them out, which shows after 4 h 39 min of
 * timestamps, and some repeat the absolute time after a delta. */
static gboolean
is_repeated_timestamp (const ChunkStream *stream, guint32 value)
{
  return value == stream->field || value == stream->timestamp;
}

static void
apply_timestamp (ChunkStream *stream, const Shape *shape, const guint8 *head)
{
  const guint8 *extended = head + shape->basic_size + shape->message_size;

  if (shape->format < 3) {
    stream->field = read_be (head + shape->basic_size, 3);
    stream->extended = stream->field == EXTENDED;
  }
  if (stream->extended)
    stream->field = read_be (extended, 4);
  /* Format 3 after format 0 takes the timestamp for a delta (5.3.1.2.4). */
  stream->timestamp =
      shape->format == 0 ? stream->field : stream->timestamp + stream->field;
}

static gboolean
begin_message (AcRtmpChunkReader *self, ChunkStream *stream, const Shape *shape,
               GError **error)
{
  const guint8 *message = self->head + shape->basic_size;

  apply_timestamp (stream, shape, self->head);
  if (shape->format < 2) {
    stream->length = read_be (message + 3, 3);
    stream->type = message[6];
    stream->known = TRUE;
  }
  if (shape->format == 0)
    stream->stream = read_le32 (message + 7);
  if (!check_length (stream->type, stream->length, error))
    return FALSE;
  if (self->unfinished + stream->length > AC_RTMP_MAX_UNFINISHED_BYTES) {
    g_set_error (error, AC_RTMP_ERROR, AC_RTMP_ERROR_LIMIT,
                 "unfinished messages of more than %d bytes",
                 AC_RTMP_MAX_UNFINISHED_BYTES);
    return FALSE;
  }
  stream->in_message = TRUE;
  self->unfinished += stream->length;
  return TRUE;
}

/* `head` holds a whole header: the payload of its chunk is next. */
static gboolean
end_header (AcRtmpChunkReader *self, GError **error)
{
  const Shape shape = shape_of (self->head);
  const gsize plain_size = shape.basic_size + shape.message_size;
  ChunkStream *stream = want_stream (self, &shape, error);

  if (stream == NULL)
    return FALSE;
  if (stream->in_message && shape.format != 3)
    forget_message (self, stream); /* a new header: the rest never comes */
  if (!stream->in_message) {
    if (!begin_message (self, stream, &shape, error))
      return FALSE;
  } else if (stream->extended &&
             !is_repeated_timestamp (stream, read_be (self->head + plain_size, 4))) {
    /* Nothing can be in `pushed` now: it held 4 bytes at most, and a header that
     * needs 5 was read since. */
    memcpy (self->pushed, self->head + plain_size, 4);
    self->pushed_size = 4;
  }
  self->head_size = 0;
  self->current = stream;
  self->chunk_left = MIN (self->chunk_size, stream->length - stream->have);
  return TRUE;
}

static void
read_payload (AcRtmpChunkReader *self, Input *input)
{
  ChunkStream *stream = self->current;
  gsize want = MIN (self->chunk_left, self->pushed_size + input->left);

  if (stream->have + want > stream->room) {
    gsize room = MAX (MAX (2 * stream->room, FIRST_ALLOCATION), stream->have + want);
    stream->room = MIN (room, stream->length);
    stream->body = g_realloc (stream->body, stream->room);
  }
  if (want > 0)
    want = take (self, input, stream->body + stream->have, want);
  stream->have += want;
  self->chunk_left -= want;
}

static void
end_message (AcRtmpChunkReader *self, ChunkStream *stream, AcRtmpMessage *ret_message)
{
  *ret_message = (AcRtmpMessage){
    .type = stream->type,
    .stream = stream->stream,
    .timestamp_ms = stream->timestamp,
    .body = g_bytes_new_take (g_steal_pointer (&stream->body), stream->length),
  };
  forget_message (self, stream);
}

/* Obeys the messages that concern the chunk stream, and takes them away. */
static gboolean
obey (AcRtmpChunkReader *self, AcRtmpMessage *message, GError **error)
{
  ChunkStream *stream;
  const guint8 *bytes;
  gsize size;
  guint32 value;

  if (message->type != AC_RTMP_SET_CHUNK_SIZE && message->type != AC_RTMP_ABORT)
    return TRUE;
  bytes = g_bytes_get_data (message->body, &size);
  value = size >= 4 ? read_be (bytes, 4) : 0;
  ac_rtmp_message_clear (message);
  if (size < 4) {
    g_set_error (error, AC_RTMP_ERROR, AC_RTMP_ERROR_PROTOCOL,
                 "a control message is too short");
    return FALSE;
  }
  if (message->type == AC_RTMP_ABORT) {
    stream = find_stream (self, value);
    if (stream != NULL)
      forget_message (self, stream);
    return TRUE;
  }
  if (value == 0 || value > G_MAXINT32) { /* 5.4.1: the first bit must be zero */
    g_set_error (error, AC_RTMP_ERROR, AC_RTMP_ERROR_PROTOCOL,
                 "a chunk size of %u is not possible", value);
    return FALSE;
  }
  self->chunk_size = value;
  return TRUE;
}

/* Reads on until a header or the payload of a chunk has ended, or all is read.
 * @ret_ended: the stream whose message ended, else NULL */
static gboolean
advance (AcRtmpChunkReader *self, Input *input, ChunkStream **ret_ended, GError **error)
{
  ChunkStream *stream;

  *ret_ended = NULL;
  if (self->current == NULL) {
    gsize need = header_size (self);

    self->head_size +=
        take (self, input, self->head + self->head_size, need - self->head_size);
    if (self->head_size < header_size (self))
      return TRUE;
    if (!end_header (self, error))
      return FALSE;
  }
  stream = self->current;
  read_payload (self, input);
  if (self->chunk_left > 0)
    return TRUE;
  self->current = NULL;
  if (stream->have == stream->length)
    *ret_ended = stream;
  return TRUE;
}

gboolean
ac_rtmp_chunk_reader_feed (AcRtmpChunkReader *self, const guint8 *data, gsize size,
                           gsize *ret_used, AcRtmpMessage *ret_message, GError **error)
{
  Input input = { data, size };
  ChunkStream *ended;

  *ret_message = (AcRtmpMessage){ 0 };
  *ret_used = 0;
  while (ret_message->body == NULL && (input.left > 0 || self->pushed_size > 0)) {
    if (!advance (self, &input, &ended, error))
      return FALSE;
    if (ended == NULL)
      continue;
    end_message (self, ended, ret_message);
    if (!obey (self, ret_message, error))
      return FALSE;
  }
  *ret_used = size - input.left;
  return TRUE;
}

void
ac_rtmp_chunk_write (GByteArray *out, guint8 chunk_stream, guint8 type, guint32 stream,
                     const GByteArray *body, gsize chunk_size)
{
  const guint8 head[12] = {
    chunk_stream,    0,    0,      0,           body->len >> 16, body->len >> 8,
    body->len & 255, type, stream, stream >> 8, stream >> 16,    stream >> 24,
  };
  const guint8 more = 0xc0 | chunk_stream;

  g_byte_array_append (out, head, sizeof head);
  for (gsize at = 0; at < body->len; at += chunk_size) {
    if (at > 0)
      g_byte_array_append (out, &more, 1);
    g_byte_array_append (out, body->data + at, MIN (chunk_size, body->len - at));
  }
}
