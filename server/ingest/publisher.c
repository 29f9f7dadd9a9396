/* The lock of a handover guards its `news` and the queues of its publishers. The source
 * on the main loop is woken by its ready time, which any thread may set.
 *
 * A publisher in `news` has something that the main loop has not been told; it is in
 * there once, and referenced. One that was requested() and not closed() is in
 * `known`, and referenced there too. */

#include "handover.h"

#include "flv_kind.h"
#include "log.h"

struct _AcHandover {
  AcPublisherKind kind;
  AcPublisherHandler handler;
  gpointer user_data;
  AcExecutor ingest;
  AcVerdictFunc verdict;

  GMutex lock;
  GQueue news; /* AcPublisher; under lock */

  GSource *source;  /* main, but for its ready time */
  GPtrArray *known; /* AcPublisher; main */
  gboolean stopped; /* main */
};

struct _AcPublisher {
  AcHandover *handover;
  gchar *stream_key; /* main; NULL when it has been told */
  gchar *address;
  gpointer link; /* ingest */

  /* under the handover's lock */
  AcPublisherUnit tags[AC_PUBLISHER_MAX_TAGS]; /* a ring */
  guint first_tag;
  guint n_tags;
  gsize bytes;
  gboolean dropping_video;
  gboolean in_news;
  gchar *closed; /* the reason */
  AcLinkStats link_stats;
  gboolean has_link_stats;

  /* main */
  gpointer data;
  gboolean over; /* refused, or closed from here */
  gboolean told_closed;
};

typedef struct {
  GSource source;
  AcHandover *handover;
} NewsSource;

/* What one turn of the main loop tells of one publisher. */
typedef struct {
  AcPublisherUnit tags[AC_PUBLISHER_BATCH];
  guint n_tags;
  const gchar *closed;
} Batch;

static void
handover_clear (gpointer data)
{
  AcHandover *self = data;

  g_ptr_array_unref (self->known);
  g_mutex_clear (&self->lock);
}

