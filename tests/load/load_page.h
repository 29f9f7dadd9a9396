/* load_page.h - a member's page of a lesson, as web/src/classroom and web/src/beats
 * have it: it comes in, plays, beats, keeps what is not acknowledged, and comes back
 * when its line is lost.
 *
 * Threads: one. */
#pragma once

#include "load_figures.h"
#include "load_media.h"
#include "load_socket.h"

typedef struct {
  gint64 from_ms, to_ms; /* lesson time */
  gint64 at_us;          /* when it was over */
  gboolean acknowledged;
} LoadBeat;

typedef struct _LoadPage LoadPage;

/* What all pages share. */
typedef struct {
  LoadNet net;
  LoadHttp *http;
  LoadMedia media;
  LoadFigures *figures;
  gint64 lesson;
  GPtrArray *pages; /* LoadPage */
  gint64 *due_us;   /* of each page, when it has something to do */
  gboolean over;    /* no more beats */
  guint n_open;
  guint n_unsent; /* pages with beats that are not acknowledged */
  guint restarts;
  guint n_back; /* pages that were welcomed since the last restart, or ever */
  guint64 retries, repeated, refused_upgrades, late_answers;
  guint64 lost_lines[LOAD_PHASES];
  GHashTable *close_codes; /* code: how often */
} LoadCrowd;

struct _LoadPage {
  LoadWatch watch;
  LoadSocket socket;
  LoadCrowd *crowd;
  guint index;
  gchar *number, *cookie;
  gchar *base; /* of media; NULL: not asked yet */
  enum { PAGE_AWAY, PAGE_ASKING, PAGE_WAITING, PAGE_COMING, PAGE_OPEN } state;
  guint attempts;
  guint restarts; /* of the crowd when it was welcomed last, and one */

  /* The next of its moments; G_MAXINT64: never. */
  gint64 line_us; /* it comes, tries again or gives up, by its state */
  gint64 play_us;
  gint64 resend_us;
  gint64 silence_us;

  gint64 coming_us; /* since when it wants to be in; 0: it is */
  gint64 event_seq; /* the last that it was told */
  gint64 position_ms, fetched_ms, fetching_ms;
  guint n_fetching;
  gboolean fetch_failed;
  guint plays;

  GArray *beats; /* LoadBeat, by seq - 1 */
  guint n_acknowledged;
  gint64 accepted_ms, earned_ms; /* as last acknowledged */
};

/* @come_us: when it opens the lesson */
LoadPage *load_page_new (LoadCrowd *crowd, const gchar *number, const gchar *token,
                         gint64 come_us);
/* Does what is due, and says in due_us when the next is. */
void load_page_run (LoadPage *self, gint64 now_us);
void load_page_leave (LoadPage *self);
