#include "printout.h"

#include "interchange_printout.h"
#include "table.h"

#include <string.h>

/* "1:02:03" for a length in milliseconds. */
static gchar *
length_text (gint64 ms)
{
  gint64 s = ms / 1000;

  return g_strdup_printf ("%" G_GINT64_FORMAT ":%02d:%02d", s / 3600,
                          (gint)(s / 60 % 60), (gint)(s % 60));
}

static const gchar *
text_of (JsonObject *object, const gchar *name)
{
  const gchar *text = json_object_get_string_member_with_default (object, name, NULL);

  return text != NULL ? text : "-";
}

static gint64
int_of (JsonObject *object, const gchar *name)
{
  return json_object_get_int_member_with_default (object, name, 0);
}

/* Returns: (transfer full): the time @name on this machine's wall clock, as people
 * write it. */
static gchar *
hour_text (JsonObject *object, const gchar *name)
{
  const gchar *text = json_object_get_string_member_with_default (object, name, NULL);
  g_autoptr (GDateTime) time =
      text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;
  g_autoptr (GDateTime) here = time != NULL ? g_date_time_to_local (time) : NULL;

  return here != NULL ? g_date_time_format (here, "%Y-%m-%d %H:%M") : g_strdup ("-");
}

/* Returns: (transfer full). */
static gchar *
source_text (JsonObject *lesson)
{
  JsonNode *node = json_object_get_member (lesson, "source");
  JsonObject *source;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return g_strdup ("-");
  source = json_node_get_object (node);
  return g_strconcat (
      text_of (source, "address"),
      json_object_get_boolean_member_with_default (source, "loop", FALSE) ? " (loop)"
                                                                          : "",
      NULL);
}

static gchar *
print_lesson_source (JsonObject *lesson)
{
  g_autofree gchar *source = source_text (lesson);
  g_autofree gchar *hour = hour_text (lesson, "planned_at");

  return g_strdup_printf ("Lesson %" G_GINT64_FORMAT " \"%s\"\n"
                          "  source       %s\n"
                          "  planned      %s\n",
                          int_of (lesson, "lesson"), text_of (lesson, "title"), source,
                          hour);
}

/* A lesson that waits for its signal is told apart; it is live all the same. */
static const gchar *
state_of (JsonObject *lesson)
{
  return json_object_get_boolean_member_with_default (lesson, "interrupted", FALSE)
             ? "interrupted"
             : text_of (lesson, "state");
}

static gchar *
print_lesson (JsonObject *lesson)
{
  g_autofree gchar *length = length_text (int_of (lesson, "length_ms"));

  return g_strdup_printf ("Lesson %" G_GINT64_FORMAT " \"%s\" is %s (%s).\n",
                          int_of (lesson, "lesson"), text_of (lesson, "title"),
                          state_of (lesson), length);
}

static gchar *
print_lesson_add (JsonObject *result)
{
  return g_strdup_printf (
      "Lesson %" G_GINT64_FORMAT "\n"
      "  page         %s\n"
      "  stream to    %s\n"
      "  stream key   %s\n"
      "  or by SRT    %s\n"
      "  stand by     %s\n"
      "  backup key   %s\n"
      "The keys are shown only now; keep them.\n",
      int_of (result, "lesson"), text_of (result, "page_url"),
      text_of (result, "rtmp_url"), text_of (result, "stream_key"),
      json_object_get_null_member (result, "srt_url") ? "(known when the server runs)"
                                                      : text_of (result, "srt_url"),
      text_of (result, "backup_url"), text_of (result, "backup_key"));
}

static gchar *
print_series (JsonArray *lessons)
{
  g_autoptr (AcTable) table = ac_table_new (
      (const gchar *const[]){ "ID", "PLANNED", "STREAM TO", "STREAM KEY", NULL },
      "><<<");
  g_autofree gchar *text = NULL;

  for (guint i = 0; i < json_array_get_length (lessons); i++) {
    JsonObject *lesson = json_array_get_object_element (lessons, i);
    g_autofree gchar *id =
        g_strdup_printf ("%" G_GINT64_FORMAT, int_of (lesson, "lesson"));
    g_autofree gchar *planned = hour_text (lesson, "planned_at");

    ac_table_add_row (table,
                      (const gchar *const[]){ id, planned, text_of (lesson, "rtmp_url"),
                                              text_of (lesson, "stream_key"), NULL });
  }
  text = ac_table_to_text (table);
  return g_strconcat (text, "The keys are shown only now; keep them.\n", NULL);
}

