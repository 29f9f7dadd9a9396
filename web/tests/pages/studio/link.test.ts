import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Problem } from '@/api/problem'
import { Link, type LinkState } from '@/pages/studio/link'

class FakePeer {
  connectionState = 'new'
  /** As it still is right after a restart. */
  iceGatheringState = 'complete'
  localDescription = { sdp: '' }
  onconnectionstatechange: (() => void) | null = null
  restarts = 0
  closed = false
  createOffer = async () => ({})
  /** Candidates come a moment later, as with a browser. */
  addEventListener = (_: string, heard: (event: { candidate: null }) => void): void => {
    setTimeout(() => {
      this.localDescription = { sdp: `a=ice-ufrag:x\r\na=candidate:${this.restarts} 1 udp 1 192.0.2.1 9 typ host` }
      heard({ candidate: null })
    }, 1)
  }
  setLocalDescription = async () => undefined
  setRemoteDescription = async () => undefined
  restartIce = () => void (this.restarts += 1)
  close = () => void (this.closed = true)
  become(state: string): void {
    this.connectionState = state
    this.onconnectionstatechange?.()
  }
}

const asked: string[] = []
const sent: string[] = []
let answers: Record<string, number[]>
let refusedAs: string
let peers: FakePeer[]
let states: LinkState[]
let problems: (Problem | null)[]

/** The last answer of a method stays. */
function statusOf(method: string): number {
  const left = answers[method] ?? [200]
  return (left.length > 1 ? left.shift() : left[0]) ?? 200
}

beforeEach(() => {
  vi.useFakeTimers()
  asked.length = 0
  sent.length = 0
  answers = { POST: [201], PATCH: [200], DELETE: [200] }
  refusedAs = 'any'
  peers = []
  states = []
  problems = []
  vi.stubGlobal('fetch', async (address: string, { method, body = '' }: { method: string; body?: string }) => {
    asked.push(`${method} ${address}`)
    sent.push(body)
    const status = statusOf(method)
    if (status === 0) throw new TypeError('offline')
    const refusal = JSON.stringify({ type: `urn:airclass:problem:${refusedAs}` })
    return new Response(status === 201 || status === 200 ? '' : refusal, { status, headers: { Location: '/whip/7/abc' } })
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function open(): Link {
  const link = new Link({
    address: '/whip/7',
    peer: () => {
      const peer = new FakePeer()
      peers.push(peer)
      return peer as unknown as RTCPeerConnection
    },
    changed: (state, problem) => {
      states.push(state)
      problems.push(problem)
    },
    isFinal: ({ status }, nth) => status === 403 || (status === 409 && nth >= 2),
  })
  link.open()
  return link
}
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(5)

describe('a link', () => {
  it('comes up, and is left when it is closed', async () => {
    const link = open()
    await settle()
    peers[0]?.become('connected')
    link.close()
    expect(states).toEqual(['connecting', 'up', 'idle'])
    expect(asked).toEqual(['POST /whip/7', 'DELETE /whip/7/abc'])
    expect(peers[0]?.closed).toBe(true)
  })

  it('restarts over another path when its line is lost, and needs no new session', async () => {
    open()
    await settle()
    peers[0]?.become('connected')
    peers[0]?.become('disconnected')
    await vi.advanceTimersByTimeAsync(2_000)
    peers[0]?.become('connected')
    expect(states).toEqual(['connecting', 'up', 'lost', 'up'])
    expect(peers.length).toBe(1)
    expect(peers[0]?.restarts).toBe(1)
    // With the candidates of the new path, which come after those of the old one.
    expect(sent[1]).toContain('a=candidate:1 ')
  })

  it('offers anew when the server knows the session no more', async () => {
    answers['PATCH'] = [404]
    open()
    await settle()
    peers[0]?.become('connected')
    peers[0]?.become('failed')
    await settle()
    await settle()
    peers[1]?.become('connected')
    expect(states).toEqual(['connecting', 'up', 'lost', 'up'])
    expect(asked.filter((one) => one === 'POST /whip/7').length).toBe(2)
  })

  it('offers nothing anew when the server says that the line does not carry it', async () => {
    answers['PATCH'] = [409]
    refusedAs = 'watch-otherwise'
    open()
    await settle()
    peers[0]?.become('connected')
    peers[0]?.become('failed')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(states).toEqual(['connecting', 'up', 'lost', 'refused'])
    expect(problems.at(-1)?.problem).toBe('watch-otherwise')
    expect(asked.filter((one) => one === 'POST /whip/7').length).toBe(1)
    expect(peers[0]?.closed).toBe(true)
  })

  it('tries again without a line, and gives up only where waiting is no use', async () => {
    answers['POST'] = [0, 503, 409, 201]
    open()
    await vi.advanceTimersByTimeAsync(600)
    await vi.advanceTimersByTimeAsync(1_100)
    expect(states.at(-1)).toBe('refused')
    expect(problems.at(-1)?.status).toBe(409)
    answers['POST'] = [403]
    open()
    await settle()
    expect(states.at(-1)).toBe('refused')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked.filter((one) => one.startsWith('POST')).length).toBe(4)
  })
})
