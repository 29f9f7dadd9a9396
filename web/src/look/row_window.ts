// Which rows of a long table are worth drawing: those that are seen, and some around.

/** Rows beyond either edge, so that a fast hand sees no empty ground. */
const AROUND = 12

export interface RowWindow {
  /** First row that is drawn, and the one after the last. */
  from: number
  to: number
}

export function rowWindow(scrollTop: number, height: number, rowHeight: number, count: number): RowWindow {
  if (rowHeight <= 0 || height <= 0) return { from: 0, to: Math.min(count, 2 * AROUND) }
  const first = Math.floor(scrollTop / rowHeight)
  const seen = Math.ceil(height / rowHeight) + 1
  const from = Math.max(0, Math.min(first - AROUND, count))
  return { from, to: Math.max(from, Math.min(count, first + seen + AROUND)) }
}

/** Where a key leads from `row`, or null when it is not ours. `page`: rows that are seen. */
export function rowAfter(key: string, row: number, page: number, count: number): number | null {
  const steps: Record<string, number> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: count - 1,
  }
  const next = steps[key]
  return next === undefined ? null : Math.max(0, Math.min(count - 1, next))
}
