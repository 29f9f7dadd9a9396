#include "timetable.h"

typedef struct {
  const gchar *field;  /* static */
  const gchar *reason; /* likewise */
} AcTimetableErrorPrivate;

static void
ac_timetable_error_private_init (AcTimetableErrorPrivate *priv)
{
}

static void
ac_timetable_error_private_copy (const AcTimetableErrorPrivate *from,
                                 AcTimetableErrorPrivate *to)
{
  *to = *from;
}

static void
ac_timetable_error_private_clear (AcTimetableErrorPrivate *priv)
{
}

G_DEFINE_EXTENDED_ERROR (AcTimetableError, ac_timetable_error)

G_GNUC_PRINTF (4, 0)
static GError *
make (AcTimetableError code, const gchar *field, const gchar *reason,
      const gchar *format, va_list args)
{
  GError *error = g_error_new_valist (AC_TIMETABLE_ERROR, (gint)code, format, args);

  ac_timetable_error_get_private (error)->field = field;
  ac_timetable_error_get_private (error)->reason = reason;
  return error;
}

gboolean
ac_timetable_refuse (GError **error, AcTimetableError code, const gchar *field,
                     const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, make (code, field, NULL, format, args));
  va_end (args);
  return FALSE;
}

gboolean
ac_timetable_refuse_because (GError **error, AcTimetableError code, const gchar *field,
                             const gchar *reason, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, make (code, field, reason, format, args));
  va_end (args);
  return FALSE;
}

const gchar *
ac_timetable_error_field (const GError *error)
{
  if (error == NULL || error->domain != AC_TIMETABLE_ERROR)
    return NULL;
  return ac_timetable_error_get_private (error)->field;
}

const gchar *
ac_timetable_error_reason (const GError *error)
{
  if (error == NULL || error->domain != AC_TIMETABLE_ERROR)
    return NULL;
  return ac_timetable_error_get_private (error)->reason;
}

gboolean
ac_timetable_line_is_fit (const gchar *text, glong max_chars)
{
  gboolean visible = FALSE;

  if (text == NULL || !g_utf8_validate (text, -1, NULL) ||
      g_utf8_strlen (text, -1) > max_chars)
    return FALSE;
  for (const gchar *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (g_unichar_iscntrl (c))
      return FALSE;
    visible |= g_unichar_isgraph (c);
  }
  return visible;
}