static gchar *
print_expected (JsonArray *expected)
{
  g_autoptr (AcTable) table = ac_table_new (
      (const gchar *const[]){ "NUMBER", "NAME", "KIND", "STATE", "REASON", NULL },
      "<<<<<");

  for (guint i = 0; i < json_array_get_length (expected); i++) {
    JsonObject *one = json_array_get_object_element (expected, i);

    ac_table_add_row (
        table, (const gchar *const[]){ text_of (one, "number"), text_of (one, "name"),
                                       text_of (one, "kind"), text_of (one, "state"),
                                       text_of (one, "reason"), NULL });
  }
  return ac_table_to_text (table);
}

static void
add_course_row (AcTable *table, JsonObject *course)
{
  g_autofree gchar *id = g_strdup_printf ("%" G_GINT64_FORMAT, int_of (course, "id"));
  g_autofree gchar *branch =
      g_strdup_printf ("%" G_GINT64_FORMAT, int_of (course, "branch"));
  gboolean archived = json_object_get_boolean_member (course, "archived");

  ac_table_add_row (table, (const gchar *const[]){
                               id, text_of (course, "kind"), text_of (course, "title"),
                               int_of (course, "branch") != 0 ? branch : "-",
                               archived ? "archived" : "", NULL });
}

/* Several of them, or one. */
static gchar *
print_courses (JsonObject *result)
{
  g_autoptr (AcTable) table = ac_table_new (
      (const gchar *const[]){ "ID", "KIND", "TITLE", "BRANCH", "", NULL }, "><<><");
  JsonArray *courses = json_object_has_member (result, "courses")
                           ? json_object_get_array_member (result, "courses")
                           : NULL;

  for (guint i = 0; courses != NULL && i < json_array_get_length (courses); i++)
    add_course_row (table, json_array_get_object_element (courses, i));
  if (courses == NULL)
    add_course_row (table, result);
  return ac_table_to_text (table);
}

/* Returns: (nullable): NULL: something else. */
static gchar *
print_timetable (const gchar *command, JsonObject *result)
{
  if (g_str_has_prefix (command, "course-"))
    return print_courses (result);
  if (strcmp (command, "lesson-expected") == 0)
    return print_expected (json_object_get_array_member (result, "expected"));
  if (strcmp (command, "lesson-excuse") == 0)
    return g_strdup_printf ("Entered for %s.\n", text_of (result, "number"));
  if (strcmp (command, "lesson-add") == 0 && json_object_has_member (result, "lessons"))
    return print_series (json_object_get_array_member (result, "lessons"));
  if (strcmp (command, "lesson-add") == 0 || strcmp (command, "lesson-key") == 0)
    return print_lesson_add (result);
  if (strcmp (command, "lesson-change") == 0)
    return print_lesson_source (result);
  return NULL;
}

static gchar *
print_lesson_list (JsonObject *result)
{
  JsonArray *lessons = json_object_get_array_member (result, "lessons");
  g_autoptr (AcTable) table =
      ac_table_new ((const gchar *const[]){ "ID", "STATE", "PLANNED", "STARTED",
                                            "LENGTH", "TITLE", "SOURCE", NULL },
                    "><<<><<");

  for (guint i = 0; i < json_array_get_length (lessons); i++) {
    JsonObject *lesson = json_array_get_object_element (lessons, i);
    g_autofree gchar *id =
        g_strdup_printf ("%" G_GINT64_FORMAT, int_of (lesson, "lesson"));
    g_autofree gchar *planned = hour_text (lesson, "planned_at");
    g_autofree gchar *started = hour_text (lesson, "started_at");
    g_autofree gchar *length = length_text (int_of (lesson, "length_ms"));
    g_autofree gchar *source = source_text (lesson);

    ac_table_add_row (
        table, (const gchar *const[]){ id, state_of (lesson), planned, started, length,
                                       text_of (lesson, "title"), source, NULL });
  }
  return ac_table_to_text (table);
}

static gchar *
print_attendance (JsonArray *members)
{
  g_autoptr (AcTable) table = ac_table_new (
      (const gchar *const[]){ "NUMBER", "NAME", "ACCEPTED", "EARNED", NULL }, "<<>>");

  for (guint i = 0; i < json_array_get_length (members); i++) {
    JsonObject *member = json_array_get_object_element (members, i);
    g_autofree gchar *accepted = length_text (int_of (member, "accepted_ms"));
    g_autofree gchar *earned = length_text (int_of (member, "earned_ms"));

    ac_table_add_row (table, (const gchar *const[]){ text_of (member, "member"),
                                                     text_of (member, "name"), accepted,
                                                     earned, NULL });
  }
  return ac_table_to_text (table);
}

