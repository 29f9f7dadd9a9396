// How long to wait before the next attempt to connect: doubling, with jitter, so that
// thirteen thousand pages do not come back in the same second after a restart.

const FIRST_MS = 500
const LONGEST_MS = 10_000

export class BackOff {
  private attempts = 0

  constructor(private readonly random: () => number = Math.random) {}

  /** Between half of and the whole of the current step. */
  next(): number {
    const step = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.attempts)
    this.attempts = Math.min(this.attempts + 1, 10)
    return Math.round(step * (0.5 + 0.5 * this.random()))
  }

  reset(): void {
    this.attempts = 0
  }
}
