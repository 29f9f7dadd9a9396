#include "redecision.h"

#include <stdlib.h>

/* What the server knew when a message came. */
typedef struct {
  guint position; /* among all messages of the lesson, as they came */
  gint64 clock_ms, wall_ms, edge_ms;
  guint flags; /* LIVE, GROUP, CONCURRENT */
} Reading;

typedef struct {
  AcClaim claim;
  AcBeatRow before, after;
  Reading reading; /* as it is stored */
} Beat;

typedef struct {
  gint64 session, client;
  guint first, n; /* of the beats */
  gint64 lowest_seq;
  Reading came, dealt;
} Batch;

typedef struct {
  AcStore *store;
  AcRedecision *again;
  const AcArrival *arrival;
  GArray *beats;         /* Beat */
  GArray *batches;       /* Batch */
  GHashTable *presences; /* session: AcPresence */
  AcTally tally;
  gint64 settled_beats;
  gboolean settled_changed;
} Again;

static void
again_clear (Again *self)
{
  g_array_unref (self->beats);
  g_array_unref (self->batches);
  g_hash_table_unref (self->presences);
  ac_tally_clear (&self->tally);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Again, again_clear)

static AcAttendee
attendee_of (const Again *self, const Batch *batch)
{
  return (AcAttendee){ self->again->lesson, batch->session, self->again->member,
                       (guint64)batch->client };
}

/* --- Reading --- */

#define SELECT_BEATS                                                                   \
  "SELECT session, client, seq, from_ms, to_ms, rate_permille, playing, visible, "     \
  "  mode, served_from_ms, served_to_ms, absent IS NOT NULL, accepted_from_ms, "       \
  "  accepted_ms, elapsed_ms, free_ms, media_ms, earned_ms, flags, ordinal, "          \
  "  clock_ms, wall_ms, edge_ms, boot "                                                \
  "FROM beats WHERE lesson = ? AND member = ? ORDER BY ordinal"

static Beat
read_beat (AcStatement *row)
{
#define NUMBER(column) sqlite3_column_int64 (row, column)
  Beat beat = {
    .claim = { .beat = { NUMBER (2), NUMBER (3), NUMBER (4), (gint)NUMBER (5),
                         NUMBER (6) != 0, NUMBER (7) != 0, (AcBeatMode)NUMBER (8) },
               .served = { NUMBER (9), NUMBER (10) },
               .absent = NUMBER (11) != 0 },
    .before = { .verdict = { .accepted = { NUMBER (12), NUMBER (12) + NUMBER (13) },
                             .flags = (guint)NUMBER (18) },
                .sum = { NUMBER (14), NUMBER (15), NUMBER (16) },
                .earned_ms = NUMBER (17),
                .ordinal = NUMBER (19) },
    .reading = { .clock_ms = NUMBER (20),
                 .wall_ms = NUMBER (21),
                 .edge_ms = NUMBER (22),
                 .flags = (guint)NUMBER (18) },
  };
#undef NUMBER
  return beat;
}

static void
add_beat (Again *self, AcStatement *row)
{
  Beat beat = read_beat (row);
  Batch *batch;

  if ((beat.before.verdict.flags & AC_BEAT_FIRST) != 0 || self->batches->len == 0) {
    const Batch begun = {
      .session = sqlite3_column_int64 (row, 0),
      .client = sqlite3_column_int64 (row, 1),
      .first = self->beats->len,
      .lowest_seq = beat.claim.beat.seq,
      .came = beat.reading,
    };

    g_array_append_val (self->batches, begun);
  }
  batch = &g_array_index (self->batches, Batch, self->batches->len - 1);
  batch->came.position = self->batches->len;
  batch->n++;
  g_array_append_val (self->beats, beat);
}

/* @ret_can: all can be decided again */
static gboolean
read_beats (Again *self, gboolean *ret_can, GError **error)
{
  const gint64 boot = ac_evidence_boot (self->arrival->boot);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (self->store, SELECT_BEATS, error);
  gint code = SQLITE_ERROR;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", self->again->lesson, self->again->member);
  *ret_can = TRUE;
  while (*ret_can &&
         (code = ac_store_step (self->store, statement, error)) == SQLITE_ROW) {
    *ret_can = self->beats->len < AC_REDECISION_BEATS_MAX &&
               sqlite3_column_type (statement, 23) != SQLITE_NULL &&
               sqlite3_column_int64 (statement, 23) == boot;
    if (*ret_can)
      add_beat (self, statement);
  }
  return !*ret_can || code == SQLITE_DONE;
}

