#include "load_http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define N_LINES 32
#define HOST 1 /* the fetching comes from 127.0.0.1 */
#define HEAD_MAX_BYTES 4096

typedef struct {
  gchar *text; /* of the request */
  gboolean keep_body;
  LoadAnswered answered;
  gpointer data;
} Request;

typedef enum { LINE_CLOSED, LINE_CONNECTING, LINE_IDLE, LINE_BUSY } LineState;

typedef struct {
  LoadWatch watch;
  LoadHttp *http;
  LineState state;
  Request *request; /* that is being answered */
  GString *answer;  /* its head, and its body when that is kept */
  gboolean in_body;
  guint status;
  gsize body_left;
} Line;

struct _LoadHttp {
  LoadNet *net;
  Line lines[N_LINES];
  GQueue waiting; /* Request */
  guint n_busy;
  guint64 bytes;
};

static void give_work (LoadHttp *self);

static void
finish (Line *line, guint status, const gchar *body)
{
  Request *request = g_steal_pointer (&line->request);

  line->http->n_busy--;
  request->answered (status, body, request->data);
  g_free (request->text);
  g_free (request);
}

static void
lose (Line *line)
{
  load_net_close (&line->watch);
  line->state = LINE_CLOSED;
  if (line->request != NULL)
    finish (line, 0, NULL);
}

static void
ask (Line *line)
{
  line->state = LINE_BUSY;
  line->in_body = FALSE;
  g_string_truncate (line->answer, 0);
  if (!load_net_send (&line->watch, line->request->text, strlen (line->request->text)))
    lose (line);
}

static void
answered (Line *line)
{
  const gchar *end = strstr (line->answer->str, "\r\n\r\n");

  line->state = LINE_IDLE;
  finish (line, line->status, line->request->keep_body && end != NULL ? end + 4 : NULL);
  give_work (line->http);
}

/* Returns: FALSE: it is no answer that can be read. */
static gboolean
read_head (Line *line, const gchar *end)
{
  const gchar *length = strcasestr (line->answer->str, "\r\ncontent-length:");
  gsize got = line->answer->len - (gsize)(end + 4 - line->answer->str);

  if (sscanf (line->answer->str, "HTTP/1.1 %u", &line->status) != 1)
    return FALSE;
  line->in_body = TRUE;
  line->body_left = 0;
  if (length != NULL && length < end)
    line->body_left = g_ascii_strtoull (length + 17, NULL, 10);
  if (got > line->body_left)
    return FALSE;
  line->body_left -= got;
  return TRUE;
}

static gssize
read_text (Line *line)
{
  gchar block[16384];
  gsize most = line->in_body ? MIN (sizeof block, line->body_left) : sizeof block;
  gssize got = recv (line->watch.fd, block, most, 0);
  const gchar *end;

  if (got <= 0)
    return got;
  g_string_append_len (line->answer, block, got);
  if (line->in_body) {
    line->body_left -= (gsize)got;
    return got;
  }
  end = strstr (line->answer->str, "\r\n\r\n");
  if (end == NULL ? line->answer->len > HEAD_MAX_BYTES : !read_head (line, end))
    return 0;
  return got;
}

/* The kernel throws media away unread. */
static gssize
skip_body (Line *line)
{
  gssize got = recv (line->watch.fd, NULL, line->body_left, MSG_TRUNC);

  if (got > 0)
    line->body_left -= (gsize)got;
  return got;
}

static void
line_ready (LoadWatch *watch, guint32 events)
{
  Line *line = (Line *)watch;
  gssize got;

  if (line->state == LINE_CONNECTING) {
    if (!load_net_connected (line->http->net, watch))
      lose (line);
    else
      ask (line);
    return;
  }
  got = line->state == LINE_BUSY && line->in_body && !line->request->keep_body
            ? skip_body (line)
        : line->state == LINE_BUSY ? read_text (line)
                                   : 0;
  if (got < 0 && errno == EAGAIN)
    return;
  if (got <= 0) {
    lose (line);
    return;
  }
  line->http->bytes += (guint64)got;
  if (line->in_body && line->body_left == 0)
    answered (line);
}

/* A line takes its request before it is connected: one that cannot connect fails it. */
static void
give_work (LoadHttp *self)
{
  for (guint i = 0; i < N_LINES && self->waiting.length > 0; i++) {
    Line *line = &self->lines[i];

    if (line->request != NULL)
      continue;
    line->request = g_queue_pop_head (&self->waiting);
    self->n_busy++;
    if (line->state == LINE_IDLE) {
      ask (line);
      continue;
    }
    line->state = LINE_CONNECTING;
    if (!load_net_connect (self->net, &line->watch, HOST))
      lose (line);
  }
}

LoadHttp *
load_http_new (LoadNet *net)
{
  LoadHttp *self = g_new0 (LoadHttp, 1);

  self->net = net;
  g_queue_init (&self->waiting);
  for (guint i = 0; i < N_LINES; i++)
    self->lines[i] = (Line){ .watch = { .ready = line_ready, .fd = -1 },
                             .http = self,
                             .answer = g_string_new (NULL) };
  return self;
}

void
load_http_get (LoadHttp *self, const gchar *path, const gchar *cookie,
               gboolean keep_body, LoadAnswered done, gpointer data)
{
  Request *request = g_new (Request, 1);

  *request = (Request){
    .text =
        g_strdup_printf ("GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                         "Accept: */*\r\n%s%s%s\r\n",
                         path, self->net->port, cookie != NULL ? "Cookie: " : "",
                         cookie != NULL ? cookie : "", cookie != NULL ? "\r\n" : ""),
    .keep_body = keep_body,
    .answered = done,
    .data = data,
  };
  g_queue_push_tail (&self->waiting, request);
  give_work (self);
}

guint
load_http_waiting (LoadHttp *self)
{
  return self->waiting.length + self->n_busy;
}

guint64
load_http_bytes (LoadHttp *self)
{
  return self->bytes;
}
