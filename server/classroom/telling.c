/* telling.c - the events of a lesson, to the pages of those who are in it.
 *
 * What is told is on disk by then, and told in the order of its numbers. Events that
 * come within EVENTS_MS of each other go out in one message, and that message is one
 * text for everybody (one more for the staff): thirteen thousand pages cost a reference
 * each. A page that slept, or lost messages, names the last number that it has; it gets
 * what it missed, or, when that is much, a note that there is a gap, and the state. */
#include "occupant.h"

#include "clock.h"
#include "conversation_state.h"
#include "log.h"
#include "message.h"

#define EVENTS_MS 250
#define TALLY_MS 500
#define PRESENCE_MS 1000
/* Missed events that are still sent one by one. */
#define MISSED_MAX 200

/* What was read is old. */
static void
forget_state (AcRoom *room)
{
  for (guint i = 0; i < G_N_ELEMENTS (room->states); i++) {
    g_clear_pointer (&room->states[i], g_bytes_unref);
    g_clear_pointer (&room->tallies[i], g_bytes_unref);
  }
}

/* --- Pending events --- */

typedef struct {
  GString *text;
  gint64 last_seq;
} Batch;

static void
batch_open (Batch *batch)
{
  batch->text = g_string_new ("{\"type\":\"events\",\"events\":[");
  batch->last_seq = 0;
}

static void
batch_add (Batch *batch, const AcLessonEvent *event, gboolean staff)
{
  if (batch->last_seq > 0)
    g_string_append_c (batch->text, ',');
  ac_lesson_event_append_json (event, staff, batch->text);
  batch->last_seq = event->seq;
}

/* @seq: what the page has when it has this
 * Returns: (transfer full): the message. */
static GBytes *
batch_close (Batch *batch, gint64 seq)
{
  g_string_append_printf (batch->text, "],\"seq\":%" G_GINT64_FORMAT "}", seq);
  return g_string_free_to_bytes (g_steal_pointer (&batch->text));
}

/* Returns: (transfer full) (nullable): those of @events after @since that @who may
 * hear. */
static GBytes *
text_of (GPtrArray *events, const AcListener *who, gint64 since, gint64 seq)
{
  g_autoptr (GBytes) bytes = NULL;
  Batch batch;
  gboolean any;

  batch_open (&batch);
  for (guint i = 0; i < events->len; i++) {
    const AcLessonEvent *event = events->pdata[i];

    if (event->seq > since && ac_lesson_event_is_for (event, who))
      batch_add (&batch, event, who->staff);
  }
  any = batch.last_seq > 0;
  bytes = batch_close (&batch, seq);
  return any ? g_steal_pointer (&bytes) : NULL;
}

static gint64
last_seq_of (GPtrArray *events)
{
  return ((AcLessonEvent *)events->pdata[events->len - 1])->seq;
}

/* Returns: (transfer full): the members that some of @events are for by name. */
static GHashTable *
addressees_of (GPtrArray *events)
{
  GHashTable *members = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < events->len; i++) {
    AcLessonEvent *event = events->pdata[i];

    if ((event->audience & AC_AUDIENCE_MEMBER) != 0)
      g_hash_table_add (members, &event->member);
  }
  return members;
}

static void
tell_one (AcOccupant *occupant, GPtrArray *events)
{
  gint64 seq = last_seq_of (events);
  g_autoptr (GBytes) text =
      text_of (events, &occupant->listener, occupant->told_seq, seq);

  if (text != NULL)
    ac_occupant_send (occupant, text, FALSE);
  occupant->told_seq = MAX (occupant->told_seq, seq);
}

static void
tell_pending (gpointer data)
{
  AcRoom *room = data;
  g_autoptr (GPtrArray) events = g_steal_pointer (&room->pending);
  g_autoptr (GPtrArray) everyone = ac_room_everyone (room);
  g_autoptr (GHashTable) addressees = addressees_of (events);
  gint64 first = ((AcLessonEvent *)events->pdata[0])->seq, last = last_seq_of (events);
  g_autoptr (GBytes) for_all = text_of (events, &(AcListener){ 0 }, 0, last);
  g_autoptr (GBytes) for_staff =
      text_of (events, &(AcListener){ .staff = TRUE }, 0, last);

  room->pending =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ac_lesson_event_unref);
  for (guint i = 0; i < everyone->len; i++) {
    AcOccupant *occupant = everyone->pdata[i];
    GBytes *text;

    if (occupant->told_seq < 0 ||
        (occupant->listener.staff && !ac_occupant_check (occupant)))
      continue;
    text = occupant->listener.staff ? for_staff : for_all;
    if (occupant->told_seq >= first ||
        g_hash_table_contains (addressees, &occupant->who.member)) {
      tell_one (occupant, events);
      continue;
    }
    if (text != NULL)
      ac_occupant_send (occupant, text, FALSE);
    occupant->told_seq = last;
  }
}

