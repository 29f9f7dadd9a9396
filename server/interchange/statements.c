#include "statements.h"

#include <json-glib/json-glib.h>

#define PROFILE "https://w3id.org/xapi/video"
#define EXTENSION PROFILE "/extensions/"

/* Played on from where it stopped, as a person would say. */
#define JOINT_MS 1000
#define PAUSE_MS 25000

typedef enum { INITIALIZED, PLAYED, PAUSED, SEEKED, COMPLETED } Verb;

static const struct {
  const gchar *id, *en, *zh;
} verbs[] = {
  [INITIALIZED] = { "http://adlnet.gov/expapi/verbs/initialized", "initialized",
                    "打开" },
  [PLAYED] = { PROFILE "/verbs/played", "played", "播放" },
  [PAUSED] = { PROFILE "/verbs/paused", "paused", "暂停" },
  [SEEKED] = { PROFILE "/verbs/seeked", "seeked", "跳转" },
  [COMPLETED] = { "http://adlnet.gov/expapi/verbs/completed", "completed", "完成" },
};

/* What one player played on end. */
typedef struct {
  gint64 session;
  guint64 client;
  gboolean fresh;
  AcInterval media;
  gint64 first_seq, last_seq;
  gint64 began_ms, ended_ms; /* wall */
  gint64 time_ms;            /* that it took */
  gboolean has_before;       /* the player played before */
  gint64 before_ms;          /* up to here */
} Span;

typedef struct {
  const AcXapiSubject *subject;
  GPtrArray *statements;
  GString *segments;      /* as the profile writes them */
  AcInterval segment;     /* the last one, not in the text yet */
  const Span *segment_of; /* NULL: none */
  AcIntervalSet *covered;
  gint64 covered_ms; /* of it, what counts */
  gint64 creditable_ms;
  gint64 time_ms;
} Story;

/* --- Spans --- */

static gint64
time_of (const AcXapiBeat *beat)
{
  gint64 length_ms = beat->accepted.end_ms - beat->accepted.start_ms;

  return length_ms * 1000 / MAX (beat->rate_permille, 1);
}

static Span *
last_of_player (GArray *spans, const AcXapiBeat *beat)
{
  for (guint i = spans->len; i > 0; i--) {
    Span *span = &g_array_index (spans, Span, i - 1);

    if (span->session == beat->session && span->client == beat->client)
      return span;
  }
  return NULL;
}

static gboolean
goes_on (const Span *span, const AcXapiBeat *beat)
{
  return span != NULL && span->fresh == beat->fresh &&
         ABS (beat->accepted.start_ms - span->media.end_ms) <= JOINT_MS &&
         beat->wall_ms - time_of (beat) - span->ended_ms <= PAUSE_MS;
}

static void
add_beat (GArray *spans, const AcXapiBeat *beat)
{
  Span *last = last_of_player (spans, beat);
  Span span = {
    .session = beat->session,
    .client = beat->client,
    .fresh = beat->fresh,
    .media = beat->accepted,
    .first_seq = beat->seq,
    .last_seq = beat->seq,
    .began_ms = beat->wall_ms - time_of (beat),
    .ended_ms = beat->wall_ms,
    .time_ms = time_of (beat),
    .has_before = last != NULL,
    .before_ms = last != NULL ? last->media.end_ms : 0,
  };

  if (!goes_on (last, beat)) {
    g_array_append_val (spans, span);
    return;
  }
  last->media.end_ms = MAX (last->media.end_ms, beat->accepted.end_ms);
  last->last_seq = beat->seq;
  last->ended_ms = beat->wall_ms;
  last->time_ms += span.time_ms;
}

/* --- A statement's text --- */

static void
put_text (GString *out, const gchar *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autofree gchar *json = json_to_string (node, FALSE);

  g_string_append (out, json);
}

/* Three decimals at most are the profile's; json-glib would write seventeen digits. */
static void
put_seconds (GString *out, gint64 ms)
{
  g_string_append_printf (out, "%" G_GINT64_FORMAT ".%03d", ms / 1000,
                          (gint)(ms % 1000));
}

