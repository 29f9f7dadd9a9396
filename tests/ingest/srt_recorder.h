/* srt_recorder.h - an SRT server that writes down what it is told, and callers to it,
 * for the tests. */
#pragma once

#include "srt_server.h"

#include <srt.h>

#define GOOD_KEY "good-key"
#define OTHER_KEY "other-key" /* of another lesson */
#define PASSPHRASE "correct horse battery"
#define REFUSED_LATER "refused-later" /* admitted, then refused by the main loop */

typedef struct {
  AcSrtServer *server;
  guint watchdog;
  gboolean hold; /* leave the question open */

  AcPublisher *publisher; /* the last that was requested and not closed */
  gchar *key;
  guint n_requested;
  GPtrArray *closed; /* reasons */
  GByteArray *media; /* of all units, of all publishers */
  guint n_units;
} SrtRecorder;

SrtRecorder *srt_recorder_new (const AcSrtLimits *limits);
void srt_recorder_free (SrtRecorder *self);

/* @passphrase: NULL for none
 * Returns: a connected socket, or the negative of libsrt's reason of rejection. */
gint srt_recorder_call (SrtRecorder *self, const gchar *stream_id,
                        const gchar *passphrase);
/* The same over an option of the caller's. */
gint srt_recorder_call_with (SrtRecorder *self, const gchar *stream_id,
                             SRT_SOCKOPT option, int value);

/* Turns the main loop until @condition holds; the recorder's watchdog ends it all. */
#define SRT_RECORDER_WAIT(condition)                                                   \
  while (!(condition))                                                                 \
  g_main_context_iteration (NULL, TRUE)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrtRecorder, srt_recorder_free)
