/* api_private.h - what the routes share. */
#pragma once

#include "api.h"
#include "json_text.h"
#include "problem.h"

struct _AcApi {
  AcApiParts parts;
};

/* A request on its way through a route. */
typedef struct {
  AcApi *api;
  AcHttpExchange *exchange; /* transfer none: ref it to answer later */
  const AcHttpRequest *request;
  AcSession *session; /* NULL when nobody is signed in */
  gint64 id;          /* what ":id" in the pattern stood for */
} AcApiCall;

/* Whom a route is for: a bit for each role. Zero is nobody, so that a row that forgets
 * to say it is shut. */
#define AC_API_FOR(role) (1u << (role))
#define AC_API_FOR_EVERY_ROLE                                                          \
  (AC_API_FOR (AC_ROLE_MEMBER) | AC_API_FOR (AC_ROLE_STEWARD) |                        \
   AC_API_FOR (AC_ROLE_LECTURER) | AC_API_FOR (AC_ROLE_ADMINISTRATOR))
#define AC_API_FOR_STAFF (AC_API_FOR_EVERY_ROLE & ~AC_API_FOR (AC_ROLE_MEMBER))
#define AC_API_FOR_ANYONE (1u << 31) /* also without a session */

typedef struct {
  const gchar *method, *pattern;
  guint access; /* AC_API_FOR... */
  void (*run) (AcApiCall *call);
} AcApiRoute;

/* Every route there is; ends with method NULL. */
extern const AcApiRoute ac_api_routes[];

/* The one gate: a route is shut unless its row opens it.
 * Returns: FALSE with *@ret_problem. @session: (nullable) */
gboolean ac_api_is_allowed (guint access, const AcSession *session,
                            AcProblem *ret_problem);

/* session.c */
void ac_api_session_create (AcApiCall *call);
void ac_api_session_get (AcApiCall *call);
void ac_api_session_delete (AcApiCall *call);

/* lessons.c */
void ac_api_lessons_list (AcApiCall *call);
void ac_api_lessons_get (AcApiCall *call);

/* health.c */
void ac_api_health_get (AcApiCall *call);

/* records.c */
void ac_api_record_lesson (AcApiCall *call);
void ac_api_record_year (AcApiCall *call);

/* appeals.c */
void ac_api_appeal_open (AcApiCall *call);
void ac_api_appeal_list (AcApiCall *call);
void ac_api_appeal_list_open (AcApiCall *call);
void ac_api_appeal_answer (AcApiCall *call);

/* corrections.c */
void ac_api_correction_list (AcApiCall *call);
void ac_api_correction_ask (AcApiCall *call);
void ac_api_correction_approve (AcApiCall *call);
void ac_api_correction_reject (AcApiCall *call);

/* Answers with what @error of credit or the store means. */
void ac_api_refuse (AcHttpExchange *exchange, const GError *error);

/* Sets @name to @number, to null when it is 0. */
void ac_api_set_number (JsonObject *object, const gchar *name, gint64 number);

/* Answers 200 with @body. @set_cookie: (transfer full) (nullable) */
void ac_api_respond_json (AcHttpExchange *exchange, JsonObject *body,
                          gchar *set_cookie);

/* Returns: (transfer full) (nullable): the body's object; NULL when it was answered
 * with a problem. */
JsonObject *ac_api_read_body (AcApiCall *call);
/* Returns: (transfer none) (nullable): the text of field @name; NULL likewise. */
const gchar *ac_api_read_field (AcApiCall *call, JsonObject *body, const gchar *name);
/* @name of the body, a whole number from @min; @fallback when absent.
 * Returns: FALSE when it was answered with a problem. */
gboolean ac_api_read_body_int (AcApiCall *call, JsonObject *body, const gchar *name,
                               gint64 min, gint64 fallback, gint64 *ret_value);
/* @name of the query, a whole number between @min and @max; @fallback when absent.
 * Returns: FALSE when it was answered with a problem. */
gboolean ac_api_read_number (AcApiCall *call, const gchar *name, gint64 min, gint64 max,
                             gint64 fallback, gint64 *ret_value);
