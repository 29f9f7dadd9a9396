/* people.c - a page of people is told after the note that it was read.
 *
 * Notes are never deleted, so that reading must not make them without end: who looks at
 * the same page again within ten minutes is told without another note, and each person
 * has so many pages. What is not noted is not told, even when that means to come again
 * because the store has no room (503): else a full queue would be the way to read
 * unseen. Pages that are looked at again need no room there. */
#include "api_private.h"

#include "audit.h"
#include "clock.h"

/* A page that was noted has to wait before it is noted again. */
const AcThrottleRule ac_api_noted_rule = {
  .n_free = 0,
  .forgive_ms = AC_API_NOTED_MS,
  .wait_ms = AC_API_NOTED_MS,
  .wait_max_ms = AC_API_NOTED_MS,
};

/* A town's people from first to last, and then a page whenever somebody asks. */
const AcThrottleRule ac_api_pages_rule = {
  .n_free = 300,
  .forgive_ms = 5 * 1000,
  .wait_ms = 1000,
  .wait_max_ms = 60 * 1000,
};

typedef struct {
  AcApi *api; /* referenced */
  AcHttpExchange *exchange;
  JsonObject *body;
  AcAuditEntry entry;
  gchar *detail;
  gchar *page; /* what it is remembered by */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  ac_http_exchange_unref (reading->exchange);
  ac_api_unref (reading->api);
  json_object_unref (reading->body);
  g_free (reading->detail);
  g_free (reading->page);
  g_free (reading);
}

static gboolean
note (AcStore *store, gpointer data, GError **error)
{
  const Reading *reading = data;

  return ac_audit_note (store, &reading->entry, ac_clock_wall_ms (), error);
}

static void
noted (gpointer data, const GError *error, gpointer unused)
{
  Reading *reading = data;

  if (error != NULL) {
    ac_api_refuse (reading->exchange, error);
    return;
  }
  ac_throttle_begin (reading->api->noted, reading->page, ac_clock_monotonic_ms ());
  ac_api_respond_json (reading->exchange, reading->body, NULL);
}

#define NUMBER "%" G_GINT64_FORMAT

/* What a search finds depends on all that was asked for, which a note does not say. */
static gchar *
page_key (AcApiCall *call, const AcApiPeople *people)
{
  const gchar *query = call->request->query != NULL ? call->request->query : "";
  g_autofree gchar *asked = g_strdup_printf ("%s?%s", call->request->path, query);
  g_autofree gchar *digest =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, asked, -1);

  return g_strdup_printf (NUMBER " %u %s", call->session->member, people->rows, digest);
}

/* FALSE: it was answered. */
static gboolean
count_page (AcApiCall *call)
{
  g_autofree gchar *key = g_strdup_printf (NUMBER, call->session->member);

  return ac_api_count_try (call, call->api->pages, key);
}

void
ac_api_respond_people (AcApiCall *call, const AcApiPeople *people, JsonObject *body)
{
  g_autofree gchar *page = page_key (call, people);
  Reading *reading;

  if (ac_throttle_wait_ms (call->api->noted, page, ac_clock_monotonic_ms ()) > 0) {
    ac_api_respond_json (call->exchange, body, NULL);
    return;
  }
  if (!count_page (call))
    return;
  reading = g_new0 (Reading, 1);
  reading->api = ac_api_ref (call->api);
  reading->exchange = ac_http_exchange_ref (call->exchange);
  reading->page = g_steal_pointer (&page);
  reading->body = json_object_ref (body);
  reading->detail = ac_audit_detail ("tni", "list", people->list, "after",
                                     people->after, "rows", (gint64)people->rows);
  reading->entry = (AcAuditEntry){ .act = AC_AUDIT_LIST_READ,
                                   .actor = call->session->member,
                                   .member = people->member,
                                   .branch = people->branch,
                                   .lesson = people->lesson,
                                   .detail = reading->detail };
  ac_store_write (call->api->parts.store, note, reading, reading_free, noted, NULL);
}
