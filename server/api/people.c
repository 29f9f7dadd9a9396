/* people.c - a page of people is told after the note that it was read. */
#include "api_private.h"

#include "audit.h"
#include "clock.h"

typedef struct {
  AcHttpExchange *exchange;
  JsonObject *body;
  AcAuditEntry entry;
  gchar *detail;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  ac_http_exchange_unref (reading->exchange);
  json_object_unref (reading->body);
  g_free (reading->detail);
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

  if (error != NULL)
    ac_api_refuse (reading->exchange, error);
  else
    ac_api_respond_json (reading->exchange, reading->body, NULL);
}

void
ac_api_respond_people (AcApiCall *call, const AcApiPeople *people, JsonObject *body)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->exchange = ac_http_exchange_ref (call->exchange);
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
