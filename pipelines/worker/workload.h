/* workload.h - what the encoders take, how far they are behind, and what is left out.
 *
 * Measures the ladder, asks the shedder, tells the ladder, and tells it all in the
 * health.
 *
 * Threads:   main loop.
 * Ownership: borrows the ladder, the assembler and the pump, which live longer. */
#pragma once

#include "health.h"
#include "pump.h"

typedef struct _AcWorkload AcWorkload;

#define AC_WORKLOAD_STEP_MS 100

typedef struct {
  AcLadderPlan plan;
  AcGrid grid;
  const AcEncoder *encoder;
  AcLadder *ladder;
  AcAssembler *assembler;
  AcPump *pump;
  gboolean shedding; /* FALSE: it only measures */
} AcWorkloadSetup;

AcWorkload *ac_workload_new (const AcWorkloadSetup *setup);
void ac_workload_free (AcWorkload *self);

/* Call it every AC_WORKLOAD_STEP_MS. @spare_millicores: what the machine could give */
void ac_workload_step (AcWorkload *self, gint64 now_us, guint32 spare_millicores);
/* Fills in what concerns the encoders; it measures from call to call. */
void ac_workload_health (AcWorkload *self, gint64 now_us, AcWireHealth *health);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcWorkload, ac_workload_free)
