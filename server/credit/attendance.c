#include "attendance.h"

#include "clock.h"
#include "evidence.h"
#include "prompts.h"
#include "redecision.h"
#include "screen_evidence.h"

#include <stdlib.h>

/* A message on its way through the store, and back with its answer. */
typedef struct {
  AcAttendee who;
  AcArrival arrival;
  gchar *boot;
  AcMoment moment;
  AcIntervalSet *creditable;
  guint n_claims;
  AcAttendanceDone done;
  gpointer user_data;

  AcAttendance totals; /* out */
  gint64 last_seq;     /* out */

  AcClaim claims[]; /* n_claims */
} Message;

static Message *
message_new (const AcAttendee *who, guint n_claims, const AcArrival *arrival,
             AcAttendanceDone done, gpointer user_data)
{
  Message *message = g_malloc0 (sizeof (Message) + n_claims * sizeof (AcClaim));

  message->who = *who;
  message->n_claims = n_claims;
  message->boot = g_strdup (arrival->boot);
  message->arrival = *arrival;
  message->arrival.boot = message->boot;
  message->done = done;
  message->user_data = user_data;
  return message;
}

static void
message_free (gpointer data)
{
  Message *message = data;

  g_clear_pointer (&message->creditable, ac_interval_set_unref);
  g_free (message->boot);
  g_free (message);
}

static void
answer (gpointer data, const GError *error, gpointer unused)
{
  Message *message = data;

  if (message->done == NULL)
    return;
  if (error != NULL)
    message->done (NULL, 0, error, message->user_data);
  else
    message->done (&message->totals, message->last_seq, NULL, message->user_data);
}

static AcArrival
arrival_now (void)
{
  return (AcArrival){ ac_clock_monotonic_ms (), ac_clock_wall_ms (),
                      ac_clock_boot_id () };
}

static AcRoomKey
room_of (const AcAttendee *who)
{
  return (AcRoomKey){ who->lesson, who->site };
}

static void
tell_room (Message *message, const AcRoomIntervals *room)
{
  g_autoptr (AcIntervalSet) media = ac_room_intervals_media (room);

  message->totals = (AcAttendance){ ac_interval_set_measure (media),
                                    ac_room_intervals_earned_ms (room) };
}

static gboolean
load_attendance (AcStore *store, Message *message, GError **error)
{
  AcMemberTotals totals;

  if (message->who.screen != 0) {
    g_autoptr (AcRoomIntervals) room =
        ac_room_intervals_load (store, room_of (&message->who), error);

    if (room != NULL)
      tell_room (message, room);
    return room != NULL;
  }
  if (!ac_evidence_load_totals (store, message->who.lesson, message->who.member,
                                &totals, error))
    return FALSE;
  message->totals = totals.attendance;
  return TRUE;
}

static gboolean
join (AcStore *store, gpointer data, GError **error)
{
  Message *message = data;
  const AcAttendee *who = &message->who;
  AcPresence presence;

  /* An earlier presence is written back as it was, on this boot's clock. */
  return ac_evidence_load_presence (store, who, &message->arrival, &presence, error) &&
         ac_evidence_save_presence (store, who, &message->arrival, &presence, error) &&
         load_attendance (store, message, error) &&
         ac_evidence_last_seq (store, who, &message->last_seq, error);
}

void
ac_attendance_join_at (AcStore *store, const AcAttendee *who, const AcArrival *arrival,
                       AcAttendanceDone done, gpointer user_data)
{
  ac_store_write (store, join, message_new (who, 0, arrival, done, user_data),
                  message_free, answer, NULL);
}

void
ac_attendance_join (AcStore *store, const AcAttendee *who, AcAttendanceDone done,
                    gpointer user_data)
{
  AcArrival arrival = arrival_now ();

  ac_attendance_join_at (store, who, &arrival, done, user_data);
}

