// How well a lesson plays, summed up since it was last told: what the operators of the
// county see as viewing quality. It names nobody and nothing but sums.
import type { PlayerState } from './player'

/** As the server takes them; docs/api.yaml, reportQuality. */
const MOST_MS = 600_000
const MOST_COUNT = 1_000

export interface QualityFigures {
  rendition: string
  /** Only with a start: from asking to the first picture. */
  start_ms?: number
  stalls: number
  stall_ms: number
  switches: number
  errors: number
  played_ms: number
  /** Only of who is at the live edge. */
  latency_ms?: number
}

/** What the player has counted since it was made. */
export interface Counted {
  stalls: number
  switches: number
  rebuilds: number
}

interface Watched extends Counted {
  /** Seconds behind the live edge. */
  latency: number | null
}

const NONE: Counted = { stalls: 0, switches: 0, rebuilds: 0 }

export class QualityTally {
  private at: number | null = null
  private phase: PlayerState['phase'] = 'loading'
  private askedAt: number | null
  private startMs: number | null = null
  private started = false
  private playedMs = 0
  private stallMs = 0
  private counted = NONE
  private told = NONE
  private height = 0
  private latencyMs: number | null = null

  /** @now: when the lesson was asked for, ms of a clock that only goes on */
  constructor(now: number) {
    this.askedAt = now
  }

  /** To be called at each change of the state, and before `take`. */
  observe(state: PlayerState, player: Watched, now: number): void {
    this.pass(now)
    if (!this.started) this.followStart(state, now)
    this.phase = state.phase
    this.counted = { stalls: player.stalls, switches: player.switches, rebuilds: player.rebuilds }
    if (state.height > 0) this.height = state.height
    // Who went back in the lesson is as far behind as they wish. 0: not known yet.
    if (state.phase === 'playing' && state.atLive && player.latency) this.latencyMs = player.latency * 1000
  }

  /** What there is to tell; null when nothing was played. It stays until `forget`. */
  figures(audio: boolean): QualityFigures | null {
    const { counted, told } = this
    if (this.playedMs <= 0 && this.stallMs <= 0) return null
    const ms = (value: number): number => Math.min(MOST_MS, Math.round(value))
    const count = (name: keyof Counted): number => Math.min(MOST_COUNT, counted[name] - told[name])
    return {
      rendition: audio ? 'audio' : `${this.height}p`,
      ...(this.startMs === null ? {} : { start_ms: ms(this.startMs) }),
      stalls: count('stalls'),
      stall_ms: ms(this.stallMs),
      switches: count('switches'),
      errors: count('rebuilds'),
      played_ms: ms(this.playedMs),
      ...(this.latencyMs === null ? {} : { latency_ms: ms(this.latencyMs) }),
    }
  }

  /** It was told. What has passed since `figures` is told next time. */
  forget(figures: QualityFigures): void {
    this.playedMs = Math.max(0, this.playedMs - figures.played_ms)
    this.stallMs = Math.max(0, this.stallMs - figures.stall_ms)
    if (figures.start_ms !== undefined) this.startMs = null
    this.latencyMs = null
    this.told = {
      stalls: this.told.stalls + figures.stalls,
      switches: this.told.switches + figures.switches,
      rebuilds: this.told.rebuilds + figures.errors,
    }
  }

  private pass(now: number): void {
    const passed = this.at === null ? 0 : now - this.at
    this.at = now
    if (this.phase === 'playing') this.playedMs += passed
    else if (this.phase === 'buffering' && this.started) this.stallMs += passed
  }

  /** The time that a member takes to tap is theirs. */
  private followStart(state: PlayerState, now: number): void {
    if (state.phase === 'playing') {
      this.started = true
      this.startMs = this.askedAt === null ? null : now - this.askedAt
    } else if (state.blocked || state.phase === 'paused') this.askedAt = null
    else this.askedAt ??= now
  }
}
