/* api.c - the one way in: route, origin, session, role, in this order. */
#include "api_private.h"

#include "clock.h"
#include "credit_error.h"
#include "log.h"
#include "message.h"
#include "organisation.h"
#include "sheet.h"
#include "timetable.h"
#include "webhook.h"

#include <string.h>

#define PREFIX "/api/v1"
#define QUERY_MAX_BYTES 1024
#define CODE_LETTERS "0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const AcApiRoute ac_api_routes[] = {
  { "POST", PREFIX "/session", AC_ACT_SIGN_IN, ac_api_session_create },
  { "GET", PREFIX "/session/code", AC_ACT_SIGN_IN, ac_api_session_codes },
  { "POST", PREFIX "/session/code", AC_ACT_SIGN_IN, ac_api_session_send_code },
  { "GET", PREFIX "/session", AC_ACT_PASSWORD_OWN, ac_api_session_get },
  { "DELETE", PREFIX "/session", AC_ACT_SIGN_IN, ac_api_session_delete },
  { "PUT", PREFIX "/password", AC_ACT_PASSWORD_OWN, ac_api_password_change },
  { "GET", PREFIX "/sessions", AC_ACT_SESSION_OWN, ac_api_device_list },
  { "DELETE", PREFIX "/sessions", AC_ACT_SESSION_OWN, ac_api_device_end_all },
  { "DELETE", PREFIX "/sessions/:id", AC_ACT_SESSION_OWN, ac_api_device_end },
  { "GET", PREFIX "/lessons", AC_ACT_LESSON_LIST, ac_api_lessons_list },
  { "GET", PREFIX "/lessons/:id", AC_ACT_LESSON_VIEW, ac_api_lessons_get,
    ac_api_lesson_place },
  { "GET", PREFIX "/lessons/:id/health", AC_ACT_LESSON_HEALTH, ac_api_health_get,
    ac_api_lesson_place },
  { "POST", PREFIX "/lessons", AC_ACT_LESSON_MANAGE, ac_api_lesson_plan,
    ac_api_body_place },
  { "PATCH", PREFIX "/lessons/:id", AC_ACT_LESSON_MANAGE, ac_api_lesson_edit,
    ac_api_lesson_place },
  { "POST", PREFIX "/lessons/:id/cancel", AC_ACT_LESSON_MANAGE, ac_api_lesson_cancel,
    ac_api_lesson_place },
  { "POST", PREFIX "/lessons/:id/key", AC_ACT_LESSON_PUBLISH, ac_api_lesson_rotate_key,
    ac_api_lesson_place },
  { "POST", PREFIX "/lessons/:id/start", AC_ACT_LESSON_DIRECT, ac_api_lesson_start,
    ac_api_lesson_place },
  { "POST", PREFIX "/lessons/:id/end", AC_ACT_LESSON_DIRECT, ac_api_lesson_end,
    ac_api_lesson_place },
  { "GET", PREFIX "/lessons/:id/expected", AC_ACT_MEMBER_VIEW, ac_api_expected_list,
    ac_api_query_place },
  { "POST", PREFIX "/members/:id/excuses", AC_ACT_MEMBER_EXCUSE, ac_api_excuse_set,
    ac_api_member_place },
  { "POST", PREFIX "/lessons/:id/leave", AC_ACT_RECORD_OWN, ac_api_leave_ask },
  { "GET", PREFIX "/leaves", AC_ACT_RECORD_OWN, ac_api_leave_list },
  { "GET", PREFIX "/leaves/open", AC_ACT_MEMBER_EXCUSE, ac_api_leave_list_open,
    ac_api_query_place },
  { "DELETE", PREFIX "/leaves/:id", AC_ACT_RECORD_OWN, ac_api_leave_withdraw },
  { "POST", PREFIX "/leaves/:id/approve", AC_ACT_MEMBER_EXCUSE, ac_api_leave_approve,
    ac_api_leave_place },
  { "POST", PREFIX "/leaves/:id/refuse", AC_ACT_MEMBER_EXCUSE, ac_api_leave_refuse,
    ac_api_leave_place },
  { "POST", PREFIX "/branches/:id/calendar", AC_ACT_LESSON_MANAGE,
    ac_api_calendar_of_branch, ac_api_branch_place },
  { "DELETE", PREFIX "/branches/:id/calendar", AC_ACT_LESSON_MANAGE,
    ac_api_calendar_of_branch_end, ac_api_branch_place },
  { "POST", PREFIX "/calendar", AC_ACT_SESSION_OWN, ac_api_calendar_own },
  { "DELETE", PREFIX "/calendar", AC_ACT_SESSION_OWN, ac_api_calendar_own_end },
  { "GET", PREFIX "/courses", AC_ACT_LESSON_LIST, ac_api_course_list },
  { "POST", PREFIX "/courses", AC_ACT_LESSON_MANAGE, ac_api_course_add,
    ac_api_body_branch_place },
  { "PATCH", PREFIX "/courses/:id", AC_ACT_LESSON_MANAGE, ac_api_course_set,
    ac_api_course_place },
  { "POST", PREFIX "/lessons/:id/break", AC_ACT_LESSON_DIRECT, ac_api_break_mark,
    ac_api_lesson_place },
  { "POST", PREFIX "/lessons/:id/prompts", AC_ACT_LESSON_DIRECT, ac_api_prompt_all,
    ac_api_lesson_place },
  { "GET", PREFIX "/branches/:id", AC_ACT_BRANCH_VIEW, ac_api_branch_get,
    ac_api_branch_place },
  { "GET", PREFIX "/members", AC_ACT_MEMBER_VIEW, ac_api_member_list,
    ac_api_query_place },
  { "GET", PREFIX "/members/:id", AC_ACT_MEMBER_VIEW, ac_api_member_get,
    ac_api_member_place },
  { "GET", PREFIX "/branch-names", AC_ACT_BRANCH_NAME, ac_api_branch_names },
  { "GET", PREFIX "/branches", AC_ACT_BRANCH_VIEW, ac_api_branch_list,
    ac_api_query_place },
  { "POST", PREFIX "/branches", AC_ACT_BRANCH_MANAGE, ac_api_branch_add,
    ac_api_parent_place },
  { "PATCH", PREFIX "/branches/:id", AC_ACT_BRANCH_MANAGE, ac_api_branch_set,
    ac_api_branch_place },
  { "GET", PREFIX "/branches/:id/sites", AC_ACT_BRANCH_VIEW, ac_api_branch_sites,
    ac_api_branch_place },
  { "POST", PREFIX "/branches/:id/sites", AC_ACT_BRANCH_MANAGE, ac_api_site_add,
    ac_api_branch_place },
  { "PATCH", PREFIX "/sites/:id", AC_ACT_BRANCH_MANAGE, ac_api_site_set,
    ac_api_site_place },
  { "PUT", PREFIX "/sites/:id/stewards/:member", AC_ACT_BRANCH_MANAGE,
    ac_api_site_steward, ac_api_site_place },
  { "DELETE", PREFIX "/sites/:id/stewards/:member", AC_ACT_BRANCH_MANAGE,
    ac_api_site_steward_end, ac_api_site_place },
  { "GET", PREFIX "/overview/today", AC_ACT_BRANCH_VIEW, ac_api_overview_today,
    ac_api_query_place },
  { "GET", PREFIX "/overview/system", AC_ACT_SYSTEM_VIEW, ac_api_overview_system },
  { "GET", PREFIX "/library", AC_ACT_LESSON_LIST, ac_api_library },
  { "GET", PREFIX "/recordings", AC_ACT_LESSON_MANAGE, ac_api_recording_list,
    ac_api_query_place },
  { "GET", PREFIX "/policies", AC_ACT_POLICY_VIEW, ac_api_policy_list },
  { "POST", PREFIX "/policies", AC_ACT_POLICY_MANAGE, ac_api_policy_add },
  { "GET", PREFIX "/standings", AC_ACT_REPORT, ac_api_standing_list,
    ac_api_query_place },
  { "GET", PREFIX "/ledger", AC_ACT_REPORT_AUDIT, ac_api_ledger_list,
    ac_api_query_place },
  { "GET", PREFIX "/ledger/head", AC_ACT_LEDGER_CHECK, ac_api_ledger_head },
  { "POST", PREFIX "/ledger/verify", AC_ACT_LEDGER_CHECK, ac_api_ledger_verify },
  { "POST", PREFIX "/ledger/close", AC_ACT_POLICY_MANAGE, ac_api_ledger_close },
  { "POST", PREFIX "/lessons/:id/quality", AC_ACT_LESSON_ATTEND, ac_api_quality_add,
    ac_api_lesson_place },
  { "GET", PREFIX "/lessons/:id/quality", AC_ACT_LESSON_HEALTH, ac_api_quality_get,
    ac_api_lesson_place },
  { "GET", PREFIX "/webhooks", AC_ACT_WEBHOOK_MANAGE, ac_api_webhook_list },
  { "POST", PREFIX "/webhooks", AC_ACT_WEBHOOK_MANAGE, ac_api_webhook_add },
  { "DELETE", PREFIX "/webhooks/:id", AC_ACT_WEBHOOK_MANAGE, ac_api_webhook_remove },
  { "POST", PREFIX "/webhooks/:id/resume", AC_ACT_WEBHOOK_MANAGE,
    ac_api_webhook_resume },
  { "GET", PREFIX "/grants/own", AC_ACT_SESSION_OWN, ac_api_grant_own },
  { "POST", PREFIX "/members", AC_ACT_MEMBER_MANAGE, ac_api_member_add,
    ac_api_body_branch_place },
  { "PATCH", PREFIX "/members/:id", AC_ACT_MEMBER_MANAGE, ac_api_member_set,
    ac_api_member_place },
  { "GET", PREFIX "/members/:id/file", AC_ACT_MEMBER_FILE, ac_api_member_file,
    ac_api_member_place },
  { "POST", PREFIX "/members/:id/memberships", AC_ACT_MEMBER_MANAGE, ac_api_member_move,
    ac_api_member_place },
  { "POST", PREFIX "/members/:id/certificate", AC_ACT_MEMBER_MANAGE,
    ac_api_member_certify, ac_api_member_place },
  { "POST", PREFIX "/members/:id/standings", AC_ACT_CORRECT, ac_api_member_stand,
    ac_api_member_place },
  { "POST", PREFIX "/members/export", AC_ACT_MEMBER_MANAGE, ac_api_member_export,
    ac_api_body_branch_place },
  { "POST", PREFIX "/imports", AC_ACT_MEMBER_MANAGE, ac_api_import_add,
    ac_api_query_place },
  { "GET", PREFIX "/imports/:id", AC_ACT_IMPORT_OWN, ac_api_import_get },
  { "GET", PREFIX "/imports/:id/rows", AC_ACT_IMPORT_OWN, ac_api_import_rows },
  { "PATCH", PREFIX "/imports/:id/rows", AC_ACT_IMPORT_OWN, ac_api_import_correct },
  { "POST", PREFIX "/imports/:id/apply", AC_ACT_IMPORT_OWN, ac_api_import_apply },
  { "DELETE", PREFIX "/imports/:id", AC_ACT_IMPORT_OWN, ac_api_import_forget },
  { "GET", PREFIX "/lessons/:id/presence", AC_ACT_LESSON_PRESENCE, ac_api_presence_get,
    ac_api_lesson_place },
  { "POST", PREFIX "/lessons/:id/handouts", AC_ACT_LESSON_MODERATE, ac_api_handout_add,
    ac_api_lesson_place },
  { "GET", PREFIX "/lessons/:id/handouts/:handout", AC_ACT_LESSON_VIEW,
    ac_api_handout_get, ac_api_lesson_place },
  { "GET", PREFIX "/lessons/:id/record", AC_ACT_RECORD_OWN, ac_api_record_lesson },
  { "POST", PREFIX "/lessons/:id/appeals", AC_ACT_RECORD_OWN, ac_api_appeal_open },
  { "GET", PREFIX "/record", AC_ACT_RECORD_OWN, ac_api_record_year },
  { "GET", PREFIX "/appeals", AC_ACT_RECORD_OWN, ac_api_appeal_list },
  { "GET", PREFIX "/appeals/open", AC_ACT_CORRECT, ac_api_appeal_list_open,
    ac_api_query_place },
  { "POST", PREFIX "/appeals/:id/answer", AC_ACT_CORRECT, ac_api_appeal_answer,
    ac_api_appeal_place },
  { "GET", PREFIX "/corrections", AC_ACT_CORRECT, ac_api_correction_list,
    ac_api_query_place },
  { "POST", PREFIX "/corrections", AC_ACT_CORRECT, ac_api_correction_ask,
    ac_api_correction_body_place },
  { "POST", PREFIX "/corrections/:id/approve", AC_ACT_CORRECT,
    ac_api_correction_approve, ac_api_correction_place },
  { "POST", PREFIX "/corrections/:id/reject", AC_ACT_CORRECT, ac_api_correction_reject,
    ac_api_correction_place },
  { "GET", PREFIX "/members/me/export", AC_ACT_RECORD_OWN, ac_api_member_export_own },
  { "POST", PREFIX "/members/:id/unmask", AC_ACT_MEMBER_UNMASK, ac_api_member_unmask,
    ac_api_member_place },
  { "POST", PREFIX "/members/:id/password", AC_ACT_PASSWORD_RESET,
    ac_api_password_reset, ac_api_member_place },
  { "GET", PREFIX "/grants", AC_ACT_GRANT, ac_api_grant_list, ac_api_query_place },
  { "PUT", PREFIX "/grants", AC_ACT_GRANT, ac_api_grant_put, ac_api_query_place },
  { "DELETE", PREFIX "/grants", AC_ACT_GRANT, ac_api_grant_delete, ac_api_query_place },
  { "GET", PREFIX "/audit", AC_ACT_AUDIT_VIEW, ac_api_audit_list, ac_api_query_place },
  { "POST", PREFIX "/screens/pairing", AC_ACT_SCREEN_ASK, ac_api_screen_ask },
  { "POST", PREFIX "/screens/pairing/claim", AC_ACT_SCREEN_ASK, ac_api_screen_claim },
  { "GET", PREFIX "/screens/self", AC_ACT_SCREEN_OWN, ac_api_screen_self },
  { "GET", PREFIX "/sites", AC_ACT_SITE_LIST, ac_api_site_list },
  { "GET", PREFIX "/sites/:id/screens", AC_ACT_SITE_RUN, ac_api_screen_list,
    ac_api_site_place },
  { "POST", PREFIX "/sites/:id/screens", AC_ACT_SITE_RUN, ac_api_screen_pair,
    ac_api_site_place },
  { "DELETE", PREFIX "/sites/:id/screens/:screen", AC_ACT_SITE_RUN,
    ac_api_screen_revoke, ac_api_site_place },
  { "POST", PREFIX "/branches/:id/cards", AC_ACT_CARD_MAKE, ac_api_card_sheet,
    ac_api_branch_place },
  { "POST", PREFIX "/members/:id/card", AC_ACT_CARD_MAKE, ac_api_card_make,
    ac_api_member_place },
  { "DELETE", PREFIX "/members/:id/card", AC_ACT_CARD_MAKE, ac_api_card_revoke,
    ac_api_member_place },
  { "GET", PREFIX "/lessons/:id/rooms/:site", AC_ACT_SITE_RUN, ac_api_room_sheet,
    ac_api_room_past_place },
  { "GET", PREFIX "/lessons/:id/rooms/:site/roster", AC_ACT_SITE_RUN,
    ac_api_room_roster, ac_api_room_past_place },
  { "GET", PREFIX "/lessons/:id/rooms/:site/code", AC_ACT_ROOM_CODE, ac_api_room_code,
    ac_api_room_place },
  { "POST", PREFIX "/lessons/:id/rooms/:site/stays", AC_ACT_SITE_RUN,
    ac_api_room_sign_in, ac_api_room_place },
  { "POST", PREFIX "/lessons/:id/rooms/:site/stays/end", AC_ACT_SITE_RUN,
    ac_api_room_sign_out, ac_api_room_past_place },
  { "POST", PREFIX "/lessons/:id/rooms/:site/guests", AC_ACT_SITE_RUN,
    ac_api_room_add_guest, ac_api_room_place },
  { "POST", PREFIX "/lessons/:id/rooms/:site/heads", AC_ACT_SITE_RUN,
    ac_api_room_count_heads, ac_api_room_place },
  { "POST", PREFIX "/lessons/:id/rooms/:site/hand", AC_ACT_SITE_RUN,
    ac_api_room_raise_hand, ac_api_room_place },
  { "POST", PREFIX "/lessons/:id/rooms/:site/enter", AC_ACT_LESSON_JOIN,
    ac_api_room_enter, ac_api_lesson_place },
  { "POST", PREFIX "/lessons/:id/rooms/:site/leave", AC_ACT_LESSON_JOIN,
    ac_api_room_leave, ac_api_lesson_place },
  { "GET", PREFIX "/lessons/:id/rooms/:site/stay", AC_ACT_LESSON_JOIN,
    ac_api_room_own_stay, ac_api_lesson_place },
  { "POST", PREFIX "/lessons/:id/rooms/:site/logs", AC_ACT_SITE_RUN,
    ac_api_room_send_log, ac_api_room_past_place },
  { "GET", PREFIX "/lessons/:id/rooms/:site/logs", AC_ACT_SITE_RUN,
    ac_api_room_list_logs, ac_api_room_past_place },
  { "GET", PREFIX "/logs/waiting", AC_ACT_ROOM_APPROVE, ac_api_room_waiting_logs,
    ac_api_query_place },
  { "POST", PREFIX "/lessons/:id/rooms/:site/logs/approve", AC_ACT_ROOM_APPROVE,
    ac_api_room_approve_log, ac_api_room_past_place },
  { "POST", PREFIX "/lessons/:id/rooms/:site/logs/reject", AC_ACT_ROOM_APPROVE,
    ac_api_room_reject_log, ac_api_room_past_place },
  { "GET", PREFIX "/reports/credit", AC_ACT_REPORT, ac_api_report, ac_api_query_place },
  { "GET", PREFIX "/reports/sign-in", AC_ACT_REPORT, ac_api_report,
    ac_api_query_place },
  { "GET", PREFIX "/reports/sites", AC_ACT_REPORT, ac_api_report, ac_api_query_place },
  { "GET", PREFIX "/reports/host", AC_ACT_REPORT, ac_api_report, ac_api_query_place },
  { "GET", PREFIX "/reports/make-up", AC_ACT_REPORT, ac_api_report,
    ac_api_query_place },
  { "GET", PREFIX "/reports/contact", AC_ACT_REPORT, ac_api_report,
    ac_api_query_place },
  { "GET", PREFIX "/reports/skills", AC_ACT_REPORT, ac_api_report, ac_api_query_place },
  { "GET", PREFIX "/reports/lecturers", AC_ACT_REPORT, ac_api_report,
    ac_api_query_place },
  { "GET", PREFIX "/reports/progress", AC_ACT_REPORT, ac_api_report,
    ac_api_query_place },
  { "GET", PREFIX "/reports/adjustments", AC_ACT_REPORT_AUDIT, ac_api_report,
    ac_api_query_place },
  { "GET", PREFIX "/reports/transcript", AC_ACT_TRANSCRIPT, ac_api_report,
    ac_api_transcript_place },
  { "GET", PREFIX "/verify/:code", AC_ACT_VERIFY, ac_api_verify },
  { NULL },
};

