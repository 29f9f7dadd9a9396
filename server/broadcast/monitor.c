#include "monitor.h"

#include "admission.h"
#include "clock.h"
#include "cpu_meter.h"
#include "health_text.h"
#include "log.h"

#define MAX_CPU_PERCENT 90
/* A worker shows in the machine's figures, an average over some seconds, by then. */
#define YOUNG_MS 10000
/* How long one lesson is offered what the machine has to spare. */
#define OFFER_MS 60000
#define FORGET_MS (60 * 60 * 1000) /* of a lesson that is over */
#define SAY_EVERY_MS 2000          /* what a lesson leaves out */

typedef struct {
  AcHealthHistory *history; /* never empty */
  gint64 taken_ms;          /* when the last sample came */
  gchar *said;              /* what is left out, as the log has it; "": nothing */
  gint64 said_ms;
} Lesson;

struct _AcMonitor {
  AcMonitorPolicy policy;
  GHashTable *live;
  AcCpuMeter *meter;
  GHashTable *lessons; /* lesson (gint64) -> Lesson: those that told their health */
  GHashTable *costs;   /* lesson (gint64) -> millicores of its worker */
  gint64 offered;      /* lesson; 0: none */
  gint64 offered_ms;   /* since when */
  gint64 now_ms;       /* of the last tick */
  gchar *refusal;      /* of the last that was not let in */
  guint64 n_refused;
};

static void
lesson_free (gpointer data)
{
  Lesson *self = data;

  ac_health_history_free (self->history);
  g_free (self->said);
  g_free (self);
}

AcMonitor *
ac_monitor_new (const AcMonitorPolicy *policy, const gchar *proc, GHashTable *live)
{
  AcMonitor *self = g_new0 (AcMonitor, 1);

  self->policy = *policy;
  if (self->policy.max_cpu_percent == 0)
    self->policy.max_cpu_percent = MAX_CPU_PERCENT;
  self->live = live;
  self->meter = ac_cpu_meter_new (proc);
  self->lessons =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, lesson_free);
  self->costs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->now_ms = ac_clock_monotonic_ms ();
  return self;
}

void
ac_monitor_free (AcMonitor *self)
{
  g_hash_table_unref (self->lessons);
  g_hash_table_unref (self->costs);
  ac_cpu_meter_free (self->meter);
  g_free (self->refusal);
  g_free (self);
}

/* --- the machine ------------------------------------------------------------------ */

static guint
n_shed (AcBroadcast *broadcast)
{
  const AcWireHealth *health = ac_broadcast_health (broadcast);

  return health != NULL ? health->renditions_shed : 0;
}

static gboolean
is_settled (AcBroadcast *broadcast)
{
  return ac_broadcast_worker_age_ms (broadcast) >= YOUNG_MS;
}

static void
measure_workers (AcMonitor *self)
{
  gint64 now_us = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer broadcast;

  g_hash_table_remove_all (self->costs);
  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &broadcast)) {
    gint64 lesson = ac_broadcast_lesson (broadcast);
    GPid pid = ac_broadcast_worker_pid (broadcast);

    if (pid == 0)
      continue;
    g_hash_table_insert (
        self->costs, g_memdup2 (&lesson, sizeof lesson),
        GUINT_TO_POINTER (ac_cpu_meter_process (self->meter, pid, now_us)));
  }
}

/* Returns: the lesson after the present one, by number, that leaves something out. */
static gint64
next_in_need (AcMonitor *self)
{
  gint64 first = 0, next = 0;
  GHashTableIter iter;
  gpointer broadcast;

  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &broadcast)) {
    gint64 lesson = ac_broadcast_lesson (broadcast);

    if (n_shed (broadcast) == 0)
      continue;
    if (first == 0 || lesson < first)
      first = lesson;
    if (lesson > self->offered && (next == 0 || lesson < next))
      next = lesson;
  }
  return next != 0 ? next : first;
}

static void
choose_offered (AcMonitor *self)
{
  AcBroadcast *present = g_hash_table_lookup (self->live, &self->offered);

  if (present != NULL && n_shed (present) > 0 &&
      self->now_ms - self->offered_ms < OFFER_MS)
    return;
  self->offered = next_in_need (self);
  self->offered_ms = self->now_ms;
}

