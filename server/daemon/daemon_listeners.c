/* daemon_listeners.c - the addresses that the daemon listens on, and where it says so.
 */
#include "daemon_private.h"

#include "daemon_settings.h"
#include "data_dir.h"
#include "installed_paths.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* --- Opening --- */

static gboolean
open_front (AcDaemon *self, GError **error)
{
  AcSettings *settings = self->options->settings;
  g_autofree gchar *pages = ac_installed_pages ();
  const AcFrontConfig config = {
    .listen = ac_settings_text (settings, "listen"),
    .n_threads = ac_settings_number (settings, "threads"),
    .certificate = ac_settings_text (settings, "certificate"),
    .private_key = ac_settings_text (settings, "private-key"),
    .web_root = pages,
    .max_connections = ac_settings_number (settings, "max-connections"),
    .trust_proxy = ac_settings_switch (settings, "trust-proxy"),
  };

  self->front = ac_front_new (&config, self->recordings, self->delivered,
                              &self->media_key, &ac_daemon_front_handler, self, error);
  return self->front != NULL;
}

static gboolean
open_rtmp (AcDaemon *self, GError **error)
{
  AcSettings *settings = self->options->settings;
  const AcRtmpLimits limits = {
    .max_connections = ac_settings_number (settings, "max-publishers"),
    .idle_timeout_s = ac_settings_number (settings, "idle-timeout"),
  };

  self->rtmp =
      ac_rtmp_server_new (ac_settings_text (settings, "rtmp"), &limits,
                          ac_broadcasts_publisher_handler (), self->broadcasts, error);
  return self->rtmp != NULL;
}

static guint16
srt_port (AcDaemon *self)
{
  return self->srt != NULL ? ac_srt_server_port (self->srt) : 0;
}

static gboolean
open_srt (AcDaemon *self, GError **error)
{
  AcSettings *settings = self->options->settings;
  const gchar *listen = ac_settings_text (settings, "srt");
  const AcSrtLimits limits = {
    .max_connections = ac_settings_number (settings, "max-publishers"),
    .idle_timeout_s = ac_settings_number (settings, "idle-timeout"),
    .latency_ms = ac_settings_number (settings, "srt-latency"),
    .max_kbps = ac_settings_number (settings, "srt-max-bitrate"),
    .encrypted = ac_settings_switch (settings, "srt-encryption"),
  };
  AcSrtGate gate;

  if (listen == NULL)
    return TRUE;
  if (limits.encrypted) {
    self->srt_secret = ac_data_dir_srt_key (self->options->data_dir, error);
    if (self->srt_secret == NULL)
      return FALSE;
  }
  self->srt_access = ac_srt_access_new (
      self->classroom, ac_broadcasts_key_guard (self->broadcasts), self->srt_secret);
  ac_broadcasts_set_srt_access (self->broadcasts, self->srt_access);
  gate = ac_srt_access_gate (self->srt_access);
  self->srt =
      ac_srt_server_new (listen, &limits, &gate, ac_broadcasts_publisher_handler (),
                         self->broadcasts, error);
  return self->srt != NULL;
}

static gboolean
open_admin (AcDaemon *self, GError **error)
{
  AcSettings *settings = self->options->settings;
  g_autofree gchar *key = ac_data_dir_control_key (self->options->data_dir, error);
  g_autofree gchar *http =
      ac_daemon_settings_http_url (settings, ac_front_port (self->front));
  g_autofree gchar *rtmp =
      ac_daemon_settings_rtmp_url (settings, ac_rtmp_server_port (self->rtmp));
  g_autofree gchar *srt = ac_daemon_settings_srt_url (settings, srt_port (self));
  const AcControlParts parts = {
    .data_dir = self->options->data_dir,
    .lectures = self->lectures,
    .store = self->store,
    .accounts = self->accounts,
    .classroom = self->classroom,
    .rooms = self->rooms,
    .media_key = &self->media_key,
    .media_life_s = ac_settings_number (settings, "media-life"),
    .identities = self->identities,
    .srt_secret = self->srt_secret,
    .addresses = { .http = http, .rtmp = rtmp, .srt = srt },
  };

  if (key == NULL)
    return FALSE;
  ac_api_set_encoder_places (self->api,
                             &(AcEncoderPlaces){ http, rtmp, srt, self->srt_secret });
  self->interchange = ac_interchange_keeper_new (self->store, self->options->data_dir,
                                                 settings, http, error);
  if (self->interchange == NULL)
    return FALSE;
  self->control = ac_control_new (&parts);
  self->admin = ac_admin_server_new (
      &(AcAdminServerConfig){ ac_settings_text (settings, "admin"), key },
      self->control, &ac_daemon_admin_handler, self, error);
  return self->admin != NULL;
}

gboolean
ac_daemon_open_listeners (AcDaemon *self, GError **error)
{
  return open_front (self, error) && open_rtmp (self, error) &&
         open_srt (self, error) && open_admin (self, error);
}

/* --- Telling where they are --- */

static gchar *
describe (AcDaemon *self)
{
  AcSettings *settings = self->options->settings;
  guint16 port = ac_front_port (self->front);
  g_autofree gchar *http = ac_daemon_settings_bound_url (settings, "http", port);
  g_autofree gchar *https = ac_daemon_settings_bound_url (settings, "https", port);
  g_autofree gchar *rtmp =
      ac_daemon_settings_bound_url (settings, "rtmp", ac_rtmp_server_port (self->rtmp));
  g_autofree gchar *srt =
      self->srt != NULL
          ? ac_daemon_settings_bound_url (settings, "srt", srt_port (self))
          : NULL;
  g_autofree gchar *admin = ac_admin_server_url (self->admin);
  gboolean tls = ac_settings_text (settings, "certificate") != NULL;

  return g_strdup_printf ("{\"http\": \"%s\", \"https\": %s%s%s, \"rtmp\": \"%s\", "
                          "\"srt\": %s%s%s, \"admin\": \"%s\", \"pid\": %d}\n",
                          http, tls ? "\"" : "", tls ? https : "null", tls ? "\"" : "",
                          rtmp, srt != NULL ? "\"" : "", srt != NULL ? srt : "null",
                          srt != NULL ? "\"" : "", admin, (int)getpid ());
}

void
ac_daemon_retract (AcDaemon *self)
{
  g_autofree gchar *own = ac_data_dir_ready_file (self->options->data_dir);

  g_unlink (own);
  if (self->options->ready_file != NULL)
    g_unlink (self->options->ready_file);
}

/* Whole or not at all: g_file_set_contents() renames a finished file into place. */
gboolean
ac_daemon_announce (AcDaemon *self, GError **error)
{
  g_autofree gchar *own = ac_data_dir_ready_file (self->options->data_dir);

  self->ready_json = describe (self);
  if (!g_file_set_contents (own, self->ready_json, -1, error))
    return FALSE;
  return self->options->ready_file == NULL ||
         g_file_set_contents (self->options->ready_file, self->ready_json, -1, error);
}