static void
put_extension (GString *out, const gchar *name, gint64 thousandths)
{
  g_string_append_printf (out, "\"" EXTENSION "%s\":", name);
  put_seconds (out, thousandths);
}

static void
put_time (GString *out, gint64 wall_ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (wall_ms / 1000);
  g_autofree gchar *text =
      time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%S") : NULL;

  g_string_append_printf (out, "\"%s.%03dZ\"",
                          text != NULL ? text : "1970-01-01T00:00:00",
                          (gint)(wall_ms % 1000));
}

static void
put_actor_verb_object (GString *out, const AcXapiSubject *subject, Verb verb)
{
  g_autofree gchar *lesson =
      g_strdup_printf ("%s/lesson/%" G_GINT64_FORMAT, subject->home, subject->lesson);

  g_string_append (out, "\"actor\":{\"objectType\":\"Agent\",\"account\":{"
                        "\"homePage\":");
  put_text (out, subject->home);
  g_string_append (out, ",\"name\":");
  put_text (out, subject->account);
  g_string_append_printf (out,
                          "}},\"verb\":{\"id\":\"%s\",\"display\":{\"en\":\"%s\","
                          "\"zh-CN\":\"%s\"}},\"object\":{\"objectType\":\"Activity\","
                          "\"id\":",
                          verbs[verb].id, verbs[verb].en, verbs[verb].zh);
  put_text (out, lesson);
  g_string_append (out, ",\"definition\":{\"type\":\"" PROFILE
                        "/activity-type/video\",\"name\":{\"zh-CN\":");
  put_text (out, subject->title);
  g_string_append (out, "}}}");
}

static void
put_context (GString *out, const AcXapiSubject *subject, const Span *span)
{
  gchar registration[AC_UUID_CHARS + 1], session[AC_UUID_CHARS + 1];
  g_autofree gchar *of_member =
      g_strdup_printf ("%s/lesson/%" G_GINT64_FORMAT "/%s", subject->home,
                       subject->lesson, subject->account);
  g_autofree gchar *of_player =
      g_strdup_printf ("%s/%" G_GINT64_FORMAT "/%016" G_GINT64_MODIFIER "x", of_member,
                       span->session, span->client);

  ac_uuid_of_url (of_member, registration);
  ac_uuid_as_random (of_player, session);
  g_string_append_printf (
      out,
      "\"context\":{\"registration\":\"%s\",\"platform\":\"Airclass\","
      "\"language\":\"zh-CN\",\"contextActivities\":{\"category\":[{\"id\":\"" PROFILE
      "\"}]},\"extensions\":{\"" EXTENSION "session-id\":\"%s\",",
      registration, session);
  put_extension (out, "length", subject->length_ms);
  g_string_append_c (out, ',');
  put_extension (out, "completion-threshold", subject->threshold_permille);
  g_string_append (out, "}}");
}

/* The part of what counts that the member has, in thousandths. */
static gint64
progress (const Story *story)
{
  return story->creditable_ms > 0 ? story->covered_ms * 1000 / story->creditable_ms : 0;
}

static void
put_segment (GString *out, AcInterval segment)
{
  if (out->len > 0)
    g_string_append (out, "[,]");
  put_seconds (out, segment.start_ms);
  g_string_append (out, "[.]");
  put_seconds (out, segment.end_ms);
}

static void
put_stand (GString *out, const Story *story)
{
  g_autoptr (GString) segments = g_string_new (story->segments->str);

  put_segment (segments, story->segment);
  put_extension (out, "progress", progress (story));
  g_string_append_printf (out, ",\"" EXTENSION "played-segments\":\"%s\"",
                          segments->str);
}

static void
put_result (GString *out, const Story *story, const Span *span, Verb verb)
{
  g_string_append (out, "\"result\":{");
  if (verb == COMPLETED) {
    g_string_append (out, "\"completion\":true,\"duration\":\"PT");
    put_seconds (out, story->time_ms);
    g_string_append (out, "S\",");
  }
  g_string_append (out, "\"extensions\":{");
  if (verb == SEEKED) {
    put_extension (out, "time-from", span->before_ms);
    g_string_append_c (out, ',');
    put_extension (out, "time-to", span->media.start_ms);
  } else {
    put_extension (out, "time",
                   verb == PLAYED ? span->media.start_ms : span->media.end_ms);
  }
  if (verb == PAUSED || verb == COMPLETED) {
    g_string_append_c (out, ',');
    put_stand (out, story);
  }
  g_string_append (out, "}},");
}

