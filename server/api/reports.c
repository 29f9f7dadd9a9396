/* reports.c - the ten reports as files, and transcripts that anybody can check.
 */
#include "api_private.h"

#include "audit.h"
#include "branch.h"
#include "credit_error.h"
#include "log.h"
#include "member.h"
#include "message.h"
#include "report_note.h"
#include "transcript.h"

#include <string.h>

/* Checks from an address. */
const AcThrottleRule ac_api_verify_rule = {
  .n_free = 5, .forgive_ms = 10000, .wait_ms = 2000, .wait_max_ms = 60000
};

/* --- What is asked for --- */

static gboolean
refuse_field (AcApiCall *call, const gchar *field, const gchar *detail)
{
  ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_REQUEST,
                      &(AcProblemExtra){ .field = field, .detail = detail });
  return FALSE;
}

static const gchar *
text_of (GHashTable *fields, const gchar *name)
{
  const gchar *text = g_hash_table_lookup (fields, name);

  return text != NULL && *text != '\0' ? text : NULL;
}

static gboolean
read_form (AcApiCall *call, GHashTable *fields, AcReportForm *ret_form)
{
  const gchar *format = text_of (fields, "format");

  *ret_form = AC_REPORT_JSON;
  return format == NULL || ac_report_form_from_name (format, ret_form) ||
         refuse_field (call, "format", "format is csv, xlsx, pdf or json");
}

static gboolean
read_language (AcApiCall *call, GHashTable *fields, AcReportLanguage *language)
{
  const gchar *text = text_of (fields, "lang");

  *language = g_strcmp0 (text, "en") == 0 ? AC_REPORT_EN : AC_REPORT_ZH;
  return text == NULL || strcmp (text, "en") == 0 || strcmp (text, "zh") == 0 ||
         refuse_field (call, "lang", "lang is zh or en");
}

/* Not everybody who gets a report may see its people's names whole. */
static gboolean
may_unmask (AcApiCall *call, AcReportKind kind)
{
  const AcApiRoute route = { .act = AC_ACT_MEMBER_UNMASK,
                             .place = kind == AC_REPORT_TRANSCRIPT
                                          ? ac_api_transcript_place
                                          : ac_api_query_place };
  AcProblem problem;

  if (ac_api_is_allowed (&route, call, &problem))
    return TRUE;
  ac_problem_respond (call->exchange, problem, NULL);
  return FALSE;
}

/* Names and phones are whole for who may and says why, and on one's own transcript. */
static gboolean
read_reason (AcApiCall *call, GHashTable *fields, AcReportKind kind, AcReportAsk *ask,
             gchar **ret_reason)
{
  const gchar *reason = text_of (fields, "reason");

  ask->unmasked =
      reason != NULL || (ask->member != 0 && ask->member == call->session->member);
  *ret_reason = g_strdup (reason);
  if (reason == NULL)
    return TRUE;
  if (!ac_audit_reason_is_fit (reason))
    return refuse_field (call, "reason",
                         "reason says what the whole names are for, in 1 to 200 "
                         "characters");
  return may_unmask (call, kind);
}

static gboolean
read_period (AcApiCall *call, GHashTable *fields, AcReportAsk *ask)
{
  g_autoptr (GError) error = NULL;

  return ac_report_ask_set_period (ask, text_of (fields, "from"),
                                   text_of (fields, "to"), &error) ||
         refuse_field (call, ac_credit_error_field (error), error->message);
}

static gboolean
read_numbers (AcApiCall *call, AcReportKind kind, AcReportAsk *ask)
{
  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &ask->branch) ||
      !ac_api_read_number (call, "lesson", 1, G_MAXINT64, 0, &ask->lesson) ||
      !ac_api_read_number (call, "days", 1, AC_REPORT_DAYS_MAX, AC_REPORT_DAYS_DEFAULT,
                           &ask->days))
    return FALSE;
  if (kind != AC_REPORT_TRANSCRIPT)
    return TRUE;
  ask->branch = 0; /* a transcript is of all that a member has */
  return ac_api_read_number (call, "member", 1, G_MAXINT64, call->session->member,
                             &ask->member);
}

static gchar *
name_of (AcApiCall *call)
{
  g_autoptr (AcMember) member =
      ac_member_get (call->api->parts.store, call->session->member, NULL);

  return member != NULL ? g_strdup (member->name) : NULL;
}

/* --- A report on its way --- */

/* May outlive the API: the desk is closed after the store. */
typedef struct {
  AcReportDesk *desk;
  AcHttpExchange *exchange;
  AcReportOrder *order;
  gint64 actor;
  gchar *reason;
} Errand;

static void
free_errand (Errand *errand)
{
  ac_http_exchange_unref (errand->exchange);
  g_clear_pointer (&errand->order, ac_report_order_free);
  g_free (errand->reason);
  g_free (errand);
}

