#include "throttle.h"

typedef struct {
  gchar *key;
  guint failures;
  gint64 forgiven_ms; /* up to when forgiving was counted */
  gint64 last_ms;     /* last attempt */
  GList link;         /* in recent, its data this entry */
} Entry;

struct _AcThrottle {
  AcThrottleRule rule;
  GHashTable *entries; /* key -> Entry */
  GQueue recent;       /* most recently touched first */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_free (entry);
}

AcThrottle *
ac_throttle_new (const AcThrottleRule *rule)
{
  AcThrottle *self = g_new0 (AcThrottle, 1);

  self->rule = *rule;
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  g_queue_init (&self->recent);
  return self;
}

void
ac_throttle_free (AcThrottle *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static void
forget (AcThrottle *self, Entry *entry)
{
  g_queue_unlink (&self->recent, &entry->link);
  g_hash_table_remove (self->entries, entry->key);
}

/* Returns: (nullable): the entry with what time has forgiven taken off. */
static Entry *
lookup (AcThrottle *self, const gchar *key, gint64 now_ms)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);
  gint64 n_forgiven;

  if (entry == NULL)
    return NULL;
  n_forgiven = MAX (now_ms - entry->forgiven_ms, 0) / self->rule.forgive_ms;
  if (n_forgiven >= entry->failures) {
    forget (self, entry);
    return NULL;
  }
  entry->failures -= (guint)n_forgiven;
  entry->forgiven_ms += n_forgiven * self->rule.forgive_ms;
  return entry;
}

gint64
ac_throttle_wait_ms (AcThrottle *self, const gchar *key, gint64 now_ms)
{
  Entry *entry = lookup (self, key, now_ms);
  gint64 wait_ms;
  guint doublings;

  if (entry == NULL || entry->failures <= self->rule.n_free)
    return 0;
  doublings = MIN (entry->failures - self->rule.n_free - 1, 30);
  wait_ms = MIN (self->rule.wait_ms << doublings, self->rule.wait_max_ms);
  return MAX (entry->last_ms + wait_ms - now_ms, 0);
}

static Entry *
add (AcThrottle *self, const gchar *key, gint64 now_ms)
{
  Entry *entry = g_new0 (Entry, 1);

  if (self->recent.length >= AC_THROTTLE_KEYS_MAX)
    forget (self, g_queue_peek_tail (&self->recent));
  entry->key = g_strdup (key);
  entry->forgiven_ms = now_ms;
  entry->link.data = entry;
  g_queue_push_head_link (&self->recent, &entry->link);
  g_hash_table_insert (self->entries, entry->key, entry);
  return entry;
}

void
ac_throttle_begin (AcThrottle *self, const gchar *key, gint64 now_ms)
{
  Entry *entry = lookup (self, key, now_ms);

  if (entry == NULL) {
    entry = add (self, key, now_ms);
  } else {
    g_queue_unlink (&self->recent, &entry->link);
    g_queue_push_head_link (&self->recent, &entry->link);
  }
  entry->failures++;
  entry->last_ms = now_ms;
}

void
ac_throttle_take_back (AcThrottle *self, const gchar *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry != NULL && --entry->failures == 0)
    forget (self, entry);
}

void
ac_throttle_forget (AcThrottle *self, const gchar *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry != NULL)
    forget (self, entry);
}

guint
ac_throttle_n_keys (AcThrottle *self)
{
  return g_hash_table_size (self->entries);
}
