// hls.js behind the Engine interface. Imported dynamically: this is the heavy part.
import Hls, { type ErrorData, type Events, type Fragment, type LevelDetails } from 'hls.js'
import { measuredBandwidth, readBandwidth } from './bandwidth'
import type { Engine, EngineStart } from './engine'
import { gapEnd, GapPolicy } from './gap_policy'
import type { HeadStart } from './head_start'
import { knownPlaylists } from './known_playlists'
import { originOf } from './lesson_time'
import { heightsOf, levelForHeight, levelLimit } from './quality'
import type { FatalKind } from './recovery'
import { CALM_LATENCY_S, hlsSettings } from './settings'

/** hls.js takes a position before the playlist's start, be it by a rounding error of
 *  10^-14 s, for a lost viewer and goes on loading at the live edge. So nobody is ever sent
 *  to the very start. */
const HEAD_S = 0.01

export function isHlsSupported(): boolean {
  return Hls.isSupported()
}

export class HlsEngine implements Engine {
  readonly hls: Hls
  private readonly video: HTMLVideoElement
  private wasLive = true
  private chosenHeight: number
  private autoLimit = 0
  private readonly gaps = new GapPolicy()
  /** Renditions that are left, and the segment from which on they are there again. */
  private readonly backAt = new Map<number, number>()
  private readonly timers = new Set<number>()
  private happened = 0
  /** What was asked for last, of the picture and of the sound. */
  private readonly asked = new Map<string, Fragment>()

  /** `head`: what has been fetched of it already. */
  constructor(
    private readonly start: EngineStart,
    head: HeadStart | null = null,
  ) {
    this.video = start.video
    this.chosenHeight = start.chosenHeight
    const settings = hlsSettings({
      estimateBps: readBandwidth() ?? measuredBandwidth(),
      startAt: start.startAt ?? head?.startAt ?? null,
      lowLatency: start.lowLatency,
    })
    this.hls = new Hls(head === null ? settings : { ...settings, pLoader: knownPlaylists(head.playlists) })
    this.listen()
    this.hls.loadSource(start.address)
    this.hls.attachMedia(this.video)
  }

  get live(): boolean {
    return this.details?.live ?? this.wasLive
  }

  get edge(): number {
    const details = this.details
    return details === null ? 0 : Math.max(0, details.edge - this.origin)
  }

  get livePosition(): number | null {
    const position = this.live ? this.hls.liveSyncPosition : null
    return position === null ? null : Math.max(0, position - this.origin)
  }

  get latency(): number | null {
    return this.live && this.details !== null ? this.hls.latency : null
  }

  get heights(): readonly number[] {
    return heightsOf(this.hls.levels)
  }

  get height(): number {
    return this.hls.levels[this.hls.currentLevel]?.height ?? 0
  }

  get bandwidthBps(): number | null {
    const bps = this.hls.bandwidthEstimate
    return Number.isFinite(bps) ? bps : null
  }

  get activity(): number {
    let bytes = 0
    for (const fragment of this.asked.values()) bytes += fragment.stats.loaded
    return this.happened + bytes
  }

  lessonTime(): number {
    return Math.max(0, this.video.currentTime - this.origin)
  }

  seek(position: number): void {
    this.video.currentTime = Math.max(HEAD_S, position) + this.origin
  }

  chooseHeight(height: number): void {
    this.chosenHeight = height
    this.hls.nextLevel = height === 0 ? -1 : levelForHeight(this.hls.levels, height)
  }

  limitAuto(height: number): void {
    this.autoLimit = height
    this.hls.autoLevelCapping = levelLimit(this.hls.levels, height)
  }

  leaveLowLatency(): void {
    this.hls.lowLatencyMode = false
    this.hls.targetLatency = CALM_LATENCY_S
  }

  resumeLoading(): void {
    if (this.hls.levels.length === 0) this.hls.loadSource(this.start.address)
    else this.hls.startLoad()
  }

