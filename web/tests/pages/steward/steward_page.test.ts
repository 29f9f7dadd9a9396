// @vitest-environment jsdom
import 'fake-indexeddb/auto'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { closeToast, toasts } from '@/look/toasts'
import { loadCatalogue, setLanguage } from '@/messages'
import StewardPage from '@/pages/steward/StewardPage.vue'
import { append } from '@/pages/steward/room_log'
import { show, type Shown } from '../../component'
import { noLine, playApi, type Call } from '../../fake_api'

const SHEET = { site: 3, signed_in: 0, stays: [], guests: [], heads: [] }
const ROSTER = { members: [{ id: 1, number: '1', name: 'N', kind: 'member' }], next: null }
let shown: Shown
let people = 0
let who: string

beforeAll(async () => {
  await setLanguage('en')
  await loadCatalogue('steward')
})
beforeEach(() => {
  who = `50${++people}`
  for (const { id } of toasts.value) closeToast(id)
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

/** These are listed, [site, lesson]. */
function lists(sites: number[], lessons: number[], more: object = {}, state = 'live'): Call[] {
  const rooms = sites.flatMap((site) => lessons.map((lesson) => `GET /api/v1/lessons/${lesson}/rooms/${site}`))
  return playApi({
    'GET /api/v1/session': { member: { number: who, name: 'A', role: 'steward' } },
    'GET /api/v1/sites': { sites: sites.map((id) => ({ id, name: `Room ${id}` })), next: null },
    'GET /api/v1/lessons': {
      lessons: lessons.map((id) => ({ id, title: `Lesson ${id}`, state, planned_at: null })), next: null,
    },
    ...Object.fromEntries(rooms.flatMap((room) => [[room, SHEET], [`${room}/roster`, ROSTER]])),
    ...more,
  })
}
const asked = (calls: Call[]): string[] => calls.map(({ what }) => what)
const again = (): void => void window.dispatchEvent(new Event('online'))

it('lets go of a lesson and a room that are not listed any more, and says so', async () => {
  lists([3], [7])
  shown = show(StewardPage)
  await vi.waitFor(() => expect(shown.root.textContent).toContain('Lesson 7'))
  await append({ who, lesson: 7, site: 3 }, { act: 'in', member: 1 })
  const calls = lists([4], [8], { 'POST /api/v1/lessons/7/rooms/3/logs': noLine })
  again()
  await vi.waitFor(() => expect(asked(calls)).toContain('GET /api/v1/lessons/8/rooms/4'))
  await vi.waitFor(() => expect(shown.findAll('[data-test=unsent-elsewhere]')).toHaveLength(1))
  expect(shown.root.textContent).toContain('Room 4')
  expect(shown.root.textContent).toContain('Lesson 8')
  expect(toasts.value.map(({ text }) => text)).toEqual([expect.stringContaining('Room 4 for Lesson 8')])
})

it('keeps what is chosen while it is listed', async () => {
  lists([3, 4], [7, 8])
  shown = show(StewardPage)
  await vi.waitFor(() => expect(shown.findAll('[data-test=lesson]')).toHaveLength(1))
  const select = shown.find<HTMLSelectElement>('[data-test=lesson]')
  select.value = '7'
  select.dispatchEvent(new Event('change'))
  const calls = lists([3, 4], [9, 8, 7])
  again()
  await vi.waitFor(() => expect(asked(calls)).toContain('GET /api/v1/lessons'))
  await vi.waitFor(() => expect(select.options).toHaveLength(3))
  expect(select.value).toBe('7')
  expect(toasts.value).toEqual([])
})

it('a hand that was raised is up, though the sheet does not come after it', async () => {
  lists([3], [7])
  shown = show(StewardPage)
  await vi.waitFor(() => shown.find('[data-test=hand]'))
  const calls = lists([3], [7], { 'POST /api/v1/lessons/7/rooms/3/hand': null, 'GET /api/v1/lessons/7/rooms/3': noLine })
  shown.find('[data-test=hand]').click()
  await vi.waitFor(() => expect(asked(calls)).toContain('GET /api/v1/lessons/7/rooms/3'))
  await vi.waitFor(() => expect(shown.find('[data-test=hand]').getAttribute('aria-busy')).not.toBe('true'))
  expect(shown.find('[data-test=hand]').textContent).toContain('Lower the hand')
})

it('has all signed out only once the lesson has begun', async () => {
  lists([3], [7], {}, 'open')
  shown = show(StewardPage)
  await vi.waitFor(() => shown.find('[data-test=scan]'))
  expect(shown.findAll('[data-test=all-out]')).toEqual([])
  lists([3], [7])
  again()
  await vi.waitFor(() => shown.find('[data-test=all-out]'))
})

it('has the names last, below what is wanted at once', async () => {
  lists([3], [7])
  shown = show(StewardPage)
  await vi.waitFor(() => shown.find('[data-test=roster]'))
  const order = shown.findAll('[data-test]').map(({ dataset }) => dataset['test'])
  const at = ['scan', 'hand', 'all-out', 'heads-start', 'roster'].map((name) => order.indexOf(name))
  expect(at).toEqual([...at].sort((a, b) => a - b))
})

it('leads away when there is no lesson', async () => {
  lists([3], [])
  shown = show(StewardPage)
  await vi.waitFor(() => shown.find('[data-test=empty] a'))
})
