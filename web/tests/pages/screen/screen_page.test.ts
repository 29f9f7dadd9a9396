// @vitest-environment jsdom
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import ScreenPage from '@/pages/screen/ScreenPage.vue'
import { show, type Shown } from '../../component'
import { playApi, problem, type Played } from '../../fake_api'

const SELF = { screen: 1, name: 'S', site: { id: 3, name: 'R' }, lessons: [] }
const stranger = problem(401, 'signed-out')
let shown: Shown
let claims: unknown[]

/** What is answered to `GET /api/v1/screens/self`, one after the other. */
function open(selves: Played[]): void {
  let codes = 0
  playApi({
    'GET /api/v1/screens/self': () => selves.shift(),
    'POST /api/v1/screens/pairing': () => ({ code: `CODE000${++codes}`, secret: `s${codes}`, expires_in_s: 600 }),
    'POST /api/v1/screens/pairing/claim': () => ({ state: claims.shift() ?? 'waiting' }),
  })
  shown = show(ScreenPage)
}
const code = (): string | undefined => shown.find('[data-test=pairing-code]').dataset['code']

beforeAll(() => loadCatalogue('screen'))
beforeEach(() => {
  localStorage.clear()
  claims = ['waiting', 'paired']
  vi.useFakeTimers()
})
afterEach(() => {
  shown.remove()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('is the screen of its room once its code was claimed', async () => {
  open([stranger, SELF])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(code()).toBe('CODE0001')
  await vi.advanceTimersByTimeAsync(3_000)
  expect(shown.root.textContent).toContain('R')
  expect(shown.findAll('[data-test=pairing-code]')).toEqual([])
})

it('shows another code when it was let in and is sent away at once', async () => {
  open([stranger, stranger])
  await vi.advanceTimersByTimeAsync(4_000)
  expect(code()).toBe('CODE0002')
})

it('shows another code when it was the screen of a room before, too', async () => {
  open([SELF, stranger, stranger])
  await vi.advanceTimersByTimeAsync(5_000)
  expect(code()).toBe('CODE0001')
  await vi.advanceTimersByTimeAsync(3_000)
  expect(code()).toBe('CODE0002')
})
