// Which of its lessons a screen shows.
import type { ScreenLesson } from './screen_api'

/** The end of a lesson is said so long, unless the next one begins. */
export const SAY_END_MS = 10 * 60_000

/** What was shown last, and when it was seen to end (null: it has not). */
export interface LastShown {
  id: number
  endedAt: number | null
}

/** The lesson to be in: the one that is shown already while it goes on, else what is live,
 *  else a room that is open, else one that just ended here. null: to wait. */
export function lessonToShow(
  lessons: readonly ScreenLesson[],
  last: LastShown | null,
  now: number,
): ScreenLesson | null {
  const shown = lessons.find(({ id }) => id === last?.id)
  if (shown?.state === 'live') return shown
  const running =
    lessons.find(({ state }) => state === 'live') ?? lessons.find(({ state }) => state === 'open')
  if (running !== undefined) return running
  const justEnded = last?.endedAt != null && now - last.endedAt < SAY_END_MS
  return shown?.state === 'ended' && justEnded ? shown : null
}

/** The next one with an hour, else one without. */
export function nextLesson(lessons: readonly ScreenLesson[]): ScreenLesson | null {
  return lessons.find(({ state }) => state === 'planned') ?? null
}

/** In the last minutes before its hour, and without one, a lesson in an open room is about
 *  to begin. */
const SOON_MS = 5 * 60_000

/** Milliseconds until a lesson's hour; null: it has none, or it is past. */
export function untilHour({ planned_at }: ScreenLesson, now: number): number | null {
  const left = planned_at === null ? 0 : Date.parse(planned_at) - now
  return left > 0 ? left : null
}

export function isAboutToBegin(lesson: ScreenLesson, now: number): boolean {
  return (untilHour(lesson, now) ?? 0) <= SOON_MS
}

/** Milliseconds that are left, as days, hours, minutes and seconds. */
export function countdown(ms: number): { days: number; clock: string } {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const two = (n: number): string => String(n).padStart(2, '0')
  const hours = Math.floor(seconds / 3600) % 24
  const clock = [hours, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':')
  return { days: Math.floor(seconds / 86_400), clock }
}