static const gchar *
hours_of (JsonObject *policy, const gchar *duty)
{
  return text_of (json_object_get_object_member (policy, "required"), duty);
}

/* Returns: (transfer full): "45 minutes are 1 hour, in steps of 0.5". */
static gchar *
rule_text (JsonObject *policy)
{
  if (strcmp (text_of (policy, "rule"), "tiers") == 0)
    return g_strdup_printf ("minutes:hours %s", text_of (policy, "tiers"));
  return g_strdup_printf ("%" G_GINT64_FORMAT " minutes are 1 hour, in steps of %s",
                          int_of (policy, "minutes"), text_of (policy, "step"));
}

static gchar *
print_policy (JsonObject *policy)
{
  g_autofree gchar *rule = rule_text (policy);
  const gchar *until =
      json_object_get_string_member_with_default (policy, "valid_until", NULL);

  return g_strdup_printf (
      "Policy %s\n"
      "  valid        from %s%s%s\n"
      "  rule         %s\n"
      "  attended     at %g %%\n"
      "  replay       %s\n"
      "  hours a year members %s, committees %s, cadres %s\n"
      "  reason       %s\n",
      text_of (policy, "version"), text_of (policy, "valid_from"),
      until != NULL ? " until " : "", until != NULL ? until : "", rule,
      json_object_get_double_member (policy, "attended_percent"),
      json_object_get_boolean_member (policy, "counts_replay") ? "counts" : "apart",
      hours_of (policy, "member"), hours_of (policy, "committee"),
      hours_of (policy, "cadre"), text_of (policy, "reason"));
}

static gchar *
print_policies (JsonObject *result)
{
  JsonArray *policies = json_object_get_array_member (result, "policies");
  g_autoptr (AcTable) table = ac_table_new (
      (const gchar *const[]){ "VERSION", "FROM", "UNTIL", "RULE", "REASON", NULL },
      "<<<<<");

  for (guint i = 0; i < json_array_get_length (policies); i++) {
    JsonObject *policy = json_array_get_object_element (policies, i);
    g_autofree gchar *rule = rule_text (policy);

    ac_table_add_row (table,
                      (const gchar *const[]){ text_of (policy, "version"),
                                              text_of (policy, "valid_from"),
                                              text_of (policy, "valid_until"), rule,
                                              text_of (policy, "reason"), NULL });
  }
  return ac_table_to_text (table);
}

static gchar *
print_recount (JsonObject *result)
{
  g_autofree gchar *earned = length_text (int_of (result, "earned_ms"));

  return g_strdup_printf ("%" G_GINT64_FORMAT " records give the same figures, %s in "
                          "all; %" G_GINT64_FORMAT " wait to be settled.\n",
                          int_of (result, "compared"), earned,
                          int_of (result, "unsettled"));
}

/* Returns: (transfer full) (nullable): NULL: the command is another's. */
static gchar *
print_credit (const gchar *command, JsonObject *result)
{
  if (strcmp (command, "policy-list") == 0)
    return print_policies (result);
  if (g_str_has_prefix (command, "policy-"))
    return print_policy (result);
  if (strcmp (command, "ledger-verify") == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT " entries are as they were entered.\n",
                            int_of (result, "entries"));
  if (strcmp (command, "ledger-head") == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT " %s\n", int_of (result, "entries"),
                            text_of (result, "hash"));
  if (strcmp (command, "ledger-recompute") == 0)
    return print_recount (result);
  if (strcmp (command, "standing-set") == 0)
    return g_strdup_printf (
        "%s counts as %s in %" G_GINT64_FORMAT "%s.\n", text_of (result, "number"),
        text_of (result, "duty"), int_of (result, "year"),
        json_object_get_boolean_member (result, "exempt") ? ", exempt" : "");
  if (strcmp (command, "ledger-close") == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT " is closed with %" G_GINT64_FORMAT
                            " entries.\n",
                            int_of (result, "year"), int_of (result, "entries"));
  return NULL;
}

/* "12", or "-" for null. */
static gchar *
number_text (JsonObject *object, const gchar *name)
{
  gint64 number =
      json_object_get_null_member (object, name) ? 0 : int_of (object, name);

  return number != 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, number) : g_strdup ("-");
}

