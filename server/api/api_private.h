/* api_private.h - what the routes share.
 *
 * Jobs of the store that need more than the store when they are answered hold a
 * reference to the API, so that an answer that comes after ac_api_free() finds it
 * closed instead of gone. What it is made of may be freed by then, but for the store.
 */
#pragma once

#include "api.h"
#include "audit.h"
#include "json_text.h"
#include "library.h"
#include "once.h"
#include "problem.h"
#include "quality.h"
#include "throttle.h"

typedef struct _AcApiImports AcApiImports; /* imports.c */

struct _AcApi {
  gboolean closed; /* then there are no parts but the store */
  AcApiParts parts;
  AcEncoderPlaces *encoder_places; /* no NULL */
  AcThrottle *looks;               /* at personal data, by who looks */
  AcThrottle *verify_throttle;     /* by address */
  AcThrottle *hands;               /* of rooms, by lesson and site */
  AcThrottle *noted;               /* pages of people, by who reads which */
  AcThrottle *pages;               /* of people that are noted, by who reads */
  AcThrottle *writes;  /* what is asked for that changes something, by session */
  AcThrottle *checks;  /* of the ledger, all together */
  AcThrottle *reports; /* of players, by session */
  AcQuality *quality;
  AcApiImports *imports;
};

#define AC_API_BODY_MAX_BYTES (16 * 1024)

/* A request on its way through a route. */
typedef struct {
  AcApi *api;
  AcHttpExchange *exchange; /* transfer none: ref it to answer later */
  const AcHttpRequest *request;
  AcSession *session;  /* NULL when nobody is signed in */
  gint64 id;           /* what ":id" in the pattern stood for */
  gint64 sub;          /* and the number after it, if it has two */
  AcAccessPlace place; /* of a scoped act: where, as the gate found it */
  GArray *branches;    /* (nullable): of gint64: those that place names */
} AcApiCall;

/* Finds what the call is about: appends to @branches (of gint64) those that it lies
 * within, each with all above it, and sets *@ret_member to whose it is, if anybody's;
 * of a lesson also what call->place says about the one who asks.
 * Returns: FALSE with *@ret_problem when there is no such thing. */
typedef gboolean (*AcApiPlaceFunc) (AcApiCall *call, GArray *branches,
                                    gint64 *ret_member, AcProblem *ret_problem);

typedef struct {
  const gchar *method, *pattern;
  AcAct act; /* what it needs, see access.h */
  void (*run) (AcApiCall *call);
  AcApiPlaceFunc place; /* where, for a scoped act; NULL: everywhere */
} AcApiRoute;

AcApi *ac_api_ref (AcApi *self);
void ac_api_unref (AcApi *self);

/* Every route there is; ends with method NULL. */
extern const AcApiRoute ac_api_routes[];

/* Returns: (transfer full) (nullable): whose request it is, a member's or a screen's.
 */
AcSession *ac_api_session_of (AcApi *self, const AcHttpRequest *request);

/* Why @who, NULL for nobody, may not do what their roles do not say. */
AcProblem ac_api_denial (const AcAccessWho *who);

/* The one gate: a route is shut unless access.h opens it. Sets call->place.
 * Returns: FALSE with *@ret_problem. */
gboolean ac_api_is_allowed (const AcApiRoute *route, AcApiCall *call,
                            AcProblem *ret_problem);
/* call->place lies within @branches from now on. @branches: (transfer full) (nullable)
 */
void ac_api_call_set_branches (AcApiCall *call, GArray *branches);

/* change.c */

/* A change under way. A route fills in what it knows; jobs read the rest, and may set
 * @id to what they have made. */
typedef struct _AcApiChange AcApiChange;
struct _AcApiChange {
  JsonObject *body; /* (nullable): what was asked; nobody changes it. A ref is taken */
  gint64 id;        /* 0: what ":id" stood for */
  /* On the main loop, after the commit. Returns: (transfer full) (nullable): what is
   * answered. NULL function: 204 */
  JsonObject *(*tell) (AcApiChange *change, GError **error);
  gpointer data; /* the route's own */
  GDestroyNotify free_data;

