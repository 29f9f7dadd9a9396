// Replays that the member left in the middle, the newest lesson first.
import type { Lesson } from '@/api/call_types'
import { placeToGoOn } from '@/player/place'

const MOST = 3

export interface Unfinished {
  lesson: Lesson
  placeS: number
}

export function unfinished(member: string, ended: readonly Lesson[]): Unfinished[] {
  return ended
    .map((lesson) => ({ lesson, placeS: placeToGoOn(member, lesson) ?? 0 }))
    .filter(({ placeS }) => placeS > 0)
    .slice(0, MOST)
}
