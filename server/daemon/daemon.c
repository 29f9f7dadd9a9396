#include "daemon.h"

#include "accounts.h"
#include "admin_server.h"
#include "api.h"
#include "broadcasts.h"
#include "carried_over.h"
#include "clock.h"
#include "codes.h"
#include "control.h"
#include "daemon_settings.h"
#include "data_dir.h"
#include "encoder_choice.h"
#include "front.h"
#include "gateway.h"
#include "handout_files.h"
#include "installed_paths.h"
#include "interchange_keeper.h"
#include "ledger_keeper.h"
#include "timetable_keeper.h"
#include "log.h"
#include "own_sources.h"
#include "rtmp_server.h"
#include "srt_server.h"
#include "signalling.h"
#include "whep.h"
#include "whip.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <sysexits.h>
#include <unistd.h>

#define ARCHIVE_READERS 4
/* How long workers may take to hand over what they hold when the daemon stops. */
#define SUSPEND_MAX_S 4

struct _AcDaemon {
  AcDaemonOptions *options;
  GMainLoop *loop;
  AcMediaKey media_key;

  AcStore *store;
  AcIdentities *identities;
  AcGateway *gateway; /* NULL: no codes are sent */
  AcAccounts *accounts;
  AcClassroom *classroom;
  AcRooms *rooms;
  AcLedgerKeeper *ledger;       /* NULL until the daemon runs */
  AcTimetableKeeper *timetable; /* likewise */
  AcInterchangeKeeper *interchange;
  AcRecordings *recordings;
  AcDelivered *delivered;
  AcCarriedOver *carried_over; /* NULL: evidence is not asked for */
  AcBroadcasts *broadcasts;
  AcEncoderChoice *encoder_choice; /* (nullable) */
  AcOwnSources *own_sources;
  AcWhip *whip;
  AcWhep *whep;
  AcControl *control;
  AcApi *api;
  AcReportDesk *report_desk;
  AcFront *front;
  AcRtmpServer *rtmp;
  gchar *srt_secret;       /* NULL: SRT is not encrypted */
  AcSrtAccess *srt_access; /* NULL with the server */
  AcSrtServer *srt;        /* NULL: no address is set for it */
  AcAdminServer *admin;

  gchar *handouts; /* the directory of files that are handed out */
  gchar *lectures; /* the directory of prepared lectures */
  gchar *ready_json;
  guint signal_sources[2];
  guint suspend_timeout;
};

/* classroom -> broadcasts, delivered, whep */

static void
on_lesson_added (gint64 lesson, gpointer user_data)
{
  AcDaemon *self = user_data;

  if (self->srt_access != NULL)
    ac_srt_access_refresh (self->srt_access);
}

static void
on_lesson_changed (gint64 lesson, AcLessonState state, gpointer user_data)
{
  AcDaemon *self = user_data;

  ac_broadcasts_lesson_changed (self->broadcasts, lesson, state);
  ac_own_sources_lesson_changed (self->own_sources, lesson, state);
  if (state == AC_LESSON_ENDED && self->ledger != NULL)
    ac_ledger_keeper_lesson_ended (self->ledger, lesson);
  if (self->srt_access != NULL)
    ac_srt_access_refresh (self->srt_access);
}

static void
on_source_changed (gint64 lesson, gpointer user_data)
{
  AcDaemon *self = user_data;

  ac_own_sources_source_changed (self->own_sources, lesson);
}

static gboolean
on_served (gint64 lesson, gint64 session, gint64 *start_ms, gint64 *end_ms,
           gpointer user_data)
{
  AcDaemon *self = user_data;
  AcInterval claim = { *start_ms, *end_ms }, served = claim;
  gboolean any;

  if (self->carried_over == NULL)
    return TRUE;
  if (!ac_delivered_clip (
          self->delivered, lesson, session,
          ac_settings_number (self->options->settings, "delivery-tolerance"),
          &served.start_ms, &served.end_ms))
    served.end_ms = served.start_ms;
  any = ac_carried_over_extend (self->carried_over, lesson, session, claim, &served);
  *start_ms = served.start_ms;
  *end_ms = served.end_ms;
  return any;
}

static void
on_session_ended (gint64 session, gpointer user_data)
{
  AcDaemon *self = user_data;

  if (self->whep != NULL)
    ac_whep_session_ended (self->whep, session);
}

static void
on_handout_removed (const gchar *file, gpointer user_data)
{
  ac_handout_file_let_go (((AcDaemon *)user_data)->handouts, file);
}

