#include "study_record.h"

#include "attendance.h"
#include "ledger.h"
#include "room_time.h"

#include <string.h>

static const gchar *const state_names[] = {
  [AC_RECORD_NONE] = "none",         [AC_RECORD_PARTIAL] = "partial",
  [AC_RECORD_ATTENDED] = "attended", [AC_RECORD_MADE_UP] = "made-up",
  [AC_RECORD_EXEMPT] = "exempt",
};

const gchar *
ac_record_state_name (AcRecordState state)
{
  g_return_val_if_fail ((guint)state < G_N_ELEMENTS (state_names), NULL);

  return state_names[state];
}

static gint64
credit_of (const AcPolicyVersion *policy, gint64 earned_ms)
{
  return policy != NULL ? ac_policy_credit (&policy->rule, earned_ms) : 0;
}

AcRecordCredit
ac_record_credit (const AcPolicyVersion *policy, const AcRecordTime *before,
                  const AcRecordTime *here)
{
  gint64 group_ms = before->group_ms + here->group_ms;
  AcRecordCredit credit = { 0 };

  credit.group_permille =
      credit_of (policy, group_ms) - credit_of (policy, before->group_ms);
  credit.credit_permille =
      credit_of (policy, group_ms + before->self_ms + here->self_ms) -
      credit_of (policy, before->group_ms + before->self_ms);
  credit.counted_permille = policy != NULL && policy->counts_replay
                                ? credit.credit_permille
                                : credit.group_permille;
  return credit;
}

/* --- A year --- */

static void
free_lesson (gpointer data)
{
  AcRecordLesson *lesson = data;

  g_free (lesson->title);
  g_free (lesson->held_on);
  g_free (lesson->policy);
  g_free (lesson);
}

void
ac_record_year_free (AcRecordYear *self)
{
  g_ptr_array_unref (self->lessons);
  g_free (self);
}

static void
free_version (gpointer data)
{
  ac_policy_version_free (data);
}

/* Returns: (transfer full) (nullable): id: AcPolicyVersion. */
static GHashTable *
load_policies (AcStore *store, GError **error)
{
  g_autoptr (GPtrArray) list = ac_policy_list (store, error);
  GHashTable *policies;

  if (list == NULL)
    return NULL;
  policies = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_version);
  while (list->len > 0) {
    AcPolicyVersion *policy = g_ptr_array_steal_index (list, list->len - 1);

    g_hash_table_insert (policies, &policy->id, policy);
  }
  return policies;
}

static AcRecordLesson *
lesson_of (AcStatement *row, AcRecordYear *year, const AcPolicyVersion *policy)
{
  const AcRecordTime before = { sqlite3_column_int64 (row, 4),
                                sqlite3_column_int64 (row, 5) };
  const AcRecordTime here = { sqlite3_column_int64 (row, 6),
                              sqlite3_column_int64 (row, 7) };
  AcRecordCredit credit = ac_record_credit (policy, &before, &here);
  AcRecordLesson *lesson = g_new0 (AcRecordLesson, 1);

  lesson->lesson = sqlite3_column_int64 (row, 0);
  lesson->title = ac_statement_text (row, 1);
  lesson->held_on = ac_statement_text (row, 2);
  lesson->policy = policy != NULL ? g_strdup (policy->version) : NULL;
  lesson->group_ms = here.group_ms;
  lesson->self_ms = here.self_ms;
  lesson->group_permille = credit.group_permille;
  lesson->credit_permille = credit.credit_permille;
  year->group_permille += credit.group_permille;
  year->self_permille += credit.credit_permille - credit.group_permille;
  year->counted_permille += credit.counted_permille;
  return lesson;
}

