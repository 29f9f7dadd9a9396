/* fuzz-streamid - the stream id of an SRT caller: the input, ended by a zero. */

#include "srt_stream_id.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = g_strndup ((const gchar *)data, size);
  AcSrtStreamId id = { "untouched", -1 };
  const AcSrtVerdict verdict = ac_srt_stream_id_parse (text, &id);

  g_assert (ac_srt_verdict_text (verdict) != NULL);
  if (verdict != AC_SRT_ADMITTED) {
    g_assert (strcmp (id.key, "untouched") == 0 && id.lesson == -1);
    return 0;
  }
  g_assert (id.key[0] != '\0' && strlen (id.key) <= AC_SRT_KEY_MAX_BYTES);
  g_assert (id.lesson >= 0);
  for (const gchar *at = id.key; *at != '\0'; at++)
    g_assert (g_ascii_isgraph (*at));
  return 0;
}