static AcSession *
on_screen (const gchar *token, gpointer user_data)
{
  return ac_rooms_screen_session (((AcDaemon *)user_data)->rooms, token);
}

static const AcClassroomHandler classroom_handler = {
  .lesson_added = on_lesson_added,
  .lesson_changed = on_lesson_changed,
  .source_changed = on_source_changed,
  .served = on_served,
  .session_ended = on_session_ended,
  .handout_removed = on_handout_removed,
};

/* broadcasts -> front */

static void
on_published (AcSnapshot *snapshot, gpointer user_data)
{
  AcDaemon *self = user_data;

  if (self->front != NULL)
    ac_front_publish (self->front, snapshot);
}

static void
on_absent (gint64 lesson, gpointer user_data)
{
  AcDaemon *self = user_data;

  ac_front_absent (self->front, lesson);
}

static void
on_suspended (gpointer user_data)
{
  AcDaemon *self = user_data;

  g_main_loop_quit (self->loop);
}

static const AcBroadcastsHandler broadcasts_handler = {
  .published = on_published,
  .absent = on_absent,
  .suspended = on_suspended,
};

/* front -> api, classroom, broadcasts */

static void
on_api (AcHttpExchange *exchange, gpointer user_data)
{
  AcDaemon *self = user_data;
  const AcHttpRequest *request = ac_http_exchange_request (exchange);

  if (g_str_has_prefix (request->path, ac_signalling_whip.prefix))
    ac_signalling_handle (&ac_signalling_whip, self->whip, self->api, exchange);
  else if (g_str_has_prefix (request->path, ac_signalling_whep.prefix))
    ac_signalling_handle (&ac_signalling_whep, self->whep, self->api, exchange);
  else if (g_str_has_prefix (request->path, AC_API_CALENDAR_PREFIX))
    ac_api_calendar_handle (self->api, exchange);
  else
    ac_api_handle (self->api, exchange);
}

static void
on_upload (AcHttpExchange *exchange, gpointer user_data)
{
  ac_api_upload_handle (((AcDaemon *)user_data)->api, exchange);
}

static void
on_lesson_wanted (gint64 lesson, gpointer user_data)
{
  AcDaemon *self = user_data;

  ac_broadcasts_lesson_wanted (self->broadcasts, lesson);
}

static void
on_peer_opened (AcPeer *peer, gpointer user_data)
{
  AcDaemon *self = user_data;

  ac_classroom_peer_handler ()->opened (peer, self->classroom);
}

static void
on_peer_message (AcPeer *peer, GBytes *text, gpointer user_data)
{
  AcDaemon *self = user_data;

  ac_classroom_peer_handler ()->message (peer, text, self->classroom);
}

static void
on_peer_closed (AcPeer *peer, gpointer user_data)
{
  AcDaemon *self = user_data;

  ac_classroom_peer_handler ()->closed (peer, self->classroom);
}

static const AcFrontHandler front_handler = {
  .api = on_api,
  .peer = { on_peer_opened, on_peer_message, on_peer_closed },
  .lesson_wanted = on_lesson_wanted,
  .upload = on_upload,
};

/* admin server -> everything that can be measured */

static void
on_metrics (GString *out, gpointer user_data)
{
  AcDaemon *self = user_data;

  ac_broadcasts_metrics (self->broadcasts, out);
  ac_whep_metrics (self->whep, out);
  if (self->ledger != NULL)
    ac_ledger_keeper_metrics (self->ledger, out);
  ac_interchange_keeper_metrics (self->interchange, out);
}

static const AcAdminServerHandler admin_handler = { .metrics = on_metrics };

/* Workers start in a fifth of the time when GStreamer finds its registry of plug-ins,
 * which it cannot keep where a service has no home. Before any thread starts. */
static void
keep_plugin_registry (const gchar *data_dir)
{
  g_autofree gchar *path = g_build_filename (data_dir, "run", "gst-registry.bin", NULL);

  g_setenv ("GST_REGISTRY", path, FALSE);
}

static void
on_code (const gchar *phone, const gchar *code, gpointer user_data)
{
  AcDaemon *self = user_data;

  ac_gateway_send_code (self->gateway, phone, code, AC_CODE_LIFE_MS / 60000);
}

static gboolean
open_gateway (AcDaemon *self, GError **error)
{
  const gchar *url = ac_settings_text (self->options->settings, "code-gateway");

  if (url == NULL)
    return TRUE;
  self->gateway = ac_gateway_new (
      url, ac_settings_text (self->options->settings, "code-gateway-key"), error);
  if (self->gateway == NULL)
    return FALSE;
  ac_accounts_set_code_sender (self->accounts, on_code, self);
  return TRUE;
}

