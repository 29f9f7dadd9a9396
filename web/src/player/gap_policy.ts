// When a rendition that had a gap is tried again.
//
// The server leaves a rendition out while the machine cannot make it; hls.js then goes to
// another one, and never back by itself. Where the playlist knows the gap's end, the
// rendition is tried again from there. At the live edge nobody knows: it is tried again
// after a while, and when it has a gap once more soon after, after twice as long.

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

/** What a playlist tells of a segment. */
export interface Listed {
  sn: number | 'initSegment'
  gap?: boolean
}

/** Returns: the number of the first segment behind the gap that `from` is in; null: the
 *  playlist does not know it yet. */
export function gapEnd(segments: readonly (Listed | null)[], from: number): number | null {
  const behind = segments.find((it) => it !== null && !it.gap && typeof it.sn === 'number' && it.sn > from)
  return (behind?.sn as number | undefined) ?? null
}
