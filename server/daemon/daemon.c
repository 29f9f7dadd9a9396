#include "daemon_private.h"

#include "clock.h"
#include "codes.h"
#include "daemon_settings.h"
#include "data_dir.h"
#include "handout_files.h"
#include "installed_paths.h"
#include "log.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <sysexits.h>

#define ARCHIVE_READERS 4
/* How long workers may take to hand over what they hold when the daemon stops. */
#define SUSPEND_MAX_S 4

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
  self->recordings_dir = ac_data_dir_recordings (dir);
  self->recordings = ac_recordings_new (self->recordings_dir, ARCHIVE_READERS, error);
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

static AcSession *
on_screen (const gchar *token, gpointer user_data)
{
  return ac_rooms_screen_session (((AcDaemon *)user_data)->rooms, token);
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
                                        &ac_daemon_broadcasts_handler, self);
  choose_encoder (self, worker);
  self->own_sources =
      ac_own_sources_new (self->classroom, self->broadcasts, self->lectures);
  self->whip = ac_whip_new (self->classroom, self->broadcasts);
  self->whep =
      ac_whep_new (self->classroom, self->broadcasts, &self->media_key,
                   (guint)ac_settings_number (self->options->settings, "max-whep"));
  ac_classroom_set_handler (self->classroom, &ac_daemon_classroom_handler, self);
  self->report_desk =
      ac_report_desk_new (self->options->data_dir, ac_executor_for_context (NULL));
  self->api = ac_api_new (&(AcApiParts){
      .store = self->store,
      .accounts = self->accounts,
      .classroom = self->classroom,
      .rooms = self->rooms,
      .media_key = &self->media_key,
      .media_life_s = ac_settings_number (self->options->settings, "media-life"),
      .identities = self->identities,
      .report_desk = self->report_desk,
      .handouts = self->handouts,
      .lectures = self->lectures,
      .health = on_health_wanted,
      .health_data = self,
      .metrics = ac_daemon_admin_handler.metrics,
      .metrics_data = self,
      .recordings = self->recordings_dir,
      .data_dir = self->options->data_dir,
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

AcDaemon *
ac_daemon_new (AcDaemonOptions *options, GError **error)
{
  g_autoptr (AcDaemon) self = g_new0 (AcDaemon, 1);

  self->options = options;
  self->loop = g_main_loop_new (NULL, FALSE);
  if (!open_data (self, error))
    return NULL;
  ac_daemon_retract (self);
  build_classroom (self);
  if (!ac_daemon_open_listeners (self, error))
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
  if (!ac_daemon_announce (self, &error)) {
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
  g_free (self->recordings_dir);
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
