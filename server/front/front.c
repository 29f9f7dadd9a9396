#include "front.h"

#include "front_thread.h"
#include "log.h"
#include "peer_socket.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096
/* Descriptors left for the database, recordings, workers and listeners. */
#define RESERVED_DESCRIPTORS 512

G_DEFINE_QUARK (ac - front - error - quark, ac_front_error)

struct _AcFront {
  AcFrontShared *shared;
  GPtrArray *threads; /* AcFrontThread */
  guint16 port;
};

/* --- Shared ----------------------------------------------------------------------- */

static void
shared_clear (gpointer data)
{
  AcFrontShared *self = data;

  g_mutex_clear (&self->uploads_lock);
  g_clear_pointer (&self->pages, ac_pages_free);
}

AcFrontShared *
ac_front_shared_ref (AcFrontShared *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
ac_front_shared_unref (AcFrontShared *self)
{
  g_atomic_rc_box_release_full (self, shared_clear);
}

gboolean
ac_counter_take (gint *counter, gint limit)
{
  if (g_atomic_int_add (counter, 1) < limit)
    return TRUE;
  g_atomic_int_add (counter, -1);
  return FALSE;
}

/* --- Listening -------------------------------------------------------------------- */

static gboolean
split_address (const gchar *listen_text, gchar **ret_host, gchar **ret_port)
{
  const gchar *colon = strrchr (listen_text, ':');
  gsize length = colon != NULL ? (gsize)(colon - listen_text) : 0;

  if (length == 0 || colon[1] == '\0')
    return FALSE;
  if (listen_text[0] == '[' && listen_text[length - 1] == ']')
    *ret_host = g_strndup (listen_text + 1, length - 2);
  else
    *ret_host = g_strndup (listen_text, length);
  *ret_port = g_strdup (colon + 1);
  return TRUE;
}

/* Returns: (nullable): the address, to be freed by freeaddrinfo(). */
static struct addrinfo *
resolve (const gchar *listen_text, GError **error)
{
  struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                            .ai_socktype = SOCK_STREAM };
  g_autofree gchar *host = NULL, *port = NULL;
  struct addrinfo *found = NULL;
  int failure = EAI_NONAME;

  if (split_address (listen_text, &host, &port))
    failure = getaddrinfo (host, port, &hints, &found);
  if (failure != 0)
    g_set_error (error, AC_FRONT_ERROR, AC_FRONT_ERROR_LISTEN,
                 "cannot listen on %s: %s", listen_text, gai_strerror (failure));
  return found;
}

static void
set_port (struct sockaddr *address, guint16 port)
{
  if (address->sa_family == AF_INET6)
    ((struct sockaddr_in6 *)address)->sin6_port = htons (port);
  else
    ((struct sockaddr_in *)address)->sin_port = htons (port);
}

static guint16
bound_port (int fd)
{
  struct sockaddr_storage address = { 0 };
  socklen_t length = sizeof address;

  if (getsockname (fd, (struct sockaddr *)&address, &length) != 0)
    return 0;
  if (address.ss_family == AF_INET6)
    return ntohs (((struct sockaddr_in6 *)&address)->sin6_port);
  return ntohs (((struct sockaddr_in *)&address)->sin_port);
}

/* Returns: the socket, or -1 with errno. */
static int
open_listener (const struct addrinfo *where, gboolean share)
{
  int on = 1, off = 0;
  int fd = socket (where->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0)
    return -1;
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &share, sizeof share);
  if (where->ai_family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind (fd, where->ai_addr, where->ai_addrlen) == 0 && listen (fd, BACKLOG) == 0)
    return fd;

  on = errno;
  close (fd);
  errno = on;
  return -1;
}

/* --- Descriptors ------------------------------------------------------------------ */

/* Raises the soft limit of descriptors to the hard one. Must come before a context is
 * made: it sizes its tables by it.
 * Returns: how many connections that allows. */
static gint
connections_allowed (guint wanted)
{
  struct rlimit limit = { 0 };
  rlim_t allowed;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
      getrlimit (RLIMIT_NOFILE, &limit);
  }
  allowed = MIN (limit.rlim_cur, G_MAXINT / 2);
  allowed =
      allowed > 2 * RESERVED_DESCRIPTORS ? allowed - RESERVED_DESCRIPTORS : allowed / 2;
  return wanted > 0 && wanted < allowed ? (gint)wanted : (gint)allowed;
}

/* --- Life ------------------------------------------------------------------------- */