/* What may be used, less what is used. */
static guint32
spare (AcMonitor *self)
{
  guint32 kept_free = (guint32)((guint64)ac_cpu_meter_cores (self->meter) *
                                (100 - self->policy.max_cpu_percent) / 100);
  guint32 idle = ac_cpu_meter_idle (self->meter);

  return idle > kept_free ? idle - kept_free : 0;
}

static void
tell_workers (AcMonitor *self)
{
  GHashTableIter iter;
  gpointer broadcast;

  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &broadcast))
    ac_broadcast_tell_machine (
        broadcast, ac_broadcast_lesson (broadcast) == self->offered ? spare (self) : 0);
}

static gboolean
is_forgotten (gpointer number, gpointer lesson, gpointer user_data)
{
  AcMonitor *self = user_data;

  return !g_hash_table_contains (self->live, number) &&
         ((Lesson *)lesson)->taken_ms + FORGET_MS < self->now_ms;
}

void
ac_monitor_tick (AcMonitor *self, gint64 now_ms)
{
  self->now_ms = now_ms;
  ac_cpu_meter_sample (self->meter);
  measure_workers (self);
  choose_offered (self);
  tell_workers (self);
  g_hash_table_foreach_remove (self->lessons, is_forgotten, self);
}

const gchar *
ac_monitor_admit (AcMonitor *self)
{
  AcAdmissionFacts facts = {
    .cores_millicores = ac_cpu_meter_cores (self->meter),
    .idle_millicores = ac_cpu_meter_idle (self->meter),
    .max_cpu_percent = self->policy.max_cpu_percent,
  };
  guint64 sum = 0;
  guint n_settled = 0;
  GHashTableIter iter;
  gpointer broadcast;

  if (!self->policy.admission)
    return NULL;
  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &broadcast)) {
    gint64 lesson = ac_broadcast_lesson (broadcast);

    if (ac_broadcast_worker_pid (broadcast) == 0)
      continue;
    facts.n_running++;
    facts.n_shed += n_shed (broadcast);
    if (is_settled (broadcast)) {
      n_settled++;
      sum += GPOINTER_TO_UINT (g_hash_table_lookup (self->costs, &lesson));
    }
  }
  facts.n_young = facts.n_running - n_settled;
  facts.lesson_millicores = n_settled > 0 ? (guint32)(sum / n_settled) : 0;
  g_free (self->refusal);
  self->refusal = ac_admission_refuse (&facts);
  if (self->refusal != NULL)
    self->n_refused++;
  return self->refusal;
}

/* --- lessons ---------------------------------------------------------------------- */

static Lesson *
lesson_of (AcMonitor *self, gint64 number)
{
  Lesson *lesson = g_hash_table_lookup (self->lessons, &number);

  if (lesson == NULL) {
    lesson = g_new0 (Lesson, 1);
    lesson->history = ac_health_history_new ();
    lesson->said = g_strdup ("");
    lesson->said_ms = self->now_ms - SAY_EVERY_MS;
    g_hash_table_insert (self->lessons, g_memdup2 (&number, sizeof number), lesson);
  }
  return lesson;
}

static void
name_shed (const AcWireHealth *health, GString *out)
{
  for (guint i = 0; i < health->n_renditions; i++)
    if (!health->renditions[i].alive)
      g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "",
                              health->renditions[i].name);
}

/* Says what is being left out when that is not what was said. */
static void
log_shed (AcMonitor *self, gint64 number, Lesson *lesson, const AcWireHealth *now)
{
  g_autoptr (GString) shed = g_string_new (NULL);

  name_shed (now, shed);
  if (g_str_equal (shed->str, lesson->said) ||
      self->now_ms - lesson->said_ms < SAY_EVERY_MS)
    return;
  if (shed->len > 0)
    ac_log (G_LOG_LEVEL_WARNING, number,
            "the machine is too slow: %s is left out (encoders %u ms behind)",
            shed->str, now->encoder_lag_ms);
  else
    ac_log (G_LOG_LEVEL_MESSAGE, number, "%s is back: nothing is left out",
            lesson->said);
  g_free (lesson->said);
  lesson->said = g_string_free (g_steal_pointer (&shed), FALSE);
  lesson->said_ms = self->now_ms;
}

