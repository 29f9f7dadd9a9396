/* cmaf_writer.h - samples in, CMAF bytes out.
 *
 * One track a file, always track 1 (ISO/IEC 23000-19). A file is one init (ftyp, moov)
 * and any number of chunks:
 *
 *   [styp at the start of a segment] [prft] moof (mfhd, traf (tfhd, tfdt, trun)) mdat
 *
 * There is no edit list and no sidx; decode times are absolute, so chunks of all
 * tracks, renditions and epochs of a lesson stand on one timeline.
 *
 * The module has no state and does no I/O.
 *
 * Threads: any.
 * Failure: NULL and @error; nothing else is touched. */
#pragma once

#include <glib.h>

#define AC_CMAF_TRACK_ID 1
#define AC_CMAF_MAX_CONFIG_BYTES 4096 /* of an AVCDecoderConfigurationRecord */
#define AC_CMAF_MAX_SAMPLES 4096      /* in a chunk */
#define AC_CMAF_MAX_CHUNK_BYTES (8 * 1024 * 1024)

typedef enum {
  AC_CMAF_ERROR_CONFIG, /* a codec configuration or size that cannot be described */
  AC_CMAF_ERROR_LIMIT,  /* too many samples or bytes, or a time out of range */
} AcCmafError;
#define AC_CMAF_ERROR (ac_cmaf_error_quark ())
GQuark ac_cmaf_error_quark (void);

typedef struct {
  GBytes *avcc; /* AVCDecoderConfigurationRecord, ISO/IEC 14496-15 5.3.3 */
  guint32 timescale;
  guint32 width, height;   /* pixels, square; 1 to 16,384 */
  guint32 target_bps;      /* for btrt; 0: no btrt */
  guint8 primaries;        /* ISO/IEC 23091-2 code points for colr; */
  guint8 transfer, matrix; /* primaries 0: no colr */
  gboolean full_range;
} AcCmafVideo;

typedef struct {
  GBytes *asc;         /* AudioSpecificConfig, ISO/IEC 14496-3 1.6.2.1 */
  guint32 sample_rate; /* the timescale too; at most 65,535 */
  guint32 channels;    /* 1 to 8 */
  guint32 target_bps;  /* for btrt and esds */
} AcCmafAudio;

/* The CMAF header. Errors: CONFIG. */
GBytes *ac_cmaf_init_video (const AcCmafVideo *video, GError **error);
GBytes *ac_cmaf_init_audio (const AcCmafAudio *audio, GError **error);

/* RFC 6381 names, as the configuration says: "avc1.64001F", "mp4a.40.2".
 * Errors: CONFIG. */
gchar *ac_cmaf_codecs_video (GBytes *avcc, GError **error);
gchar *ac_cmaf_codecs_audio (GBytes *asc, GError **error);

typedef struct {
  GBytes *data;
  guint32 duration;          /* in the track's timescale */
  gint32 composition_offset; /* presentation minus decode time; 0 without B-frames */
  gboolean sync;             /* decoding can start here */
} AcCmafSample;

typedef struct {
  guint32 sequence;    /* of mfhd, rising */
  guint64 decode_time; /* of the first sample, in the track's timescale */
  gboolean segment_start;
  gint64 wall_ms; /* of the first sample, for prft; negative: no prft */
  const AcCmafSample *samples;
  guint n_samples;
} AcCmafChunk;

/* Errors: LIMIT. */
GBytes *ac_cmaf_chunk (const AcCmafChunk *chunk, GError **error);