  AcHttpExchange *exchange;
  AcStore *store;
  AcIdentities *identities; /* (nullable) */
  gint64 actor, wall_ms;
};

/* Runs @job, whose data is a copy of @change with all its fields; then answers. */
void ac_api_change (AcApiCall *call, const AcApiChange *change, AcStoreJob job);

/* aside.c */

/* In a thread of its own. @store: a connection for it alone
 * Returns: (transfer full) (nullable): what is answered; NULL with @error. */
typedef JsonObject *(*AcApiRead) (AcStore *store, gpointer data, GError **error);

/* Answers @exchange with what @read finds, also when the API is closed meanwhile.
 * @data: (transfer full) */
void ac_api_read_aside (const gchar *data_dir, AcHttpExchange *exchange, AcApiRead read,
                        gpointer data, GDestroyNotify free_data);

/* What a checked body says. Threads: any.
 * Returns: (transfer none) (nullable): NULL also for null. */
const gchar *ac_api_text (JsonObject *body, const gchar *name);
/* 0 when it is not there. */
gint64 ac_api_number (JsonObject *body, const gchar *name);
gboolean ac_api_has_null (JsonObject *body, const gchar *name);

/* Answers 422. Returns: FALSE. */
gboolean ac_api_refuse_field (AcApiCall *call, const gchar *field, const gchar *detail);
/* The same. @reason: (nullable): a word of reason.h */
gboolean ac_api_refuse_because (AcApiCall *call, const gchar *field,
                                const gchar *reason, const gchar *detail);
/* Whether each of @names, NULL-terminated, is absent, null, or a text; a number from 1.
 * Returns: FALSE when it was answered with a problem. */
gboolean ac_api_check_texts (AcApiCall *call, JsonObject *body,
                             const gchar *const *names);
gboolean ac_api_check_numbers (AcApiCall *call, JsonObject *body,
                               const gchar *const *names);
gboolean ac_api_check_reason (AcApiCall *call, const gchar *reason);

/* session.c */
void ac_api_session_create (AcApiCall *call);
void ac_api_session_codes (AcApiCall *call);
void ac_api_session_send_code (AcApiCall *call);
void ac_api_session_get (AcApiCall *call);
void ac_api_session_delete (AcApiCall *call);
/* Answers with what @error of accounts means. */
void ac_api_refuse_sign_in (AcHttpExchange *exchange, const GError *error);
/* Returns: (transfer full): the cookie that takes the session's away. */
gchar *ac_api_no_session_cookie (const AcHttpRequest *request);

/* lessons.c */
/* The lesson that ":id" names. */
gboolean ac_api_lesson_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                              AcProblem *ret_problem);
/* Whether there is @lesson, or it is 0. Returns: FALSE when it was answered. */
gboolean ac_api_has_lesson (AcApiCall *call, gint64 lesson);
void ac_api_lessons_list (AcApiCall *call);
void ac_api_lessons_get (AcApiCall *call);

/* What GET and its changes say of @lesson, as staff see it.
 * Returns: (transfer full) */
JsonObject *ac_api_lesson_plan_json (AcApi *api, gint64 lesson);

/* calendars.c */
void ac_api_calendar_of_branch (AcApiCall *call);
void ac_api_calendar_of_branch_end (AcApiCall *call);
void ac_api_calendar_own (AcApiCall *call);
void ac_api_calendar_own_end (AcApiCall *call);

/* plans.c */
void ac_api_lesson_plan (AcApiCall *call);
void ac_api_lesson_edit (AcApiCall *call);
void ac_api_lesson_cancel (AcApiCall *call);
void ac_api_lesson_rotate_key (AcApiCall *call);
void ac_api_lesson_start (AcApiCall *call);
void ac_api_lesson_end (AcApiCall *call);

/* expected_list.c */
void ac_api_expected_list (AcApiCall *call);
void ac_api_excuse_set (AcApiCall *call);

