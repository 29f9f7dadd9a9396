#include "slice.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

/* sched_setattr(2), which glibc 2.36 does not declare; the first version of it. */
typedef struct {
  guint32 size, policy;
  guint64 flags;
  gint32 nice;
  guint32 priority;
  guint64 runtime, deadline, period; /* ns; of SCHED_OTHER the first is the slice */
} Attributes;

G_STATIC_ASSERT (sizeof (Attributes) == 48);

gboolean
ac_slice_shorten (void)
{
  const guint64 wanted = AC_SLICE_US * G_GUINT64_CONSTANT (1000);
  Attributes attributes = { .size = sizeof attributes };

  if (syscall (SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0)
    return FALSE;
  /* Whoever runs us as something else knows why. */
  if (attributes.policy != SCHED_OTHER)
    return FALSE;
  attributes.runtime = wanted;
  if (syscall (SYS_sched_setattr, 0, &attributes, 0) != 0 ||
      syscall (SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0)
    return FALSE;
  return attributes.runtime == wanted;
}
