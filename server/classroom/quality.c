#include "quality.h"

#include "clock.h"

#define FLUSH_MS 5000

static const gchar *const renditions[] = { "1080p", "720p",  "540p", "480p",
                                           "360p",  "270p",  "240p", "180p",
                                           "144p",  "audio", NULL };
static const gchar *const deliveries[] = { "hls", "native", "dash", "whep", NULL };
static const gchar *const devices[] = { "phone", "tablet", "desktop", "screen", NULL };

typedef struct {
  gint64 lesson, minute;
  const gchar *rendition, *delivery, *device; /* static */
} Key;

typedef struct {
  Key key;
  gint64 reports, starts, start_ms, start_max_ms;
  gint64 stalls, stall_ms, switches, errors, played_ms;
} Sum;

/* How many told a latency. */
typedef struct {
  gint64 lesson, minute, latency_ms;
  const gchar *delivery; /* static */
  gint64 reports;
} Count;

/* What is not written yet. */
typedef struct {
  GHashTable *sums;   /* Key of a Sum -> Sum */
  GHashTable *counts; /* Count, all but its reports -> the same */
} Told;

/* Upper bounds of the metric's buckets; one without follows. */
static const gint64 bounds_s[] = { 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 60 };

struct _AcQuality {
  AcStore *store;
  Told *told;
  gint64 since_ms;                             /* wall: the oldest of it; 0: none */
  gint64 buckets[G_N_ELEMENTS (bounds_s) + 1]; /* latencies since the start */
  gint64 latency_sum_ms;
};

static guint
key_hash (gconstpointer data)
{
  const Key *key = data;

  return (guint)(key->lesson * 31 + key->minute) ^ g_direct_hash (key->rendition) ^
         g_direct_hash (key->delivery) ^ g_direct_hash (key->device);
}

/* Words are of the tables: equal ones lie at the same address. */
static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *x = a, *y = b;

  return x->lesson == y->lesson && x->minute == y->minute &&
         x->rendition == y->rendition && x->delivery == y->delivery &&
         x->device == y->device;
}

static guint
count_hash (gconstpointer data)
{
  const Count *count = data;

  return (guint)(count->lesson * 31 + count->minute * 31 + count->latency_ms) ^
         g_direct_hash (count->delivery);
}

static gboolean
count_equal (gconstpointer a, gconstpointer b)
{
  const Count *x = a, *y = b;

  return x->lesson == y->lesson && x->minute == y->minute &&
         x->latency_ms == y->latency_ms && x->delivery == y->delivery;
}

static Told *
told_new (void)
{
  Told *told = g_new (Told, 1);

  told->sums = g_hash_table_new_full (key_hash, key_equal, NULL, g_free);
  told->counts = g_hash_table_new_full (count_hash, count_equal, NULL, g_free);
  return told;
}

static void
told_free (gpointer data)
{
  Told *told = data;

  g_hash_table_unref (told->sums);
  g_hash_table_unref (told->counts);
  g_free (told);
}

AcQuality *
ac_quality_new (AcStore *store)
{
  AcQuality *self = g_new0 (AcQuality, 1);

  self->store = store;
  self->told = told_new ();
  return self;
}

void
ac_quality_free (AcQuality *self)
{
  ac_quality_flush (self, NULL, NULL);
  told_free (self->told);
  g_free (self);
}

static const gchar *
known (const gchar *const *words, const gchar *word)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (g_strcmp0 (words[i], word) == 0)
      return words[i];
  return "other";
}

static Sum *
sum_of (AcQuality *self, const Key *key)
{
  Sum *sum = g_hash_table_lookup (self->told->sums, key);

  if (sum != NULL)
    return sum;
  sum = g_new0 (Sum, 1);
  sum->key = *key;
  g_hash_table_insert (self->told->sums, &sum->key, sum);
  return sum;
}

/* To two digits, not below 100 ms: as exact as it is told, and few numbers. */
static gint64
round_latency (gint64 latency_ms)
{
  gint64 step = 100;

  while (latency_ms >= step * 100)
    step *= 10;
  return (latency_ms + step / 2) / step * step;
}

static void
add_latency (AcQuality *self, const Key *key, gint64 latency_ms)
{
  const Count wanted = { .lesson = key->lesson,
                         .minute = key->minute,
                         .latency_ms = round_latency (latency_ms),
                         .delivery = key->delivery };
  Count *count = g_hash_table_lookup (self->told->counts, &wanted);
  guint bucket = 0;

  if (count == NULL) {
    count = g_memdup2 (&wanted, sizeof wanted);
    g_hash_table_add (self->told->counts, count);
  }
  count->reports++;
  while (bucket < G_N_ELEMENTS (bounds_s) && latency_ms > bounds_s[bucket] * 1000)
    bucket++;
  self->buckets[bucket]++;
  self->latency_sum_ms += latency_ms;
}

