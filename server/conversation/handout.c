#include "handout.h"

#include "talk_private.h"

#include <string.h>

#define URL_MAX_CHARS 500

/* --- What a file is --- */

static const struct {
  const gchar *magic;
  gsize length;
  const gchar *media_type, *extension;
  const gchar *also; /* (nullable): a zip archive that has this in it */
} types[] = {
  { "%PDF-", 5, "application/pdf", ".pdf", NULL },
  { "\x89PNG\r\n\x1a\n", 8, "image/png", ".png", NULL },
  { "\xff\xd8\xff", 3, "image/jpeg", ".jpg", NULL },
  { "GIF87a", 6, "image/gif", ".gif", NULL },
  { "GIF89a", 6, "image/gif", ".gif", NULL },
  { "RIFF", 4, "image/webp", ".webp", "WEBP" },
  { "PK\x03\x04", 4,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx",
    "word/document.xml" },
  { "PK\x03\x04", 4,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx",
    "xl/workbook.xml" },
  { "PK\x03\x04", 4,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".pptx", "ppt/presentation.xml" },
};

/* An archive's directory of names lies at its end. */
#define DIRECTORY_BYTES (256 * 1024)

static gboolean
holds (const guint8 *data, gsize size, const gchar *what)
{
  gsize tail = MIN (size, (gsize)DIRECTORY_BYTES);

  return memmem (data, MIN (size, 16), what, strlen (what)) != NULL ||
         memmem (data + size - tail, tail, what, strlen (what)) != NULL;
}

const gchar *
ac_handout_sniff (GBytes *file)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);

  if (size >= 4 && memcmp (data, "PK\x03\x04", 4) == 0 &&
      holds (data, size, "vbaProject.bin")) /* programs are not handed out */
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (size >= types[i].length &&
        memcmp (data, types[i].magic, types[i].length) == 0 &&
        (types[i].also == NULL || holds (data, size, types[i].also)))
      return types[i].media_type;
  return NULL;
}

const gchar *
ac_handout_extension (const gchar *media_type)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].media_type, media_type))
      return types[i].extension;
  return "";
}

/* --- Handing out --- */

static gboolean
check_room (AcTalk *talk, GError **error)
{
  return ac_talk_check_count (talk, "SELECT count (*) FROM handouts WHERE lesson = ?",
                              AC_HANDOUTS_MAX, "hand-outs", error);
}

/* Adds the event of what is handed out; the row is the caller's. */
static gboolean
tell_handout (AcTalk *talk, const gchar *title, JsonObject *body, GError **error)
{
  AcLessonEvent *event = ac_talk_event (talk, "handout", AC_AUDIENCE_ALL);

  json_object_set_string_member (body, "title", title);
  json_object_set_boolean_member (body, "pinned", FALSE);
  event->actor = talk->who->member;
  talk->result->seq = ac_talk_add (talk, event, body, error);
  return talk->result->seq != 0;
}

static const gchar *
read_url (AcTalk *talk, GError **error)
{
  const gchar *url = ac_talk_read_words (talk, "url", URL_MAX_CHARS, FALSE, error);
  g_autoptr (GUri) uri = NULL;

  if (url == NULL)
    return NULL;
  uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  if (uri != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' &&
      (g_str_equal (g_uri_get_scheme (uri), "https") ||
       g_str_equal (g_uri_get_scheme (uri), "http")))
    return url;
  ac_conversation_refuse (error, AC_CONVERSATION_ERROR_INVALID, "url",
                          "url must be an address that begins with https:// or "
                          "http://");
  return NULL;
}

gboolean
ac_handout_add_link (AcTalk *talk, GError **error)
{
  const gchar *title =
      ac_talk_read_words (talk, "title", AC_HANDOUT_TITLE_MAX_CHARS, FALSE, error);
  const gchar *url = title != NULL ? read_url (talk, error) : NULL;
  JsonObject *body;

  if (url == NULL || !check_room (talk, error))
    return FALSE;
  body = json_object_new ();
  json_object_set_string_member (body, "url", url);
  return tell_handout (talk, title, body, error) &&
         ac_store_run (talk->store, error,
                       "INSERT INTO handouts (lesson, seq, title, url) "
                       "VALUES (?, ?, ?, ?)",
                       "iitt", talk->who->lesson, talk->result->seq, title, url);
}

