/* load-client - the pages of a whole county in one lesson, in one process.
 *
 *   load-client PORT LESSON SESSIONS JOIN_SECONDS TOLD
 *
 * SESSIONS has a line "NUMBER TOKEN" for each member; they come evenly over
 * JOIN_SECONDS, fetch the lesson's sound, beat every 10 s, and come back when their
 * line is lost. Says on standard output joined SECONDS     all were welcomed ready
 * after "kill" on standard input: now the server may be killed back SECONDS       all
 * were welcomed again, so long after that "end" on standard input ends it once every
 * beat is acknowledged: it writes to TOLD a line "NUMBER,SEQ,FROM_MS,TO_MS" for each
 * acknowledged beat and to TOLD.totals "NUMBER,BEATS,ACCEPTED_MS,EARNED_MS" for each
 * member, as they were last told, and its figures as JSON to standard output. */
#include "load_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#define LOOK_EVERY_US G_USEC_PER_SEC
#define TURN_MS 10
/* Later than any page that waits for an answer tries again. */
#define END_WITHIN_US (60 * G_USEC_PER_SEC)

typedef struct {
  LoadWatch input;
  LoadCrowd crowd;
  gint64 began_us, killed_us, ending_us;
  gdouble joined_s, back_s;
  const gchar *told;
} Client;

static void
say (const gchar *what, gdouble seconds)
{
  printf ("%s %.3f\n", what, seconds);
  fflush (stdout);
}

static void
obey (Client *self, const gchar *command)
{
  LoadCrowd *crowd = &self->crowd;

  if (g_str_has_prefix (command, "kill")) {
    self->killed_us = load_now_us ();
    crowd->restarts++;
    crowd->n_back = 0;
    load_figures_begin (crowd->figures, LOAD_RESTART, self->killed_us);
    puts ("ready");
    fflush (stdout);
  } else if (g_str_has_prefix (command, "end")) {
    self->ending_us = load_now_us ();
    crowd->over = TRUE;
  }
}

static void
input_ready (LoadWatch *watch, guint32 events)
{
  Client *self = (Client *)watch;
  gchar text[256];
  gssize got = read (watch->fd, text, sizeof text - 1);
  g_auto (GStrv) lines = NULL;

  if (got <= 0) {
    fprintf (stderr, "load-client: nobody is there any more\n");
    exit (1);
  }
  text[got] = '\0';
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    obey (self, lines[i]);
}

static void
watch_input (Client *self)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = &self->input };

  self->input = (LoadWatch){ input_ready, STDIN_FILENO };
  epoll_ctl (self->crowd.net.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
}

/* All of a phase have come: the next begins. */
static void
look_at_phase (Client *self, gint64 now_us)
{
  LoadCrowd *crowd = &self->crowd;
  LoadPhase phase = load_figures_phase (crowd->figures);

  if (crowd->n_back < crowd->pages->len)
    return;
  if (phase == LOAD_JOIN) {
    load_figures_begin (crowd->figures, LOAD_STEADY, now_us);
    self->joined_s = (gdouble)(now_us - self->began_us) / G_USEC_PER_SEC;
    say ("joined", self->joined_s);
  } else if (phase == LOAD_RESTART) {
    load_figures_begin (crowd->figures, LOAD_AGAIN, now_us);
    self->back_s = (gdouble)(now_us - self->killed_us) / G_USEC_PER_SEC;
    say ("back", self->back_s);
  }
}

static void
run (Client *self)
{
  LoadCrowd *crowd = &self->crowd;
  gint64 look_us = 0;

  while (self->ending_us == 0 || crowd->n_unsent > 0) {
    gint64 now_us;

    load_net_turn (&crowd->net, TURN_MS);
    now_us = load_now_us ();
    for (guint i = 0; i < crowd->pages->len; i++)
      if (crowd->due_us[i] <= now_us)
        load_page_run (crowd->pages->pdata[i], now_us);
    if (now_us >= look_us) {
      load_media_look (&crowd->media);
      look_us = now_us + LOOK_EVERY_US;
    }
    look_at_phase (self, now_us);
    if (self->ending_us != 0 && now_us > self->ending_us + END_WITHIN_US) {
      fprintf (stderr, "load-client: %u members wait for an acknowledgement in vain\n",
               crowd->n_unsent);
      break;
    }
  }
}

/* --- Beginning --- */

static void
read_sessions (Client *self, const gchar *path, gdouble join_s)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n;

  if (!g_file_get_contents (path, &text, NULL, &error)) {
    fprintf (stderr, "load-client: %s\n", error->message);
    exit (1);
  }
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  n = g_strv_length (lines);
  self->crowd.due_us = g_new0 (gint64, n);
  for (guint i = 0; i < n; i++) {
    gchar *space = strchr (lines[i], ' ');

    if (space == NULL) {
      fprintf (stderr, "load-client: %s:%u is no session\n", path, i + 1);
      exit (1);
    }
    *space = '\0';
    load_page_new (&self->crowd, lines[i], space + 1,
                   self->began_us + (gint64)(join_s * G_USEC_PER_SEC * i / n));
  }
}

/* --- The end --- */

