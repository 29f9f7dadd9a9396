// What is ahead, sorted into the days that a member thinks in.
import type { Lesson } from '@/api/call_types'

export type When = 'today' | 'week' | 'later' | 'undated'

export interface Stretch {
  when: When
  lessons: Lesson[]
}

const ORDER: readonly When[] = ['today', 'week', 'later', 'undated']

/** Weeks begin on Monday. */
function whenOf(lesson: Lesson, now: Date): When {
  if (lesson.planned_at === null) return 'undated'
  const hour = new Date(lesson.planned_at)
  const dayAfter = (days: number): Date => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days)
  if (hour < dayAfter(1)) return 'today'
  const sinceMonday = (now.getDay() + 6) % 7
  return hour < dayAfter(7 - sinceMonday) ? 'week' : 'later'
}

/** Earliest first; those without an hour last. Stretches with nothing in them are left out. */
export function timetable(lessons: readonly Lesson[], now: Date): Stretch[] {
  const hour = ({ planned_at }: Lesson): number => (planned_at === null ? Infinity : Date.parse(planned_at))
  const sorted = [...lessons].sort((a, b) => (hour(a) === hour(b) ? a.id - b.id : hour(a) - hour(b)))
  return ORDER.map((when) => ({ when, lessons: sorted.filter((lesson) => whenOf(lesson, now) === when) })).filter(
    ({ lessons }) => lessons.length > 0,
  )
}
