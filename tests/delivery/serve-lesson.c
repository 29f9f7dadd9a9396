/* Serves a made-up lesson in real time by a hub, and lets a command check it:
 *
 *   serve-lesson COMMAND ARGUMENT... (@URL@ stands for the multivariant playlist)
 *
 * The lesson is two minutes old when it is served, its worker is restarted on the way,
 * and it ends when the command did; the command is then run once more on the replay.
 * Ends with 0 when the command did so both times. */
#include "hub.h"
#include "lesson_maker.h"

#include <libsoup/soup.h>
#include <string.h>

#define HISTORY_SEGMENTS 66
#define RESTART_SLOTS 6

typedef struct {
  GMainLoop *loop;
  LessonMaker *maker;
  AcHub *hub;
  guint n_slots;
  gboolean ended, failed;
  gchar *url;
  GStrv command;
} Stage;

typedef struct {
  AcMediaWait wait;
  SoupServerMessage *message;
  gulong gone;
  AcHub *hub;
} Request;

static void
respond (SoupServerMessage *message, AcMediaAnswer *answer)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, answer->status, NULL);
  soup_message_headers_replace (headers, "Cache-Control", answer->cache_control);
  soup_message_headers_replace (headers, "Access-Control-Allow-Origin", "*");
  soup_message_headers_replace (headers, "Access-Control-Expose-Headers", "Age, Date");
  if (answer->content_type != NULL)
    soup_message_headers_replace (headers, "Content-Type", answer->content_type);
  if (answer->content_encoding != NULL)
    soup_message_headers_replace (headers, "Content-Encoding",
                                  answer->content_encoding);
  if (answer->vary_encoding)
    soup_message_headers_replace (headers, "Vary", "Accept-Encoding");
  if (g_bytes_get_size (answer->body) > 0)
    soup_message_body_append_bytes (soup_server_message_get_response_body (message),
                                    answer->body);
  g_bytes_unref (answer->body);
}

static void
request_free (Request *request)
{
  g_signal_handler_disconnect (request->message, request->gone);
  g_object_unref (request->message);
  g_free (request);
}

static void
answered (AcMediaWait *wait, AcMediaAnswer *answer, gpointer user_data)
{
  Request *request = wait->owner;

  respond (request->message, answer);
  soup_server_message_unpause (request->message);
  request_free (request);
}

static void
client_gone (SoupServerMessage *message, gpointer data)
{
  Request *request = data;

  ac_hub_cancel (request->hub, &request->wait);
  request_free (request);
}

static void
wanted (gint64 lesson, gpointer user_data)
{
  g_error ("the lesson was not published");
}

static void
handle (SoupServer *server, SoupServerMessage *message, const char *path,
        GHashTable *query, gpointer data)
{
  Stage *stage = data;
  GUri *uri = soup_server_message_get_uri (message);
  Request *request = g_new0 (Request, 1);
  AcMediaAnswer answer;

  request->wait.owner = request;
  request->message = g_object_ref (message);
  request->hub = stage->hub;
  request->gone =
      g_signal_connect (message, "disconnected", G_CALLBACK (client_gone), request);
  if (ac_hub_request (stage->hub, path + strlen ("/live/"), g_uri_get_query (uri), TRUE,
                      &request->wait, &answer)) {
    respond (message, &answer);
    request_free (request);
  } else {
    soup_server_message_pause (message);
  }
}

static void
publish (Stage *stage)
{
  g_autoptr (AcSnapshot) snapshot = ac_live_window_snapshot (stage->maker->window);

  ac_hub_publish (stage->hub, snapshot);
}

static gboolean
tick (gpointer data)
{
  Stage *stage = data;

  ac_hub_tick (stage->hub);
  if (stage->ended)
    return G_SOURCE_CONTINUE;
  if (++stage->n_slots == RESTART_SLOTS) {
    lesson_maker_begin_epoch (stage->maker, 25, NULL);
    publish (stage);
  }
  lesson_maker_add_slot (stage->maker);
  publish (stage);
  return G_SOURCE_CONTINUE;
}

static void run_command (Stage *stage);

static void
command_done (GPid pid, gint status, gpointer data)
{
  Stage *stage = data;

  g_spawn_close_pid (pid);
  stage->failed |= !g_spawn_check_wait_status (status, NULL);
  if (stage->ended) {
    g_main_loop_quit (stage->loop);
    return;
  }
  lesson_maker_end (stage->maker);
  stage->ended = TRUE;
  {
    g_autoptr (AcSnapshot) replay =
        ac_snapshot_new_replay (MAKER_LESSON, stage->maker->recording);

    ac_hub_publish (stage->hub, replay);
  }
  run_command (stage);
}

static void
run_command (Stage *stage)
{
  g_autoptr (GError) error = NULL;
  GPid pid;

  if (!g_spawn_async (NULL, stage->command, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                      &error))
    g_error ("%s: %s", stage->command[0], error->message);
  g_child_watch_add (pid, command_done, stage);
}

static void
begin_lesson (Stage *stage, AcDelivered *delivered)
{
  static const AcHubHandler handler = { .answered = answered, .wanted = wanted };
  AcMediaKey key = { { 7 } };
  g_autofree gchar *token = ac_media_token_new (&key, MAKER_LESSON, 1, G_MAXINT32);

  stage->maker = lesson_maker_new (TRUE);
  lesson_maker_begin_epoch (stage->maker, 25, NULL);
  lesson_maker_add_segments (stage->maker, HISTORY_SEGMENTS);
  ac_recording_flush (stage->maker->recording);
  stage->hub = ac_hub_new (stage->maker->recordings, delivered, &key,
                           ac_executor_for_context (NULL), &handler, stage);
  publish (stage);
  stage->url = g_strdup_printf ("live/%s/%d/multivariant.m3u8", token, MAKER_LESSON);
}

static void
prepare_command (Stage *stage, SoupServer *server, char **argv)
{
  GSList *uris = soup_server_get_uris (server);
  g_autofree gchar *base = g_uri_to_string (uris->data);
  g_autofree gchar *url = g_strconcat (base, stage->url, NULL);

  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  stage->command = g_strdupv (argv);
  for (guint i = 0; stage->command[i] != NULL; i++)
    if (g_str_equal (stage->command[i], "@URL@")) {
      g_free (stage->command[i]);
      stage->command[i] = g_strdup (url);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (AcDelivered) delivered = ac_delivered_new ();
  g_autoptr (GError) error = NULL;
  Stage stage = { .loop = g_main_loop_new (NULL, FALSE) };

  if (argc < 2) {
    g_printerr ("usage: serve-lesson COMMAND ARGUMENT...\n");
    return 64;
  }
  begin_lesson (&stage, delivered);
  soup_server_add_handler (server, "/live/", handle, &stage, NULL);
  if (!soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    g_error ("%s", error->message);
  prepare_command (&stage, server, argv + 1);
  g_timeout_add (640, tick, &stage);
  run_command (&stage);
  g_main_loop_run (stage.loop);

  soup_server_disconnect (server);
  ac_hub_free (stage.hub);
  lesson_maker_free (stage.maker);
  g_main_loop_unref (stage.loop);
  g_strfreev (stage.command);
  g_free (stage.url);
  return stage.failed ? 1 : 0;
}