/* What is left behind costs room and is nobody's: no reason not to start. */
static void
sweep_handouts (AcDaemon *self)
{
  g_autoptr (GError) error = NULL;
  guint n;

  if (!ac_handout_files_sweep (self->store, self->handouts, &n, &error))
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot sweep hand-outs: %s", error->message);
  else if (n > 0)
    ac_log (G_LOG_LEVEL_MESSAGE, 0, "%u files of removed hand-outs are gone now", n);
}

static gboolean
open_data (AcDaemon *self, GError **error)
{
  const gchar *dir = self->options->data_dir;
  g_autofree gchar *media_key = ac_data_dir_media_key (dir);
  g_autofree gchar *identity_key = ac_data_dir_identity_key (dir);
  g_autofree gchar *recordings = ac_data_dir_recordings (dir);
  AcExecutor main_loop = ac_executor_for_context (NULL);

  keep_plugin_registry (dir);
  if (!ac_data_dir_prepare (dir, error) ||
      !ac_media_key_load (media_key, &self->media_key, error))
    return FALSE;
  self->store = ac_store_open (dir, main_loop, error);
  if (self->store == NULL)
    return FALSE;
  self->identities = ac_identities_new (self->store, identity_key);
  self->accounts = ac_accounts_new (self->store, main_loop, error);
  if (self->accounts == NULL)
    return FALSE;
  if (!open_gateway (self, error))
    return FALSE;
  self->recordings = ac_recordings_new (recordings, ARCHIVE_READERS, error);
  if (self->recordings == NULL)
    return FALSE;
  self->delivered = ac_delivered_new ();
  self->handouts = ac_data_dir_handouts (dir);
  sweep_handouts (self);
  self->lectures = ac_daemon_settings_lectures (self->options->settings, dir);
  ac_worker_grant (self->lectures);
  return TRUE;
}

static void
on_encoder_chosen (const gchar *element, gpointer user_data)
{
  AcDaemon *self = user_data;

  ac_broadcasts_set_encoder (self->broadcasts, element);
}

/* Lessons that begin meanwhile use the fallback. */
static void
choose_encoder (AcDaemon *self, const gchar *worker)
{
  const gchar *setting = ac_settings_text (self->options->settings, "encoder");

  if (g_strcmp0 (setting, "auto") == 0)
    self->encoder_choice = ac_encoder_choice_new (worker, on_encoder_chosen, self);
  else if (setting != NULL)
    ac_broadcasts_set_encoder (self->broadcasts, setting);
}

static GBytes *
on_health_wanted (gint64 lesson, gint64 since_ms, gpointer user_data)
{
  AcDaemon *self = user_data;

  return ac_broadcasts_health (self->broadcasts, lesson, since_ms);
}

static void
build_classroom (AcDaemon *self)
{
  AcSettings *settings = self->options->settings;
  g_autofree gchar *worker = ac_installed_worker ();
  const AcBroadcastsPolicy policy = {
    .worker_path = worker,
    .lesson = {
      .feeds = { .return_ms = ac_settings_number (settings, "return-after") * 1000 },
      .interrupted_after_ms = ac_settings_number (settings, "interrupted-after") * 1000,
    },
    .monitor = {
      .shedding = ac_settings_switch (settings, "shedding"),
      .admission = ac_settings_switch (settings, "admission"),
      .max_cpu_percent = (guint)ac_settings_number (settings, "max-cpu"),
    },
  };

  self->classroom = ac_classroom_new (self->store);
  ac_classroom_set_accounts (self->classroom, self->accounts);
  self->rooms = ac_rooms_new (self->store, self->media_key.bytes);
  ac_classroom_set_screens (self->classroom, on_screen, self);
  ac_classroom_set_prompt_limit (
      self->classroom,
      ac_settings_number (self->options->settings, "prompt-limit") * 1000);
  self->broadcasts = ac_broadcasts_new (self->classroom, self->recordings, &policy,
                                        &broadcasts_handler, self);
  choose_encoder (self, worker);
  self->own_sources =
      ac_own_sources_new (self->classroom, self->broadcasts, self->lectures);
  self->whip = ac_whip_new (self->classroom, self->broadcasts);
  self->whep =
      ac_whep_new (self->classroom, self->broadcasts, &self->media_key,
                   (guint)ac_settings_number (self->options->settings, "max-whep"));
  ac_classroom_set_handler (self->classroom, &classroom_handler, self);
  self->report_desk =
      ac_report_desk_new (self->options->data_dir, ac_executor_for_context (NULL));
  self->api = ac_api_new (&(AcApiParts){
      .store = self->store,
      .accounts = self->accounts,
      .classroom = self->classroom,
      .rooms = self->rooms,
      .media_key = &self->media_key,
      .identities = self->identities,
      .report_desk = self->report_desk,
      .handouts = self->handouts,
      .lectures = self->lectures,
      .health = on_health_wanted,
      .health_data = self,
  });
}

