// Lessons that were planned and never began.
import type { Lesson } from './call_types'

/** A lecturer may be late; so long after its planned end (its hour, where no length was
 *  planned) a lesson will hardly begin. */
const GRACE_MS = 3 * 3_600_000
/** For so long it is worth telling. */
const TOLD_MS = 7 * 86_400_000

type Planned = Pick<Lesson, 'state' | 'planned_at' | 'planned_length_ms'>

function endOf({ planned_at, planned_length_ms }: Planned): number {
  return planned_at === null ? Infinity : Date.parse(planned_at) + (planned_length_ms ?? 0)
}

/** Its time has passed without it. */
export function isMissed(lesson: Planned, now: number): boolean {
  return (lesson.state === 'planned' || lesson.state === 'open') && endOf(lesson) < now - GRACE_MS
}

/** Those of the last days, the latest first. */
export function missedOf<L extends Planned>(lessons: readonly L[], now: number): L[] {
  return lessons
    .filter((lesson) => isMissed(lesson, now) && endOf(lesson) > now - TOLD_MS)
    .sort((a, b) => endOf(b) - endOf(a))
}
