// @vitest-environment jsdom
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import CorrectionsSection from '@/pages/console/corrections/CorrectionsSection.vue'
import { askMember } from '@/session/session'
import { haveModals, show, type Shown } from '../../component'
import { playApi } from '../../fake_api'

const one = (id: number, asker: string) => ({
  id, state: 'open', kind: 'MAKEUP', study: 'group', member: '1001', name: 'M*r', lesson: 7, earned_ms: 60_000, reference: null,
  reason: 'r', evidence: '', asker, asker_name: 'A*r', asked_at: '2026-11-01T10:00:00Z', decider: null, decider_name: null,
  decided_at: null, entry: null,
})
let shown: Shown

beforeAll(async () => {
  haveModals()
  await loadCatalogue('console')
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

it.each([
  ['6001', true],
  ['6002', false],
])('what %s asked for is decided by 6001: their own, %s', async (asker, own) => {
  playApi({
    'GET /api/v1/session': { member: { number: '6001', name: 'A', role: 'administrator' }, must_change_password: false },
    'GET /api/v1/corrections': { corrections: [one(1, asker)], next: null },
    'GET /api/v1/lessons/7': { title: 'L', started_at: null, planned_at: null },
  })
  await askMember()
  shown = show(CorrectionsSection)
  await vi.waitFor(() => shown.find('tr[data-row]'))
  expect(shown.find('tr[data-row]').textContent).toContain('M*r 1001')
  shown.find('tr[data-row]').click()
  await vi.waitFor(() => shown.find('[data-test=reject]'))
  expect(shown.findAll('[data-test=approve]')).toHaveLength(own ? 0 : 1)
  expect(shown.findAll('[data-test=own-correction]')).toHaveLength(own ? 1 : 0)
})