static gchar *
print_branch_list (JsonObject *result)
{
  JsonArray *branches = json_object_get_array_member (result, "branches");
  g_autoptr (AcTable) table = ac_table_new (
      (const gchar *const[]){ "ID", "PARENT", "KIND", "NAME", NULL }, ">><<");

  for (guint i = 0; i < json_array_get_length (branches); i++) {
    JsonObject *branch = json_array_get_object_element (branches, i);
    g_autofree gchar *id = number_text (branch, "branch");
    g_autofree gchar *parent = number_text (branch, "parent");

    ac_table_add_row (table,
                      (const gchar *const[]){ id, parent, text_of (branch, "kind"),
                                              text_of (branch, "name"), NULL });
  }
  return ac_table_to_text (table);
}

/* Returns: (transfer full): "1001, 1002". */
static gchar *
stewards_text (JsonObject *site)
{
  JsonArray *stewards = json_object_get_array_member (site, "stewards");
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (stewards); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            json_array_get_string_element (stewards, i));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gchar *
print_sites (JsonArray *sites)
{
  g_autoptr (AcTable) table = ac_table_new (
      (const gchar *const[]){ "ID", "BRANCH", "NAME", "STEWARDS", NULL }, ">><<");

  for (guint i = 0; i < json_array_get_length (sites); i++) {
    JsonObject *site = json_array_get_object_element (sites, i);
    g_autofree gchar *id = number_text (site, "site");
    g_autofree gchar *branch = number_text (site, "branch");
    g_autofree gchar *stewards = stewards_text (site);

    ac_table_add_row (table, (const gchar *const[]){ id, branch, text_of (site, "name"),
                                                     stewards, NULL });
  }
  return ac_table_to_text (table);
}

static gchar *
print_site (JsonObject *site)
{
  g_autoptr (JsonArray) one = json_array_new ();

  json_array_add_object_element (one, json_object_ref (site));
  return print_sites (one);
}

static gchar *
print_screens (JsonArray *screens)
{
  g_autoptr (AcTable) table = ac_table_new (
      (const gchar *const[]){ "ID", "SITE", "NAME", "PAIRED", "SEEN", "REVOKED", NULL },
      ">><<<<");

  for (guint i = 0; i < json_array_get_length (screens); i++) {
    JsonObject *screen = json_array_get_object_element (screens, i);
    g_autofree gchar *id = number_text (screen, "screen");
    g_autofree gchar *site = number_text (screen, "site");

    ac_table_add_row (table,
                      (const gchar *const[]){ id, site, text_of (screen, "name"),
                                              text_of (screen, "paired_at"),
                                              text_of (screen, "last_seen_at"),
                                              text_of (screen, "revoked_at"), NULL });
  }
  return ac_table_to_text (table);
}

/* Returns: (nullable): NULL: it is about something else. */
static gchar *
print_rooms (const gchar *command, JsonObject *result)
{
  if (strcmp (command, "screen-list") == 0)
    return print_screens (json_object_get_array_member (result, "screens"));
  if (strcmp (command, "screen-pair") == 0)
    return g_strdup_printf (
        "Screen %" G_GINT64_FORMAT " %s is let in at site %" G_GINT64_FORMAT ".\n",
        int_of (result, "screen"), text_of (result, "name"), int_of (result, "site"));
  if (strcmp (command, "screen-revoke") == 0)
    return g_strdup_printf ("Screen %" G_GINT64_FORMAT " is known no more.\n",
                            int_of (result, "screen"));
  if (strcmp (command, "member-card") == 0)
    return g_strdup_printf ("The card of %s: %s\n", text_of (result, "number"),
                            text_of (result, "card"));
  return NULL;
}

