/* api_call.h - one API request on its way to the main loop and back.
 *
 * It outlives its stream: when the client goes away the answer finds nobody.
 *
 * Threads:   made, abandoned and answered in the front thread; answered on the main
 *            loop when the thread is gone.
 * Ownership: its stream's; from submit to answer its own. */
#pragma once

#include "head.h"

typedef struct _AcApiCall AcApiCall;

AcApiCall *ac_api_call_new (AcStream *stream, const AcHead *head);

/* Returns: (transfer none): what it asks, until it is submitted. */
const AcHttpRequest *ac_api_call_request (const AcApiCall *self);

/* Whether the client waits for "100 Continue"; while its header is there. */
gboolean ac_api_call_expects_invitation (AcStream *stream);
/* Sends it when @stream->expects. */
int ac_api_call_invite_body (AcStream *stream);

/* @body: (nullable): copied; from here on only the answer or _abandon() matter.
 * Returns: FALSE when AC_FRONT_MAX_CALLS are under way; nothing has happened. They are
 * counted from here, not while a client still sends: who sends slowly, or nothing,
 * takes no place from the others. */
gboolean ac_api_call_submit (AcApiCall *self, GByteArray *body);

/* What @response says, with its body taken; its texts are borrowed. */
AcReply ac_api_call_reply (AcHttpResponse *response);

/* The stream is gone. */
void ac_api_call_abandon (AcApiCall *self);
