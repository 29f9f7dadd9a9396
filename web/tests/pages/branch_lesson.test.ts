import { describe, expect, it } from 'vitest'
import type { Lesson } from '@/api/call_types'
import { lessonOfBranch as lessonAt } from '@/pages/member/branch_lesson'
import { sampleLesson } from '../samples'

const at = (hour: number): string => new Date(2026, 3, 15, hour).toISOString()
const lessonOfBranch = (branch: number, lessons: Lesson[], hour = 8) => lessonAt(branch, lessons, Date.parse(at(hour)))
const planned = (id: number, hour: number, targets: number[] = []) =>
  sampleLesson({ id, state: 'planned', planned_at: at(hour), targets })
const open = sampleLesson({ id: 20, state: 'open', planned_at: at(12) })
const live = sampleLesson({ id: 30, state: 'live' })

describe('the link of a branch', () => {
  it('leads to what is live, else to where people wait, else to what is next', () => {
    const next = planned(10, 9)
    const later = planned(9, 19)
    const undated = sampleLesson({ id: 8, state: 'planned' })
    const told = (...lessons: ReturnType<typeof planned>[]) => lessonOfBranch(7, lessons)?.id ?? null
    expect(told(undated, later, next, open, live)).toBe(30)
    expect(told(undated, later, next, open)).toBe(20)
    expect(told(undated, later, next)).toBe(10)
    expect(told(undated, later)).toBe(9)
    expect(told(undated)).toBe(8)
  })

  it('leads to what never began only when nothing else is ahead', () => {
    const [missed, next] = [planned(10, 9), planned(11, 19)]
    expect(lessonOfBranch(7, [missed, next], 12)?.id).toBe(10) // late, but it may begin
    expect(lessonOfBranch(7, [missed, next], 13)?.id).toBe(11)
    expect(lessonOfBranch(7, [missed, sampleLesson({ id: 12, state: 'planned' })], 13)?.id).toBe(12)
    expect(lessonOfBranch(7, [missed], 13)?.id).toBe(10)
  })

  it('prefers what names the branch of two at one time', () => {
    expect(lessonOfBranch(7, [planned(1, 9, [3]), planned(2, 9, [7])])?.id).toBe(2)
    expect(lessonOfBranch(7, [live, sampleLesson({ id: 31, state: 'live', targets: [7] })])?.id).toBe(31)
  })

  it('leads to the list alone when nothing is ahead', () => {
    expect(lessonOfBranch(7, [sampleLesson({ id: 1 }), sampleLesson({ id: 2, state: 'cancelled', planned_at: at(9) })])).toBeNull()
  })
})
