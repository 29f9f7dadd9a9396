/* Each pair keeps its served time as sorted, disjoint ranges. A player that watches
 * through has one; every jump that leaves a hole adds one. */
#include "delivered.h"

#include <string.h>

#define N_SHARDS 16
#define MAX_PAIRS 65536
/* When a pair has more, its smallest hole is closed: delivery is an upper bound on
 * what is credited, so forgetting a hole is kinder than forgetting evidence. */
#define MAX_RANGES 128

typedef struct {
  gint64 start_ms, end_ms;
} Range;

typedef struct {
  gint64 lesson, subject; /* the key: first in the struct */
  GList link;             /* in the shard's order of use, the latest first */
  guint n_ranges, n_allocated;
  Range *ranges;
} Pair;

typedef struct {
  GMutex lock;       /* guards what follows */
  GHashTable *pairs; /* Pair to itself */
  GQueue used;
} Shard;

struct _AcDelivered {
  gatomicrefcount refs;
  gint n_pairs; /* atomic: over all shards */
  Shard shards[N_SHARDS];
};

static guint
pair_hash (gconstpointer data)
{
  const Pair *pair = data;
  guint64 mixed = (guint64)pair->lesson * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) +
                  (guint64)pair->subject;

  mixed = (mixed ^ (mixed >> 32)) * G_GUINT64_CONSTANT (0xd6e8feb86659fd93);
  return mixed ^ (mixed >> 32);
}

static gboolean
pair_equal (gconstpointer one, gconstpointer other)
{
  const Pair *a = one, *b = other;

  return a->lesson == b->lesson && a->subject == b->subject;
}

static void
pair_free (gpointer data)
{
  Pair *pair = data;

  g_free (pair->ranges);
  g_free (pair);
}

AcDelivered *
ac_delivered_new (void)
{
  AcDelivered *self = g_new0 (AcDelivered, 1);

  g_atomic_ref_count_init (&self->refs);
  for (guint i = 0; i < N_SHARDS; i++) {
    g_mutex_init (&self->shards[i].lock);
    self->shards[i].pairs =
        g_hash_table_new_full (pair_hash, pair_equal, NULL, pair_free);
  }
  return self;
}

AcDelivered *
ac_delivered_ref (AcDelivered *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ac_delivered_unref (AcDelivered *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; i < N_SHARDS; i++) {
    g_hash_table_unref (self->shards[i].pairs);
    g_mutex_clear (&self->shards[i].lock);
  }
  g_free (self);
}

static Shard *
shard_of (AcDelivered *self, const Pair *key)
{
  return &self->shards[(pair_hash (key) >> 20) % N_SHARDS];
}

/* Called with the shard locked. */
static Pair *
find_pair (Shard *shard, const Pair *key)
{
  Pair *pair = g_hash_table_lookup (shard->pairs, key);

  if (pair != NULL && shard->used.head != &pair->link) {
    g_queue_unlink (&shard->used, &pair->link);
    g_queue_push_head_link (&shard->used, &pair->link);
  }
  return pair;
}

/* Called with the shard locked. The bound is over all shards, so that an uneven spread
 * of keys costs nobody a place; the one that goes is the oldest of this shard. */
static Pair *
add_pair (AcDelivered *self, Shard *shard, const Pair *key)
{
  Pair *pair = g_new0 (Pair, 1);

  pair->lesson = key->lesson;
  pair->subject = key->subject;
  pair->link.data = pair;
  if (g_atomic_int_add (&self->n_pairs, 1) >= MAX_PAIRS && shard->used.tail != NULL) {
    Pair *oldest = shard->used.tail->data;

    g_queue_unlink (&shard->used, &oldest->link);
    g_hash_table_remove (shard->pairs, oldest);
    g_atomic_int_add (&self->n_pairs, -1);
  }
  g_hash_table_add (shard->pairs, pair);
  g_queue_push_head_link (&shard->used, &pair->link);
  return pair;
}

