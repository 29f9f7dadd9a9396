/* ts_tables.h - which tracks a transport stream has: PAT and PMT of ISO/IEC 13818-1.
 *
 * Threads: one. */
#pragma once

#include "ts_demux.h"

#define AC_TS_NO_PID 0x2000

/* What a program offers us; a pid is AC_TS_NO_PID for none. */
typedef struct {
  guint16 pids[2]; /* by AcSourceTrack */
  AcTsFormat formats[2];
} AcTsProgram;

typedef struct _AcTsTables AcTsTables;

AcTsTables *ac_ts_tables_new (void);
void ac_ts_tables_free (AcTsTables *self);

/* Returns: whether packets of @pid carry tables. */
gboolean ac_ts_tables_wants (AcTsTables *self, guint16 pid);
/* @starts: the payload begins with a pointer field
 * Returns: whether the chosen program may have become another. */
gboolean ac_ts_tables_push (AcTsTables *self, guint16 pid, gboolean starts,
                            const guint8 *payload, gsize size);
/* Packets of @pid are missing. */
void ac_ts_tables_lost (AcTsTables *self, guint16 pid);

/* Returns: (nullable): the chosen program. */
const AcTsProgram *ac_ts_tables_program (AcTsTables *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcTsTables, ac_ts_tables_free)
