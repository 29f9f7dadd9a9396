// @vitest-environment jsdom
import { afterEach, expect, it, vi } from 'vitest'
import { loadCatalogue, setLanguage } from '@/messages'
import RoomPage from '@/pages/room/RoomPage.vue'
import { useRoomEntry } from '@/pages/room/room_entry'
import { show } from '../component'
import { playApi, problem } from '../fake_api'
import { mount } from '../mount'
import { sampleLesson } from '../samples'

vi.mock('vue-router', async (original) => ({
  ...(await original<object>()),
  useRouter: () => ({ replace: vi.fn() }),
}))

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('nobody is signed in hours before the lesson, and then they are', async () => {
  const hour = Date.parse('2026-04-15T19:30:00Z')
  vi.useFakeTimers({ now: hour - 2 * 3_600_000 - 1 })
  let state = 'planned'
  playApi({
    'GET /api/v1/lessons/1': () => ({ ...sampleLesson({ id: 1 }), state, planned_at: new Date(hour).toISOString() }),
    'GET /api/v1/lessons/1/rooms/2/stay': { site: { id: 2, name: 'Hall' }, stay: null },
  })
  const { result: entry, unmount } = mount(() => useRoomEntry({ lesson: 1, site: 2 }))
  await entry.look()
  expect(entry.early.value).toBe(true)
  vi.setSystemTime(hour - 2 * 3_600_000)
  await entry.look()
  expect(entry.early.value).toBe(false)
  state = 'open'
  vi.setSystemTime(hour - 3 * 3_600_000)
  await entry.look()
  expect(entry.early.value).toBe(false)
  unmount()
})

it.each([
  ['in', '[data-test=inside]', 'Checked in'],
  ['too early', '[data-test=failure]', 'too early'],
])('by digits they are what the server makes of them (%s), whatever the phone’s clock says', async (what, place, text) => {
  await setLanguage('en')
  await loadCatalogue('room')
  let stay: object | null = null
  const calls = playApi({
    'GET /api/v1/lessons/1': { ...sampleLesson({ id: 1 }), state: 'planned', planned_at: '2126-04-15T19:30:00Z' },
    'GET /api/v1/lessons/1/rooms/2/stay': () => ({ site: { id: 2, name: 'Hall' }, stay }),
    'POST /api/v1/lessons/1/rooms/2/enter': () => {
      if (what !== 'in') return problem(409, 'state')
      stay = { in_at: '2126-04-15T19:00:00Z', out_at: null }
      return {}
    },
  })
  const shown = show(RoomPage, { lesson: 1, site: 2, digits: '123456' })
  await vi.waitFor(() => expect(shown.find(place).textContent).toContain(text))
  expect(shown.findAll('[data-test=lesson]')).toHaveLength(what === 'in' ? 1 : 0)
  expect(calls.filter(({ what }) => what.startsWith('POST'))).toHaveLength(1)
  shown.remove()
})

it('a room that is not there is called one', async () => {
  await setLanguage('en')
  await loadCatalogue('room')
  playApi({
    'GET /api/v1/lessons/1': problem(404, 'not-found'),
    'GET /api/v1/lessons/1/rooms/2/stay': problem(404, 'not-found'),
  })
  const shown = show(RoomPage, { lesson: 1, site: 2, digits: '' })
  await vi.waitFor(() => expect(shown.find('h1').textContent).toContain('This room was not found'))
  shown.remove()
})
