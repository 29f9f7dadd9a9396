#include "browser_sdp.h"

#include "input.h"

#include <stdlib.h>
#include <string.h>

/* Chromium begins at 300 kbit/s otherwise, at which it sends 320x180, and its picture
 * takes half a minute to grow back: docs/adr/0014. */
#define START "x-google-start-bitrate=1000"
#define TRANSPORT_CC                                                                   \
  "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

static gboolean
is_video (const GstSDPMedia *media)
{
  return g_strcmp0 (gst_sdp_media_get_media (media), "video") == 0;
}

/* Returns: (nullable): the first value of @key that holds @text, in any case: names of
 * encodings have none. */
static const gchar *
value_with (const GstSDPMedia *media, const gchar *key, const gchar *text)
{
  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);

    if (g_strcmp0 (attribute->key, key) == 0 && attribute->value != NULL &&
        strcasestr (attribute->value, text) != NULL)
      return attribute->value;
  }
  return NULL;
}

/* --- the offer -------------------------------------------------------------------- */

/* Returns: (nullable): the encoding of @media that we take. */
static const gchar *
wanted_encoding (const GstSDPMedia *media)
{
  if (g_strcmp0 (gst_sdp_media_get_media (media), "audio") == 0)
    return value_with (media, "rtpmap", "opus/48000") != NULL ? "OPUS" : NULL;
  if (!is_video (media))
    return NULL;
  if (value_with (media, "rtpmap", "H264/90000") != NULL)
    return "H264";
  return value_with (media, "rtpmap", "VP8/90000") != NULL ? "VP8" : NULL;
}

static void
set_text (GstCaps *caps, const gchar *name, const gchar *value)
{
  gst_caps_set_simple (caps, name, G_TYPE_STRING, value, NULL);
}

/* A browser that is offered no transport-wide feedback stays below half a megabit. */
static void
ask_for_feedback (GstCaps *caps, const GstSDPMedia *media)
{
  const gchar *extension = value_with (media, "extmap", TRANSPORT_CC);
  const gint number = extension != NULL ? atoi (extension) : 0;
  g_autofree gchar *name = g_strdup_printf ("extmap-%d", number);

  if (number >= 1 && number <= 255)
    set_text (caps, name, TRANSPORT_CC);
}

GstCaps *
ac_browser_sdp_caps (const GstSDPMedia *media)
{
  const gchar *encoding = wanted_encoding (media);
  const gboolean video = is_video (media);
  GstCaps *caps;

  if (encoding == NULL)
    return NULL;
  caps = gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING,
                              video ? "video" : "audio", "encoding-name", G_TYPE_STRING,
                              encoding, "clock-rate", G_TYPE_INT, video ? 90000 : 48000,
                              NULL);
  if (g_str_equal (encoding, "H264")) {
    set_text (caps, "packetization-mode", "1");
    if (value_with (media, "fmtp", "42e01f") != NULL)
      set_text (caps, "profile-level-id", "42e01f");
  }
  ask_for_feedback (caps, media);
  return caps;
}

static guint
count_candidates (const GstSDPMedia *media)
{
  guint n = 0;

  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++)
    n += g_strcmp0 (gst_sdp_media_get_attribute (media, i)->key, "candidate") == 0;
  return n;
}

/* Returns: (nullable): what is wrong with the offer, one clause. */
static const gchar *
look_at_offer (const GstSDPMessage *offer)
{
  const guint n_media = gst_sdp_message_medias_len (offer);
  guint n_video = 0, n_candidates = 0;

  if (n_media == 0 || n_media > AC_BROWSER_SDP_MAX_TRACKS)
    return "the offer must have one picture, one sound, or one of each";
  if (gst_sdp_message_attributes_len (offer) > AC_BROWSER_SDP_MAX_ATTRIBUTES)
    return "the offer has too many attributes";
  for (guint i = 0; i < n_media; i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (offer, i);

    if (gst_sdp_media_attributes_len (media) > AC_BROWSER_SDP_MAX_ATTRIBUTES)
      return "the offer has too many attributes";
    if (wanted_encoding (media) == NULL)
      return "the offer must have H.264 (packetization mode 1) or VP8, and Opus";
    n_video += is_video (media);
    n_candidates += count_candidates (media);
  }
  if (n_candidates > AC_BROWSER_SDP_MAX_CANDIDATES)
    return "the offer has too many candidates";
  return n_media == AC_BROWSER_SDP_MAX_TRACKS && n_video != 1
             ? "the offer must have one picture, one sound, or one of each"
             : NULL;
}

GstSDPMessage *
ac_browser_sdp_parse_offer (const gchar *text, GError **error)
{
  GstSDPMessage *offer = NULL;
  const gchar *fault = "the offer is no SDP";

  gst_sdp_message_new (&offer);
  if (text[0] != '\0' &&
      gst_sdp_message_parse_buffer ((const guint8 *)text, (guint)strlen (text),
                                    offer) == GST_SDP_OK)
    fault = look_at_offer (offer);
  if (fault == NULL)
    return offer;
  gst_sdp_message_free (offer);
  g_set_error_literal (error, AC_INPUT_ERROR, AC_INPUT_ERROR_FAILED, fault);
  return NULL;
}

/* --- the answer ------------------------------------------------------------------- */

/* VP8 has no parameters of its own. webrtcbin makes an attribute of every name that
 * begins with "x-", so that it cannot be asked for this one. */
static void
suggest_start (GstSDPMedia *media)
{
  const gchar *format = gst_sdp_media_get_format (media, 0);

  if (!is_video (media) || format == NULL)
    return;
  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);
    GstSDPAttribute longer = { NULL, NULL };
    g_autofree gchar *value = NULL;

    if (g_strcmp0 (attribute->key, "fmtp") != 0 || attribute->value == NULL)
      continue;
    value = g_strconcat (attribute->value, ";" START, NULL);
    gst_sdp_attribute_set (&longer, "fmtp", value);
    gst_sdp_media_replace_attribute (media, i, &longer);
    return;
  }
  {
    g_autofree gchar *value = g_strconcat (format, " " START, NULL);

    gst_sdp_media_add_attribute (media, "fmtp", value);
  }
}

gchar *
ac_browser_sdp_answer_text (const GstSDPMessage *answer)
{
  GstSDPMessage *copy = NULL;
  gchar *text;

  gst_sdp_message_copy (answer, &copy);
  for (guint i = 0; i < gst_sdp_message_medias_len (copy); i++)
    suggest_start ((GstSDPMedia *)gst_sdp_message_get_media (copy, i));
  text = gst_sdp_message_as_text (copy);
  gst_sdp_message_free (copy);
  return text;
}
