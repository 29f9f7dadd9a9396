#include "media_epoch.h"

#include <string.h>

/* What from_variant() takes. The figures are far above anything that is made here and
 * far below anything that could overflow. */
#define MAX_INIT_BYTES (64 * 1024)
#define MAX_PICTURE_SIZE 16384
#define MAX_FRAMES_PER_1000S 240000
#define MAX_CHANNELS 8
#define MAX_TIMESCALE 1000000
#define MAX_SLOT_SECONDS 60
#define MAX_SLOTS_PER_SEGMENT 1000
#define MAX_TICKS (G_MAXINT64 / 2)

/* Slots that are all alike need not be described. */
static void
settle_slots (AcMediaEpoch *self)
{
  if (self->segment_duration == 0)
    self->segment_duration = self->slot_duration * self->slots_per_segment;
  if (self->grain == 0)
    self->grain = self->slot_duration;
}

AcMediaEpoch *
ac_media_epoch_new (const AcMediaEpoch *fields)
{
  AcMediaEpoch *self = g_atomic_rc_box_dup (sizeof *self, (gpointer)fields);

  settle_slots (self);
  for (guint i = 0; i < self->n_tracks; i++) {
    if (self->tracks[i].init != NULL)
      g_bytes_ref (self->tracks[i].init);
  }
  return self;
}

AcMediaEpoch *
ac_media_epoch_ref (AcMediaEpoch *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  AcMediaEpoch *self = data;

  for (guint i = 0; i < self->n_tracks; i++)
    g_clear_pointer (&self->tracks[i].init, g_bytes_unref);
}

void
ac_media_epoch_unref (AcMediaEpoch *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

gint
ac_media_epoch_find (const AcMediaEpoch *self, const gchar *name)
{
  for (guint i = 0; i < self->n_tracks; i++) {
    if (strcmp (self->tracks[i].name, name) == 0)
      return (gint)i;
  }
  return -1;
}

guint32
ac_media_epoch_slot_offset (const AcMediaEpoch *self, guint part)
{
  guint64 grains = self->segment_duration / self->grain;
  guint64 slots = self->slots_per_segment;

  return (guint32)((grains * part + slots - 1) / slots * self->grain);
}

static guint64
frame_ticks (const AcTrack *track)
{
  if (track->kind == AC_TRACK_AUDIO)
    return G_GUINT64_CONSTANT (1024) * AC_TICKS_PER_SECOND / track->timescale;
  return G_GUINT64_CONSTANT (1000) * AC_TICKS_PER_SECOND / track->frames_per_1000s;
}

guint64
ac_media_frames_before (guint64 frame_ticks, guint64 origin, guint64 ticks)
{
  return (ticks - origin + frame_ticks / 2) / frame_ticks;
}

guint64
ac_media_epoch_boundary (const AcMediaEpoch *self, guint index, guint64 ticks)
{
  const AcTrack *track = &self->tracks[index];
  guint64 frame = MAX (frame_ticks (track), 1);
  guint64 origin = track->kind == AC_TRACK_AUDIO ? 0 : self->start;

  return origin + ac_media_frames_before (frame, origin, ticks) * frame;
}

static GVariant *
bytes_to_variant (GBytes *bytes)
{
  g_autoptr (GBytes) none = NULL;

  if (bytes == NULL)
    bytes = none = g_bytes_new (NULL, 0);
  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

GVariant *
ac_media_epoch_to_variant (const AcMediaEpoch *self)
{
  AcMediaEpoch slots = *self;
  GVariantBuilder tracks;

  settle_slots (&slots);
  g_variant_builder_init (&tracks, G_VARIANT_TYPE ("a(suuuuuuusay)"));
  for (guint i = 0; i < self->n_tracks; i++) {
    const AcTrack *track = &self->tracks[i];

    g_variant_builder_add (&tracks, "(suuuuuuus@ay)", track->name, (guint32)track->kind,
                           track->timescale, track->width, track->height,
                           track->frames_per_1000s, track->channels, track->target_bps,
                           track->codecs, bytes_to_variant (track->init));
  }
  return g_variant_new (AC_MEDIA_EPOCH_TYPE, self->number, self->wall_start_ms,
                        self->start, self->first_msn, self->slot_duration,
                        self->slots_per_segment, &tracks, slots.segment_duration,
                        slots.grain);
}

/* A name becomes part of addresses and file names, so nothing but [a-z0-9]. */
static gboolean
name_is_good (const gchar *name)
{
  gsize length = strlen (name);

  if (length == 0 || length > AC_TRACK_NAME_MAX)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_islower (name[i]) && !g_ascii_isdigit (name[i]))
      return FALSE;
  }
  return TRUE;
}