/* leaves.c */
/* Whose leave ":id" is. */
gboolean ac_api_leave_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                             AcProblem *ret_problem);
void ac_api_leave_ask (AcApiCall *call);
void ac_api_leave_withdraw (AcApiCall *call);
void ac_api_leave_list (AcApiCall *call);
void ac_api_leave_list_open (AcApiCall *call);
void ac_api_leave_approve (AcApiCall *call);
void ac_api_leave_refuse (AcApiCall *call);

/* courses.c */
gboolean ac_api_course_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                              AcProblem *ret_problem);
/* The branch that "branch" in the body names, or that of the course that it names. */
gboolean ac_api_body_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                            AcProblem *ret_problem);
void ac_api_course_list (AcApiCall *call);
void ac_api_course_add (AcApiCall *call);
void ac_api_course_set (AcApiCall *call);

/* direction.c */
void ac_api_break_mark (AcApiCall *call);
void ac_api_prompt_all (AcApiCall *call);

/* handouts.c */
void ac_api_presence_get (AcApiCall *call);
void ac_api_handout_add (AcApiCall *call);
void ac_api_handout_get (AcApiCall *call);

/* health.c */
void ac_api_health_get (AcApiCall *call);

/* devices.c */
void ac_api_device_list (AcApiCall *call);
void ac_api_device_end (AcApiCall *call);
void ac_api_device_end_all (AcApiCall *call);

/* organisation.c */
gboolean ac_api_branch_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                              AcProblem *ret_problem);
gboolean ac_api_member_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                              AcProblem *ret_problem);
/* The branch that "branch" in the query names. */
gboolean ac_api_query_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                             AcProblem *ret_problem);
/* The branch that "branch" in the body names. */
gboolean ac_api_body_branch_place (AcApiCall *call, GArray *branches,
                                   gint64 *ret_member, AcProblem *ret_problem);
/* Whether the one who asks may do @act over @branch too; 0: everywhere. FALSE also when
 * it is not there. */
gboolean ac_api_may_over (AcApiCall *call, AcAct act, gint64 branch);
/* Whether the one who asks may see @member, masked: who else could be named by a number
 * would be told by it. */
gboolean ac_api_may_view (AcApiCall *call, const AcMember *member);
/* Whether there is @member, for the one who asks: whom they may not see is not there.
 * Returns: FALSE when it was answered. */
gboolean ac_api_finds_member (AcApiCall *call, gint64 member);
/* Whether there is @member, or it is 0. Returns: FALSE when it was answered. */
gboolean ac_api_has_member (AcApiCall *call, gint64 member);
void ac_api_member_list (AcApiCall *call);
void ac_api_member_get (AcApiCall *call);

/* people.c */
typedef struct {
  const gchar *list; /* "members", ...: as the note calls it; static */
  gint64 member;     /* whose one row it is; 0: a list */
  gint64 branch;     /* it was asked for; 0: all, or that of the lesson */
  gint64 lesson;     /* 0: of none */
  gint64 after;      /* where the page begins */
  guint rows;
} AcApiPeople;

/* A page that is looked at again within this time is not noted again. */
#define AC_API_NOTED_MS (10 * 60 * 1000)

extern const AcThrottleRule ac_api_noted_rule;
extern const AcThrottleRule ac_api_pages_rule;

/* Answers 200 with @body, which tells of other people, after it is noted for audit that
 * who asks has read it: with what was asked for, once a page; or 429 when they have
 * read very many. */
void ac_api_respond_people (AcApiCall *call, const AcApiPeople *people,
                            JsonObject *body);

/* lessons.c, recordings.c */
/* What is looked for in the library. @ret_text, @ret_kind: what @query points to
 * Returns: FALSE when it was answered with a problem. */
gboolean ac_api_read_library (AcApiCall *call, AcLibraryQuery *query, gchar **ret_text,
                              gchar **ret_kind);
void ac_api_library (AcApiCall *call);
void ac_api_recording_list (AcApiCall *call);

/* policies.c */
void ac_api_policy_list (AcApiCall *call);
void ac_api_policy_add (AcApiCall *call);
void ac_api_standing_list (AcApiCall *call);

