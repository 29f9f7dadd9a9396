/* daemon_wiring.c - what a part of the daemon tells another that it does not know:
 * every callback is short. */
#include "daemon_private.h"

#include "handout_files.h"
#include "signalling.h"

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

  if (self->whip != NULL)
    ac_whip_session_ended (self->whip, session);
  if (self->whep != NULL)
    ac_whep_session_ended (self->whep, session);
}

static void
on_handout_removed (const gchar *file, gpointer user_data)
{
  ac_handout_file_let_go (((AcDaemon *)user_data)->handouts, file);
}

const AcClassroomHandler ac_daemon_classroom_handler = {
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

const AcBroadcastsHandler ac_daemon_broadcasts_handler = {
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

const AcFrontHandler ac_daemon_front_handler = {
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
  ac_api_metrics (self->api, out);
  if (self->ledger != NULL)
    ac_ledger_keeper_metrics (self->ledger, out);
  ac_interchange_keeper_metrics (self->interchange, out);
}

const AcAdminServerHandler ac_daemon_admin_handler = { .metrics = on_metrics };