AcApi *
ac_api_new (const AcApiParts *parts)
{
  AcApi *self = g_rc_box_new0 (AcApi);

  self->parts = *parts;
  self->encoder_places = ac_encoder_places_copy (
      &(AcEncoderPlaces){ .http = (gchar *)"", .rtmp = (gchar *)"" });
  self->looks = ac_api_looks_new ();
  self->verify_throttle = ac_throttle_new (&ac_api_verify_rule);
  self->hands = ac_throttle_new (&ac_api_hand_rule);
  self->noted = ac_throttle_new (&ac_api_noted_rule);
  self->pages = ac_throttle_new (&ac_api_pages_rule);
  self->writes = ac_throttle_new (&ac_api_write_rule);
  self->reports = ac_throttle_new (&ac_api_quality_rule);
  self->quality = ac_quality_new (parts->store);
  self->checks = ac_throttle_new (&ac_api_check_rule);
  self->imports = ac_api_imports_new (parts->store);
  return self;
}

void
ac_api_set_encoder_places (AcApi *self, const AcEncoderPlaces *places)
{
  ac_encoder_places_free (self->encoder_places);
  self->encoder_places = ac_encoder_places_copy (places);
}

AcApi *
ac_api_ref (AcApi *self)
{
  return g_rc_box_acquire (self);
}

