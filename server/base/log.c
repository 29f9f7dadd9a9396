#include "log.h"

#include "clock.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static gboolean show_debug;

static const gchar *
field (const GLogField *fields, gsize n_fields, const gchar *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, key) == 0)
      return fields[i].value;
  return NULL;
}

static const gchar *
level_name (GLogLevelFlags level)
{
  switch (level & G_LOG_LEVEL_MASK) {
  case G_LOG_LEVEL_ERROR:
  case G_LOG_LEVEL_CRITICAL:
    return "critical";
  case G_LOG_LEVEL_WARNING:
    return "warning";
  case G_LOG_LEVEL_MESSAGE:
    return "notice";
  case G_LOG_LEVEL_INFO:
    return "info";
  default:
    return "debug";
  }
}

static GLogWriterOutput
write_line (GLogLevelFlags level, const GLogField *fields, gsize n_fields,
            gpointer unused)
{
  const gchar *domain = field (fields, n_fields, "GLIB_DOMAIN");
  const gchar *lesson = field (fields, n_fields, "AIRCLASS_LESSON");
  const gchar *text = field (fields, n_fields, "MESSAGE");
  g_autoptr (GDateTime) now = NULL;
  g_autofree gchar *stamp = NULL;

  if ((level & G_LOG_LEVEL_DEBUG) != 0 && !show_debug &&
      g_log_writer_default_would_drop (level, domain))
    return G_LOG_WRITER_HANDLED;
  if (g_log_writer_is_journald (STDERR_FILENO))
    return g_log_writer_journald (level, fields, n_fields, NULL);

  now = g_date_time_new_now_utc ();
  stamp = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");
  fprintf (stderr, "%s.%03dZ %-8s %s%s%s: %s\n", stamp,
           g_date_time_get_microsecond (now) / 1000, level_name (level),
           domain != NULL ? domain : "-", lesson != NULL ? " lesson=" : "",
           lesson != NULL ? lesson : "", text != NULL ? text : "");
  return G_LOG_WRITER_HANDLED;
}

void
ac_log_init (gboolean debug)
{
  show_debug = debug;
  g_log_set_writer_func (write_line, NULL, NULL);
}

void
ac_log_full (const gchar *domain, GLogLevelFlags level, gint64 lesson,
             const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  gchar lesson_text[24];
  gchar priority[2] = "6";
  gsize n_fields = 3;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  if ((level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR)) != 0)
    priority[0] = '3';
  else if ((level & G_LOG_LEVEL_WARNING) != 0)
    priority[0] = '4';
  else if ((level & G_LOG_LEVEL_MESSAGE) != 0)
    priority[0] = '5';
  else if ((level & G_LOG_LEVEL_DEBUG) != 0)
    priority[0] = '7';

  g_snprintf (lesson_text, sizeof lesson_text, "%" G_GINT64_FORMAT, lesson);
  const GLogField fields[] = {
    { "MESSAGE", text, -1 },
    { "GLIB_DOMAIN", domain, -1 },
    { "PRIORITY", priority, -1 },
    { "AIRCLASS_LESSON", lesson_text, -1 },
  };
  if (lesson != 0)
    n_fields = 4;
  g_log_structured_array (level, fields, n_fields);
}

gboolean
ac_log_limit_pass (AcLogLimit *limit, guint *suppressed)
{
  static GMutex mutex;
  gint64 now = ac_clock_monotonic_ms ();
  gboolean pass;

  g_mutex_lock (&mutex);
  pass = limit->last_ms == 0 || now - limit->last_ms >= limit->interval_ms;
  if (pass) {
    *suppressed = limit->suppressed;
    limit->suppressed = 0;
    limit->last_ms = now;
  } else {
    limit->suppressed++;
  }
  g_mutex_unlock (&mutex);
  return pass;
}
