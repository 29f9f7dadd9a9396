// What the player needs of a streaming engine: hls.js, or a browser that plays HLS itself.
// All times are lesson time in seconds unless said otherwise.
import type { FatalKind } from './recovery'

export interface EngineEvents {
  /** Heights, live or not, or the current height changed. */
  changed(): void
  fatal(kind: FatalKind, status: number): void
  /** The current level changed, by itself or by choice. */
  switched(): void
}

export interface Engine {
  /** The playlist goes on growing. */
  readonly live: boolean
  /** The end of what is published. */
  readonly edge: number
  /** Where "live" is: the edge less the hold-back; null for a replay. */
  readonly livePosition: number | null
  /** Behind the edge, s; null when not live. */
  readonly latency: number | null
  /** Heights to choose from, best first; empty: no choice. */
  readonly heights: readonly number[]
  /** Height of what is shown, 0 when unknown. */
  readonly height: number
  readonly bandwidthBps: number | null
  /** Grows while media is being fetched or appended: one that stays the same although the
   *  picture has run out of media tells of an engine that has lost its way. */
  readonly activity: number
  /** hls.js itself, for measurements. */
  readonly hls: unknown

  lessonTime(): number
  seek(position: number): void
  /** 0: automatic. */
  chooseHeight(height: number): void
  /** Automatic quality goes no higher; 0: as high as the line allows. The browser's own HLS
   *  cannot be told. */
  limitAuto?(height: number): void
  /** Play well behind the edge from now on. One way: low latency again is a new engine. */
  leaveLowLatency(): void
  resumeLoading(): void
  recoverMedia(): void
  destroy(): void
}

export interface EngineStart {
  video: HTMLVideoElement
  address: string
  /** null: the live edge, or the start of a replay. */
  startAt: number | null
  lowLatency: boolean
  chosenHeight: number
  events: EngineEvents
}

/** This browser can play no HLS at all. */
export class Unsupported extends Error {}
