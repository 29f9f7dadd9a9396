/* health_text.h - health in words: for the classroom socket, the API and Prometheus.
 *
 * Threads: main loop. */
#pragma once

#include "health_history.h"

/* Returns: (transfer full): the message "health" of docs/protocol.md. */
GBytes *ac_health_text_message (const AcHealthSample *sample);

/* Returns: (transfer full): the body of GET /lessons/:id/health: the samples later than
 * @since_ms, a column a measure.
 * @history: (nullable): nothing is known of the lesson */
GBytes *ac_health_text_history (gint64 lesson, AcHealthHistory *history,
                                gint64 since_ms);

typedef struct {
  gint64 lesson;
  const AcHealthSample *sample;
} AcLessonHealth;

/* Appends every measure of every lesson in the Prometheus text format.
 * @lessons: AcLessonHealth */
void ac_health_text_metrics (GString *out, GArray *lessons);
/* Appends the head of a family. @name: without "airclass_" */
void ac_health_text_family (GString *out, const gchar *name, const gchar *type,
                            const gchar *help);