void
ac_quality_add (AcQuality *self, gint64 lesson, const AcQualityReport *report,
                gint64 wall_ms)
{
  const Key key = { lesson, wall_ms / 60000, known (renditions, report->rendition),
                    known (deliveries, report->delivery),
                    known (devices, report->device) };
  Sum *sum = sum_of (self, &key);

  sum->reports++;
  if (report->start_ms >= 0) {
    sum->starts++;
    sum->start_ms += report->start_ms;
    sum->start_max_ms = MAX (sum->start_max_ms, report->start_ms);
  }
  sum->stalls += report->stalls;
  sum->stall_ms += report->stall_ms;
  sum->switches += report->switches;
  sum->errors += report->errors;
  sum->played_ms += report->played_ms;
  if (report->latency_ms >= 0)
    add_latency (self, &key, report->latency_ms);
  if (self->since_ms == 0)
    self->since_ms = wall_ms;
  if (ABS (wall_ms - self->since_ms) >= FLUSH_MS)
    ac_quality_flush (self, NULL, NULL);
}

/* --- Writing --- */

static gboolean
write_sum (AcStore *store, const Sum *sum, GError **error)
{
  const Key *key = &sum->key;

  return ac_store_run (
      store, error,
      "INSERT INTO quality (lesson, minute, rendition, delivery, device, reports, "
      "  starts, start_ms, start_max_ms, stalls, stall_ms, switches, errors, "
      "played_ms) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
      "  reports = reports + excluded.reports, starts = starts + excluded.starts, "
      "  start_ms = start_ms + excluded.start_ms, "
      "  start_max_ms = max (start_max_ms, excluded.start_max_ms), "
      "  stalls = stalls + excluded.stalls, stall_ms = stall_ms + excluded.stall_ms, "
      "  switches = switches + excluded.switches, errors = errors + excluded.errors, "
      "  played_ms = played_ms + excluded.played_ms",
      "iitttiiiiiiiii", key->lesson, key->minute, key->rendition, key->delivery,
      key->device, sum->reports, sum->starts, sum->start_ms, sum->start_max_ms,
      sum->stalls, sum->stall_ms, sum->switches, sum->errors, sum->played_ms);
}

static gboolean
write_count (AcStore *store, const Count *count, GError **error)
{
  return ac_store_run (store, error,
                       "INSERT INTO latency "
                       "  (lesson, minute, delivery, latency_ms, reports) "
                       "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                       "  reports = reports + excluded.reports",
                       "iitii", count->lesson, count->minute, count->delivery,
                       count->latency_ms, count->reports);
}

/* At most an hour at a time: a server that was not told anything for long, or has
 * another clock since, does not hold up the writes of others. */
static gboolean
drop_old (AcStore *store, gint64 wall_ms, GError **error)
{
  gint64 minute = wall_ms / 60000 - AC_QUALITY_KEPT_DAYS * 24 * 60;

  return ac_store_run (store, error,
                       "DELETE FROM quality WHERE minute < "
                       "  min (?, (SELECT min (minute) FROM quality) + 60)",
                       "i", minute) &&
         ac_store_run (store, error,
                       "DELETE FROM latency WHERE minute < "
                       "  min (?, (SELECT min (minute) FROM latency) + 60)",
                       "i", minute);
}

static gboolean
write_told (AcStore *store, gpointer data, GError **error)
{
  const Told *told = data;
  GHashTableIter iter;
  gpointer row;

  if (!drop_old (store, ac_clock_wall_ms (), error))
    return FALSE;
  g_hash_table_iter_init (&iter, told->sums);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    if (!write_sum (store, row, error))
      return FALSE;
  g_hash_table_iter_init (&iter, told->counts);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    if (!write_count (store, row, error))
      return FALSE;
  return TRUE;
}

void
ac_quality_flush (AcQuality *self, AcStoreDone done, gpointer user_data)
{
  Told *told = self->told;

  if (g_hash_table_size (told->sums) == 0 && done == NULL)
    return;
  self->told = told_new ();
  self->since_ms = 0;
  ac_store_write (self->store, write_told, told, told_free, done, user_data);
}

