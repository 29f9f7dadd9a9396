/* room.c - the sockets of a lesson, from their upgrade to their close. */
#include "occupant.h"

#include "http_exchange.h"
#include "lesson_place.h"
#include "log.h"
#include "message.h"
#include "prompter.h"

/* Limits of one page; whoever breaks one is closed with 1008. A page sends one beat
 * message each 10 s, a few at a seek, and what it kept while it was offline. */
#define SOCKETS_PER_SESSION_MAX 8
static const AcBucketRule message_rule = { .per_s = 10, .burst = 60 };

/* Of a member, over all sessions and sockets: forty devices, or eleven hours offline. A
 * row of beats is for ever, and whoever makes many slows everyone's commits. A message
 * that comes after later ones costs as a full one: all of the lesson is decided again
 * (redecision.h). */
static const AcBucketRule beat_rule = { .per_s = 4, .burst = 4096 };
#define BACKWARD_PRICE AC_BEAT_BATCH_MAX

/* Each one reads the database. */
static const AcBucketRule resume_rule = { .per_s = 1, .burst = 5 };

/* More messages than this wait for their commit: the rest is put off. */
#define PENDING_MAX 16
#define RETRY_FULL_MS 1000
#define RETRY_BUSY_MS 3000
#define RETRY_FAILED_MS 10000

/* How often a socket's session is looked at again: one that was ended elsewhere loses
 * its sockets, one that is used does not expire. */
#define SESSION_CHECK_MS 60000

static void
occupant_clear (gpointer data)
{
  AcOccupant *occupant = data;

  ac_classroom_unref (occupant->classroom);
  ac_session_unref (occupant->session);
  ac_lesson_place_free (occupant->place);
}

AcOccupant *
ac_occupant_ref (AcOccupant *self)
{
  return g_rc_box_acquire (self);
}

void
ac_occupant_unref (AcOccupant *self)
{
  g_rc_box_release_full (self, occupant_clear);
}

static AcRoom *
room_of (AcClassroom *self, gint64 lesson)
{
  AcRoom *room = g_hash_table_lookup (self->rooms, &lesson);

  if (room == NULL) {
    room = g_new0 (AcRoom, 1);
    room->lesson = lesson;
    room->occupants =
        g_hash_table_new_full (NULL, NULL, (GDestroyNotify)ac_occupant_unref, NULL);
    room->classroom = self;
    room->presence = ac_presence_new (self->store, lesson);
    ac_room_begin_telling (room);
    g_hash_table_insert (self->rooms, &room->lesson, room);
  }
  return room;
}

void
ac_room_free (AcRoom *room)
{
  GHashTableIter iter;
  gpointer occupant;

  g_hash_table_iter_init (&iter, room->occupants);
  while (g_hash_table_iter_next (&iter, &occupant, NULL)) {
    AcOccupant *one = occupant;

    one->peer->data = NULL;
    one->peer = NULL;
    one->room = NULL;
  }
  ac_room_end_telling (room);
  ac_presence_free (room->presence);
  g_hash_table_unref (room->occupants);
  g_free (room);
}

static guint
count_sockets (AcClassroom *self, gint64 session)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->sockets, &session));
}

static void
set_sockets (AcClassroom *self, gint64 session, guint n)
{
  if (n == 0)
    g_hash_table_remove (self->sockets, &session);
  else
    g_hash_table_replace (self->sockets, g_memdup2 (&session, sizeof session),
                          GUINT_TO_POINTER (n));
}

/* The peer is no occupant from now on, open or not. */
static void
leave (AcOccupant *occupant)
{
  AcClassroom *self = occupant->classroom;
  AcRoom *room = occupant->room;
  gint64 lesson = occupant->who.lesson;

  occupant->peer->data = NULL;
  occupant->peer = NULL;
  occupant->room = NULL;
  if (occupant->counted)
    ac_presence_leave (room->presence, occupant->who.member, occupant->who.site);
  ac_pacer_ask (&room->telling_presence);
  self->stats.occupants--;
  set_sockets (self, occupant->who.session,
               count_sockets (self, occupant->who.session) - 1);
  g_hash_table_remove (room->occupants, occupant);
  if (g_hash_table_size (room->occupants) > 0)
    return;
  g_hash_table_remove (self->rooms, &lesson);
  ac_classroom_close_lesson (self, lesson);
}

