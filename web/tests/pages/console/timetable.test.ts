// @vitest-environment jsdom
import { nextTick } from 'vue'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import LessonDialog from '@/pages/console/timetable/LessonDialog.vue'
import PlanDialog from '@/pages/console/timetable/PlanDialog.vue'
import { show, type Shown } from '../../component'
import { playApi, type Call } from '../../fake_api'

const lesson = {
  id: 7, title: 'Old', state: 'planned', planned_at: null, started_at: null, ended_at: null, planned_length_ms: null,
  course: null, series: null, lecturers: [], targets: [], kinds: [], cancel_reason: null,
}
let shown: Shown

beforeAll(async () => {
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) { this.open = true }
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) { this.open = false }
  await loadCatalogue('console')
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

it('stream keys are renewed when somebody is sure', async () => {
  const calls = playApi({ 'POST /api/v1/lessons/7/key': { stream_key: 'secret' } })
  shown = show(LessonDialog, { lesson: null })
  shown.props['lesson'] = lesson
  await vi.waitFor(() => shown.find('[data-test=new-key]'))
  shown.find('[data-test=new-key]').click()
  await nextTick()
  expect(calls).toEqual([])
  shown.find('[data-test=new-key-sure]').click()
  await vi.waitFor(() => expect(shown.find('.secret').textContent).toBe('secret'))
  expect(calls).toHaveLength(1)
})

it.each([
  [null, ''],
  [45 * 60_000, '45'],
])('a lesson of length %s keeps it when its title is changed', async (length, minutes) => {
  const calls = playApi({ 'PATCH /api/v1/lessons/7': lesson })
  shown = show(PlanDialog, { open: false, lesson: { ...lesson, planned_length_ms: length } })
  shown.props['open'] = true
  await vi.waitFor(() => shown.find('[data-test=lesson-title]'))
  expect(shown.find<HTMLInputElement>('[data-test=lesson-minutes]').value).toBe(minutes)
  const title = shown.find<HTMLInputElement>('[data-test=lesson-title]')
  title.value = 'New'
  title.dispatchEvent(new Event('input'))
  shown.find('form').dispatchEvent(new Event('submit', { cancelable: true }))
  await vi.waitFor(() => expect(calls).toHaveLength(1))
  expect(calls[0]?.body).toMatchObject({ title: 'New', planned_length_ms: length })
})

it('whoever is expected in a lesson is excused from its dialog', async () => {
  const person = (id: number) => ({
    id, number: `${id}`, name: 'N', kind: 'member', home: 1, host: null, state: 'expected', reason: '',
  })
  const calls = playApi({
    'GET /api/v1/lessons/7/expected': ({ query }: Call) =>
      query.get('after') === '0' ? { expected: [person(1)], next: 1 } : { expected: [person(2)], next: null },
    'POST /api/v1/members/2/excuses': null,
  })
  shown = show(LessonDialog, { lesson: null })
  shown.props['lesson'] = lesson
  await vi.waitFor(() => shown.find('[data-test=expected-list]'))
  shown.find('[data-test=expected-list]').click()
  await vi.waitFor(() => expect(shown.findAll('[data-test=expected]')).toHaveLength(1))
  shown.find('[data-test=expected-more]').click()
  await vi.waitFor(() => expect(shown.findAll('[data-test=expected]')).toHaveLength(2))
  shown.findAll('[data-test=expected]')[1]?.click()
  await vi.waitFor(() => shown.find('[data-test=reason]'))
  const reason = shown.find<HTMLInputElement>('[data-test=reason]')
  reason.value = 'ill'
  reason.dispatchEvent(new Event('input'))
  shown.find('form').dispatchEvent(new Event('submit', { cancelable: true }))
  await vi.waitFor(() => expect(shown.findAll('[data-test=expected]')[1]?.textContent).toContain('ill'))
  expect(calls.at(-1)?.body).toEqual({ lesson: 7, state: 'excused', reason: 'ill' })
})
