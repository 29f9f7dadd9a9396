/* roster_run.h - imports, each in a job of its own, for tests and the bench. */
#pragma once

#include "jobs.h"
#include "roster.h"

/* What identity numbers are sealed by; NULL: they are refused. */
extern AcIdentityKeys *roster_keys;
/* Whose doing it is; 0: the operator's. */
extern gint64 roster_actor;
/* Whose people it may touch; 0: all. */
extern gint64 roster_within;

/* @digest, @ret_error: NULL when not wanted
 * Returns: (transfer full): NULL with *@ret_error. */
AcRosterReport *roster_import (AcStore *store, const AcSheet *sheet,
                               const gchar *digest, GError **ret_error);
