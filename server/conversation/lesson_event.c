#include "lesson_event.h"

#include "json_text.h"
#include "mask.h"

AcLessonEvent *
ac_lesson_event_new (gint64 lesson, const gchar *kind, AcAudience audience)
{
  AcLessonEvent *self = g_atomic_rc_box_new0 (AcLessonEvent);

  self->lesson = lesson;
  self->kind = g_strdup (kind);
  self->audience = audience;
  self->body = g_strdup ("{}");
  return self;
}

AcLessonEvent *
ac_lesson_event_ref (AcLessonEvent *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
event_clear (gpointer data)
{
  AcLessonEvent *self = data;

  g_free (self->kind);
  g_free (self->body);
  g_free (self->text);
  g_free (self->name);
}

void
ac_lesson_event_unref (AcLessonEvent *self)
{
  g_atomic_rc_box_release_full (self, event_clear);
}

void
ac_lesson_event_set_body (AcLessonEvent *self, JsonObject *body)
{
  g_free (self->body);
  self->body = ac_json_object_to_text (body);
  json_object_unref (body);
}

/* --- Writing --- */

static gboolean
take_seq (AcStore *store, AcLessonEvent *self, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "INSERT INTO conversations (lesson, last_seq) VALUES (?, 1) "
      "ON CONFLICT (lesson) DO UPDATE SET last_seq = last_seq + 1 RETURNING last_seq",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", self->lesson);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  self->seq = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

static gboolean
read_name (AcStore *store, AcLessonEvent *self, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT ifnull ((SELECT name FROM members WHERE id = ?1), "
                        "(SELECT name FROM sites WHERE id = ?2))",
                        error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", self->member, self->site);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  self->name = ac_statement_text (statement, 0);
  return TRUE;
}

gboolean
ac_lesson_event_add (AcStore *store, AcLessonEvent *self, GError **error)
{
  g_return_val_if_fail (self->seq == 0, FALSE);

  return take_seq (store, self, error) && read_name (store, self, error) &&
         ac_store_run (store, error,
                       "INSERT INTO lesson_events (lesson, seq, kind, audience, "
                       "member, actor, site, by_staff, wall_ms, media_ms, body, text) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       "iitdnnndiitt", self->lesson, self->seq, self->kind,
                       (gint)self->audience, self->member, self->actor, self->site,
                       (gint)self->by_staff, self->wall_ms, self->media_ms, self->body,
                       self->text);
}

/* --- Reading --- */

#define COLUMNS                                                                        \
  "e.lesson, e.seq, e.kind, e.audience, e.member, e.actor, e.site, e.by_staff, "       \
  "e.wall_ms, e.media_ms, e.body, e.text, ifnull (m.name, s.name)"
#define TABLES                                                                         \
  "lesson_events e LEFT JOIN members m ON m.id = e.member "                            \
  "LEFT JOIN sites s ON s.id = e.site"

static AcLessonEvent *
read_row (AcStatement *row)
{
  AcLessonEvent *self = g_atomic_rc_box_new0 (AcLessonEvent);

  self->lesson = sqlite3_column_int64 (row, 0);
  self->seq = sqlite3_column_int64 (row, 1);
  self->kind = ac_statement_text (row, 2);
  self->audience = (AcAudience)sqlite3_column_int (row, 3);
  self->member = sqlite3_column_int64 (row, 4);
  self->actor = sqlite3_column_int64 (row, 5);
  self->site = sqlite3_column_int64 (row, 6);
  self->by_staff = sqlite3_column_int (row, 7) != 0;
  self->wall_ms = sqlite3_column_int64 (row, 8);
  self->media_ms = sqlite3_column_int64 (row, 9);
  self->body = ac_statement_text (row, 10);
  self->text = ac_statement_text (row, 11);
  self->name = ac_statement_text (row, 12);
  return self;
}

static GPtrArray *
read_rows (AcStore *store, AcStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) list =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ac_lesson_event_unref);
  gint step;

  while ((step = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (list, read_row (statement));
  return step == SQLITE_DONE ? g_steal_pointer (&list) : NULL;
}

gint64
ac_lesson_event_last (AcStore *store, gint64 lesson, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT last_seq FROM conversations WHERE lesson = ?", error);

  if (statement == NULL)
    return 0;
  ac_statement_bind (statement, "i", lesson);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return 0;
  return sqlite3_column_int64 (statement, 0);
}

GPtrArray *
ac_lesson_event_list (AcStore *store, gint64 lesson, gint64 since,
                      const AcListener *who, guint limit, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT " COLUMNS " FROM " TABLES " WHERE e.lesson = ? AND e.seq > ? AND "
      "e.hidden = 0 AND ((e.audience & ?) OR ((e.audience & 4) AND e.member = ?)) "
      "ORDER BY e.seq LIMIT ?",
      error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "iidid", lesson, since,
                     AC_AUDIENCE_ALL | (who->staff ? AC_AUDIENCE_STAFF : 0),
                     who->member, (gint)limit);
  return read_rows (store, statement, error);
}

GPtrArray *
ac_lesson_event_list_kind (AcStore *store, gint64 lesson, const gchar *kind,
                           guint limit, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT * FROM (SELECT " COLUMNS " FROM " TABLES " WHERE e.lesson = ? AND "
      "e.kind = ? AND e.hidden = 0 AND (e.audience & 1) ORDER BY e.seq DESC LIMIT ?) "
      "ORDER BY 2",
      error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "itd", lesson, kind, (gint)limit);
  return read_rows (store, statement, error);
}

/* --- To pages --- */

gboolean
ac_lesson_event_is_for (const AcLessonEvent *self, const AcListener *who)
{
  return (self->audience & AC_AUDIENCE_ALL) != 0 ||
         ((self->audience & AC_AUDIENCE_STAFF) != 0 && who->staff) ||
         ((self->audience & AC_AUDIENCE_MEMBER) != 0 && self->member != 0 &&
          self->member == who->member);
}

static void
set_positive (JsonObject *object, const gchar *name, gint64 value)
{
  if (value > 0)
    json_object_set_int_member (object, name, value);
}

/* A room's name is nobody's. */
static void
set_name (JsonObject *object, const AcLessonEvent *self, gboolean staff)
{
  gboolean full = staff || self->by_staff || self->member == 0;
  g_autofree gchar *masked = NULL;

  if (self->name == NULL || *self->name == '\0')
    return;
  masked = full ? NULL : ac_mask_name (self->name);
  json_object_set_string_member (object, "name", full ? self->name : masked);
}

JsonObject *
ac_lesson_event_to_json (const AcLessonEvent *self, gboolean staff)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "seq", self->seq);
  json_object_set_string_member (object, "kind", self->kind);
  json_object_set_int_member (object, "wall_ms", self->wall_ms);
  json_object_set_int_member (object, "media_ms", self->media_ms);
  set_name (object, self, staff);
  if (self->by_staff)
    json_object_set_boolean_member (object, "staff", TRUE);
  set_positive (object, "site", self->site);
  set_positive (object, "member", staff ? self->member : 0);
  set_positive (object, "actor", staff ? self->actor : 0);
  if (self->text != NULL)
    json_object_set_string_member (object, "text", self->text);
  json_object_set_member (object, "body", json_from_string (self->body, NULL));
  return object;
}

void
ac_lesson_event_append_json (const AcLessonEvent *self, gboolean staff, GString *out)
{
  g_autoptr (JsonObject) object = ac_lesson_event_to_json (self, staff);
  g_autofree gchar *text = ac_json_object_to_text (object);

  g_string_append (out, text);
}
