// The player of one lesson: an engine, the video element, and the rules between them.
//
// Invariants:
//   1. `place` is the last lesson time that was really shown; every new engine starts
//      there, or at the live edge when the member was at it;
//   2. the recorder hears of a position only while the element plays and is not seeking,
//      and of a jump before every change of engine;
//   3. `wanted` is what the member asked for (play or pause); stalls, errors and changes
//      of engine do not change it.
import { rememberBandwidth } from './bandwidth'
import { Unsupported, type Engine, type EngineStart } from './engine'
import { RecoveryPolicy, type FatalKind } from './recovery'
import { StallPolicy } from './stall_policy'
import { StandstillPolicy } from './standstill_policy'
import { CALM_LATENCY_S } from './settings'

export type Phase = 'loading' | 'ready' | 'playing' | 'paused' | 'buffering' | 'ended'
export type Trouble = 'none' | 'reconnecting' | 'media' | 'unsupported'

export interface PlayerState {
  phase: Phase
  /** The browser wants a tap before it plays with sound. */
  blocked: boolean
  trouble: Trouble
  live: boolean
  atLive: boolean
  position: number
  edge: number
  buffered: number
  heights: readonly number[]
  height: number
  chosenHeight: number
  rate: number
  volume: number
  muted: boolean
}

export interface PositionListener {
  observe(positionS: number, now: number): void
  stop(positionS: number, now: number): void
  jump(): void
  setRate(rate: number): void
}

export interface PlayerOptions {
  video: HTMLVideoElement
  /** Throws Unsupported when the browser can play no HLS at all. */
  createEngine(start: EngineStart): Promise<Engine>
  recorder: PositionListener
  /** Fresh addresses from the API; null: could not be asked now. */
  refreshAddress(): Promise<string | null>
  changed(state: PlayerState): void
  now?: () => number
}

/** Nearer to the live position than this counts as live. */
const AT_LIVE_S = 4
/** A stall that lasts so long is told as a lost picture. */
const LONG_STALL_MS = 6_000
/** The playlist says that the lesson is over within this, or is opened anew. */
const END_WITHIN_MS = 1_200
/** Nearer to the edge than this is too near without low latency. */
const NEAR_EDGE_S = 5
const REFETCH_AFTER_MS = 2_000
const LOOK_EVERY_MS = 500
/** Nearer to the end of a replay than this nothing is left to load. */
const AT_END_S = 0.3

type VideoEvent = keyof HTMLVideoElementEventMap

export class Player {
  /** Quality of experience, counted for tests and reports. */
  stalls = 0
  switches = 0
  rebuilds = 0

  state: PlayerState
  private engine: Engine | null = null
  private opening = 0
  private address = ''
  private place = 0
  private wanted = false
  private autoLimit = 0
  /** The lesson is over: there is no live edge to open anew, only the place. */
  private over = false
  private lowLatency = true
  /** The engine has shown its first picture: its position means something. */
  private settled = false
  private atLive = true
  private readonly stallPolicy = new StallPolicy()
  private readonly recovery = new RecoveryPolicy()
  private readonly standstill = new StandstillPolicy()
  private readonly looking: ReturnType<typeof setInterval>
  private readonly timers = new Map<'remedy' | 'stall' | 'end', ReturnType<typeof setTimeout>>()
  private readonly listeners: [VideoEvent, () => void][]
  private readonly now: () => number

  constructor(private readonly options: PlayerOptions) {
    const { video } = options
    this.now = options.now ?? (() => performance.now())
    this.state = {
      phase: 'loading',
      blocked: false,
      trouble: 'none',
      live: false,
      atLive: true,
      position: 0,
      edge: 0,
      buffered: 0,
      heights: [],
      height: 0,
      chosenHeight: 0,
      rate: 1,
      volume: video.volume,
      muted: video.muted,
    }
    this.listeners = [
      ['timeupdate', () => this.moved()],
      ['playing', () => this.playing()],
      ['pause', () => this.paused()],
      ['seeking', () => this.options.recorder.jump()],
      ['seeked', () => this.moved()],
      ['waiting', () => this.waiting()],
      ['ended', () => this.ended()],
      ['volumechange', () => this.set({ volume: video.volume, muted: video.muted })],
      ['loadedmetadata', () => this.loaded()],
      ['progress', () => this.measure()],
    ]
    for (const [name, run] of this.listeners) video.addEventListener(name, run)
    this.looking = setInterval(() => this.look(), LOOK_EVERY_MS)
  }

