#include "load_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define NEVER G_MAXINT64
#define MS G_GINT64_CONSTANT (1000)

/* web/src/classroom/backoff.ts */
#define BACKOFF_FIRST_MS 500
#define BACKOFF_LONGEST_MS 10000
/* web/src/classroom/classroom.ts */
#define WELCOME_WITHIN_MS 10000
#define ACK_WITHIN_MS 8000
#define SILENCE_MS 32000
#define BEATS_PER_MESSAGE 50
/* web/src/beats/recorder.ts; every second time that it plays on, a page beats. */
#define PLAY_EVERY_MS 5000
#define BEAT_MS 10000
/* How far behind the live edge members begin: three segments, as players do. */
#define BEHIND_MS 12000

#define PAGES_PER_HOST 8000

static void
schedule (LoadPage *self)
{
  self->crowd->due_us[self->index] =
      MIN (MIN (self->line_us, self->play_us), MIN (self->resend_us, self->silence_us));
}

/* --- Beats --- */

static LoadBeat *
beat_at (LoadPage *self, guint i)
{
  return &g_array_index (self->beats, LoadBeat, i);
}

static gboolean
send_message (LoadPage *self, const GString *message)
{
  if (load_socket_send (&self->watch, message->str))
    return TRUE;
  fprintf (stderr, "%s: the line takes no message\n", self->number);
  return FALSE;
}

static void
append_beat (LoadPage *self, GString *out, guint i)
{
  const LoadBeat *beat = beat_at (self, i);

  g_string_append_printf (out,
                          "{\"seq\":%u,\"from_ms\":%" G_GINT64_FORMAT
                          ",\"to_ms\":%" G_GINT64_FORMAT
                          ",\"rate\":1,\"playing\":true,\"visible\":true,"
                          "\"mode\":\"audio\"},",
                          i + 1, beat->from_ms, beat->to_ms);
}

static void
end_message (LoadPage *self, GString *out)
{
  g_string_truncate (out, out->len - 1);
  g_string_append (out, "]}");
  send_message (self, out);
  g_string_assign (out, "{\"type\":\"beats\",\"beats\":[");
}

/* What is not acknowledged, from beat number @first on. */
static void
send_beats (LoadPage *self, guint first, gint64 now_us)
{
  g_autoptr (GString) out = g_string_new ("{\"type\":\"beats\",\"beats\":[");
  guint n = 0;

  for (guint i = first; i < self->beats->len; i++) {
    if (beat_at (self, i)->acknowledged)
      continue;
    append_beat (self, out, i);
    if (++n % BEATS_PER_MESSAGE == 0)
      end_message (self, out);
  }
  if (n % BEATS_PER_MESSAGE != 0)
    end_message (self, out);
  if (n > 0 && self->resend_us == NEVER)
    self->resend_us = now_us + ACK_WITHIN_MS * MS;
}

static void
beat (LoadPage *self, gint64 now_us)
{
  LoadBeat one = { self->position_ms,
                   CLAMP (self->fetched_ms, self->position_ms,
                          self->position_ms + BEAT_MS),
                   now_us, FALSE };

  if (self->n_acknowledged == self->beats->len)
    self->crowd->n_unsent++;
  self->position_ms = one.to_ms;
  g_array_append_val (self->beats, one);
  if (self->state == PAGE_OPEN)
    send_beats (self, self->beats->len - 1, now_us);
}

static void
acknowledge (LoadPage *self, guint64 seq, gint64 now_us)
{
  LoadBeat *one;

  if (seq < 1 || seq > self->beats->len) {
    fprintf (stderr, "%s: beat %" G_GUINT64_FORMAT " was never sent\n", self->number,
             seq);
    exit (1);
  }
  one = beat_at (self, (guint)seq - 1);
  if (one->acknowledged) {
    self->crowd->repeated++;
    return;
  }
  one->acknowledged = TRUE;
  load_figures_delay (self->crowd->figures, LOAD_ACK, one->at_us, now_us);
  if (++self->n_acknowledged < self->beats->len)
    return;
  self->crowd->n_unsent--;
  self->resend_us = NEVER;
}

/* --- Playing --- */

static void
segment_answered (guint status, const gchar *body, gpointer data)
{
  LoadPage *self = data;

  /* What is not there any more is a gap, which players pass over. */
  if (status != 200 && status != 404)
    self->fetch_failed = TRUE;
  if (--self->n_fetching == 0 && !self->fetch_failed)
    self->fetched_ms = self->fetching_ms;
}

static void
fetch (LoadPage *self)
{
  const LoadMedia *media = &self->crowd->media;

  if (self->n_fetching > 0)
    return;
  self->fetch_failed = FALSE;
  self->n_fetching = 1; /* not done before all are asked for */
  for (guint i = load_media_find (media, self->fetched_ms); i < media->segments->len;
       i++) {
    const LoadSegment *segment = load_media_get (media, i);
    g_autofree gchar *path = NULL;

    self->fetching_ms = segment->end_ms;
    if (segment->name == NULL)
      continue;
    path = g_strconcat (self->base, "audio/", segment->name, NULL);
    self->n_fetching++;
    load_http_get (self->crowd->http, path, NULL, FALSE, segment_answered, self);
  }
  segment_answered (200, NULL, self);
}

