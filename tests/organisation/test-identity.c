#include "erasure.h"
#include "identity.h"
#include "identity_number.h"
#include "jobs.h"

#include <sys/stat.h>

/* Made up: what the checks ask for, of nobody. */
#define WANG "360700199001010018"
#define LI "36070019851231019X"

typedef struct {
  StoreFixture store;
  gchar *path;
  AcIdentities *identities;
} Fixture;

static void
open_identities (Fixture *f)
{
  f->identities = ac_identities_new (f->store.store, f->path);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  store_fixture_set_up (&f->store);
  f->path = g_build_filename (f->store.dir, "identity.key", NULL);
  open_identities (f);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  store_fixture_tear_down (&f->store);
  ac_identities_free (f->identities);
  g_free (f->path);
}

typedef struct {
  AcIdentityKeys *keys;
  gint64 member;
  const gchar *number;
} Job;

static gboolean
set_number (AcStore *store, gpointer data, GError **error)
{
  Job *job = data;

  return ac_identity_set (store, job->keys, job->member, job->number, error);
}

static gboolean
set (Fixture *f, gint64 member, const gchar *number, GError **ret_error)
{
  g_autoptr (AcIdentityKeys) keys = ac_identities_keys (f->identities, NULL);
  Job job = { keys, member, number };

  return jobs_run (f->store.store, set_number, &job, ret_error);
}

static gchar *
get (Fixture *f, gint64 member, GError **error)
{
  g_autoptr (AcIdentityKeys) keys = ac_identities_keys (f->identities, NULL);

  return ac_identity_get (f->store.store, keys, member, error);
}

static void
assert_number (Fixture *f, gint64 member, const gchar *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *number = get (f, member, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (number, ==, expected);
}

static gint64
find (Fixture *f, const gchar *number)
{
  g_autoptr (AcIdentityKeys) keys = ac_identities_keys (f->identities, NULL);
  g_autoptr (GError) error = NULL;
  gint64 member = ac_identity_find (f->store.store, keys, number, &error);

  g_assert_no_error (error);
  return member;
}

static void
test_normalize (void)
{
  static const struct {
    const gchar *text, *number;
  } rows[] = {
    { WANG, WANG },
    { " 360700 19900101 0018 ", WANG },
    { "３６０７００１９９００１０１００１８", WANG },
    { "36070019851231019x", LI },
    { "36070019851231019Ｘ", LI },
    { "11010519491231002X", "11010519491231002X" }, /* the standard's own */
    { "360700199001010019", NULL },  /* the last one does not check the others */
    { "360700199002300017", NULL },  /* no such day */
    { "36070019900101001", NULL },   /* one too few */
    { "3607001990010100180", NULL }, /* one too many */
    { "X60700199001010018", NULL },
    { "36070019900101001A", NULL },
    { "360700900101001", NULL }, /* of before 1999 */
    { "身份证", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *number = ac_identity_number_normalize (rows[i].text);

    g_test_message ("%s", rows[i].text);
    g_assert_cmpstr (number, ==, rows[i].number);
  }
}

static void
test_mask (void)
{
  g_autofree gchar *masked = ac_identity_number_mask (LI);
  g_autofree gchar *nothing = ac_identity_number_mask (NULL);

  g_assert_cmpstr (masked, ==, "**************019X");
  g_assert_null (nothing);
}

static void
test_set (Fixture *f, gconstpointer unused)
{
  gint64 wang = jobs_add_member (f->store.store, "1001");
  gint64 li = jobs_add_member (f->store.store, "1002");
  g_autoptr (GError) error = NULL;

  assert_number (f, wang, NULL);
  set (f, wang, WANG, NULL);
  set (f, wang, WANG, NULL); /* again */
  assert_number (f, wang, WANG);
  g_assert_cmpint (find (f, WANG), ==, wang);
  g_assert_cmpint (find (f, LI), ==, 0);
  g_assert_false (set (f, li, WANG, &error));
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_EXISTS,
                       "identity");
  set (f, wang, LI, NULL);
  set (f, li, WANG, NULL);
  assert_number (f, wang, LI);
  assert_number (f, li, WANG);
  set (f, wang, NULL, NULL);
  assert_number (f, wang, NULL);
  g_assert_cmpint (find (f, LI), ==, 0);
}

/* What lies in the database tells nothing, and opens for its own member only. */
static void
test_sealed (Fixture *f, gconstpointer unused)
{
  gint64 wang = jobs_add_member (f->store.store, "1001");
  gint64 li = jobs_add_member (f->store.store, "1002");
  g_autofree gchar *number = NULL;
  g_autoptr (GError) error = NULL;

  set (f, wang, WANG, NULL);
  set (f, li, LI, NULL);
  g_assert_cmpint (query_number (f->store.store,
                                 "SELECT count (*) FROM identities WHERE "
                                 "instr (sealed, '0018') OR instr (match, '" WANG "')"),
                   ==, 0);
  write_sql (f->store.store, "UPDATE identities SET sealed = (SELECT sealed FROM "
                             "identities WHERE member = 1) WHERE member = 2");
  assert_number (f, wang, WANG);
  number = get (f, li, &error);
  g_assert_null (number);
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_UNAVAILABLE,
                       "identity");
}

