/* ts_script.h - transport streams, written packet by packet, for the tests. */
#pragma once

#include <glib.h>

#define TS_PMT_PID 0x1000
#define TS_VIDEO_PID 0x100
#define TS_AUDIO_PID 0x101

typedef struct {
  GByteArray *bytes;
  guint8 counters[8192];
} TsScript;

typedef struct {
  guint16 pid;
  guint8 stream_type;
  const guint8 *descriptors;
  guint8 n_descriptor_bytes;
} TsScriptStream;

void ts_script_init (TsScript *self);
void ts_script_clear (TsScript *self);

/* Programs 1 to @n_programs with their PMTs at TS_PMT_PID and the pids after it. */
void ts_script_pat (TsScript *self, guint n_programs);
/* @program: from 1 on */
void ts_script_pmt (TsScript *self, guint program, const TsScriptStream *streams,
                    guint n_streams);
/* The PMT of program 1 with H.264 and ADTS at the pids above. */
void ts_script_tables (TsScript *self);

/* A PES packet. @decode: -1: none, then @presentation may be -1 too; 90 kHz, taken
 * modulo 33 bits
 * @says_length: whether its header does */
void ts_script_pes (TsScript *self, guint16 pid, gint64 presentation, gint64 decode,
                    const guint8 *payload, gsize size, gboolean says_length);
