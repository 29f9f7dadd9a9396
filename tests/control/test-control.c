#include "control.h"
#include "json_text.h"
#include "school.h"
#include "stream_key.h"

#include <string.h>
#include <sysexits.h>

#define MEDIA_LIFE_S 600

static const gchar secret[] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

typedef struct {
  School school;
  AcMediaKey key;
  AcIdentities *identities;
  AcControl *control;
  gboolean answered;
  JsonNode *result;
  gchar *field, *message;
  AcControlCode code;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *key_file = NULL;

  school_open (&f->school);
  memset (&f->key, 7, sizeof f->key);
  key_file = g_build_filename (f->school.dir, "identity.key", NULL);
  f->identities = ac_identities_new (f->school.store, key_file);
  f->control = ac_control_new (&(AcControlParts){
      .data_dir = "/srv/airclass",
      .store = f->school.store,
      .accounts = f->school.accounts,
      .classroom = f->school.classroom,
      .media_key = &f->key,
      .media_life_s = MEDIA_LIFE_S,
      .identities = f->identities,
      .srt_secret = secret,
      .addresses = { "http://class.example:8080", "rtmp://class.example:1935",
                     "srt://class.example:9000" },
  });
}

static void
forget (Fixture *f)
{
  f->answered = FALSE;
  g_clear_pointer (&f->result, json_node_unref);
  g_clear_pointer (&f->field, g_free);
  g_clear_pointer (&f->message, g_free);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  forget (f);
  ac_control_free (f->control);
  school_close (&f->school);
  ac_identities_free (f->identities);
}

static void
take (JsonNode *result, const AcControlFailure *failure, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_false (f->answered);
  g_assert_true ((result == NULL) != (failure == NULL));
  f->answered = TRUE;
  if (result != NULL) {
    f->result = json_node_copy (result);
    return;
  }
  f->code = failure->code;
  f->field = g_strdup (failure->field);
  f->message = g_strdup (failure->message);
}

static void
call (Fixture *f, const gchar *command, const gchar *args)
{
  g_autoptr (GBytes) bytes = g_bytes_new (args, strlen (args));
  g_autoptr (JsonObject) object = ac_json_text_parse_object (bytes, 4096, NULL);

  forget (f);
  ac_control_call (f->control, command, object, take, f);
  school_until (f->answered);
}

static JsonObject *
call_good (Fixture *f, const gchar *command, const gchar *args)
{
  call (f, command, args);
  g_assert_cmpstr (f->message, ==, NULL);
  return JSON_NODE_HOLDS_OBJECT (f->result) ? json_node_get_object (f->result) : NULL;
}

static void
test_init (Fixture *f, gconstpointer unused)
{
  JsonObject *object = call_good (f, "init", "{}");

  g_assert_cmpstr (json_object_get_string_member (object, "data_dir"), ==,
                   "/srv/airclass");
}

#define POLICY(rest) "{\"version\":\"v\",\"reason\":\"x\"," rest "}"

