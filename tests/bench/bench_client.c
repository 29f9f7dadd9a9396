/* bench-client - an epoll client that asks much with little CPU of its own.
 *
 *   bench-client PORT load CONNECTIONS SECONDS PATH
 *       asks PATH again and again; prints "requests N seconds S"
 *   bench-client PORT idle CONNECTIONS PATH
 *       asks once on each, prints "idle N", keeps them open until standard input ends
 *   bench-client PORT held CONNECTIONS SECONDS PATH CLOCK
 *       asks for what comes next, on all at once, whenever it came; {msn} and {part} in
 *       PATH stand for it. CLOCK is the server's file of publication times. Prints
 *       "held N" when all wait, then "answers N p50_ms A p99_ms B max_ms C"
 *
 * All connections come from 127.0.0.2 and on, so that ports suffice. */
#include "bench_clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#define CONNECTIONS_PER_ADDRESS 10000
#define MAX_EVENTS 512
#define CONNECTING_AT_ONCE 200

typedef enum { MODE_LOAD, MODE_IDLE, MODE_HELD } Mode;

typedef struct {
  int fd;
  gsize head_bytes;  /* of the answer's header so far */
  gint64 body_left;  /* -1: still in the header */
  gint64 length;     /* as the header says */
  guint64 waits_for; /* held: publication */
  guint8 tail[4];    /* the last bytes of the header */
  gboolean connecting;
} Connection;

typedef struct {
  Mode mode;
  guint16 port;
  guint n_connections, n_started, n_connecting, n_answered_once;
  gdouble seconds;
  const gchar *path;
  AcBenchClock *clock;
  Connection *connections;
  int epoll;
  gchar request[1024];
  gsize request_bytes;
  guint64 n_answers;
  GArray *answered; /* held: guint; those that will ask again when all have answered */
  gboolean recording;
  GArray *delays_ms; /* gfloat */
} Client;

static gchar block[1 << 20];

static void
die (const gchar *what)
{
  perror (what);
  exit (1);
}

static void
write_request (Client *self, Connection *connection)
{
  gchar path[768], text[1024];

  if (self->mode == MODE_HELD) {
    g_autoptr (GString) filled = g_string_new (self->path);
    g_autofree gchar *msn = NULL, *part = NULL;

    connection->waits_for =
        __atomic_load_n (&self->clock->n_published, __ATOMIC_ACQUIRE);
    msn = g_strdup_printf ("%" G_GUINT64_FORMAT,
                           connection->waits_for / self->clock->parts_per_segment);
    part = g_strdup_printf ("%" G_GUINT64_FORMAT,
                            connection->waits_for % self->clock->parts_per_segment);
    g_string_replace (filled, "{msn}", msn, 0);
    g_string_replace (filled, "{part}", part, 0);
    g_strlcpy (path, filled->str, sizeof path);
    self->request_bytes =
        g_snprintf (text, sizeof text,
                    "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n", path);
    memcpy (self->request, text, self->request_bytes);
  }
  if (send (connection->fd, self->request, self->request_bytes, MSG_NOSIGNAL) !=
      (gssize)self->request_bytes)
    die ("send");
}

static void
start_connection (Client *self)
{
  guint i = self->n_started++;
  Connection *connection = &self->connections[i];
  struct sockaddr_in from = { .sin_family = AF_INET };
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (self->port) };
  struct epoll_event event = { .events = EPOLLOUT, .data.u32 = i };
  int on = 1;

  from.sin_addr.s_addr = htonl (INADDR_LOOPBACK + 1 + i / CONNECTIONS_PER_ADDRESS);
  to.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  connection->fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connection->fd < 0)
    die ("socket");
  setsockopt (connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (connection->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind (connection->fd, (struct sockaddr *)&from, sizeof from) != 0)
    die ("bind");
  if (connect (connection->fd, (struct sockaddr *)&to, sizeof to) != 0 &&
      errno != EINPROGRESS)
    die ("connect");
  connection->connecting = TRUE;
  connection->body_left = -1;
  self->n_connecting++;
  epoll_ctl (self->epoll, EPOLL_CTL_ADD, connection->fd, &event);
}

