/* ts_writer.h - an MPEG transport stream (ISO/IEC 13818-1) of the tags of an FLV file.
 *
 * H.264 and AAC, one program. It writes down whatever clock it is given: jumps and the
 * wrap at 33 bits are what it is for.
 *
 * Threads:   one.
 * Ownership: plain. */
#pragma once

#include "flv_file.h"

#define TS_PACKET_BYTES 188

typedef struct _TsWriter TsWriter;

TsWriter *ts_writer_new (void);
void ts_writer_free (TsWriter *self);

/* Appends the packets of one tag to @out; a setup tag is only remembered.
 * @decode_ticks: of 90 kHz; its lowest 33 bits are written */
void ts_writer_put (TsWriter *self, const FlvFileTag *tag, guint64 decode_ticks,
                    GByteArray *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TsWriter, ts_writer_free)
