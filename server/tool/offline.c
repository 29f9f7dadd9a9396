#include "offline.h"

#include "daemon_link.h"
#include "data_dir.h"
#include "recordings.h"

#include <string.h>

typedef struct {
  AcStore *store;
  AcAccounts *accounts;
  AcClassroom *classroom;
  AcControl *control;
  AcIdentities *identities;
  AcMediaKey media_key;
  AcAnswer *answer;
  gboolean answered;
} Offline;

void
ac_answer_fail (AcAnswer *answer, const AcControlFailure *failure)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, ac_control_failure_to_json (failure));
  ac_answer_clear (answer);
  answer->json = node;
  answer->failed = TRUE;
}

void
ac_answer_clear (AcAnswer *answer)
{
  g_clear_pointer (&answer->json, json_node_unref);
}

static gboolean
fail (Offline *self, AcControlCode code, const gchar *message)
{
  ac_answer_fail (self->answer, &(AcControlFailure){ code, NULL, message });
  return FALSE;
}

/* --- Opening --- */

static gboolean
prepare (Offline *self, const gchar *data_dir, gboolean create)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *message = NULL;

  if (!create && !ac_data_dir_exists (data_dir)) {
    message = g_strdup_printf ("there is no data in %s; run \"airclass --data-dir %s "
                               "init\" first",
                               data_dir, data_dir);
    return fail (self, AC_CONTROL_NOT_FOUND, message);
  }
  if (!ac_data_dir_prepare (data_dir, &error))
    return fail (self, AC_CONTROL_CANNOT_CREATE, error->message);
  return TRUE;
}

static gboolean
load_keys (Offline *self, const gchar *data_dir, GError **error)
{
  g_autofree gchar *media_key = ac_data_dir_media_key (data_dir);
  g_autofree gchar *control_key = NULL;

  if (!ac_media_key_load (media_key, &self->media_key, error))
    return FALSE;
  control_key = ac_data_dir_control_key (data_dir, error);
  return control_key != NULL;
}

static gboolean
open_parts (Offline *self, const gchar *data_dir)
{
  AcExecutor executor = ac_executor_for_context (NULL);
  g_autofree gchar *identity_key = ac_data_dir_identity_key (data_dir);
  g_autofree gchar *http = NULL;
  g_autofree gchar *rtmp = NULL;
  g_autofree gchar *srt = NULL;
  g_autofree gchar *srt_secret = NULL;
  g_autofree gchar *lectures = NULL;
  gint64 media_life_s = 0;
  g_autoptr (GError) error = NULL;

  self->store = ac_store_open (data_dir, executor, &error);
  if (self->store == NULL) {
    self->answer->locked = ac_daemon_is_locked (data_dir);
    return fail (self, self->answer->locked ? AC_CONTROL_BUSY : AC_CONTROL_CONFIG,
                 error->message);
  }
  self->accounts = ac_accounts_new (self->store, executor, &error);
  if (self->accounts == NULL)
    return fail (self, AC_CONTROL_INTERNAL, error->message);
  if (!load_keys (self, data_dir, &error) ||
      !ac_data_dir_addresses (data_dir, &http, &rtmp, &error) ||
      !ac_data_dir_srt (data_dir, &srt, &srt_secret, &error) ||
      (media_life_s = ac_data_dir_media_life_s (data_dir, &error)) == 0 ||
      (lectures = ac_data_dir_configured_lectures (data_dir, &error)) == NULL)
    return fail (self, AC_CONTROL_CONFIG, error->message);
  self->classroom = ac_classroom_new (self->store);
  self->identities = ac_identities_new (self->store, identity_key);
  self->control = ac_control_new (&(AcControlParts){
      .data_dir = data_dir,
      .lectures = lectures,
      .store = self->store,
      .accounts = self->accounts,
      .classroom = self->classroom,
      .media_key = &self->media_key,
      .media_life_s = media_life_s,
      .identities = self->identities,
      .srt_secret = srt_secret,
      .addresses = { http, rtmp, srt },
  });
  return TRUE;
}

