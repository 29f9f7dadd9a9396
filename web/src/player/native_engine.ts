// HLS played by the browser itself: iPhones before iOS 17.1, and some television sets.
//
// Such a player shows nothing of its playlists. Lesson time is counted from the start of
// what can be sought, which is segment 0, as playlists list the lesson from its start.
import type { Engine, EngineStart } from './engine'

/** What AVPlayer keeps to the edge at low latency, about three parts and a segment. */
const HOLD_BACK_S = 4

export function isNativeSupported(video: HTMLVideoElement): boolean {
  return video.canPlayType('application/vnd.apple.mpegurl') !== ''
}

export class NativeEngine implements Engine {
  readonly heights: readonly number[] = []
  readonly bandwidthBps = null
  readonly hls = null
  private readonly video: HTMLVideoElement

  constructor(private readonly start: EngineStart) {
    this.video = start.video
    this.video.addEventListener('loadedmetadata', this.begin)
    this.video.addEventListener('durationchange', start.events.changed)
    this.video.addEventListener('resize', start.events.changed)
    this.video.addEventListener('error', this.failed)
    this.video.src = start.address
    this.video.load()
  }

  get live(): boolean {
    return !Number.isFinite(this.video.duration)
  }

  get edge(): number {
    const { seekable } = this.video
    return seekable.length === 0 ? 0 : seekable.end(seekable.length - 1) - this.origin
  }

  get livePosition(): number | null {
    return this.live ? Math.max(0, this.edge - HOLD_BACK_S) : null
  }

  get latency(): number | null {
    return this.live ? Math.max(0, this.edge - this.lessonTime()) : null
  }

  get height(): number {
    return this.video.videoHeight
  }

  /** Browsers see to their own players. */
  get activity(): number {
    return performance.now()
  }

  lessonTime(): number {
    return Math.max(0, this.video.currentTime - this.origin)
  }

  seek(position: number): void {
    this.video.currentTime = Math.max(0, position) + this.origin
  }

  chooseHeight(): void {
    // The browser chooses.
  }

  leaveLowLatency(): void {
    // The browser decides.
  }

  resumeLoading(): void {
    const at = this.lessonTime()
    this.video.load()
    this.video.addEventListener('loadedmetadata', () => this.seek(at), { once: true })
  }

  recoverMedia(): void {
    this.resumeLoading()
  }

  destroy(): void {
    const { events } = this.start
    this.video.removeEventListener('loadedmetadata', this.begin)
    this.video.removeEventListener('durationchange', events.changed)
    this.video.removeEventListener('resize', events.changed)
    this.video.removeEventListener('error', this.failed)
    this.video.removeAttribute('src')
    this.video.load()
  }

  private get origin(): number {
    const { seekable } = this.video
    return seekable.length === 0 ? 0 : seekable.start(0)
  }

  private readonly begin = (): void => {
    if (this.start.startAt !== null) this.seek(this.start.startAt)
    this.start.events.changed()
  }

  private readonly failed = (): void => {
    const code = this.video.error?.code ?? 0
    // A source that "is not supported" is, for a player that never shows a status, most
    // often one that could not be fetched.
    const network = code === MediaError.MEDIA_ERR_NETWORK
    const unsupported = code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED
    this.start.events.fatal(network || unsupported ? 'network' : 'media', 0)
  }
}
