#include "load_net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_A_TURN 512

gint64
load_now_us (void)
{
  return g_get_monotonic_time ();
}

void
load_net_init (LoadNet *self, guint16 port)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  self->port = port;
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll < 0) {
    perror ("epoll_create1");
    exit (1);
  }
}

static int
open_socket (guint host)
{
  struct sockaddr_in from = { .sin_family = AF_INET };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1;

  from.sin_addr.s_addr = htonl ((INADDR_LOOPBACK & ~0xffU) + host);
  if (fd < 0) {
    perror ("socket");
    exit (1);
  }
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind (fd, (struct sockaddr *)&from, sizeof from) != 0) {
    perror ("bind");
    exit (1);
  }
  return fd;
}

gboolean
load_net_connect (LoadNet *self, LoadWatch *watch, guint host)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (self->port) };
  struct epoll_event event = { .events = EPOLLOUT, .data.ptr = watch };

  to.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  watch->fd = open_socket (host);
  if (connect (watch->fd, (struct sockaddr *)&to, sizeof to) != 0 &&
      errno != EINPROGRESS) {
    load_net_close (watch);
    return FALSE;
  }
  epoll_ctl (self->epoll, EPOLL_CTL_ADD, watch->fd, &event);
  return TRUE;
}

gboolean
load_net_connected (LoadNet *self, LoadWatch *watch)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = watch };
  int error = 0;
  socklen_t length = sizeof error;

  getsockopt (watch->fd, SOL_SOCKET, SO_ERROR, &error, &length);
  epoll_ctl (self->epoll, EPOLL_CTL_MOD, watch->fd, &event);
  return error == 0;
}

void
load_net_close (LoadWatch *watch)
{
  if (watch->fd >= 0)
    close (watch->fd);
  watch->fd = -1;
}

gboolean
load_net_send (LoadWatch *watch, gconstpointer data, gsize length)
{
  return send (watch->fd, data, length, MSG_NOSIGNAL) == (gssize)length;
}

void
load_net_turn (LoadNet *self, gint timeout_ms)
{
  struct epoll_event events[EVENTS_A_TURN];
  int n = epoll_wait (self->epoll, events, EVENTS_A_TURN, timeout_ms);

  for (int i = 0; i < n; i++) {
    LoadWatch *watch = events[i].data.ptr;

    if (watch->fd >= 0)
      watch->ready (watch, events[i].events);
  }
}
