/* cards.c - the codes of printed cards: one member's, or a sheet of a branch's that the
 * tool draws. */
#include "command.h"

#include "audit.h"
#include "clock.h"
#include "member.h"
#include "member_cards.h"

/* --- One --- */

static gboolean
make_card (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;
  g_autoptr (GError) local = NULL;
  g_autoptr (AcMember) member = ac_member_find (
      store, json_object_get_string_member (call->args, "number"), &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  call->data = g_malloc0 (AC_MEMBER_CARD_CHARS + 1);
  call->free_data = g_free;
  return ac_member_card_make (store, member != NULL ? member->id : 0,
                              ac_clock_wall_ms (), call->data, error);
}

static void
tell_card (gpointer data)
{
  AcControlCall *call = data;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "number",
                                 json_object_get_string_member (call->args, "number"));
  json_object_set_string_member (object, "card", call->data);
  ac_control_call_answer_object (call, object);
}

void
ac_control_member_card (AcControlCall *call)
{
  if (ac_control_read_text (call, "number") != NULL)
    ac_control_call_write (call, make_card, tell_card);
}

/* --- Many --- */

typedef struct {
  AcMemberCardsAsk ask;
  GPtrArray *cards; /* AcMemberCard */
} Sheet;

static void
sheet_free (gpointer data)
{
  Sheet *sheet = data;

  g_clear_pointer (&sheet->cards, g_ptr_array_unref);
  g_free (sheet);
}

static gboolean
make_cards (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;
  Sheet *sheet = call->data;

  return ac_member_cards_make (store, &sheet->ask, ac_clock_wall_ms (), &sheet->cards,
                               error);
}

static void
tell_cards (gpointer data)
{
  AcControlCall *call = data;
  const Sheet *sheet = call->data;
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < sheet->cards->len; i++) {
    const AcMemberCard *card = sheet->cards->pdata[i];
    JsonObject *one = json_object_new ();

    json_object_set_string_member (one, "number", card->number);
    json_object_set_string_member (one, "name", card->name);
    json_object_set_string_member (one, "branch", card->branch);
    json_object_set_string_member (one, "card", card->code);
    json_array_add_object_element (array, one);
  }
  json_object_set_array_member (object, "cards", array);
  ac_control_call_answer_object (call, object);
}

/* FALSE: the call has failed and is gone. */
static gboolean
read_whom (AcControlCall *call, AcMemberCardsAsk *ask)
{
  const gchar *number;
  g_autoptr (AcMember) member = NULL;

  if (!ac_control_read_optional (call, "number", &number) ||
      !ac_control_read_number (call, "branch", G_MAXINT64, 0, &ask->branch) ||
      !ac_control_read_switch (call, "again", &ask->again))
    return FALSE;
  if (number != NULL && (ask->branch != 0 || ask->again))
    return ac_control_refuse (call, "number",
                              "say a branch or a member, who gets a new card anyway");
  if (number == NULL)
    return TRUE;
  member = ac_member_find (call->control->parts.store, number, NULL);
  if (member != NULL) {
    ask->member = member->id;
    return TRUE;
  }
  ac_control_call_fail (call, &(AcControlFailure){ AC_CONTROL_NOT_FOUND, "number",
                                                   "there is no such member" });
  return FALSE;
}

void
ac_control_member_cards (AcControlCall *call)
{
  Sheet *sheet = g_new0 (Sheet, 1);

  call->data = sheet;
  call->free_data = sheet_free;
  if (!read_whom (call, &sheet->ask) ||
      !ac_control_read_optional (call, "reason", &sheet->ask.reason))
    return;
  if (sheet->ask.reason != NULL && !ac_audit_reason_is_fit (sheet->ask.reason))
    ac_control_refuse (call, "reason",
                       "reason says what the cards are for, in 1 to 200 characters");
  else
    ac_control_call_write (call, make_cards, tell_cards);
}