  get hls(): unknown {
    return this.engine?.hls ?? null
  }

  get latency(): number | null {
    return this.engine?.latency ?? null
  }

  get lessonTime(): number {
    return this.place
  }

  /** Opens a lesson. `startAt`: lesson time, or null for the live edge (start of a replay). */
  async open(address: string, startAt: number | null): Promise<void> {
    this.address = address
    this.place = startAt ?? 0
    this.atLive = startAt === null
    await this.build(startAt)
  }

  /** Other addresses of the same lesson (audio mode, fresh tokens): goes on in place. */
  async change(address: string): Promise<void> {
    this.address = address
    await this.build(this.resumePoint())
  }

  play(): void {
    this.wanted = true
    if (this.state.trouble === 'media') {
      void this.build(this.resumePoint())
      return
    }
    if (this.state.phase === 'ended') this.seek(0)
    this.start()
  }

  pause(): void {
    this.wanted = false
    this.options.video.pause()
  }

  toggle(): void {
    if (this.options.video.paused) this.play()
    else this.pause()
  }

  seek(position: number): void {
    const engine = this.engine
    if (engine === null) return
    const furthest = engine.livePosition ?? engine.edge
    const target = Math.min(Math.max(0, position), furthest)
    this.settle()
    engine.seek(target)
    this.settled = true
    this.place = target
    this.atLive = engine.live && furthest - target < 1
    this.set({ position: target, atLive: this.atLive })
  }

  skip(seconds: number): void {
    this.seek(this.place + seconds)
  }

  toLive(): void {
    if (!this.lowLatency && this.stallPolicy.isCalm(this.now())) {
      this.lowLatency = true
      this.stallPolicy.reset()
      this.wanted = true
      void this.build(null)
      return
    }
    const position = this.engine?.livePosition ?? null
    if (position !== null) this.seek(position)
    this.play()
  }

  /** Of automatic quality; 0: none. */
  limitAuto(height: number): void {
    this.autoLimit = height
    this.engine?.limitAuto?.(height)
  }

  chooseHeight(height: number): void {
    this.engine?.chooseHeight(height)
    this.set({ chosenHeight: height })
  }

  setRate(rate: number): void {
    this.options.recorder.setRate(rate)
    this.options.video.playbackRate = rate
    this.options.video.defaultPlaybackRate = rate // a new source starts from the default
    this.set({ rate })
  }

  setVolume(volume: number): void {
    this.options.video.volume = volume
    this.options.video.muted = volume === 0
  }

  toggleMuted(): void {
    this.options.video.muted = !this.options.video.muted
  }

  /** The server says that the lesson is over: the playlist should soon say so too. */
  lessonEnded(): void {
    this.over = true
    this.after('end', END_WITHIN_MS, () => {
      if (this.engine?.live === true) void this.refresh()
    })
  }

  destroy(): void {
    this.options.recorder.stop(this.place, this.now())
    for (const [name, run] of this.listeners) this.options.video.removeEventListener(name, run)
    for (const timer of this.timers.values()) clearTimeout(timer)
    clearInterval(this.looking)
    this.timers.clear()
    this.opening += 1
    this.saveBandwidth()
    this.engine?.destroy()
    this.engine = null
  }

  saveBandwidth(): void {
    const bps = this.engine?.bandwidthBps ?? null
    if (bps !== null) rememberBandwidth(bps)
  }

  /* --- engines ------------------------------------------------------------------ */

