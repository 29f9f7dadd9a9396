#include "doctor.h"

#include "daemon_link.h"
#include "daemon_settings.h"
#include "data_dir.h"
#include "installed_paths.h"
#include "json_text.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

/* The ladder of 720p takes about 0.6 cores, and others want to live too. */
#define MIN_CORES 2
/* A viewer holds one descriptor; a county has some thousands. */
#define MIN_DESCRIPTORS 65536
/* A lesson's hour is about 1.3 GB in all renditions. */
#define DISK_PROBLEM_BYTES (G_GUINT64_CONSTANT (2) << 30)
#define DISK_WARNING_BYTES (G_GUINT64_CONSTANT (20) << 30)
#define PROBE_MAX_BYTES (256 * 1024)
#define PROBE_TIMEOUT_S 90

typedef enum { FINE, WARNING, PROBLEM } State;

static const gchar *const state_names[] = { "ok", "warning", "problem" };

typedef struct {
  JsonObject *report;
  JsonArray *checks;
  gboolean healthy;
} Doctor;

/* @mend: (nullable): what to do
 * @text: (transfer full) */
static void
note (Doctor *self, const gchar *name, State state, gchar *text, const gchar *mend)
{
  JsonObject *check = json_object_new ();

  json_object_set_string_member (check, "name", name);
  json_object_set_string_member (check, "state", state_names[state]);
  json_object_set_string_member (check, "text", text);
  if (mend != NULL && state != FINE)
    json_object_set_string_member (check, "mend", mend);
  json_array_add_object_element (self->checks, check);
  self->healthy &= state != PROBLEM;
  g_free (text);
}

static void
check_processor (Doctor *self)
{
  guint n = g_get_num_processors ();

  note (self, "processor", n >= MIN_CORES ? FINE : WARNING,
        g_strdup_printf ("%u core%s", n, n == 1 ? "" : "s"),
        "a lesson's whole ladder wants two cores; with one, renditions are left out");
}

static void
check_descriptors (Doctor *self)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  if (limit.rlim_max == RLIM_INFINITY) {
    note (self, "descriptors", FINE, g_strdup ("no limit"), NULL);
    return;
  }
  note (self, "descriptors", limit.rlim_max >= MIN_DESCRIPTORS ? FINE : WARNING,
        g_strdup_printf ("%" G_GUINT64_FORMAT ", about as many viewers at once",
                         (guint64)limit.rlim_max),
        "raise the limit: LimitNOFILE=200000 in the service's unit");
}

/* What exists of the way to it tells the file system. */
static gchar *
existing_ancestor (const gchar *path)
{
  g_autofree gchar *at = g_strdup (path);

  while (!g_file_test (at, G_FILE_TEST_IS_DIR) && strcmp (at, "/") != 0 &&
         strcmp (at, ".") != 0) {
    gchar *parent = g_path_get_dirname (at);

    g_free (at);
    at = parent;
  }
  return g_steal_pointer (&at);
}

static void
check_disk (Doctor *self, const gchar *data_dir)
{
  g_autofree gchar *folder = existing_ancestor (data_dir);
  struct statvfs disk;
  g_autofree gchar *size = NULL;
  guint64 free_bytes;

  if (statvfs (folder, &disk) != 0) {
    note (self, "disk", PROBLEM, g_strdup_printf ("%s cannot be looked at", folder),
          "give a data directory on a disk with --data-dir");
    return;
  }
  free_bytes = (guint64)disk.f_bavail * disk.f_frsize;
  size = g_format_size (free_bytes);
  note (self, "disk",
        free_bytes < DISK_PROBLEM_BYTES   ? PROBLEM
        : free_bytes < DISK_WARNING_BYTES ? WARNING
                                          : FINE,
        g_strdup_printf ("%s free for %s", size, data_dir),
        "an hour of a lesson takes about 1.3 GB: make room, or put the data directory "
        "on a larger disk");
}

/* --- ports ------------------------------------------------------------------------ */

static GSocket *
socket_for (GSocketAddress *address, gboolean udp, GError **error)
{
  return g_socket_new (g_socket_address_get_family (address),
                       udp ? G_SOCKET_TYPE_DATAGRAM : G_SOCKET_TYPE_STREAM,
                       udp ? G_SOCKET_PROTOCOL_UDP : G_SOCKET_PROTOCOL_TCP, error);
}

static gboolean
can_bind (const gchar *listen, gboolean udp, GError **error)
{
  g_autoptr (GSocketConnectable) target = g_network_address_parse (listen, 0, error);
  g_autoptr (GSocketAddressEnumerator) addresses = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (target == NULL)
    return FALSE;
  addresses = g_socket_connectable_enumerate (target);
  address = g_socket_address_enumerator_next (addresses, NULL, error);
  if (address == NULL)
    return FALSE;
  socket = socket_for (address, udp, error);
  return socket != NULL && g_socket_bind (socket, address, TRUE, error);
}

