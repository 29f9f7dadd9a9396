#include "settlement.h"

#include "attendance.h"
#include "clock.h"
#include "credit_error.h"
#include "elsewhere.h"
#include "ledger.h"
#include "log.h"
#include "room_time.h"

#define BATCH 32
#define LOOK_MAX_MS 60000
/* Wall clocks are set back: what was told in the future has been idle, too. */
#define FUTURE_MS 60000

/* A member whose figures are ahead of the ledger. */
typedef struct {
  gint64 lesson, member;
  gint64 beats, settled_beats;
  gint64 accepted_ms, earned_ms, group_ms;
  gint64 changed; /* of rooms */
} Due;

/* --- One member --- */

static void
add_group_media (const AcReplayedBeat *beat, gpointer user_data)
{
  if (beat->group)
    ac_interval_set_add (user_data, beat->accepted.start_ms, beat->accepted.end_ms);
}

/* Returns: (transfer full) (nullable): of @fresh, what was played in group study. */
static AcIntervalSet *
group_media (AcStore *store, const AcLedgerTerms *terms, const Due *due,
             const AcIntervalSet *settled, const AcIntervalSet *fresh, GError **error)
{
  g_autoptr (AcIntervalSet) covered = ac_interval_set_copy (settled);
  g_autoptr (AcIntervalSet) played = ac_interval_set_new ();
  const AcReplay replay = { due->lesson, due->member, due->settled_beats,
                            terms->creditable, covered };

  if (!ac_attendance_replay (store, &replay, add_group_media, played, error))
    return NULL;
  return ac_interval_set_intersect (fresh, played);
}

static gboolean
append (AcStore *store, const AcLedgerTerms *terms, const Due *due, AcStudy study,
        gint64 earned_ms, const AcIntervalSet *media, AcSettlementSlice *slice,
        GError **error)
{
  g_auto (AcLedgerEntry) entry = {
    .kind = AC_ENTRY_AUTO,
    .study = study,
    .member = due->member,
    .media = media != NULL ? ac_interval_set_to_text (media) : g_strdup (""),
    .earned_ms = earned_ms,
    .beats_from = MAX (due->settled_beats, 0) + 1,
    .beats_to = due->beats,
    .created_ms = slice->now_ms,
  };

  if (earned_ms == 0 && entry.media[0] == '\0')
    return TRUE;
  slice->n_entries++;
  return ac_ledger_append (store, terms, &entry, NULL, error);
}

/* An entry of less than 0 takes media away (ledger.h), so what is new has its own. */
static gboolean
append_study (AcStore *store, const AcLedgerTerms *terms, const Due *due, AcStudy study,
              gint64 earned_ms, const AcIntervalSet *fresh, AcSettlementSlice *slice,
              GError **error)
{
  if (earned_ms >= 0)
    return append (store, terms, due, study, earned_ms, fresh, slice, error);
  return append (store, terms, due, study, earned_ms, NULL, slice, error) &&
         append (store, terms, due, study, 0, fresh, slice, error);
}

/* Takes away media that no longer count. @sums: changed with it */
static gboolean
append_removal (AcStore *store, const AcLedgerTerms *terms, const Due *due,
                const AcIntervalSet *counted, AcLedgerAuto *sums,
                AcSettlementSlice *slice, GError **error)
{
  AcStudy study = sums->group_ms >= sums->self_ms ? AC_STUDY_GROUP : AC_STUDY_SELF;
  gint64 taken_ms;
  g_autoptr (AcIntervalSet) removed =
      ac_ledger_auto_remove (sums, study, terms->creditable, counted, &taken_ms);

  return removed == NULL ||
         append (store, terms, due, study, -taken_ms, removed, slice, error);
}

typedef struct {
  gint64 earned_ms, group_ms;
} Earned;

static void
add_earned (const AcReplayedBeat *beat, gpointer user_data)
{
  Earned *earned = user_data;

  earned->earned_ms += beat->earned_ms;
  earned->group_ms += beat->group ? beat->earned_ms : 0;
}

/* What counts of the lesson has changed since its beats were decided (a break that was
 * marked late): the figures follow from the evidence, so they are computed again. */
static gboolean
decide_again (AcStore *store, const AcLedgerTerms *terms, Due *due, gint64 accepted_ms,
              GError **error)
{
  g_autoptr (AcIntervalSet) covered = ac_interval_set_new ();
  const AcReplay replay = { due->lesson, due->member, 0, terms->creditable, covered };
  Earned earned = { 0 };

  if (!ac_attendance_replay (store, &replay, add_earned, &earned, error))
    return FALSE;
  due->accepted_ms = accepted_ms;
  due->earned_ms = earned.earned_ms;
  due->group_ms = earned.group_ms;
  return ac_store_run (store, error,
                       "UPDATE attendance SET accepted_ms = ?, earned_ms = ?, "
                       "group_ms = ? WHERE lesson = ? AND member = ?",
                       "iiiii", accepted_ms, earned.earned_ms, earned.group_ms,
                       due->lesson, due->member);
}

