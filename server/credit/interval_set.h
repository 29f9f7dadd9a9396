/* interval_set.h - sets of media time: sorted, disjoint, half-open, in milliseconds.
 *
 * Adjacent intervals are one. Empty and backward intervals ([5, 5), [7, 3)) add and
 * take nothing.
 *
 * Threads:   any, one at a time; a set that nobody changes may be read by many.
 * Ownership: reference counted (atomic), so that a snapshot can cross threads. */
#pragma once

#include <glib.h>

typedef struct {
  gint64 start_ms;
  gint64 end_ms;
} AcInterval;

typedef struct _AcIntervalSet AcIntervalSet;

AcIntervalSet *ac_interval_set_new (void);
/* Returns: (transfer full): a set of its own with the same content. */
AcIntervalSet *ac_interval_set_copy (const AcIntervalSet *self);
AcIntervalSet *ac_interval_set_ref (AcIntervalSet *self);
void ac_interval_set_unref (AcIntervalSet *self);

void ac_interval_set_add (AcIntervalSet *self, gint64 start_ms, gint64 end_ms);
void ac_interval_set_remove (AcIntervalSet *self, gint64 start_ms, gint64 end_ms);
void ac_interval_set_add_set (AcIntervalSet *self, const AcIntervalSet *other);
void ac_interval_set_remove_set (AcIntervalSet *self, const AcIntervalSet *other);
/* Returns: (transfer full): what is in both. */
AcIntervalSet *ac_interval_set_intersect (const AcIntervalSet *a,
                                          const AcIntervalSet *b);

guint ac_interval_set_length (const AcIntervalSet *self);
AcInterval ac_interval_set_get (const AcIntervalSet *self, guint index);
gboolean ac_interval_set_contains (const AcIntervalSet *self, gint64 at_ms);
gboolean ac_interval_set_equal (const AcIntervalSet *a, const AcIntervalSet *b);

/* Returns: milliseconds in the set. */
gint64 ac_interval_set_measure (const AcIntervalSet *self);
/* Returns: milliseconds in both, without making the set. */
gint64 ac_interval_set_measure_both (const AcIntervalSet *a, const AcIntervalSet *b);

/* The text of lessons.creditable: "0-2400000,3000000-5400000"; "" is the empty set.
 * _parse() returns: (transfer full) (nullable): NULL when @text is anything else. */
gchar *ac_interval_set_to_text (const AcIntervalSet *self);
AcIntervalSet *ac_interval_set_parse (const gchar *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcIntervalSet, ac_interval_set_unref)