static gboolean
read_lessons (AcStore *store, gint64 member, AcRecordYear *year, GError **error)
{
  g_autoptr (GHashTable) policies = load_policies (store, error);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT l.lesson, title, held_on, t.policy, "
      "  sum (iif (year < ?2 AND study = 'group', earned_ms, 0)), "
      "  sum (iif (year < ?2 AND study = 'self', earned_ms, 0)), "
      "  sum (iif (year = ?2 AND study = 'group', earned_ms, 0)), "
      "  sum (iif (year = ?2 AND study = 'self', earned_ms, 0)) "
      "FROM ledger AS l JOIN lesson_terms AS t ON t.lesson = l.lesson "
      "JOIN lessons ON lessons.id = l.lesson "
      "WHERE member = ?1 AND year <= ?2 GROUP BY l.lesson "
      "HAVING max (year) = ?2 ORDER BY held_on, l.lesson",
      error);
  gint code;

  if (policies == NULL || statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", member, year->year);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 policy = sqlite3_column_int64 (statement, 3);

    g_ptr_array_add (
        year->lessons,
        lesson_of (statement, year, g_hash_table_lookup (policies, &policy)));
  }
  return code == SQLITE_DONE;
}

static gboolean
read_standing (AcStore *store, gint64 member, AcRecordYear *year, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT duty, exempt FROM standings "
                        "WHERE member = ? AND year = ? ORDER BY id DESC LIMIT 1",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", member, year->year);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW) {
    ac_duty_from_name ((const gchar *)sqlite3_column_text (statement, 0), &year->duty);
    year->exempt = sqlite3_column_int (statement, 1) != 0;
  }
  return code >= 0;
}

