/* Three threads meet here:
 *
 *   main     makes and frees the server
 *   SRT      ours: owns the listening socket, the clients, the epoll set
 *   libsrt's asks on_caller() about every handshake of the port
 *
 * The last one shares with the SRT thread what `lock` guards, and nothing else. libsrt
 * holds a lock of its own around on_caller(), which srt_close() of the listening socket
 * takes too, so none is running or comes any more once that has returned. */

#include "srt_server.h"

#include "log.h"
#include "socket_address.h"
#include "srt_client.h"

#include <string.h>

#define DEFAULT_PORT 9000
#define DEFAULT_CONNECTIONS 64
#define DEFAULT_IDLE_TIMEOUT_S 10
#define DEFAULT_LATENCY_MS 200
#define DEFAULT_MAX_KBPS 50000
#define PEER_IDLE_MAX_MS 5000 /* a caller sends something every second */
#define RECEIVE_BUFFER_MIN_BYTES (4 * 1024 * 1024)
#define RECEIVE_BUFFER_MAX_BYTES (32 * 1024 * 1024)
#define OLDEST_CALLER 0x010300 /* stream ids and live encryption as they are now */
#define BACKLOG 64

#define WAIT_MS 10     /* libsrt's own grain; verdicts wait that long at most */
#define GATHER_US 4000 /* media is read this often at most: fewer, larger units */
#define CLOCK_US (100 * 1000)
#define EVENTS_PER_TURN 64
#define HANDSHAKE_US G_USEC_PER_SEC

struct _AcSrtServer {
  AcSrtLimits limits;
  AcSrtGate gate;
  AcHandover *handover;
  GMainContext *context; /* verdicts come here */
  GThread *thread;
  SRTSOCKET listener;
  guint16 port;

  GMutex lock;          /* guards the next two */
  GHashTable *expected; /* SRTSOCKET -> Expected: admitted, not yet accepted */
  guint n_clients;

  /* SRT */
  gboolean stopping;
  int epoll;
  GHashTable *clients; /* SRTSOCKET -> AcSrtClient */
};

typedef struct {
  gchar *address;
  gint64 since_us;
} Expected;

static void
expected_free (gpointer data)
{
  Expected *expected = data;

  g_free (expected->address);
  g_free (expected);
}

/* @code: what the caller was told, 0: nothing of ours */
static void
log_refused (const gchar *address, const gchar *reason, gint code)
{
  g_autofree gchar *told = code != 0 ? g_strdup_printf (" (%d)", code) : g_strdup ("");
  static AcLogLimit limits[16]; /* a line a reason a second */
  AcLogLimit *limit = &limits[code & 15];
  guint suppressed;

  limit->interval_ms = 1000;
  if (ac_log_limit_pass (limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, 0,
            "the SRT caller %s was refused: %s%s; %u more since the last message",
            address, reason, told, suppressed);
}

/* --- libsrt's thread -------------------------------------------------------------- */

static gchar *
text_of (const struct sockaddr *address)
{
  const gsize size = address->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6)
                                                    : sizeof (struct sockaddr_in);
  g_autoptr (GSocketAddress) parsed =
      g_socket_address_new_from_native ((gpointer)address, size);

  return ac_socket_address_text (parsed);
}

/* Never without: what libsrt does not take is no reason to let the caller in open. */
static AcSrtVerdict
set_passphrase (SRTSOCKET socket, const gchar *passphrase)
{
  const gint size = (gint)strlen (passphrase);
  const gboolean set =
      size > 0 && srt_setsockflag (socket, SRTO_PASSPHRASE, passphrase, size) == 0;

  return set ? AC_SRT_ADMITTED : AC_SRT_INTERNAL;
}

static AcSrtVerdict
decide (AcSrtServer *self, SRTSOCKET socket, int handshake_version,
        const gchar *stream_id, const gchar *address)
{
  gchar passphrase[AC_SRT_PASSPHRASE_MAX_CHARS + 1] = "";
  AcSrtStreamId id;
  AcSrtVerdict verdict;

  if (handshake_version < 5)
    return AC_SRT_VERSION;
  verdict = ac_srt_stream_id_parse (stream_id, &id);
  if (verdict == AC_SRT_ADMITTED)
    verdict = self->gate.admit (&id, address, passphrase, self->gate.data);
  if (verdict == AC_SRT_ADMITTED && self->limits.encrypted)
    verdict = set_passphrase (socket, passphrase);
  memset (passphrase, 0, sizeof passphrase);
  return verdict;
}

