#include "earning.h"

gint64
ac_earning_cover (AcIntervalSet *covered, const AcIntervalSet *creditable,
                  AcInterval piece)
{
  g_autoptr (AcIntervalSet) fresh = ac_interval_set_new ();

  ac_interval_set_add (fresh, piece.start_ms, piece.end_ms);
  ac_interval_set_remove_set (fresh, covered);
  ac_interval_set_add_set (covered, fresh);
  return ac_interval_set_measure_both (fresh, creditable);
}

gint64
ac_earning_ms (gint64 newly_ms, AcBatchSum *sum, gint rate_permille)
{
  gint64 earned_ms = newly_ms;

  if (sum->elapsed_ms < sum->media_ms)
    earned_ms = (gint64)((__int128)newly_ms * sum->elapsed_ms / sum->media_ms);
  if (rate_permille > 1000)
    earned_ms = MIN (earned_ms, newly_ms * 1000 / rate_permille);
  earned_ms = MIN (earned_ms, sum->free_ms);
  sum->free_ms -= earned_ms;
  return earned_ms;
}
