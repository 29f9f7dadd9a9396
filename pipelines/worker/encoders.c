#include "encoders.h"

#include <string.h>

#define PARSE "h264parse ! "
/* Their own distance of key frames is never reached: theirs are forced every 2 s. */
static const AcEncoder table[] = {
  {
      .element = "nvh264enc",
      .kind = "NVENC",
      .package = "gstreamer1.0-plugins-bad",
      .hardware = TRUE,
      .before = "videoconvert ! video/x-raw,format=NV12 ! ",
      .settings = "preset=low-latency-hq rc-mode=cbr zerolatency=true bframes=0 "
                  "gop-size=-1 aud=false ",
      .bitrate = "bitrate=",
      .bits_per_unit = 1000,
      .after = PARSE,
  },
  {
      .element = "vah264enc",
      .kind = "VA-API",
      .package = "gstreamer1.0-plugins-bad",
      .hardware = TRUE,
      .before = "videoconvert ! video/x-raw,format=NV12 ! ",
      .settings = "rate-control=cbr b-frames=0 key-int-max=1024 aud=false ",
      .bitrate = "bitrate=",
      .bits_per_unit = 1000,
      .after = PARSE,
  },
  {
      .element = "vah264lpenc", /* newer Intel chips have only this one */
      .kind = "VA-API",
      .package = "gstreamer1.0-plugins-bad",
      .hardware = TRUE,
      .before = "videoconvert ! video/x-raw,format=NV12 ! ",
      .settings = "rate-control=cbr b-frames=0 key-int-max=1024 aud=false ",
      .bitrate = "bitrate=",
      .bits_per_unit = 1000,
      .after = PARSE,
  },
  {
      .element = "vaapih264enc",
      .kind = "VA-API",
      .package = "gstreamer1.0-vaapi",
      .hardware = TRUE,
      .before = "videoconvert ! video/x-raw,format=NV12 ! ",
      .settings = "rate-control=cbr max-bframes=0 keyframe-period=1024 ",
      .bitrate = "bitrate=",
      .bits_per_unit = 1000,
      .after = PARSE,
  },
  {
      .element = "v4l2h264enc",
      .kind = "V4L2",
      .package = "gstreamer1.0-plugins-good",
      .hardware = TRUE,
      .before = "videoconvert ! ",
      .settings = "",
      .bitrate = "extra-controls=\"controls,video_b_frames=0,video_gop_size=1024,"
                 "h264_i_frame_period=1024,video_bitrate_mode=1,video_bitrate=",
      .bitrate_end = "\"",
      .bits_per_unit = 1,
      .after = PARSE,
  },
  {
      /* superfast with zerolatency is the knee of cost against quality here; a key
       * frame comes only when it is forced. zerolatency means no B-frames and no
       * look-ahead. */
      .element = AC_ENCODER_FALLBACK,
      .kind = "software",
      .package = "gstreamer1.0-plugins-ugly",
      .before = "",
      .settings = "speed-preset=superfast tune=zerolatency threads=1 bframes=0 "
                  "key-int-max=1000000000 option-string=scenecut=0 aud=false "
                  "vbv-buf-capacity=1000 ",
      .bitrate = "bitrate=",
      .bits_per_unit = 1000,
      .after = "",
      .profile = ",profile=high",
  },
  {
      .element = "openh264enc", /* only when it is asked for: costs more, looks worse */
      .kind = "software",
      .package = "gstreamer1.0-plugins-bad",
      .before = "",
      .settings =
          "rate-control=bitrate gop-size=1000000 multi-thread=1 "
          "scene-change-detection=false enable-frame-skip=false complexity=low ",
      .bitrate = "bitrate=",
      .bits_per_unit = 1,
      .after = PARSE,
  },
  { 0 },
};

const AcEncoder *
ac_encoders (void)
{
  return table;
}

const AcEncoder *
ac_encoder_find (const gchar *element)
{
  if (element[0] == '\0')
    element = AC_ENCODER_FALLBACK;
  for (const AcEncoder *encoder = table; encoder->element != NULL; encoder++)
    if (strcmp (encoder->element, element) == 0)
      return encoder;
  return NULL;
}

gchar *
ac_encoder_describe (const AcEncoder *self, const gchar *name, guint32 bits_per_second)
{
  return g_strdup_printf (
      "%s%s name=%s %s%s%u%s ! %svideo/x-h264,stream-format=avc,alignment=au%s",
      self->before, self->element, name, self->settings, self->bitrate,
      bits_per_second / self->bits_per_unit,
      self->bitrate_end != NULL ? self->bitrate_end : "", self->after,
      self->profile != NULL ? self->profile : "");
}