void
ac_classroom_tell_event (AcClassroom *self, AcLessonEvent *event)
{
  AcRoom *room =
      self->closed ? NULL : g_hash_table_lookup (self->rooms, &event->lesson);

  if (room == NULL)
    return;
  forget_state (room);
  g_ptr_array_add (room->pending, ac_lesson_event_ref (event));
  ac_pacer_ask (&room->telling);
}

/* --- Publishing --- */

typedef struct {
  AcClassroom *classroom;
  AcLessonEvent *event;
  AcPublishDone done;
  gpointer user_data;
} Publication;

static void
publication_free (gpointer data)
{
  Publication *publication = data;

  ac_lesson_event_unref (publication->event);
  ac_classroom_unref (publication->classroom);
  g_free (publication);
}

static gboolean
write_event (AcStore *store, gpointer data, GError **error)
{
  return ac_lesson_event_add (store, ((Publication *)data)->event, error);
}

static void
event_written (gpointer data, const GError *error, gpointer user_data)
{
  Publication *publication = data;

  if (error == NULL)
    ac_classroom_tell_event (publication->classroom, publication->event);
  else
    ac_log (G_LOG_LEVEL_WARNING, publication->event->lesson, "cannot tell %s: %s",
            publication->event->kind, error->message);
  if (publication->done != NULL)
    publication->done (error == NULL ? publication->event->seq : 0, error,
                       publication->user_data);
}

void
ac_classroom_date_event (AcClassroom *self, AcLessonEvent *event)
{
  AcOpenLesson *lesson = ac_classroom_open_lesson (self, event->lesson);

  event->wall_ms = ac_clock_wall_ms ();
  if (lesson == NULL)
    return;
  event->media_ms = ac_lesson_media_length_ms (lesson->media);
  ac_classroom_close_lesson (self, event->lesson);
}

void
ac_classroom_publish (AcClassroom *self, AcLessonEvent *event, AcPublishDone done,
                      gpointer user_data)
{
  Publication *publication = g_new (Publication, 1);

  ac_classroom_date_event (self, event);
  *publication = (Publication){ ac_classroom_ref (self), event, done, user_data };
  ac_store_write (self->store, write_event, publication, publication_free,
                  event_written, NULL);
}

/* --- How it stands --- */

/* Returns: (transfer none) (nullable): NULL with @error. */
static GBytes *
state_of (AcOccupant *occupant, gint64 *ret_seq, GError **error)
{
  AcRoom *room = occupant->room;
  guint i = occupant->listener.staff ? 1 : 0;

  if (room->states[i] == NULL)
    room->states[i] = ac_conversation_state (occupant->classroom->store, room->lesson,
                                             i == 1, &room->state_seqs[i], error);
  *ret_seq = room->state_seqs[i];
  return room->states[i];
}

static GBytes *
tally_of (AcOccupant *occupant, GError **error)
{
  AcRoom *room = occupant->room;
  guint i = occupant->listener.staff ? 1 : 0;

  if (room->tallies[i] == NULL)
    room->tallies[i] =
        ac_conversation_tally (occupant->classroom->store, room->lesson, i == 1, error);
  return room->tallies[i];
}

static void
tell_tally (gpointer data)
{
  AcRoom *room = data;
  g_autoptr (GPtrArray) everyone = ac_room_everyone (room);
  g_autoptr (GError) error = NULL;

  forget_state (room);
  for (guint i = 0; i < everyone->len && error == NULL; i++) {
    AcOccupant *occupant = everyone->pdata[i];
    GBytes *text;

    if (occupant->told_seq < 0 ||
        (occupant->listener.staff && !ac_occupant_check (occupant)))
      continue;
    text = tally_of (occupant, &error);
    if (text != NULL)
      ac_occupant_send (occupant, text, FALSE);
  }
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, room->lesson, "cannot read the tally: %s",
            error->message);
}

