#include "daemon_settings.h"

#include "data_dir.h"

#include <gio/gio.h>
#include <string.h>

static const AcSetting table[] = {
  { "server", "listen", AC_SETTING_TEXT, "127.0.0.1:8080", 0, 0,
    "Public address of pages, media, API and classroom" },
  { "server", "rtmp", AC_SETTING_TEXT, "127.0.0.1:1935", 0, 0,
    "Where encoders publish" },
  { "server", "srt", AC_SETTING_TEXT, "127.0.0.1:0", 0, 0,
    "UDP address where encoders publish by SRT, such as 0.0.0.0:9000; empty: none" },
  { "server", "admin", AC_SETTING_TEXT, "127.0.0.1:0", 0, 0,
    "Loopback address of the tool's calls, /metrics and /healthz" },
  { "server", "public-url", AC_SETTING_TEXT, "", 0, 0,
    "Address that people are given, such as https://classroom.example; default: from "
    "listen" },
  { "server", "public-rtmp", AC_SETTING_TEXT, "", 0, 0,
    "Address that encoders are given, such as rtmp://classroom.example; default: from "
    "rtmp" },
  { "server", "public-srt", AC_SETTING_TEXT, "", 0, 0,
    "Address that SRT encoders are given, such as srt://classroom.example:9000; "
    "default: from srt" },
  { "server", "certificate", AC_SETTING_TEXT, "", 0, 0,
    "PEM file; with it the public port speaks TLS and HTTP/2" },
  { "server", "private-key", AC_SETTING_TEXT, "", 0, 0, "PEM file of its key" },
  { "server", "allow-plain-http", AC_SETTING_SWITCH, "false", 0, 0,
    "Serve an address that others reach without TLS" },
  { "server", "trust-proxy", AC_SETTING_SWITCH, "false", 0, 0,
    "Believe X-Forwarded-For and -Proto of a proxy on this machine" },
  { "server", "threads", AC_SETTING_NUMBER, "1", 1, 64,
    "Threads that serve the public port" },
  { "server", "max-connections", AC_SETTING_NUMBER, "0", 0, 1000000,
    "Public connections; 0: as many as the file descriptor limit allows" },
  { "server", "max-whep", AC_SETTING_NUMBER, "16", 0, 1024,
    "Browsers that watch by WHEP over all lessons, each a stream of its own" },
  { "server", "media-life", AC_SETTING_NUMBER, "86400", 10, 604800,
    "Seconds that addresses of media are good for; pages ask for others" },
  { "ingest", "max-publishers", AC_SETTING_NUMBER, "64", 1, 1024,
    "Connections to the RTMP address, and as many to the SRT address" },
  { "ingest", "idle-timeout", AC_SETTING_NUMBER, "10", 1, 3600,
    "Seconds without a byte before an encoder's connection is closed" },
  { "ingest", "srt-encryption", AC_SETTING_SWITCH, "true", 0, 0,
    "SRT encoders need their lesson's passphrase; otherwise they must have none" },
  { "ingest", "srt-latency", AC_SETTING_NUMBER, "200", 20, 8000,
    "Milliseconds that a packet lost on the way of SRT may take to come again" },
  { "ingest", "srt-max-bitrate", AC_SETTING_NUMBER, "50000", 500, 1000000,
    "Kilobit a second; an SRT encoder that sends more is closed" },
  { "ingest", "lectures", AC_SETTING_TEXT, "", 0, 0,
    "Directory of prepared lectures, the only files that a lesson may play; default: "
    "lectures in the data directory" },
  { "ingest", "return-after", AC_SETTING_NUMBER, "5", 1, 600,
    "Seconds that an encoder must send again before it takes over from the backup" },
  { "ingest", "interrupted-after", AC_SETTING_NUMBER, "120", 1, 86400,
    "Seconds of slate before a lesson is called interrupted; it is never ended" },
  { "encoding", "encoder", AC_SETTING_TEXT, "auto", 0, 0,
    "What encodes the pictures: auto tries the hardware at start; else a name that "
    "airclass doctor prints" },
  { "encoding", "shedding", AC_SETTING_SWITCH, "true", 0, 0,
    "Leave out the costliest renditions while the machine cannot make them" },
  { "encoding", "admission", AC_SETTING_SWITCH, "true", 0, 0,
    "Refuse a lesson that the machine cannot carry beside those on air" },
  { "encoding", "max-cpu", AC_SETTING_NUMBER, "90", 10, 100,
    "Percent of the processor cores that lessons may use in all" },
  { "attendance", "delivery-evidence", AC_SETTING_SWITCH, "true", 0, 0,
    "Count only media that this server sent to the member's session" },
  { "attendance", "delivery-tolerance", AC_SETTING_NUMBER, "4000", 0, 600000,
    "Milliseconds of media that may be missing in between (caches); 0: none" },
  { "attendance", "prompt-limit", AC_SETTING_NUMBER, "180", 30, 1800,
    "Seconds to answer a prompt in, from when it is shown" },
  { "attendance", "settle-after", AC_SETTING_NUMBER, "30", 0, 3600,
    "Seconds after a lesson's end until its attendance is entered into the ledger" },
  { "attendance", "settle-idle", AC_SETTING_NUMBER, "300", 1, 86400,
    "Seconds without a beat until what a member watched otherwise is entered" },
  { "timetable", "open-before", AC_SETTING_NUMBER, "30", 0, 1440,
    "Minutes before its hour that a lesson's room opens" },
  { "timetable", "remind-before", AC_SETTING_NUMBER, "60", 0, 1440,
    "Minutes before a lesson that the gateway tells those who are expected; 0: never" },
  { "accounts", "code-gateway", AC_SETTING_TEXT, "", 0, 0,
    "Address that one-time codes are posted to, see server/gateway/gateway.h; empty: "
    "no codes" },
  { "accounts", "code-gateway-key", AC_SETTING_TEXT, "", 0, 0,
    "What the gateway knows this server by" },
  { "interchange", "record-store", AC_SETTING_TEXT, "", 0, 0,
    "Address of a learning record store that is told what members play, such as "
    "https://lrs.example/xapi; empty: none" },
  { "interchange", "record-store-user", AC_SETTING_TEXT, "", 0, 0,
    "What the record store knows this server by" },
  { "interchange", "record-store-password", AC_SETTING_TEXT, "", 0, 0,
    "The password that goes with it" },
  { 0 },
};

