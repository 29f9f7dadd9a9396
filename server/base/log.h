/* log.h - structured logging with the fields everyone filters by.
 *
 * Never log a token, a stream key, a password, a phone or an identity number.
 * A message is logged once, where it is decided what becomes of it.
 *
 * Threads: any. */
#pragma once

#include <glib.h>

/* Logs through GLib's structured logging with AIRCLASS_LESSON=@lesson (0: none).
 * The domain is the file's G_LOG_DOMAIN, the level one of G_LOG_LEVEL_*. */
#define ac_log(level, lesson, ...)                                                     \
  ac_log_full (G_LOG_DOMAIN, (level), (lesson), __VA_ARGS__)

void ac_log_full (const gchar *domain, GLogLevelFlags level, gint64 lesson,
                  const gchar *format, ...) G_GNUC_PRINTF (4, 5);

/* Writes to standard error one line a message: wall time, level, domain, lesson, text;
 * to the journal when standard error is it. @debug shows debug messages of every domain
 * (otherwise G_MESSAGES_DEBUG chooses). Call once, before threads start. */
void ac_log_init (gboolean debug);

/* At most one message each @interval_ms of a repeating kind. Static storage only:
 *   static AcLogLimit limit = { .interval_ms = 10000 };
 *   if (ac_log_limit_pass (&limit, &suppressed)) ...
 * @suppressed: (out): how many were held back since the last that passed. */
typedef struct {
  gint64 interval_ms;
  gint64 last_ms;
  guint suppressed;
} AcLogLimit;

gboolean ac_log_limit_pass (AcLogLimit *limit, guint *suppressed);
