// The ten reports: what each wants besides a branch and days, and how their cells are shown.
import type { Answer } from '@/api/call_types'
import { lengthInWords } from '@/format/time'
import { i18n } from '@/messages'

export type Report = Answer<'/api/v1/reports/credit'>
export type ReportColumn = Report['columns'][number]

export type ReportName =
  | 'credit' | 'sign-in' | 'sites' | 'host' | 'make-up' | 'contact' | 'skills' | 'lecturers' | 'adjustments' | 'transcript'

export interface ReportKind {
  name: ReportName
  lesson?: 'needed' | 'maybe'
  days?: boolean
  member?: boolean
  /** For staff and administrators. */
  staff?: boolean
}

export const reports: readonly ReportKind[] = [
  { name: 'credit' },
  { name: 'sign-in', lesson: 'needed' },
  { name: 'sites' },
  { name: 'host' },
  { name: 'make-up', lesson: 'maybe' },
  { name: 'contact', days: true },
  { name: 'skills' },
  { name: 'lecturers' },
  { name: 'adjustments', staff: true },
  { name: 'transcript', member: true },
]

/** Hours and rates come as thousandths, times as milliseconds. */
export function cellText(type: ReportColumn['type'], value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'number') return String(value)
  if (type === 'hours') return String(value / 1000)
  if (type === 'rate') return `${(value / 10).toFixed(1)}%`
  if (type === 'time') return lengthInWords(value, (unit, n) => i18n.global.t(unit, { n }))
  return String(value)
}

export function isNumber(type: ReportColumn['type']): boolean {
  return type !== 'text' && type !== 'day' && type !== 'blank'
}