static gboolean
append_differences (AcStore *store, const AcLedgerTerms *terms, const Due *due,
                    const AcIntervalSet *counted, AcSettlementSlice *slice,
                    GError **error)
{
  g_auto (AcLedgerAuto) sums = { 0 };
  g_autoptr (AcIntervalSet) fresh = ac_interval_set_copy (counted);
  g_autoptr (AcIntervalSet) group = NULL;
  gint64 group_ms, self_ms;

  if (!ac_ledger_auto_load (store, due->lesson, due->member, &sums, error))
    return FALSE;
  if (!append_removal (store, terms, due, counted, &sums, slice, error))
    return FALSE;
  ac_interval_set_remove_set (fresh, sums.media);
  group_ms = due->group_ms - sums.group_ms;
  self_ms = due->earned_ms - due->group_ms - sums.self_ms;
  if (self_ms == 0)
    group = ac_interval_set_copy (fresh);
  else if (group_ms == 0)
    group = ac_interval_set_new ();
  else
    group = group_media (store, terms, due, sums.media, fresh, error);
  if (group == NULL)
    return FALSE;
  ac_interval_set_remove_set (fresh, group);
  return append_study (store, terms, due, AC_STUDY_GROUP, group_ms, group, slice,
                       error) &&
         append_study (store, terms, due, AC_STUDY_SELF, self_ms, fresh, slice, error);
}

static gboolean
settle_member (AcStore *store, const AcLedgerTerms *terms, Due *due,
               AcSettlementSlice *slice, GError **error)
{
  g_autoptr (AcIntervalSet) covered =
      ac_attendance_union (store, due->lesson, due->member, error);
  g_autoptr (AcIntervalSet) counted = NULL;
  gint64 accepted_ms;

  if (covered == NULL)
    return FALSE;
  counted = ac_interval_set_intersect (covered, terms->creditable);
  accepted_ms = ac_interval_set_measure (counted);
  if (accepted_ms != due->accepted_ms) {
    /* Of a live lesson the row follows what is published by some seconds: later. */
    if (!terms->ended)
      return TRUE;
    if (!decide_again (store, terms, due, accepted_ms, error))
      return FALSE;
  }
  slice->n_settled++;
  return append_differences (store, terms, due, counted, slice, error) &&
         ac_store_run (store, error,
                       "UPDATE attendance SET settled_beats = ? "
                       "WHERE lesson = ? AND member = ?",
                       "iii", due->beats, due->lesson, due->member) &&
         /* What the devices cover is no longer the rooms'. */
         ac_store_run (store, error,
                       "UPDATE room_attendance SET changed = changed + 1 "
                       "WHERE lesson = ? AND member = ?",
                       "ii", due->lesson, due->member) &&
         ac_elsewhere_changed (store, due->lesson, due->member, error);
}

/* --- A slice --- */

/* Returns: how many of @due were filled, -1 with @error. */
static gint
load_batch (AcStore *store, const AcSettlementSlice *slice, Due *due, GError **error)
{
  static const gchar of_devices[] =
      "SELECT lesson, member, beats, settled_beats, accepted_ms, earned_ms, group_ms, "
      "  0 "
      "FROM attendance INDEXED BY attendance_unsettled "
      "WHERE beats > settled_beats AND (lesson, member) > (?1, ?2) AND lesson <= ?3 "
      "  AND (updated_ms <= ?4 OR updated_ms > ?5) "
      "ORDER BY lesson, member LIMIT ?6";
  static const gchar of_rooms[] =
      "SELECT lesson, member, 0, 0, 0, 0, 0, changed "
      "FROM room_attendance INDEXED BY room_attendance_unsettled "
      "WHERE changed > settled AND (lesson, member) > (?1, ?2) AND lesson <= ?3 "
      "  AND (updated_ms <= ?4 OR updated_ms > ?5) "
      "ORDER BY lesson, member LIMIT ?6";
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, slice->rooms ? of_rooms : of_devices, error);
  gint n = 0, code;

  if (statement == NULL)
    return -1;
  ac_statement_bind (statement, "iiiiii", MAX (slice->at_lesson, slice->lesson),
                     slice->at_member, slice->lesson != 0 ? slice->lesson : G_MAXINT64,
                     slice->lesson != 0 ? G_MAXINT64 : slice->now_ms - slice->idle_ms,
                     slice->now_ms + FUTURE_MS, (gint64)BATCH);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    due[n++] = (Due){
      .lesson = sqlite3_column_int64 (statement, 0),
      .member = sqlite3_column_int64 (statement, 1),
      .beats = sqlite3_column_int64 (statement, 2),
      .settled_beats = sqlite3_column_int64 (statement, 3),
      .accepted_ms = sqlite3_column_int64 (statement, 4),
      .earned_ms = sqlite3_column_int64 (statement, 5),
      .group_ms = sqlite3_column_int64 (statement, 6),
      .changed = sqlite3_column_int64 (statement, 7),
    };
  return code == SQLITE_DONE ? n : -1;
}

