#include "prompter.h"

#include "clock.h"
#include "log.h"
#include "message.h"
#include "prompts.h"

/* Of a lecturer's "is everybody there?", asked in one job. */
#define ASKED_AT_ONCE 500
/* Judged at one look, since each missed one has its member's lesson decided again. */
#define JUDGED_AT_ONCE 64

static AcArrival
arrival_now (void)
{
  return (AcArrival){ ac_clock_monotonic_ms (), ac_clock_wall_ms (),
                      ac_clock_boot_id () };
}

static void
send_prompt (AcOccupant *occupant, const AcPrompt *prompt)
{
  g_autoptr (GBytes) text =
      ac_message_prompt (prompt->id, prompt->limit_ms, prompt->left_ms);

  ac_occupant_send (occupant, text, TRUE);
}

/* @text: to all pages of @member in @lesson */
static void
tell_member (AcClassroom *self, gint64 lesson, gint64 member, GBytes *text)
{
  AcRoom *room = self->closed ? NULL : g_hash_table_lookup (self->rooms, &lesson);
  g_autoptr (GPtrArray) everyone = room != NULL ? ac_room_everyone (room) : NULL;

  for (guint i = 0; everyone != NULL && i < everyone->len; i++) {
    AcOccupant *occupant = everyone->pdata[i];

    if (occupant->who.member == member && occupant->who.screen == 0)
      ac_occupant_send (occupant, text, TRUE);
  }
}

/* @prompts: of different members in one lesson: each on all pages of its member */
static void
tell_prompts (AcClassroom *self, gint64 lesson, GArray *prompts)
{
  AcRoom *room = self->closed ? NULL : g_hash_table_lookup (self->rooms, &lesson);
  g_autoptr (GPtrArray) everyone = room != NULL ? ac_room_everyone (room) : NULL;
  g_autoptr (GHashTable) by_member = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < prompts->len; i++) {
    AcPrompt *prompt = &g_array_index (prompts, AcPrompt, i);

    g_hash_table_insert (by_member, &prompt->member, prompt);
  }
  for (guint i = 0; everyone != NULL && i < everyone->len; i++) {
    AcOccupant *occupant = everyone->pdata[i];
    AcPrompt *prompt = g_hash_table_lookup (by_member, &occupant->who.member);

    if (prompt != NULL && occupant->who.screen == 0)
      send_prompt (occupant, prompt);
  }
}

static void
log_failure (gint64 lesson, const GError *error)
{
  static AcLogLimit limit = { .interval_ms = 10000 };
  guint suppressed;

  if (error != NULL && ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, lesson, "a prompt is put off: %s (and %u before)",
            error->message, suppressed);
}

/* --- Asking --- */

typedef struct {
  AcClassroom *classroom;
  AcArrival arrival;
  gint64 lesson, asker, limit_ms;
  GArray *members; /* gint64 */
  GArray *prompts; /* AcPrompt: out */
} Asking;

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  ac_classroom_unref (asking->classroom);
  g_array_unref (asking->members);
  g_array_unref (asking->prompts);
  g_free (asking);
}

static gboolean
write_asking (AcStore *store, gpointer data, GError **error)
{
  Asking *asking = data;

  for (guint i = 0; i < asking->members->len; i++) {
    AcPrompt prompt = { .lesson = asking->lesson,
                        .member = g_array_index (asking->members, gint64, i),
                        .limit_ms = asking->limit_ms,
                        .left_ms = asking->limit_ms };
    const AcPromptAsk ask = { prompt.lesson, prompt.member, asking->asker,
                              prompt.limit_ms };

    if (!ac_prompt_ask (store, &ask, &asking->arrival, &prompt.id, error))
      return FALSE;
    if (prompt.id != 0)
      g_array_append_val (asking->prompts, prompt);
  }
  return TRUE;
}

static void
asking_written (gpointer data, const GError *error, gpointer user_data)
{
  Asking *asking = data;

  log_failure (asking->lesson, error);
  if (error == NULL && asking->prompts->len > 0)
    tell_prompts (asking->classroom, asking->lesson, asking->prompts);
}

static Asking *
asking_new (AcClassroom *self, gint64 lesson, gint64 asker)
{
  Asking *asking = g_new0 (Asking, 1);

  asking->classroom = ac_classroom_ref (self);
  asking->arrival = arrival_now ();
  asking->lesson = lesson;
  asking->asker = asker;
  asking->limit_ms = self->prompt_limit_ms;
  asking->members = g_array_new (FALSE, FALSE, sizeof (gint64));
  asking->prompts = g_array_new (FALSE, FALSE, sizeof (AcPrompt));
  return asking;
}

static void
send_asking (Asking *asking)
{
  ac_store_write (asking->classroom->store, write_asking, asking, asking_free,
                  asking_written, NULL);
}

void
ac_prompter_due (AcOccupant *occupant)
{
  Asking *asking = asking_new (occupant->classroom, occupant->who.lesson, 0);

  g_array_append_val (asking->members, occupant->who.member);
  send_asking (asking);
}

guint
ac_classroom_prompt_all (AcClassroom *self, gint64 lesson, gint64 asker)
{
  AcRoom *room = g_hash_table_lookup (self->rooms, &lesson);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  Asking *asking = NULL;
  GHashTableIter iter;
  gpointer key;

  if (room == NULL)
    return 0;
  g_hash_table_iter_init (&iter, room->occupants);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    AcOccupant *occupant = key;

    if (occupant->who.screen != 0 || occupant->listener.staff ||
        !g_hash_table_add (seen, &occupant->who.member))
      continue;
    if (asking == NULL)
      asking = asking_new (self, lesson, asker);
    g_array_append_val (asking->members, occupant->who.member);
    if (asking->members->len == ASKED_AT_ONCE)
      send_asking (g_steal_pointer (&asking));
  }
  if (asking != NULL)
    send_asking (asking);
  return g_hash_table_size (seen);
}