static gboolean
keep_file (AcTalk *talk, const AcHandoutFile *file, GError **error)
{
  g_autofree gchar *name =
      g_strconcat (file->title, ac_handout_extension (file->media_type), NULL);
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "name", name);
  json_object_set_string_member (body, "media_type", file->media_type);
  json_object_set_int_member (body, "bytes", file->bytes);
  return tell_handout (talk, file->title, body, error) &&
         ac_store_run (talk->store, error,
                       "INSERT INTO handouts (lesson, seq, title, file, name, "
                       "media_type, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
                       "iitttti", file->lesson, talk->result->seq, file->title,
                       file->file, name, file->media_type, file->bytes);
}

gboolean
ac_handout_add_file (AcStore *store, const AcHandoutFile *file,
                     AcLessonEvent **ret_event, GError **error)
{
  const AcSpeaker who = { .lesson = file->lesson,
                          .member = file->actor,
                          .staff = TRUE,
                          .wall_ms = file->wall_ms,
                          .media_ms = file->media_ms };
  g_autoptr (JsonObject) fields = json_object_new ();
  g_auto (AcTalkResult) result = { .events = g_ptr_array_new_with_free_func (
                                       (GDestroyNotify)ac_lesson_event_unref) };
  AcTalk talk = { store, &who, fields, &result };

  json_object_set_string_member (fields, "title", file->title);
  if (ac_talk_read_words (&talk, "title", AC_HANDOUT_TITLE_MAX_CHARS, FALSE, error) ==
          NULL ||
      !check_room (&talk, error) || !keep_file (&talk, file, error))
    return FALSE;
  *ret_event = ac_lesson_event_ref (result.events->pdata[0]);
  return TRUE;
}

static gboolean
let_file_go (AcTalk *talk, gint64 handout, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      talk->store, "SELECT file FROM handouts WHERE lesson = ? AND seq = ?", error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", talk->who->lesson, handout);
  if (ac_store_step (talk->store, statement, error) != SQLITE_ROW)
    return FALSE;
  talk->result->let_go = ac_statement_text (statement, 0);
  return TRUE;
}

gboolean
ac_handout_change (AcTalk *talk, GError **error)
{
  JsonObject *body;
  AcLessonEvent *event;
  gboolean pinned, removed, found;
  gint64 handout, unused;

  if (!ac_talk_read_number (talk, "handout", 1, G_MAXINT32, &handout, error) ||
      !ac_talk_read_flag (talk, "pinned", &pinned, error) ||
      !ac_talk_read_flag (talk, "removed", &removed, error) ||
      !ac_talk_look_up (talk,
                        "SELECT 1 FROM handouts "
                        "WHERE lesson = ? AND seq = ? AND removed = 0",
                        handout, &unused, &found, error))
    return FALSE;
  if (!found)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_NOT_FOUND, "handout",
                                   "there is no such hand-out");
  body = json_object_new ();
  json_object_set_int_member (body, "handout", handout);
  json_object_set_boolean_member (body, "pinned", pinned);
  json_object_set_boolean_member (body, "removed", removed);
  event = ac_talk_event (talk, "handout-changed", AC_AUDIENCE_ALL);
  event->actor = talk->who->member;
  talk->result->seq = ac_talk_add (talk, event, body, error);
  return talk->result->seq != 0 &&
         ac_store_run (talk->store, error,
                       "UPDATE handouts SET pinned = ?1, removed = ?2 "
                       "WHERE lesson = ?3 AND seq = ?4",
                       "ddii", pinned, removed, talk->who->lesson, handout) &&
         ac_store_run (talk->store, error,
                       "UPDATE lesson_events SET hidden = ? "
                       "WHERE lesson = ? AND seq = ?",
                       "dii", removed, talk->who->lesson, handout) &&
         (!removed || let_file_go (talk, handout, error));
}

/* --- Taking one --- */

void
ac_handout_free (AcHandout *handout)
{
  g_free (handout->file);
  g_free (handout->name);
  g_free (handout->media_type);
  g_free (handout);
}

AcHandout *
ac_handout_get (AcStore *store, gint64 lesson, gint64 seq, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT file, name, media_type, bytes FROM handouts WHERE "
                        "lesson = ? AND seq = ? AND removed = 0 AND file IS NOT NULL",
                        error);
  AcHandout *handout;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "ii", lesson, seq);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return NULL;
  handout = g_new0 (AcHandout, 1);
  handout->file = ac_statement_text (statement, 0);
  handout->name = ac_statement_text (statement, 1);
  handout->media_type = ac_statement_text (statement, 2);
  handout->bytes = sqlite3_column_int64 (statement, 3);
  return handout;
}