/* Returns: FALSE when too many are there. */
static gboolean
expect (AcSrtServer *self, SRTSOCKET socket, const gchar *address)
{
  gboolean room;

  g_mutex_lock (&self->lock);
  room = self->n_clients + g_hash_table_size (self->expected) <
         self->limits.max_connections;
  if (room) {
    Expected *expected = g_new0 (Expected, 1);

    expected->address = g_strdup (address);
    expected->since_us = g_get_monotonic_time ();
    g_hash_table_insert (self->expected, GINT_TO_POINTER (socket), expected);
  }
  g_mutex_unlock (&self->lock);
  return room;
}

/* Returns: 0 to go on with the handshake, -1 to reject. */
static int
on_caller (void *user_data, SRTSOCKET socket, int handshake_version,
           const struct sockaddr *peer, const char *stream_id)
{
  AcSrtServer *self = user_data;
  g_autofree gchar *address = text_of (peer);
  AcSrtVerdict verdict = decide (self, socket, handshake_version, stream_id, address);

  if (verdict == AC_SRT_ADMITTED && !expect (self, socket, address))
    verdict = AC_SRT_OVERLOAD;
  if (verdict == AC_SRT_ADMITTED)
    return 0;
  srt_setrejectreason (socket, (int)verdict);
  log_refused (address, ac_srt_verdict_text (verdict), (gint)verdict);
  return -1;
}

/* --- SRT thread ------------------------------------------------------------------- */

/* A level-triggered set would report an encoder that waits for its answer for ever, so
 * only a failure is looked for until then. */
static void
watch (AcSrtServer *self, SRTSOCKET socket, gboolean readable)
{
  const int events = SRT_EPOLL_ERR | (readable ? SRT_EPOLL_IN : 0);

  srt_epoll_update_usock (self->epoll, socket, &events);
}

static void
accept_one (AcSrtServer *self, SRTSOCKET socket, const struct sockaddr *peer)
{
  const int events = SRT_EPOLL_ERR;
  g_autofree gchar *address = text_of (peer);
  AcSrtClient *client =
      ac_srt_client_new (socket, address, self->handover, &self->limits);

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->expected, GINT_TO_POINTER (socket));
  self->n_clients++;
  g_mutex_unlock (&self->lock);
  srt_epoll_add_usock (self->epoll, socket, &events);
  g_hash_table_insert (self->clients, GINT_TO_POINTER (socket), client);
}

static void
accept_all (AcSrtServer *self)
{
  for (guint i = 0; i < BACKLOG; i++) {
    struct sockaddr_storage peer;
    int size = sizeof peer;
    SRTSOCKET socket = srt_accept (self->listener, (struct sockaddr *)&peer, &size);

    if (socket == SRT_INVALID_SOCK)
      return;
    accept_one (self, socket, (const struct sockaddr *)&peer);
  }
}

static void
drop (AcSrtServer *self, SRTSOCKET socket, AcSrtClient *client, const gchar *reason)
{
  srt_epoll_remove_usock (self->epoll, socket);
  ac_srt_client_free (client, reason);
  g_mutex_lock (&self->lock);
  self->n_clients--;
  g_mutex_unlock (&self->lock);
}

static void
drop_those_over (AcSrtServer *self)
{
  GHashTableIter iter;
  gpointer socket, client;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &socket, &client)) {
    const gchar *over = ac_srt_client_over (client);

    if (over != NULL) {
      g_hash_table_iter_remove (&iter);
      drop (self, GPOINTER_TO_INT (socket), client, over);
    }
  }
}

/* Their handshake ended between libsrt and the caller. */
static void
forget_expected (AcSrtServer *self, gint64 now_us)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->expected);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Expected *expected = value;

    if (now_us - expected->since_us < HANDSHAKE_US)
      continue;
    g_ptr_array_add (gone, g_steal_pointer (&expected->address));
    g_hash_table_iter_remove (&iter);
  }
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < gone->len; i++)
    log_refused (g_ptr_array_index (gone, i),
                 self->limits.encrypted ? "its passphrase is wrong or missing"
                                        : "it did not finish the handshake",
                 0);
}

static void
look_at_clock (AcSrtServer *self, gint64 now_us)
{
  GHashTableIter iter;
  gpointer client;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &client))
    ac_srt_client_look_at_clock (client, now_us);
  forget_expected (self, now_us);
}

