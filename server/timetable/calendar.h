/* calendar.h - the timetable of a branch or a member, for programs that subscribe to it
 * (RFC 5545).
 *
 * They send no cookies: who knows the address may read it. It holds a random token that
 * is stored hashed and shown once; another one, or none, ends it. What a calendar shows
 * is on the timetable for all of these people anyway: titles and hours, no names.
 *
 * Threads: see timetable.h. */
#pragma once

#include "timetable.h"

/* One of them is not 0. */
typedef struct {
  gint64 branch, member;
} AcCalendarOwner;

#define AC_CALENDAR_TOKEN_CHARS 40

/* Returns: (transfer full): 160 random bits in hexadecimal. */
gchar *ac_calendar_token_new (void);

/* Inside a job: @token opens the calendar of @owner, and no other one does any more.
 * @token: NULL: nothing does
 * @actor: a member; 0: the operator */
gboolean ac_calendar_set_token (AcStore *store, const AcCalendarOwner *owner,
                                const gchar *token, gint64 actor, gint64 wall_ms,
                                GError **error);
gboolean ac_calendar_is_open (AcStore *store, const AcCalendarOwner *owner,
                              const gchar *token, GError **error);

/* @pages: address that lessons' pages begin with, "https://classroom.example"
 * Returns: (transfer full) (nullable): the calendar, of lessons from a year before
 * @wall_ms on, at most 1,000. The same timetable gives the same text. */
gchar *ac_calendar_text (AcStore *store, const AcCalendarOwner *owner,
                         const gchar *pages, gint64 wall_ms, GError **error);
