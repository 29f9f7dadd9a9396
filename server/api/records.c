/* records.c - what a member has: of a lesson with every entry, and of a year. */
#include "api_private.h"

#include "clock.h"
#include "day.h"
#include "interval_set.h"
#include "ledger.h"
#include "study_record.h"

#define YEAR_MIN 1970
#define YEAR_MAX 9999

static void
set_hours (JsonObject *object, const gchar *name, gint64 permille)
{
  json_object_set_double_member (object, name, permille / 1000.0);
}

static JsonArray *
media_json (const gchar *text)
{
  g_autoptr (AcIntervalSet) media = ac_interval_set_parse (text);
  JsonArray *array = json_array_new ();

  for (guint i = 0; media != NULL && i < ac_interval_set_length (media); i++) {
    AcInterval interval = ac_interval_set_get (media, i);
    JsonObject *object = json_object_new ();

    json_object_set_int_member (object, "start_ms", interval.start_ms);
    json_object_set_int_member (object, "end_ms", interval.end_ms);
    json_array_add_object_element (array, object);
  }
  return array;
}

/* Returns: (transfer full) (nullable): NULL with @error. */
static JsonObject *
entry_json (AcStore *store, const AcLedgerEntry *entry, GError **error)
{
  g_autofree gchar *reason = NULL;
  g_autofree gchar *evidence = NULL;
  JsonObject *object;

  if (!ac_ledger_read_note (store, entry->seq, &reason, &evidence, error))
    return NULL;
  object = json_object_new ();
  json_object_set_int_member (object, "entry", entry->seq);
  json_object_set_string_member (object, "kind", ac_entry_kind_name (entry->kind));
  json_object_set_string_member (object, "study", ac_study_name (entry->study));
  json_object_set_int_member (object, "earned_ms", entry->earned_ms);
  json_object_set_array_member (object, "media", media_json (entry->media));
  json_object_set_int_member (object, "year", entry->year);
  json_object_set_int_member (object, "lesson_year", entry->lesson_year);
  ac_api_set_number (object, "reference", entry->reference);
  json_object_set_string_member (object, "reason", reason);
  json_object_set_string_member (object, "evidence", evidence);
  ac_json_object_set_time (object, "created_at", entry->created_ms);
  return object;
}

/* Returns: (transfer full) (nullable): NULL with @error. */
static JsonArray *
entries_json (AcStore *store, gint64 member, gint64 lesson, GError **error)
{
  g_autoptr (GPtrArray) entries = ac_ledger_list (store, member, lesson, error);
  g_autoptr (JsonArray) array = json_array_new ();

  if (entries == NULL)
    return NULL;
  for (guint i = 0; i < entries->len; i++) {
    JsonObject *object = entry_json (store, entries->pdata[i], error);

    if (object == NULL)
      return NULL;
    json_array_add_object_element (array, object);
  }
  return g_steal_pointer (&array);
}

static JsonArray *
reasons_json (const AcRecord *record)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < record->reasons->len; i++) {
    const AcRecordReason *reason = &g_array_index (record->reasons, AcRecordReason, i);
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "name", reason->name);
    json_object_set_string_member (object, "text", reason->en);
    json_object_set_string_member (object, "text_zh", reason->zh);
    json_object_set_int_member (object, "beats", reason->n_beats);
    json_object_set_int_member (object, "media_ms", reason->media_ms);
    json_array_add_object_element (array, object);
  }
  return array;
}

void
ac_api_record_lesson (AcApiCall *call)
{
  AcStore *store = call->api->parts.store;
  gint64 member = call->session->member;
  g_autoptr (AcLesson) lesson =
      ac_classroom_get_lesson (call->api->parts.classroom, call->id);
  g_autoptr (AcRecord) record = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (GError) error = NULL;
  JsonArray *entries;

  if (lesson == NULL) {
    ac_problem_respond (call->exchange, AC_PROBLEM_LESSON_NOT_FOUND, NULL);
    return;
  }
  record = ac_record_of_lesson (store, member, lesson->id, &error);
  entries = record != NULL ? entries_json (store, member, lesson->id, &error) : NULL;
  if (entries == NULL) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  body = json_object_new ();
  json_object_set_int_member (body, "lesson", lesson->id);
  json_object_set_string_member (body, "state", ac_record_state_name (record->state));
  json_object_set_int_member (body, "creditable_ms", record->creditable_ms);
  json_object_set_int_member (body, "covered_ms", record->covered_ms);
  json_object_set_int_member (body, "group_ms", record->group_ms);
  json_object_set_int_member (body, "self_ms", record->self_ms);
  json_object_set_int_member (body, "unsettled_ms", record->unsettled_ms);
  json_object_set_string_member (body, "policy", record->policy);
  set_hours (body, "credit", record->credit_permille);
  set_hours (body, "group_credit", record->group_permille);
  json_object_set_array_member (body, "entries", entries);
  json_object_set_array_member (body, "not_counted", reasons_json (record));
  ac_api_respond_json (call->exchange, body, NULL);
}

static JsonArray *
lessons_json (const AcRecordYear *year)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < year->lessons->len; i++) {
    const AcRecordLesson *lesson = year->lessons->pdata[i];
    JsonObject *object = json_object_new ();

    json_object_set_int_member (object, "lesson", lesson->lesson);
    json_object_set_string_member (object, "title", lesson->title);
    json_object_set_string_member (object, "held_on", lesson->held_on);
    json_object_set_string_member (object, "policy", lesson->policy);
    json_object_set_int_member (object, "group_ms", lesson->group_ms);
    json_object_set_int_member (object, "self_ms", lesson->self_ms);
    set_hours (object, "credit", lesson->credit_permille);
    set_hours (object, "group_credit", lesson->group_permille);
    json_array_add_object_element (array, object);
  }
  return array;
}

static gint64
this_year (void)
{
  gchar today[AC_DAY_CHARS + 1];

  ac_day_at (ac_clock_wall_ms (), today);
  return g_ascii_strtoll (today, NULL, 10);
}

void
ac_api_record_year (AcApiCall *call)
{
  g_autoptr (AcRecordYear) year = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (GError) error = NULL;
  gint64 number;

  if (!ac_api_read_number (call, "year", YEAR_MIN, YEAR_MAX, this_year (), &number))
    return;
  year = ac_record_year (call->api->parts.store, call->session->member, number, &error);
  if (year == NULL) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  body = json_object_new ();
  json_object_set_int_member (body, "year", year->year);
  json_object_set_boolean_member (body, "closed", year->closed);
  json_object_set_string_member (body, "duty", ac_duty_name (year->duty));
  json_object_set_boolean_member (body, "exempt", year->exempt);
  set_hours (body, "required", year->required_permille);
  set_hours (body, "group_credit", year->group_permille);
  set_hours (body, "self_credit", year->self_permille);
  set_hours (body, "counted", year->counted_permille);
  json_object_set_array_member (body, "lessons", lessons_json (year));
  ac_api_respond_json (call->exchange, body, NULL);
}
