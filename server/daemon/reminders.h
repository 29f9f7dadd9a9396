/* reminders.h - sends what the timetable has to tell before a lesson, by the gateway.
 *
 * At most AC_REMINDERS_AT_ONCE are under way, and as many begin at a look.
 *
 * Threads:   main loop.
 * Ownership: plain; freed before the store and the gateway. */
#pragma once

#include "gateway.h"
#include "store.h"

#define AC_REMINDERS_AT_ONCE 24

typedef struct _AcReminders AcReminders;

AcReminders *ac_reminders_new (AcStore *store, AcGateway *gateway, gint64 before_ms);
void ac_reminders_free (AcReminders *self);

/* Settles and sends what is due at @wall_ms. */
void ac_reminders_look (AcReminders *self, gint64 wall_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcReminders, ac_reminders_free)
