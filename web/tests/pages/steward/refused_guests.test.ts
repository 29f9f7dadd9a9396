// @vitest-environment jsdom
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { Problem } from '@/api/problem'
import { loadCatalogue, setLanguage } from '@/messages'
import RefusedGuests from '@/pages/steward/RefusedGuests.vue'
import { haveModals, show, type Shown } from '../../component'

let shown: Shown
beforeAll(async () => {
  haveModals()
  await setLanguage('en')
  await loadCatalogue('steward')
})
afterEach(() => shown.remove())

const why = new Problem({ name: 'wrong-state', status: 409, title: '', titleZh: '' } as never)

it.each([
  ['of a lesson that is hours away', 3, 'from two hours before', 0],
  ['of one that has been opened meanwhile', 1, 'was cancelled', 1],
  ['of one that is not listed', null, 'was cancelled', 1],
])('says why a guest %s was refused, and tries again where that may help', (_, hours, text, retries) => {
  const planned_at = new Date(Date.now() + (hours ?? 0) * 3_600_000).toISOString()
  const lessons = hours === null ? [] : [{ id: 7, title: 'L', state: 'planned', planned_at, started_at: null, ended_at: null }]
  shown = show(RefusedGuests, {
    guests: [{ key: 'k', lesson: 7, name: 'G', why }], lessons, online: true, retry: vi.fn(), drop: vi.fn(),
  })
  expect(shown.find('[data-test=refused-guests]').textContent).toContain(text)
  expect(shown.findAll('[data-test=retry-guest]')).toHaveLength(retries)
})