static void
close_parts (Offline *self)
{
  g_clear_pointer (&self->control, ac_control_free);
  g_clear_pointer (&self->classroom, ac_classroom_free);
  g_clear_pointer (&self->accounts, ac_accounts_free);
  g_clear_pointer (&self->store, ac_store_close);
  g_clear_pointer (&self->identities, ac_identities_free);
}

/* --- Ending a lesson with its recording --- */

/* What the daemon published last may be newer than what it wrote to the database
 * before it died. */
static void
replay_publication (Offline *self, gint64 lesson, AcRecording *recording)
{
  guint64 n_slots = ac_recording_n_slots (recording);
  AcSlotInfo slot;

  for (guint64 i = 0; i < n_slots && ac_recording_get_slot (recording, i, &slot); i++) {
    gint64 start_ms = AC_TICKS_TO_MS (slot.start);

    ac_classroom_media_published (self->classroom, lesson, start_ms,
                                  AC_TICKS_TO_MS (slot.start + slot.duration) -
                                      start_ms,
                                  (slot.flags & AC_SLOT_NOT_CREDITABLE) == 0);
  }
}

/* Returns: FALSE when it failed; a lesson without a recording is good. */
static gboolean
open_recording (AcRecordings *recordings, gint64 lesson, AcRecording **ret_recording,
                GError **error)
{
  g_autoptr (GError) local = NULL;

  *ret_recording = ac_recordings_open (recordings, lesson, FALSE, &local);
  if (*ret_recording != NULL ||
      g_error_matches (local, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
finish_recording (AcRecording *recording, GError **error)
{
  GError *broken;

  if (ac_recording_is_finished (recording))
    return TRUE;
  if (!ac_recording_finish (recording, error))
    return FALSE;
  ac_recording_flush (recording);
  broken = ac_recording_error (recording);
  if (broken == NULL)
    return TRUE;
  g_propagate_error (error, broken);
  return FALSE;
}

/* --- Running --- */

static void
answered (JsonNode *result, const AcControlFailure *failure, gpointer user_data)
{
  Offline *self = user_data;

  self->answered = TRUE;
  if (failure != NULL)
    ac_answer_fail (self->answer, failure);
  else
    self->answer->json = json_node_copy (result);
}

static void
call (Offline *self, const gchar *command, JsonObject *args)
{
  ac_control_call (self->control, command, args, answered, self);
  while (!self->answered)
    g_main_context_iteration (NULL, TRUE);
}

static void
end_lesson (Offline *self, const gchar *data_dir, JsonObject *args)
{
  gint64 lesson = json_object_get_int_member_with_default (args, "lesson", 0);
  g_autofree gchar *root = ac_data_dir_recordings (data_dir);
  g_autoptr (GError) error = NULL;
  g_autoptr (AcRecordings) recordings = ac_recordings_new (root, 1, &error);
  g_autoptr (AcRecording) recording = NULL;
  g_autoptr (AcLesson) found = ac_classroom_get_lesson (self->classroom, lesson);

  if (found != NULL && recordings != NULL)
    open_recording (recordings, lesson, &recording, &error);
  if (error != NULL) {
    g_prefix_error (&error, "the lesson's recording: ");
    fail (self, AC_CONTROL_INTERNAL, error->message);
    return;
  }
  if (recording != NULL && found->state == AC_LESSON_LIVE)
    replay_publication (self, lesson, recording);
  call (self, "lesson-end", args);
  if (self->answer->failed || recording == NULL || finish_recording (recording, &error))
    return;
  g_prefix_error (&error, "the lesson has ended, but its recording: ");
  fail (self, AC_CONTROL_INTERNAL, error->message);
}

void
ac_offline_run (const gchar *data_dir, const gchar *command, JsonObject *args,
                AcAnswer *ret_answer)
{
  Offline self = { .answer = ret_answer };

  *ret_answer = (AcAnswer){ 0 };
  if (prepare (&self, data_dir, strcmp (command, "init") == 0) &&
      open_parts (&self, data_dir)) {
    if (strcmp (command, "lesson-end") == 0)
      end_lesson (&self, data_dir, args);
    else
      call (&self, command, args);
  }
  close_parts (&self);
}
