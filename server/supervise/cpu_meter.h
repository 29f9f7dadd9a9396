/* cpu_meter.h - what the machine and its processes take, from /proc.
 *
 * All figures are in thousandths of a core, over the last AC_CPU_METER_WINDOW samples
 * for the machine and since the sample before for a process.
 *
 * Threads:   one.
 * Ownership: plain. */
#pragma once

#include <glib.h>

#define AC_CPU_METER_WINDOW 5

typedef struct _AcCpuMeter AcCpuMeter;

/* @proc: "/proc"; tests give a folder of their own */
AcCpuMeter *ac_cpu_meter_new (const gchar *proc);
void ac_cpu_meter_free (AcCpuMeter *self);

/* Looks at the machine; call it about once a second. */
void ac_cpu_meter_sample (AcCpuMeter *self);
guint32 ac_cpu_meter_cores (AcCpuMeter *self); /* in millicores; 0: not known */
/* Returns: what nobody takes; 0 before the second sample. */
guint32 ac_cpu_meter_idle (AcCpuMeter *self);
/* Looks at @pid with all its threads, and forgets those that were not asked about since
 * the sample before the last.
 * Returns: what it takes; 0 the first time, or when it is gone. */
guint32 ac_cpu_meter_process (AcCpuMeter *self, GPid pid, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcCpuMeter, ac_cpu_meter_free)
