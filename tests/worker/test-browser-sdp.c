/* What browsers offer, and what they are answered. */
#include "browser_sdp.h"
#include "input.h"

#include <string.h>

#define HEAD "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
#define EXTENSION                                                                      \
  "a=extmap:3 http://www.ietf.org/id/"                                                 \
  "draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
#define SOUND                                                                          \
  "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n"                 \
  "a=rtpmap:111 opus/48000/2\r\n"
#define PICTURE                                                                        \
  "m=video 9 UDP/TLS/RTP/SAVPF 96 102\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n" EXTENSION    \
  "a=rtpmap:96 VP8/90000\r\na=rtpmap:102 H264/90000\r\n"                               \
  "a=fmtp:102 packetization-mode=1;profile-level-id=42e01f\r\n"
#define VP8                                                                            \
  "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:96 VP8/90000\r\n"
#define AV1                                                                            \
  "m=video 9 UDP/TLS/RTP/SAVPF 45\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:45 AV1/90000\r\n"
#define DATA "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"

#define NONE "the offer must have one picture, one sound, or one of each"
#define CODEC "the offer must have H.264 (packetization mode 1) or VP8, and Opus"

static void
test_offers (void)
{
  static const struct {
    const gchar *text, *fault;
  } cases[] = {
    { HEAD SOUND PICTURE, NULL },
    { HEAD PICTURE SOUND, NULL },
    { HEAD SOUND, NULL },
    { HEAD VP8, NULL },
    { HEAD, NONE },
    { HEAD PICTURE PICTURE, NONE },
    { HEAD SOUND SOUND, NONE },
    { HEAD SOUND PICTURE PICTURE, NONE },
    { HEAD SOUND AV1, CODEC },
    { HEAD SOUND DATA, CODEC },
    { HEAD "m=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n", CODEC },
    { HEAD "m=video 9 RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\n", CODEC },
    { HEAD "m=audio 9 RTP/AVP 102\r\na=rtpmap:102 H264/90000\r\n", CODEC },
    { HEAD "m=\r\n", CODEC },
    { "hello", NONE },
    { "", "the offer is no SDP" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    GstSDPMessage *offer =
        ac_browser_sdp_parse_offer (cases[i].text, AC_BROWSER_SENDS, &error);

    g_test_message ("%u: %s", i, error != NULL ? error->message : "taken");
    g_assert_cmpstr (error != NULL ? error->message : NULL, ==, cases[i].fault);
    g_assert_true ((offer == NULL) == (error != NULL));
    if (offer != NULL)
      gst_sdp_message_free (offer);
  }
}

static void
check_repeated (const gchar *line, guint n, const gchar *fault)
{
  g_autoptr (GString) text = g_string_new (HEAD SOUND);
  g_autoptr (GError) error = NULL;
  GstSDPMessage *offer;

  for (guint i = 0; i < n; i++)
    g_string_append (text, line);
  offer = ac_browser_sdp_parse_offer (text->str, AC_BROWSER_SENDS, &error);
  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, fault);
  if (offer != NULL)
    gst_sdp_message_free (offer);
}

static void
test_limits (void)
{
  const gchar *candidate = "a=candidate:1 1 UDP 1 192.0.2.1 1024 typ host\r\n";

  check_repeated (candidate, AC_BROWSER_SDP_MAX_CANDIDATES, NULL);
  check_repeated (candidate, AC_BROWSER_SDP_MAX_CANDIDATES + 1,
                  "the offer has too many candidates");
  check_repeated ("a=x\r\n", AC_BROWSER_SDP_MAX_ATTRIBUTES - 2, NULL);
  check_repeated ("a=x\r\n", AC_BROWSER_SDP_MAX_ATTRIBUTES - 1,
                  "the offer has too many attributes");
}

#define TO_RECEIVE                                                                     \
  "m=video 9 UDP/TLS/RTP/SAVPF 96 102 104 106 108\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n"  \
  "a=recvonly\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:102 H264/90000\r\n"                 \
  "a=fmtp:102 packetization-mode=0;profile-level-id=64001f\r\n"                        \
  "a=rtpmap:104 H264/90000\r\na=fmtp:104 packetization-mode=1;profile-level-id=42001f" \
  "\r\na=rtpmap:106 H264/90000\r\n"                                                    \
  "a=fmtp:106 level-asymmetry-allowed=1; packetization-mode=1; "                       \
  "profile-level-id=64001F\r\n"                                                        \
  "a=rtpmap:108 H264/90000\r\na=fmtp:108 packetization-mode=1;profile-level-id=42e01f" \
  "\r\n"
#define NO_CODEC "the offer must have H.264 (packetization mode 1), and Opus"
#define NO_RECEIVER "the offer must be to receive"

static void
test_offers_to_receive (void)
{
  static const struct {
    const gchar *text, *fault;
  } cases[] = {
    { HEAD SOUND TO_RECEIVE, NULL },
    { HEAD PICTURE, NULL },
    { HEAD SOUND, NULL },
    { HEAD VP8, NO_CODEC },
    { HEAD SOUND "a=sendonly\r\n", NO_RECEIVER },
    { HEAD SOUND "a=inactive\r\n", NO_RECEIVER },
    { HEAD SOUND SOUND, NONE },
    { HEAD "m=video 9 RTP/AVP 102\r\na=rtpmap:102 H264/90000\r\n", NO_CODEC },
    { HEAD "m=video 9 RTP/AVP x\r\na=rtpmap:x H264/90000\r\n"
           "a=fmtp:x packetization-mode=1\r\n",
      NO_CODEC },
    { HEAD "m=audio 9 RTP/AVP 1024\r\na=rtpmap:1024 opus/48000/2\r\n", NO_CODEC },
    { HEAD "m=audio 9 RTP/AVP 128\r\na=rtpmap:128 opus/48000/2\r\n", NO_CODEC },
    { HEAD "m=\r\n", NO_CODEC },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    GstSDPMessage *offer =
        ac_browser_sdp_parse_offer (cases[i].text, AC_BROWSER_RECEIVES, &error);

    g_test_message ("%u: %s", i, error != NULL ? error->message : "taken");
    g_assert_cmpstr (error != NULL ? error->message : NULL, ==, cases[i].fault);
    if (offer != NULL)
      gst_sdp_message_free (offer);
  }
}