static void
say (Story *story, const Span *span, Verb verb)
{
  gboolean at_end = verb == PAUSED || verb == COMPLETED;
  g_autofree gchar *name =
      g_strdup_printf ("%s/lesson/%" G_GINT64_FORMAT "/%s/%" G_GINT64_FORMAT
                       "/%016" G_GINT64_MODIFIER "x/%" G_GINT64_FORMAT "/%s",
                       story->subject->home, story->subject->lesson,
                       story->subject->account, span->session, span->client,
                       at_end ? span->last_seq : span->first_seq, verbs[verb].en);
  GString *out = g_string_new ("{\"id\":\"");
  AcXapiStatement *statement = g_new (AcXapiStatement, 1);

  ac_uuid_of_url (name, statement->id);
  g_string_append_printf (out, "%s\",", statement->id);
  put_actor_verb_object (out, story->subject, verb);
  g_string_append_c (out, ',');
  if (verb != INITIALIZED)
    put_result (out, story, span, verb);
  put_context (out, story->subject, span);
  g_string_append (out, ",\"timestamp\":");
  put_time (out, at_end ? span->ended_ms : span->began_ms);
  g_string_append_c (out, '}');
  statement->json = g_string_free (out, FALSE);
  g_ptr_array_add (story->statements, statement);
}

/* --- The story of a member in a lesson --- */

static void
begin_span (Story *story, const Span *span)
{
  if (!span->has_before)
    say (story, span, INITIALIZED);
  else if (ABS (span->media.start_ms - span->before_ms) > JOINT_MS)
    say (story, span, SEEKED);
  say (story, span, PLAYED);
}

static void
cover (Story *story, const Span *span)
{
  const Span *last = story->segment_of;

  if (last != NULL && last->session == span->session && last->client == span->client &&
      ABS (span->media.start_ms - story->segment.end_ms) <= JOINT_MS) {
    story->segment.end_ms = MAX (story->segment.end_ms, span->media.end_ms);
  } else {
    if (last != NULL)
      put_segment (story->segments, story->segment);
    story->segment = span->media;
  }
  story->segment_of = span;
  story->time_ms += span->time_ms;
  ac_interval_set_add (story->covered, span->media.start_ms, span->media.end_ms);
  story->covered_ms =
      ac_interval_set_measure_both (story->covered, story->subject->creditable);
}

static gboolean
is_complete (const Story *story)
{
  return story->creditable_ms > 0 &&
         story->covered_ms * 1000 >=
             story->creditable_ms * story->subject->threshold_permille;
}

static void
tell_span (Story *story, const Span *span)
{
  gboolean was_complete = is_complete (story);

  if (span->fresh)
    begin_span (story, span);
  cover (story, span);
  if (!span->fresh)
    return;
  say (story, span, PAUSED);
  if (!was_complete && is_complete (story))
    say (story, span, COMPLETED);
}

void
ac_xapi_statement_free (AcXapiStatement *statement)
{
  g_free (statement->json);
  g_free (statement);
}

void
ac_xapi_statements (const AcXapiSubject *subject, const AcXapiBeat *beats,
                    guint n_beats, GPtrArray *statements)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (Span));
  g_autoptr (GString) segments = g_string_new (NULL);
  g_autoptr (AcIntervalSet) covered = ac_interval_set_new ();
  Story story = {
    .subject = subject,
    .statements = statements,
    .segments = segments,
    .covered = covered,
    .creditable_ms = ac_interval_set_measure (subject->creditable),
  };

  for (guint i = 0; i < n_beats; i++)
    if (beats[i].accepted.end_ms > beats[i].accepted.start_ms)
      add_beat (spans, &beats[i]);
  for (guint i = 0; i < spans->len; i++)
    tell_span (&story, &g_array_index (spans, Span, i));
}