static void
test_refusals (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *command, *args;
    AcControlCode code;
    const gchar *field;
  } rows[] = {
    { "", "{}", AC_CONTROL_USAGE, NULL },
    { "drop-tables", "{}", AC_CONTROL_USAGE, NULL },
    { "member-add", "{}", AC_CONTROL_INVALID, "number" },
    { "member-add", "{\"number\":1}", AC_CONTROL_INVALID, "number" },
    { "member-add", "{\"number\":\"1\"}", AC_CONTROL_INVALID, "name" },
    { "member-add", "{\"number\":\"1\",\"name\":\"x\"}", AC_CONTROL_INVALID,
      "password" },
    { "member-add", "{\"number\":\"1\",\"name\":\"x\",\"password\":\"short\"}",
      AC_CONTROL_INVALID, "password" },
    { "member-add", "{\"number\":\"1 2\",\"name\":\"x\",\"password\":\"long enough\"}",
      AC_CONTROL_INVALID, "number" },
    { "member-add",
      "{\"number\":\"1\",\"name\":\"x\",\"password\":\"long "
      "enough\",\"role\":\"king\"}",
      AC_CONTROL_INVALID, "role" },
    { "member-add",
      "{\"number\":\"1\",\"name\":\"x\",\"password\":\"long enough\",\"role\":null}",
      AC_CONTROL_INVALID, "role" },
    { "member-add",
      "{\"number\":\"1\",\"name\":\"x\",\"password\":\"long enough\",\"branch\":0}",
      AC_CONTROL_INVALID, "branch" },
    { "member-add",
      "{\"number\":\"1\",\"name\":\"x\",\"password\":\"long enough\",\"branch\":5}",
      AC_CONTROL_NOT_FOUND, "branch" },
    { "member-password", "{}", AC_CONTROL_INVALID, "number" },
    { "member-password", "{\"number\":\"9\"}", AC_CONTROL_NOT_FOUND, "number" },
    { "branch-add", "{}", AC_CONTROL_INVALID, "name" },
    { "branch-add", "{\"name\":\"x\",\"parent\":5}", AC_CONTROL_NOT_FOUND, "parent" },
    { "lesson-add", "{}", AC_CONTROL_INVALID, "title" },
    { "lesson-add", "{\"title\":\"\"}", AC_CONTROL_INVALID, "title" },
    { "lesson-add", "{\"title\":\"x\",\"source\":7}", AC_CONTROL_INVALID, "source" },
    { "lesson-add", "{\"title\":\"x\",\"source\":\"ftp://h/x\"}", AC_CONTROL_INVALID,
      "source" },
    { "lesson-add", "{\"title\":\"x\",\"source\":\"/etc/passwd\"}", AC_CONTROL_INVALID,
      "source" },
    { "lesson-add", "{\"title\":\"x\",\"loop\":true}", AC_CONTROL_INVALID, "loop" },
    { "lesson-add", "{\"title\":\"x\",\"loop\":\"yes\"}", AC_CONTROL_INVALID, "loop" },
    { "lesson-add", "{\"title\":\"x\",\"source\":\"rtsp://h/x\",\"loop\":true}",
      AC_CONTROL_INVALID, "loop" },
    { "lesson-add", "{\"title\":\"x\",\"at\":\"soon\"}", AC_CONTROL_INVALID, "at" },
    { "lesson-add", "{\"title\":\"x\",\"at\":\"2001-01-01 08:00\"}", AC_CONTROL_INVALID,
      "at" },
    { "lesson-add", "{\"title\":\"x\",\"at\":\"9999-01-01 08:00\"}", AC_CONTROL_INVALID,
      "at" },
    { "lesson-source", "{\"source\":\"none\"}", AC_CONTROL_INVALID, "lesson" },
    { "lesson-source", "{\"lesson\":1}", AC_CONTROL_INVALID, "source" },
    { "lesson-source", "{\"lesson\":1,\"source\":\"\"}", AC_CONTROL_INVALID, "source" },
    { "lesson-source", "{\"lesson\":1,\"source\":\"none\"}", AC_CONTROL_NOT_FOUND,
      "lesson" },
    { "lesson-start", "{}", AC_CONTROL_INVALID, "lesson" },
    { "lesson-start", "{\"lesson\":\"1\"}", AC_CONTROL_INVALID, "lesson" },
    { "lesson-start", "{\"lesson\":1}", AC_CONTROL_NOT_FOUND, "lesson" },
    { "lesson-end", "{\"lesson\":1}", AC_CONTROL_NOT_FOUND, "lesson" },
    { "lesson-url", "{\"lesson\":1}", AC_CONTROL_NOT_FOUND, "lesson" },
    { "lesson-list", "{\"limit\":0}", AC_CONTROL_INVALID, "limit" },
    { "lesson-list", "{\"limit\":501}", AC_CONTROL_INVALID, "limit" },
    { "lesson-list", "{\"before\":\"x\"}", AC_CONTROL_INVALID, "before" },
    { "attendance", "{}", AC_CONTROL_INVALID, "lesson" },
    { "attendance", "{\"lesson\":1}", AC_CONTROL_NOT_FOUND, "lesson" },
    { "policy-add", "{\"from\":\"2027-01-01\",\"reason\":\"x\"}", AC_CONTROL_INVALID,
      "version" },
    { "policy-add", POLICY ("\"from\":\"2027-01-01\",\"tiers\":\"x\""),
      AC_CONTROL_INVALID, "tiers" },
    { "policy-add", POLICY ("\"from\":\"2027-01-01\",\"tiers\":\"1:1\",\"minutes\":45"),
      AC_CONTROL_INVALID, "tiers" },
    { "policy-add", POLICY ("\"from\":\"2027-01-01\",\"step\":\"half\""),
      AC_CONTROL_INVALID, "step" },
    { "policy-add", POLICY ("\"from\":\"2027-01-01\",\"attended\":101"),
      AC_CONTROL_INVALID, "attended" },
    { "policy-add", POLICY ("\"from\":\"2027-01-01\",\"replay\":\"yes\""),
      AC_CONTROL_INVALID, "replay" },
    { "policy-add", POLICY ("\"from\":\"2027-01-01\",\"cadre\":\"many\""),
      AC_CONTROL_INVALID, "cadre" },
    { "policy-add", POLICY ("\"from\":\"tomorrow\""), AC_CONTROL_INVALID, "from" },
    { "policy-add", POLICY ("\"from\":\"2027-01-01\",\"until\":\"2026-01-01\""),
      AC_CONTROL_INVALID, "until" },
    { "policy-show", "{\"version\":\"none\"}", AC_CONTROL_NOT_FOUND, "version" },
    { "policy-show", "{\"day\":\"1960-01-01\"}", AC_CONTROL_NOT_FOUND, "day" },
    { "policy-show", "{\"day\":\"today\"}", AC_CONTROL_INVALID, "day" },
    { "report", "{\"report\":\"all\",\"format\":\"csv\"}", AC_CONTROL_INVALID,
      "report" },
    { "report", "{\"report\":\"credit\",\"format\":\"doc\"}", AC_CONTROL_INVALID,
      "format" },
    { "report", "{\"report\":\"transcript\",\"format\":\"csv\"}", AC_CONTROL_INVALID,
      "number" },
    { "report", "{\"report\":\"credit\",\"format\":\"csv\",\"number\":\"1\"}",
      AC_CONTROL_INVALID, "number" },
    { "report", "{\"report\":\"transcript\",\"format\":\"csv\",\"number\":\"1\"}",
      AC_CONTROL_NOT_FOUND, "number" },
    { "report", "{\"report\":\"credit\",\"format\":\"csv\",\"branch\":9}",
      AC_CONTROL_NOT_FOUND, "branch" },
    { "report", "{\"report\":\"sign-in\",\"format\":\"csv\",\"lesson\":9}",
      AC_CONTROL_NOT_FOUND, "lesson" },
    { "report", "{\"report\":\"credit\",\"format\":\"csv\",\"from\":\"x\"}",
      AC_CONTROL_INVALID, "from" },
    { "report", "{\"report\":\"credit\",\"format\":\"csv\",\"reason\":\" \"}",
      AC_CONTROL_INVALID, "reason" },
    { "oneroster-export", "{\"branch\":9}", AC_CONTROL_NOT_FOUND, "branch" },
    { "webhook-add", "{\"url\":\"ftp://x\"}", AC_CONTROL_INVALID, "url" },
    { "webhook-add", "{\"url\":\"https://x.example\",\"events\":\"x\"}",
      AC_CONTROL_INVALID, "events" },
    { "webhook-remove", "{\"webhook\":1}", AC_CONTROL_NOT_FOUND, "webhook" },
    { "ledger-close", "{}", AC_CONTROL_INVALID, "year" },
    { "ledger-close", "{\"year\":9999}", AC_CONTROL_STATE, "year" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s %s", rows[i].command, rows[i].args);
    call (f, rows[i].command, rows[i].args);
    g_assert_null (f->result);
    g_assert_cmpstr (ac_control_code_name (f->code), ==,
                     ac_control_code_name (rows[i].code));
    g_assert_cmpstr (f->field, ==, rows[i].field);
    g_assert_cmpuint (strlen (f->message), >, 8);
  }
}

