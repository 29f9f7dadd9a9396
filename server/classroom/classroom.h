/* classroom.h - lesson life, rooms, and the beats of those who are in them.
 *
 * A lesson:  planned -> open -> live -> ended.  Its room opens some time before its
 * hour: whoever is in it waits, and nothing counts yet. It becomes live at its first
 * publication or by hand, opened or not, and is ended only by hand; a lost line never
 * ends it. One that has not begun may be cancelled.
 *
 * Threads:   main loop. Writes go to the store thread; what is reported to others is
 *            durable by then.
 * Ownership: plain; one per process. */
#pragma once

#include "accounts.h"
#include "lesson_event.h"
#include "lesson_source.h"
#include "once.h"
#include "peer.h"
#include "schedule.h"
#include "store.h"

typedef struct _AcClassroom AcClassroom;

typedef enum {
  AC_LESSON_PLANNED,
  AC_LESSON_OPEN,
  AC_LESSON_LIVE,
  AC_LESSON_ENDED,
  AC_LESSON_CANCELLED,
} AcLessonState;

#define AC_LESSON_STATES (AC_LESSON_CANCELLED + 1)

typedef struct {
  gint64 id;
  gchar *title;
  AcLessonState state;
  gint64 created_ms, started_ms, ended_ms; /* wall clock; 0: not yet */
  gint64 length_ms;                        /* media time so far, or whole */
  gint64 creditable_ms;                    /* D: length less slate and outages */
  gboolean interrupted;  /* live, and nothing that counts comes for a while */
  gint64 planned_ms;     /* wall clock; 0: no hour was given */
  AcLessonSource source; /* what it fetches by itself */
  gboolean may_follow;   /* its source's own pictures may be passed on */
} AcLesson;

/* A lesson to be. */
typedef struct {
  const gchar *title;
  const AcLessonSource *source; /* (nullable): none; copied */
  gint64 planned_ms;            /* its hour, wall clock; 0: none */
  gboolean may_follow;
  const AcSchedule *schedule; /* (nullable): course, targets, lecturers; copied. Its
                               * hour is the one above */
  const AcOnce *once;         /* (nullable): what was planned by this key before is not
                               * planned again; copied. Of a series only */
} AcLessonPlan;

typedef enum {
  AC_CLASSROOM_ERROR_NOT_FOUND, /* no such lesson */
  AC_CLASSROOM_ERROR_STATE,     /* not in this state: an ended lesson cannot start */
  AC_CLASSROOM_ERROR_INVALID,   /* a value is refused; the message names the field */
} AcClassroomError;
#define AC_CLASSROOM_ERROR (ac_classroom_error_quark ())
GQuark ac_classroom_error_quark (void);

/* Cuts [*start_ms, *end_ms) of @lesson to what @session was served (rule 4 of the
 * attendance model); returns FALSE when nothing was. NULL function: no cut. */
typedef gboolean (*AcServedFunc) (gint64 lesson, gint64 session, gint64 *start_ms,
                                  gint64 *end_ms, gpointer user_data);

typedef struct {
  /* A lesson is there and durable, and so are its keys; or it has other keys. */
  void (*lesson_added) (gint64 lesson, gpointer user_data);
  /* A lesson's state changed and is durable. */
  void (*lesson_changed) (gint64 lesson, AcLessonState state, gpointer user_data);
  /* (nullable) A lesson has another source or hour, or a new lesson has one. */
  void (*source_changed) (gint64 lesson, gpointer user_data);
  AcServedFunc served;
  /* (nullable) See ac_classroom_session_ended(). */
  void (*session_ended) (gint64 session, gpointer user_data);
  /* (nullable) A hand-out was removed that had @file: nobody gets it any more. */
  void (*handout_removed) (const gchar *file, gpointer user_data);
} AcClassroomHandler;

AcClassroom *ac_classroom_new (AcStore *store);
void ac_classroom_free (AcClassroom *self);
void ac_classroom_set_handler (AcClassroom *self, const AcClassroomHandler *handler,
                               gpointer user_data);

/* Who may enter: without it every socket is refused as signed out. @accounts: outlives
 * the classroom. */
