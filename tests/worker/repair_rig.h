/* repair_rig.h - a source and the worker's parts that repair it, on a scripted clock.
 *
 * The source films a clock: of every picture and every sample of sound it is known when
 * it happened. Packets go through AcSourceClock, sound through AcSoundRate and the
 * ring, pictures through the frame queue, and a pump's ticks take them out again. What
 * is shown and what is heard then must have happened at the same time.
 *
 * Every function stops the test when something does not hold. */
#pragma once

#include "packet.h"

#define RIG_FRAME_US (40 * 1000) /* of the pump */
#define RIG_MAX_APART_US (80 * 1000)

/* One packet on its way. */
typedef struct {
  AcSourceTrack track;
  gint64 happened_us;  /* of its first sample or its picture: the truth */
  gint64 timestamp_us; /* what the source says */
  gint64 delay_us;     /* how much later than it happened it comes */
  gboolean lost;       /* it does not come */
} RigPacket;

typedef struct {
  guint frames_per_second; /* of the source; 0: 25 */
  guint sample_rate;       /* 0: 44,100 */
  gint ppm;                /* its crystal is slower than ours by that */
  /* May change what was prepared: an even flow, 20 to 50 ms late. */
  void (*spoil) (RigPacket *packet, GRand *random);
  guint seconds;
  guint settle_ms; /* after its trouble begins at 10 s: what happens until 10 s and
                    * that is not looked at */
} RigScript;

typedef struct {
  guint n_compared;     /* ticks that had both */
  gint64 most_apart_us; /* sound before picture or behind it, of those */
  guint n_silent;       /* ticks without sound, after the first 3 s */
  guint n_held, n_dropped;
  gint64 fullest_us, fill_at_end_us; /* sound that waits */
} RigResult;

void rig_run (const RigScript *script, RigResult *ret_result);
