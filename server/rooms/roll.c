#include "roll.h"

#include "branch.h"
#include "credit_error.h"
#include "digest.h"
#include "field_check.h"
#include "json_text.h"
#include "member.h"
#include "member_card.h"
#include "organisation.h"
#include "room_time.h"
#include "screen_evidence.h"
#include "site.h"

#include <string.h>

static const gchar *const kind_names[] = {
  [AC_ROLL_IN] = "in",       [AC_ROLL_OUT] = "out",     [AC_ROLL_OUT_ALL] = "out-all",
  [AC_ROLL_GUEST] = "guest", [AC_ROLL_HEADS] = "heads",
};
static const gchar *const way_names[] = {
  [AC_ROLL_ROSTER] = "roster",
  [AC_ROLL_CARD] = "card",
  [AC_ROLL_PHONE] = "phone",
};
static const gchar *const moments[] = { "start", "middle", "end" };

const gchar *
ac_roll_kind_name (AcRollKind kind)
{
  return kind_names[kind];
}

gboolean
ac_roll_kind_from_name (const gchar *name, AcRollKind *ret_kind)
{
  gint found = ac_organisation_find_word (kind_names, G_N_ELEMENTS (kind_names), name);

  if (found >= 0)
    *ret_kind = (AcRollKind)found;
  return found >= 0;
}

void
ac_roll_act_clear (AcRollAct *act)
{
  g_clear_pointer (&act->card, g_free);
  g_clear_pointer (&act->name, g_free);
  g_clear_pointer (&act->moment, g_free);
}

gboolean
ac_roll_position (AcStore *store, AcRoomKey room, const AcRollMoment *moment,
                  gint64 *ret_media_ms, GError **error)
{
  AcScreenPosition screen;

  if (!ac_screen_evidence_position (store, room, &screen, error))
    return FALSE;
  if (!screen.there)
    *ret_media_ms = moment->live ? moment->edge_ms : 0;
  else if (screen.playing) /* also without a line: it plays on from what it has */
    *ret_media_ms = MIN (screen.media_ms + MAX (moment->wall_ms - screen.wall_ms, 0),
                         MAX (moment->edge_ms, screen.media_ms));
  else
    *ret_media_ms = screen.media_ms;
  return TRUE;
}

/* --- Once --- */

static GBytes *
digest_of (const AcRollAct *act)
{
  AcDigest *digest = ac_digest_new ("airclass roll act 1");

  ac_digest_text (digest, kind_names[act->kind]);
  ac_digest_int (digest, act->member);
  ac_digest_text (digest, act->card);
  ac_digest_text (digest, act->name);
  ac_digest_text (digest, act->moment);
  ac_digest_int (digest, act->heads);
  return ac_digest_end (digest);
}

/* @ret_result: (out) (nullable): NULL: not done yet */
static gboolean
find_done (AcStore *store, const AcRollAct *act, const gchar *key, GBytes *digest,
           gchar **ret_result, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT result, digest = ? FROM room_acts "
                        "WHERE lesson = ? AND site = ? AND key = ?",
                        error);
  gint code;

  *ret_result = NULL;
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "biit", digest, act->room.lesson, act->room.site, key);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW && !sqlite3_column_int (statement, 1))
    return ac_credit_refuse (error, AC_CREDIT_ERROR_EXISTS, "key",
                             "something else was done under this Idempotency-Key");
  if (code == SQLITE_ROW)
    *ret_result = ac_statement_text (statement, 0);
  return code >= 0;
}

static gboolean
keep_done (AcStore *store, const AcRollAct *act, const gchar *key, GBytes *digest,
           const gchar *result, GError **error)
{
  return ac_store_run (store, error,
                       "INSERT INTO room_acts (lesson, site, key, digest, result, "
                       "  wall_ms) VALUES (?, ?, ?, ?, ?, ?)",
                       "iitbti", act->room.lesson, act->room.site, key, digest, result,
                       act->wall_ms);
}

/* --- What it may be done to --- */

