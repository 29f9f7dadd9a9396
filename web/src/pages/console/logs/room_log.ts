// The log of a steward's device, as the server tells it.
import { api } from '@/api/client'

const MOST = 500
const ACTS = ['in', 'out', 'out-all', 'guest', 'heads'] as const
const STATES = ['waiting', 'approved', 'rejected'] as const

export interface LogEntry {
  seq: number
  at: string
  act: (typeof ACTS)[number]
  who: string
  state: (typeof STATES)[number]
}

export interface LogDevice {
  device: string
  entries: LogEntry[]
  waiting: number
}

type Raw = Record<string, unknown>

export async function loadEntries(path: { id: number; site: number }): Promise<Raw[]> {
  const { entries } = await api.get('/api/v1/lessons/{id}/rooms/{site}/logs', { path, query: { limit: MOST } })
  return entries as Raw[]
}

function readEntry(raw: Raw): LogEntry | null {
  let said: Raw
  try {
    said = JSON.parse(String(raw['entry'])) as Raw
  } catch {
    return null
  }
  const act = ACTS.find((one) => one === said['act'])
  const state = STATES.find((one) => one === raw['state'])
  if (act === undefined || state === undefined) return null
  const who = said['name'] ?? said['member'] ?? said['heads'] ?? ''
  return { seq: Number(raw['seq']), at: String(raw['at']), act, state, who: String(who) }
}

/** By device; those of which something waits come first. */
export function devicesOf(raw: Raw[]): LogDevice[] {
  const found = new Map<string, LogDevice>()
  for (const one of raw) {
    const entry = readEntry(one)
    if (entry === null) continue
    const device = String(one['device'])
    const known = found.get(device) ?? { device, entries: [], waiting: 0 }
    known.entries.push(entry)
    known.waiting += Number(entry.state === 'waiting')
    found.set(device, known)
  }
  return [...found.values()].sort((a, b) => b.waiting - a.waiting)
}
