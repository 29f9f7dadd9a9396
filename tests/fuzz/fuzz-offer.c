/* fuzz-offer - a browser's offer: the input is SDP, looked at as the worker does, and
 * answered as if it were our own. */

#include "browser_sdp.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
look_at (const GstSDPMessage *offer)
{
  const guint n_media = gst_sdp_message_medias_len (offer);

  g_assert (n_media >= 1 && n_media <= AC_BROWSER_SDP_MAX_TRACKS);
  for (guint i = 0; i < n_media; i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (offer, i);
    g_autoptr (GstCaps) caps = ac_browser_sdp_caps (media);

    g_assert (caps != NULL && gst_caps_is_fixed (caps));
    g_assert (gst_sdp_media_attributes_len (media) <= AC_BROWSER_SDP_MAX_ATTRIBUTES);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = g_strndup (size > 0 ? (const gchar *)data : "", size);
  g_autofree gchar *answer = NULL;
  g_autoptr (GError) error = NULL;
  GstSDPMessage *offer;

  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  offer = ac_browser_sdp_parse_offer (text, &error);
  g_assert ((offer == NULL) == (error != NULL));
  if (offer == NULL)
    return 0;
  look_at (offer);
  answer = ac_browser_sdp_answer_text (offer);
  g_assert (answer != NULL);
  gst_sdp_message_free (offer);
  return 0;
}
