/* health.h - what a worker tells of its lesson, once a second.
 *
 * Every member stands in a table, which also names it on the wire, in the API, on the
 * classroom socket and in the metrics.
 *
 * Threads: any; plain values. */
#pragma once

#include "fields.h"
#include "media_epoch.h"

#define AC_HEALTH_SILENCE_DBFS (-120.0) /* what digital silence is told as */

typedef struct {
  gchar name[AC_TRACK_NAME_MAX + 1]; /* the track's */
  gboolean alive;                    /* FALSE: it is being left out */
  guint32 bits_per_second;           /* encoded, in the last second */
  guint32 cpu_millicores;            /* of its encoder's thread */
  guint32 speed_percent; /* of real time: how fast its encoder could go; 0: unknown */
  /* From a picture's entry to its packet's exit, over the last minute's pictures; 0:
   * none in the last second. */
  guint32 encode_p50_us, encode_p95_us;
} AcRenditionHealth;

typedef struct {
  /* The source, as it comes. */
  gboolean source_alive;            /* frames came within the last second */
  guint32 width, height;            /* 0 when unknown */
  guint32 frames_per_1000s;         /* as the source tells */
  guint32 frames_arrived_per_1000s; /* as they came in the last second */
  guint32 source_bps;
  guint32 keyframe_interval_ms; /* between its last two key frames */
  guint32 gop_frames;           /* frames between them */
  gchar video_codec[16];        /* "h264"; "" when there is no picture */
  gchar audio_codec[16];
  gdouble audio_rms_dbfs, audio_peak_dbfs; /* over the last second; -120 at least */
  guint32 audio_silent_ms; /* for how long it has been silent, or not there */

  /* Repairs of its time, since it began. */
  guint32 timestamp_jumps; /* anchors that were made anew */
  guint32 packets_late;    /* came after they were due */
  gint64 drift_ppm;        /* of its clock against ours */

  /* What became of it. */
  gboolean on_slate;
  guint32 frames_dropped; /* since the start, by the pump */
  guint32 frames_held;    /* since the start: repeated because none was new */
  guint32 clock_steps;    /* since the start: the lesson's clock stopped for a while */
  guint32 encoder_lag_ms; /* how far the encoders and the pump are behind */
  guint32 encoder_speed_percent; /* of the slowest encoder */
  guint32 renditions_alive, renditions_shed;
  guint32 sheds;     /* since the start: how often one was left out */
  gchar encoder[24]; /* the element that encodes the pictures */

  /* What waits in it, in the order of a frame's way; each has a bound. */
  guint32 source_waiting_bytes; /* before the decoders; 8 MiB each */
  guint32 pictures_waiting;     /* decoded, for their time; 64 */
  guint32 sound_waiting_ms;     /* decoded, for its time; 3,000 */
  guint32 frames_waiting;       /* at the encoder that is furthest behind */
  guint32 slots_waiting;        /* whole ones, for their last encoder */
  guint32 unsent_bytes;         /* to the daemon; 32 MiB */

  AcRenditionHealth renditions[AC_MAX_TRACKS];
  guint n_renditions;
} AcWireHealth;

extern const AcField ac_health_fields[];           /* of AcWireHealth */
extern const AcField ac_rendition_health_fields[]; /* of AcRenditionHealth */

#define AC_HEALTH_TYPE "a{sv}"
/* Returns: (transfer floating) */
GVariant *ac_health_to_variant (const AcWireHealth *health);
/* Returns: FALSE when @variant is no health. What it does not tell is 0. */
gboolean ac_health_from_variant (GVariant *variant, AcWireHealth *ret_health);