static gboolean
add_thread (AcFront *self, struct addrinfo *where, const AcFrontConfig *config,
            AcRecordings *recordings, AcDelivered *delivered,
            const AcMediaKey *media_key, GError **error)
{
  AcFrontThread *thread;
  int fd;

  if (self->port != 0)
    set_port (where->ai_addr, self->port);
  fd = open_listener (where, config->n_threads > 1);
  if (fd < 0) {
    g_set_error (error, AC_FRONT_ERROR, AC_FRONT_ERROR_LISTEN,
                 "cannot listen on %s: %s", config->listen, g_strerror (errno));
    return FALSE;
  }
  self->port = bound_port (fd);
  thread = ac_front_thread_new (self->shared, fd, config, recordings, delivered,
                                media_key, error);
  if (thread == NULL)
    return FALSE;
  g_ptr_array_add (self->threads, thread);
  return TRUE;
}

static gboolean
is_readable (const gchar *file, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree gchar *text = NULL;

  if (file != NULL && g_file_get_contents (file, &text, NULL, &failure))
    return TRUE;
  g_set_error (error, AC_FRONT_ERROR, AC_FRONT_ERROR_TLS, "TLS: %s",
               file != NULL ? failure->message : "no private key is given");
  return FALSE;
}

static AcFrontShared *
shared_new (const AcFrontConfig *config, const AcFrontHandler *handler,
            gpointer user_data, GError **error)
{
  AcPages *pages;
  AcFrontShared *shared;

  if (config->certificate != NULL && (!is_readable (config->certificate, error) ||
                                      !is_readable (config->private_key, error)))
    return NULL;
  pages = ac_pages_load (config->web_root, error);
  if (pages == NULL)
    return NULL;

  shared = g_atomic_rc_box_new0 (AcFrontShared);
  shared->handler = *handler;
  shared->user_data = user_data;
  shared->main = ac_executor_for_context (g_main_context_get_thread_default ());
  shared->pages = pages;
  shared->tls = config->certificate != NULL;
  shared->trust_proxy = config->trust_proxy;
  shared->max_connections = connections_allowed (config->max_connections);
  shared->max_peers = config->max_peers > 0 && config->max_peers < G_MAXINT
                          ? (gint)config->max_peers
                          : shared->max_connections;
  g_queue_init (&shared->peers);
  g_mutex_init (&shared->uploads_lock);
  return shared;
}

AcFront *
ac_front_new (const AcFrontConfig *config, AcRecordings *recordings,
              AcDelivered *delivered, const AcMediaKey *media_key,
              const AcFrontHandler *handler, gpointer user_data, GError **error)
{
  g_autoptr (AcFront) self = g_new0 (AcFront, 1);
  struct addrinfo *where;
  gboolean good = TRUE;

  self->threads = g_ptr_array_new ();
  self->shared = shared_new (config, handler, user_data, error);
  if (self->shared == NULL)
    return NULL;
  where = resolve (config->listen, error);
  if (where == NULL)
    return NULL;
  for (guint i = 0; good && i < MAX (config->n_threads, 1); i++)
    good = add_thread (self, where, config, recordings, delivered, media_key, error);
  freeaddrinfo (where);
  if (!good)
    return NULL;
  for (guint i = 0; i < self->threads->len; i++)
    ac_front_thread_start (self->threads->pdata[i]);
  return g_steal_pointer (&self);
}

void
ac_front_free (AcFront *self)
{
  for (guint i = 0; i < self->threads->len; i++)
    ac_front_thread_stop (self->threads->pdata[i]);
  for (guint i = 0; i < self->threads->len; i++)
    ac_front_thread_free (self->threads->pdata[i]);
  g_ptr_array_unref (self->threads);
  if (self->shared != NULL) {
    ac_peer_sockets_close_all (self->shared);
    self->shared->closed = TRUE;
    ac_front_shared_unref (self->shared);
  }
  g_free (self);
}

guint16
ac_front_port (AcFront *self)
{
  return self->port;
}

void
ac_front_publish (AcFront *self, AcSnapshot *snapshot)
{
  for (guint i = 0; i < self->threads->len; i++)
    ac_front_thread_publish (self->threads->pdata[i], snapshot);
}

void
ac_front_absent (AcFront *self, gint64 lesson)
{
  for (guint i = 0; i < self->threads->len; i++)
    ac_front_thread_absent (self->threads->pdata[i], lesson);
}
