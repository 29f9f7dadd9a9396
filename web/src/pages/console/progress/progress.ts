// The bars of the report on the progress of branches.
import type { Report } from '../reports/reports'

export interface Bar {
  name: string
  /** Of what is asked for. */
  percent: number
}

/** Branches of which nothing is asked have none. */
export function barsOf(report: Report): Bar[] {
  const name = report.columns.findIndex(({ key }) => key === 'branch')
  const rate = report.columns.findIndex(({ key }) => key === 'fulfilled')
  return report.rows.flatMap((row) => {
    const permille: unknown = row[rate]
    return typeof permille === 'number' ? [{ name: String(row[name]), percent: permille / 10 }] : []
  })
}