static gchar *
print_member (JsonObject *member)
{
  JsonArray *branches = json_object_get_array_member (member, "branches");
  g_autofree gchar *home = number_text (member, "home");
  g_autofree gchar *host = number_text (member, "host");
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text,
                          "%s %s (%s, %s)\n"
                          "  home branch  %s\n"
                          "  host branch  %s\n"
                          "  phone        %s\n"
                          "  identity     %s\n"
                          "  certificate  %s (%s)\n",
                          text_of (member, "number"), text_of (member, "name"),
                          text_of (member, "kind"), text_of (member, "role"), home,
                          host, text_of (member, "phone"), text_of (member, "identity"),
                          text_of (member, "certificate"),
                          text_of (member, "certificate_state"));
  for (guint i = 0; i < json_array_get_length (branches); i++) {
    JsonObject *span = json_array_get_object_element (branches, i);
    g_autofree gchar *branch = number_text (span, "branch");

    g_string_append_printf (text, "  from %s  %s %s\n", text_of (span, "from"),
                            text_of (span, "side"), branch);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gchar *
print_roles (JsonObject *result)
{
  JsonArray *roles = json_object_get_array_member (result, "roles");
  g_autoptr (AcTable) table =
      ac_table_new ((const gchar *const[]){ "ROLE", "BRANCH", NULL }, "<>");

  for (guint i = 0; i < json_array_get_length (roles); i++) {
    JsonObject *role = json_array_get_object_element (roles, i);
    g_autofree gchar *branch = number_text (role, "branch");

    ac_table_add_row (table,
                      (const gchar *const[]){
                          text_of (role, "role"),
                          strcmp (branch, "-") == 0 ? "everywhere" : branch, NULL });
  }
  return ac_table_to_text (table);
}

/* What a row's fate is about: "姓名, 手机号码", or what is wrong. */
static gchar *
about_text (JsonObject *row)
{
  g_autoptr (GString) text = g_string_new (NULL);
  JsonArray *changed;

  if (json_object_has_member (row, "why")) {
    if (json_object_has_member (row, "column"))
      g_string_append_printf (text, "%s: ", text_of (row, "column"));
    g_string_append (text, text_of (row, "why"));
  }
  if (json_object_has_member (row, "changed")) {
    changed = json_object_get_array_member (row, "changed");
    for (guint i = 0; i < json_array_get_length (changed); i++)
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                              json_array_get_string_element (changed, i));
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What is the same is only counted; --json tells every row. */
static gchar *
rows_text (JsonArray *rows)
{
  g_autoptr (AcTable) table = ac_table_new (
      (const gchar *const[]){ "ROW", "FATE", "NUMBER", "ABOUT", NULL }, "><<<");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (rows); i++) {
    JsonObject *row = json_array_get_object_element (rows, i);
    g_autofree gchar *number = number_text (row, "row");
    g_autofree gchar *about = about_text (row);

    if (strcmp (text_of (row, "fate"), "same") == 0)
      continue;
    n++;
    ac_table_add_row (table,
                      (const gchar *const[]){ number, text_of (row, "fate"),
                                              text_of (row, "number"), about, NULL });
  }
  return n > 0 ? ac_table_to_text (table) : g_strdup ("");
}

static gchar *
print_import (JsonObject *result)
{
  JsonArray *ignored = json_object_get_array_member (result, "ignored");
  g_autofree gchar *rows = rows_text (json_object_get_array_member (result, "rows"));
  g_autoptr (GString) text = g_string_new (rows);

  for (guint i = 0; i < json_array_get_length (ignored); i++)
    g_string_append_printf (text, "Column %s means nothing here and is left out.\n",
                            json_array_get_string_element (ignored, i));
  g_string_append_printf (text,
                          "%" G_GINT64_FORMAT " new, %" G_GINT64_FORMAT
                          " changed, %" G_GINT64_FORMAT " same, %" G_GINT64_FORMAT
                          " refused.\n",
                          int_of (result, "new"), int_of (result, "changed"),
                          int_of (result, "same"), int_of (result, "refused"));
  if (json_object_get_boolean_member (result, "applied"))
    g_string_append (text, "Imported.\n");
  else if (int_of (result, "refused") > 0)
    g_string_append (text, "Nothing is imported while rows are refused.\n");
  else
    g_string_append_printf (text, "Nothing is imported yet; to do so: --apply %s\n",
                            text_of (result, "digest"));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gchar *
print_audit (JsonObject *result)
{
  JsonArray *entries = json_object_get_array_member (result, "entries");
  g_autoptr (AcTable) table =
      ac_table_new ((const gchar *const[]){ "ID", "TIME", "ACT", "BY", "ABOUT",
                                            "BRANCH", "REASON", "DETAIL", NULL },
                    "><<<<><<");

  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    g_autofree gchar *id = number_text (entry, "id");
    g_autofree gchar *hour = hour_text (entry, "at");
    g_autofree gchar *branch = number_text (entry, "branch");
    g_autofree gchar *detail =
        json_to_string (json_object_get_member (entry, "detail"), FALSE);

    ac_table_add_row (table, (const gchar *const[]){
                                 id, hour, text_of (entry, "act"),
                                 text_of (entry, "actor"), text_of (entry, "member"),
                                 branch, text_of (entry, "reason"), detail, NULL });
  }
  return ac_table_to_text (table);
}

static gchar *
print_whole (JsonObject *result)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree gchar *text = NULL;

  json_node_set_object (node, result);
  text = json_to_string (node, TRUE);
  return g_strconcat (text, "\n", NULL);
}

