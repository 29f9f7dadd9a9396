// @vitest-environment jsdom
import { nextTick } from 'vue'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { toasts } from '@/look/toasts'
import { i18n, loadCatalogue } from '@/messages'
import LessonDialog from '@/pages/console/timetable/LessonDialog.vue'
import PlanDialog from '@/pages/console/timetable/PlanDialog.vue'
import TimetableSection from '@/pages/console/timetable/TimetableSection.vue'
import { haveModals, show, type Shown } from '../../component'
import { playApi, type Call } from '../../fake_api'

const lesson = {
  id: 7, title: 'Old', state: 'planned', planned_at: null, started_at: null, ended_at: null, planned_length_ms: null,
  course: null, series: null, lecturers: [], targets: [], kinds: [], cancel_reason: null,
}
let shown: Shown

beforeAll(async () => {
  haveModals()
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

it('new stream keys are seen before the dialog can be left', async () => {
  let answer = (_: object): void => undefined
  playApi({ 'POST /api/v1/lessons/7/key': () => new Promise<object>((resolve) => (answer = resolve)) })
  shown = show(LessonDialog, { lesson: null, 'onUpdate:lesson': (now: unknown) => (shown.props['lesson'] = now) })
  shown.props['lesson'] = lesson
  await vi.waitFor(() => shown.find('[data-test=new-key]'))
  shown.find('[data-test=new-key]').click()
  await nextTick()
  shown.find('[data-test=new-key-sure]').click()
  await nextTick()
  shown.find('[data-test=close-dialog]').click()
  shown.find('dialog').dispatchEvent(new Event('cancel', { cancelable: true }))
  expect(shown.props['lesson']).toEqual(lesson)
  answer({ stream_key: 'secret' })
  await vi.waitFor(() => expect(shown.find('.secret').textContent).toBe('secret'))
})

it.each([
  [null, 'The lesson is cancelled.'],
  [3, 'The lesson and those of its series that come later are cancelled.'],
])('which lesson is cancelled is told by its hour, and then that it is: series %s', async (series, done) => {
  const calls = playApi({ 'POST /api/v1/lessons/7/cancel': {} })
  shown = show(LessonDialog, { lesson: null })
  shown.props['lesson'] = { ...lesson, series, planned_at: new Date(2024, 0, 5, 0, 30).toISOString() }
  await vi.waitFor(() => shown.find('[data-test=cancel-lesson]'))
  shown.find('[data-test=cancel-lesson]').click()
  await vi.waitFor(() => shown.find('[data-test=reason]'))
  expect(shown.find('form p').textContent).toBe('Old · 5 Jan 2024, 00:30')
  for (const box of shown.findAll('form input[type=checkbox]')) box.click()
  shown.find('form').dispatchEvent(new Event('submit', { cancelable: true }))
  await vi.waitFor(() => expect(calls).toHaveLength(1))
  await vi.waitFor(() => expect(toasts.value.at(-1)?.text).toBe(done))
})

it('a target is called by its name, though that comes late', async () => {
  let answer = (_: object): void => undefined
  playApi({ 'GET /api/v1/branch-names': () => new Promise<object>((resolve) => (answer = resolve)) })
  shown = show(PlanDialog, { open: false, lesson: { ...lesson, targets: [5] } })
  shown.props['open'] = true
  await vi.waitFor(() => expect(shown.find('.multi li').textContent).toBe('…'))
  answer({ branches: [{ id: 5, name: 'B' }] })
  await vi.waitFor(() => expect(shown.findAll('.multi li').map((one) => one.textContent)).toEqual(['B']))
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

it('a lesson’s hour is a day and a time, which are sent as one', async () => {
  const calls = playApi({ 'PATCH /api/v1/lessons/7': lesson })
  shown = show(PlanDialog, { open: false, lesson: { ...lesson, planned_at: '2031-03-04T19:30:00' } })
  shown.props['open'] = true
  await vi.waitFor(() => shown.find('[data-test=lesson-day]'))
  const [day, hour] = ['day', 'hour'].map((name) => shown.find<HTMLInputElement>(`[data-test=lesson-${name}]`)) as [HTMLInputElement, HTMLInputElement]
  expect([day.value, hour.value]).toEqual(['2031-03-04', '19:30'])
  hour.value = '20:00'
  hour.dispatchEvent(new Event('input'))
  await nextTick()
  expect([day.required, hour.required]).toEqual([true, true])
  shown.find('form').dispatchEvent(new Event('submit', { cancelable: true }))
  await vi.waitFor(() => expect(calls).toHaveLength(1))
  expect((calls[0]?.body as { planned_at: string }).planned_at).toMatch(/^2031-03-04T20:00:00[+-]/)
})

it('the timetable shows what is to come, and what was when that is chosen', async () => {
  const calls = playApi({ 'GET /api/v1/lessons': { lessons: [lesson], next: null } })
  shown = show(TimetableSection)
  await vi.waitFor(() => shown.find('tr[data-row]'))
  const q = shown.find<HTMLInputElement>('[data-test=search]')
  q.value = 'Old'
  q.dispatchEvent(new Event('input'))
  const time = shown.find<HTMLSelectElement>('[data-test=time]')
  time.value = 'over'
  time.dispatchEvent(new Event('change'))
  await vi.waitFor(() => expect(calls).toHaveLength(2))
  expect(calls.map(({ query }) => [query.get('time'), query.get('q')])).toEqual([['coming', null], ['over', 'Old']])
})

it('that there is none is said of what was asked for, not of what is being typed', async () => {
  playApi({ 'GET /api/v1/lessons': { lessons: [], next: null } })
  shown = show(TimetableSection)
  const says = (): string => shown.find('[data-test=empty]').textContent ?? ''
  await vi.waitFor(() => expect(says()).toBe(i18n.global.t('console.timetable.none')))
  const q = shown.find<HTMLInputElement>('[data-test=search]')
  q.value = 'Old'
  q.dispatchEvent(new Event('input'))
  await nextTick()
  expect(says()).toBe(i18n.global.t('console.timetable.none'))
  shown.find('form').dispatchEvent(new Event('submit', { cancelable: true }))
  await vi.waitFor(() => expect(says()).toBe(i18n.global.t('console.timetable.noneFound')))
})

it('the next page is of the list that is shown, whatever has been typed since', async () => {
  const calls = playApi({
    'GET /api/v1/lessons': ({ query }: Call) =>
      query.has('before') ? { lessons: [{ ...lesson, id: 6 }], next: null } : { lessons: [lesson], next: 7 },
  })
  shown = show(TimetableSection)
  await vi.waitFor(() => shown.find('[data-test=more]'))
  const q = shown.find<HTMLInputElement>('[data-test=search]')
  q.value = 'Old'
  q.dispatchEvent(new Event('input'))
  shown.find('[data-test=more]').click()
  await vi.waitFor(() => expect(calls).toHaveLength(2))
  expect([calls[1]?.query.get('before'), calls[1]?.query.get('q')]).toEqual(['7', null])
})
