// @vitest-environment jsdom
import { ref } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { loadCatalogue, setLanguage } from '@/messages'
import StudioCard from '@/pages/studio/StudioCard.vue'
import { show, type Shown } from '../../component'
import { sampleLesson } from '../../samples'

vi.mock('@/session/session', () => ({ member: ref({ number: '3001', name: 'L', role: 'lecturer' }) }))

let shown: Shown

beforeEach(async () => {
  await setLanguage('en')
  await loadCatalogue('studio')
})
afterEach(() => shown.remove())

const cardOf = (fields: object): Shown =>
  show(StudioCard, { lesson: { ...sampleLesson({ id: 7, lecturers: [{ number: '3001', name: 'L' }] }), ...fields } })
const primary = (): (string | null)[] => shown.findAll('.primary').map((one) => one.getAttribute('data-test'))

it('leads into a lesson that is live, whatever feeds it', () => {
  shown = cardOf({ state: 'live' })
  expect(primary()).toEqual(['open-studio'])
})

it('offers the camera for one that is to come', () => {
  shown = cardOf({ state: 'planned' })
  expect(primary()).toEqual(['with-camera'])
})

it('does not call a room open whose lesson was missed', () => {
  shown = cardOf({ state: 'open', planned_at: '2020-01-01T10:00:00Z' })
  expect(shown.find('[data-test=state]').textContent?.trim()).toBe('Not held')
  // Nor does anything invite into it.
  expect(primary()).toEqual([])
})