/* Verdicts make clients live, or over. */
static void
run_verdicts (AcSrtServer *self)
{
  GHashTableIter iter;
  gpointer socket, client;
  gboolean any = FALSE;

  while (g_main_context_iteration (self->context, FALSE))
    any = TRUE;
  if (!any)
    return;
  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &socket, &client))
    if (ac_srt_client_is_live (client))
      watch (self, GPOINTER_TO_INT (socket), TRUE);
}

/* Returns: TRUE when media may have come. */
static gboolean
turn (AcSrtServer *self)
{
  SRT_EPOLL_EVENT events[EVENTS_PER_TURN];
  const int n = srt_epoll_uwait (self->epoll, events, EVENTS_PER_TURN, WAIT_MS);
  gboolean any = FALSE;

  for (int i = 0; i < n; i++) {
    AcSrtClient *client =
        g_hash_table_lookup (self->clients, GINT_TO_POINTER (events[i].fd));

    if (events[i].fd == self->listener)
      accept_all (self);
    else if (client != NULL)
      ac_srt_client_read (client);
    any |= client != NULL;
  }
  return any;
}

static gpointer
run_srt (gpointer data)
{
  AcSrtServer *self = data;
  gint64 clock_us = 0;
  GHashTableIter iter;
  gpointer socket, client;

  while (!self->stopping) {
    const gboolean media = turn (self);
    const gint64 now_us = g_get_monotonic_time ();

    run_verdicts (self);
    if (now_us - clock_us >= CLOCK_US) {
      look_at_clock (self, now_us);
      clock_us = now_us;
    }
    drop_those_over (self);
    if (media)
      g_usleep (GATHER_US);
  }
  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &socket, &client)) {
    g_hash_table_iter_remove (&iter);
    drop (self, GPOINTER_TO_INT (socket), client, "the server stops");
  }
  return NULL;
}

/* --- main ------------------------------------------------------------------------- */

static gboolean
fail (GError **error, const gchar *what)
{
  int system_code;
  int code = srt_getlasterror (&system_code);

  g_set_error (error, G_IO_ERROR,
               system_code != 0 ? (gint)g_io_error_from_errno (system_code)
                                : G_IO_ERROR_FAILED,
               "%s: %s", what,
               system_code != 0 ? g_strerror (system_code) : srt_strerror (code, 0));
  return FALSE;
}

static gboolean
set_option (SRTSOCKET socket, SRT_SOCKOPT option, int value, GError **error)
{
  return srt_setsockflag (socket, option, &value, sizeof value) == 0 ||
         fail (error, "an option of the SRT socket");
}

/* What comes within the latency waits in it, with a second to spare. */
static int
receive_buffer_bytes (const AcSrtLimits *limits)
{
  const guint64 bytes = (guint64)limits->max_kbps * (limits->latency_ms + 1000) / 8;

  return (int)CLAMP (bytes, RECEIVE_BUFFER_MIN_BYTES, RECEIVE_BUFFER_MAX_BYTES);
}

