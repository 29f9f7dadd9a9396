#include "hall.h"

#include "json_text.h"

typedef struct {
  AcTalkKind kind;
  AcSpeaker who;
  const gchar *id;
  JsonObject *fields;
  AcTalkResult *result;
  AcStoreJob job;
  gpointer data;
  guint answered;
  GError *error;
} Attempt;

static void
answered (gpointer data, const GError *error, gpointer user_data)
{
  Attempt *attempt = data;

  attempt->error = error != NULL ? g_error_copy (error) : NULL;
  attempt->answered = 1;
}

static gboolean
talk (AcStore *store, gpointer data, GError **error)
{
  Attempt *attempt = data;

  return ac_talk_run (store, attempt->kind, &attempt->who, attempt->id, attempt->fields,
                      attempt->result, error);
}

static gboolean
run (AcStore *store, gpointer data, GError **error)
{
  Attempt *attempt = data;

  return attempt->job (store, attempt->data, error);
}

void
hall_run (Hall *self, AcStoreJob job, gpointer data)
{
  Attempt attempt = { .job = job, .data = data };

  ac_store_write (self->store.store, run, &attempt, NULL, answered, NULL);
  await (&attempt.answered, 1);
  g_assert_no_error (attempt.error);
}

static gboolean
run_sql (AcStore *store, gpointer sql, GError **error)
{
  return ac_store_run (store, error, sql, "");
}

void
hall_sql (Hall *self, const gchar *sql)
{
  hall_run (self, run_sql, (gpointer)sql);
}

gint64
hall_number (Hall *self, const gchar *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) statement = ac_store_prepare (self->store.store, sql, &error);

  g_assert_no_error (error);
  g_assert_cmpint (ac_store_step (self->store.store, statement, &error), ==,
                   SQLITE_ROW);
  return sqlite3_column_int64 (statement, 0);
}

void
hall_set_up (Hall *self, gconstpointer unused)
{
  memset (self, 0, sizeof *self);
  self->clock_ms = 1000000;
  store_fixture_set_up (&self->store);
  hall_sql (self, "INSERT INTO members (id, number, name, role, kind, created_ms) "
                  "VALUES (1, 'A', '王明', 'member', 'member', 0), "
                  "(2, 'B', '李小华', 'member', 'member', 0), "
                  "(3, 'C', '张伟', 'member', 'member', 0), "
                  "(4, 'D', '刘洋', 'member', 'member', 0), "
                  "(5, 'E', '陈静', 'member', 'member', 0), "
                  "(6, 'F', '周老师', 'staff', 'member', 0)");
  hall_sql (self, "INSERT INTO lessons (id, title, key_hash, state, created_ms) "
                  "VALUES (1, 'one', x'01', 'live', 0), (2, 'two', x'02', 'live', 0)");
  hall_sql (self, "INSERT INTO branches (id, name, kind, created_ms) "
                  "VALUES (1, '云县', 'county', 0)");
  hall_sql (self, "INSERT INTO sites (id, branch, name, created_ms) "
                  "VALUES (1, 1, '礼堂', 0)");
}

void
hall_tear_down (Hall *self, gconstpointer unused)
{
  store_fixture_tear_down (&self->store);
}

GError *
hall_try (Hall *self, gint64 member, const gchar *id, const gchar *type,
          const gchar *fields, AcTalkResult *ret_result)
{
  g_autoptr (GBytes) bytes = g_bytes_new (fields, strlen (fields));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = ac_json_text_parse_object (bytes, 8192, &error);
  g_auto (AcTalkResult) result = { 0 };
  Attempt attempt = { .who = { .lesson = 1,
                               .member = member,
                               .staff = member == HALL_STAFF,
                               .clock_ms = self->clock_ms,
                               .wall_ms = 1700000000000,
                               .media_ms = 5000 },
                      .id = id,
                      .fields = object,
                      .result = ret_result != NULL ? ret_result : &result };

  g_assert_no_error (error);
  g_assert_true (ac_talk_from_name (type, &attempt.kind));
  ac_store_write (self->store.store, talk, &attempt, NULL, answered, NULL);
  await (&attempt.answered, 1);
  return attempt.error;
}

gint64
hall_say (Hall *self, gint64 member, const gchar *type, const gchar *fields)
{
  g_autofree gchar *id = g_strdup_printf ("id-%u", ++self->n_ids);
  g_auto (AcTalkResult) result = { 0 };
  g_autoptr (GError) error = hall_try (self, member, id, type, fields, &result);

  g_assert_no_error (error);
  return result.seq;
}

void
hall_refused (Hall *self, gint64 member, const gchar *type, const gchar *fields,
              AcConversationError code, const gchar *field)
{
  g_autofree gchar *id = g_strdup_printf ("id-%u", ++self->n_ids);
  g_autoptr (GError) error = hall_try (self, member, id, type, fields, NULL);

  g_test_message ("%s %s", type, fields);
  g_assert_error (error, AC_CONVERSATION_ERROR, (gint)code);
  g_assert_cmpstr (ac_conversation_error_field (error), ==, field);
}

static JsonObject *
parse (GBytes *bytes, GError *error)
{
  g_autoptr (GBytes) owned = bytes;
  g_autoptr (GError) failure = NULL;
  JsonObject *object;

  g_assert_no_error (error);
  object = ac_json_text_parse_object (bytes, 1 << 20, &failure);
  g_assert_no_error (failure);
  return object;
}

JsonObject *
hall_state (Hall *self, gboolean staff)
{
  g_autoptr (GError) error = NULL;
  gint64 seq;
  GBytes *text = ac_conversation_state (self->store.store, 1, staff, &seq, &error);
  JsonObject *state = parse (text, error);

  g_assert_cmpint (json_object_get_int_member (state, "seq"), ==, seq);
  return state;
}

JsonObject *
hall_tally (Hall *self, gboolean staff)
{
  g_autoptr (GError) error = NULL;
  GBytes *text = ac_conversation_tally (self->store.store, 1, staff, &error);

  return parse (text, error);
}

JsonObject *
hall_yours (Hall *self, gint64 member)
{
  g_autoptr (GError) error = NULL;
  GBytes *text = ac_conversation_yours (self->store.store, 1, member, &error);

  return parse (text, error);
}

gchar *
hall_text (JsonObject *object)
{
  return ac_json_object_to_text (object);
}
