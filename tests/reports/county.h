/* county.h - a small county whose ledger a test can reckon by itself.
 *
 * Branches: 1 county, 2 and 3 its towns, 4 a village of town 2, 5 a host branch.
 * Members: 1 and 2 of the village, 2 hosted by 5; 3 of town 3; 4 moved from town 3 to
 * town 2 on 2025-07-01; 5 of town 3 has never studied. Lessons 1 to 3 of two creditable
 * hours, on 2025-03-10, 2025-09-10 and 2025-10-10; everybody is expected in the first
 * two. */
#pragma once

#include "../store/fixture.h"

#include "ledger.h"
#include "report.h"

typedef struct {
  StoreFixture store;
  AcReportAsk *ask; /* of 2025, everywhere, unmasked */
} County;

#define MINUTES(n) ((n)*G_GINT64_CONSTANT (60000))

void county_set_up (County *self, gconstpointer unused);
void county_tear_down (County *self, gconstpointer unused);

typedef struct {
  const gchar *name;
  void (*run) (County *self, gconstpointer unused);
} CountyTest;

/* @prefix: "/reports/" */
void county_add_tests (const gchar *prefix, const CountyTest *tests, guint n_tests);

/* Runs @job on the store thread and waits for its commit. */
void county_run (County *self, AcStoreJob job, gpointer data);

typedef struct {
  AcEntryKind kind;
  AcStudy study;
  gint64 lesson, member;
  const gchar *media;
  gint64 earned_ms;
  gint64 created_ms; /* 0: when the lesson ended */
} CountyEntry;

void county_enter (County *self, const CountyEntry *entry);

/* Returns: (transfer full). */
AcReport *county_report (County *self, AcReportKind kind);
/* The sum of column @key; asserts that there is one. */
gint64 county_sum (const AcReport *report, const gchar *key);
/* The number in column @key of the row whose column "number" is @number; -1: none. */
gint64 county_figure (const AcReport *report, const gchar *number, const gchar *key);
const gchar *county_text (const AcReport *report, const gchar *number,
                          const gchar *key);
/* The value of the fact of that label; NULL: there is none. */
const gchar *county_fact (const AcReport *report, const gchar *label);
