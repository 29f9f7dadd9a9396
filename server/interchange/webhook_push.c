#include "webhook_push.h"

#include "clock.h"
#include "log.h"
#include "secrets.h"
#include "webhook.h"

#include <string.h>

#define LOOK_MS 2000
#define GIVE_UP_MS (G_GINT64_CONSTANT (7) * 24 * 60 * 60 * 1000)

static const gint64 pauses_ms[] = { 5000, 30000, 120000, 600000, 3600000 };

struct _AcWebhookPush {
  AcStore *store;
  AcPoster *poster;
  gchar *key;
  guint hurry;
  GHashTable *under_way; /* webhook: its Delivery, until it is noted */
  gboolean gathering;
  guint timer;
  gboolean freed;
  guint jobs; /* in the store */
  AcWebhookPushStats stats;
};

/* One event on its way to one webhook, and what became of it. */
typedef struct {
  AcWebhookPush *push;
  gint64 webhook, event;
  gboolean told, gone;
  gint64 next_ms, wall_ms;
  gchar *why;
} Delivery;

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  g_free (delivery->why);
  g_free (delivery);
}

static void
release (AcWebhookPush *self)
{
  if (!self->freed || self->jobs > 0)
    return;
  g_hash_table_unref (self->under_way);
  g_free (self->key);
  g_free (self);
}

static void tell_all (AcWebhookPush *self);

static void
complain (const GError *error)
{
  static AcLogLimit limit = { .interval_ms = 60000 };
  guint suppressed;

  if (ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, 0, "webhooks are not told: %s (and %u times before)",
            error->message, suppressed);
}

/* --- What became of it --- */

static gboolean
note_delivery (AcStore *store, gpointer data, GError **error)
{
  const Delivery *delivery = data;

  if (delivery->told)
    return ac_store_run (store, error,
                         "UPDATE webhooks SET event = ?, tries = 0, next_ms = 0, "
                         "failing_ms = NULL, last_error = NULL WHERE id = ?",
                         "ii", delivery->event, delivery->webhook);
  return ac_store_run (
      store, error,
      "UPDATE webhooks SET tries = tries + 1, next_ms = ?1, last_error = ?2, "
      "failing_ms = ifnull (failing_ms, ?3), stopped_ms = CASE WHEN ?4 OR "
      "  ifnull (failing_ms, ?3) < ?3 - ?5 THEN ?3 END WHERE id = ?6",
      "itidii", delivery->next_ms, delivery->why, delivery->wall_ms, delivery->gone,
      GIVE_UP_MS, delivery->webhook);
}

static void
delivery_noted (gpointer data, const GError *error, gpointer user_data)
{
  const Delivery *delivery = data;
  AcWebhookPush *self = user_data;
  gboolean told;

  self->jobs--;
  if (self->freed) {
    release (self);
    return;
  }
  told = delivery->told && error == NULL;
  g_hash_table_remove (self->under_way, &delivery->webhook);
  if (error != NULL)
    complain (error);
  if (told)
    tell_all (self); /* the next one at once */
}

static void
posted (guint status, const gchar *text, gpointer user_data)
{
  Delivery *delivery = user_data;
  AcWebhookPush *self = delivery->push;

  delivery->told = status >= 200 && status < 300;
  delivery->gone = status == 410;
  if (delivery->told) {
    self->stats.told++;
  } else {
    self->stats.failures++;
    delivery->why = status == 0
                        ? g_strdup (text)
                        : g_strdup_printf ("it answers %u %.200s", status, text);
    ac_log (G_LOG_LEVEL_INFO, 0, "webhook %" G_GINT64_FORMAT " is not told: %s",
            delivery->webhook, delivery->why);
  }
  self->jobs++;
  ac_store_write (self->store, note_delivery, delivery, NULL, delivery_noted, self);
}

/* --- Telling --- */

static GBytes *
make_body (const AcWebhookEvent *event)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (event->wall_ms / 1000);
  g_autofree gchar *when = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
  gchar *text = g_strdup_printf ("{\"type\":\"%s\",\"timestamp\":\"%s\",\"data\":%s}",
                                 event->type, when, event->data);

  return g_bytes_new_take (text, strlen (text));
}

