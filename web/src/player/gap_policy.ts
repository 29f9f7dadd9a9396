// When a rendition that had a gap is tried again.
//
// The server leaves a rendition out while the machine cannot make it; hls.js then goes to
// another one, and never back by itself. It is tried again after a while, and when it has a
// gap once more soon after, after twice as long.

const FIRST_MS = 10_000
const LONGEST_MS = 160_000
const RELAPSE_MS = 60_000

export class GapPolicy {
  private readonly levels = new Map<number, { delayMs: number; againAt: number }>()

  /** Rendition `level` has a gap. Returns: after how many ms to try it again; null: that is
   *  being waited for already. `now`: monotonic, ms. */
  gap(level: number, now: number): number | null {
    const last = this.levels.get(level)
    if (last && now < last.againAt) return null
    const relapsed = last !== undefined && now - last.againAt < RELAPSE_MS
    const delayMs = relapsed ? Math.min(LONGEST_MS, last.delayMs * 2) : FIRST_MS
    this.levels.set(level, { delayMs, againAt: now + delayMs })
    return delayMs
  }
}