static gboolean
check_lesson (AcStore *store, const AcRollAct *act, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT state NOT IN ('planned', 'cancelled') OR "
      "  (state = 'planned' AND ifnull (planned_ms, 0) <= ?) FROM lessons WHERE id = ?",
      error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", act->wall_ms + AC_ROLL_EARLY_MS,
                     act->room.lesson);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_DONE)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "lesson",
                             "there is no such lesson");
  return code == SQLITE_ROW &&
         (sqlite3_column_int (statement, 0) != 0 ||
          ac_credit_refuse (error, AC_CREDIT_ERROR_STATE, "lesson",
                            "the lesson is hours away, or was cancelled"));
}

static gboolean
is_on_roster (AcStore *store, const AcMember *member, const AcSite *site)
{
  return (member->branch != 0 &&
          ac_branch_is_within (store, member->branch, site->branch)) ||
         (member->host != 0 && ac_branch_is_within (store, member->host, site->branch));
}

/* Returns: (transfer full) (nullable): whom @act is about. */
static AcMember *
find_member (AcStore *store, AcRollAct *act, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (AcMember) member = NULL;
  g_autoptr (AcSite) site = NULL;

  if (act->card != NULL) {
    act->way = AC_ROLL_CARD;
    if (!ac_member_card_find (store, act->card, &act->member, error))
      return NULL;
  }
  member = ac_member_get (store, act->member, &local);
  site = local == NULL ? ac_site_get (store, act->room.site, &local) : NULL;
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
  } else if (site == NULL) {
    ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "site",
                      "there is no such site");
  } else if (member == NULL || (act->kind == AC_ROLL_IN && act->way == AC_ROLL_ROSTER &&
                                !is_on_roster (store, member, site))) {
    ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "member",
                      "the roster of the site has no such member: they can show their "
                      "card, use their phone, or be a guest");
  } else {
    return g_steal_pointer (&member);
  }
  return NULL;
}

/* --- In and out --- */

typedef struct {
  gint64 id, in_ms;
} Open;

/* What had not begun when it was, an act out of a log is not about.
 * Returns: media; -1: an act of now is about all that is open. */
static gint64
latest_in (const AcRollAct *act)
{
  return act->approver != 0 ? act->media_ms : -1;
}

/* @ret_open: id 0: none */
static gboolean
find_open (AcStore *store, const AcRollAct *act, Open *ret_open, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT id, in_ms FROM room_stays "
      "WHERE lesson = ?1 AND site = ?2 AND member = ?3 AND out_ms IS NULL "
      "  AND (?4 < 0 OR in_ms <= ?4) ORDER BY late DESC, id DESC LIMIT 1",
      error);
  gint code;

  *ret_open = (Open){ 0 };
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iiii", act->room.lesson, act->room.site, act->member,
                     latest_in (act));
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW)
    *ret_open = (Open){ sqlite3_column_int64 (statement, 0),
                        sqlite3_column_int64 (statement, 1) };
  return code >= 0;
}

static gboolean
count_stays (AcStore *store, const AcRollAct *act, gint64 *ret_n, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT count (*) FROM room_stays "
                        "WHERE lesson = ? AND site = ? AND member = ?",
                        error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iii", act->room.lesson, act->room.site, act->member);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  *ret_n = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

/* One member who comes and goes does not fill the sheet for the others; only for who is
 * new on it all of it is counted. */
static gboolean
check_stays (AcStore *store, const AcRollAct *act, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT count (DISTINCT member) FROM room_stays WHERE lesson = ? AND site = ?",
      error);
  gint64 n_own;

  if (statement == NULL || !count_stays (store, act, &n_own, error))
    return FALSE;
  if (n_own >= AC_ROLL_STAYS_MAX)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_STATE, "member",
                             "has come and gone too often");
  if (n_own > 0)
    return TRUE;
  ac_statement_bind (statement, "ii", act->room.lesson, act->room.site);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  return sqlite3_column_int (statement, 0) < AC_ROLL_MEMBERS_MAX ||
         ac_credit_refuse (error, AC_CREDIT_ERROR_STATE, "site",
                           "the sheet of this room is full");
}

static void
tell_stay (JsonObject *result, const AcMember *member, gint64 in_ms, gint64 out_ms,
           gboolean already)
{
  json_object_set_int_member (result, "member", member->id);
  json_object_set_string_member (result, "number", member->number);
  json_object_set_string_member (result, "name", member->name);
  json_object_set_int_member (result, "in_ms", in_ms);
  if (out_ms >= 0)
    json_object_set_int_member (result, "out_ms", out_ms);
  else
    json_object_set_null_member (result, "out_ms");
  json_object_set_boolean_member (result, "already", already);
}

