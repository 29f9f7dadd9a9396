/* api_fixture.h - the API over a school, asked as a page asks; for tests. */
#pragma once

#include "api.h"
#include "api_private.h"
#include "grant.h"
#include "school.h"
#include "signalling.h"

#define API_MEDIA_LIFE_S 600

typedef struct {
  School school;
  AcMediaKey key;
  AcRooms *rooms;
  AcIdentities *identities;
  AcApi *api;
  AcReportDesk *desk;
  const AcSignallingKind *signalling; /* what is asked instead; NULL: the API */
  gboolean before_body;               /* it is asked whether the body may come */
  gint64 let_in;                      /* the session with which it was reached last */
  gchar *cookie;
  gchar *handouts; /* their directory */
  gchar *lectures; /* likewise, which is there */
  /* the last answer */
  gboolean answered;
  AcHttpResponse response;
  JsonObject *json;
} Fixture; /* f->cookie is of the plain member 1001 */

/* A request by its differences from a good one. */
typedef struct {
  const gchar *method, *path, *query, *body, *cookie;
  const gchar *origin, *content_type, *if_none_match;
  gboolean no_header, secure;
  GBytes *file; /* in place of body */
} Request;

void api_set_up (Fixture *f, gconstpointer unused);
void api_tear_down (Fixture *f, gconstpointer unused);

/* Does not wait for the answer, which is f->response once f->answered. */
void begin_to_ask (Fixture *f, const Request *r);
/* Returns: the status of the answer; what it says is in f->response and f->json. */
guint ask (Fixture *f, const Request *r);
/* @name: "forbidden", ... */
void assert_problem (Fixture *f, const Request *request, guint status,
                     const gchar *name);

/* Asks for what is refused: with status, name and field. */
void assert_field (Fixture *f, const Request *request, guint status, const gchar *name,
                   const gchar *field);

/* Runs @job to its good end. */
void run_job (Fixture *f, AcStoreJob job, gpointer data);
/* Returns: the first column of the only row of @sql. */
gint64 query_number (Fixture *f, const gchar *sql);

/* County 1; its towns 2 and 3; village 4 below 2. */
enum { COUNTY = 1, TOWN, OTHER_TOWN, VILLAGE };
/* The rooms of the village and of the other town. */
enum { SITE_INSIDE = 1, SITE_OUTSIDE };
/* A job that makes them. */
gboolean add_branches (AcStore *store, gpointer data, GError **error);

typedef struct {
  gint64 member;
  AcGrant grant;
} Grant;

/* Jobs of a Grant. */
gboolean set_grant (AcStore *store, gpointer data, GError **error);
gboolean take_grant (AcStore *store, gpointer data, GError **error);
gboolean set_home (AcStore *store, gpointer data, GError **error);

/* Returns: (transfer full): the cookie of somebody with @role over @branch. */
gchar *cookie_with (Fixture *f, const gchar *number, AcRole role, gint64 branch);
/* Returns: a member whose home branch is @branch. */
gint64 member_in (Fixture *f, const gchar *number, gint64 branch);

/* A lesson: whose it is, and whom it is for. */
typedef struct {
  gint64 lesson, branch, target, lecturer;
  const gchar *kinds;
} Aim;

gint64 add_aimed (Fixture *f, Aim aim);
