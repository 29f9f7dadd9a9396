#include "load_figures.h"

static const gchar *const phase_names[] = { "join", "steady", "restart", "again" };
static const gchar *const delay_names[] = { "ack", "welcome", "line" };
static const gchar *const type_names[] = { "ack",      "welcome", "retry",
                                           "presence", "events",  "other" };

typedef struct {
  gint64 began_us, ended_us;
  GArray *delays_ms[LOAD_DELAYS]; /* gfloat */
  guint64 messages[LOAD_TYPES], bytes;
  guint64 second_messages, peak_messages; /* in a second */
  gint64 second;
} Phase;

struct _LoadFigures {
  LoadPhase phase;
  Phase phases[LOAD_PHASES];
};

LoadFigures *
load_figures_new (void)
{
  LoadFigures *self = g_new0 (LoadFigures, 1);

  for (guint i = 0; i < LOAD_PHASES; i++)
    for (guint kind = 0; kind < LOAD_DELAYS; kind++)
      self->phases[i].delays_ms[kind] = g_array_new (FALSE, FALSE, sizeof (gfloat));
  return self;
}

void
load_figures_begin (LoadFigures *self, LoadPhase phase, gint64 now_us)
{
  self->phases[self->phase].ended_us = now_us;
  self->phase = phase;
  self->phases[phase].began_us = now_us;
}

LoadPhase
load_figures_phase (LoadFigures *self)
{
  return self->phase;
}

static gboolean
touches_restart (const LoadFigures *self, gint64 from_us)
{
  const Phase *restart = &self->phases[LOAD_RESTART];

  return self->phase == LOAD_RESTART ||
         (self->phase == LOAD_AGAIN && from_us < restart->ended_us);
}

void
load_figures_delay (LoadFigures *self, LoadDelay kind, gint64 from_us, gint64 now_us)
{
  LoadPhase phase = touches_restart (self, from_us) ? LOAD_RESTART : self->phase;
  gfloat delay_ms = (gfloat)(now_us - from_us) / 1000;

  g_array_append_val (self->phases[phase].delays_ms[kind], delay_ms);
}

void
load_figures_message (LoadFigures *self, LoadType type, gsize bytes, gint64 now_us)
{
  Phase *phase = &self->phases[self->phase];

  if (now_us / G_USEC_PER_SEC != phase->second) {
    phase->second = now_us / G_USEC_PER_SEC;
    phase->second_messages = 0;
  }
  phase->messages[type]++;
  phase->bytes += bytes;
  phase->peak_messages = MAX (phase->peak_messages, ++phase->second_messages);
}

/* --- Telling --- */

static gint
compare_floats (gconstpointer a, gconstpointer b)
{
  gfloat x = *(const gfloat *)a, y = *(const gfloat *)b;

  return (x > y) - (x < y);
}

static gdouble
at_permille (const GArray *sorted, guint permille)
{
  return g_array_index (sorted, gfloat,
                        (guint)((guint64)(sorted->len - 1) * permille / 1000));
}

static void
append_delays (GString *out, const gchar *name, GArray *delays)
{
  g_array_sort (delays, compare_floats);
  g_string_append_printf (out, ",\"%s\":{\"count\":%u", name, delays->len);
  if (delays->len > 0)
    g_string_append_printf (
        out, ",\"p50_ms\":%.1f,\"p95_ms\":%.1f,\"p99_ms\":%.1f,\"max_ms\":%.1f",
        at_permille (delays, 500), at_permille (delays, 950), at_permille (delays, 990),
        at_permille (delays, 1000));
  g_string_append_c (out, '}');
}

void
load_figures_append_json (LoadFigures *self, GString *out, gint64 now_us)
{
  self->phases[self->phase].ended_us = now_us;
  for (guint i = 0; i < LOAD_PHASES; i++) {
    Phase *phase = &self->phases[i];

    g_string_append_printf (out,
                            "%s\"%s\":{\"seconds\":%.3f,\"bytes\":%" G_GUINT64_FORMAT
                            ",\"peak_messages_s\":%" G_GUINT64_FORMAT,
                            i > 0 ? "," : "{", phase_names[i],
                            (gdouble)(phase->ended_us - phase->began_us) /
                                G_USEC_PER_SEC,
                            phase->bytes, phase->peak_messages);
    for (guint kind = 0; kind < LOAD_DELAYS; kind++)
      append_delays (out, delay_names[kind], phase->delays_ms[kind]);
    for (guint type = 0; type < LOAD_TYPES; type++)
      g_string_append_printf (out, "%s\"%s\":%" G_GUINT64_FORMAT,
                              type > 0 ? "," : ",\"messages\":{", type_names[type],
                              phase->messages[type]);
    g_string_append (out, "}}");
  }
  g_string_append_c (out, '}');
}
