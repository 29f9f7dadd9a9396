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

AcAct
ac_message_act (AcMessageType type)
{
  static const AcAct acts[AC_MESSAGE_TYPES] = {
    [AC_MESSAGE_BEATS] = AC_ACT_LESSON_ATTEND,
    [AC_MESSAGE_PING] = AC_ACT_LESSON_ATTEND,
    [AC_MESSAGE_RESUME] = AC_ACT_LESSON_ATTEND,
  };

  return (guint)type < AC_MESSAGE_TYPES ? acts[type] : AC_ACT_NONE;
}

guint16
ac_message_parse (GBytes *text, AcMessage *ret_message, const gchar **ret_reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;
  const gchar *type;

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
                 ",\"last_seq\":" I64 ",\"interrupted\":%s}",
                 welcome->lesson, state_names[welcome->state], welcome->length_ms,
                 welcome->attendance.accepted_ms, welcome->attendance.earned_ms,
                 welcome->last_seq, welcome->interrupted ? "true" : "false");
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
ac_message_state (gint64 seq)
{
  return format ("{\"type\":\"state\",\"seq\":" I64 "}", seq);
}

GBytes *
ac_message_pong (void)
{
  return g_bytes_new_static ("{\"type\":\"pong\"}", 15);
}
