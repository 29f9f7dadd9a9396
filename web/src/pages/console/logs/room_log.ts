// The log of a steward's device, as the server tells it.
import type { RoomLogEntry } from '@/api/room_logs'

const ACTS = ['in', 'out', 'out-all', 'guest', 'heads'] as const

export interface LogEntry {
  seq: number
  at: string
  act: (typeof ACTS)[number]
  /** A guest's name, how many heads, or a member's name and number; null: a card of nobody. */
  who: string | null
  state: RoomLogEntry['state']
}

export interface LogDevice {
  device: string
  /** Who sent it: their number, and their name, masked. */
  sender: string
  name: string
  entries: LogEntry[]
  waiting: number
}

function readEntry(raw: RoomLogEntry): LogEntry | null {
  let said: Record<string, unknown>
  try {
    said = JSON.parse(raw.entry) as Record<string, unknown>
  } catch {
    return null
  }
  const act = ACTS.find((one) => one === said['act'])
  if (act === undefined) return null
  return { seq: raw.seq, at: raw.at, act, state: raw.state, who: whom(act, said, raw) }
}

function whom(act: LogEntry['act'], said: Record<string, unknown>, { name, number }: RoomLogEntry): string | null {
  if (act === 'guest') return String(said['name'] ?? '')
  if (act === 'heads') return String(said['heads'] ?? '')
  if (act === 'out-all') return ''
  return name === null ? null : `${name} ${number ?? ''}`
}

/** By device; those of which something waits come first. */
export function devicesOf(raw: readonly RoomLogEntry[]): LogDevice[] {
  const found = new Map<string, LogDevice>()
  for (const one of raw) {
    const entry = readEntry(one)
    if (entry === null) continue
    const { device, sender, sender_name: name } = one
    const known = found.get(device) ?? { device, sender, name, entries: [], waiting: 0 }
    known.entries.push(entry)
    known.waiting += Number(entry.state === 'waiting')
    found.set(device, known)
  }
  return [...found.values()].sort((a, b) => b.waiting - a.waiting)
}
