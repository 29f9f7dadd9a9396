import { describe, expect, it } from 'vitest'
import type { Lesson } from '@/api/call_types'
import { sortLessons } from '@/pages/studio/my_lessons'

const NOW = new Date(2026, 4, 6, 14, 0).getTime()
const at = (day: number, hour: number): string => new Date(2026, 4, day, hour).toISOString()
const lesson = (id: number, change: Partial<Lesson>): Lesson =>
  ({
    id, title: `${id}`, state: 'planned', planned_at: null, planned_length_ms: null, started_at: null, ended_at: null,
    lecturers: [{ number: '3001', name: '' }], ...change,
  }) as Lesson
const lecturer = { number: '3001', name: '', role: 'lecturer', steward: false, lecturer: false } as const
const staff = { number: '5001', name: '', role: 'staff', steward: false, lecturer: false } as const
const ids = (lessons: Lesson[]): number[] => lessons.map(({ id }) => id)

const ALL = [
  lesson(1, { state: 'live' }),
  lesson(2, { planned_at: at(6, 19) }),
  lesson(3, { planned_at: at(6, 15) }),
  lesson(4, { planned_at: at(8, 9) }),
  lesson(5, { planned_at: at(28, 9) }),
  lesson(6, { state: 'ended', ended_at: at(6, 10) }),
  lesson(7, { state: 'ended', ended_at: at(5, 10) }),
  lesson(8, { planned_at: at(6, 14), lecturers: [] }),
  lesson(9, { planned_at: at(5, 14) }),
  lesson(10, { planned_at: at(6, 8), planned_length_ms: 5 * 3_600_000, state: 'open' }),
  lesson(11, { planned_at: at(4, 14) }),
  lesson(12, { planned_at: new Date(2026, 3, 20).toISOString() }),
  lesson(13, { planned_at: at(5, 14), lecturers: [] }),
  lesson(14, {}),
]

describe('the lessons of a lecturer', () => {
  it('are what is live, what is today or late, and the next seven days', () => {
    const { now, today, ahead, someday } = sortLessons(ALL, lecturer, NOW)
    expect(ids(now)).toEqual([1])
    expect(ids(today)).toEqual([10, 3, 2, 6])
    expect(ids(ahead)).toEqual([4])
    expect(ids(someday)).toEqual([14])
  })

  it('that never began are told of for some days, and are not of today', () => {
    expect(ids(sortLessons(ALL, lecturer, NOW).missed)).toEqual([9, 11])
  })

  it('are all that the staff see, and none of a member', () => {
    expect(ids(sortLessons(ALL, staff, NOW).today)).toContain(8)
    expect(sortLessons(ALL, { number: '1001', name: '', role: 'member', steward: false, lecturer: false }, NOW)).toEqual({ now: [], today: [], ahead: [], someday: [], missed: [] })
  })
})
