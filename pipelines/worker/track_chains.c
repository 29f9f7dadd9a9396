#include "track_chains.h"

/* What becomes of a demuxer's pad, by its caps. */
typedef struct {
  AcSourceTrack track;
  const gchar *caps;
  const gchar *chain;
} TrackChain;

#define AVC "h264parse ! video/x-h264,stream-format=avc,alignment=au"
#define HVC "h265parse ! video/x-h265,stream-format=hvc1,alignment=au"
#define AV1 "av1parse ! video/x-av1,stream-format=obu-stream,alignment=tu"
#define AAC "aacparse ! audio/mpeg,stream-format=raw"
#define RTP(media, name) "application/x-rtp,media=" media ",encoding-name=" name

static const TrackChain chains[] = {
  { AC_SOURCE_VIDEO, RTP ("video", "H264"),
    "rtph264depay request-keyframe=true ! " AVC },
  { AC_SOURCE_VIDEO, RTP ("video", "H265"), "rtph265depay ! " HVC },
  { AC_SOURCE_VIDEO, RTP ("video", "VP8"), "rtpvp8depay request-keyframe=true" },
  { AC_SOURCE_AUDIO, RTP ("audio", "MPEG4-GENERIC"), "rtpmp4gdepay ! " AAC },
  { AC_SOURCE_AUDIO, RTP ("audio", "MP4A-LATM"), "rtpmp4adepay ! " AAC },
  { AC_SOURCE_AUDIO, RTP ("audio", "OPUS"), "rtpopusdepay ! opusparse" },
  { AC_SOURCE_AUDIO, RTP ("audio", "PCMU"), "rtppcmudepay" },
  { AC_SOURCE_AUDIO, RTP ("audio", "PCMA"), "rtppcmadepay" },
  { AC_SOURCE_VIDEO, "video/x-h264", AVC },
  { AC_SOURCE_VIDEO, "video/x-h265", HVC },
  { AC_SOURCE_VIDEO, "video/x-av1", AV1 },
  { AC_SOURCE_VIDEO, "video/x-vp8", "identity" },
  { AC_SOURCE_VIDEO, "video/x-vp9", "vp9parse" },
  { AC_SOURCE_AUDIO, "audio/mpeg,mpegversion={2,4},stream-format=loas", "aacparse" },
  { AC_SOURCE_AUDIO, "audio/mpeg,mpegversion={2,4}", AAC },
  { AC_SOURCE_AUDIO, "audio/mpeg,mpegversion=1", "mpegaudioparse" },
  { AC_SOURCE_AUDIO, RTP ("audio", "L16"), "rtpL16depay" },
  { AC_SOURCE_AUDIO, "audio/x-raw", "identity" },
  { AC_SOURCE_AUDIO, "audio/x-flac", "flacparse" },
  { AC_SOURCE_AUDIO, "audio/x-ac3", "ac3parse" },
  { AC_SOURCE_AUDIO, "audio/x-eac3", "ac3parse" },
  { AC_SOURCE_AUDIO, "audio/x-opus", "opusparse" },
  { AC_SOURCE_AUDIO, "audio/x-mulaw", "identity" },
  { AC_SOURCE_AUDIO, "audio/x-alaw", "identity" },
};

/* What a file is taken apart with, by its type. Not by parsebin: it waits for a parser
 * that waits for data behind a track that it holds up. */
static const struct {
  const gchar *caps, *demuxer;
} containers[] = {
  { "video/quicktime", "qtdemux" },
  { "audio/x-m4a", "qtdemux" },
  { "application/x-3gp", "qtdemux" },
  { "video/x-matroska", "matroskademux" },
  { "audio/x-matroska", "matroskademux" },
  { "video/webm", "matroskademux" },
  { "audio/webm", "matroskademux" },
  { "video/mpegts", "tsdemux" },
  { "video/x-flv", "flvdemux" },
  { "video/x-msvideo", "avidemux" },
  { "application/ogg", "oggdemux" },
  { "video/ogg", "oggdemux" },
  { "audio/ogg", "oggdemux" },
  { "video/mpeg,systemstream=true", "mpegpsdemux" },
};

/* Wider caps than the pattern's say less than it asks for, and are not meant. */
static gboolean
matches (GstCaps *caps, const gchar *pattern_text)
{
  g_autoptr (GstCaps) pattern = gst_caps_from_string (pattern_text);

  return gst_caps_is_subset (caps, pattern);
}

const gchar *
ac_track_chain_for (GstCaps *caps, AcSourceTrack *ret_track)
{
  for (guint i = 0; i < G_N_ELEMENTS (chains); i++)
    if (matches (caps, chains[i].caps)) {
      *ret_track = chains[i].track;
      return chains[i].chain;
    }
  return NULL;
}

const gchar *
ac_demuxer_for (GstCaps *caps)
{
  for (guint i = 0; i < G_N_ELEMENTS (containers); i++)
    if (matches (caps, containers[i].caps))
      return containers[i].demuxer;
  return NULL;
}
