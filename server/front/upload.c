#include "upload.h"

#include "api_call.h"
#include "connection.h"

struct _AcUpload {
  GList link;       /* of its thread's uploads; data is this */
  AcStream *stream; /* NULL: it is gone */
  AcFrontShared *shared;
  AcFrontMailbox *mailbox;
  gboolean asking;
  gint64 uploader; /* whose place it has; 0: none */
  gint64 since_s;  /* it has it */
};

typedef struct {
  AcFrontShared *shared;
  AcHttpExchange *exchange;
} Question;

/* --- Places --- */

/* Returns: FALSE when all are taken, or one by the same person. */
static gboolean
take_place (AcUpload *self, gint64 uploader)
{
  gint64 *free_place = NULL;

  g_mutex_lock (&self->shared->uploads_lock);
  for (guint i = 0; i < AC_FRONT_MAX_UPLOADS && uploader != 0; i++) {
    gint64 *place = &self->shared->uploaders[i];

    if (*place == uploader)
      uploader = 0;
    else if (*place == 0 && free_place == NULL)
      free_place = place;
  }
  if (uploader != 0 && free_place != NULL)
    self->uploader = *free_place = uploader;
  g_mutex_unlock (&self->shared->uploads_lock);
  return self->uploader != 0;
}

static void
give_place_back (AcUpload *self)
{
  g_mutex_lock (&self->shared->uploads_lock);
  for (guint i = 0; i < AC_FRONT_MAX_UPLOADS && self->uploader != 0; i++)
    if (self->shared->uploaders[i] == self->uploader)
      self->shared->uploaders[i] = self->uploader = 0;
  g_mutex_unlock (&self->shared->uploads_lock);
}

gboolean
ac_upload_has_place (const AcUpload *self)
{
  return self->uploader != 0;
}

/* --- Asking --- */

static void
destroy (AcUpload *self)
{
  ac_front_mailbox_unref (self->mailbox);
  ac_front_shared_unref (self->shared);
  g_free (self);
}

static void
on_answer (AcHttpResponse *response, gpointer user_data)
{
  AcUpload *self = user_data;
  AcReply refusal = { .status = 503, .cache_control = "no-store", .retry_after_s = 5 };
  gboolean may = response->status == 100;

  self->asking = FALSE;
  g_atomic_int_add (&self->shared->n_calls, -1);
  if (self->stream == NULL) {
    destroy (self);
  } else if (may && take_place (self, response->uploader)) {
    self->since_s = ac_front_thread_now_s (self->stream->connection->thread);
    ac_stream_upload_answered (self->stream, NULL);
  } else {
    if (!may)
      refusal = ac_api_call_reply (response);
    ac_stream_upload_answered (self->stream, &refusal); /* frees it */
  }
  ac_http_response_clear (response);
}

/* On the main loop. */
static void
ask (gpointer data)
{
  Question *question = data;
  AcFrontShared *shared = question->shared;

  if (!shared->closed && shared->handler.upload != NULL)
    shared->handler.upload (question->exchange, shared->user_data);
  ac_http_exchange_unref (question->exchange);
  ac_front_shared_unref (shared);
  g_free (question);
}

AcUpload *
ac_upload_new (AcStream *stream, const AcHttpRequest *request)
{
  AcFrontThread *thread = stream->connection->thread;
  AcHttpRequest head;
  Question *question;
  AcUpload *self;

  if (!ac_counter_take (&thread->shared->n_calls, AC_FRONT_MAX_CALLS))
    return NULL;
  self = g_new0 (AcUpload, 1);
  self->stream = stream;
  self->shared = ac_front_shared_ref (thread->shared);
  self->mailbox = ac_front_mailbox_ref (thread->mailbox);
  self->asking = TRUE;
  self->link.data = self;
  g_queue_push_tail_link (&thread->uploads, &self->link);

  ac_http_request_copy_head (request, &head);
  question = g_new (Question, 1);
  *question = (Question){
    ac_front_shared_ref (thread->shared),
    ac_http_exchange_new (&head, ac_front_mailbox_executor (self->mailbox), on_answer,
                          self),
  };
  ac_executor_post (thread->shared->main, ask, question);
  return self;
}

void
ac_upload_free (AcUpload *self)
{
  g_queue_unlink (&self->stream->connection->thread->uploads, &self->link);
  give_place_back (self);
  self->stream = NULL;
  if (!self->asking) /* else the answer finds nobody */
    destroy (self);
}

/* --- Time --- */

void
ac_uploads_check (AcFrontThread *thread)
{
  GList *link = thread->uploads.head;

  while (link != NULL) {
    AcUpload *self = link->data;

    link = link->next;
    if (ac_upload_has_place (self) && self->stream->incoming != NULL &&
        ac_upload_is_late (self->since_s, self->stream->incoming->len,
                           ac_front_thread_now_s (thread)))
      ac_stream_upload_late (self->stream);
  }
}
