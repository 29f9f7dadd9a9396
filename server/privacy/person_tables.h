/* person_tables.h - where in the database something is kept of a person.
 *
 * Every column that refers to members stands in one of the two tables below; a test
 * reads the schema and names what is missing, so whoever adds a table decides what is
 * told of it, and what is left of it after an erasure.
 *
 * Constant. Threads: any. */
#pragma once

#include <glib.h>

/* What is told of a person, a list of rows. */
typedef struct {
  const gchar *name;  /* of the list in the export */
  const gchar *table; /* that it tells of, by this column */
  const gchar *column;
  const gchar *select; /* ?1: the member */
} AcPersonSection;

extern const AcPersonSection ac_person_sections[]; /* ends with name NULL */

/* What is not told, or told otherwise. */
typedef struct {
  const gchar *table, *column;
  const gchar *why;
} AcPersonException;

extern const AcPersonException ac_person_exceptions[]; /* ends with table NULL */

/* Free text beside a reference to a member that stays when the person is erased,
 * because it says nothing of them. */
extern const AcPersonException ac_person_kept[]; /* ends with table NULL */

/* Tables with texts that tell of no member, column NULL, so that neither export nor
 * erasure looks into them. */
extern const AcPersonException ac_person_elsewhere[]; /* ends with table NULL */
