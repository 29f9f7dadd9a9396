/* cards.c - members' printed cards: a code, or a sheet of them for a branch. */
#include "api_private.h"

#include "card_sheet.h"
#include "clock.h"
#include "member_cards.h"

#include <string.h>

/* --- One --- */

typedef struct {
  AcHttpExchange *exchange;
  gint64 member, actor;
  gboolean take;
  gchar code[AC_MEMBER_CARD_CHARS + 1];
} Card;

static void
card_free (gpointer data)
{
  ac_http_exchange_unref (((Card *)data)->exchange);
  g_free (data);
}

/* Somebody else's signs them in: it is noted, as a sheet of one. */
static gboolean
make_others (AcStore *store, Card *card, GError **error)
{
  const AcMemberCardsAsk ask = { .member = card->member, .actor = card->actor };
  g_autoptr (GPtrArray) cards = NULL;

  if (!ac_member_cards_make (store, &ask, ac_clock_wall_ms (), &cards, error))
    return FALSE;
  memcpy (card->code, ((AcMemberCard *)cards->pdata[0])->code, sizeof card->code);
  return TRUE;
}

static gboolean
write_card (AcStore *store, gpointer data, GError **error)
{
  Card *card = data;

  if (card->take)
    return ac_member_card_revoke (store, card->member, ac_clock_wall_ms (), error);
  return card->member != card->actor
             ? make_others (store, card, error)
             : ac_member_card_make (store, card->member, ac_clock_wall_ms (),
                                    card->code, error);
}

static void
card_written (gpointer data, const GError *error, gpointer unused)
{
  Card *card = data;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL) {
    ac_api_refuse (card->exchange, error);
  } else if (card->take) {
    ac_http_exchange_respond (card->exchange, &(AcHttpResponse){ .status = 204 });
  } else {
    body = json_object_new ();
    json_object_set_int_member (body, "member", card->member);
    json_object_set_string_member (body, "card", card->code);
    ac_api_respond_json (card->exchange, body, NULL);
  }
}

static void
change_card (AcApiCall *call, gboolean take)
{
  Card *card = g_new0 (Card, 1);

  card->exchange = ac_http_exchange_ref (call->exchange);
  card->member = call->id;
  card->actor = call->session->member;
  card->take = take;
  ac_store_write (call->api->parts.store, write_card, card, card_free, card_written,
                  NULL);
}

void
ac_api_card_make (AcApiCall *call)
{
  if (call->id == call->session->member || ac_api_count_look (call, "cards"))
    change_card (call, FALSE);
}

void
ac_api_card_revoke (AcApiCall *call)
{
  change_card (call, TRUE);
}

/* --- Many --- */

/* May outlive the API: the desk is closed after the store. */
typedef struct {
  AcReportDesk *desk;
  AcHttpExchange *exchange;
  AcMemberCardsAsk ask;
  gchar *reason;
  AcReportLanguage language;
  GPtrArray *cards; /* AcMemberCard */
} Sheet;

static void
sheet_free (gpointer data)
{
  Sheet *sheet = data;

  ac_http_exchange_unref (sheet->exchange);
  g_clear_pointer (&sheet->cards, g_ptr_array_unref);
  g_free (sheet->reason);
  g_free (sheet);
}

static GBytes *
draw_sheet (gpointer data, GError **error)
{
  const Sheet *sheet = data;
  g_autoptr (GArray) faces = g_array_new (FALSE, FALSE, sizeof (AcCardFace));

  for (guint i = 0; i < sheet->cards->len; i++) {
    const AcMemberCard *card = sheet->cards->pdata[i];
    AcCardFace face = { card->name, card->number, card->branch, card->code };

    g_array_append_val (faces, face);
  }
  return ac_card_sheet_write ((const AcCardFace *)faces->data, faces->len,
                              sheet->language, error);
}

static void
sheet_drawn (GBytes *file, const GError *error, gpointer data)
{
  Sheet *sheet = data;

  if (file != NULL)
    ac_http_exchange_respond (
        sheet->exchange,
        &(AcHttpResponse){ .status = 200,
                           .content_type = "application/pdf",
                           .disposition = g_strdup ("attachment; filename=cards.pdf"),
                           .body = g_bytes_ref (file) });
  else
    ac_api_refuse (sheet->exchange, error);
  sheet_free (sheet);
}

static gboolean
write_sheet (AcStore *store, gpointer data, GError **error)
{
  Sheet *sheet = data;

  return ac_member_cards_make (store, &sheet->ask, ac_clock_wall_ms (), &sheet->cards,
                               error);
}

static void
sheet_written (gpointer data, const GError *error, gpointer unused)
{
  Sheet *sheet = data;

  if (error == NULL) {
    ac_report_desk_draw (sheet->desk, draw_sheet, sheet_drawn, sheet);
    return;
  }
  ac_report_desk_leave_place (sheet->desk);
  ac_api_refuse (sheet->exchange, error);
  sheet_free (sheet);
}

/* FALSE: it was answered. */
static gboolean
read_sheet (AcApiCall *call, JsonObject *body, Sheet *sheet)
{
  g_autofree gchar *language = ac_api_query_text (call, "lang");
  const gchar *reason = ac_api_read_reason (call, body);
  JsonNode *again = json_object_get_member (body, "again");

  if (reason == NULL)
    return FALSE;
  if (again != NULL && json_node_get_value_type (again) != G_TYPE_BOOLEAN) {
    ac_problem_respond (
        call->exchange, AC_PROBLEM_INVALID_FIELD,
        &(AcProblemExtra){ .field = "again", .detail = "again must be true or false" });
    return FALSE;
  }
  sheet->reason = g_strdup (reason);
  sheet->language = g_strcmp0 (language, "en") == 0 ? AC_REPORT_EN : AC_REPORT_ZH;
  sheet->ask =
      (AcMemberCardsAsk){ .branch = call->id,
                          .again = again != NULL && json_node_get_boolean (again),
                          .actor = call->session->member,
                          .reason = sheet->reason };
  return TRUE;
}

/* Before the cards are made: a card that was made cannot be printed later.
 * FALSE: it was answered. */
static gboolean
take_place (AcApiCall *call, AcReportDesk *desk)
{
  if (ac_report_desk_take_place (desk))
    return TRUE;
  ac_problem_respond (call->exchange, AC_PROBLEM_BUSY,
                      &(AcProblemExtra){ .retry_after_s = 2 });
  return FALSE;
}

void
ac_api_card_sheet (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  Sheet *sheet;

  if (body == NULL)
    return;
  sheet = g_new0 (Sheet, 1);
  sheet->desk = call->api->parts.report_desk;
  sheet->exchange = ac_http_exchange_ref (call->exchange);
  if (read_sheet (call, body, sheet) && ac_api_count_look (call, "cards") &&
      take_place (call, sheet->desk))
    ac_store_write (call->api->parts.store, write_sheet, sheet, NULL, sheet_written,
                    NULL);
  else
    sheet_free (sheet);
}