static void
keep_ledger (AcDaemon *self)
{
  AcSettings *settings = self->options->settings;
  g_autofree gchar *heads = ac_data_dir_heads_file (self->options->data_dir);

  self->ledger = ac_ledger_keeper_new (
      self->store, heads,
      &(AcSettlementPauses){
          .after_end_ms = ac_settings_number (settings, "settle-after") * 1000,
          .idle_ms = ac_settings_number (settings, "settle-idle") * 1000,
      });
}

static void
keep_timetable (AcDaemon *self)
{
  const AcTimetablePolicy policy = {
    .open_before_ms =
        ac_settings_number (self->options->settings, "open-before") * 60000,
    .remind_before_ms =
        ac_settings_number (self->options->settings, "remind-before") * 60000,
  };

  self->timetable =
      ac_timetable_keeper_new (self->store, self->classroom, self->gateway, &policy);
}

/* Once the live lessons' recordings are recovered: what is published by now was
 * published by the process before this one. */
static void
carry_over (AcDaemon *self)
{
  gint64 before = 0;

  if (!ac_settings_switch (self->options->settings, "delivery-evidence"))
    return;
  self->carried_over =
      ac_carried_over_new (self->store, ac_clock_monotonic_ms (), ac_clock_boot_id ());
  for (;;) {
    g_autoptr (GPtrArray) lessons =
        ac_classroom_list_lessons (self->classroom, before, 100);

    if (lessons->len == 0)
      return;
    for (guint i = 0; i < lessons->len; i++) {
      const AcLesson *lesson = lessons->pdata[i];

      before = lesson->id;
      if (lesson->length_ms > 0)
        ac_carried_over_lesson (self->carried_over, lesson->id, lesson->length_ms);
    }
  }
}

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
                              &self->media_key, &front_handler, self, error);
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
    .identities = self->identities,
    .srt_secret = self->srt_secret,
    .addresses = { .http = http, .rtmp = rtmp, .srt = srt },
  };

  if (key == NULL)
    return FALSE;
  self->interchange = ac_interchange_keeper_new (self->store, self->options->data_dir,
                                                 settings, http, error);
  if (self->interchange == NULL)
    return FALSE;
  self->control = ac_control_new (&parts);
  self->admin = ac_admin_server_new (
      &(AcAdminServerConfig){ ac_settings_text (settings, "admin"), key },
      self->control, &admin_handler, self, error);
  return self->admin != NULL;
}

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

/* What a process before this one left behind when it died says nothing any more. Once
 * the directory is locked, so that it is nobody else's. */
static void
retract (AcDaemon *self)
{
  g_autofree gchar *own = ac_data_dir_ready_file (self->options->data_dir);

  g_unlink (own);
  if (self->options->ready_file != NULL)
    g_unlink (self->options->ready_file);
}

/* Whole or not at all: g_file_set_contents() renames a finished file into place. */
static gboolean
announce (AcDaemon *self, GError **error)
{
  g_autofree gchar *own = ac_data_dir_ready_file (self->options->data_dir);

  self->ready_json = describe (self);
  if (!g_file_set_contents (own, self->ready_json, -1, error))
    return FALSE;
  return self->options->ready_file == NULL ||
         g_file_set_contents (self->options->ready_file, self->ready_json, -1, error);
}

