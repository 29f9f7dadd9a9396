import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Classroom, type LineState } from '@/classroom/classroom'
import { Outbox } from '@/classroom/outbox'
import { FakeSocket, MemoryStorage, STRETCH } from './fakes'

const CLIENT = '0123456789abcdef'
let sockets: FakeSocket[]
let lines: LineState[]
let totals: number[]
let states: string[]
let pending: number
let outbox: Outbox
let classroom: Classroom

beforeEach(() => {
  vi.useFakeTimers()
  sockets = []
  lines = []
  totals = []
  states = []
  pending = 0
  outbox = new Outbox(new MemoryStorage(), { member: '7', lesson: 1, client: CLIENT })
  classroom = new Classroom({
    lesson: 1,
    client: CLIENT,
    outbox,
    origin: 'wss://host',
    random: () => 1,
    open: (address) => {
      const socket = new FakeSocket(address)
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
    events: {
      line: (state) => lines.push(state),
      totals: ({ acceptedMs }) => totals.push(acceptedMs),
      lesson: (state) => states.push(state),
      pending: (count) => (pending = count),
    },
  })
})

afterEach(() => {
  classroom.stop()
  vi.useRealTimers()
})

function last(): FakeSocket {
  const socket = sockets[sockets.length - 1]
  if (socket === undefined) throw new Error('no socket was opened')
  return socket
}

function open(fields: object = {}): FakeSocket {
  classroom.start()
  last().welcomes(fields)
  return last()
}

describe('opening', () => {
  it('asks for the lesson as the client', () => {
    classroom.start()
    expect(last().address).toBe(`wss://host/classroom?lesson=1&client=${CLIENT}`)
    expect(lines).toEqual(['connecting'])
  })

  it('is open at the welcome, which tells state and totals', () => {
    open({ state: 'ended', accepted_ms: 5000 })
    expect(lines).toEqual(['connecting', 'open'])
    expect(totals).toEqual([5000])
    expect(states).toEqual(['ended'])
  })

  it('starts once', () => {
    classroom.start()
    classroom.start()
    expect(sockets).toHaveLength(1)
  })

  it('gives up on a server that does not welcome, and tries again', () => {
    classroom.start()
    vi.advanceTimersByTime(10_000)
    expect(last().closed).toBe(true)
    vi.advanceTimersByTime(500)
    expect(sockets).toHaveLength(2)
  })
})

describe('beats', () => {
  it('go out at once when open, and are forgotten when acknowledged', () => {
    const socket = open()
    classroom.record(STRETCH)
    expect(socket.batches).toEqual([[1]])
    expect(pending).toBe(1)
    socket.acks([1], 10_000)
    expect(pending).toBe(0)
    expect(totals).toEqual([0, 10_000])
  })

  it('wait for the welcome', () => {
    classroom.start()
    classroom.record(STRETCH)
    expect(last().batches).toEqual([])
    last().welcomes()
    expect(last().batches).toEqual([[1]])
  })

  it('are sent again after a lost line, the same under the same number', () => {
    const socket = open()
    classroom.record(STRETCH)
    const first = JSON.stringify(socket.sent[0])
    socket.drops()
    classroom.record({ ...STRETCH, from_ms: 10_000, to_ms: 20_000 })
    vi.advanceTimersByTime(500)
    last().welcomes()
    expect(last().batches).toEqual([[1, 2]])
    const again = last().sent[0]?.beats?.slice(0, 1)
    expect(JSON.stringify({ type: 'beats', beats: again })).toBe(first)
  })

  it('are sent again when no acknowledgement comes', () => {
    const socket = open()
    classroom.record(STRETCH)
    vi.advanceTimersByTime(8_000)
    expect(socket.batches).toEqual([[1], [1]])
    socket.acks([1])
    vi.advanceTimersByTime(15_000)
    expect(socket.batches).toHaveLength(2)
  })

  it('wait as long as a busy server asks', () => {
    const socket = open()
    classroom.record(STRETCH)
    socket.says({ type: 'retry', after_ms: 3_000 })
    classroom.record(STRETCH)
    expect(lines).toContain('busy')
    vi.advanceTimersByTime(2_999)
    expect(socket.batches).toEqual([[1]])
    vi.advanceTimersByTime(1)
    expect(socket.batches).toEqual([[1], [1, 2]])
    expect(lines[lines.length - 1]).toBe('open')
  })

  it('go on after a busy server has acknowledged all that was sent again', () => {
    const socket = open()
    classroom.record(STRETCH)
    vi.advanceTimersByTime(8_000) // is sent again: one is acknowledged, the other put off
    socket.says({ type: 'retry', after_ms: 3_000 })
    socket.acks([1])
    classroom.record(STRETCH)
    vi.advanceTimersByTime(3_000)
    expect(socket.batches.at(-1)).toEqual([2])
    expect(lines.at(-1)).toBe('open')
  })

  it('do not wait longer than a minute, whatever is asked', () => {
    const socket = open()
    classroom.record(STRETCH)
    socket.says({ type: 'retry', after_ms: 1e12 })
    for (let i = 0; i < 6; i++) {
      vi.advanceTimersByTime(10_000)
      socket.says({ type: 'pong' })
    }
    expect(socket.batches).toEqual([[1], [1]])
  })

  it('go fifty to a message, which stays below 8 KiB', () => {
    const far = { ...STRETCH, from_ms: 86_399_999, to_ms: 86_400_000, rate: 1.25 }
    classroom.start()
    for (let i = 0; i < 120; i++) classroom.record(far)
    last().welcomes({ last_seq: 9_999_000 })
    expect(last().batches.map((batch) => batch.length)).toEqual([50, 50, 20])
    for (const message of last().sent) {
      expect(JSON.stringify(message).length).toBeLessThan(8 * 1024)
    }
  })
})

describe('a lost line', () => {
  it('is tried again with growing pauses', () => {
    classroom.start()
    const pauses = [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]
    for (const [i, pause] of pauses.entries()) {
      last().drops()
      vi.advanceTimersByTime(pause - 1)
      expect(sockets).toHaveLength(i + 1)
      vi.advanceTimersByTime(1)
      expect(sockets).toHaveLength(i + 2)
    }
  })

  it('starts over with short pauses after a welcome', () => {
    classroom.start()
    for (const pause of [500, 1_000, 2_000]) {
      last().drops()
      vi.advanceTimersByTime(pause)
    }
    last().welcomes()
    last().drops()
    vi.advanceTimersByTime(500)
    expect(sockets).toHaveLength(5)
  })

  it('is tried at once when it may be back', () => {
    open().drops()
    classroom.wake()
    expect(sockets).toHaveLength(2)
    vi.advanceTimersByTime(5_000)
    expect(sockets).toHaveLength(2)
  })

  it('is found by silence', () => {
    const socket = open()
    vi.advanceTimersByTime(20_000)
    expect(socket.pings).toBe(1)
    vi.advanceTimersByTime(12_000)
    expect(socket.closed).toBe(true)
    expect(lines[lines.length - 1]).toBe('waiting')
  })

  it('is found sooner after a sleep', () => {
    const socket = open()
    classroom.wake()
    expect(socket.pings).toBe(1)
    vi.advanceTimersByTime(5_000)
    expect(socket.closed).toBe(true)
  })

  it('is not what a living line is taken for', () => {
    const socket = open()
    for (let i = 0; i < 10; i++) {
      vi.advanceTimersByTime(20_000)
      socket.says({ type: 'pong' })
    }
    expect(sockets).toHaveLength(1)
    expect(socket.pings).toBe(10)
  })

  it('is not pinged when something else was sent', () => {
    const socket = open()
    for (let seq = 1; seq <= 6; seq++) {
      vi.advanceTimersByTime(10_000)
      classroom.record(STRETCH)
      socket.acks([seq])
    }
    expect(socket.pings).toBe(0)
  })
})

describe('the end', () => {
  it.each([
    [4401, 'signed-out'],
    [4404, 'missing'],
  ])('close code %i is final: %s', (code, state) => {
    classroom.start()
    last().drops(code)
    vi.advanceTimersByTime(120_000)
    classroom.wake()
    expect(lines[lines.length - 1]).toBe(state)
    expect(sockets).toHaveLength(1)
  })

  it('leaves no socket and no timer behind', () => {
    const socket = open()
    classroom.record(STRETCH)
    classroom.stop()
    expect(socket.closed).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('messages', () => {
  it('tells of a change of the lesson', () => {
    open().says({ type: 'lesson', state: 'ended', length_ms: 60_000 })
    expect(states).toEqual(['live', 'ended'])
  })

  it.each([
    'not json',
    '[]',
    'null',
    '{"type":"welcome"}',
    '{"type":"ack","seqs":"1","accepted_ms":1,"earned_ms":1}',
    '{"type":"ack","seqs":[1],"accepted_ms":null,"earned_ms":1}',
    '{"type":"lesson","state":"gone","length_ms":1}',
    '{"type":"retry","after_ms":-1}',
    '{"type":"something-new","x":1}',
  ])('ignores %s', (text) => {
    const socket = open()
    classroom.record(STRETCH)
    socket.says(text)
    expect(pending).toBe(1)
    expect(totals).toEqual([0])
    expect(states).toEqual(['live'])
  })
})
