#include "ledger_keeper.h"

#include "clock.h"
#include "day.h"
#include "digest.h"
#include "ledger.h"
#include "ledger_heads.h"
#include "log.h"

#include <gio/gio.h>

#define LOOK_S 60

struct _AcLedgerKeeper {
  AcStore *store;
  gchar *heads;
  AcSettlement *settlement;
  gchar *noted_day;          /* NULL: none yet */
  gint64 n_entries;          /* at the last look */
  GCancellable *cancellable; /* of the note under way; NULL: none */
  guint timer;
};

typedef struct {
  gchar *path;
  AcLedgerHeadLine line;
} Note;

static void
note_free (gpointer data)
{
  Note *note = data;

  g_free (note->path);
  g_free (note);
}

static void
write_note (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Note *note = data;
  GError *error = NULL;

  if (ac_ledger_heads_note (note->path, &note->line, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* A note that failed is tried again at the next look. */
static void
noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AcLedgerKeeper *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = g_task_propagate_boolean (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the keeper is gone */
  g_clear_object (&self->cancellable);
  if (good)
    return;
  g_clear_pointer (&self->noted_day, g_free);
  ac_log (G_LOG_LEVEL_WARNING, 0, "the ledger's head cannot be noted: %s",
          error->message);
}

static void
note (AcLedgerKeeper *self, const gchar *day, GBytes *hash)
{
  Note *data = g_new0 (Note, 1);
  g_autofree gchar *text = ac_digest_to_text (hash);
  g_autoptr (GTask) task = NULL;

  data->path = g_strdup (self->heads);
  data->line.n_entries = self->n_entries;
  g_strlcpy (data->line.day, day, sizeof data->line.day);
  g_strlcpy (data->line.hash, text, sizeof data->line.hash);
  self->cancellable = g_cancellable_new ();
  task = g_task_new (NULL, self->cancellable, noted, self);
  g_task_set_check_cancellable (task, TRUE);
  g_task_set_task_data (task, data, note_free);
  g_task_run_in_thread (task, write_note);
}

/* What is noted is committed: it is read on the main loop's connection. */
static gboolean
look (gpointer user_data)
{
  AcLedgerKeeper *self = user_data;
  gchar today[AC_DAY_CHARS + 1];
  g_autoptr (GBytes) hash = NULL;
  g_autoptr (GError) error = NULL;

  ac_day_at (ac_clock_wall_ms (), today);
  if (!ac_ledger_head (self->store, &self->n_entries, &hash, &error)) {
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot read the ledger's head: %s",
            error->message);
    return G_SOURCE_CONTINUE;
  }
  if (self->cancellable != NULL || g_strcmp0 (today, self->noted_day) == 0)
    return G_SOURCE_CONTINUE;
  g_free (self->noted_day);
  self->noted_day = g_strdup (today);
  note (self, today, hash);
  return G_SOURCE_CONTINUE;
}

AcLedgerKeeper *
ac_ledger_keeper_new (AcStore *store, const gchar *heads,
                      const AcSettlementPauses *pauses)
{
  AcLedgerKeeper *self = g_new0 (AcLedgerKeeper, 1);

  self->store = store;
  self->heads = g_strdup (heads);
  self->settlement = ac_settlement_new (store, pauses);
  self->timer = g_timeout_add_seconds (LOOK_S, look, self);
  look (self);
  return self;
}

void
ac_ledger_keeper_free (AcLedgerKeeper *self)
{
  g_source_remove (self->timer);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  ac_settlement_free (self->settlement);
  g_free (self->noted_day);
  g_free (self->heads);
  g_free (self);
}

void
ac_ledger_keeper_lesson_ended (AcLedgerKeeper *self, gint64 lesson)
{
  ac_settlement_lesson_ended (self->settlement, lesson);
}

void
ac_ledger_keeper_metrics (AcLedgerKeeper *self, GString *out)
{
  AcSettlementStats stats;

  ac_settlement_stats (self->settlement, &stats);
  g_string_append_printf (
      out,
      "# TYPE airclass_ledger_entries gauge\n"
      "airclass_ledger_entries %" G_GINT64_FORMAT "\n"
      "# TYPE airclass_ledger_settled_total counter\n"
      "airclass_ledger_settled_total %" G_GUINT64_FORMAT "\n"
      "# TYPE airclass_ledger_settle_failures_total counter\n"
      "airclass_ledger_settle_failures_total %" G_GUINT64_FORMAT "\n"
      "# TYPE airclass_ledger_longest_slice_seconds gauge\n"
      "airclass_ledger_longest_slice_seconds %g\n",
      self->n_entries, stats.settled, stats.failures, stats.longest_slice_us / 1e6);
}
