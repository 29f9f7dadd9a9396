// What to do about a fatal error of the player, so that nobody needs to press reload.
//
// Network errors: go on loading; after some attempts, or when the address itself was
// refused, ask the API for fresh addresses and open them at the same place. Media errors:
// first hls.js's own recovery, then a new player, and after several within a minute the
// member is told. The line may be away for hours: network errors never give up.

export type FatalKind = 'network' | 'media' | 'other'

export type Remedy =
  | { action: 'resume-loading'; delayMs: number }
  | { action: 'refresh-address'; delayMs: number }
  | { action: 'recover-media' }
  | { action: 'rebuild'; delayMs: number }
  | { action: 'give-up' }

const WINDOW_MS = 60_000
const MEDIA_LIMIT = 6
const LONGEST_DELAY_MS = 10_000

export class RecoveryPolicy {
  private network = 0
  private media: number[] = []

  /** `status`: of the HTTP answer, 0 for none. `now`: monotonic, ms. */
  fatal(kind: FatalKind, status: number, now: number): Remedy {
    return kind === 'network' ? this.networkRemedy(status) : this.mediaRemedy(kind, now)
  }

  /** Playback goes on: the network counts anew. */
  playing(): void {
    this.network = 0
  }

  private networkRemedy(status: number): Remedy {
    const delayMs = Math.min(LONGEST_DELAY_MS, 500 * 2 ** Math.min(this.network, 6))
    this.network += 1
    const refused = status >= 400 && status < 500 && status !== 429
    return refused || this.network % 3 === 0
      ? { action: 'refresh-address', delayMs }
      : { action: 'resume-loading', delayMs }
  }

  private mediaRemedy(kind: FatalKind, now: number): Remedy {
    this.media = this.media.filter((at) => now - at < WINDOW_MS)
    this.media.push(now)
    const count = this.media.length
    if (count > MEDIA_LIMIT) return { action: 'give-up' }
    if (kind === 'media' && count <= 2) return { action: 'recover-media' }
    return { action: 'rebuild', delayMs: Math.min(LONGEST_DELAY_MS, 500 * count) }
  }
}