static gint
compare_seq (gconstpointer a, gconstpointer b)
{
  const AcClaim *x = a, *y = b;

  return (x->beat.seq > y->beat.seq) - (x->beat.seq < y->beat.seq);
}

/* Keeps the claims that are new, by seq. */
static gboolean
drop_known (AcStore *store, Message *message, GError **error)
{
  guint n_new = 0;

  for (guint i = 0; i < message->n_claims; i++) {
    const AcClaim *claim = &message->claims[i];
    gboolean known =
        n_new > 0 && message->claims[n_new - 1].beat.seq == claim->beat.seq;

    if (!known &&
        !ac_evidence_has_beat (store, &message->who, claim->beat.seq, &known, error))
      return FALSE;
    if (!known)
      message->claims[n_new++] = *claim;
  }
  message->n_claims = n_new;
  return TRUE;
}

static gboolean
load_tally (AcStore *store, const Message *message, AcTally *self, GError **error)
{
  const AcAttendee *who = &message->who;

  self->lesson = who->lesson;
  self->creditable = message->creditable;
  if (!ac_evidence_load_totals (store, who->lesson, who->member, &self->totals, error))
    return FALSE;
  self->covered = ac_attendance_union (store, who->lesson, who->member, error);
  if (self->covered == NULL)
    return FALSE;
  self->time =
      ac_member_time_load (store, who->member, who->lesson, &message->arrival, error);
  return self->time != NULL;
}

/* Listening gets prompts twice as often; a room has its steward. */
static void
play_towards_prompt (AcMemberTotals *totals, const AcBeatRow *rows, guint n_rows)
{
  static const gint weights[] = {
    [AC_BEAT_VIDEO] = 1,
    [AC_BEAT_AUDIO] = 2,
    [AC_BEAT_ROOM] = 0,
  };

  for (guint i = 0; i < n_rows; i++)
    totals->prompt_play_ms += rows[i].earned_ms * weights[rows[i].claim->beat.mode];
  if (totals->prompt_due_ms == 0)
    totals->prompt_due_ms = ac_prompt_draw_ms ();
}

static gboolean
write_rows (AcStore *store, Message *message, const AcBeatRow *rows, AcTally *tally,
            gint64 used_ms, GError **error)
{
  const AcAttendee *who = &message->who;

  for (guint i = 0; i < message->n_claims; i++)
    if (!ac_evidence_add_beat (store, who, &message->arrival, &rows[i], error))
      return FALSE;
  play_towards_prompt (&tally->totals, rows, message->n_claims);
  return ac_evidence_save_totals (store, who, &message->arrival, &tally->totals,
                                  error) &&
         (used_ms == 0 || ac_member_time_save (store, who->member, &message->arrival,
                                               tally->time, error));
}

/* --- The same of a room's screen --- */

typedef struct {
  AcPresence presence;
  AcScreenTotals totals;
  AcHolding holding;
  AcIntervalSet *all; /* what counts of a lesson is applied to members, not to rooms */
  AcRoomIntervals *room;
} ScreenDecision;