static void
clear_api (gpointer data)
{
  AcApi *self = data;

  ac_encoder_places_free (self->encoder_places);
  ac_throttle_free (self->looks);
  ac_throttle_free (self->verify_throttle);
  ac_throttle_free (self->hands);
  ac_throttle_free (self->noted);
  ac_throttle_free (self->pages);
  ac_throttle_free (self->writes);
  ac_throttle_free (self->checks);
  ac_throttle_free (self->reports);
  ac_quality_free (self->quality);
}

void
ac_api_unref (AcApi *self)
{
  g_rc_box_release_full (self, clear_api);
}

void
ac_api_free (AcApi *self)
{
  self->closed = TRUE;
  ac_quality_flush (self->quality, NULL, NULL);
  ac_api_imports_close (self->imports);
  self->parts = (AcApiParts){ .store = self->parts.store };
  ac_api_unref (self);
}

void
ac_api_set_number (JsonObject *object, const gchar *name, gint64 number)
{
  if (number != 0)
    json_object_set_int_member (object, name, number);
  else
    json_object_set_null_member (object, name);
}

void
ac_api_respond_text (AcHttpExchange *exchange, GBytes *json, gchar *set_cookie)
{
  ac_http_exchange_respond (exchange, &(AcHttpResponse){
                                          .status = 200,
                                          .content_type = "application/json",
                                          .set_cookie = set_cookie,
                                          .body = json,
                                      });
}

