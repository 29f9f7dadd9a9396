#include "duties.h"

struct _AcDuties {
  gint64 required_permille[AC_N_DUTIES];
  gboolean known;
  GHashTable *standings; /* member: duty + 1, or EXEMPT */
};

#define EXEMPT (AC_N_DUTIES + 1)

static gboolean
load_standings (AcStore *store, gint64 year, GHashTable *standings, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT member, duty, exempt FROM standings WHERE year = ? "
                        "ORDER BY id",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", year);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 *member = g_new (gint64, 1);
    AcDuty duty = AC_DUTY_MEMBER;

    *member = sqlite3_column_int64 (statement, 0);
    ac_duty_from_name ((const gchar *)sqlite3_column_text (statement, 1), &duty);
    g_hash_table_insert (standings, member,
                         GUINT_TO_POINTER (sqlite3_column_int (statement, 2) != 0
                                               ? EXEMPT
                                               : (guint)duty + 1));
  }
  return code == SQLITE_DONE;
}

AcDuties *
ac_duties_new (AcReportScope *scope, GError **error)
{
  AcStore *store = ac_report_scope_store (scope);
  const AcReportAsk *ask = ac_report_scope_ask (scope);
  gint64 year = g_ascii_strtoll (ask->to, NULL, 10);
  g_autofree gchar *last_day = g_strdup_printf ("%04d-12-31", (gint)year);
  g_autoptr (AcDuties) self = g_new0 (AcDuties, 1);
  g_autoptr (GError) local = NULL;
  g_autoptr (AcPolicyVersion) policy = ac_policy_on (store, last_day, &local);

  self->standings = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  self->known = policy != NULL && g_ascii_strtoll (ask->from, NULL, 10) == year;
  for (guint i = 0; policy != NULL && i < AC_N_DUTIES; i++)
    self->required_permille[i] = policy->required_permille[i];
  return load_standings (store, year, self->standings, error) ? g_steal_pointer (&self)
                                                              : NULL;
}

void
ac_duties_free (AcDuties *self)
{
  g_hash_table_unref (self->standings);
  g_free (self);
}

/* Nothing is asked of people who are no members yet. */
gboolean
ac_duties_find (const AcDuties *self, gint64 member, const AcReportPerson *person,
                gint64 *ret_permille)
{
  guint standing = GPOINTER_TO_UINT (g_hash_table_lookup (self->standings, &member));
  gboolean of_the_party =
      person != NULL && (person->kind == g_intern_static_string ("member") ||
                         person->kind == g_intern_static_string ("probationary"));

  if (!self->known || standing == EXEMPT || (standing == 0 && !of_the_party))
    return FALSE;
  *ret_permille = self->required_permille[standing == 0 ? 0 : standing - 1];
  return TRUE;
}
