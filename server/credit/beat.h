/* beat.h - what a player says that it played. */
#pragma once

#include <glib.h>

typedef enum { AC_BEAT_VIDEO, AC_BEAT_AUDIO, AC_BEAT_ROOM } AcBeatMode;

/* Limits of what is taken from a page; see ac_beat_is_valid(). */
#define AC_BEAT_SEQ_MAX (G_GINT64_CONSTANT (1) << 53)
#define AC_BEAT_MEDIA_MAX_MS (G_GINT64_CONSTANT (31) * 24 * 60 * 60 * 1000)
#define AC_BEAT_RATE_MAX_PERMILLE 16000
#define AC_BEAT_BATCH_MAX 64

typedef struct {
  gint64 seq;     /* from 1, rising by 1 in a client */
  gint64 from_ms; /* media time */
  gint64 to_ms;
  gint rate_permille; /* 1000: normal speed */
  gboolean playing;
  gboolean visible;
  AcBeatMode mode;
} AcBeat;

/* Why less than all of a beat was accepted, and what else was seen. Stored: numbers
 * stay. */
typedef enum {
  AC_BEAT_CUT_TIME = 1 << 0,    /* more media than the time that passed */
  AC_BEAT_CUT_EDGE = 1 << 1,    /* beyond the live edge */
  AC_BEAT_CUT_SERVED = 1 << 2,  /* never served to this session */
  AC_BEAT_NOT_PLAYING = 1 << 3, /* paused */
  AC_BEAT_HIDDEN = 1 << 4,      /* video that nobody could see */
  AC_BEAT_CONCURRENT = 1 << 5,  /* another lesson was opened first and plays */
  AC_BEAT_AT_EDGE = 1 << 6,     /* near the live edge: the lower cap */
  AC_BEAT_GROUP = 1 << 7,       /* group study: live, or told within 2 minutes of it */
  AC_BEAT_FIRST = 1 << 8,       /* of the new ones of its message */
  AC_BEAT_FULL = 1 << 9,        /* its message was full */
  AC_BEAT_LIVE = 1 << 10,       /* the lesson was live when it came */
} AcBeatFlags;

/* Returns: TRUE when every field lies within its limits (seq 1 to 2^53, 0 <= from <= to
 * <= 31 days, rate 0 to 16, a known mode). */
gboolean ac_beat_is_valid (const AcBeat *beat);
