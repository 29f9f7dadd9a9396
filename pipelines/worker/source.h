/* source.h - a source: formats and packets in, pictures and sound with due times out.
 *
 * Owns the timestamp repair and a decoder for each track. Nothing that a source
 * sends is fatal: a decoder that fails is thrown away and made again at the next key
 * frame (picture) or AAC frame (sound).
 *
 * Threads:   main loop; the handler's calls come on decoder threads, but for packet.
 * Ownership: plain. */
#pragma once

#include "decoder.h"
#include "packet.h"
#include "wire.h"

typedef struct _AcSource AcSource;

typedef struct {
  void (*canvas) (const AcPicture *picture, guint *ret_width, guint *ret_height,
                  gpointer user_data);
  void (*frame) (GstBuffer *frame, gint64 due_us, gpointer user_data);
  void (*sound) (const gint16 *samples, gsize n_samples, gint64 due_us,
                 gboolean discontinuity, gpointer user_data);
  /* May be NULL. Every packet after its repair, decoded or not, on the main loop.
   * @format: of its track, @due_us: its decode time; presentation is composition_us
   * later; @discontinuity: the track's line was broken since its last packet */
  void (*packet) (const AcPacket *packet, GstCaps *format, gint64 due_us,
                  gboolean discontinuity, gpointer user_data);
} AcSourceHandler;

/* What is known of it. */
typedef struct {
  guint width, height;           /* 0: not yet */
  guint32 frames_per_1000s;      /* by its configuration, else its metadata, else
                                  * measured over half a second; 0: not yet */
  gint64 first_video_due_us;     /* of the present anchor; -1: no video yet */
  gint64 first_audio_arrival_us; /* -1: no sound yet */
} AcSourceFacts;

AcSource *ac_source_new (const AcSourceHandler *handler, gpointer user_data);
void ac_source_free (AcSource *self);

/* A new one: start afresh.
 * @age_us: how old the first packet is; what follows at once leads up to now */
void ac_source_begin (AcSource *self, gint64 age_us);
/* Before the track's first packet, and when it changes. A format that cannot be decoded
 * is logged and its packets are left undecoded. */
void ac_source_format (AcSource *self, AcSourceTrack track, GstCaps *format);
void ac_source_packet (AcSource *self, const AcPacket *packet, gint64 arrival_us);
/* What the source says of its frame rate; 0: nothing. */
void ac_source_rate (AcSource *self, guint32 frames_per_1000s);
void ac_source_end (AcSource *self);

/* See ac_source_clock_set_phase(). */
void ac_source_set_phase (AcSource *self, gint64 tick_us, gint64 period_us);

void ac_source_facts (AcSource *self, AcSourceFacts *ret_facts);
/* Fills in source_alive, width, height, rate, source_bps and keyframe_interval_ms; call
 * it about once a second, it measures from call to call. */
void ac_source_health (AcSource *self, gint64 now_us, AcWireHealth *health);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSource, ac_source_free)