static gboolean
send_event (AcWebhookPush *self, const AcWebhook *webhook, const AcWebhookEvent *event,
            Delivery *delivery)
{
  g_autoptr (GBytes) body = make_body (event);
  g_autofree gchar *id = g_strconcat ("evt_", event->uid, NULL);
  gint64 now_s = ac_clock_wall_ms () / 1000;
  g_autofree gchar *timestamp = g_strdup_printf ("%" G_GINT64_FORMAT, now_s);
  g_autofree gchar *signature =
      ac_secret_sign (self->key, webhook->uid, id, now_s, body);
  const AcPosterHeader headers[] = {
    { "webhook-id", id },
    { "webhook-timestamp", timestamp },
    { "webhook-signature", signature },
    { NULL, NULL },
  };

  return ac_poster_send (self->poster,
                         &(AcPost){ webhook->url, headers, "application/json", body },
                         posted, delivery);
}

static void
tell (AcWebhookPush *self, const AcWebhook *webhook, gint64 now_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcWebhookEvent) event =
      ac_webhook_next_event (self->store, webhook, &error);
  gint64 pause_ms =
      pauses_ms[MIN (webhook->tries, (gint64)G_N_ELEMENTS (pauses_ms) - 1)];
  Delivery *delivery;

  if (error != NULL)
    complain (error);
  if (event == NULL)
    return;
  delivery = g_new0 (Delivery, 1);
  delivery->push = self;
  delivery->webhook = webhook->id;
  delivery->event = event->id;
  delivery->wall_ms = now_ms;
  delivery->next_ms = now_ms + pause_ms / self->hurry;
  if (send_event (self, webhook, event, delivery))
    g_hash_table_insert (self->under_way, &delivery->webhook, delivery);
  else
    delivery_free (delivery); /* too many are under way: at the next look */
}

/* The wall clock may have been set back: no pause is longer than an hour. */
static gboolean
is_due (const AcWebhook *webhook, gint64 now_ms)
{
  return webhook->next_ms <= now_ms ||
         webhook->next_ms > now_ms + pauses_ms[G_N_ELEMENTS (pauses_ms) - 1];
}

static void
tell_all (AcWebhookPush *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) webhooks = ac_webhook_list (self->store, &error);
  gint64 now_ms = ac_clock_wall_ms ();

  if (error != NULL)
    complain (error);
  for (guint i = 0; webhooks != NULL && i < webhooks->len; i++) {
    const AcWebhook *webhook = webhooks->pdata[i];

    if (!webhook->stopped && is_due (webhook, now_ms) &&
        !g_hash_table_contains (self->under_way, &webhook->id))
      tell (self, webhook, now_ms);
  }
}

static gboolean
gather (AcStore *store, gpointer data, GError **error)
{
  return ac_webhook_gather (store, ac_clock_wall_ms (), data, error);
}

static void look (AcWebhookPush *self);

static void
gathered (gpointer data, const GError *error, gpointer user_data)
{
  AcWebhookPush *self = user_data;
  const gboolean *more = data;

  self->jobs--;
  self->gathering = FALSE;
  if (self->freed) {
    release (self);
    return;
  }
  if (error != NULL)
    complain (error);
  tell_all (self);
  if (error == NULL && *more)
    look (self);
}

static void
look (AcWebhookPush *self)
{
  if (self->gathering)
    return;
  self->gathering = TRUE;
  self->jobs++;
  ac_store_write (self->store, gather, g_new0 (gboolean, 1), g_free, gathered, self);
}

/* Whoever has no webhooks pays one read for it. */
static gboolean
look_again (gpointer user_data)
{
  AcWebhookPush *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) webhooks = ac_webhook_list (self->store, &error);

  if (webhooks != NULL && webhooks->len > 0)
    look (self);
  return G_SOURCE_CONTINUE;
}

AcWebhookPush *
ac_webhook_push_new (AcStore *store, AcPoster *poster, const gchar *key, guint hurry)
{
  AcWebhookPush *self = g_new0 (AcWebhookPush, 1);

  self->store = store;
  self->poster = poster;
  self->key = g_strdup (key);
  self->hurry = hurry;
  self->under_way =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, delivery_free);
  self->timer = g_timeout_add (LOOK_MS / hurry, look_again, self);
  return self;
}

void
ac_webhook_push_free (AcWebhookPush *self)
{
  self->freed = TRUE;
  g_source_remove (self->timer);
  release (self);
}

void
ac_webhook_push_stats (AcWebhookPush *self, AcWebhookPushStats *ret_stats)
{
  *ret_stats = self->stats;
}
