/* whip_routes.h - browsers publish: /whip/LESSON and /whip/LESSON/RESOURCE (RFC 9725).
 *
 * Beside the table of api.c: who publishes shows the lesson's stream key as a bearer
 * token, no cookie is looked at, and so pages of any origin may ask.
 *
 * Threads: main loop. */
#pragma once

#include "http_exchange.h"
#include "whip.h"

#define AC_API_WHIP_PREFIX "/whip/"

struct _AcApiWhipTarget;

typedef struct {
  const gchar *method;
  const gchar *pattern; /* "/whip/:lesson", "/whip/:lesson/:resource" */
  void (*handle) (AcWhip *whip, AcHttpExchange *exchange,
                  const struct _AcApiWhipTarget *target);
} AcApiWhipRoute;

/* All there are, ended by a method of NULL; docs/api.yaml describes them. */
extern const AcApiWhipRoute ac_api_whip_routes[];

/* Answers @exchange, now or later. @whip outlives those that wait. */
void ac_api_whip_handle (AcWhip *whip, AcHttpExchange *exchange);
