/* srt_client.h - one accepted SRT socket: its bytes become units of a publisher.
 *
 *   asked: the publisher was announced; nothing is read until it is accepted
 *   live:  messages are re-aligned to whole MPEG-TS packets and handed on
 *   over:  free it, with ac_srt_client_over()'s reason
 *
 * A unit (type AC_SRT_UNIT_TYPE) holds what came since the last turn, so that the main
 * loop is woken some hundred times a second at most.
 *
 * Threads: the SRT thread. */
#pragma once

#include "handover.h"
#include "srt_server.h"

#include <srt.h>

#define AC_SRT_CLIENT_ANSWER_S 10
#define AC_SRT_UNIT_TYPE 0x47
#define AC_SRT_UNIT_MAX_BYTES (64 * 1024)

typedef struct _AcSrtClient AcSrtClient;

/* @socket: taken; admitted by its stream id
 * @limits: complete; outlives the client
 * Returns: (transfer full); it may be over already. */
AcSrtClient *ac_srt_client_new (SRTSOCKET socket, const gchar *address,
                                AcHandover *handover, const AcSrtLimits *limits);
/* @reason: what closed() says, if there is a publisher */
void ac_srt_client_free (AcSrtClient *self, const gchar *reason);

SRTSOCKET ac_srt_client_socket (AcSrtClient *self);
gboolean ac_srt_client_is_live (AcSrtClient *self);
void ac_srt_client_read (AcSrtClient *self); /* it is readable, or broken */
void ac_srt_client_look_at_clock (AcSrtClient *self, gint64 now_us);
/* Returns: (transfer none) (nullable): why it is over; NULL: it is not. */
const gchar *ac_srt_client_over (AcSrtClient *self);

/* The AcVerdictFunc; the publisher's link is its client. */
void ac_srt_client_rule (AcPublisher *publisher, AcVerdict verdict,
                         const gchar *reason);
