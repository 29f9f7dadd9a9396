// Answers of the API, whole, for tests to change one thing of.
import type { Lesson } from '@/api/call_types'

export function sampleLesson(fields: Partial<Lesson> & { id: number }): Lesson {
  return {
    title: '',
    state: 'ended',
    planned_at: null,
    started_at: null,
    ended_at: null,
    length_ms: 0,
    creditable_ms: 0,
    interrupted: false,
    course: null,
    branch: null,
    series: null,
    planned_length_ms: null,
    lecturers: [],
    targets: [],
    kinds: [],
    cancel_reason: null,
    attendance: { accepted_ms: 0, earned_ms: 0, resume_ms: 0 },
    ...fields,
  }
}
