/* saying.c - what people say and do in a lesson, on its way to the disk and back.
 *
 * What is acknowledged is on disk, once, whatever a page repeats; what is refused was
 * not done. */
#include "occupant.h"

#include "clock.h"
#include "conversation_error.h"
#include "log.h"
#include "message.h"
#include "proofs.h"

/* Of a member, over all their pages. A row of what they do is for ever. */
static const AcBucketRule act_rule = { .per_s = 2, .burst = 30 };
static const AcBucketRule line_rule = { .per_s = 1, .burst = 5 };
/* Of a lesson: each line goes to everybody in it. */
static const AcBucketRule lesson_rule = { .per_s = 20, .burst = 60 };

#define PENDING_MAX 16
#define WAIT_FULL_MS 1000
#define WAIT_BUSY_MS 3000
#define WAIT_FAILED_MS 10000

typedef struct {
  AcBucket acts, lines;
} Voice;

static void
refuse (AcOccupant *occupant, const gchar *id, const AcRefusal *refusal)
{
  g_autoptr (GBytes) text = ac_message_refused (id, refusal);

  ac_occupant_send (occupant, text, TRUE);
}

static void
put_off (AcOccupant *occupant, const gchar *id, const gchar *code, gint64 after_ms)
{
  refuse (occupant, id, &(AcRefusal){ .code = code, .after_ms = after_ms });
}

/* --- The disk --- */

typedef struct {
  AcOccupant *occupant;
  AcTalkKind kind;
  gchar *id;
  JsonObject *fields;
  AcSpeaker who;
  AcTalkResult result;
} Saying;

static void
saying_free (gpointer data)
{
  Saying *saying = data;

  ac_occupant_unref (saying->occupant);
  g_free (saying->id);
  json_object_unref (saying->fields);
  ac_talk_result_clear (&saying->result);
  g_free (saying);
}

/* Whoever speaks or answers is there; a page that repeats itself proves nothing. */
static gboolean
note_presence (AcStore *store, const Saying *saying, GError **error)
{
  const AcTalkResult *result = &saying->result;
  gboolean is_new =
      result->tally || (result->events != NULL && result->events->len > 0);
  AcProof how;

  if (saying->kind == AC_TALK_CHAT)
    how = AC_PROOF_CHAT;
  else if (saying->kind == AC_TALK_POLL_ANSWER)
    how = AC_PROOF_POLL;
  else
    return TRUE;
  return !is_new || ac_attendance_proof (store, saying->who.lesson, saying->who.member,
                                         how, error);
}

static gboolean
write_saying (AcStore *store, gpointer data, GError **error)
{
  Saying *saying = data;

  return ac_talk_run (store, saying->kind, &saying->who, saying->id, saying->fields,
                      &saying->result, error) &&
         note_presence (store, saying, error);
}

static void
saying_failed (Saying *saying, const GError *error)
{
  static AcLogLimit limit = { .interval_ms = 10000 };
  gboolean busy = g_error_matches (error, AC_STORE_ERROR, AC_STORE_ERROR_BUSY);
  guint suppressed;

  if (error->domain == AC_CONVERSATION_ERROR) {
    refuse (saying->occupant, saying->id,
            &(AcRefusal){ .code = ac_conversation_error_name (error->code),
                          .field = ac_conversation_error_field (error),
                          .detail = error->message,
                          .after_ms = ac_conversation_error_after_ms (error) });
    return;
  }
  if (ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, saying->who.lesson, "%s put off: %s (and %u before)",
            ac_talk_name (saying->kind), error->message, suppressed);
  put_off (saying->occupant, saying->id, "busy", busy ? WAIT_BUSY_MS : WAIT_FAILED_MS);
}

static void
saying_written (gpointer data, const GError *error, gpointer user_data)
{
  Saying *saying = data;
  AcClassroom *self = saying->occupant->classroom;

  saying->occupant->pending--;
  if (error != NULL) {
    saying_failed (saying, error);
    return;
  }
  if (saying->occupant->peer != NULL) {
    g_autoptr (GBytes) text = ac_message_done (saying->id, saying->result.seq);

    ac_occupant_send (saying->occupant, text, TRUE);
  }
  for (guint i = 0; i < saying->result.events->len; i++)
    ac_classroom_tell_event (self, saying->result.events->pdata[i]);
  if (saying->result.let_go != NULL && !self->closed &&
      self->handler.handout_removed != NULL)
    self->handler.handout_removed (saying->result.let_go, self->user_data);
  if (saying->result.tally)
    ac_classroom_tally_changed (self, saying->who.lesson);
}

/* --- Limits --- */

static Voice *
voice_of (AcClassroom *self, gint64 member)
{
  Voice *voice = g_hash_table_lookup (self->voices, &member);

  if (voice == NULL) {
    voice = g_new0 (Voice, 1);
    g_hash_table_insert (self->voices, g_memdup2 (&member, sizeof member), voice);
  }
  return voice;
}

/* Returns: 0, or how long to wait. */
static gint64
take_turn (AcOccupant *occupant, AcTalkKind kind)
{
  AcClassroom *self = occupant->classroom;
  Voice *voice = voice_of (self, occupant->who.member);
  gint64 now_ms = ac_classroom_now_ms (self);
  gint64 wait_ms = ac_bucket_take (&voice->acts, &act_rule, 1, now_ms);

  if (wait_ms > 0 || kind != AC_TALK_CHAT || occupant->listener.staff)
    return wait_ms;
  wait_ms = ac_bucket_take (&voice->lines, &line_rule, 1, now_ms);
  return wait_ms > 0 ? wait_ms
                     : ac_bucket_take (&occupant->room->lines, &lesson_rule, 1, now_ms);
}

void
ac_occupant_say (AcOccupant *self, const AcMessage *message)
{
  AcOpenLesson *lesson = ac_classroom_open_lesson (self->classroom, self->who.lesson);
  AcTalkKind kind = (AcTalkKind)(message->type - AC_MESSAGE_TALK);
  gint64 wait_ms = self->pending >= PENDING_MAX ? WAIT_FULL_MS : take_turn (self, kind);
  Saying *saying;

  if (wait_ms > 0) {
    put_off (self, message->id, "too-fast", wait_ms);
    return;
  }
  saying = g_new0 (Saying, 1);
  saying->occupant = ac_occupant_ref (self);
  saying->kind = kind;
  saying->id = g_strdup (message->id);
  saying->fields = json_object_ref (message->fields);
  saying->who = (AcSpeaker){ .lesson = self->who.lesson,
                             .member = self->who.member,
                             .staff = self->listener.staff,
                             .clock_ms = ac_classroom_now_ms (self->classroom),
                             .wall_ms = ac_clock_wall_ms (),
                             .media_ms = ac_lesson_media_length_ms (lesson->media) };
  self->pending++;
  ac_store_write (self->classroom->store, write_saying, saying, saying_free,
                  saying_written, NULL);
}