static void
on_connected (Client *self, Connection *connection, guint index)
{
  struct epoll_event event = { .events = EPOLLIN, .data.u32 = index };

  connection->connecting = FALSE;
  self->n_connecting--;
  epoll_ctl (self->epoll, EPOLL_CTL_MOD, connection->fd, &event);
  write_request (self, connection);
  if (self->mode == MODE_HELD)
    self->n_answered_once++;
}

static void
on_answer (Client *self, Connection *connection)
{
  self->n_answers++;
  if (self->mode == MODE_HELD) {
    gint64 published = __atomic_load_n (
        &self->clock->published_ns[connection->waits_for % AC_BENCH_CLOCK_SLOTS],
        __ATOMIC_ACQUIRE);
    gfloat delay_ms = (ac_bench_now_ns () - published) / 1e6;

    guint index = connection - self->connections;

    if (self->recording)
      g_array_append_val (self->delays_ms, delay_ms);
    g_array_append_val (self->answered, index);
    return;
  } else if (self->mode == MODE_IDLE) {
    self->n_answered_once++;
    return;
  }
  write_request (self, connection);
}

/* Returns: the end of the header in @data, or NULL. */
static const gchar *
find_head_end (Connection *connection, const gchar *data, gsize length)
{
  const gchar *found;

  if (connection->head_bytes == 0 && data != NULL &&
      (found = memmem (data, length, "\r\n\r\n", 4)))
    return found + 4;
  fprintf (stderr, "an answer's header came in pieces\n");
  exit (1);
}

static void
take (Client *self, Connection *connection, const gchar *data, gsize length)
{
  while (length > 0) {
    gsize step;

    if (connection->body_left < 0) {
      const gchar *end = find_head_end (connection, data, length);
      const gchar *field = memmem (data, end - data, "ontent-", 7);

      while (field != NULL && g_ascii_strncasecmp (field, "ontent-length:", 14) != 0)
        field = memmem (field + 1, end - field - 1, "ontent-", 7);
      if (field == NULL || memcmp (data, "HTTP/1.1 200", 12) != 0) {
        fprintf (stderr, "unexpected answer: %.*s\n", (int)(end - data), data);
        exit (1);
      }
      connection->body_left = g_ascii_strtoll (field + 14, NULL, 10);
      length -= end - data;
      data = end;
    }
    step = MIN (length, (gsize)connection->body_left);
    connection->body_left -= step;
    data += step;
    length -= step;
    if (connection->body_left == 0) {
      connection->body_left = -1;
      on_answer (self, connection);
    }
  }
}

static void
on_event (Client *self, guint index)
{
  Connection *connection = &self->connections[index];
  gssize got;

  if (connection->connecting) {
    on_connected (self, connection, index);
    return;
  }
  got = recv (connection->fd, block, sizeof block, 0);
  if (got > 0)
    take (self, connection, block, got);
  else if (got == 0 || errno != EAGAIN) {
    fprintf (stderr, "the server closed a connection\n");
    exit (1);
  }
}

static void
turn (Client *self, int timeout_ms)
{
  struct epoll_event events[MAX_EVENTS];
  int n;

  while (self->n_started < self->n_connections &&
         self->n_connecting < CONNECTING_AT_ONCE)
    start_connection (self);
  /* Asking again costs this program time in which other answers lie unread, which
   * would look like the server's: so it reads first and asks when there is a pause. */
  n = epoll_wait (self->epoll, events, MAX_EVENTS,
                  self->answered->len > 0 ? 0 : timeout_ms);
  if (n == 0) {
    for (guint i = 0; i < self->answered->len; i++)
      write_request (self,
                     &self->connections[g_array_index (self->answered, guint, i)]);
    g_array_set_size (self->answered, 0);
  }
  for (int i = 0; i < n; i++)
    on_event (self, events[i].data.u32);
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  gfloat x = *(const gfloat *)a, y = *(const gfloat *)b;

  return (x > y) - (x < y);
}

