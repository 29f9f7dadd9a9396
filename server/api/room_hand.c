/* room_hand.c - the hand of a room, which its steward raises. */
#include "api_private.h"

#include "clock.h"
#include "conversation_error.h"
#include "hand.h"

/* Each tells all who listen in the lesson. */
const AcThrottleRule ac_api_hand_rule = {
  .n_free = 5,
  .forgive_ms = 10 * 1000,
  .wait_ms = 5 * 1000,
  .wait_max_ms = 60 * 1000,
};

typedef struct {
  AcApi *api; /* referenced */
  AcHttpExchange *exchange;
  gint64 lesson, site;
  gboolean raised;
  gint64 wall_ms, media_ms;
  AcLessonEvent *event; /* (nullable) */
} Hand;

static void
hand_free (gpointer data)
{
  Hand *hand = data;

  ac_http_exchange_unref (hand->exchange);
  ac_api_unref (hand->api);
  g_clear_pointer (&hand->event, ac_lesson_event_unref);
  g_free (hand);
}

static gboolean
write_hand (AcStore *store, gpointer data, GError **error)
{
  Hand *hand = data;

  return ac_hand_of_room (store, hand->lesson, hand->site, hand->raised, hand->wall_ms,
                          hand->media_ms, &hand->event, error);
}

static void
hand_written (gpointer data, const GError *error, gpointer unused)
{
  Hand *hand = data;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL && error->domain == AC_CONVERSATION_ERROR) {
    ac_problem_respond (hand->exchange, AC_PROBLEM_WRONG_STATE,
                        &(AcProblemExtra){ .detail = error->message });
    return;
  }
  if (error != NULL) {
    ac_api_refuse (hand->exchange, error);
    return;
  }
  if (hand->api->closed)
    return;
  if (hand->event != NULL)
    ac_classroom_tell_event (hand->api->parts.classroom, hand->event);
  body = json_object_new ();
  json_object_set_boolean_member (body, "raised", hand->raised);
  ac_api_respond_json (hand->exchange, body, NULL);
}

/* Counts a raised hand; it comes down at any time.
 * Returns: FALSE when it was answered: too many. */
static gboolean
may_raise (AcApiCall *call)
{
  g_autofree gchar *key =
      g_strdup_printf ("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, call->id, call->sub);

  return ac_api_count_try (call, call->api->hands, key);
}

void
ac_api_room_raise_hand (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  g_autoptr (AcLesson) lesson =
      ac_classroom_get_lesson (call->api->parts.classroom, call->id);
  g_autoptr (GError) error = NULL;
  gboolean raised;
  Hand *hand;

  if (body == NULL)
    return;
  if (lesson == NULL) {
    ac_problem_respond (call->exchange, AC_PROBLEM_LESSON_NOT_FOUND, NULL);
    return;
  }
  if (!ac_json_object_read_boolean (body, "raised", &raised, &error)) {
    ac_problem_respond (
        call->exchange, AC_PROBLEM_INVALID_FIELD,
        &(AcProblemExtra){ .field = "raised", .detail = error->message });
    return;
  }
  if (raised && !may_raise (call))
    return;
  hand = g_new0 (Hand, 1);
  hand->api = ac_api_ref (call->api);
  hand->exchange = ac_http_exchange_ref (call->exchange);
  hand->lesson = call->id;
  hand->site = call->sub;
  hand->raised = raised;
  hand->wall_ms = ac_clock_wall_ms ();
  hand->media_ms = lesson->length_ms;
  ac_store_write (call->api->parts.store, write_hand, hand, hand_free, hand_written,
                  NULL);
}
