/* self_test.h - whether an encoder really does what the ladder needs of it.
 *
 * A second of a moving picture at 720p goes through it as it would in a lesson. It must
 * give a packet for every picture, in order, hold back two at most, obey a key frame
 * that is forced and make no other, give H.264 in avc form that decodes to the same
 * picture, and take at most half the time, since a ladder is about two such pictures.
 *
 * Threads: one. It may crash or hang with the driver: call it in a process of its own.
 */
#pragma once

#include "encoders.h"

#define AC_SELF_TEST_MIN_SPEED_PERCENT 200

typedef struct {
  gboolean good;
  guint32 speed_percent; /* of real time; 0: not measured */
  guint32 cpu_percent;   /* of a core, at real time */
  gchar reason[200];     /* why not, one clause; "" when good */
} AcSelfTest;

/* GStreamer is initialised. @ret_result: always filled */
void ac_self_test (const AcEncoder *encoder, AcSelfTest *ret_result);
