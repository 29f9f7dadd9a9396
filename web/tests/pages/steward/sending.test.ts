// @vitest-environment jsdom
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watch } from 'vue'
import { loadPlaces } from '@/pages/steward/places'
import { append, listEntries, type Room } from '@/pages/steward/room_log'
import { useRoomBook } from '@/pages/steward/room_book'
import { guestsToCall, listRefusedGuests, sendAll, sendRoom } from '@/pages/steward/sending'
import { handOver } from '@/session/phone_store'
import { noLine, playApi, problem } from '../../fake_api'
import { mount } from '../../mount'

const ROOM = '/api/v1/lessons/7/rooms/3'
const SHEET = { site: 3, signed_in: 0, stays: [], guests: [], heads: [] }
let room: Room
let people = 0
beforeEach(async () => {
  vi.resetModules()
  room = { who: `30${++people}`, lesson: 7, site: 3 } // a log of its own
  await handOver(room.who)
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** A guest was called, and no answer came. */
async function guestWithoutAnswer() {
  playApi({
    [`GET ${ROOM}`]: SHEET,
    [`GET ${ROOM}/roster`]: { members: [{ id: 1, number: '1', name: 'N', kind: 'member' }], next: null },
    [`POST ${ROOM}/guests`]: noLine,
  })
  const mounted = mount(() => useRoomBook(room))
  await vi.waitFor(() => expect(mounted.result.roster.value).toHaveLength(1))
  expect(await mounted.result.act({ act: 'guest', name: 'G' })).toEqual({ done: 'later' })
  return mounted
}

describe('a guest whose call got no answer', () => {
  it('waits, and is told to', async () => {
    const { result, unmount } = await guestWithoutAnswer()
    expect(result.unsent.value).toBe(1)
    expect(result.roll.value.guests).toEqual(['G'])
    const calls = playApi({ [`GET ${ROOM}`]: { ...SHEET, guests: [{ name: 'G' }] }, [`POST ${ROOM}/guests`]: {} })
    await result.refresh()
    expect(calls[0]).toMatchObject({ what: `POST ${ROOM}/guests`, body: { name: 'G' } })
    expect([result.unsent.value, result.roll.value.guests]).toEqual([0, ['G']])
    unmount()
  })

  it('is not called again once it is refused, and waits for a word', async () => {
    const { unmount } = await guestWithoutAnswer()
    unmount()
    const calls = playApi({ [`POST ${ROOM}/guests`]: problem(409, 'wrong-state') })
    const posted = () => calls.filter(({ what }) => what === `POST ${ROOM}/guests`).length
    for (let i = 0; i < 2; i++) {
      await sendRoom(room)
      expect(posted()).toBe(1)
    }
    expect(await guestsToCall(room)).toEqual([])
    expect(await listRefusedGuests(room.who)).toMatchObject([{ name: 'G', why: { problem: 'wrong-state', status: 409 } }])
    expect(await listRefusedGuests('another')).toEqual([])
    expect(await sendAll(room.who)).toEqual([]) // nothing that would go by itself
  })

  it('is called again or dropped once it was refused, as the steward says', async () => {
    const { result, unmount } = await guestWithoutAnswer()
    playApi({ [`GET ${ROOM}`]: SHEET, [`POST ${ROOM}/guests`]: problem(409, 'wrong-state') })
    await result.refresh()
    const [refused] = result.refusedGuests.value
    expect([refused?.name, result.unsent.value, result.roll.value.guests]).toEqual(['G', 0, []])
    await result.retryGuest(refused!.key) // and is refused again
    expect(result.refusedGuests.value).toHaveLength(1)
    const calls = playApi({ [`GET ${ROOM}`]: { ...SHEET, guests: [{ name: 'G' }] }, [`POST ${ROOM}/guests`]: {} })
    await result.retryGuest(refused!.key)
    expect(calls[0]).toMatchObject({ what: `POST ${ROOM}/guests`, body: { name: 'G', key: refused!.key } })
    expect([result.refusedGuests.value, result.roll.value.guests]).toEqual([[], ['G']])

    playApi({ [`GET ${ROOM}`]: SHEET, [`POST ${ROOM}/guests`]: noLine })
    await result.act({ act: 'guest', name: 'H' })
    playApi({ [`GET ${ROOM}`]: SHEET, [`POST ${ROOM}/guests`]: problem(422, 'invalid-field') })
    await result.refresh()
    await result.dropGuest(result.refusedGuests.value[0]!.key)
    expect([result.refusedGuests.value, result.roll.value.guests]).toEqual([[], []])
    unmount()
  })

  it('is called again when it is refused for now', async () => {
    const { unmount } = await guestWithoutAnswer()
    unmount()
    playApi({ [`POST ${ROOM}/guests`]: problem(429, 'too-many') })
    await expect(sendRoom(room)).rejects.toMatchObject({ status: 429 })
    playApi({ [`POST ${ROOM}/guests`]: {} })
    await sendRoom(room)
    expect(await guestsToCall(room)).toEqual([])
  })

  it('is not lost when it is refused, and holds no log up', async () => {
    const { unmount } = await guestWithoutAnswer()
    unmount()
    await append(room, { act: 'in', member: 1 })
    playApi({
      [`POST ${ROOM}/guests`]: problem(409, 'wrong-state'),
      [`POST ${ROOM}/logs`]: { last_seq: 1 },
      [`GET ${ROOM}/logs`]: { entries: [] },
    })
    await sendRoom(room)
    expect(await listRefusedGuests(room.who)).toMatchObject([{ name: 'G' }])
    expect(await listEntries(room)).toMatchObject([{ sent: true }])
  })
})

it('nobody is missing while what was decided goes from the log into the sheet', async () => {
  await append(room, { act: 'in', member: 1 })
  playApi({
    [`GET ${ROOM}`]: SHEET,
    [`GET ${ROOM}/roster`]: { members: [{ id: 1, number: '1', name: 'N', kind: 'member' }], next: null },
    [`POST ${ROOM}/logs`]: { last_seq: 1 },
    [`GET ${ROOM}/logs`]: { entries: [{ seq: 1, state: 'waiting' }] },
  })
  const { result, unmount } = mount(() => useRoomBook(room))
  await vi.waitFor(() => expect(result.undecided.value).toBe(1))
  const counts: number[] = []
  watch(() => result.roll.value.signedIn, (n) => counts.push(n), { immediate: true, flush: 'sync' })
  const stay = { member: 1, number: '1', name: 'N', in_at: '2026-11-26T11:00:00Z', in_ms: 0, out_ms: null, late: true }
  playApi({
    [`GET ${ROOM}`]: { ...SHEET, stays: [stay] },
    [`GET ${ROOM}/logs`]: { entries: [{ seq: 1, state: 'approved' }] },
  })
  await result.refresh()
  expect(result.undecided.value).toBe(0)
  expect(counts).toEqual([1])
  unmount()
})

it('does not take what cannot be read for sent', async () => {
  playApi({
    [`GET ${ROOM}`]: noLine,
    [`GET ${ROOM}/roster`]: { members: [], next: null },
  })
  await append(room, { act: 'in', member: 1 })
  const { result, unmount } = mount(() => useRoomBook(room))
  await vi.waitFor(() => expect([result.unsent.value, result.loading.value]).toEqual([1, false]))
  const refused = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
    throw new DOMException('', 'InvalidStateError')
  })
  await result.refresh()
  expect([result.unsent.value, result.unread.value]).toEqual([1, true])
  await expect(sendAll(room.who)).rejects.toThrow()
  refused.mockRestore()
  await result.refresh()
  expect([result.unsent.value, result.unread.value]).toEqual([1, false])
  unmount()
})

