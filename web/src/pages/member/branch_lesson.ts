// Where the link of a branch leads: the lesson that its people are to come to.
import type { Lesson } from '@/api/call_types'
import { isMissed } from '@/api/missed'

const RANK: Partial<Record<Lesson['state'], number>> = { live: 0, open: 1, planned: 2 }
/** A lesson that never began will hardly begin. */
const MISSED = 3

/** What is live, else where people wait, else what is next, else what was missed; of those at
 *  one time what names the branch before what is for others as well. null: there is none. */
export function lessonOfBranch(branch: number, lessons: readonly Lesson[], now = Date.now()): Lesson | null {
  const hour = ({ planned_at }: Lesson): number => (planned_at === null ? Number.MAX_VALUE : Date.parse(planned_at))
  const rank = (lesson: Lesson): number =>
    isMissed(lesson, now) ? MISSED : (RANK[lesson.state] ?? Infinity)
  const names = ({ targets }: Lesson): number => (targets.includes(branch) ? 0 : 1)
  const [first] = lessons
    .filter(({ state }) => state in RANK)
    .sort((a, b) => rank(a) - rank(b) || (rank(a) < 2 ? 0 : hour(a) - hour(b)) || names(a) - names(b) || a.id - b.id)
  return first ?? null
}
