/* wheel.h - deadlines of many thousands of connections, in whole seconds.
 *
 * Moving a deadline further away costs one assignment: the entry stays where it is and
 * is put on when its slot comes round. So a busy connection pays nothing for its timer.
 *
 * Threads:   one.
 * Ownership: entries are embedded in what they time; the wheel only links them. */
#pragma once

#include <glib.h>

#define AC_WHEEL_SLOTS 128

typedef struct {
  GList link; /* link.data is the entry while it is on the wheel */
  gint64 due_s;
  gint64 slot_s; /* the second whose slot holds it */
} AcWheelEntry;

/* @entry is off the wheel again and may be set or freed. */
typedef void (*AcWheelExpired) (AcWheelEntry *entry, gpointer user_data);

typedef struct {
  GQueue slots[AC_WHEEL_SLOTS];
  gint64 now_s;
  AcWheelExpired expired;
  gpointer user_data;
} AcWheel;

void ac_wheel_init (AcWheel *self, gint64 now_s, AcWheelExpired expired,
                    gpointer user_data);

/* Expires @entry at @due_s, instead of when it was due before. */
void ac_wheel_set (AcWheel *self, AcWheelEntry *entry, gint64 due_s);
void ac_wheel_unset (AcWheel *self, AcWheelEntry *entry);

/* Goes on to @now_s; a clock that stands or steps back changes nothing. */
void ac_wheel_advance (AcWheel *self, gint64 now_s);
