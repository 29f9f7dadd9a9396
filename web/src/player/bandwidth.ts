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

/** Files smaller than this say more about the way than about its width. */
const LEAST_BYTES = 40_000

/** On a first visit: how fast the pages' own code came, of which there is enough to tell. */
export function measuredBandwidth(): number | null {
  if (typeof performance.getEntriesByType !== 'function') return null
  const files = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
  const rates = files
    .filter(({ transferSize, encodedBodySize }) => transferSize > 0 && encodedBodySize >= LEAST_BYTES)
    .map(({ encodedBodySize, responseStart, responseEnd }) => (encodedBodySize * 8_000) / (responseEnd - responseStart))
    .filter((bps) => Number.isFinite(bps) && bps > 0)
  const last = rates[rates.length - 1]
  return last === undefined ? null : Math.min(MOST_BPS, Math.max(LEAST_BPS, Math.round(last)))
}

export function rememberBandwidth(bps: number): void {
  if (!Number.isFinite(bps) || bps <= 0) return
  try {
    localStorage.setItem(STORED_AS, String(Math.round(Math.max(LEAST_BPS, bps))))
  } catch {
    // The next visit then starts from the default.
  }
}
