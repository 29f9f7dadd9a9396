// @vitest-environment jsdom
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import RoomsSection from '@/pages/console/rooms/RoomsSection.vue'
import { haveModals, show, type Shown } from '../../component'
import { playApi, type Call } from '../../fake_api'

let shown: Shown

beforeAll(async () => {
  haveModals()
  await loadCatalogue('console')
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

it('a room is looked for by its name, also when it is closed', async () => {
  const open = { id: 1, branch: 2, name: 'Hall', closed: false }
  const closed = { id: 3, branch: 2, name: 'Old hall', closed: true }
  const calls = playApi({
    'GET /api/v1/sites': ({ query }: Call) => ({ sites: query.get('closed') === '1' ? [open, closed] : [open], next: null }),
    'GET /api/v1/branch-names': { branches: [{ id: 2, name: 'B' }] },
  })
  shown = show(RoomsSection)
  const text = (): string => shown.find('[data-test=records]').textContent ?? ''
  await vi.waitFor(() => expect(text()).toContain('Hall'))
  expect(text()).not.toContain('Old hall')
  const q = shown.find<HTMLInputElement>('[data-test=search]')
  q.value = ' hall '
  q.dispatchEvent(new Event('input'))
  shown.find('[data-test=closed-too]').click()
  await vi.waitFor(() => expect(text()).toContain('Old hall (closed)'))
  expect(text()).not.toContain('Hall (closed)')
  expect(calls.filter(({ what }) => what.endsWith('/sites')).at(-1)?.query.get('q')).toBe('hall')
})
