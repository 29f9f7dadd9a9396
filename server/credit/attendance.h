/* attendance.h - beats into evidence, evidence into attendance, durably.
 *
 * A message of beats is decided inside the store job that writes it, from what the
 * database holds at that moment: nothing that decides is kept in memory, so a job that
 * fails, a restart, or several devices of one member cannot make the figures differ
 * from their evidence. The rules themselves are pure: see acceptance.h.
 *
 * Threads:   main loop; callbacks on the main loop after the commit. */
#pragma once

#include "beat.h"
#include "interval_set.h"
#include "store.h"

typedef struct {
  gint64 lesson;
  gint64 session;
  gint64 member;
  guint64 client; /* names the page's sequence of beats */
  /* A room's screen is no member: it has these, and -screen for its session. What it
   * plays makes R of its site (room_intervals.h), of which it is told how much it is.
   */
  gint64 screen;
  gint64 site;
} AcAttendee;

typedef struct {
  gint64 accepted_ms;     /* |U|: covered creditable media of the member */
  gint64 earned_ms;       /* E: the time it took */
  gboolean prompt_due;    /* it is time to ask for a proof of presence; see prompts.h */
  gboolean decided_again; /* the message came after later ones: it took long */
} AcAttendance;

/* @attendance: NULL with an error (AC_STORE_ERROR); else the member's totals for the
 *   lesson, as committed.
 * @last_seq: highest durable seq of this client; 0: none */
typedef void (*AcAttendanceDone) (const AcAttendance *attendance, gint64 last_seq,
                                  const GError *error, gpointer user_data);

/* The session enters the lesson: its time starts to run, the first time only. */
void ac_attendance_join (AcStore *store, const AcAttendee *who, AcAttendanceDone done,
                         gpointer user_data);

/* Cuts [*start_ms, *end_ms) to what was served; FALSE when nothing was. The same
 * shape as AcServedFunc of classroom.h. Called inside ac_attendance_submit() only. */
typedef gboolean (*AcAttendanceServed) (gint64 lesson, gint64 session, gint64 *start_ms,
                                        gint64 *end_ms, gpointer user_data);

typedef struct {
  gint64 edge_ms;            /* published media ends here */
  gboolean live;             /* the lesson is live now */
  AcIntervalSet *creditable; /* M; referenced, must not change any more: a snapshot */
  AcAttendanceServed served; /* NULL: no cut */
  gpointer served_data;
} AcAttendanceMedia;

/* @beats: 1 to AC_BEAT_BATCH_MAX, copied; one message is one batch. Every beat must be
 *   ac_beat_is_valid(). All their seqs are durable when @done comes without an error,
 *   whether they were new or not.
 * Errors: BUSY (send "retry"), SQL. */
void ac_attendance_submit (AcStore *store, const AcAttendee *who, const AcBeat *beats,
                           guint n_beats, const AcAttendanceMedia *media,
                           AcAttendanceDone done, gpointer user_data);

/* What the clocks said when a message arrived. */
typedef struct {
  gint64 clock_ms; /* ac_clock_monotonic_ms() */
  gint64 wall_ms;
  const gchar *boot; /* ac_clock_boot_id() */
} AcArrival;

/* The same with given clocks: for tests, which need not wait. */
void ac_attendance_join_at (AcStore *store, const AcAttendee *who,
                            const AcArrival *arrival, AcAttendanceDone done,
                            gpointer user_data);
void ac_attendance_submit_at (AcStore *store, const AcAttendee *who,
                              const AcBeat *beats, guint n_beats,
                              const AcAttendanceMedia *media, const AcArrival *arrival,
                              AcAttendanceDone done, gpointer user_data);

/* Reads; zeroes when there is no row. Errors: SQL. */
gboolean ac_attendance_get (AcStore *store, gint64 lesson, gint64 member,
                            AcAttendance *ret_attendance, GError **error);
/* Where @member was in @lesson when something was counted last, in media time: a replay
 * goes on there. 0: nowhere yet. Errors: AC_STORE_ERROR. */
gboolean ac_attendance_last (AcStore *store, gint64 lesson, gint64 member,
                             gint64 *ret_media_ms, GError **error);

typedef struct {
  gint64 member;
  gchar *number;
  gchar *name;
  AcAttendance attendance;
} AcAttendanceRow;

void ac_attendance_row_free (AcAttendanceRow *row);
/* Returns: (transfer full): AcAttendanceRow of everyone who was in @lesson, by number.
 * Errors: SQL. */
GPtrArray *ac_attendance_list (AcStore *store, gint64 lesson, GError **error);

/* Returns: (transfer full): the union of the member's accepted intervals in @lesson.
 * Errors: SQL. */
AcIntervalSet *ac_attendance_union (AcStore *store, gint64 lesson, gint64 member,
                                    GError **error);

/* One stored beat, computed again. */
typedef struct {
  gint64 ordinal;
  AcInterval accepted;
  gint64 earned_ms;
  gboolean group; /* group study */
} AcReplayedBeat;

typedef void (*AcReplayBeat) (const AcReplayedBeat *beat, gpointer user_data);

typedef struct {
  gint64 lesson, member;
  gint64 after; /* only beats of a higher ordinal; 0: all */
  const AcIntervalSet *creditable;
  AcIntervalSet *covered; /* before those beats; grows, before @each is called */
} AcReplay;

/* Calls @each for the stored beats in the order in which they were decided. Also inside
 * a store job. Errors: SQL. */
gboolean ac_attendance_replay (AcStore *store, const AcReplay *replay,
                               AcReplayBeat each, gpointer user_data, GError **error);

/* Computes the figures again from the stored beats alone; @ret_attendance must equal
 * ac_attendance_get() whenever @creditable is what the beats were decided with.
 * Errors: SQL. */
gboolean ac_attendance_recompute (AcStore *store, gint64 lesson, gint64 member,
                                  const AcIntervalSet *creditable,
                                  AcAttendance *ret_attendance, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcAttendanceRow, ac_attendance_row_free)
