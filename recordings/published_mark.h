/* published_mark.h - how far a lesson was published, which may be further than
 * recorded.
 *
 * A disk that is full or too slow stops the recording, not the lesson. Should the
 * daemon end then, the next one must know which addresses and lesson times are used up.
 * So the file "published" holds two units of 64 bytes, little-endian, written in turns
 * and in place, which needs no room on the disk after the first time:
 *
 *    0  magic "AcPublsh"      24  epoch        u32
 *    8  lesson     i64        28  zero         u32
 *   16  sequence   u64        32  next_msn     u64
 *                             40  next_start   u64, ticks
 *                             48  zero, 12;  60  CRC-32 of the above
 *
 * It is not synced: it survives the daemon, a power loss may cost its last seconds.
 *
 * Threads: any, one at a time per lesson. */
#pragma once

#include "recordings.h"

#define AC_PUBLISHED_NAME "published"

/* Returns: FALSE when there is none that is whole. */
gboolean ac_published_mark_load (gint folder_fd, gint64 lesson,
                                 AcPublished *ret_published, guint64 *ret_sequence);
/* Errors: IO. */
gboolean ac_published_mark_store (gint folder_fd, gint64 lesson, guint64 sequence,
                                  const AcPublished *published, GError **error);