AcDaemon *
ac_daemon_new (AcDaemonOptions *options, GError **error)
{
  g_autoptr (AcDaemon) self = g_new0 (AcDaemon, 1);

  self->options = options;
  self->loop = g_main_loop_new (NULL, FALSE);
  if (!open_data (self, error))
    return NULL;
  retract (self);
  build_classroom (self);
  if (!open_front (self, error) || !open_rtmp (self, error) ||
      !open_srt (self, error) || !open_admin (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
stop_now (gpointer user_data)
{
  AcDaemon *self = user_data;

  ac_log (G_LOG_LEVEL_WARNING, 0,
          "stopping without waiting for the workers any longer");
  self->suspend_timeout = 0;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_signal (gpointer user_data)
{
  AcDaemon *self = user_data;

  ac_log (G_LOG_LEVEL_MESSAGE, 0, "stopping");
  ac_admin_server_set_ready (self->admin, FALSE);
  if (self->suspend_timeout == 0) {
    self->suspend_timeout = g_timeout_add_seconds (SUSPEND_MAX_S, stop_now, self);
    ac_own_sources_suspend (self->own_sources);
    ac_broadcasts_suspend (self->broadcasts);
  }
  return G_SOURCE_CONTINUE;
}

gint
ac_daemon_run (AcDaemon *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *own = ac_data_dir_ready_file (self->options->data_dir);

  ac_broadcasts_resume (self->broadcasts);
  carry_over (self);
  keep_ledger (self);
  keep_timetable (self);
  ac_own_sources_resume (self->own_sources);
  /* Who reads the ready file may end us at once. */
  self->signal_sources[0] = g_unix_signal_add (SIGTERM, on_signal, self);
  self->signal_sources[1] = g_unix_signal_add (SIGINT, on_signal, self);
  if (!announce (self, &error)) {
    ac_log (G_LOG_LEVEL_CRITICAL, 0, "%s", error->message);
    return EX_CANTCREAT;
  }
  ac_admin_server_set_ready (self->admin, TRUE);
  ac_log (G_LOG_LEVEL_MESSAGE, 0, "ready: %s", g_strchomp (self->ready_json));
  g_main_loop_run (self->loop);
  g_unlink (own);
  return EX_OK;
}

void
ac_daemon_free (AcDaemon *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->signal_sources); i++)
    g_clear_handle_id (&self->signal_sources[i], g_source_remove);
  g_clear_handle_id (&self->suspend_timeout, g_source_remove);
  g_clear_pointer (&self->admin, ac_admin_server_free);
  g_clear_pointer (&self->control, ac_control_free);
  g_clear_pointer (&self->rtmp, ac_rtmp_server_free);
  g_clear_pointer (&self->srt, ac_srt_server_free);
  g_clear_pointer (&self->front, ac_front_free);
  g_clear_pointer (&self->api, ac_api_free);
  g_clear_pointer (&self->whip, ac_whip_free);
  g_clear_pointer (&self->whep, ac_whep_free);
  g_clear_pointer (&self->encoder_choice, ac_encoder_choice_free);
  g_clear_pointer (&self->broadcasts, ac_broadcasts_free);
  g_clear_pointer (&self->srt_access, ac_srt_access_free);
  g_clear_pointer (&self->own_sources, ac_own_sources_free);
  g_clear_pointer (&self->classroom, ac_classroom_free);
  g_clear_pointer (&self->rooms, ac_rooms_free);
  g_clear_pointer (&self->timetable, ac_timetable_keeper_free);
  g_clear_pointer (&self->ledger, ac_ledger_keeper_free);
  g_clear_pointer (&self->interchange, ac_interchange_keeper_free);
  g_clear_pointer (&self->recordings, ac_recordings_unref);
  g_clear_pointer (&self->carried_over, ac_carried_over_free);
  g_clear_pointer (&self->delivered, ac_delivered_unref);
  if (self->accounts != NULL)
    ac_accounts_set_code_sender (self->accounts, NULL, NULL);
  g_clear_pointer (&self->gateway, ac_gateway_free);
  g_clear_pointer (&self->accounts, ac_accounts_free);
  g_clear_pointer (&self->store, ac_store_close);
  g_clear_pointer (&self->report_desk, ac_report_desk_free);
  g_clear_pointer (&self->identities, ac_identities_free);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_free (self->srt_secret);
  ac_worker_grant (NULL);
  g_free (self->handouts);
  g_free (self->lectures);
  g_free (self->ready_json);
  g_free (self);
}

gint
ac_daemon_exit_code (const GError *error)
{
  if (error->domain == AC_FRONT_ERROR || error->domain == AC_ADMIN_SERVER_ERROR ||
      error->domain == G_IO_ERROR)
    return EX_UNAVAILABLE;
  if (error->domain == G_FILE_ERROR || error->domain == AC_RECORDINGS_ERROR)
    return EX_CANTCREAT;
  return error->domain == AC_STORE_ERROR ? EX_TEMPFAIL : EX_SOFTWARE;
}
