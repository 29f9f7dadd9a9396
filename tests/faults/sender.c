#include "sender.h"

#include "ts_writer.h"

#include <gio/gio.h>
#include <librtmp/rtmp.h>
#include <srt/srt.h>
#include <string.h>

#define SRT_MESSAGE_BYTES (7 * TS_PACKET_BYTES)
#define RTMP_MEDIA_CHANNEL 4

struct _Sender {
  gchar *url;    /* librtmp keeps pointers into it */
  RTMP *rtmp;    /* (nullable) */
  SRTSOCKET srt; /* SRT_INVALID_SOCK: none */
  TsWriter *ts;
};

static gboolean
fail (GError **error, const gchar *what, const gchar *why)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what, why);
  return FALSE;
}

static gboolean
open_rtmp (Sender *self, GError **error)
{
  self->rtmp = RTMP_Alloc ();
  RTMP_Init (self->rtmp);
  if (!RTMP_SetupURL (self->rtmp, self->url))
    return fail (error, self->url, "no RTMP address");
  RTMP_EnableWrite (self->rtmp);
  if (!RTMP_Connect (self->rtmp, NULL) || !RTMP_ConnectStream (self->rtmp, 0))
    return fail (error, self->url, "refused");
  return TRUE;
}

static gboolean
set_option (Sender *self, SRT_SOCKOPT option, const gchar *value)
{
  return value == NULL ||
         srt_setsockflag (self->srt, option, value, (gint)strlen (value)) == 0;
}

static gboolean
connect_srt (Sender *self, GSocketAddress *address, const gchar *query, GError **error)
{
  g_autoptr (GHashTable) options =
      g_uri_parse_params (query != NULL ? query : "", -1, "&", G_URI_PARAMS_NONE, NULL);
  gchar native[128];
  gint size = (gint)g_socket_address_get_native_size (address);

  self->srt = srt_create_socket ();
  if (options == NULL ||
      !set_option (self, SRTO_STREAMID, g_hash_table_lookup (options, "streamid")) ||
      !set_option (self, SRTO_PASSPHRASE,
                   g_hash_table_lookup (options, "passphrase")) ||
      !g_socket_address_to_native (address, native, sizeof native, error))
    return fail (error, self->url, "an option is refused");
  if (srt_connect (self->srt, (const struct sockaddr *)native, size) != 0)
    return fail (error, self->url, srt_getlasterror_str ());
  return TRUE;
}

static gboolean
open_srt (Sender *self, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (self->url, G_URI_FLAGS_ENCODED_QUERY, error);
  g_autoptr (GSocketAddress) address = NULL;

  if (uri == NULL)
    return FALSE;
  srt_startup ();
  self->ts = ts_writer_new ();
  address = g_inet_socket_address_new_from_string (g_uri_get_host (uri),
                                                   (guint)g_uri_get_port (uri));
  if (address == NULL)
    return fail (error, self->url, "the host must be a number");
  return connect_srt (self, address, g_uri_get_query (uri), error);
}

Sender *
sender_open (const gchar *url, GError **error)
{
  g_autoptr (Sender) self = g_new0 (Sender, 1);

  self->url = g_strdup (url);
  self->srt = SRT_INVALID_SOCK;
  if (!(g_str_has_prefix (url, "srt:") ? open_srt (self, error)
                                       : open_rtmp (self, error)))
    return NULL;
  return g_steal_pointer (&self);
}

void
sender_close (Sender *self)
{
  if (self == NULL)
    return;
  if (self->rtmp != NULL) {
    RTMP_Close (self->rtmp);
    RTMP_Free (self->rtmp);
  }
  if (self->srt != SRT_INVALID_SOCK)
    srt_close (self->srt);
  g_clear_pointer (&self->ts, ts_writer_free);
  g_free (self->url);
  g_free (self);
}

/* Every message whole, so that its time is the one that was meant. */
static gboolean
send_rtmp (Sender *self, const FlvFileTag *tag, guint32 ms, GError **error)
{
  g_autofree gchar *room = g_malloc (RTMP_MAX_HEADER_SIZE + tag->size);
  RTMPPacket packet = {
    .m_headerType = RTMP_PACKET_SIZE_LARGE,
    .m_packetType = tag->type,
    .m_nChannel = RTMP_MEDIA_CHANNEL,
    .m_hasAbsTimestamp = TRUE,
    .m_nTimeStamp = ms,
    .m_nInfoField2 = self->rtmp->m_stream_id,
    .m_nBodySize = (uint32_t)tag->size,
    .m_body = room + RTMP_MAX_HEADER_SIZE,
  };

  memcpy (packet.m_body, tag->body, tag->size);
  return RTMP_SendPacket (self->rtmp, &packet, FALSE) ||
         fail (error, self->url, "the server has gone away");
}

static gboolean
send_srt (Sender *self, const FlvFileTag *tag, guint64 ticks, GError **error)
{
  g_autoptr (GByteArray) packets = g_byte_array_new ();

  ts_writer_put (self->ts, tag, ticks, packets);
  for (guint at = 0; at < packets->len; at += SRT_MESSAGE_BYTES)
    if (srt_send (self->srt, (const char *)packets->data + at,
                  (gint)MIN (packets->len - at, SRT_MESSAGE_BYTES)) < 0)
      return fail (error, self->url, srt_getlasterror_str ());
  return TRUE;
}

gboolean
sender_send (Sender *self, const FlvFileTag *tag, gint64 ms, GError **error)
{
  return self->rtmp != NULL ? send_rtmp (self, tag, (guint32)ms, error)
                            : send_srt (self, tag, (guint64)ms * 90, error);
}
