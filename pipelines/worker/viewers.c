#include "viewers.h"

#include "viewer.h"
#include "viewer_gate.h"
#include "viewer_sound.h"

GST_DEBUG_CATEGORY_STATIC (viewers_debug);
#define GST_CAT_DEFAULT viewers_debug

/* What of the source's own pictures waits for its time: it comes some 200 ms before. */
#define MAX_FOLLOWED 64

#define REORDERED                                                                      \
  "nothing is encoded here now, and the source's own pictures have B frames, which "   \
  "WebRTC does not carry"

typedef struct {
  AcViewers *viewers;
  guint32 number;
  AcViewer *viewer;
  gboolean failed; /* main loop: to be taken away */
} Entry;

/* A picture of the source's own. */
typedef struct {
  guint64 index;
  GstBuffer *frame;
  GstCaps *caps;
} Followed;

struct _AcViewers {
  AcViewersState state;
  gpointer user_data;
  guint sweep; /* idle source that takes away those that have failed */

  GMutex lock; /* guards the rest, and what of an entry's viewer other threads use */
  GPtrArray *entries;
  AcViewerSound *sound; /* (nullable): somebody may listen */
  AcLadder *ladder;     /* (nullable): nothing comes yet, or any more */
  AcGrid grid;
  gint64 origin_us, sound_offset_us;
  AcViewerRungs rungs; /* of who begins now */
  guint lowest;        /* of the ladder */
  GQueue followed;     /* Followed, by index */
  gboolean reorders;   /* the source does: in its last whole GOP, or in this */
  gboolean gop_reorders, followed_broken;
  AcViewerForcing forcing[AC_GRID_MAX_RENDITIONS];
};

static void
tell (AcViewers *self, guint32 number, AcSourceState state, const gchar *detail)
{
  const AcWireSourceState wire = { state, (gchar *)detail, number };

  self->state (&wire, self->user_data);
}

/* --- media ------------------------------------------------------------------------ */

/* Under the lock. Once for all that watch @rung. */
static void
consider_forcing (AcViewers *self, guint rung)
{
  for (guint i = 0; i < self->entries->len; i++) {
    const Entry *entry = self->entries->pdata[i];

    if (ac_viewer_wants_key_frame (entry->viewer, rung)) {
      if (ac_viewer_forcing_ask (&self->forcing[rung], g_get_monotonic_time ()))
        ac_ladder_force_key_frame (self->ladder, rung);
      return;
    }
  }
}

/* Under the lock. */
static void
give_picture (AcViewers *self, guint rung, guint64 index, GstBuffer *frame,
              GstCaps *caps)
{
  g_autoptr (GstBuffer) timed = gst_buffer_copy (frame);

  GST_BUFFER_PTS (timed) = GST_BUFFER_DTS (timed) =
      ac_grid_frame_ns (&self->grid, index);
  for (guint i = 0; i < self->entries->len; i++)
    ac_viewer_picture (((Entry *)self->entries->pdata[i])->viewer, rung, index, timed,
                       caps);
}

static void
on_picture (guint rung, guint64 index, GstBuffer *frame, GstCaps *caps,
            gpointer user_data)
{
  AcViewers *self = user_data;

  g_mutex_lock (&self->lock);
  if (self->ladder != NULL && self->entries->len > 0) {
    give_picture (self, rung, index, frame, caps);
    consider_forcing (self, rung);
  }
  g_mutex_unlock (&self->lock);
}

static void
on_segment (guint64 index, guint32 closed, gpointer user_data)
{
  AcViewers *self = user_data;

  g_mutex_lock (&self->lock);
  ac_viewer_rungs_segment (&self->rungs, index, closed, 0, self->lowest);
  for (guint i = 0; i < self->entries->len; i++)
    ac_viewer_segment (((Entry *)self->entries->pdata[i])->viewer, index, closed,
                       self->lowest);
  g_mutex_unlock (&self->lock);
}

static void
followed_free (gpointer data)
{
  Followed *self = data;

  gst_buffer_unref (self->frame);
  gst_caps_unref (self->caps);
  g_free (self);
}

