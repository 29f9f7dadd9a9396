/* timetable.h - what the folder's parts have in common.
 *
 * Courses, the hours of lessons, whom they are for, who is expected, who is reminded.
 * A lesson's row is made, and its state is changed, by the classroom.
 *
 * Functions whose header says "inside a job" are called on the store thread, in a job
 * of ac_store_write(); all others read on the main loop, see store.h. */
#pragma once

#include "store.h"

typedef enum {
  AC_TIMETABLE_ERROR_INVALID,   /* a value is refused; field */
  AC_TIMETABLE_ERROR_NOT_FOUND, /* it names something that is not there; field */
  AC_TIMETABLE_ERROR_STATE,     /* it is too late for that; field */
  AC_TIMETABLE_ERROR_DENIED,    /* somebody else has to do it; field */
} AcTimetableError;
#define AC_TIMETABLE_ERROR (ac_timetable_error_quark ())
GQuark ac_timetable_error_quark (void);

/* Sets @error; returns FALSE. @field: a string literal */
gboolean ac_timetable_refuse (GError **error, AcTimetableError code, const gchar *field,
                              const gchar *format, ...) G_GNUC_PRINTF (4, 5);

/* The same with @reason, one of reason.h. */
gboolean ac_timetable_refuse_because (GError **error, AcTimetableError code,
                                      const gchar *field, const gchar *reason,
                                      const gchar *format, ...) G_GNUC_PRINTF (5, 6);

/* Returns: (nullable): the field that an error is about. */
const gchar *ac_timetable_error_field (const GError *error);

/* Returns: (nullable): why, as a word of reason.h. */
const gchar *ac_timetable_error_reason (const GError *error);

/* One line of 1 to @max_chars characters that can be seen. */
gboolean ac_timetable_line_is_fit (const gchar *text, glong max_chars);
