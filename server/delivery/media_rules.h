/* media_rules.h - what a request for media is answered, given a snapshot: the table of
 * directives, headers and lifetimes, without lists or clocks.
 *
 * Threads: any. */
#pragma once

#include "hub.h"
#include "media_request.h"
#include "snapshot.h"

#define AC_MEDIA_NOT_STORED "no-store"
#define AC_SEGMENT_END G_MAXUINT /* as a part: the end of its segment */

typedef struct {
  AcMediaAddress address;
  AcMediaDirectives directives;
  gboolean accepts_gzip;
} AcMediaQuestion;

/* Gives a segment that is named by its start its number, once the snapshot knows it.
 * @snapshot: nullable */
void ac_media_address_settle (AcMediaAddress *address, AcSnapshot *snapshot);

/* What a request that cannot be answered yet waits for: bytes of the archive, or that
 * the edge passes @edge. */
typedef struct {
  gboolean archived;
  AcEdge edge;
} AcMediaNeed;

/* Lesson time that an answer carries, in ticks; empty for texts and headers. */
typedef struct {
  guint64 start, end;
} AcMediaSpan;

/* @snapshot: nullable
 * Returns: TRUE: *@ret_answer and *@ret_span are set. FALSE: *@ret_need is. */
gboolean ac_media_resolve (AcSnapshot *snapshot, const AcMediaQuestion *question,
                           AcMediaAnswer *ret_answer, AcMediaSpan *ret_span,
                           AcMediaNeed *ret_need);
/* The answer when the archive gave @bytes. */
void ac_media_answer_archived (AcSnapshot *snapshot, const AcMediaQuestion *question,
                               GBytes *bytes, AcMediaAnswer *ret_answer,
                               AcMediaSpan *ret_span);
void ac_media_refuse (guint status, AcMediaAnswer *ret_answer);

/* Returns: the part to read, -1 for the whole segment. */
gint ac_media_part (const AcMediaAddress *address);
/* @snapshot: nullable: the usual one stands in. */
guint ac_media_target_duration_s (AcSnapshot *snapshot);
gboolean ac_edge_has_passed (AcEdge edge, AcEdge key);
