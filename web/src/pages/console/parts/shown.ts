// Dates and sizes as the console shows them.
import { dateTime } from '@/format/time'
import { currentLanguage } from '@/messages'

export function when(iso: string | null | undefined): string {
  return iso === null || iso === undefined ? '' : dateTime(iso, currentLanguage())
}

/** Whole minutes, with the sign. */
export function minutesOf(ms: number): number {
  return Math.trunc(ms / 60_000)
}

export function gigabytes(bytes: number): string {
  const gb = bytes / 1e9
  return gb >= 100 ? gb.toFixed(0) : gb.toFixed(1)
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
