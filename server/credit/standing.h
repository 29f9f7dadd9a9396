/* standing.h - what a member owes in a year: the duty by which hours are asked for, or
 * that nothing is. The newest word on a member and year counts; earlier ones stay.
 *
 * Threads: inside a store job. Errors: AC_STORE_ERROR; AC_CREDIT_ERROR INVALID "year",
 * "reason"; STATE when the year is closed. */
#pragma once

#include "policies.h"

typedef struct {
  gint64 member, year;
  AcDuty duty;
  gboolean exempt;
  const gchar *reason;
} AcStanding;

gboolean ac_standing_set (AcStore *store, const AcStanding *standing, gint64 wall_ms,
                          GError **error);
