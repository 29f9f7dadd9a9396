/* fuzz-offer - a browser's offer: the input is SDP, looked at as the worker does, as an
 * offer to send and as one to receive, and answered as if it were our own. */

#include "browser_sdp.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static GstCaps *
caps_of (const GstSDPMedia *media, AcBrowserRole role)
{
  return role == AC_BROWSER_SENDS ? ac_browser_sdp_caps (media)
                                  : ac_browser_sdp_sent_caps (media, 1);
}

static gchar *
answer_to (const GstSDPMessage *offer, AcBrowserRole role)
{
  return role == AC_BROWSER_SENDS ? ac_browser_sdp_answer_text (offer, offer)
                                  : ac_browser_sdp_sent_answer_text (offer, offer);
}

static void
look_at (const GstSDPMessage *offer, AcBrowserRole role)
{
  const guint n_media = gst_sdp_message_medias_len (offer);
  g_autofree gchar *answer = answer_to (offer, role);

  g_assert (answer != NULL);
  g_assert (n_media >= 1 && n_media <= AC_BROWSER_SDP_MAX_TRACKS);
  for (guint i = 0; i < n_media; i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (offer, i);
    g_autoptr (GstCaps) caps = caps_of (media, role);

    g_assert (caps != NULL && gst_caps_is_fixed (caps));
    g_assert (gst_sdp_media_attributes_len (media) <= AC_BROWSER_SDP_MAX_ATTRIBUTES);
  }
}

static void
try_as (const gchar *text, AcBrowserRole role)
{
  g_autoptr (GError) error = NULL;
  GstSDPMessage *offer = ac_browser_sdp_parse_offer (text, role, &error);

  g_assert ((offer == NULL) == (error != NULL));
  if (offer == NULL)
    return;
  look_at (offer, role);
  gst_sdp_message_free (offer);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = g_strndup (size > 0 ? (const gchar *)data : "", size);

  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  try_as (text, AC_BROWSER_SENDS);
  try_as (text, AC_BROWSER_RECEIVES);
  return 0;
}