/* ledger.c */
extern const AcThrottleRule ac_api_check_rule;
void ac_api_ledger_list (AcApiCall *call);
void ac_api_ledger_head (AcApiCall *call);
void ac_api_ledger_close (AcApiCall *call);
void ac_api_ledger_verify (AcApiCall *call);

/* webhooks.c */
void ac_api_webhook_list (AcApiCall *call);
void ac_api_webhook_add (AcApiCall *call);
void ac_api_webhook_remove (AcApiCall *call);
void ac_api_webhook_resume (AcApiCall *call);

/* quality.c */
extern const AcThrottleRule ac_api_quality_rule;
void ac_api_quality_add (AcApiCall *call);
void ac_api_quality_get (AcApiCall *call);
/* Returns: (transfer full) (nullable): NULL with @error. See ac_quality_list(). */
JsonArray *ac_api_quality_json (AcStore *store, gint64 lesson, AcQualityBy by,
                                gint64 from_minute, guint limit, GError **error);

/* overview.c */
void ac_api_overview_today (AcApiCall *call);
void ac_api_overview_system (AcApiCall *call);

/* branches.c */
/* The branch that "parent" in the body names. */
gboolean ac_api_parent_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                              AcProblem *ret_problem);
void ac_api_branch_list (AcApiCall *call);
void ac_api_branch_names (AcApiCall *call);
void ac_api_branch_get (AcApiCall *call);
void ac_api_branch_add (AcApiCall *call);
void ac_api_branch_set (AcApiCall *call);
void ac_api_grant_own (AcApiCall *call);

/* sites.c */
void ac_api_branch_sites (AcApiCall *call);
void ac_api_site_add (AcApiCall *call);
void ac_api_site_set (AcApiCall *call);
void ac_api_site_steward (AcApiCall *call);
void ac_api_site_steward_end (AcApiCall *call);

/* members.c */
void ac_api_member_add (AcApiCall *call);
void ac_api_member_set (AcApiCall *call);
void ac_api_member_move (AcApiCall *call);
void ac_api_member_certify (AcApiCall *call);
void ac_api_member_stand (AcApiCall *call);
void ac_api_member_file (AcApiCall *call);
void ac_api_member_export (AcApiCall *call);

/* imports.c */
AcApiImports *ac_api_imports_new (AcStore *store);
/* What is under way is answered, and nothing is begun any more. */
void ac_api_imports_close (AcApiImports *self);
void ac_api_import_add (AcApiCall *call);
void ac_api_import_get (AcApiCall *call);
void ac_api_import_rows (AcApiCall *call);
void ac_api_import_correct (AcApiCall *call);
void ac_api_import_apply (AcApiCall *call);
void ac_api_import_forget (AcApiCall *call);

/* screens.c */
/* The site that ":id" names, and the one that the second number does. */
gboolean ac_api_site_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                            AcProblem *ret_problem);
/* The room of the lesson, if that is for it now. */
gboolean ac_api_room_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                            AcProblem *ret_problem);
/* Or if it took part in it before its branch was moved: what was written down there is
 * still to be sent, looked at, ended and decided. */
gboolean ac_api_room_past_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                                 AcProblem *ret_problem);
void ac_api_screen_ask (AcApiCall *call);
void ac_api_screen_claim (AcApiCall *call);
void ac_api_screen_self (AcApiCall *call);
void ac_api_screen_list (AcApiCall *call);
void ac_api_screen_pair (AcApiCall *call);
void ac_api_screen_revoke (AcApiCall *call);
void ac_api_site_list (AcApiCall *call);

/* cards.c */
void ac_api_card_make (AcApiCall *call);
void ac_api_card_revoke (AcApiCall *call);
void ac_api_card_sheet (AcApiCall *call);