/* A lesson without valid terms waits for a policy, and holds up no other.
 * @ret_skip: its members are to be left out */
static gboolean
terms_of (AcStore *store, gint64 lesson, gint64 now_ms, AcLedgerTerms *terms,
          gboolean *ret_skip, GError **error)
{
  static AcLogLimit limit = { .interval_ms = 3600 * 1000 };
  g_autoptr (GError) local = NULL;
  guint suppressed;

  *ret_skip = FALSE;
  if (terms->lesson == lesson)
    return TRUE;
  ac_ledger_terms_clear (terms);
  *terms = (AcLedgerTerms){ 0 };
  if (ac_ledger_terms_load (store, lesson, now_ms, terms, &local))
    return TRUE;
  *ret_skip = g_error_matches (local, AC_CREDIT_ERROR, AC_CREDIT_ERROR_STATE);
  if (*ret_skip && ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, lesson, "nothing can be settled: %s", local->message);
  if (!*ret_skip)
    g_propagate_error (error, g_steal_pointer (&local));
  return *ret_skip;
}

static gboolean
is_spent (const AcSettlementSlice *slice, gint64 began_us)
{
  return slice->budget_us > 0 && g_get_monotonic_time () - began_us >= slice->budget_us;
}

static gboolean
settle_one (AcStore *store, const AcLedgerTerms *terms, Due *due,
            AcSettlementSlice *slice, GError **error)
{
  return slice->rooms ? ac_room_time_settle (store, terms, due->member, due->changed,
                                             slice, error)
                      : settle_member (store, terms, due, slice, error);
}

static gboolean
run_batch (AcStore *store, AcSettlementSlice *slice, Due *due, guint n,
           AcLedgerTerms *terms, gint64 began_us, GError **error)
{
  /* One at least, or a slow machine would never get on. */
  for (guint i = 0; i < n && (i == 0 || !is_spent (slice, began_us)); i++) {
    gboolean skip;

    if (!terms_of (store, due[i].lesson, slice->now_ms, terms, &skip, error) ||
        (!skip && !settle_one (store, terms, &due[i], slice, error)))
      return FALSE;
    slice->at_lesson = due[i].lesson;
    slice->at_member = skip ? G_MAXINT64 : due[i].member;
    if (skip)
      break; /* what follows of it was loaded already */
  }
  return TRUE;
}

gboolean
ac_settlement_run_slice (AcStore *store, AcSettlementSlice *slice, GError **error)
{
  gint64 began_us = g_get_monotonic_time ();
  g_auto (AcLedgerTerms) terms = { 0 };
  Due due[BATCH];

  slice->n_settled = slice->n_entries = 0;
  slice->finished = FALSE;
  do {
    gint n = load_batch (store, slice, due, error);

    if (n < 0 || !run_batch (store, slice, due, (guint)n, &terms, began_us, error))
      return FALSE;
    slice->finished = n == 0 && slice->rooms;
    if (n == 0 && !slice->rooms) {
      slice->rooms = TRUE;
      slice->at_lesson = slice->at_member = 0;
    }
  } while (!slice->finished && !is_spent (slice, began_us));
  slice->took_us = g_get_monotonic_time () - began_us;
  return TRUE;
}

/* --- On the main loop --- */

struct _AcSettlement {
  AcStore *store;
  AcSettlementPauses pauses;
  gboolean closed;
  gboolean running;      /* a slice is on its way */
  gboolean looking_late; /* a look was due meanwhile */
  GArray *ended;         /* gint64: lessons that are due */
  GHashTable *timers;    /* source id, as a set */
  guint look_timer;
  AcSettlementStats stats;
};

typedef struct {
  AcSettlement *settlement; /* referenced */
  AcSettlementSlice slice;
} Pass;

static void next_pass (AcSettlement *self);

