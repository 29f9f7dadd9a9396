/* Invariant: sorted by start; for neighbours a, b: a.start < a.end < b.start. */
#include "interval_set.h"

#include <string.h>

struct _AcIntervalSet {
  gatomicrefcount references;
  GArray *items; /* AcInterval */
};

#define ITEM(self, i) (&g_array_index ((self)->items, AcInterval, (i)))

AcIntervalSet *
ac_interval_set_new (void)
{
  AcIntervalSet *self = g_new (AcIntervalSet, 1);

  g_atomic_ref_count_init (&self->references);
  self->items = g_array_new (FALSE, FALSE, sizeof (AcInterval));
  return self;
}

AcIntervalSet *
ac_interval_set_copy (const AcIntervalSet *self)
{
  AcIntervalSet *copy = ac_interval_set_new ();

  if (self->items->len > 0)
    g_array_append_vals (copy->items, self->items->data, self->items->len);
  return copy;
}

AcIntervalSet *
ac_interval_set_ref (AcIntervalSet *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
ac_interval_set_unref (AcIntervalSet *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_array_unref (self->items);
  g_free (self);
}

/* Returns: index of the first interval that ends at @at_ms or later; length if none. */
static guint
first_ending_from (const AcIntervalSet *self, gint64 at_ms)
{
  guint low = 0, high = self->items->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (ITEM (self, middle)->end_ms < at_ms)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void
ac_interval_set_add (AcIntervalSet *self, gint64 start_ms, gint64 end_ms)
{
  guint first, last;
  AcInterval merged = { start_ms, end_ms };

  if (end_ms <= start_ms)
    return;
  first = first_ending_from (self, start_ms);
  for (last = first; last < self->items->len; last++) {
    const AcInterval *item = ITEM (self, last);

    if (item->start_ms > end_ms)
      break;
    merged.start_ms = MIN (merged.start_ms, item->start_ms);
    merged.end_ms = MAX (merged.end_ms, item->end_ms);
  }
  if (last == first) {
    g_array_insert_val (self->items, first, merged);
    return;
  }
  *ITEM (self, first) = merged;
  if (last - first > 1)
    g_array_remove_range (self->items, first + 1, last - first - 1);
}

void
ac_interval_set_remove (AcIntervalSet *self, gint64 start_ms, gint64 end_ms)
{
  guint i;

  if (end_ms <= start_ms)
    return;
  i = first_ending_from (self, start_ms);
  while (i < self->items->len && ITEM (self, i)->start_ms < end_ms) {
    AcInterval *item = ITEM (self, i);
    AcInterval tail = { end_ms, item->end_ms };

    if (item->start_ms < start_ms) {
      item->end_ms = MIN (item->end_ms, start_ms);
      if (tail.start_ms < tail.end_ms)
        g_array_insert_val (self->items, i + 1, tail);
      i++;
    } else if (tail.start_ms < tail.end_ms) {
      item->start_ms = end_ms;
      i++;
    } else {
      g_array_remove_index (self->items, i);
    }
  }
}

void
ac_interval_set_add_set (AcIntervalSet *self, const AcIntervalSet *other)
{
  if (self == other)
    return;
  for (guint i = 0; i < other->items->len; i++)
    ac_interval_set_add (self, ITEM (other, i)->start_ms, ITEM (other, i)->end_ms);
}

void
ac_interval_set_remove_set (AcIntervalSet *self, const AcIntervalSet *other)
{
  if (self == other) {
    g_array_set_size (self->items, 0);
    return;
  }
  for (guint i = 0; i < other->items->len; i++)
    ac_interval_set_remove (self, ITEM (other, i)->start_ms, ITEM (other, i)->end_ms);
}

/* Walks what is in both, in order. Returns: FALSE at the end. */
static gboolean
next_common (const AcIntervalSet *a, const AcIntervalSet *b, guint *i, guint *j,
             AcInterval *ret_common)
{
  while (*i < a->items->len && *j < b->items->len) {
    const AcInterval *x = ITEM (a, *i), *y = ITEM (b, *j);

    *ret_common =
        (AcInterval){ MAX (x->start_ms, y->start_ms), MIN (x->end_ms, y->end_ms) };
    if (x->end_ms < y->end_ms)
      ++*i;
    else
      ++*j;
    if (ret_common->start_ms < ret_common->end_ms)
      return TRUE;
  }
  return FALSE;
}

AcIntervalSet *
ac_interval_set_intersect (const AcIntervalSet *a, const AcIntervalSet *b)
{
  AcIntervalSet *both = ac_interval_set_new ();
  AcInterval common;
  guint i = 0, j = 0;

  while (next_common (a, b, &i, &j, &common))
    ac_interval_set_add (both, common.start_ms, common.end_ms);
  return both;
}

gint64
ac_interval_set_measure_both (const AcIntervalSet *a, const AcIntervalSet *b)
{
  AcInterval common;
  guint i = 0, j = 0;
  gint64 sum = 0;

  while (next_common (a, b, &i, &j, &common))
    sum += common.end_ms - common.start_ms;
  return sum;
}

gint64
ac_interval_set_measure (const AcIntervalSet *self)
{
  gint64 sum = 0;

  for (guint i = 0; i < self->items->len; i++)
    sum += ITEM (self, i)->end_ms - ITEM (self, i)->start_ms;
  return sum;
}

guint
ac_interval_set_length (const AcIntervalSet *self)
{
  return self->items->len;
}

AcInterval
ac_interval_set_get (const AcIntervalSet *self, guint index)
{
  g_return_val_if_fail (index < self->items->len, ((AcInterval){ 0, 0 }));

  return *ITEM (self, index);
}

gboolean
ac_interval_set_contains (const AcIntervalSet *self, gint64 at_ms)
{
  guint i = first_ending_from (self, at_ms);

  /* An interval that ends at at_ms does not hold it, but the next one may not begin
   * there either, or they would be one. */
  return i < self->items->len && ITEM (self, i)->start_ms <= at_ms &&
         at_ms < ITEM (self, i)->end_ms;
}

gboolean
ac_interval_set_equal (const AcIntervalSet *a, const AcIntervalSet *b)
{
  return a->items->len == b->items->len &&
         (a->items->len == 0 || memcmp (a->items->data, b->items->data,
                                        a->items->len * sizeof (AcInterval)) == 0);
}

gchar *
ac_interval_set_to_text (const AcIntervalSet *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->items->len; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
                            i > 0 ? "," : "", ITEM (self, i)->start_ms,
                            ITEM (self, i)->end_ms);
  return g_string_free (text, FALSE);
}

/* Digits only: no sign, no space, at most 18 of them. */
static gboolean
parse_number (const gchar **text, gint64 *ret_number)
{
  gsize n_digits = strspn (*text, "0123456789");

  if (n_digits == 0 || n_digits > 18)
    return FALSE;
  *ret_number = g_ascii_strtoll (*text, NULL, 10);
  *text += n_digits;
  return TRUE;
}

AcIntervalSet *
ac_interval_set_parse (const gchar *text)
{
  g_autoptr (AcIntervalSet) self = ac_interval_set_new ();
  gint64 previous_ms = -1;
  AcInterval item;

  while (*text != '\0') {
    if (self->items->len > 0 && *text++ != ',')
      return NULL;
    if (!parse_number (&text, &item.start_ms) || *text++ != '-' ||
        !parse_number (&text, &item.end_ms))
      return NULL;
    if (item.start_ms <= previous_ms || item.end_ms <= item.start_ms)
      return NULL;
    g_array_append_val (self->items, item);
    previous_ms = item.end_ms;
  }
  return g_steal_pointer (&self);
}