static void
run_load (Client *self)
{
  gint64 began, now;

  while (self->n_answers < self->n_connections)
    turn (self, 100);
  self->n_answers = 0;
  began = now = ac_bench_now_ns ();
  while (now - began < self->seconds * 1e9) {
    turn (self, 100);
    now = ac_bench_now_ns ();
  }
  printf ("requests %" G_GUINT64_FORMAT " seconds %.3f\n", self->n_answers,
          (now - began) / 1e9);
}

static void
run_idle (Client *self)
{
  gchar end;

  while (self->n_answered_once < self->n_connections)
    turn (self, 100);
  printf ("idle %u\n", self->n_connections);
  fflush (stdout);
  while (read (STDIN_FILENO, &end, 1) > 0)
    ;
}

static void
run_held (Client *self)
{
  GArray *delays;
  gint64 began;

  self->delays_ms = delays = g_array_new (FALSE, FALSE, sizeof (gfloat));
  while (self->n_answered_once < self->n_connections)
    turn (self, 20);
  printf ("held %u\n", self->n_connections);
  fflush (stdout);
  __atomic_store_n (&self->clock->running, 1, __ATOMIC_RELEASE);
  began = ac_bench_now_ns ();
  while (ac_bench_now_ns () - began < (self->seconds + 2) * 1e9) {
    self->recording = ac_bench_now_ns () - began > 2e9; /* after two seconds' warmth */
    turn (self, 20);
  }
  __atomic_store_n (&self->clock->running, 0, __ATOMIC_RELEASE);
  g_array_sort (delays, compare_floats);
  if (delays->len == 0) {
    fprintf (stderr, "nothing was published\n");
    exit (1);
  }
  printf ("answers %u p50_ms %.1f p99_ms %.1f max_ms %.1f\n", delays->len,
          g_array_index (delays, gfloat, delays->len / 2),
          g_array_index (delays, gfloat, delays->len * 99 / 100),
          g_array_index (delays, gfloat, delays->len - 1));
}

int
main (int argc, char **argv)
{
  Client self = { 0 };
  struct rlimit limit;
  gboolean good = argc >= 5;

  if (good) {
    self.port = g_ascii_strtoull (argv[1], NULL, 10);
    self.n_connections = g_ascii_strtoull (argv[3], NULL, 10);
    self.mode = g_str_equal (argv[2], "idle")   ? MODE_IDLE
                : g_str_equal (argv[2], "held") ? MODE_HELD
                                                : MODE_LOAD;
    good = argc == (self.mode == MODE_IDLE ? 5 : self.mode == MODE_LOAD ? 6 : 7);
  }
  if (!good) {
    fprintf (stderr, "usage: see the head of bench_client.c\n");
    return 64;
  }
  if (self.mode != MODE_IDLE)
    self.seconds = g_ascii_strtod (argv[4], NULL);
  self.path = argv[self.mode == MODE_IDLE ? 4 : 5];
  if (self.mode == MODE_HELD)
    self.clock = ac_bench_clock_open (argv[6], FALSE);

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  self.connections = g_new0 (Connection, self.n_connections);
  self.answered = g_array_new (FALSE, FALSE, sizeof (guint));
  self.epoll = epoll_create1 (EPOLL_CLOEXEC);
  self.request_bytes = g_snprintf (
      self.request, sizeof self.request,
      "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n", self.path);
  if (self.mode == MODE_LOAD)
    run_load (&self);
  else if (self.mode == MODE_IDLE)
    run_idle (&self);
  else
    run_held (&self);
  return 0;
}
