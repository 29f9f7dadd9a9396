#include "presence.h"

#include "clock.h"
#include "log.h"
#include "membership.h"

typedef struct {
  guint devices;
  AcMembership branches; /* when the first device came */
} Present;

struct _AcPresence {
  AcStore *store;
  gint64 lesson;
  GHashTable *members; /* id: Present */
  GHashTable *screens; /* site: how many */
  guint devices;
};

AcPresence *
ac_presence_new (AcStore *store, gint64 lesson)
{
  AcPresence *self = g_new0 (AcPresence, 1);

  self->store = store;
  self->lesson = lesson;
  self->members = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->screens = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return self;
}

void
ac_presence_free (AcPresence *self)
{
  g_hash_table_unref (self->members);
  g_hash_table_unref (self->screens);
  g_free (self);
}

/* --- Coming and going --- */

static guint
count_of (GHashTable *counts, gint64 key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (counts, &key));
}

static void
set_count (GHashTable *counts, gint64 key, guint n)
{
  if (n == 0)
    g_hash_table_remove (counts, &key);
  else
    g_hash_table_replace (counts, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (n));
}

static Present *
present_new (AcPresence *self, gint64 member)
{
  Present *present = g_new0 (Present, 1);
  g_autoptr (GError) error = NULL;

  if (!ac_membership_at (self->store, member, ac_clock_wall_ms (), &present->branches,
                         &error))
    ac_log (G_LOG_LEVEL_WARNING, self->lesson, "cannot read whose a member is: %s",
            error->message);
  g_hash_table_insert (self->members, g_memdup2 (&member, sizeof member), present);
  return present;
}

void
ac_presence_enter (AcPresence *self, gint64 member, gint64 site)
{
  Present *present;

  if (site != 0) {
    set_count (self->screens, site, count_of (self->screens, site) + 1);
    return;
  }
  present = g_hash_table_lookup (self->members, &member);
  if (present == NULL)
    present = present_new (self, member);
  present->devices++;
  self->devices++;
}

void
ac_presence_leave (AcPresence *self, gint64 member, gint64 site)
{
  Present *present;

  if (site != 0) {
    set_count (self->screens, site, count_of (self->screens, site) - 1);
    return;
  }
  present = g_hash_table_lookup (self->members, &member);
  self->devices--;
  if (--present->devices == 0)
    g_hash_table_remove (self->members, &member);
}

/* --- Telling --- */

/* Rows of who is signed in at a room now. */
typedef struct {
  AcPresence *self; /* (nullable) */
  JsonArray *rooms;
  guint heads; /* signed in, and not here besides */
} Rooms;

static void
add_room (Rooms *rooms, gint64 site, const gchar *name, gint64 branch, gint64 signed_in)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "site", site);
  json_object_set_string_member (object, "name", name);
  json_object_set_int_member (object, "branch", branch);
  json_object_set_int_member (
      object, "screens",
      rooms->self != NULL ? count_of (rooms->self->screens, site) : 0);
  json_object_set_int_member (object, "signed_in", signed_in);
  json_array_add_object_element (rooms->rooms, object);
}

/* Sites where somebody is signed in, or whose screen is on. */
static gboolean
read_rooms (Rooms *rooms, AcStore *store, gint64 lesson, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT s.id, s.name, s.branch, (SELECT count (DISTINCT r.member) "
      "FROM room_stays r WHERE r.lesson = ?1 AND r.site = s.id AND r.out_ms IS NULL) "
      "FROM sites s ORDER BY s.id",
      error);
  gint step;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", lesson);
  while ((step = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 site = sqlite3_column_int64 (statement, 0);
    gint64 signed_in = sqlite3_column_int64 (statement, 3);
    g_autofree gchar *name = ac_statement_text (statement, 1);

    if (signed_in > 0 ||
        (rooms->self != NULL && count_of (rooms->self->screens, site) > 0))
      add_room (rooms, site, name, sqlite3_column_int64 (statement, 2), signed_in);
  }
  return step == SQLITE_DONE;
}

static gboolean
count_heads (Rooms *rooms, AcStore *store, gint64 lesson, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT DISTINCT member FROM room_stays WHERE lesson = ? AND "
                        "out_ms IS NULL",
                        error);
  gint step;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", lesson);
  while ((step = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 member = sqlite3_column_int64 (statement, 0);

    if (rooms->self == NULL || !g_hash_table_contains (rooms->self->members, &member))
      rooms->heads++;
  }
  return step == SQLITE_DONE;
}

typedef struct {
  gint64 branch;
  guint home, host;
} Count;

static Count *
count_for (GHashTable *counts, gint64 branch)
{
  Count *count = g_hash_table_lookup (counts, &branch);

  if (count == NULL) {
    count = g_new0 (Count, 1);
    count->branch = branch;
    g_hash_table_insert (counts, &count->branch, count);
  }
  return count;
}

static gint
by_branch (gconstpointer a, gconstpointer b)
{
  const Count *left = *(Count *const *)a, *right = *(Count *const *)b;

  return left->branch < right->branch ? -1 : left->branch > right->branch;
}

/* Who belongs nowhere on a side is in no branch of that side. */
static JsonArray *
branches_json (AcPresence *self)
{
  g_autoptr (GHashTable) counts =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  g_autoptr (GPtrArray) sorted = NULL;
  JsonArray *array = json_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->members);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Present *present = value;

    if (present->branches.home != 0)
      count_for (counts, present->branches.home)->home++;
    if (present->branches.host != 0)
      count_for (counts, present->branches.host)->host++;
  }
  sorted = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (sorted, value);
  g_ptr_array_sort (sorted, by_branch);
  for (guint i = 0; i < sorted->len; i++) {
    const Count *count = sorted->pdata[i];
    JsonObject *object = json_object_new ();

    json_object_set_int_member (object, "branch", count->branch);
    json_object_set_int_member (object, "home", count->home);
    json_object_set_int_member (object, "host", count->host);
    json_array_add_object_element (array, object);
  }
  return array;
}

JsonObject *
ac_presence_to_json (AcPresence *self, AcStore *store, gint64 lesson, GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  guint members = self != NULL ? g_hash_table_size (self->members) : 0;
  Rooms rooms = { .self = self, .rooms = json_array_new () };

  json_object_set_array_member (object, "rooms", rooms.rooms);
  if (!read_rooms (&rooms, store, lesson, error) ||
      !count_heads (&rooms, store, lesson, error))
    return NULL;
  json_object_set_int_member (object, "members", members);
  json_object_set_int_member (object, "devices", self != NULL ? self->devices : 0);
  json_object_set_int_member (object, "heads", members + rooms.heads);
  json_object_set_array_member (
      object, "branches", self != NULL ? branches_json (self) : json_array_new ());
  return g_steal_pointer (&object);
}
