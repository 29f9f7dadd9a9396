// @vitest-environment jsdom
// What waits for somebody: when it cannot be told, the page says so and asks again.
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import LogsSection from '@/pages/console/logs/LogsSection.vue'
import TodaySection from '@/pages/console/today/TodaySection.vue'
import { show, type Shown } from '../../component'
import { playApi, problem } from '../../fake_api'

const room = { lesson: 7, title: 'L', site: 3, name: 'S', entries: 2 }
const at = (hour: number, minute: number): string => new Date(2026, 3, 15, hour, minute).toISOString()
let shown: Shown

beforeAll(() => loadCatalogue('console'))
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

it('logs that wait are asked for again after a failure', async () => {
  const answers: unknown[] = [problem(500, 'internal'), { rooms: [room] }]
  playApi({ 'GET /api/v1/logs/waiting': () => answers.shift() })
  shown = show(LogsSection)
  await vi.waitFor(() => shown.find('[data-test=trouble]'))
  shown.find('[data-test=retry]').click()
  await vi.waitFor(() => shown.find('[data-test=logs-of-room]'))
  expect(shown.findAll('[data-test=trouble]')).toEqual([])
})

it('so is what waits today, and today’s lessons are shown all the same', async () => {
  const answers: unknown[] = [problem(500, 'internal'), { leaves: [] }]
  playApi({
    'GET /api/v1/overview/today': { lessons: [{ id: 7, title: 'L', state: 'planned', started_at: null, planned_at: null, interrupted: false, source: null }] },
    'GET /api/v1/leaves/open': () => answers.shift(),
    'GET /api/v1/logs/waiting': { rooms: [room] },
  })
  shown = show(TodaySection)
  await vi.waitFor(() => shown.find('[data-test=trouble]'))
  await vi.waitFor(() => shown.find('[data-test=today-planned]'))
  shown.find('[data-test=retry]').click()
  await vi.waitFor(() => expect(shown.find('[data-test=waiting-logs]').textContent).toContain('1'))
  expect(shown.findAll('[data-test=trouble]')).toEqual([])
})

it.each([
  ['ended', at(14, 27), at(14, 0), 'Ended, began 14:27'],
  ['planned', null, at(19, 30), 'Planned, due 19:30'],
  ['open', null, null, 'Room open'],
])('the hour of a lesson that is %s is that of its beginning', async (state, started_at, planned_at, words) => {
  playApi({
    'GET /api/v1/overview/today': { lessons: [{ id: 7, title: 'L', state, started_at, planned_at, interrupted: false, source: null }] },
    'GET /api/v1/leaves/open': { leaves: [] },
    'GET /api/v1/logs/waiting': { rooms: [] },
  })
  shown = show(TodaySection)
  await vi.waitFor(() => expect(shown.find(`[data-test=today-${state}] p`).textContent).toBe(words))
})

it('what waits is counted anew every minute', async () => {
  vi.useFakeTimers()
  const leaves = [[], [{ id: 1 }]]
  playApi({
    'GET /api/v1/overview/today': { lessons: [] },
    'GET /api/v1/leaves/open': () => ({ leaves: leaves.shift() ?? [] }),
    'GET /api/v1/logs/waiting': { rooms: [] },
  })
  shown = show(TodaySection)
  const counted = (): string => shown.find('[data-test=waiting-leaves]').textContent!.trim()
  await vi.waitFor(() => expect(counted()).toBe('Leave 0'))
  await vi.advanceTimersByTimeAsync(60_000)
  await vi.waitFor(() => expect(counted()).toBe('Leave 1'))
  vi.useRealTimers()
})

it.each([
  [true, ['Members online 3', 'Rooms online 2', 'Checked in at rooms 4', 'Source Sends', 'Bit rate 1500 kbit/s']],
  [false, ['Members online 3', 'Rooms online 2', 'Checked in at rooms 4', 'Source No signal: call the studio']],
])('a source has a bit rate while it sends: %s', async (source_alive, facts) => {
  const source = { source_alive, source_bps: 1_500_000 }
  playApi({
    'GET /api/v1/overview/today': {
      lessons: [{ id: 7, title: 'L', state: 'open', started_at: null, planned_at: null, interrupted: false, source, online: 3, rooms: 2, signed_in: 4 }],
    },
    'GET /api/v1/leaves/open': { leaves: [] },
    'GET /api/v1/logs/waiting': { rooms: [] },
  })
  shown = show(TodaySection)
  await vi.waitFor(() => shown.find('[data-test=today-open]'))
  const told = shown.findAll('[data-test=today-open] dl > div').map((one) => [...one.children].map((part) => part.textContent).join(' '))
  expect(told).toEqual(facts)
})

it('the log of a room that was chosen has the focus: on a phone it is out of sight', async () => {
  playApi({ 'GET /api/v1/logs/waiting': { rooms: [room] }, 'GET /api/v1/lessons/7/rooms/3/logs': { entries: [], next: null } })
  shown = show(LogsSection)
  await vi.waitFor(() => shown.find('[data-test=logs-of-room]'))
  shown.find('[data-test=logs-of-room]').click()
  await vi.waitFor(() => expect(document.activeElement?.querySelector('[data-test=empty]')).not.toBeNull())
})