static void
assert_unavailable (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcIdentityKeys) keys = ac_identities_keys (f->identities, &error);

  g_assert_null (keys);
  g_assert_nonnull (strstr (error->message, f->path));
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_UNAVAILABLE,
                       "identity");
}

/* A key that is lost is not made again over numbers that need it; put back, all is
 * there. */
static void
test_lost_key (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *elsewhere = g_strconcat (f->path, ".elsewhere", NULL);
  gint64 wang = jobs_add_member (f->store.store, "1001");
  struct stat status;

  g_assert_cmpint (stat (f->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  set (f, wang, WANG, NULL);
  g_assert_cmpint (g_rename (f->path, elsewhere), ==, 0);
  ac_identities_free (f->identities);
  open_identities (f);
  assert_unavailable (f);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (f->path, "rubbish\n", -1, NULL));
  ac_identities_free (f->identities);
  open_identities (f);
  assert_unavailable (f);
  g_assert_cmpint (g_rename (elsewhere, f->path), ==, 0);
  ac_identities_free (f->identities);
  open_identities (f);
  assert_number (f, wang, WANG);
}

typedef struct {
  guint answered, n_sealed;
  GError *error;
} Rotation;

static void
rotated (guint n_sealed, const GError *error, gpointer user_data)
{
  Rotation *rotation = user_data;

  rotation->answered++;
  rotation->n_sealed = n_sealed;
  rotation->error = error != NULL ? g_error_copy (error) : NULL;
}

static gchar *
key_file (Fixture *f)
{
  gchar *text = NULL;

  g_assert_true (g_file_get_contents (f->path, &text, NULL, NULL));
  return text;
}

static void
test_rotate (Fixture *f, gconstpointer unused)
{
  gint64 wang = jobs_add_member (f->store.store, "1001");
  gint64 li = jobs_add_member (f->store.store, "1002");
  g_autofree gchar *before = NULL;
  g_autofree gchar *after = NULL;
  Rotation rotation = { 0 }, second = { 0 };

  set (f, wang, WANG, NULL);
  set (f, li, LI, NULL);
  before = key_file (f);
  ac_identities_rotate (f->identities, rotated, &rotation);
  ac_identities_rotate (f->identities, rotated, &second); /* one at a time */
  g_assert_error (second.error, AC_STORE_ERROR, AC_STORE_ERROR_BUSY);
  g_clear_error (&second.error);
  await (&rotation.answered, 1);
  g_assert_no_error (rotation.error);
  g_assert_cmpuint (rotation.n_sealed, ==, 2);
  after = key_file (f);
  g_assert_cmpuint (strlen (after), ==, strlen (before)); /* one key, another one */
  g_assert_cmpstr (after, !=, before);
  ac_identities_free (f->identities);
  open_identities (f);
  assert_number (f, wang, WANG);
  assert_number (f, li, LI);
  g_assert_cmpint (find (f, LI), ==, li);
  g_assert_cmpint (
      query_number (f->store.store,
                    "SELECT count (*) FROM audit WHERE act = 'key-rotate' "
                    "AND detail = '{\"what\":\"identity\",\"numbers\":2}'"),
      ==, 1);
}

/* The end came after the fresh key was written, and some numbers are sealed by it: all
 * are read and found, and the next time finishes it. */
static void
test_rotation_cut_off (Fixture *f, gconstpointer unused)
{
  gint64 wang = jobs_add_member (f->store.store, "1001");
  gint64 li = jobs_add_member (f->store.store, "1002");
  g_autoptr (AcIdentityKeys) before = ac_identities_keys (f->identities, NULL);
  g_autoptr (AcIdentityKeys) both = ac_identity_keys_new (before);
  Rotation rotation = { 0 };
  g_autoptr (GError) error = NULL;

  set (f, wang, WANG, NULL);
  ac_identity_keys_save (both, f->path, &error);
  g_assert_no_error (error);
  ac_identities_free (f->identities);
  open_identities (f);
  set (f, li, LI, NULL);
  assert_number (f, wang, WANG);
  assert_number (f, li, LI);
  g_assert_cmpint (find (f, WANG), ==, wang);
  g_assert_cmpint (find (f, LI), ==, li);
  ac_identities_rotate (f->identities, rotated, &rotation);
  await (&rotation.answered, 1);
  g_assert_cmpuint (rotation.n_sealed, ==, 2);
  g_assert_cmpint (
      query_number (f->store.store, "SELECT count (DISTINCT key) FROM identities"), ==,
      1);
  assert_number (f, wang, WANG);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
#define ADD(path, func)                                                                \
  g_test_add ("/identity/" path, Fixture, NULL, set_up, func, tear_down)
  g_test_add_func ("/identity/normalize", test_normalize);
  g_test_add_func ("/identity/mask", test_mask);
  ADD ("set", test_set);
  ADD ("sealed", test_sealed);
  ADD ("lost-key", test_lost_key);
  ADD ("rotate", test_rotate);
  ADD ("rotation-cut-off", test_rotation_cut_off);
#undef ADD
  return g_test_run ();
}
