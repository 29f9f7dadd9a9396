#include "track_chains.h"

#include <string.h>

static void
test_tracks (void)
{
  static const struct {
    const gchar *caps;
    AcSourceTrack track;
    const gchar *part; /* of the chain; NULL: it is left out */
  } rows[] = {
    { "application/x-rtp,media=video,encoding-name=H264,payload=96", AC_SOURCE_VIDEO,
      "rtph264depay" },
    { "application/x-rtp,media=audio,encoding-name=PCMA,payload=8", AC_SOURCE_AUDIO,
      "rtppcmadepay" },
    { "application/x-rtp,media=application,encoding-name=VND.ONVIF.METADATA", 0, NULL },
    { "application/x-rtp,media=video,encoding-name=JPEG", 0, NULL },
    { "video/x-h264,stream-format=byte-stream", AC_SOURCE_VIDEO, "avc" },
    { "video/x-h265,stream-format=byte-stream", AC_SOURCE_VIDEO, "hvc1" },
    { "audio/mpeg,mpegversion=4,stream-format=adts", AC_SOURCE_AUDIO, "raw" },
    { "audio/mpeg,mpegversion=4", AC_SOURCE_AUDIO, "raw" },
    { "audio/mpeg,mpegversion=4,stream-format=loas", AC_SOURCE_AUDIO, "aacparse" },
    { "audio/mpeg,mpegversion=1,layer=3", AC_SOURCE_AUDIO, "mpegaudioparse" },
    { "video/mpeg,mpegversion=2", 0, NULL },
    { "text/x-raw", 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (rows[i].caps);
    AcSourceTrack track = AC_SOURCE_VIDEO;
    const gchar *chain = ac_track_chain_for (caps, &track);

    g_test_message ("%s", rows[i].caps);
    if (rows[i].part == NULL) {
      g_assert_null (chain);
      continue;
    }
    g_assert_nonnull (strstr (chain, rows[i].part));
    g_assert_cmpint (track, ==, rows[i].track);
  }
}

/* An AAC stream of LATM is not made raw, which aacparse cannot do. */
static void
test_latm (void)
{
  g_autoptr (GstCaps) caps =
      gst_caps_from_string ("audio/mpeg,mpegversion=4,stream-format=loas");
  AcSourceTrack track;

  g_assert_cmpstr (ac_track_chain_for (caps, &track), ==, "aacparse");
}

static void
test_containers (void)
{
  g_autoptr (GstCaps) mp4 = gst_caps_from_string ("video/quicktime,variant=iso");
  g_autoptr (GstCaps) ts =
      gst_caps_from_string ("video/mpegts,systemstream=true,packetsize=188");
  g_autoptr (GstCaps) text = gst_caps_from_string ("text/plain");

  g_assert_cmpstr (ac_demuxer_for (mp4), ==, "qtdemux");
  g_assert_cmpstr (ac_demuxer_for (ts), ==, "tsdemux");
  g_assert_null (ac_demuxer_for (text));
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/track-chains/tracks", test_tracks);
  g_test_add_func ("/track-chains/latm", test_latm);
  g_test_add_func ("/track-chains/containers", test_containers);
  return g_test_run ();
}