/* What is asked for is said by the version that counts on the year's last day. */
static gboolean
read_requirement (AcStore *store, AcRecordYear *year, GError **error)
{
  g_autofree gchar *day = g_strdup_printf ("%04d-12-31", (gint)year->year);
  g_autoptr (GError) local = NULL;
  g_autoptr (AcPolicyVersion) policy = ac_policy_on (store, day, &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (policy != NULL && !year->exempt)
    year->required_permille = policy->required_permille[year->duty];
  return ac_ledger_is_closed (store, year->year, &year->closed, error);
}

AcRecordYear *
ac_record_year (AcStore *store, gint64 member, gint64 year, GError **error)
{
  g_autoptr (AcRecordYear) self = g_new0 (AcRecordYear, 1);

  self->year = year;
  self->lessons = g_ptr_array_new_with_free_func (free_lesson);
  if (!read_lessons (store, member, self, error) ||
      !read_standing (store, member, self, error) ||
      !read_requirement (store, self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* --- A lesson --- */

void
ac_record_free (AcRecord *self)
{
  g_free (self->policy);
  g_array_unref (self->reasons);
  g_free (self);
}

/* In plain words, for the member. */
static const struct {
  guint flag;
  AcRecordReason reason;
} reasons[] = {
  { AC_BEAT_CUT_TIME,
    { "faster-than-time",
      "more was reported as played than time passed; only what fits the time counts",
      "上报的播放量多于实际经过的时间，只计入时间允许的部分" } },
  { AC_BEAT_CUT_EDGE,
    { "not-yet-published", "this part was not published yet when it was reported",
      "上报时这部分内容尚未播出" } },
  { AC_BEAT_CUT_SERVED,
    { "not-delivered", "this part was not sent to your device",
      "这部分内容没有发送到您的设备" } },
  { AC_BEAT_NOT_PLAYING, { "paused", "the player was paused", "播放处于暂停状态" } },
  { AC_BEAT_HIDDEN,
    { "hidden", "the page was hidden; to listen only, choose the audio mode",
      "页面不在前台；如只收听，请选择音频模式" } },
  { AC_BEAT_CONCURRENT,
    { "two-lessons", "another lesson, opened first, was playing at the same time",
      "同一时间另一课先打开并正在播放，只计入先打开的一课" } },
};

static const AcRecordReason missed_prompt = {
  "missed-prompt",
  "a prompt was not answered; what was played since your last sign of presence is not "
  "counted, and may be watched again",
  "未应答在场提示；自上次确认在场以来的播放不计入，可以重新观看"
};
static const AcRecordReason watched_again = {
  "watched-again", "this part was counted already; watching it again adds nothing",
  "这部分已经计入，重复观看不再累计"
};
static const AcRecordReason on_break = {
  "break", "the lecturer had marked a break; it counts for nobody",
  "讲课人标记的课间休息，所有人都不计入"
};
static const AcRecordReason no_signal = { "no-signal",
                                          "the signal was lost; it counts for nobody",
                                          "信号中断，所有人都不计入" };

static void
add_reason (AcRecord *self, const AcRecordReason *words, gint64 n_beats,
            gint64 media_ms)
{
  AcRecordReason reason = *words;

  reason.n_beats = n_beats;
  reason.media_ms = media_ms;
  if (n_beats > 0 || media_ms > 0)
    g_array_append_val (self->reasons, reason);
}

/* Media of rooms that do not count since the member was at another lesson. */
static gboolean
read_elsewhere (AcStore *store, gint64 member, gint64 lesson,
                const AcIntervalSet *creditable, gint64 *ret_media_ms, GError **error)
{
  g_auto (AcRoomTime) time = { 0 };
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT 1 FROM room_attendance WHERE lesson = ? AND member = ?", error);
  gint code;

  *ret_media_ms = 0;
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", lesson, member);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW) {
    if (!ac_room_time_load (store, lesson, member, creditable, &time, error))
      return FALSE;
    *ret_media_ms = time.elsewhere_ms;
  }
  return code >= 0;
}

static gboolean
read_reasons (AcStore *store, gint64 member, gint64 lesson,
              const AcIntervalSet *creditable, AcRecord *self, GError **error)
{
  gint64 n_beats[G_N_ELEMENTS (reasons)] = { 0 };
  gint64 media_ms[G_N_ELEMENTS (reasons)] = { 0 };
  gint64 elsewhere_ms;
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT flags & 63, count (*), sum (to_ms - from_ms - accepted_ms) FROM beats "
      "WHERE lesson = ? AND member = ? AND to_ms - from_ms > accepted_ms GROUP BY 1",
      error);
  gint code;

  if (statement == NULL ||
      !read_elsewhere (store, member, lesson, creditable, &elsewhere_ms, error))
    return FALSE;
  ac_statement_bind (statement, "ii", lesson, member);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
      if ((sqlite3_column_int (statement, 0) & (gint)reasons[i].flag) != 0) {
        n_beats[i] += sqlite3_column_int64 (statement, 1);
        media_ms[i] += sqlite3_column_int64 (statement, 2);
      }
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    add_reason (self, &reasons[i].reason, n_beats[i],
                media_ms[i] +
                    (reasons[i].flag == AC_BEAT_CONCURRENT ? elsewhere_ms : 0));
  return code == SQLITE_DONE;
}

/* Beats that a missed prompt took, and media that beats told more than once. */
static gboolean
read_worthless (AcStore *store, gint64 member, gint64 lesson, gint64 union_ms,
                AcRecord *self, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT count (absent), ifnull (sum (iif (absent IS NULL, 0, accepted_ms)), 0), "
      "  ifnull (sum (iif (absent IS NULL, accepted_ms, 0)), 0) "
      "FROM beats WHERE lesson = ? AND member = ?",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", lesson, member);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  add_reason (self, &missed_prompt, sqlite3_column_int64 (statement, 0),
              sqlite3_column_int64 (statement, 1));
  add_reason (self, &watched_again, 0, sqlite3_column_int64 (statement, 2) - union_ms);
  return TRUE;
}

/* Of what was @accepted, what counts for nobody: breaks, and the rest. */
static gboolean
read_not_creditable (AcStore *store, gint64 lesson, const AcIntervalSet *accepted,
                     const AcIntervalSet *creditable, AcRecord *self, GError **error)
{
  g_autoptr (AcIntervalSet) lost = ac_interval_set_copy (accepted);
  g_autoptr (AcIntervalSet) breaks = ac_interval_set_new ();
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT start_ms, ifnull (end_ms, ?2) FROM lesson_breaks WHERE lesson = ?1",
      error);
  gint64 break_ms;
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", lesson, G_MAXINT64);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    ac_interval_set_add (breaks, sqlite3_column_int64 (statement, 0),
                         sqlite3_column_int64 (statement, 1));
  ac_interval_set_remove_set (lost, creditable);
  break_ms = ac_interval_set_measure_both (lost, breaks);
  add_reason (self, &on_break, 0, break_ms);
  add_reason (self, &no_signal, 0, ac_interval_set_measure (lost) - break_ms);
  return code == SQLITE_DONE;
}

