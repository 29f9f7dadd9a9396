import { describe, expect, it } from 'vitest'
import { countdown, isAboutToBegin, lessonToShow, nextLesson, SAY_END_MS, untilHour } from '@/pages/screen/choose_lesson'
import type { ScreenLesson } from '@/pages/screen/screen_api'

const lesson = (id: number, state: ScreenLesson['state']): ScreenLesson => ({
  id, title: `${id}`, state, planned_at: null, started_at: null,
})
const idOf = (one: ScreenLesson | null): number | null => one?.id ?? null

describe('the lesson that a screen shows', () => {
  it('is the live one, else the open one, else none', () => {
    const lessons = [lesson(1, 'live'), lesson(2, 'open'), lesson(3, 'planned'), lesson(4, 'ended')]
    expect(idOf(lessonToShow(lessons, null, 0))).toBe(1)
    expect(idOf(lessonToShow(lessons.slice(1), null, 0))).toBe(2)
    expect(lessonToShow(lessons.slice(2), null, 0)).toBeNull()
    expect(idOf(nextLesson(lessons))).toBe(3)
  })

  it('stays the one that is shown while that is live', () => {
    const lessons = [lesson(1, 'live'), lesson(2, 'live')]
    expect(idOf(lessonToShow(lessons, { id: 2, endedAt: null }, 0))).toBe(2)
  })

  it('is for a while the one that ended here, unless another begins', () => {
    const lessons = [lesson(3, 'planned'), lesson(4, 'ended'), lesson(5, 'ended')]
    expect(idOf(lessonToShow(lessons, { id: 4, endedAt: 1000 }, 2000))).toBe(4)
    expect(lessonToShow(lessons, { id: 4, endedAt: 1000 }, 1000 + SAY_END_MS)).toBeNull()
    expect(idOf(lessonToShow([lesson(1, 'open'), ...lessons], { id: 4, endedAt: 1000 }, 2000))).toBe(1)
  })
})

it.each([
  ['25 minutes before its hour', 25, 25 * 60_000, false],
  ['5 minutes before it', 5, 5 * 60_000, true],
  ['after it', -2, null, true],
  ['without an hour', null, null, true],
])('%s: is it about to begin?', (_, minutes, left, soon) => {
  const now = Date.parse('2026-05-01T11:05:00Z')
  const planned_at = minutes === null ? null : new Date(now + minutes * 60_000).toISOString()
  const open = { ...lesson(1, 'open'), planned_at }
  expect(untilHour(open, now)).toBe(left)
  expect(isAboutToBegin(open, now)).toBe(soon)
})

it.each([
  [0, 0, '00:00:00'],
  [-5000, 0, '00:00:00'],
  [1, 0, '00:00:01'],
  [3_725_000, 0, '01:02:05'],
  [2 * 86_400_000 + 60_000, 2, '00:01:00'],
])('%d ms are counted as %d days and %s', (ms, days, clock) => {
  expect(countdown(ms)).toEqual({ days, clock })
})
