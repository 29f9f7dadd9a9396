#include "page_model.h"

#include <string.h>

void
page_model_clear (PageModel *self)
{
  g_clear_pointer (&self->state, json_object_unref);
}

void
page_model_reset (PageModel *self, JsonObject *state)
{
  page_model_clear (self);
  self->state = state;
}

static JsonArray *
list (PageModel *self, const gchar *name)
{
  return json_object_get_array_member (self->state, name);
}

/* Returns: the index of what has @key in @array, -1: nothing. */
static gint
find (JsonArray *array, const gchar *field, gint64 key)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (json_object_get_int_member_with_default (
            json_array_get_object_element (array, i), field, -1) == key)
      return (gint)i;
  return -1;
}

static JsonObject *
item (PageModel *self, const gchar *name, gint64 seq)
{
  gint at = find (list (self, name), "seq", seq);

  return at >= 0 ? json_array_get_object_element (list (self, name), (guint)at) : NULL;
}

static void
drop (PageModel *self, const gchar *name, const gchar *field, gint64 key)
{
  gint at = find (list (self, name), field, key);

  if (at >= 0)
    json_array_remove_element (list (self, name), (guint)at);
}

static void
copy (JsonObject *to, JsonObject *from, const gchar *const names[])
{
  for (guint i = 0; names[i] != NULL; i++)
    if (json_object_has_member (from, names[i]))
      json_object_set_member (to, names[i],
                              json_node_copy (json_object_get_member (from, names[i])));
}

static JsonArray *
zeroes (guint n)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < n; i++)
    json_array_add_int_element (array, 0);
  return array;
}

static void
add_item (PageModel *self, const gchar *name, JsonObject *event, JsonObject *body)
{
  static const gchar *const of_event[] = {
    "seq", "text", "name", "member", "site", NULL
  };
  static const gchar *const of_body[] = { "options",    "quiz",   "multiple", "shown",
                                          "title",      "pinned", "url",      "name",
                                          "media_type", "bytes",  NULL };
  JsonObject *one = json_object_new ();

  copy (one, event, of_event);
  copy (one, body, of_body);
  if (strcmp (name, "questions") == 0) {
    json_object_set_string_member (one, "state", "asked");
    json_object_set_int_member (one, "votes", 0);
  } else if (strcmp (name, "hands") == 0) {
    json_object_set_string_member (one, "state", "raised");
  } else if (strcmp (name, "polls") == 0) {
    JsonArray *options = json_object_get_array_member (body, "options");

    json_object_set_boolean_member (one, "closed", FALSE);
    json_object_set_int_member (one, "answers", 0);
    json_object_set_array_member (one, "counts",
                                  zeroes (json_array_get_length (options)));
  }
  json_array_add_object_element (list (self, name), one);
}

static void
set_question (PageModel *self, JsonObject *event, JsonObject *body)
{
  gint64 seq = json_object_get_int_member (body, "question");
  const gchar *state = json_object_get_string_member (body, "state");
  JsonObject *question = item (self, "questions", seq);

  if (question == NULL)
    return;
  if (strcmp (state, "dismissed") == 0) {
    drop (self, "questions", "seq", seq);
    return;
  }
  json_object_set_string_member (question, "state", state);
  json_object_remove_member (question, "answer");
  if (json_object_has_member (event, "text"))
    json_object_set_string_member (question, "answer",
                                   json_object_get_string_member (event, "text"));
}

static void
set_poll (PageModel *self, JsonObject *body, gboolean closed)
{
  static const gchar *const names[] = { "shown", "counts", "answers", "correct", NULL };
  JsonObject *poll = item (self, "polls", json_object_get_int_member (body, "poll"));

  if (poll == NULL)
    return;
  copy (poll, body, names);
  if (closed)
    json_object_set_boolean_member (poll, "closed", TRUE);
}

static void
set_muted (PageModel *self, JsonObject *event, JsonObject *body)
{
  gint64 member = json_object_get_int_member_with_default (event, "member", 0);

  if (!json_object_has_member (self->state, "muted"))
    return;
  drop (self, "muted", "member", member);
  if (json_object_get_boolean_member (body, "muted")) {
    JsonObject *one = json_object_new ();

    json_object_set_int_member (one, "member", member);
    json_object_set_string_member (one, "name",
                                   json_object_get_string_member (event, "name"));
    json_array_add_object_element (list (self, "muted"), one);
  }
}

static void
set_hand (PageModel *self, JsonObject *body)
{
  gint64 seq = json_object_get_int_member (body, "hand");
  const gchar *state = json_object_get_string_member (body, "state");
  JsonObject *hand = item (self, "hands", seq);

  if (strcmp (state, "lowered") == 0)
    drop (self, "hands", "seq", seq);
  else if (hand != NULL)
    json_object_set_string_member (hand, "state", state);
}

static void
set_handout (PageModel *self, JsonObject *body)
{
  gint64 seq = json_object_get_int_member (body, "handout");
  JsonObject *handout = item (self, "handouts", seq);

  if (handout == NULL)
    return;
  json_object_set_boolean_member (handout, "pinned",
                                  json_object_get_boolean_member (body, "pinned"));
  if (json_object_get_boolean_member (body, "removed"))
    drop (self, "handouts", "seq", seq);
}