static void
test_member (Fixture *f, gconstpointer unused)
{
  JsonObject *object =
      call_good (f, "member-add",
                 "{\"number\":\"1\",\"name\":\"王\",\"password\":"
                 "\"correct horse battery\",\"role\":\"administrator\"}");
  g_autofree gchar *cookie = NULL;

  g_assert_cmpint (json_object_get_int_member (object, "member"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (object, "role"), ==, "administrator");
  g_assert_false (json_object_has_member (object, "password"));
  cookie = school_sign_in (&f->school, "1");
  call (f, "member-add",
        "{\"number\":\"1\",\"name\":\"x\",\"password\":\"correct horse battery\"}");
  g_assert_cmpint (f->code, ==, AC_CONTROL_EXISTS);
  g_assert_cmpstr (f->field, ==, "number");
}

static void
test_branches (Fixture *f, gconstpointer unused)
{
  JsonObject *object = call_good (f, "branch-add", "{\"name\":\"县委\"}");

  g_assert_cmpint (json_object_get_int_member (object, "branch"), ==, 1);
  object = call_good (f, "branch-add", "{\"name\":\"支部\",\"parent\":1}");
  g_assert_cmpint (json_object_get_int_member (object, "branch"), ==, 2);
  call (f, "branch-add", "{\"name\":\"支部\",\"parent\":1}");
  g_assert_cmpint (f->code, ==, AC_CONTROL_EXISTS);
}

/* A version takes over from the one before what it does not say itself. */
static void
test_policies (Fixture *f, gconstpointer unused)
{
  JsonObject *policy =
      call_good (f, "policy-add",
                 POLICY ("\"from\":\"2027-01-01\",\"minutes\":50,\"replay\":"
                         "\"counts\",\"committee\":\"60.5\""));

  g_assert_cmpstr (json_object_get_string_member (policy, "step"), ==, "0.5");
  g_assert_true (json_object_get_boolean_member (policy, "counts_replay"));
  call (f, "policy-add", POLICY ("\"from\":\"2027-01-01\""));
  g_assert_cmpint (f->code, ==, AC_CONTROL_EXISTS);
  call_good (f, "policy-add",
             "{\"version\":\"w\",\"reason\":\"x\",\"from\":\"2027-05-01\","
             "\"tiers\":\"15:0.5,30:1\"}");
  policy = call_good (f, "policy-show", "{\"day\":\"2027-06-01\"}");
  g_assert_cmpstr (json_object_get_string_member (policy, "version"), ==, "w");
  g_assert_cmpstr (json_object_get_string_member (policy, "rule"), ==, "tiers");
  g_assert_cmpstr (json_object_get_string_member (policy, "tiers"), ==, "15:0.5,30:1");
  g_assert_cmpstr (json_object_get_string_member (
                       json_object_get_object_member (policy, "required"), "committee"),
                   ==, "60.5");
  policy = call_good (f, "policy-list", "{}");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (policy, "policies")), ==, 3);
}

static gint64
number_of (Fixture *f, const gchar *sql)
{
  g_autoptr (AcStatement) row = ac_store_prepare (f->school.store, sql, NULL);

  g_assert_nonnull (row);
  g_assert_cmpint (ac_store_step (f->school.store, row, NULL), ==, SQLITE_ROW);
  return sqlite3_column_int64 (row, 0);
}

/* Nothing that tells who it was is left, and they cannot come in any more. */
static void
test_erase (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *cookie = NULL;
  g_autofree gchar *token = NULL;
  g_autoptr (AcSession) session = NULL;

  school_add_member (&f->school, "1001", AC_ROLE_STEWARD);
  cookie = school_sign_in (&f->school, "1001");
  call_good (f, "member-certificate",
             "{\"number\":\"1001\",\"certificate\":\"LD-7\",\"state\":\"verified\"}");
  g_assert_cmpint (number_of (f, "SELECT count (*) FROM certificates"), >, 0);
  call_good (f, "member-erase", "{\"number\":\"1001\"}");
  g_assert_cmpint (number_of (f, "SELECT count (*) FROM members WHERE "
                                 "number = '1001' OR name != '' OR certificate IS NOT "
                                 "NULL OR password IS NOT NULL"),
                   ==, 0);
  g_assert_cmpint (number_of (f, "SELECT count (*) FROM certificates"), ==, 0);
  g_assert_cmpint (number_of (f, "SELECT count (*) FROM grants"), ==, 0);
  token = school_token (cookie);
  session = ac_accounts_session (f->school.accounts, token);
  g_assert_null (session);
}

