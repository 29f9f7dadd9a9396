// The lesson as it is seen, half a second later (WHEP). There are few places: who gets none,
// or whose line is too weak, is shown what members see instead.
import type { Problem } from '@/api/problem'
import { Link, type LinkState } from './link'

/** Nothing is on air yet: it will be. */
const NOT_YET = 'not-on-air'

export class Watching {
  private readonly link: Link

  constructor(
    lesson: number,
    private readonly shown: (stream: MediaStream) => void,
    changed: (state: LinkState, problem: Problem | null) => void,
  ) {
    this.link = new Link({
      address: `/whep/${lesson}`,
      peer: () => this.peer(),
      changed,
      isFinal: ({ status, problem }) => problem !== NOT_YET && status !== 0 && status !== 429,
    })
  }

  open(): void {
    this.link.open()
  }

  close(): void {
    this.link.close()
  }

  wake(): void {
    this.link.wake()
  }

  private peer(): RTCPeerConnection {
    const peer = new RTCPeerConnection()
    const stream = new MediaStream()
    peer.ontrack = ({ track }) => {
      stream.addTrack(track)
      this.shown(stream)
    }
    for (const kind of ['video', 'audio'] as const) {
      const { receiver } = peer.addTransceiver(kind, { direction: 'recvonly' })
      Object.assign(receiver, { jitterBufferTarget: 0 })
    }
    return peer
  }
}
