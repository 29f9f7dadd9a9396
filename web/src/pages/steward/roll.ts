// Who is in the room, as the sheet of the server and the log of this phone say together.
import type { Schema } from '@/api/call_types'
import type { Act, Entry, Moment } from './room_log'

export type Sheet = Schema<'RoomSheet'>

export interface Person {
  id: number
  number: string
  name: string
  kind: 'member' | 'probationary' | 'activist' | 'trainee'
}

export interface Presence {
  in: boolean
  /** ISO, or null for what only this phone knows. */
  since: string | null
  /** Written down here, not yet in the sheet. */
  late: boolean
}

export interface HeadCount {
  heads: number
  expected: number
  mismatch: boolean
  /** ISO. */
  at: string
  late: boolean
}

export interface Roll {
  presence: ReadonlyMap<number, Presence>
  /** In the room who do not stand in the roster, by name. */
  others: { id: number; name: string; number: string }[]
  /** Cards that were scanned without a line: whose they are is told later. */
  cards: number
  guests: string[]
  signedIn: number
  /** Of the room, as the lecturer sees it. */
  hand: Sheet['hand']
  heads: Partial<Record<Moment, HeadCount>>
}

type Noted = Act & { at_ms: number }

function read(entry: Entry): Noted {
  return JSON.parse(entry.entry) as Noted
}

function fromSheet(sheet: Sheet | null): Map<number, Presence> {
  const presence = new Map<number, Presence>()
  for (const stay of sheet?.stays ?? []) {
    const before = presence.get(stay.member)
    if (before?.in === true) continue
    presence.set(stay.member, { in: stay.out_ms === null, since: stay.in_at, late: stay.late })
  }
  return presence
}

/** `entries`: those that the sheet does not have yet, in order; `called`: guests of before
 *  them, whom it may not have either. */
export function rollOf(
  sheet: Sheet | null,
  entries: readonly Entry[],
  roster: readonly Person[],
  called: readonly string[] = [],
): Roll {
  const presence = fromSheet(sheet)
  const cards = new Set<string>()
  const guests = [...(sheet?.guests ?? []).map(({ name }) => name), ...called]
  const heads: Roll['heads'] = {}
  for (const { moment, heads: counted, signed_in, mismatch, at, late } of sheet?.heads ?? [])
    heads[moment] = { heads: counted, expected: signed_in, mismatch, at, late }
  const signedIn = (): number => [...presence.values()].filter((one) => one.in).length + cards.size

  for (const noted of entries.map(read)) {
    if (noted.act === 'guest') guests.push(noted.name)
    else if (noted.act === 'out-all') {
      for (const [id, one] of presence) presence.set(id, { ...one, in: false, late: true })
      cards.clear()
    } else if (noted.act === 'heads') {
      const expected = signedIn() + guests.length
      const mismatch = expected !== noted.heads
      const at = new Date(noted.at_ms).toISOString()
      heads[noted.moment] = { heads: noted.heads, expected, mismatch, at, late: true }
    } else if ('card' in noted) {
      if (noted.act === 'in') cards.add(noted.card)
      else cards.delete(noted.card)
    } else {
      const since = new Date(noted.at_ms).toISOString()
      presence.set(noted.member, { in: noted.act === 'in', since, late: true })
    }
  }
  const known = new Set(roster.map(({ id }) => id))
  const names = new Map((sheet?.stays ?? []).map((stay) => [stay.member, stay]))
  const others = [...presence]
    .filter(([id, one]) => one.in && !known.has(id))
    .map(([id]) => ({ id, name: names.get(id)?.name ?? '', number: names.get(id)?.number ?? '' }))
  const hand = sheet?.hand ?? 'lowered' // one that was kept by an older page has none
  return { presence, others, cards: cards.size, guests, signedIn: signedIn(), hand, heads }
}
