/* signalling.h - browsers that publish and that watch: /whip/LESSON (RFC 9725),
 * /whep/LESSON (draft-ietf-wish-whep) and the sessions below them, /RESOURCE.
 *
 * Beside the table of api.c, since they speak SDP and the clients are not ours alone.
 * Who shows a bearer token is judged by that and no cookie is looked at, so pages of
 * any origin may ask. A page of ours may do without: its session is looked at as that
 * of any other route.
 *
 * Threads: main loop. */
#pragma once

#include "api.h"
#include "peer_sessions.h"

typedef struct {
  const gchar *prefix;          /* "/whip/" */
  AcAct act;                    /* that a session needs */
  const AcPeerService *service; /* what answers */
} AcSignallingKind;

/* Of an AcWhip and an AcWhep. */
extern const AcSignallingKind ac_signalling_whip, ac_signalling_whep;

typedef struct {
  const gchar *method;
  const gchar *pattern; /* behind the prefix: ":lesson", ":lesson/:resource" */
  void (*handle) (const AcSignallingKind *kind, gpointer service,
                  AcHttpExchange *exchange, const AcPeerRequest *request);
} AcSignallingRoute;

/* All there are of each kind, ended by a method of NULL; docs/api.yaml describes them.
 */
extern const AcSignallingRoute ac_signalling_routes[];

/* Answers @exchange, now or later. @service outlives those that wait.
 * @api: which knows the sessions */
void ac_signalling_handle (const AcSignallingKind *kind, gpointer service, AcApi *api,
                           AcHttpExchange *exchange);
