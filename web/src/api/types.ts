// What the HTTP API sends. Times in integer milliseconds, dates as ISO 8601.
export interface Member {
  number: string
  name: string
  role: string
}

/** open: its room is, and nothing counts yet */
export type LessonState = 'planned' | 'open' | 'live' | 'ended' | 'cancelled'

export interface Attendance {
  accepted_ms: number
  earned_ms: number
}

export interface LessonSummary {
  id: number
  title: string
  state: LessonState
  planned_at: string | null
  started_at: string | null
  ended_at: string | null
  length_ms: number
  creditable_ms: number
  /** Live, and its signal has been lost for longer than the grace. */
  interrupted: boolean
  attendance: Attendance
}

/** Addresses carry a token that is good until `expires_at`. */
export interface LessonMedia {
  multivariant: string
  audio: string
  expires_at: string
}

export interface Lesson extends LessonSummary {
  media: LessonMedia | null
}

export interface LessonPage {
  lessons: LessonSummary[]
  next: number | null
}