static void
play (LoadPage *self, gint64 now_us)
{
  self->play_us += PLAY_EVERY_MS * MS;
  if (++self->plays % 2 == 0)
    beat (self, now_us);
  fetch (self);
}

static void
begin_playing (LoadPage *self, gint64 now_us)
{
  gint64 published_ms = load_media_published_ms (&self->crowd->media);

  self->position_ms = self->fetched_ms = self->fetching_ms =
      MAX (published_ms - BEHIND_MS, 0);
  self->play_us = now_us + PLAY_EVERY_MS * MS;
  fetch (self);
}

/* --- The line --- */

static void
lose (LoadPage *self, gint64 now_us)
{
  LoadCrowd *crowd = self->crowd;
  gint step_ms =
      MIN (BACKOFF_LONGEST_MS, BACKOFF_FIRST_MS << MIN (self->attempts, 10U));

  if (self->socket.close_code != 0) {
    gpointer code = GUINT_TO_POINTER (self->socket.close_code);
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (crowd->close_codes, code));

    g_hash_table_insert (crowd->close_codes, code, GUINT_TO_POINTER (n + 1));
  }
  load_net_close (&self->watch);
  load_socket_reset (&self->socket);
  crowd->lost_lines[load_figures_phase (crowd->figures)]++;
  if (self->state == PAGE_OPEN)
    crowd->n_open--;
  if (self->coming_us == 0)
    self->coming_us = now_us;
  self->state = PAGE_WAITING;
  self->attempts++;
  self->line_us = now_us + (gint64)(step_ms * (0.5 + 0.5 * g_random_double ()) * MS);
  self->resend_us = self->silence_us = NEVER;
  schedule (self);
}

static void
come (LoadPage *self, gint64 now_us)
{
  self->state = PAGE_COMING;
  self->line_us = now_us + WELCOME_WITHIN_MS * MS;
  if (!load_net_connect (&self->crowd->net, &self->watch,
                         2 + self->index / PAGES_PER_HOST))
    lose (self, now_us);
}

static void
lesson_answered (guint status, const gchar *body, gpointer data)
{
  LoadPage *self = data;
  const gchar *from = body != NULL ? strstr (body, "\"/live/") : NULL;
  const gchar *to = from != NULL ? strchr (from + 1, '"') : NULL;
  gint64 now_us = load_now_us ();

  if (status != 200 || to == NULL) {
    self->crowd->refused_upgrades++;
    self->state = PAGE_AWAY;
    self->line_us = now_us + 1000 * MS;
    schedule (self);
    return;
  }
  while (to[-1] != '/')
    to--;
  self->base = g_strndup (from + 1, (gsize)(to - from - 1));
  load_media_set_base (&self->crowd->media, self->base);
  come (self, now_us);
  schedule (self);
}

static void
ask_lesson (LoadPage *self, gint64 now_us)
{
  g_autofree gchar *path =
      g_strdup_printf ("/api/v1/lessons/%" G_GINT64_FORMAT, self->crowd->lesson);

  self->coming_us = now_us;
  self->state = PAGE_ASKING;
  self->line_us = NEVER;
  load_http_get (self->crowd->http, path, self->cookie, TRUE, lesson_answered, self);
}

/* --- What the server says --- */

static gint64
number_of (const gchar *text, const gchar *member)
{
  const gchar *found = strstr (text, member);

  return found != NULL ? g_ascii_strtoll (found + strlen (member), NULL, 10) : 0;
}

static void
read_totals (LoadPage *self, const gchar *text)
{
  self->accepted_ms = number_of (text, "\"accepted_ms\":");
  self->earned_ms = number_of (text, "\"earned_ms\":");
}

static void
on_welcome (LoadPage *self, const gchar *text, gint64 now_us)
{
  LoadCrowd *crowd = self->crowd;

  load_figures_delay (crowd->figures, LOAD_WELCOME, self->coming_us, now_us);
  self->coming_us = 0;
  self->attempts = 0;
  self->state = PAGE_OPEN;
  self->line_us = NEVER;
  crowd->n_open++;
  if (self->restarts <= crowd->restarts) {
    self->restarts = crowd->restarts + 1;
    crowd->n_back++;
  }
  if (self->play_us == NEVER && !crowd->over)
    begin_playing (self, now_us);
  send_beats (self, 0, now_us);
}

static void
on_ack (LoadPage *self, const gchar *text, gint64 now_us)
{
  const gchar *at = strstr (text, "\"seqs\":[");
  gchar *end;

  for (at = at != NULL ? at + 8 : "]"; *at != ']'; at = *end == ',' ? end + 1 : end)
    acknowledge (self, g_ascii_strtoull (at, &end, 10), now_us);
  read_totals (self, text);
}

