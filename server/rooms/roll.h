/* roll.h - who is in a room: signed in and out, guests by name, heads counted.
 *
 * A steward does it by the roster or a printed card, or members do it themselves with
 * their own phone and the digits of the screen. Times in the lesson are where the
 * room's screen was then. Who is in already stays in, who is not signed out stays to
 * the end.
 *
 * Each act may carry a key, by which it is done once: the same key again gets the same
 * answer, also after a line was lost; another act under it is refused.
 *
 * Threads: inside a store job, reads on either side.
 * Errors:  AC_STORE_ERROR; AC_CREDIT_ERROR: INVALID and NOT_FOUND with the field,
 *          EXISTS "key"; STATE: not signed in, not in this lesson's state, too many. */
#pragma once

#include "room_intervals.h"

#include <json-glib/json-glib.h>

#define AC_ROLL_GUESTS_MAX 200
#define AC_ROLL_MEMBERS_MAX 1000 /* of a room in a lesson */
#define AC_ROLL_STAYS_MAX 20     /* of a member there */
#define AC_ROLL_HEADS_MAX 2000
#define AC_ROLL_EARLY_MS (2 * 60 * 60 * 1000) /* a room fills before its lesson */

typedef enum {
  AC_ROLL_IN,
  AC_ROLL_OUT,
  AC_ROLL_OUT_ALL,
  AC_ROLL_GUEST,
  AC_ROLL_HEADS
} AcRollKind;

/* "in", "out", "out-all", "guest", "heads" */
const gchar *ac_roll_kind_name (AcRollKind kind);
gboolean ac_roll_kind_from_name (const gchar *name, AcRollKind *ret_kind);

typedef enum { AC_ROLL_ROSTER, AC_ROLL_CARD, AC_ROLL_PHONE } AcRollWay;

typedef struct {
  AcRollKind kind;
  AcRoomKey room;
  gint64 member;  /* IN, OUT; 0: by @card */
  gchar *card;    /* (nullable) owned */
  AcRollWay way;  /* IN; CARD when there is a card */
  gchar *name;    /* GUEST; owned */
  gchar *moment;  /* HEADS: "start", "middle", "end"; owned */
  gint64 heads;   /* HEADS */
  gint64 steward; /* 0: the member by themself */

  gint64 wall_ms;     /* when it was */
  gint64 media_ms;    /* and where in the lesson */
  gint64 approver;    /* of an act out of a log, which is late; 0: it is no such act */
  gint64 approved_ms; /* wall; 0 likewise */
} AcRollAct;

void ac_roll_act_clear (AcRollAct *act);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcRollAct, ac_roll_act_clear)

/* @moment: what the main loop knows of the lesson
 * Returns: where the room is: where its screen has got to by now, the live edge where
 * there is none. */
typedef struct {
  gint64 wall_ms;
  gint64 edge_ms; /* media */
  gboolean live;
} AcRollMoment;
gboolean ac_roll_position (AcStore *store, AcRoomKey room, const AcRollMoment *moment,
                           gint64 *ret_media_ms, GError **error);

/* Inside a job: does @act, unless it was done by @key (nullable) before.
 * @ret_result: (out) (transfer full): a JSON object: {"signed_in", "guests"} and
 *   IN, OUT  "member", "number", "name", "in_ms", "out_ms" (null: still there),
 * "already" OUT_ALL  "signed_out" GUEST    "guest" HEADS    "heads", "mismatch" */
gboolean ac_roll_run (AcStore *store, AcRollAct *act, const gchar *key,
                      gchar **ret_result, GError **error);

/* Whether somebody was signed in, counted or shown something there, or a log tells so.
 */
gboolean ac_roll_took_part (AcStore *store, AcRoomKey room, gboolean *ret_took_part,
                            GError **error);

/* Those in the room now, and guests. */
gboolean ac_roll_count (AcStore *store, AcRoomKey room, gint64 *ret_signed_in,
                        gint64 *ret_guests, GError **error);
/* Returns: (transfer full) (nullable): the whole sheet: {"site", "signed_in", "guests":
 * [{"name", "at", "late"}], "stays": [{"member", "number", "name", "way", "in_ms",
 * "out_ms", "in_at", "out_at", "late", "approved"}], "heads": [{"moment", "heads",
 * "signed_in", "mismatch", "at", "late"}]}. */
JsonObject *ac_roll_sheet (AcStore *store, AcRoomKey room, GError **error);
/* The last stay of @member in the room: {"in_ms", "out_ms", "in_at", "out_at"}; an
 * empty object when there was none. Returns: (transfer full) (nullable) */
JsonObject *ac_roll_last_stay (AcStore *store, AcRoomKey room, gint64 member,
                               GError **error);