/* What was done is told, the newest first, as "act:by:about act:by:about". */
static gchar *
audit (Fixture *f, const gchar *args)
{
  JsonArray *entries =
      json_object_get_array_member (call_good (f, "audit-list", args), "entries");
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    const gchar *actor = json_object_get_string_member (entry, "actor");
    const gchar *member = json_object_get_string_member (entry, "member");

    g_string_append_printf (text, "%s%s:%s:%s", i > 0 ? " " : "",
                            json_object_get_string_member (entry, "act"),
                            actor != NULL ? actor : "", member != NULL ? member : "");
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_audit (Fixture *f, const gchar *args, const gchar *expected)
{
  g_autofree gchar *noted = audit (f, args);

  g_assert_cmpstr (noted, ==, expected);
}

/* Every act that the tool does is noted by the job that does it, and what changes
 * nothing is not. */
static void
test_audit (Fixture *f, gconstpointer unused)
{
  const gchar *grant = "{\"number\":\"1001\",\"role\":\"staff\",\"branch\":1}";

  call_good (f, "branch-add", "{\"name\":\"县委\"}");
  school_add_member (&f->school, "1001", AC_ROLE_MEMBER);
  call_good (f, "role-grant", grant);
  call_good (f, "role-grant", grant);
  call_good (f, "role-revoke", grant);
  call_good (f, "role-revoke", grant);
  call_good (f, "policy-add",
             "{\"version\":\"2027\",\"from\":\"2027-01-01\",\"reason\":\"r\"}");
  call_good (f, "standing-set",
             "{\"number\":\"1001\",\"year\":2026,\"reason\":\"病假\"}");
  call_good (f, "ledger-close", "{\"year\":2020}");
  call (f, "ledger-close", "{\"year\":2020}"); /* refused: it is closed */
  call_good (f, "members-export", "{\"branch\":1}");
  call (f, "members-export", "{\"branch\":9}");
  g_assert_cmpstr (f->field, ==, "branch");
  assert_audit (f, "{}",
                "export:: year-close:: standing-set::1001 policy-add:: "
                "role-revoke::1001 role-grant::1001");
  assert_audit (f, "{\"act\":\"role-grant\"}", "role-grant::1001");
  assert_audit (f, "{\"branch\":1}", "export:: role-revoke::1001 role-grant::1001");
  assert_audit (f, "{\"limit\":1}", "export::");
  g_assert_cmpint (
      json_object_get_int_member (json_node_get_object (f->result), "next"), ==, 6);
  assert_audit (f, "{\"before\":2}", "role-grant::1001");
  assert_audit (f, "{\"until\":\"2020-01-01\"}", "");
  assert_audit (f, "{\"number\":\"1001\",\"from\":\"2020-01-01\",\"limit\":1}",
                "standing-set::1001");
  call (f, "audit-list", "{\"act\":\"look\"}");
  g_assert_cmpstr (f->field, ==, "act");
  call (f, "audit-list", "{\"number\":\"9\"}");
  g_assert_cmpint (f->code, ==, AC_CONTROL_NOT_FOUND);
  call_good (f, "member-erase", "{\"number\":\"1001\"}");
  assert_audit (f, "{\"limit\":1}", "erase::erased-1");
}

/* A course, its series, a change, a cancellation, an excuse. */
static void
test_timetable (Fixture *f, gconstpointer unused)
{
  JsonArray *list;

  call_good (f, "branch-add", "{\"name\":\"县\"}");
  call_good (f, "member-add",
             "{\"number\":\"1001\",\"name\":\"王明\",\"password\":\"" SCHOOL_PASSWORD
             "\",\"branch\":1}");
  call (f, "course-add", "{\"kind\":\"fun\",\"title\":\"x\"}");
  g_assert_cmpstr (f->field, ==, "kind");
  call_good (f, "course-add", "{\"kind\":\"party\",\"title\":\"党课\",\"branch\":1}");
  list = json_object_get_array_member (
      call_good (f, "lesson-add",
                 "{\"title\":\"党课\",\"course\":1,\"at\":\"2030-01-07 19:30\","
                 "\"targets\":\"1\",\"minutes\":90,\"repeat\":\"week\",\"times\":2}"),
      "lessons");
  g_assert_cmpuint (json_array_get_length (list), ==, 2);
  g_assert_nonnull (json_object_get_string_member (
      json_array_get_object_element (list, 1), "rtmp_url"));
  call_good (f, "lesson-excuse",
             "{\"lesson\":1,\"number\":\"1001\",\"reason\":\"病假\"}");
  list = json_object_get_array_member (
      call_good (f, "lesson-expected", "{\"lesson\":1}"), "expected");
  g_assert_cmpstr (
      json_object_get_string_member (json_array_get_object_element (list, 0), "state"),
      ==, "excused");
  g_assert_cmpint (json_object_get_int_member (
                       call_good (f, "lesson-change", "{\"lesson\":2,\"minutes\":60}"),
                       "planned_length_ms"),
                   ==, 3600000);
  g_assert_cmpstr (
      json_object_get_string_member (
          call_good (f, "lesson-cancel",
                     "{\"lesson\":1,\"reason\":\"停电\",\"following\":true}"),
          "cancel_reason"),
      ==, "停电");
  call (f, "lesson-change", "{\"lesson\":2,\"minutes\":90}");
  g_assert_cmpint (f->code, ==, AC_CONTROL_STATE);
  call (f, "lesson-key", "{\"lesson\":2}");
  g_assert_cmpint (f->code, ==, AC_CONTROL_STATE);
  call_good (f, "course-set", "{\"course\":1,\"archive\":true}");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (
                        call_good (f, "course-list", "{}"), "courses")),
                    ==, 0);
}

#define IDENTITY "360700199001010018"

static const gchar *
first_cell (Fixture *f, guint row, guint column)
{
  JsonArray *rows =
      json_object_get_array_member (json_node_get_object (f->result), "rows");

  return json_array_get_string_element (json_array_get_array_element (rows, row),
                                        column);
}

/* Masked wherever it is shown; whole only in an export that says what for. */
static void
test_identity (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *apply = NULL;
  JsonObject *seen = call_good (f, "members-import",
                                "{\"rows\":[[1,\"编号\",\"姓名\",\"身份证号\"],"
                                "[2,\"1001\",\"王明\",\"" IDENTITY "\"]]}");

  apply = g_strdup_printf ("{\"rows\":[[1,\"编号\",\"姓名\",\"身份证号\"],[2,\"1001\","
                           "\"王明\",\"" IDENTITY "\"]],\"apply\":\"%s\"}",
                           json_object_get_string_member (seen, "digest"));
  call_good (f, "members-import", apply);
  g_assert_cmpstr (
      json_object_get_string_member (
          call_good (f, "member-show", "{\"number\":\"1001\"}"), "identity"),
      ==, "**************0018");
  call_good (f, "members-export", "{}");
  for (guint i = 1; i < 14; i++)
    g_assert_cmpstr (first_cell (f, 1, i), !=, IDENTITY);
  call (f, "members-export", "{\"identity\":true}");
  g_assert_cmpstr (f->field, ==, "reason");
  call_good (f, "members-export", "{\"identity\":true,\"reason\":\"年报\"}");
  g_assert_cmpstr (first_cell (f, 0, 11), ==, "身份证号");
  g_assert_cmpstr (first_cell (f, 1, 11), ==, IDENTITY);
  g_assert_cmpint (
      json_object_get_int_member (call_good (f, "identity-rotate", "{}"), "numbers"),
      ==, 1);
  call_good (f, "members-export", "{\"identity\":true,\"reason\":\"年报\"}");
  g_assert_cmpstr (first_cell (f, 1, 11), ==, IDENTITY);
  assert_audit (f, "{}", "export:: key-rotate:: export:: export:: import::");
  call_good (f, "audit-list", "{\"act\":\"export\",\"limit\":1}");
  g_assert_nonnull (strstr (json_object_get_string_member (
                                json_array_get_object_element (
                                    json_object_get_array_member (
                                        json_node_get_object (f->result), "entries"),
                                    0),
                                "reason"),
                            "年报"));
}

