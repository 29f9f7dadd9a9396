#include "store.h"

void
ac_statement_reset (AcStatement *statement)
{
  sqlite3_reset (statement);
}

static void
bind_bytes (AcStatement *statement, gint at, GBytes *bytes)
{
  gsize size;
  gconstpointer data;

  if (bytes == NULL)
    return; /* unbound is NULL */
  data = g_bytes_get_data (bytes, &size);
  sqlite3_bind_blob64 (statement, at, data != NULL ? data : "", size, SQLITE_STATIC);
}

void
ac_statement_bind_va (AcStatement *statement, const gchar *types, va_list values)
{
  for (gint at = 1; *types != '\0'; types++, at++) {
    switch (*types) {
    case 'i':
      sqlite3_bind_int64 (statement, at, va_arg (values, gint64));
      break;
    case 'd':
      sqlite3_bind_int (statement, at, va_arg (values, gint));
      break;
    case 'n': {
      gint64 value = va_arg (values, gint64);

      if (value != 0)
        sqlite3_bind_int64 (statement, at, value);
      break;
    }
    case 't':
      sqlite3_bind_text (statement, at, va_arg (values, const gchar *), -1,
                         SQLITE_STATIC);
      break;
    case 'b':
      bind_bytes (statement, at, va_arg (values, GBytes *));
      break;
    default:
      g_return_if_reached ();
    }
  }
}

void
ac_statement_bind (AcStatement *statement, const gchar *types, ...)
{
  va_list values;

  va_start (values, types);
  ac_statement_bind_va (statement, types, values);
  va_end (values);
}

gchar *
ac_statement_text (AcStatement *statement, gint column)
{
  return g_strdup ((const gchar *)sqlite3_column_text (statement, column));
}

gboolean
ac_store_run (AcStore *self, GError **error, const gchar *sql, const gchar *types, ...)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (self, sql, error);
  va_list values;

  if (statement == NULL)
    return FALSE;
  va_start (values, types);
  ac_statement_bind_va (statement, types, values);
  va_end (values);
  return ac_store_step (self, statement, error) >= 0;
}