it('what another wrote down is neither sent nor told', async () => {
  await append(room, { act: 'in', member: 1 })
  const calls = playApi({})
  await handOver('other')
  await sendRoom(room)
  expect(await sendAll('other')).toEqual([])
  expect(calls).toEqual([])
})

it('sends what is left of lessons that are not offered any more', async () => {
  const over = { ...room, lesson: 5, site: 9 }
  await append(over, { act: 'in', member: 1 })
  await append(room, { act: 'in', member: 1 })
  playApi({
    'POST /api/v1/lessons/5/rooms/9/logs': { last_seq: 1 },
    'GET /api/v1/lessons/5/rooms/9/logs': { entries: [{ seq: 1, state: 'waiting' }] },
    [`POST ${ROOM}/logs`]: problem(409, 'wrong-state'),
  })
  expect(await sendAll(room.who)).toEqual([room])
  expect(await listEntries(over)).toMatchObject([{ sent: true }])
})

describe('the rooms of a steward', () => {
  const away = { 'GET /api/v1/session': noLine, 'GET /api/v1/sites': noLine, 'GET /api/v1/lessons': noLine }
  const of = (number: string) => ({
    'GET /api/v1/session': { member: { number, name: 'A', role: 'steward' } },
    'GET /api/v1/sites': { sites: [{ id: 3, name: 'S' }], next: null },
    'GET /api/v1/lessons': { lessons: [{ id: 7, title: 'L', state: 'live', planned_at: null }], next: null },
  })

  it('are found by who was signed in, and by nobody else', async () => {
    const calls = playApi(of('1'))
    await loadPlaces()
    expect(calls.find(({ what }) => what === 'GET /api/v1/lessons')?.query.get('near')).toBe('1')
    playApi(away)
    expect(await loadPlaces()).toMatchObject({ who: '1', old: true, lessons: [{ id: 7 }] })
    await handOver('2')
    await expect(loadPlaces()).rejects.toMatchObject({ problem: 'offline' })
  })

  it('are those of another who signed in on another page', async () => {
    playApi(of('1'))
    expect(await loadPlaces()).toMatchObject({ who: '1' })
    playApi(of('2'))
    expect(await loadPlaces()).toMatchObject({ who: '2' })
  })
})