static void
screen_decision_clear (ScreenDecision *self)
{
  g_clear_pointer (&self->holding.covered, ac_interval_set_unref);
  g_clear_pointer (&self->all, ac_interval_set_unref);
  g_clear_pointer (&self->room, ac_room_intervals_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScreenDecision, screen_decision_clear)

static gboolean
load_screen_decision (AcStore *store, const Message *message, ScreenDecision *self,
                      GError **error)
{
  const AcAttendee *who = &message->who;
  gint64 now_ms = message->arrival.clock_ms;

  if (!ac_evidence_load_presence (store, who, &message->arrival, &self->presence,
                                  error) ||
      !ac_screen_evidence_load_totals (store, who, &self->totals, error))
    return FALSE;
  self->room = ac_room_intervals_load (store, room_of (who), error);
  if (self->room == NULL)
    return FALSE;
  self->all = ac_interval_set_new ();
  ac_interval_set_add (self->all, 0, AC_BEAT_MEDIA_MAX_MS);
  self->holding = (AcHolding){
    .covered = ac_room_intervals_media (self->room),
    .creditable = self->all,
    .used_ms = self->totals.used_ms,
    .free_ms = now_ms - ac_presence_batch_from_ms (&self->presence, now_ms),
  };
  self->holding.covered_ms = ac_interval_set_measure (self->holding.covered);
  return TRUE;
}

/* A page that has a line tells ten seconds at a time. */
static gboolean
is_late (const Message *message)
{
  gint64 claimed_ms = 0;

  for (guint i = 0; i < message->n_claims; i++)
    claimed_ms += message->claims[i].beat.to_ms - message->claims[i].beat.from_ms;
  return claimed_ms > AC_ACCEPTANCE_GAP_MS;
}

static gboolean
write_screen_verdicts (AcStore *store, Message *message, AcVerdict *verdicts,
                       AcBatchSum *sum, ScreenDecision *decision, GError **error)
{
  gboolean late = is_late (message);
  gint64 newly_ms = 0, time_ms = 0;

  for (guint i = 0; i < message->n_claims; i++) {
    const AcBeat *beat = &message->claims[i].beat;
    AcBeatRow row = { &message->claims[i], verdicts[i], *sum, message->moment.edge_ms,
                      ++decision->totals.n_beats };

    row.earned_ms = ac_room_intervals_add (decision->room, verdicts[i].accepted, sum,
                                           beat->rate_permille, late);
    if (!ac_screen_evidence_add_beat (store, &message->who, &message->arrival, &row,
                                      late, error))
      return FALSE;
    newly_ms += verdicts[i].newly_ms;
    time_ms += row.earned_ms;
  }
  time_ms = MAX (time_ms, newly_ms * 1000 / AC_ACCEPTANCE_REPLAY_CAP_PERMILLE);
  tell_room (message, decision->room);
  return ac_room_intervals_save (decision->room, store, room_of (&message->who),
                                 message->arrival.wall_ms, error) &&
         ac_screen_evidence_used (store, &message->who,
                                  MIN (time_ms, decision->holding.free_ms),
                                  message->arrival.wall_ms, error);
}

static gboolean
decide_screen (AcStore *store, Message *message, guint n_received, GError **error)
{
  const AcAttendee *who = &message->who;
  AcVerdict verdicts[AC_BEAT_BATCH_MAX];
  g_auto (ScreenDecision) decision = { 0 };
  AcBatchSum sum;

  if (!load_screen_decision (store, message, &decision, error) ||
      !ac_evidence_is_concurrent (store, who, &message->arrival,
                                  &message->moment.concurrent, error))
    return FALSE;
  ac_acceptance_decide (&decision.presence, &decision.holding, &message->moment,
                        message->claims, message->n_claims, n_received, verdicts, &sum);
  return ac_evidence_save_presence (store, who, &message->arrival, &decision.presence,
                                    error) &&
         write_screen_verdicts (store, message, verdicts, &sum, &decision, error);
}

/* --- Messages --- */

static gboolean
decide (AcStore *store, Message *message, guint n_received, GError **error)
{
  const AcAttendee *who = &message->who;
  AcBatch batch = { .moment = message->moment,
                    .full = n_received >= AC_BEAT_BATCH_MAX,
                    .claims = message->claims,
                    .n_claims = message->n_claims };
  g_auto (AcTally) tally = { 0 };
  AcBeatRow rows[AC_BEAT_BATCH_MAX];
  AcPresence presence;
  gint64 used_ms;

  if (who->screen != 0)
    return decide_screen (store, message, n_received, error);
  if (!load_tally (store, message, &tally, error) ||
      !ac_evidence_load_presence (store, who, &message->arrival, &presence, error) ||
      !ac_evidence_is_group (store, who->lesson, &message->arrival, &batch.group,
                             error) ||
      !ac_evidence_is_concurrent (store, who, &message->arrival,
                                  &batch.moment.concurrent, error))
    return FALSE;
  used_ms = ac_tally_decide (&tally, &presence, &batch, rows);
  message->totals = tally.totals.attendance;
  if (!write_rows (store, message, rows, &tally, used_ms, error) ||
      !ac_evidence_save_presence (store, who, &message->arrival, &presence, error))
    return FALSE;
  message->totals.prompt_due =
      tally.totals.prompt_play_ms >= tally.totals.prompt_due_ms;
  return TRUE;
}

/* A message that overtook an older one was decided without it: all is decided again, as
 * if they had come one after the other. */
static gboolean
decide_in_order (AcStore *store, Message *message, GError **error)
{
  AcRedecision again = { .lesson = message->who.lesson,
                         .member = message->who.member,
                         .creditable = message->creditable };

  if (!ac_redecide (store, &again, &message->arrival, error))
    return FALSE;
  if (again.done) {
    again.totals.attendance.prompt_due = message->totals.prompt_due;
    message->totals = again.totals.attendance;
  }
  message->totals.decided_again = TRUE; /* or it was tried */
  return TRUE;
}

static gboolean
accept_beats (AcStore *store, gpointer data, GError **error)
{
  Message *message = data;
  const AcAttendee *who = &message->who;
  guint n_received = message->n_claims;

  qsort (message->claims, message->n_claims, sizeof (AcClaim), compare_seq);
  if (!ac_evidence_last_seq (store, who, &message->last_seq, error) ||
      !drop_known (store, message, error))
    return FALSE;
  if (message->n_claims == 0)
    return load_attendance (store, message, error);
  if (!decide (store, message, n_received, error) ||
      (who->screen == 0 && message->claims[0].beat.seq < message->last_seq &&
       !decide_in_order (store, message, error)))
    return FALSE;
  message->last_seq =
      MAX (message->last_seq, message->claims[message->n_claims - 1].beat.seq);
  return TRUE;
}

static void
claim_beat (AcClaim *claim, const AcBeat *beat, const AcAttendee *who,
            const AcAttendanceMedia *media)
{
  claim->beat = *beat;
  claim->served = (AcInterval){ beat->from_ms, beat->to_ms };
  if (media->served != NULL && beat->from_ms < beat->to_ms &&
      !media->served (who->lesson, who->session, &claim->served.start_ms,
                      &claim->served.end_ms, media->served_data))
    claim->served = (AcInterval){ beat->from_ms, beat->from_ms };
}

void
ac_attendance_submit_at (AcStore *store, const AcAttendee *who, const AcBeat *beats,
                         guint n_beats, const AcAttendanceMedia *media,
                         const AcArrival *arrival, AcAttendanceDone done,
                         gpointer user_data)
{
  Message *message;

  g_return_if_fail (n_beats >= 1 && n_beats <= AC_BEAT_BATCH_MAX);

  message = message_new (who, n_beats, arrival, done, user_data);
  message->moment = (AcMoment){
    .now_ms = arrival->clock_ms,
    .edge_ms = media->edge_ms,
    .live = media->live,
  };
  message->creditable = ac_interval_set_ref (media->creditable);
  for (guint i = 0; i < n_beats; i++)
    claim_beat (&message->claims[i], &beats[i], who, media);
  ac_store_write (store, accept_beats, message, message_free, answer, NULL);
}

void
ac_attendance_submit (AcStore *store, const AcAttendee *who, const AcBeat *beats,
                      guint n_beats, const AcAttendanceMedia *media,
                      AcAttendanceDone done, gpointer user_data)
{
  AcArrival arrival = arrival_now ();

  ac_attendance_submit_at (store, who, beats, n_beats, media, &arrival, done,
                           user_data);
}
