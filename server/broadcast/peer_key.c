#include "peer_key.h"

#include "clock.h"
#include "log.h"

/* A guess leaves a trace, never the key. */
static void
log_wrong_key (gint64 lesson, const gchar *address)
{
  static AcLogLimit limit = { .interval_ms = 1000 };
  guint suppressed;

  if (ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, lesson,
            "browser %s refused: its stream key is not known (%u others before)",
            address, suppressed);
}

gboolean
ac_peer_key_check (AcClassroom *classroom, AcKeyGuard *guard,
                   const AcPeerRequest *request, gboolean *ret_backup,
                   AcPeerAnswered answered, gpointer user_data)
{
  const gint64 now_ms = ac_clock_monotonic_ms ();
  const gint64 wait_ms =
      request->key != NULL ? ac_key_guard_wait_ms (guard, request->address, now_ms) : 0;

  *ret_backup = FALSE;
  if (wait_ms > 0) {
    ac_peer_refuse (AC_PEER_THROTTLED, NULL, (guint)((wait_ms + 999) / 1000), answered,
                    user_data);
    return FALSE;
  }
  if (request->key != NULL &&
      ac_classroom_lesson_by_key (classroom, request->key, ret_backup) ==
          request->lesson)
    return TRUE;
  if (request->key != NULL) {
    ac_key_guard_wrong (guard, request->address, now_ms);
    log_wrong_key (request->lesson, request->address);
  }
  ac_peer_refuse (AC_PEER_WRONG_KEY, NULL, 0, answered, user_data);
  return FALSE;
}