/* Goes into a playlist's quoted string. */
static gboolean
codecs_is_good (const gchar *codecs)
{
  gsize length = strlen (codecs);

  if (length == 0 || length >= sizeof ((AcTrack *)NULL)->codecs)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (codecs[i]) && codecs[i] != '.')
      return FALSE;
  }
  return TRUE;
}

static gboolean
track_is_good (const AcTrack *track)
{
  if (track->timescale == 0 || track->timescale > MAX_TIMESCALE)
    return FALSE;
  if (track->kind == AC_TRACK_VIDEO)
    return track->width > 0 && track->width <= MAX_PICTURE_SIZE && track->height > 0 &&
           track->height <= MAX_PICTURE_SIZE && track->frames_per_1000s > 0 &&
           track->frames_per_1000s <= MAX_FRAMES_PER_1000S && track->channels == 0;
  return track->width == 0 && track->height == 0 && track->frames_per_1000s == 0 &&
         track->channels > 0 && track->channels <= MAX_CHANNELS;
}

static gboolean
read_track (GVariant *variant, AcTrack *track)
{
  g_autoptr (GVariant) init = NULL;
  const gchar *name, *codecs;
  guint32 kind;

  g_variant_get (variant, "(&suuuuuuu&s@ay)", &name, &kind, &track->timescale,
                 &track->width, &track->height, &track->frames_per_1000s,
                 &track->channels, &track->target_bps, &codecs, &init);
  if (!name_is_good (name) || !codecs_is_good (codecs) || kind > AC_TRACK_AUDIO ||
      g_variant_get_size (init) > MAX_INIT_BYTES)
    return FALSE;

  track->kind = (AcTrackKind)kind;
  g_strlcpy (track->name, name, sizeof track->name);
  g_strlcpy (track->codecs, codecs, sizeof track->codecs);
  if (!track_is_good (track))
    return FALSE;
  track->init = g_variant_get_data_as_bytes (init);
  return TRUE;
}

static gboolean
read_tracks (GVariant *tracks, AcMediaEpoch *epoch)
{
  gsize n_tracks = g_variant_n_children (tracks);

  if (n_tracks == 0 || n_tracks > AC_MAX_TRACKS)
    return FALSE;
  for (gsize i = 0; i < n_tracks; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (tracks, i);
    AcTrack track = { 0 };

    if (!read_track (child, &track))
      return FALSE;
    if (ac_media_epoch_find (epoch, track.name) >= 0) {
      g_bytes_unref (track.init);
      return FALSE;
    }
    epoch->tracks[epoch->n_tracks++] = track;
  }
  return TRUE;
}

static gboolean
slots_are_good (const AcMediaEpoch *epoch)
{
  guint64 max_segment = (guint64)epoch->slot_duration * epoch->slots_per_segment;

  return epoch->slot_duration > 0 &&
         epoch->slot_duration <= MAX_SLOT_SECONDS * AC_TICKS_PER_SECOND &&
         epoch->slots_per_segment > 0 &&
         epoch->slots_per_segment <= MAX_SLOTS_PER_SEGMENT && epoch->grain > 0 &&
         epoch->segment_duration >= epoch->grain * epoch->slots_per_segment &&
         epoch->segment_duration <= max_segment &&
         epoch->segment_duration % epoch->grain == 0;
}

AcMediaEpoch *
ac_media_epoch_from_variant (GVariant *variant)
{
  g_autoptr (GVariant) tracks = NULL;
  AcMediaEpoch epoch = { 0 };
  AcMediaEpoch *self = NULL;

  if (!g_variant_is_normal_form (variant))
    return NULL;
  if (g_variant_is_of_type (variant, G_VARIANT_TYPE (AC_MEDIA_EPOCH_TYPE)))
    g_variant_get (variant, "(uxttuu@a(suuuuuuusay)uu)", &epoch.number,
                   &epoch.wall_start_ms, &epoch.start, &epoch.first_msn,
                   &epoch.slot_duration, &epoch.slots_per_segment, &tracks,
                   &epoch.segment_duration, &epoch.grain);
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE (AC_MEDIA_EPOCH_TYPE_1)))
    g_variant_get (variant, "(uxttuu@a(suuuuuuusay))", &epoch.number,
                   &epoch.wall_start_ms, &epoch.start, &epoch.first_msn,
                   &epoch.slot_duration, &epoch.slots_per_segment, &tracks);
  else
    return NULL;
  if (g_variant_is_of_type (variant, G_VARIANT_TYPE (AC_MEDIA_EPOCH_TYPE_1)))
    settle_slots (&epoch);
  if (epoch.number > 0 && epoch.wall_start_ms >= 0 && epoch.start <= MAX_TICKS &&
      epoch.first_msn <= G_MAXINT64 && slots_are_good (&epoch) &&
      read_tracks (tracks, &epoch))
    self = ac_media_epoch_new (&epoch);
  clear (&epoch);
  return self;
}
