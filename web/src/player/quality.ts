// The quality menu: heights, best first, and the level that stands for each.

export interface LevelLike {
  height: number
  bitrate: number
}

/** Heights that can be chosen. One alone is no choice. */
export function heightsOf(levels: readonly LevelLike[]): number[] {
  const heights = new Set(levels.map((level) => level.height).filter((height) => height > 0))
  return heights.size < 2 ? [] : [...heights].sort((a, b) => b - a)
}

/** The index of the highest level that is not above `height`, the lowest when all are; -1
 *  (no limit) for 0. Levels come in the order of their bitrates. */
export function levelLimit(levels: readonly LevelLike[], height: number): number {
  if (height === 0) return -1
  const within = levels.filter((level) => level.height <= height).length
  return Math.max(0, within - 1)
}

/** The index of the level for a chosen height, -1 (automatic) when there is none. Of two
 *  with one height the cheaper: who chooses by hand usually chooses to save. */
export function levelForHeight(levels: readonly LevelLike[], height: number): number {
  let best = -1
  levels.forEach((level, index) => {
    const cheaper = best < 0 || level.bitrate < (levels[best]?.bitrate ?? Infinity)
    if (level.height === height && cheaper) best = index
  })
  return best
}