/* Under the lock. */
static void
give_followed (AcViewers *self, GstClockTime until)
{
  Followed *next;

  while ((next = g_queue_peek_head (&self->followed)) != NULL &&
         ac_grid_frame_ns (&self->grid, next->index) <= until) {
    give_picture (self, AC_VIEWER_SOURCE, next->index, next->frame, next->caps);
    followed_free (g_queue_pop_head (&self->followed));
  }
}

/* Under the lock. */
static void
note_order (AcViewers *self, gboolean key, gboolean reordered)
{
  if (key) {
    self->reorders = self->gop_reorders;
    self->gop_reorders = FALSE;
  }
  self->gop_reorders |= reordered;
  self->reorders |= reordered;
  for (guint i = 0; self->reorders && i < self->entries->len; i++)
    ac_viewer_lose_rung (((Entry *)self->entries->pdata[i])->viewer, AC_VIEWER_SOURCE,
                         REORDERED);
}

/* Under the lock. After a hole nothing is good up to the next key frame. */
static void
keep_followed (AcViewers *self, guint64 index, const AcPacket *packet, GstCaps *format)
{
  Followed *followed;

  if (g_queue_get_length (&self->followed) >= MAX_FOLLOWED) {
    g_queue_clear_full (&self->followed, followed_free);
    self->followed_broken = TRUE;
  }
  self->followed_broken &= !packet->keyframe;
  if (self->followed_broken)
    return;
  followed = g_new0 (Followed, 1);
  followed->index = index;
  followed->frame = gst_buffer_new_wrapped_bytes (packet->data);
  if (!packet->keyframe)
    GST_BUFFER_FLAG_SET (followed->frame, GST_BUFFER_FLAG_DELTA_UNIT);
  followed->caps = gst_caps_ref (format);
  g_queue_push_tail (&self->followed, followed);
}

void
ac_viewers_followed (guint64 index, const AcPacket *packet, GstCaps *format,
                     gboolean reordered, gpointer user_data)
{
  AcViewers *self = user_data;

  g_mutex_lock (&self->lock);
  note_order (self, packet->keyframe, reordered);
  if (self->entries->len > 0 && !self->reorders)
    keep_followed (self, index, packet, format);
  g_mutex_unlock (&self->lock);
}

static void
on_block (const gint16 *samples, guint64 index, gpointer user_data)
{
  AcViewers *self = user_data;

  g_mutex_lock (&self->lock);
  if (self->sound != NULL) {
    const gint64 time_ns =
        (gint64)gst_util_uint64_scale (index * AC_GRID_BLOCK_SAMPLES, GST_SECOND,
                                       AC_GRID_SAMPLE_RATE) +
        self->sound_offset_us * 1000;

    if (time_ns >= 0) {
      ac_viewer_sound_push (self->sound, samples, (GstClockTime)time_ns);
      give_followed (self, (GstClockTime)time_ns);
    }
  }
  g_mutex_unlock (&self->lock);
}

static void
on_packet (GstBuffer *packet, GstCaps *caps, gpointer user_data)
{
  AcViewers *self = user_data;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->entries->len; i++)
    ac_viewer_sound (((Entry *)self->entries->pdata[i])->viewer, packet, caps);
  g_mutex_unlock (&self->lock);
}

const AcLadderTap ac_viewers_tap = { on_picture, on_segment, on_block };

/* --- who watches ------------------------------------------------------------------ */

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->viewer, ac_viewer_free);
  g_free (entry);
}

/* Returns: (nullable) */
static Entry *
find (AcViewers *self, guint32 number)
{
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = self->entries->pdata[i];

    if (entry->number == number)
      return entry;
  }
  return NULL;
}

/* Its encoder's thread may be about to give a packet on: it is freed without the lock.
 */
static void
consider_silence (AcViewers *self)
{
  AcViewerSound *sound = NULL;

  g_mutex_lock (&self->lock);
  if (self->entries->len == 0)
    sound = g_steal_pointer (&self->sound);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&sound, ac_viewer_sound_free);
}

static void
take_away (AcViewers *self, Entry *entry)
{
  guint index;

  g_mutex_lock (&self->lock);
  if (g_ptr_array_find (self->entries, entry, &index))
    g_ptr_array_steal_index_fast (self->entries, index);
  g_mutex_unlock (&self->lock);
  entry_free (entry);
}

