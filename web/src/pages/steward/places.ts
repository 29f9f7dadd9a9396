// The rooms that a steward runs and the lessons in question, kept for when the line is away.
import { api } from '@/api/client'
import type { Lesson, Schema } from '@/api/call_types'
import { Problem } from '@/api/problem'
import { handOver, keep, readKept, readOwner } from '@/session/phone_store'
import { askMember } from '@/session/session'

export type Site = Schema<'Site'>
export type StewardLesson = Pick<Lesson, 'id' | 'title' | 'state' | 'planned_at' | 'started_at' | 'ended_at'>

export interface Places {
  /** The member's number. */
  who: string
  role: string
  sites: Site[]
  lessons: StewardLesson[]
  /** They were kept, and may have changed. */
  old: boolean
}

const NAME = 'places'
/** Those who are signed out when all have left are still to be seen for a while. */
const AFTER_END_MS = 12 * 3_600_000
const BEFORE_BEGIN_MS = 24 * 3_600_000

const RANK: Record<Lesson['state'], number> = { live: 0, open: 1, planned: 2, ended: 3, cancelled: 4 }

/** Those that a sign-in can be about now, the likeliest first. */
export function lessonsInQuestion(lessons: readonly StewardLesson[], now: number): StewardLesson[] {
  const begin = (lesson: StewardLesson): number => Date.parse(lesson.planned_at ?? '') || now
  const matters = (lesson: StewardLesson): boolean => {
    if (lesson.state === 'live' || lesson.state === 'open') return true
    if (lesson.state === 'planned') return Math.abs(begin(lesson) - now) < BEFORE_BEGIN_MS
    return lesson.state === 'ended' && now - Date.parse(lesson.ended_at ?? '') < AFTER_END_MS
  }
  return lessons
    .filter(matters)
    .sort((a, b) => RANK[a.state] - RANK[b.state] || begin(a) - begin(b) || b.id - a.id)
}

/** Without a line, what is kept of it may be old: its hour tells then. */
export function hasBegun({ state, planned_at }: StewardLesson, now = Date.now()): boolean {
  return state === 'live' || state === 'ended' || Date.parse(planned_at ?? '') <= now
}

/** So long before its hour people can be signed in, and guests added, as the server has it. */
const OPENS_BEFORE_MS = 2 * 3_600_000

export function isEarly({ state, planned_at }: StewardLesson, now = Date.now()): boolean {
  return state === 'planned' && Date.parse(planned_at ?? '') - now > OPENS_BEFORE_MS
}

async function fetchSites(): Promise<Site[]> {
  const sites: Site[] = []
  for (let after = 0; ; ) {
    const page = await api.get('/api/v1/sites', { query: { after } })
    sites.push(...page.sites)
    if (page.next === null) return sites
    after = page.next
  }
}

/** null: nobody is signed in. Throws a Problem when there is neither line nor kept places. */
export async function loadPlaces(now = Date.now()): Promise<Places | null> {
  try {
    const member = await askMember()
    await handOver(member?.number ?? null)
    if (member === null) return null
    const [sites, { lessons }] = await Promise.all([
      fetchSites(),
      api.get('/api/v1/lessons', { query: { near: 1, limit: 100 } }),
    ])
    const kept = lessonsInQuestion(lessons, now).map(
      ({ id, title, state, planned_at, started_at, ended_at }) => ({
        id, title, state, planned_at, started_at, ended_at,
      }),
    )
    const places: Places = { who: member.number, role: member.role, sites, lessons: kept, old: false }
    await keep(member.number, NAME, places)
    return places
  } catch (error) {
    const who = await readOwner()
    const kept = who === null ? null : await readKept<Places>(who, NAME)
    if (kept === null || (error instanceof Problem && error.status === 401)) throw error
    return { ...kept, old: true }
  }
}