AcHandover *
ac_handover_ref (AcHandover *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
ac_handover_unref (AcHandover *self)
{
  g_atomic_rc_box_release_full (self, handover_clear);
}

static void
publisher_clear (gpointer data)
{
  AcPublisher *self = data;

  for (; self->n_tags > 0; self->n_tags--) {
    g_bytes_unref (self->tags[self->first_tag].body);
    self->first_tag = (self->first_tag + 1) % AC_PUBLISHER_MAX_TAGS;
  }
  g_free (self->stream_key);
  g_free (self->address);
  g_free (self->closed);
  ac_handover_unref (self->handover);
}

AcPublisher *
ac_publisher_ref (AcPublisher *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
ac_publisher_unref (AcPublisher *self)
{
  g_atomic_rc_box_release_full (self, publisher_clear);
}

/* Under the lock. */
static void
add_news (AcPublisher *self)
{
  AcHandover *handover = self->handover;

  if (self->in_news)
    return;
  self->in_news = TRUE;
  g_queue_push_tail (&handover->news, ac_publisher_ref (self));
  g_source_set_ready_time (handover->source, 0);
}

/* Under the lock. Moves out what fits in a batch; the rest stays news. */
static void
take_batch (AcPublisher *self, Batch *batch)
{
  batch->n_tags = MIN (self->n_tags, AC_PUBLISHER_BATCH);
  for (guint i = 0; i < batch->n_tags; i++) {
    batch->tags[i] = self->tags[self->first_tag];
    self->bytes -= g_bytes_get_size (batch->tags[i].body);
    self->first_tag = (self->first_tag + 1) % AC_PUBLISHER_MAX_TAGS;
  }
  self->n_tags -= batch->n_tags;
  batch->closed = self->n_tags == 0 ? self->closed : NULL;
  self->in_news = FALSE;
  if (self->n_tags > 0)
    add_news (self);
}

static void
tell_closed (AcPublisher *self, const gchar *reason)
{
  AcHandover *handover = self->handover;

  if (self->told_closed)
    return;
  self->told_closed = TRUE;
  handover->handler.closed (self, reason, handover->user_data);
  g_ptr_array_remove_fast (handover->known, self);
}

/* The order is that of the events; any handler may stop the handover. */
static void
tell (AcPublisher *self, const Batch *batch)
{
  AcHandover *handover = self->handover;
  g_autofree gchar *stream_key = g_steal_pointer (&self->stream_key);

  if (stream_key != NULL && batch->closed != NULL) {
    self->told_closed = TRUE; /* it was gone before anyone was asked */
    return;
  }
  if (stream_key != NULL) {
    g_ptr_array_add (handover->known, ac_publisher_ref (self));
    handover->handler.requested (self, stream_key, handover->user_data);
  }
  if (batch->n_tags > 0 && !self->over && !self->told_closed)
    handover->handler.tags (self, batch->tags, batch->n_tags, handover->user_data);
  if (batch->closed != NULL)
    tell_closed (self, batch->closed);
}

static gboolean
news_dispatch (GSource *source, GSourceFunc unused, gpointer unused_data)
{
  g_autoptr (AcHandover) self = ac_handover_ref (((NewsSource *)source)->handover);
  g_autoptr (AcPublisher) publisher = NULL;
  Batch batch = { .n_tags = 0 };

  g_mutex_lock (&self->lock);
  publisher = g_queue_pop_head (&self->news);
  if (publisher != NULL)
    take_batch (publisher, &batch);
  g_source_set_ready_time (source, g_queue_is_empty (&self->news) ? -1 : 0);
  g_mutex_unlock (&self->lock);

  if (publisher != NULL)
    tell (publisher, &batch);
  for (guint i = 0; i < batch.n_tags; i++)
    g_bytes_unref (batch.tags[i].body);
  return self->stopped ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

AcHandover *
ac_handover_new (AcPublisherKind kind, const AcPublisherHandler *handler,
                 gpointer user_data, AcExecutor ingest, AcVerdictFunc verdict)
{
  static GSourceFuncs funcs = { .dispatch = news_dispatch };
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  AcHandover *self = g_atomic_rc_box_new0 (AcHandover);

  self->kind = kind;
  self->handler = *handler;
  self->user_data = user_data;
  self->ingest = ingest;
  self->verdict = verdict;
  g_mutex_init (&self->lock);
  g_queue_init (&self->news);
  self->known = g_ptr_array_new_with_free_func ((GDestroyNotify)ac_publisher_unref);

  self->source = g_source_new (&funcs, sizeof (NewsSource));
  ((NewsSource *)self->source)->handover = self;
  g_source_set_static_name (self->source, "ac-ingest-news");
  g_source_attach (self->source, context);
  return self;
}

void
ac_handover_stop (AcHandover *self, const gchar *reason)
{
  g_autoptr (GPtrArray) open = NULL;
  AcPublisher *publisher;

  if (self->stopped)
    return;
  self->stopped = TRUE;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  while ((publisher = g_queue_pop_head (&self->news)) != NULL)
    ac_publisher_unref (publisher);

  open = g_ptr_array_new_with_free_func ((GDestroyNotify)ac_publisher_unref);
  for (guint i = 0; i < self->known->len; i++)
    g_ptr_array_add (open, ac_publisher_ref (g_ptr_array_index (self->known, i)));
  for (guint i = 0; i < open->len; i++) {
    publisher = g_ptr_array_index (open, i);
    tell_closed (publisher, publisher->closed != NULL ? publisher->closed : reason);
  }
}

AcPublisher *
ac_publisher_new (AcHandover *handover, const gchar *stream_key, const gchar *address,
                  gpointer link)
{
  AcPublisher *self = g_atomic_rc_box_new0 (AcPublisher);

  self->handover = ac_handover_ref (handover);
  self->stream_key = g_strdup (stream_key);
  self->address = g_strdup (address);
  self->link = link;
  g_mutex_lock (&handover->lock);
  add_news (self);
  g_mutex_unlock (&handover->lock);
  return self;
}

/* Under the lock. */
static gboolean
has_room (AcPublisher *self, AcFlvKind kind, gsize size)
{
  const guint reserve = kind == AC_FLV_SETUP ? 0 : AC_PUBLISHER_RESERVE;

  return self->n_tags < AC_PUBLISHER_MAX_TAGS - reserve &&
         self->bytes + size <=
             AC_PUBLISHER_MAX_BYTES +
                 (kind == AC_FLV_SETUP ? AC_PUBLISHER_RESERVE_BYTES : 0);
}

/* Under the lock.
 * Returns: whether the tag may be queued. */
static gboolean
decide (AcPublisher *self, AcFlvKind kind, gsize size)
{
  if (!has_room (self, kind, size)) {
    if (kind == AC_FLV_VIDEO_KEY || kind == AC_FLV_VIDEO)
      self->dropping_video = TRUE;
    return FALSE;
  }
  if (kind == AC_FLV_VIDEO_KEY)
    self->dropping_video = FALSE;
  return kind != AC_FLV_VIDEO || !self->dropping_video;
}

gboolean
ac_publisher_push_tag (AcPublisher *self, const AcPublisherUnit *tag)
{
  static AcLogLimit limit = { .interval_ms = 10000 };
  const AcFlvKind kind = ac_flv_kind (tag->type, tag->body);
  const gsize size = g_bytes_get_size (tag->body);
  gboolean queued;
  guint suppressed;

  g_mutex_lock (&self->handover->lock);
  queued = decide (self, kind, size);
  if (queued) {
    AcPublisherUnit *slot =
        &self->tags[(self->first_tag + self->n_tags++) % AC_PUBLISHER_MAX_TAGS];
    *slot = *tag;
    g_bytes_ref (slot->body);
    self->bytes += size;
    add_news (self);
  }
  g_mutex_unlock (&self->handover->lock);

  if (!queued && ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, 0,
            "the main loop is behind: media of %s is dropped (%u tags more since the "
            "last message)",
            self->address, suppressed);
  return queued || kind != AC_FLV_SETUP;
}

void
ac_publisher_push_closed (AcPublisher *self, const gchar *reason)
{
  self->link = NULL;
  g_mutex_lock (&self->handover->lock);
  if (self->closed == NULL) {
    self->closed = g_strdup (reason);
    add_news (self);
  }
  g_mutex_unlock (&self->handover->lock);
}

gpointer
ac_publisher_link (AcPublisher *self)
{
  return self->link;
}

typedef struct {
  AcPublisher *publisher;
  AcVerdict verdict;
  gchar *reason;
} Ruling;

static void
run_ruling (gpointer data)
{
  Ruling *ruling = data;

  ruling->publisher->handover->verdict (ruling->publisher, ruling->verdict,
                                        ruling->reason);
  ac_publisher_unref (ruling->publisher);
  g_free (ruling->reason);
  g_free (ruling);
}

static void
rule (AcPublisher *self, AcVerdict verdict, const gchar *reason)
{
  Ruling *ruling;

  if (self->told_closed || self->handover->stopped)
    return;
  self->over = self->over || verdict != AC_VERDICT_ACCEPT;
  ruling = g_new (Ruling, 1);
  *ruling = (Ruling){ ac_publisher_ref (self), verdict, g_strdup (reason) };
  ac_executor_post (self->handover->ingest, run_ruling, ruling);
}

void
ac_publisher_accept (AcPublisher *self)
{
  rule (self, AC_VERDICT_ACCEPT, NULL);
}

void
ac_publisher_refuse (AcPublisher *self, const gchar *reason)
{
  rule (self, AC_VERDICT_REFUSE, reason);
}

void
ac_publisher_close (AcPublisher *self, const gchar *reason)
{
  rule (self, AC_VERDICT_CLOSE, reason);
}

const gchar *
ac_publisher_address (AcPublisher *self)
{
  return self->address;
}

gpointer
ac_publisher_data (AcPublisher *self)
{
  return self->data;
}

void
ac_publisher_set_data (AcPublisher *self, gpointer data)
{
  self->data = data;
}

AcPublisherKind
ac_publisher_kind (AcPublisher *self)
{
  return self->handover->kind;
}

void
ac_publisher_set_link_stats (AcPublisher *self, const AcLinkStats *stats)
{
  g_mutex_lock (&self->handover->lock);
  self->link_stats = *stats;
  self->has_link_stats = TRUE;
  g_mutex_unlock (&self->handover->lock);
}

gboolean
ac_publisher_link_stats (AcPublisher *self, AcLinkStats *ret_stats)
{
  gboolean has;

  g_mutex_lock (&self->handover->lock);
  has = self->has_link_stats;
  if (has)
    *ret_stats = self->link_stats;
  g_mutex_unlock (&self->handover->lock);
  return has;
}
