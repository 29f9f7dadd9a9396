#include "kept_units.h"

#include "flv_kind.h"

#include <string.h>

#define AGE_MAX_MS 10000 /* of what is older there is something wrong */
#define TS_UNIT 0x47
#define TS_PACKET_BYTES 188

typedef struct {
  AcFlvTag unit;
  gint64 heard_ms;
} Kept;

struct _AcKeptUnits {
  GArray
      *units; /* Kept; begins with the tables or the key frame that is needed first */
  gsize bytes;
  gboolean has_video;
  gboolean keyed; /* there is a key frame among them */
  gboolean fresh; /* the last one has it */
};

/* What matters of a unit. */
typedef struct {
  gboolean setup, video, key;
  gboolean tables; /* MPEG-TS: decoding can begin here, given a key frame later */
} Glance;

static void
clear_kept (gpointer kept)
{
  g_bytes_unref (((Kept *)kept)->unit.body);
}

AcKeptUnits *
ac_kept_units_new (void)
{
  AcKeptUnits *self = g_new0 (AcKeptUnits, 1);

  self->units = g_array_new (FALSE, FALSE, sizeof (Kept));
  g_array_set_clear_func (self->units, clear_kept);
  return self;
}

void
ac_kept_units_free (AcKeptUnits *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->units);
  g_free (self);
}

static void
forget (AcKeptUnits *self)
{
  g_array_set_size (self->units, 0);
  self->bytes = 0;
  self->keyed = self->fresh = FALSE;
}

/* A video frame begins with the start code of a PES packet (ISO/IEC 13818-1, 2.4.3.6,
 * stream_id 1110 xxxx); its key frames have the random access indicator (2.4.3.5). */
static void
glance_at_packet (const guint8 packet[TS_PACKET_BYTES], Glance *glance)
{
  const guint pid = (packet[1] & 31u) << 8 | packet[2];
  const gboolean starts = (packet[1] & 0x40) != 0, adapted = (packet[3] & 0x20) != 0;
  const guint at = adapted ? 5u + packet[4] : 4u;

  if (!starts)
    return;
  glance->tables |= pid == 0;
  if (at + 4 > TS_PACKET_BYTES || memcmp (packet + at, "\0\0\1", 3) != 0 ||
      packet[at + 3] >> 4 != 0xe)
    return;
  glance->video = TRUE;
  glance->key |= adapted && packet[4] > 0 && (packet[5] & 0x40) != 0;
}

static Glance
glance_at (const AcFlvTag *unit)
{
  Glance glance = { 0 };
  gsize size;
  const guint8 *data = g_bytes_get_data (unit->body, &size);
  AcFlvKind kind;

  if (unit->type == TS_UNIT) {
    for (gsize at = 0; at + TS_PACKET_BYTES <= size; at += TS_PACKET_BYTES)
      glance_at_packet (data + at, &glance);
    return glance;
  }
  kind = ac_flv_kind (unit->type, unit->body);
  glance.setup = kind == AC_FLV_SETUP;
  glance.key = kind == AC_FLV_VIDEO_KEY;
  glance.video = glance.key || kind == AC_FLV_VIDEO;
  glance.tables = glance.key; /* what it needs is in stream_headers.h */
  return glance;
}

/* Decoding begins with the last tables before the newest key frame. */
static void
cut (AcKeptUnits *self)
{
  guint first = self->units->len;
  gsize dropped = 0;

  while (first > 0 &&
         !glance_at (&g_array_index (self->units, Kept, first - 1).unit).tables)
    first--;
  if (first == 0) {
    forget (self);
    return;
  }
  for (guint i = 0; i < first - 1; i++)
    dropped += g_bytes_get_size (g_array_index (self->units, Kept, i).unit.body);
  g_array_remove_range (self->units, 0, first - 1);
  self->bytes -= dropped;
}

void
ac_kept_units_push (AcKeptUnits *self, const AcFlvTag *unit, gint64 now_ms)
{
  const Glance glance = glance_at (unit);
  const gsize size = g_bytes_get_size (unit->body);
  const Kept kept = { *unit, now_ms };

  if (glance.setup)
    return;
  self->has_video |= glance.video;
  if (self->units->len >= AC_KEPT_UNITS_MAX ||
      self->bytes + size > AC_KEPT_UNITS_MAX_BYTES)
    forget (self);
  if ((self->units->len == 0 && !glance.tables) || size > AC_KEPT_UNITS_MAX_BYTES)
    return;
  g_bytes_ref (unit->body);
  self->bytes += size;
  g_array_append_val (self->units, kept);
  if (glance.key || (glance.tables && !self->keyed))
    cut (self);
  self->keyed |= glance.key;
  self->fresh = glance.key;
}

gboolean
ac_kept_units_is_fresh (const AcKeptUnits *self)
{
  return !self->has_video || self->fresh;
}

guint32
ac_kept_units_age_ms (const AcKeptUnits *self, gint64 now_ms)
{
  if (!self->keyed)
    return 0;
  return (guint32)CLAMP (now_ms - g_array_index (self->units, Kept, 0).heard_ms, 0,
                         AGE_MAX_MS);
}

void
ac_kept_units_flush (AcKeptUnits *self,
                     void (*send) (const AcFlvTag *unit, gpointer user_data),
                     gpointer user_data)
{
  for (guint i = 0; self->keyed && i < self->units->len; i++)
    send (&g_array_index (self->units, Kept, i).unit, user_data);
  forget (self);
}

void
ac_kept_units_clear (AcKeptUnits *self)
{
  forget (self);
  self->has_video = FALSE;
}
