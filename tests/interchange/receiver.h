/* receiver.h - a server that is told things: it fails, delays and asks again as the
 * test says. On a port of its own, on loopback. */
#pragma once

#include <libsoup/soup.h>

typedef struct {
  SoupServer *server;
  gchar *url;
  guint n_posts;
  /* What it answers to a post: 0 takes it without an answer that arrives,
   * RECEIVER_LATE answers 200 when the next post comes, or after slow_ms. */
  guint (*take) (SoupServerMessage *message, GBytes *body, gpointer user_data);
  gpointer user_data;
  guint slow_ms;           /* 0: it waits for the next post */
  SoupServerMessage *late; /* which waits for its answer */
} Receiver;

#define RECEIVER_LATE 1

static inline gboolean
receiver_answer_late (gpointer user_data)
{
  Receiver *self = user_data;
  g_autoptr (SoupServerMessage) late = g_steal_pointer (&self->late);

  if (late != NULL && soup_server_message_get_socket (late) != NULL)
    soup_server_message_unpause (late);
  return G_SOURCE_REMOVE;
}

static inline void
receiver_handle (SoupServer *server, SoupServerMessage *message, const char *path,
                 GHashTable *query, gpointer user_data)
{
  Receiver *self = user_data;
  g_autoptr (GBytes) body =
      soup_message_body_flatten (soup_server_message_get_request_body (message));
  guint status;

  receiver_answer_late (self);
  self->n_posts++;
  g_assert_cmpstr (soup_server_message_get_method (message), ==, "POST");
  status = self->take (message, body, self->user_data);
  if (status == 0) {
    g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

    g_io_stream_close (stream, NULL, NULL);
    return;
  }
  if (status == RECEIVER_LATE) {
    status = 200;
    self->late = g_object_ref (message);
    soup_server_message_pause (message);
    if (self->slow_ms > 0)
      g_timeout_add (self->slow_ms, receiver_answer_late, self);
  }
  soup_server_message_set_status (message, status, NULL);
}

static inline void
receiver_open (Receiver *self)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, receiver_handle, self, NULL);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
}

static inline void
receiver_close (Receiver *self)
{
  g_clear_object (&self->late);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_free (self->url);
}
