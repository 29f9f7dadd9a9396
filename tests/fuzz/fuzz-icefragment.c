/* fuzz-icefragment - what a browser trickles: the input is the body of its PATCH. */

#include "ice_fragment.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto (AcIceFragment) fragment = { NULL };
  g_autofree gchar *text = g_strndup (size > 0 ? (const gchar *)data : "", size);
  g_autofree gchar *ufrag = ac_ice_ufrag_of (text);

  if (!ac_ice_fragment_parse ((const gchar *)data, size, &fragment, NULL)) {
    g_assert (fragment.candidates == NULL);
    return 0;
  }
  g_assert (size <= AC_ICE_FRAGMENT_MAX_BYTES);
  g_assert (fragment.pwd == NULL || fragment.ufrag != NULL);
  g_assert (fragment.ufrag == NULL ||
            strlen (fragment.ufrag) <= AC_ICE_CREDENTIAL_MAX_CHARS);
  g_assert (fragment.candidates->len <= AC_ICE_MAX_CANDIDATES);
  for (guint i = 0; i < fragment.candidates->len; i++) {
    const gchar *line = fragment.candidates->pdata[i];

    g_assert (g_str_has_prefix (line, "candidate:"));
    g_assert (strlen (line) <= AC_ICE_LINE_MAX_BYTES);
    g_assert (strpbrk (line, "\r\n") == NULL);
  }
  return 0;
}
