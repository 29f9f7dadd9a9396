// Where a member stopped in a replay: kept on the device, to the second and at once; and by
// the server, for all devices.
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

/** The further of what the device and the server remember; null to start at the beginning. */
export function placeToGoOn(
  member: string,
  lesson: { id: number; length_ms: number; attendance: { resume_ms: number } },
): number | null {
  const lengthS = lesson.length_ms / 1000
  const here = recallPlace(member, lesson.id, lengthS)
  const elsewhere = worthwhile(lesson.attendance.resume_ms / 1000, lengthS)
  return here === null || elsewhere === null ? (here ?? elsewhere) : Math.max(here, elsewhere)
}

/** A place that is too near to the beginning or the end to go back to is none. */
export function worthwhile(positionS: number, lengthS: number): number | null {
  const inside = positionS >= MARGIN_S && positionS <= lengthS - MARGIN_S
  return Number.isFinite(positionS) && inside ? positionS : null
}
