// @vitest-environment jsdom
import { mount, type Mounted } from '../mount'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { Problem } from '@/api/problem'
import type { LessonPage, LessonState, LessonSummary } from '@/api/types'
import { mergeLessons, useLessonList, type LessonList } from '@/pages/lessons/lesson_list'

function lesson(id: number, state: LessonState = 'ended', title = ''): LessonSummary {
  const attendance = { accepted_ms: 0, earned_ms: 0 }
  const times = { planned_at: null, started_at: null, ended_at: null, length_ms: 0, creditable_ms: 0, interrupted: false }
  return { id, title, state, attendance, ...times }
}

const ids = (lessons: LessonSummary[]): number[] => lessons.map(({ id }) => id)

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
    vi.spyOn(api, 'lessons').mockImplementation((before = null) => {
      asked.push(before)
      const page = pages.get(before)
      if (page === undefined) throw new Error(`nothing before ${before}`)
      return page instanceof Problem ? Promise.reject(page) : Promise.resolve(structuredClone(page))
    })
  })

  afterEach(() => {
    mounted.unmount()
    vi.useRealTimers()
    vi.restoreAllMocks()
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
    expect(list.more.value).toBe(false)
  })

  it('looks behind lessons planned ahead for one that is live', async () => {
    pages = new Map([
      [null, { lessons: [lesson(9, 'planned'), lesson(8, 'planned')], next: 8 }],
      [8, { lessons: [lesson(7, 'live'), lesson(6)], next: 6 }],
    ])
    const list = await show()
    expect(ids(list.live.value)).toEqual([7])
    expect(asked).toEqual([null, 8])
    expect(list.more.value).toBe(true)
  })

  it('loads more where it stopped, also after a refresh', async () => {
    pages = new Map([
      [null, { lessons: [lesson(3)], next: 3 }],
      [3, { lessons: [lesson(2)], next: 2 }],
      [2, { lessons: [lesson(1)], next: null }],
    ])
    const list = await show()
    await list.loadMore()
    await vi.advanceTimersByTimeAsync(15_000)
    await list.loadMore()
    expect(ids(list.ended.value)).toEqual([3, 2, 1])
    expect(list.more.value).toBe(false)
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
