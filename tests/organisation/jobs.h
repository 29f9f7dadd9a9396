/* jobs.h - writes of the organisation, one job each, for its tests. */
#pragma once

#include "branch.h"
#include "certificate.h"
#include "fixture.h"
#include "import_key.h"
#include "member.h"
#include "membership.h"
#include "site.h"

/* 2026-03-10 12:00 on China's clock, which the tests set. */
#define JOBS_NOW_MS G_GINT64_CONSTANT (1773115200000)

void jobs_set_up (StoreFixture *f, gconstpointer unused);
void jobs_tear_down (StoreFixture *f, gconstpointer unused);

/* Runs @job to its end. Returns: whether it was good; @ret_error (nullable) else. */
gboolean jobs_run (AcStore *store, AcStoreJob job, gpointer data, GError **ret_error);

/* @kind: "county", ...; NULL: by its place
 * @ret_error: NULL: it must be good */
gint64 jobs_add_branch (AcStore *store, const gchar *name, gint64 parent,
                        const gchar *kind, GError **ret_error);
gint64 jobs_add_member (AcStore *store, const gchar *number);
gboolean jobs_set_membership (AcStore *store, gint64 member, AcSide side, gint64 branch,
                              const gchar *from_day, GError **ret_error);
/* @error is of AC_ORGANISATION_ERROR, about @field; freed. */
void jobs_assert_refused (GError *error, AcOrganisationError code, const gchar *field);
