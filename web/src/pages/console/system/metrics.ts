import type { Schema } from '@/api/call_types'

/** The sum over all labels; null when there is none of that name. */
export function metric(metrics: Schema<'System'>['metrics'], name: string): number | null {
  const found = metrics.filter((one) => one.name === name)
  return found.length === 0 ? null : found.reduce((sum, { value }) => sum + value, 0)
}
