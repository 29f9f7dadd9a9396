#include "conversation_error.h"

typedef struct {
  const gchar *field; /* static */
  gint64 after_ms;
} AcConversationErrorPrivate;

static void
ac_conversation_error_private_init (AcConversationErrorPrivate *priv)
{
}

static void
ac_conversation_error_private_copy (const AcConversationErrorPrivate *from,
                                    AcConversationErrorPrivate *to)
{
  *to = *from;
}

static void
ac_conversation_error_private_clear (AcConversationErrorPrivate *priv)
{
}

G_DEFINE_EXTENDED_ERROR (AcConversationError, ac_conversation_error)

gboolean
ac_conversation_refuse (GError **error, AcConversationError code, const gchar *field,
                        const gchar *format, ...)
{
  GError *made;
  va_list args;

  va_start (args, format);
  made = g_error_new_valist (AC_CONVERSATION_ERROR, (gint)code, format, args);
  va_end (args);
  ac_conversation_error_get_private (made)->field = field;
  g_propagate_error (error, made);
  return FALSE;
}

gboolean
ac_conversation_put_off (GError **error, gint64 after_ms)
{
  GError *made = g_error_new (AC_CONVERSATION_ERROR, AC_CONVERSATION_ERROR_TOO_FAST,
                              "again in %" G_GINT64_FORMAT " ms", after_ms);

  ac_conversation_error_get_private (made)->after_ms = after_ms;
  g_propagate_error (error, made);
  return FALSE;
}

const gchar *
ac_conversation_error_name (AcConversationError code)
{
  static const gchar *const names[] = {
    [AC_CONVERSATION_ERROR_INVALID] = "invalid",
    [AC_CONVERSATION_ERROR_NOT_FOUND] = "not-found",
    [AC_CONVERSATION_ERROR_STATE] = "state",
    [AC_CONVERSATION_ERROR_MUTED] = "muted",
    [AC_CONVERSATION_ERROR_TOO_FAST] = "too-fast",
    [AC_CONVERSATION_ERROR_LIMIT] = "limit",
  };

  return names[code];
}

const gchar *
ac_conversation_error_field (const GError *error)
{
  if (error == NULL || error->domain != AC_CONVERSATION_ERROR)
    return NULL;
  return ac_conversation_error_get_private (error)->field;
}

gint64
ac_conversation_error_after_ms (const GError *error)
{
  if (error == NULL || error->domain != AC_CONVERSATION_ERROR)
    return 0;
  return ac_conversation_error_get_private (error)->after_ms;
}