void ac_classroom_set_accounts (AcClassroom *self, AcAccounts *accounts);
/* Which screens of rooms may enter: without it none. @find returns: (transfer full)
 * (nullable): the session of the screen whose cookie is @token, any text. */
typedef AcSession *(*AcClassroomFindScreen) (const gchar *token, gpointer user_data);
void ac_classroom_set_screens (AcClassroom *self, AcClassroomFindScreen find,
                               gpointer user_data);
/* What the time is, in monotonic milliseconds, for throttling and limits; the default
 * is ac_clock_monotonic_ms(). Tests script it. */
typedef gint64 (*AcClassroomClock) (gpointer user_data);
void ac_classroom_set_clock (AcClassroom *self, AcClassroomClock clock,
                             gpointer user_data);

/* Answers of a write, after its commit; never from inside the call. Called exactly
 * once, also when the classroom was freed meanwhile (then before ac_store_close()
 * returns). */
typedef void (*AcLessonDone) (gint64 lesson, const GError *error, gpointer user_data);

/* @ret_stream_key: (out) (transfer full): shown once, stored hashed
 * Errors (through @done): INVALID title (1 to 200 characters, one line). */
void ac_classroom_add_lesson (AcClassroom *self, const gchar *title,
                              gchar **ret_stream_key, AcLessonDone done,
                              gpointer user_data);
/* The same with a source and an hour. The source was checked by
 * ac_lesson_source_parse(). */
void ac_classroom_plan_lesson (AcClassroom *self, const AcLessonPlan *plan,
                               gchar **ret_stream_key, AcLessonDone done,
                               gpointer user_data);
/* A lesson that was just added. */
typedef struct {
  gint64 lesson;
  gint64 planned_ms;
  gchar *stream_key; /* shown once, stored hashed; NULL: it was planned before */
} AcPlannedLesson;

/* @lessons: NULL with @error */
typedef void (*AcSeriesDone) (const AcPlannedLesson *lessons, guint n_lessons,
                              const GError *error, gpointer user_data);

/* Adds a lesson like @plan for each of @hours, all of them or none: a series when @rule
 * (of ac_recurrence_to_text()) is given.
 * @hours: of gint64, at most AC_RECURRENCE_MAX; @plan's own hour does not matter
 * @actor: a member; 0: the operator
 * Errors: INVALID title; AC_TIMETABLE_ERROR, AC_ORGANISATION_ERROR;
 * AC_STORE_ERROR_KEY. */
void ac_classroom_plan_series (AcClassroom *self, const AcLessonPlan *plan,
                               GArray *hours, const gchar *rule, gint64 actor,
                               AcSeriesDone done, gpointer user_data);

/* What of a lesson is to be otherwise. */
typedef struct {
  guint fields;               /* of AcScheduleField: those of @schedule that count */
  const gchar *title;         /* (nullable): as it was */
  const AcSchedule *schedule; /* (nullable) without @fields; copied */
  gboolean following; /* those of its series that come later too; an hour then moves
                       * each by as many days, to the same time of day */
} AcLessonEdit;

/* Changes @lesson, which has not begun. @done gets @lesson, all of those that followed
 * are changed or none.
 * Errors: NOT_FOUND; STATE; INVALID title; as ac_classroom_plan_series(). */
void ac_classroom_edit_lesson (AcClassroom *self, gint64 lesson,
                               const AcLessonEdit *edit, AcLessonDone done,
                               gpointer user_data);
/* Cancels @lesson, which has not begun, and with @following those of its series that
 * come later.
 * Errors: NOT_FOUND; STATE; AC_TIMETABLE_ERROR_INVALID "reason". */
void ac_classroom_cancel_lesson (AcClassroom *self, gint64 lesson, const gchar *reason,
                                 gboolean following, AcLessonDone done,
                                 gpointer user_data);
/* Gives @lesson other keys: the ones before open nothing from then on; who publishes
 * with one stays until its line ends.
 * @ret_stream_key: (out) (transfer full): shown once
 * Errors: NOT_FOUND; STATE (it is over). */
void ac_classroom_rotate_key (AcClassroom *self, gint64 lesson, gint64 actor,
                              gchar **ret_stream_key, AcLessonDone done,
                              gpointer user_data);

