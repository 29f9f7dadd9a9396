// The lessons that somebody has to do with today: those they lecture in; for the staff all.
// What is on now or waits comes first, what is over today last; then what never began.
import type { Lesson, LessonPage } from '@/api/call_types'
import { api } from '@/api/client'
import { isMissed, missedOf } from '@/api/missed'
import type { SignedIn } from '@/session/session'
import { isMine, rightsOf } from './lesson_rights'

const PAGE_SIZE = 100
/** A plan of a year ahead must not hide today's. */
const MOST_PAGES = 6
const DAY_MS = 86_400_000

export interface MyLessons {
  now: Lesson[]
  today: Lesson[]
  ahead: Lesson[]
  /** Without an hour. */
  someday: Lesson[]
  /** Of the last days, and never begun. */
  missed: Lesson[]
}

/** The local day that `ms` lies in. */
function dayOf(ms: number): string {
  return new Date(ms).toDateString()
}

function byHour(one: Lesson, other: Lesson): number {
  const hour = (lesson: Lesson): number => (lesson.planned_at === null ? 0 : Date.parse(lesson.planned_at))
  return hour(one) - hour(other) || one.id - other.id
}

export function sortLessons(all: readonly Lesson[], who: SignedIn | null, now: number): MyLessons {
  const everything = all.filter((lesson) => rightsOf(lesson, who).moderate)
  const mine = everything.filter((lesson) => !isMissed(lesson, now))
  const own = (lesson: Lesson): number => (isMine(lesson, who) ? 0 : 1)
  const order = (one: Lesson, other: Lesson): number => own(one) - own(other) || byHour(one, other)
  const isToday = (iso: string | null): boolean => iso !== null && dayOf(Date.parse(iso)) === dayOf(now)
  const waits = (lesson: Lesson): boolean => lesson.state === 'planned' || lesson.state === 'open'
  const late = (lesson: Lesson): boolean => lesson.planned_at !== null && Date.parse(lesson.planned_at) < now
  const live = mine.filter(({ state }) => state === 'live')
  const today = mine.filter(
    (lesson) => (waits(lesson) && (late(lesson) || isToday(lesson.planned_at))) || isToday(lesson.ended_at),
  )
  const ahead = mine.filter((lesson) => waits(lesson) && !today.includes(lesson))
  const soon = ahead.filter(({ planned_at }) => planned_at !== null && Date.parse(planned_at) < now + 7 * DAY_MS)
  const ended = (lesson: Lesson): number => (lesson.state === 'ended' ? 1 : 0)
  return {
    now: live.sort(order),
    today: today.sort((one, other) => ended(one) - ended(other) || order(one, other)),
    ahead: soon.sort(order),
    someday: mine.filter((lesson) => waits(lesson) && lesson.planned_at === null).sort(order),
    missed: missedOf(everything, now),
  }
}

/** Throws a Problem. */
export async function fetchMyLessons(who: SignedIn | null): Promise<MyLessons> {
  const all: Lesson[] = []
  let before: number | null = null
  for (let n = 0; n < MOST_PAGES; n++) {
    const query = { limit: PAGE_SIZE, ...(before === null ? {} : { before }) }
    const page: LessonPage = await api.get('/api/v1/lessons', { query })
    all.push(...page.lessons)
    before = page.next
    if (before === null) break
  }
  return sortLessons(all, who, Date.now())
}