/* All that is known, and that somebody asked is part of it. */
static void
test_show_all (Fixture *f, gconstpointer unused)
{
  JsonObject *whole;
  JsonArray *looks;

  school_add_member (&f->school, "1001", AC_ROLE_STEWARD);
  call (f, "member-show-all", "{\"number\":\"1001\"}");
  g_assert_cmpstr (f->field, ==, "reason");
  call (f, "member-show-all", "{\"number\":\"9\",\"reason\":\"x\"}");
  g_assert_cmpint (f->code, ==, AC_CONTROL_NOT_FOUND);
  whole =
      call_good (f, "member-show-all", "{\"number\":\"1001\",\"reason\":\"本人申请\"}");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (whole, "roles")), ==, 1);
  looks = json_object_get_array_member (whole, "who_looked");
  g_assert_cmpstr (
      json_object_get_string_member (
          json_array_get_object_element (looks, json_array_get_length (looks) - 1),
          "reason"),
      ==, "本人申请");
}

static void
test_close_year (Fixture *f, gconstpointer unused)
{
  JsonObject *closed = call_good (f, "ledger-close", "{\"year\":2020}");

  g_assert_cmpint (json_object_get_int_member (closed, "entries"), ==, 0);
  call (f, "ledger-close", "{\"year\":2020}");
  g_assert_cmpint (f->code, ==, AC_CONTROL_STATE);
}

static void
assert_failure (Fixture *f, const gchar *command, const gchar *args, AcControlCode code,
                const gchar *field)
{
  call (f, command, args);
  g_test_message ("%s %s", command, args);
  g_assert_null (f->result);
  g_assert_cmpint (f->code, ==, code);
  g_assert_cmpstr (f->field, ==, field);
}

/* County 1, town 2, factory 3; member 1001. */
static void
add_organisation (Fixture *f)
{
  call_good (f, "branch-add", "{\"name\":\"县委\"}");
  call_good (f, "branch-add", "{\"name\":\"镇\",\"parent\":1}");
  call_good (f, "branch-add", "{\"name\":\"厂\",\"kind\":\"enterprise\"}");
  school_add_member (&f->school, "1001", AC_ROLE_MEMBER);
}

static void
test_branch_changes (Fixture *f, gconstpointer unused)
{
  JsonObject *object;

  add_organisation (f);
  object = call_good (f, "branch-list", "{}");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (object, "branches")), ==, 3);
  object = call_good (f, "branch-rename", "{\"branch\":2,\"name\":\"新镇\"}");
  g_assert_cmpstr (json_object_get_string_member (object, "name"), ==, "新镇");
  g_assert_cmpstr (json_object_get_string_member (object, "kind"), ==, "town");
  object = call_good (f, "branch-move", "{\"branch\":2}");
  g_assert_true (json_object_get_null_member (object, "parent"));
  assert_failure (f, "branch-move", "{\"branch\":1,\"parent\":1}", AC_CONTROL_INVALID,
                  "parent");
  assert_failure (f, "branch-move", "{\"branch\":2,\"parent\":3}", AC_CONTROL_INVALID,
                  "kind");
  assert_failure (f, "branch-rename", "{\"branch\":9,\"name\":\"x\"}",
                  AC_CONTROL_NOT_FOUND, "branch");
  assert_failure (f, "branch-add", "{\"name\":\"x\",\"kind\":\"club\"}",
                  AC_CONTROL_INVALID, "kind");
}

static void
test_sites (Fixture *f, gconstpointer unused)
{
  JsonObject *object;

  add_organisation (f);
  object = call_good (f, "site-add", "{\"branch\":3,\"name\":\"会议室\"}");
  g_assert_cmpint (json_object_get_int_member (object, "site"), ==, 1);
  object = call_good (f, "site-steward", "{\"site\":1,\"member\":\"1001\"}");
  g_assert_cmpstr (json_array_get_string_element (
                       json_object_get_array_member (object, "stewards"), 0),
                   ==, "1001");
  object = call_good (f, "site-list", "{\"branch\":3}");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (object, "sites")), ==, 1);
  call_good (f, "site-steward", "{\"site\":1,\"member\":\"1001\",\"remove\":true}");
  assert_failure (f, "site-steward", "{\"site\":1,\"member\":\"9\"}",
                  AC_CONTROL_NOT_FOUND, "member");
  assert_failure (f, "site-steward", "{\"site\":2,\"member\":\"1001\"}",
                  AC_CONTROL_NOT_FOUND, "site");
  assert_failure (f, "site-add", "{\"branch\":3,\"name\":\"会议室\"}",
                  AC_CONTROL_EXISTS, "name");
}

static void
test_member_changes (Fixture *f, gconstpointer unused)
{
  JsonObject *member;

  add_organisation (f);
  call_good (f, "member-set",
             "{\"number\":\"1001\",\"kind\":\"activist\",\"phone\":\"13800138000\"}");
  call_good (f, "member-move",
             "{\"number\":\"1001\",\"side\":\"home\",\"branch\":2,"
             "\"from\":\"2026年1月5日\"}");
  call_good (f, "member-move", "{\"number\":\"1001\",\"side\":\"host\",\"branch\":3}");
  call_good (f, "member-certificate", "{\"number\":\"1001\",\"certificate\":\"LD-1\"}");
  call_good (f, "member-certificate",
             "{\"number\":\"1001\",\"certificate\":\"LD-1\",\"state\":\"verified\"}");
  member = call_good (f, "member-show", "{\"number\":\"1001\"}");
  g_assert_cmpstr (json_object_get_string_member (member, "kind"), ==, "activist");
  g_assert_cmpstr (json_object_get_string_member (member, "phone"), ==, "138****8000");
  g_assert_cmpint (json_object_get_int_member (member, "home"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (member, "host"), ==, 3);
  g_assert_cmpstr (json_object_get_string_member (member, "certificate_state"), ==,
                   "verified");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (member, "branches")), ==, 2);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (member, "certificates")), ==,
      2);
}

