import { beforeEach, describe, expect, it } from 'vitest'
import { listOutboxes, Outbox, outboxKey } from '@/classroom/outbox'
import { MemoryStorage, STRETCH } from './fakes'

const NAME = { member: '7', lesson: 1, client: '0123456789abcdef' }
let storage: MemoryStorage

beforeEach(() => {
  storage = new MemoryStorage()
})

const seqs = (outbox: Outbox): number[] => outbox.beats.map((beat) => beat.seq)

it('numbers from 1, and goes on after a reload', () => {
  const outbox = new Outbox(storage, NAME)
  outbox.add(STRETCH)
  outbox.add(STRETCH)
  const reloaded = new Outbox(storage, NAME)
  reloaded.add(STRETCH)
  expect(seqs(reloaded)).toEqual([1, 2, 3])
})

it('goes on with its numbers when all was acknowledged before the reload', () => {
  const outbox = new Outbox(storage, NAME)
  outbox.markSent([outbox.add(STRETCH)])
  outbox.acknowledge([1])
  expect(new Outbox(storage, NAME).add(STRETCH).seq).toBe(2)
})

it('lets go of what is acknowledged and of nothing else', () => {
  const outbox = new Outbox(storage, NAME)
  for (let i = 0; i < 4; i++) outbox.add(STRETCH)
  outbox.acknowledge([2, 4, 99])
  expect(seqs(new Outbox(storage, NAME))).toEqual([1, 3])
})

it('keeps members, lessons and clients apart', () => {
  new Outbox(storage, NAME).add(STRETCH)
  for (const other of [{ member: '8' }, { lesson: 2 }, { client: 'f'.repeat(16) }]) {
    expect(new Outbox(storage, { ...NAME, ...other }).beats).toHaveLength(0)
  }
})

describe('a welcome', () => {
  it('numbers beats anew that were never sent and are behind the server', () => {
    const outbox = new Outbox(storage, NAME)
    outbox.add(STRETCH)
    outbox.add(STRETCH)
    outbox.welcome(40)
    expect(seqs(outbox)).toEqual([41, 42])
    expect(outbox.add(STRETCH).seq).toBe(43)
  })

  it('never touches a beat that was sent', () => {
    const outbox = new Outbox(storage, NAME)
    outbox.markSent([outbox.add(STRETCH)])
    outbox.add(STRETCH)
    outbox.welcome(40)
    expect(seqs(outbox)).toEqual([1, 41])
  })

  it('changes nothing when the server is where it should be', () => {
    const outbox = new Outbox(storage, NAME)
    for (let i = 0; i < 3; i++) outbox.markSent([outbox.add(STRETCH)])
    outbox.acknowledge([1])
    outbox.welcome(2)
    expect(seqs(outbox)).toEqual([2, 3])
    expect(outbox.add(STRETCH).seq).toBe(4)
  })

  it('of a new session leaves the numbers alone', () => {
    const outbox = new Outbox(storage, NAME)
    for (let i = 0; i < 3; i++) outbox.markSent([outbox.add(STRETCH)])
    outbox.welcome(0)
    expect(seqs(outbox)).toEqual([1, 2, 3])
  })
})

describe('bad days', () => {
  it.each(['', 'null', '[]', '{"next":"x"}', '{"next":1,"sent":0,"beats":[{"seq":5}]}', '{'])(
    'starts afresh from stored nonsense: %s',
    (text) => {
      storage.setItem(outboxKey(NAME), text)
      expect(new Outbox(storage, NAME).add(STRETCH).seq).toBe(1)
    },
  )

  it('works in memory when storage is full', () => {
    storage.full = true
    const outbox = new Outbox(storage, NAME)
    outbox.add(STRETCH)
    expect(seqs(outbox)).toEqual([1])
  })

  it('works without storage', () => {
    const outbox = new Outbox(null, NAME)
    outbox.add(STRETCH)
    outbox.remove()
    expect(seqs(outbox)).toEqual([1])
  })

  it('drops the oldest of too many', () => {
    const outbox = new Outbox(null, NAME)
    for (let i = 0; i < 2_001; i++) outbox.add(STRETCH)
    expect(outbox.beats).toHaveLength(2_000)
    expect(outbox.beats[0]?.seq).toBe(2)
  })
})

it('lists only the outboxes of the member', () => {
  new Outbox(storage, NAME).add(STRETCH)
  new Outbox(storage, { ...NAME, member: '8' }).add(STRETCH)
  new Outbox(storage, { ...NAME, member: '7.1 %' }).add(STRETCH)
  storage.setItem('airclass.beats.7.x.y', '')
  storage.setItem('other', '')
  expect(listOutboxes(storage, '7')).toEqual([NAME])
  expect(listOutboxes(storage, '7.1 %')).toHaveLength(1)
})