  private resumePoint(): number | null {
    return this.state.live && this.atLive && !this.over ? null : this.place
  }

  /** Tells the recorder how far playback came before the position is made to jump. */
  private settle(): void {
    const { video, recorder } = this.options
    const engine = this.engine
    const known = engine !== null && this.settled && video.readyState >= 1
    if (known && !video.paused && !video.seeking) recorder.stop(engine.lessonTime(), this.now())
    recorder.jump()
  }

  private async build(startAt: number | null): Promise<void> {
    const opening = ++this.opening
    this.settle()
    this.saveBandwidth()
    this.engine?.destroy()
    this.engine = null
    this.settled = false
    this.set({ phase: 'loading', trouble: 'none' })
    const { video, createEngine } = this.options
    const events = {
      changed: () => this.measure(),
      switched: () => void (this.switches += 1),
      fatal: (kind: FatalKind, status: number) => this.failed(opening, kind, status),
    }
    try {
      const { address, lowLatency } = this
      const { chosenHeight } = this.state
      const start = { video, address, startAt, lowLatency, chosenHeight, events }
      const engine = await createEngine(start)
      engine.limitAuto?.(this.autoLimit)
      if (opening === this.opening) this.engine = engine
      else engine.destroy() // a later opening overtook this one
    } catch (error) {
      if (opening === this.opening) this.notBuilt(error, startAt)
      return
    }
    if (opening === this.opening && this.wanted) this.start()
  }

  private notBuilt(error: unknown, startAt: number | null): void {
    if (error instanceof Unsupported) {
      this.set({ trouble: 'unsupported' })
      return
    }
    // The engine's code could not be fetched: the line is down.
    this.set({ trouble: 'reconnecting' })
    this.after('remedy', REFETCH_AFTER_MS, () => void this.build(startAt))
  }

  private start(): void {
    this.options.video.play().then(
      () => this.set({ blocked: false }),
      (error: unknown) => {
        if (error instanceof DOMException && error.name === 'NotAllowedError') {
          this.wanted = false
          this.set({ blocked: true, phase: 'ready' })
        }
        // Anything else: a newer load took over, or the engine reports it as an error.
      },
    )
  }

  private failed(opening: number, kind: FatalKind, status: number): void {
    if (opening !== this.opening) return
    const remedy = this.recovery.fatal(kind, status, this.now())
    if (remedy.action === 'give-up') {
      this.options.recorder.jump()
      this.set({ trouble: 'media' })
      return
    }
    this.set({ trouble: 'reconnecting' })
    if (remedy.action === 'recover-media') {
      this.options.recorder.jump()
      this.engine?.recoverMedia()
      if (this.wanted) this.start()
    } else if (remedy.action === 'resume-loading') {
      this.after('remedy', remedy.delayMs, () => this.engine?.resumeLoading())
    } else if (remedy.action === 'rebuild') {
      this.after('remedy', remedy.delayMs, () => void this.build(this.resumePoint()))
    } else {
      this.after('remedy', remedy.delayMs, () => void this.refresh())
    }
  }

  /** Makes an engine anew that has lost its way, in place. */
  private look(): void {
    const { video } = this.options
    const { engine } = this
    if (engine === null) return
    const standing = {
      position: video.currentTime,
      activity: engine.activity,
      waits: this.wanted && !video.paused && !video.ended && this.state.trouble !== 'media',
      atEnd: !engine.live && video.readyState >= 2 && engine.edge - this.place < AT_END_S,
    }
    if (!this.standstill.stands(standing, this.now())) return
    this.rebuilds += 1
    void this.build(this.resumePoint())
  }

  private async refresh(): Promise<void> {
    const opening = this.opening
    const address = await this.options.refreshAddress()
    if (opening !== this.opening) return
    if (address === null) this.failed(opening, 'network', 0)
    else await this.change(address)
  }

  /* --- the element's events ------------------------------------------------------- */