void
ac_prompter_came (AcOccupant *occupant)
{
  const AcAttendee *who = &occupant->who;
  const AcArrival arrival = arrival_now ();
  g_autoptr (GError) error = NULL;
  AcPrompt prompt;

  if (who->screen != 0)
    return;
  if (!ac_prompt_find_open (occupant->classroom->store, who->lesson, who->member,
                            &arrival, &prompt, &error))
    log_failure (who->lesson, error);
  else if (prompt.id != 0 && prompt.left_ms > 0)
    send_prompt (occupant, &prompt);
}

/* --- What pages say of them --- */

typedef struct {
  AcClassroom *classroom;
  AcArrival arrival;
  AcAttendee who;
  AcPromptAnswer answer;
  AcIntervalSet *creditable;
} Said;

static Said *
said_new (AcOccupant *occupant, gint64 prompt)
{
  AcClassroom *self = occupant->classroom;
  AcOpenLesson *open = ac_classroom_open_lesson (self, occupant->who.lesson);
  Said *said = g_new0 (Said, 1);

  said->classroom = ac_classroom_ref (self);
  said->arrival = arrival_now ();
  said->who = occupant->who;
  said->creditable = ac_lesson_media_snapshot (open->media);
  said->answer = (AcPromptAnswer){ .prompt = prompt,
                                   .member = occupant->who.member,
                                   .creditable = said->creditable };
  return said;
}

static void
said_free (gpointer data)
{
  Said *said = data;

  ac_classroom_unref (said->classroom);
  ac_interval_set_unref (said->creditable);
  g_free (said);
}

static gboolean
write_shown (AcStore *store, gpointer data, GError **error)
{
  const Said *said = data;

  return ac_prompt_shown (store, said->answer.prompt, said->who.member,
                          said->who.session, &said->arrival, error);
}

static void
shown_written (gpointer data, const GError *error, gpointer user_data)
{
  log_failure (((Said *)data)->who.lesson, error);
}

void
ac_prompter_shown (AcOccupant *occupant, gint64 prompt)
{
  ac_store_write (occupant->classroom->store, write_shown, said_new (occupant, prompt),
                  said_free, shown_written, NULL);
}

static gboolean
write_answer (AcStore *store, gpointer data, GError **error)
{
  Said *said = data;

  return ac_prompt_answer (store, &said->answer, &said->arrival, error);
}

/* A page that hears nothing sends its answer again. */
static void
answer_written (gpointer data, const GError *error, gpointer user_data)
{
  Said *said = data;
  g_autoptr (GBytes) text = NULL;

  log_failure (said->who.lesson, error);
  if (error != NULL)
    return;
  text = ac_message_prompt_closed (said->answer.prompt, said->answer.accepted);
  tell_member (said->classroom, said->who.lesson, said->who.member, text);
}

void
ac_prompter_answered (AcOccupant *occupant, gint64 prompt, gint64 pressed_after_ms)
{
  Said *said = said_new (occupant, prompt);

  said->answer.pressed_after_ms = pressed_after_ms;
  ac_store_write (occupant->classroom->store, write_answer, said, said_free,
                  answer_written, NULL);
}

/* --- Those whose time is over --- */

typedef struct {
  AcClassroom *classroom;
  AcArrival arrival;
  AcPrompt prompt;
  AcPromptJudgement judgement;
  AcIntervalSet *creditable;
} Judging;

static void
judging_free (gpointer data)
{
  Judging *judging = data;

  ac_classroom_unref (judging->classroom);
  ac_interval_set_unref (judging->creditable);
  g_free (judging);
}

static gboolean
write_judgement (AcStore *store, gpointer data, GError **error)
{
  Judging *judging = data;

  return ac_prompt_judge (store, &judging->judgement, &judging->arrival, error);
}

static void
judgement_written (gpointer data, const GError *error, gpointer user_data)
{
  Judging *judging = data;
  g_autoptr (GBytes) text = NULL;

  log_failure (judging->prompt.lesson, error);
  if (error != NULL || !judging->judgement.closed)
    return;
  text = ac_message_prompt_closed (judging->prompt.id, FALSE);
  tell_member (judging->classroom, judging->prompt.lesson, judging->prompt.member,
               text);
}

static void
judge (AcClassroom *self, const AcPrompt *prompt, const AcArrival *arrival)
{
  AcOpenLesson *open = ac_classroom_open_lesson (self, prompt->lesson);
  Judging *judging;

  if (open == NULL)
    return; /* it cannot be read now, and is due again soon */
  judging = g_new0 (Judging, 1);
  judging->classroom = ac_classroom_ref (self);
  judging->arrival = *arrival;
  judging->prompt = *prompt;
  judging->creditable = ac_lesson_media_snapshot (open->media);
  judging->judgement = (AcPromptJudgement){ prompt->id, judging->creditable };
  ac_store_write (self->store, write_judgement, judging, judging_free,
                  judgement_written, NULL);
  ac_classroom_close_lesson (self, prompt->lesson);
}

void
ac_classroom_judge_prompts (AcClassroom *self)
{
  const AcArrival arrival = arrival_now ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) due =
      ac_prompt_list_due (self->store, &arrival, JUDGED_AT_ONCE, &error);

  log_failure (0, error);
  for (guint i = 0; due != NULL && i < due->len; i++)
    judge (self, &g_array_index (due, AcPrompt, i), &arrival);
}
