/* timetable_keeper.h - what the timetable needs while the daemon runs: rooms open
 * before their hour, and those who are expected are reminded of it.
 *
 * It looks at the timetable every few seconds by the wall clock, so a clock that is set
 * and a daemon that was down cost no more than the looks that they missed.
 *
 * Threads:   main loop.
 * Ownership: plain; freed before the classroom. */
#pragma once

#include "classroom.h"
#include "gateway.h"

typedef struct _AcTimetableKeeper AcTimetableKeeper;

typedef struct {
  gint64 open_before_ms;   /* so long before its hour a room opens */
  gint64 remind_before_ms; /* and people are reminded; 0: never */
} AcTimetablePolicy;

/* @gateway: (nullable): nobody is reminded then */
AcTimetableKeeper *ac_timetable_keeper_new (AcStore *store, AcClassroom *classroom,
                                            AcGateway *gateway,
                                            const AcTimetablePolicy *policy);
void ac_timetable_keeper_free (AcTimetableKeeper *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcTimetableKeeper, ac_timetable_keeper_free)
