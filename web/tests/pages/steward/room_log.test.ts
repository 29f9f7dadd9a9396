import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { append, chained, dropDecided, listEntries, send, type Room } from '@/pages/steward/room_log'
import { noLine, playApi, problem, type Call } from '../../fake_api'

const LOGS = '/api/v1/lessons/7/rooms/3/logs'
let room: Room
let people = 0
beforeEach(() => {
  room = { who: `20${++people}`, lesson: 7, site: 3 } // a log of its own
})
afterEach(() => vi.unstubAllGlobals())

interface Sent {
  device: string
  entries: { seq: number; prev_hash: string; hash: string; entry: string }[]
}

/** A server that keeps what is new, as the real one does. */
function receiver() {
  const kept: Sent['entries'] = []
  const receive = ({ body }: Call): object => {
    for (const entry of (body as Sent).entries) if (entry.seq === kept.length + 1) kept.push(entry)
    return { last_seq: kept.length }
  }
  return { kept, receive }
}

describe('the log of a room', () => {
  it('is chained from zeroes on', async () => {
    await append(room, { act: 'in', member: 1 }, 1000)
    await append(room, { act: 'guest', name: 'G' }, 2000)
    const [first, second] = await listEntries(room)
    expect(first).toMatchObject({ seq: 1, prev_hash: '0'.repeat(64), entry: '{"at_ms":1000,"act":"in","member":1}' })
    expect(second?.prev_hash).toBe(first?.hash)
    expect(second?.hash).toBe(chained(first?.hash ?? '', second?.entry ?? ''))
  })

  it('keeps the chain whole when many write at once', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, i) => append(room, { act: 'in', member: i + 1 })))
    const entries = await listEntries(room)
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    entries.slice(1).forEach((entry, i) => expect(entry.prev_hash).toBe(entries[i]?.hash))
  })

  it('arrives once, in messages of at most 200, though an answer is lost', async () => {
    for (let i = 0; i < 230; i++) await append(room, { act: 'in', member: i + 1 })
    const { kept, receive } = receiver()
    let lose = true
    const calls = playApi({
      [`POST ${LOGS}`]: (call: Call) => {
        const answer = receive(call)
        return lose ? noLine() : answer
      },
    })
    await expect(send(room)).rejects.toMatchObject({ problem: 'offline' })
    lose = false
    await send(room)
    expect(kept.map(({ seq }) => seq)).toEqual(Array.from({ length: 230 }, (_, i) => i + 1))
    expect(calls.map(({ body }) => (body as Sent).entries.length)).toEqual([200, 200, 30])
    expect(new Set(calls.map(({ body }) => (body as Sent).device)).size).toBe(1)
    await send(room)
    expect(calls).toHaveLength(3)
    expect((await listEntries(room)).every(({ sent }) => sent)).toBe(true)
  })

  it('keeps everything that is refused', async () => {
    await append(room, { act: 'in', member: 1 })
    playApi({ [`POST ${LOGS}`]: problem(409, 'wrong-state') })
    await expect(send(room)).rejects.toMatchObject({ status: 409 })
    expect(await listEntries(room)).toMatchObject([{ sent: false }])
  })

  it('forgets what was decided, and goes on with its chain', async () => {
    await append(room, { act: 'in', member: 1 })
    await append(room, { act: 'in', member: 2 })
    playApi({
      [`POST ${LOGS}`]: receiver().receive,
      [`GET ${LOGS}`]: { entries: [{ seq: 1, state: 'approved' }, { seq: 2, state: 'waiting' }] },
    })
    await send(room)
    const [, second] = await listEntries(room)
    await dropDecided(room)
    expect((await listEntries(room)).map(({ seq }) => seq)).toEqual([2])
    expect(await append(room, { act: 'out-all' })).toMatchObject({ seq: 3, prev_hash: second?.hash })
  })
})
