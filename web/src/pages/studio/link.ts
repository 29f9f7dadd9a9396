// A connection that is kept up: opened, restarted over another path when its line is lost,
// opened anew when the server knows it no more. Publishing and the preview are such links.
//
//   idle ──open()──▶ connecting ──connected──▶ up
//                        ▲                      │ disconnected, failed
//                        └──────── lost ◀───────┘   (ICE restart; a new session after that)
//   any ──close()──▶ idle;  a refusal that waiting does not mend ──▶ refused   (final)
import { Problem } from '@/api/problem'
import { PeerSession } from './sdp'

export type LinkState = 'idle' | 'connecting' | 'up' | 'lost' | 'refused'

export interface LinkOptions {
  /** Where it is offered: `/whip/7`. */
  address: string
  /** A fresh connection, with its tracks. */
  peer(): Promise<RTCPeerConnection> | RTCPeerConnection
  changed(state: LinkState, problem: Problem | null): void
  /** Whether a refusal ends it, the nth in a row (from 0). */
  isFinal(problem: Problem, nth: number): boolean
}

/** The server ended it because it can give it nothing that its line carries: not to be
 *  offered anew (encoders.md). */
const WATCH_OTHERWISE = 'watch-otherwise'

/** `disconnected` often mends itself; after so long it is taken in hand. */
const PATIENCE_MS = 1_500
const CONNECT_WITHIN_MS = 12_000
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000]

export class Link {
  private state: LinkState = 'idle'
  private peer: RTCPeerConnection | null = null
  private session: PeerSession | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private tries = 0
  /** Rises with each attempt: what an earlier one finds out is void. */
  private attempt = 0

  constructor(private readonly options: LinkOptions) {}

  get connection(): RTCPeerConnection | null {
    return this.peer
  }

  open(): void {
    this.tries = 0
    void this.connect()
  }

  close(): void {
    this.drop()
    this.enter('idle')
  }

  /** The line is back, says the browser: at once. */
  wake(): void {
    if (this.state === 'lost' || this.state === 'connecting') {
      this.tries = 0
      void this.mend()
    }
  }

  private enter(state: LinkState, problem: Problem | null = null): void {
    if (state === this.state && problem === null) return
    this.state = state
    this.options.changed(state, problem)
  }

  private drop(): void {
    this.attempt += 1
    clearTimeout(this.timer)
    if (this.peer !== null) this.peer.onconnectionstatechange = null
    this.session?.leave()
    this.peer?.close()
    this.session = null
    this.peer = null
  }

  private async connect(): Promise<void> {
    this.drop()
    const attempt = this.attempt
    if (this.state !== 'lost') this.enter('connecting')
    try {
      const peer = await this.options.peer()
      if (attempt !== this.attempt) return peer.close()
      this.peer = peer
      peer.onconnectionstatechange = () => this.follow()
      const session = await PeerSession.open(peer, this.options.address)
      if (attempt !== this.attempt) return session.leave()
      this.session = session
      this.later(CONNECT_WITHIN_MS, () => this.lose())
      this.follow()
    } catch (error) {
      if (attempt === this.attempt) this.failed(error)
    }
  }

  private follow(): void {
    const state = this.peer?.connectionState
    if (state === 'connected') {
      clearTimeout(this.timer)
      this.tries = 0
      this.enter('up')
    } else if (state === 'disconnected') {
      this.later(PATIENCE_MS, () => this.lose())
    } else if (state === 'failed') {
      this.lose()
    }
  }

  private lose(): void {
    this.enter('lost')
    void this.mend()
  }

  /** The same session over another path; else a new one. */
  private async mend(): Promise<void> {
    const { session, attempt } = this
    if (session === null || this.tries > 0) return this.connect()
    this.tries += 1
    try {
      await session.restart()
      if (attempt === this.attempt) this.later(CONNECT_WITHIN_MS, () => this.lose())
    } catch (error) {
      if (attempt !== this.attempt) return
      if (error instanceof Problem && (error.status === 0 || error.problem === WATCH_OTHERWISE)) this.failed(error)
      else await this.connect()
    }
  }

  private failed(error: unknown): void {
    const problem = error instanceof Problem ? error : Problem.offline(error)
    if (problem.problem === WATCH_OTHERWISE || this.options.isFinal(problem, this.tries)) {
      this.drop()
      return this.enter('refused', problem)
    }
    this.enter('lost', problem)
    const wait = problem.retryAfterS === null ? (RETRY_MS[this.tries] ?? 8_000) : problem.retryAfterS * 1000
    this.tries += 1
    this.later(wait, () => void this.mend())
  }

  private later(ms: number, run: () => void): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(run, ms)
  }
}