/* rooms.c */
void ac_api_room_sheet (AcApiCall *call);
void ac_api_room_roster (AcApiCall *call);
void ac_api_room_code (AcApiCall *call);
void ac_api_room_sign_in (AcApiCall *call);
void ac_api_room_sign_out (AcApiCall *call);
void ac_api_room_add_guest (AcApiCall *call);
void ac_api_room_count_heads (AcApiCall *call);
void ac_api_room_enter (AcApiCall *call);
void ac_api_room_leave (AcApiCall *call);
void ac_api_room_own_stay (AcApiCall *call);
void ac_api_room_send_log (AcApiCall *call);
void ac_api_room_list_logs (AcApiCall *call);
void ac_api_room_waiting_logs (AcApiCall *call);
void ac_api_room_approve_log (AcApiCall *call);
void ac_api_room_reject_log (AcApiCall *call);

/* room_hand.c */
void ac_api_room_raise_hand (AcApiCall *call);

/* records.c */
void ac_api_record_lesson (AcApiCall *call);
void ac_api_record_year (AcApiCall *call);

/* appeals.c */
void ac_api_appeal_open (AcApiCall *call);
void ac_api_appeal_list (AcApiCall *call);
void ac_api_appeal_list_open (AcApiCall *call);
void ac_api_appeal_answer (AcApiCall *call);

/* record_places.c */
gboolean ac_api_correction_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                                  AcProblem *ret_problem);
gboolean ac_api_appeal_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                              AcProblem *ret_problem);
/* Of the correction that the body asks for. */
gboolean ac_api_correction_body_place (AcApiCall *call, GArray *branches,
                                       gint64 *ret_member, AcProblem *ret_problem);

/* unmask.c */
AcThrottle *ac_api_looks_new (void); /* (transfer full) */
/* Counts a look of the one who asks at @what. Returns: FALSE when it was answered: too
 * many. */
gboolean ac_api_count_look (AcApiCall *call, const gchar *what);
/* Returns: (transfer none) (nullable): "reason" of @body; NULL when it was answered. */
const gchar *ac_api_read_reason (AcApiCall *call, JsonObject *body);
void ac_api_member_unmask (AcApiCall *call);
void ac_api_member_export_own (AcApiCall *call);

/* passwords.c */
void ac_api_password_reset (AcApiCall *call);
void ac_api_password_change (AcApiCall *call);

/* grants.c */
void ac_api_grant_list (AcApiCall *call);
void ac_api_grant_put (AcApiCall *call);
void ac_api_grant_delete (AcApiCall *call);

/* audit_list.c */
void ac_api_audit_list (AcApiCall *call);

/* corrections.c */
void ac_api_correction_list (AcApiCall *call);
void ac_api_correction_ask (AcApiCall *call);
void ac_api_correction_approve (AcApiCall *call);
void ac_api_correction_reject (AcApiCall *call);

/* reports.c */
extern const AcThrottleRule ac_api_verify_rule;
extern const AcThrottleRule ac_api_hand_rule;
gboolean ac_api_transcript_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                                  AcProblem *ret_problem);
void ac_api_report (AcApiCall *call);
void ac_api_verify (AcApiCall *call);

/* Of what is asked for that changes something, in a session. */
extern const AcThrottleRule ac_api_write_rule;

/* Counts a try of @key's. Returns: FALSE when it was answered: there were too many. */
gboolean ac_api_count_try (AcApiCall *call, AcThrottle *throttle, const gchar *key);

/* page.c */

/* A list of which a query asks for a page. */
typedef struct {
  const gchar *name;  /* of the list in the answer */
  const gchar *from;  /* "after" or "before": what says where the page goes on */
  gint64 usual, most; /* rows of a page */
  gsize id;           /* G_STRUCT_OFFSET of a row's number, a gint64 */
  /* Returns: (transfer full) */
  JsonObject *(*to_json) (AcStore *store, gconstpointer row);
} AcApiListing;

typedef struct {
  gint64 from;  /* 0: the first page */
  gint64 limit; /* rows; one more tells whether there is a next page */
} AcApiPage;

/* Returns: FALSE when it was answered with a problem. */
gboolean ac_api_read_page (AcApiCall *call, const AcApiListing *listing,
                           AcApiPage *ret_page);
/* Answers with @rows and "next", where the next page goes on, or null.
 * @rows: (nullable): up to page->limit + 1; NULL with @error */