  recoverMedia(): void {
    this.hls.recoverMediaError()
  }

  destroy(): void {
    this.timers.forEach((timer) => clearTimeout(timer))
    this.hls.destroy()
  }

  private get details(): LevelDetails | null {
    return this.hls.latestLevelDetails
  }

  private get origin(): number {
    return originOf(this.details?.fragments ?? [])
  }

  /** hls.js has left the rendition, and a choice by hand with it: both come back. */
  private leftOut(frag: Fragment | undefined): void {
    // The level of a fragment of sound is the number of its track.
    if (frag?.type !== 'main' || typeof frag.sn !== 'number') return
    const level = this.hls.levels[frag.level]
    if (level === undefined) return
    const end = gapEnd(level.details?.fragments ?? [], frag.sn)
    if (end !== null) {
      this.backAt.set(frag.level, end)
      return
    }
    const delayMs = this.gaps.gap(frag.level, performance.now())
    if (delayMs === null) return
    const timer = window.setTimeout(() => {
      this.timers.delete(timer)
      this.tryAgain(frag.level)
    }, delayMs)
    this.timers.add(timer)
  }

  private tryAgain(index: number): void {
    const level = this.hls.levels[index]
    if (level !== undefined) level.loadError = level.fragmentError = 0
    if (this.chosenHeight !== 0) this.chooseHeight(this.chosenHeight)
  }

  /** A segment of another rendition is there: the next may be behind a gap. */
  private passed(frag: Fragment): void {
    for (const [index, end] of this.backAt) {
      if (frag.type !== 'main' || typeof frag.sn !== 'number' || frag.sn + 1 < end) continue
      this.backAt.delete(index)
      this.tryAgain(index)
    }
  }

  private listen(): void {
    const { events } = this.start
    this.hls.on(Hls.Events.MANIFEST_PARSED, () => {
      this.limitAuto(this.autoLimit)
      if (this.chosenHeight !== 0) this.chooseHeight(this.chosenHeight)
      events.changed()
    })
    this.hls.on(Hls.Events.LEVEL_UPDATED, () => {
      this.wasLive = this.live
      events.changed()
    })
    this.hls.on(Hls.Events.LEVEL_SWITCHED, () => {
      events.switched()
      events.changed()
    })
    const { FRAG_LOADING, FRAG_LOADED, FRAG_BUFFERED, BUFFER_APPENDED } = Hls.Events
    this.hls.on(FRAG_BUFFERED, (_event, { frag }) => this.passed(frag))
    this.hls.on(FRAG_LOADING, (_event, { frag }) => void this.asked.set(frag.type, frag))
    for (const name of [FRAG_LOADING, FRAG_LOADED, BUFFER_APPENDED] as const) {
      this.hls.on(name, () => void (this.happened += 1))
    }
    this.hls.on(Hls.Events.ERROR, (_event: Events.ERROR, data: ErrorData) => {
      this.happened += 1
      if (isGap(data)) this.leftOut(data.frag)
      // hls.js would try its renditions in turn for half a minute, all by the same token.
      const refused = isRefused(data)
      if (refused) this.hls.stopLoad()
      if (data.fatal || refused) events.fatal(kindOf(data), data.response?.code ?? 0)
    })
  }
}

/** A playlist may be a moment older than the gap: then its segment is not found. */
function isGap(data: ErrorData): boolean {
  const { FRAG_GAP, FRAG_LOAD_ERROR } = Hls.ErrorDetails
  return data.details === FRAG_GAP || (data.details === FRAG_LOAD_ERROR && data.response?.code === 404)
}

/** The token in the address has expired, or is taken back. */
function isRefused(data: ErrorData): boolean {
  return data.response?.code === 401 || data.response?.code === 403
}

function kindOf(data: ErrorData): FatalKind {
  if (data.type === Hls.ErrorTypes.NETWORK_ERROR) return 'network'
  return data.type === Hls.ErrorTypes.MEDIA_ERROR ? 'media' : 'other'
}
