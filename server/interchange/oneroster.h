/* oneroster.h - the roster and the timetable as OneRoster CSV (1EdTech, OneRoster 1.1,
 * "CSV Tables"), bulk, in one .zip.
 *
 *   orgs             branches: county "district", town "local", others "school"
 *   users            members; a lecturer of the period is a "teacher", others "student"
 *   academicSessions the years of the period
 *   courses          courses; "course-0" holds lessons without one
 *   classes          lessons of the period
 *   enrollments      who is expected or has a record, and who lectures
 *
 * Names are whole in givenName, since where a family name ends cannot be told from a
 * text; familyName is empty. Phones, certificates and identity numbers are not in it.
 *
 * Threads: any, with a store of its own. */
#pragma once

#include "store.h"

typedef struct {
  gint64 branch;         /* with all below it; 0: the whole county */
  const gchar *from_day; /* "2026-01-01": of the lessons, held or planned */
  const gchar *to_day;   /* the last one */
} AcOneRosterQuery;

typedef struct {
  gint64 orgs, users, courses, classes, enrollments;
} AcOneRosterCounts;

/* Writes @path, which must not be there.
 * Errors: AC_STORE_ERROR, G_FILE_ERROR. */
gboolean ac_oneroster_write (AcStore *store, const AcOneRosterQuery *query,
                             const gchar *path, AcOneRosterCounts *ret_counts,
                             GError **error);
