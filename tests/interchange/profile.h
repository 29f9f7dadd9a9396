/* profile.h - what the ADL video profile (https://w3id.org/xapi/video/v1.0.3) and the
 * Experience API 1.0.3 ask of a statement: the rules with presence "included" and
 * "recommended" that a server can know. */
#pragma once

#include <json-glib/json-glib.h>
#include <string.h>

#define PROFILE "https://w3id.org/xapi/video"
#define EXT PROFILE "/extensions/"

typedef struct {
  const gchar *verb;      /* how it ends */
  const gchar *result[6]; /* extensions of the result */
  gboolean completion;
} ProfileTemplate;

static const ProfileTemplate profile_templates[] = {
  { "http://adlnet.gov/expapi/verbs/initialized", { NULL } },
  { PROFILE "/verbs/played", { "time" } },
  { PROFILE "/verbs/paused", { "time", "progress", "played-segments" } },
  { PROFILE "/verbs/seeked", { "time-from", "time-to" } },
  { "http://adlnet.gov/expapi/verbs/completed",
    { "time", "progress", "played-segments" },
    TRUE },
};

static inline JsonObject *
profile_object (JsonObject *object, const gchar *name)
{
  g_assert_true (json_object_has_member (object, name));
  return json_object_get_object_member (object, name);
}

static inline const gchar *
profile_text (JsonObject *object, const gchar *name)
{
  g_assert_true (json_object_has_member (object, name));
  return json_object_get_string_member (object, name);
}

static inline gboolean
is_uuid (const gchar *text, gchar version)
{
  return g_uuid_string_is_valid (text) && text[14] == version &&
         strchr ("89ab", text[19]) != NULL;
}

static inline void
assert_seconds (JsonObject *extensions, const gchar *name, gdouble max)
{
  g_autofree gchar *key = g_strconcat (EXT, name, NULL);
  gdouble value;

  g_assert_true (json_object_has_member (extensions, key));
  value = json_object_get_double_member (extensions, key);
  g_assert_cmpfloat (value, >=, 0);
  g_assert_cmpfloat (value, <=, max);
}

/* "0.000[.]12.000[,]14.000[.]21.000" */
static inline void
assert_segments (const gchar *text)
{
  g_assert_true (g_regex_match_simple ("^\\d+\\.\\d{3}\\[\\.\\]\\d+\\.\\d{3}(\\[,\\]"
                                       "\\d+\\.\\d{3}\\[\\.\\]\\d+\\.\\d{3})*$",
                                       text, 0, 0));
}

static inline void
assert_context (JsonObject *statement)
{
  JsonObject *context = profile_object (statement, "context");
  JsonObject *extensions = profile_object (context, "extensions");
  JsonArray *category = json_object_get_array_member (
      profile_object (context, "contextActivities"), "category");

  g_assert_true (is_uuid (profile_text (context, "registration"), '5'));
  g_assert_true (is_uuid (profile_text (extensions, EXT "session-id"), '4'));
  assert_seconds (extensions, "length", 1e9);
  assert_seconds (extensions, "completion-threshold", 1);
  g_assert_cmpstr (profile_text (json_array_get_object_element (category, 0), "id"), ==,
                   PROFILE);
}

static inline void
assert_result (JsonObject *statement, const ProfileTemplate *want)
{
  JsonObject *result, *extensions;

  if (want->result[0] == NULL) {
    g_assert_false (json_object_has_member (statement, "result"));
    return;
  }
  result = profile_object (statement, "result");
  extensions = profile_object (result, "extensions");
  for (guint i = 0; want->result[i] != NULL; i++)
    if (strcmp (want->result[i], "played-segments") == 0)
      assert_segments (profile_text (extensions, EXT "played-segments"));
    else
      assert_seconds (extensions, want->result[i],
                      strcmp (want->result[i], "progress") == 0 ? 1 : 1e9);
  if (want->completion) {
    g_assert_true (json_object_get_boolean_member (result, "completion"));
    g_assert_true (g_regex_match_simple ("^PT\\d+\\.\\d{3}S$",
                                         profile_text (result, "duration"), 0, 0));
  }
}

/* @statement: as it was received */
static inline void
assert_follows_profile (JsonObject *statement)
{
  const gchar *verb = profile_text (profile_object (statement, "verb"), "id");
  JsonObject *object = profile_object (statement, "object");
  JsonObject *account = profile_object (profile_object (statement, "actor"), "account");
  g_autoptr (GDateTime) time =
      g_date_time_new_from_iso8601 (profile_text (statement, "timestamp"), NULL);

  g_assert_nonnull (time);
  g_assert_true (is_uuid (profile_text (statement, "id"), '5'));
  g_assert_cmpstr (profile_text (object, "objectType"), ==, "Activity");
  g_assert_cmpstr (profile_text (profile_object (object, "definition"), "type"), ==,
                   PROFILE "/activity-type/video");
  g_assert_nonnull (profile_text (account, "homePage"));
  g_assert_cmpuint (strlen (profile_text (account, "name")), ==, 32);
  assert_context (statement);
  for (guint i = 0; i < G_N_ELEMENTS (profile_templates); i++)
    if (strcmp (verb, profile_templates[i].verb) == 0) {
      assert_result (statement, &profile_templates[i]);
      return;
    }
  g_error ("no such verb: %s", verb);
}
