#include "srt_stream_id.h"

#include <string.h>

#define KEYED "#!::"
#define RESERVED "#!" /* other forms of the guide, such as nested blocks */

const gchar *
ac_srt_verdict_text (AcSrtVerdict verdict)
{
  switch (verdict) {
  case AC_SRT_ADMITTED:
    return "admitted";
  case AC_SRT_BAD_REQUEST:
    return "its stream id cannot be understood";
  case AC_SRT_UNAUTHORIZED:
    return "its stream key is not known";
  case AC_SRT_OVERLOAD:
    return "too many encoders are connected";
  case AC_SRT_FORBIDDEN:
    return "its stream key belongs to another lesson";
  case AC_SRT_NOT_FOUND:
    return "there is no such lesson, or it has ended";
  case AC_SRT_BAD_MODE:
    return "its stream id does not say m=publish";
  case AC_SRT_CONFLICT:
    return "another encoder is publishing this lesson";
  case AC_SRT_MEDIA_TYPE:
    return "its stream id asks for something else than t=stream";
  case AC_SRT_INTERNAL:
    return "the server failed";
  case AC_SRT_DOWN:
    return "the server is stopping";
  case AC_SRT_VERSION:
    return "it speaks a version of SRT older than 1.3";
  default:
    return "it was refused";
  }
}

/* Returns: (transfer full) (nullable): @text, decoded when it begins with a percent
 * sign, which neither form does; NULL when that cannot be done. */
static gchar *
plain_text (const gchar *text)
{
  return text[0] == '%' ? g_uri_unescape_string (text, NULL) : g_strdup (text);
}

static gboolean
is_printable (const gchar *text)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_isgraph (*text))
      return FALSE;
  return TRUE;
}

static AcSrtVerdict
take_key (const gchar *value, AcSrtStreamId *id)
{
  if (value[0] == '\0')
    return AC_SRT_UNAUTHORIZED;
  if (!is_printable (value) || strlen (value) > AC_SRT_KEY_MAX_BYTES)
    return AC_SRT_BAD_REQUEST;
  g_strlcpy (id->key, value, sizeof id->key);
  return AC_SRT_ADMITTED;
}

static AcSrtVerdict
take_lesson (const gchar *value, AcSrtStreamId *id)
{
  guint64 lesson;

  if (!g_ascii_string_to_unsigned (value, 10, 1, G_MAXINT64, &lesson, NULL))
    return AC_SRT_NOT_FOUND;
  id->lesson = (gint64)lesson;
  return AC_SRT_ADMITTED;
}

static AcSrtVerdict
take_member (const gchar *name, const gchar *value, AcSrtStreamId *id,
             gboolean *publishes)
{
  if (strcmp (name, "u") == 0)
    return take_key (value, id);
  if (strcmp (name, "r") == 0)
    return take_lesson (value, id);
  if (strcmp (name, "m") == 0) {
    *publishes = strcmp (value, "publish") == 0;
    return *publishes ? AC_SRT_ADMITTED : AC_SRT_BAD_MODE;
  }
  if (strcmp (name, "t") == 0 && strcmp (value, "stream") != 0)
    return AC_SRT_MEDIA_TYPE;
  return AC_SRT_ADMITTED;
}

/* @members: "r=5,m=publish,u=..." */
static AcSrtVerdict
parse_members (const gchar *members, AcSrtStreamId *id)
{
  g_auto (GStrv) all = g_strsplit (members, ",", -1);
  gboolean publishes = FALSE;

  for (guint i = 0; all[i] != NULL; i++) {
    gchar *equals = strchr (all[i], '=');
    AcSrtVerdict verdict;

    if (equals == NULL || equals == all[i])
      return AC_SRT_BAD_REQUEST;
    *equals = '\0';
    verdict = take_member (all[i], equals + 1, id, &publishes);
    if (verdict != AC_SRT_ADMITTED)
      return verdict;
  }
  if (!publishes)
    return AC_SRT_BAD_MODE;
  return id->key[0] != '\0' ? AC_SRT_ADMITTED : AC_SRT_UNAUTHORIZED;
}

AcSrtVerdict
ac_srt_stream_id_parse (const gchar *text, AcSrtStreamId *ret_id)
{
  g_autofree gchar *plain = NULL;
  AcSrtStreamId id = { .lesson = 0 };
  AcSrtVerdict verdict;

  if (text == NULL || text[0] == '\0')
    return AC_SRT_UNAUTHORIZED;
  if (strnlen (text, AC_SRT_STREAM_ID_MAX_BYTES + 1) > AC_SRT_STREAM_ID_MAX_BYTES)
    return AC_SRT_BAD_REQUEST;
  plain = plain_text (text);
  if (plain == NULL)
    return AC_SRT_BAD_REQUEST;
  if (g_str_has_prefix (plain, KEYED))
    verdict = parse_members (plain + strlen (KEYED), &id);
  else if (g_str_has_prefix (plain, RESERVED))
    verdict = AC_SRT_BAD_REQUEST;
  else
    verdict = take_key (plain, &id);
  if (verdict == AC_SRT_ADMITTED)
    *ret_id = id;
  return verdict;
}
