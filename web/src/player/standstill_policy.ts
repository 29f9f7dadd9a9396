// When an engine has lost its way: the member wants to watch, the picture does not move, and
// nothing is fetched that could change that.
//
// hls.js has such states, each of them a race that is rarely met. One: the last segment was
// fetched a moment before the playlist said that it is the last one; the stream then never
// ends, and the picture stands some frames before its end.

/** Longer than hls.js waits for the first byte of anything: until then it may be waiting. */
const STANDSTILL_MS = 10_000
/** At the very end of a replay, where there is nothing to wait for. */
const AT_END_MS = 1_000

export interface Standing {
  /** Of the picture, s. */
  position: number
  /** Of the engine. */
  activity: number
  /** It should play and does not. */
  waits: boolean
  /** The last picture of a replay is shown. */
  atEnd: boolean
}

export class StandstillPolicy {
  private position = Number.NaN
  private activity = Number.NaN
  private since = 0

  /** Asked some times a second. `now`: monotonic, ms.
   *  Returns: whether the engine is to be made anew. */
  stands({ position, activity, waits, atEnd }: Standing, now: number): boolean {
    if (!waits || position !== this.position || activity !== this.activity) {
      this.position = position
      this.activity = activity
      this.since = now
      return false
    }
    if (now - this.since < (atEnd ? AT_END_MS : STANDSTILL_MS)) return false
    this.since = now
    return true
  }
}
