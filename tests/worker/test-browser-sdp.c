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
    GstSDPMessage *offer = ac_browser_sdp_parse_offer (cases[i].text, &error);

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
  offer = ac_browser_sdp_parse_offer (text->str, &error);
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

/* Returns: (transfer full): what is wanted of the track @number of @text. */
static gchar *
wanted (const gchar *text, guint number)
{
  GstSDPMessage *offer = ac_browser_sdp_parse_offer (text, NULL);
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
  sent = ac_browser_sdp_answer_text (answer);
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
  return g_test_run ();
}