static void
check_port (Doctor *self, AcSettings *settings, const gchar *key, gboolean udp,
            gboolean running)
{
  const gchar *listen = ac_settings_text (settings, key);
  g_autofree gchar *name = g_strconcat ("port ", key, NULL);
  g_autofree gchar *mend = g_strdup_printf (
      "end the program that has it, or set another address with --%s", key);
  g_autoptr (GError) error = NULL;

  if (listen == NULL)
    return;
  if (running)
    note (self, name, FINE, g_strdup_printf ("%s, held by the running daemon", listen),
          NULL);
  else if (can_bind (listen, udp, &error))
    note (self, name, FINE, g_strdup_printf ("%s can be bound", listen), NULL);
  else
    note (self, name, PROBLEM,
          g_strdup_printf ("%s cannot be bound: %s", listen, error->message), mend);
}

static void
check_ports (Doctor *self, const gchar *data_dir)
{
  g_autoptr (AcSettings) settings = ac_settings_new (ac_daemon_settings_table ());
  g_autofree gchar *config = g_build_filename (data_dir, "airclass.conf", NULL);
  g_auto (GStrv) environment = g_get_environ ();
  g_autofree gchar *admin = NULL;
  g_autoptr (GError) error = NULL;
  gboolean running = ac_daemon_find (data_dir, 0, &admin) == AC_DAEMON_RUNNING;

  if (!ac_settings_load_file (settings, config, FALSE, &error) ||
      !ac_settings_load_environment (settings, (const gchar *const *)environment,
                                     &error)) {
    note (self, "configuration", PROBLEM, g_strdup (error->message),
          "airclassd --sample-config shows what can be set");
    return;
  }
  check_port (self, settings, "listen", FALSE, running);
  check_port (self, settings, "rtmp", FALSE, running);
  check_port (self, settings, "srt", TRUE, running);
  check_port (self, settings, "admin", FALSE, running);
}

/* --- encoders --------------------------------------------------------------------- */

typedef struct {
  GMainLoop *loop;
  GBytes *out;
  GError *error;
} Wait;

static void
on_probed (GObject *process, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  g_subprocess_communicate_finish (G_SUBPROCESS (process), result, &wait->out, NULL,
                                   &wait->error);
  g_main_loop_quit (wait->loop);
}

static gboolean
on_late (gpointer process)
{
  g_subprocess_force_exit (process);
  return G_SOURCE_CONTINUE;
}

/* Returns: (transfer full) (nullable): what the worker's own probe says. */
static JsonObject *
probe (GError **error)
{
  g_autofree gchar *worker = ac_installed_worker ();
  g_autoptr (GSubprocess) process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, error, worker,
      "--probe", "all", NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Wait wait = { .loop = loop };
  JsonObject *answer = NULL;
  guint timer;

  if (process == NULL)
    return NULL;
  timer = g_timeout_add_seconds (PROBE_TIMEOUT_S, on_late, process);
  g_subprocess_communicate_async (process, NULL, NULL, on_probed, &wait);
  g_main_loop_run (loop);
  g_source_remove (timer);
  if (wait.error != NULL)
    g_propagate_error (error, wait.error);
  else
    answer = ac_json_text_parse_object (wait.out, PROBE_MAX_BYTES, error);
  g_clear_pointer (&wait.out, g_bytes_unref);
  return answer;
}

static const gchar *
text_of (JsonObject *object, const gchar *name)
{
  return json_object_get_string_member_with_default (object, name, "");
}

static gint64
int_of (JsonObject *object, const gchar *name)
{
  return json_object_get_int_member_with_default (object, name, 0);
}

/* Returns: (transfer full): why it was chosen, or not. */
static gchar *
verdict (JsonObject *encoder, const gchar *chosen)
{
  const gchar *state = text_of (encoder, "state"),
              *element = text_of (encoder, "element");
  gint64 speed = int_of (encoder, "speed_percent");

  if (strcmp (state, "absent") == 0)
    return g_strdup_printf (
        "absent: no such device, or its driver or package %s is not installed",
        text_of (encoder, "package"));
  if (strcmp (state, "failed") == 0)
    return g_strdup_printf ("failed the self-test: %s", text_of (encoder, "reason"));
  return g_strdup_printf (
      "%s: passed the self-test, %" G_GINT64_FORMAT ".%" G_GINT64_FORMAT
      " times real time at 720p, %" G_GINT64_FORMAT " %% of a core",
      strcmp (element, chosen) == 0 ? "chosen"
      : json_object_get_boolean_member_with_default (encoder, "hardware", FALSE)
          ? "not needed"
          : "spare",
      speed / 100, speed % 100 / 10, int_of (encoder, "cpu_percent"));
}

