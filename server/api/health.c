/* health.c - how a lesson's source and encoders do, for those who run it. */
#include "api_private.h"

#include "clock.h"

#define DEFAULT_MS (60 * 1000)

void
ac_api_health_get (AcApiCall *call)
{
  const AcApiParts *parts = &call->api->parts;
  g_autoptr (AcLesson) lesson = NULL;
  gint64 since_ms;

  if (!ac_api_read_number (call, "since", 0, G_MAXINT64,
                           ac_clock_wall_ms () - DEFAULT_MS, &since_ms))
    return;
  lesson = ac_classroom_get_lesson (parts->classroom, call->id);
  if (lesson == NULL || parts->health == NULL) {
    ac_problem_respond (call->exchange, AC_PROBLEM_LESSON_NOT_FOUND, NULL);
    return;
  }
  ac_http_exchange_respond (
      call->exchange,
      &(AcHttpResponse){
          .status = 200,
          .content_type = "application/json",
          .body = parts->health (lesson->id, since_ms, parts->health_data),
      });
}
