// How many devices watched, minute by minute, as their players told.
import type { Schema } from '@/api/call_types'

type Row = Schema<'QualityRow'>

export interface Minute {
  /** Wall clock, its beginning. */
  atMs: number
  devices: number
}

const MINUTE_MS = 60_000
const MINUTES = 60

/** The last hour of several lessons together, up to the last whole minute before `now`: what
 *  players tell of the one that runs is not complete. */
export function audienceOf(lessons: readonly (readonly Row[])[], now: number): Minute[] {
  const end = Math.floor(now / MINUTE_MS) * MINUTE_MS
  const found = new Map<number, number>()
  for (const { at, reports } of lessons.flat()) {
    const atMs = Date.parse(at ?? '')
    found.set(atMs, (found.get(atMs) ?? 0) + reports)
  }
  return Array.from({ length: MINUTES }, (_, nth) => {
    const atMs = end - (MINUTES - nth) * MINUTE_MS
    return { atMs, devices: found.get(atMs) ?? 0 }
  })
}

/** null: nobody watched. */
export function mostOf(minutes: readonly Minute[]): Minute | null {
  return minutes.reduce<Minute | null>((best, one) => (one.devices > (best?.devices ?? 0) ? one : best), null)
}
