#include "playlist.h"

/* The rendition that players begin with: it stands first. */
#define FIRST_HEIGHT 360
/* Until this much was measured, what the encoder was asked for counts when it is more:
 * a lesson that opens with a still slide says little about its peak. */
#define MEASURED_MIN_TICKS (30u * AC_TICKS_PER_SECOND)

typedef struct {
  guint track;
  const AcTrack *media;
  guint64 bandwidth, average;
} Variant;

/* The newest epoch's description of a track: configurations may change, the variant
 * says what is being sent now. */
static const AcTrack *
describe (const AcSnapshotParts *parts, guint track)
{
  for (guint i = parts->n_epochs; i > 0; i--) {
    const AcLessonEpoch *epoch = ac_timeline_epoch (parts->timeline, i - 1);

    if (epoch->tracks[track] >= 0)
      return &epoch->media->tracks[epoch->tracks[track]];
  }
  return NULL;
}

static guint64
average_bps (const AcRate *rate)
{
  return rate->ticks > 0 ? rate->bytes * 8 * AC_TICKS_PER_SECOND / rate->ticks : 0;
}

static Variant
make_variant (const AcSnapshotParts *parts, guint track, gint audio)
{
  const AcRate *rate = &parts->rates[track];
  Variant variant = {
    .track = track,
    .media = describe (parts, track),
    .bandwidth = rate->peak_bps,
    .average = average_bps (rate),
  };

  if (audio >= 0 && (guint)audio != track)
    variant.average += average_bps (&parts->rates[audio]);
  if (rate->ticks == 0 || (!parts->ended && rate->ticks < MEASURED_MIN_TICKS)) {
    guint64 asked = variant.media->target_bps;

    if (audio >= 0 && (guint)audio != track)
      asked += describe (parts, audio)->target_bps;
    variant.bandwidth = MAX (variant.bandwidth, asked);
    if (variant.average == 0)
      variant.average = asked;
  }
  variant.bandwidth = MAX (MAX (variant.bandwidth, variant.average), 1);
  variant.average = MAX (variant.average, 1);
  return variant;
}

/* A rendition that is being left out, because the machine cannot make it or its source
 * is lost, is not offered; it is again when a whole segment of it is there. At the end
 * only what never was is left out. */
gboolean
ac_multivariant_offers (const AcSnapshotParts *parts, guint track)
{
  guint8 bit = (guint8)(1u << track);

  if (parts->ended)
    return parts->rates[track].ticks > 0;
  if (parts->open_parts != NULL && (parts->open.gaps & bit) != 0)
    return FALSE;
  return parts->n_segments == 0 ||
         (ac_timeline_segment (parts->timeline, parts->n_segments - 1)->gaps & bit) ==
             0;
}

static gint
compare_variants (gconstpointer one, gconstpointer other)
{
  const Variant *a = one, *b = other;
  gboolean a_first = a->media->height == FIRST_HEIGHT;
  gboolean b_first = b->media->height == FIRST_HEIGHT;

  if (a_first != b_first)
    return a_first ? -1 : 1;
  return (a->media->height > b->media->height) - (a->media->height < b->media->height);
}

static void
append_variant (GString *text, const AcSnapshotParts *parts, const Variant *variant,
                gint audio)
{
  const AcTrack *media = variant->media;
  gboolean beside = audio >= 0 && (guint)audio != variant->track;

  g_string_append_printf (text,
                          "#EXT-X-STREAM-INF:BANDWIDTH=%" G_GUINT64_FORMAT
                          ",AVERAGE-BANDWIDTH=%" G_GUINT64_FORMAT ",CODECS=\"%s%s%s\"",
                          variant->bandwidth, variant->average, media->codecs,
                          beside ? "," : "",
                          beside ? describe (parts, audio)->codecs : "");
  if (media->kind == AC_TRACK_VIDEO)
    g_string_append_printf (text, ",RESOLUTION=%ux%u,FRAME-RATE=%u.%03u", media->width,
                            media->height, media->frames_per_1000s / 1000,
                            media->frames_per_1000s % 1000);
  if (beside)
    g_string_append (text, ",AUDIO=\"audio\"");
  g_string_append_printf (text, "\n%s/playlist.m3u8\n", media->name);
}

static gint
find_audio (const AcSnapshotParts *parts)
{
  for (guint i = 0; i < parts->n_tracks; i++)
    if (ac_timeline_track (parts->timeline, i)->kind == AC_TRACK_AUDIO)
      return i;
  return -1;
}

/* When none can be offered all are: a player that finds nothing does not come back. */
static void
collect_videos (const AcSnapshotParts *parts, gint audio, GArray *variants)
{
  gboolean any = FALSE;

  for (guint i = 0; i < parts->n_tracks; i++)
    any |= ac_timeline_track (parts->timeline, i)->kind == AC_TRACK_VIDEO &&
           ac_multivariant_offers (parts, i);
  for (guint i = 0; i < parts->n_tracks; i++)
    if (ac_timeline_track (parts->timeline, i)->kind == AC_TRACK_VIDEO &&
        (!any || ac_multivariant_offers (parts, i))) {
      Variant variant = make_variant (parts, i, audio);
      g_array_append_val (variants, variant);
    }
}

GString *
ac_multivariant_render (const AcSnapshotParts *parts, gboolean audio_only)
{
  g_autoptr (GArray) variants = g_array_new (FALSE, FALSE, sizeof (Variant));
  gint audio = find_audio (parts);
  GString *text;

  if (!audio_only)
    collect_videos (parts, audio, variants);
  /* A lesson without pictures is its sound. */
  if (variants->len == 0 && audio >= 0) {
    Variant variant = make_variant (parts, audio, audio);
    g_array_append_val (variants, variant);
  }
  if (variants->len == 0)
    return NULL;
  g_array_sort (variants, compare_variants);

  text = g_string_new ("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n");
  if (audio >= 0 && g_array_index (variants, Variant, 0).track != (guint)audio)
    g_string_append_printf (
        text,
        "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"中文\",LANGUAGE=\"zh\","
        "DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"%u\",URI=\"%s/playlist.m3u8\"\n",
        MAX (describe (parts, audio)->channels, 1),
        ac_timeline_track (parts->timeline, audio)->name);
  for (guint i = 0; i < variants->len; i++)
    append_variant (text, parts, &g_array_index (variants, Variant, i), audio);
  return text;
}
