#include "roster_run.h"

AcIdentityKeys *roster_keys;
gint64 roster_actor;
gint64 roster_within;

typedef struct {
  const AcSheet *sheet;
  const gchar *digest;
  AcRosterReport *report;
} Import;

static gboolean
import (AcStore *store, gpointer data, GError **error)
{
  Import *job = data;

  job->report = ac_roster_import (store, job->sheet, roster_keys, roster_actor,
                                  roster_within, job->digest, JOBS_NOW_MS, error);
  return job->report != NULL;
}

AcRosterReport *
roster_import (AcStore *store, const AcSheet *sheet, const gchar *digest,
               GError **ret_error)
{
  Import job = { sheet, digest, NULL };

  jobs_run (store, import, &job, ret_error);
  return job.report;
}
