/* level_meter.h - how loud the source's sound is.
 *
 * Levels are of the time between two readings, in dB of full scale; digital silence is
 * AC_HEALTH_SILENCE_DBFS. The sound is silent while no sample is above -60 dBFS.
 *
 * Threads: any; it locks inside. */
#pragma once

#include "health.h"

typedef struct _AcLevelMeter AcLevelMeter;

AcLevelMeter *ac_level_meter_new (gint64 now_us);
void ac_level_meter_free (AcLevelMeter *self);

void ac_level_meter_add (AcLevelMeter *self, const gint16 *samples, gsize n_samples,
                         gint64 now_us);
/* Fills in the levels and for how long it has been silent, and begins anew. */
void ac_level_meter_read (AcLevelMeter *self, gint64 now_us, AcWireHealth *health);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcLevelMeter, ac_level_meter_free)
