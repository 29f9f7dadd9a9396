// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ClientLease } from '@/classroom/client_id'
import { deliverLeftovers } from '@/classroom/leftovers'
import { Outbox, outboxKey } from '@/classroom/outbox'
import { FakeSocket, MemoryStorage, STRETCH } from './fakes'

const GONE = { member: '7', lesson: 3, client: 'a'.repeat(16) }
let local: MemoryStorage
let sockets: FakeSocket[]

beforeEach(() => {
  vi.useFakeTimers()
  local = new MemoryStorage()
  sockets = []
})
afterEach(() => vi.useRealTimers())

function deliver(lesson: number | null = null, member = '7'): () => void {
  return deliverLeftovers({
    member,
    lesson,
    local,
    origin: 'ws://host',
    now: 1_000_000,
    open: (address) => {
      const socket = new FakeSocket(address)
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
  })
}

it('sends what a page that is gone left, under its own client, and clears up', () => {
  new Outbox(local, GONE).add(STRETCH)
  deliver()
  expect(sockets[0]?.address).toContain(`lesson=3&client=${GONE.client}`)
  sockets[0]?.welcomes()
  expect(sockets[0]?.batches).toEqual([[1]])
  sockets[0]?.acks([1])
  expect(local.getItem(outboxKey(GONE))).toBeNull()
  expect(sockets[0]?.closed).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})

it('leaves alone what a living page works on', () => {
  const session = new MemoryStorage()
  session.setItem('airclass.client', GONE.client)
  ClientLease.claim({ local, session }, 999_000)
  new Outbox(local, GONE).add(STRETCH)
  deliver()
  expect(sockets).toHaveLength(0)
})

it.each([
  ['other lessons', 4, '7'],
  ['other members', null, '8'],
])('leaves alone what is of %s', (_name, lesson, member) => {
  new Outbox(local, GONE).add(STRETCH)
  deliver(lesson, member)
  expect(sockets).toHaveLength(0)
})

it('removes outboxes that are empty without asking anybody', () => {
  const outbox = new Outbox(local, GONE)
  outbox.add(STRETCH)
  outbox.acknowledge([1])
  deliver()
  expect(sockets).toHaveLength(0)
  expect(local.getItem(outboxKey(GONE))).toBeNull()
})

it('drops what is of a lesson that is no more', () => {
  new Outbox(local, GONE).add(STRETCH)
  deliver()
  sockets[0]?.drops(4404)
  expect(local.getItem(outboxKey(GONE))).toBeNull()
})

it('keeps all and gives up when nobody answers', () => {
  new Outbox(local, GONE).add(STRETCH)
  deliver()
  vi.advanceTimersByTime(60_000)
  expect(local.getItem(outboxKey(GONE))).not.toBeNull()
  expect(vi.getTimerCount()).toBe(0)
})

it('stops when told to', () => {
  new Outbox(local, GONE).add(STRETCH)
  deliver()()
  expect(sockets[0]?.closed).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})