/* Lines say when they were written: "at MILLISECONDS". */
static void
on_events (LoadPage *self, const gchar *text, gint64 now_us)
{
  static const gchar mark[] = "\"text\":\"at ";
  gint64 wall_us = g_get_real_time ();
  const gchar *at = text;

  while ((at = strstr (at, mark)) != NULL) {
    gint64 written_ms = g_ascii_strtoll (at += sizeof mark - 1, NULL, 10);

    load_figures_delay (self->crowd->figures, LOAD_LINE,
                        now_us - (wall_us - written_ms * MS), now_us);
  }
  at = strrchr (text, ']');
  if (at != NULL)
    self->event_seq = number_of (at, "\"seq\":");
}

static LoadType
type_of (const gchar *text)
{
  static const gchar *const names[] = { "ack", "welcome", "retry", "presence",
                                        "events" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gchar mark[32];

    g_snprintf (mark, sizeof mark, "\"type\":\"%s\"", names[i]);
    if (strstr (text, mark) != NULL)
      return (LoadType)i;
  }
  return LOAD_TYPE_OTHER;
}

static void
on_message (const gchar *text, gsize length, gpointer data)
{
  LoadPage *self = data;
  gint64 now_us = load_now_us ();
  LoadType type = type_of (text);

  load_figures_message (self->crowd->figures, type, length, now_us);
  if (self->state == PAGE_OPEN || type == LOAD_TYPE_WELCOME)
    self->silence_us = now_us + SILENCE_MS * MS;
  if (type == LOAD_TYPE_WELCOME) {
    on_welcome (self, text, now_us);
  } else if (type == LOAD_TYPE_ACK) {
    on_ack (self, text, now_us);
  } else if (type == LOAD_TYPE_EVENTS) {
    on_events (self, text, now_us);
  } else if (type == LOAD_TYPE_RETRY) {
    self->crowd->retries++;
    self->resend_us = now_us + number_of (text, "\"after_ms\":") * MS;
  }
}

static void
on_upgraded (guint status, gpointer data)
{
  LoadPage *self = data;

  if (status == 101)
    return;
  self->crowd->refused_upgrades++;
  fprintf (stderr, "%s: the upgrade was answered %u\n", self->number, status);
}

static const LoadSocketHandler socket_handler = { on_message, on_upgraded };

static gboolean
ask_socket (LoadPage *self)
{
  gchar path[128];

  g_snprintf (path, sizeof path,
              "/classroom?lesson=%" G_GINT64_FORMAT
              "&client=%016x&since=%" G_GINT64_FORMAT,
              self->crowd->lesson, self->index + 1, self->event_seq);
  return load_net_connected (&self->crowd->net, &self->watch) &&
         load_socket_ask (&self->watch, self->crowd->net.port, path, self->cookie);
}

static void
page_ready (LoadWatch *watch, guint32 events)
{
  LoadPage *self = (LoadPage *)watch;
  gint64 now_us = load_now_us ();
  gboolean good;

  if ((events & EPOLLOUT) != 0)
    good = ask_socket (self);
  else
    good = load_socket_read (&self->socket, watch, &socket_handler, self);
  if (!good)
    lose (self, now_us);
  schedule (self);
}

/* --- Life --- */

LoadPage *
load_page_new (LoadCrowd *crowd, const gchar *number, const gchar *token,
               gint64 come_us)
{
  LoadPage *self = g_new0 (LoadPage, 1);

  *self = (LoadPage){
    .watch = { .ready = page_ready, .fd = -1 },
    .crowd = crowd,
    .index = crowd->pages->len,
    .number = g_strdup (number),
    .cookie = g_strconcat ("airclass_session=", token, NULL),
    .line_us = come_us,
    .play_us = NEVER,
    .resend_us = NEVER,
    .silence_us = NEVER,
    .beats = g_array_new (FALSE, FALSE, sizeof (LoadBeat)),
  };
  g_ptr_array_add (crowd->pages, self);
  return self;
}

static void
run_line (LoadPage *self, gint64 now_us)
{
  if (self->state == PAGE_AWAY)
    ask_lesson (self, now_us);
  else if (self->state == PAGE_WAITING)
    come (self, now_us);
  else if (self->state == PAGE_COMING)
    lose (self, now_us);
}

void
load_page_run (LoadPage *self, gint64 now_us)
{
  if (self->play_us <= now_us) {
    if (self->crowd->over)
      self->play_us = NEVER;
    else
      play (self, now_us);
  }
  if (self->resend_us <= now_us) {
    self->resend_us = NEVER;
    self->crowd->late_answers++;
    send_beats (self, 0, now_us);
  }
  if (self->silence_us <= now_us)
    lose (self, now_us);
  if (self->line_us <= now_us)
    run_line (self, now_us);
  schedule (self);
}

void
load_page_leave (LoadPage *self)
{
  load_net_close (&self->watch);
}