void ac_api_respond_page (AcApiCall *call, const AcApiListing *listing,
                          const AcApiPage *page, GPtrArray *rows, const GError *error);
/* Returns: (transfer full) (nullable): what that answers with; NULL: it was refused. */
JsonObject *ac_api_page_body (AcApiCall *call, const AcApiListing *listing,
                              const AcApiPage *page, GPtrArray *rows,
                              const GError *error);
/* Answers with @body of such a page, that tells of other people. */
void ac_api_respond_people_body (AcApiCall *call, const AcApiListing *listing,
                                 const AcApiPage *page, JsonObject *body,
                                 const AcApiPeople *of);
/* The same of rows that tell of other people, see ac_api_respond_people().
 * @of: what they were asked for; the list, the place and the rows are set here */
void ac_api_respond_people_page (AcApiCall *call, const AcApiListing *listing,
                                 const AcApiPage *page, GPtrArray *rows,
                                 const GError *error, const AcApiPeople *of);

/* Answers with what @error of credit or the store means. */
void ac_api_refuse (AcHttpExchange *exchange, const GError *error);

/* Sets @name to @number, to null when it is 0. */
void ac_api_set_number (JsonObject *object, const gchar *name, gint64 number);

/* Answers 200. @json: (transfer full); @set_cookie: (transfer full) (nullable) */
void ac_api_respond_text (AcHttpExchange *exchange, GBytes *json, gchar *set_cookie);
/* The same of @body. */
void ac_api_respond_json (AcHttpExchange *exchange, JsonObject *body,
                          gchar *set_cookie);

/* Returns: (transfer full) (nullable): the body's object; NULL when it was answered
 * with a problem. */
JsonObject *ac_api_read_body (AcApiCall *call);
/* The same of a body that may be longer. */
JsonObject *ac_api_read_large_body (AcApiCall *call, gsize max_bytes);
/* Returns: (transfer full) (nullable): the body's object, without an answer. */
JsonObject *ac_api_peek_body (AcApiCall *call);
/* Returns: (transfer none) (nullable): the text of field @name; NULL likewise. */
const gchar *ac_api_read_field (AcApiCall *call, JsonObject *body, const gchar *name);
/* @name of the body, a whole number from @min; @fallback when absent.
 * Returns: FALSE when it was answered with a problem. */
gboolean ac_api_read_body_int (AcApiCall *call, JsonObject *body, const gchar *name,
                               gint64 min, gint64 fallback, gint64 *ret_value);
/* "key" of @body, by which something is made once.
 * @ret_key: (nullable): NULL: there is none
 * Returns: FALSE when it was answered with a problem. */
gboolean ac_api_read_key (AcApiCall *call, JsonObject *body, const gchar **ret_key);
/* The same with all that is asked for. @ret_once: to be cleared */
gboolean ac_api_read_once (AcApiCall *call, JsonObject *body, AcOnce *ret_once);
/* Whether @key may be one; it was answered when not. */
gboolean ac_api_check_key (AcApiCall *call, const gchar *key);
/* Threads: any. Returns: (transfer full): of all that @request asks for. */
GBytes *ac_api_digest_request (const AcHttpRequest *request);
/* @name of the query, a whole number between @min and @max; @fallback when absent.
 * Returns: FALSE when it was answered with a problem. */
gboolean ac_api_read_number (AcApiCall *call, const gchar *name, gint64 min, gint64 max,
                             gint64 fallback, gint64 *ret_value);
/* Returns: (transfer full) (nullable): @name of the query; NULL when it is not there.
 */
gchar *ac_api_query_text (AcApiCall *call, const gchar *name);
/* What the query looks for, its "q", without the blanks about it.
 * Returns: (transfer full) (nullable): UTF-8; NULL for anything. */
gchar *ac_api_query_search (AcApiCall *call);
/* The same as ac_api_read_number() without an answer. */
gboolean ac_api_parse_number (AcApiCall *call, const gchar *name, gint64 min,
                              gint64 max, gint64 fallback, gint64 *ret_value);
