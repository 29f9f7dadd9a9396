#include "proofs.h"

#include "clock.h"

static const gchar *const names[] = {
  [AC_PROOF_PRESS] = "press",
  [AC_PROOF_CHAT] = "chat",
  [AC_PROOF_POLL] = "poll",
};

gboolean
ac_attendance_proof_at (AcStore *store, gint64 lesson, gint64 member, AcProof how,
                        const AcArrival *arrival, GError **error)
{
  return ac_store_run (
      store, error,
      "INSERT INTO proofs (lesson, member, how, boot, clock_ms, wall_ms) "
      "VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET boot = excluded.boot, clock_ms = excluded.clock_ms, "
      "  wall_ms = excluded.wall_ms "
      "WHERE boot <> excluded.boot OR clock_ms < excluded.clock_ms",
      "iittii", lesson, member, names[how], arrival->boot, arrival->clock_ms,
      arrival->wall_ms);
}

gboolean
ac_attendance_proof (AcStore *store, gint64 lesson, gint64 member, AcProof how,
                     GError **error)
{
  const AcArrival now = { ac_clock_monotonic_ms (), ac_clock_wall_ms (),
                          ac_clock_boot_id () };

  return ac_attendance_proof_at (store, lesson, member, how, &now, error);
}
