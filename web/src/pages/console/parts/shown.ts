// Dates and sizes as the console shows them.
import type { Lesson } from '@/api/call_types'
import { dateTime, dayInWords } from '@/format/time'
import { currentLanguage } from '@/messages'

export function when(iso: string | null | undefined): string {
  return iso === null || iso === undefined ? '' : dateTime(iso, currentLanguage())
}

/** A lesson by its title and hour: others have its title. */
export function lessonText({ title, started_at, planned_at }: Pick<Lesson, 'title' | 'started_at' | 'planned_at'>): string {
  return [title, when(started_at ?? planned_at)].filter((part) => part !== '').join(' · ')
}

/** A day by itself, "2026-01-05". */
export function dayText(day: string): string {
  return dayInWords(day, currentLanguage(), true)
}

/** Somebody by their masked name, with the number that tells them from others of that name. */
export function personText(name: string | null, number: string | null): string {
  return [name, number].filter((part) => part !== null && part !== '').join(' ')
}

/** Whole minutes, with the sign. */
export function minutesOf(ms: number): number {
  return Math.trunc(ms / 60_000)
}

/** To a tenth. */
export const seconds = (ms: number): string => (ms / 1000).toFixed(1)

const UNITS = ['kB', 'MB', 'GB', 'TB']

/** Three digits at most, in units that are written alike in every language. */
export function sizeOf(bytes: number): string {
  const i = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3) - 1, 0), UNITS.length - 1)
  const n = bytes / 1000 ** (i + 1)
  return `${n >= 9.95 || n === 0 ? n.toFixed(0) : n.toFixed(1)} ${UNITS[i]}`
}

/** What `<input type="datetime-local">` says, with the zone of who wrote it. */
export function withZone(local: string): string {
  const date = new Date(local)
  const offset = -date.getTimezoneOffset()
  const two = (n: number): string => String(Math.floor(Math.abs(n))).padStart(2, '0')
  return `${local.length === 16 ? `${local}:00` : local}${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`
}

/** The other way round. */
export function toLocal(iso: string | null): string {
  if (iso === null) return ''
  const date = new Date(iso)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** Of a way that media come by, "hls": written in capitals in every language. */
export const protocolName = (delivery: string): string => delivery.toUpperCase()
