#include "quality.h"

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

struct _AcQuality {
  AcStore *store;
  GHashTable *sums; /* Key of a Sum -> Sum */
  gint64 since_ms;  /* wall: the oldest that is not written; 0: none */
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

static GHashTable *
sums_new (void)
{
  return g_hash_table_new_full (key_hash, key_equal, NULL, g_free);
}

AcQuality *
ac_quality_new (AcStore *store)
{
  AcQuality *self = g_new0 (AcQuality, 1);

  self->store = store;
  self->sums = sums_new ();
  return self;
}

void
ac_quality_free (AcQuality *self)
{
  ac_quality_flush (self, NULL, NULL);
  g_hash_table_unref (self->sums);
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
  Sum *sum = g_hash_table_lookup (self->sums, key);

  if (sum != NULL)
    return sum;
  sum = g_new0 (Sum, 1);
  sum->key = *key;
  g_hash_table_insert (self->sums, &sum->key, sum);
  return sum;
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
write_sums (AcStore *store, gpointer data, GError **error)
{
  GHashTableIter iter;
  gpointer sum;

  g_hash_table_iter_init (&iter, data);
  while (g_hash_table_iter_next (&iter, NULL, &sum))
    if (!write_sum (store, sum, error))
      return FALSE;
  return TRUE;
}

static void
free_sums (gpointer data)
{
  g_hash_table_unref (data);
}

void
ac_quality_flush (AcQuality *self, AcStoreDone done, gpointer user_data)
{
  GHashTable *sums = self->sums;

  if (g_hash_table_size (sums) == 0 && done == NULL)
    return;
  self->sums = sums_new ();
  self->since_ms = 0;
  ac_store_write (self->store, write_sums, sums, free_sums, done, user_data);
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

static AcQualityRow *
read_row (AcStatement *statement)
{
  AcQualityRow *row = g_new0 (AcQualityRow, 1);
  gint64 *const figures[] = { &row->reports,      &row->starts, &row->start_ms,
                              &row->start_max_ms, &row->stalls, &row->stall_ms,
                              &row->switches,     &row->errors, &row->played_ms };

  row->minute = sqlite3_column_int64 (statement, 0);
  row->rendition = ac_statement_text (statement, 1);
  row->delivery = ac_statement_text (statement, 2);
  row->device = ac_statement_text (statement, 3);
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    *figures[i] = sqlite3_column_int64 (statement, (gint)i + 4);
  return row;
}

#define SUMS                                                                           \
  "sum (reports), sum (starts), sum (start_ms), max (start_max_ms), sum (stalls), "    \
  "sum (stall_ms), sum (switches), sum (errors), sum (played_ms) FROM quality "        \
  "WHERE (?1 IS NULL OR lesson = ?1) AND minute >= ?2 "

GPtrArray *
ac_quality_list (AcStore *store, gint64 lesson, AcQualityBy by, gint64 from_minute,
                 guint limit, GError **error)
{
  static const gchar *const statements[] = {
    [AC_QUALITY_BY_MINUTE] = "SELECT minute, NULL, NULL, NULL, " SUMS
                             "GROUP BY minute ORDER BY minute LIMIT ?3",
    [AC_QUALITY_BY_RENDITION] = "SELECT 0, rendition, NULL, NULL, " SUMS
                                "GROUP BY rendition ORDER BY rendition LIMIT ?3",
    [AC_QUALITY_BY_DELIVERY] = "SELECT 0, NULL, delivery, NULL, " SUMS
                               "GROUP BY delivery ORDER BY delivery LIMIT ?3",
    [AC_QUALITY_BY_DEVICE] = "SELECT 0, NULL, NULL, device, " SUMS
                             "GROUP BY device ORDER BY device LIMIT ?3",
  };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  g_autoptr (AcStatement) statement = ac_store_prepare (store, statements[by], error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "nii", lesson, from_minute, (gint64)limit);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (rows, read_row (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&rows) : NULL;
}
