/* The meter on a /proc of our own, and on the real one. */
#include "cpu_meter.h"

#include <glib/gstdio.h>
#include <unistd.h>

typedef struct {
  gchar *proc;
  AcCpuMeter *meter;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->proc = g_dir_make_tmp ("airclass-proc-XXXXXX", NULL);
  g_assert_nonnull (self->proc);
  self->meter = ac_cpu_meter_new (self->proc);
}

static void
write_file (Fixture *self, const gchar *name, const gchar *text)
{
  g_autofree gchar *path = g_build_filename (self->proc, name, NULL);
  g_autofree gchar *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  static const gchar *const names[] = { "stat", "42/stat", "42" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_build_filename (self->proc, names[i], NULL);

    g_remove (path);
  }
  g_rmdir (self->proc);
  ac_cpu_meter_free (self->meter);
  g_free (self->proc);
}

/* Two cores of which so many of a hundred ticks a second were busy in all. */
static void
pass_second (Fixture *self, guint *at, guint *busy, guint percent)
{
  g_autofree gchar *text = NULL;

  *at += 1;
  *busy += percent;
  text = g_strdup_printf ("cpu  %u 0 0 %u 0 0 0 0 0 0\ncpu0 1 2 3 4 5 6 7 8\n"
                          "cpu1 1 2 3 4 5 6 7 8\nintr 5\n",
                          1000 + *busy, 9000 + *at * 200 - *busy);
  write_file (self, "stat", text);
  ac_cpu_meter_sample (self->meter);
}

static void
test_idle (Fixture *self, gconstpointer data)
{
  guint at = 0, busy = 0;

  g_assert_cmpuint (ac_cpu_meter_idle (self->meter), ==, 0);
  pass_second (self, &at, &busy, 0);
  g_assert_cmpuint (ac_cpu_meter_cores (self->meter), ==, 2000);
  g_assert_cmpuint (ac_cpu_meter_idle (self->meter), ==, 0); /* nothing to compare */
  pass_second (self, &at, &busy, 50);
  g_assert_cmpuint (ac_cpu_meter_idle (self->meter), ==, 1500);
  for (guint i = 0; i < 5; i++)
    pass_second (self, &at, &busy, 200);
  g_assert_cmpuint (ac_cpu_meter_idle (self->meter), ==, 0);
  pass_second (self, &at, &busy, 100);
  g_assert_cmpuint (ac_cpu_meter_idle (self->meter), ==, 200); /* a fifth of 1,000 */
}

static void
test_bad_files (Fixture *self, gconstpointer data)
{
  static const gchar *const texts[] = { "", "cpu", "cpu  1 2 3\n", "nonsense" };

  ac_cpu_meter_sample (self->meter); /* none */
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    write_file (self, "stat", texts[i]);
    ac_cpu_meter_sample (self->meter);
    write_file (self, "42/stat", texts[i]);
    g_assert_cmpuint (ac_cpu_meter_process (self->meter, 42, 1), ==, 0);
  }
  g_assert_cmpuint (ac_cpu_meter_cores (self->meter), ==, 0);
  g_assert_cmpuint (ac_cpu_meter_idle (self->meter), ==, 0);
}

static void
process_has (Fixture *self, guint64 ticks)
{
  g_autofree gchar *text = g_strdup_printf (
      "42 (a) b) S 1 42 42 0 -1 4194304 9 0 0 0 %" G_GUINT64_FORMAT " 7 0 0 20 0\n",
      ticks);

  write_file (self, "42/stat", text);
}

static void
test_process (Fixture *self, gconstpointer data)
{
  guint64 hertz = (guint64)sysconf (_SC_CLK_TCK);

  process_has (self, 1000);
  g_assert_cmpuint (ac_cpu_meter_process (self->meter, 42, G_USEC_PER_SEC), ==, 0);
  process_has (self, 1000 + hertz);
  g_assert_cmpuint (ac_cpu_meter_process (self->meter, 42, 3 * G_USEC_PER_SEC), ==,
                    500);
  g_assert_cmpuint (ac_cpu_meter_process (self->meter, 43, 3 * G_USEC_PER_SEC), ==, 0);
  process_has (self, 5); /* another process by now */
  g_assert_cmpuint (ac_cpu_meter_process (self->meter, 42, 4 * G_USEC_PER_SEC), ==, 0);
}

/* This process spins: that is seen. */
static void
test_real (void)
{
  g_autoptr (AcCpuMeter) meter = ac_cpu_meter_new ("/proc");
  gint64 start_us = g_get_monotonic_time (), end_us = start_us + G_USEC_PER_SEC / 4;
  volatile guint64 n = 0;

  ac_cpu_meter_sample (meter);
  ac_cpu_meter_process (meter, getpid (), start_us);
  while (g_get_monotonic_time () < end_us)
    n++;
  ac_cpu_meter_sample (meter);
  g_assert_cmpuint (ac_cpu_meter_cores (meter), >=, 1000);
  g_assert_cmpuint (ac_cpu_meter_process (meter, getpid (), end_us), >, 0);
  g_assert_cmpuint (ac_cpu_meter_idle (meter), <=, ac_cpu_meter_cores (meter));
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/cpu-meter/idle", Fixture, NULL, set_up, test_idle, tear_down);
  g_test_add ("/cpu-meter/bad-files", Fixture, NULL, set_up, test_bad_files, tear_down);
  g_test_add ("/cpu-meter/process", Fixture, NULL, set_up, test_process, tear_down);
  g_test_add_func ("/cpu-meter/real", test_real);
  return g_test_run ();
}
