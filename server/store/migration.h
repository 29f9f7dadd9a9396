/* migration.h - the numbered steps that make and change the schema.
 *
 * PRAGMA user_version counts the steps that a database has taken. Missing ones are
 * taken in one transaction, after a copy of the file was made beside it. A released
 * step is never edited; a change is a new step. */
#pragma once

#include "sqlite_connection.h"

/* @steps: SQL of step 1, 2, ...
 * @backup: path of the copy, made when the database already has content and a step is
 *   missing; replaced when there is one
 * Errors: AC_STORE_ERROR_OPEN for a database of a newer program or of another one, SQL.
 */
gboolean ac_migrate (AcConnection *connection, const gchar *const *steps, guint n_steps,
                     const gchar *backup, GError **error);

/* Whether the database has taken exactly @n_steps. Errors: AC_STORE_ERROR_OPEN, SQL. */
gboolean ac_migration_check (AcConnection *connection, guint n_steps, GError **error);

/* The steps of this program, from schema/.
 * Returns: (transfer full): NULL-terminated. */
gchar **ac_migration_steps (void);