/* Accepted sockets inherit all of it. */
static gboolean
set_options (SRTSOCKET socket, const AcSrtLimits *limits, GError **error)
{
  const struct {
    SRT_SOCKOPT option;
    int value;
  } options[] = {
    { SRTO_TRANSTYPE, SRTT_LIVE }, /* first: it sets the others to its defaults */
    { SRTO_RCVSYN, FALSE },
    { SRTO_REUSEADDR, FALSE },
    { SRTO_RCVLATENCY, (int)limits->latency_ms },
    { SRTO_PEERIDLETIMEO, (int)MIN (limits->idle_timeout_s * 1000, PEER_IDLE_MAX_MS) },
    { SRTO_RCVBUF, receive_buffer_bytes (limits) },
    { SRTO_MINVERSION, OLDEST_CALLER },
    { SRTO_ENFORCEDENCRYPTION, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if (!set_option (socket, options[i].option, options[i].value, error))
      return FALSE;
  return TRUE;
}

static gboolean
bind_to (SRTSOCKET socket, const gchar *listen, guint16 *ret_port, GError **error)
{
  g_autoptr (GSocketAddress) wanted =
      ac_socket_address_resolve (listen, DEFAULT_PORT, error);
  g_autoptr (GSocketAddress) bound = NULL;
  struct sockaddr_storage native;
  int size = sizeof native;

  if (wanted == NULL ||
      !g_socket_address_to_native (wanted, &native, sizeof native, error))
    return FALSE;
  if (native.ss_family == AF_INET6 && !set_option (socket, SRTO_IPV6ONLY, FALSE, error))
    return FALSE;
  if (srt_bind (socket, (const struct sockaddr *)&native,
                (int)g_socket_address_get_native_size (wanted)) != 0 ||
      srt_getsockname (socket, (struct sockaddr *)&native, &size) != 0)
    return fail (error, "cannot bind the UDP port");
  bound = g_socket_address_new_from_native (&native, (gsize)size);
  *ret_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return TRUE;
}

static gboolean
listen_at (AcSrtServer *self, const gchar *listen, GError **error)
{
  const int events = SRT_EPOLL_IN | SRT_EPOLL_ERR;

  self->listener = srt_create_socket ();
  if (self->listener == SRT_INVALID_SOCK)
    return fail (error, "cannot make an SRT socket");
  if (!set_options (self->listener, &self->limits, error) ||
      !bind_to (self->listener, listen, &self->port, error))
    return FALSE;
  self->epoll = srt_epoll_create ();
  if (self->epoll < 0 ||
      srt_epoll_add_usock (self->epoll, self->listener, &events) != 0 ||
      srt_listen_callback (self->listener, on_caller, self) != 0 ||
      srt_listen (self->listener, BACKLOG) != 0)
    return fail (error, "cannot listen");
  return TRUE;
}

static AcSrtLimits
complete (const AcSrtLimits *limits)
{
  AcSrtLimits all = *limits;

  all.max_connections =
      all.max_connections > 0 ? all.max_connections : DEFAULT_CONNECTIONS;
  all.idle_timeout_s =
      all.idle_timeout_s > 0 ? all.idle_timeout_s : DEFAULT_IDLE_TIMEOUT_S;
  all.latency_ms = all.latency_ms > 0 ? all.latency_ms : DEFAULT_LATENCY_MS;
  all.max_kbps = all.max_kbps > 0 ? all.max_kbps : DEFAULT_MAX_KBPS;
  return all;
}

/* libsrt writes to standard error by itself, what its callers said included. */
static void
ignore_log (void *user_data, int level, const char *file, int line, const char *area,
            const char *message)
{
}

static void
quit (gpointer data)
{
  ((AcSrtServer *)data)->stopping = TRUE;
}

AcSrtServer *
ac_srt_server_new (const gchar *listen, const AcSrtLimits *limits,
                   const AcSrtGate *gate, const AcPublisherHandler *handler,
                   gpointer user_data, GError **error)
{
  g_autoptr (AcSrtServer) self = g_new0 (AcSrtServer, 1);

  srt_startup ();
  srt_setloghandler (NULL, ignore_log);
  self->limits = complete (limits);
  self->gate = *gate;
  self->listener = SRT_INVALID_SOCK;
  self->epoll = -1;
  g_mutex_init (&self->lock);
  self->expected = g_hash_table_new_full (NULL, NULL, NULL, expected_free);
  self->clients = g_hash_table_new (NULL, NULL);
  self->context = g_main_context_new ();
  self->handover =
      ac_handover_new (AC_PUBLISHER_SRT, handler, user_data,
                       ac_executor_for_context (self->context), ac_srt_client_rule);
  if (!listen_at (self, listen, error)) {
    g_prefix_error (error, "%s: ", listen);
    return NULL;
  }
  self->thread = g_thread_new ("ac-srt", run_srt, self);
  return g_steal_pointer (&self);
}

void
ac_srt_server_free (AcSrtServer *self)
{
  if (self == NULL)
    return;
  if (self->thread != NULL) {
    ac_executor_post (ac_executor_for_context (self->context), quit, self);
    g_thread_join (self->thread);
  }
  if (self->listener != SRT_INVALID_SOCK)
    srt_close (self->listener);
  ac_handover_stop (self->handover, "the server stops");

  /* Verdicts that came too late: they find no client and let go of their publisher. */
  while (g_main_context_iteration (self->context, FALSE))
    continue;

  if (self->epoll >= 0)
    srt_epoll_release (self->epoll);
  srt_cleanup ();
  ac_handover_unref (self->handover);
  g_main_context_unref (self->context);
  g_hash_table_unref (self->clients);
  g_hash_table_unref (self->expected);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint16
ac_srt_server_port (AcSrtServer *self)
{
  return self->port;
}
