#include "message.h"

#include "json_text.h"

#include <string.h>

/* What a page can count to. */
#define SEQ_MAX ((G_GINT64_CONSTANT (1) << 53) - 1)

static const gchar *const state_names[] = { "planned", "open", "live", "ended",
                                            "cancelled" };
static const gchar *const mode_names[] = { "video", "audio", "room" };

const gchar *
ac_lesson_state_name (AcLessonState state)
{
  return state_names[state];
}

static gboolean
parse_mode (const gchar *text, AcBeatMode *ret_mode)
{
  for (guint i = 0; i < G_N_ELEMENTS (mode_names); i++)
    if (g_strcmp0 (text, mode_names[i]) == 0) {
      *ret_mode = (AcBeatMode)i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
parse_beat (JsonObject *object, AcBeat *beat)
{
  gdouble rate;

  if (!ac_json_object_read_int (object, "seq", 1, AC_BEAT_SEQ_MAX, &beat->seq, NULL) ||
      !ac_json_object_read_int (object, "from_ms", 0, AC_BEAT_MEDIA_MAX_MS,
                                &beat->from_ms, NULL) ||
      !ac_json_object_read_int (object, "to_ms", 0, AC_BEAT_MEDIA_MAX_MS, &beat->to_ms,
                                NULL) ||
      !ac_json_object_read_double (object, "rate", 0,
                                   AC_BEAT_RATE_MAX_PERMILLE / 1000.0, &rate, NULL) ||
      !ac_json_object_read_boolean (object, "playing", &beat->playing, NULL) ||
      !ac_json_object_read_boolean (object, "visible", &beat->visible, NULL) ||
      !parse_mode (ac_json_object_read_string (object, "mode", NULL), &beat->mode))
    return FALSE;
  beat->rate_permille = (gint)(rate * 1000 + 0.5);
  return ac_beat_is_valid (beat);
}

static gboolean
parse_beats (JsonObject *object, AcMessage *message)
{
  JsonNode *node = json_object_get_member (object, "beats");
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  array = json_node_get_array (node);
  message->n_beats = json_array_get_length (array);
  if (message->n_beats < 1 || message->n_beats > AC_BEAT_BATCH_MAX)
    return FALSE;
  for (guint i = 0; i < message->n_beats; i++) {
    JsonNode *beat = json_array_get_element (array, i);

    if (!JSON_NODE_HOLDS_OBJECT (beat) ||
        !parse_beat (json_node_get_object (beat), &message->beats[i]))
      return FALSE;
  }
  return TRUE;
}

static guint16
parse_resume (JsonObject *object, AcMessage *message, const gchar **ret_reason)
{
  message->type = AC_MESSAGE_RESUME;
  if (ac_json_object_read_int (object, "since", 0, SEQ_MAX, &message->since, NULL))
    return 0;
  *ret_reason = "malformed resume";
  return AC_CLOSE_POLICY;
}

static guint16
parse_prompt (JsonObject *object, const gchar *type, AcMessage *message,
              const gchar **ret_reason)
{
  gboolean answer = strcmp (type, "prompt-answer") == 0;

  message->type = answer ? AC_MESSAGE_PROMPT_ANSWER : AC_MESSAGE_PROMPT_SHOWN;
  if (ac_json_object_read_int (object, "id", 1, SEQ_MAX, &message->prompt, NULL) &&
      (!answer || ac_json_object_read_int (object, "after_ms", 0, SEQ_MAX,
                                           &message->pressed_after_ms, NULL)))
    return 0;
  *ret_reason = "malformed prompt";
  return AC_CLOSE_POLICY;
}

static guint16
parse_break (JsonObject *object, AcMessage *message, const gchar **ret_reason)
{
  const gchar *id = ac_json_object_read_string (object, "id", NULL);
  gboolean good_id = !json_object_has_member (object, "id") || ac_talk_id_is_valid (id);

  message->type = AC_MESSAGE_BREAK;
  if (good_id && ac_json_object_read_boolean (object, "on", &message->on, NULL)) {
    message->id = g_strdup (id);
    return 0;
  }
  *ret_reason = "malformed break";
  return AC_CLOSE_POLICY;
}

/* Its fields are looked at by whoever does it, and refused by name. */
static guint16
parse_talk (JsonObject *object, AcTalkKind kind, AcMessage *message,
            const gchar **ret_reason)
{
  const gchar *id = ac_json_object_read_string (object, "id", NULL);

  if (!ac_talk_id_is_valid (id)) {
    *ret_reason = "malformed id";
    return AC_CLOSE_POLICY;
  }
  message->type = (AcMessageType)(AC_MESSAGE_TALK + kind);
  message->id = g_strdup (id);
  message->fields = json_object_ref (object);
  return 0;
}

void
ac_message_clear (AcMessage *message)
{
  g_clear_pointer (&message->id, g_free);
  g_clear_pointer (&message->fields, json_object_unref);
}

AcAct
ac_message_act (AcMessageType type)
{
  static const AcAct acts[AC_MESSAGE_TYPES] = {
    [AC_MESSAGE_BEATS] = AC_ACT_LESSON_ATTEND,
    [AC_MESSAGE_PING] = AC_ACT_LESSON_ATTEND,
    [AC_MESSAGE_RESUME] = AC_ACT_LESSON_ATTEND,
    [AC_MESSAGE_TALK + AC_TALK_CHAT] = AC_ACT_LESSON_JOIN,
    [AC_MESSAGE_TALK + AC_TALK_CHAT_HIDE] = AC_ACT_LESSON_MODERATE,
    [AC_MESSAGE_TALK + AC_TALK_CHAT_MODE] = AC_ACT_LESSON_MODERATE,
    [AC_MESSAGE_TALK + AC_TALK_CHAT_MUTE] = AC_ACT_LESSON_MODERATE,
    [AC_MESSAGE_TALK + AC_TALK_QUESTION] = AC_ACT_LESSON_JOIN,
    [AC_MESSAGE_TALK + AC_TALK_QUESTION_VOTE] = AC_ACT_LESSON_JOIN,
    [AC_MESSAGE_TALK + AC_TALK_QUESTION_STATE] = AC_ACT_LESSON_MODERATE,
    [AC_MESSAGE_TALK + AC_TALK_HAND] = AC_ACT_LESSON_JOIN,
    [AC_MESSAGE_TALK + AC_TALK_HAND_STATE] = AC_ACT_LESSON_MODERATE,
    [AC_MESSAGE_TALK + AC_TALK_POLL] = AC_ACT_LESSON_DIRECT,
    [AC_MESSAGE_TALK + AC_TALK_POLL_ANSWER] = AC_ACT_LESSON_JOIN,
    [AC_MESSAGE_TALK + AC_TALK_POLL_CLOSE] = AC_ACT_LESSON_DIRECT,
    [AC_MESSAGE_TALK + AC_TALK_POLL_SHOW] = AC_ACT_LESSON_DIRECT,
    [AC_MESSAGE_TALK + AC_TALK_ANNOUNCEMENT] = AC_ACT_LESSON_MODERATE,
    [AC_MESSAGE_TALK + AC_TALK_ANNOUNCEMENT_WITHDRAW] = AC_ACT_LESSON_MODERATE,
    [AC_MESSAGE_TALK + AC_TALK_HANDOUT] = AC_ACT_LESSON_MODERATE,
    [AC_MESSAGE_TALK + AC_TALK_HANDOUT_CHANGE] = AC_ACT_LESSON_MODERATE,
    [AC_MESSAGE_PROMPT_SHOWN] = AC_ACT_LESSON_JOIN,
    [AC_MESSAGE_PROMPT_ANSWER] = AC_ACT_LESSON_JOIN,
    [AC_MESSAGE_BREAK] = AC_ACT_LESSON_DIRECT,
  };

  return (guint)type < AC_MESSAGE_TYPES ? acts[type] : AC_ACT_NONE;
}

guint16
ac_message_parse (GBytes *text, AcMessage *ret_message, const gchar **ret_reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;
  const gchar *type;
  AcTalkKind kind;

  memset (ret_message, 0, sizeof *ret_message);
  if (g_bytes_get_size (text) > AC_MESSAGE_MAX_BYTES) {
    *ret_reason = "message too long";
    return AC_CLOSE_TOO_BIG;
  }
  object = ac_json_text_parse_object (text, AC_MESSAGE_MAX_BYTES, &error);
  if (object == NULL) {
    gboolean syntax =
        g_error_matches (error, AC_JSON_TEXT_ERROR, AC_JSON_TEXT_ERROR_SYNTAX);

    *ret_reason = syntax ? "not JSON" : "not an object";
    return syntax ? AC_CLOSE_NOT_JSON : AC_CLOSE_POLICY;
  }
  type = ac_json_object_read_string (object, "type", NULL);
  if (type == NULL) {
    *ret_reason = "no type";
    return AC_CLOSE_POLICY;
  }
  if (strcmp (type, "ping") == 0)
    ret_message->type = AC_MESSAGE_PING;
  if (strcmp (type, "resume") == 0)
    return parse_resume (object, ret_message, ret_reason);
  if (ac_talk_from_name (type, &kind))
    return parse_talk (object, kind, ret_message, ret_reason);
  if (strcmp (type, "prompt-shown") == 0 || strcmp (type, "prompt-answer") == 0)
    return parse_prompt (object, type, ret_message, ret_reason);
  if (strcmp (type, "break") == 0)
    return parse_break (object, ret_message, ret_reason);
  if (strcmp (type, "beats") != 0)
    return 0;
  ret_message->type = AC_MESSAGE_BEATS;
  if (parse_beats (object, ret_message))
    return 0;
  *ret_reason = "malformed beats";
  return AC_CLOSE_POLICY;
}

static gboolean
parse_client (const gchar *text, guint64 *ret_client)
{
  return text != NULL && strlen (text) == 16 &&
         g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT64, ret_client, NULL);
}

static gboolean
parse_since (const gchar *text, gint64 *ret_since)
{
  *ret_since = -1;
  return text == NULL ||
         g_ascii_string_to_signed (text, 10, 0, SEQ_MAX, ret_since, NULL);
}

gboolean
ac_message_parse_query (const gchar *query, gint64 *ret_lesson, guint64 *ret_client,
                        gint64 *ret_since)
{
  g_autoptr (GHashTable) fields = NULL;
  const gchar *lesson;

  if (query == NULL || strlen (query) > 256)
    return FALSE;
  fields = g_uri_parse_params (query, -1, "&", G_URI_PARAMS_NONE, NULL);
  if (fields == NULL)
    return FALSE;
  lesson = g_hash_table_lookup (fields, "lesson");
  return lesson != NULL &&
         g_ascii_string_to_signed (lesson, 10, 1, G_MAXINT64, ret_lesson, NULL) &&
         parse_client (g_hash_table_lookup (fields, "client"), ret_client) &&
         parse_since (g_hash_table_lookup (fields, "since"), ret_since);
}

gboolean
ac_message_origin_matches (const gchar *origin, const gchar *host)
{
  const gchar *authority;

  if (origin == NULL || host == NULL || *host == '\0')
    return FALSE;
  if (g_ascii_strncasecmp (origin, "http://", 7) == 0)
    authority = origin + 7;
  else if (g_ascii_strncasecmp (origin, "https://", 8) == 0)
    authority = origin + 8;
  else
    return FALSE;
  return g_ascii_strcasecmp (authority, host) == 0;
}

G_GNUC_PRINTF (1, 2)
static GBytes *
format (const gchar *text, ...)
{
  gchar *line;
  va_list args;

  va_start (args, text);
  line = g_strdup_vprintf (text, args);
  va_end (args);
  return g_bytes_new_take (line, strlen (line));
}

#define I64 "%" G_GINT64_FORMAT

GBytes *
ac_message_welcome (const AcWelcome *welcome)
{
  return format ("{\"type\":\"welcome\",\"lesson\":" I64 ",\"state\":\"%s\","
                 "\"length_ms\":" I64 ",\"accepted_ms\":" I64 ",\"earned_ms\":" I64
                 ",\"last_seq\":" I64 ",\"interrupted\":%s,\"on_break\":%s}",
                 welcome->lesson, state_names[welcome->state], welcome->length_ms,
                 welcome->attendance.accepted_ms, welcome->attendance.earned_ms,
                 welcome->last_seq, welcome->interrupted ? "true" : "false",
                 welcome->on_break ? "true" : "false");
}

GBytes *
ac_message_ack (const gint64 *seqs, guint n_seqs, const AcAttendance *attendance)
{
  g_autoptr (GString) list = g_string_new ("");

  for (guint i = 0; i < n_seqs; i++)
    g_string_append_printf (list, "%s" I64, i > 0 ? "," : "", seqs[i]);
  return format ("{\"type\":\"ack\",\"seqs\":[%s],\"accepted_ms\":" I64
                 ",\"earned_ms\":" I64 "}",
                 list->str, attendance->accepted_ms, attendance->earned_ms);
}

GBytes *
ac_message_retry (guint after_ms)
{
  return format ("{\"type\":\"retry\",\"after_ms\":%u}", after_ms);
}

GBytes *
ac_message_lesson (AcLessonState state, gint64 length_ms, gboolean interrupted)
{
  return format ("{\"type\":\"lesson\",\"state\":\"%s\",\"length_ms\":" I64
                 ",\"interrupted\":%s}",
                 state_names[state], length_ms, interrupted ? "true" : "false");
}

GBytes *
ac_message_gap (gint64 since)
{
  return format ("{\"type\":\"gap\",\"since\":" I64 "}", since);
}

static GBytes *
to_bytes (JsonObject *object)
{
  gchar *text = ac_json_object_to_text (object);

  return g_bytes_new_take (text, strlen (text));
}

GBytes *
ac_message_presence (JsonObject *presence)
{
  json_object_set_string_member (presence, "type", "presence");
  return to_bytes (presence);
}

GBytes *
ac_message_done (const gchar *id, gint64 seq)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "type", "done");
  json_object_set_string_member (object, "id", id);
  if (seq != 0)
    json_object_set_int_member (object, "seq", seq);
  return to_bytes (object);
}

GBytes *
ac_message_refused (const gchar *id, const AcRefusal *refusal)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "type", "refused");
  if (id != NULL)
    json_object_set_string_member (object, "id", id);
  json_object_set_string_member (object, "code", refusal->code);
  if (refusal->field != NULL)
    json_object_set_string_member (object, "field", refusal->field);
  if (refusal->detail != NULL)
    json_object_set_string_member (object, "detail", refusal->detail);
  if (refusal->after_ms > 0)
    json_object_set_int_member (object, "after_ms", refusal->after_ms);
  return to_bytes (object);
}

GBytes *
ac_message_prompt (gint64 prompt, gint64 limit_ms, gint64 left_ms)
{
  return format ("{\"type\":\"prompt\",\"id\":" I64 ",\"limit_ms\":" I64
                 ",\"left_ms\":" I64 "}",
                 prompt, limit_ms, left_ms);
}

GBytes *
ac_message_prompt_closed (gint64 prompt, gboolean answered)
{
  return format ("{\"type\":\"prompt-closed\",\"id\":" I64 ",\"answered\":%s}", prompt,
                 answered ? "true" : "false");
}

GBytes *
ac_message_pong (void)
{
  return g_bytes_new_static ("{\"type\":\"pong\"}", 15);
}
