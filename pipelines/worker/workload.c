#include "workload.h"

#include "shedder.h"

GST_DEBUG_CATEGORY_STATIC (workload_debug);
#define GST_CAT_DEFAULT workload_debug

/* Pixels a second that x264 superfast makes with a thousandth of a core, about: for
 * renditions that were not measured yet. */
#define PIXELS_PER_MILLICORE 100000

typedef struct {
  AcEncoderLoad last;     /* at the last health */
  AcRenditionHealth told; /* in it */
  guint32 cost_millicores;
} Rendition;

struct _AcWorkload {
  AcWorkloadSetup setup;
  AcShedder shedder;
  Rendition renditions[AC_MAX_TRACKS];
  guint n_renditions;
  gint64 measured_us; /* 0: not yet */
};

AcWorkload *
ac_workload_new (const AcWorkloadSetup *setup)
{
  static gsize once = 0;
  AcWorkload *self = g_new0 (AcWorkload, 1);

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (workload_debug, "acworkload", 0, "shedding");
    g_once_init_leave (&once, 1);
  }
  self->setup = *setup;
  self->n_renditions = setup->plan.n_renditions;
  ac_shedder_init (&self->shedder, self->n_renditions);
  for (guint i = 0; i < self->n_renditions; i++) {
    const AcRendition *rendition = &setup->plan.renditions[i];

    self->renditions[i].cost_millicores =
        rendition->width * rendition->height * setup->grid.frame_rate /
            rendition->divisor / PIXELS_PER_MILLICORE +
        1;
    g_strlcpy (self->renditions[i].told.name, rendition->name,
               sizeof self->renditions[i].told.name);
  }
  return self;
}

void
ac_workload_free (AcWorkload *self)
{
  g_free (self);
}

/* The encoders behind the pump, and the pump behind the clock. */
static guint
lag_ms (AcWorkload *self, gint64 now_us)
{
  AcPumpStatus status;

  ac_pump_status (self->setup.pump, &status);
  return ac_assembler_lag_ms (self->setup.assembler) +
         (status.next_tick_us != 0
              ? (guint)(MAX (now_us - status.next_tick_us, 0) / 1000)
              : 0);
}

void
ac_workload_step (AcWorkload *self, gint64 now_us, guint32 spare_millicores)
{
  AcShedderInput input = { .now_us = now_us,
                           .lag_ms = lag_ms (self, now_us),
                           .spare_millicores = spare_millicores };

  if (!self->setup.shedding)
    return;
  for (guint i = 0; i < self->n_renditions; i++)
    /* What is not encoded costs nothing, and there is nothing to shed. */
    input.cost_millicores[i] = ac_ladder_is_left_out (self->setup.ladder, i)
                                   ? 0
                                   : self->renditions[i].cost_millicores;
  if (!ac_shedder_step (&self->shedder, &input))
    return;
  GST_WARNING ("%u ms behind, %u millicores to spare: left out are now %#x",
               input.lag_ms, spare_millicores, self->shedder.closed);
  ac_ladder_set_closed (self->setup.ladder, self->shedder.closed);
}

static gboolean
is_closed (const AcWorkload *self, guint rendition)
{
  return (self->shedder.closed & (1u << rendition)) != 0;
}

static void
measure (AcWorkload *self, guint index, gint64 passed_us)
{
  Rendition *rendition = &self->renditions[index];
  AcRenditionHealth *told = &rendition->told;
  guint64 n_frames, busy_us, cpu_us;
  guint64 frames_per_s =
      self->setup.grid.frame_rate / self->setup.plan.renditions[index].divisor;
  AcEncoderLoad load;

  ac_ladder_load (self->setup.ladder, index, &load);
  n_frames = load.n_frames - rendition->last.n_frames;
  busy_us = (guint64)(load.busy_us - rendition->last.busy_us);
  cpu_us = (guint64)(load.cpu_us - rendition->last.cpu_us);
  told->alive = !is_closed (self, index);
  told->bits_per_second = (guint32)((load.n_bytes - rendition->last.n_bytes) * 8 *
                                    G_USEC_PER_SEC / (guint64)passed_us);
  told->cpu_millicores = (guint32)(cpu_us * 1000 / (guint64)passed_us);
  told->speed_percent =
      busy_us > 0 ? (guint32)(n_frames * 100 * G_USEC_PER_SEC / frames_per_s / busy_us)
                  : 0;
  told->encode_p50_us = n_frames > 0 ? load.p50_us : 0;
  told->encode_p95_us = n_frames > 0 ? load.p95_us : 0;
  /* Per frame that came out, since a starved encoder's share says little. */
  if (n_frames > 0 && cpu_us > 0)
    rendition->cost_millicores =
        (guint32)MAX (cpu_us * frames_per_s / n_frames / 1000, 1);
  rendition->last = load;
}

void
ac_workload_health (AcWorkload *self, gint64 now_us, AcWireHealth *health)
{
  gint64 passed_us = now_us - self->measured_us;

  health->encoder_lag_ms = lag_ms (self, now_us);
  health->frames_waiting = ac_assembler_lag (self->setup.assembler);
  health->slots_waiting = ac_assembler_slots_waiting (self->setup.assembler);
  health->sheds = self->shedder.n_sheds;
  g_strlcpy (health->encoder, self->setup.encoder->element, sizeof health->encoder);
  health->n_renditions = self->n_renditions;
  for (guint i = 0; i < self->n_renditions; i++) {
    const AcRenditionHealth *told = &self->renditions[i].told;

    if (self->measured_us != 0 && passed_us > 0)
      measure (self, i, passed_us);
    health->renditions[i] = *told;
    health->renditions[i].alive = !is_closed (self, i);
    if (is_closed (self, i))
      health->renditions_shed++;
    else
      health->renditions_alive++;
    if (told->speed_percent > 0 &&
        (health->encoder_speed_percent == 0 ||
         told->speed_percent < health->encoder_speed_percent))
      health->encoder_speed_percent = told->speed_percent;
  }
  self->measured_us = now_us;
}