void
ac_api_respond_json (AcHttpExchange *exchange, JsonObject *body, gchar *set_cookie)
{
  gchar *text = ac_json_object_to_text (body);

  ac_api_respond_text (exchange, g_bytes_new_take (text, strlen (text)), set_cookie);
}

static gboolean
is_json_type (const gchar *type)
{
  static const gchar json[] = "application/json";

  return type != NULL && g_ascii_strncasecmp (type, json, sizeof json - 1) == 0 &&
         strchr ("; \t", type[sizeof json - 1]) != NULL;
}

JsonObject *
ac_api_peek_body (AcApiCall *call)
{
  return is_json_type (call->request->content_type)
             ? ac_json_text_parse_object (call->request->body, AC_API_BODY_MAX_BYTES,
                                          NULL)
             : NULL;
}

JsonObject *
ac_api_read_body (AcApiCall *call)
{
  return ac_api_read_large_body (call, AC_API_BODY_MAX_BYTES);
}

JsonObject *
ac_api_read_large_body (AcApiCall *call, gsize max_bytes)
{
  g_autoptr (GError) error = NULL;
  JsonObject *body;

  if (!is_json_type (call->request->content_type)) {
    ac_problem_respond (call->exchange, AC_PROBLEM_NOT_JSON, NULL);
    return NULL;
  }
  body = ac_json_text_parse_object (call->request->body, max_bytes, &error);
  if (body == NULL)
    ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_REQUEST,
                        &(AcProblemExtra){ .detail = error->message });
  return body;
}