const AcSetting *
ac_daemon_settings_table (void)
{
  return table;
}

/* "HOST:PORT" with a port that may have been 0; any address becomes localhost. */
static gchar *
url_of (const gchar *scheme, const gchar *listen, guint16 port)
{
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (listen, 0, NULL);
  const gchar *host = parsed != NULL
                          ? g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed))
                          : "localhost";

  if (port == 0 && parsed != NULL)
    port = g_network_address_get_port (G_NETWORK_ADDRESS (parsed));
  if (g_strcmp0 (host, "0.0.0.0") == 0 || g_strcmp0 (host, "::") == 0)
    host = "localhost";
  return g_strdup_printf (strchr (host, ':') != NULL ? "%s://[%s]:%u" : "%s://%s:%u",
                          scheme, host, port);
}

static gchar *
without_slash (const gchar *url)
{
  return g_str_has_suffix (url, "/") ? g_strndup (url, strlen (url) - 1)
                                     : g_strdup (url);
}

gchar *
ac_daemon_settings_bound_url (AcSettings *settings, const gchar *scheme, guint16 port)
{
  const gboolean own = strcmp (scheme, "rtmp") == 0 || strcmp (scheme, "srt") == 0;

  return url_of (scheme, ac_settings_text (settings, own ? scheme : "listen"), port);
}

gchar *
ac_daemon_settings_http_url (AcSettings *settings, guint16 port)
{
  const gchar *configured = ac_settings_text (settings, "public-url");
  gboolean tls = ac_settings_text (settings, "certificate") != NULL;

  if (configured != NULL)
    return without_slash (configured);
  return ac_daemon_settings_bound_url (settings, tls ? "https" : "http", port);
}

gchar *
ac_daemon_settings_rtmp_url (AcSettings *settings, guint16 port)
{
  const gchar *configured = ac_settings_text (settings, "public-rtmp");

  if (configured != NULL)
    return without_slash (configured);
  return ac_daemon_settings_bound_url (settings, "rtmp", port);
}

gchar *
ac_daemon_settings_lectures (AcSettings *settings, const gchar *data_dir)
{
  const gchar *configured = ac_settings_text (settings, "lectures");

  return configured != NULL ? g_canonicalize_filename (configured, data_dir)
                            : ac_data_dir_lectures (data_dir);
}

gchar *
ac_daemon_settings_srt_url (AcSettings *settings, guint16 port)
{
  const gchar *configured = ac_settings_text (settings, "public-srt");
  const gchar *listen = ac_settings_text (settings, "srt");
  g_autofree gchar *bound = NULL;

  if (listen == NULL)
    return NULL;
  if (configured != NULL)
    return without_slash (configured);
  bound = ac_daemon_settings_bound_url (settings, "srt", port);
  return g_str_has_suffix (bound, ":0") ? NULL : g_steal_pointer (&bound);
}

gboolean
ac_daemon_settings_is_loopback (const gchar *address)
{
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (address, 0, NULL);
  g_autoptr (GInetAddress) inet = NULL;
  const gchar *host;

  if (parsed == NULL)
    return FALSE;
  host = g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed));
  inet = g_inet_address_new_from_string (host);
  return inet != NULL ? g_inet_address_get_is_loopback (inet)
                      : g_strcmp0 (host, "localhost") == 0;
}