static void
test_member_refusals (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *command, *args;
    AcControlCode code;
    const gchar *field;
  } rows[] = {
    { "member-show", "{\"number\":\"9\"}", AC_CONTROL_NOT_FOUND, "number" },
    { "member-set", "{\"number\":\"9\",\"name\":\"x\"}", AC_CONTROL_NOT_FOUND,
      "number" },
    { "member-set", "{\"number\":\"1001\",\"kind\":\"king\"}", AC_CONTROL_INVALID,
      "kind" },
    { "member-set", "{\"number\":\"1001\",\"phone\":\"12\"}", AC_CONTROL_INVALID,
      "phone" },
    { "member-set", "{\"number\":\"1001\",\"name\":7}", AC_CONTROL_INVALID, "name" },
    { "member-move", "{\"number\":\"1001\",\"side\":\"left\",\"branch\":1}",
      AC_CONTROL_INVALID, "side" },
    { "member-move", "{\"number\":\"1001\",\"side\":\"home\",\"branch\":3}",
      AC_CONTROL_INVALID, "branch" },
    { "member-move",
      "{\"number\":\"1001\",\"side\":\"home\",\"branch\":1,\"from\":\"soon\"}",
      AC_CONTROL_INVALID, "from" },
    { "member-move",
      "{\"number\":\"1001\",\"side\":\"home\",\"branch\":1,\"from\":\"2199-01-01\"}",
      AC_CONTROL_INVALID, "from" },
    { "member-certificate",
      "{\"number\":\"1001\",\"certificate\":\"x\",\"state\":\"good\"}",
      AC_CONTROL_INVALID, "state" },
    { "member-certificate", "{\"number\":\"1001\",\"certificate\":\"a b\"}",
      AC_CONTROL_INVALID, "certificate" },
  };

  add_organisation (f);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_failure (f, rows[i].command, rows[i].args, rows[i].code, rows[i].field);
}

static void
test_roles (Fixture *f, gconstpointer unused)
{
  JsonObject *object;
  JsonArray *roles;

  add_organisation (f);
  call_good (f, "role-grant",
             "{\"number\":\"1001\",\"role\":\"steward\",\"branch\":2}");
  call_good (f, "role-grant",
             "{\"number\":\"1001\",\"role\":\"steward\",\"branch\":2}");
  object = call_good (f, "role-grant", "{\"number\":\"1001\",\"role\":\"lecturer\"}");
  roles = json_object_get_array_member (object, "roles");
  g_assert_cmpuint (json_array_get_length (roles), ==, 2);
  object = call_good (f, "member-show", "{\"number\":\"1001\"}");
  g_assert_cmpstr (json_object_get_string_member (object, "role"), ==, "lecturer");
  call_good (f, "role-revoke", "{\"number\":\"1001\",\"role\":\"lecturer\"}");
  object = call_good (f, "role-list", "{\"number\":\"1001\"}");
  roles = json_object_get_array_member (object, "roles");
  g_assert_cmpuint (json_array_get_length (roles), ==, 1);
  g_assert_cmpint (
      json_object_get_int_member (json_array_get_object_element (roles, 0), "branch"),
      ==, 2);
  assert_failure (f, "role-grant", "{\"number\":\"9\",\"role\":\"staff\"}",
                  AC_CONTROL_NOT_FOUND, "number");
  assert_failure (f, "role-grant", "{\"number\":\"1001\",\"role\":\"king\"}",
                  AC_CONTROL_INVALID, "role");
  assert_failure (f, "role-grant", "{\"number\":\"1001\",\"role\":\"member\"}",
                  AC_CONTROL_INVALID, "role");
  assert_failure (f, "role-grant",
                  "{\"number\":\"1001\",\"role\":\"staff\",\"branch\":9}",
                  AC_CONTROL_NOT_FOUND, "branch");
}

static void
test_mode (Fixture *f, gconstpointer unused)
{
  JsonArray *lessons;

  call_good (f, "lesson-add", "{\"title\":\"第一课\"}");
  call_good (f, "lesson-add", "{\"title\":\"第二课\",\"mode\":\"auto\"}");
  call (f, "lesson-add", "{\"title\":\"第三课\",\"mode\":\"follow\"}");
  g_assert_cmpint (f->code, ==, AC_CONTROL_INVALID);
  g_assert_cmpstr (f->field, ==, "mode");
  lessons =
      json_object_get_array_member (call_good (f, "lesson-list", "{}"), "lessons");
  g_assert_cmpstr (json_object_get_string_member (
                       json_array_get_object_element (lessons, 0), "mode"),
                   ==, "auto");
  g_assert_cmpstr (json_object_get_string_member (
                       json_array_get_object_element (lessons, 1), "mode"),
                   ==, "grid");
}

static void
test_srt (Fixture *f, gconstpointer unused)
{
  JsonObject *object = call_good (f, "lesson-add", "{\"title\":\"第一课\"}");
  const gchar *key = json_object_get_string_member (object, "stream_key");
  g_autofree gchar *passphrase = ac_stream_key_passphrase (secret, 1);
  g_autofree gchar *url = g_strdup_printf (
      "srt://class.example:9000?streamid=%s&passphrase=%s", key, passphrase);

  g_assert_cmpstr (json_object_get_string_member (object, "srt_url"), ==, url);
  g_assert_true (
      g_str_has_suffix (json_object_get_string_member (object, "whip_url"), "/whip/1"));
  g_assert_cmpstr (json_object_get_string_member (object, "srt_passphrase"), ==,
                   passphrase);
  object = call_good (f, "lesson-url", "{\"lesson\":1}");
  g_assert_cmpstr (json_object_get_string_member (object, "srt_passphrase"), ==,
                   passphrase);
}

static void
test_lesson_life (Fixture *f, gconstpointer unused)
{
  JsonObject *object = call_good (f, "lesson-add", "{\"title\":\"第一课\"}");
  const gchar *key = json_object_get_string_member (object, "stream_key");
  g_autofree gchar *stream = g_strconcat ("rtmp://class.example:1935/live/", key, NULL);
  g_autofree gchar *backup_url = NULL;
  gboolean backup;

  g_assert_cmpstr (json_object_get_string_member (object, "rtmp_url"), ==, stream);
  g_assert_cmpstr (json_object_get_string_member (object, "page_url"), ==,
                   "http://class.example:8080/lesson/1");
  g_assert_cmpint (ac_classroom_lesson_by_key (f->school.classroom, key, &backup), ==,
                   1);
  g_assert_false (backup);
  key = json_object_get_string_member (object, "backup_key");
  g_assert_cmpint (ac_classroom_lesson_by_key (f->school.classroom, key, &backup), ==,
                   1);
  g_assert_true (backup);
  backup_url = g_strconcat ("rtmp://class.example:1935/live/", key, NULL);
  g_assert_cmpstr (json_object_get_string_member (object, "backup_url"), ==,
                   backup_url);
  call (f, "lesson-end", "{\"lesson\":1}");
  g_assert_cmpint (f->code, ==, AC_CONTROL_STATE);
  object = call_good (f, "lesson-start", "{\"lesson\":1}");
  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "live");
  object = call_good (f, "lesson-end", "{\"lesson\":1}");
  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "ended");
  g_assert_nonnull (json_object_get_string_member (object, "ended_at"));
  call (f, "lesson-start", "{\"lesson\":1}");
  g_assert_cmpint (f->code, ==, AC_CONTROL_STATE);
}

