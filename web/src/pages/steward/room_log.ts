// The log of a room that has no line: entries that are chained by their hashes, as
// `sendRoomLog` of docs/api.yaml takes them.
//
// A log is of one member, lesson and site, and has a device number of its own, so that its
// chain does not hang on another lesson's. Entries are numbered from 1 and never change.
// They are kept until they were sent and decided: until then they stand for what the sheet
// of the server does not have.
import { api } from '@/api/client'
import { answerOf, inTransaction } from '@/session/phone_store'
import { sha256 } from './sha256'

export interface Room {
  /** The steward's number. */
  who: string
  lesson: number
  site: number
}

export type Act =
  | { act: 'in' | 'out'; member: number }
  | { act: 'in' | 'out'; card: string }
  | { act: 'out-all' }
  | { act: 'guest'; name: string }
  | { act: 'heads'; moment: Moment; heads: number }

export type Moment = 'start' | 'middle' | 'end'

export interface Entry {
  log: string
  seq: number
  prev_hash: string
  hash: string
  /** JSON, as it is sent: an Act with `at_ms`. */
  entry: string
  sent: boolean
}

interface Head {
  log: string
  device: string
  seq: number
  hash: string
}

const ORIGIN = '0'.repeat(64)
/** The server takes so many at once. */
const BATCH = 200

/** A log is called by it. A member's number has no full stop. */
export const nameOf = ({ who, lesson, site }: Room): string => `${who}.${lesson}.${site}`

function randomDevice(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Hash of the one before, as bytes, then the text. */
export function chained(prev: string, text: string): string {
  const before = Uint8Array.from(prev.match(/../g) ?? [], (pair) => parseInt(pair, 16))
  const after = new TextEncoder().encode(text)
  const bytes = new Uint8Array(before.length + after.length)
  bytes.set(before)
  bytes.set(after, before.length)
  return sha256(bytes)
}

function entriesOf(log: string): IDBKeyRange {
  return IDBKeyRange.bound([log, 0], [log, Infinity])
}

/** On disk when it resolves. */
export function append(room: Room, act: Act, nowMs = Date.now()): Promise<Entry> {
  const log = nameOf(room)
  return inTransaction(['logs', 'heads'], 'readwrite', async (store) => {
    const found = (await answerOf(store('heads').get(log))) as Head | undefined
    const head = found ?? { log, device: randomDevice(), seq: 0, hash: ORIGIN }
    const text = JSON.stringify({ at_ms: nowMs, ...act })
    const hash = chained(head.hash, text)
    const entry: Entry = {
      log, seq: head.seq + 1, prev_hash: head.hash, hash, entry: text, sent: false,
    }
    store('logs').add(entry)
    store('heads').put({ ...head, seq: entry.seq, hash })
    return entry
  })
}

export function listEntries(room: Room): Promise<Entry[]> {
  return inTransaction(['logs'], 'readonly', async (store) => {
    return (await answerOf(store('logs').getAll(entriesOf(nameOf(room))))) as Entry[]
  })
}

function deviceOf(room: Room): Promise<string | null> {
  return inTransaction(['heads'], 'readonly', async (store) => {
    const head = (await answerOf(store('heads').get(nameOf(room)))) as Head | undefined
    return head?.device ?? null
  })
}

function markSent(room: Room, upTo: number): Promise<void> {
  return change(room, (entry) => (entry.seq <= upTo ? { ...entry, sent: true } : entry))
}

/** `next`: null removes the entry. */
function change(room: Room, next: (entry: Entry) => Entry | null): Promise<void> {
  return inTransaction(['logs'], 'readwrite', async (store) => {
    const logs = store('logs')
    for (const entry of (await answerOf(logs.getAll(entriesOf(nameOf(room))))) as Entry[]) {
      const changed = next(entry)
      if (changed === null) logs.delete([entry.log, entry.seq])
      else if (changed !== entry) logs.put(changed)
    }
  })
}

/** Sends what was not acknowledged. Sending twice changes nothing. Throws a Problem. */
export async function send(room: Room): Promise<void> {
  const device = await deviceOf(room)
  if (device === null) return
  for (;;) {
    const waiting = (await listEntries(room)).filter(({ sent }) => !sent).slice(0, BATCH)
    if (waiting.length === 0) return
    const { last_seq } = await api.post('/api/v1/lessons/{id}/rooms/{site}/logs', {
      path: { id: room.lesson, site: room.site },
      body: {
        device,
        sent_ms: Date.now(),
        entries: waiting.map(({ seq, prev_hash, hash, entry }) => ({ seq, prev_hash, hash, entry })),
      },
    })
    await markSent(room, last_seq)
    if (last_seq < (waiting[0]?.seq ?? 0)) return // nothing was taken: not again and again
  }
}

/** Forgets entries that were decided: the sheet has them now, or they do not count. */
export async function dropDecided(room: Room): Promise<void> {
  const device = await deviceOf(room)
  if (device === null || !(await listEntries(room)).some(({ sent }) => sent)) return
  const decided = new Set<number>()
  for (let after = 0; ; ) {
    const { entries } = await api.get('/api/v1/lessons/{id}/rooms/{site}/logs', {
      path: { id: room.lesson, site: room.site },
      query: { device, after, limit: 500 },
    })
    for (const { seq, state } of entries) if (state !== 'waiting') decided.add(seq)
    after = entries[entries.length - 1]?.seq ?? 0
    if (entries.length < 500) break
  }
  await change(room, (entry) => (decided.has(entry.seq) ? null : entry))
}
