/* encoder_choice.h - asks the worker's program once what this machine encodes with.
 *
 * Threads:   main loop.
 * Ownership: plain; freeing it ends a probe that still runs. */
#pragma once

#include <glib.h>

typedef struct _AcEncoderChoice AcEncoderChoice;

/* @element: of the hardware; not called when there is none that does, or when it cannot
 * be found out: workers then use the fallback. */
typedef void (*AcEncoderChosen) (const gchar *element, gpointer user_data);

AcEncoderChoice *ac_encoder_choice_new (const gchar *worker_path,
                                        AcEncoderChosen chosen, gpointer user_data);
void ac_encoder_choice_free (AcEncoderChoice *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcEncoderChoice, ac_encoder_choice_free)
