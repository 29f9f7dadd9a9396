#include "hub_fixture.h"

#include <string.h>

static void
take_answer (Request *request, const AcMediaAnswer *answer)
{
  g_assert_cmpuint (request->answer.status, ==, 0);
  g_assert_nonnull (answer->body);
  request->answer = *answer;
  if (answer->content_encoding == NULL)
    request->text = g_strndup (g_bytes_get_data (answer->body, NULL),
                               g_bytes_get_size (answer->body));
}

static void
answered (AcMediaWait *wait, AcMediaAnswer *answer, gpointer user_data)
{
  HubFixture *self = user_data;

  self->n_answered++;
  take_answer (wait->owner, answer);
}

static void
wanted (gint64 lesson, gpointer user_data)
{
  HubFixture *self = user_data;

  self->n_wanted++;
  self->wanted = lesson;
}

static gint64
monotonic (gpointer data)
{
  return ((HubFixture *)data)->now_ms;
}

static gint64
wall (gpointer data)
{
  return ((HubFixture *)data)->wall_ms;
}

HubFixture *
hub_fixture_new (gboolean recorded)
{
  static const AcHubHandler handler = { .answered = answered, .wanted = wanted };
  HubFixture *self = g_new0 (HubFixture, 1);

  self->context = g_main_context_new ();
  self->maker = lesson_maker_new (recorded);
  if (self->maker->recordings != NULL)
    self->recordings = ac_recordings_ref (self->maker->recordings);
  self->delivered = ac_delivered_new ();
  memset (self->key.bytes, 7, sizeof self->key.bytes);
  self->now_ms = 1000000;
  self->wall_ms = MAKER_WALL_MS;
  self->hub = ac_hub_new (self->recordings, self->delivered, &self->key,
                          ac_executor_for_context (self->context), &handler, self);
  ac_hub_set_clocks (self->hub, monotonic, wall, self);
  self->token = ac_media_token_new (&self->key, MAKER_LESSON, SUBJECT,
                                    MAKER_WALL_MS / 1000 + 3600);
  return self;
}

void
hub_fixture_free (HubFixture *self)
{
  ac_hub_free (self->hub);
  while (g_main_context_iteration (self->context, FALSE)) {
  }
  lesson_maker_free (self->maker);
  g_clear_pointer (&self->recordings, ac_recordings_unref);
  ac_delivered_unref (self->delivered);
  g_main_context_unref (self->context);
  g_free (self->token);
  g_free (self);
}

void
hub_fixture_publish (HubFixture *self)
{
  g_autoptr (AcSnapshot) snapshot = ac_live_window_snapshot (self->maker->window);

  ac_hub_publish (self->hub, snapshot);
}

Request *
hub_fixture_ask_path (HubFixture *self, const gchar *path, const gchar *query,
                      gboolean gzip)
{
  Request *request = g_new0 (Request, 1);
  AcMediaAnswer answer;

  request->wait.owner = request;
  if (ac_hub_request (self->hub, path, query, gzip, &request->wait, &answer))
    take_answer (request, &answer);
  return request;
}

Request *
hub_fixture_ask (HubFixture *self, const gchar *address)
{
  g_auto (GStrv) halves = g_strsplit (address, "?", 2);
  g_autofree gchar *path =
      g_strdup_printf ("%s/%d/%s", self->token, MAKER_LESSON, halves[0]);

  return hub_fixture_ask_path (self, path, halves[1], FALSE);
}

void
hub_fixture_wait (HubFixture *self, Request *request)
{
  while (request->answer.status == 0)
    g_main_context_iteration (self->context, TRUE);
}

guint
hub_fixture_status (HubFixture *self, const gchar *address)
{
  g_autoptr (Request) request = hub_fixture_ask (self, address);
  guint status = request->answer.status;

  if (status == 0)
    ac_hub_cancel (self->hub, &request->wait);
  return status;
}

void
request_free (Request *self)
{
  g_clear_pointer (&self->answer.body, g_bytes_unref);
  g_free (self->text);
  g_free (self);
}
