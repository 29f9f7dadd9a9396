/* webhook_push.h - events to webhooks, signed by Standard Webhooks
 * (https://www.standardwebhooks.com): headers webhook-id, webhook-timestamp and
 * webhook-signature; the body is {"type", "timestamp", "data"}.
 *
 * Each webhook is told one event after the other, in order, until it answers 2xx; a
 * failure is tried again after 5 s, 30 s, 2 min, 10 min, then each hour, with the same
 * webhook-id. 410, or a week of failures, stops it.
 *
 * Threads:   main loop.
 * Ownership: plain; freed after the poster and before the store. */
#pragma once

#include "poster.h"
#include "store.h"

typedef struct _AcWebhookPush AcWebhookPush;

/* @key: see secrets.h
 * @hurry: divides every pause (tests); 1: none */
AcWebhookPush *ac_webhook_push_new (AcStore *store, AcPoster *poster, const gchar *key,
                                    guint hurry);
void ac_webhook_push_free (AcWebhookPush *self);

typedef struct {
  guint64 told;
  guint64 failures;
} AcWebhookPushStats;

void ac_webhook_push_stats (AcWebhookPush *self, AcWebhookPushStats *ret_stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcWebhookPush, ac_webhook_push_free)
