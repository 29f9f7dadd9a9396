/* probe.h - what this machine can encode with, and what is missing on it.
 *
 * Every candidate is tried in a process of its own, so a driver that crashes or hangs
 * fails only itself.
 *
 * Threads: the only one of its process, before GStreamer is initialised. */
#pragma once

#include "self_test.h"

typedef enum {
  AC_CANDIDATE_ABSENT,   /* GStreamer has no such element here */
  AC_CANDIDATE_FAILED,   /* it is there and does not do */
  AC_CANDIDATE_UNTESTED, /* it is there, and was not asked */
  AC_CANDIDATE_GOOD,
} AcCandidateState;

typedef struct {
  const AcEncoder *encoder;
  AcCandidateState state;
  AcSelfTest test; /* reason: why it failed */
} AcCandidate;

typedef struct {
  const AcEncoder *encoders; /* NULL: ac_encoders() */
  gboolean software;         /* test those too, not the hardware's only */
  guint timeout_ms;          /* of one candidate; 0: 10,000 */
  void (*prepare) (void);    /* (nullable): called in each child, for tests */
} AcProbeSetup;

/* Returns: (transfer full): AcCandidate, in the order of preference. */
GArray *ac_probe_encoders (const AcProbeSetup *setup);
/* Returns: the first good one of hardware, else the fallback. */
const AcEncoder *ac_probe_choose (GArray *candidates);

/* Writes all that is known, and what else is missing, as one JSON object to standard
 * output. Returns: the process's exit code. */
gint ac_probe_main (const AcProbeSetup *setup);
