/* health_history.h - how a lesson did, second by second, for the last hour.
 *
 * Threads:   main loop.
 * Ownership: plain; grows to AC_HEALTH_HISTORY_MAX samples, then the oldest go. */
#pragma once

#include "feed.h"
#include "health.h"

#define AC_HEALTH_HISTORY_MAX 3600

typedef struct {
  gint64 at_ms; /* wall clock */
  AcWireHealth worker;
  AcFeedLink link; /* all 0 when has_link is FALSE */
  gboolean has_link;
  gchar way_in[12];       /* "rtmp", "srt", "whip", ...; "" when nothing is on air */
  gboolean backup;        /* the backup is on air */
  gchar source_fault[80]; /* why what is fetched sends nothing; "" when nothing is wrong
                           */
  guint32 worker_restarts;
} AcHealthSample;

typedef struct _AcHealthHistory AcHealthHistory;

AcHealthHistory *ac_health_history_new (void);
void ac_health_history_free (AcHealthHistory *self);

/* Samples come in the order of time; one that steps back with the wall clock is taken
 * as of the moment of the last. */
void ac_health_history_add (AcHealthHistory *self, const AcHealthSample *sample);
guint ac_health_history_length (AcHealthHistory *self);
/* Returns: (transfer none): the @nth, 0 is the oldest. */
const AcHealthSample *ac_health_history_get (AcHealthHistory *self, guint nth);
/* Returns: the first that is later than @since_ms; the length when none is. */
guint ac_health_history_find (AcHealthHistory *self, gint64 since_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcHealthHistory, ac_health_history_free)