void
ac_occupant_expel (AcOccupant *occupant, guint16 code, const gchar *reason)
{
  AcPeer *peer = occupant->peer;
  gint64 lesson = occupant->who.lesson;

  occupant->classroom->stats.refused++;
  leave (occupant);
  ac_log (G_LOG_LEVEL_INFO, lesson, "socket %" G_GUINT64_FORMAT " closed: %u %s",
          peer->id, code, reason);
  peer->close (peer, code, reason);
}

void
ac_occupant_send (AcOccupant *occupant, GBytes *text, gboolean must_arrive)
{
  if (occupant->peer != NULL)
    occupant->peer->send (occupant->peer, text, must_arrive);
}

/* --- Coming in --- */

static AcSession *
session_of (AcClassroom *self, AcPeer *peer)
{
  AcHttpRequest request = { .cookie = (gchar *)peer->cookie };
  g_autofree gchar *token = ac_http_request_cookie (&request, "airclass_session");
  g_autofree gchar *screen = ac_http_request_cookie (&request, "airclass_screen");
  AcSession *session = NULL;

  if (self->accounts != NULL && token != NULL)
    session = ac_accounts_session (self->accounts, token);
  if (session == NULL && self->find_screen != NULL && screen != NULL)
    session = self->find_screen (screen, self->screens_data);
  return session;
}

/* Returns: (transfer full) (nullable): NULL: no such lesson. */
static AcLessonPlace *
place_of (AcClassroom *self, gint64 lesson, AcSession *session)
{
  g_autoptr (GError) error = NULL;
  AcLessonPlace *place =
      ac_lesson_place_new (self->store, lesson, &session->who, &error);

  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, lesson, "cannot read whom the lesson is for: %s",
            error->message);
  return place;
}

static void
joined (const AcAttendance *attendance, gint64 last_seq, const GError *error,
        gpointer user_data)
{
  g_autoptr (GBytes) text = NULL;
  AcOccupant *occupant = user_data;
  AcOpenLesson *lesson;

  if (occupant->peer != NULL && error != NULL) {
    ac_log (G_LOG_LEVEL_WARNING, occupant->who.lesson, "cannot join: %s",
            error->message);
    ac_occupant_expel (occupant, 1013, "try again later");
  } else if (occupant->peer != NULL) {
    occupant->stored_seq = MAX (occupant->stored_seq, last_seq);
    lesson = ac_classroom_open_lesson (occupant->classroom, occupant->who.lesson);
    text = ac_message_welcome (&(AcWelcome){
        .lesson = occupant->who.lesson,
        .state = lesson->state,
        .length_ms = ac_lesson_media_length_ms (lesson->media),
        .attendance = *attendance,
        .last_seq = last_seq,
        .interrupted = lesson->interrupted && lesson->state == AC_LESSON_LIVE,
        .on_break = ac_lesson_media_on_break (lesson->media),
    });
    ac_occupant_send (occupant, text, TRUE);
    ac_classroom_presence_changed (occupant->classroom, occupant->who.lesson);
    if (occupant->since >= 0)
      ac_occupant_resume (occupant, occupant->since);
    if (occupant->peer != NULL)
      ac_prompter_came (occupant);
  }
  ac_occupant_unref (occupant);
}

static gboolean
occupant_may (const AcOccupant *occupant, AcAct act)
{
  return ac_access_may (act, &occupant->session->who, &occupant->place->access);
}

static void
look_at_listener (AcOccupant *occupant)
{
  occupant->listener = (AcListener){
    .member = occupant->who.member,
    .staff = occupant_may (occupant, AC_ACT_LESSON_MODERATE),
  };
}

