// @vitest-environment jsdom
import { mount, type Mounted } from '../mount'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '@/api/problem'
import type { LessonPage, LessonState, Lesson } from '@/api/call_types'
import { mergeLessons, useLessonList, type LessonList } from '@/pages/member/lesson_list'
import { noLine, playApi, type Call } from '../fake_api'
import { sampleLesson } from '../samples'

function lesson(id: number, state: LessonState = 'ended'): Lesson {
  return sampleLesson({ id, state })
}

const ids = (lessons: Lesson[]): number[] => lessons.map(({ id }) => id)

describe('merging', () => {
  it('keeps the newest first, each once, with its newest state', () => {
    const merged = mergeLessons([lesson(3, 'live'), lesson(1)], [lesson(3), lesson(2)])
    expect(ids(merged)).toEqual([3, 2, 1])
    expect(merged[0]?.state).toBe('ended')
  })
})

describe('the list', () => {
  let pages: Map<number | null, LessonPage | Problem>
  let asked: (number | null)[]
  let mounted: Mounted<LessonList>

  beforeEach(() => {
    vi.useFakeTimers()
    asked = []
    playApi({
      'GET /api/v1/lessons': ({ query }: Call) => {
        const before = query.get('before') === null ? null : Number(query.get('before'))
        asked.push(before)
        const page = pages.get(before)
        if (page === undefined) throw new Error(`nothing before ${before}`)
        return page instanceof Problem ? noLine() : page
      },
    })
  })

  afterEach(() => {
    mounted.unmount()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  async function show(): Promise<LessonList> {
    mounted = mount(useLessonList)
    await vi.advanceTimersByTimeAsync(0)
    return mounted.result
  }

  it('sorts by state', async () => {
    const lessons = [lesson(3, 'planned'), lesson(2, 'live'), lesson(1)]
    pages = new Map([[null, { lessons, next: null }]])
    const list = await show()
    expect([ids(list.live.value), ids(list.planned.value), ids(list.ended.value)]).toEqual([
      [2],
      [3],
      [1],
    ])
  })

  it('has a cancelled lesson among what is ahead until its day is over', async () => {
    vi.setSystemTime(new Date(2026, 3, 15, 10))
    const cancelled = (id: number, day: number, hour: number): Lesson =>
      sampleLesson({ id, state: 'cancelled', planned_at: new Date(2026, 3, day, hour).toISOString() })
    const late = { ...cancelled(5, 15, 8), state: 'planned' as const }
    const lessons = [late, cancelled(4, 16, 9), cancelled(3, 15, 8), cancelled(2, 14, 23), cancelled(1, 1, 9)]
    pages = new Map([[null, { lessons, next: null }]])
    const list = await show()
    expect(ids(list.planned.value)).toEqual([5, 4, 3])
  })

  it('tells for some days of what never began, apart from what is ahead', async () => {
    vi.setSystemTime(new Date(2026, 3, 15, 10))
    const planned = (id: number, day: number, hour: number, state: LessonState = 'planned'): Lesson =>
      sampleLesson({ id, state, planned_at: new Date(2026, 3, day, hour).toISOString() })
    const lessons = [planned(5, 15, 19), planned(4, 10, 9), planned(3, 14, 20, 'open'), planned(2, 1, 9), planned(1, 14, 9, 'ended')]
    pages = new Map([[null, { lessons, next: null }]])
    const list = await show()
    expect([ids(list.planned.value), ids(list.missed.value)]).toEqual([[5], [3, 4]])
  })

  it('looks behind lessons planned ahead for one that is live', async () => {
    pages = new Map([
      [null, { lessons: [lesson(9, 'planned'), lesson(8, 'planned')], next: 8 }],
      [8, { lessons: [lesson(7, 'live'), lesson(6)], next: 6 }],
    ])
    const list = await show()
    expect(ids(list.live.value)).toEqual([7])
    expect(asked).toEqual([null, 8])
  })

  it('keeps what it had when the server is away, and recovers', async () => {
    pages = new Map([[null, { lessons: [lesson(1)], next: null }]])
    const list = await show()
    const whole = pages
    pages = new Map([[null, Problem.offline(null)]])
    await vi.advanceTimersByTimeAsync(15_000)
    expect(list.failure.value).toBeInstanceOf(Problem)
    expect(ids(list.ended.value)).toEqual([1])
    pages = whole
    await vi.advanceTimersByTimeAsync(15_000)
    expect(list.failure.value).toBeNull()
  })
})
