// When a line is too weak for low latency: two stalls within a minute.

const WINDOW_MS = 60_000
const STALLS = 2

export class StallPolicy {
  private recent: number[] = []

  /** Returns: whether to leave low latency now. `now`: monotonic, ms. */
  stalled(now: number): boolean {
    this.recent = this.recent.filter((at) => now - at < WINDOW_MS)
    this.recent.push(now)
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
