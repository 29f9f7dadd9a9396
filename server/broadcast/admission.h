/* admission.h - whether the machine can carry one more lesson.
 *
 * The first lesson is always let in: renditions are left out when it is too much. A
 * further one must not spoil those that run: it is refused when they and it would take
 * more than max-cpu of the machine, or when renditions are being left out already.
 * What a lesson takes is what the running ones take; one that has just begun does not
 * show in the machine's figures yet and is added.
 *
 * Threads: any; no state. */
#pragma once

#include <glib.h>

/* What a lesson takes until one was measured: the whole ladder of 720p at 25 fps. */
#define AC_ADMISSION_LESSON_MILLICORES 600

typedef struct {
  guint32 cores_millicores;  /* of the machine; 0: not known, all are let in */
  guint32 idle_millicores;   /* over the last seconds */
  guint n_running;           /* lessons with a worker */
  guint n_young;             /* of these, too young to show */
  guint32 lesson_millicores; /* what one takes, on the average; 0: not known */
  guint n_shed;              /* renditions that are being left out */
  guint max_cpu_percent;
} AcAdmissionFacts;

/* Returns: (transfer full) (nullable): NULL: let it in; else why not, one English
 * sentence for the encoder's user. */
gchar *ac_admission_refuse (const AcAdmissionFacts *facts);
