/* calendars.c - calendars of branches and of members: their addresses, and the files
 * that programs fetch there without a session. */
#include "api_private.h"

#include "calendar.h"
#include "clock.h"

#include <string.h>

#define BRANCH_PREFIX "/calendar/"
#define MEMBER_PREFIX "/calendar/member/"
#define LECTURER_PREFIX "/calendar/lecturer/" /* as it was handed out before */
#define SUFFIX ".ics"

/* --- Addresses --- */

typedef struct {
  AcHttpExchange *exchange;
  AcCalendarOwner owner;
  gchar *token; /* NULL: there is to be none */
  gint64 actor, wall_ms;
} Act;

static void
act_free (gpointer data)
{
  Act *act = data;

  ac_http_exchange_unref (act->exchange);
  g_free (act->token);
  g_free (act);
}

static gboolean
write_token (AcStore *store, gpointer data, GError **error)
{
  Act *act = data;

  return ac_calendar_set_token (store, &act->owner, act->token, act->actor,
                                act->wall_ms, error);
}

static void
token_written (gpointer data, const GError *error, gpointer unused)
{
  Act *act = data;
  g_autoptr (JsonObject) body = json_object_new ();
  gboolean branch = act->owner.branch != 0;
  g_autofree gchar *path = NULL;

  if (error != NULL) {
    ac_api_refuse (act->exchange, error);
    return;
  }
  if (act->token == NULL) {
    ac_http_exchange_respond (act->exchange, &(AcHttpResponse){ .status = 204 });
    return;
  }
  path = g_strdup_printf ("%s%" G_GINT64_FORMAT SUFFIX "?key=%s",
                          branch ? BRANCH_PREFIX : MEMBER_PREFIX,
                          branch ? act->owner.branch : act->owner.member, act->token);
  json_object_set_string_member (body, "path", path);
  ac_api_respond_json (act->exchange, body, NULL);
}

static void
set_token (AcApiCall *call, AcCalendarOwner owner, gboolean open)
{
  Act *act = g_new0 (Act, 1);

  act->exchange = ac_http_exchange_ref (call->exchange);
  act->owner = owner;
  act->token = open ? ac_calendar_token_new () : NULL;
  act->actor = call->session->member;
  act->wall_ms = ac_clock_wall_ms ();
  ac_store_write (call->api->parts.store, write_token, act, act_free, token_written,
                  NULL);
}

void
ac_api_calendar_of_branch (AcApiCall *call)
{
  set_token (call, (AcCalendarOwner){ .branch = call->id }, TRUE);
}

void
ac_api_calendar_of_branch_end (AcApiCall *call)
{
  set_token (call, (AcCalendarOwner){ .branch = call->id }, FALSE);
}

void
ac_api_calendar_own (AcApiCall *call)
{
  set_token (call, (AcCalendarOwner){ .member = call->session->member }, TRUE);
}

void
ac_api_calendar_own_end (AcApiCall *call)
{
  set_token (call, (AcCalendarOwner){ .member = call->session->member }, FALSE);
}

/* --- Files --- */

/* What follows the prefix of a member's address. NULL: it is another. */
static const gchar *
after_member_prefix (const gchar *path)
{
  if (g_str_has_prefix (path, MEMBER_PREFIX))
    return path + strlen (MEMBER_PREFIX);
  if (g_str_has_prefix (path, LECTURER_PREFIX))
    return path + strlen (LECTURER_PREFIX);
  return NULL;
}

/* "/calendar/12.ics", "/calendar/member/12.ics" */
static gboolean
parse_path (const gchar *path, AcCalendarOwner *ret_owner)
{
  const gchar *member = after_member_prefix (path);
  const gchar *name = member != NULL ? member : path + strlen (BRANCH_PREFIX);
  gsize digits = strspn (name, "0123456789");
  g_autofree gchar *number = g_strndup (name, digits);
  gint64 id;

  if (strcmp (name + digits, SUFFIX) != 0 ||
      !g_ascii_string_to_signed (number, 10, 1, G_MAXINT64, &id, NULL))
    return FALSE;
  *ret_owner = member != NULL ? (AcCalendarOwner){ .member = id }
                              : (AcCalendarOwner){ .branch = id };
  return TRUE;
}

static gboolean
has_key (AcApi *api, const AcHttpRequest *request, const AcCalendarOwner *owner)
{
  const gchar *query = request->query != NULL ? request->query : "";

  return strlen (query) == 4 + AC_CALENDAR_TOKEN_CHARS &&
         g_str_has_prefix (query, "key=") &&
         ac_calendar_is_open (api->parts.store, owner, query + 4, NULL);
}

static void
respond_text (AcHttpExchange *exchange, gchar *text)
{
  const AcHttpRequest *request = ac_http_exchange_request (exchange);
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));
  g_autofree gchar *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, body);
  gchar *etag = g_strdup_printf ("\"%.20s\"", sum);
  gboolean same = request->if_none_match != NULL &&
                  ac_http_etag_matches (request->if_none_match, etag);

  ac_http_exchange_respond (
      exchange, &(AcHttpResponse){
                    .status = same ? 304 : 200,
                    .content_type = same ? NULL : "text/calendar; charset=utf-8",
                    .etag = etag,
                    .may_be_kept = TRUE,
                    .body = same ? NULL : g_bytes_ref (body),
                });
}

/* A wrong key is told the same as no such calendar. */
void
ac_api_calendar_handle (AcApi *self, AcHttpExchange *exchange)
{
  const AcHttpRequest *request = ac_http_exchange_request (exchange);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *pages = NULL;
  AcCalendarOwner owner;
  gchar *text;

  if (strcmp (request->method, "GET") != 0 && strcmp (request->method, "HEAD") != 0) {
    ac_problem_respond (exchange, AC_PROBLEM_WRONG_METHOD, NULL);
    return;
  }
  if (!parse_path (request->path, &owner) || !has_key (self, request, &owner)) {
    ac_problem_respond (exchange, AC_PROBLEM_NOT_FOUND, NULL);
    return;
  }
  pages = g_strconcat (request->secure ? "https://" : "http://",
                       request->host != NULL ? request->host : "localhost", NULL);
  text =
      ac_calendar_text (self->parts.store, &owner, pages, ac_clock_wall_ms (), &error);
  if (text != NULL)
    respond_text (exchange, text);
  else
    ac_api_refuse (exchange, error);
}
