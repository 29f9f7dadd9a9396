// What the server notes beside an act, in words; what is newer than this page as it wrote it.
import { i18n } from '@/messages'
import { branchName } from '../parts/branch_names'
import type { Fact } from '../parts/fact'
import { minutesOf } from '../parts/shown'

/** What a value is called, by what it is the value of. */
const WORDS: Record<string, (value: string) => string> = {
  what: (value) => `console.detailWord.${value}`,
  list: (value) => `console.detailWord.${value}`,
  with: (value) => `console.detailWord.${value}`,
  fields: (value) => `console.column.${value}`,
  state: (value) => `console.expectedState.${value}`,
  kind: (value) => `console.entryKind.${value}`,
  duty: (value) => `console.duty.${value}`,
  role: (value) => `console.role.${value}`,
  report: (value) => `console.report.${value}`,
  format: (value) => `console.formats.${value}`,
}

function wordOf(name: string, value: string): string | null {
  const { t, te } = i18n.global
  const key = WORDS[name]?.(value)
  return key === undefined || !te(key) ? null : t(key)
}

/** Null: there is no word for it here. */
function valueText(name: string, value: unknown): string | null {
  const { t } = i18n.global
  if (name === 'exempt') return t(value === 0 ? 'console.no' : 'console.yes')
  if (typeof value === 'number') {
    if (name === 'branch') return branchName(value)
    return String(name === 'earned_ms' ? minutesOf(value) : value)
  }
  if (typeof value !== 'string') return null
  // Columns that were changed, one after the other.
  if (name === 'fields')
    return value.split(' ').map((one) => wordOf(name, one) ?? one).join(t('console.comma'))
  if (['from', 'to', 'version'].includes(name)) return value
  return wordOf(name, value)
}

export function detailFacts(detail: Record<string, unknown>): Fact[] {
  const { t, te } = i18n.global
  return Object.entries(detail).map(([name, value]): Fact => {
    const key = `console.detail.${name}`
    const text = valueText(name, value)
    if (te(key) && text !== null) return [t(key), text]
    return [te(key) ? t(key) : name, typeof value === 'string' ? value : JSON.stringify(value), 'machine']
  })
}
