// @vitest-environment jsdom
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { append } from '@/pages/steward/room_log'
import { callGuestLater } from '@/pages/steward/sending'
import { countUnsent, handOver, keep, readKept, readOwner } from '@/session/phone_store'
import { signIn, signOut } from '@/session/session'
import { playApi } from './fake_api'

const memberOf = (number: string) => ({ number, name: number, role: 'steward' })

beforeEach(() => handOver(null))
afterEach(() => vi.unstubAllGlobals())

it('keeps lists for whoever is signed in, until another is', async () => {
  await handOver('1')
  await keep('1', 'places', ['a'])
  await handOver('1')
  expect(await readKept('1', 'places')).toEqual(['a'])
  expect(await readKept('2', 'places')).toBeNull()
  await handOver('2')
  expect(await readKept('2', 'places')).toBeNull()
  await handOver('1')
  expect(await readKept('1', 'places')).toBeNull()
})

it('keeps nothing for whoever is signed in no more', async () => {
  await handOver('2')
  await keep('1', 'roster', ['a'])
  await handOver('1')
  expect(await readKept('1', 'roster')).toBeNull()
})

it('changes hands with a sign-in and a sign-out', async () => {
  playApi({
    'POST /api/v1/session': ({ body }: { body: unknown }) => ({ member: memberOf((body as { number: string }).number) }),
    'DELETE /api/v1/session': null,
  })
  await signIn('1', { code: '1' })
  await keep('1', 'places', ['a'])
  await signOut()
  expect(await readOwner()).toBeNull()
  await signIn('1', { code: '1' })
  expect(await readKept('1', 'places')).toBeNull()
  await keep('1', 'places', ['a'])
  await signIn('2', { code: '1' })
  expect(await readOwner()).toBe('2')
})

it('has what was not sent after a sign-out, each for its own member', async () => {
  await append({ who: '20', lesson: 7, site: 3 }, { act: 'in', member: 1 })
  await append({ who: '20-1', lesson: 7, site: 3 }, { act: 'in', member: 1 })
  await append({ who: '201', lesson: 7, site: 3 }, { act: 'in', member: 1 })
  await callGuestLater({ who: '20', lesson: 8, site: 3 }, 'G', 'k1')
  await handOver(null)
  expect(await Promise.all(['20', '20-1', '201', '2'].map(countUnsent))).toEqual([2, 1, 1, 0])
})

it.each(['says so', 'says nothing'])('is opened anew when the browser has closed it and %s', async (word) => {
  vi.resetModules()
  const handles: IDBDatabase[] = []
  const { open } = indexedDB
  const opening = vi.spyOn(indexedDB, 'open').mockImplementation((...named) => {
    const request = open.apply(indexedDB, named)
    request.addEventListener('success', () => handles.push(request.result))
    return request
  })
  const fresh = await import('@/session/phone_store')
  await fresh.handOver('1')
  await fresh.keep('1', 'places', ['a'])
  const [handle] = handles
  handle?.close()
  if (word === 'says so') handle?.onclose?.(new Event('close'))
  expect(await fresh.readKept('1', 'places')).toEqual(['a'])
  await fresh.keep('1', 'places', ['b'])
  expect(await fresh.readKept('1', 'places')).toEqual(['b'])
  expect(handles).toHaveLength(2)
  opening.mockRestore()
})

it('is not waited for when it opens late, and changes hands then', async () => {
  await handOver('1')
  vi.resetModules()
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const late = {} as IDBOpenDBRequest
  const open = vi.spyOn(indexedDB, 'open').mockReturnValue(late)
  const fresh = await import('@/session/phone_store')
  const handed = fresh.handOver('2')
  await vi.advanceTimersByTimeAsync(2_000)
  await handed
  expect(await fresh.readOwner()).toBeNull()
  vi.useRealTimers()
  open.mockRestore()
  const request = indexedDB.open('airclass-steward', 1)
  await new Promise((resolve) => (request.onsuccess = resolve))
  Object.assign(late, { result: request.result })
  late.onsuccess?.(new Event('success'))
  await vi.waitFor(async () => expect(await fresh.readOwner()).toBe('2'))
})
