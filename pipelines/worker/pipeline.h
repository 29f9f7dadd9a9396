/* pipeline.h - the worker of one live lesson: frames of the daemon in, slots out.
 *
 * States:
 *   unconfigured -> waiting (for a source to choose by) -> running -> finishing -> over
 *                \----------- (configured to begin) ------/
 * Any failure of the link or of the encoders leads to over at once; failures of a
 * source do not leave their source.
 *
 * Threads:   main loop (the default main context).
 * Ownership: owns everything below it. */
#pragma once

#include <glib.h>

typedef struct _AcPipeline AcPipeline;

/* @over: called once, on the main loop; @exit_code is 0 when the lesson was finished or
 * the daemon is gone. */
typedef void (*AcPipelineOver) (gint exit_code, gpointer user_data);

/* @fd: the socket to the daemon, owned from here on, also on failure.
 * Errors: G_IO_ERROR, G_UNIX_ERROR. */
AcPipeline *ac_pipeline_new (gint fd, AcPipelineOver over, gpointer user_data,
                             GError **error);
void ac_pipeline_free (AcPipeline *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcPipeline, ac_pipeline_free)