typedef struct {
  AcProblem problem;
  const gchar *field;
  gboolean told;       /* the error's own words are for the one who asks */
  const gchar *reason; /* (nullable): as the error has it */
} Refusal;

static Refusal
refusal_of_credit (const GError *error)
{
  static const AcProblem problems[] = {
    [AC_CREDIT_ERROR_INVALID] = AC_PROBLEM_INVALID_FIELD,
    [AC_CREDIT_ERROR_NOT_FOUND] = AC_PROBLEM_NAMED_NOT_FOUND,
    [AC_CREDIT_ERROR_EXISTS] = AC_PROBLEM_WRONG_STATE,
    [AC_CREDIT_ERROR_STATE] = AC_PROBLEM_WRONG_STATE,
    [AC_CREDIT_ERROR_DENIED] = AC_PROBLEM_ONE_ALONE,
  };

  return (Refusal){ problems[error->code], ac_credit_error_field (error), TRUE,
                    ac_credit_error_reason (error) };
}

static Refusal
refusal_of_timetable (const GError *error)
{
  static const AcProblem problems[] = {
    [AC_TIMETABLE_ERROR_INVALID] = AC_PROBLEM_INVALID_FIELD,
    [AC_TIMETABLE_ERROR_NOT_FOUND] = AC_PROBLEM_NAMED_NOT_FOUND,
    [AC_TIMETABLE_ERROR_STATE] = AC_PROBLEM_WRONG_STATE,
    [AC_TIMETABLE_ERROR_DENIED] = AC_PROBLEM_ONE_ALONE,
  };

  return (Refusal){ problems[error->code], ac_timetable_error_field (error), TRUE,
                    ac_timetable_error_reason (error) };
}

static Refusal
refusal_of_classroom (const GError *error)
{
  static const Refusal refusals[] = {
    [AC_CLASSROOM_ERROR_NOT_FOUND] = { AC_PROBLEM_LESSON_NOT_FOUND, NULL, FALSE },
    [AC_CLASSROOM_ERROR_STATE] = { AC_PROBLEM_WRONG_STATE, NULL, TRUE },
    [AC_CLASSROOM_ERROR_INVALID] = { AC_PROBLEM_INVALID_FIELD, "title", TRUE,
                                     AC_REASON_LINE_FORM },
  };

  return refusals[error->code];
}

static Refusal
refusal_of_organisation (const GError *error)
{
  static const AcProblem problems[] = {
    [AC_ORGANISATION_ERROR_INVALID] = AC_PROBLEM_INVALID_FIELD,
    [AC_ORGANISATION_ERROR_EXISTS] = AC_PROBLEM_WRONG_STATE,
    [AC_ORGANISATION_ERROR_NOT_FOUND] = AC_PROBLEM_NAMED_NOT_FOUND,
    [AC_ORGANISATION_ERROR_UNAVAILABLE] = AC_PROBLEM_INTERNAL,
    [AC_ORGANISATION_ERROR_DENIED] = AC_PROBLEM_ONE_ALONE,
  };

  const gchar *reason = ac_organisation_error_reason (error);

  if (reason == NULL && error->code == AC_ORGANISATION_ERROR_EXISTS)
    reason = AC_REASON_TAKEN;
  return (Refusal){ problems[error->code], ac_organisation_error_field (error), TRUE,
                    reason };
}

