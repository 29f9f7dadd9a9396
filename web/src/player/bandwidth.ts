// The bandwidth at the last visit, so that the first segment is of the right size.
const STORED_AS = 'airclass.bandwidth'
const LEAST_BPS = 100_000
const MOST_BPS = 5_000_000

export function readBandwidth(): number | null {
  try {
    const bps = Number(localStorage.getItem(STORED_AS))
    return bps >= LEAST_BPS ? Math.min(bps, MOST_BPS) : null
  } catch {
    return null
  }
}

export function rememberBandwidth(bps: number): void {
  if (!Number.isFinite(bps) || bps <= 0) return
  try {
    localStorage.setItem(STORED_AS, String(Math.round(Math.max(LEAST_BPS, bps))))
  } catch {
    // The next visit then starts from the default.
  }
}