static void
check_encoders (Doctor *self, JsonObject *probed)
{
  const gchar *chosen = text_of (probed, "chosen");
  JsonArray *encoders = json_object_has_member (probed, "encoders")
                            ? json_object_get_array_member (probed, "encoders")
                            : NULL;
  gboolean usable = FALSE;

  for (guint i = 0; encoders != NULL && i < json_array_get_length (encoders); i++) {
    JsonObject *encoder = json_array_get_object_element (encoders, i);
    g_autofree gchar *text = verdict (encoder, chosen);

    json_object_set_string_member (encoder, "verdict", text);
    usable |= strcmp (text_of (encoder, "element"), chosen) == 0 &&
              strcmp (text_of (encoder, "state"), "good") == 0;
  }
  note (self, "encoder", usable ? FINE : PROBLEM,
        usable ? g_strdup_printf ("%s encodes the pictures", chosen)
               : g_strdup ("nothing here encodes H.264 well enough"),
        "install gstreamer1.0-plugins-ugly, which has x264enc");
  json_object_set_string_member (self->report, "encoder", chosen);
  if (encoders != NULL)
    json_object_set_array_member (self->report, "encoders", json_array_ref (encoders));
}

static void
check_elements (Doctor *self, JsonObject *probed)
{
  JsonArray *missing = json_object_has_member (probed, "missing")
                           ? json_object_get_array_member (probed, "missing")
                           : NULL;
  guint n = missing != NULL ? json_array_get_length (missing) : 0;

  if (n == 0)
    note (self, "gstreamer", FINE, g_strdup ("every element is there"), NULL);
  for (guint i = 0; i < n; i++) {
    JsonObject *element = json_array_get_object_element (missing, i);
    g_autofree gchar *mend =
        g_strdup_printf ("apt install %s", text_of (element, "package"));

    const gchar *use = text_of (element, "use");

    note (self, "gstreamer", use[0] == '\0' ? PROBLEM : WARNING,
          g_strdup_printf ("the element %s is missing: no %s",
                           text_of (element, "element"),
                           use[0] == '\0' ? "lesson can be made" : use),
          mend);
  }
}

static void
check_media (Doctor *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) probed = probe (&error);
  gboolean chinese;

  if (probed == NULL) {
    note (self, "worker", PROBLEM,
          g_strdup_printf ("airclass-pipeline cannot be asked: %s", error->message),
          "build or install the whole of Airclass");
    return;
  }
  check_encoders (self, probed);
  check_elements (self, probed);
  chinese = json_object_get_boolean_member_with_default (probed, "chinese", FALSE);
  note (self, "fonts", chinese ? FINE : PROBLEM,
        g_strdup (chinese ? "Chinese can be written on the slate"
                          : "no font has Chinese characters"),
        "apt install fonts-noto-cjk");
}

JsonObject *
ac_doctor_examine (const gchar *data_dir)
{
  Doctor self = { json_object_new (), json_array_new (), TRUE };

  check_processor (&self);
  check_descriptors (&self);
  check_disk (&self, data_dir);
  check_ports (&self, data_dir);
  check_media (&self);
  json_object_set_boolean_member (self.report, "healthy", self.healthy);
  json_object_set_array_member (self.report, "checks", self.checks);
  return self.report;
}

gchar *
ac_doctor_to_text (JsonObject *report)
{
  JsonArray *checks = json_object_get_array_member (report, "checks");
  JsonArray *encoders = json_object_has_member (report, "encoders")
                            ? json_object_get_array_member (report, "encoders")
                            : NULL;
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (checks); i++) {
    JsonObject *check = json_array_get_object_element (checks, i);

    g_string_append_printf (out, "%-8s %-12s %s\n", text_of (check, "state"),
                            text_of (check, "name"), text_of (check, "text"));
    if (json_object_has_member (check, "mend"))
      g_string_append_printf (out, "%21s %s\n", "->", text_of (check, "mend"));
  }
  if (encoders != NULL)
    g_string_append (out, "\nEncoders, the best first:\n");
  for (guint i = 0; encoders != NULL && i < json_array_get_length (encoders); i++) {
    JsonObject *encoder = json_array_get_object_element (encoders, i);

    g_string_append_printf (out, "  %-14s %-9s %s\n", text_of (encoder, "element"),
                            text_of (encoder, "kind"), text_of (encoder, "verdict"));
  }
  if (out->len > 0)
    g_string_truncate (out, out->len - 1);
  return g_string_free (out, FALSE);
}