static void
write_told (Client *self)
{
  g_autofree gchar *totals_path = g_strconcat (self->told, ".totals", NULL);
  FILE *told = fopen (self->told, "w"), *totals = fopen (totals_path, "w");

  if (told == NULL || totals == NULL) {
    perror (self->told);
    exit (1);
  }
  for (guint i = 0; i < self->crowd.pages->len; i++) {
    const LoadPage *page = self->crowd.pages->pdata[i];

    fprintf (totals, "%s,%u,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT "\n", page->number,
             page->n_acknowledged, page->accepted_ms, page->earned_ms);
    for (guint seq = 1; seq <= page->beats->len; seq++) {
      const LoadBeat *beat = &g_array_index (page->beats, LoadBeat, seq - 1);

      if (beat->acknowledged)
        fprintf (told, "%s,%u,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT "\n",
                 page->number, seq, beat->from_ms, beat->to_ms);
    }
  }
  fclose (told);
  fclose (totals);
}

static void
append_sums (const LoadCrowd *crowd, GString *out)
{
  guint64 beats = 0, acknowledged = 0;
  gint64 played_ms = 0, accepted_ms = 0;

  for (guint i = 0; i < crowd->pages->len; i++) {
    const LoadPage *page = crowd->pages->pdata[i];

    beats += page->beats->len;
    acknowledged += page->n_acknowledged;
    accepted_ms += page->accepted_ms;
    for (guint seq = 1; seq <= page->beats->len; seq++) {
      const LoadBeat *beat = &g_array_index (page->beats, LoadBeat, seq - 1);

      played_ms += beat->to_ms - beat->from_ms;
    }
  }
  g_string_append_printf (
      out,
      "\"members\":%u,\"beats\":%" G_GUINT64_FORMAT
      ",\"acknowledged\":%" G_GUINT64_FORMAT ",\"played_ms\":%" G_GINT64_FORMAT
      ",\"accepted_ms\":%" G_GINT64_FORMAT,
      crowd->pages->len, beats, acknowledged, played_ms, accepted_ms);
}

static void
append_trouble (const LoadCrowd *crowd, GString *out)
{
  GHashTableIter iter;
  gpointer code, n;
  guint i = 0;

  g_string_append_printf (
      out,
      ",\"retries\":%" G_GUINT64_FORMAT ",\"repeated\":%" G_GUINT64_FORMAT
      ",\"refused\":%" G_GUINT64_FORMAT ",\"late_answers\":%" G_GUINT64_FORMAT
      ",\"lost_lines\":{\"join\":%" G_GUINT64_FORMAT ",\"steady\":%" G_GUINT64_FORMAT
      ",\"restart\":%" G_GUINT64_FORMAT ",\"again\":%" G_GUINT64_FORMAT
      "},\"close_codes\":{",
      crowd->retries, crowd->repeated, crowd->refused_upgrades, crowd->late_answers,
      crowd->lost_lines[LOAD_JOIN], crowd->lost_lines[LOAD_STEADY],
      crowd->lost_lines[LOAD_RESTART], crowd->lost_lines[LOAD_AGAIN]);
  g_hash_table_iter_init (&iter, crowd->close_codes);
  while (g_hash_table_iter_next (&iter, &code, &n))
    g_string_append_printf (out, "%s\"%u\":%u", i++ > 0 ? "," : "",
                            GPOINTER_TO_UINT (code), GPOINTER_TO_UINT (n));
  g_string_append_c (out, '}');
}

static void
report (Client *self)
{
  g_autoptr (GString) out = g_string_new ("{");
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  append_sums (&self->crowd, out);
  append_trouble (&self->crowd, out);
  g_string_append_printf (
      out,
      ",\"joined_s\":%.3f,\"back_s\":%.3f,\"media_bytes\":%" G_GUINT64_FORMAT
      ",\"client_cpu_s\":%.1f,\"phases\":",
      self->joined_s, self->back_s, load_http_bytes (self->crowd.http),
      (gdouble)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
          (gdouble)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / G_USEC_PER_SEC);
  load_figures_append_json (self->crowd.figures, out, load_now_us ());
  puts (g_string_append_c (out, '}')->str);
}

int
main (int argc, char **argv)
{
  Client self = { 0 };
  LoadCrowd *crowd = &self.crowd;

  if (argc != 6) {
    fprintf (stderr, "usage: load-client PORT LESSON SESSIONS JOIN_SECONDS TOLD\n");
    return 64;
  }
  load_net_init (&crowd->net, (guint16)g_ascii_strtoull (argv[1], NULL, 10));
  crowd->lesson = g_ascii_strtoll (argv[2], NULL, 10);
  crowd->http = load_http_new (&crowd->net);
  load_media_init (&crowd->media, crowd->http);
  crowd->figures = load_figures_new ();
  crowd->pages = g_ptr_array_new ();
  crowd->close_codes = g_hash_table_new (NULL, NULL);
  self.told = argv[5];
  self.began_us = load_now_us ();
  load_figures_begin (crowd->figures, LOAD_JOIN, self.began_us);
  read_sessions (&self, argv[3], g_ascii_strtod (argv[4], NULL));
  watch_input (&self);
  run (&self);
  for (guint i = 0; i < crowd->pages->len; i++)
    load_page_leave (crowd->pages->pdata[i]);
  write_told (&self);
  report (&self);
  return crowd->n_unsent > 0;
}
