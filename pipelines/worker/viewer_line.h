/* viewer_line.h - which rung of the ladder a viewer's line carries, by what its browser
 * reports (RTCP receiver reports): the share of packets that was lost, counted over a
 * second or more, and the round trip, which grows while a queue on the way fills.
 * Browsers report once a second, and with each packet that they ask for again.
 *
 *   bad:      AC_VIEWER_LINE_LOST of the packets, or a round trip that is
 *             AC_VIEWER_LINE_QUEUED_US longer than the shortest one
 *   down:     bad for AC_VIEWER_LINE_BAD_US; then AC_VIEWER_LINE_SETTLE_US for the next
 *             segment, with which the rung changes, and for what waits on the way
 *   up:       calm (a fifth of that loss, half of that queue) for its hold:
 *             AC_VIEWER_LINE_HOLD_US, doubled up to AC_VIEWER_LINE_HOLD_MAX_US each
 * time it has to go down within AC_VIEWER_LINE_RELAPSE_US of going up hopeless:
 * AC_VIEWER_LINE_HOPELESS of the packets, or the queue, on the lowest rung for
 * AC_VIEWER_LINE_GIVE_UP_US. What merely loses a tenth, as radio does, is sent again,
 * and stays there.
 *
 * Pure. Threads: one at a time. */
#pragma once

#include <glib.h>

/* Of 256, as reports have it. */
#define AC_VIEWER_LINE_LOST 26
#define AC_VIEWER_LINE_HOPELESS 64
#define AC_VIEWER_LINE_QUEUED_US (400 * 1000)
#define AC_VIEWER_LINE_LOOK_US (900 * 1000) /* what is between two that are counted */
#define AC_VIEWER_LINE_BAD_US (1500 * 1000) /* three of them */
#define AC_VIEWER_LINE_SETTLE_US (4 * G_USEC_PER_SEC)
#define AC_VIEWER_LINE_HOLD_US (15 * G_USEC_PER_SEC)
#define AC_VIEWER_LINE_HOLD_MAX_US (240 * G_USEC_PER_SEC)
#define AC_VIEWER_LINE_RELAPSE_US (60 * G_USEC_PER_SEC)
#define AC_VIEWER_LINE_GIVE_UP_US (10 * G_USEC_PER_SEC)

/* A report block on its picture (RFC 3550 6.4.1). */
typedef struct {
  gint64 now_us;   /* monotonic, when it came */
  guint32 highest; /* extended sequence number */
  gint32 lost;     /* packets, since the beginning */
  gint64 trip_us;  /* round trip; 0: the report does not tell */
} AcViewerReport;

/* Zeroed: it carries all. */
typedef struct {
  guint best;          /* the highest rung that it is given */
  AcViewerReport last; /* that was counted; its time 0: none */
  gint64 shortest_us;  /* round trip; 0: none known */
  gint64 bad_since_us; /* 0: it is not, for this and the next two */
  gint64 hopeless_since_us, calm_since_us;
  gint64 changed_us, raised_us; /* 0: never */
  gint64 hold_us;
} AcViewerLine;

/* @rung: which it is given now; @lowest: of the ladder
 * Returns: FALSE: its line does not carry even the lowest. */
gboolean ac_viewer_line_report (AcViewerLine *self, const AcViewerReport *report,
                                guint rung, guint lowest);