static gboolean
is_taken_back (const AcLedgerEntry *entries, guint n_entries, gint64 seq)
{
  for (guint i = 0; i < n_entries; i++)
    if (entries[i].kind == AC_ENTRY_VOID && entries[i].reference == seq)
      return TRUE;
  return FALSE;
}

/* Who says that media were covered: each has its own, see ac_ledger_apply_media(). */
typedef enum { DEVICES, ROOMS, LATE_ROOMS, PEOPLE, N_ORIGINS } Origin;

static Origin
origin_of (AcEntryKind kind)
{
  switch (kind) {
  case AC_ENTRY_AUTO:
    return DEVICES;
  case AC_ENTRY_STEWARD:
    return ROOMS;
  case AC_ENTRY_LATE:
    return LATE_ROOMS;
  default:
    return PEOPLE;
  }
}

/* @media: N_ORIGINS of them */
static void
add_entry (const AcLedgerEntry *entry, gboolean taken_back, AcIntervalSet **media,
           AcRecordSums *sums)
{
  g_autoptr (AcIntervalSet) own = NULL;

  *(entry->study == AC_STUDY_GROUP ? &sums->time.group_ms : &sums->time.self_ms) +=
      entry->earned_ms;
  if (entry->kind == AC_ENTRY_AUTO)
    sums->auto_ms += entry->earned_ms;
  if (taken_back)
    return;
  if (entry->kind == AC_ENTRY_ADJUST)
    sums->adjusted_ms += entry->earned_ms;
  if (entry->kind == AC_ENTRY_MAKEUP)
    sums->made_up_ms += entry->earned_ms;
  sums->waived |= entry->kind == AC_ENTRY_WAIVE;
  own = ac_interval_set_parse (entry->media);
  if (own != NULL)
    ac_ledger_apply_media (media[origin_of (entry->kind)], own, entry->earned_ms);
}

void
ac_record_sum_up (const AcLedgerEntry *entries, guint n_entries,
                  const AcIntervalSet *creditable, AcRecordSums *ret_sums)
{
  AcIntervalSet *media[N_ORIGINS];
  g_autoptr (AcIntervalSet) all = ac_interval_set_new ();

  *ret_sums = (AcRecordSums){ 0 };
  for (guint i = 0; i < N_ORIGINS; i++)
    media[i] = ac_interval_set_new ();
  for (guint i = 0; i < n_entries; i++)
    add_entry (&entries[i], is_taken_back (entries, n_entries, entries[i].seq), media,
               ret_sums);
  for (guint i = 0; i < N_ORIGINS; i++) {
    ac_interval_set_add_set (all, media[i]);
    ac_interval_set_unref (media[i]);
  }
  ret_sums->covered_ms = ac_interval_set_measure_both (all, creditable);
}

/* What was adjusted by hand stands for as much of the lesson. */
AcRecordState
ac_record_state (const AcRecordSums *sums, gint64 creditable_ms, gint attended_permille)
{
  gint64 stands_for_ms = sums->covered_ms + sums->adjusted_ms;

  if (sums->waived)
    return AC_RECORD_EXEMPT;
  if (creditable_ms > 0 && stands_for_ms * 1000 >= creditable_ms * attended_permille)
    return AC_RECORD_ATTENDED;
  if (sums->made_up_ms > 0)
    return AC_RECORD_MADE_UP;
  return stands_for_ms > 0 || sums->time.group_ms + sums->time.self_ms > 0
             ? AC_RECORD_PARTIAL
             : AC_RECORD_NONE;
}