/* The profile that is nearest to ours; and what the answer says of it. */
static void
test_sent (void)
{
  GstSDPMessage *offer =
      ac_browser_sdp_parse_offer (HEAD SOUND TO_RECEIVE, AC_BROWSER_RECEIVES, NULL);
  g_autoptr (GstCaps) picture =
      ac_browser_sdp_sent_caps (gst_sdp_message_get_media (offer, 1), 7);
  g_autoptr (GstCaps) sound =
      ac_browser_sdp_sent_caps (gst_sdp_message_get_media (offer, 0), 8);
  static const gchar answered[] =
      HEAD SOUND "a=ssrc:8 msid:somebody@somewhere t0\r\na=ssrc:8 cname:airclass\r\n"
                 "m=video 9 UDP/TLS/RTP/SAVPF 106\r\na=rtpmap:106 H264/90000\r\n"
                 "a=fmtp:106 packetization-mode=1\r\n";
  GstSDPMessage *answer = NULL;
  g_autofree gchar *text = NULL;
  gint payload = 0;
  guint ssrc = 0;

  gst_structure_get_int (gst_caps_get_structure (picture, 0), "payload", &payload);
  gst_structure_get_uint (gst_caps_get_structure (picture, 0), "ssrc", &ssrc);
  g_assert_cmpint (payload, ==, 106);
  g_assert_cmpuint (ssrc, ==, 7);
  gst_structure_get_int (gst_caps_get_structure (sound, 0), "payload", &payload);
  g_assert_cmpint (payload, ==, 111);

  gst_sdp_message_new (&answer);
  gst_sdp_message_parse_buffer ((const guint8 *)answered, sizeof answered - 1, answer);
  text = ac_browser_sdp_sent_answer_text (offer, answer);
  g_assert_nonnull (strstr (text, "a=fmtp:106 packetization-mode=1;"
                                  "profile-level-id=64001F\r\n"));
  g_assert_nonnull (strstr (text, "a=msid:airclass picture\r\n"));
  g_assert_nonnull (strstr (text, "a=msid:airclass sound\r\n"));
  g_assert_nonnull (strstr (text, "a=ssrc:8 cname:airclass\r\n"));
  g_assert_null (strstr (text, "somebody"));
  gst_sdp_message_free (answer);
  gst_sdp_message_free (offer);
}

/* Returns: (transfer full): what is wanted of the track @number of @text. */
static gchar *
wanted (const gchar *text, guint number)
{
  GstSDPMessage *offer = ac_browser_sdp_parse_offer (text, AC_BROWSER_SENDS, NULL);
  g_autoptr (GstCaps) caps =
      ac_browser_sdp_caps (gst_sdp_message_get_media (offer, number));

  gst_sdp_message_free (offer);
  return gst_caps_to_string (caps);
}

static void
test_caps (void)
{
  g_autofree gchar *h264 = wanted (HEAD SOUND PICTURE, 1);
  g_autofree gchar *vp8 = wanted (HEAD VP8, 0);
  g_autofree gchar *opus = wanted (HEAD SOUND PICTURE, 0);

  g_assert_nonnull (strstr (h264, "encoding-name=(string)H264"));
  g_assert_nonnull (strstr (h264, "packetization-mode=(string)1"));
  g_assert_nonnull (strstr (h264, "profile-level-id=(string)42e01f"));
  g_assert_nonnull (strstr (h264, "extmap-3=(string)"));
  g_assert_nonnull (strstr (vp8, "encoding-name=(string)VP8"));
  g_assert_null (strstr (vp8, "extmap"));
  g_assert_nonnull (strstr (opus, "encoding-name=(string)OPUS"));
}

static gchar *
answered (const gchar *text)
{
  GstSDPMessage *answer = NULL;
  gchar *sent;

  gst_sdp_message_new (&answer);
  gst_sdp_message_parse_buffer ((const guint8 *)text, (guint)strlen (text), answer);
  sent = ac_browser_sdp_answer_text (answer, answer);
  gst_sdp_message_free (answer);
  return sent;
}

static void
test_start (void)
{
  g_autofree gchar *h264 = answered (
      HEAD SOUND "m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 H264/90000\r\n"
                 "a=fmtp:102 packetization-mode=1\r\n");
  g_autofree gchar *vp8 = answered (HEAD VP8);
  g_autofree gchar *sound = answered (HEAD SOUND);

  g_assert_nonnull (
      strstr (h264, "\r\na=fmtp:102 packetization-mode=1;x-google-start-bitrate=1000"));
  g_assert_nonnull (strstr (vp8, "\r\na=fmtp:96 x-google-start-bitrate=1000\r\n"));
  g_assert_null (strstr (sound, "x-google"));
}

int
main (int argc, char **argv)
{
  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/browser-sdp/offers", test_offers);
  g_test_add_func ("/browser-sdp/limits", test_limits);
  g_test_add_func ("/browser-sdp/caps", test_caps);
  g_test_add_func ("/browser-sdp/start", test_start);
  g_test_add_func ("/browser-sdp/offers-to-receive", test_offers_to_receive);
  g_test_add_func ("/browser-sdp/sent", test_sent);
  return g_test_run ();
}
