import { describe, expect, it } from 'vitest'
import type { Act, Entry } from '@/pages/steward/room_log'
import { rollOf, type Sheet } from '@/pages/steward/roll'

const roster = [1, 2, 3].map((id) => ({ id, number: `${id}`, name: `N${id}`, kind: 'member' as const }))
const stay = (member: number, out: string | null): Sheet['stays'][number] => ({
  member, number: `${member}`, name: `N${member}`, way: 'roster', in_ms: 0, out_ms: out === null ? null : 1,
  in_at: '2026-11-01T10:00:00Z', out_at: out, late: false,
})
const sheet = (more: Partial<Sheet> = {}): Sheet => ({
  site: 1, signed_in: 0, hand: 'lowered', stays: [], guests: [], heads: [], ...more,
})
let seq = 0
const noted = (act: Act): Entry => ({
  log: 'x', seq: ++seq, prev_hash: '', hash: '', sent: false, entry: JSON.stringify({ at_ms: 5, ...act }),
})

describe('a roll', () => {
  it('is the sheet, with what was noted after it', () => {
    const roll = rollOf(
      sheet({ stays: [stay(1, null), stay(2, '2026-11-01T10:30:00Z')] }),
      [noted({ act: 'in', member: 3 }), noted({ act: 'guest', name: 'G' })],
      roster,
    )
    expect(roll.presence.get(1)).toMatchObject({ in: true, late: false })
    expect(roll.presence.get(2)).toMatchObject({ in: false })
    expect(roll.presence.get(3)).toMatchObject({ in: true, late: true, since: new Date(5).toISOString() })
    expect([roll.signedIn, roll.guests]).toEqual([2, ['G']])
  })

  it('has whoever came again in', () => {
    const roll = rollOf(sheet({ stays: [stay(1, '2026-11-01T10:30:00Z'), stay(1, null)] }), [], roster)
    expect(roll.signedIn).toBe(1)
  })

  it('counts heads against what it has at that moment', () => {
    const roll = rollOf(
      sheet({ stays: [stay(1, null)] }),
      [
        noted({ act: 'heads', moment: 'start', heads: 1 }),
        noted({ act: 'in', card: 'AC' }),
        noted({ act: 'heads', moment: 'end', heads: 5 }),
      ],
      roster,
    )
    expect(roll.heads.start).toMatchObject({ expected: 1, mismatch: false, at: new Date(5).toISOString() })
    expect(roll.heads.end).toMatchObject({ expected: 2, mismatch: true })
    expect(roll.cards).toBe(1)
  })

  it('is empty once all are signed out', () => {
    const roll = rollOf(
      sheet({ stays: [stay(1, null)] }),
      [noted({ act: 'in', card: 'AC' }), noted({ act: 'out-all' })],
      roster,
    )
    expect([roll.signedIn, roll.cards]).toEqual([0, 0])
  })

  it('names those who are in and stand in no roster', () => {
    expect(rollOf(sheet({ stays: [stay(9, null)] }), [], roster).others).toEqual([{ id: 9, name: 'N9', number: '9' }])
  })
})
