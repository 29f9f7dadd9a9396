#include "organisation.h"

typedef struct {
  const gchar *field;  /* static */
  const gchar *reason; /* likewise */
} AcOrganisationErrorPrivate;

static void
ac_organisation_error_private_init (AcOrganisationErrorPrivate *priv)
{
}

static void
ac_organisation_error_private_copy (const AcOrganisationErrorPrivate *from,
                                    AcOrganisationErrorPrivate *to)
{
  *to = *from;
}

static void
ac_organisation_error_private_clear (AcOrganisationErrorPrivate *priv)
{
}

G_DEFINE_EXTENDED_ERROR (AcOrganisationError, ac_organisation_error)

G_GNUC_PRINTF (4, 0)
static GError *
error_new (AcOrganisationError code, const gchar *field, const gchar *reason,
           const gchar *format, va_list args)
{
  GError *error = g_error_new_valist (AC_ORGANISATION_ERROR, code, format, args);
  AcOrganisationErrorPrivate *priv = ac_organisation_error_get_private (error);

  priv->field = field;
  priv->reason = reason;
  return error;
}

GError *
ac_organisation_error_new (AcOrganisationError code, const gchar *field,
                           const gchar *format, ...)
{
  GError *error;
  va_list args;

  va_start (args, format);
  error = error_new (code, field, NULL, format, args);
  va_end (args);
  return error;
}

gboolean
ac_organisation_refuse (GError **error, AcOrganisationError code, const gchar *field,
                        const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, error_new (code, field, NULL, format, args));
  va_end (args);
  return FALSE;
}

gboolean
ac_organisation_refuse_because (GError **error, AcOrganisationError code,
                                const gchar *field, const gchar *reason,
                                const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, error_new (code, field, reason, format, args));
  va_end (args);
  return FALSE;
}

const gchar *
ac_organisation_error_field (const GError *error)
{
  AcOrganisationErrorPrivate *priv;

  if (error == NULL || error->domain != AC_ORGANISATION_ERROR)
    return NULL;
  priv = ac_organisation_error_get_private (error);
  return priv->field;
}

const gchar *
ac_organisation_error_reason (const GError *error)
{
  if (error == NULL || error->domain != AC_ORGANISATION_ERROR)
    return NULL;
  return ac_organisation_error_get_private (error)->reason;
}

gboolean
ac_organisation_insert (AcStore *store, AcStatement *statement, const gchar *field,
                        gint64 *ret_id, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (ac_store_step (store, statement, &local) == SQLITE_ROW) {
    *ret_id = sqlite3_column_int64 (statement, 0);
    return TRUE;
  }
  if (g_error_matches (local, AC_STORE_ERROR, AC_STORE_ERROR_EXISTS))
    return ac_organisation_refuse (error, AC_ORGANISATION_ERROR_EXISTS, field,
                                   "%s: taken", field);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gint
ac_organisation_find_word (const gchar *const *words, guint n_words, const gchar *word)
{
  for (guint i = 0; i < n_words; i++)
    if (g_strcmp0 (words[i], word) == 0)
      return (gint)i;
  return -1;
}
