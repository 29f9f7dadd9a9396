// What WHIP and WHEP have in common (RFC 9725, draft-ietf-wish-whep): texts of offers and
// of restarts of ICE, and the session that the server keeps of a connection.
import { Problem } from '@/api/problem'

const SDP = 'application/sdp'
const FRAGMENT = 'application/trickle-ice-sdpfrag'

/** Candidates on the same network come at once; one that hangs must not hold up the rest. */
const GATHER_MS = 2_000
const ANSWER_MS = 15_000

const LINE = /\r?\n/

/** The fragment of an offer that restarts ICE: RFC 9725, 4.3.2. */
export function restartFragment(offer: string): string {
  const lines = offer.split(LINE)
  const first = (start: string): string => lines.find((line) => line.startsWith(start)) ?? ''
  const candidates = lines.filter((line) => line.startsWith('a=candidate:'))
  const head = ['a=ice-ufrag:', 'a=ice-pwd:', 'm=', 'a=mid:'].map(first)
  return [...head, ...candidates, 'a=end-of-candidates', ''].join('\r\n')
}

/** The answer as it is after a restart: with the credentials and candidates of `fragment`. */
export function restartedAnswer(answer: string, fragment: string): string {
  const news = fragment.split(LINE)
  const taken = [/^a=ice-(ufrag|pwd):/, /^a=candidate:/].flatMap((kind) => news.filter((line) => kind.test(line)))
  return answer
    .split(LINE)
    .filter((line) => !/^a=(ice-ufrag|ice-pwd|candidate|end-of-candidates)/.test(line))
    .flatMap((line) => (line.startsWith('a=mid:') ? [line, ...taken] : [line]))
    .join('\r\n')
}

/** Resolves when the next offer has all its candidates, or as many as came in time. The state
 *  of gathering does not say it: right after a restart it is still that of the path before. */
function gathered(peer: RTCPeerConnection): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, GATHER_MS)
    peer.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate !== null) return
      clearTimeout(timer)
      done()
    })
  })
}

async function localOffer(peer: RTCPeerConnection): Promise<string> {
  const offer = await peer.createOffer()
  const all = gathered(peer)
  await peer.setLocalDescription(offer)
  await all
  return peer.localDescription?.sdp ?? ''
}

async function ask(address: string, method: string, type: string, text: string, etag?: string): Promise<Response> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), ANSWER_MS)
  try {
    return await fetch(address, {
      method,
      credentials: 'same-origin',
      signal: abort.signal,
      headers: { 'Content-Type': type, ...(etag === undefined ? {} : { 'If-Match': etag }) },
      body: text,
    })
  } catch (error) {
    throw Problem.offline(error)
  } finally {
    clearTimeout(timer)
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null)
  return Problem.fromAnswer(response.status, body, response.headers.get('Retry-After'))
}

/** A connection and what the server knows it as. */
export class PeerSession {
  private constructor(
    private readonly peer: RTCPeerConnection,
    private readonly resource: string,
    private answer: string,
  ) {}

  /** Offers `peer` at `address` and takes the answer. Throws a Problem. */
  static async open(peer: RTCPeerConnection, address: string): Promise<PeerSession> {
    const response = await ask(address, 'POST', SDP, await localOffer(peer))
    if (response.status !== 201) throw await problemOf(response)
    const answer = await response.text()
    await peer.setRemoteDescription({ type: 'answer', sdp: answer })
    return new PeerSession(peer, response.headers.get('Location') ?? address, answer)
  }

  /** Over another path, when the line has changed. Throws a Problem; after a 404 or 409 there
   *  is no such session any more. */
  async restart(): Promise<void> {
    this.peer.restartIce()
    const fragment = restartFragment(await localOffer(this.peer))
    const response = await ask(this.resource, 'PATCH', FRAGMENT, fragment, '*')
    if (response.status !== 200) throw await problemOf(response)
    this.answer = restartedAnswer(this.answer, await response.text())
    await this.peer.setRemoteDescription({ type: 'answer', sdp: this.answer })
  }

  /** `keepalive`: also while the page is going. Nobody waits for the answer. */
  leave(): void {
    this.peer.close()
    void fetch(this.resource, { method: 'DELETE', credentials: 'same-origin', keepalive: true }).catch(() => undefined)
  }
}
