#include "cpu_meter.h"

#include <string.h>
#include <unistd.h>

/* Columns of the line "cpu" (proc_stat(5)): user nice system idle iowait ... steal */
#define N_COLUMNS 8
#define IDLE 3
#define IOWAIT 4
/* Fields of /proc/PID/stat behind the name (proc_pid_stat(5)): state is the third. */
#define UTIME (14 - 3)
#define STIME (15 - 3)

typedef struct {
  guint64 all, idle; /* clock ticks, over all cores */
} Reading;

typedef struct {
  guint64 ticks;
  gint64 at_us;
  guint64 sample; /* when it was asked about last */
} Process;

struct _AcCpuMeter {
  gchar *proc;
  guint n_cores;
  Reading readings[AC_CPU_METER_WINDOW + 1]; /* a ring */
  guint64 n_samples;
  GHashTable *processes; /* pid -> Process */
};

AcCpuMeter *
ac_cpu_meter_new (const gchar *proc)
{
  AcCpuMeter *self = g_new0 (AcCpuMeter, 1);

  self->proc = g_strdup (proc);
  self->processes = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

void
ac_cpu_meter_free (AcCpuMeter *self)
{
  g_hash_table_unref (self->processes);
  g_free (self->proc);
  g_free (self);
}

/* Reads "cpu  1 2 3 ...". */
static gboolean
read_line (const gchar *line, Reading *ret_reading)
{
  Reading reading = { 0 };

  line += strcspn (line, " ");
  for (guint i = 0; i < N_COLUMNS; i++) {
    gchar *end;
    guint64 value = g_ascii_strtoull (line, &end, 10);

    if (end == line)
      return FALSE;
    reading.all += value;
    if (i == IDLE || i == IOWAIT)
      reading.idle += value;
    line = end;
  }
  *ret_reading = reading;
  return TRUE;
}

static gboolean
drop_forgotten (gpointer pid, gpointer process, gpointer user_data)
{
  AcCpuMeter *self = user_data;

  return ((Process *)process)->sample + 1 < self->n_samples;
}

void
ac_cpu_meter_sample (AcCpuMeter *self)
{
  g_autofree gchar *path = g_build_filename (self->proc, "stat", NULL);
  g_autofree gchar *text = NULL;
  Reading reading;
  guint n_cores = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL) || !read_line (text, &reading))
    return;
  for (const gchar *line = strchr (text, '\n');
       line != NULL && g_str_has_prefix (line, "\ncpu"); line = strchr (line + 1, '\n'))
    n_cores++;
  self->n_cores = n_cores;
  self->readings[self->n_samples % G_N_ELEMENTS (self->readings)] = reading;
  self->n_samples++;
  g_hash_table_foreach_remove (self->processes, drop_forgotten, self);
}

guint32
ac_cpu_meter_cores (AcCpuMeter *self)
{
  return self->n_cores * 1000;
}

guint32
ac_cpu_meter_idle (AcCpuMeter *self)
{
  guint64 n = MIN (self->n_samples, G_N_ELEMENTS (self->readings));
  const Reading *first, *last;

  if (n < 2)
    return 0;
  first = &self->readings[(self->n_samples - n) % G_N_ELEMENTS (self->readings)];
  last = &self->readings[(self->n_samples - 1) % G_N_ELEMENTS (self->readings)];
  /* Idle time may step back a little (proc_stat(5)). */
  if (last->all <= first->all || last->idle <= first->idle)
    return 0;
  return (guint32)((last->idle - first->idle) * self->n_cores * 1000 /
                   (last->all - first->all));
}

/* The name in brackets may hold anything, brackets too. */
static gboolean
read_process (const gchar *text, guint64 *ret_ticks)
{
  const gchar *behind = strrchr (text, ')');
  g_auto (GStrv) fields = NULL;

  if (behind == NULL || behind[1] == '\0')
    return FALSE;
  fields = g_strsplit (behind + 2, " ", STIME + 2);
  if (g_strv_length (fields) <= STIME)
    return FALSE;
  *ret_ticks = g_ascii_strtoull (fields[UTIME], NULL, 10) +
               g_ascii_strtoull (fields[STIME], NULL, 10);
  return TRUE;
}

guint32
ac_cpu_meter_process (AcCpuMeter *self, GPid pid, gint64 now_us)
{
  g_autofree gchar *path = g_strdup_printf ("%s/%d/stat", self->proc, pid);
  Process *process = g_hash_table_lookup (self->processes, GINT_TO_POINTER (pid));
  g_autofree gchar *text = NULL;
  guint64 ticks, took = 0;
  gint64 passed_us = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL) || !read_process (text, &ticks))
    return 0;
  if (process == NULL) {
    process = g_new0 (Process, 1);
    g_hash_table_insert (self->processes, GINT_TO_POINTER (pid), process);
  } else if (ticks >= process->ticks) {
    took = ticks - process->ticks;
    passed_us = now_us - process->at_us;
  }
  *process = (Process){ ticks, now_us, self->n_samples };
  if (passed_us <= 0)
    return 0;
  return (guint32)(took * 1000 * G_USEC_PER_SEC / (guint64)sysconf (_SC_CLK_TCK) /
                   (guint64)passed_us);
}