static gboolean
sign_in (AcStore *store, AcRollAct *act, JsonObject *result, GError **error)
{
  g_autoptr (AcMember) member = find_member (store, act, error);
  Open open;

  if (member == NULL || !find_open (store, act, &open, error))
    return FALSE;
  tell_stay (result, member, open.id != 0 ? open.in_ms : act->media_ms, -1,
             open.id != 0);
  if (open.id != 0)
    return TRUE;
  return check_stays (store, act, error) &&
         ac_store_run (store, error,
                       "INSERT INTO room_stays (lesson, site, member, way, in_ms, "
                       "  in_wall_ms, steward, late, approved_by, approved_ms) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       "iiitiindnn", act->room.lesson, act->room.site, act->member,
                       way_names[act->way], act->media_ms, act->wall_ms, act->steward,
                       (gint)(act->approver != 0), act->approver, act->approved_ms) &&
         ac_room_time_changed (store, act->room.lesson, act->member, act->wall_ms,
                               error);
}

static gboolean
close_stay (AcStore *store, const AcRollAct *act, gint64 stay, gint64 *ret_out_ms,
            GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "UPDATE room_stays SET out_ms = max (in_ms, ?2), "
                        "  out_wall_ms = ?3 WHERE id = ?1 RETURNING out_ms, member",
                        error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iii", stay, act->media_ms, act->wall_ms);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  *ret_out_ms = sqlite3_column_int64 (statement, 0);
  return ac_room_time_changed (store, act->room.lesson,
                               sqlite3_column_int64 (statement, 1), act->wall_ms,
                               error);
}

static gboolean
sign_out (AcStore *store, AcRollAct *act, JsonObject *result, GError **error)
{
  g_autoptr (AcMember) member = find_member (store, act, error);
  gint64 out_ms;
  Open open;

  if (member == NULL || !find_open (store, act, &open, error))
    return FALSE;
  if (open.id == 0)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_STATE, "member",
                             "this member is not signed in here");
  if (!close_stay (store, act, open.id, &out_ms, error))
    return FALSE;
  tell_stay (result, member, open.in_ms, out_ms, FALSE);
  return TRUE;
}

/* Returns: (transfer full) (nullable): of gint64. */
static GArray *
list_open (AcStore *store, const AcRollAct *act, GError **error)
{
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT id FROM room_stays "
                        "WHERE lesson = ?1 AND site = ?2 AND out_ms IS NULL "
                        "  AND (?3 < 0 OR in_ms <= ?3)",
                        error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "iii", act->room.lesson, act->room.site,
                     latest_in (act));
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 id = sqlite3_column_int64 (statement, 0);

    g_array_append_val (open, id);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&open) : NULL;
}

static gboolean
sign_all_out (AcStore *store, AcRollAct *act, JsonObject *result, GError **error)
{
  g_autoptr (GArray) open = list_open (store, act, error);
  gint64 out_ms;

  if (open == NULL)
    return FALSE;
  for (guint i = 0; i < open->len; i++)
    if (!close_stay (store, act, g_array_index (open, gint64, i), &out_ms, error))
      return FALSE;
  json_object_set_int_member (result, "signed_out", open->len);
  return TRUE;
}

/* --- Guests and heads --- */

