// What somebody may do in a lesson's studio, as far as the page can tell; the server decides.
import type { Lesson } from '@/api/call_types'
import type { SignedIn } from '@/session/session'

export interface Rights {
  /** Begin, break, end, ask everybody, polls. */
  direct: boolean
  /** Chat, questions, hands, announcements, hand-outs; stream keys. */
  moderate: boolean
}

export function isMine(lesson: Pick<Lesson, 'lecturers'>, who: SignedIn | null): boolean {
  return who !== null && lesson.lecturers.some(({ number }) => number === who.number)
}

export function rightsOf(lesson: Pick<Lesson, 'lecturers'>, who: SignedIn | null): Rights {
  const role = who?.role ?? 'member'
  const mine = isMine(lesson, who)
  const direct = mine || role === 'staff' || role === 'administrator'
  return { direct, moderate: direct || role === 'secretary' }
}
