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

/* --- what is sent to it ----------------------------------------------------------- */

static gboolean
has_attribute (const GstSDPMedia *media, const gchar *key)
{
  return gst_sdp_media_get_attribute_val (media, key) != NULL;
}

/* Returns: (nullable): the value of the attribute @key that is of @format, without it.
 */
static const gchar *
value_of (const GstSDPMedia *media, const gchar *key, const gchar *format)
{
  const gsize length = strlen (format);

  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);

    if (g_strcmp0 (attribute->key, key) == 0 && attribute->value != NULL &&
        strncmp (attribute->value, format, length) == 0 &&
        attribute->value[length] == ' ')
      return attribute->value + length + 1;
  }
  return NULL;
}

/* Returns: (transfer full) (nullable): the value of @name in @parameters, "a=b;c=d". */
static gchar *
parameter_of (const gchar *parameters, const gchar *name)
{
  g_auto (GStrv) parts = g_strsplit (parameters != NULL ? parameters : "", ";", 64);

  for (guint i = 0; parts[i] != NULL; i++) {
    const gchar *part = g_strstrip (parts[i]);

    if (g_str_has_prefix (part, name) && part[strlen (name)] == '=')
      return g_strdup (part + strlen (name) + 1);
  }
  return NULL;
}

/* How well a profile fits what the ladder makes, High: what is named as less is decoded
 * all the same by whatever decodes H.264 in browsers, and everybody offers it. */
static guint
rank_profile (const gchar *profile)
{
  static const gchar *const by_rank[] = { "42", "42e0", "4d", "64" };
  guint rank = 0;

  for (guint i = 0; profile != NULL && i < G_N_ELEMENTS (by_rank); i++)
    if (g_ascii_strncasecmp (profile, by_rank[i], strlen (by_rank[i])) == 0)
      rank = i + 1;
  return rank;
}

/* Returns: what @format of @media is worth to us; 0: nothing. */
static guint
rank_format (const GstSDPMedia *media, const gchar *format)
{
  const gchar *encoding = value_of (media, "rtpmap", format);
  const gchar *parameters = value_of (media, "fmtp", format);
  g_autofree gchar *mode = parameter_of (parameters, "packetization-mode");
  g_autofree gchar *profile = parameter_of (parameters, "profile-level-id");

  if (encoding == NULL)
    return 0;
  if (!is_video (media))
    return g_ascii_strncasecmp (encoding, "opus/48000", 10) == 0;
  if (g_ascii_strcasecmp (encoding, "H264/90000") != 0 || g_strcmp0 (mode, "1") != 0)
    return 0;
  return 1 + rank_profile (profile);
}

GstCaps *
ac_browser_sdp_sent_caps (const GstSDPMedia *media, guint32 ssrc)
{
  const gboolean video = is_video (media);
  const gchar *best = NULL;
  guint best_rank = 0;

  if (!video && g_strcmp0 (gst_sdp_media_get_media (media), "audio") != 0)
    return NULL;
  for (guint i = 0; i < gst_sdp_media_formats_len (media); i++) {
    const gchar *format = gst_sdp_media_get_format (media, i);
    const guint rank = rank_format (media, format);

    if (rank > best_rank)
      best = format;
    best_rank = MAX (rank, best_rank);
  }
  if (best == NULL || strlen (best) > 3 || atoi (best) > 127 ||
      strspn (best, "0123456789") != strlen (best))
    return NULL;
  return gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING,
                              video ? "video" : "audio", "encoding-name", G_TYPE_STRING,
                              video ? "H264" : "OPUS", "clock-rate", G_TYPE_INT,
                              video ? 90000 : 48000, "payload", G_TYPE_INT, atoi (best),
                              "ssrc", G_TYPE_UINT, ssrc, NULL);
}

/* --- the whole offer -------------------------------------------------------------- */

static guint
count_candidates (const GstSDPMedia *media)
{
  guint n = 0;

  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++)
    n += g_strcmp0 (gst_sdp_media_get_attribute (media, i)->key, "candidate") == 0;
  return n;
}

/* Returns: (nullable): what is wrong with @media, one clause. */
static const gchar *
look_at_media (const GstSDPMedia *media, AcBrowserRole role)
{
  g_autoptr (GstCaps) sent = NULL;

  if (gst_sdp_media_attributes_len (media) > AC_BROWSER_SDP_MAX_ATTRIBUTES)
    return "the offer has too many attributes";
  if (role == AC_BROWSER_SENDS)
    return wanted_encoding (media) == NULL
               ? "the offer must have H.264 (packetization mode 1) or VP8, and Opus"
               : NULL;
  if (has_attribute (media, "sendonly") || has_attribute (media, "inactive"))
    return "the offer must be to receive";
  sent = ac_browser_sdp_sent_caps (media, 0);
  return sent == NULL ? "the offer must have H.264 (packetization mode 1), and Opus"
                      : NULL;
}