static void
respond_file (GBytes *file, const GError *error, gpointer data)
{
  Errand *errand = data;

  if (file != NULL)
    ac_http_exchange_respond (
        errand->exchange,
        &(AcHttpResponse){ .status = 200,
                           .content_type = ac_report_form_type (errand->order->form),
                           .body = g_bytes_ref (file) });
  else
    ac_api_refuse (errand->exchange, error);
  free_errand (errand);
}

static gboolean
note (AcStore *store, gpointer data, GError **error)
{
  const Errand *errand = data;

  return ac_report_note (store, errand->order, errand->actor, errand->reason, error);
}

/* Where phones find the page that checks a code: as this one was reached. */
static gchar *
verify_address (const AcHttpRequest *request, const gchar *code)
{
  return request->host != NULL
             ? g_strdup_printf ("%s://%s/verify/%s", request->secure ? "https" : "http",
                                request->host, code)
             : NULL;
}

static void
noted (gpointer data, const GError *error, gpointer unused)
{
  Errand *errand = data;
  AcReportOrder *order;

  if (error != NULL) {
    ac_api_refuse (errand->exchange, error);
    free_errand (errand);
    return;
  }
  order = g_new0 (AcReportOrder, 1);
  *order = *errand->order;
  order->ask = ac_report_ask_copy (errand->order->ask);
  order->code = g_strdup (errand->order->code);
  if (order->code != NULL)
    order->address =
        verify_address (ac_http_exchange_request (errand->exchange), order->code);
  ac_report_desk_order (errand->desk, order, respond_file, errand);
}

/* Returns: (transfer full) (nullable): NULL when it was answered with a problem. */
static Errand *
read_errand (AcApiCall *call, GHashTable *fields)
{
  g_autoptr (AcReportOrder) order = g_new0 (AcReportOrder, 1);
  g_autofree gchar *reason = NULL;
  Errand *errand;

  order->ask = ac_report_ask_new ();
  /* The routes name the kinds. */
  ac_report_kind_from_name (strrchr (call->request->path, '/') + 1, &order->kind);
  if (!read_form (call, fields, &order->form) ||
      !read_language (call, fields, &order->ask->language) ||
      !read_period (call, fields, order->ask) ||
      !read_numbers (call, order->kind, order->ask) ||
      !ac_api_has_lesson (call, order->ask->lesson) ||
      !read_reason (call, fields, order->kind, order->ask, &reason))
    return NULL;
  order->ask->made_by = name_of (call);
  errand = g_new0 (Errand, 1);
  errand->desk = call->api->parts.report_desk;
  errand->exchange = ac_http_exchange_ref (call->exchange);
  errand->actor = call->session->member;
  errand->order = g_steal_pointer (&order);
  errand->reason = g_steal_pointer (&reason);
  return errand;
}

void
ac_api_report (AcApiCall *call)
{
  g_autoptr (GHashTable) fields =
      g_uri_parse_params (call->request->query != NULL ? call->request->query : "", -1,
                          "&", G_URI_PARAMS_NONE, NULL);
  Errand *errand;

  if (fields == NULL) {
    refuse_field (call, NULL, "the query cannot be read");
    return;
  }
  if (ac_report_desk_is_full (call->api->parts.report_desk)) {
    ac_problem_respond (call->exchange, AC_PROBLEM_BUSY,
                        &(AcProblemExtra){ .retry_after_s = 2 });
    return;
  }
  errand = read_errand (call, fields);
  if (errand != NULL)
    ac_store_write (call->api->parts.store, note, errand, NULL, noted, NULL);
}

gboolean
ac_api_transcript_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                         AcProblem *ret_problem)
{
  if (ac_api_parse_number (call, "member", 1, G_MAXINT64, call->session->member,
                           &call->id))
    return ac_api_member_place (call, branches, ret_member, ret_problem);
  *ret_problem = AC_PROBLEM_INVALID_REQUEST;
  return FALSE;
}

/* --- Checking a code --- */

static JsonObject *
check_json (const AcTranscriptCheck *check)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "name", check->name);
  json_object_set_string_member (object, "from", check->from);
  json_object_set_string_member (object, "to", check->to);
  ac_json_object_set_time (object, "made_at", check->made_ms);
  json_object_set_int_member (object, "lessons", check->n_lessons);
  json_object_set_double_member (object, "group_credit",
                                 check->group_permille / 1000.0);
  json_object_set_double_member (object, "self_credit", check->self_permille / 1000.0);
  json_object_set_int_member (object, "ledger_entries", check->ledger_seq);
  json_object_set_string_member (object, "ledger_hash", check->ledger_head);
  json_object_set_boolean_member (object, "holds", check->holds);
  return object;
}

void
ac_api_verify (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcTranscriptCheck) check = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_autofree gchar *address = ac_throttle_address_key (call->request->remote_address);

  if (!ac_api_count_try (call, call->api->verify_throttle, address))
    return;
  check = ac_transcript_check (call->api->parts.store,
                               strrchr (call->request->path, '/') + 1, &error);
  if (check == NULL) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  body = check_json (check);
  ac_api_respond_json (call->exchange, body, NULL);
}
