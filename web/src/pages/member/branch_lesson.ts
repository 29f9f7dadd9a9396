// Where the link of a branch leads: the lesson that its people are to come to.
import type { Lesson } from '@/api/call_types'

const RANK: Partial<Record<Lesson['state'], number>> = { live: 0, open: 1, planned: 2 }

/** What is live, else where people wait, else what is next; of those at one time what names the
 *  branch before what is for others as well. null: nothing is ahead. */
export function lessonOfBranch(branch: number, lessons: readonly Lesson[]): Lesson | null {
  const rank = ({ state }: Lesson): number => RANK[state] ?? Infinity
  const hour = ({ planned_at }: Lesson): number => (planned_at === null ? Number.MAX_VALUE : Date.parse(planned_at))
  const names = ({ targets }: Lesson): number => (targets.includes(branch) ? 0 : 1)
  const [first] = lessons
    .filter(({ state }) => state in RANK)
    .sort((a, b) => rank(a) - rank(b) || (rank(a) < 2 ? 0 : hour(a) - hour(b)) || names(a) - names(b) || a.id - b.id)
  return first ?? null
}