static const gchar *
way_in (const AcFeedInfo *info)
{
  static const gchar *const names[AC_N_SOURCE_KINDS] = {
    [AC_SOURCE_FLV] = "rtmp",  [AC_SOURCE_TS] = "srt",      [AC_SOURCE_PULL] = "pull",
    [AC_SOURCE_FILE] = "file", [AC_SOURCE_WEBRTC] = "whip",
  };

  return info != NULL ? names[info->source.kind] : "";
}

const AcHealthSample *
ac_monitor_take (AcMonitor *self, AcBroadcast *broadcast)
{
  gint64 number = ac_broadcast_lesson (broadcast);
  Lesson *lesson = lesson_of (self, number);
  const AcFeedInfo *info = ac_broadcast_on_air (broadcast);
  AcHealthSample sample = {
    .at_ms = ac_clock_wall_ms (),
    .worker = *ac_broadcast_health (broadcast),
    .backup = info != NULL && info->backup,
    .worker_restarts = ac_broadcast_worker_restarts (broadcast),
  };

  g_strlcpy (sample.way_in, way_in (info), sizeof sample.way_in);
  if (ac_broadcast_source_fault (broadcast) != NULL)
    g_strlcpy (sample.source_fault, ac_broadcast_source_fault (broadcast),
               sizeof sample.source_fault);
  if (info != NULL && info->link != NULL)
    sample.has_link = info->link (info->owner, &sample.link);
  log_shed (self, number, lesson, &sample.worker);
  lesson->taken_ms = self->now_ms;
  ac_health_history_add (lesson->history, &sample);
  return ac_health_history_get (lesson->history,
                                ac_health_history_length (lesson->history) - 1);
}

GBytes *
ac_monitor_history (AcMonitor *self, gint64 number, gint64 since_ms)
{
  const Lesson *lesson = g_hash_table_lookup (self->lessons, &number);

  return ac_health_text_history (number, lesson != NULL ? lesson->history : NULL,
                                 since_ms);
}

static void
append_machine (AcMonitor *self, GString *out)
{
  ac_health_text_family (out, "machine_cpu_cores", "gauge",
                         "Processor cores of the machine.");
  g_string_append_printf (out, "airclass_machine_cpu_cores %u\n",
                          ac_cpu_meter_cores (self->meter) / 1000);
  ac_health_text_family (out, "machine_cpu_idle_cores", "gauge",
                         "Processor cores that nobody uses.");
  g_string_append_printf (out, "airclass_machine_cpu_idle_cores %u.%03u\n",
                          ac_cpu_meter_idle (self->meter) / 1000,
                          ac_cpu_meter_idle (self->meter) % 1000);
  ac_health_text_family (out, "lessons_not_admitted_total", "counter",
                         "Lessons refused because the machine cannot carry them.");
  g_string_append_printf (out,
                          "airclass_lessons_not_admitted_total %" G_GUINT64_FORMAT "\n",
                          self->n_refused);
}

static void
append_costs (AcMonitor *self, GString *out)
{
  GHashTableIter iter;
  gpointer lesson, cost;

  ac_health_text_family (out, "worker_cpu_cores", "gauge",
                         "Processor cores that a lesson's worker takes.");
  g_hash_table_iter_init (&iter, self->costs);
  while (g_hash_table_iter_next (&iter, &lesson, &cost))
    g_string_append_printf (
        out, "airclass_worker_cpu_cores{lesson=\"%" G_GINT64_FORMAT "\"} %u.%03u\n",
        *(gint64 *)lesson, GPOINTER_TO_UINT (cost) / 1000,
        GPOINTER_TO_UINT (cost) % 1000);
}

void
ac_monitor_metrics (AcMonitor *self, GString *out)
{
  g_autoptr (GArray) told = g_array_new (FALSE, FALSE, sizeof (AcLessonHealth));
  GHashTableIter iter;
  gpointer broadcast;

  append_machine (self, out);
  append_costs (self, out);
  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &broadcast)) {
    gint64 number = ac_broadcast_lesson (broadcast);
    const Lesson *lesson = g_hash_table_lookup (self->lessons, &number);
    AcLessonHealth it = { number };

    if (lesson == NULL || ac_broadcast_health (broadcast) == NULL)
      continue;
    it.sample = ac_health_history_get (lesson->history,
                                       ac_health_history_length (lesson->history) - 1);
    g_array_append_val (told, it);
  }
  ac_health_text_metrics (out, told);
}
