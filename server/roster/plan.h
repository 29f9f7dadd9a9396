/* plan.h - what an import would do: see roster.h.
 *
 * Rows are decided in their order; what one row takes (a number, a certificate, a key)
 * is taken for those after it.
 *
 * Threads: made inside a job. */
#pragma once

#include "cell.h"
#include "record.h"

/* A row with what its cells say. */
typedef struct {
  AcRosterRow *row;       /* of the report */
  AcRosterRecord *record; /* whom it speaks of; NULL: refused before that was known */
  gchar *values[AC_ROSTER_COLUMNS]; /* NULL: the cell says nothing */
  gchar *identity; /* the number itself, that its value stands for; or NULL */
} AcRosterStep;

typedef struct {
  AcRosterReport *report;
  GPtrArray *steps;   /* AcRosterStep */
  GPtrArray *records; /* owns what they point to, as it was before */
} AcRosterPlan;

/* @keys: (nullable): without them identity numbers are refused
 * @actor, @within: see ac_roster_import() */
AcRosterPlan *ac_roster_plan_new (AcStore *store, const AcSheet *sheet,
                                  const AcIdentityKeys *keys, gint64 actor,
                                  gint64 within, gint64 wall_ms, GError **error);
void ac_roster_plan_free (AcRosterPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRosterPlan, ac_roster_plan_free)