static void
settlement_clear (gpointer data)
{
  AcSettlement *self = data;

  g_array_unref (self->ended);
  g_hash_table_unref (self->timers);
}

static void
pass_free (gpointer data)
{
  Pass *pass = data;

  g_rc_box_release_full (pass->settlement, settlement_clear);
  g_free (pass);
}

static gboolean
run_pass (AcStore *store, gpointer data, GError **error)
{
  return ac_settlement_run_slice (store, &((Pass *)data)->slice, error);
}

static void slice_done (gpointer data, const GError *error, gpointer user_data);

static void
write_slice (AcSettlement *self, const AcSettlementSlice *slice)
{
  Pass *pass = g_new (Pass, 1);

  *pass = (Pass){ g_rc_box_acquire (self), *slice };
  self->running = TRUE;
  ac_store_write (self->store, run_pass, pass, pass_free, slice_done, NULL);
}

/* After a failure the pass ends; the next look begins where the database is. */
static void
slice_done (gpointer data, const GError *error, gpointer user_data)
{
  Pass *pass = data;
  AcSettlement *self = pass->settlement;
  const AcSettlementSlice *slice = &pass->slice;

  self->running = FALSE;
  if (error != NULL) {
    static AcLogLimit limit = { .interval_ms = 60000 };
    guint suppressed;

    self->stats.failures++;
    if (ac_log_limit_pass (&limit, &suppressed))
      ac_log (G_LOG_LEVEL_WARNING, slice->lesson, "settling is put off: %s",
              error->message);
  } else {
    self->stats.settled += slice->n_settled;
    self->stats.entries += slice->n_entries;
    self->stats.work_us += slice->took_us;
    self->stats.longest_slice_us = MAX (self->stats.longest_slice_us, slice->took_us);
  }
  if (self->closed)
    return;
  if (error == NULL && !slice->finished)
    write_slice (self, slice);
  else
    next_pass (self);
}

static void
next_pass (AcSettlement *self)
{
  AcSettlementSlice slice = { .now_ms = ac_clock_wall_ms (),
                              .idle_ms = self->pauses.idle_ms,
                              .budget_us = AC_SETTLEMENT_SLICE_MS * 1000 };

  if (self->running)
    return;
  if (self->ended->len > 0) {
    slice.lesson = g_array_index (self->ended, gint64, 0);
    g_array_remove_index (self->ended, 0);
    write_slice (self, &slice);
  } else if (self->looking_late) {
    self->looking_late = FALSE;
    write_slice (self, &slice);
  }
}

static gboolean
look (gpointer data)
{
  AcSettlement *self = data;

  self->looking_late = TRUE;
  next_pass (self);
  return G_SOURCE_CONTINUE;
}

typedef struct {
  AcSettlement *settlement;
  gint64 lesson;
  guint source;
} Ended;

static gboolean
is_due (gpointer data)
{
  Ended *ended = data;
  AcSettlement *self = ended->settlement;

  g_hash_table_remove (self->timers, GUINT_TO_POINTER (ended->source));
  g_array_append_val (self->ended, ended->lesson);
  next_pass (self);
  return G_SOURCE_REMOVE;
}

void
ac_settlement_lesson_ended (AcSettlement *self, gint64 lesson)
{
  Ended *ended = g_new (Ended, 1);

  *ended = (Ended){ self, lesson, 0 };
  ended->source = g_timeout_add_full (
      G_PRIORITY_DEFAULT, (guint)self->pauses.after_end_ms, is_due, ended, g_free);
  g_hash_table_add (self->timers, GUINT_TO_POINTER (ended->source));
}

AcSettlement *
ac_settlement_new (AcStore *store, const AcSettlementPauses *pauses)
{
  AcSettlement *self = g_rc_box_new0 (AcSettlement);

  self->store = store;
  self->pauses = *pauses;
  self->ended = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->timers = g_hash_table_new (NULL, NULL);
  self->look_timer =
      g_timeout_add ((guint)CLAMP (pauses->idle_ms, 100, LOOK_MAX_MS), look, self);
  look (self);
  return self;
}

void
ac_settlement_free (AcSettlement *self)
{
  GHashTableIter iter;
  gpointer source;

  self->closed = TRUE;
  g_clear_handle_id (&self->look_timer, g_source_remove);
  g_hash_table_iter_init (&iter, self->timers);
  while (g_hash_table_iter_next (&iter, &source, NULL))
    g_source_remove (GPOINTER_TO_UINT (source));
  g_rc_box_release_full (self, settlement_clear);
}

void
ac_settlement_stats (AcSettlement *self, AcSettlementStats *ret_stats)
{
  *ret_stats = self->stats;
}
