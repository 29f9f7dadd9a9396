/* classroom_private.h - what the classroom's own files share.
 *
 * Callbacks of writes hold a reference, so that an answer that comes after
 * ac_classroom_free() finds a classroom that is closed instead of none. */
#pragma once

#include "bucket.h"
#include "classroom.h"
#include "lesson_media.h"
#include "pacer.h"
#include "presence.h"

/* A lesson that somebody is in, that is live or that was published to. */
typedef struct {
  gint64 id;
  AcLessonState state; /* as committed */
  AcLessonMedia *media;
  gboolean saving;   /* a save of the media is under way */
  gboolean starting; /* by its first publication */
  gboolean interrupted;
} AcOpenLesson;

typedef struct {
  AcClassroom *classroom;
  gint64 lesson;
  GHashTable *occupants; /* AcOccupant, as a set */
  GPtrArray *pending;    /* AcLessonEvent that nobody was told yet */
  AcPacer telling, tally, telling_presence;
  GBytes *states[2], *tallies[2]; /* for all, for the staff; NULL: to be read */
  gint64 state_seqs[2];
  AcBucket lines; /* of the chat */
  AcPresence *presence;
} AcRoom;

struct _AcClassroom {
  gboolean closed;
  AcStore *store;
  AcAccounts *accounts;
  AcClassroomFindScreen find_screen;
  gpointer screens_data;
  AcClassroomHandler handler;
  gpointer user_data;
  AcClassroomClock clock;
  gpointer clock_data;
  GHashTable *lessons; /* id: AcOpenLesson */
  GHashTable *rooms;   /* id: AcRoom */
  GHashTable *sockets; /* session: its number of open sockets */
  GHashTable *beats;   /* member: AcBucket of its beats; outlives its sockets */
  GHashTable *voices;  /* member: what they say, likewise */
  gint64 prompt_limit_ms;
  guint prompt_source; /* looks for prompts whose time is over */
  AcClassroomStats stats;
};

AcClassroom *ac_classroom_ref (AcClassroom *self);
void ac_classroom_unref (AcClassroom *self);
gint64 ac_classroom_now_ms (AcClassroom *self);

/* lesson.c */

/* Returns: (transfer full) (nullable): the row, with the figures as stored.
 * @ret_creditable: (out) (transfer full): the stored set, in the first case */
AcLesson *ac_classroom_read_lesson (AcClassroom *self, gint64 id,
                                    gchar **ret_creditable);

/* Reads on while there are fewer than @limit, through @most of the walk; what comes
 * again is left out.
 * @statement: of a lesson's number, and whether it is one of them
 * @ret_next: where it goes on; 0: it ended
 * Returns: (transfer full): AcLesson; those so far with @error. */
GPtrArray *ac_classroom_read_walk (AcClassroom *self, AcStatement *statement,
                                   guint limit, guint most, gint64 *ret_next,
                                   GError **error);

/* Inside a job. Errors: NOT_FOUND. */
gboolean ac_lesson_read_state (AcStore *store, gint64 lesson, AcLessonState *ret_state,
                               GError **error);
/* Sets STATE with what is in the way; returns FALSE. */
gboolean ac_lesson_refuse_state (gint64 lesson, AcLessonState state, GError **error);
/* Tells everyone who ought to know that a lesson has become @state, durably. */
void ac_classroom_announce (AcClassroom *self, gint64 lesson, AcLessonState state);
/* Tells whoever fetches that its source or its hour is another. */
void ac_classroom_report_source (AcClassroom *self, gint64 lesson);

/* publication.c */

/* Returns: (transfer none) (nullable): loaded when it was not; NULL: no such lesson. */
AcOpenLesson *ac_classroom_open_lesson (AcClassroom *self, gint64 lesson);
/* Nobody is in it any more: it may be forgotten. */
void ac_classroom_close_lesson (AcClassroom *self, gint64 lesson);
void ac_open_lesson_free (AcOpenLesson *lesson);
/* Writes its media figures when they are newer than the row and old enough. */
void ac_classroom_save_if_due (AcClassroom *self, AcOpenLesson *open);
/* Writes the media figures of every lesson that has unsaved ones. */
void ac_classroom_save_all (AcClassroom *self);

/* breaks.c */

/* As they are on disk. */
void ac_classroom_load_breaks (AcClassroom *self, AcOpenLesson *open);

/* room.c */

extern const AcPeerHandler ac_room_peer_handler;
void ac_room_free (AcRoom *room);
/* Tells everyone in the lesson what it has become. */
void ac_classroom_tell_state (AcClassroom *self, AcOpenLesson *lesson);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRoom, ac_room_free)