static Refusal
refusal_of_interchange (const GError *error)
{
  static const Refusal refusals[] = {
    [AC_INTERCHANGE_ERROR_URL] = { AC_PROBLEM_INVALID_FIELD, "url", TRUE,
                                   AC_REASON_URL_FORM },
    [AC_INTERCHANGE_ERROR_EVENTS] = { AC_PROBLEM_INVALID_FIELD, "events", TRUE },
    [AC_INTERCHANGE_ERROR_NOT_FOUND] = { AC_PROBLEM_NAMED_NOT_FOUND, NULL, TRUE },
    [AC_INTERCHANGE_ERROR_FULL] = { AC_PROBLEM_WRONG_STATE, NULL, TRUE },
  };

  return refusals[error->code];
}

static Refusal
refusal_of (const GError *error)
{
  if (error->domain == AC_INTERCHANGE_ERROR)
    return refusal_of_interchange (error);
  if (error->domain == AC_SHEET_ERROR)
    return (Refusal){ AC_PROBLEM_INVALID_FIELD, "file", TRUE };
  if (error->domain == AC_CREDIT_ERROR)
    return refusal_of_credit (error);
  if (error->domain == AC_TIMETABLE_ERROR)
    return refusal_of_timetable (error);
  if (error->domain == AC_CLASSROOM_ERROR)
    return refusal_of_classroom (error);
  if (error->domain == AC_ORGANISATION_ERROR)
    return refusal_of_organisation (error);
  if (g_error_matches (error, AC_STORE_ERROR, AC_STORE_ERROR_KEY))
    return (Refusal){ AC_PROBLEM_WRONG_STATE, "key", TRUE };
  if (g_error_matches (error, AC_STORE_ERROR, AC_STORE_ERROR_BUSY))
    return (Refusal){ AC_PROBLEM_BUSY, NULL, FALSE };
  return (Refusal){ AC_PROBLEM_INTERNAL, NULL, FALSE };
}

void
ac_api_refuse (AcHttpExchange *exchange, const GError *error)
{
  Refusal refusal = refusal_of (error);

  if (refusal.reason == NULL && refusal.problem == AC_PROBLEM_NAMED_NOT_FOUND)
    refusal.reason = AC_REASON_NOT_THERE;
  if (refusal.problem == AC_PROBLEM_INTERNAL)
    ac_log (G_LOG_LEVEL_WARNING, 0, "an API call failed: %s", error->message);
  ac_problem_respond (exchange, refusal.problem,
                      &(AcProblemExtra){
                          .field = refusal.field,
                          .reason = refusal.reason,
                          .detail = refusal.told ? error->message : NULL,
                          .retry_after_s = refusal.problem == AC_PROBLEM_BUSY ? 1 : 0,
                      });
}

gboolean
ac_api_read_body_int (AcApiCall *call, JsonObject *body, const gchar *name, gint64 min,
                      gint64 fallback, gint64 *ret_value)
{
  g_autoptr (GError) error = NULL;

  *ret_value = fallback;
  if (!json_object_has_member (body, name) ||
      ac_json_object_read_int (body, name, min, (G_GINT64_CONSTANT (1) << 53) - 1,
                               ret_value, &error))
    return TRUE;
  ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_FIELD,
                      &(AcProblemExtra){ .field = name, .detail = error->message });
  return FALSE;
}

const gchar *
ac_api_read_field (AcApiCall *call, JsonObject *body, const gchar *name)
{
  g_autoptr (GError) error = NULL;
  const gchar *value = ac_json_object_read_string (body, name, &error);

  if (value == NULL)
    ac_api_refuse_because (
        call, name, json_object_has_member (body, name) ? NULL : AC_REASON_MISSING,
        error->message);
  return value;
}

gboolean
ac_api_check_key (AcApiCall *call, const gchar *key)
{
  if (*key != '\0' && g_utf8_validate (key, -1, NULL) &&
      g_utf8_strlen (key, -1) <= AC_ONCE_KEY_MAX_CHARS)
    return TRUE;
  ac_problem_respond (
      call->exchange, AC_PROBLEM_INVALID_FIELD,
      &(AcProblemExtra){ .field = "key",
                         .detail = "key must have 1 to 64 characters" });
  return FALSE;
}

gboolean
ac_api_read_key (AcApiCall *call, JsonObject *body, const gchar **ret_key)
{
  *ret_key = NULL;
  if (!json_object_has_member (body, "key"))
    return TRUE;
  *ret_key = ac_api_read_field (call, body, "key");
  return *ret_key != NULL && ac_api_check_key (call, *ret_key);
}

