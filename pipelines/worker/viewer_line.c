#include "viewer_line.h"

/* Returns: since when @condition lasts; 0: it does not. */
static gint64
lasting (gboolean condition, gint64 since_us, gint64 now_us)
{
  if (!condition)
    return 0;
  return since_us != 0 ? since_us : now_us;
}

static gboolean
has_lasted (gint64 since_us, gint64 now_us, gint64 for_us)
{
  return since_us != 0 && now_us - since_us >= for_us;
}

/* Returns: how long packets wait on the way. */
static gint64
queued_us (AcViewerLine *self, gint64 trip_us)
{
  if (trip_us <= 0)
    return 0;
  if (self->shortest_us == 0 || trip_us < self->shortest_us)
    self->shortest_us = trip_us;
  return trip_us - self->shortest_us;
}

/* What it was like on another rung says nothing of this one. */
static void
change (AcViewerLine *self, guint best, gint64 now_us)
{
  self->best = best;
  self->changed_us = now_us;
  self->bad_since_us = self->hopeless_since_us = self->calm_since_us = 0;
}

static void
go_down (AcViewerLine *self, guint rung, gint64 now_us)
{
  const gboolean relapse =
      self->raised_us != 0 && now_us - self->raised_us < AC_VIEWER_LINE_RELAPSE_US;

  self->hold_us = relapse ? MIN (self->hold_us * 2, AC_VIEWER_LINE_HOLD_MAX_US)
                          : AC_VIEWER_LINE_HOLD_US;
  change (self, rung + 1, now_us);
}

static void
go_up (AcViewerLine *self, gint64 now_us)
{
  self->raised_us = now_us;
  change (self, self->best - 1, now_us);
}

/* @lost: of 256 packets
 * @queue_us: how long they wait on the way */
static void
judge (AcViewerLine *self, gint64 now_us, guint lost, gint64 queue_us, gboolean lowest)
{
  const gboolean queued = queue_us >= AC_VIEWER_LINE_QUEUED_US;

  self->bad_since_us =
      lasting (queued || lost >= AC_VIEWER_LINE_LOST, self->bad_since_us, now_us);
  self->hopeless_since_us =
      lasting (lowest && (queued || lost >= AC_VIEWER_LINE_HOPELESS),
               self->hopeless_since_us, now_us);
  self->calm_since_us = lasting (queue_us < AC_VIEWER_LINE_QUEUED_US / 2 &&
                                     lost < AC_VIEWER_LINE_LOST / 5,
                                 self->calm_since_us, now_us);
}

/* What a stranger says: a count may go any way.
 * Returns: of 256 packets */
static guint
lost_of (const AcViewerReport *from, const AcViewerReport *to)
{
  const gint64 expected = (gint32)(to->highest - from->highest);
  const gint64 lost = (gint64)to->lost - from->lost;

  return expected > 0 ? (guint)(CLAMP (lost, 0, expected) * 256 / expected) : 0;
}

gboolean
ac_viewer_line_report (AcViewerLine *self, const AcViewerReport *report, guint rung,
                       guint lowest)
{
  const gint64 now_us = report->now_us;
  const gint64 queue_us = queued_us (self, report->trip_us);
  const AcViewerReport last = self->last;

  if (last.now_us != 0 && now_us - last.now_us < AC_VIEWER_LINE_LOOK_US)
    return TRUE;
  self->last = *report;
  if (last.now_us == 0 ||
      (self->changed_us != 0 && now_us - self->changed_us < AC_VIEWER_LINE_SETTLE_US))
    return TRUE;
  judge (self, now_us, lost_of (&last, report), queue_us, rung >= lowest);
  if (has_lasted (self->hopeless_since_us, now_us, AC_VIEWER_LINE_GIVE_UP_US))
    return FALSE;
  if (rung < lowest && has_lasted (self->bad_since_us, now_us, AC_VIEWER_LINE_BAD_US))
    go_down (self, rung, now_us);
  else if (self->best > 0 && has_lasted (self->calm_since_us, now_us, self->hold_us))
    go_up (self, now_us);
  return TRUE;
}