static gchar *
print_password (JsonObject *result)
{
  const gchar *made =
      json_object_get_string_member_with_default (result, "password", NULL);

  return g_strdup_printf ("%s%s%s has another password; %" G_GINT64_FORMAT
                          " sessions have ended.\n",
                          made != NULL ? made : "", made != NULL ? "\n" : "",
                          text_of (result, "number"), int_of (result, "sessions"));
}

/* Returns: (nullable): NULL: it is about lessons. */
static gchar *
print_organisation (const gchar *command, JsonObject *result)
{
  if (g_str_has_prefix (command, "role-"))
    return print_roles (result);
  if (strcmp (command, "identity-rotate") == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT " numbers are sealed by a fresh key.\n",
                            int_of (result, "numbers"));
  if (strcmp (command, "audit-list") == 0)
    return print_audit (result);
  if (strcmp (command, "members-import") == 0)
    return print_import (result);
  if (strcmp (command, "members-export") == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT " members are in %s.\n",
                            int_of (result, "members"), text_of (result, "file"));
  if (strcmp (command, "branch-list") == 0)
    return print_branch_list (result);
  if (strcmp (command, "site-list") == 0)
    return print_sites (json_object_get_array_member (result, "sites"));
  if (g_str_has_prefix (command, "site-"))
    return print_site (result);
  if (strcmp (command, "member-add") == 0)
    return g_strdup_printf ("Added %s %s (%s).\n", text_of (result, "number"),
                            text_of (result, "name"), text_of (result, "role"));
  if (strcmp (command, "member-show-all") == 0)
    return print_whole (result);
  if (strcmp (command, "member-erase") == 0)
    return g_strdup_printf ("Member %" G_GINT64_FORMAT " is erased.\n",
                            int_of (result, "member"));
  if (strcmp (command, "member-cards") == 0)
    return g_strdup_printf (
        "%" G_GINT64_FORMAT " cards are in %s, on %" G_GINT64_FORMAT " pages.\n",
        int_of (result, "cards"), text_of (result, "file"), int_of (result, "pages"));
  if (strcmp (command, "member-password") == 0)
    return print_password (result);
  if (g_str_has_prefix (command, "screen-") || strcmp (command, "member-card") == 0)
    return print_rooms (command, result);
  if (g_str_has_prefix (command, "member-"))
    return print_member (result);
  if (g_str_has_prefix (command, "branch-"))
    return g_strdup_printf ("%s branch %" G_GINT64_FORMAT " %s (%s).\n",
                            strcmp (command, "branch-add") == 0 ? "Added" : "Changed",
                            int_of (result, "branch"), text_of (result, "name"),
                            text_of (result, "kind"));
  return NULL;
}

static gchar *
print_object (const gchar *command, JsonObject *result)
{
  gchar *text = print_organisation (command, result);

  if (text != NULL)
    return text;
  if (strcmp (command, "init") == 0)
    return g_strdup_printf ("%s is ready.\n", text_of (result, "data_dir"));
  text = print_timetable (command, result);
  if (text != NULL)
    return text;
  if (strcmp (command, "lesson-source") == 0)
    return print_lesson_source (result);
  if (strcmp (command, "lesson-list") == 0)
    return print_lesson_list (result);
  if (strcmp (command, "lesson-url") == 0)
    return g_strdup_printf (
        "video   %s\naudio   %s\ndash    %s\npage    %s\nuntil   %s\n",
        text_of (result, "multivariant"), text_of (result, "audio"),
        text_of (result, "dash"), text_of (result, "page_url"),
        text_of (result, "expires_at"));
  text = ac_interchange_printout (command, result);
  if (text == NULL)
    text = print_credit (command, result);
  return text != NULL ? text : print_lesson (result);
}

gchar *
ac_printout (const gchar *control_command, JsonNode *result)
{
  if (JSON_NODE_HOLDS_OBJECT (result))
    return print_object (control_command, json_node_get_object (result));
  if (JSON_NODE_HOLDS_ARRAY (result))
    return print_attendance (json_node_get_array (result));
  return g_strdup ("");
}