GBytes *
ac_api_digest_request (const AcHttpRequest *request)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  const gchar *query = request->query != NULL ? request->query : "";
  guint8 digest[32];
  gsize size, length = sizeof digest;
  const guchar *body = g_bytes_get_data (request->body, &size);

  /* A path and a query hold no NUL: each ends with it. */
  g_checksum_update (sum, (const guchar *)request->path,
                     (gssize)strlen (request->path) + 1);
  g_checksum_update (sum, (const guchar *)query, (gssize)strlen (query) + 1);
  if (size > 0)
    g_checksum_update (sum, body, (gssize)size);
  g_checksum_get_digest (sum, digest, &length);
  return g_bytes_new (digest, length);
}

gboolean
ac_api_read_once (AcApiCall *call, JsonObject *body, AcOnce *ret_once)
{
  const gchar *key;

  *ret_once = (AcOnce){ .member = call->session->member };
  if (!ac_api_read_key (call, body, &key))
    return FALSE;
  if (key != NULL) {
    ret_once->key = g_strdup (key);
    ret_once->digest = ac_api_digest_request (call->request);
  }
  return TRUE;
}

/* Returns: (transfer full) (nullable): the query's fields; NULL when it is no query. */
static GHashTable *
parse_query (AcApiCall *call)
{
  const gchar *query = call->request->query != NULL ? call->request->query : "";

  return strlen (query) <= QUERY_MAX_BYTES
             ? g_uri_parse_params (query, -1, "&", G_URI_PARAMS_NONE, NULL)
             : NULL;
}

gchar *
ac_api_query_text (AcApiCall *call, const gchar *name)
{
  g_autoptr (GHashTable) fields = parse_query (call);

  return fields != NULL ? g_strdup (g_hash_table_lookup (fields, name)) : NULL;
}