/* Gives @lesson another source; AC_LESSON_SOURCE_NONE takes it away.
 * @planned_ms: its hour, 0: as it was
 * Errors: NOT_FOUND; STATE when it has ended, or is to have an hour and is live. */
void ac_classroom_set_source (AcClassroom *self, gint64 lesson,
                              const AcLessonSource *source, gint64 planned_ms,
                              AcLessonDone done, gpointer user_data);
/* Opens its room. Idempotent. Errors: NOT_FOUND, STATE. */
void ac_classroom_open_room (AcClassroom *self, gint64 lesson, AcLessonDone done,
                             gpointer user_data);
/* Opens the rooms of the lessons whose hour comes within @before_ms of @wall_ms, or has
 * come and could still be held: planned_length_ms has not passed, or an hour. Whatever
 * the clock did meanwhile, a call with the right time makes it good. */
void ac_classroom_open_due_rooms (AcClassroom *self, gint64 wall_ms, gint64 before_ms);
/* Idempotent. Errors: NOT_FOUND, STATE. */
void ac_classroom_start_lesson (AcClassroom *self, gint64 lesson, AcLessonDone done,
                                gpointer user_data);
void ac_classroom_end_lesson (AcClassroom *self, gint64 lesson, AcLessonDone done,
                              gpointer user_data);

/* Returns: (transfer full) (nullable): the lesson as it stands. */
AcLesson *ac_classroom_get_lesson (AcClassroom *self, gint64 lesson);
void ac_lesson_free (AcLesson *lesson);
/* Returns: (transfer full): AcLesson, newest first, those with id < @before when it
 * is not 0, at most @limit. */
GPtrArray *ac_classroom_list_lessons (AcClassroom *self, gint64 before, guint limit);
#define AC_LESSON_SEARCH_MAX 1000 /* looked through for a text in one go */
/* The same, of the lessons that @member may view, by whom they are for or by a role.
 * For a text there may be fewer than @limit, or none, and more to come.
 * @text: lies within the title; NULL: any
 * @ret_next: @before of those that follow; 0: there are none */
GPtrArray *ac_classroom_list_visible (AcClassroom *self, gint64 member,
                                      const gchar *text, gint64 before, guint limit,
                                      gint64 *ret_next);
#define AC_LESSON_TIMES_MAX 400 /* looked through in order of time in one go */
/* The same in order of time: what is to come, soonest first, or what is @over, newest
 * first. One whose hour was a day before @wall_ms is over although it was not held.
 * @after: the lesson that the page before ended with; 0: there is none */
GPtrArray *ac_classroom_list_by_time (AcClassroom *self, gint64 member,
                                      const gchar *text, gboolean over, gint64 after,
                                      gint64 wall_ms, guint limit, gint64 *ret_next);
/* Of these those that are open or live, then those whose hour is within a day of
 * @wall_ms, the nearest first, then those that may begin at any time; without an hour,
 * those that have ended since. */
GPtrArray *ac_classroom_list_near (AcClassroom *self, gint64 member, gint64 wall_ms,
                                   guint limit);
/* Returns: (transfer full): the planned lessons that have a source and an hour from
 * @from_ms on, soonest first, at most @limit. */
GPtrArray *ac_classroom_list_hours (AcClassroom *self, gint64 from_ms, guint limit);
/* @stream_key: of a lesson, or the backup key that ac_stream_key_backup() makes of it
 * @ret_backup: (out): whether it is the latter
 * Returns: the lesson that it publishes, 0: none. Compares hashes. */
gint64 ac_classroom_lesson_by_key (AcClassroom *self, const gchar *stream_key,
                                   gboolean *ret_backup);

typedef struct {
  const guint8 *hash; /* AC_STREAM_KEY_HASH_BYTES */
  gint64 lesson;
  gboolean backup;
  AcLessonState state;
} AcLessonKey;

/* Calls @func for every key of the lessons that have not ended, and of those that ended
 * within the last day. */
void ac_classroom_each_key (AcClassroom *self,
                            void (*func) (const AcLessonKey *key, gpointer user_data),
                            gpointer user_data);