/* @place: (transfer full) */
static void
enter (AcClassroom *self, AcPeer *peer, const AcAttendee *who, gint64 since,
       AcSession *session, AcLessonPlace *place)
{
  AcOccupant *occupant = g_rc_box_new0 (AcOccupant);

  occupant->classroom = ac_classroom_ref (self);
  occupant->peer = peer;
  occupant->who = *who;
  occupant->session = ac_session_ref (session);
  occupant->place = place;
  occupant->since = since;
  occupant->told_seq = -1;
  look_at_listener (occupant);
  occupant->checked_ms = ac_classroom_now_ms (self);
  occupant->room = room_of (self, who->lesson);
  peer->data = occupant;
  g_hash_table_add (occupant->room->occupants, occupant);
  set_sockets (self, who->session, count_sockets (self, who->session) + 1);
  self->stats.occupants++;
  occupant->counted = !occupant->listener.staff;
  if (occupant->counted)
    ac_presence_enter (occupant->room->presence, who->member, who->site);
  ac_attendance_join (self->store, who, joined, ac_occupant_ref (occupant));
}

static void
refuse (AcClassroom *self, AcPeer *peer, guint16 code, const gchar *reason)
{
  static AcLogLimit limit = { .interval_ms = 10000 };
  guint suppressed;

  self->stats.refused++;
  if (ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_INFO, 0,
            "socket of %s refused: %u %s (and %u others not logged)",
            peer->remote_address != NULL ? peer->remote_address : "-", code, reason,
            suppressed);
  peer->close (peer, code, reason);
}

/* A browser always sends Origin; a script that sends none holds the cookie itself. */
static void
peer_opened (AcPeer *peer, gpointer user_data)
{
  AcClassroom *self = user_data;
  AcAttendee who = { 0 };
  gint64 since;
  g_autoptr (AcSession) session = NULL;
  g_autoptr (AcLessonPlace) place = NULL;

  peer->data = NULL;
  if (peer->origin != NULL && !ac_message_origin_matches (peer->origin, peer->host)) {
    refuse (self, peer, AC_CLOSE_POLICY, "wrong origin");
    return;
  }
  if (!ac_message_parse_query (peer->query, &who.lesson, &who.client, &since)) {
    refuse (self, peer, AC_CLOSE_POLICY, "bad query");
    return;
  }
  session = session_of (self, peer);
  if (session == NULL) {
    refuse (self, peer, AC_CLOSE_SIGNED_OUT, "signed out");
    return;
  }
  if (session->who.must_change) {
    refuse (self, peer, AC_CLOSE_PASSWORD_MADE, "change your password first");
    return;
  }
  place = place_of (self, who.lesson, session);
  if (place == NULL) {
    refuse (self, peer, AC_CLOSE_NO_LESSON, "no such lesson");
    return;
  }
  if (!ac_access_may (AC_ACT_LESSON_ATTEND, &session->who, &place->access)) {
    refuse (self, peer, AC_CLOSE_POLICY, "not allowed");
    return;
  }
  if (count_sockets (self, session->id) >= SOCKETS_PER_SESSION_MAX) {
    refuse (self, peer, AC_CLOSE_POLICY, "too many sockets");
    return;
  }
  if (ac_classroom_open_lesson (self, who.lesson) == NULL) {
    refuse (self, peer, AC_CLOSE_NO_LESSON, "no such lesson");
    return;
  }
  who.session = session->id;
  who.member = session->member;
  who.screen = session->who.screen;
  who.site = session->who.site;
  enter (self, peer, &who, since, session, g_steal_pointer (&place));
}

/* --- Messages --- */

/* A message on its way to the disk. */
typedef struct {
  AcOccupant *occupant;
  guint price; /* in beats */
  guint n_seqs;
  gint64 seqs[];
} Submission;

static void
put_off (AcOccupant *occupant, guint after_ms)
{
  g_autoptr (GBytes) text = ac_message_retry (after_ms);

  occupant->classroom->stats.retries++;
  ac_occupant_send (occupant, text, FALSE);
}

static void
submit_failed (AcOccupant *occupant, const GError *error)
{
  static AcLogLimit limit = { .interval_ms = 10000 };
  gboolean busy = g_error_matches (error, AC_STORE_ERROR, AC_STORE_ERROR_BUSY);
  guint suppressed;

  if (ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, occupant->who.lesson,
            "beats put off: %s (and %u messages before)", error->message, suppressed);
  put_off (occupant, busy ? RETRY_BUSY_MS : RETRY_FAILED_MS);
}

static gint64
bucket_key_of (const AcOccupant *occupant)
{
  return occupant->who.screen != 0 ? occupant->who.session : occupant->who.member;
}

