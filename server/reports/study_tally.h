/* study_tally.h - figures added up by member, or by member and branches.
 *
 * Threads: as the scope. */
#pragma once

#include "ledger_pass.h"

typedef struct {
  gint64 member, home, host;
} AcStudyTallyKey;

typedef struct {
  AcStudyTallyKey key;
  gint64 home, host; /* of the newest figure, or of the roster */
  gint64 n_lessons;  /* with earned time */
  AcRecordTime time;
  AcRecordCredit credit;
  gint64 n_missing, n_excused; /* lessons to make up for; of them excused */
  GString *text;               /* (nullable): of the report's own */
} AcStudyTally;

typedef struct _AcTallies AcTallies;

/* @by_branch: a tally for each home and host branch that a member had */
AcTallies *ac_tallies_new (AcReportScope *scope, gboolean by_branch);
void ac_tallies_free (AcTallies *self);

gboolean ac_tallies_has (AcTallies *self, gint64 member, gint64 home, gint64 host);
/* Returns: (transfer none): made when it is not there; its branches become those. */
AcStudyTally *ac_tallies_get (AcTallies *self, gint64 member, gint64 home, gint64 host);
void ac_tallies_add (AcTallies *self, const AcStudyFigure *figure);

/* Everybody who has a figure, or whose branch lies within by the roster: where the
 * ledger places somebody counts before the roster.
 * Returns: (transfer full): NULL with @error: AC_STORE_ERROR. */
AcTallies *ac_tallies_of_everybody (AcReportScope *scope, GError **error);

/* Returns: (transfer container): AcStudyTally, by home branch as the tree is printed
 * (@host: by host branch first), then by the member's number. */
GPtrArray *ac_tallies_sort (AcTallies *self, gboolean host_first);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcTallies, ac_tallies_free)
