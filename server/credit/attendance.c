#include "attendance.h"

#include "clock.h"
#include "earning.h"
#include "evidence.h"

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

static gboolean
join (AcStore *store, gpointer data, GError **error)
{
  Message *message = data;
  const AcAttendee *who = &message->who;
  AcPresence presence;
  gint64 n_beats;

  /* An earlier presence is written back as it was, on this boot's clock. */
  return ac_evidence_load_presence (store, who, &message->arrival, &presence, error) &&
         ac_evidence_save_presence (store, who, &message->arrival, &presence, error) &&
         ac_evidence_load_totals (store, who->lesson, who->member, &message->totals,
                                  &n_beats, error) &&
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
write_verdicts (AcStore *store, Message *message, const AcVerdict *verdicts,
                const AcBatchSum *sum, GError **error)
{
  const AcAttendee *who = &message->who;
  g_autoptr (AcIntervalSet) covered = NULL;
  gint64 n_beats;

  covered = ac_attendance_union (store, who->lesson, who->member, error);
  if (covered == NULL || !ac_evidence_load_totals (store, who->lesson, who->member,
                                                   &message->totals, &n_beats, error))
    return FALSE;

  for (guint i = 0; i < message->n_claims; i++) {
    const AcBeat *beat = &message->claims[i].beat;
    gint64 newly_ms =
        ac_earning_cover (covered, message->creditable, verdicts[i].accepted);
    AcBeatRow row = { beat, &verdicts[i], sum, ++n_beats,
                      ac_earning_ms (newly_ms, sum, beat->rate_permille) };

    if (!ac_evidence_add_beat (store, who, &message->arrival, &row, error))
      return FALSE;
    message->totals.earned_ms += row.earned_ms;
  }
  message->totals.accepted_ms =
      ac_interval_set_measure_both (covered, message->creditable);
  return ac_evidence_save_totals (store, who, &message->arrival, &message->totals,
                                  n_beats, error);
}

static gboolean
decide (AcStore *store, Message *message, guint n_received, GError **error)
{
  const AcAttendee *who = &message->who;
  AcVerdict verdicts[AC_BEAT_BATCH_MAX];
  AcPresence presence;
  AcBatchSum sum;

  if (!ac_evidence_load_presence (store, who, &message->arrival, &presence, error) ||
      !ac_evidence_is_concurrent (store, who, &message->arrival,
                                  &message->moment.concurrent, error))
    return FALSE;
  ac_acceptance_decide (&presence, &message->moment, message->claims, message->n_claims,
                        n_received, verdicts, &sum);
  return write_verdicts (store, message, verdicts, &sum, error) &&
         ac_evidence_save_presence (store, who, &message->arrival, &presence, error);
}

static gboolean
accept_beats (AcStore *store, gpointer data, GError **error)
{
  Message *message = data;
  const AcAttendee *who = &message->who;
  guint n_received = message->n_claims;
  gint64 n_beats;

  qsort (message->claims, message->n_claims, sizeof (AcClaim), compare_seq);
  if (!drop_known (store, message, error))
    return FALSE;
  if (message->n_claims > 0
          ? !decide (store, message, n_received, error)
          : !ac_evidence_load_totals (store, who->lesson, who->member, &message->totals,
                                      &n_beats, error))
    return FALSE;
  return ac_evidence_last_seq (store, who, &message->last_seq, error);
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
