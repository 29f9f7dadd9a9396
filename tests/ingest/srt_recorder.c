#include "srt_recorder.h"

#include <arpa/inet.h>
#include <string.h>

#define WATCHDOG_S 50

static gboolean
on_watchdog (gpointer user_data)
{
  g_error ("the test hangs");
  return G_SOURCE_REMOVE;
}

static AcSrtVerdict
admit (const AcSrtStreamId *id, const gchar *address, gchar *ret_passphrase,
       gpointer data)
{
  g_assert_cmpstr (ret_passphrase, ==, "");
  g_strlcpy (ret_passphrase, PASSPHRASE, AC_SRT_PASSPHRASE_MAX_CHARS + 1);
  if (strcmp (id->key, OTHER_KEY) == 0)
    return id->lesson == 5 ? AC_SRT_FORBIDDEN : AC_SRT_ADMITTED;
  if (strcmp (id->key, GOOD_KEY) != 0 && strcmp (id->key, REFUSED_LATER) != 0)
    return AC_SRT_UNAUTHORIZED;
  return id->lesson == 0 || id->lesson == 5 ? AC_SRT_ADMITTED : AC_SRT_NOT_FOUND;
}

static void
on_requested (AcPublisher *publisher, const gchar *stream_key, gpointer user_data)
{
  SrtRecorder *self = user_data;

  g_free (self->key);
  self->key = g_strdup (stream_key);
  self->n_requested++;
  self->publisher = publisher;
  g_assert_cmpint (ac_publisher_kind (publisher), ==, AC_PUBLISHER_SRT);
  g_assert_true (g_str_has_prefix (ac_publisher_address (publisher), "127.0.0.1:"));
  if (self->hold)
    return;
  if (strcmp (stream_key, REFUSED_LATER) == 0)
    ac_publisher_refuse (publisher, "Not now.");
  else
    ac_publisher_accept (publisher);
}

static void
on_units (AcPublisher *publisher, const AcPublisherUnit *units, guint n_units,
          gpointer user_data)
{
  SrtRecorder *self = user_data;

  for (guint i = 0; i < n_units; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (units[i].body, &size);

    g_assert_cmpuint (units[i].type, ==, 0x47);
    g_assert_cmpuint (size % 188, ==, 0);
    g_assert_cmpuint (size, <=, 64 * 1024);
    g_byte_array_append (self->media, data, size);
    self->n_units++;
  }
}

static void
on_closed (AcPublisher *publisher, const gchar *reason, gpointer user_data)
{
  SrtRecorder *self = user_data;

  g_ptr_array_add (self->closed, g_strdup (reason));
  if (self->publisher == publisher)
    self->publisher = NULL;
}

SrtRecorder *
srt_recorder_new (const AcSrtLimits *limits)
{
  static const AcPublisherHandler handler = { on_requested, on_units, on_closed };
  g_autoptr (GError) error = NULL;
  SrtRecorder *self = g_new0 (SrtRecorder, 1);

  self->media = g_byte_array_new ();
  self->closed = g_ptr_array_new_with_free_func (g_free);
  self->watchdog = g_timeout_add_seconds (WATCHDOG_S, on_watchdog, NULL);
  self->server = ac_srt_server_new ("127.0.0.1:0", limits, &(AcSrtGate){ admit, NULL },
                                    &handler, self, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ac_srt_server_port (self->server), !=, 0);
  return self;
}

void
srt_recorder_free (SrtRecorder *self)
{
  ac_srt_server_free (self->server);
  g_assert_cmpuint (self->closed->len, ==, self->n_requested);
  g_source_remove (self->watchdog);
  g_free (self->key);
  g_byte_array_unref (self->media);
  g_ptr_array_unref (self->closed);
  g_free (self);
}

static gint
call (SrtRecorder *self, SRTSOCKET socket)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port =
                                     htons (ac_srt_server_port (self->server)) };
  gint reason;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (srt_connect (socket, (const struct sockaddr *)&address, sizeof address) == 0)
    return socket;
  reason = srt_getrejectreason (socket);
  srt_close (socket);
  return -reason;
}

gint
srt_recorder_call (SrtRecorder *self, const gchar *stream_id, const gchar *passphrase)
{
  SRTSOCKET socket = srt_create_socket ();

  if (stream_id != NULL)
    srt_setsockflag (socket, SRTO_STREAMID, stream_id, (int)strlen (stream_id));
  if (passphrase != NULL)
    g_assert_cmpint (
        srt_setsockflag (socket, SRTO_PASSPHRASE, passphrase, (int)strlen (passphrase)),
        ==, 0);
  return call (self, socket);
}

gint
srt_recorder_call_with (SrtRecorder *self, const gchar *stream_id, SRT_SOCKOPT option,
                        int value)
{
  SRTSOCKET socket = srt_create_socket ();

  srt_setsockflag (socket, SRTO_STREAMID, stream_id, (int)strlen (stream_id));
  g_assert_cmpint (srt_setsockflag (socket, option, &value, sizeof value), ==, 0);
  return call (self, socket);
}
