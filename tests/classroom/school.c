#include "school.h"

#include "clock.h"
#include "membership.h"

#include <glib/gstdio.h>
#include <gio/gio.h>
#include <string.h>

static gboolean
bark (gpointer unused)
{
  g_error ("a test hangs");
  return G_SOURCE_REMOVE;
}

static gint64
scripted_clock (gpointer user_data)
{
  return ((School *)user_data)->clock_ms;
}

static void
open_parts (School *school)
{
  g_autoptr (GError) error = NULL;
  AcExecutor executor = ac_executor_for_context (NULL);

  school->store = ac_store_open (school->dir, executor, &error);
  g_assert_no_error (error);
  school->accounts = ac_accounts_new (school->store, executor, &error);
  g_assert_no_error (error);
  school->classroom = ac_classroom_new (school->store);
  ac_classroom_set_accounts (school->classroom, school->accounts);
  ac_classroom_set_clock (school->classroom, scripted_clock, school);
}

static void
close_parts (School *school)
{
  g_clear_pointer (&school->classroom, ac_classroom_free);
  g_clear_pointer (&school->accounts, ac_accounts_free);
  g_clear_pointer (&school->store, ac_store_close);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

void
school_open (School *school)
{
  g_autoptr (GError) error = NULL;

  memset (school, 0, sizeof *school);
  school->clock_ms = 1000000;
  school->dir = g_dir_make_tmp ("airclass-test-XXXXXX", &error);
  g_assert_no_error (error);
  school->watchdog = g_timeout_add_seconds (60, bark, NULL);
  open_parts (school);
}

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

void
school_close (School *school)
{
  close_parts (school);
  g_source_remove (school->watchdog);
  remove_tree (school->dir);
  g_free (school->dir);
}

void
school_pause (School *school)
{
  close_parts (school);
}

void
school_reopen (School *school)
{
  close_parts (school);
  open_parts (school);
}

typedef struct {
  gboolean done;
  gint64 id;
  gchar *cookie;
} Answer;

static void
take_id (gint64 id, const GError *error, gpointer user_data)
{
  Answer *answer = user_data;

  g_assert_no_error (error);
  *answer = (Answer){ .done = TRUE, .id = id };
}

gint64
school_add_member (School *school, const gchar *number, AcRole role)
{
  g_autofree gchar *name = g_strconcat ("党员 ", number, NULL);
  Answer answer = { 0 };

  ac_accounts_add_member (
      school->accounts,
      &(AcNewMember){
          .number = number, .name = name, .password = SCHOOL_PASSWORD, .role = role },
      take_id, &answer);
  school_until (answer.done);
  return answer.id;
}

static void
take_session (AcSession *session, const gchar *token, const GError *error,
              gpointer user_data)
{
  Answer *answer = user_data;

  g_assert_no_error (error);
  answer->cookie = g_strconcat ("theme=dark; airclass_session=", token, NULL);
  answer->done = TRUE;
}

gchar *
school_sign_in (School *school, const gchar *number)
{
  Answer answer = { 0 };

  ac_accounts_sign_in (school->accounts, number, SCHOOL_PASSWORD, "192.0.2.1", NULL,
                       take_session, &answer);
  school_until (answer.done);
  return answer.cookie;
}

gchar *
school_token (const gchar *cookie)
{
  return g_strdup (strrchr (cookie, '=') + 1);
}

gint64
school_add_lesson (School *school, const gchar *title, gchar **ret_stream_key)
{
  Answer answer = { 0 };
  g_autofree gchar *key = NULL;

  ac_classroom_add_lesson (school->classroom, title, &key, take_id, &answer);
  school_until (answer.done);
  if (ret_stream_key != NULL)
    *ret_stream_key = g_steal_pointer (&key);
  return answer.id;
}

void
school_start_lesson (School *school, gint64 lesson)
{
  Answer answer = { 0 };

  ac_classroom_start_lesson (school->classroom, lesson, take_id, &answer);
  school_until (answer.done);
}

void
school_end_lesson (School *school, gint64 lesson)
{
  Answer answer = { 0 };

  ac_classroom_end_lesson (school->classroom, lesson, take_id, &answer);
  school_until (answer.done);
}

typedef struct {
  const gchar *sql;
  gint64 member, branch;
  AcRole role;
  gboolean done;
} Change;

static gboolean
change_rows (AcStore *store, gpointer data, GError **error)
{
  Change *change = data;

  if (change->sql != NULL)
    return ac_store_run (store, error, change->sql, "");
  if (change->role != AC_ROLE_MEMBER)
    return ac_grant_set (store, change->member,
                         &(AcGrant){ change->role, change->branch }, TRUE, 1, error);
  return ac_membership_set (store, change->member, AC_SIDE_HOME, change->branch, NULL,
                            ac_clock_wall_ms (), error);
}

static void
changed (gpointer data, const GError *error, gpointer user_data)
{
  g_assert_no_error (error);
  ((Change *)data)->done = TRUE;
}

static void
run_change (School *school, Change change)
{
  ac_store_write (school->store, change_rows, &change, NULL, changed, NULL);
  school_until (change.done);
}

void
school_sql (School *school, const gchar *sql)
{
  run_change (school, (Change){ .sql = sql });
}

void
school_grant (School *school, gint64 member, AcRole role, gint64 branch)
{
  run_change (school, (Change){ .member = member, .role = role, .branch = branch });
}

void
school_place (School *school, gint64 member, gint64 branch)
{
  run_change (school, (Change){ .member = member, .branch = branch });
}

static gboolean
do_nothing (AcStore *store, gpointer data, GError **error)
{
  return TRUE;
}

static void
settled (gpointer data, const GError *error, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

void
school_settle (School *school)
{
  gboolean done = FALSE;

  ac_store_write (school->store, do_nothing, NULL, NULL, settled, &done);
  school_until (done);
}

static void
peer_send (AcPeer *peer, GBytes *text, gboolean must_arrive)
{
  FakePeer *self = (FakePeer *)peer;
  gsize length;
  const gchar *data = g_bytes_get_data (text, &length);

  g_assert_cmpuint (self->closed, ==, 0);
  g_ptr_array_add (self->sent, g_strndup (data, length));
}

static void
peer_close (AcPeer *peer, guint16 code, const gchar *reason)
{
  FakePeer *self = (FakePeer *)peer;

  g_assert_cmpuint (self->closed, ==, 0);
  self->closed = code;
}

void
fake_peer_init (FakePeer *self, const gchar *cookie, const gchar *query)
{
  static guint64 next_id;

  memset (self, 0, sizeof *self);
  self->sent = g_ptr_array_new_with_free_func (g_free);
  self->peer = (AcPeer){ .id = ++next_id,
                         .cookie = cookie,
                         .origin = "http://class.example:8080",
                         .host = "class.example:8080",
                         .query = query,
                         .remote_address = "192.0.2.1",
                         .send = peer_send,
                         .close = peer_close };
}

void
fake_peer_clear (FakePeer *self)
{
  g_ptr_array_unref (self->sent);
}

void
fake_peer_open (FakePeer *self, School *school)
{
  ac_classroom_peer_handler ()->opened (&self->peer, school->classroom);
}

void
fake_peer_say (FakePeer *self, School *school, const gchar *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  ac_classroom_peer_handler ()->message (&self->peer, bytes, school->classroom);
}

void
fake_peer_hang_up (FakePeer *self, School *school)
{
  ac_classroom_peer_handler ()->closed (&self->peer, school->classroom);
}

const gchar *
fake_peer_last (FakePeer *self)
{
  return self->sent->len > 0 ? self->sent->pdata[self->sent->len - 1] : "";
}
