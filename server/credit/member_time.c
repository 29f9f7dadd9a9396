#include "member_time.h"

/* Beats do not come to the millisecond. */
#define HOLE_MIN_MS 1000
#define STRETCHES_MAX 128

AcIntervalSet *
ac_member_time_load (AcStore *store, gint64 member, const AcArrival *arrival,
                     GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT used FROM member_time WHERE member = ? AND boot = ?", error);
  AcIntervalSet *used = NULL;
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "it", member, arrival->boot);
  code = ac_store_step (store, statement, error);
  if (code < 0)
    return NULL;
  if (code == SQLITE_ROW)
    used = ac_interval_set_parse ((const gchar *)sqlite3_column_text (statement, 0));
  return used != NULL ? used : ac_interval_set_new ();
}

gboolean
ac_member_time_save (AcStore *store, gint64 member, const AcArrival *arrival,
                     const AcIntervalSet *used, GError **error)
{
  g_autoptr (AcIntervalSet) tidy = ac_member_time_tidy (used);
  g_autofree gchar *text = ac_interval_set_to_text (tidy);

  return ac_store_run (
      store, error,
      "INSERT OR REPLACE INTO member_time (member, boot, used) VALUES (?, ?, ?)", "itt",
      member, arrival->boot, text);
}

static AcIntervalSet *
free_of (const AcIntervalSet *used, AcInterval stretch)
{
  AcIntervalSet *left = ac_interval_set_new ();

  ac_interval_set_add (left, stretch.start_ms, stretch.end_ms);
  ac_interval_set_remove_set (left, used);
  return left;
}

gint64
ac_member_time_free_ms (const AcIntervalSet *used, AcInterval stretch)
{
  g_autoptr (AcIntervalSet) left = free_of (used, stretch);

  return ac_interval_set_measure (left);
}

void
ac_member_time_use (AcIntervalSet *used, AcInterval stretch, gint64 time_ms)
{
  g_autoptr (AcIntervalSet) left = free_of (used, stretch);

  for (guint i = 0; i < ac_interval_set_length (left) && time_ms > 0; i++) {
    AcInterval piece = ac_interval_set_get (left, i);
    gint64 length_ms = MIN (piece.end_ms - piece.start_ms, time_ms);

    ac_interval_set_add (used, piece.start_ms, piece.start_ms + length_ms);
    time_ms -= length_ms;
  }
}

AcIntervalSet *
ac_member_time_tidy (const AcIntervalSet *used)
{
  AcIntervalSet *tidy = ac_interval_set_new ();
  AcInterval next = { G_MAXINT64, G_MAXINT64 };
  guint n = ac_interval_set_length (used);

  for (guint kept = 0; n > 0 && kept < STRETCHES_MAX; n--) {
    AcInterval item = ac_interval_set_get (used, n - 1);
    gboolean joined = next.start_ms - item.end_ms < HOLE_MIN_MS;

    /* The time before the boot has no readings that could be written. */
    ac_interval_set_add (tidy, MAX (item.start_ms, 0),
                         joined ? next.start_ms : item.end_ms);
    kept += !joined;
    next = item;
  }
  return tidy;
}
