#include "health.h"

#include <string.h>

#define RENDITIONS "renditions"

#define OF_HEALTH(member, kind, total, help)                                           \
  AC_FIELD (AcWireHealth, member, kind, total, help)
#define OF_RENDITION(member, kind, total, help)                                        \
  AC_FIELD (AcRenditionHealth, member, kind, total, help)

const AcField ac_health_fields[] = {
  OF_HEALTH (source_alive, SWITCH, FALSE, "1: frames arrive."),
  OF_HEALTH (width, NUMBER, FALSE, "Width of the source's picture."),
  OF_HEALTH (height, NUMBER, FALSE, "Height of the source's picture."),
  OF_HEALTH (frames_per_1000s, NUMBER, FALSE, "Frame rate of the source, times 1,000."),
  OF_HEALTH (frames_arrived_per_1000s, NUMBER, FALSE,
             "Frames that came in the last second, times 1,000."),
  OF_HEALTH (source_bps, NUMBER, FALSE, "What the encoder sends, in bits a second."),
  OF_HEALTH (keyframe_interval_ms, NUMBER, FALSE,
             "Time between the source's last two key frames."),
  OF_HEALTH (gop_frames, NUMBER, FALSE, "Frames between the last two key frames."),
  OF_HEALTH (video_codec, TEXT, FALSE, "Codec of the source's picture."),
  OF_HEALTH (audio_codec, TEXT, FALSE, "Codec of the source's sound."),
  OF_HEALTH (audio_rms_dbfs, REAL, FALSE, "Level of the sound, root mean square."),
  OF_HEALTH (audio_peak_dbfs, REAL, FALSE, "Level of the sound, peak."),
  OF_HEALTH (audio_silent_ms, NUMBER, FALSE, "For how long the sound has been silent."),
  OF_HEALTH (timestamp_jumps, NUMBER, TRUE, "Breaks of the source's time, repaired."),
  OF_HEALTH (packets_late, NUMBER, TRUE, "Packets that came after they were due."),
  OF_HEALTH (drift_ppm, LARGE, FALSE, "The source's clock against ours."),
  OF_HEALTH (on_slate, SWITCH, FALSE, "1: viewers see the slate."),
  OF_HEALTH (frames_dropped, NUMBER, TRUE, "Frames of the source that were not shown."),
  OF_HEALTH (frames_held, NUMBER, TRUE, "Frames shown again because none was new."),
  OF_HEALTH (clock_steps, NUMBER, TRUE, "Stalls over which the lesson's clock stood."),
  OF_HEALTH (encoder_lag_ms, NUMBER, FALSE, "How far the encoders are behind."),
  OF_HEALTH (encoder_speed_percent, NUMBER, FALSE,
             "How fast the slowest encoder could go, 100 is real time."),
  OF_HEALTH (renditions_alive, NUMBER, FALSE, "Renditions that are being made."),
  OF_HEALTH (renditions_shed, NUMBER, FALSE, "Renditions that are being left out."),
  OF_HEALTH (sheds, NUMBER, TRUE, "Renditions left out because encoders lagged."),
  OF_HEALTH (encoder, TEXT, FALSE, "What encodes the pictures."),
  OF_HEALTH (source_waiting_bytes, NUMBER, FALSE, "Waits for the source's decoders."),
  OF_HEALTH (pictures_waiting, NUMBER, FALSE, "Decoded pictures that are not due yet."),
  OF_HEALTH (sound_waiting_ms, NUMBER, FALSE, "Decoded sound that is not due yet."),
  OF_HEALTH (frames_waiting, NUMBER, FALSE,
             "Frames at the encoder that is furthest behind."),
  OF_HEALTH (slots_waiting, NUMBER, FALSE, "Slots that wait for their last encoder."),
  OF_HEALTH (unsent_bytes, NUMBER, FALSE, "What the daemon has not taken yet."),
  { 0 },
};

const AcField ac_rendition_health_fields[] = {
  OF_RENDITION (name, TEXT, FALSE, NULL),
  OF_RENDITION (alive, SWITCH, FALSE, "1: the rendition is being made."),
  OF_RENDITION (bits_per_second, NUMBER, FALSE, "Encoded in the last second."),
  OF_RENDITION (cpu_millicores, NUMBER, FALSE, "What its encoder takes."),
  OF_RENDITION (speed_percent, NUMBER, FALSE, "How fast its encoder could go."),
  OF_RENDITION (encode_p50_us, NUMBER, FALSE, "A picture's time in it, median."),
  OF_RENDITION (encode_p95_us, NUMBER, FALSE, "A picture's time in it, 95 of 100."),
  { 0 },
};

GVariant *
ac_health_to_variant (const AcWireHealth *health)
{
  GVariantBuilder builder, renditions;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (AC_HEALTH_TYPE));
  ac_fields_add (ac_health_fields, health, &builder);
  g_variant_builder_init (&renditions, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < health->n_renditions; i++) {
    g_variant_builder_open (&renditions, G_VARIANT_TYPE (AC_HEALTH_TYPE));
    ac_fields_add (ac_rendition_health_fields, &health->renditions[i], &renditions);
    g_variant_builder_close (&renditions);
  }
  g_variant_builder_add (&builder, "{sv}", RENDITIONS,
                         g_variant_builder_end (&renditions));
  return g_variant_builder_end (&builder);
}

/* Names of renditions become labels of metrics. */
static gboolean
is_name (const gchar *name)
{
  return name[0] != '\0' &&
         strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789") == strlen (name);
}

static gboolean
read_renditions (GVariant *list, AcWireHealth *health)
{
  gsize n = g_variant_n_children (list);

  if (n > AC_MAX_TRACKS)
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
    AcRenditionHealth *rendition = &health->renditions[i];

    if (!ac_fields_read (ac_rendition_health_fields, child, rendition) ||
        !is_name (rendition->name))
      return FALSE;
  }
  health->n_renditions = (guint)n;
  return TRUE;
}

gboolean
ac_health_from_variant (GVariant *variant, AcWireHealth *ret_health)
{
  g_autoptr (GVariant) renditions = NULL;
  AcWireHealth health = { 0 };

  if (!ac_fields_read (ac_health_fields, variant, &health))
    return FALSE;
  renditions = g_variant_lookup_value (variant, RENDITIONS, G_VARIANT_TYPE ("aa{sv}"));
  if (renditions != NULL && !read_renditions (renditions, &health))
    return FALSE;
  *ret_health = health;
  return TRUE;
}