static gboolean
apply_begun (PageModel *self, const gchar *kind, JsonObject *event, JsonObject *body)
{
  static const gchar *const begun[][2] = {
    { "chat", "lines" }, { "announcement", "announcements" },
    { "poll", "polls" }, { "question", "questions" },
    { "hand", "hands" }, { "handout", "handouts" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (begun); i++)
    if (strcmp (begun[i][0], kind) == 0) {
      add_item (self, begun[i][1], event, body);
      return TRUE;
    }
  return FALSE;
}

void
page_model_apply (PageModel *self, JsonObject *event)
{
  const gchar *kind = json_object_get_string_member (event, "kind");
  JsonObject *body = json_object_get_object_member (event, "body");

  if (apply_begun (self, kind, event, body))
    return;
  if (strcmp (kind, "chat-hidden") == 0)
    drop (self, "lines", "seq", json_object_get_int_member (body, "line"));
  else if (strcmp (kind, "chat-mode") == 0)
    json_object_set_object_member (self->state, "chat", json_object_ref (body));
  else if (strcmp (kind, "chat-muted") == 0)
    set_muted (self, event, body);
  else if (strcmp (kind, "question-state") == 0)
    set_question (self, event, body);
  else if (strcmp (kind, "hand-state") == 0)
    set_hand (self, body);
  else if (strcmp (kind, "poll-closed") == 0 || strcmp (kind, "poll-shown") == 0)
    set_poll (self, body, strcmp (kind, "poll-closed") == 0);
  else if (strcmp (kind, "announcement-withdrawn") == 0)
    drop (self, "announcements", "seq",
          json_object_get_int_member (body, "announcement"));
  else if (strcmp (kind, "handout-changed") == 0)
    set_handout (self, body);
  else
    g_assert_not_reached ();
}

void
page_model_tally (PageModel *self, JsonObject *tally)
{
  static const gchar *const names[] = { "counts", "answers", NULL };
  JsonArray *votes = json_object_get_array_member (tally, "votes");
  JsonArray *polls = json_object_get_array_member (tally, "polls");

  for (guint i = 0; i < json_array_get_length (votes); i++) {
    JsonArray *pair = json_array_get_array_element (votes, i);
    JsonObject *question =
        item (self, "questions", json_array_get_int_element (pair, 0));

    if (question != NULL)
      json_object_set_int_member (question, "votes",
                                  json_array_get_int_element (pair, 1));
  }
  for (guint i = 0; i < json_array_get_length (polls); i++) {
    JsonObject *one = json_array_get_object_element (polls, i);
    JsonObject *poll = item (self, "polls", json_object_get_int_member (one, "poll"));

    if (poll != NULL)
      copy (poll, one, names);
  }
}

/* --- What a person would see --- */

static gint64
key_of (JsonObject *one)
{
  return json_object_get_int_member (
      one, json_object_has_member (one, "seq") ? "seq" : "member");
}

static gint
by_seq (gconstpointer a, gconstpointer b)
{
  gint64 difference = key_of (*(JsonObject **)a) - key_of (*(JsonObject **)b);

  return difference < 0 ? -1 : difference > 0;
}

static void
summarize_field (JsonObject *one, const gchar *name, gboolean hidden, GString *out)
{
  g_autofree gchar *text = NULL;

  if (hidden || !json_object_has_member (one, name))
    return;
  text = json_to_string (json_object_get_member (one, name), FALSE);
  g_string_append_printf (out, " %s=%s", name, text);
}

/* Of what is not shown a page may hold old counts; it shows none. */
static void
summarize (JsonObject *one, gboolean staff, GString *out)
{
  static const gchar *const names[] = { "seq",     "member", "site",     "state",
                                        "text",    "votes",  "answer",   "closed",
                                        "shown",   "quiz",   "multiple", "options",
                                        "correct", "pinned", "title",    "url",
                                        "name" };
  gboolean counts =
      staff || json_object_get_boolean_member_with_default (one, "shown", FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    summarize_field (one, names[i], FALSE, out);
  summarize_field (one, "counts", !counts, out);
  summarize_field (one, "answers", !counts, out);
  g_string_append_c (out, '\n');
}

gchar *
page_model_summary (JsonObject *state)
{
  static const struct {
    const gchar *name;
    guint last; /* so many are told to who comes later */
  } lists[] = { { "lines", 50 },  { "announcements", 20 }, { "questions", 1000 },
                { "polls", 20 },  { "hands", 1000 },       { "handouts", 1000 },
                { "muted", 1000 } };
  gboolean staff = json_object_has_member (state, "muted");
  GString *out = g_string_new (NULL);

  summarize_field (json_object_get_object_member (state, "chat"), "open", FALSE, out);
  summarize_field (json_object_get_object_member (state, "chat"), "slow_s", FALSE, out);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autoptr (GPtrArray) items = g_ptr_array_new ();
    JsonArray *array = json_object_has_member (state, lists[i].name)
                           ? json_object_get_array_member (state, lists[i].name)
                           : NULL;
    guint n = array != NULL ? json_array_get_length (array) : 0;

    for (guint k = 0; k < n; k++)
      g_ptr_array_add (items, json_array_get_object_element (array, k));
    g_ptr_array_sort (items, by_seq);
    g_string_append_printf (out, "\n%s\n", lists[i].name);
    for (guint k = n > lists[i].last ? n - lists[i].last : 0; k < n; k++)
      summarize (items->pdata[k], staff, out);
  }
  return g_string_free (out, FALSE);
}
