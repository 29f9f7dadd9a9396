#include "srt_access.h"

#include "clock.h"
#include "stream_key.h"

#include <string.h>

G_STATIC_ASSERT (AC_STREAM_KEY_CHARS <= AC_SRT_PASSPHRASE_MAX_CHARS);

struct _AcSrtAccess {
  AcClassroom *classroom;
  AcKeyGuard *guard;
  gchar *secret; /* (nullable) */
  guint refresh_source;

  GMutex lock;       /* guards the next two */
  GHashTable *view;  /* set of Entry; itself immutable */
  GHashTable *taken; /* place (gint64) -> until when (gint64), monotonic ms */
};

typedef struct {
  guint8 hash[AC_STREAM_KEY_HASH_BYTES]; /* first: what the set goes by */
  gint64 lesson;
  gboolean backup, ended;
  gchar *passphrase; /* (nullable) */
} Entry;

static guint
entry_hash (gconstpointer data)
{
  guint hash;

  memcpy (&hash, data, sizeof hash); /* it is a hash already */
  return hash;
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, AC_STREAM_KEY_HASH_BYTES) == 0;
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->passphrase);
  g_free (entry);
}

static gint64
place_of (gint64 lesson, gboolean backup)
{
  return backup ? -lesson : lesson;
}

typedef struct {
  GHashTable *view;
  const gchar *secret;
} Making;

static void
add_key (const AcLessonKey *key, gpointer user_data)
{
  Making *making = user_data;
  Entry *entry = g_new0 (Entry, 1);

  memcpy (entry->hash, key->hash, sizeof entry->hash);
  entry->lesson = key->lesson;
  entry->backup = key->backup;
  entry->ended = key->state >= AC_LESSON_ENDED;
  if (making->secret != NULL)
    entry->passphrase = ac_stream_key_passphrase (making->secret, key->lesson);
  g_hash_table_add (making->view, entry);
}

static void
make_view (AcSrtAccess *self)
{
  Making making = {
    .view = g_hash_table_new_full (entry_hash, entry_equal, entry_free, NULL),
    .secret = self->secret,
  };
  GHashTable *old;

  ac_classroom_each_key (self->classroom, add_key, &making);
  g_mutex_lock (&self->lock);
  old = self->view;
  self->view = making.view;
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&old, g_hash_table_unref);
}

AcSrtAccess *
ac_srt_access_new (AcClassroom *classroom, AcKeyGuard *guard, const gchar *secret)
{
  AcSrtAccess *self = g_new0 (AcSrtAccess, 1);

  self->classroom = classroom;
  self->guard = guard;
  self->secret = g_strdup (secret);
  g_mutex_init (&self->lock);
  self->taken = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  make_view (self);
  return self;
}

void
ac_srt_access_free (AcSrtAccess *self)
{
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_hash_table_unref (self->view);
  g_hash_table_unref (self->taken);
  g_mutex_clear (&self->lock);
  g_free (self->secret);
  g_free (self);
}

static gboolean
on_refresh (gpointer user_data)
{
  AcSrtAccess *self = user_data;

  self->refresh_source = 0;
  make_view (self);
  return G_SOURCE_REMOVE;
}

/* Once for all that the store committed together, and before anybody can have read the
 * answer that shows a new lesson's key. */
void
ac_srt_access_refresh (AcSrtAccess *self)
{
  if (self->refresh_source == 0)
    self->refresh_source = g_idle_add_full (G_PRIORITY_HIGH, on_refresh, self, NULL);
}

void
ac_srt_access_sent (AcSrtAccess *self, gint64 lesson, gboolean backup)
{
  const gint64 place = place_of (lesson, backup);
  const gint64 until_ms = ac_clock_monotonic_ms () + AC_SRT_ACCESS_TAKEN_MS;
  gint64 *known;

  g_mutex_lock (&self->lock);
  known = g_hash_table_lookup (self->taken, &place);
  if (known != NULL)
    *known = until_ms;
  else
    g_hash_table_insert (self->taken, g_memdup2 (&place, sizeof place),
                         g_memdup2 (&until_ms, sizeof until_ms));
  g_mutex_unlock (&self->lock);
}

void
ac_srt_access_left (AcSrtAccess *self, gint64 lesson, gboolean backup)
{
  const gint64 place = place_of (lesson, backup);

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->taken, &place);
  g_mutex_unlock (&self->lock);
}

/* --- libsrt's thread -------------------------------------------------------------- */

static gboolean
is_taken (AcSrtAccess *self, const Entry *entry)
{
  const gint64 place = place_of (entry->lesson, entry->backup);
  const gint64 *until_ms;
  gboolean taken;

  g_mutex_lock (&self->lock);
  until_ms = g_hash_table_lookup (self->taken, &place);
  taken = until_ms != NULL && ac_clock_monotonic_ms () < *until_ms;
  g_mutex_unlock (&self->lock);
  return taken;
}

static AcSrtVerdict
judge (AcSrtAccess *self, const AcSrtStreamId *id, const Entry *entry)
{
  if (entry == NULL)
    return AC_SRT_UNAUTHORIZED;
  if (id->lesson != 0 && id->lesson != entry->lesson)
    return AC_SRT_FORBIDDEN;
  if (entry->ended)
    return AC_SRT_NOT_FOUND;
  return is_taken (self, entry) ? AC_SRT_CONFLICT : AC_SRT_ADMITTED;
}

static AcSrtVerdict
admit (const AcSrtStreamId *id, const gchar *address, gchar *ret_passphrase,
       gpointer data)
{
  AcSrtAccess *self = data;
  const gint64 now_ms = ac_clock_monotonic_ms ();
  g_autoptr (GHashTable) view = NULL;
  guint8 hash[AC_STREAM_KEY_HASH_BYTES];
  const Entry *entry = NULL;
  AcSrtVerdict verdict;

  if (ac_key_guard_wait_ms (self->guard, address, now_ms) > 0)
    return AC_SRT_OVERLOAD;
  g_mutex_lock (&self->lock);
  view = g_hash_table_ref (self->view);
  g_mutex_unlock (&self->lock);
  if (ac_stream_key_hash (id->key, hash))
    entry = g_hash_table_lookup (view, hash);
  if (entry == NULL)
    ac_key_guard_wrong (self->guard, address, now_ms);
  verdict = judge (self, id, entry);
  if (verdict == AC_SRT_ADMITTED && entry->passphrase != NULL)
    g_strlcpy (ret_passphrase, entry->passphrase, AC_SRT_PASSPHRASE_MAX_CHARS + 1);
  return verdict;
}

AcSrtGate
ac_srt_access_gate (AcSrtAccess *self)
{
  return (AcSrtGate){ .admit = admit, .data = self };
}