static gboolean
on_sweep (gpointer user_data)
{
  AcViewers *self = user_data;

  self->sweep = 0;
  for (guint i = self->entries->len; i > 0; i--) {
    Entry *entry = self->entries->pdata[i - 1];

    if (entry->failed)
      take_away (self, entry);
  }
  consider_silence (self);
  return G_SOURCE_REMOVE;
}

static void
on_state (AcSourceState state, const gchar *detail, gpointer user_data)
{
  Entry *entry = user_data;
  AcViewers *self = entry->viewers;

  tell (self, entry->number, state, detail);
  if (state != AC_SOURCE_FAILED && state != AC_SOURCE_ENDED)
    return;
  entry->failed = TRUE;
  if (self->sweep == 0)
    self->sweep = g_idle_add (on_sweep, self);
}

/* Without it they see and hear nothing wrong but silence. */
static void
start_sound (AcViewers *self)
{
  g_autoptr (GError) error = NULL;
  AcViewerSound *sound;

  if (self->sound != NULL)
    return;
  sound = ac_viewer_sound_new (on_packet, self, &error);
  if (sound == NULL)
    GST_ERROR ("no sound for viewers: %s", error->message);
  g_mutex_lock (&self->lock);
  self->sound = sound;
  g_mutex_unlock (&self->lock);
}

void
ac_viewers_begin (AcViewers *self, guint32 number, const gchar *offer)
{
  g_autoptr (GError) error = NULL;
  AcViewerRungs rungs;
  gboolean reordered;
  Entry *entry;

  if (self->ladder == NULL || find (self, number) != NULL) {
    tell (self, number, AC_SOURCE_FAILED, "nothing is shown yet");
    return;
  }
  entry = g_new0 (Entry, 1);
  entry->viewers = self;
  entry->number = number;
  g_mutex_lock (&self->lock);
  rungs = self->rungs;
  reordered = self->reorders && rungs.next_rung == AC_VIEWER_SOURCE;
  g_mutex_unlock (&self->lock);
  entry->viewer =
      ac_viewer_new (offer, self->origin_us, &rungs, on_state, entry, &error);
  if (entry->viewer == NULL) {
    tell (self, number, AC_SOURCE_FAILED, error->message);
    entry_free (entry);
    return;
  }
  if (reordered && ac_viewer_has_picture (entry->viewer)) {
    tell (self, number, AC_SOURCE_ENDED, REORDERED);
    entry_free (entry);
    return;
  }
  start_sound (self);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->entries, entry);
  g_mutex_unlock (&self->lock);
}

void
ac_viewers_trickle (AcViewers *self, guint32 number, const gchar *fragment)
{
  Entry *entry = find (self, number);

  if (entry != NULL)
    ac_viewer_trickle (entry->viewer, fragment);
}

void
ac_viewers_end (AcViewers *self, guint32 number)
{
  Entry *entry = find (self, number);

  if (entry != NULL)
    take_away (self, entry);
  consider_silence (self);
}

/* --- life ------------------------------------------------------------------------- */

AcViewers *
ac_viewers_new (AcViewersState state, gpointer user_data)
{
  static gsize once = 0;
  AcViewers *self = g_new0 (AcViewers, 1);

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (viewers_debug, "acviewers", 0, "browsers that watch");
    g_once_init_leave (&once, 1);
  }
  g_mutex_init (&self->lock);
  self->state = state;
  self->user_data = user_data;
  self->entries = g_ptr_array_new ();
  return self;
}

void
ac_viewers_start (AcViewers *self, AcLadder *ladder, guint n_rungs, const AcGrid *grid,
                  gint64 origin_us, gint64 sound_offset_us)
{
  g_mutex_lock (&self->lock);
  self->ladder = ladder;
  self->lowest = n_rungs - 1;
  self->grid = *grid;
  self->origin_us = origin_us;
  self->sound_offset_us = sound_offset_us;
  g_mutex_unlock (&self->lock);
}

void
ac_viewers_stop (AcViewers *self)
{
  g_mutex_lock (&self->lock);
  self->ladder = NULL;
  g_mutex_unlock (&self->lock);
}

void
ac_viewers_free (AcViewers *self)
{
  g_clear_handle_id (&self->sweep, g_source_remove);
  while (self->entries->len > 0)
    take_away (self, self->entries->pdata[0]);
  consider_silence (self);
  g_ptr_array_unref (self->entries);
  g_queue_clear_full (&self->followed, followed_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}
