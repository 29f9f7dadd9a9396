// When a line is too weak for low latency: two stalls within a minute.
//
// One outage often shows as several short stalls in a row, as the buffer fills bit by bit;
// a stall that follows so closely on another is part of it.

const WINDOW_MS = 60_000
const STALLS = 2
const SAME_STALL_MS = 5_000

export class StallPolicy {
  private recent: number[] = []
  private resumedAt = -Infinity

  /** Playback goes on. `now`: monotonic, ms. */
  playing(now: number): void {
    this.resumedAt = now
  }

  /** Returns: whether to leave low latency now. */
  stalled(now: number): boolean {
    this.recent = this.recent.filter((at) => now - at < WINDOW_MS)
    const another = now - this.resumedAt >= SAME_STALL_MS
    if (another || this.recent.length === 0) this.recent.push(now)
    return this.recent.length >= STALLS
  }

  /** The line has been calm for a whole window. */
  isCalm(now: number): boolean {
    return this.recent.every((at) => now - at >= WINDOW_MS)
  }

  reset(): void {
    this.recent = []
  }
}
