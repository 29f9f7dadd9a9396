#include "poster.h"

#include <libsoup/soup.h>
#include <string.h>

struct _AcPoster {
  SoupSession *session;
  GCancellable *cancellable;
  guint under_way;
};

typedef struct {
  AcPoster *poster;
  AcPosterDone done;
  gpointer user_data;
  guint status;
} Letter;

AcPoster *
ac_poster_new (guint timeout_s)
{
  AcPoster *self = g_new0 (AcPoster, 1);

  self->session = soup_session_new_with_options (
      "timeout", timeout_s, "max-conns", AC_POSTER_UNDER_WAY_MAX, "max-conns-per-host",
      4, "proxy-resolver", NULL, "user-agent", "airclass/" AC_VERSION, NULL);
  self->cancellable = g_cancellable_new ();
  return self;
}

void
ac_poster_free (AcPoster *self)
{
  g_cancellable_cancel (self->cancellable);
  /* Each comes back before the session goes, so that none comes back to nothing. */
  while (self->under_way > 0)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (self->session);
  g_object_unref (self->cancellable);
  g_free (self);
}

static gboolean
is_this_machine (const gchar *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return strcmp (host, "localhost") == 0 ||
         (address != NULL && g_inet_address_get_is_loopback (address));
}

gboolean
ac_poster_takes (const gchar *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  const gchar *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || *host == '\0')
    return FALSE;
  return strcmp (g_uri_get_scheme (uri), "https") == 0 ||
         (strcmp (g_uri_get_scheme (uri), "http") == 0 && is_this_machine (host));
}

static void
finish (Letter *letter, guint status, const gchar *text)
{
  AcPoster *self = letter->poster;
  AcPosterDone done = letter->done;
  gpointer user_data = letter->user_data;
  gboolean given_up = g_cancellable_is_cancelled (self->cancellable);

  self->under_way--;
  g_free (letter);
  if (!given_up)
    done (status, text, user_data);
}

static void
answer_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Letter *letter = user_data;
  g_autoptr (GBytes) bytes =
      g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  g_autofree gchar *text = bytes != NULL
                               ? g_utf8_make_valid (g_bytes_get_data (bytes, NULL),
                                                    (gssize)g_bytes_get_size (bytes))
                               : NULL;

  finish (letter, letter->status, text != NULL ? text : "");
}

static void
answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Letter *letter = user_data;
  SoupSession *session = SOUP_SESSION (source);
  SoupMessage *message = soup_session_get_async_result_message (session, result);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (session, result, &error);

  if (stream == NULL) {
    finish (letter, 0, error->message);
    return;
  }
  letter->status = soup_message_get_status (message);
  /* Nobody asks what a server says when it is content. */
  if (SOUP_STATUS_IS_SUCCESSFUL (letter->status)) {
    finish (letter, letter->status, "");
    return;
  }
  g_input_stream_read_bytes_async (stream, AC_POSTER_ANSWER_MAX_BYTES,
                                   G_PRIORITY_DEFAULT, letter->poster->cancellable,
                                   answer_read, letter);
}

gboolean
ac_poster_send (AcPoster *self, const AcPost *post, AcPosterDone done,
                gpointer user_data)
{
  g_autoptr (SoupMessage) message = NULL;
  SoupMessageHeaders *headers;
  Letter *letter;

  g_return_val_if_fail (ac_poster_takes (post->url), FALSE);

  if (self->under_way >= AC_POSTER_UNDER_WAY_MAX)
    return FALSE;
  message = soup_message_new ("POST", post->url);
  headers = soup_message_get_request_headers (message);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  for (const AcPosterHeader *header = post->headers;
       header != NULL && header->name != NULL; header++)
    soup_message_headers_replace (headers, header->name, header->value);
  soup_message_set_request_body_from_bytes (message, post->content_type, post->body);
  letter = g_new0 (Letter, 1);
  *letter = (Letter){ self, done, user_data, 0 };
  self->under_way++;
  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT,
                           self->cancellable, answered, letter);
  return TRUE;
}