  private loaded(): void {
    if (this.state.phase === 'loading') {
      this.set({ phase: this.wanted ? 'buffering' : 'ready' })
    }
    this.options.video.playbackRate = this.state.rate
    this.measure()
  }

  private moved(): void {
    const { video, recorder } = this.options
    if (this.engine === null || !this.settled || video.readyState < 1 || video.seeking) return
    const position = this.engine.lessonTime()
    this.place = position
    if (!video.paused) recorder.observe(position, this.now())
    this.measure()
  }

  private playing(): void {
    this.wanted = true
    this.settled = true
    this.recovery.playing()
    this.stallPolicy.playing(this.now())
    this.cancel('stall')
    this.set({ phase: 'playing', blocked: false, trouble: 'none' })
    this.moved()
    if (!this.lowLatency) this.keepDistance()
  }

  private paused(): void {
    const { video, recorder } = this.options
    if (this.engine !== null && this.settled && !video.seeking && video.readyState >= 1) {
      this.place = this.engine.lessonTime()
      recorder.stop(this.place, this.now())
    } else {
      recorder.jump()
    }
    this.cancel('stall')
    // A change of engine pauses the element too; that is not the member's pause.
    if (!video.ended && this.state.phase !== 'loading') this.set({ phase: 'paused' })
  }

  private waiting(): void {
    const { video } = this.options
    if (video.paused || this.state.phase === 'loading') return
    const stalled = this.state.phase === 'playing' && !video.seeking
    this.set({ phase: 'buffering' })
    this.after('stall', LONG_STALL_MS, () => this.set({ trouble: 'reconnecting' }))
    if (!stalled) return
    this.stalls += 1
    if (this.state.live && this.lowLatency && this.stallPolicy.stalled(this.now())) {
      this.leaveLowLatency()
    }
  }

  private ended(): void {
    this.options.recorder.stop(this.place, this.now())
    this.wanted = false
    this.set({ phase: 'ended' })
  }

  /** Plays well behind the edge on purpose; what is behind is still in the buffer. */
  private leaveLowLatency(): void {
    this.lowLatency = false
    const engine = this.engine
    if (engine === null) return
    engine.leaveLowLatency()
    this.keepDistance()
  }

  /** Off low latency: not so near to the edge that the next hiccup stalls again. A stall
   *  that ends where the media ended would leave the member right there. */
  private keepDistance(): void {
    const engine = this.engine
    if (engine === null || !this.state.live || !this.atLive) return
    if (engine.edge - this.place < NEAR_EDGE_S) this.seek(engine.edge - CALM_LATENCY_S)
  }

  private measure(): void {
    const engine = this.engine
    if (engine === null) return
    const live = engine.live
    const livePosition = engine.livePosition
    if (this.settled && !this.options.video.seeking) {
      this.atLive = live && livePosition !== null && livePosition - this.place < AT_LIVE_S
    }
    this.set({
      live,
      atLive: this.atLive,
      position: this.place,
      edge: Math.max(engine.edge, this.place),
      buffered: this.bufferedTo(engine),
      heights: engine.heights,
      height: engine.height,
    })
  }

  private bufferedTo(engine: Engine): number {
    const { buffered, currentTime } = this.options.video
    for (let i = 0; i < buffered.length; i++) {
      if (buffered.start(i) <= currentTime + 0.2 && buffered.end(i) > currentTime) {
        return engine.lessonTime() + buffered.end(i) - currentTime
      }
    }
    return this.place
  }

  private set(change: Partial<PlayerState>): void {
    this.state = { ...this.state, ...change }
    this.options.changed(this.state)
  }

  private after(name: 'remedy' | 'stall' | 'end', ms: number, run: () => void): void {
    this.cancel(name)
    this.timers.set(name, setTimeout(run, ms))
  }

  private cancel(name: 'remedy' | 'stall' | 'end'): void {
    const timer = this.timers.get(name)
    if (timer !== undefined) clearTimeout(timer)
    this.timers.delete(name)
  }
}
