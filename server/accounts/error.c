#include "error.h"

#include "organisation.h"

typedef struct {
  const gchar *field; /* static */
  guint retry_after_s;
} AcAccountsErrorPrivate;

static void
ac_accounts_error_private_init (AcAccountsErrorPrivate *priv)
{
}

static void
ac_accounts_error_private_copy (const AcAccountsErrorPrivate *from,
                                AcAccountsErrorPrivate *to)
{
  *to = *from;
}

static void
ac_accounts_error_private_clear (AcAccountsErrorPrivate *priv)
{
}

G_DEFINE_EXTENDED_ERROR (AcAccountsError, ac_accounts_error)

GError *
ac_accounts_error_new (AcAccountsError code, const gchar *field, guint retry_after_s,
                       const gchar *format, ...)
{
  AcAccountsErrorPrivate *priv;
  GError *error;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (AC_ACCOUNTS_ERROR, code, format, args);
  va_end (args);
  priv = ac_accounts_error_get_private (error);
  priv->field = field;
  priv->retry_after_s = retry_after_s;
  return error;
}

GError *
ac_accounts_error_from_store (const GError *error)
{
  if (g_error_matches (error, AC_STORE_ERROR, AC_STORE_ERROR_BUSY))
    return ac_accounts_error_new (AC_ACCOUNTS_ERROR_BUSY, NULL, 1, "%s",
                                  error->message);
  return ac_accounts_error_new (AC_ACCOUNTS_ERROR_FAILED, NULL, 0, "%s",
                                error->message);
}

GError *
ac_accounts_error_from_organisation (const GError *error)
{
  static const AcAccountsError codes[] = {
    [AC_ORGANISATION_ERROR_INVALID] = AC_ACCOUNTS_ERROR_INVALID,
    [AC_ORGANISATION_ERROR_EXISTS] = AC_ACCOUNTS_ERROR_EXISTS,
    [AC_ORGANISATION_ERROR_NOT_FOUND] = AC_ACCOUNTS_ERROR_NOT_FOUND,
  };

  return ac_accounts_error_new (codes[error->code], ac_organisation_error_field (error),
                                0, "%s", error->message);
}

const gchar *
ac_accounts_error_field (const GError *error)
{
  AcAccountsErrorPrivate *priv;

  if (error == NULL || error->domain != AC_ACCOUNTS_ERROR)
    return NULL;
  priv = ac_accounts_error_get_private (error);
  return priv->field;
}

guint
ac_accounts_error_retry_after_s (const GError *error)
{
  AcAccountsErrorPrivate *priv;

  if (error == NULL || error->domain != AC_ACCOUNTS_ERROR)
    return 0;
  priv = ac_accounts_error_get_private (error);
  return priv->retry_after_s;
}