/* Returns: (transfer none): of the member, or the screen. */
static AcBucket *
bucket_of (const AcOccupant *occupant)
{
  GHashTable *buckets = occupant->classroom->beats;
  gint64 key = bucket_key_of (occupant);
  AcBucket *bucket = g_hash_table_lookup (buckets, &key);

  if (bucket == NULL) {
    bucket = g_new0 (AcBucket, 1);
    g_hash_table_insert (buckets, g_memdup2 (&key, sizeof key), bucket);
  }
  return bucket;
}

/* What was ahead was on its way to the disk, or came over another socket of the page:
 * the store has found out. */
static void
charge (const Submission *submission)
{
  const AcOccupant *occupant = submission->occupant;

  if (submission->price < BACKWARD_PRICE && !occupant->classroom->closed)
    ac_bucket_charge (bucket_of (occupant), BACKWARD_PRICE - submission->price);
}

static void
submitted (const AcAttendance *attendance, gint64 last_seq, const GError *error,
           gpointer user_data)
{
  Submission *submission = user_data;
  AcOccupant *occupant = submission->occupant;

  occupant->pending--;
  if (error != NULL) {
    submit_failed (occupant, error);
  } else {
    g_autoptr (GBytes) text =
        ac_message_ack (submission->seqs, submission->n_seqs, attendance);

    occupant->stored_seq = MAX (occupant->stored_seq, last_seq);
    if (attendance->decided_again)
      charge (submission);
    occupant->classroom->stats.acks++;
    occupant->classroom->stats.beats += submission->n_seqs;
    ac_occupant_send (occupant, text, TRUE);
    if (attendance->prompt_due && !occupant->classroom->closed)
      ac_prompter_due (occupant);
  }
  ac_occupant_unref (occupant);
  g_free (submission);
}

/* What the store did not take, and is said again, costs no more than the first time.
 * Returns: what @message costs, in beats. */
static guint
price_of (const AcOccupant *occupant, const AcMessage *message)
{
  for (guint i = 0; i < message->n_beats; i++)
    if (message->beats[i].seq < occupant->stored_seq)
      return BACKWARD_PRICE;
  return message->n_beats;
}

/* Only a screen shows to a room, which has a steward instead of prompts. */
static gboolean
modes_fit (const AcOccupant *occupant, const AcMessage *message)
{
  for (guint i = 0; i < message->n_beats; i++)
    if (message->beats[i].mode == AC_BEAT_ROOM && occupant->who.screen == 0)
      return FALSE;
  return TRUE;
}

static void
submit (AcOccupant *occupant, const AcMessage *message)
{
  AcClassroom *self = occupant->classroom;
  guint price = price_of (occupant, message);
  gint64 wait_ms;
  AcOpenLesson *lesson = ac_classroom_open_lesson (self, occupant->who.lesson);
  g_autoptr (AcIntervalSet) creditable = ac_lesson_media_snapshot (lesson->media);
  Submission *submission;

  if (occupant->pending >= PENDING_MAX) {
    put_off (occupant, RETRY_FULL_MS);
    return;
  }
  wait_ms = ac_bucket_take (bucket_of (occupant), &beat_rule, price,
                            ac_classroom_now_ms (self));
  if (wait_ms > 0) {
    put_off (occupant, (guint)MAX (wait_ms, RETRY_FULL_MS));
    return;
  }
  submission = g_malloc0 (sizeof *submission + message->n_beats * sizeof (gint64));
  submission->occupant = ac_occupant_ref (occupant);
  submission->price = price;
  submission->n_seqs = message->n_beats;
  for (guint i = 0; i < message->n_beats; i++)
    submission->seqs[i] = message->beats[i].seq;
  occupant->pending++;
  ac_attendance_submit (self->store, &occupant->who, message->beats, message->n_beats,
                        &(AcAttendanceMedia){
                            .edge_ms = ac_lesson_media_length_ms (lesson->media),
                            .live = lesson->state == AC_LESSON_LIVE,
                            .creditable = creditable,
                            .served = self->handler.served,
                            .served_data = self->user_data,
                        },
                        submitted, submission);
}

/* A break on its way to the disk. */
typedef struct {
  AcOccupant *occupant;
  gchar *id; /* (nullable) */
} Breaking;

