#include "credit_error.h"

typedef struct {
  const gchar *field;  /* static */
  const gchar *reason; /* likewise */
} AcCreditErrorPrivate;

static void
ac_credit_error_private_init (AcCreditErrorPrivate *priv)
{
}

static void
ac_credit_error_private_copy (const AcCreditErrorPrivate *from,
                              AcCreditErrorPrivate *to)
{
  *to = *from;
}

static void
ac_credit_error_private_clear (AcCreditErrorPrivate *priv)
{
}

G_DEFINE_EXTENDED_ERROR (AcCreditError, ac_credit_error)

G_GNUC_PRINTF (4, 0)
static GError *
make (AcCreditError code, const gchar *field, const gchar *reason, const gchar *format,
      va_list args)
{
  GError *error = g_error_new_valist (AC_CREDIT_ERROR, (gint)code, format, args);

  ac_credit_error_get_private (error)->field = field;
  ac_credit_error_get_private (error)->reason = reason;
  return error;
}

GError *
ac_credit_error_new (AcCreditError code, const gchar *field, const gchar *format, ...)
{
  GError *error;
  va_list args;

  va_start (args, format);
  error = make (code, field, NULL, format, args);
  va_end (args);
  return error;
}

gboolean
ac_credit_refuse (GError **error, AcCreditError code, const gchar *field,
                  const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, make (code, field, NULL, format, args));
  va_end (args);
  return FALSE;
}

gboolean
ac_credit_refuse_because (GError **error, AcCreditError code, const gchar *field,
                          const gchar *reason, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, make (code, field, reason, format, args));
  va_end (args);
  return FALSE;
}

const gchar *
ac_credit_error_field (const GError *error)
{
  if (error == NULL || error->domain != AC_CREDIT_ERROR)
    return NULL;
  return ac_credit_error_get_private (error)->field;
}

const gchar *
ac_credit_error_reason (const GError *error)
{
  if (error == NULL || error->domain != AC_CREDIT_ERROR)
    return NULL;
  return ac_credit_error_get_private (error)->reason;
}
