#include "throttle.h"

#include <gio/gio.h>
#include <string.h>

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

/* Returns: (transfer full): @address without its port. */
static gchar *
host_of (const gchar *address)
{
  const gchar *colon = strchr (address, ':');

  if (address[0] == '[')
    return g_strndup (address + 1, strcspn (address + 1, "]"));
  if (colon != NULL && strchr (colon + 1, ':') == NULL)
    return g_strndup (address, (gsize)(colon - address));
  return g_strdup (address);
}

/* ::ffff:192.0.2.1, as a socket for both families tells it */
static gboolean
is_mapped (const guint8 *bytes)
{
  static const guint8 prefix[12] = { [10] = 0xff, [11] = 0xff };

  return memcmp (bytes, prefix, sizeof prefix) == 0;
}

gchar *
ac_throttle_address_key (const gchar *address)
{
  g_autofree gchar *host = host_of (address != NULL ? address : "");
  g_autoptr (GInetAddress) parsed = g_inet_address_new_from_string (host);
  const guint8 *bytes;

  if (parsed == NULL || g_inet_address_get_family (parsed) != G_SOCKET_FAMILY_IPV6)
    return g_strndup (host, 64);
  bytes = g_inet_address_to_bytes (parsed);
  if (is_mapped (bytes))
    return g_strdup_printf ("%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
  return g_strdup_printf ("%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", bytes[0],
                          bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6],
                          bytes[7]);
}
