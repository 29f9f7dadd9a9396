#include "statement_push.h"

#include "clock.h"
#include "log.h"

#include <gio/gio.h>
#include <string.h>

#define ENOUGH 100
#define LOOK_MS 5000
#define FIRST_PAUSE_MS 1000
#define LAST_PAUSE_MS 300000
/* Refused statements beyond this are only counted. */
#define REFUSED_MAX 10000

typedef struct {
  gint64 entry;
  gchar id[AC_UUID_CHARS + 1];
  gchar *statement, *why;
} Refusal;

struct _AcStatementPush {
  AcStore *store;
  AcPoster *poster;
  gchar *data_dir, *url, *authorization, *home, *key;
  guint first_pause_ms;

  AcStore *reader; /* of the thread that makes statements; NULL until the first time */
  gboolean making;

  gboolean ready;         /* the feed's row is there */
  AcStatementBatch batch; /* under way; statements NULL: none */
  guint sent;             /* of the batch, what has been answered for good */
  guint at_once;          /* statements in a post: all, or one after a refusal */
  guint in_post;
  guint pause_ms; /* of the next failure */
  guint timer;
  guint jobs; /* in the store */
  gboolean freed;
  AcStatementPushStats stats;
};

static void look_later (AcStatementPush *self, guint ms);

static void
release (AcStatementPush *self)
{
  if (!self->freed || self->jobs > 0 || self->making)
    return;
  ac_statement_batch_clear (&self->batch);
  if (self->reader != NULL)
    ac_store_close (self->reader);
  g_free (self->data_dir);
  g_free (self->url);
  g_free (self->authorization);
  g_free (self->home);
  g_free (self->key);
  g_free (self);
}

/* A failure that may pass. */
static void
try_again (AcStatementPush *self, const gchar *why)
{
  static AcLogLimit limit = { .interval_ms = 60000 };
  guint suppressed;

  self->stats.failures++;
  if (ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, 0,
            "the learning record store is not told, trying again in %u s: %s "
            "(and %u times before)",
            self->pause_ms / 1000, why, suppressed);
  look_later (self, self->pause_ms);
  self->pause_ms = MIN (self->pause_ms * 2, LAST_PAUSE_MS);
}

/* --- How far it has been told --- */

/* Where telling begins: at what is entered from now on. */
static gboolean
open_feed (AcStore *store, gpointer data, GError **error)
{
  g_autoptr (AcStatement) row = NULL;

  if (!ac_store_run (store, error,
                     "INSERT OR IGNORE INTO feeds (name, entry) "
                     "SELECT 'xapi', ifnull (max (seq), 0) FROM ledger",
                     ""))
    return FALSE;
  row = ac_store_prepare (store, "SELECT entry FROM feeds WHERE name = 'xapi'", error);
  if (row == NULL || ac_store_step (store, row, error) != SQLITE_ROW)
    return FALSE;
  *(gint64 *)data = sqlite3_column_int64 (row, 0);
  return TRUE;
}

static void
feed_opened (gpointer data, const GError *error, gpointer user_data)
{
  AcStatementPush *self = user_data;

  self->jobs--;
  if (self->freed) {
    release (self);
    return;
  }
  if (error != NULL) {
    try_again (self, error->message);
    return;
  }
  self->ready = TRUE;
  self->stats.entry = *(gint64 *)data;
  look_later (self, 0);
}

static gboolean
close_batch (AcStore *store, gpointer data, GError **error)
{
  return ac_store_run (store, error, "UPDATE feeds SET entry = ? WHERE name = 'xapi'",
                       "i", *(gint64 *)data);
}

static void
batch_closed (gpointer data, const GError *error, gpointer user_data)
{
  AcStatementPush *self = user_data;
  gboolean finished = self->batch.finished;

  self->jobs--;
  if (self->freed) {
    release (self);
    return;
  }
  if (error != NULL) {
    try_again (self, error->message);
    return;
  }
  self->stats.entry = *(gint64 *)data;
  ac_statement_batch_clear (&self->batch);
  self->pause_ms = self->first_pause_ms;
  look_later (self, finished ? LOOK_MS : 0);
}