gchar *
ac_api_query_search (AcApiCall *call)
{
  gchar *text = ac_api_query_text (call, "q");

  if (text == NULL || *g_strstrip (text) == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

gboolean
ac_api_parse_number (AcApiCall *call, const gchar *name, gint64 min, gint64 max,
                     gint64 fallback, gint64 *ret_value)
{
  g_autoptr (GHashTable) fields = parse_query (call);
  const gchar *text = fields != NULL ? g_hash_table_lookup (fields, name) : NULL;
  *ret_value = fallback;
  return fields != NULL && (text == NULL || g_ascii_string_to_signed (
                                                text, 10, min, max, ret_value, NULL));
}

gboolean
ac_api_read_number (AcApiCall *call, const gchar *name, gint64 min, gint64 max,
                    gint64 fallback, gint64 *ret_value)
{
  if (ac_api_parse_number (call, name, min, max, fallback, ret_value))
    return TRUE;
  ac_problem_respond (
      call->exchange, AC_PROBLEM_INVALID_REQUEST,
      &(AcProblemExtra){ .field = name, .detail = "the query is out of range" });
  return FALSE;
}

/* @pattern: "/api/v1/lessons/:id/rooms/:site"; a name stands for a number from 1 up, in
 * @ret_ids: two at most; but ":code" for the rest, of letters, digits and hyphens */
static gboolean
path_matches (const gchar *pattern, const gchar *path, gint64 *ret_ids)
{
  const gchar *colon;

  while ((colon = strchr (pattern, ':')) != NULL) {
    g_autofree gchar *number = NULL;
    gsize length;

    if (strncmp (pattern, path, colon - pattern) != 0)
      return FALSE;
    path += colon - pattern;
    if (strcmp (colon, ":code") == 0)
      return *path != '\0' && path[strspn (path, CODE_LETTERS)] == '\0';
    length = strspn (path, "0123456789");
    number = g_strndup (path, length);
    if (!g_ascii_string_to_signed (number, 10, 1, G_MAXINT64, ret_ids++, NULL))
      return FALSE;
    path += length;
    pattern = colon + strcspn (colon, "/");
  }
  return strcmp (pattern, path) == 0;
}

/* Returns: (nullable): the route; @ret_problem says why there is none. */
static const AcApiRoute *
find_route (const AcHttpRequest *request, gint64 *ret_ids, AcProblem *ret_problem)
{
  *ret_problem = AC_PROBLEM_NOT_FOUND;
  for (const AcApiRoute *route = ac_api_routes; route->method != NULL; route++) {
    if (!path_matches (route->pattern, request->path, ret_ids))
      continue;
    if (strcmp (route->method, request->method) == 0)
      return route;
    *ret_problem = AC_PROBLEM_WRONG_METHOD;
  }
  return NULL;
}

/* Pages of other origins cannot set the header without asking first, and we never
 * answer such a question with yes. Where it is lost, see head.h, Origin says as much:
 * browsers send it with all that changes something, and no page writes it. */
static gboolean
is_same_origin (const AcHttpRequest *request)
{
  const gchar *origin = request->origin;

  if (strcmp (request->method, "GET") == 0 || strcmp (request->method, "HEAD") == 0)
    return TRUE;
  if (origin != NULL && !ac_message_origin_matches (origin, request->host))
    return FALSE;
  return g_strcmp0 (request->requested_with, "airclass") == 0 ||
         (origin != NULL && request->secure &&
          g_ascii_strncasecmp (origin, "https:", strlen ("https:")) == 0);
}

void
ac_api_call_set_branches (AcApiCall *call, GArray *branches)
{
  g_clear_pointer (&call->branches, g_array_unref);
  call->branches = branches;
  call->place.branches = branches != NULL ? (const gint64 *)branches->data : NULL;
  call->place.n_branches = branches != NULL ? branches->len : 0;
}

AcProblem
ac_api_denial (const AcAccessWho *who)
{
  if (who == NULL)
    return AC_PROBLEM_SIGNED_OUT;
  return who->must_change ? AC_PROBLEM_PASSWORD_MADE : AC_PROBLEM_FORBIDDEN;
}

/* Who may do it nowhere learns nothing of what is there. */
static gboolean
is_allowed_there (const AcApiRoute *route, AcApiCall *call, const AcAccessWho *who,
                  AcProblem *ret_problem)
{
  g_autoptr (GArray) branches = NULL;

  if (!ac_access_may_somewhere (route->act, who))
    return FALSE;
  if (route->place != NULL) {
    branches = g_array_new (FALSE, FALSE, sizeof (gint64));
    if (!route->place (call, branches, &call->place.member, ret_problem))
      return FALSE;
    ac_api_call_set_branches (call, g_steal_pointer (&branches));
  }
  return ac_access_may (route->act, who, &call->place);
}

gboolean
ac_api_is_allowed (const AcApiRoute *route, AcApiCall *call, AcProblem *ret_problem)
{
  const AcAccessWho *who = call->session != NULL ? &call->session->who : NULL;

  ac_api_call_set_branches (call, NULL);
  call->place = (AcAccessPlace){ 0 };
  *ret_problem = ac_api_denial (who);
  return ac_access_is_scoped (route->act)
             ? is_allowed_there (route, call, who, ret_problem)
             : ac_access_may (route->act, who, NULL);
}

/* A member who has signed in on a screen is the member. */
AcSession *
ac_api_session_of (AcApi *self, const AcHttpRequest *request)
{
  g_autofree gchar *token = ac_http_request_cookie (request, AC_API_COOKIE);
  g_autofree gchar *screen = ac_http_request_cookie (request, AC_ROOMS_COOKIE);
  AcSession *session =
      token != NULL ? ac_accounts_session (self->parts.accounts, token) : NULL;

  if (session == NULL && screen != NULL)
    session = ac_rooms_screen_session (self->parts.rooms, screen);
  return session;
}

gboolean
ac_api_count_try (AcApiCall *call, AcThrottle *throttle, const gchar *key)
{
  gint64 now_ms = ac_clock_monotonic_ms ();
  gint64 wait_ms = ac_throttle_wait_ms (throttle, key, now_ms);

  if (wait_ms == 0) {
    ac_throttle_begin (throttle, key, now_ms);
    return TRUE;
  }
  ac_problem_respond (
      call->exchange, AC_PROBLEM_TOO_MANY_ATTEMPTS,
      &(AcProblemExtra){ .retry_after_s = (guint)((wait_ms + 999) / 1000) });
  return FALSE;
}

/* A person is far from it; pages that send what they kept without a line send it in
 * large pieces. */
const AcThrottleRule ac_api_write_rule = {
  .n_free = 100,
  .forgive_ms = 200,
  .wait_ms = 1000,
  .wait_max_ms = 5000,
};

/* What is open to everybody has limits of its own; who signs out always may.
 * Returns: FALSE when it was answered. */
static gboolean
may_write (const AcApiRoute *route, AcApiCall *call)
{
  g_autofree gchar *key = NULL;

  if (strcmp (route->method, "GET") == 0 || ac_access_is_open (route->act))
    return TRUE;
  key = g_strdup_printf ("%" G_GINT64_FORMAT, call->session->id);
  return ac_api_count_try (call, call->api->writes, key);
}

/* @ret_call: (out): its session is the caller's
 * Returns: (nullable): NULL when it was answered with a problem. */
static const AcApiRoute *
let_in (AcApi *self, AcHttpExchange *exchange, AcApiCall *ret_call)
{
  gint64 ids[2] = { 0 };
  AcProblem problem;
  const AcApiRoute *route;

  *ret_call = (AcApiCall){ .api = self,
                           .exchange = exchange,
                           .request = ac_http_exchange_request (exchange) };
  route = find_route (ret_call->request, ids, &problem);
  if (route == NULL) {
    ac_problem_respond (exchange, problem, NULL);
    return NULL;
  }
  if (!is_same_origin (ret_call->request)) {
    ac_problem_respond (exchange, AC_PROBLEM_CROSS_ORIGIN, NULL);
    return NULL;
  }
  ret_call->id = ids[0];
  ret_call->sub = ids[1];
  ret_call->session = ac_api_session_of (self, ret_call->request);
  if (ac_api_is_allowed (route, ret_call, &problem))
    return route;
  ac_problem_respond (exchange, problem, NULL);
  return NULL;
}

void
ac_api_handle (AcApi *self, AcHttpExchange *exchange)
{
  AcApiCall call;
  const AcApiRoute *route = let_in (self, exchange, &call);
  g_autoptr (AcSession) session = call.session;

  if (route != NULL && may_write (route, &call))
    route->run (&call);
  ac_api_call_set_branches (&call, NULL);
}

void
ac_api_upload_handle (AcApi *self, AcHttpExchange *exchange)
{
  AcApiCall call;
  const AcApiRoute *route = let_in (self, exchange, &call);
  g_autoptr (AcSession) session = call.session;

  if (route != NULL && session != NULL && session->member != 0)
    ac_http_exchange_respond (
        exchange, &(AcHttpResponse){ .status = 100, .uploader = session->member });
  else if (route != NULL)
    ac_problem_respond (exchange, AC_PROBLEM_FORBIDDEN, NULL);
  ac_api_call_set_branches (&call, NULL);
}