void
ac_quality_metrics (AcQuality *self, GString *out)
{
  gchar seconds[G_ASCII_DTOSTR_BUF_SIZE];
  gint64 n = 0;

  g_string_append (out,
                   "# HELP airclass_viewer_latency_seconds How far behind the live "
                   "edge players were, as they told.\n"
                   "# TYPE airclass_viewer_latency_seconds histogram\n");
  for (guint i = 0; i < G_N_ELEMENTS (bounds_s); i++) {
    n += self->buckets[i];
    g_string_append_printf (
        out,
        "airclass_viewer_latency_seconds_bucket{le=\"%" G_GINT64_FORMAT
        "\"} %" G_GINT64_FORMAT "\n",
        bounds_s[i], n);
  }
  n += self->buckets[G_N_ELEMENTS (bounds_s)];
  g_ascii_formatd (seconds, sizeof seconds, "%.3f",
                   (gdouble)self->latency_sum_ms / 1000);
  g_string_append_printf (out,
                          "airclass_viewer_latency_seconds_bucket{le=\"+Inf\"} "
                          "%" G_GINT64_FORMAT "\n"
                          "airclass_viewer_latency_seconds_sum %s\n"
                          "airclass_viewer_latency_seconds_count %" G_GINT64_FORMAT
                          "\n",
                          n, seconds, n);
}

/* --- Reading --- */

static void
free_row (gpointer data)
{
  AcQualityRow *row = data;

  g_free (row->rendition);
  g_free (row->delivery);
  g_free (row->device);
  g_free (row);
}

static gint64
latency_of (AcStatement *statement, gint column)
{
  return sqlite3_column_type (statement, column) == SQLITE_NULL
             ? -1
             : sqlite3_column_int64 (statement, column);
}

static AcQualityRow *
read_row (AcStatement *statement, AcQualityBy by)
{
  AcQualityRow *row = g_new0 (AcQualityRow, 1);
  gint64 *const figures[] = { &row->reports,      &row->starts, &row->start_ms,
                              &row->start_max_ms, &row->stalls, &row->stall_ms,
                              &row->switches,     &row->errors, &row->played_ms };
  gchar **const words[] = { [AC_QUALITY_BY_RENDITION] = &row->rendition,
                            [AC_QUALITY_BY_DELIVERY] = &row->delivery,
                            [AC_QUALITY_BY_DEVICE] = &row->device };

  if (by == AC_QUALITY_BY_MINUTE)
    row->minute = sqlite3_column_int64 (statement, 0);
  else
    *words[by] = ac_statement_text (statement, 0);
  row->latency_ms = latency_of (statement, 1);
  row->latency_p95_ms = latency_of (statement, 2);
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    *figures[i] = sqlite3_column_int64 (statement, (gint)i + 3);
  return row;
}

#define SUMS                                                                           \
  "sum (reports), sum (starts), sum (start_ms), max (start_max_ms), sum (stalls), "    \
  "sum (stall_ms), sum (switches), sum (errors), sum (played_ms) "
#define ROWS(which) "WHERE " which " GROUP BY row ORDER BY row LIMIT ?3"

/* Percentiles are the nearest rank: what half of them, or 95 in a hundred, do not
 * exceed.
 */
#define WITH_LATENCY(column, which)                                                    \
  "WITH counts AS (SELECT " column " AS whose, latency_ms, sum (reports) AS n "        \
  "  FROM latency WHERE " which " GROUP BY 1, 2), "                                    \
  "ranks AS (SELECT whose, latency_ms, "                                               \
  "  sum (n) OVER (PARTITION BY whose ORDER BY latency_ms) AS rank, "                  \
  "  sum (n) OVER (PARTITION BY whose) AS of_all FROM counts), "                       \
  "latencies AS (SELECT whose, "                                                       \
  "  min (latency_ms) FILTER (WHERE rank * 2 >= of_all) AS half, "                     \
  "  min (latency_ms) FILTER (WHERE rank * 20 >= of_all * 19) AS most "                \
  "  FROM ranks GROUP BY whose) "                                                      \
  "SELECT " column " AS row, half, most, " SUMS                                        \
  "FROM quality LEFT JOIN latencies ON whose = " column " " ROWS (which)
#define WITHOUT(column, which)                                                         \
  "SELECT " column " AS row, NULL, NULL, " SUMS "FROM quality " ROWS (which)
/* Each finds its rows by an index. */
#define LISTS(list, column)                                                            \
  {                                                                                    \
    list (column, "minute >= ?2"), list (column, "lesson = ?1 AND minute >= ?2")       \
  }

GPtrArray *
ac_quality_list (AcStore *store, gint64 lesson, AcQualityBy by, gint64 from_minute,
                 guint limit, GError **error)
{
  static const gchar *const statements[][2] = {
    [AC_QUALITY_BY_MINUTE] = LISTS (WITH_LATENCY, "minute"),
    [AC_QUALITY_BY_RENDITION] = LISTS (WITHOUT, "rendition"),
    [AC_QUALITY_BY_DELIVERY] = LISTS (WITH_LATENCY, "delivery"),
    [AC_QUALITY_BY_DEVICE] = LISTS (WITHOUT, "device"),
  };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, statements[by][lesson != 0], error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "nii", lesson, from_minute, (gint64)limit);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (rows, read_row (statement, by));
  return code == SQLITE_DONE ? g_steal_pointer (&rows) : NULL;
}
