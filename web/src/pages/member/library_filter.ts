// What recordings are looked for, as it stands in the form, the address and the request.
import type { LocationQuery } from 'vue-router'

export const KINDS = ['party', 'policy', 'skills', 'enterprise', 'branch-life'] as const
export type Kind = (typeof KINDS)[number]

export interface LibraryFilter {
  q: string
  kind: Kind | ''
  /** Days, as a date field has them; empty: any. */
  from: string
  to: string
}

export const NO_FILTER: LibraryFilter = { q: '', kind: '', from: '', to: '' }

const DAY = /^\d{4}-\d{2}-\d{2}$/

export function isKind(value: unknown): value is Kind {
  return (KINDS as readonly unknown[]).includes(value)
}

/** Of an address that anybody can have written. */
export function filterOf(query: LocationQuery): LibraryFilter {
  const text = (name: string): string => {
    const value = query[name]
    return typeof value === 'string' ? value : ''
  }
  const day = (name: string): string => (DAY.test(text(name)) ? text(name) : '')
  const kind = text('kind')
  return { q: text('q').slice(0, 100), kind: isKind(kind) ? kind : '', from: day('from'), to: day('to') }
}

/** Without what is not filtered by. */
export function queryOf({ q, kind, from, to }: LibraryFilter): { q?: string; kind?: Kind; from?: string; to?: string } {
  const words = q.trim()
  return {
    ...(words === '' ? {} : { q: words }),
    ...(kind === '' ? {} : { kind }),
    ...(from === '' ? {} : { from }),
    ...(to === '' ? {} : { to }),
  }
}
