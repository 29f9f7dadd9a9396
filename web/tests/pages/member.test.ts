// @vitest-environment jsdom
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { toasts } from '@/look/toasts'
import { loadCatalogue, setLanguage } from '@/messages'
import LessonRow from '@/pages/member/LessonRow.vue'
import RecordPage from '@/pages/member/RecordPage.vue'
import { filterOf, NO_FILTER, queryOf } from '@/pages/member/library_filter'
import { timetable } from '@/pages/member/timetable'
import { unfinished } from '@/pages/member/unfinished'
import { rememberPlace } from '@/player/place'
import { show, type Shown } from '../component'
import { playApi } from '../fake_api'
import { sampleLesson } from '../samples'

beforeAll(async () => {
  await setLanguage('en')
  await loadCatalogue('member')
})

describe('the timetable', () => {
  /** A Wednesday. */
  const now = new Date(2026, 3, 15, 10, 0)
  const at = (id: number, day: number, hour = 19) =>
    sampleLesson({ id, state: 'planned', planned_at: new Date(2026, 3, day, hour).toISOString() })
  const sorted = (...lessons: ReturnType<typeof at>[]) =>
    timetable(lessons, now).map(({ when, lessons: list }) => [when, list.map(({ id }) => id)])

  it('has today, the rest of the week until Sunday, later, and what has no hour', () => {
    const undated = sampleLesson({ id: 9, state: 'planned' })
    expect(sorted(undated, at(5, 20), at(4, 19, 23), at(3, 16), at(2, 15, 23), at(1, 15, 8))).toEqual([
      ['today', [1, 2]],
      ['week', [3, 4]],
      ['later', [5]],
      ['undated', [9]],
    ])
  })

  it('leaves out what has nothing in it, and has what should have begun under today', () => {
    expect(sorted(at(1, 14))).toEqual([['today', [1]]])
    expect(timetable([], now)).toEqual([])
  })
})

describe('replays that were left', () => {
  afterEach(() => localStorage.clear())
  const lesson = (id: number, resume_ms = 0) =>
    sampleLesson({ id, length_ms: 600_000, attendance: { accepted_ms: 0, earned_ms: 0, resume_ms } })
  const told = (...lessons: ReturnType<typeof lesson>[]) =>
    unfinished('1001', lessons).map(({ lesson: { id }, placeS }) => [id, placeS])

  it('are those of this device and of others, at the further of both', () => {
    rememberPlace('1001', 3, 60.9)
    rememberPlace('1001', 2, 30)
    rememberPlace('1002', 1, 30)
    expect(told(lesson(4, 90_000), lesson(3), lesson(2, 45_000), lesson(1))).toEqual([[4, 90], [3, 60], [2, 45]])
  })

  it('are none that have hardly begun or are as good as over', () => {
    rememberPlace('1001', 2, 599)
    expect(told(lesson(3, 598_000), lesson(2, 100_000), lesson(1, 3_000))).toEqual([[2, 100]])
  })
})

describe('the library', () => {
  it('takes from the address only what it knows', () => {
    const wild = { q: 'x'.repeat(200), kind: 'nonsense', from: '2026-04-01', to: 'tomorrow', more: ['a'] }
    expect(filterOf(wild)).toEqual({ q: 'x'.repeat(100), kind: '', from: '2026-04-01', to: '' })
    expect(filterOf({ q: ['a', 'b'] })).toEqual(NO_FILTER)
  })

  it('asks for nothing that was not filled in', () => {
    expect(queryOf({ q: '  成本 ', kind: 'skills', from: '', to: '2026-04-30' })).toEqual({
      q: '成本', kind: 'skills', to: '2026-04-30',
    })
    expect(queryOf(NO_FILTER)).toEqual({})
  })
})

describe('a lesson ahead', () => {
  afterEach(() => vi.useRealTimers())

  it.each([
    ['planned', new Date(2026, 3, 15, 23, 59), 'Wait'],
    ['planned', new Date(2026, 3, 15, 9), 'Wait'],
    ['planned', new Date(2026, 3, 16, 0), 'Open'],
    ['planned', null, 'Open'],
    ['open', new Date(2026, 3, 16, 0), 'Wait'],
  ] as const)('%s for %s: one is asked to wait on the day itself', (state, hour, word) => {
    vi.useFakeTimers({ now: new Date(2026, 3, 15, 10) })
    const shown = show(LessonRow, { lesson: sampleLesson({ id: 1, state, planned_at: hour?.toISOString() ?? null }) })
    expect(shown.find('.go').textContent).toContain(word)
    shown.remove()
  })
})

