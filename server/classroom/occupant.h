/* occupant.h - a peer that was let into a lesson.
 *
 * It outlives its peer while answers of writes are on their way; peer is NULL from then
 * on. Reference counted, main loop. */
#pragma once

#include "attendance.h"
#include "bucket.h"
#include "classroom_private.h"
#include "lesson_place.h"
#include "lesson_event.h"
#include "message.h"

typedef struct {
  AcClassroom *classroom; /* referenced */
  AcRoom *room;           /* NULL once it has left */
  AcPeer *peer;           /* NULL once it has left */
  AcAttendee who;
  AcSession *session;   /* as it was looked at last */
  AcLessonPlace *place; /* likewise: the lesson, to this member */
  gint64 checked_ms;
  AcBucket messages;
  guint pending;     /* its messages on their way to the disk */
  gint64 stored_seq; /* highest seq of its page's beats that is known to be on disk */

  gboolean counted;    /* in the room's presence, since it came: not the staff */
  AcListener listener; /* what it may hear */
  gint64 since;        /* what its page had when it came; -1: it did not ask */
  gint64 told_seq;     /* events up to here were sent; -1: it does not listen */
  AcBucket resumes;
} AcOccupant;

AcOccupant *ac_occupant_ref (AcOccupant *self);
void ac_occupant_unref (AcOccupant *self);
/* A page that reads slowly misses it, unless it @must_arrive. */
void ac_occupant_send (AcOccupant *self, GBytes *text, gboolean must_arrive);
/* Looks again, once a minute, at whether its session still holds, and at what it may.
 * Before it is let do something, and before it is told what the staff alone may hear.
 * Returns: FALSE: it was shown out, or had left; without a reference it is no more. */
gboolean ac_occupant_check (AcOccupant *self);
/* Closes its peer; it is no occupant any more. */
void ac_occupant_expel (AcOccupant *self, guint16 code, const gchar *reason);

/* Returns: (transfer full): those in @room, so that one may leave meanwhile. */
GPtrArray *ac_room_everyone (AcRoom *room);

/* telling.c */

/* Sends @self what it missed after @since (0: it has nothing), and from then on what is
 * new. */
void ac_occupant_resume (AcOccupant *self, gint64 since);
void ac_room_begin_telling (AcRoom *room);
void ac_room_end_telling (AcRoom *room);
/* Votes, or answers to polls, have changed in @lesson: its pages hear it soon. */
void ac_classroom_tally_changed (AcClassroom *self, gint64 lesson);

/* saying.c */

/* @message: of a type from AC_MESSAGE_TALK on */
void ac_occupant_say (AcOccupant *self, const AcMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcOccupant, ac_occupant_unref)