/* Lesson time [@start_ms, @start_ms + @duration_ms) was published: the live edge and
 * the creditable set grow. Called in order; also for what a recording already holds
 * when the daemon starts. */
void ac_classroom_media_published (AcClassroom *self, gint64 lesson, gint64 start_ms,
                                   gint64 duration_ms, gboolean creditable);

/* The lesson's line is lost for longer than the grace, or is back: its pages are told.
 * Not kept over a restart: whoever watches the line tells it again. */
void ac_classroom_set_interrupted (AcClassroom *self, gint64 lesson,
                                   gboolean interrupted);
/* Sends @text to those in the lesson who are no plain members; a page that reads slowly
 * misses some. */
void ac_classroom_tell_staff (AcClassroom *self, gint64 lesson, GBytes *text);

typedef struct {
  gboolean on;
  gint64 start_ms, end_ms; /* media time; end 0: it goes on */
} AcClassroomBreak;

/* @state: NULL with an error */
typedef void (*AcBreakDone) (const AcClassroomBreak *state, const GError *error,
                             gpointer user_data);

/* The lecturer @actor begins or ends a break at the live edge; an event "break" tells
 * the lesson. Idempotent. The end of the lesson ends it, too.
 * Errors: NOT_FOUND; STATE when the lesson is not live. */
void ac_classroom_mark_break (AcClassroom *self, gint64 lesson, gboolean on,
                              gint64 actor, AcBreakDone done, gpointer user_data);

/* Asks every member in the lesson at once whether they are there; see prompts.h.
 * Returns: how many are in it; those who have an open prompt are not asked again. */
guint ac_classroom_prompt_all (AcClassroom *self, gint64 lesson, gint64 asker);
/* How long there is to answer; AC_PROMPT_LIMIT_MS when nothing is said. */
void ac_classroom_set_prompt_limit (AcClassroom *self, gint64 limit_ms);
/* Closes prompts whose time is over. Called each 5 s; for tests. */
void ac_classroom_judge_prompts (AcClassroom *self);

/* @seq: the event's number; 0 with an error of the store */
typedef void (*AcPublishDone) (gint64 seq, const GError *error, gpointer user_data);

/* Writes @event and tells it, after its commit, to those in its lesson whom it is for:
 * the one way to say something to a lesson. Its number, times and name are set here.
 * @event: (transfer full)
 * @done: (nullable): after the commit, never from inside */
void ac_classroom_publish (AcClassroom *self, AcLessonEvent *event, AcPublishDone done,
                           gpointer user_data);
/* The same for who writes more in one job: ac_classroom_date_event() before it,
 * ac_lesson_event_add() inside, ac_classroom_tell_event() when it is answered without
 * an error. */
void ac_classroom_date_event (AcClassroom *self, AcLessonEvent *event);
void ac_classroom_tell_event (AcClassroom *self, AcLessonEvent *event);

/* Who is in @lesson: see presence.h.
 * Returns: (transfer full) (nullable): NULL with @error (of the store). */
JsonObject *ac_classroom_presence (AcClassroom *self, gint64 lesson, GError **error);
/* Somebody was signed in or out at a room of @lesson: its staff hear it soon. */
void ac_classroom_presence_changed (AcClassroom *self, gint64 lesson);

/* A session was signed out, or a screen (the negative of its id) revoked: its sockets
 * are closed with 4401, and the handler is told, whether it has any or not. */
void ac_classroom_session_ended (AcClassroom *self, gint64 session);

typedef struct {
  guint rooms;     /* lessons that somebody is in */
  guint occupants; /* open sockets that joined */
  guint64 beats;   /* acknowledged since the start */
  guint64 acks;    /* messages acknowledged */
  guint64 retries; /* messages put off */
  guint64 refused; /* sockets closed for breaking a rule or a limit */
} AcClassroomStats;

void ac_classroom_stats (AcClassroom *self, AcClassroomStats *ret_stats);

/* Sockets of /classroom, wired to the front by main. */
const AcPeerHandler *ac_classroom_peer_handler (void); /* user_data: the AcClassroom */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcClassroom, ac_classroom_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcLesson, ac_lesson_free)