/* --- Posts --- */

static void send_next (AcStatementPush *self);

static void
refusal_free (gpointer data)
{
  Refusal *refusal = data;

  g_free (refusal->statement);
  g_free (refusal->why);
  g_free (refusal);
}

static gboolean
keep_refusal (AcStore *store, gpointer data, GError **error)
{
  const Refusal *refusal = data;

  return ac_store_run (
      store, error,
      "INSERT OR IGNORE INTO refused_statements (id, entry, statement, why, wall_ms) "
      "SELECT ?, ?, ?, ?, ? "
      "WHERE (SELECT count (*) FROM refused_statements) < " G_STRINGIFY (REFUSED_MAX),
      "titti", refusal->id, refusal->entry, refusal->statement, refusal->why,
      ac_clock_wall_ms ());
}

static void
refusal_kept (gpointer data, const GError *error, gpointer user_data)
{
  AcStatementPush *self = user_data;

  self->jobs--;
  if (self->freed) {
    release (self);
  } else if (error != NULL) {
    try_again (self, error->message);
  } else {
    self->stats.refused++;
    self->sent++;
    send_next (self);
  }
}

static void
refused (AcStatementPush *self, guint status, const gchar *text)
{
  const AcXapiStatement *statement = self->batch.statements->pdata[self->sent];
  Refusal *refusal;

  if (self->in_post > 1) { /* which one is it? */
    self->at_once = 1;
    send_next (self);
    return;
  }
  ac_log (G_LOG_LEVEL_WARNING, 0,
          "the learning record store refuses statement %s (%u %.200s); it is kept",
          statement->id, status, text);
  refusal = g_new0 (Refusal, 1);
  refusal->entry = self->batch.entry;
  g_strlcpy (refusal->id, statement->id, sizeof refusal->id);
  refusal->statement = g_strdup (statement->json);
  refusal->why = g_strdup_printf ("%u %s", status, text);
  self->jobs++;
  ac_store_write (self->store, keep_refusal, refusal, refusal_free, refusal_kept, self);
}

static gboolean
may_pass (guint status)
{
  return status < 400 || status >= 500 || status == 401 || status == 403 ||
         status == 404 || status == 408 || status == 429;
}

static void
posted (guint status, const gchar *text, gpointer user_data)
{
  AcStatementPush *self = user_data;
  g_autofree gchar *why = NULL;

  /* One of several that the store has says nothing about the others. */
  if ((status >= 200 && status < 300) || (status == 409 && self->in_post == 1)) {
    self->sent += self->in_post;
    self->stats.told += self->in_post;
    send_next (self);
  } else if (may_pass (status)) {
    why = status == 0 ? g_strdup (text)
                      : g_strdup_printf ("it answers %u %.200s", status, text);
    try_again (self, why);
  } else {
    refused (self, status, text);
  }
}

static GBytes *
make_body (AcStatementPush *self)
{
  GString *text = g_string_new ("[");
  gsize length;

  for (guint i = 0; i < self->in_post; i++) {
    const AcXapiStatement *statement = self->batch.statements->pdata[self->sent + i];

    if (i > 0)
      g_string_append_c (text, ',');
    g_string_append (text, statement->json);
  }
  g_string_append_c (text, ']');
  length = text->len;
  return g_bytes_new_take (g_string_free (text, FALSE), length);
}

static void
post (AcStatementPush *self)
{
  g_autoptr (GBytes) body = NULL;
  const AcPosterHeader headers[] = {
    { "X-Experience-API-Version", AC_XAPI_VERSION },
    { self->authorization != NULL ? "Authorization" : NULL, self->authorization },
    { NULL, NULL },
  };

  self->in_post = MIN (self->batch.statements->len - self->sent, self->at_once);
  body = make_body (self);
  if (!ac_poster_send (self->poster,
                       &(AcPost){ self->url, headers, "application/json", body },
                       posted, self))
    try_again (self, "too many posts are under way");
}