void
ac_classroom_tally_changed (AcClassroom *self, gint64 lesson)
{
  AcRoom *room = self->closed ? NULL : g_hash_table_lookup (self->rooms, &lesson);

  if (room != NULL)
    ac_pacer_ask (&room->tally);
}

/* --- Who is there --- */

JsonObject *
ac_classroom_presence (AcClassroom *self, gint64 lesson, GError **error)
{
  AcRoom *room = g_hash_table_lookup (self->rooms, &lesson);

  return ac_presence_to_json (room != NULL ? room->presence : NULL, self->store, lesson,
                              error);
}

static void
tell_presence (gpointer data)
{
  AcRoom *room = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object =
      ac_classroom_presence (room->classroom, room->lesson, &error);
  g_autoptr (GBytes) text = NULL;

  if (object == NULL) {
    ac_log (G_LOG_LEVEL_WARNING, room->lesson, "cannot read who is there: %s",
            error->message);
    return;
  }
  text = ac_message_presence (object);
  ac_classroom_tell_staff (room->classroom, room->lesson, text);
}

void
ac_classroom_presence_changed (AcClassroom *self, gint64 lesson)
{
  AcRoom *room = self->closed ? NULL : g_hash_table_lookup (self->rooms, &lesson);

  if (room != NULL)
    ac_pacer_ask (&room->telling_presence);
}

/* --- A room's life --- */

void
ac_room_begin_telling (AcRoom *room)
{
  room->telling =
      (AcPacer){ .interval_ms = EVENTS_MS, .run = tell_pending, .data = room };
  room->tally = (AcPacer){ .interval_ms = TALLY_MS, .run = tell_tally, .data = room };
  room->telling_presence =
      (AcPacer){ .interval_ms = PRESENCE_MS, .run = tell_presence, .data = room };
  room->pending =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ac_lesson_event_unref);
}

void
ac_room_end_telling (AcRoom *room)
{
  ac_pacer_clear (&room->telling);
  ac_pacer_clear (&room->tally);
  ac_pacer_clear (&room->telling_presence);
  forget_state (room);
  g_ptr_array_unref (room->pending);
}

/* --- Coming back --- */

/* Returns: FALSE when it has missed too much, or with @error. */
static gboolean
send_missed (AcOccupant *self, gint64 since, GError **error)
{
  AcStore *store = self->classroom->store;
  gint64 lesson = self->who.lesson;
  gint64 last = ac_lesson_event_last (store, lesson, error);
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GBytes) text = NULL;
  GBytes *tally;

  if (since == 0 || since > last)
    return FALSE;
  events = ac_lesson_event_list (store, lesson, since, &self->listener, MISSED_MAX + 1,
                                 error);
  tally = tally_of (self, error);
  if (events == NULL || tally == NULL || events->len > MISSED_MAX)
    return FALSE;
  if (events->len > 0) /* some may have been committed since */
    last = MAX (last, last_seq_of (events));
  text = text_of (events, &self->listener, since, last);
  if (text != NULL)
    ac_occupant_send (self, text, FALSE);
  ac_occupant_send (self, tally, FALSE);
  self->told_seq = last;
  return TRUE;
}

/* @since: what the page has, which is void from then on */
static gboolean
send_state (AcOccupant *self, gint64 since, GError **error)
{
  gint64 last;
  GBytes *text = state_of (self, &last, error);

  if (text == NULL)
    return FALSE;
  if (since > 0) {
    g_autoptr (GBytes) gap = ac_message_gap (since);

    ac_occupant_send (self, gap, FALSE);
  }
  ac_occupant_send (self, text, FALSE);
  self->told_seq = last;
  return TRUE;
}

static gboolean
send_yours (AcOccupant *self, GError **error)
{
  g_autoptr (GBytes) text = ac_conversation_yours (
      self->classroom->store, self->who.lesson, self->who.member, error);

  if (text == NULL)
    return FALSE;
  ac_occupant_send (self, text, FALSE);
  return TRUE;
}

void
ac_occupant_resume (AcOccupant *self, gint64 since)
{
  g_autoptr (GError) error = NULL;

  if ((send_missed (self, since, &error) ||
       (error == NULL && send_state (self, since, &error))) &&
      send_yours (self, &error))
    return;
  ac_log (G_LOG_LEVEL_WARNING, self->who.lesson, "cannot read the events: %s",
          error->message);
  ac_occupant_expel (self, 1013, "try again later");
}