describe('my record of a lesson', () => {
  let shown: Shown
  afterEach(() => {
    shown.remove()
    vi.unstubAllGlobals()
  })

  const nothing = {
    state: 'none', credit: 0, covered_ms: 0, creditable_ms: 0, group_ms: 0, self_ms: 0, unsettled_ms: 0,
    policy: 'standard-1', not_counted: [], entries: [],
  }
  interface Stored { record?: object; appeals?: object[]; leaves?: object[]; more?: Record<string, unknown> }
  async function open(fields: object, { record = nothing, appeals = [], leaves = [], more = {} }: Stored = {}): Promise<void> {
    playApi({
      'GET /api/v1/lessons/1': { ...sampleLesson({ id: 1, planned_at: '2026-04-15T10:00:00Z' }), media: {}, ...fields },
      'GET /api/v1/lessons/1/record': record,
      'GET /api/v1/appeals': { appeals, next: null },
      'GET /api/v1/leaves': () => ({ leaves, next: null }),
      ...more,
    })
    shown = show(RecordPage, { id: 1 })
    await vi.waitFor(() => shown.find('[data-test=record-state]'))
  }

  it.each([
    ['planned', 'has not started', 'Starts 15 Apr'],
    ['open', 'has not started', 'Starts 15 Apr'],
    ['cancelled', 'Cancelled', 'was planned for 15 Apr'],
  ])('has no figures when it is %s', async (state, what, when) => {
    await open({ state, media: null })
    expect(shown.find('[data-test=record-state]').textContent).toContain(what)
    expect(shown.root.textContent).toContain(when)
    expect(shown.findAll('dl')).toHaveLength(0)
  })

  it.each([
    [{}, 'Watch'],
    [null, 'Go to the lesson'],
  ])('of one that was held has figures, and leads to %j', async (media, way) => {
    await open({ media })
    expect(shown.find('[data-test=record-state]').textContent).toBe('No record')
    expect(shown.find('dl').textContent).toContain('0 min of 0 min')
    expect(shown.find('.head').textContent).toContain(way)
  })

  it('has the sum of group and self study, which is what counts', async () => {
    await open({}, { record: { ...nothing, state: 'partial', covered_ms: 0, creditable_ms: 3_600_000, group_ms: 500, self_ms: 120_000 } })
    expect(shown.findAll('dt, dd').slice(2).map((one) => one.textContent)).toEqual([
      'Time entered', '2 min of 1 h', 'of it group study', 'under 1 min', 'of it self study', '2 min',
    ])
  })

  it('that waits for the answer to an appeal says so, and points to no form', async () => {
    await open({}, { appeals: [{ id: 1, lesson: 1, text: 'I was there.', answer: null, opened_at: '2026-04-15T12:00:00Z' }] })
    expect(shown.find('[data-test=appeal-state]').textContent).toContain('is sent')
    expect(shown.root.textContent).not.toContain('appeal below')
    expect(shown.findAll('[data-test=appeal-text]')).toHaveLength(0)
  })

  const leave = (state: string, answer = '') => ({ id: 1, lesson: 1, reason: 'Night shift.', state, answer, asked_at: '2026-04-15T08:00:00Z' })

  it.each([
    ['approved', 'good', 0],
    ['refused', 'refused', 1],
  ])('shows leave that was %s by a sign, and asks again under a heading of its own: %s', async (state, look, again) => {
    await open({}, { leaves: [leave(state)] })
    expect(shown.findAll(`[data-test=leave] .${look} svg`)).toHaveLength(1)
    expect(shown.findAll('h3').map((one) => one.textContent)).toEqual(again === 1 ? ['Ask for leave again'] : [])
  })

  it('tells in the card that leave was asked for and withdrawn', async () => {
    const leaves = [leave('asked')]
    await open({}, { leaves, more: { 'DELETE /api/v1/leaves/1': () => (leaves.length = 0, null) } })
    const says = (): string | null => shown.find('[data-test=leave-state]').textContent
    expect(says()).toContain('your branch decides')
    shown.find('[data-test=withdraw]').click()
    await vi.waitFor(() => expect(says()).toContain('withdrawn'))
    expect(toasts.value).toEqual([])
  })
})