static void
break_marked (const AcClassroomBreak *state, const GError *error, gpointer user_data)
{
  Breaking *breaking = user_data;
  g_autoptr (GBytes) text = NULL;

  if (error == NULL && breaking->id != NULL)
    text = ac_message_done (breaking->id, 0);
  else if (error != NULL && error->domain == AC_CLASSROOM_ERROR)
    text = ac_message_refused (
        breaking->id,
        &(AcRefusal){ .code = "state", .field = "on", .detail = error->message });
  else if (error != NULL)
    text = ac_message_refused (
        breaking->id,
        &(AcRefusal){ .code = "busy", .field = "on", .after_ms = RETRY_BUSY_MS });
  if (text != NULL)
    ac_occupant_send (breaking->occupant, text, TRUE);
  ac_occupant_unref (breaking->occupant);
  g_free (breaking->id);
  g_free (breaking);
}

static void
mark_break (AcOccupant *occupant, const AcMessage *message)
{
  Breaking *breaking = g_new (Breaking, 1);

  *breaking = (Breaking){ ac_occupant_ref (occupant), g_strdup (message->id) };
  ac_classroom_mark_break (occupant->classroom, occupant->who.lesson, message->on,
                           occupant->who.member, break_marked, breaking);
}

static void
resume (AcOccupant *occupant, gint64 since)
{
  gint64 now_ms = ac_classroom_now_ms (occupant->classroom);
  gint64 wait_ms = ac_bucket_take (&occupant->resumes, &resume_rule, 1, now_ms);

  if (wait_ms > 0) {
    g_autoptr (GBytes) text = ac_message_refused (
        NULL, &(AcRefusal){ .code = "too-fast", .after_ms = wait_ms });

    ac_occupant_send (occupant, text, FALSE);
  } else {
    ac_occupant_resume (occupant, since);
  }
}

static gboolean
renew_session (AcOccupant *occupant)
{
  g_autoptr (AcSession) session = NULL;
  g_autoptr (AcLessonPlace) place = NULL;

  session = session_of (occupant->classroom, occupant->peer);
  if (session == NULL || session->id != occupant->who.session)
    return FALSE;
  place = place_of (occupant->classroom, occupant->who.lesson, session);
  if (place == NULL)
    return FALSE;
  ac_session_unref (occupant->session);
  occupant->session = g_steal_pointer (&session); /* its roles may be others */
  ac_lesson_place_free (occupant->place);
  occupant->place = g_steal_pointer (&place);
  look_at_listener (occupant);
  return TRUE;
}

gboolean
ac_occupant_check (AcOccupant *occupant)
{
  gint64 now_ms = ac_classroom_now_ms (occupant->classroom);

  if (occupant->peer == NULL)
    return FALSE;
  if (now_ms - occupant->checked_ms < SESSION_CHECK_MS)
    return TRUE;
  occupant->checked_ms = now_ms;
  if (!renew_session (occupant)) {
    ac_occupant_expel (occupant, AC_CLOSE_SIGNED_OUT, "signed out");
    return FALSE;
  }
  if (!occupant_may (occupant, AC_ACT_LESSON_ATTEND)) {
    ac_occupant_expel (occupant, AC_CLOSE_POLICY, "not allowed");
    return FALSE;
  }
  return TRUE;
}

static void
peer_message (AcPeer *peer, GBytes *text, gpointer user_data)
{
  AcClassroom *self = user_data;
  AcOccupant *occupant = peer->data;
  gint64 now_ms = ac_classroom_now_ms (self);
  g_auto (AcMessage) message = { 0 };
  const gchar *reason;
  guint16 code;

  if (occupant == NULL)
    return;
  if (ac_bucket_take (&occupant->messages, &message_rule, 1, now_ms) > 0) {
    ac_occupant_expel (occupant, AC_CLOSE_POLICY, "too many messages");
    return;
  }
  if (!ac_occupant_check (occupant))
    return;
  code = ac_message_parse (text, &message, &reason);
  if (code != 0) {
    ac_occupant_expel (occupant, code, reason);
  } else if (message.type != AC_MESSAGE_OTHER &&
             !occupant_may (occupant, ac_message_act (message.type))) {
    ac_occupant_expel (occupant, AC_CLOSE_POLICY, "not allowed");
  } else if (message.type == AC_MESSAGE_PING) {
    g_autoptr (GBytes) pong = ac_message_pong ();

    ac_occupant_send (occupant, pong, FALSE);
  } else if (message.type == AC_MESSAGE_BEATS && !modes_fit (occupant, &message)) {
    ac_occupant_expel (occupant, AC_CLOSE_POLICY, "only a screen is a room");
  } else if (message.type == AC_MESSAGE_BEATS) {
    submit (occupant, &message);
  } else if (message.type == AC_MESSAGE_RESUME) {
    resume (occupant, message.since);
  } else if (message.type == AC_MESSAGE_PROMPT_SHOWN) {
    ac_prompter_shown (occupant, message.prompt);
  } else if (message.type == AC_MESSAGE_PROMPT_ANSWER) {
    ac_prompter_answered (occupant, message.prompt, message.pressed_after_ms);
  } else if (message.type == AC_MESSAGE_BREAK) {
    mark_break (occupant, &message);
  } else if (message.type >= AC_MESSAGE_TALK) {
    ac_occupant_say (occupant, &message);
  }
}

