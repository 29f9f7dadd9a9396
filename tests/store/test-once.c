/* What is asked for by a key. */
#include "fixture.h"

#include "once.h"

#define HOUR_MS (G_GINT64_CONSTANT (60) * 60 * 1000)

typedef struct {
  const gchar *key;
  guint8 asked; /* its digest */
  gint64 made;  /* by who makes it now */
  gint64 wall_ms;
  gint64 member;
  guint n; /* times, each with a key of its own */
  /* after */
  gint64 found;
  gboolean refused;
  guint answered;
} Asking;

static gboolean
ask_one (AcStore *store, Asking *asking, const gchar *key, GError **error)
{
  g_autoptr (GBytes) digest = g_bytes_new (&asking->asked, 1);
  const AcOnce once = { asking->member, (gchar *)key, digest };

  return ac_once_find (store, &once, &asking->found, error) &&
         (asking->found != 0 ||
          ac_once_keep (store, &once, asking->made, asking->wall_ms, error));
}

static gboolean
ask_job (AcStore *store, gpointer data, GError **error)
{
  Asking *asking = data;

  for (guint i = 0; i < asking->n; i++) {
    g_autofree gchar *key = g_strdup_printf ("%s%u", asking->key, i);

    if (!ask_one (store, asking, key, error))
      return FALSE;
  }
  return asking->n > 0 || ask_one (store, asking, asking->key, error);
}

static void
asked (gpointer data, const GError *error, gpointer unused)
{
  Asking *asking = data;

  asking->refused = error != NULL;
  if (error != NULL)
    g_assert_error (error, AC_STORE_ERROR, AC_STORE_ERROR_KEY);
  asking->answered++;
}

/* Returns: what was made before. */
static gint64
ask (StoreFixture *f, Asking asking)
{
  if (asking.member == 0)
    asking.member = 1;
  ac_store_write (f->store, ask_job, &asking, NULL, asked, NULL);
  await (&asking.answered, 1);
  return asking.refused ? -1 : asking.found;
}

static void
set_up (StoreFixture *f, gconstpointer unused)
{
  store_fixture_set_up (f);
  write_sql (f->store, "INSERT INTO members (id, number, name, role, kind, "
                       "created_ms) VALUES (1, '1', 'x', 'member', 'member', 1), "
                       "(2, '2', 'x', 'member', 'member', 1)");
}

static void
tear_down (StoreFixture *f, gconstpointer unused)
{
  store_fixture_tear_down (f);
}

static void
test_again (StoreFixture *f, gconstpointer unused)
{
  g_assert_cmpint (ask (f, (Asking){ "k", 1, 7 }), ==, 0);
  g_assert_cmpint (ask (f, (Asking){ "k", 1, 8 }), ==, 7);
  g_assert_cmpint (ask (f, (Asking){ "k", 2, 8 }), ==, -1); /* something else */
  g_assert_cmpint (ask (f, (Asking){ "l", 2, 8 }), ==, 0);
  g_assert_cmpint (ask (f, (Asking){ "k", 2, 9, .member = 2 }), ==, 0);
  g_assert_cmpint (ask (f, (Asking){ NULL, 1, 9 }), ==, 0);
  g_assert_cmpint (ask (f, (Asking){ NULL, 1, 9 }), ==, 0);
  g_assert_cmpint (query_number (f->store, "SELECT count (*) FROM asked_once"), ==, 3);
}

static void
test_bounds (StoreFixture *f, gconstpointer unused)
{
  ask (f, (Asking){ "other", 1, 5, .member = 2 });
  ask (f, (Asking){ "k", 1, 7 });
  ask (f, (Asking){ "many", 1, 8, .n = AC_ONCE_KEYS_MAX - 1 });
  g_assert_cmpint (ask (f, (Asking){ "k", 1, 9 }), ==, 7);
  ask (f, (Asking){ "one more", 1, 9 });
  g_assert_cmpint (ask (f, (Asking){ "k", 1, 9 }), ==, 0);
  g_assert_cmpint (ask (f, (Asking){ "other", 1, 9, .member = 2 }), ==, 5);
  g_assert_cmpint (query_number (f->store, "SELECT count (*) FROM asked_once"), ==,
                   AC_ONCE_KEYS_MAX + 1);
  ask (f, (Asking){ "late", 1, 9, .wall_ms = 25 * HOUR_MS });
  g_assert_cmpint (query_number (f->store, "SELECT count (*) FROM asked_once"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/once/again", StoreFixture, NULL, set_up, test_again, tear_down);
  g_test_add ("/once/bounds", StoreFixture, NULL, set_up, test_bounds, tear_down);
  return g_test_run ();
}