static gboolean
read_entries (AcStore *store, gint64 member, gint64 lesson,
              const AcIntervalSet *creditable, AcRecordSums *ret_sums, GError **error)
{
  g_autoptr (GPtrArray) list = ac_ledger_list (store, member, lesson, error);
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (AcLedgerEntry));

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    g_array_append_vals (entries, list->pdata[i], 1); /* lent */
  ac_record_sum_up ((const AcLedgerEntry *)entries->data, entries->len, creditable,
                    ret_sums);
  return TRUE;
}

/* The version that the lesson keeps, NULL without @error before its first entry.
 * @ret_creditable: (out) (transfer full): what counts of the lesson */
static AcPolicyVersion *
read_terms (AcStore *store, gint64 lesson, AcIntervalSet **ret_creditable,
            GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT creditable, (SELECT policy FROM lesson_terms "
                        "                    WHERE lesson = lessons.id) "
                        "FROM lessons WHERE id = ?",
                        error);
  gint64 policy = 0;

  *ret_creditable = NULL;
  if (statement != NULL) {
    ac_statement_bind (statement, "i", lesson);
    if (ac_store_step (store, statement, error) == SQLITE_ROW) {
      *ret_creditable =
          ac_interval_set_parse ((const gchar *)sqlite3_column_text (statement, 0));
      policy = sqlite3_column_int64 (statement, 1);
    }
  }
  if (*ret_creditable == NULL)
    *ret_creditable = ac_interval_set_new ();
  return policy != 0 ? ac_policy_get (store, policy, error) : NULL;
}

static gboolean
read_evidence (AcStore *store, gint64 member, gint64 lesson,
               const AcIntervalSet *creditable, AcRecord *self,
               const AcRecordSums *sums, GError **error)
{
  g_autoptr (AcIntervalSet) accepted =
      ac_attendance_union (store, lesson, member, error);
  AcAttendance running;

  if (accepted == NULL || !ac_attendance_get (store, lesson, member, &running, error) ||
      !read_reasons (store, member, lesson, creditable, self, error))
    return FALSE;
  self->unsettled_ms = running.earned_ms - sums->auto_ms;
  return read_worthless (store, member, lesson, ac_interval_set_measure (accepted),
                         self, error) &&
         read_not_creditable (store, lesson, accepted, creditable, self, error);
}

AcRecord *
ac_record_of_lesson (AcStore *store, gint64 member, gint64 lesson, GError **error)
{
  g_autoptr (AcRecord) self = g_new0 (AcRecord, 1);
  g_autoptr (AcIntervalSet) creditable = NULL;
  g_autoptr (AcPolicyVersion) policy = NULL;
  g_autoptr (GError) local = NULL;
  AcRecordSums sums;

  self->reasons = g_array_new (FALSE, FALSE, sizeof (AcRecordReason));
  policy = read_terms (store, lesson, &creditable, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (!read_entries (store, member, lesson, creditable, &sums, error) ||
      !read_evidence (store, member, lesson, creditable, self, &sums, error))
    return NULL;
  self->creditable_ms = ac_interval_set_measure (creditable);
  self->covered_ms = sums.covered_ms;
  self->group_ms = sums.time.group_ms;
  self->self_ms = sums.time.self_ms;
  self->policy = policy != NULL ? g_strdup (policy->version) : NULL;
  self->credit_permille = credit_of (policy, self->group_ms + self->self_ms);
  self->group_permille = credit_of (policy, self->group_ms);
  self->state = ac_record_state (&sums, self->creditable_ms,
                                 policy != NULL ? policy->attended_permille : 1000);
  return g_steal_pointer (&self);
}
