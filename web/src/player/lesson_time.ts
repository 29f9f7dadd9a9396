// Lesson time from the player's own time.
//
// A lesson's playlist lists its segments from number 0, which starts at lesson time 0, and
// nothing is ever dropped from its head (docs/adr/0002). hls.js puts the first fragment of
// the first playlist at 0 and keeps that origin through reloads, delta updates, level and
// address changes, so `media.currentTime` is lesson time. It may still shift all fragments
// by some milliseconds when the first decoded timestamp disagrees with the summed
// durations; so the offset is taken from where hls.js itself has put segment 0, and is not
// assumed to be nought. EXT-X-PROGRAM-DATE-TIME is of no use here: it also counts the time
// when nothing ran (docs/adr/0003).

export interface FragmentLike {
  sn: number | 'initSegment'
  start: number
}

/** Player time of lesson time 0. Playlists with another first number have no known origin
 *  and count from where they begin. */
export function originOf(fragments: readonly (FragmentLike | null)[]): number {
  const first = fragments[0]
  return first != null && Number.isFinite(first.start) ? first.start : 0
}
