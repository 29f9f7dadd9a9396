/* member_time.h - the time of a member that something was earned in. A person has it
 * once, however many sessions and lessons are open.
 *
 * A batch of beats stands for a stretch of time and uses some of it: the earliest that
 * is still free. Batches are decided in the order of their arrival, at which their
 * stretches end, so that whoever watches one thing after the other never finds too
 * little free, in whatever order the devices tell it.
 *
 * Threads: _load() and _save() inside a store job; the rest any. */
#pragma once

#include "attendance.h"

/* Returns: (transfer full): the used time of @member by this boot's clock; empty when
 * the machine has booted since. Errors: AC_STORE_ERROR. */
AcIntervalSet *ac_member_time_load (AcStore *store, gint64 member,
                                    const AcArrival *arrival, GError **error);
/* Bounded: holes of less than a second are closed, the oldest of many stretches are
 * forgotten. */
gboolean ac_member_time_save (AcStore *store, gint64 member, const AcArrival *arrival,
                              const AcIntervalSet *used, GError **error);

/* Returns: milliseconds of @stretch that are free. */
gint64 ac_member_time_free_ms (const AcIntervalSet *used, AcInterval stretch);
/* Uses @time_ms of what is free in @stretch, the earliest. */
void ac_member_time_use (AcIntervalSet *used, AcInterval stretch, gint64 time_ms);
/* Returns: (transfer full): as it is saved. */
AcIntervalSet *ac_member_time_tidy (const AcIntervalSet *used);
