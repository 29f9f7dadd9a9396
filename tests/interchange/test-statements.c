/* What a member played, as the ADL video profile tells it. */
#include "profile.h"
#include "secrets.h"
#include "statements.h"

#define S G_GINT64_CONSTANT (1000)
#define NOON (1764158400 * S) /* 2025-11-26T12:00:00Z */

typedef struct {
  AcIntervalSet *creditable;
  AcXapiSubject subject;
  GArray *beats;
  GPtrArray *statements;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->creditable = ac_interval_set_new ();
  ac_interval_set_add (f->creditable, 0, 100 * S);
  f->subject = (AcXapiSubject){
    .home = "https://classroom.example",
    .account = "0123456789abcdef0123456789abcdef",
    .lesson = 7,
    .title = "第一课 \"果树\\修剪\"",
    .length_ms = 120 * S,
    .threshold_permille = 800,
    .creditable = f->creditable,
  };
  f->beats = g_array_new (FALSE, FALSE, sizeof (AcXapiBeat));
  f->statements =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ac_xapi_statement_free);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  ac_interval_set_unref (f->creditable);
  g_array_unref (f->beats);
  g_ptr_array_unref (f->statements);
}

/* @told_s: seconds after noon */
static void
add (Fixture *f, gint64 session, gint64 from_s, gint64 to_s, gint64 told_s)
{
  AcXapiBeat beat = {
    .session = session,
    .client = 0xfeed,
    .seq = f->beats->len + 1,
    .wall_ms = NOON + told_s * S,
    .accepted = { from_s * S, to_s * S },
    .rate_permille = 1000,
    .fresh = TRUE,
  };

  g_array_append_val (f->beats, beat);
}

static void
tell (Fixture *f)
{
  g_ptr_array_set_size (f->statements, 0);
  ac_xapi_statements (&f->subject, (const AcXapiBeat *)f->beats->data, f->beats->len,
                      f->statements);
}

static JsonObject *
statement (Fixture *f, guint index)
{
  const AcXapiStatement *one = f->statements->pdata[index];
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (one->json, &error);
  JsonObject *object;

  g_assert_no_error (error);
  object = json_node_dup_object (node);
  assert_follows_profile (object);
  g_assert_cmpstr (json_object_get_string_member (object, "id"), ==, one->id);
  return object;
}

/* The verbs of all statements, by their last word. */
static gchar *
verbs (Fixture *f)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < f->statements->len; i++) {
    g_autoptr (JsonObject) object = statement (f, i);
    const gchar *id = json_object_get_string_member (
        json_object_get_object_member (object, "verb"), "id");

    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", strrchr (id, '/') + 1);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

#define assert_verbs(f, expected)                                                      \
  G_STMT_START                                                                         \
  {                                                                                    \
    g_autofree gchar *verbs_ = verbs (f);                                              \
    g_assert_cmpstr (verbs_, ==, expected);                                            \
  }                                                                                    \
  G_STMT_END

static gchar *
segments (Fixture *f, guint index)
{
  g_autoptr (JsonObject) object = statement (f, index);
  JsonObject *result = json_object_get_object_member (object, "result");

  return g_strdup (json_object_get_string_member (
      json_object_get_object_member (result, "extensions"), EXT "played-segments"));
}

static void
test_played_on_end (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *played = NULL;
  g_autoptr (JsonObject) first = NULL;

  add (f, 1, 0, 10, 10);
  add (f, 1, 10, 20, 20);
  add (f, 1, 20, 30, 31);
  tell (f);
  assert_verbs (f, "initialized played paused");
  played = segments (f, 2);
  g_assert_cmpstr (played, ==, "0.000[.]30.000");
  first = statement (f, 0);
  g_assert_cmpstr (json_object_get_string_member (first, "timestamp"), ==,
                   "2025-11-26T12:00:00.000Z");
}

static void
test_seeked_and_completed (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *played = NULL;

  add (f, 1, 0, 40, 40);
  add (f, 1, 50, 90, 80);
  add (f, 1, 90, 100, 90);
  add (f, 1, 40, 50, 100);
  tell (f);
  assert_verbs (f, "initialized played paused seeked played paused completed "
                   "seeked played paused");
  played = segments (f, 9);
  g_assert_cmpstr (played, ==, "0.000[.]40.000[,]50.000[.]100.000[,]40.000[.]50.000");
}

/* A pause is no seek; two devices are two players of one member. */
static void
test_pause_and_devices (Fixture *f, gconstpointer unused)
{
  add (f, 1, 0, 10, 10);
  add (f, 1, 10, 20, 400);
  add (f, 2, 20, 30, 410);
  tell (f);
  assert_verbs (f, "initialized played paused played paused initialized played paused");
}

static void
test_nothing_accepted (Fixture *f, gconstpointer unused)
{
  add (f, 1, 10, 10, 10);
  tell (f);
  g_assert_cmpuint (f->statements->len, ==, 0);
}

/* What was told before is not told again, but is part of the story; what is made again
 * is the same to the byte. */
static void
test_told_once (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *played = NULL;
  g_autofree gchar *id = NULL;
  g_autofree gchar *json = NULL;

  add (f, 1, 0, 40, 40);
  tell (f);
  assert_verbs (f, "initialized played paused");
  id = g_strdup (((AcXapiStatement *)f->statements->pdata[2])->id);
  g_array_index (f->beats, AcXapiBeat, 0).fresh = FALSE;
  add (f, 1, 40, 90, 90);
  tell (f);
  assert_verbs (f, "played paused completed");
  played = segments (f, 1);
  g_assert_cmpstr (played, ==, "0.000[.]90.000");
  for (guint i = 0; i < f->statements->len; i++)
    g_assert_cmpstr (((AcXapiStatement *)f->statements->pdata[i])->id, !=, id);
  json = g_strdup (((AcXapiStatement *)f->statements->pdata[2])->json);
  tell (f);
  g_assert_cmpstr (((AcXapiStatement *)f->statements->pdata[2])->json, ==, json);
}

static void
test_identifiers (void)
{
  gchar uuid[AC_UUID_CHARS + 1];

  /* by Python's uuid.uuid5 (uuid.NAMESPACE_URL, ...) */
  ac_uuid_of_url ("https://classroom.example/lesson/7", uuid);
  g_assert_cmpstr (uuid, ==, "7ef01135-aac9-5f0d-8a78-da403b360ccf");
  ac_uuid_as_random ("https://classroom.example/lesson/7", uuid);
  g_assert_cmpstr (uuid, ==, "7ef01135-aac9-4f0d-8a78-da403b360ccf");
}

static void
test_pseudonyms (void)
{
  g_autofree gchar *one = ac_secret_pseudonym ("key", 1);
  g_autofree gchar *same = ac_secret_pseudonym ("key", 1);
  g_autofree gchar *two = ac_secret_pseudonym ("key", 2);
  g_autofree gchar *elsewhere = ac_secret_pseudonym ("another key", 1);

  g_assert_cmpstr (one, ==, same);
  g_assert_cmpstr (one, !=, two);
  g_assert_cmpstr (one, !=, elsewhere);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                            \
  g_test_add ("/statements/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("played-on-end", test_played_on_end);
  ADD ("seeked-and-completed", test_seeked_and_completed);
  ADD ("pause-and-devices", test_pause_and_devices);
  ADD ("nothing-accepted", test_nothing_accepted);
  ADD ("told-once", test_told_once);
  g_test_add_func ("/statements/identifiers", test_identifiers);
  g_test_add_func ("/statements/pseudonyms", test_pseudonyms);
  return g_test_run ();
}