gboolean
ac_roll_count (AcStore *store, AcRoomKey room, gint64 *ret_signed_in,
               gint64 *ret_guests, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT (SELECT count (DISTINCT member) FROM room_stays "
      "        WHERE lesson = ?1 AND site = ?2 AND out_ms IS NULL), "
      "       (SELECT count (*) FROM room_guests WHERE lesson = ?1 AND site = ?2)",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", room.lesson, room.site);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  *ret_signed_in = sqlite3_column_int64 (statement, 0);
  *ret_guests = sqlite3_column_int64 (statement, 1);
  return TRUE;
}

gboolean
ac_roll_took_part (AcStore *store, AcRoomKey room, gboolean *ret_took_part,
                   GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT EXISTS (SELECT 1 FROM room_stays WHERE lesson = ?1 AND site = ?2) "
      "  OR EXISTS (SELECT 1 FROM room_guests WHERE lesson = ?1 AND site = ?2) "
      "  OR EXISTS (SELECT 1 FROM head_counts WHERE lesson = ?1 AND site = ?2) "
      "  OR EXISTS (SELECT 1 FROM room_intervals WHERE lesson = ?1 AND site = ?2) "
      "  OR EXISTS (SELECT 1 FROM room_logs WHERE lesson = ?1 AND site = ?2)",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", room.lesson, room.site);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  *ret_took_part = sqlite3_column_int (statement, 0) != 0;
  return TRUE;
}

static gboolean
add_guest (AcStore *store, AcRollAct *act, JsonObject *result, GError **error)
{
  g_autoptr (GError) bad_name = ac_check_name (act->name);
  gint64 signed_in, guests;

  if (bad_name != NULL)
    return ac_credit_refuse_because (error, AC_CREDIT_ERROR_INVALID, "name",
                                     ac_organisation_error_reason (bad_name), "%s",
                                     bad_name->message);
  if (!ac_roll_count (store, act->room, &signed_in, &guests, error))
    return FALSE;
  if (guests >= AC_ROLL_GUESTS_MAX)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_STATE, "name",
                             "a room has at most %d guests", AC_ROLL_GUESTS_MAX);
  json_object_set_string_member (result, "guest", act->name);
  return ac_store_run (store, error,
                       "INSERT INTO room_guests (lesson, site, name, in_wall_ms, "
                       "  steward, late) VALUES (?, ?, ?, ?, ?, ?)",
                       "iitiid", act->room.lesson, act->room.site, act->name,
                       act->wall_ms, act->steward, (gint)(act->approver != 0));
}

static gboolean
count_heads (AcStore *store, AcRollAct *act, JsonObject *result, GError **error)
{
  gint64 signed_in, guests;

  if (ac_organisation_find_word (moments, G_N_ELEMENTS (moments), act->moment) < 0)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "moment",
                             "moment must be start, middle or end");
  if (act->heads < 0 || act->heads > AC_ROLL_HEADS_MAX)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "heads",
                             "heads must be between 0 and %d", AC_ROLL_HEADS_MAX);
  if (!ac_roll_count (store, act->room, &signed_in, &guests, error))
    return FALSE;
  json_object_set_int_member (result, "heads", act->heads);
  json_object_set_boolean_member (result, "mismatch", act->heads != signed_in + guests);
  return ac_store_run (store, error,
                       "INSERT INTO head_counts (lesson, site, moment, heads, "
                       "  signed_in, wall_ms, steward, late) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                       "iitiiiid", act->room.lesson, act->room.site, act->moment,
                       act->heads, signed_in + guests, act->wall_ms, act->steward,
                       (gint)(act->approver != 0));
}

gboolean
ac_roll_run (AcStore *store, AcRollAct *act, const gchar *key, gchar **ret_result,
             GError **error)
{
  static gboolean (*const does[]) (AcStore *, AcRollAct *, JsonObject *, GError **) = {
    [AC_ROLL_IN] = sign_in,           [AC_ROLL_OUT] = sign_out,
    [AC_ROLL_OUT_ALL] = sign_all_out, [AC_ROLL_GUEST] = add_guest,
    [AC_ROLL_HEADS] = count_heads,
  };
  /* Of the act as it was asked for: a card's member is not known yet. */
  g_autoptr (GBytes) digest = digest_of (act);
  g_autoptr (JsonObject) result = json_object_new ();
  g_autofree gchar *text = NULL;
  gint64 signed_in, guests;

  if (key != NULL && !find_done (store, act, key, digest, &text, error))
    return FALSE;
  if (text != NULL) {
    *ret_result = g_steal_pointer (&text);
    return TRUE;
  }
  if (!check_lesson (store, act, error) ||
      !does[act->kind](store, act, result, error) ||
      !ac_roll_count (store, act->room, &signed_in, &guests, error))
    return FALSE;
  json_object_set_int_member (result, "signed_in", signed_in);
  json_object_set_int_member (result, "guests", guests);
  text = ac_json_object_to_text (result);
  if (key != NULL && !keep_done (store, act, key, digest, text, error))
    return FALSE;
  *ret_result = g_steal_pointer (&text);
  return TRUE;
}
