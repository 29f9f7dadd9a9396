/* problem.h - every error the API answers with, in one place (RFC 9457).
 *
 * Threads: any. */
#pragma once

#include "http_exchange.h"
#include "reason.h"

typedef enum {
  AC_PROBLEM_INVALID_REQUEST,   /* 400: not JSON, or a bad query */
  AC_PROBLEM_INVALID_FIELD,     /* 422: @field is at fault */
  AC_PROBLEM_SIGN_IN_REFUSED,   /* 401: number or password; never says which */
  AC_PROBLEM_SIGNED_OUT,        /* 401: no session, or it has ended */
  AC_PROBLEM_CROSS_ORIGIN,      /* 403: not sent by our own pages */
  AC_PROBLEM_FORBIDDEN,         /* 403: the role does not reach */
  AC_PROBLEM_PASSWORD_MADE,     /* 403: it has to be changed before anything else */
  AC_PROBLEM_NOT_FOUND,         /* 404: no such route */
  AC_PROBLEM_LESSON_NOT_FOUND,  /* 404 */
  AC_PROBLEM_BRANCH_NOT_FOUND,  /* 404 */
  AC_PROBLEM_MEMBER_NOT_FOUND,  /* 404 */
  AC_PROBLEM_COURSE_NOT_FOUND,  /* 404 */
  AC_PROBLEM_NAMED_NOT_FOUND,   /* 404: what @field, or the address, names */
  AC_PROBLEM_WRONG_STATE,       /* 409: the detail says why */
  AC_PROBLEM_ONE_ALONE,         /* 403: somebody else has to do it */
  AC_PROBLEM_WRONG_METHOD,      /* 405 */
  AC_PROBLEM_NOT_JSON,          /* 415 */
  AC_PROBLEM_WRONG_KEY,         /* 401: no stream key, or not this lesson's */
  AC_PROBLEM_NOT_SDP,           /* 415 */
  AC_PROBLEM_OFFER_REFUSED,     /* 422: the detail says why */
  AC_PROBLEM_PUBLISH_REFUSED,   /* 409: the detail says why */
  AC_PROBLEM_RESTART_REFUSED,   /* 409: of ICE; the detail says why */
  AC_PROBLEM_NO_CODES,          /* 409 */
  AC_PROBLEM_STALE,             /* 412: If-Match names an older state */
  AC_PROBLEM_UNCONDITIONAL,     /* 428: it wants If-Match */
  AC_PROBLEM_TOO_MANY_ATTEMPTS, /* 429 */
  AC_PROBLEM_NOT_ON_AIR,        /* 409: there is nothing to watch */
  AC_PROBLEM_WATCH_OTHERWISE,   /* 409: not by WHEP; the detail says why */
  AC_PROBLEM_TOO_MANY_VIEWERS,  /* 503: that watch by WHEP; the detail says of what */
  AC_PROBLEM_INTERNAL,          /* 500: the log says more */
  AC_PROBLEM_BUSY,              /* 503 */
} AcProblem;

typedef struct {
  const gchar *field;  /* or NULL */
  const gchar *reason; /* or NULL: a word of reason.h */
  const gchar *detail; /* or NULL: the title says enough */
  guint retry_after_s; /* 0: none */
  gboolean signalling; /* see AcHttpResponse */
} AcProblemExtra;

/* Answers @exchange. @extra: (nullable) */
void ac_problem_respond (AcHttpExchange *exchange, AcProblem problem,
                         const AcProblemExtra *extra);
