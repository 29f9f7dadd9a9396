// Where a member stopped in a replay, kept on the device.
const PREFIX = 'airclass.place.'

/** Closer to an end than this, it is not worth going back to. */
const MARGIN_S = 15

function key(member: string, lesson: number): string {
  return `${PREFIX}${encodeURIComponent(member)}.${lesson}`
}

export function rememberPlace(member: string, lesson: number, positionS: number): void {
  try {
    localStorage.setItem(key(member, lesson), String(Math.floor(positionS)))
  } catch {
    // The next visit then starts from the beginning.
  }
}

/** Returns: the place to go on from, or null to start at the beginning. */
export function recallPlace(member: string, lesson: number, lengthS: number): number | null {
  try {
    const stored = localStorage.getItem(key(member, lesson))
    return stored === null ? null : worthwhile(Number(stored), lengthS)
  } catch {
    return null
  }
}

export function worthwhile(positionS: number, lengthS: number): number | null {
  const inside = positionS >= MARGIN_S && positionS <= lengthS - MARGIN_S
  return Number.isFinite(positionS) && inside ? positionS : null
}