/* Returns: the first range that ends at @at_ms or later; n_ranges when none does. */
static guint
find_range (const Pair *pair, gint64 at_ms)
{
  guint low = 0, high = pair->n_ranges;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (pair->ranges[middle].end_ms < at_ms)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void
remove_ranges (Pair *pair, guint first, guint n)
{
  memmove (pair->ranges + first, pair->ranges + first + n,
           (pair->n_ranges - first - n) * sizeof (Range));
  pair->n_ranges -= n;
}

static void
close_smallest_hole (Pair *pair)
{
  guint smallest = 0;

  for (guint i = 1; i + 1 < pair->n_ranges; i++)
    if (pair->ranges[i + 1].start_ms - pair->ranges[i].end_ms <
        pair->ranges[smallest + 1].start_ms - pair->ranges[smallest].end_ms)
      smallest = i;
  pair->ranges[smallest].end_ms = pair->ranges[smallest + 1].end_ms;
  remove_ranges (pair, smallest + 1, 1);
}

static void
insert_range (Pair *pair, guint at, Range range)
{
  if (pair->n_ranges == pair->n_allocated) {
    pair->n_allocated = MAX (2, pair->n_allocated * 2);
    pair->ranges = g_renew (Range, pair->ranges, pair->n_allocated);
  }
  memmove (pair->ranges + at + 1, pair->ranges + at,
           (pair->n_ranges - at) * sizeof (Range));
  pair->ranges[at] = range;
  pair->n_ranges++;
}

static void
merge_range (Pair *pair, Range range)
{
  guint first = find_range (pair, range.start_ms);
  guint after = first;

  while (after < pair->n_ranges && pair->ranges[after].start_ms <= range.end_ms) {
    range.start_ms = MIN (range.start_ms, pair->ranges[after].start_ms);
    range.end_ms = MAX (range.end_ms, pair->ranges[after].end_ms);
    after++;
  }
  if (after > first) {
    pair->ranges[first] = range;
    remove_ranges (pair, first + 1, after - first - 1);
    return;
  }
  insert_range (pair, first, range);
  if (pair->n_ranges > MAX_RANGES)
    close_smallest_hole (pair);
}

void
ac_delivered_note (AcDelivered *self, gint64 lesson, gint64 subject, gint64 start_ms,
                   gint64 end_ms)
{
  const Pair key = { .lesson = lesson, .subject = subject };
  Shard *shard = shard_of (self, &key);
  Pair *pair;

  if (end_ms <= start_ms)
    return;
  g_mutex_lock (&shard->lock);
  pair = find_pair (shard, &key);
  if (pair == NULL)
    pair = add_pair (self, shard, &key);
  merge_range (pair, (Range){ start_ms, end_ms });
  g_mutex_unlock (&shard->lock);
}

/* Where what is served, short holes included, begins at or after @start_ms: cuts
 * *@ret_at to it. @ret_next: the first range behind that point. */
static gboolean
find_start (const Pair *pair, gint64 start_ms, gint64 end_ms, gint64 tolerance_ms,
            gint64 *ret_at, guint *ret_next)
{
  guint next = find_range (pair, start_ms);

  /* A range that only touches the start serves nothing of it. */
  if (next < pair->n_ranges && pair->ranges[next].end_ms == start_ms)
    next++;
  *ret_next = next;
  if (next == pair->n_ranges)
    return FALSE;
  if (pair->ranges[next].start_ms >= end_ms) {
    /* Nothing of it was sent; only a short hole between two ranges counts. */
    *ret_at = start_ms;
    return next > 0 &&
           pair->ranges[next].start_ms - pair->ranges[next - 1].end_ms <= tolerance_ms;
  }
  if (pair->ranges[next].start_ms - start_ms <= tolerance_ms)
    *ret_at = start_ms;
  else
    *ret_at = pair->ranges[next].start_ms;
  return TRUE;
}

static gint64
find_end (const Pair *pair, guint next, gint64 at_ms, gint64 end_ms,
          gint64 tolerance_ms)
{
  gint64 served_ms = at_ms;

  if (pair->ranges[next].start_ms >= end_ms)
    return end_ms;
  for (; next < pair->n_ranges && served_ms < end_ms; next++) {
    if (pair->ranges[next].start_ms - served_ms > tolerance_ms)
      break;
    served_ms = pair->ranges[next].end_ms;
  }
  return end_ms - served_ms <= tolerance_ms ? end_ms : served_ms;
}

gboolean
ac_delivered_clip (AcDelivered *self, gint64 lesson, gint64 subject,
                   gint64 tolerance_ms, gint64 *start_ms, gint64 *end_ms)
{
  const Pair key = { .lesson = lesson, .subject = subject };
  Shard *shard = shard_of (self, &key);
  gboolean served = FALSE;
  gint64 at_ms;
  guint next;
  Pair *pair;

  if (*end_ms <= *start_ms)
    return FALSE;
  g_mutex_lock (&shard->lock);
  pair = find_pair (shard, &key);
  if (pair != NULL &&
      find_start (pair, *start_ms, *end_ms, tolerance_ms, &at_ms, &next)) {
    *end_ms = find_end (pair, next, at_ms, *end_ms, tolerance_ms);
    *start_ms = at_ms;
    served = TRUE;
  }
  g_mutex_unlock (&shard->lock);
  return served;
}