static void
test_lesson_list (Fixture *f, gconstpointer unused)
{
  JsonObject *object;
  JsonArray *lessons;

  for (guint i = 0; i < 3; i++)
    school_add_lesson (&f->school, "x", NULL);
  object = call_good (f, "lesson-list", "{\"limit\":2}");
  lessons = json_object_get_array_member (object, "lessons");
  g_assert_cmpuint (json_array_get_length (lessons), ==, 2);
  g_assert_cmpint (json_object_get_int_member (object, "next"), ==, 2);
  object = call_good (f, "lesson-list", "{\"limit\":2,\"before\":2}");
  lessons = json_object_get_array_member (object, "lessons");
  g_assert_cmpuint (json_array_get_length (lessons), ==, 1);
  g_assert_true (json_object_get_null_member (object, "next"));
}

/* A source is told with its credentials masked, everywhere. */
static void
test_lesson_source (Fixture *f, gconstpointer unused)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) next_year = g_date_time_add_years (now, 1);
  g_autofree gchar *at = g_date_time_format (next_year, "%Y-%m-%d %H:%M");
  g_autofree gchar *args = g_strdup_printf (
      "{\"title\":\"x\",\"source\":\"rtsp://a:hunter2@h/x\",\"at\":\"%s\"}", at);
  g_autofree gchar *text = NULL;
  g_autoptr (AcLesson) lesson = NULL;
  JsonObject *object, *source;

  call_good (f, "lesson-add", args);
  lesson = ac_classroom_get_lesson (f->school.classroom, 1);
  g_assert_cmpstr (lesson->source.address, ==, "rtsp://a:hunter2@h/x");
  g_assert_cmpint (lesson->planned_ms / 60000, ==,
                   g_date_time_to_unix (next_year) / 60);
  object = call_good (f, "lesson-list", "{}");
  text = ac_json_object_to_text (object);
  g_assert_null (strstr (text, "hunter2"));
  object = json_array_get_object_element (
      json_object_get_array_member (object, "lessons"), 0);
  g_assert_nonnull (json_object_get_string_member (object, "planned_at"));
  source = json_object_get_object_member (object, "source");
  g_assert_cmpstr (json_object_get_string_member (source, "kind"), ==, "pull");
  g_assert_cmpstr (json_object_get_string_member (source, "address"), ==,
                   "rtsp://a:***@h/x");
  object = call_good (f, "lesson-source", "{\"lesson\":1,\"source\":\"srt://h:1\"}");
  source = json_object_get_object_member (object, "source");
  g_assert_cmpstr (json_object_get_string_member (source, "address"), ==, "srt://h:1");
  object = call_good (f, "lesson-source", "{\"lesson\":1,\"source\":\"none\"}");
  g_assert_true (json_object_get_null_member (object, "source"));
}

static void
test_lesson_url (Fixture *f, gconstpointer unused)
{
  gint64 id = school_add_lesson (&f->school, "x", NULL);
  JsonObject *object = call_good (f, "lesson-url", "{\"lesson\":1}");
  const gchar *url = json_object_get_string_member (object, "multivariant");
  const gchar *dash = json_object_get_string_member (object, "dash");
  const gchar *prefix = "http://class.example:8080/live/";
  g_autofree gchar *token = NULL;
  gint64 subject = -1, now_s = g_get_real_time () / G_USEC_PER_SEC;

  g_assert_true (g_str_has_prefix (url, prefix));
  token = g_strndup (url + strlen (prefix), AC_MEDIA_TOKEN_CHARS);
  g_assert_cmpstr (url + strlen (prefix) + AC_MEDIA_TOKEN_CHARS, ==,
                   "/1/multivariant.m3u8");
  g_assert_true (g_str_has_suffix (dash, "/1/manifest.mpd"));
  g_assert_cmpmem (dash, strlen (prefix) + AC_MEDIA_TOKEN_CHARS, url,
                   strlen (prefix) + AC_MEDIA_TOKEN_CHARS);
  g_assert_true (ac_media_token_verify (&f->key, token, id, now_s, &subject));
  g_assert_cmpint (subject, ==, 0);
  g_assert_true (
      ac_media_token_verify (&f->key, token, id, now_s + MEDIA_LIFE_S - 5, &subject));
  g_assert_false (
      ac_media_token_verify (&f->key, token, id, now_s + MEDIA_LIFE_S + 5, &subject));
  g_assert_false (ac_media_token_verify (&f->key, token, id + 1, now_s, &subject));
}

static void
test_attendance (Fixture *f, gconstpointer unused)
{
  gint64 id = school_add_lesson (&f->school, "x", NULL);
  g_autofree gchar *cookie = NULL;
  JsonObject *row;
  FakePeer peer;

  school_add_member (&f->school, "1001", AC_ROLE_MEMBER);
  cookie = school_sign_in (&f->school, "1001");
  school_start_lesson (&f->school, id);
  ac_classroom_media_published (f->school.classroom, id, 0, 60000, TRUE);
  call_good (f, "attendance", "{\"lesson\":1}");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (f->result)), ==, 0);
  fake_peer_init (&peer, cookie, "lesson=1&client=0000000000000001");
  fake_peer_open (&peer, &f->school);
  fake_peer_say (
      &peer, &f->school,
      "{\"type\":\"beats\",\"beats\":[{\"seq\":1,\"from_ms\":0,\"to_ms\":1500,"
      "\"rate\":1,\"playing\":true,\"visible\":true,\"mode\":\"video\"}]}");
  school_until (peer.sent->len == 2);
  call_good (f, "attendance", "{\"lesson\":1}");
  row = json_array_get_object_element (json_node_get_array (f->result), 0);
  g_assert_cmpstr (json_object_get_string_member (row, "member"), ==, "1001");
  g_assert_cmpstr (json_object_get_string_member (row, "name"), ==, "党员 1001");
  g_assert_cmpint (json_object_get_int_member (row, "accepted_ms"), ==, 1500);
  g_assert_cmpint (json_object_get_int_member (row, "earned_ms"), <=, 1500);
  fake_peer_hang_up (&peer, &f->school);
  fake_peer_clear (&peer);
}

