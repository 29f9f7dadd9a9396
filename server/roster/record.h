/* record.h - what is known of each member, a text for each column.
 *
 * Branches are their row's number in decimal, days as of day.h, kinds and states their
 * English names; an identity number is the keyed digest that it is found by. NULL is
 * nothing known.
 *
 * Threads: see organisation.h. */
#pragma once

#include "roster.h"

typedef struct {
  gint64 member; /* 0: of a row that is new */
  guint row;     /* of the file, that speaks of this member; 0: none so far */
  gchar *values[AC_ROSTER_COLUMNS];
  gchar
      *before[2]; /* the day of the branch before the present one, by AcSide; or NULL */
} AcRosterRecord;

AcRosterRecord *ac_roster_record_new (void);
void ac_roster_record_free (AcRosterRecord *record);

/* @keys: (nullable): without them no identity numbers are told
 * @whole: FALSE: only what they are found by; TRUE: the numbers themselves
 * Returns: (transfer full): AcRosterRecord by number of the member's row. */
GPtrArray *ac_roster_record_load (AcStore *store, const AcIdentityKeys *keys,
                                  gboolean whole, GError **error);
