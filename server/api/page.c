/* page.c - lists, a page at a time. */
#include "api_private.h"

#include <string.h>

gboolean
ac_api_read_page (AcApiCall *call, const AcApiListing *listing, AcApiPage *ret_page)
{
  /* What comes before nothing is nothing. */
  gint64 min = strcmp (listing->from, "before") == 0 ? 1 : 0;

  return ac_api_read_number (call, listing->from, min, G_MAXINT64, 0,
                             &ret_page->from) &&
         ac_api_read_number (call, "limit", 1, listing->most, listing->usual,
                             &ret_page->limit);
}

JsonObject *
ac_api_page_body (AcApiCall *call, const AcApiListing *listing, const AcApiPage *page,
                  GPtrArray *rows, const GError *error)
{
  JsonObject *body;
  JsonArray *array;
  guint n;

  if (rows == NULL) {
    ac_api_refuse (call->exchange, error);
    return NULL;
  }
  n = MIN (rows->len, (guint)page->limit);
  body = json_object_new ();
  array = json_array_new ();
  for (guint i = 0; i < n; i++)
    json_array_add_object_element (
        array, listing->to_json (call->api->parts.store, rows->pdata[i]));
  json_object_set_array_member (body, listing->name, array);
  ac_api_set_number (
      body, "next",
      rows->len > n ? G_STRUCT_MEMBER (gint64, rows->pdata[n - 1], listing->id) : 0);
  return body;
}

void
ac_api_respond_page (AcApiCall *call, const AcApiListing *listing,
                     const AcApiPage *page, GPtrArray *rows, const GError *error)
{
  g_autoptr (JsonObject) body = ac_api_page_body (call, listing, page, rows, error);

  if (body != NULL)
    ac_api_respond_json (call->exchange, body, NULL);
}

void
ac_api_respond_people_body (AcApiCall *call, const AcApiListing *listing,
                            const AcApiPage *page, JsonObject *body,
                            const AcApiPeople *of)
{
  AcApiPeople people = *of;

  people.list = listing->name;
  people.after = page->from;
  people.rows =
      json_array_get_length (json_object_get_array_member (body, listing->name));
  ac_api_respond_people (call, &people, body);
}

void
ac_api_respond_people_page (AcApiCall *call, const AcApiListing *listing,
                            const AcApiPage *page, GPtrArray *rows, const GError *error,
                            const AcApiPeople *of)
{
  g_autoptr (JsonObject) body = ac_api_page_body (call, listing, page, rows, error);

  if (body != NULL)
    ac_api_respond_people_body (call, listing, page, body, of);
}