static void
peer_closed (AcPeer *peer, gpointer user_data)
{
  if (peer->data != NULL)
    leave (peer->data);
}

const AcPeerHandler ac_room_peer_handler = {
  .opened = peer_opened,
  .message = peer_message,
  .closed = peer_closed,
};

/* --- To everyone --- */

/* Who only listens says nothing by which it would be looked at. */
static gboolean
is_staff (AcOccupant *occupant)
{
  return occupant_may (occupant, AC_ACT_LESSON_HEALTH) &&
         ac_occupant_check (occupant) && occupant_may (occupant, AC_ACT_LESSON_HEALTH);
}

GPtrArray *
ac_room_everyone (AcRoom *room)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)ac_occupant_unref);
  GHashTableIter iter;
  gpointer occupant;

  g_hash_table_iter_init (&iter, room->occupants);
  while (g_hash_table_iter_next (&iter, &occupant, NULL))
    g_ptr_array_add (list, ac_occupant_ref (occupant));
  return list;
}

void
ac_classroom_tell_state (AcClassroom *self, AcOpenLesson *lesson)
{
  AcRoom *room = g_hash_table_lookup (self->rooms, &lesson->id);
  g_autoptr (GPtrArray) everyone = NULL;
  g_autoptr (GBytes) text = NULL;

  if (room == NULL)
    return;
  everyone = ac_room_everyone (room);
  text = ac_message_lesson (lesson->state, ac_lesson_media_length_ms (lesson->media),
                            lesson->interrupted);
  for (guint i = 0; i < everyone->len; i++)
    ac_occupant_send (everyone->pdata[i], text, TRUE);
}

void
ac_classroom_tell_staff (AcClassroom *self, gint64 lesson, GBytes *text)
{
  AcRoom *room = g_hash_table_lookup (self->rooms, &lesson);
  g_autoptr (GPtrArray) everyone = room != NULL ? ac_room_everyone (room) : NULL;

  for (guint i = 0; everyone != NULL && i < everyone->len; i++)
    if (is_staff (everyone->pdata[i]))
      ac_occupant_send (everyone->pdata[i], text, FALSE);
}

void
ac_classroom_session_ended (AcClassroom *self, gint64 session)
{
  g_autoptr (GPtrArray) theirs =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ac_occupant_unref);
  GHashTableIter rooms, occupants;
  gpointer room, occupant;

  if (self->closed)
    return;
  if (self->handler.session_ended != NULL)
    self->handler.session_ended (session, self->user_data);
  if (count_sockets (self, session) == 0)
    return;
  g_hash_table_iter_init (&rooms, self->rooms);
  while (g_hash_table_iter_next (&rooms, NULL, &room)) {
    g_hash_table_iter_init (&occupants, ((AcRoom *)room)->occupants);
    while (g_hash_table_iter_next (&occupants, &occupant, NULL))
      if (((AcOccupant *)occupant)->who.session == session)
        g_ptr_array_add (theirs, ac_occupant_ref (occupant));
  }
  for (guint i = 0; i < theirs->len; i++)
    if (((AcOccupant *)theirs->pdata[i])->peer != NULL)
      ac_occupant_expel (theirs->pdata[i], AC_CLOSE_SIGNED_OUT, "signed out");
}