static void
send_next (AcStatementPush *self)
{
  if (self->sent < self->batch.statements->len) {
    post (self);
    return;
  }
  self->jobs++;
  ac_store_write (self->store, close_batch,
                  g_memdup2 (&self->batch.entry, sizeof self->batch.entry), g_free,
                  batch_closed, self);
}

/* --- Making statements --- */

static void
make_batch (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AcStatementPush *self = data;
  const AcStatementNames names = { self->home, self->key };
  AcStatementBatch *batch = g_new0 (AcStatementBatch, 1);
  GError *error = NULL;

  if (self->reader == NULL)
    self->reader = ac_store_open_to_read (self->data_dir, &error);
  if (self->reader != NULL &&
      ac_statement_feed_read (self->reader, &names, self->stats.entry, ENOUGH, batch,
                              &error)) {
    g_task_return_pointer (task, batch, g_free);
    return;
  }
  g_free (batch);
  g_task_return_error (task, error);
}

static void
batch_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AcStatementPush *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree AcStatementBatch *batch =
      g_task_propagate_pointer (G_TASK (result), &error);

  self->making = FALSE;
  if (batch != NULL)
    self->batch = *batch;
  if (self->freed) {
    release (self);
  } else if (batch == NULL) {
    try_again (self, error->message);
  } else if (batch->entry == self->stats.entry) {
    ac_statement_batch_clear (&self->batch);
    look_later (self, LOOK_MS);
  } else {
    self->sent = 0;
    self->at_once = batch->statements->len;
    send_next (self);
  }
}

static gboolean
look (gpointer user_data)
{
  AcStatementPush *self = user_data;
  g_autoptr (GTask) task = NULL;

  self->timer = 0;
  if (!self->ready) {
    self->jobs++;
    ac_store_write (self->store, open_feed, g_new0 (gint64, 1), g_free, feed_opened,
                    self);
  } else if (self->batch.statements != NULL) {
    send_next (self); /* the same again */
  } else {
    self->making = TRUE;
    task = g_task_new (NULL, NULL, batch_made, self);
    g_task_set_task_data (task, self, NULL);
    g_task_run_in_thread (task, make_batch);
  }
  return G_SOURCE_REMOVE;
}

static void
look_later (AcStatementPush *self, guint ms)
{
  self->timer = g_timeout_add (ms, look, self);
}

AcStatementPush *
ac_statement_push_new (AcStore *store, AcPoster *poster,
                       const AcStatementPushConfig *config)
{
  AcStatementPush *self = g_new0 (AcStatementPush, 1);

  self->store = store;
  self->poster = poster;
  self->data_dir = g_strdup (config->data_dir);
  self->url = g_strconcat (config->url, g_str_has_suffix (config->url, "/") ? "" : "/",
                           "statements", NULL);
  self->home = g_strdup (config->names.home);
  self->key = g_strdup (config->names.key);
  self->first_pause_ms =
      config->first_pause_ms != 0 ? config->first_pause_ms : FIRST_PAUSE_MS;
  self->pause_ms = self->first_pause_ms;
  if (config->user != NULL) {
    g_autofree gchar *pair = g_strconcat (
        config->user, ":", config->password != NULL ? config->password : "", NULL);
    g_autofree gchar *base64 = g_base64_encode ((const guchar *)pair, strlen (pair));

    self->authorization = g_strconcat ("Basic ", base64, NULL);
  }
  look_later (self, 0);
  return self;
}

void
ac_statement_push_free (AcStatementPush *self)
{
  self->freed = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
  /* The thread's batch comes back before the store goes. */
  while (self->making)
    g_main_context_iteration (NULL, TRUE);
  release (self);
}

void
ac_statement_push_stats (AcStatementPush *self, AcStatementPushStats *ret_stats)
{
  *ret_stats = self->stats;
}
