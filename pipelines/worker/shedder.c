#include "shedder.h"

#define NONE G_MAXUINT

void
ac_shedder_init (AcShedder *self, guint n_renditions)
{
  *self = (AcShedder){ .n_renditions = MIN (n_renditions, AC_MAX_TRACKS) };
  for (guint i = 0; i < self->n_renditions; i++)
    self->renditions[i].hold_us = AC_SHEDDER_HOLD_US;
}

static gboolean
is_closed (const AcShedder *self, guint rendition)
{
  return (self->closed & (1u << rendition)) != 0;
}

/* Returns: the open rendition that costs most, NONE when none may go. */
static guint
costliest_open (const AcShedder *self, const AcShedderInput *input)
{
  guint found = NONE;

  for (guint i = 0; i + 1 < self->n_renditions; i++)
    if (!is_closed (self, i) && input->cost_millicores[i] > 0 &&
        (found == NONE || input->cost_millicores[i] > input->cost_millicores[found]))
      found = i;
  return found;
}

static guint
cheapest_closed (const AcShedder *self, const AcShedderInput *input)
{
  guint found = NONE;

  for (guint i = 0; i < self->n_renditions; i++)
    if (is_closed (self, i) &&
        (found == NONE || input->cost_millicores[i] < input->cost_millicores[found]))
      found = i;
  return found;
}

/* Returns: since when @condition lasts. */
static gint64
lasting (gboolean condition, gint64 since_us, gint64 now_us)
{
  if (!condition)
    return 0;
  return since_us != 0 ? since_us : now_us;
}

static gboolean
shed (AcShedder *self, const AcShedderInput *input)
{
  guint rendition = costliest_open (self, input);
  AcShedderRendition *state;

  if (rendition == NONE)
    return FALSE;
  state = &self->renditions[rendition];
  if (state->returned_us != 0 &&
      input->now_us - state->returned_us < AC_SHEDDER_RELAPSE_US)
    state->hold_us = MIN (state->hold_us * 2, AC_SHEDDER_HOLD_MAX_US);
  else
    state->hold_us = AC_SHEDDER_HOLD_US;
  self->closed |= 1u << rendition;
  self->n_sheds++;
  return TRUE;
}

static gboolean
is_overloaded (AcShedder *self, const AcShedderInput *input)
{
  self->over_since_us =
      lasting (input->lag_ms >= AC_SHEDDER_LAG_MS, self->over_since_us, input->now_us);
  return input->lag_ms >= AC_SHEDDER_LAG_MAX_MS ||
         (self->over_since_us != 0 &&
          input->now_us - self->over_since_us >= AC_SHEDDER_LAG_HOLD_US);
}

static gboolean
take_back (AcShedder *self, const AcShedderInput *input)
{
  guint rendition = cheapest_closed (self, input);
  gboolean calm;

  if (rendition == NONE)
    return FALSE;
  calm = input->lag_ms < AC_SHEDDER_CALM_MS &&
         input->spare_millicores >= input->cost_millicores[rendition] * 5 / 4;
  self->calm_since_us = lasting (calm, self->calm_since_us, input->now_us);
  if (!calm ||
      input->now_us - self->calm_since_us < self->renditions[rendition].hold_us)
    return FALSE;
  self->closed &= ~(1u << rendition);
  self->renditions[rendition].returned_us = input->now_us;
  return TRUE;
}

/* Whether the last change has not had time to tell. */
static gboolean
is_settling (const AcShedder *self, const AcShedderInput *input)
{
  gint64 settle_us = input->lag_ms >= AC_SHEDDER_URGENT_MS ? AC_SHEDDER_URGENT_US
                                                           : AC_SHEDDER_SETTLE_US;

  return self->changed_us != 0 && input->now_us - self->changed_us < settle_us;
}

gboolean
ac_shedder_step (AcShedder *self, const AcShedderInput *input)
{
  gboolean overloaded = is_overloaded (self, input);
  gboolean changed;

  if (is_settling (self, input))
    return FALSE;
  changed = overloaded ? shed (self, input) : take_back (self, input);
  if (overloaded || changed)
    self->calm_since_us = 0;
  if (changed) {
    self->over_since_us = 0;
    self->changed_us = input->now_us;
  }
  return changed;
}
