/* ts_demux.h - an MPEG transport stream (ISO/IEC 13818-1), taken apart.
 *
 * Of several programs it takes the first that has a picture, of a program's tracks the
 * first picture and the first sound that it knows. Tables may come late and change at
 * any time; a track that stays what it was goes on.
 *
 * Our own, for the times: GStreamer's tsdemux maps them onto the clock of the PCR and
 * mends what it takes for errors, each track by itself (measured on 1.22: 1.2 s of
 * sound is lost when 33 bits wrap, and after a jump sound and picture are 20 ms off).
 * Here they come out as they were sent, unwrapped, both tracks on one count; repair is
 * source_clock's.
 *
 * What is not whole is not given on: the next unit is marked `lost`. A picture whose
 * length is not said, as usual, ends where the next begins; of a sender that has
 * always stuffed the last packet of a picture, it ends there, a frame earlier.
 *
 * Bounded: a unit has at most AC_TS_UNIT_MAX_BYTES, a table 1,024 bytes, and of
 * programs 16 are looked at.
 *
 * Threads:   one.
 * Ownership: plain. */
#pragma once

#include "packet.h"

#define AC_TS_PACKET_SIZE 188
#define AC_TS_UNIT_MAX_BYTES (4 * 1024 * 1024)
#define AC_TS_NO_TIME G_MININT64

typedef enum {
  AC_TS_NONE,
  AC_TS_H264,
  AC_TS_H265,
  AC_TS_AAC_ADTS,
  AC_TS_AAC_LATM,
  AC_TS_MPEG_AUDIO,
  AC_TS_AC3,
  AC_TS_EAC3,
  AC_TS_OPUS,
} AcTsCodec;

typedef struct {
  AcTsCodec codec;
  guint channels; /* of OPUS; else 0 */
} AcTsFormat;

/* The payload of one PES packet: a picture, one or more sound frames. */
typedef struct {
  AcSourceTrack track;
  GBytes *data;
  gint64 presentation, decode; /* 90 kHz, unwrapped, not negative; AC_TS_NO_TIME */
  gboolean lost;               /* something is missing before it */
} AcTsUnit;

typedef struct {
  /* Before the track's first unit, and when it becomes another. */
  void (*track) (AcSourceTrack track, const AcTsFormat *format, gpointer user_data);
  void (*unit) (const AcTsUnit *unit, gpointer user_data);
} AcTsDemuxHandler;

typedef struct _AcTsDemux AcTsDemux;

AcTsDemux *ac_ts_demux_new (const AcTsDemuxHandler *handler, gpointer user_data);
void ac_ts_demux_free (AcTsDemux *self);

/* @packets: whole packets; what does not begin as one is passed over */
void ac_ts_demux_push (AcTsDemux *self, const guint8 *packets, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcTsDemux, ac_ts_demux_free)
