#include "health_history.h"

struct _AcHealthHistory {
  GArray *samples; /* AcHealthSample; a ring once it is full */
  guint first;     /* of the ring */
};

AcHealthHistory *
ac_health_history_new (void)
{
  AcHealthHistory *self = g_new0 (AcHealthHistory, 1);

  self->samples = g_array_new (FALSE, FALSE, sizeof (AcHealthSample));
  return self;
}

void
ac_health_history_free (AcHealthHistory *self)
{
  g_array_unref (self->samples);
  g_free (self);
}

static AcHealthSample *
at (AcHealthHistory *self, guint nth)
{
  return &g_array_index (self->samples, AcHealthSample,
                         (self->first + nth) % self->samples->len);
}

void
ac_health_history_add (AcHealthHistory *self, const AcHealthSample *sample)
{
  AcHealthSample own = *sample;
  guint length = self->samples->len;

  if (length > 0)
    own.at_ms = MAX (own.at_ms, at (self, length - 1)->at_ms);
  if (length < AC_HEALTH_HISTORY_MAX) {
    g_array_append_val (self->samples, own);
    return;
  }
  *at (self, 0) = own;
  self->first = (self->first + 1) % length;
}

guint
ac_health_history_length (AcHealthHistory *self)
{
  return self->samples->len;
}

const AcHealthSample *
ac_health_history_get (AcHealthHistory *self, guint nth)
{
  return at (self, nth);
}

guint
ac_health_history_find (AcHealthHistory *self, gint64 since_ms)
{
  guint low = 0, high = self->samples->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (at (self, middle)->at_ms <= since_ms)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}
