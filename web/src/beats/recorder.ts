// Turns what the player observably played into beats.
//
// A beat claims a stretch of lesson time that was played without a break, at one rate, in
// one mode, with the page visible or not. The recorder is fed positions (the player's
// timeupdates) and is told of every seek. Invariants:
//   1. a stretch only grows from one observed position to the next, and only when the
//      clock allows the step: media skipped by a seek, a gap jump or a reload is never
//      claimed;
//   2. stretches that touch in lesson time touch in their integer milliseconds too;
//   3. nothing is claimed after a cut until a new position was observed.
//
// `rate` is the speed the member chose. The player's own catching up at the live edge (at
// most 5 %) is not a rate change: the server bounds it by time elapsed.

export type BeatMode = 'video' | 'audio' | 'room'

/** A beat without its sequence number. Lesson time in integer milliseconds. */
export interface Stretch {
  from_ms: number
  to_ms: number
  rate: number
  playing: boolean
  visible: boolean
  mode: BeatMode
}

/** One beat at least this often while playing. */
export const BEAT_EVERY_MS = 10_000

/** The player's own catching up at the live edge. */
const CATCH_UP_RATE = 1.05

/** Clocks of the page and of the media element disagree by less than this per step. */
const STEP_TOLERANCE_MS = 500

export class BeatRecorder {
  private rate = 1
  private visible: boolean
  private mode: BeatMode
  /** The stretch under way, or null. Positions in fractional milliseconds. */
  private open: { fromMs: number; toMs: number; begunAt: number; seenAt: number } | null = null

  constructor(
    private readonly emit: (stretch: Stretch) => void,
    start: { visible: boolean; mode: BeatMode },
  ) {
    this.visible = start.visible
    this.mode = start.mode
  }

  /** The player is playing and is at `positionS` of the lesson; `now` is monotonic, ms. */
  observe(positionS: number, now: number): void {
    if (!Number.isFinite(positionS) || positionS < 0) return
    const positionMs = positionS * 1000
    const open = this.open
    if (open === null || !this.follows(open, positionMs, now)) {
      this.cut()
      this.begin(positionMs, now)
      return
    }
    open.toMs = positionMs
    open.seenAt = now
    if (now - open.begunAt >= BEAT_EVERY_MS) {
      this.cut()
      this.begin(positionMs, now)
    }
  }

  /** Playback stopped at `positionS`: pause, end, page hide. */
  stop(positionS: number, now: number): void {
    if (this.open !== null) this.observe(positionS, now)
    this.cut()
  }

  /** The position jumped or is about to; where it is now says nothing about what was played. */
  jump(): void {
    this.cut()
  }

  setRate(rate: number): void {
    if (rate === this.rate) return
    this.split()
    this.rate = rate
  }

  setVisible(visible: boolean): void {
    if (visible === this.visible) return
    this.split()
    this.visible = visible
  }

  setMode(mode: BeatMode): void {
    if (mode === this.mode) return
    this.split()
    this.mode = mode
  }

  private follows(
    open: { toMs: number; seenAt: number },
    positionMs: number,
    now: number,
  ): boolean {
    const step = positionMs - open.toMs
    const allowed = (now - open.seenAt) * Math.max(this.rate, CATCH_UP_RATE)
    return step >= 0 && step <= allowed + STEP_TOLERANCE_MS
  }

  private begin(positionMs: number, now: number): void {
    this.open = { fromMs: positionMs, toMs: positionMs, begunAt: now, seenAt: now }
  }

  /** Ends the stretch where it was last observed and goes on from there: what was played
   *  since then belongs to what holds from now on. */
  private split(): void {
    const open = this.open
    this.cut()
    if (open !== null) this.begin(open.toMs, open.seenAt)
  }

  private cut(): void {
    const open = this.open
    this.open = null
    if (open === null) return
    const from_ms = Math.round(open.fromMs)
    const to_ms = Math.round(open.toMs)
    if (to_ms <= from_ms) return // a stall, or a seek right after a seek: nothing played
    this.emit({
      from_ms,
      to_ms,
      rate: this.rate,
      playing: true,
      visible: this.visible,
      mode: this.mode,
    })
  }
}
