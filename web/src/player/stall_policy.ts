// When a line is too weak for low latency: two stalls within a minute.
//
// The start, and the end of an outage, often show as short stalls in a row while the buffer
// fills bit by bit. So a stall that follows closely on the play before it counts only when
// it is the third of such a row: then it is the line after all.

const WINDOW_MS = 60_000
const STALLS = 2
const SHORT_PLAY_MS = 5_000
const ROW = 3

export class StallPolicy {
  private recent: number[] = []
  private resumedAt = -Infinity
  private row = 0

  /** Playback goes on. `now`: monotonic, ms. */
  playing(now: number): void {
    this.resumedAt = now
  }

  /** Returns: whether to leave low latency now. */
  stalled(now: number): boolean {
    this.recent = this.recent.filter((at) => now - at < WINDOW_MS)
    this.row = now - this.resumedAt < SHORT_PLAY_MS ? this.row + 1 : 0
    if (this.row % ROW === 0) this.recent.push(now)
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