static gboolean
read_settled (Again *self, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (self->store,
                        "SELECT settled_beats FROM attendance "
                        "WHERE lesson = ? AND member = ?",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", self->again->lesson, self->again->member);
  code = ac_store_step (self->store, statement, error);
  if (code == SQLITE_ROW)
    self->settled_beats = sqlite3_column_int64 (statement, 0);
  return code >= 0;
}

/* Returns: (transfer none) (nullable): the session's, opened when it was. */
static AcPresence *
presence_of (Again *self, const Batch *batch, GError **error)
{
  AcPresence *presence = g_hash_table_lookup (self->presences, &batch->session);
  const AcAttendee who = attendee_of (self, batch);
  AcPresence now;

  if (presence != NULL)
    return presence;
  if (!ac_evidence_load_presence (self->store, &who, self->arrival, &now, error))
    return NULL;
  presence = g_new (AcPresence, 1);
  ac_presence_open (presence, now.opened_ms);
  g_hash_table_insert (self->presences, g_memdup2 (&who.session, sizeof who.session),
                       presence);
  return presence;
}

/* --- Dealing --- */

static gint
order (gint64 a, gint64 b)
{
  return (a > b) - (a < b);
}

static gint
by_page (const Batch *a, const Batch *b)
{
  gint by_session = order (a->session, b->session);

  return by_session != 0 ? by_session : order (a->client, b->client);
}

static gint
by_arrival (const Reading *a, const Reading *b)
{
  gint by_clock = order (a->clock_ms, b->clock_ms);

  return by_clock != 0 ? by_clock : order (a->position, b->position);
}

static gint
by_page_and_seq (gconstpointer a, gconstpointer b)
{
  gint page = by_page (a, b);

  return page != 0
             ? page
             : order (((const Batch *)a)->lowest_seq, ((const Batch *)b)->lowest_seq);
}

static gint
by_page_and_arrival (gconstpointer a, gconstpointer b)
{
  gint page = by_page (a, b);

  return page != 0 ? page
                   : by_arrival (&((const Batch *)a)->came, &((const Batch *)b)->came);
}

static gint
by_dealt (gconstpointer a, gconstpointer b)
{
  return by_arrival (&((const Batch *)a)->dealt, &((const Batch *)b)->dealt);
}

static void
deal (GArray *batches)
{
  g_autoptr (GArray) arrivals = g_array_copy (batches);

  g_array_sort (arrivals, by_page_and_arrival);
  g_array_sort (batches, by_page_and_seq);
  for (guint i = 0; i < batches->len; i++)
    g_array_index (batches, Batch, i).dealt = g_array_index (arrivals, Batch, i).came;
  g_array_sort (batches, by_dealt);
}

/* --- Deciding --- */

static gboolean
decide_batch (Again *self, const Batch *stored, GError **error)
{
  const Reading *reading = &stored->dealt;
  AcPresence *presence = presence_of (self, stored, error);
  AcClaim claims[AC_BEAT_BATCH_MAX];
  AcBeatRow rows[AC_BEAT_BATCH_MAX];
  Beat *beats = &g_array_index (self->beats, Beat, stored->first);
  AcBatch batch = {
    .moment = { reading->clock_ms, reading->edge_ms,
                (reading->flags & AC_BEAT_LIVE) != 0,
                (reading->flags & AC_BEAT_CONCURRENT) != 0 },
    .group = (reading->flags & AC_BEAT_GROUP) != 0,
    .full = (beats->reading.flags & AC_BEAT_FULL) != 0,
    .claims = claims,
    .n_claims = MIN (stored->n, AC_BEAT_BATCH_MAX),
  };

  if (presence == NULL)
    return FALSE;
  for (guint i = 0; i < batch.n_claims; i++)
    claims[i] = beats[i].claim;
  ac_tally_decide (&self->tally, presence, &batch, rows);
  for (guint i = 0; i < batch.n_claims; i++) {
    beats[i].after = rows[i];
    beats[i].after.claim = &beats[i].claim;
  }
  return TRUE;
}

/* --- Writing --- */

static gboolean
is_as_before (const Beat *beat, const Reading *dealt)
{
  const AcBeatRow *before = &beat->before, *after = &beat->after;

  return before->ordinal == after->ordinal && before->earned_ms == after->earned_ms &&
         before->verdict.flags == after->verdict.flags &&
         before->verdict.accepted.start_ms == after->verdict.accepted.start_ms &&
         before->verdict.accepted.end_ms == after->verdict.accepted.end_ms &&
         before->sum.elapsed_ms == after->sum.elapsed_ms &&
         before->sum.free_ms == after->sum.free_ms &&
         before->sum.media_ms == after->sum.media_ms &&
         beat->reading.clock_ms == dealt->clock_ms &&
         beat->reading.wall_ms == dealt->wall_ms &&
         beat->reading.edge_ms == dealt->edge_ms;
}

static gboolean
write_beat (Again *self, const AcAttendee *who, const Beat *beat, const Reading *dealt,
            GError **error)
{
  const AcBeatRow *after = &beat->after;
  const AcInterval *accepted = &after->verdict.accepted;

  if (is_as_before (beat, dealt))
    return TRUE;
  self->settled_changed |= beat->before.ordinal <= self->settled_beats ||
                           after->ordinal <= self->settled_beats;
  return ac_store_run (
      self->store, error,
      "UPDATE beats SET ordinal = ?, wall_ms = ?, clock_ms = ?, edge_ms = ?, "
      "  accepted_from_ms = ?, accepted_ms = ?, elapsed_ms = ?, free_ms = ?, "
      "  media_ms = ?, earned_ms = ?, flags = ? "
      "WHERE session = ? AND client = ? AND lesson = ? AND seq = ?",
      "iiiiiiiiiidiiii", after->ordinal, dealt->wall_ms, dealt->clock_ms,
      dealt->edge_ms, accepted->start_ms, accepted->end_ms - accepted->start_ms,
      after->sum.elapsed_ms, after->sum.free_ms, after->sum.media_ms, after->earned_ms,
      (gint)after->verdict.flags, who->session, (gint64)who->client, who->lesson,
      beat->claim.beat.seq);
}

static gboolean
write_batch (Again *self, const Batch *batch, GError **error)
{
  const AcAttendee who = attendee_of (self, batch);
  const AcArrival arrival = { batch->dealt.clock_ms, batch->dealt.wall_ms,
                              self->arrival->boot };

  for (guint i = 0; i < batch->n; i++) {
    const Beat *beat = &g_array_index (self->beats, Beat, batch->first + i);

    if (!write_beat (self, &who, beat, &batch->dealt, error) ||
        !ac_evidence_extend_interval (self->store, &who, &arrival, &beat->after, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_presences (Again *self, GError **error)
{
  GHashTableIter iter;
  gpointer session, presence;

  g_hash_table_iter_init (&iter, self->presences);
  while (g_hash_table_iter_next (&iter, &session, &presence)) {
    const AcAttendee who = { self->again->lesson, *(gint64 *)session,
                             self->again->member, 0 };

    if (!ac_evidence_save_presence (self->store, &who, self->arrival, presence, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
ac_redecision_unsettle (AcStore *store, gint64 lesson, gint64 member, GError **error)
{
  return ac_store_run (store, error,
                       "UPDATE attendance SET settled_beats = -1 "
                       "WHERE lesson = ? AND member = ? AND settled_beats > 0",
                       "ii", lesson, member);
}

static gboolean
write_all (Again *self, GError **error)
{
  const gint64 lesson = self->again->lesson, member = self->again->member;
  const AcAttendee who = { lesson, 0, member, 0 };

  if (!ac_store_run (self->store, error,
                     "DELETE FROM intervals WHERE lesson = ? AND member = ?", "ii",
                     lesson, member))
    return FALSE;
  for (guint i = 0; i < self->batches->len; i++)
    if (!write_batch (self, &g_array_index (self->batches, Batch, i), error))
      return FALSE;
  return write_presences (self, error) &&
         ac_evidence_save_totals (self->store, &who, self->arrival, &self->tally.totals,
                                  error) &&
         ac_member_time_save (self->store, member, self->arrival, self->tally.time,
                              error) &&
         (!self->settled_changed ||
          ac_redecision_unsettle (self->store, lesson, member, error));
}

/* --- All of it --- */

/* Nothing is held yet, but what is not of the beats is kept. */
static gboolean
begin (Again *self, GError **error)
{
  const AcRedecision *again = self->again;
  AcMemberTotals now;

  if (!ac_evidence_load_totals (self->store, again->lesson, again->member, &now, error))
    return FALSE;
  self->tally = (AcTally){
    .lesson = again->lesson,
    .totals = { .prompt_play_ms = now.prompt_play_ms,
                .prompt_due_ms = now.prompt_due_ms },
    .covered = ac_interval_set_new (),
    .creditable = again->creditable,
    .time = ac_member_time_load (self->store, again->member, again->lesson,
                                 self->arrival, error),
  };
  if (self->tally.time == NULL)
    return FALSE;
  ac_member_time_give_back (self->tally.time);
  return read_settled (self, error);
}

gboolean
ac_redecide (AcStore *store, AcRedecision *again, const AcArrival *arrival,
             GError **error)
{
  g_auto (Again) self = {
    .store = store,
    .again = again,
    .arrival = arrival,
    .beats = g_array_new (FALSE, FALSE, sizeof (Beat)),
    .batches = g_array_new (FALSE, FALSE, sizeof (Batch)),
    .presences = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free),
  };
  gboolean can;

  again->done = FALSE;
  if (!read_beats (&self, &can, error))
    return FALSE;
  if (!can || self.beats->len == 0)
    return TRUE;
  if (!begin (&self, error))
    return FALSE;
  deal (self.batches);
  for (guint i = 0; i < self.batches->len; i++)
    if (!decide_batch (&self, &g_array_index (self.batches, Batch, i), error))
      return FALSE;
  if (!write_all (&self, error))
    return FALSE;
  again->done = TRUE;
  again->totals = self.tally.totals;
  return TRUE;
}
