#include "carried_over.h"

/* Sessions that were seen after the start; more get nothing. */
#define HOLDERS_MAX 65536

typedef struct {
  gint64 lesson, session;
} Key;

/* A session in a lesson, and what was granted to it. */
typedef struct {
  Key key;
  AcIntervalSet *granted; /* NULL: it was not there before */
} Holder;

struct _AcCarriedOver {
  AcStore *store;
  gint64 started_ms;
  gchar *boot;
  GHashTable *published; /* lesson (gint64) -> milliseconds (gint64) */
  GHashTable *holders;   /* Key -> Holder */
};

static guint
key_hash (gconstpointer data)
{
  const Key *key = data;

  return g_int64_hash (&key->lesson) * 31 + g_int64_hash (&key->session);
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *x = a, *y = b;

  return x->lesson == y->lesson && x->session == y->session;
}

static void
holder_free (gpointer data)
{
  Holder *holder = data;

  g_clear_pointer (&holder->granted, ac_interval_set_unref);
  g_free (holder);
}

AcCarriedOver *
ac_carried_over_new (AcStore *store, gint64 started_ms, const gchar *boot)
{
  AcCarriedOver *self = g_new0 (AcCarriedOver, 1);

  self->store = store;
  self->started_ms = started_ms;
  self->boot = g_strdup (boot);
  self->published = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->holders = g_hash_table_new_full (key_hash, key_equal, NULL, holder_free);
  return self;
}

void
ac_carried_over_free (AcCarriedOver *self)
{
  g_hash_table_unref (self->published);
  g_hash_table_unref (self->holders);
  g_free (self->boot);
  g_free (self);
}

void
ac_carried_over_lesson (AcCarriedOver *self, gint64 lesson, gint64 published_ms)
{
  g_hash_table_replace (self->published, g_memdup2 (&lesson, sizeof lesson),
                        g_memdup2 (&published_ms, sizeof published_ms));
}

/* A reading of another boot is from before, whatever it says. */
static gboolean
was_there (AcCarriedOver *self, const Key *key)
{
  gboolean screen = key->session < 0;
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store,
      screen ? "SELECT 1 FROM screen_presence WHERE screen = ? AND lesson = ? "
               "  AND (boot <> ? OR opened_ms < ?)"
             : "SELECT 1 FROM presence WHERE session = ? AND lesson = ? "
               "  AND (boot <> ? OR opened_ms < ?)",
      NULL);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iiti", ABS (key->session), key->lesson, self->boot,
                     self->started_ms);
  return ac_store_step (self->store, statement, NULL) == SQLITE_ROW;
}

static Holder *
find_holder (AcCarriedOver *self, const Key *key)
{
  Holder *holder = g_hash_table_lookup (self->holders, key);

  if (holder != NULL || g_hash_table_size (self->holders) >= HOLDERS_MAX)
    return holder;
  holder = g_new0 (Holder, 1);
  holder->key = *key;
  if (was_there (self, key))
    holder->granted = ac_interval_set_new ();
  g_hash_table_insert (self->holders, &holder->key, holder);
  return holder;
}

/* Whole or not at all: half a beat is no buffer's content. */
static gboolean
grant (Holder *holder, gint64 start_ms, gint64 end_ms)
{
  g_autoptr (AcIntervalSet) more = ac_interval_set_copy (holder->granted);

  ac_interval_set_add (more, start_ms, end_ms);
  if (ac_interval_set_measure (more) > AC_CARRIED_OVER_MAX_MS)
    return FALSE;
  ac_interval_set_add (holder->granted, start_ms, end_ms);
  return TRUE;
}

gboolean
ac_carried_over_extend (AcCarriedOver *self, gint64 lesson, gint64 session,
                        AcInterval claim, AcInterval *served)
{
  const gint64 *published_ms = g_hash_table_lookup (self->published, &lesson);
  gint64 end_ms = published_ms != NULL ? MIN (*published_ms, claim.end_ms) : 0;
  Holder *holder = NULL;

  if (served->end_ms <= served->start_ms)
    *served = (AcInterval){ claim.start_ms, claim.start_ms };
  if (end_ms > claim.start_ms &&
      (served->start_ms > claim.start_ms || served->end_ms < end_ms))
    holder = find_holder (self, &(Key){ lesson, session });
  if (holder != NULL && holder->granted != NULL) {
    if (served->start_ms > claim.start_ms && served->start_ms <= end_ms &&
        grant (holder, claim.start_ms, served->start_ms))
      served->start_ms = claim.start_ms;
    if (served->end_ms < end_ms && grant (holder, served->end_ms, end_ms))
      served->end_ms = end_ms;
  }
  return served->end_ms > served->start_ms;
}
