#include "study_tally.h"

#include <string.h>

struct _AcTallies {
  AcReportScope *scope;
  gboolean by_branch;
  GHashTable *table; /* AcStudyTallyKey: AcStudyTally */
};

static guint
hash_key (gconstpointer data)
{
  const AcStudyTallyKey *key = data;
  guint64 mixed = (guint64)key->member * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) +
                  (guint64)key->home * 1000003 + (guint64)key->host;

  return (guint)(mixed >> 32) ^ (guint)mixed;
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (AcStudyTallyKey)) == 0;
}

static void
free_tally (gpointer data)
{
  AcStudyTally *tally = data;

  if (tally->text != NULL)
    g_string_free (tally->text, TRUE);
  g_free (tally);
}

AcTallies *
ac_tallies_new (AcReportScope *scope, gboolean by_branch)
{
  AcTallies *self = g_new0 (AcTallies, 1);

  self->scope = scope;
  self->by_branch = by_branch;
  self->table = g_hash_table_new_full (hash_key, equal_keys, NULL, free_tally);
  return self;
}

void
ac_tallies_free (AcTallies *self)
{
  g_hash_table_unref (self->table);
  g_free (self);
}

static AcStudyTallyKey
key_of (const AcTallies *self, gint64 member, gint64 home, gint64 host)
{
  return self->by_branch ? (AcStudyTallyKey){ member, home, host }
                         : (AcStudyTallyKey){ .member = member };
}

gboolean
ac_tallies_has (AcTallies *self, gint64 member, gint64 home, gint64 host)
{
  AcStudyTallyKey key = key_of (self, member, home, host);

  return g_hash_table_contains (self->table, &key);
}

AcStudyTally *
ac_tallies_get (AcTallies *self, gint64 member, gint64 home, gint64 host)
{
  AcStudyTallyKey key = key_of (self, member, home, host);
  AcStudyTally *tally = g_hash_table_lookup (self->table, &key);

  if (tally == NULL) {
    tally = g_new0 (AcStudyTally, 1);
    tally->key = key;
    g_hash_table_insert (self->table, &tally->key, tally);
  }
  tally->home = home;
  tally->host = host;
  return tally;
}

void
ac_tallies_add (AcTallies *self, const AcStudyFigure *figure)
{
  AcStudyTally *tally =
      ac_tallies_get (self, figure->member, figure->home, figure->host);

  tally->n_lessons += figure->time.group_ms + figure->time.self_ms > 0;
  tally->time.group_ms += figure->time.group_ms;
  tally->time.self_ms += figure->time.self_ms;
  tally->credit.credit_permille += figure->credit.credit_permille;
  tally->credit.group_permille += figure->credit.group_permille;
  tally->credit.counted_permille += figure->credit.counted_permille;
}

typedef struct {
  AcReportScope *scope;
  gboolean host_first;
} Order;

static gint
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const AcStudyTally *x = *(AcStudyTally *const *)a, *y = *(AcStudyTally *const *)b;
  const Order *order = user_data;
  const guint places[2][2] = {
    { ac_report_scope_place (order->scope, x->host),
      ac_report_scope_place (order->scope, y->host) },
    { ac_report_scope_place (order->scope, x->home),
      ac_report_scope_place (order->scope, y->home) },
  };
  const AcReportPerson *p, *q;

  for (guint i = order->host_first ? 0 : 1; i < 2; i++)
    if (places[i][0] != places[i][1])
      return places[i][0] < places[i][1] ? -1 : 1;
  p = ac_report_scope_person (order->scope, x->key.member);
  q = ac_report_scope_person (order->scope, y->key.member);
  return p != NULL && q != NULL ? strcmp (p->number, q->number) : 0;
}

GPtrArray *
ac_tallies_sort (AcTallies *self, gboolean host_first)
{
  GPtrArray *sorted = g_ptr_array_new ();
  Order order = { self->scope, host_first };
  GHashTableIter iter;
  gpointer tally;

  g_hash_table_iter_init (&iter, self->table);
  while (g_hash_table_iter_next (&iter, NULL, &tally))
    g_ptr_array_add (sorted, tally);
  g_ptr_array_sort_with_data (sorted, compare, &order);
  return sorted;
}

static void
add_figure (const AcStudyFigure *figure, gpointer tallies)
{
  ac_tallies_add (tallies, figure);
}

static void
add_person (gint64 member, const AcReportPerson *person, gpointer data)
{
  AcTallies *tallies = data;

  if (!ac_tallies_has (tallies, member, person->home, person->host))
    ac_tallies_get (tallies, member, person->home, person->host);
}

AcTallies *
ac_tallies_of_everybody (AcReportScope *scope, GError **error)
{
  g_autoptr (AcTallies) tallies = ac_tallies_new (scope, FALSE);

  if (!ac_ledger_pass (scope, 0, FALSE, add_figure, tallies, error))
    return NULL;
  ac_report_scope_each_person (scope, add_person, tallies);
  return g_steal_pointer (&tallies);
}