static void
test_codes (void)
{
  for (guint code = AC_CONTROL_USAGE; code <= AC_CONTROL_INTERNAL; code++) {
    AcControlFailure failure = { code, "title", "no" };
    g_autoptr (JsonObject) object = ac_control_failure_to_json (&failure);
    JsonObject *error = json_object_get_object_member (object, "error");

    g_assert_cmpint (ac_control_code_exit (code), >=, EX__BASE);
    g_assert_cmpint (ac_control_code_exit (code), <=, EX__MAX);
    g_assert_cmpuint (ac_control_code_status (code), >=, 400);
    g_assert_cmpstr (json_object_get_string_member (error, "code"), ==,
                     ac_control_code_name (code));
    g_assert_cmpstr (json_object_get_string_member (error, "field"), ==, "title");
  }
}

static guint
count_sql (Fixture *f, const gchar *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) row = ac_store_prepare (f->school.store, sql, &error);

  g_assert_no_error (error);
  g_assert_cmpint (ac_store_step (f->school.store, row, &error), ==, SQLITE_ROW);
  return (guint)sqlite3_column_int (row, 0);
}

static void
note_signed_in (AcSession *session, const gchar *token, const GError *error,
                gpointer user_data)
{
  *(gint *)user_data = error == NULL ? 1 : -1;
}

static gboolean
opens (Fixture *f, const gchar *number, const gchar *password)
{
  gint answer = 0;

  ac_accounts_sign_in (f->school.accounts, number, password, NULL, NULL, note_signed_in,
                       &answer);
  school_until (answer != 0);
  return answer > 0;
}

/* Somebody has forgotten their password: wherever they are signed in, they are not. */
static void
test_password (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *cookie = NULL;
  g_autofree gchar *made = NULL;
  FakePeer peer;
  JsonObject *object;

  school_add_member (&f->school, "1001", AC_ROLE_MEMBER);
  school_add_lesson (&f->school, "x", NULL);
  cookie = school_sign_in (&f->school, "1001");
  fake_peer_init (&peer, cookie, "lesson=1&client=0000000000000001");
  fake_peer_open (&peer, &f->school);
  object = call_good (f, "member-password", "{\"number\":\"1001\"}");
  g_assert_cmpint (json_object_get_int_member (object, "sessions"), ==, 1);
  made = g_strdup (json_object_get_string_member (object, "password"));
  g_assert_true (g_regex_match_simple ("^([a-z2-9]{4}-){2}[a-z2-9]{4}$", made, 0, 0));
  g_assert_cmpuint (peer.closed, ==, 4401);
  fake_peer_hang_up (&peer, &f->school);
  fake_peer_clear (&peer);
  g_assert_false (opens (f, "1001", SCHOOL_PASSWORD));
  g_assert_true (opens (f, "1001", made));
  object = call_good (f, "member-password",
                      "{\"number\":\"1001\",\"password\":\"battery staple\"}");
  g_assert_true (json_object_get_null_member (object, "password"));
  g_assert_true (opens (f, "1001", "battery staple"));
  g_assert_cmpuint (count_sql (f, "SELECT count (*) FROM audit WHERE "
                                  "act = 'password-set' AND actor IS NULL "
                                  "AND member = 1"),
                    ==, 2);
  call_good (f, "member-erase", "{\"number\":\"1001\"}");
  call (f, "member-password", "{\"number\":\"erased-1\"}");
  g_assert_cmpint (f->code, ==, AC_CONTROL_NOT_FOUND); /* nobody is left to sign in */
}

#define ADD(name, func)                                                                \
  g_test_add ("/control/" name, Fixture, NULL, set_up, func, tear_down)

/* The daemon stops while commands wait for their commit: each is answered, by nothing
 * that is gone. */
static void
test_stops_while_calls_wait (void)
{
  static const gchar *const waiting[][2] = {
    { "lesson-start", "{\"lesson\":1}" },
    { "lesson-add", "{\"title\":\"two\"}" },
    { "branch-add", "{\"name\":\"one\"}" },
    { "member-add", "{\"number\":\"1\",\"name\":\"A\",\"password\":\"12345678\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++) {
    g_autoptr (GBytes) bytes = g_bytes_new (waiting[i][1], strlen (waiting[i][1]));
    g_autoptr (JsonObject) args = ac_json_text_parse_object (bytes, 4096, NULL);
    Fixture f = { 0 };

    set_up (&f, NULL);
    call_good (&f, "lesson-add", "{\"title\":\"one\"}");
    forget (&f);
    ac_control_call (f.control, waiting[i][0], args, take, &f);
    g_assert_false (f.answered);
    ac_control_free (f.control);
    school_close (&f.school);
    ac_identities_free (f.identities);
    g_assert_true (f.answered);
    forget (&f);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  ADD ("init", test_init);
  ADD ("refusals", test_refusals);
  ADD ("member", test_member);
  ADD ("password", test_password);
  ADD ("branches", test_branches);
  ADD ("branch-changes", test_branch_changes);
  ADD ("sites", test_sites);
  ADD ("roles", test_roles);
  ADD ("member-changes", test_member_changes);
  ADD ("member-refusals", test_member_refusals);
  ADD ("lesson-life", test_lesson_life);
  ADD ("mode", test_mode);
  ADD ("srt", test_srt);
  ADD ("lesson-list", test_lesson_list);
  ADD ("lesson-source", test_lesson_source);
  ADD ("lesson-url", test_lesson_url);
  ADD ("attendance", test_attendance);
  ADD ("policies", test_policies);
  ADD ("close-year", test_close_year);
  ADD ("erase", test_erase);
  ADD ("timetable", test_timetable);
  ADD ("audit", test_audit);
  ADD ("identity", test_identity);
  ADD ("show-all", test_show_all);
  g_test_add_func ("/control/stops-while-calls-wait", test_stops_while_calls_wait);
  g_test_add_func ("/control/codes", test_codes);
  return g_test_run ();
}