/* Returns: (nullable): what is wrong with the offer, one clause. */
static const gchar *
look_at_offer (const GstSDPMessage *offer, AcBrowserRole role)
{
  const guint n_media = gst_sdp_message_medias_len (offer);
  guint n_video = 0, n_candidates = 0;

  if (n_media == 0 || n_media > AC_BROWSER_SDP_MAX_TRACKS)
    return "the offer must have one picture, one sound, or one of each";
  if (gst_sdp_message_attributes_len (offer) > AC_BROWSER_SDP_MAX_ATTRIBUTES)
    return "the offer has too many attributes";
  for (guint i = 0; i < n_media; i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (offer, i);
    const gchar *fault = look_at_media (media, role);

    if (fault != NULL)
      return fault;
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
ac_browser_sdp_parse_offer (const gchar *text, AcBrowserRole role, GError **error)
{
  GstSDPMessage *offer = NULL;
  const gchar *fault = "the offer is no SDP";

  gst_sdp_message_new (&offer);
  if (text[0] != '\0' &&
      gst_sdp_message_parse_buffer ((const guint8 *)text, (guint)strlen (text),
                                    offer) == GST_SDP_OK)
    fault = look_at_offer (offer, role);
  if (fault == NULL)
    return offer;
  gst_sdp_message_free (offer);
  g_set_error_literal (error, AC_INPUT_ERROR, AC_INPUT_ERROR_FAILED, fault);
  return NULL;
}

/* --- the answer ------------------------------------------------------------------- */

/* Adds @parameter to those of the format that was chosen; VP8 has none of its own. */
static void
add_parameter (GstSDPMedia *media, const gchar *parameter)
{
  const gchar *format = gst_sdp_media_get_format (media, 0);
  g_autofree gchar *value = NULL;

  if (format == NULL)
    return;
  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);
    GstSDPAttribute longer = { NULL, NULL };

    if (g_strcmp0 (attribute->key, "fmtp") != 0 || attribute->value == NULL)
      continue;
    value = g_strconcat (attribute->value, ";", parameter, NULL);
    gst_sdp_attribute_set (&longer, "fmtp", value);
    gst_sdp_media_replace_attribute (media, i, &longer);
    return;
  }
  value = g_strconcat (format, " ", parameter, NULL);
  gst_sdp_media_add_attribute (media, "fmtp", value);
}

/* webrtcbin makes an attribute of every name that begins with "x-", so that it cannot
 * be asked for this one. */
static void
suggest_start (const GstSDPMedia *offered, GstSDPMedia *media)
{
  if (is_video (media))
    add_parameter (media, START);
}

/* webrtcbin leaves the profile out, and RFC 6184 makes level 1 of that. */
static void
name_profile (const GstSDPMedia *offered, GstSDPMedia *media)
{
  const gchar *format = gst_sdp_media_get_format (media, 0);
  g_autofree gchar *profile = NULL;
  g_autofree gchar *parameter = NULL;

  if (!is_video (media) || format == NULL)
    return;
  profile = parameter_of (value_of (offered, "fmtp", format), "profile-level-id");
  if (profile == NULL || strlen (profile) != 6)
    return;
  parameter = g_strconcat ("profile-level-id=", profile, NULL);
  add_parameter (media, parameter);
}

/* Of which stream and track it is, as of JSEP 5.2.1; what webrtcbin says of it is in
 * the attributes of the SSRC, which not every browser reads. */
static void
name_track (const GstSDPMedia *offered, GstSDPMedia *media)
{
  const gchar *msid = is_video (media) ? AC_BROWSER_SDP_STREAM " picture"
                                       : AC_BROWSER_SDP_STREAM " sound";

  for (guint i = gst_sdp_media_attributes_len (media); i > 0; i--) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i - 1);

    if (g_strcmp0 (attribute->key, "ssrc") == 0 && attribute->value != NULL &&
        strstr (attribute->value, " msid:") != NULL)
      gst_sdp_media_remove_attribute (media, i - 1);
  }
  gst_sdp_media_add_attribute (media, "msid", msid);
  name_profile (offered, media);
}

static gchar *
answer_text (const GstSDPMessage *offer, const GstSDPMessage *answer,
             void (*mend) (const GstSDPMedia *offered, GstSDPMedia *media))
{
  const guint n_media =
      MIN (gst_sdp_message_medias_len (offer), gst_sdp_message_medias_len (answer));
  GstSDPMessage *copy = NULL;
  gchar *text;

  gst_sdp_message_copy (answer, &copy);
  for (guint i = 0; i < n_media; i++)
    mend (gst_sdp_message_get_media (offer, i),
          (GstSDPMedia *)gst_sdp_message_get_media (copy, i));
  text = gst_sdp_message_as_text (copy);
  gst_sdp_message_free (copy);
  return text;
}

gchar *
ac_browser_sdp_answer_text (const GstSDPMessage *offer, const GstSDPMessage *answer)
{
  return answer_text (offer, answer, suggest_start);
}

gchar *
ac_browser_sdp_sent_answer_text (const GstSDPMessage *offer,
                                 const GstSDPMessage *answer)
{
  return answer_text (offer, answer, name_track);
}
